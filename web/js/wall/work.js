// Our work: the playlist. By the server's time, so that all walls show the same page at once and a wall that comes back goes on where the others are.
// A page is shown when it is wholly there; until then, and instead of a broken one, what is there stays. Never more than two pages in memory, and the next.
import { make, pick, put } from "../common.js";
import { canvas } from "./canvas.js";
import { fitText } from "./fit.js";
import { now } from "./time.js";

const at = (id) => document.getElementById(id);
const [picture, text, caption] = [at("k-picture"), at("k-text"), at("k-caption")];
const LEAST_SECONDS = 3;
const AGAIN = 60000; // a broken page is looked at again after so long: the network may have been cut

let list = [];
let shown = null; // the slide that stands
let wanted = null;
let timer = 0;
let running = false;
const broken = new Map(); // url → when it may be tried again
let ready = new Map(); // url → Promise of what is shown: an image that is decoded, or a fragment

const long = (slide) => Math.max(LEAST_SECONDS, Number(slide.seconds) || 10) * 1000;
const good = (slide) => !(broken.get(slide.url) > performance.now());

// The slide of this moment and how long it still stands.
function due() {
  const whole = list.reduce((sum, slide) => sum + long(slide), 0);
  let rest = now() % whole;
  for (let i = 0; i < list.length; i++) {
    if (rest < long(list[i])) {
      for (let more = 0; more < list.length; more++) if (good(list[(i + more) % list.length])) return { slide: list[(i + more) % list.length], left: long(list[i]) - rest, index: i };
      return { slide: null, left: long(list[i]) - rest, index: i };
    }
    rest -= long(list[i]);
  }
  return { slide: null, left: 1000, index: 0 };
}

async function fetchText(slide) {
  const answer = await fetch(slide.url);
  if (!answer.ok || !/^text\/html/.test(answer.headers.get("Content-Type") ?? "")) throw new Error(String(answer.status));
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  return [...parsed.body.childNodes].map((node) => document.importNode(node, true));
}

async function loadPicture(slide) {
  const large = slide.large && picture.clientWidth * devicePixelRatio > slide.width ? slide.large : slide;
  const image = make("img", { alt: "", width: large.width, height: large.height });
  image.src = large.url;
  await image.decode();
  return image;
}

function load(slide) {
  if (!ready.has(slide.url)) {
    const loading = slide.kind === "text" ? fetchText(slide) : loadPicture(slide);
    loading.catch(() => { broken.set(slide.url, performance.now() + AGAIN); ready.delete(slide.url); });
    ready.set(slide.url, loading);
  }
  return ready.get(slide.url);
}

function forget(keep) {
  ready = new Map([...ready].filter(([url]) => keep.includes(url)));
}

export function workFit() {
  if (!text.hidden) fitText(text, text.firstElementChild, canvas.unit * 1.6, canvas.carry * 1.25);
}

function putPage(slide, content) {
  const isText = slide.kind === "text";
  put(caption, pick(slide.caption));
  caption.hidden = !caption.textContent;
  text.hidden = !isText;
  picture.hidden = isText;
  if (isText) {
    text.firstElementChild.replaceChildren(...content.map((node) => node.cloneNode(true)));
    workFit();
    picture.replaceChildren();
  } else {
    const old = [...picture.children];
    if (old.includes(content)) return;
    content.classList.remove("there");
    picture.append(content);
    void content.offsetWidth; // from here the fade begins
    content.classList.add("there");
    const done = () => old.forEach((image) => image.remove());
    if (old.length === 0 || matchMedia("(prefers-reduced-motion: reduce)").matches) done();
    else setTimeout(done, 900);
  }
}

async function step() {
  clearTimeout(timer);
  if (!running || list.length === 0) return;
  const { slide, left, index } = due();
  timer = setTimeout(step, Math.max(200, left + 20));
  wanted = slide;
  if (slide && slide.url !== shown) {
    try {
      const content = await load(slide);
      if (!running || wanted !== slide) return;
      shown = slide.url;
      putPage(slide, content);
    } catch {
      if (running && wanted === slide) { clearTimeout(timer); timer = setTimeout(step, 200); }
      return;
    }
  }
  const next = list.slice(index + 1).concat(list).find((one) => good(one) && one.url !== slide?.url);
  forget([slide?.url, next?.url]);
  if (next) load(next).catch(() => {});
}

// {"version", "list"} as in the snapshot.
let known = "";
export function workTake(slides) {
  if (!slides || !Array.isArray(slides.list)) return;
  const key = JSON.stringify(slides);
  if (key === known) return;
  known = key;
  list = slides.list.filter((slide) => typeof slide.url === "string" && slide.url.startsWith("/"));
  broken.clear();
  shown = null;
  if (list.length === 0) { picture.replaceChildren(); text.firstElementChild.replaceChildren(); caption.hidden = true; }
  if (running) step();
}

export const workHas = () => list.length > 0;

export function workRun(on) {
  if (on === running) return;
  running = on;
  clearTimeout(timer);
  if (on) { shown = null; step(); } else { picture.replaceChildren(); text.firstElementChild.replaceChildren(); forget([]); }
}

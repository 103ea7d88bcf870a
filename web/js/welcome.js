// The screen at a door: greets whoever has just come in here. Several at once stand together, more wait their turn; nobody is greeted who went by long ago.
import { clock, live, make, put, words } from "./common.js";

const { base, zone } = document.body.dataset;
const screen = document.getElementById("welcome");
const place = document.getElementById("guests");
const TOGETHER = 4;
const LEAST = 3500; // milliseconds that a greeting stands although others wait
const LONG = 9000; // and when nobody does
const STALE = 20000; // who came in longer ago is past the door
const SMALLEST = 0.34;

let known = new Set();
let waiting = []; // {id, guest, since}
let shown = []; // {id, element, since}
let asOf = null;

function fit(guest) {
  const text = guest.querySelector(".wc-text");
  const name = guest.querySelector(".wc-name");
  const over = () => text.scrollHeight > text.clientHeight + 1 || guest.scrollHeight > guest.clientHeight + 1 || name.scrollWidth > name.clientWidth + 1;
  let size = 1;
  guest.style.setProperty("--s", size);
  while (size > SMALLEST && over()) {
    size *= 0.93;
    guest.style.setProperty("--s", size.toFixed(3));
  }
}

const fitAll = () => shown.forEach((one) => fit(one.element));

function card(guest) {
  const honorific = guest.honorific ? make("span", { class: "wc-honorific" }, guest.honorific) : null;
  const text = make("div", { class: "wc-text" }, make("p", { class: "wc-word" }, words.one),
    make("p", { class: "wc-name", dir: "auto" }, honorific, honorific ? " " : null, make("span", { class: "wc-own" }, guest.name)));
  if (guest.seat) text.append(make("p", { class: "wc-seat" }, `${words.seat} `, make("bdi", {}, guest.seat)));
  const article = make("article", { class: "wc-guest" });
  if (guest.photo) {
    const photo = make("img", { src: `${base}/photo/${guest.scan_id}`, alt: "" });
    photo.onerror = () => { photo.remove(); fit(article); };
    article.append(photo);
  }
  article.append(text);
  return article;
}

function drop(one) {
  one.element.remove();
  shown = shown.filter((other) => other !== one);
}

// Who is greeted now. Called with each news and four times a second.
function step() {
  const now = performance.now();
  const before = shown.length;
  let changed = false;
  waiting = waiting.filter((one) => now - one.since < STALE);
  for (const one of [...shown]) if (now - one.since > LONG) { drop(one); changed = true; }
  for (const one of [...shown]) if (waiting.length > TOGETHER - shown.length && now - one.since > LEAST) { drop(one); changed = true; }
  while (waiting.length > 0 && shown.length < TOGETHER) {
    const next = waiting.shift();
    const element = card(next.guest);
    shown.push({ id: next.id, element, since: now });
    place.append(element);
    changed = true;
  }
  screen.dataset.count = shown.length;
  if (changed || before !== shown.length) fitAll();
}

// The whole picture of the last minute: who is new in it is greeted, who was taken back is not.
function picture(data) {
  if (!Array.isArray(data.guests)) return;
  if (data.on === false) { location.reload(); return; }
  asOf = data.as_of;
  const there = new Set(data.guests.map((guest) => guest.scan_id));
  waiting = waiting.filter((one) => there.has(one.id));
  for (const one of [...shown]) if (!there.has(one.id)) drop(one);
  for (const guest of [...data.guests].reverse()) {
    if (known.has(guest.scan_id)) continue;
    const age = Date.parse(asOf) - Date.parse(guest.at);
    if (age < STALE) waiting.push({ id: guest.scan_id, guest, since: performance.now() - Math.max(0, age) });
  }
  known = there;
  step();
  drawAge();
}

function drawAge() {
  const line = screen.dataset.line;
  const text = line === "closed" ? words.closed : line === "open" ? words.live : line === "waiting" ? words.waiting : words.connecting;
  put(document.getElementById("age"), asOf && line !== "closed" ? `${text} ${clock(asOf, zone)}` : text);
}

place.replaceChildren(); // what the server wrote for browsers without JavaScript comes again as news
step();
setInterval(step, 250);
new ResizeObserver(fitAll).observe(place);
if (document.fonts) document.fonts.ready.then(fitAll);

live(`${base}/live`, {
  probe: `${base}/now`,
  on: { snapshot: picture, stats: picture },
  state(name) {
    screen.dataset.line = name === "open" ? "open" : name === "signed-out" ? "closed" : "waiting";
    drawAge();
    if (name === "signed-out") setTimeout(() => location.reload(), 3000); // leads to the form for the code
  },
});

// The screen must not sleep; where the browser may not hold it, the technician's settings do.
if ("wakeLock" in navigator) {
  const hold = () => navigator.wakeLock.request("screen").catch(() => {});
  hold();
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") hold(); });
}

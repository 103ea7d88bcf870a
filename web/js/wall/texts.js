// The scenes of words: a message, as large as it fits; the welcome. Several languages stand by turns, each for itself.
import { language, pick, put } from "../common.js";
import { canvas } from "./canvas.js";
import { fitText } from "./fit.js";

const HALF = 5000; // of a turn
const at = (id) => document.getElementById(id);
let [turn, turned] = [0, 0];
let said = { text: null, turn: 0 }; // the message that hangs there, and at which turn it began

// A title's texts, the page's language first; the same words twice stand once.
export function textsOf(title) {
  if (title === null || title === undefined) return [];
  if (typeof title === "string") return title ? [["", title]] : [];
  const first = pick(title);
  const own = Object.entries(title).filter(([, text]) => typeof text === "string" && text !== "");
  own.sort((a, b) => (b[1] === first) - (a[1] === first));
  return own.filter(([, text], i) => own.findIndex((other) => other[1] === text) === i);
}

function put2(element, [tag, text]) {
  if (element.lang !== (tag || language)) element.lang = tag || language;
  put(element, text);
}

const pickTurn = (texts) => texts[turn % texts.length];

export function messageScene(title) {
  const texts = textsOf(title);
  const text = at("m-text");
  const whole = JSON.stringify(title ?? null);
  if (said.text !== whole) said = { text: whole, turn: performance.now() - turned > HALF ? turn + 1 : turn }; // a new one in the page's language first, and long enough
  put2(text, texts.length ? texts[Math.max(0, turn - said.turn) % texts.length] : ["", ""]);
  const key = `${text.textContent} ${canvas.width} ${canvas.height} ${text.parentElement.clientHeight}`;
  if (text.dataset.key === key) return;
  text.dataset.key = key;
  fitText(text.parentElement, text, canvas.carry, canvas.unit * 30);
}

function showPicture(element, url) {
  if (!url) { if (!element.hidden) { element.hidden = true; element.removeAttribute("src"); } return; }
  if (element.dataset.url === url) return;
  element.dataset.url = url;
  element.onload = () => { element.hidden = false; element.dispatchEvent(new Event("w-fit", { bubbles: true })); };
  element.onerror = () => { element.hidden = true; };
  element.src = url;
}

export const emblemTake = (url) => { showPicture(at("emblem"), url); showPicture(at("h-emblem"), url); };

export function welcomeScene(welcome, title) {
  const texts = textsOf(welcome?.text);
  showPicture(at("h-picture"), welcome?.picture);
  const [greeting, name] = [at("h-text"), at("h-title")];
  const now = texts.length ? pickTurn(texts) : ["", ""];
  put2(greeting, now);
  if (title) put(name, typeof title === "string" ? title : title[now[0]] || pick(title));
  const key = `${greeting.textContent} ${name.textContent} ${canvas.width} ${canvas.height} ${greeting.parentElement.clientHeight} ${at("h-picture").hidden} ${at("h-emblem").hidden}`;
  if (greeting.dataset.key === key) return;
  greeting.dataset.key = key;
  greeting.parentElement.hidden = !greeting.textContent;
  if (greeting.textContent) fitText(greeting.parentElement, greeting, canvas.carry, canvas.unit * 9);
  fitText(name.parentElement, name, canvas.carry, canvas.carry * (greeting.textContent ? 1.5 : 2.6));
}

export const textsTurn = () => { turn++; turned = performance.now(); };

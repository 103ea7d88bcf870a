// What is announced: what is calm stands in a band, what is urgent covers every scene but the black one, until it ends.
import { make, pick, put } from "../common.js";
import { canvas } from "./canvas.js";
import { fitText } from "./fit.js";
import { now } from "./time.js";

const band = document.getElementById("news");
const alarm = document.getElementById("alarm");
const text = document.getElementById("alarm-text");
const stage = document.getElementById("wall");
const BAND = [[3.3, 2], [2.7, 3], [2.2, 4], [1.8, 5], [1.5, 6], [1.3, 8], [1.1, 12]]; // letters in units, lines

let told = [];
let calm = [];
let urgent = [];
let index = 0;
let said = "";
let fitted = "";

function fitBand(line) {
  for (const [size, lines] of BAND) {
    line.style.fontSize = `${Math.max(size * canvas.unit, size === BAND[0][0] ? canvas.carry : 0)}px`;
    line.style.webkitLineClamp = lines;
    if (line.scrollHeight <= line.clientHeight + 1) return;
  }
}

export function newsFit() {
  if (urgent.length > 0) fitText(text.parentElement, text, canvas.unit * 1.4, canvas.unit * 12);
  else if (band.firstChild) fitBand(band.firstChild);
}

const hide = (element, is) => { if (element.hidden !== is) element.hidden = is; };

// Whether the band came, went or may have changed its height: then the scene has another place.
export function newsDraw() {
  const was = `${alarm.hidden} ${band.hidden} ${said}`;
  hide(alarm, urgent.length === 0);
  hide(band, calm.length === 0 || urgent.length > 0);
  stage.classList.toggle("alarmed", urgent.length > 0);
  if (urgent.length > 0) {
    said = pick(urgent[index % urgent.length].text);
    put(text, said);
    put(document.getElementById("alarm-count"), urgent.length > 1 ? `${(index % urgent.length) + 1} / ${urgent.length}` : "");
  } else {
    said = calm.length > 0 ? pick(calm[index % calm.length].text) : "";
    if (band.textContent !== said) band.replaceChildren(...(said ? [make("p", { dir: "auto" }, said)] : []));
  }
  const key = `${urgent.length > 0} ${said} ${canvas.width} ${canvas.height}`;
  if (key !== fitted) newsFit();
  fitted = key;
  return was !== `${alarm.hidden} ${band.hidden} ${said}`;
}

// Also when the line is down, what is over goes by itself.
export function newsSort() {
  const good = told.filter((item) => !item.until || Date.parse(item.until) > now());
  const same = good.length === calm.length + urgent.length;
  calm = good.filter((item) => !item.urgent);
  urgent = good.filter((item) => item.urgent);
  return !same;
}

export function newsTake(list) {
  if (!Array.isArray(list)) return false;
  if (JSON.stringify(list) !== JSON.stringify(told)) index = 0;
  told = list;
  newsSort();
  return newsDraw();
}

export function newsTurn() {
  if (calm.length < 2 && urgent.length < 2) return false;
  index++;
  return newsDraw();
}

// When something announced ends next; Infinity: nothing does.
export const newsNext = () => Math.min(Infinity, ...told.map((item) => (item.until ? Date.parse(item.until) : Infinity)).filter((end) => end > now()));

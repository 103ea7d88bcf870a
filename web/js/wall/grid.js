// The delegations: in protocol order, read downwards then along, as a printed list is read; never by size, never as a ranking. More than can be read from afar
// are named by turns, and all of them stand above as small fields that fill up.
import { language, make, number, pick, put, svg } from "../common.js";
import { canvas } from "./canvas.js";
import { shapeList } from "./shape.js";

const list = document.getElementById("delegations");
const overview = document.getElementById("overview");
const LEAST = 0.67; // letters of names, in units of those that carry: capitals of 2 % of the picture's smaller side (docs/decisions/0046-wall.md)
const MOST = 4;
const OVERVIEW = 0.2; // of the height at most, when there are pages
const LINE = language === "ar" ? 1.6 : 1.26;
const COUNT = 1.15; // the count's letters to the name's

let items = [];
let cells = new Map();
let laid = "";
let shape = { pages: 1, places: [] };
let page = 0;

const brush = document.createElement("canvas").getContext("2d");
const extraOf = (item) => (item.expected > 0 ? Math.max(0, item.present - item.expected) : 0); // alternates who came, beyond all who are expected

const digitsOf = (extra) => (extra ? number(extra).length : 0);

// The widths of each name's words and of its count, which stands where the last line ends, in units of the letters' size.
function measure() {
  const family = getComputedStyle(document.body).fontFamily;
  brush.font = `100px ${family}`;
  const names = items.map((item) => pick(item.name).split(/\s+/).filter(Boolean).map((word) => brush.measureText(word).width / 100));
  brush.font = `700 ${COUNT * 100}px ${family}`;
  return names.map((words, i) => {
    const whole = number(Math.max(items[i].expected, items[i].present));
    const more = extraOf(items[i]) ? brush.measureText(` +${number(extraOf(items[i]))}`).width : 0;
    return [...words, (brush.measureText(`✓ ${whole}`).width + 0.87 * brush.measureText(` / ${whole}`).width + more) / 100 + 0.2];
  });
}

// How it is laid into the place as it is now.
function plan(names) {
  const [width, height] = [list.parentElement.clientWidth, list.parentElement.clientHeight];
  const wanted = { names, width, height, least: LEAST * canvas.carry, most: Math.min(MOST * canvas.unit, width / 14), line: LINE };
  shape = shapeList(wanted);
  const pages = shape.pages > 1 && canvas.shape !== "phone";
  overview.toggleAttribute("hidden", !pages);
  if (pages) shape = shapeList({ ...wanted, height: Math.floor(height - layOverview(width, height) - canvas.unit * 1.5) });
}

export function gridLayOut() {
  const box = list.parentElement;
  const place = () => `${box.clientWidth} ${box.clientHeight} ${canvas.unit} ${canvas.shape}`;
  if (items.length === 0 || box.clientWidth < 10 || box.clientHeight < 10 || place() === laid) return;
  const names = measure();
  const scene = box.parentElement;
  scene.classList.remove("crowded");
  plan(names);
  const narrow = canvas.shape === "phone";
  if (shape.pages > 1 && !narrow && canvas.shape !== "wide") { scene.classList.add("crowded"); plan(names); } // the programme, which has a scene of its own, makes room
  if (narrow) shape = { ...shape, font: 15, pages: 1 };
  laid = place();
  page %= shape.pages;
  list.style.setProperty("--f", `${shape.font}px`);
  list.style.setProperty("--l", LINE);
  items.forEach((item, i) => {
    const { cell, room } = cells.get(item.code);
    const { column, top, height: high } = shape.places[i];
    const styles = { insetInlineStart: `${(column * 100) / shape.columns}%`, width: `calc(${100 / shape.columns}% - .5em)`, top: `${top}px`, height: `calc(${high}px - .25em)` };
    for (const [name, value] of Object.entries(styles)) cell.style[name] = narrow ? "" : value;
    room.style.width = `${names[i].at(-1)}em`;
  });
  drawPage();
}

// All of them at a glance: fields in the same order, from the side where reading begins. Gives its height.
function layOverview(width, height) {
  let columns = 1;
  while (Math.ceil(items.length / columns) * (width / columns) > height * OVERVIEW) columns++;
  let rows = Math.ceil(items.length / columns);
  if (rows > 1 && items.length - (rows - 1) * columns < columns / 2) columns = Math.ceil(items.length / --rows); // one or two of them alone in a row look forgotten
  const high = Math.floor((width / columns) * rows);
  overview.setAttribute("viewBox", `0 0 ${columns * 10} ${rows * 10}`);
  overview.style.height = `${high}px`;
  items.forEach((item, i) => cells.get(item.code).field.setAttribute("transform", `translate(${(i % columns) * 10} ${Math.floor(i / columns) * 10})`));
  return high;
}

function drawPage() {
  items.forEach((item, i) => {
    const { cell, field } = cells.get(item.code);
    const shown = shape.pages < 2 || shape.places[i].page === page;
    if (cell.hidden === shown) cell.hidden = !shown;
    field.classList.toggle("shown", shown);
  });
  put(document.getElementById("page"), shape.pages > 1 ? `${page + 1} / ${shape.pages}` : "");
}

export function gridTurn() {
  if (shape.pages < 2) return;
  page = (page + 1) % shape.pages;
  drawPage();
}

function build(item) {
  const part = svg("rect", { class: "part", width: 0, height: 10 });
  const fill = svg("rect", { class: "part", x: 1, y: 9, width: 8, height: 0 });
  const count = make("bdi", { dir: "ltr" });
  const room = make("i", { class: "r" });
  const cell = make("li", {}, make("span", { class: "n", dir: "auto" }, pick(item.name), room, make("span", { class: "c" }, count)),
    svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { class: "back", width: 100, height: 10 }), part));
  const field = svg("g", {}, svg("rect", { class: "back", x: 1, y: 1, width: 8, height: 8 }), fill, svg("rect", { class: "edge", x: 0.6, y: 0.6, width: 8.8, height: 8.8 }));
  cells.set(item.code, { cell, room, count, part, field, fill, shown: "", more: digitsOf(extraOf(item)) });
}

function drawCell(item) {
  const parts = cells.get(item.code);
  const shown = `${item.present} ${item.expected}`;
  if (!parts || parts.shown === shown) return;
  parts.shown = shown;
  const share = item.expected > 0 ? Math.min(1, item.present / item.expected) : 0;
  const extra = extraOf(item);
  if (digitsOf(extra) !== parts.more) { parts.more = digitsOf(extra); laid = ""; } // it needs another width
  parts.count.replaceChildren(number(item.present - extra), make("i", {}, ` / ${number(item.expected)}`), extra ? ` +${number(extra)}` : "");
  parts.part.setAttribute("width", (share * 100).toFixed(1));
  parts.fill.setAttribute("height", (share * 8).toFixed(2));
  parts.fill.setAttribute("y", (9 - share * 8).toFixed(2));
  parts.cell.classList.toggle("all", item.expected > 0 && item.present >= item.expected);
}

// `delegations` as in the snapshot.
export function gridTake(delegations) {
  if (!Array.isArray(delegations)) return;
  const key = (one) => `${one.code} ${pick(one.name)} ${one.expected}`;
  const same = delegations.length === items.length && delegations.every((one, i) => key(one) === key(items[i]));
  items = delegations;
  if (!same) {
    cells = new Map();
    laid = "";
    items.forEach(build);
    list.replaceChildren(...items.map((item) => cells.get(item.code).cell));
    overview.replaceChildren(...items.map((item) => cells.get(item.code).field));
  }
  items.forEach(drawCell);
  gridLayOut();
}

// Only the counts: {code: {expected, attended, present}}.
export function gridCounts(counts) {
  for (const item of items) {
    if (!counts[item.code]) continue;
    Object.assign(item, counts[item.code]);
    drawCell(item);
  }
  if (!laid) gridLayOut();
}

// The delegations: in protocol order, read downwards then along, as a printed list is read; never by size, never as a ranking. More than can be read from afar
// are named by turns, and all of them stand above as small fields that fill up.
import { make, number, pick, put, svg } from "../common.js";
import { canvas } from "./canvas.js";
import { shapeList } from "./shape.js";

const list = document.getElementById("delegations");
const overview = document.getElementById("overview");
const LEAST = 0.39; // letters of names, in units of those that carry: capitals of 1 % of the picture's smaller side, also where a long name has smaller ones
const MOST = 4;
const OVERVIEW = 0.2; // of the height, when there are pages

let items = [];
let widths = [];
let cells = new Map();
let laid = "";
let shape = { pages: 1, size: Infinity };
let page = 0;

const brush = document.createElement("canvas").getContext("2d");

// The widths of each name's words, in units of the letters' size.
function measure() {
  const family = getComputedStyle(document.body).fontFamily;
  brush.font = `100px ${family}`;
  widths = items.map((item) => pick(item.name).split(/\s+/).filter(Boolean).map((word) => brush.measureText(word).width / 100));
  brush.font = `700 115px ${family}`;
  return Math.max(...items.map((item) => brush.measureText(`✓ ${number(item.expected)}`).width + 0.8 * brush.measureText(` / ${number(item.expected)}`).width)) / 100;
}

export function gridLayOut() {
  const box = list.parentElement;
  if (items.length === 0 || box.clientWidth < 10 || box.clientHeight < 10) return;
  const known = `${box.clientWidth} ${box.clientHeight} ${canvas.unit} ${canvas.shape}`;
  if (known === laid) return;
  laid = known;
  const count = measure();
  const [width, height, least] = [box.clientWidth, box.clientHeight, LEAST * canvas.carry];
  const most = Math.min(MOST * canvas.unit, width / 14);
  shape = shapeList({ names: widths, count, width, height, least, most });
  if (shape.pages > 1) shape = shapeList({ names: widths, count, width, height: height * (1 - OVERVIEW) - canvas.unit * 1.5, least, most });
  if (canvas.shape === "phone") shape = { ...shape, font: 15, columns: 1, pages: 1, size: items.length };
  page %= shape.pages;
  list.style.setProperty("--columns", shape.columns);
  list.style.setProperty("--rows", shape.rows);
  list.style.setProperty("--f", `${shape.font}px`);
  list.style.setProperty("--lines", shape.lines);
  items.forEach((item, i) => cells.get(item.code)?.cell.classList.toggle("small", shape.small.has(i)));
  layOverview(width, height);
  drawPage();
}

// All of them at a glance: fields in the same order, from the side where reading begins.
function layOverview(width, height) {
  overview.toggleAttribute("hidden", shape.pages < 2);
  if (shape.pages < 2) return;
  const high = height * OVERVIEW;
  let columns = 1;
  while (Math.ceil(items.length / columns) * (width / columns) > high) columns++;
  let rows = Math.ceil(items.length / columns);
  if (rows > 1 && items.length - (rows - 1) * columns < columns / 2) columns = Math.ceil(items.length / --rows); // one or two of them alone in a row look forgotten
  overview.setAttribute("viewBox", `0 0 ${columns * 10} ${rows * 10}`);
  overview.style.height = `${Math.floor((width / columns) * rows)}px`;
  items.forEach((item, i) => cells.get(item.code).field.setAttribute("transform", `translate(${(i % columns) * 10} ${Math.floor(i / columns) * 10})`));
}

function drawPage() {
  const from = page * shape.size;
  items.forEach((item, i) => {
    const { cell, field } = cells.get(item.code);
    const shown = i >= from && i < from + shape.size;
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
  const count = make("span", { class: "c", dir: "ltr" });
  const cell = make("li", {}, make("span", { class: "n", dir: "auto" }, pick(item.name)), count,
    svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { class: "back", width: 100, height: 10 }), part));
  const field = svg("g", {}, svg("rect", { class: "back", x: 1, y: 1, width: 8, height: 8 }), fill, svg("rect", { class: "edge", x: 0.6, y: 0.6, width: 8.8, height: 8.8 }));
  cells.set(item.code, { cell, count, part, field, fill, shown: "" });
}

function drawCell(item) {
  const parts = cells.get(item.code);
  const shown = `${item.present} ${item.expected}`;
  if (!parts || parts.shown === shown) return;
  parts.shown = shown;
  const share = item.expected > 0 ? Math.min(1, item.present / item.expected) : 0;
  parts.count.replaceChildren(number(item.present), make("i", {}, ` / ${number(item.expected)}`));
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
}

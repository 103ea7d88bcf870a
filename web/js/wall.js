// The wall: draws what the server says, and says how old it is. Never a number that looks live and is not.
import { clock, event, live, make, number, pick, put, svg, words } from "./common.js";

const zone = document.body.dataset.zone;
const wall = document.getElementById("wall");
const at = (id) => document.getElementById(id);
let asOf = null; // the server's time of the figures
let heardAt = 0; // our own steady clock, so that a wrong wall clock on this machine does no harm
let line = "connecting";
let delegations = [];
let cells = new Map();
const arrivals = [];

function drawFigures(stats) {
  if (!Number.isFinite(stats.present)) return;
  asOf = stats.as_of || asOf;
  heardAt = performance.now();
  const big = at("present");
  put(big, number(stats.present));
  big.classList.toggle("four", stats.present >= 1000 && stats.present < 10000);
  big.classList.toggle("five", stats.present >= 10000);
  put(at("expected"), number(stats.expected));
  const share = stats.expected > 0 ? Math.min(1, stats.present / stats.expected) : 0;
  at("ring").setAttribute("stroke-dasharray", `${(share * 100).toFixed(2)} 100`);
  put(at("share"), stats.expected > 0 ? `${number(Math.floor(share * 1000) / 10)} %` : "");
  drawQuorum(stats.quorum);
  if (stats.by_delegation) drawCounts(stats.by_delegation);
  drawAge();
}

function drawQuorum(quorum) {
  const place = at("quorum");
  if (!quorum || !Number.isFinite(quorum.required)) { put(place, ""); return; }
  place.classList.toggle("reached", quorum.reached === true);
  if (quorum.reached) {
    const since = quorum.since ? ` ${words.quorum_at} ${clock(quorum.since, zone)}` : "";
    put(place, `✓ ${words.quorum_reached}${since}`);
  } else {
    put(place, `${words.quorum_needs} ${number(quorum.required)} · ${words.quorum_have} ${number(quorum.present)}`);
  }
}

// The grid: protocol order, read downwards then along, as a printed list is read. More than can be read from afar go on pages, by turns.
const LEAST_FONT = 1.1; // in units of --u
const FONT_OF_CELL = 0.29;
let pages = { count: 1, size: Infinity, at: 0 };

function layOut() {
  const list = at("delegations");
  const box = list.getBoundingClientRect();
  const count = delegations.length;
  if (count === 0 || box.width === 0) return;
  const unit = parseFloat(getComputedStyle(document.body).fontSize) / 2; // --u in pixels
  const least = (LEAST_FONT * unit) / FONT_OF_CELL;
  const shapeFor = (many, columns) => {
    const rows = Math.ceil(many / columns);
    return { columns, rows, score: Math.min(box.width / columns / 5, box.height / rows) }; // a name in two lines wants a cell five times as wide as high
  };
  const bestFor = (many) => {
    let best = shapeFor(many, 1);
    for (let columns = 2; columns <= Math.min(many, 24); columns++) {
      const other = shapeFor(many, columns);
      if (other.score > best.score) best = other;
    }
    return best;
  };
  let size = count;
  let best = bestFor(size);
  const flows = getComputedStyle(list).display === "block"; // a phone shows all, one below the other
  for (let turns = 2; !flows && best.score < least && turns <= count; turns++) {
    size = Math.ceil(count / turns);
    best = bestFor(size);
  }
  pages = { count: Math.ceil(count / size), size, at: pages.at % Math.ceil(count / size) };
  list.style.setProperty("--columns", best.columns);
  list.style.setProperty("--rows", best.rows);
  list.style.setProperty("--cell", `${best.score}px`);
  drawPage();
}

function drawPage() {
  const from = pages.at * pages.size;
  [...at("delegations").children].forEach((cell, i) => { cell.hidden = i < from || i >= from + pages.size; });
  put(at("page"), pages.count > 1 ? `${pages.at + 1} / ${pages.count}` : "");
}

function turnPage() {
  if (pages.count < 2) return;
  pages.at = (pages.at + 1) % pages.count;
  drawPage();
}

function drawDelegations(list) {
  if (!Array.isArray(list)) return;
  const same = list.length === delegations.length && list.every((item, i) => item.code === delegations[i].code && pick(item.name) === pick(delegations[i].name));
  delegations = list;
  if (!same) {
    cells = new Map();
    at("delegations").replaceChildren(...list.map((item) => {
      const count = make("span", { class: "c", dir: "ltr" });
      const part = svg("rect", { x: 0, y: 0, width: 0, height: 10 });
      const cell = make("li", {}, make("span", { class: "n", dir: "auto" }, pick(item.name)), count,
        svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("rect", { class: "back", width: 100, height: 10 }), part));
      cells.set(item.code, { cell, count, part });
      return cell;
    }));
    layOut();
  }
  for (const item of list) drawCell(item);
}

function drawCell(item) {
  const parts = cells.get(item.code);
  if (!parts) return;
  const share = item.expected > 0 ? Math.min(1, item.present / item.expected) : 0;
  parts.count.replaceChildren(number(item.present), make("i", {}, ` / ${number(item.expected)}`));
  parts.part.setAttribute("width", (share * 100).toFixed(1));
  parts.cell.classList.toggle("all", item.expected > 0 && item.present >= item.expected);
}

function drawCounts(byDelegation) {
  for (const item of delegations) {
    const counts = byDelegation[item.code];
    if (!counts) continue;
    Object.assign(item, counts);
    drawCell(item);
  }
}

function drawSession(id, session) {
  const place = at(id);
  place.hidden = !session;
  if (!session) return;
  put(place.querySelector(".w-session-title"), pick(session.title));
  const when = `${clock(session.starts, zone)} – ${clock(session.ends, zone)}`;
  put(place.querySelector(".w-session-when"), session.room ? `${when} · ${pick(session.room)}` : when);
}

// What is calm stands in a band; what is urgent covers the figures until it ends. Long texts are made smaller until they fit.
let told = [];
let news = [];
let urgent = [];
let newsIndex = 0;
const BAND = [[2.7, 2], [2.2, 3], [1.8, 4], [1.5, 5], [1.3, 7]]; // letters in --u, lines

function fitBand(text) {
  for (const [size, lines] of BAND) {
    text.style.fontSize = `calc(var(--u) * ${size})`;
    text.style.webkitLineClamp = lines;
    if (text.scrollHeight <= text.clientHeight + 1) return;
  }
}

function fitAlarm() {
  const text = at("alarm-text");
  let low = 1.4, high = 12; // in --u; each step halves what is between
  for (let step = 0; step < 8; step++) {
    const size = (low + high) / 2;
    text.style.fontSize = `calc(var(--u) * ${size})`;
    if (text.scrollHeight <= text.clientHeight + 1 && text.scrollWidth <= text.clientWidth + 1) low = size;
    else high = size;
  }
  text.style.fontSize = `calc(var(--u) * ${low})`;
}

function drawNews() {
  const band = at("news");
  const alarm = at("alarm");
  alarm.hidden = urgent.length === 0;
  band.hidden = news.length === 0 || urgent.length > 0;
  if (urgent.length > 0) {
    put(at("alarm-text"), pick(urgent[newsIndex % urgent.length].text));
    put(at("alarm-count"), urgent.length > 1 ? `${(newsIndex % urgent.length) + 1} / ${urgent.length}` : "");
    fitAlarm();
  } else if (news.length > 0) {
    const text = pick(news[newsIndex % news.length].text);
    if (band.textContent !== text) { band.replaceChildren(make("p", { dir: "auto" }, text)); fitBand(band.firstChild); layOut(); }
  }
}

// Also when the line is down, what is over goes by itself.
function sortNews() {
  const now = serverNow().getTime();
  const good = told.filter((item) => !item.until || Date.parse(item.until) > now);
  const same = good.length === news.length + urgent.length;
  news = good.filter((item) => !item.urgent);
  urgent = good.filter((item) => item.urgent);
  return same;
}

function takeNews(list) {
  if (!Array.isArray(list)) return;
  const was = JSON.stringify(told);
  told = list;
  sortNews();
  if (JSON.stringify(list) !== was) newsIndex = 0;
  drawNews();
  layOut();
}

function drawAge() {
  const place = at("age");
  if (line === "signed-out") { put(place, words.closed); return; }
  if (!asOf) { put(place, words.connecting); return; }
  put(place, `${line === "open" ? words.live : words.waiting} ${clock(asOf, zone)}`);
}

// The server's clock as last heard, carried on by our steady one.
const serverNow = () => (asOf ? new Date(Date.parse(asOf) + (performance.now() - heardAt)) : new Date());

let programme = [];
function drawProgramme() {
  const now = serverNow().getTime();
  drawSession("now", programme.find((session) => Date.parse(session.starts) <= now && now < Date.parse(session.ends)));
  drawSession("next", programme.find((session) => Date.parse(session.starts) > now));
}

function drawClock() {
  put(at("clock"), clock(serverNow(), zone));
  drawProgramme();
  if (!sortNews()) { drawNews(); layOut(); }
}

function snapshot(data) {
  if (data.title) put(at("title"), pick(data.title));
  drawDelegations(data.delegations);
  drawFigures(data);
  programme = Array.isArray(data.programme) ? data.programme : [data.now, data.next].filter(Boolean);
  drawClock();
  takeNews(data.announcements);
  layOut();
}

function checkin(data) {
  if (!data || !data.name) return; // names come only where the event allows them on the wall
  arrivals.unshift(data.name);
  arrivals.length = Math.min(arrivals.length, 4);
  const place = at("arrivals");
  place.hidden = false;
  put(place, `${words.arrived}: ${arrivals.join(" · ")}`);
}

new ResizeObserver(layOut).observe(at("delegations"));
addEventListener("resize", () => { at("news").replaceChildren(); drawNews(); });
setInterval(drawClock, 1000);
setInterval(() => { newsIndex++; drawNews(); turnPage(); }, 10000);

live(`/api/v1/events/${event}/live?for=wall`, {
  probe: `/api/v1/events/${event}/stats`,
  on: {
    snapshot,
    stats: drawFigures,
    checkin,
    announcement: (data) => takeNews(Array.isArray(data) ? data : data.announcements),
  },
  state(name) {
    line = name;
    wall.dataset.line = name === "open" ? "open" : "waiting";
    drawAge();
  },
});

// The screen must not sleep; where the browser may not hold it, the technician's settings do.
if ("wakeLock" in navigator) {
  const hold = () => navigator.wakeLock.request("screen").catch(() => {});
  hold();
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") hold(); });
}

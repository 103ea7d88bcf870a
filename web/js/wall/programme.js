// The programme: what is on, what comes and in how long, the day. All from the server's time, also while the line is down.
import { clock, language, make, pick, put } from "../common.js";
import { canvas } from "./canvas.js";
import { countdown } from "./figures.js";
import { fitText, shorten } from "./fit.js";
import { now } from "./time.js";

const at = (id) => document.getElementById(id);
const TELL = 12 * 3600000; // a countdown over a night tells nobody anything

let sessions = [];
let drawn = "";

export const programmeTake = (list) => { sessions = list.map((one) => ({ ...one, from: Date.parse(one.starts), until: Date.parse(one.ends) })).filter((one) => Number.isFinite(one.from) && Number.isFinite(one.until)); };
export const programmeTitle = (code) => sessions.find((one) => one.code === code)?.title;
export const programmeBegun = (code) => { const one = sessions.find((session) => session.code === code); return one ? one.from <= now() : true; };

const current = () => sessions.find((one) => one.from <= now() && now() < one.until);
const coming = () => sessions.find((one) => one.from > now());

// The last minute before something begins is counted by seconds, where it is shown.
export function programmeHurries() {
  const next = coming();
  return Boolean(next) && next.from - now() <= 61000;
}

const dayOf = (time, zone) => {
  try { return new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(time); } catch { return new Date(time).toISOString().slice(0, 10); }
};

const dayWords = (time, zone) => {
  try { return new Intl.DateTimeFormat({ ar: "ar-u-nu-latn", en: "en-GB" }[language] || language, { timeZone: zone, weekday: "long", day: "numeric", month: "long" }).format(time); } catch { return ""; }
};

function drawSession(place, title, session, zone) {
  if (place.hidden === Boolean(session)) place.hidden = !session;
  if (!session) return;
  put(title, pick(session.title));
  // Another day takes the room's place: both would leave too little for the title.
  const elsewhere = dayOf(session.from, zone) === dayOf(now(), zone) ? "" : `${dayWords(session.from, zone)} · `;
  const when = `${elsewhere}${clock(session.starts, zone)} – ${clock(session.ends, zone)}`;
  put(place.querySelector(".w-session-when"), session.room && !elsewhere ? `${when} · \u2068${pick(session.room)}\u2069` : when);
  const soon = place.querySelector(".w-soon");
  if (soon) put(soon, session.from - now() < TELL ? countdown(session.from - now()) : "");
}

// The strip beside the figures.
export function programmeStrip(zone) {
  for (const [id, session] of [["now", current()], ["next", coming()]]) {
    const title = at(id).querySelector(".w-session-title");
    drawSession(at(id), title, session, zone);
    shorten(title, 2, `${canvas.width} ${canvas.height}`); // so that the figures keep their room
  }
}

function drawDay(zone) {
  const shown = current() || coming() || sessions[sessions.length - 1];
  if (!shown) { at("p-list").replaceChildren(); put(at("p-day"), ""); return; }
  const day = dayOf(current() ? now() : shown.from, zone);
  const list = sessions.filter((one) => dayOf(one.from, zone) === day || one === current());
  put(at("p-day"), dayWords(shown.from, zone));
  at("p-list").replaceChildren(...list.map((one) => {
    const state = one.until <= now() ? "past" : one.from <= now() ? "on" : "";
    return make("li", { class: state, "aria-current": state === "on" ? "time" : null }, make("span", { class: "p-time", dir: "ltr" }, clock(one.starts, zone)), make("span", { class: "p-name", dir: "auto" }, pick(one.title)));
  }));
  fitDay();
}

// Letters as large as the day allows; what is long over goes first when it is too much, then the far end.
function fitDay() {
  const list = at("p-list");
  const rows = [...list.children];
  const full = () => list.scrollHeight > list.clientHeight + 1;
  for (let size = 2.7; size >= 1.5; size -= 0.2) {
    list.style.fontSize = `${size * canvas.unit}px`;
    if (!full()) return;
  }
  while (rows.length > 1 && full()) (rows[0].className === "past" ? rows.shift() : rows.pop()).remove();
}

// The whole scene.
export function programmeScene(zone, fit) {
  const [on, next] = [current(), coming()];
  for (const [id, session] of [["p-now", on], ["p-next", next]]) drawSession(at(id), at(id).querySelector(".p-title > p"), session, zone);
  const key = `${sessions.indexOf(on)} ${sessions.indexOf(next)} ${JSON.stringify(sessions)} ${canvas.width} ${canvas.height} ${dayOf(now(), zone)}`;
  if (key === drawn && !fit) return;
  drawn = key;
  let most = canvas.carry * 2.1;
  for (const id of ["p-now", "p-next"]) {
    const title = at(id).querySelector(".p-title");
    if (!at(id).hidden) most = Math.max(canvas.carry, Math.min(canvas.carry * 1.35, fitText(title, title.firstElementChild, canvas.carry, most)));
  }
  drawDay(zone);
}

// The desk: one box for scans and names, one card, one big button. Results are told by words, shape, colour and sound together.
import { clock, event, live, make, number, put, svg, words } from "./common.js";
import { badgePart } from "./desk_badge.js";
import { listPart, walkIn } from "./desk_list.js";

const at = (id) => document.getElementById(id);
const box = at("q");
const list = at("results");
const card = at("card");
const csrf = document.body.dataset.csrf;
const base = `/api/v1/events/${event}`;
const zone = document.body.dataset.zone;
const categories = JSON.parse(document.body.dataset.categories || "{}");
let found = [];
let active = -1;
let asked = 0; // number of the newest question; older answers are dropped
let answered = ""; // what the list below the box is the answer to
let current = null;

// ---- scans: a /d/ address of any host, or a bare token of 16 characters of Crockford's base32 (as core/base/id.c reads it)
export function tokenFromScan(text) {
  const trimmed = text.trim();
  // A scanner types behind whatever already stands in the box: the address at the end counts.
  const address = /https?:\/\/[^/?#\s]+\/d\/([^/?#\s]+)\/?(?:[?#]\S*)?$/i.exec(trimmed);
  const part = address ? address[1] : trimmed;
  const token = part.toUpperCase().replace(/-/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
  if (!/^[0-9A-HJKMNP-TV-Z]{16}$/.test(token)) return null;
  // Sixteen letters may be a name: a bare token must show a digit. (One in four hundred has none; the search knows those too.)
  return address || /[0-9]/.test(part) ? token : null;
}

// RFC 9562 version 7, made here so that a repeated click or a lost answer never counts twice.
function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let ms = Date.now();
  for (let i = 5; i >= 0; i--) { bytes[i] = ms % 256; ms = Math.floor(ms / 256); }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

// ---- sound: two rising notes, one calm note, two low ones
let audio = null;
function sound(kind) {
  try {
    audio = audio || new AudioContext();
    const notes = { good: [660, 990], calm: [560], stop: [240, 180] }[kind] || [];
    notes.forEach((frequency, i) => {
      const tone = audio.createOscillator();
      const gain = audio.createGain();
      const start = audio.currentTime + i * 0.13;
      tone.frequency.value = frequency;
      tone.type = kind === "stop" ? "square" : "sine";
      gain.gain.setValueAtTime(0.12, start);
      gain.gain.exponentialRampToValueAtTime(0.001, start + 0.16);
      tone.connect(gain).connect(audio.destination);
      tone.start(start);
      tone.stop(start + 0.18);
    });
  } catch { /* a desk without sound still has words and shape */ }
}

const say = (text) => { at("say").textContent = ""; setTimeout(() => put(at("say"), text), 30); };

const shapes = {
  good: "M10 25l9 9 19-21", // a tick
  calm: "M13 20h22M13 29h22", // two even lines
  stop: "M15 15l18 18M33 15L15 33", // a cross
  wait: "M24 13v12l8 5",
};
function shape(kind) {
  const frame = kind === "stop" ? svg("path", { d: "M16 3h16l13 13v16L32 45H16L3 32V16z" }) : svg("circle", { cx: 24, cy: 24, r: 21 });
  return svg("svg", { viewBox: "0 0 48 48", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": 4, "stroke-linecap": "round", "stroke-linejoin": "round" },
    frame, svg("path", { d: shapes[kind] }));
}

const kindOf = (outcome) => ({ admitted: "good", left: "good", handed_out: "good", already_in: "calm" })[outcome] || "stop";
const outcomeWords = (outcome) => words[`outcome.${outcome}`] || outcome;
const reasonWords = (reason) => (reason ? words[`reason.${reason}`] || reason : "");

async function request(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { Accept: "application/json", ...(options.headers || {}) } });
  if (answer.status === 401 || answer.status === 403) {
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(problem.code === "forbidden" ? problem.detail || problem.title : words.signed_out), { final: true });
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(problem.detail || problem.title || String(answer.status)), { code: problem.code, reason: problem.reason, about: problem.about });
  }
  return answer.json();
}
const post = (url, body) => send("POST", url, body);

const send = (method, url, body) => request(url, { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf } });

// ---- finding people
let typing = 0;
box.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(find, 120);
});

async function find() {
  const text = box.value.trim();
  const mine = ++asked;
  if (text.length === 0 || tokenFromScan(text)) { showResults([]); at("empty").hidden = true; return; }
  try {
    const answer = await request(`${base}/delegates?q=${encodeURIComponent(text)}&limit=20`);
    if (mine !== asked) return;
    answered = text;
    showResults(answer.results || []);
    at("empty").hidden = found.length > 0;
  } catch (problem) {
    if (mine !== asked) return;
    showResults([]);
    at("empty").hidden = true;
    say(problem.message);
  }
}

const stateWords = (person) => (person.since && person.state === "in" ? `${words.in} ${clock(person.since, zone)}` : words[person.state] || "");
const nameOf = (person) => person.name || `${words.no_name} ${person.number || ""}`.trim();

function showResults(people) {
  found = people;
  active = people.length > 0 ? 0 : -1;
  list.replaceChildren(...people.map((person, i) => {
    const about = [person.number, person.delegation, person.title, person.seat, (person.born || "").slice(0, 4)].filter(Boolean).join(" · ");
    const item = make("li", { id: `r${i}`, role: "option", "aria-selected": i === active ? "true" : "false", onclick: () => openCard(i) },
      make("b", { dir: "auto" }, nameOf(person)), make("small", { dir: "auto" }, about), make("span", { class: `is ${person.state || "never"}` }, stateWords(person)));
    if (person.category_color) item.style.setProperty("--k", person.category_color);
    return item;
  }));
  box.setAttribute("aria-expanded", people.length > 0 ? "true" : "false");
  markActive();
}

function markActive() {
  [...list.children].forEach((item, i) => item.setAttribute("aria-selected", i === active ? "true" : "false"));
  if (active >= 0) {
    box.setAttribute("aria-activedescendant", `r${active}`);
    list.children[active].scrollIntoView({ block: "nearest" });
  } else {
    box.removeAttribute("aria-activedescendant");
  }
}

box.addEventListener("keydown", (key) => {
  if (key.isComposing) return; // Vietnamese input methods confirm with Enter too
  if (key.key === "ArrowDown" || key.key === "ArrowUp") {
    if (found.length === 0) return;
    key.preventDefault();
    active = (active + (key.key === "ArrowDown" ? 1 : found.length - 1)) % found.length;
    markActive();
  } else if (key.key === "Escape") {
    clearDesk();
  }
});

at("find").addEventListener("submit", async (submit) => {
  submit.preventDefault();
  clearTimeout(typing);
  const text = box.value.trim();
  const token = tokenFromScan(text);
  if (token) { box.value = ""; showResults([]); await checkIn({ token }, "in", null); return; }
  if (text.length === 0) return;
  if (answered !== text) await find(); // Enter before the answer came: never open somebody of an older answer
  if (answered !== text) return;
  if (active >= 0) openCard(active);
});

function clearDesk() {
  box.value = "";
  asked++;
  showResults([]);
  at("empty").hidden = true;
  card.hidden = true;
  current = null;
  box.focus();
}

// A hand scanner types wherever the focus stands. While it stands on a button of somebody's card, the scanner's Enter would check in the wrong
// person: so what is typed outside of fields goes into the box, from its first letter on.
document.addEventListener("keydown", (key) => {
  if (document.activeElement === box) return;
  if (key.key === "Escape") { clearDesk(); return; }
  const typed = key.key.length === 1 && key.key !== " " && !key.ctrlKey && !key.metaKey && !key.altKey;
  if (!typed || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
  box.value = "";
  box.focus();
}, true);

// ---- the card
const dateWords = (date) => (date && date.length === 10 ? date.split("-").reverse().join("/") : date);

function facts(person) {
  const rows = [["seat", person.seat, true], ["number", person.number, true], ["group", person.group], ["room", person.room], ["transport", person.transport], ["badge_box", person.badge_box],
    ["born", dateWords(person.born)], ["needs", (person.needs || []).map((need) => words[`need.${need}`] || need).join(", ")]];
  return make("dl", { class: "facts" }, ...rows.filter((row) => row[1]).map(([key, value, large]) =>
    make("div", { class: large ? "large" : null }, make("dt", {}, words[`fact.${key}`]), make("dd", { dir: "auto" }, String(value)))));
}

function openCard(index) {
  current = found[index];
  active = index;
  markActive();
  drawCard(current, null);
  const button = card.querySelector("button.big");
  if (button) button.focus();
}

function drawCard(person, verdict) {
  const parts = [];
  if (verdict) parts.push(verdictBox(verdict));
  if (person) {
    if (person.photo) parts.push(make("img", { class: "face", src: person.photo, alt: "", width: 96, height: 128 }));
    parts.push(make("h2", { dir: "auto" }, nameOf(person)));
    if (person.title) parts.push(make("p", { dir: "auto" }, person.title));
    if (person.delegation) parts.push(make("p", { class: "muted", dir: "auto" }, person.delegation));
    if (person.category) {
      const category = make("p", { class: "category" }, make("span", { dir: "auto" }, categories[person.category] ? categories[person.category].title : person.category));
      const color = person.category_color || (categories[person.category] || {}).color;
      if (color) category.style.setProperty("--k", color);
      parts.push(category);
    }
    if (person.state) parts.push(make("p", { class: `state ${person.state}` }, stateWords(person)));
    if (person.note) parts.push(make("p", { class: "badge-line note", dir: "auto" }, person.note));
    parts.push(facts(person));
  }
  const actions = make("div", { class: "actions" });
  if (person && person.code && !verdict) {
    if (person.state !== "in") actions.append(make("button", { class: "button big", type: "button", onclick: () => checkIn({ delegate: person.code }, "in", person) }, words.check_in));
    actions.append(make("div", { class: "pair" },
      person.state === "in" ? make("button", { class: "button quiet", type: "button", onclick: () => checkIn({ delegate: person.code }, "in", person) }, words.check_in) : null,
      make("button", { class: "button quiet", type: "button", onclick: () => checkIn({ delegate: person.code }, "out", person) }, words.check_out),
      make("button", { class: "button quiet", type: "button", onclick: clearDesk }, words.close)));
  } else {
    const pair = make("div", { class: "pair" });
    if (verdict && verdict.undo) pair.append(make("button", { class: "button quiet", type: "button", onclick: () => undo(verdict.undo) }, words.undo));
    if (verdict && verdict.override) pair.append(make("button", { class: "button quiet", type: "button", onclick: (e) => askWhy(e.target, verdict.override) }, words.override));
    if (verdict && verdict.again) pair.append(make("button", { class: "button", type: "button", onclick: verdict.again }, words.retry));
    pair.append(make("button", { class: "button quiet", type: "button", onclick: clearDesk }, words.close));
    actions.append(pair);
  }
  parts.push(actions);
  if (person && person.code && !verdict) parts.push(badgePart(person, { request, post, base, zone, say }), listPart(person, listTools));
  card.replaceChildren(...parts);
  card.hidden = false;
}

// ---- what is changed of the list
async function look(code) {
  const answer = await request(`${base}/delegates?q=${encodeURIComponent(code)}`);
  const index = (answer.results || []).findIndex((one) => one.code === code);
  if (index < 0) return;
  box.value = "";
  showResults(answer.results);
  at("empty").hidden = true;
  openCard(index);
}
const listTools = {
  base, categories, request, say, zone, uuid: uuid7, look, back: clearDesk,
  send: (method, path, body) => send(method, `${base}/delegates${path}`, body),
  async show(answer, text) {
    await look(answer.code || answer.number);
    card.prepend(make("p", { class: "badge-line done", dir: "auto" }, text));
    say([text, answer.name].filter(Boolean).join(" "));
    sound("good");
  },
};
at("walk-in").addEventListener("click", () => {
  current = null;
  card.hidden = false;
  walkIn(card, box.value.trim(), listTools);
});

function verdictBox(verdict) {
  return make("div", { class: `verdict ${verdict.kind}`, "data-outcome": verdict.outcome || "" }, shape(verdict.kind), make("b", {}, verdict.title), make("span", { dir: "auto" }, verdict.more || ""));
}

// ---- checking in
// Refused because of the door, the hour or the room: a person decides, and says why. The refusal stays recorded beside it.
const overridable = ["not_admitted_here", "no_reentry", "full", "not_yet_open", "closed"];
function askWhy(button, letIn) {
  const field = make("input", { id: "why", type: "text", maxlength: 200, required: true, autocomplete: "off", value: words.override_usual });
  const form = make("form", { class: "why", onsubmit: (e) => { e.preventDefault(); if (field.value.trim()) letIn(field.value.trim()); } },
    make("label", { for: "why" }, words.override_why), field, make("button", { class: "button", type: "submit" }, words.override_do));
  button.replaceWith(form);
  field.focus();
  field.select();
}

async function checkIn(who, direction, person, again = null) {
  // The same scan keeps its number when it is sent again: the server counts it once, whatever was lost on the way.
  const scan = again || { scan_id: uuid7(), ...who, gate: at("gate").value, direction, scanned_at: new Date().toISOString(), started: performance.now() };
  drawCard(person, { kind: "wait", title: words.sending });
  const { started, ...body } = scan;
  try {
    const answer = await post(`/api/v1/checkins?event=${event}`, { ...body, age_ms: Math.round(performance.now() - started), decision: "ask" });
    const result = answer.results[0];
    told(result, person || result.person || null, scan.scan_id, scan.override ? null : (why) => {
      checkIn(who, direction, person, { scan_id: uuid7(), ...who, gate: scan.gate, direction, scanned_at: new Date().toISOString(), started: performance.now(), override: why });
    });
  } catch (problem) {
    sound("stop");
    const more = problem.final ? problem.message : words.failed;
    drawCard(person, { kind: "stop", title: problem.final ? problem.message : words.failed, more: problem.final ? "" : problem.message, again: () => checkIn(who, direction, person, scan) });
    say(more);
    const button = card.querySelector("button.button:not(.quiet)");
    if (button) button.focus();
  }
}

function told(result, person, scanId, letIn) {
  const kind = kindOf(result.outcome);
  const first = result.outcome === "already_in" && result.first ? `${words.first} ${clock(result.first.at, zone)}` : "";
  const places = result.places_left ? `${words.places_left} ${result.places_left}.` : "";
  const more = [reasonWords(result.reason), first, places].filter(Boolean).join(" ");
  const title = outcomeWords(result.outcome);
  const seen = person ? { ...person, ...(result.person || {}), state: null } : null;
  const undoable = ["admitted", "left", "handed_out"].includes(result.outcome);
  const override = result.outcome === "refused" && overridable.includes(result.reason) ? letIn : null;
  drawCard(seen, { kind, outcome: result.outcome, title, more, undo: undoable ? scanId : null, override });
  sound(kind);
  say([title, more, seen ? nameOf(seen) : "", seen && seen.seat ? `${words["fact.seat"]} ${seen.seat}` : ""].filter(Boolean).join(". "));
  box.value = "";
  asked++;
  showResults([]);
  box.focus();
  scansSoon();
}

async function undo(scanId) {
  try {
    await post(`/api/v1/checkins/${scanId}/undo?event=${event}`, {});
    drawCard(null, { kind: "calm", outcome: "undone", title: words.undone });
    say(words.undone);
    sound("calm");
  } catch (problem) {
    drawCard(null, { kind: "stop", title: problem.message, again: () => undo(scanId) });
    say(problem.message);
    sound("stop");
  }
  box.focus();
  scansSoon();
}

// ---- last scans: with names, so from the desk's own door and not from the stream that walls hear too
let soon = 0;
function scansSoon() {
  clearTimeout(soon);
  soon = setTimeout(loadScans, 250);
}
async function loadScans() {
  try {
    const answer = await request(`/desk/${event}/scans`);
    const signs = { good: "✓", calm: "＝", stop: "✕" };
    const rows = answer.scans.map((scan) => make("li", {}, make("time", { datetime: scan.at, dir: "ltr" }, clock(scan.at, zone)),
      make("span", { "aria-hidden": "true" }, scan.outcome === "left" ? "→" : signs[kindOf(scan.outcome)]),
      make("span", { class: scan.undone ? "undone" : null, dir: "auto" }, scan.name || scan.number ? nameOf(scan) : words.unknown || "–"),
      make("small", {}, [outcomeWords(scan.outcome), reasonWords(scan.reason), scan.gate, scan.undone ? words.undone : ""].filter(Boolean).join(" · "))));
    at("scans").replaceChildren(...(rows.length > 0 ? rows : [make("li", { class: "none muted" }, words.none_yet)]));
  } catch { /* the line's state is told elsewhere */ }
}

const gateKey = `plenum-gate-${event}`;
try {
  const saved = localStorage.getItem(gateKey);
  if (saved && [...at("gate").options].some((option) => option.value === saved)) at("gate").value = saved;
} catch { /* private windows may have no storage */ }
at("gate").addEventListener("change", () => { try { localStorage.setItem(gateKey, at("gate").value); } catch { /* as above */ } box.focus(); });

const drawFigures = (stats) => {
  if (Number.isFinite(stats.present)) put(at("figures"), `${words.present} ${number(stats.present)} / ${number(stats.expected)}`);
};
live(`${base}/live`, {
  probe: `${base}/stats`,
  on: { snapshot: (data) => { drawFigures(data); scansSoon(); }, stats: (data) => { drawFigures(data); scansSoon(); }, checkin: scansSoon, announcement: () => {},
    badge: (data) => { const part = card.querySelector(".badge-part"); if (part && current && current.code === data.person && !part.contains(document.activeElement)) part.renew(); },
    pins: (data) => { const place = at("pin-alarm-now"); place.hidden = !data.alarm; put(place.querySelector("b"), `${data.recent}, ${data.day}`); } },
  state(name) {
    const place = at("line");
    place.classList.toggle("lost", name !== "open");
    put(place, name === "open" ? words.line_ok : name === "signed-out" ? words.signed_out : words.line_lost);
  },
});
loadScans();
box.focus();

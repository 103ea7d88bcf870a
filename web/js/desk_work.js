// The desk behind its box: the card of a person, checking in, what is changed of the list, what other desks do. Results are told by words, shape, colour and sound together.
import { clock, event, make, words } from "./common.js";
import { box, clearBox, find, renewRow, showResults, shown, trouble } from "./desk.js";
import { badgePart } from "./desk_badge.js";
import { cardParts, differences, newsBox, scanWords } from "./desk_card.js";
import { keys } from "./desk_keys.js";
import { listPart, walkIn } from "./desk_list.js";
import { at, base, categories, fill, kindOf, nameOf, outcomeWords, post, reasonWords, request, say, send, uuid7, zone } from "./desk_tools.js";
import { lookUp, own, unhurried, watch } from "./desk_watch.js";
import { sound } from "./sound.js";

const card = at("card");
let current = null; // whose card is open
let verdict = null; // and what was answered for them
let drawn = 0; // of the card: what comes late for an older one is dropped
let done = null; // what this desk has just done to them, told on the card until it is closed: {of, text}
let undoable = null; // the newest check-in of this desk that can be taken back

// Where the next one is awaited. Who works by touch is shown the answer instead: the box would bring the keyboard up, over it.
let touched = false;
document.addEventListener("pointerdown", (pointer) => { touched = pointer.pointerType === "touch"; }, true);
document.addEventListener("keydown", () => { touched = false; }, true);
const narrow = matchMedia("(max-width: 55.99rem)");
function ready() {
  if (touched && !card.hidden) {
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: narrow.matches ? "start" : "nearest", behavior: "instant" });
    return;
  }
  box.focus({ preventScroll: true });
  box.closest(".find").scrollIntoView({ block: narrow.matches && !card.hidden ? "start" : "nearest", behavior: "instant" }); // on a small screen the answer is right below
}

export function close() {
  clearBox();
  card.hidden = true;
  card.replaceChildren();
  current = verdict = null;
  below = nothingBelow; // who is opened again is asked about again
  drawn++;
  ready();
}

// ---- the card
export function openCard(person) {
  current = person;
  below = nothingBelow;
  done = null;
  drawCard(current, null);
  focusFirst();
  freshen(current.code);
}

// The one thing that is nearly always wanted: the big button, a blank badge's name, else what comes first.
function focusFirst() {
  const first = card.querySelector("button.big") || card.querySelector("[data-act=blank]") || card.querySelector("[data-act=other]") || card.querySelector(".actions button, .actions a");
  if (first) first.focus({ preventScroll: narrow.matches });
  if (narrow.matches) card.scrollIntoView({ block: "start", behavior: "instant" }); // name and note before the button
}

const desk = { checkIn, undo, askWhy, look: (code) => see(code), close };
const keeps = (person) => ["name", "state", "status", "absence", "replaces", "note", "title", "seat", "group", "badge_box", "room", "transport", "greet"].map((key) => JSON.stringify(person[key] ?? null)).join();
const nothingBelow = { of: "", as: "", badge: null, list: null };
let below = nothingBelow;

// The parts below stay as they are while the card is drawn anew for the same person: each asks the server, or holds what somebody does.
function partsBelow(person) {
  if (below.of !== person.code) below = { of: person.code, as: "", badge: badgePart(person, { request, post, base, zone, say }), list: null };
  if (below.as !== keeps(person)) below = { ...below, as: keeps(person), list: listPart(person, listTools) };
  return [below.badge, below.list];
}

function drawCard(person, answer, news = "") {
  drawn++;
  verdict = answer;
  const whole = person && person.code && !answer;
  if (!whole) below = { of: "" };
  if (done && (!whole || done.of !== person.code)) done = null;
  const told = done ? [make("p", { class: "badge-line done", dir: "auto" }, done.text)] : [];
  card.replaceChildren(...told, ...cardParts(person, { verdict: answer, news, below: whole ? partsBelow(person) : [] }, desk));
  card.hidden = false;
}

// Drawn anew where somebody stands on a button: they stand on the same one afterwards, or on one that does nothing.
function redraw(person, news) {
  const held = card.contains(document.activeElement) ? document.activeElement : null;
  const act = held && held.dataset.act;
  const was = held && held.classList.contains("big");
  drawCard(person, verdict, news);
  if (!held || held.isConnected) { if (held) held.focus(); return; }
  const same = act && !(was && person.state === "in") ? card.querySelector(`[data-act=${act}]`) : null;
  (same || card.querySelector("[data-act=close]")).focus();
}

// A button that is drawn anew under a finger takes no tap: where nothing would look different, nothing is touched.
function showsAlready(person, news) {
  const html = (parts) => parts.map((part) => part.outerHTML).join("");
  const above = [...card.children].filter((part) => !part.matches(".badge-part, .done"));
  return below.as === keeps(person) && html(above) === html(cardParts(person, { verdict, news }, desk));
}

// What the list of results said may be old: the card shows what is true now, with what only a card knows (who replaced whom, the newest scan).
async function freshen(code) {
  const mine = drawn;
  try {
    const fresh = await lookUp(code);
    if (mine !== drawn) return;
    if (card.querySelector("form")) { // somebody was quicker than the answer: what they type is about this version, and what the list said otherwise is told
      const told = meanwhile(current, fresh);
      current = fresh;
      if (told) showNews(told);
      return;
    }
    const before = current;
    const changed = !verdict && before.state !== fresh.state ? scanWords(fresh) : "";
    current = fresh;
    if (!showsAlready(fresh, changed)) redraw(fresh, changed);
    if (changed) say(changed);
    if (fresh.note || fresh.replaced_by) say([fresh.note ? `${words.note_first} ${fresh.note}` : "", fresh.replaced_by ? `${words.replaced_by} ${fresh.replaced_by.name || ""}` : ""].filter(Boolean).join(". "));
  } catch { /* what is shown is what the list said; the line tells its state */ }
}

// What somebody else changed, in words; "" when nothing.
function meanwhile(before, fresh) {
  const what = differences(before.version ? before : { ...before, title: fresh.title }, fresh); // a list of results gives titles in another language
  const by = fresh.changed && fresh.changed.by ? `${fresh.changed.by}, ${clock(fresh.changed.at, zone)}` : "";
  return what ? fill("meanwhile_changed", { what: by ? `${what} (${by})` : what }) : "";
}

// Above a form: nothing that is typed is taken away.
function showNews(news) {
  const old = card.querySelector("#card-news");
  if (old) old.replaceWith(newsBox(news));
  else card.prepend(newsBox(news));
}

// Another desk or a door did something to whom is shown here.
function renewed(fresh, why) {
  if (!current || card.hidden || (fresh.code !== current.code && fresh.number !== current.code)) return;
  const what = verdict && !current.version ? "" : meanwhile(current, fresh); // what a scan's answer leaves out is no change
  const scanned = why === "scan" && fresh.last && (!current.last || current.last.scan_id !== fresh.last.scan_id || current.last.undone !== fresh.last.undone);
  const news = [scanned ? scanWords(fresh) : "", what].filter(Boolean).join(" ");
  if (news) {
    say(news);
    sound("calm");
  }
  if (card.querySelector("form")) {
    if (news) showNews(news);
    return;
  }
  current = fresh;
  const old = card.querySelector("#card-news");
  redraw(verdict ? { ...fresh, state: null } : fresh, news || (old ? old.textContent : ""));
}

// ---- what is changed of the list
async function look(code, text = "") {
  const person = await lookUp(code);
  done = text ? { of: person.code, text } : null;
  clearBox();
  showResults([person]);
  current = person;
  drawCard(person, null);
  focusFirst();
}

const see = (code) => look(code).catch((problem) => trouble(problem.message));

// The version goes along: what another desk changed meanwhile is shown first, beside what was typed here, and then it is the helper's word.
async function change(method, path, body) {
  const about = current && path.startsWith(`/${encodeURIComponent(current.code)}`) ? current : null;
  const version = about ? { version: about.version } : {};
  if (about && "seen_name" in body) body = { ...body, seen_name: about.name || "" };
  own(body.request);
  try {
    return await send(method, `${base}/delegates${path}`, { ...body, ...version });
  } catch (problem) {
    if (!about || problem.reason !== "amend_older") throw problem;
    const fresh = await lookUp(about.code).catch(() => null);
    if (!fresh || current !== about) throw problem;
    const what = differences(about, fresh);
    const by = fresh.changed ? ` (${fresh.changed.by}, ${clock(fresh.changed.at, zone)})` : "";
    current = fresh;
    const again = fresh.status === about.status ? words.meanwhile_again : ""; // with another status it cannot be meant any more
    throw Object.assign(new Error(`${what ? fill("meanwhile_changed", { what: what + by }) : problem.message} ${again}`.trim()), { reason: problem.reason });
  }
}

const listTools = {
  base, categories, request, say, zone, uuid: uuid7, look: (code) => see(code), back: close, send: change,
  async show(answer, text) {
    await look(answer.code || answer.number, text);
    say([text, answer.name].filter(Boolean).join(" "));
    sound("good");
  },
};
at("walk-in").addEventListener("click", () => {
  current = verdict = null;
  drawn++;
  card.hidden = false;
  walkIn(card, box.value.trim(), listTools);
});

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

export async function checkIn(who, direction, person, again = null) {
  // The same scan keeps its number when it is sent again: the server counts it once, whatever was lost on the way.
  const scan = again || { scan_id: own(uuid7()), ...who, gate: at("gate").value, direction, scanned_at: new Date().toISOString(), started: performance.now() };
  drawCard(person, { kind: "wait", title: words.sending });
  const { started, ...body } = scan;
  try {
    const answer = await post(`/api/v1/checkins?event=${event}`, { ...body, age_ms: Math.round(performance.now() - started), decision: "ask" });
    const result = answer.results[0];
    told(result, person || result.person || null, scan.scan_id, scan.override ? null : (why) => {
      checkIn(who, direction, person, { scan_id: own(uuid7()), ...who, gate: scan.gate, direction, scanned_at: new Date().toISOString(), started: performance.now(), override: why });
    });
  } catch (problem) {
    sound("stop");
    drawCard(person, { kind: "stop", title: problem.final ? problem.message : words.failed, more: problem.final ? "" : problem.message, again: () => checkIn(who, direction, person, scan) });
    say(problem.final ? problem.message : words.failed);
    const button = card.querySelector("[data-act=again]");
    if (button) button.focus();
  }
}

function told(result, person, scanId, letIn) {
  const kind = kindOf(result.outcome);
  const first = result.outcome === "already_in" && result.first ? `${words.first} ${clock(result.first.at, zone)}` : "";
  const places = result.places_left ? `${words.places_left} ${result.places_left}.` : "";
  const more = [reasonWords(result.reason), first, places].filter(Boolean).join(" ");
  const title = outcomeWords(result.outcome);
  current = person ? { ...person, ...(result.person || {}), state: null } : null;
  const canUndo = ["admitted", "left", "handed_out"].includes(result.outcome);
  if (canUndo) undoable = { id: scanId, person: current };
  const override = result.outcome === "refused" && overridable.includes(result.reason) ? letIn : null;
  drawCard(current, { kind, outcome: result.outcome, title, more, undo: canUndo ? scanId : null, override });
  sound(kind);
  say([title, more, current ? nameOf(current) : "", current && current.seat ? `${words["fact.seat"]} ${current.seat}` : ""].filter(Boolean).join(". "));
  clearBox();
  ready();
  scansSoon();
  if (current && current.code) complete(current.code, result);
}

// A scan's answer knows little: the note that must not be missed, the photo and where they came in first follow from the card.
async function complete(code, result) {
  const mine = drawn;
  try {
    const fresh = await lookUp(code);
    if (mine !== drawn || !verdict || card.querySelector("form")) return;
    current = { ...fresh, state: null };
    const where = result.outcome === "already_in" && fresh.gate_title ? `${verdict.more}, ${fresh.gate_title}` : verdict.more;
    verdict = { ...verdict, more: where };
    redraw(current, "");
    if (fresh.note) { say(`${words.note_first} ${fresh.note}`); }
  } catch { /* the answer stands */ }
}

async function undo(scanId, person = null) {
  try {
    await post(`/api/v1/checkins/${scanId}/undo?event=${event}`, {});
    if (undoable && undoable.id === scanId) undoable = null;
    current = person;
    drawCard(person, { kind: "calm", outcome: "undone", title: words.undone });
    say([words.undone, person ? nameOf(person) : ""].filter(Boolean).join(". "));
    sound("calm");
  } catch (problem) {
    drawCard(person, { kind: "stop", title: problem.message, again: () => undo(scanId, person) });
    say(problem.message);
    sound("stop");
  }
  ready();
  scansSoon();
}

// ---- last scans: with names, so from the desk's own door and not from the stream that walls hear too
const scansSoon = unhurried(400, loadScans);
async function loadScans() {
  try {
    const answer = await request(`/desk/${event}/scans`);
    const signs = { good: "✓", calm: "＝", stop: "✕" };
    const rows = answer.scans.map((scan) => make("li", {}, make("time", { datetime: scan.at, dir: "ltr" }, clock(scan.at, zone)),
      make("span", { "aria-hidden": "true" }, scan.outcome === "left" ? "→" : signs[kindOf(scan.outcome)]),
      make("span", { class: scan.undone ? "undone" : null, dir: "auto" }, scan.name || scan.number ? nameOf(scan) : words.unknown || "–"),
      make("small", {}, [outcomeWords(scan.outcome), scan.group ? words.with_group : "", reasonWords(scan.reason), scan.gate, scan.undone ? words.undone : ""].filter(Boolean).join(" · "))));
    at("scans").replaceChildren(...(rows.length > 0 ? rows : [make("li", { class: "none muted" }, words.none_yet)]));
  } catch { /* the line's state is told elsewhere */ }
}

const gateKey = `plenum-gate-${event}`;
try {
  const saved = localStorage.getItem(gateKey);
  if (saved && [...at("gate").options].some((option) => option.value === saved)) at("gate").value = saved;
} catch { /* private windows may have no storage */ }
at("gate").addEventListener("change", () => { try { localStorage.setItem(gateKey, at("gate").value); } catch { /* as above */ } box.focus(); });

keys({ box, card, undo: () => (undoable ? undo(undoable.id, undoable.person) : say(words.undo_nothing)) });
if (location.hash.length > 1) look(decodeURIComponent(location.hash.slice(1))).catch(() => {}); // back from "assist this person"

watch({
  shown: () => (current && !card.hidden ? current.code : null),
  listed: () => shown.found.map((one) => one.code),
  renewed,
  row: renewRow,
  scans: scansSoon,
  back() { if (!at("trouble").hidden) find(); },
  badge(code) { const part = card.querySelector(".badge-part:not(.list-part)"); if (part && current && current.code === code && !part.contains(document.activeElement)) part.renew(); },
});
scansSoon();

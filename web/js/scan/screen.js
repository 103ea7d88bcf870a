// What the helper sees. A state has a word, a shape, a pattern and a place in brightness, as at a scanner's screen (docs/decisions/0027-gate-screen.md); colour only helps.
import { clock, make, number, pick, words } from "../common.js";

const SHOW_MS = 6000; // then the phone is ready for the next person
const TOGETHER_MS = 1500; // badges that came together stand side by side, so that a green one never covers a red one
const PANELS = 2;

export const say = (key, ...values) => values.reduce((text, value, i) => text.replaceAll(`{${i + 1}}`, value), words[key] ?? key);
const find = (id) => document.getElementById(id);

export function age(ms) {
  if (ms === null || ms === undefined) return "–";
  if (ms < 90e3) return say("age.seconds", number(Math.floor(ms / 1000)));
  if (ms < 90 * 60e3) return say("age.minutes", number(Math.floor(ms / 60e3)));
  return say("age.hours", number(Math.floor(ms / 3600e3)));
}

// Each has an outline of its own.
const SHAPES = {
  admitted: '<circle cx="50" cy="50" r="47" fill="none" stroke="currentColor" stroke-width="6"/><path d="M24 52l18 19 35-43" fill="none" stroke="currentColor" stroke-width="13" stroke-linecap="round" stroke-linejoin="round"/>',
  already_in: '<rect x="4" y="4" width="92" height="92" rx="6" fill="none" stroke="currentColor" stroke-width="7"/><path d="M24 38h52M24 62h52" stroke="currentColor" stroke-width="13"/>',
  left: '<path d="M96 50H18M46 18L12 50l34 32" fill="none" stroke="currentColor" stroke-width="13" stroke-linejoin="round"/>',
  handed_out: '<path d="M8 34h84v20H8zM15 54h70v40H15zM50 34v60" fill="none" stroke="currentColor" stroke-width="7"/><path d="M50 32C20 34 22 2 40 8c8 3 10 14 10 24 0-10 2-21 10-24 18-6 20 26-10 24z" fill="none" stroke="currentColor" stroke-width="7"/>',
  queued: '<path d="M18 5h64M18 95h64M25 8c0 26 18 30 22 42-4 12-22 16-22 42M75 8c0 26-18 30-22 42 4 12 22 16 22 42" fill="none" stroke="currentColor" stroke-width="8" stroke-linecap="round"/><path d="M32 88l18-24 18 24z" fill="currentColor"/>',
  refused: '<path d="M31 3h38l28 28v38L69 97H31L3 69V31z" fill="none" stroke="currentColor" stroke-width="6"/><path d="M29 29l42 42M71 29L29 71" stroke="currentColor" stroke-width="13" stroke-linecap="round"/>',
  lost: '<path d="M50 5L97 93H3z" fill="none" stroke="currentColor" stroke-width="7" stroke-linejoin="round"/><path d="M50 34v30M50 74v9" stroke="currentColor" stroke-width="11"/>',
};
SHAPES.invalid = SHAPES.refused;
export const knownOutcome = (outcome) => (Object.hasOwn(SHAPES, outcome) ? outcome : "refused"); // a newer server's word is never a green light

export function shape(outcome) {
  const svg = new DOMParser().parseFromString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" class="shape" aria-hidden="true">${SHAPES[outcome]}</svg>`, "image/svg+xml");
  return document.importNode(svg.documentElement, true);
}

const own = (text) => make("bdi", {}, text); // a name may run the other way than the page's words
const WAIT = ["not_yet_open", "closed", "full"];
const OTHER_GATE = ["not_admitted_here", "wrong_direction", "unknown_gate"];

function whatToDo(outcome, result) {
  if (outcome === "lost") return say(result.full ? "lost_full" : "do.lost");
  if (outcome === "queued" || outcome === "already_in") return say(`do.${outcome}`);
  if (outcome !== "refused" && outcome !== "invalid") return "";
  if (result.reason === "already_handed_out") return say("do.handed_out");
  return say(WAIT.includes(result.reason) ? "do.wait" : OTHER_GATE.includes(result.reason) ? "do.other_gate" : "do.desk");
}

export class Screen {
  constructor() {
    this.shown = [];
    this.earlier = [];
    this.head = null;
    this.gates = {};
    setInterval(() => this.calm(), 250);
    addEventListener("resize", () => this.fitAll());
    find("results").addEventListener("click", () => { this.shown = []; this.draw(); }); // a touch takes it away
  }

  gateTitle(code) { return (this.head?.gate === code && pick(this.head.gate_title)) || this.gates[code] || code; }

  why(result, outcome) {
    const list = [];
    if (result.reason) list.push(words[result.reason] ?? result.reason);
    if (result.first_at && (outcome === "already_in" || result.reason === "already_handed_out")) list.push(say("since", clock(result.first_at, this.head?.timezone), this.gateTitle(result.first_gate) ?? ""));
    return list.join(" ");
  }

  panel(result) {
    const outcome = knownOutcome(result.outcome);
    const box = (label, value) => (value ? make("div", {}, make("span", {}, say(label)), " ", make("b", {}, own(value))) : null);
    const boxes = [box("seat", result.seat), box("box", result.badge_box)].filter(Boolean);
    const category = result.category ? pick(this.head?.categories?.[result.category]) || result.category : "";
    const of = [result.delegation, category].filter(Boolean).flatMap((part) => [" · ", own(part)]).slice(1);
    const part = (name, text) => (text ? make("p", { class: name }, text) : null);
    const doubt = result.from === "list" ? say("doubt", age(result.list_age)) : result.conflict ? say("conflict") : "";
    const text = make("div", { class: "text" }, part("word", say(`outcome.${outcome}`)), result.name ? make("p", { class: result.name.length > 22 ? "name long" : "name" }, own(result.name)) : null,
      of.length ? make("p", { class: "of" }, ...of) : null, part("why", this.why(result, outcome)), part("do", whatToDo(outcome, result)), boxes.length ? make("div", { class: "boxes" }, ...boxes) : null,
      part("doubt", doubt), part("doubt", result.places_left ? say("places", number(result.places_left)) : ""));
    return make("section", { class: `panel new ${outcome}` }, make("div", { class: "signs" }, shape(outcome)), text);
  }

  // Nothing may be cut off or lie under the frame, however long a name is.
  fit(panel) {
    const space = panel.getBoundingClientRect();
    const frame = parseFloat(getComputedStyle(panel, "::before").paddingTop);
    for (let part = 1; part > 0.4; part -= 0.06) {
      panel.style.setProperty("--fit", part);
      const boxes = [...panel.children].map((child) => child.getBoundingClientRect());
      if (boxes.every((one) => one.top >= space.top + frame && one.bottom <= space.bottom - frame)) return;
    }
  }

  fitAll() { for (const panel of document.querySelectorAll(".panel")) this.fit(panel); }

  show(result) {
    const now = performance.now();
    this.shown = this.shown.filter((one) => now - one.at < TOGETHER_MS).slice(1 - PANELS);
    this.shown.push({ result, at: now });
    this.earlier = [result, ...this.earlier].slice(0, 12);
    find("note").hidden = true;
    this.draw();
  }

  draw() {
    const results = find("results");
    results.classList.toggle("many", this.shown.length > 1);
    results.replaceChildren(...this.shown.map((one) => this.panel(one.result)));
    results.hidden = this.shown.length === 0;
    this.fitAll();
    document.documentElement.dataset.state = this.shown.length ? knownOutcome(this.shown.at(-1).result.outcome) : "ready";
    find("earlier").replaceChildren(...this.earlier.map((one) => {
      const outcome = knownOutcome(one.outcome);
      return make("li", {}, shape(outcome), ` ${clock(one.scanned_at, this.head?.timezone)} ${say(`outcome.${outcome}`)} `, one.name ? own(one.name) : "");
    }));
  }

  calm() {
    const now = performance.now();
    const kept = this.shown.filter((one) => now - one.at < SHOW_MS);
    if (kept.length === this.shown.length) return;
    this.shown = kept;
    this.draw();
  }

  // A line over the picture, for a moment.
  note(text, time = 4000) {
    find("note").textContent = text;
    find("note").hidden = false;
    clearTimeout(this.noteTimer);
    this.noteTimer = setTimeout(() => { find("note").hidden = true; }, time);
  }

  fact(id, bad, sign, text) {
    const item = find(id);
    item.classList.toggle("bad", bad);
    for (const [name, value] of [["sign", sign], ["text", text]]) {
      const part = item.querySelector(`.${name}`);
      if (part.textContent !== value) part.textContent = value;
    }
  }

  // How things stand: {reachable, revoked, signedOut, contact, waiting, oldest, aside, list, isDevice}
  facts(state) {
    if (state.revoked || state.signedOut) this.fact("server", true, "⛔", say(state.revoked ? "fact_revoked" : "fact_signed_out"));
    else if (state.reachable) this.fact("server", false, "●", say("server.reached"));
    else this.fact("server", true, "○", state.contact === null ? say("server.never") : say("server.away", age(state.contact)));
    if (state.waiting === null) this.fact("queue", true, "?", say("queue.unknown"));
    else if (state.waiting === 0) this.fact("queue", false, "✓", say("queue.none"));
    else this.fact("queue", state.oldest > 60e3, "…", say("queue.some", number(state.waiting), age(state.oldest)));
    find("list").hidden = !state.isDevice;
    if (state.isDevice) this.fact("list", state.list === null || state.list > 15 * 60e3, "≡", state.list === null ? say("roster.none") : say("roster.age", age(state.list)));
    find("aside").hidden = !state.aside;
    if (state.aside) this.fact("aside", true, "!", say("aside", number(state.aside)));
  }
}

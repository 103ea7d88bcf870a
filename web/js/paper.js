// What was ticked on paper is typed: a code, Enter, a code, Enter. The name shows as soon as a code is whole, a wrong character is told before Enter. Without
// this script the same form works by itself.
import { clock, event, make, words } from "./common.js";
import { sound } from "./sound.js";

const body = document.body;
const form = document.getElementById("typing");
const code = document.getElementById("code");
const say = document.getElementById("code-say");
const last = document.getElementById("last");
const base = `/api/v1/events/${encodeURIComponent(event)}`;
const kept = `plenum-paper-${event}`;

// As core/congress/fallback/row_code.c: 23 symbols, look-alikes read as their like, a weighted sum.
const symbols = "0123456789CFGHJKMNPRTVX";
const alike = { O: "0", D: "0", Q: "0", I: "1", L: "1", Z: "2", S: "5", B: "8", U: "V" };
export function readCode(typed) {
  const plain = typed.normalize("NFKC").toUpperCase().replace(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String(digit.charCodeAt(0) & 15));
  const values = [...plain.replace(/[ \t-]/g, "")].map((letter) => symbols.indexOf(alike[letter] || letter));
  if (values.includes(-1)) return { flaw: "strange" };
  if (values.length < 5) return { flaw: "short" };
  if (values.length > 5) return { flaw: "long" };
  const sum = values.reduce((total, value, i) => total + value * (i + 1), 0);
  return values[0] < 10 || sum % 23 !== 0 ? { flaw: "wrong" } : { code: values.map((value) => symbols[value]).join("") };
}

async function request(url, content) {
  const answer = await fetch(url, {
    method: "POST", body: JSON.stringify(content), signal: AbortSignal.timeout(15000),
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRF-Token": body.dataset.csrf },
  });
  if (answer.status === 401) throw new Error(words.js_signed_out);
  const value = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(value.detail || value.title || String(answer.status));
  return value;
}

const setting = () => ({ gate: form.elements.gate.value, direction: form.elements.direction.value, date: form.elements.date.value, time: form.elements.time.value.trim() });

function tell(kind, ...parts) {
  say.className = `say ${kind}`;
  say.replaceChildren(...parts);
  code.setAttribute("aria-invalid", kind === "wrong" ? "true" : "false");
}
const strong = (text) => make("strong", {}, text);
const flawWords = (flaw) => words[`flaw.${flaw.reason}`] || flaw.reason;

// Name, and what tells namesakes apart.
function who(tick) {
  const person = tick.person || {};
  const out = [make("b", { dir: "auto" }, person.name || words.js_blank)];
  if (person.born) out.push(" (", make("bdi", {}, person.born), ")");
  for (const more of [person.number, person.delegation, person.seat]) if (more) out.push(" · ", make("bdi", {}, more));
  return out;
}

function moment(tick) {
  return `${tick.time || ""} ${words[tick.direction] || ""}`.trim();
}

function what(tick) {
  const zone = body.dataset.zone;
  if (tick.again) return [strong(words.again), " ", make("bdi", {}, clock(tick.again.at, zone)), ...(tick.again.by ? [" · ", make("bdi", {}, tick.again.by)] : [])];
  const out = [words[`was.${tick.outcome}`] || tick.outcome];
  if (tick.since) out.push(" · ", words.was_in, " ", make("bdi", {}, clock(tick.since, zone)));
  if (tick.conflict) out.push(" ", make("strong", { class: "warn" }, `${words.conflict} ${words[tick.reason] || ""}`));
  return out;
}

// ---- as soon as the code is whole
let asked = 0;
async function look() {
  const mine = ++asked;
  const typed = code.value.trim();
  const first = typed.split(/[\s,;]+/)[0] || "";
  const read = readCode(first);
  if (!first) return tell("none");
  if (read.flaw === "short") return tell("none");
  if (read.flaw) {
    if (!say.classList.contains("wrong")) sound("stop");
    return tell("wrong", strong(words[`flaw.${read.flaw}`]));
  }
  try {
    const { results } = await request(`${base}/paper-scans`, { ...setting(), text: typed, check: true });
    if (mine !== asked || !results.length) return undefined;
    const [tick] = results;
    const about = tick.person ? who(tick) : [];
    // The time may still be on its way: only what is wrong with the code is told while it is typed.
    const early = tick.flaw && !["unknown", "gone"].includes(tick.flaw.reason);
    if (tick.flaw && !early) { sound("stop"); return tell("wrong", strong(flawWords(tick.flaw))); }
    return tell("known", ...about, " · ", make("bdi", {}, moment(tick)), ...(tick.again ? [" · ", ...what(tick)] : []));
  } catch { return undefined; /* no line: told at Enter */ }
}
code.addEventListener("input", look);

// ---- Enter
function showLast(tick) {
  const item = make("li", { class: tick.conflict ? "conflict" : "" },
    make("span", { class: "at" }, make("bdi", {}, tick.time), ` ${words[tick.direction]}`),
    make("span", { class: "who" }, make("code", { dir: "ltr" }, tick.code), " ", ...who(tick)),
    make("span", { class: "what" }, make("bdi", {}, tick.gate), " · ", ...what(tick), " ",
      make("button", { class: "link", type: "button", onclick: () => undo(tick, item) }, words.undo, make("span", { class: "sr" }, ` ${tick.code} ${(tick.person || {}).name || ""}`))));
  last.prepend(item);
  const none = document.getElementById("none");
  if (none) none.hidden = true;
}

async function undo(tick, item) {
  try {
    await request(`/api/v1/checkins/${tick.scan_id}/undo?event=${encodeURIComponent(event)}`, {});
    item.classList.add("undone");
    item.querySelector("button").replaceWith(words.undone);
    tell("known", `${tick.code}: ${words.undone}`);
  } catch (error) { tell("wrong", strong(error.message)); }
  code.focus();
}

let sending = false;
async function record() {
  const typed = code.value.trim();
  if (!typed || sending) return;
  sending = true;
  ++asked;
  try {
    const { recorded, results } = await request(`${base}/paper-scans`, { ...setting(), text: typed });
    const tick = results[0] || { flaw: { reason: "short", about: "" } };
    if (!recorded) {
      sound("stop");
      tell("wrong", ...(tick.person ? [...who(tick), " · "] : []), strong(flawWords(tick.flaw)));
      code.select();
    } else {
      sound(tick.again || tick.conflict ? "calm" : "good");
      tell(tick.conflict ? "conflict" : tick.again ? "again" : "done", ...who(tick), " · ", make("bdi", {}, moment(tick)), " · ", ...what(tick));
      if (!tick.again) showLast(tick);
      if (code.value.trim() === typed) code.value = ""; // the next code may stand there already
    }
  } catch (error) {
    sound("stop");
    tell("wrong", strong(error.name === "TimeoutError" || error instanceof TypeError ? words.js_no_line : error.message));
  }
  sending = false;
  code.focus();
}

form.addEventListener("submit", (submitted) => {
  if (submitted.submitter && submitted.submitter.value !== "one") return; // many lines: the page that follows tells of each
  submitted.preventDefault();
  record();
});

// ---- what is said once stays, also when the page is opened anew
for (const name of ["gate", "date", "time", "direction"]) {
  const fields = name === "direction" ? [...form.elements.direction] : [form.elements[name]];
  for (const field of fields)
    field.addEventListener("change", () => {
      sessionStorage.setItem(kept, JSON.stringify(setting()));
      if (code.value) look();
    });
}
try {
  const old = JSON.parse(sessionStorage.getItem(kept) || "null");
  const fresh = !document.querySelector("#results > *");
  if (old && fresh) for (const [name, value] of Object.entries(old)) if (value) form.elements[name].value = value;
} catch { /* what was kept cannot be read: the form is as the server made it */ }

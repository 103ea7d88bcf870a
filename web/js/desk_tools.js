// What the parts of the desk share: asking the server, telling by words, shape and sound, numbers of requests.
import { clock, event, make, svg, words } from "./common.js";

export const at = (id) => document.getElementById(id);
export const base = `/api/v1/events/${event}`;
export const zone = document.body.dataset.zone;
export const categories = JSON.parse(document.body.dataset.categories || "{}");
const csrf = document.body.dataset.csrf;
const PATIENCE = 10000; // then it is no answer: the same number may be sent again

// A name or a number brings its own direction: each is isolated from the sentence around it.
export const fill = (key, values) => (words[key] || "").replace(/\{(\w+)\}/g, (_, name) => `\u2068${values[name] ?? ""}\u2069`);

// RFC 9562 version 7, made here so that a repeated click or a lost answer never counts twice.
export function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let ms = Date.now();
  for (let i = 5; i >= 0; i--) { bytes[i] = ms % 256; ms = Math.floor(ms / 256); }
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

// ---- asking
export async function request(url, options = {}) {
  let answer;
  try {
    answer = await fetch(url, { ...options, signal: AbortSignal.timeout(PATIENCE), headers: { Accept: "application/json", ...(options.headers || {}) } });
  } catch {
    throw Object.assign(new Error(words.line_lost), { offline: true }); // the browser's own words are in its language, and about machines
  }
  if (answer.status === 401 || answer.status === 403) {
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(problem.code === "forbidden" ? problem.detail || problem.title : words.signed_out), { final: true, signedOut: problem.code !== "forbidden" });
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw Object.assign(new Error(problem.detail || problem.title || String(answer.status)), { status: answer.status, code: problem.code, reason: problem.reason, about: problem.about });
  }
  return answer.json().catch(() => { throw Object.assign(new Error(words.line_lost), { offline: true }); });
}
export const send = (method, url, body) => request(url, { method, body: JSON.stringify(body), headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf } });
export const post = (url, body) => send("POST", url, body);

// ---- aloud
// The same words again are news too: emptied first. What is said within a moment is said together, so that no result swallows another.
let saying = [];
export function say(text) {
  if (!text) return;
  const place = at("say");
  if (saying.length === 0) {
    place.textContent = "";
    setTimeout(() => { place.textContent = saying.join(" "); saying = []; }, 30);
  }
  if (!saying.includes(text)) saying.push(text);
}

// ---- by shape
const shapes = {
  good: "M10 25l9 9 19-21", // a tick
  calm: "M13 20h22M13 29h22", // two even lines
  stop: "M15 15l18 18M33 15L15 33", // a cross
  wait: "M24 13v12l8 5",
  heed: "M24 12v15M24 34v1", // an exclamation mark
};
export function shape(kind) {
  const frames = { stop: "M16 3h16l13 13v16L32 45H16L3 32V16z", heed: "M24 3l21 40H3z" };
  const frame = frames[kind] ? svg("path", { d: frames[kind] }) : svg("circle", { cx: 24, cy: 24, r: 21 });
  return svg("svg", { viewBox: "0 0 48 48", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": 4, "stroke-linecap": "round", "stroke-linejoin": "round" },
    frame, svg("path", { d: shapes[kind] }));
}
export const kindOf = (outcome) => ({ admitted: "good", left: "good", handed_out: "good", already_in: "calm" })[outcome] || "stop";
export const outcomeWords = (outcome) => words[`outcome.${outcome}`] || outcome;
export const reasonWords = (reason) => (reason ? words[`reason.${reason}`] || reason : "");

// ---- about people
export const stateWords = (person) => (person.since && person.state === "in" ? [`${words.in} ${clock(person.since, zone)}`, person.gate_title].filter(Boolean).join(" · ") : words[person.state] || "");
export const nameOf = (person) => person.name || `${words.no_name} ${person.number || ""}`.trim();
export const dateWords = (date) => (date && date.length === 10 ? date.split("-").reverse().join("/") : date);
export const statusWords = (status) => words[`status.${status}`] || status;
export const quiet = (label, onclick, act = null) => make("button", { class: "button quiet", type: "button", onclick, "data-act": act }, label);

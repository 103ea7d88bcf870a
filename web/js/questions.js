// The desk's page of questions: hears at once that something happened (and asks every four seconds with its ETag, should the line be cut), and puts new questions in
// without touching what is being typed. Who begins to type tells the other desks so.
import { event, live, words } from "./common.js";
import { busy, marking, typed } from "./hands.js";
import { sound } from "./sound.js";

let etag = "";
const list = () => document.querySelector("#questions");

// False: not now, somebody marks words to copy them.
function put(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.querySelector("#questions");
  const old = list();
  if (!fresh || fresh.innerHTML === old.innerHTML) return true;
  if (marking(old)) return false;
  const more = Number(fresh.dataset.waiting) - Number(old.dataset.waiting);
  const texts = new Map([...old.querySelectorAll("textarea")].filter((one) => one.value).map((one) => [one.id, one]));
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  const place = held && (held.id ? `#${held.id}` : held.closest("li") ? `#${held.closest("li").id} ${held.localName}` : null); // a text, or the button under it
  const at = held ? [place, held.selectionStart, held.selectionEnd, held.getBoundingClientRect().top] : null;
  const opened = [...old.querySelectorAll("details[open]")].map((one) => one.id);
  old.replaceWith(fresh);
  for (const id of opened) { const one = document.getElementById(id); if (one) one.open = true; }
  clock(fresh);
  dress(fresh);
  for (const [id, was] of texts) {
    const box = document.getElementById(id), known = box && box.form.elements.known;
    if (box) box.value = was.value;
    const taken = box && box.form.elements.taken;
    if (taken) taken.value = was.form.elements.taken ? was.form.elements.taken.value : ""; // likewise of who was answering it
    if (known) known.value = was.form.elements.known ? was.form.elements.known.value : "0"; // what it was typed to: the server tells of an answer that came meanwhile
  }
  const again = at && at[0] && document.querySelector(at[0]);
  if (again) {
    again.focus({ preventScroll: true });
    if (again.setSelectionRange && at[1] !== undefined) again.setSelectionRange(at[1], at[2]);
    scrollBy(0, again.getBoundingClientRect().top - at[3]);
  }
  if (more > 0) {
    document.getElementById("line").textContent = words.new || "";
    sound("ask");
  }
  document.title = document.title.replace(/^(\(\d+\) )?/, Number(fresh.dataset.waiting) > 0 ? `(${fresh.dataset.waiting}) ` : "");
  return true;
}

// ---- how long somebody waits, by the server's clock and our own steady one
const LONG = 5; // minutes
let server = 0, steady = 0;
function clock(part) {
  server = Number(part.dataset.now) || 0;
  steady = performance.now();
  wait(part);
}
function wait(part) {
  for (const place of part.querySelectorAll(".waits")) {
    const minutes = Math.max(0, Math.floor((server + performance.now() - steady - Number(place.dataset.since)) / 60000));
    place.querySelector("bdi").textContent = minutes;
    place.classList.toggle("long", minutes >= LONG);
  }
}
setInterval(() => wait(list()), 15000);

// ---- "I am answering this" is said by typing, and said again while it goes on
const said = new Map();
function take(form, value) {
  const id = form.elements.question.value;
  const last = said.get(id) || { value: "0", at: -Infinity };
  if (last.value === value && (value === "0" || performance.now() - last.at < 60000)) return;
  said.set(id, { value, at: performance.now() });
  const body = new URLSearchParams({ csrf: form.elements.csrf.value, question: id, take: value });
  fetch(location.pathname, { method: "POST", body, redirect: "manual", signal: AbortSignal.timeout(8000) }).catch(() => said.delete(id));
}
document.addEventListener("input", (e) => { if (e.target.name === "answer") take(e.target.form, e.target.value.trim() ? "1" : "0"); });

// ---- ready answers go into the box first: somebody looks at them before they are sent
function dress(part) {
  for (const how of part.querySelectorAll(".ready .how")) how.hidden = true;
  for (const how of part.querySelectorAll(".ready .how-js")) how.hidden = false;
}
document.addEventListener("click", (e) => {
  const button = e.target.closest("button[name=ready]");
  if (!button) return;
  e.preventDefault();
  const box = button.form.elements.answer;
  box.value = [box.value.trim(), button.textContent].filter(Boolean).join(" ").slice(0, 500);
  box.focus();
  take(button.form, "1");
});

let looking = false;
let again = 0;
function next(ms) {
  clearTimeout(again);
  again = setTimeout(look, ms);
}
async function look() {
  if (looking) { next(300); return; }
  looking = true;
  try {
    const answer = await fetch(location.pathname + location.search, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", signal: AbortSignal.timeout(8000) });
    const text = answer.status === 200 && !answer.redirected ? await answer.text() : "";
    const ended = answer.redirected || answer.status === 401 || answer.status === 403;
    document.getElementById("ended").hidden = !ended;
    if (ended) etag = ""; // forms are made for the session
    if (ended && !typed(list()) && !busy()) { location.reload(); return; } // what is typed waits until somebody has signed in, in another window
    if (text && !busy() && put(text)) etag = answer.headers.get("ETag") || "";
  } catch { /* no line: the next look may find it */ } finally { looking = false; }
  next(4000);
}
next(4000);
clock(list());
dress(list());

let mark = null;
const hear = (data) => {
  if (!data || !data.mark) return;
  if (mark !== null && data.mark !== mark) next(0);
  mark = data.mark;
};
live(`/api/v1/events/${event}/live`, { probe: `/api/v1/events/${event}/stats`, on: { questions: hear, snapshot: (data) => hear(data.questions) }, state() {} });

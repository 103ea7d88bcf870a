// Many photos at once: each file goes by itself, two at a time, and is tried again when the line or the server fails. What is stored already is only
// told, so giving the same folder again goes on where it stopped. Whose a photo is decides the server by the file's name, or a person here.
import { event, make, put, words } from "./common.js";
import { receive } from "./files.js";

const at = (id) => document.getElementById(id);
const csrf = document.body.dataset.csrf;
const most = Number(document.body.dataset.most);
const base = `/api/v1/events/${event}`;
const AT_ONCE = 2;
const TRIES = 5;
const waiting = [];
const all = [];
let running = 0;
const say = (key) => words[key] || "";

function person(one) {
  return [one.name, one.number || one.code].filter(Boolean).join(" · ");
}

function draw(item) {
  const answer = item.answer;
  const good = answer && ["new", "replaced", "same"].includes(answer.outcome);
  const state = item.failed ? say("failed") : answer ? say(`outcome.${answer.outcome}`) : item.sent ? say("sending") : say("waiting");
  const who = good ? answer.people[0] : null;
  const picture = make("img", { alt: "", src: who ? `${base}/delegates/${encodeURIComponent(who.code)}/photo?${item.stamp}` : null, width: 64, height: 80 });
  if (!who) picture.style.visibility = "hidden";
  const kind = item.failed || (answer && !good) ? "bad" : good ? "good" : "";
  const why = !answer || good ? "" : answer.outcome === "refused" ? say(item.file.size > most ? "too_large" : /JPEG/.test(answer.why) && !/damaged|broken/.test(answer.why) ? "why.kind" : "why.damaged") : say(`why.${answer.why}`);
  const children = [picture, make("b", { dir: "auto" }, who ? item.whom || person(who) : item.file.name), make("div", { class: kind }, state), make("small", { dir: "auto" }, who ? item.file.name : why)];
  if (answer && (answer.outcome === "doubtful" || answer.outcome === "unknown")) children.push(choose(item));
  item.row.replaceChildren(...children);
}

// Doubtful ones: the people it may be, and a box to find another.
function choose(item) {
  const row = make("div", { class: "whom" });
  const offer = (one) => make("button", { type: "button", dir: "auto", onclick: () => { item.person = one.code; item.whom = person(one); again(item); } }, person(one));
  const found = make("span", { class: "whom" });
  let asked = 0;
  const box = make("input", {
    type: "search", "aria-label": say("find"), placeholder: say("find"), autocomplete: "off",
    oninput: async () => {
      const mine = ++asked;
      const typed = box.value.trim();
      if (typed.length < 2) { found.replaceChildren(); return; }
      try {
        const reply = await fetch(`${base}/delegates?q=${encodeURIComponent(typed)}`, { headers: { Accept: "application/json" } });
        const people = reply.ok ? (await reply.json()).results || [] : [];
        if (mine === asked) found.replaceChildren(...people.filter((one) => one.code).slice(0, 6).map(offer));
      } catch { /* the next letter asks again */ }
    },
  });
  row.append(...item.answer.people.map(offer), box, found);
  return row;
}

function tell() {
  const done = all.filter((item) => item.answer).length;
  const failed = all.filter((item) => item.failed).length;
  const stored = all.filter((item) => item.answer && ["new", "replaced", "same"].includes(item.answer.outcome)).length;
  at("sending").hidden = all.length === 0;
  at("progress").value = all.length ? (done + failed) / all.length : 0;
  put(at("line"), `${done} / ${all.length} · ${say("stored")} ${stored} · ${say("open")} ${done - stored + failed}`);
  at("again").hidden = failed === 0;
}

function count(item) {
  const who = item.answer.people[0];
  const row = who && document.getElementById(`p-${who.code}`);
  if (row) row.classList.add("done");
  if (item.answer.outcome !== "new") return;
  put(at("with"), String(Number(at("with").textContent) + 1));
  put(at("without"), String(Math.max(0, Number(at("without").textContent) - 1)));
}

async function send(item) {
  const address = item.person ? `${base}/delegates/${encodeURIComponent(item.person)}/photo` : `${base}/photos?name=${encodeURIComponent(item.file.name)}`;
  for (let tried = 1; tried <= TRIES; tried++) {
    try {
      const reply = await fetch(address, { method: "PUT", body: item.file, headers: { "X-CSRF-Token": csrf, "Content-Type": "application/octet-stream", Accept: "application/json" }, signal: AbortSignal.timeout(180000) });
      if (reply.ok) return await reply.json();
      if (reply.status !== 503 && reply.status !== 429) return null;
    } catch { /* no line: wait and try again */ }
    if (tried < TRIES) await new Promise((done) => { setTimeout(done, 500 * 2 ** tried * (0.7 + Math.random() * 0.6)); });
  }
  return null;
}

async function work() {
  while (waiting.length) {
    const item = waiting.shift();
    item.sent = true;
    draw(item);
    const answer = item.file.size > most ? { outcome: "refused", why: "", people: [] } : await send(item);
    item.answer = answer;
    item.failed = !answer;
    item.stamp = Date.now();
    if (answer && ["new", "replaced", "same"].includes(answer.outcome)) count(item);
    draw(item);
    tell();
  }
}

function go() {
  tell();
  for (let left = waiting.length; left > 0 && running < AT_ONCE; left--) {
    running++;
    work().finally(() => { running--; });
  }
}

function again(item) {
  item.failed = false;
  item.answer = null;
  item.sent = false;
  waiting.push(item);
  draw(item);
  go();
}

function take(files) {
  for (const file of files) {
    if (file.name.startsWith(".")) continue;
    const item = { file, row: make("li"), sent: false, failed: false, answer: null };
    all.push(item);
    waiting.push(item);
    at("results").prepend(item.row);
    draw(item);
  }
  go();
}

at("again").addEventListener("click", () => all.filter((item) => item.failed).forEach(again));
receive(at("photo"), take);
window.addEventListener("beforeunload", (leave) => { if (waiting.length || all.some((item) => item.sent && !item.answer && !item.failed)) leave.preventDefault(); });

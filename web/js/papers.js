// Papers, and what is to hang on the wall (data-room), from the organiser's disk: each file goes in pieces of a few MB, one after the other, and goes on where it was when the line, the server or
// this page broke: giving the same file again is enough. What it became is told by the server, which looks into every file.
import { event, make, put, words } from "./common.js";
import { receive } from "./files.js";

const at = (id) => document.getElementById(id);
const csrf = document.body.dataset.csrf;
const room = document.body.dataset.room;
const base = `/api/v1/events/${event}/uploads`;
const all = [];
let running = false;
const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

function draw(item) {
  const kind = item.state === "done" ? "good" : item.state === "refused" || item.state === "failed" ? "bad" : "";
  const part = item.state === "receiving" ? ` ${Math.floor((100 * item.offset) / item.file.size)} %` : "";
  const parts = [make("b", { dir: "auto" }, item.file.name), make("div", { class: kind }, `${words[item.state] || ""}${part}`)];
  if (item.problem) parts.push(make("small", { dir: "auto" }, item.problem));
  if (item.warning) parts.push(make("div", { class: "bad", dir: "auto" }, item.warning));
  if (item.document) parts.push(make("a", { href: `/admin/${event}/papers/${item.document}` }, words.open));
  if (item.state === "failed") parts.push(make("button", { type: "button", class: "button quiet", onclick: () => { item.state = "waiting"; draw(item); go(); } }, words.again));
  item.row.replaceChildren(...parts);
}

function tell() {
  const done = all.filter((item) => item.state === "done").length;
  const ended = all.filter((item) => ["done", "refused", "failed"].includes(item.state)).length;
  const bytes = all.reduce((sum, item) => sum + item.file.size, 0);
  const sent = all.reduce((sum, item) => sum + (["done", "refused", "reading"].includes(item.state) ? item.file.size : item.offset), 0);
  at("sending").hidden = all.length === 0;
  at("progress").value = bytes ? sent / bytes : 0;
  put(at("line"), `${done} / ${all.length}${ended === all.length && ended > 0 ? ` · ${words.finished}` : ""}`);
}

// All have ended: the list below is asked for anew, and what it says of a stopped paper is said here too.
async function show() {
  if (!all.some((item) => item.state === "done") || !all.every((item) => ["done", "refused", "failed"].includes(item.state))) return;
  const answer = await fetch(location.href, { signal: AbortSignal.timeout(20000) }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("list-title")?.parentElement;
  const old = at("list-title").parentElement;
  if (!fresh || old.contains(document.activeElement)) return;
  old.replaceWith(document.adoptNode(fresh));
  for (const item of all) {
    const stopped = item.document && at(`p-${item.document}`)?.querySelector(".bad");
    if (!stopped) continue;
    item.warning = stopped.textContent;
    draw(item);
  }
}

async function ask(method, path, body, type) {
  const headers = { "X-CSRF-Token": csrf, Accept: "application/json" };
  if (type) headers["Content-Type"] = type;
  const answer = await fetch(path, { method, body, headers, signal: AbortSignal.timeout(120000) });
  const json = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  return { status: answer.status, json, offset: Number(answer.headers.get("Upload-Offset")) };
}

// Sends what is missing; throws when the line breaks, returns when the server has it all or will not have it.
async function send(item) {
  const mark = String(item.file.lastModified);
  const made = await ask("POST", base, JSON.stringify({ name: item.file.name, size: item.file.size, mark, room }), "application/json");
  if (made.status !== 201) return refuse(item, made);
  item.offset = made.json.offset;
  item.id = made.json.upload;
  item.state = made.json.state;
  while (item.offset < item.file.size) {
    draw(item);
    tell();
    const piece = item.file.slice(item.offset, item.offset + made.json.piece);
    const answer = await ask("PATCH", `${base}/${item.id}?offset=${item.offset}`, piece, "application/octet-stream");
    if (answer.status === 200 || answer.status === 409) item.offset = answer.offset;
    else if (answer.status === 503 || answer.status === 429) await wait(1500);
    else return refuse(item, answer);
  }
  item.state = "reading";
  return undefined;
}

function refuse(item, answer) {
  if (answer.status >= 500 && answer.status !== 507) throw new Error(String(answer.status));
  item.state = "refused";
  item.problem = answer.status === 507 ? words.full : answer.json.detail || answer.json.title || String(answer.status);
}

async function follow(item) {
  for (let tries = 0; item.state === "reading"; tries++) {
    await wait(Math.min(300 + tries * 200, 3000));
    const answer = await ask("GET", `${base}/${item.id}`).catch(() => null);
    if (!answer) continue;
    if (answer.status === 404) item.state = "done"; // the same bytes were there already
    else if (answer.status === 200) Object.assign(item, { state: answer.json.state, problem: answer.json.problem, document: answer.json.state === "done" ? answer.json.document : null });
    else if (answer.status === 401 || answer.status === 403) item.state = "failed";
  }
  draw(item);
  tell();
  show();
}

async function work(item) {
  for (let tried = 0; tried < 8; tried++) {
    try {
      await send(item);
      draw(item);
      tell();
      if (item.state === "reading") follow(item);
      return;
    } catch { /* no line: it goes on where it was */ }
    item.state = "waiting";
    draw(item);
    await wait(Math.min(500 * 2 ** tried, 15000));
  }
  item.state = "failed";
  draw(item);
}

async function go() {
  if (running) return;
  running = true;
  for (let item; (item = all.find((one) => one.state === "waiting"));) await work(item);
  running = false;
  tell();
}

// What systems and office programs leave in folders beside the files.
const litter = /^(\.|~\$)|^(desktop\.ini|thumbs\.db)$/i;
// 2 before 10, as people number their papers; the order of sending is the order of the list.
const order = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true });

function take(files) {
  for (const file of [...files].sort((a, b) => order.compare(a.name, b.name))) {
    if (litter.test(file.name)) continue;
    const item = { file, row: make("li"), state: "waiting", offset: 0, problem: null };
    if (file.size === 0) Object.assign(item, { state: "refused", problem: words.empty });
    all.push(item);
    at("files").append(item.row);
    draw(item);
  }
  tell();
  go();
}

receive(at("file"), take);
window.addEventListener("beforeunload", (leave) => { if (all.some((item) => item.state === "waiting" || item.state === "receiving")) leave.preventDefault(); });

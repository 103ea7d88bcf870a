// The editor of badge layouts: the picture follows the text, mistakes are told with their line, nothing typed is ever lost.
import { event, make, words } from "./common.js";

const $ = (id) => document.getElementById(id);
const { csrf, name } = document.body.dataset;
const own = document.body.dataset.own === "true";
const doors = `/api/v1/events/${encodeURIComponent(event)}/layouts`;
const text = $("text");
const LIMIT = 256 * 1024;
const PAUSE = 250; // ms without a key before the picture follows
const METRES_A_POINT = (0.71 * 25.4 / 72 * 300) / 1000; // a capital of 1/300 of the distance is read at ease
const draftKey = `plenum-layout:${event}:${name}`;
const saved = { text: text.value };

/* --- the text area: line numbers, going to a line --- */

function number() {
  const lines = text.value.split("\n").length;
  if ($("gutter").dataset.lines === String(lines)) return;
  $("gutter").dataset.lines = String(lines);
  $("gutter").textContent = Array.from({ length: lines }, (_, i) => i + 1).join("\n");
}

function goTo(line) {
  const lines = text.value.split("\n");
  let start = 0;
  for (let i = 0; i < line - 1 && i < lines.length; i++) start += lines[i].length + 1;
  const end = start + (lines[line - 1] || "").length;
  text.focus();
  text.setSelectionRange(start, end);
  const height = text.scrollHeight / Math.max(lines.length, 1);
  text.scrollTop = Math.max(0, (line - 4) * height);
  text.scrollLeft = 0;
}

/* --- what is told --- */

function tell(...parts) {
  $("told").replaceChildren(...(parts.length ? [make("p", { class: "news", role: "status" }, ...parts)] : []));
}

function tellProblem(problem) {
  const parts = [];
  if (problem && problem.line) parts.push(make("button", { type: "button", class: "link", onclick: () => goTo(problem.line) }, `${words.goto} ${problem.line}`), " ");
  if (problem && problem.place) parts.push(make("code", {}, problem.place), ": ");
  if (problem) parts.push(problem.sentence);
  $("problem").replaceChildren(...(problem ? [make("p", { class: "news urgent", dir: "ltr" }, ...parts)] : []));
  if (problem) text.setAttribute("aria-invalid", "true");
  else text.removeAttribute("aria-invalid");
}

const problemOf = async (answer) => {
  let body = {};
  try { body = await answer.json(); } catch { /* not ours: told by its number */ }
  return { sentence: body.detail || body.title || String(answer.status), place: body.place, line: body.line };
};

function tellNotes(sides) {
  const lines = [];
  const size = Math.max(...sides.map((side) => side.name_size || 0));
  if (size > 0) lines.push(`${words.name_size} ${size.toFixed(1)} pt, ${words.read_from} ${(size * METRES_A_POINT).toFixed(1)} m`);
  for (const key of ["cut", "missing", "helped"]) {
    const count = sides.reduce((sum, side) => sum + (side[key] || 0), 0);
    if (count) lines.push(`${words[key]} ${count}`);
  }
  $("notes").textContent = lines.join("\n");
}

/* --- the picture: only the newest answer counts --- */

let turn = 0;
let running = null;
let timer = 0;

function query(side) {
  const wishes = new URLSearchParams({ side, pixels: "900", person: $("someone").value.trim() || $("person").value, language: $("language").value });
  if ($("overlay").checked) wishes.set("overlay", "1");
  return wishes;
}

async function ask(side, signal) {
  for (let tries = 0; ; tries++) {
    const answer = await fetch(`${doors}/preview?${query(side)}`, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf, Accept: "image/png, application/problem+json" }, body: text.value, signal });
    if (answer.status !== 503 || tries === 3) return answer;
    await new Promise((done) => setTimeout(done, 300));
  }
}

async function put(image, answer) {
  const url = URL.createObjectURL(await answer.blob());
  const before = image.src;
  image.src = url;
  await image.decode().catch(() => {});
  if (before.startsWith("blob:")) URL.revokeObjectURL(before);
}

async function show() {
  const mine = ++turn;
  clearTimeout(timer);
  if (running) running.abort();
  running = new AbortController();
  const { signal } = running;
  const hasBack = /"back"\s*:/.test(text.value);
  try {
    const [front, back] = await Promise.all([ask("front", signal), hasBack ? ask("back", signal) : null]);
    if (mine !== turn) return;
    if (!front.ok) {
      const problem = await problemOf(front);
      if (mine !== turn) return;
      $("pictures").classList.add("stale");
      tellProblem(problem);
      return;
    }
    const reports = [front, back].filter((one) => one && one.ok).map((one) => JSON.parse(one.headers.get("Plenum-Preview") || "{}"));
    await put($("front"), front);
    if (back && back.ok) await put($("back"), back);
    if (mine !== turn) return;
    $("back-figure").hidden = !(back && back.ok);
    $("pictures").classList.remove("stale");
    $("pictures").dataset.turn = String(mine);
    tellProblem(null);
    tellNotes(reports);
  } catch (error) {
    if (error.name === "AbortError" || mine !== turn) return;
    $("pictures").classList.add("stale");
    tellProblem({ sentence: words.lost });
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE);
}

/* --- drafts: what was typed outlives the page --- */

const store = {
  get() { try { return JSON.parse(localStorage.getItem(draftKey)); } catch { return null; } },
  set(value) { try { if (value) localStorage.setItem(draftKey, JSON.stringify(value)); else localStorage.removeItem(draftKey); } catch { /* full or forbidden: the page still holds it */ } },
};

function keep() {
  store.set(text.value === saved.text ? null : { text: text.value, seen: $("seen").value, as: $("as").value });
}

function changed() {
  number();
  keep();
  later();
}

function restore() {
  const draft = store.get();
  if (!draft || typeof draft.text !== "string" || draft.text === text.value) return;
  text.value = draft.text;
  if (draft.as) $("as").value = draft.as;
  $("seen").value = draft.seen || "";
  tell(words.draft, " ", make("button", { type: "button", class: "link", onclick: () => { store.set(null); location.reload(); } }, words.discard));
}

/* --- saving --- */

async function save(anyway) {
  const as = $("as").value.trim();
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  if (anyway) headers["If-Match"] = "*";
  else if (own && as === name && $("seen").value) headers["If-Match"] = `"${$("seen").value}"`;
  const sent = text.value;
  let answer;
  try {
    answer = await fetch(`${doors}/${encodeURIComponent(as)}`, { method: "PUT", headers, body: sent });
  } catch {
    tellProblem({ sentence: words.lost });
    return;
  }
  if (!answer.ok) {
    const problem = await problemOf(answer);
    tellProblem(problem);
    if (answer.status === 412) tell(problem.sentence, " ", make("button", { type: "button", class: "link", onclick: () => save(true) }, words.overwrite));
    return;
  }
  if (as !== name) {
    store.set(null);
    location.assign(`/admin/${encodeURIComponent(event)}/layouts/${encodeURIComponent(as)}?saved=1`);
    return;
  }
  saved.text = sent;
  $("seen").value = (await answer.json()).tag;
  keep();
  tellProblem(null);
  tell(words.saved);
}

/* --- files --- */

async function upload() {
  const file = $("upload").files[0];
  if (!file) return;
  if (file.size > LIMIT) {
    tellProblem({ sentence: words.too_large });
    return;
  }
  text.value = await file.text();
  $("upload").value = "";
  changed();
}

function download(click) {
  click.preventDefault();
  const url = URL.createObjectURL(new Blob([text.value], { type: "application/json" }));
  make("a", { href: url, download: `${$("as").value.trim() || name}.json` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/* --- begin --- */

restore();
number();
show();
$("show").hidden = true;
$("upload-label").hidden = false;
text.addEventListener("input", changed);
text.addEventListener("scroll", () => { $("gutter").scrollTop = text.scrollTop; });
$("as").addEventListener("input", keep);
for (const id of ["language", "overlay"]) $(id).addEventListener("change", show);
$("person").addEventListener("change", () => { $("someone").value = ""; show(); });
$("someone").addEventListener("input", later);
$("upload").addEventListener("change", upload);
$("download").addEventListener("click", download);
$("editor").addEventListener("submit", (submit) => {
  if (submit.submitter && submit.submitter.value === "delete") { store.set(null); return; }
  submit.preventDefault();
  save(false);
});
document.addEventListener("keydown", (key) => {
  if ((key.ctrlKey || key.metaKey) && key.key === "s") { key.preventDefault(); save(false); }
});

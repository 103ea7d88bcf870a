// The room of a delegation: counts what is ticked, finds a name, and asks every five seconds who came, without touching what somebody is ticking. Everything works without it.
import { words } from "./common.js";

const EVERY = 5000;
const bus = document.getElementById("bus");
const rows = () => [...document.querySelectorAll(".ticks > li")];
const boxes = () => (bus ? [...bus.querySelectorAll("input[type=checkbox]")] : []);

function recount() {
  if (!bus) return;
  const ticked = boxes().filter((box) => box.checked && !box.disabled).length;
  document.getElementById("count").textContent = ticked;
  bus.querySelector(".go button").disabled = ticked === 0;
}

// "do" finds "Đỗ", as the desk's box does.
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ/g, "d");

function filter() {
  const wanted = plain(document.getElementById("filter").value.trim());
  for (const row of bus.querySelectorAll("li")) row.hidden = wanted !== "" && !plain(row.textContent).includes(wanted);
}

// All who are expected; the absent and the alternates only where somebody looked for them by name.
function tickAll(value) {
  const looked = document.getElementById("filter").value.trim() !== "";
  for (const box of boxes()) if (!box.disabled && !box.closest("li").hidden && (!value || looked || box.defaultChecked)) box.checked = value;
  recount();
}

if (bus) {
  document.getElementById("tools").hidden = false;
  bus.addEventListener("change", recount);
  document.getElementById("filter").addEventListener("input", filter);
  document.getElementById("filter").addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); }); // finds, and checks nobody in
  document.getElementById("all").addEventListener("click", () => tickAll(true));
  document.getElementById("none").addEventListener("click", () => tickAll(false));
  addEventListener("pageshow", recount);
  recount();
}

// Who is in by now, through a door or by another hand, is neither checked in nor absent.
function mark() {
  const here = new Set([...document.querySelectorAll("#here li")].map((row) => row.dataset.code));
  for (const row of rows()) {
    const box = row.querySelector("input"), came = here.has(row.dataset.code);
    if (came === row.classList.contains("came")) continue;
    row.classList.toggle("came", came);
    if (came) box.checked = false;
    box.disabled = came;
    const note = row.querySelector(".note");
    if (note) note.remove();
    if (!came) continue;
    const text = document.createElement("small");
    text.className = "note";
    text.textContent = ` ${words.came || ""}`;
    row.querySelector("label > span").append(text);
  }
  recount();
}

const said = document.getElementById("said");
function take(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const counted = document.querySelector("#figures .big b").textContent;
  for (const id of ["figures", "here"]) {
    const fresh = page.getElementById(id), old = document.getElementById(id);
    if (fresh && old && fresh.innerHTML !== old.innerHTML) old.replaceWith(document.importNode(fresh, true));
  }
  const now = document.querySelector("#figures .big b").textContent;
  if (said.value === counted && document.activeElement !== said) said.value = now; // a number that somebody typed stays theirs
  mark();
}

let etag = "";
async function look() {
  let failed = false;
  try {
    if (!document.hidden) {
      const answer = await fetch(document.body.dataset.live, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", signal: AbortSignal.timeout(8000) });
      const ended = answer.redirected || answer.status === 401 || answer.status === 403;
      document.getElementById("ended").hidden = !ended;
      if (answer.status === 200 && !ended) {
        take(await answer.text());
        etag = answer.headers.get("ETag") || "";
      }
      failed = !ended && !answer.ok && answer.status !== 304;
    }
  } catch { failed = true; }
  document.getElementById("stale").hidden = !failed;
  setTimeout(look, EVERY);
}
setTimeout(look, EVERY);

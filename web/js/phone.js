// An open page learns what is new: it asks every 12 to 16 s with the ETag of what it shows; an answer "304" costs nobody anything. What is new is put in
// calmly: nothing jumps, a link that has the focus keeps it, a text that is being typed stays, and one polite sentence says what came.
import { busy, keepTyped, marking } from "./hands.js";

const words = JSON.parse(document.body.dataset.strings || "{}");
const door = document.body.dataset.news;
const PARTS = ["live-urgent", "live-news", "live-papers", "live-questions"];
let etag = document.body.dataset.etag ? `"${document.body.dataset.etag}"` : "";
let timer = 0;
let asking = false;

const links = (root) => [...root.querySelectorAll("a[href]")];
const linkOf = (root, href) => links(root).find((one) => one.getAttribute("href") === href);

// The first link of the part that is on the screen: it stays where the reader sees it.
function anchorOf(part) {
  return links(part).map((one) => ({ href: one.getAttribute("href"), top: one.getBoundingClientRect().top })).find((one) => one.top >= 0 && one.top < innerHeight);
}

function swap(part, fresh) {
  const held = part.contains(document.activeElement) ? document.activeElement : null;
  if ((held && /INPUT|TEXTAREA|SELECT/.test(held.tagName)) || marking(part)) return false; // somebody is typing a PIN there: later
  const giveBack = keepTyped(part); // the keyboard may be put away between typing and sending
  const anchor = anchorOf(part);
  const before = part.getBoundingClientRect();
  part.replaceChildren(...fresh.childNodes);
  giveBack();
  const same = anchor && linkOf(part, anchor.href);
  if (same) scrollBy(0, same.getBoundingClientRect().top - anchor.top);
  else if (before.bottom <= 0) scrollBy(0, part.getBoundingClientRect().height - before.height);
  if (held) linkOf(part, held.getAttribute("href"))?.focus({ preventScroll: true });
  return true;
}

// What came, in one sentence.
function tell(old, now) {
  const said = [];
  const alarm = now.urgent.filter((text) => !old.urgent.includes(text));
  if (alarm.length > 0) document.getElementById("news-alarm").textContent = alarm.join(" "); // read at once, whatever is being read
  if (now.news.some((text) => !old.news.includes(text))) said.push(words.came_news);
  const titles = now.papers.filter((title) => !old.papers.includes(title));
  if (titles.length > 0) said.push(`${words.came_paper} ${titles.join(", ")}`);
  if (now.answers > old.answers) said.push(words.came_answer);
  if (said.length > 0) document.getElementById("news-line").textContent = said.join(" ");
}

const look = (root) => ({
  urgent: [...root.querySelectorAll("#live-urgent > p")].map((one) => one.textContent.trim()),
  news: [...root.querySelectorAll("#live-news > p")].map((one) => one.textContent.trim()),
  papers: [...root.querySelectorAll("#live-papers .papers b")].map((one) => one.textContent.trim()),
  answers: root.querySelectorAll("#live-questions .answer").length,
});

function take(text, mark) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const old = look(document);
  const now = look(page);
  let whole = true;
  for (const id of PARTS) {
    const part = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (part && fresh && part.innerHTML.trim() !== fresh.innerHTML.trim()) whole = swap(part, fresh) && whole;
  }
  const ask = document.getElementById("ask");
  if (ask) ask.hidden = Boolean(document.querySelector("#live-questions [data-closed]")) && ask.elements.words.value.trim() === ""; // a text that was typed can still be copied
  tell(old, now);
  if (whole) etag = mark;
}

async function look_for_news() {
  if (asking || document.visibilityState !== "visible") return;
  asking = true;
  try {
    const answer = await fetch(door, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", signal: AbortSignal.timeout(10000) });
    const text = answer.status === 200 ? await answer.text() : "";
    if (busy()) return; // a finger is on the page, or a form on its way: the next look
    if (answer.status === 404 || answer.status === 410) { location.reload(); return; } // the badge was replaced: the page says so
    if (answer.status === 200) take(text, answer.headers.get("ETag") || "");
    if (answer.ok || answer.status === 304) {
      const at = document.getElementById("made-at");
      if (at && answer.headers.get("X-Now")) at.textContent = answer.headers.get("X-Now");
    }
  } catch { /* no line: the page stays as it is, with the time of what it shows */ } finally {
    asking = false;
    next();
  }
}

function next() {
  clearTimeout(timer);
  timer = setTimeout(look_for_news, 12000 + Math.random() * 4000);
}

if (door) {
  document.documentElement.style.overflowAnchor = "none"; // swap() holds the place itself, in every browser
  document.addEventListener("visibilitychange", look_for_news);
  window.addEventListener("pageshow", (shown) => { if (shown.persisted) look_for_news(); });
  window.addEventListener("online", look_for_news);
  next();
}

// The desk's page of questions: asks every four seconds with its ETag, and puts new questions in without touching what is being typed.
import { words } from "./common.js";
import { busy, marking, typed } from "./hands.js";

let etag = "";
const list = () => document.querySelector("#questions");

// False: not now, somebody marks words to copy them.
function take(text) {
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
  old.replaceWith(fresh);
  for (const [id, was] of texts) {
    const box = document.getElementById(id), known = box && box.form.elements.known;
    if (box) box.value = was.value;
    if (known) known.value = was.form.elements.known ? was.form.elements.known.value : "0"; // what it was typed to: the server tells of an answer that came meanwhile
  }
  const again = at && at[0] && document.querySelector(at[0]);
  if (again) {
    again.focus({ preventScroll: true });
    if (again.setSelectionRange && at[1] !== undefined) again.setSelectionRange(at[1], at[2]);
    scrollBy(0, again.getBoundingClientRect().top - at[3]);
  }
  if (more > 0) document.getElementById("line").textContent = words.new || "";
  document.title = document.title.replace(/^(\(\d+\) )?/, Number(fresh.dataset.waiting) > 0 ? `(${fresh.dataset.waiting}) ` : "");
  return true;
}

async function look() {
  try {
    const answer = await fetch(location.pathname + location.search, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", signal: AbortSignal.timeout(8000) });
    const text = answer.status === 200 && !answer.redirected ? await answer.text() : "";
    const ended = answer.redirected || answer.status === 401 || answer.status === 403;
    document.getElementById("ended").hidden = !ended;
    if (ended) etag = ""; // forms are made for the session
    if (ended && !typed(list()) && !busy()) { location.reload(); return; } // what is typed waits until somebody has signed in, in another window
    if (text && !busy() && take(text)) etag = answer.headers.get("ETag") || "";
  } catch { /* no line: the next look may find it */ }
  setTimeout(look, 4000);
}
setTimeout(look, 4000);

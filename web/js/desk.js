// The desk's box: scans and names, answers while typing. It works before the rest of the desk is there (desk_work.js: card, check-in, what other desks do), so that the
// page is of use on a slow phone at once; what is wanted of that rest waits for it.
import { make, words } from "./common.js";
import { at, base, nameOf, request, say, stateWords } from "./desk_tools.js";

export const box = at("q");
const list = at("results");
export const shown = { found: [], active: -1 };
let asked = 0; // number of the newest question; older answers are dropped
let answered = ""; // what the list below the box is the answer to
const work = import("./desk_work.js"); // in the page's head the browser is asked to fetch all that it imports
let rest = null; // the same when it is there
work.then((desk) => { rest = desk; }, () => {}); // that it did not come is told when it is wanted

// ---- scans: a /d/ address of any host, or a bare token of 16 characters of Crockford's base32 (as core/base/id.c reads it)
function tokenFromScan(text) {
  const trimmed = text.trim();
  // A scanner types behind whatever already stands in the box: the address at the end counts.
  const address = /https?:\/\/[^/?#\s]+\/d\/([^/?#\s]+)\/?(?:[?#]\S*)?$/i.exec(trimmed);
  const part = address ? address[1] : trimmed;
  const token = part.toUpperCase().replace(/-/g, "").replace(/[IL]/g, "1").replace(/O/g, "0");
  if (!/^[0-9A-HJKMNP-TV-Z]{16}$/.test(token)) return null;
  // Sixteen letters may be a name: a bare token must show a digit. (One in four hundred has none; the search knows those too.)
  return address || /[0-9]/.test(part) ? token : null;
}

// ---- finding people
let typing = 0;
box.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(find, 120);
});

export function trouble(text) {
  at("trouble").hidden = !text;
  at("trouble").textContent = text || "";
  if (text) say(text);
}

export async function find() {
  const text = box.value.trim();
  const mine = ++asked;
  if (text.length === 0 || tokenFromScan(text)) { answered = ""; showResults([]); at("empty").hidden = true; trouble(""); return; }
  try {
    const answer = await request(`${base}/delegates?q=${encodeURIComponent(text)}&limit=20`);
    if (mine !== asked) return;
    answered = text;
    showResults(answer.results || []);
    at("empty").hidden = shown.found.length > 0;
    trouble("");
  } catch (problem) {
    if (mine !== asked) return;
    showResults([]);
    at("empty").hidden = true;
    trouble(problem.message);
  }
}

function rowOf(person, i) {
  const about = [person.number, person.delegation, person.title, person.seat, (person.born || "").slice(0, 4)].filter(Boolean).join(" · ");
  const item = make("li", { id: `r${i}`, role: "option", "aria-selected": i === shown.active ? "true" : "false", onclick: () => open(i) },
    make("b", { dir: "auto" }, nameOf(person)), make("small", { dir: "auto" }, about), make("span", { class: `is ${person.state || "never"}` }, stateWords(person)));
  if (person.category_color) item.style.setProperty("--k", person.category_color);
  return item;
}

export function showResults(people) {
  shown.found = people;
  shown.active = people.length > 0 ? 0 : -1;
  list.replaceChildren(...people.map(rowOf));
  box.setAttribute("aria-expanded", people.length > 0 ? "true" : "false");
  markActive();
}

function markActive() {
  [...list.children].forEach((item, i) => item.setAttribute("aria-selected", i === shown.active ? "true" : "false"));
  if (shown.active >= 0) {
    box.setAttribute("aria-activedescendant", `r${shown.active}`);
    list.children[shown.active].scrollIntoView({ block: "nearest" });
  } else {
    box.removeAttribute("aria-activedescendant");
  }
}

box.addEventListener("keydown", (key) => {
  if (key.isComposing) return; // Vietnamese input methods confirm with Enter too
  if (key.key !== "ArrowDown" && key.key !== "ArrowUp") return;
  if (shown.found.length === 0) return;
  key.preventDefault();
  shown.active = (shown.active + (key.key === "ArrowDown" ? 1 : shown.found.length - 1)) % shown.found.length;
  markActive();
});

async function enter() {
  clearTimeout(typing);
  const text = box.value.trim();
  const token = tokenFromScan(text);
  if (token) { clearBox(); await whenReady((desk) => desk.checkIn({ token }, "in", null)); return; }
  if (text.length === 0) return;
  if (answered !== text || !at("trouble").hidden) await find(); // Enter before the answer came: never open somebody of an older answer
  if (answered !== text || !at("trouble").hidden) return;
  if (shown.active >= 0) { open(shown.active); return; }
  at("walk-in").focus(); // nobody found: one more Enter adds them
  say(words.nobody_add);
}
at("find").addEventListener("submit", (submit) => { submit.preventDefault(); enter(); });

// Of the rest of the desk, as soon as it is there.
async function whenReady(act) {
  let desk;
  try { desk = await work; } catch { trouble(words.line_lost); return; }
  await act(desk);
}
const open = (index) => {
  shown.active = index;
  markActive();
  return whenReady((desk) => desk.openCard(shown.found[index]));
};

// An empty box: what was asked before is not answered any more.
export function clearBox() {
  box.value = answered = "";
  asked++;
  showResults([]);
  at("empty").hidden = true;
  trouble("");
}

// What is known anew of somebody in the list.
export function renewRow(person) {
  const i = shown.found.findIndex((one) => one.code === person.code || one.code === person.number);
  if (i < 0) return;
  shown.found[i] = person;
  list.children[i].replaceWith(rowOf(person, i));
}

// A hand scanner types wherever the focus stands. While it stands on a button of somebody's card, the scanner's Enter would check in the wrong
// person: so what is typed outside of fields goes into the box, from its first letter on.
document.addEventListener("keydown", (key) => {
  if (key.isComposing || at("help").open) return;
  if (key.key === "Escape" && key.target !== box && key.target.getAttribute("aria-expanded") === "true") return; // it closes a list of its own first
  if (key.key === "Escape") { if (rest) rest.close(); else clearBox(); return; } // at once: what is typed next stays
  if (document.activeElement === box) return;
  const typed = key.key.length === 1 && key.key !== " " && key.key !== "?" && !key.ctrlKey && !key.metaKey && !key.altKey;
  if (!typed || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
  box.value = "";
  box.focus();
}, true);

// What was typed, or scanned, before this script was there is not lost.
const early = box.value.trim();
if (early) { if (tokenFromScan(early)) enter(); else find(); }
if (document.activeElement === document.body) box.focus();
performance.mark("desk-ready");

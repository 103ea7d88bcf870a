// Somebody of the register, chosen while their name is typed: a combobox on the name's field. Nothing is chosen by itself: Enter without the arrow keys means somebody new.
import { make } from "./common.js";

const MOST = 6; // more do not help who chooses: another word does
const WAIT = 120;
const LONGEST = 800; // so long a submitted form waits for an answer that is under way

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/đ/g, "d").replace(/\s+/g, " ").trim();

// `say(key, values)` gives words below list.pick; `take(person or null)` is told who was chosen; `mayTake(person)` false: `look(code)` shows them instead.
// Gives {place, person(), asks(), ready()}.
export function picker(input, { request, base, say, aloud, take, mayTake, look }) {
  const list = make("ul", { id: `${input.id}-picks`, class: "results picks", role: "listbox", "aria-label": say("label"), hidden: true });
  const hint = make("p", { id: `${input.id}-hint`, class: "muted", hidden: true, dir: "auto" });
  const chosen = make("p", { class: "badge-line picked", hidden: true, dir: "auto" });
  const place = make("div", { class: "pick" }, list, hint, chosen);
  let found = [], active = -1, asked = 0, timer = 0, under = null, person = null, warned = "";
  Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, "aria-describedby": hint.id }).forEach(([name, value]) => input.setAttribute(name, value));

  const isOpen = () => !list.hidden;
  function open(yes) {
    list.hidden = hint.hidden = !yes;
    input.setAttribute("aria-expanded", yes ? "true" : "false");
    mark(-1);
  }

  function mark(index) {
    active = index;
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", i === active ? "true" : "false"));
    if (active < 0) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  }

  const about = (one) => [one.born, one.unit, one.title, one.code].filter(Boolean).join(" · ");

  function show(answer) {
    found = answer.results.slice(0, MOST);
    const more = answer.more || answer.results.length > MOST;
    list.replaceChildren(...found.map((one, i) => make("li", { id: `${list.id}-${i}`, role: "option", "aria-selected": "false", onmousedown: (press) => press.preventDefault(), onclick: () => choose(one) },
      make("b", { dir: "auto" }, one.name), make("small", { dir: "auto" }, about(one)), one.delegate ? make("span", { class: "is", dir: "auto" }, say("here", { number: one.delegate.number || "" })) : null)));
    hint.textContent = [say("hint"), more ? say("more") : ""].filter(Boolean).join(" ");
    open(found.length > 0);
    if (found.length) aloud(say(found.length === 1 ? "count_one" : "count", { count: found.length }));
  }

  async function ask() {
    const text = input.value.trim(), mine = ++asked;
    if (text.length < 2) { found = []; open(false); return; }
    try {
      const answer = await request(`${base}/people?q=${encodeURIComponent(text.slice(0, 60))}`);
      if (mine === asked && !person) show(answer);
    } catch { if (mine === asked) open(false); } // the form works without it
  }

  const later = (wait) => { clearTimeout(timer); under = new Promise((done) => { timer = setTimeout(() => ask().then(done), wait); }); };

  function choose(one) {
    asked++;
    open(false);
    if (one.delegate && !mayTake(one)) { look(one.code); return; }
    person = one;
    chosen.replaceChildren(say("chosen"), " ", make("b", { dir: "auto" }, one.name), " ", make("small", { dir: "auto" }, about(one)), " ",
      make("button", { class: "button quiet small", type: "button", onclick: drop }, say("other")));
    chosen.hidden = false;
    take(one);
    aloud([say("chosen"), one.name, about(one)].join(" "));
  }

  function drop() {
    person = null;
    chosen.hidden = true;
    take(null);
    input.focus();
    later(0);
  }

  input.addEventListener("input", () => later(WAIT));
  input.addEventListener("keydown", (key) => {
    if (key.isComposing) return;
    if (key.key === "ArrowDown" || key.key === "ArrowUp") {
      if (!isOpen()) return;
      key.preventDefault();
      mark((active + (key.key === "ArrowDown" ? 1 : found.length + (active < 0 ? 0 : -1))) % found.length);
    } else if (key.key === "Enter" && isOpen() && active >= 0) {
      key.preventDefault();
      choose(found[active]);
    } else if (key.key === "Escape" && isOpen()) {
      key.preventDefault();
      asked++;
      open(false);
    }
  });
  if (input.value.trim()) later(0);

  return {
    place,
    person: () => person,
    // What is under way is waited for, but not long: an answer may say that this is somebody of the register.
    ready: () => Promise.race([under, new Promise((done) => { setTimeout(done, LONGEST); })]),
    // Somebody of the register has this very name and is not chosen: said once, then it is the desk's word.
    asks() {
      const typed = fold(input.value);
      if (person || warned === typed || !found.some((one) => !one.delegate && fold(one.name) === typed)) return false;
      warned = typed;
      open(true);
      input.focus();
      return true;
    },
  };
}

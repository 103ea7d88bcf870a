// The desk's bar hears of delegates' questions and of announcements: a count with a shape, since when somebody waits, a sound and a sentence when one comes.
import { clock, make, pick, put, words } from "./common.js";
import { at, say, zone } from "./desk_tools.js";
import { sound } from "./sound.js";

const word = (key) => words[`messages.${key}`] || "";
let asked = null; // how many questions there were when we last heard; null: not yet
let told = null; // the announcements that were shown then, as texts

export function deskMessages() {
  const place = at("asks");

  function questions(data) {
    if (!data || !Number.isFinite(data.waiting)) return;
    place.classList.toggle("some", data.waiting > 0);
    const since = data.oldest ? ` · ${word("since")} ${clock(data.oldest, zone)}` : "";
    put(place.querySelector("span"), data.waiting > 0 ? `${word("waiting")} ${data.waiting}${since}` : word("none"));
    if (asked !== null && data.asked > asked && data.waiting > 0) {
      say(word("came"));
      sound("ask");
    }
    asked = data.asked;
  }

  function announced(list) {
    if (!Array.isArray(list)) return;
    const texts = list.map((item) => `${item.urgent ? `${word("urgent")} ` : ""}${pick(item.text)}`);
    const fresh = told === null ? [] : list.filter((item, i) => !told.includes(texts[i]));
    const holder = at("announced");
    holder.hidden = list.length === 0;
    const urgent = list.some((item) => item.urgent); // they stand first
    holder.classList.toggle("urgent", urgent);
    put(holder.querySelector("summary span"), `${word("announced")} ${list.length}${urgent ? ` · ${texts[0]}` : ""}`);
    holder.querySelector("ul").replaceChildren(...list.map((item, i) => make("li", { dir: "auto", class: item.urgent ? "urgent" : null }, texts[i])));
    if (fresh.length > 0) say(fresh.map((item) => texts[list.indexOf(item)]).join(" "));
    told = texts;
  }

  return { snapshot(data) { questions(data.questions); announced(data.announced); }, questions, announcement: (data) => announced(data.announced) };
}

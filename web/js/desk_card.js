// The card of a person: what whoever greets them must see first stands first, then the one big button, then the rest.
import { clock, event, make, words } from "./common.js";
import { categories, dateWords, fill, nameOf, outcomeWords, quiet, shape, stateWords, statusWords, zone } from "./desk_tools.js";

export function verdictBox(verdict) {
  return make("div", { class: `verdict ${verdict.kind}`, "data-outcome": verdict.outcome || "" }, shape(verdict.kind), make("b", {}, verdict.title), make("span", { dir: "auto" }, verdict.more || ""));
}

// A word that must jump to the eye before the button is pressed: shape, frame and place, not colour alone.
const heed = (kind, label, text, more = null) => make("div", { class: `heed ${kind}`, id: `card-${kind}` }, shape(kind === "status" ? "stop" : "heed"),
  make("p", {}, make("b", {}, label), " ", make("span", { dir: "auto" }, text)), more);

export function facts(person) {
  const needs = (person.needs || []).map((need) => words[`need.${need}`] || need).join(", ");
  const rows = [["seat", person.seat, true], ["number", person.number, true], ["badge_box", person.badge_box, true], ["needs", needs], ["group", person.group], ["room", person.room],
    ["transport", person.transport], ["diet", person.diet], ["born", dateWords(person.born)]];
  return make("dl", { class: "facts" }, ...rows.filter((row) => row[1]).map(([key, value, large]) =>
    make("div", { class: [large ? "large" : "", key === "needs" ? "needs" : ""].join(" ").trim() || null }, make("dt", {}, words[`fact.${key}`]), make("dd", { dir: "auto" }, String(value)))));
}

// Whose mandate it was or is, since when and by whom; the way to the other one.
function statusPart(person, desk) {
  const parts = [];
  const by = (one) => (one.by ? ` (${[one.by, one.at ? clock(one.at, zone) : ""].filter(Boolean).join(", ")})` : "");
  const see = (other) => quiet(fill("see", { name: other.name || other.code }), () => desk.look(other.code), "other");
  if (person.replaced_by) parts.push(heed("status", words.replaced_by, `${person.replaced_by.name || person.replaced_by.code}${by(person.replaced_by)}`, see(person.replaced_by)));
  else if (["replaced", "withdrawn", "disqualified"].includes(person.status)) parts.push(heed("status", "", statusWords(person.status)));
  else if (person.status === "alternate") parts.push(make("p", { class: "badge-line" }, statusWords(person.status)));
  if (person.stands_for) parts.push(make("p", { class: "badge-line stands-for", dir: "auto" }, `${fill("stands_for", { name: person.stands_for.name || person.stands_for.code })}${by(person.stands_for)}`));
  return parts;
}

const isOut = (person) => ["replaced", "withdrawn", "disqualified"].includes(person.status);

function head(person, verdict, desk) {
  const parts = [];
  if (person.photo) parts.push(make("img", { class: "face", src: person.photo, alt: "", width: 96, height: 128 }));
  parts.push(make("h2", { dir: "auto" }, person.honorific ? make("span", { class: "honorific", dir: "auto" }, person.honorific) : null, nameOf(person)));
  if (person.title) parts.push(make("p", { dir: "auto" }, person.title));
  if (person.delegation) parts.push(make("p", { class: "muted", dir: "auto" }, person.delegation));
  if (person.category) {
    const category = make("p", { class: "category" }, make("span", { dir: "auto" }, categories[person.category] ? categories[person.category].title : person.category));
    const color = person.category_color || (categories[person.category] || {}).color;
    if (color) category.style.setProperty("--k", color);
    parts.push(category);
  }
  parts.push(...statusPart(person, desk));
  if (!verdict && person.state) parts.push(make("p", { class: `state ${person.state}`, id: "card-state" }, stateWords(person)));
  if (person.note) parts.push(heed("note", words.note_first, person.note));
  return parts;
}

// The one thing that is nearly always wanted: the big button, or for a blank badge its name (desk_list.js has that button).
function actionsOf(person, verdict, desk) {
  const actions = make("div", { class: "actions" });
  const pair = make("div", { class: "pair" });
  const assist = person && person.code && person.name ? make("a", { class: "button quiet", "data-act": "assist", href: `/desk/${event}/assist/${encodeURIComponent(person.code)}` }, words.assist) : null;
  if (person && person.code && !verdict) {
    const check = (direction) => () => desk.checkIn({ delegate: person.code }, direction, person);
    const told = [person.note ? "card-note" : "", "card-state"].filter(Boolean).join(" ");
    if (person.state !== "in" && person.name && !isOut(person)) {
      actions.append(make("button", { class: "button big", type: "button", "data-act": "in", "aria-describedby": told, onclick: check("in") }, words.check_in));
    }
    if (person.state === "in") pair.append(quiet(words.check_in, check("in"), "in"));
    if (person.name && person.state !== "never") pair.append(quiet(words.check_out, check("out"), "out"));
    if (assist) pair.append(assist);
  } else {
    if (verdict && verdict.undo) pair.append(quiet(words.undo, () => desk.undo(verdict.undo, person), "undo"));
    if (verdict && verdict.override) pair.append(quiet(words.override, (click) => desk.askWhy(click.target, verdict.override), "override"));
    if (verdict && verdict.again) pair.append(make("button", { class: "button", type: "button", "data-act": "again", onclick: verdict.again }, words.retry));
    if (verdict && verdict.kind !== "wait" && person && person.code) pair.append(quiet(words.card_more, () => desk.look(person.code), "more"));
    if (verdict && verdict.kind !== "wait" && assist) pair.append(assist);
  }
  pair.append(quiet(words.close, desk.close, "close"));
  actions.append(pair);
  return actions;
}

// `news`: what another desk or a door did meanwhile, said above everything. `below`: parts of other scripts.
export function cardParts(person, { verdict, news, below = [] }, desk) {
  const parts = [];
  if (news) parts.push(newsBox(news));
  if (verdict) parts.push(verdictBox(verdict));
  if (person) parts.push(...head(person, verdict, desk));
  if (person && verdict) parts.push(facts(person));
  parts.push(actionsOf(person, verdict, desk));
  if (person && !verdict) parts.push(facts(person));
  return [...parts, ...below].filter(Boolean);
}

export const newsBox = (text) => make("div", { class: "heed meanwhile", id: "card-news" }, shape("heed"), make("p", { dir: "auto" }, text));

// What is another between two looks at one person, in words: "Seat A12 → B3".
export function differences(before, now) {
  const flat = (value) => (value === null || value === undefined || value === "" ? "–" : Array.isArray(value) ? value.map((one) => words[`need.${one}`] || one).join(", ") || "–" : String(value));
  const named = [["name", words["list.field.name"]], ["title", words["list.field.title"]], ["seat", words["fact.seat"]], ["number", words["fact.number"]], ["group", words["fact.group"]], ["room", words["fact.room"]],
    ["transport", words["fact.transport"]], ["badge_box", words["fact.badge_box"]], ["needs", words["fact.needs"]], ["note", words["list.note"]]];
  const said = named.filter(([key]) => key in before && flat(before[key]) !== flat(now[key])).map(([key, label]) => `${label} \u2068${flat(before[key])}\u2069 → \u2068${flat(now[key])}\u2069`);
  if ("status" in before && before.status !== now.status) said.push(statusWords(now.status));
  if ("absence" in before && JSON.stringify(before.absence || null) !== JSON.stringify(now.absence || null)) said.push(now.absence ? words[now.absence.excused ? "list.is_excused" : "list.is_absent"] : words["list.absent_off"]);
  return said.join("; ");
}

// "Just came in at Cửa 1, 08:02, by desk 2": of the newest scan.
export function scanWords(person) {
  const last = person.last;
  if (!last) return "";
  const where = [last.gate, clock(last.at, zone), last.by].filter(Boolean).join(", ");
  if (last.undone) return fill("meanwhile_undone", { where });
  if (last.outcome === "admitted" || last.outcome === "already_in") return fill("meanwhile_in", { where });
  if (last.outcome === "left") return fill("meanwhile_out", { where });
  return `${outcomeWords(last.outcome)}: ${where}`;
}

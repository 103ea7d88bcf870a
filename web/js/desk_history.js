// What was changed of somebody and by whom, and their scans: time, gate, who.
import { clock, make, words } from "./common.js";

const say = (key) => words[`list.${key}`] || key;
const FIELDS = ["name", "honorific", "title", "born", "phone", "seat", "group", "badge_box", "room", "transport"];

function moment(time, zone) {
  const date = new Date(time);
  const day = (options) => new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "2-digit", ...options }).format(date);
  try { return `${day({ timeZone: zone })} ${clock(date, zone)}`; } catch { return `${day({})} ${clock(date, zone)}`; }
}

// {"seat": ["A12", "B3"], "born": []}: old and new, or only that it was changed.
function detail(change) {
  if (change.kind === "absence" && change.detail) return change.detail.absent ? say(change.detail.excused ? "is_excused" : "is_absent") : say("absent_off");
  if (change.kind !== "correct" || !change.detail) return "";
  const one = ([key, values]) => `${words[`fact.${key}`] || say(`field.${key}`)}${values && values.length === 2 ? ` \u2068${values[0] ?? "–"}\u2069 → \u2068${values[1] ?? "–"}\u2069` : ""}`;
  return Object.entries(change.detail).filter(([key]) => FIELDS.includes(key)).map(one).join("; ");
}

export function historyRows(past, zone) {
  const join = (...parts) => parts.filter(Boolean).join(" · ");
  const changes = past.changes.map((one) => [one.at, join(say(`kind.${one.kind}${one.as === "other" ? "_other" : ""}`), one.other ? one.other.name : "", detail(one), one.by)]);
  const scans = past.scans.map((one) => [one.at, join(words[`outcome.${one.outcome}`] || one.outcome, one.reason ? words[`reason.${one.reason}`] || one.reason : "", one.gate, one.by, one.undone ? words.undone : "")]);
  const all = [...changes, ...scans].sort((a, b) => (a[0] < b[0] ? 1 : -1));
  return all.map(([at, text]) => make("li", { dir: "auto" }, make("time", { datetime: at, dir: "ltr" }, moment(at, zone)), " ", text));
}

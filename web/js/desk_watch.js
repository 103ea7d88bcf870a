// Two desks never do the same person twice without seeing it: what other desks and doors do is brought to the open card and to the list of results.
import { live, number, put, words } from "./common.js";
import { deskMessages } from "./desk_messages.js";
import { base, at, request } from "./desk_tools.js";

const mine = new Set(); // scans and requests of this page: their news is no news
const MOST_MINE = 500;
export function own(id) {
  mine.add(id);
  if (mine.size > MOST_MINE) mine.delete(mine.values().next().value);
  return id;
}

export const lookUp = (code) => request(`${base}/delegates/${encodeURIComponent(code)}`);

// At most one question every `pause` ms, however fast the doors are; the last word is always asked for.
export function unhurried(pause, act) {
  let timer = 0;
  let again = false;
  const run = () => {
    if (timer) { again = true; return; }
    act();
    timer = setTimeout(() => { timer = 0; if (again) { again = false; run(); } }, pause);
  };
  return run;
}

// `desk`: shown() gives {code, …} of the open card or null; listed() codes of the results; renewed(card, why) and row(card) take what is new; scans(), back().
export function watch(desk) {
  const waiting = new Map(); // code → what happened ("scan" or "change"), asked for together
  const failed = new Map(); // code → how often in a row there was no answer
  const renew = unhurried(250, async () => {
    const all = [...waiting];
    waiting.clear();
    for (const [code, why] of all) {
      try {
        const card = await lookUp(code);
        desk.row(card);
        desk.renewed(card, why);
        failed.delete(code);
      } catch { // somebody who is gone, or no line: the line tells; a busy server is asked again
        failed.set(code, (failed.get(code) || 0) + 1);
        if (failed.get(code) < 5) { if (!waiting.has(code)) waiting.set(code, why); setTimeout(renew, 1000); } else failed.delete(code);
      }
    }
  });
  const heard = (code, why) => {
    if (!code || (desk.shown() !== code && !desk.listed().includes(code))) return;
    if (waiting.get(code) !== "scan") waiting.set(code, why);
    renew();
  };
  const renewAll = (why) => [...new Set([desk.shown(), ...desk.listed()])].forEach((code) => heard(code, why));
  const overtaken = unhurried(2000, () => renewAll("change"));
  const drawFigures = (stats) => {
    if (Number.isFinite(stats.present)) put(at("figures"), `${words.present} ${number(stats.present)} / ${number(stats.expected)}`);
  };
  const messages = deskMessages();
  let lost = false;
  live(`${base}/live`, {
    probe: `${base}/stats`,
    on: {
      snapshot: (data) => { drawFigures(data); desk.scans(); messages.snapshot(data); overtaken(); }, // it stands for news that were not brought one by one
      questions: messages.questions,
      announcement: messages.announcement,
      stats: (data) => { drawFigures(data); desk.scans(); },
      checkin: (data) => {
        desk.scans();
        if (mine.has(data.scan_id)) return;
        if (data.undone || data.untold) renewAll("scan"); // it names no person: whoever is shown may be meant
        else if (data.person) heard(data.person.code || data.person.number, "scan");
      },
      person: (data) => { if (!mine.has(data.request)) heard(data.person, "change"); },
      badge: (data) => desk.badge(data.person),
      pins: (data) => { const place = at("pin-alarm-now"); place.hidden = !data.alarm; put(place.querySelector("b"), `${data.recent}, ${data.day}`); },
    },
    state(name) {
      const place = at("line");
      place.classList.toggle("lost", name !== "open");
      put(place, name === "open" ? words.line_ok : name === "signed-out" ? words.signed_out : words.line_lost);
      at("ended").hidden = name !== "signed-out";
      if (name === "open" && lost) { renewAll("scan"); desk.back(); } // what happened meanwhile was not heard
      lost = name !== "open";
    },
  });
}

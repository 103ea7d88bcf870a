// What this phone decides alone, when the server does not answer: scanner/roster/roster.c with the same rule. Pure; times are milliseconds, UTC.
import { decideAdmission } from "../admission.js";
import { openRecord } from "./seal.js";

const ms = (text) => (text ? Date.parse(text) : null);

// The parts of an answer of GET …/roster that every scan needs.
export function readHead(answer) {
  const { event, gate, categories, sessions } = answer;
  const codes = categories.map((one) => one.code);
  const admits = (list) => (Array.isArray(list) ? list.filter((code) => codes.includes(code)) : null);
  const own = sessions.filter((one) => gate.area && one.area === gate.area);
  const head = {
    opens: ms(event.opens_at), closes: ms(event.closes_at), midnights: event.midnights.map(ms), timezone: event.timezone,
    gate: gate.code, gate_title: gate.title, kind: gate.kind, lets_in: gate.direction !== "out", lets_out: gate.direction !== "in", reentry: gate.reentry !== false, gate_admits: admits(gate.admits),
    categories: Object.fromEntries(categories.map((one) => [one.code, one.title])),
    sessions: own.map((one) => ({ starts: ms(one.starts), ends: ms(one.ends), admits: admits(one.admits), carry_over: one.carry_over !== false })).sort((a, b) => a.starts - b.starts),
  };
  if ([head.opens, head.closes].some((one) => !Number.isFinite(one)) || typeof head.gate !== "string") throw new Error("the list is not in the right form");
  return head;
}

export function readEntry(entry) {
  if (!/^[0-9a-f]{64}$/.test(entry.id)) throw new Error("an entry of the list is not in the right form");
  return { id: entry.id, category: entry.category, status: entry.status, revoked: entry.credential !== "active", named: entry.named !== false, in_since: ms(entry.in_since), in_until: ms(entry.in_until),
    in_gate: entry.in_gate ?? null, handed_out: Boolean(entry.handed_out), record: entry.record ?? null };
}

// The local day of a moment; where the event's days end, a day has no end.
function dayOf(head, at) {
  const after = head.midnights.find((one) => one > at) ?? Infinity;
  const before = head.midnights.filter((one) => one <= at).at(-1) ?? head.opens;
  return { begin: before, end: after };
}

// When a presence that began at `at` ends by itself (core/congress/block.c).
export function blockEnd(sessions, dayEnd, at) {
  let i = sessions.findIndex((one) => one.ends > at);
  if (i < 0 || sessions[i].starts >= dayEnd) return dayEnd;
  let end = sessions[i].ends;
  for (; sessions[i].carry_over && i + 1 < sessions.length && sessions[i + 1].starts < dayEnd; i++) end = Math.max(end, sessions[i + 1].ends);
  return end;
}

// The server's clock at a reading of ours: carried on by the clock that cannot jump, else the wall clock as it was measured last.
export function serverTime(measured, reading) {
  if (!measured) return reading.wall;
  return measured.boot === reading.boot ? measured.server + reading.steady - measured.steady : reading.wall + measured.offset;
}

// After a reload nothing is sure: a wall clock that would close an event that was open when the server said its time last is not believed.
function nowOf(head, measured, reading) {
  const now = serverTime(measured, reading);
  const isOpen = (at) => at >= head.opens && at < head.closes;
  if (!measured || measured.boot === reading.boot) return now;
  return isOpen(measured.server) && (now < measured.server || !isOpen(now)) ? measured.server : now;
}

// `entry`: what the list says of the badge, or null. `own`: what this phone did with it here, newest first, with `fresh` where the list cannot know of it.
// → {outcome, reason, person, since, since_gate}
export function decideHere({ head, measured, entry, own, token, goingOut, reading }) {
  const at = nowOf(head, measured, reading);
  const day = dayOf(head, at);
  const a = { opens: head.opens, closes: head.closes, kind: head.kind, lets_in: head.lets_in, lets_out: head.lets_out, reentry: head.reentry, gate_admits: head.gate_admits, sessions: head.sessions,
    capacity: 0, area_count: 0, known: Boolean(entry), revoked: false, this_event: true, named: true, status: "summoned", category: null, is_in: false, was_in: false, handed_out: false, going_out: goingOut, at };
  const verdict = { person: null, since: null, since_gate: null };
  if (entry) {
    Object.assign(a, { revoked: entry.revoked, named: entry.named, status: entry.status, category: Object.hasOwn(head.categories, entry.category) ? entry.category : null, was_in: entry.in_since !== null, handed_out: entry.handed_out,
      is_in: entry.in_since !== null && entry.in_since >= day.begin && (entry.in_until === null || at < entry.in_until) });
    if (!["summoned", "alternate", "replaced", "withdrawn", "disqualified"].includes(a.status)) a.status = "withdrawn"; // a newer server's word opens no door
    if (a.is_in) Object.assign(verdict, { since: entry.in_since, since_gate: entry.in_gate });
    verdict.person = openRecord(token, entry.record ?? "");
    addOwnDoings(head, measured, own, a, verdict);
  }
  return { ...verdict, ...decideAdmission(a), person: verdict.person, at };
}

// What this phone did itself stands above the list, as long as the list cannot know of it.
function addOwnDoings(head, measured, own, a, verdict) {
  let judged = false;
  for (const row of own) {
    const result = row.outcome ?? row.told;
    const came = result === "admitted" || result === "already_in";
    if (came) a.was_in = true;
    if (row.fresh && result === "handed_out") a.handed_out = true;
    if (!row.fresh || judged || !(came || result === "left")) continue;
    judged = true;
    const when = serverTime(measured, row);
    a.is_in = came && a.at < blockEnd(head.sessions, dayOf(head, when).end, when);
    if (a.is_in) Object.assign(verdict, { since: when, since_gate: head.gate });
  }
}

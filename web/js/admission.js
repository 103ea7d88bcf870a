// Who may pass: the browser's copy of core/congress/admission.c, held to the same vectors (tests/fixtures/admission.json). Pure: everything it knows is in its argument.
export const EARLY_MS = 60 * 60 * 1000; // a session decides from an hour before it begins

function badgeReason(a) {
  if (!a.known) return "unknown_badge";
  if (!a.this_event) return "wrong_event";
  if (a.revoked) return "revoked";
  if (!a.named) return "not_issued";
  return ["replaced", "withdrawn", "disqualified"].includes(a.status) ? `status_${a.status}` : null;
}

// The session that decides now, or null: the gate's own list does. One that is on goes before one that will open, the later beginning before the earlier.
function decidingSession(a) {
  let best = null;
  let bestIsOn = false;
  for (const session of a.sessions) {
    if (a.at >= session.ends || a.at < session.starts - EARLY_MS) continue;
    const isOn = a.at >= session.starts;
    let better = !best || (isOn && !bestIsOn);
    if (best && isOn === bestIsOn) better = isOn ? session.starts > best.starts : session.starts < best.starts;
    if (!better) continue;
    best = session;
    bestIsOn = isOn;
  }
  return best;
}

// `admits` null: every category that the event has; a category that it does not have (null) passes nowhere.
function categoryPasses(a) {
  const session = a.kind === "entry" ? decidingSession(a) : null;
  const admits = session ? session.admits : a.gate_admits;
  return a.category !== null && (admits === null || admits.includes(a.category));
}

const answer = (outcome, reason = null) => ({ outcome, reason });

function decideOut(a) {
  if (!a.lets_out) return answer("refused", "wrong_direction");
  return answer("left", a.is_in ? null : "was_not_in");
}

function decideIn(a) {
  if (!a.lets_in) return answer("refused", "wrong_direction");
  if (a.is_in) return answer("already_in");
  if (!categoryPasses(a)) return answer("refused", "not_admitted_here");
  if (a.was_in && !a.reentry) return answer("refused", "no_reentry");
  if (a.capacity > 0 && a.area_count >= a.capacity) return answer("refused", "full");
  return answer("admitted");
}

export function decideAdmission(a) {
  const badge = badgeReason(a);
  if (badge) return answer("refused", badge);
  if (a.at < a.opens) return answer("refused", "not_yet_open");
  if (a.at >= a.closes) return answer("refused", "closed");
  if (a.kind !== "handout") return a.going_out ? decideOut(a) : decideIn(a);
  if (a.going_out) return answer("refused", "wrong_direction");
  if (a.handed_out) return answer("refused", "already_handed_out");
  if (!categoryPasses(a)) return answer("refused", "not_admitted_here");
  return answer("handed_out");
}

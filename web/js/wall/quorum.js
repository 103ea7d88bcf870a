// The scene of the quorum: what is needed, who is here, since when; quietly what the sessions before had.
import { clock, make, number, pick, put, words } from "../common.js";
import { drawBar, drawNumber, shareOf } from "./figures.js";
import { programmeBegun, programmeTitle } from "./programme.js";

const at = (id) => document.getElementById(id);
let drawn = "";

function drawState(quorum, zone) {
  const state = at("q-state");
  state.classList.toggle("reached", quorum.reached === true);
  const since = quorum.reached && quorum.since ? ` ${words.quorum_at} ${clock(quorum.since, zone)}` : "";
  put(state, quorum.reached ? `✓ ${words.quorum_reached}${since}` : `○ ${words.quorum_open}`);
}

function historyLine(one, zone) {
  const first = one.since || one.periods?.[0]?.from;
  const told = one.reached || first ? `✓ ${first ? clock(first, zone) : ""}` : "–";
  return make("li", {}, make("span", { class: "q-name", dir: "auto" }, pick(programmeTitle(one.session)) || one.session),
    make("span", { class: "q-told", dir: "ltr" }, told), make("span", { class: "q-count", dir: "ltr" }, `${number(one.present)} / ${number(one.required)}`));
}

// Sessions that have begun, the newest ones where there is not room for all.
function drawHistory(quorums, zone) {
  const list = at("q-history");
  const begun = (Array.isArray(quorums) ? quorums : []).filter((one) => Number.isFinite(one.required) && programmeBegun(one.session));
  list.replaceChildren(...begun.map((one) => historyLine(one, zone)));
  while (list.children.length > 1 && list.scrollHeight > list.clientHeight + 1) list.firstChild.remove();
}

// Of whom the large numbers speak, and of whom the absent are: the quorum asks for one category, the absent are of all who are summoned.
const entitled = (quorum, title) => (pick(title) && quorum?.eligible > 0 ? `\u2068${pick(title)}\u2069 ${number(quorum.present)} / ${number(quorum.eligible)}` : "");

function missing({ absent, expected } = {}) {
  if (!(absent?.total > 0)) return "";
  return `${words.absent} ${number(absent.total)} / ${number(expected)}${absent.excused > 0 ? ` · ${words.excused} ${number(absent.excused)}` : ""}`;
}

export function quorumScene(state, zone, fit) {
  const quorum = state.figures?.quorum;
  if (!quorum || !Number.isFinite(quorum.required)) {
    put(at("q-state"), "");
    drawBar("q-bar", 0);
  } else {
    drawState(quorum, zone);
    const whole = Math.max(quorum.eligible || 0, quorum.required, quorum.present);
    drawBar("q-bar", shareOf(quorum.present, whole));
    const mark = `M${(shareOf(quorum.required, whole) * 100).toFixed(2)} 0V10`;
    if (at("q-mark").getAttribute("d") !== mark) at("q-mark").setAttribute("d", mark);
  }
  put(at("q-absent"), [entitled(quorum, state.figures?.quorum_title), missing(state.figures)].filter(Boolean).join(" · "));
  const fixed = (state.figures?.fixed ?? []).reduce((last, one) => (last && Date.parse(last.at) >= Date.parse(one.at) ? last : one), null);
  put(at("q-fixed"), fixed ? `${pick(fixed.label) ? `\u2068${pick(fixed.label)}\u2069 · ` : ""}${words.fixed} ${clock(fixed.at, zone)}: ${number(fixed.present)} / ${number(fixed.expected)}` : "");
  const key = JSON.stringify(state.quorums ?? null);
  if (key !== drawn || fit) { drawn = key; drawHistory(state.quorums, zone); }
  drawNumber(at("q-present"), Number.isFinite(quorum?.required) ? quorum.present : state.figures?.summoned); // last: they have what room the others leave
  drawNumber(at("q-required"), quorum?.required);
}

// The wall: draws what the server says, and says how old it is. Never a number that looks live and is not. Each scene has a module below wall/; only the one that is
// shown is drawn, and of it only what changed.
import { clock, event, live, number, pick, put, words } from "./common.js";
import { canvas, canvasBegin, canvasShift } from "./wall/canvas.js";
import { ageWords, drawBar, drawCurve, drawNumber, drawQuorum, percent, shareOf } from "./wall/figures.js";
import { shorten } from "./wall/fit.js";
import { gridCounts, gridLayOut, gridTake, gridTurn } from "./wall/grid.js";
import { newsDraw, newsNext, newsSort, newsTake, newsTurn } from "./wall/news.js";
import { programmeHurries, programmeScene, programmeStrip, programmeTake } from "./wall/programme.js";
import { quorumScene } from "./wall/quorum.js";
import { emblemTake, messageScene, textsTurn, welcomeScene } from "./wall/texts.js";
import { hearTime, now, tickAnew, tickBegin } from "./wall/time.js";
import { upkeepLook, upkeepReport, upkeepWake } from "./wall/upkeep.js";
import { workFit, workHas, workRun, workTake } from "./wall/work.js";

const { zone, csrf } = document.body.dataset;
let ownWall = document.body.dataset.wall;
const wall = document.getElementById("wall");
const at = (id) => document.getElementById(id);
const scenes = new Map([...document.querySelectorAll(".w-scene")].map((section) => [section.dataset.name, section]));
const SLEEP_TOLD = 60000;
const TURN = 10000;

const state = { figures: null, title: null, quorums: null, scene: null, welcome: null };
const arrivals = [];
let asOf = NaN;
let heardAt = 0;
let line = "connecting";
let boot = "";
let name = "none";

const draw = {
  attendance(fit) {
    const { figures } = state;
    if (figures) {
      drawNumber(at("present"), figures.summoned);
      put(at("expected"), number(figures.expected));
      const share = shareOf(figures.summoned, figures.expected);
      drawBar("bar", share);
      put(at("share"), figures.expected > 0 ? percent(share) : "");
      drawQuorum(at("quorum"), figures.quorum, zone);
      drawCurve(figures.arrivals, figures.expected, zone);
    }
    programmeStrip(zone);
    if (fit) gridLayOut();
    drawNumber(at("present"), figures?.summoned); // the quorum's sentence may have taken room
  },
  quorum: (fit) => quorumScene(state, zone, fit),
  programme: (fit) => programmeScene(zone, fit),
  our_work(fit) {
    drawQuorum(at("k-quorum"), state.figures?.quorum, zone);
    put(at("k-expected"), number(state.figures?.expected));
    drawBar("k-bar", shareOf(state.figures?.summoned, state.figures?.expected));
    drawNumber(at("k-present"), state.figures?.summoned);
    if (fit) workFit();
  },
  welcome: () => welcomeScene(state.welcome, state.title),
  message: () => messageScene(ownScene()?.text),
  black() {},
};

const ownScene = () => (ownWall && state.scene?.walls?.[ownWall]) || state.scene?.all || null;

// What is asked for and can be shown: a playlist without pages is the welcome, a scene that this page does not know the figures.
function sceneName() {
  const asked = ownScene()?.name ?? "attendance";
  if (asked === "our_work" && !workHas()) return "welcome";
  return draw[asked] ? asked : "attendance";
}

const report = upkeepReport(`/display/${event}/seen`, csrf, () => name, (id) => {
  if (!id || id === ownWall) return;
  ownWall = id;
  drawScene();
});

function drawScene(fit = false) {
  if (!state.figures && !state.scene) return;
  const wanted = sceneName();
  const other = wanted !== name;
  if (other) {
    name = wanted;
    for (const [own, section] of scenes) section.hidden = own !== name;
    wall.dataset.scene = name;
    document.documentElement.classList.toggle("black", name === "black");
    try { sessionStorage.setItem("plenum-wall-black", name === "black" ? "1" : ""); } catch { /* a browser that keeps nothing */ }
  }
  draw[name](fit || other);
  workRun(name === "our_work");
  if (other) report();
}

function drawAge() {
  const place = at("age");
  if (line === "signed-out") put(place, words.closed);
  else if (!Number.isFinite(asOf)) put(place, words.connecting);
  else {
    const old = line === "open" ? "" : ageWords(performance.now() - heardAt);
    put(place, `${line === "open" ? words.live : words.waiting} ${clock(new Date(asOf), zone)}${old ? ` · ${old}` : ""}`);
  }
  place.classList.toggle("closed", line === "signed-out");
}

function takeFigures(figures) {
  if (!Number.isFinite(figures?.present)) return;
  const stamp = Date.parse(figures.as_of);
  if (Number.isFinite(stamp)) { asOf = stamp; hearTime(stamp); }
  heardAt = performance.now();
  state.figures = { ...state.figures, ...figures };
  state.figures.summoned = state.figures.present - (state.figures.unsummoned || 0); // as a fixed figure and its sentence count: alternates are here besides
  if (figures.by_delegation) gridCounts(figures.by_delegation);
}

const drawTitle = () => shorten(at("title"), 2, `${canvas.width} ${canvas.height} ${at("emblem").hidden}`);

function drawClock() {
  const time = clock(new Date(now()), zone);
  put(at("clock"), time);
  put(at("k-clock"), time);
}

function tick() {
  canvasShift(Math.floor(now() / 60000));
  drawClock();
  drawAge();
  const moved = newsSort() && newsDraw();
  drawScene(moved);
}

function snapshot(data, message) {
  const { title, programme, delegations, announcements, slides, welcome, scene, quorums, by_delegation: ignored, ...figures } = data;
  takeFigures(figures);
  if (title) { state.title = title; put(at("title"), pick(title)); drawTitle(); }
  programmeTake(Array.isArray(programme) ? programme : [data.now, data.next].filter(Boolean));
  if (slides) workTake(slides);
  if (welcome) { state.welcome = welcome; emblemTake(welcome.emblem); }
  if (scene) state.scene = scene;
  state.quorums = quorums ?? null;
  const moved = newsTake(announcements);
  drawScene(moved);
  gridTake(delegations);
  drawNumber(at("present"), state.figures?.summoned); // so may the delegations have
  drawClock();
  drawAge();
  tickAnew();
  endNews();
  const now_boot = String(message?.lastEventId ?? "").split("-")[0];
  if (now_boot && boot && now_boot !== boot) upkeepLook(hearTime);
  boot = now_boot || boot;
}

// What is announced until half past ends at half past, not at the next tick.
let ending = 0;
function endNews() {
  clearTimeout(ending);
  const wait = newsNext() - now();
  if (wait < 86400000) ending = setTimeout(() => { tick(); endNews(); }, Math.max(wait, 0) + 30);
}

function checkin(data) {
  if (!data || !data.name) return; // names come only where the event allows them on the wall
  arrivals.unshift(data.name);
  arrivals.length = Math.min(arrivals.length, 4);
  at("arrivals").hidden = false;
  put(at("arrivals"), `${words.arrived}: ${arrivals.join(" · ")}`);
}

try { document.documentElement.classList.toggle("black", sessionStorage.getItem("plenum-wall-black") === "1"); } catch { /* a browser that keeps nothing */ }
const fitAll = () => { drawTitle(); newsDraw(); drawScene(true); };
canvasBegin(fitAll);
addEventListener("w-fit", fitAll);
tickBegin(tick, () => programmeHurries() && (name === "attendance" || name === "programme"));
setInterval(() => {
  const moved = newsTurn();
  textsTurn();
  if (name === "attendance") gridTurn();
  if (moved || name === "welcome" || name === "message") drawScene(moved);
}, TURN);

live(`/api/v1/events/${event}/live?for=wall`, {
  probe: `/api/v1/events/${event}/stats`,
  on: {
    snapshot,
    stats(figures) { takeFigures(figures); drawScene(); drawAge(); },
    checkin,
    scene(data) { state.scene = data; drawScene(true); },
    announcement(data) { if (newsTake(Array.isArray(data) ? data : data.announcements)) drawScene(true); endNews(); },
  },
  state(told) {
    line = told;
    wall.dataset.line = told === "open" ? "open" : "waiting";
    drawAge();
  },
});

// The technician still stands there in the first minute.
upkeepWake((may) => { const hint = at("hint"); if (hint) hint.hidden = !may; });
setTimeout(() => at("hint").remove(), SLEEP_TOLD);

// The wall looks after itself: it keeps its screen awake, and takes the server's new pages when there are some.

const own = /\/assets\/([^/]+)\//.exec(import.meta.url)?.[1];
const CALM = 15000; // many walls do not come all at once
let asking = false;

// After the line came back: is the server's page still this one? Also its time, by the answer's date. Never over to a page that is not a wall (an ended session, an error).
export async function upkeepLook(hearTime) {
  if (asking) return;
  asking = true;
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(10000) });
    const page = await answer.text();
    if (!answer.ok) return;
    hearTime(Date.parse(answer.headers.get("Date") ?? ""));
    const build = /\/assets\/([^/"]+)\/js\/wall\.js/.exec(page)?.[1];
    if (build && own && build !== own) setTimeout(() => location.reload(), Math.random() * CALM);
  } catch { /* the line is down again: there is a next time */ } finally {
    asking = false;
  }
}

const REPORT = 30000;
let reported = "";

// The organiser's page says which walls hang and what they show: a wall (not staff who look) says so itself, at once when it is another scene. `named` gets its id.
export function upkeepReport(path, csrf, shows, named) {
  if (!csrf) return () => {};
  const report = async () => {
    const scale = window.devicePixelRatio || 1;
    const body = new URLSearchParams({ width: Math.round(window.innerWidth * scale), height: Math.round(window.innerHeight * scale), shows: shows() });
    try {
      const answer = await fetch(`${path}${location.search}`, { method: "POST", body, headers: { "X-CSRF-Token": csrf }, signal: AbortSignal.timeout(10000) });
      if (answer.ok) named((await answer.json()).wall);
    } catch { /* the live line says what there is to say */ }
  };
  setInterval(report, REPORT);
  return () => {
    if (reported === shows()) return;
    reported = shows();
    report();
  };
}

// `told(may sleep)`: a browser gives the lock to pages over HTTPS or of this machine only; else the technician must know.
export function upkeepWake(told) {
  if (!("wakeLock" in navigator)) { told(true); return; }
  const hold = () => navigator.wakeLock.request("screen").then(() => told(false), () => told(document.visibilityState === "visible"));
  hold();
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") hold(); });
}

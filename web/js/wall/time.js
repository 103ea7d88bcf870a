// The server's time, carried on by this machine's steady clock: whether the wall's own clock is right does no harm.

const SLACK = 20000; // what is told may be so old (server/live_feed.h makes a picture at least every 15 s)
let base = null;
let heard = 0;

export const now = () => (base === null ? Date.now() : base + (performance.now() - heard));

// `stamp`: when the server made what it says (milliseconds). It was never made later than now: the newest stamp rules. A clock that was put back shows as stamps that are too old.
export function hearTime(stamp) {
  if (!Number.isFinite(stamp)) return;
  const before = base === null ? NaN : now();
  if (stamp <= before && stamp > before - SLACK) return;
  base = stamp;
  heard = performance.now();
  if (!(Math.abs(stamp - before) < SLACK)) { call(); next(); }
}

let timer = 0;
let hurry = () => false;
let call = () => {};

// One tick a minute, on the minute; each second only as long as `seconds()` wants them.
function next() {
  clearTimeout(timer);
  const step = hurry() ? 1000 : 60000;
  timer = setTimeout(() => { call(); next(); }, Math.max(50, step - (now() % step) + 15));
}

export function tickBegin(tick, seconds) {
  call = tick;
  hurry = seconds;
  next();
}

export const tickAnew = next;

// The figures as several scenes show them: the one number, its share, the sentence on the quorum, the curve of arrivals, the age.
import { clock, language, number, put, words } from "../common.js";
import { fitNumber } from "./fit.js";

const at = (id) => document.getElementById(id);
const set = (element, name, value) => { if (element.getAttribute(name) !== value) element.setAttribute(name, value); };

export function drawNumber(element, value) {
  put(element, number(value));
  fitNumber(element);
}

export const shareOf = (part, whole) => (whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0);

export const drawBar = (id, share) => set(at(id), "width", (share * 100).toFixed(2));

// Rounded down: 100 % is said when all are here, and not before.
export const percent = (share) => `${number(Math.floor(share * 1000) / 10)} %`;

export function quorumSentence(quorum, zone) {
  if (!quorum || !Number.isFinite(quorum.required)) return "";
  if (!quorum.reached) return `${words.quorum_needs} ${number(quorum.required)} · ${words.quorum_have} ${number(quorum.present)}`;
  return `✓ ${words.quorum_reached}${quorum.since ? ` ${words.quorum_at} ${clock(quorum.since, zone)}` : ""}`;
}

export function drawQuorum(element, quorum, zone) {
  element.classList.toggle("reached", quorum?.reached === true);
  put(element, quorumSentence(quorum, zone));
}

// Arrivals of the day so far, summed up: how the room fills. The top is all who are expected.
export function drawCurve(arrivals, expected, zone) {
  const place = at("curve");
  const minutes = Array.isArray(arrivals?.minutes) ? arrivals.minutes : [];
  const step = arrivals?.step > 1 ? arrivals.step : 1;
  const is = minutes.length > 1 && Boolean(arrivals.from);
  if (place.hidden === is) place.hidden = !is;
  if (!is) return;
  let sum = 0;
  const sums = minutes.map((count) => (sum += count));
  const top = Math.max(sum, expected, 1);
  const points = sums.map((value, i) => `${((i * 100) / (sums.length - 1)).toFixed(1)} ${(100 - (value * 98) / top).toFixed(1)}`).join("L");
  const [area, line] = at("curve-line").children;
  set(area, "d", `M0 100L${points}L100 100Z`);
  set(line, "d", `M${points}`);
  put(at("rate"), number(arrivals.per_minute));
  put(at("curve-from"), clock(arrivals.from, zone));
  put(at("curve-until"), clock(new Date(Date.parse(arrivals.from) + minutes.length * step * 60000), zone));
}

const ago = new Intl.RelativeTimeFormat(language === "ar" ? "ar-u-nu-latn" : language, { numeric: "always" });

// How old, in words: "3 minutes ago"; nothing in the first minute.
export function ageWords(milliseconds) {
  const minutes = Math.floor(milliseconds / 60000);
  if (minutes < 1) return "";
  if (minutes < 120) return ago.format(-minutes, "minute");
  return minutes < 48 * 60 ? ago.format(-Math.floor(minutes / 60), "hour") : ago.format(-Math.floor(minutes / 1440), "day");
}

const unit = (name) => new Intl.NumberFormat(language === "ar" ? "ar-u-nu-latn" : language, { style: "unit", unit: name, unitDisplay: "short" });
const [hours, minutes, seconds] = [unit("hour"), unit("minute"), unit("second")];

// "in 12 min", "in 1 h 25 min", and the last minute in seconds. Rounded up, so that it says one minute until there is none.
export function countdown(milliseconds) {
  if (milliseconds <= 0) return "";
  if (milliseconds <= 60000) return `${words.in} ${seconds.format(Math.ceil(milliseconds / 1000))}`;
  const whole = Math.ceil(milliseconds / 60000);
  if (whole < 60) return `${words.in} ${minutes.format(whole)}`;
  const rest = whole % 60 ? ` ${minutes.format(whole % 60)}` : "";
  return `${words.in} ${hours.format(Math.floor(whole / 60))}${rest}`;
}

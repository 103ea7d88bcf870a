// The picture's size: the window, or exactly the pixels that a mixer wants; its units, its shape, its margins, and the slow shift against burn-in.
import { readOptions, safeMargin } from "./options.js";

const frame = document.getElementById("frame");
const stage = document.getElementById("wall");
const options = readOptions(location.search);
const SHIFT = 0.008; // of the smaller side, each way
const CARRY = 0.0425; // letters that carry a scene: capitals of 3 % of the smaller side (docs/decisions/0046-wall.md)

export const canvas = { width: 0, height: 0, unit: 10, carry: 30, shape: "land" };

const shapeOf = (width, height, fixed) => {
  if (!fixed && width <= 768 && width < height && width < 600) return "phone";
  if (width / height >= 2.4) return "wide";
  return width / height < 1.15 ? "upright" : "land";
};

const unitOf = { land: (w, h) => Math.min(h * 0.0135, w * 0.0095), wide: (w, h) => Math.min(h * 0.0135, w * 0.005), upright: (w, h) => Math.min(h * (w / h > 0.7 ? 0.0094 : 0.0082), w * 0.0145), phone: () => 7.2 };

let shift = 0;
let drawn = "";

function measure() {
  const scale = window.devicePixelRatio || 1; // a mixer counts real pixels
  const fixed = options.width !== null;
  const width = fixed ? options.width / scale : document.documentElement.clientWidth;
  const height = fixed ? options.height / scale : window.innerHeight;
  const shape = shapeOf(width, height, fixed);
  const margin = safeMargin(options.safe, width, height);
  const known = [width, height, shape].join();
  if (known === drawn || width < 1 || height < 1) return false;
  drawn = known;
  shift = shape === "phone" ? 0 : Math.min(12, Math.round(Math.min(width, height) * SHIFT));
  const [inner, across] = [height - 2 * margin.y, width - 2 * margin.x];
  Object.assign(canvas, { width, height, shape, unit: unitOf[shape](across, inner), carry: shape === "phone" ? 22 : CARRY * Math.min(width, height, across * 1.2, inner * 1.2) });
  if (fixed) { frame.style.width = `${width}px`; frame.style.height = `${height}px`; }
  frame.dataset.shape = shape;
  frame.style.setProperty("--u", `${canvas.unit}px`);
  frame.style.setProperty("--a", `${canvas.carry}px`);
  frame.style.setProperty("--x", `${margin.x + shift}px`);
  frame.style.setProperty("--y", `${margin.y + shift}px`);
  return true;
}

// Everything moves together, at most a pixel and a half a minute, and never twice over the same way: two slow waves that do not meet. By steps, so that nothing is animated.
export function canvasShift(minutes) {
  const x = Math.round(shift * Math.sin((2 * Math.PI * minutes) / 37));
  const y = Math.round(shift * Math.sin((2 * Math.PI * minutes) / 53));
  stage.style.transform = x || y ? `translate(${x}px, ${y}px)` : "";
}

// `changed` is called after the size has changed; at once, too.
export function canvasBegin(changed) {
  document.documentElement.classList.toggle("transparent", options.transparent);
  document.documentElement.classList.toggle("mixer", options.width !== null);
  measure();
  let waiting = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => { if (measure()) changed(); });
  });
  if (document.fonts) document.fonts.ready.then(changed);
}

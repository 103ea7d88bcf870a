// What a technician may write into the wall's address: ?w=&h=&safe=&transparent=. Pure; whatever makes no sense is as if it were not there.

const LEAST = 160;
const MOST = 16384;
const SAFE_MOST = 0.25; // of a side, as in server/pages/frame_query.h

const pixels = (text) => (/^\d{1,5}$/.test(text ?? "") && Number(text) >= LEAST && Number(text) <= MOST ? Number(text) : null);

// {width, height: pixels or both null; safe: {percent} or {pixels} or null; transparent}
export function readOptions(search) {
  const asked = new URLSearchParams(search);
  const [width, height] = [pixels(asked.get("w")), pixels(asked.get("h"))];
  const margin = /^(\d{1,4}(?:\.\d{1,3})?)(px|%)?$/.exec(asked.get("safe") ?? "");
  const safe = margin && Number(margin[1]) > 0 ? { [margin[2] === "px" ? "pixels" : "percent"]: Number(margin[1]) } : null;
  const both = width !== null && height !== null;
  return { width: both ? width : null, height: both ? height : null, safe, transparent: ["1", "true", "yes"].includes(asked.get("transparent") ?? "") };
}

// The margin in pixels on each side for a picture of that size. A percentage is of each side by itself, as title-safe areas are.
export function safeMargin(safe, width, height) {
  const most = SAFE_MOST * Math.min(width, height);
  if (!safe) return { x: 0, y: 0 };
  if (safe.pixels) return { x: Math.min(safe.pixels, most), y: Math.min(safe.pixels, most) };
  const share = Math.min(safe.percent / 100, SAFE_MOST);
  return { x: width * share, y: height * share };
}

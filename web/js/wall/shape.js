// How a list of delegations is laid into its place: columns, rows, letters, pages. Pure: widths come in, measured once, in units of the letters' size.

const LINE = 1.28;
const PADS = 1.05; // beside the lines: the bar, air, and the gap below
const SIDES = 2.4; // padding on both sides, the gap before the count, the gap beside the cell
const SMALL = 0.85; // the odd long name may have smaller letters
const LINES_MOST = 3;
const SPACE = 0.28;

// Lines that words of these widths need in `room`.
export function countLines(words, room) {
  let [lines, used] = [1, 0];
  for (const width of words) {
    if (used > 0 && used + SPACE + width > room) { lines++; used = 0; }
    if (width > room) lines += Math.ceil(width / room) - 1;
    used += (used > 0 ? SPACE : 0) + width;
  }
  return lines;
}

function tryShape(names, count, width, height, font, columns, lines) {
  const room = width / columns / font - SIDES - count;
  if (room < 4) return null;
  for (const words of names) if (countLines(words, room) > lines && countLines(words, room / SMALL) > lines) return null;
  const rows = Math.floor(height / (font * (lines * LINE + PADS)));
  return rows > 0 ? { font, columns, rows, lines, room, holds: columns * rows } : null;
}

// So many pages must be: then the largest letters that need no more of them.
function largest(names, count, width, height, best, most, pages) {
  for (let font = most; font > best.font; font *= 0.94)
    for (let columns = 1; columns <= 12; columns++)
      for (let lines = 1; lines <= LINES_MOST; lines++) {
        const shape = tryShape(names, count, width, height, font, columns, lines);
        if (shape && shape.holds * pages >= names.length) return { ...shape, rows: Math.ceil(Math.ceil(names.length / pages) / columns) };
      }
  return best;
}

// {font, columns, rows, pages, size, small: which names have smaller letters}. Most letters first, then fewest columns; pages only where the smallest letters do not hold all.
export function shapeList({ names, count, width, height, least, most }) {
  let best = null;
  for (let font = Math.max(most, least); !best && font > least * 0.999; font = font > least && font * 0.94 < least ? least : font * 0.94) {
    for (let columns = 1; !best && columns <= 12; columns++)
      for (let lines = 1; !best && lines <= LINES_MOST; lines++) {
        const shape = tryShape(names, count, width, height, font, columns, lines);
        if (shape && shape.holds >= names.length) best = { ...shape, rows: Math.ceil(names.length / columns) };
      }
    if (font === least) break;
  }
  for (let columns = 1; columns <= 12 && !(best && best.holds >= names.length); columns++)
    for (let lines = 1; lines <= LINES_MOST + 2; lines++) {
      const shape = tryShape(names, count, width, height, least, columns, lines);
      if (shape && (!best || shape.holds > best.holds)) best = shape;
    }
  if (!best) best = { font: least, columns: 1, rows: Math.max(1, Math.floor(height / (least * (LINES_MOST * LINE + PADS)))), lines: LINES_MOST, room: 4, holds: 1 };
  const pages = Math.max(1, Math.ceil(names.length / (best.columns * best.rows)));
  if (pages > 1) best = largest(names, count, width, height, best, most, pages);
  const holds = best.columns * best.rows;
  const small = new Set();
  names.forEach((words, i) => { if (countLines(words, best.room) > best.lines) small.add(i); });
  return { font: best.font, columns: best.columns, rows: best.rows, lines: best.lines, pages, size: pages > 1 ? holds : names.length, small };
}

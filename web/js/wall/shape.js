// How a list of delegations is laid into its place: letters, columns, pages, and where each stands. Pure: widths come in, measured once, in units of the letters' size.

const PADS = 0.75; // of a cell, beside its lines: the bar, air, and the gap below
const SIDES = 1.6; // of a column, beside its text: padding on both sides, the gap, and a hair's breadth for rounding
const SPACE = 0.28;
const STEP = 0.95;
const COLUMNS = 12;
const STRETCH = 1.25; // of a column that holds less than the fullest one

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

// Columns are filled one after another, none higher than `most`: the first of each.
function fill(heights, most) {
  const firsts = [];
  let used = Infinity;
  heights.forEach((height, i) => {
    if (used + height > most) { firsts.push(i); used = 0; }
    used += height;
  });
  return firsts;
}

// Letters of one size in so many columns; null: words would be broken, or one name alone is too high.
function attempt({ names, width, height, line }, font, columns) {
  const room = width / columns / font - SIDES;
  if (room < 2 || (columns > 1 && names.some((words) => words.some((word) => word > room)))) return null;
  const heights = names.map((words) => font * (countLines(words, room) * line + PADS));
  if (Math.max(...heights) > height) return null;
  return { font, columns, heights, pages: Math.ceil(fill(heights, height).length / columns) };
}

// The fewest columns that need no more pages.
function within(list, font, pages) {
  for (let columns = 1; columns <= COLUMNS; columns++) {
    const shape = attempt(list, font, columns);
    if (shape && shape.pages <= pages) return shape;
  }
  return null;
}

function fewest(list, font) {
  let best = null;
  for (let columns = 1; columns <= COLUMNS; columns++) {
    const shape = attempt(list, font, columns);
    if (shape && (!best || shape.pages < best.pages)) best = shape;
  }
  return best;
}

// Columns as even as they can be without one more of them, each as high as its place.
function place({ names, height }, { font, columns, heights, pages }) {
  let [low, high] = [Math.max(...heights), height];
  for (let step = 0; step < 12; step++) {
    const middle = (low + high) / 2;
    if (fill(heights, middle).length <= columns * pages) high = middle;
    else low = middle;
  }
  const firsts = fill(heights, high);
  const places = [];
  firsts.forEach((first, k) => {
    const own = heights.slice(first, firsts[k + 1] ?? names.length);
    const stretch = Math.min(height / own.reduce((sum, one) => sum + one, 0), (height / high) * STRETCH);
    let top = 0;
    for (const one of own) {
      places.push({ page: Math.floor(k / columns), column: k % columns, top, height: one * stretch });
      top += one * stretch;
    }
  });
  return { font, columns, pages, places };
}

// {font, columns, pages, places: of each {page, column, top, height}}. `names`: the widths of each one's words, its count among them. The largest letters that need one page; pages only where
// letters of `least` hold them in no single one: then as few as can be, in the largest letters that need no more. Fewest columns of what is equal.
export function shapeList(list) {
  const { least } = list;
  const most = Math.max(list.most, least);
  let shape = null;
  for (let font = most; !shape && font > least; font *= STEP) shape = within(list, font, 1);
  shape ??= fewest(list, least);
  for (let font = most; shape && shape.pages > 1 && font > shape.font; font *= STEP) shape = within(list, font, shape.pages) ?? shape;
  for (let font = least; !shape && font > 3; font *= STEP) shape = fewest(list, font); // a place too small for a single name
  return shape ? place(list, shape) : { font: least, columns: 1, pages: 1, places: list.names.map(() => ({ page: 0, column: 0, top: 0, height: 0 })) };
}

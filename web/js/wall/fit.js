// Text as large as its box allows. Words stay whole; only where even the smallest letters are too wide may a word be broken, and nothing is ever cut.

export const overflows = (box, text) => box.scrollHeight > box.clientHeight + 1 || text.offsetHeight > box.clientHeight + 1 || text.scrollWidth > text.clientWidth + 1 || text.offsetWidth > box.clientWidth + 1;

// Sets the letters of `text`, alone in `box`, between `low` and `high` pixels; smaller than `low` only for what else would be cut. Gives the size.
export function fitText(box, text, low, high) {
  const fits = (size) => { text.style.fontSize = `${size}px`; return !overflows(box, text); };
  text.style.overflowWrap = "normal";
  if (box.clientHeight < 2 || box.clientWidth < 2) return 0;
  if (fits(high)) return high;
  if (!fits(low)) {
    text.style.overflowWrap = "anywhere";
    for (let size = low; size > 4; size *= 0.9) if (fits(size)) return size;
    return 4;
  }
  let [least, most] = [low, high];
  for (let step = 0; step < 8; step++) {
    const size = (least + most) / 2;
    if (fits(size)) least = size;
    else most = size;
  }
  fits(least);
  return least;
}

const DIGIT = 0.6; // width of a digit in its size, with room to spare

// A number as large as its box: by its count of figures, so that it does not jump from one number to the next.
export function fitNumber(element) {
  const box = element.parentElement;
  const letters = element.textContent.length;
  const known = `${letters} ${box.clientWidth} ${box.clientHeight}`;
  if (element.dataset.known === known || box.clientWidth < 2) return;
  element.dataset.known = known;
  const width = [...element.textContent].reduce((sum, one) => sum + (/\d/.test(one) ? DIGIT : 0.3), 0);
  element.style.fontSize = `${Math.floor(Math.min(box.clientHeight * 1.02, box.clientWidth / width))}px`;
}

// Long text in fewer lines by smaller letters: the classes "long" and "longer" of the style sheet. Again only when the text or the picture's size is another.
export function shorten(element, lines, size) {
  const known = `${element.textContent} ${size}`;
  if (element.dataset.known === known || element.clientWidth < 2) return;
  element.dataset.known = known;
  const tall = () => element.scrollHeight > (lines + 0.3) * parseFloat(getComputedStyle(element).lineHeight);
  element.classList.remove("long", "longer");
  if (tall()) element.classList.add("long");
  if (tall()) element.classList.replace("long", "longer");
}

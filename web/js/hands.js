// What a person is doing on a page that learns of news by itself. A part of a page is only put in anew when no finger is on it, no form is on its way and nobody
// types or marks words there; what was typed before stays.
let pressedAt = -Infinity;
let sentAt = -Infinity;

document.addEventListener("pointerdown", () => { pressedAt = performance.now(); }, true);
for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, () => { setTimeout(() => { pressedAt = -Infinity; }, 0); }, true); // the click comes first
document.addEventListener("submit", () => { sentAt = performance.now(); }, true);
window.addEventListener("pageshow", () => { pressedAt = sentAt = -Infinity; });

const PRESSING = 5000; // a finger's end is not always told (a menu opened)
const SENDING = 30000; // then the line is thought to be lost, and the page is as it was
export const busy = () => performance.now() - pressedAt < PRESSING || performance.now() - sentAt < SENDING;

const fields = (root) => [...root.querySelectorAll("input:not([type=hidden]), textarea, select")];
const touched = (one) => (one.type === "checkbox" || one.type === "radio" ? one.checked !== one.defaultChecked : one.tagName !== "SELECT" && one.value !== one.defaultValue);
export const typed = (root) => fields(root).some(touched);

// Words that are being marked, so as to be copied.
export const marking = (part) => { const marks = getSelection(); return Boolean(marks && !marks.isCollapsed && part.contains(marks.anchorNode)); };

// What is typed in `part`; the function that comes back puts it into the part's successor. Fields are known by their ids.
export function keepTyped(part) {
  const was = fields(part).filter((one) => one.id && touched(one) && !/checkbox|radio/.test(one.type));
  return () => {
    for (const one of was) {
      const now = document.getElementById(one.id);
      if (now) now.value = one.value;
    }
  };
}

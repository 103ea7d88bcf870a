// Keys of the desk, few: none is a letter (a hand scanner types letters) and none belongs to browsers, screen readers or input methods.
import { make, words } from "./common.js";
import { at } from "./desk_tools.js";
import { isSilent, keepSilent, sound } from "./sound.js";

// What is shown under "?": keys are called as on the keyboard, in every language.
const KEYS = [["Enter", "keys.enter"], ["↑ ↓", "keys.arrows"], ["Esc", "keys.escape"], ["Ctrl+Z", "keys.undo"], ["F2", "keys.add"], ["F4", "keys.substitute"], ["F8", "keys.lost"], ["F9", "keys.assist"], ["?", "keys.help"]];
const ACTS = { F4: "substitute", F8: "lost", F9: "assist" };

export function keys({ box, card, undo }) {
  const help = at("help");
  const showHelp = () => {
    at("keys").replaceChildren(...KEYS.map(([key, about]) => make("div", {}, make("dt", {}, make("kbd", { dir: "ltr" }, key)), make("dd", {}, words[about]))));
    help.showModal();
  };
  at("help-open").addEventListener("click", showHelp);
  at("help-close").addEventListener("click", () => help.close());
  help.addEventListener("close", () => box.focus());

  const switchOf = at("sound");
  const drawSound = () => switchOf.setAttribute("aria-pressed", isSilent() ? "false" : "true");
  switchOf.addEventListener("click", () => { keepSilent(!isSilent()); drawSound(); sound("good"); });
  drawSound();

  document.addEventListener("keydown", (key) => {
    if (key.isComposing || key.altKey || help.open) return;
    const inField = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName) && document.activeElement !== box;
    if (key.key === "?" && !inField && (document.activeElement !== box || box.value === "")) { key.preventDefault(); showHelp(); return; }
    if ((key.ctrlKey || key.metaKey) && !key.shiftKey && key.key.toLowerCase() === "z" && !inField && box.value === "") { key.preventDefault(); undo(); return; }
    if (key.ctrlKey || key.metaKey || key.shiftKey) return;
    if (key.key === "F2") {
      key.preventDefault();
      const blank = !card.hidden && card.querySelector("[data-act=blank]");
      (blank || at("walk-in")).click();
    } else if (ACTS[key.key]) {
      const act = card.hidden ? null : card.querySelector(`[data-act=${ACTS[key.key]}]`);
      if (act) { key.preventDefault(); act.click(); }
    } else if ((key.key === "ArrowDown" || key.key === "ArrowUp") && card.contains(document.activeElement) && !inField) {
      const all = [...card.querySelectorAll("button, a.button, input, select")].filter((one) => one.offsetParent);
      const next = all.indexOf(document.activeElement) + (key.key === "ArrowDown" ? 1 : -1);
      if (next >= 0 && next < all.length) { key.preventDefault(); all[next].focus(); }
    }
  });
}

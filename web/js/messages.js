// The console's announcements learn by themselves what is shown now; texts for chat groups are copied and shared by one press.
import { busy, marking } from "./hands.js";

const words = JSON.parse(document.body.dataset.strings || "{}");
const line = document.getElementById("copied");

// ---- what is shown now: begins and ends by the clock alone
let etag = "";
async function look() {
  const old = document.getElementById("announced");
  try {
    const answer = await fetch(location.pathname, { cache: "no-store", headers: etag ? { "If-None-Match": etag } : {}, signal: AbortSignal.timeout(8000) });
    const text = answer.status === 200 && !answer.redirected ? await answer.text() : "";
    const fresh = text && new DOMParser().parseFromString(text, "text/html").getElementById("announced");
    if (fresh && fresh.innerHTML !== old.innerHTML && !busy() && !marking(old) && !old.contains(document.activeElement)) old.replaceWith(fresh);
  } catch { /* no line: the next look */ }
  setTimeout(look, 10000);
}
if (document.getElementById("announced")) setTimeout(look, 10000);

// ---- texts for chat groups
function say(text) {
  line.textContent = "";
  setTimeout(() => { line.textContent = text; }, 30);
}

async function copy(field) {
  field.focus();
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy"); // over plain HTTP there is no clipboard; the marked text is copied the old way
  }
}

for (const button of document.querySelectorAll("button.copy")) {
  const was = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copy(document.getElementById(button.dataset.of));
    button.textContent = done ? `✓ ${words.copied}` : was;
    say(done ? words.copied : words.copy_by_hand);
    button.focus();
    setTimeout(() => { button.textContent = was; }, 4000);
  });
}

for (const button of document.querySelectorAll("button.share")) {
  button.hidden = !navigator.share;
  button.addEventListener("click", () => navigator.share({ text: document.getElementById(button.dataset.of).value }).catch(() => {}));
}

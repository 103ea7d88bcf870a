// The console's announcements learn by themselves what is shown now; texts for chat groups are copied and shared by one press.
import { copyButtons } from "./copying.js";
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

copyButtons(words, say);

for (const button of document.querySelectorAll("button.share")) {
  button.hidden = !navigator.share;
  button.addEventListener("click", () => navigator.share({ text: document.getElementById(button.dataset.of).value }).catch(() => {}));
}

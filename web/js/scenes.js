// The walls in the organiser's hand: presses without leaving the page, and what others press is seen at once. Everything works without it.
import { event, live } from "./common.js";

const EVERY = 10000;
const at = (id) => document.getElementById(id);
const seqOf = (url) => new URL(url).searchParams.get("seq") ?? "";
let busy = false;
let presses = 0;                // what was asked before one and is answered after it is old
let own = seqOf(location.href); // our last press: it can be taken back as long as nobody has switched since

// What changes, in place; the focus stays on the button that it was on, and no text that somebody is writing is touched.
function take(text, whole) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const fresh = page.getElementById("live");
  if (!fresh) return false;
  const focused = document.activeElement && at("live").contains(document.activeElement) ? document.activeElement.id : "";
  for (const input of page.querySelectorAll("#live input.request")) {
    for (const old of document.querySelectorAll("input.request")) old.value = input.value;
  }
  const other = fresh.dataset.now !== at("live").dataset.now;
  at("live").replaceWith(document.importNode(fresh, true));
  if (other) at("said").textContent = `${at("said").dataset.words}: ${at("live").querySelector(".sc-name").textContent}`;
  if (focused && at(focused)) at(focused).focus({ preventScroll: true });
  if (whole) at("notice").replaceChildren(...[...(page.getElementById("notice")?.childNodes || [])].map((node) => document.importNode(node, true)));
  return true;
}

const isOurs = (answer) => !answer.redirected || !new URL(answer.url).pathname.startsWith("/login");

async function look() {
  if (busy || document.hidden) return;
  const before = presses;
  try {
    const answer = await fetch(`${location.pathname}?part=live&for=${document.body.dataset.for}&seq=${own}`, { cache: "no-store", signal: AbortSignal.timeout(8000) });
    at("ended").hidden = isOurs(answer) && answer.status !== 401 && answer.status !== 403;
    if (answer.status === 404) location.assign(location.pathname); // this wall was shut out
    const text = await answer.text();
    if (presses !== before || answer.status === 404) return;
    at("stale").hidden = answer.ok && at("ended").hidden && take(text, false);
    if (!at("ended").hidden) at("stale").hidden = true;
  } catch { at("stale").hidden = false; }
}

addEventListener("submit", async (submitted) => {
  const form = submitted.target, button = submitted.submitter;
  const act = button && (button.name === "scene" ? "scene" : button.value);
  if (!["scene", "programme", "all", "message", "undo"].includes(act)) return; // the others go as forms
  submitted.preventDefault();
  if (busy) return;
  busy = true;
  presses++;
  const body = new URLSearchParams(new FormData(form));
  if (button.name) body.append(button.name, button.value); // older phones know no second argument there
  button.disabled = true;
  at("failed").hidden = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" }, signal: AbortSignal.timeout(8000) });
    at("ended").hidden = isOurs(answer) && answer.status !== 401;
    own = seqOf(answer.url);
    const known = answer.ok || answer.status === 409 || answer.status === 400;
    at("failed").hidden = known && take(await answer.text(), true);
  } catch { at("failed").hidden = false; }
  busy = false;
  button.disabled = false;
  const again = button.id && at(button.id);
  if (again) again.focus({ preventScroll: true });
});

live(`/api/v1/events/${event}/live?for=wall`, {
  probe: `/api/v1/events/${event}/stats`,
  on: { scene: look, snapshot: () => {} },
  state(name) {
    at("stale").hidden = name !== "waiting";
    at("ended").hidden = name !== "signed-out";
    if (name === "open") look();
  },
});
setInterval(look, EVERY);

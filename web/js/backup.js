// Backups: how far it is, a file that is brought here in pieces (it goes on where the line broke), and waiting for the server to be back after a restore.
import { put, words } from "./common.js";

const at = (id) => document.getElementById(id);
const csrf = document.body.dataset.csrf;
const here = "/admin/-/backup";
const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });
const ask = (method, path, body, type) => fetch(path, { method, body, headers: { "X-CSRF-Token": csrf, Accept: "application/json", ...(type && { "Content-Type": type }) }, signal: AbortSignal.timeout(120000) });

// The page is loaded anew when what runs has ended: then it says how.
async function follow() {
  for (;;) {
    await wait(1000);
    const answer = await ask("GET", `${here}/state`).catch(() => null);
    const now = answer?.ok ? await answer.json().catch(() => null) : null;
    if (answer?.status === 401 || (now && String(now.number) !== document.body.dataset.number) || (now && !now.kind)) return location.replace(here);
    if (!now) continue;
    at("bar").value = now.percent;
    put(at("line"), `${now.percent} %${now.size ? ` · \u2066${now.size}\u2069` : ""}`);
  }
}

// The server is another one when it does not know whoever asked any more: a restore ends everybody's session.
async function back() {
  for (;;) {
    await wait(700);
    const answer = await fetch(`${here}/state`, { cache: "no-store", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(5000) }).catch(() => null);
    if (answer?.status === 401 || answer?.status === 403) return location.replace(`/login?next=${here}`);
  }
}

async function sendPieces(file) {
  const made = await ask("POST", `${here}/uploads`, JSON.stringify({ name: file.name, size: file.size, mark: String(file.lastModified) }), "application/json");
  let told = await made.json();
  if (made.status !== 201) throw new Error(told.detail || told.title);
  for (let tries = 0; told.offset < file.size;) {
    at("sent").value = told.offset / file.size;
    const answer = await ask("PATCH", `${here}/uploads/${told.upload}?offset=${told.offset}`, file.slice(told.offset, told.offset + told.piece), "application/octet-stream").catch(() => null);
    const offset = Number(answer?.headers.get("Upload-Offset"));
    if (answer?.status === 200) { told = await answer.json(); tries = 0; continue; }
    if (answer?.status === 409 && answer.headers.has("Upload-Offset")) { told.offset = offset; continue; }
    if (answer && answer.status < 500 && answer.status !== 429) throw new Error((await answer.json().catch(() => ({}))).detail || String(answer.status));
    if (answer?.status === 507 || ++tries > 8) throw new Error((answer && (await answer.json().catch(() => ({}))).detail) || words.line);
    await wait(500 * 2 ** tries);
  }
  location.replace(`${here}?done=upload`);
}

if (document.body.dataset.restarting) back();
else if (at("running")) follow();

at("upload")?.addEventListener("submit", (submit) => {
  const file = at("file").files[0];
  if (!file) return;
  submit.preventDefault();
  const button = at("upload").querySelector("button");
  button.disabled = true;
  at("sending").hidden = false;
  put(at("said"), words.sending);
  sendPieces(file).catch((error) => { put(at("said"), error.message || words.line); button.disabled = false; at("sending").hidden = true; });
});

// /scan/{event}: a helper's phone as a scanner. This file brings the parts together; what a badge goes through is in door.js.
import { event, make, words } from "../common.js";
import { Camera, keepAwake } from "./camera.js";
import { Clock } from "./clock.js";
import { Door } from "./door.js";
import { exportScans } from "./export.js";
import { keepIdentity, readIdentity } from "./identity.js";
import { Link } from "./link.js";
import { Reader } from "./reader.js";
import { Screen, age, knownOutcome, say } from "./screen.js";
import { askSetup, choose } from "./setup.js";
import { Sound } from "./sound.js";
import { Store } from "./store.js";
import { Sync } from "./sync.js";
import { Debounce, foreignKind, tokenFromScan } from "./token.js";

const ABSENCE = 3000; // shown again after it was away for so long, a badge is a new scan
const find = (id) => document.getElementById(id);
const remember = { // a browser may refuse to keep anything
  get: (key) => { try { return localStorage.getItem(`plenum-scan-${key}`); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(`plenum-scan-${key}`, value); } catch { /* for this time only */ } },
};

function stop(word, ...link) {
  find("stop").replaceChildren(say(`stop_${word}`), ...(link.length ? [" ", make("a", { href: link[0] }, say(link[1]))] : []));
  find("stop").hidden = false;
  document.documentElement.dataset.stop = word;
}
const goOn = () => { find("stop").hidden = true; delete document.documentElement.dataset.stop; };
const signIn = () => [`/login?next=${encodeURIComponent(location.pathname)}`, "sign_in"];

// The page without a network: only where the browser trusts the certificate.
async function keepPage() {
  if (!navigator.serviceWorker) return "none";
  try {
    await navigator.serviceWorker.register(`/scan/${encodeURIComponent(event)}/worker.js`, { scope: `/scan/${encodeURIComponent(event)}` });
    (await navigator.serviceWorker.ready).active.postMessage({ keep: true });
    return "kept";
  } catch {
    return "untrusted";
  }
}

class Page {
  constructor(store, identity) {
    Object.assign(this, { store, identity, clock: new Clock(), screen: new Screen(), sound: new Sound() });
    this.link = new Link(identity);
    this.sync = new Sync({ store, link: this.link, clock: this.clock, tell: () => this.draw(), told: (all) => this.compare(all), keep: (one) => keepIdentity(store, one) });
    this.door = new Door({ store, link: this.link, sync: this.sync, clock: this.clock, direction: identity.direction, show: (result) => this.show(result) });
    this.badges = new Debounce(ABSENCE);
    this.others = new Debounce(ABSENCE);
    this.reader = new Reader(`/scan/${encodeURIComponent(event)}/reader.js?build=${new URL(import.meta.url).pathname.split("/")[2]}`);
    this.camera = new Camera(find("video"), { remember, tell: (state) => this.drawCamera(state), seen: (video) => this.look(video) });
    this.kept = "…";
    this.saved = new Set(); // scans that stand in a file
    this.stopped = null;
  }

  async start() {
    find("door").hidden = false;
    find("facts").hidden = false;
    this.screen.gates[this.identity.gate] = this.identity.title;
    await this.store.recover(Date.now());
    await this.sync.start();
    this.listen();
    this.screen.draw();
    this.draw();
    setInterval(() => { this.clock.read(); this.draw(); }, 1000);
    this.reader.ready.catch(() => stop("reader"));
    await this.camera.start();
    keepAwake();
    keepPage().then((state) => {
      this.kept = state;
      if (state === "untrusted") this.screen.note(say("untrusted"), 10000);
    });
    navigator.storage?.persist?.().then((safe) => { this.safe = safe; }, () => {});
  }

  // --- reading ---
  async look(video) {
    if (this.reader.busy || this.looking) return;
    this.looking = true;
    try {
      const { codes, ms } = await this.reader.readFrame(video);
      document.documentElement.dataset.read = Math.round(ms);
      this.takeCodes(codes, true);
    } catch (problem) {
      if (this.reader.broken) stop("reader");
      else console.warn(problem);
    } finally {
      this.looking = false;
    }
  }

  // A photo is a showing; a frame is not: held before the camera a badge is one scan.
  takeCodes(codes, isFrame) {
    const now = performance.now();
    const taken = new Set();
    for (const text of codes) {
      const token = tokenFromScan(text);
      if (!token) {
        if (!isFrame || this.others.isNew(text, now)) this.screen.note(say("foreign", say(`foreign.${foreignKind(text)}`)));
      } else if (!taken.has(token) && (!isFrame || this.badges.isNew(token, now))) {
        taken.add(token);
        this.door.take(token, now);
      }
    }
    return taken.size;
  }

  async takePhoto(file) {
    this.screen.note(say("photo_reading"), 30000);
    try {
      const { codes } = await this.reader.readPhoto(file);
      if (codes.length === 0) this.screen.note(say("photo_none"), 8000);
      else this.takeCodes(codes, false);
    } catch {
      this.screen.note(say("photo_none"), 8000);
    }
  }

  show(result) {
    this.screen.head = this.sync.head;
    this.screen.show(result);
    this.sound.play(knownOutcome(result.outcome));
    document.documentElement.dataset.latency = result.latency;
    document.documentElement.dataset.shown = Number(document.documentElement.dataset.shown ?? 0) + 1;
    this.draw();
  }

  // The server recorded another outcome than the person was told: for a person to settle.
  compare(all) {
    for (const { answer, scan } of all) {
      if (scan.told === "ask" || (!answer.conflict && scan.told === answer.outcome)) continue;
      this.screen.note(say("differs", say(`outcome.${knownOutcome(scan.told)}`), answer.person?.name ?? "", say(`outcome.${knownOutcome(answer.outcome)}`)), 12000);
    }
    this.draw();
  }

  // --- how things stand ---
  async draw() {
    const { sync } = this;
    let counts = null;
    try { counts = await this.store.counts(); } catch { /* told as unknown */ }
    const oldest = counts?.first ? this.clock.age(counts.first) ?? Math.max(0, Date.now() - counts.first.scanned) : 0;
    const heard = sync.state.heard ?? sync.head?.heard ?? null;
    this.waiting = counts?.waiting ?? null;
    this.screen.head = sync.head;
    this.screen.facts({ reachable: sync.state.reachable, revoked: sync.state.revoked, signedOut: sync.state.signedOut, contact: heard ? this.clock.age(heard) ?? Math.max(0, Date.now() - heard.wall) : null,
      waiting: this.waiting, oldest, aside: counts?.aside ?? 0, list: this.door.listAge(), isDevice: this.link.isDevice });
    const title = `${this.screen.gateTitle(this.identity.gate)} ${this.identity.direction === "out" ? "←" : ""}`.trim();
    if (find("gate").textContent !== title) find("gate").textContent = title;
    this.drawStop();
    find("kept").textContent = [say(`kept_${this.kept === "kept" ? "yes" : "no"}`), this.safe === false ? say("kept_unsafe") : ""].filter(Boolean).join(" ");
    find("trust").hidden = this.kept !== "untrusted";
  }

  // The gravest hindrance; it goes when it is over.
  drawStop() {
    const { revoked, signedOut, full } = this.sync.state;
    const word = revoked ? "revoked" : signedOut ? "signed_out" : full ? "full" : null;
    if (word === this.stopped) return;
    if (document.documentElement.dataset.stop === this.stopped) goOn();
    this.stopped = word;
    if (word === "signed_out") stop(word, ...signIn());
    else if (word === "full") stop(word);
    else if (word === "revoked") {
      stop(word, "#again", "set_up_again");
      find("stop").querySelector("a").onclick = (click) => { click.preventDefault(); this.rejoin(); };
    }
  }

  drawCamera(state) {
    document.documentElement.dataset.camera = state;
    const blind = find("blind");
    blind.hidden = state === "reads";
    find("aim").hidden = state !== "reads";
    find("light").hidden = state !== "reads" || !this.camera.hasLight();
    find("light").setAttribute("aria-pressed", String(this.camera.light));
    if (state === "reads") { this.drawCameras(); return; }
    blind.querySelector(".word").textContent = say(`blind_${state}`);
    blind.querySelector(".do").textContent = state === "starts" ? "" : say(`blind_${state}_do`);
    blind.querySelector(".more").textContent = state === "starts" ? "" : say("blind_photo");
    find("again").hidden = state === "insecure" || state === "starts";
    find("out").hidden = state !== "insecure" || !this.identity.secure;
    if (this.identity.secure) find("out").href = this.identity.secure;
    find("guide").hidden = find("out").hidden; // the secure address wants a certificate that the phone trusts
  }

  async drawCameras() {
    const all = await this.camera.list();
    find("camera-choice").hidden = all.length < 2;
    find("cameras").replaceChildren(...all.map((one, i) => make("option", { value: one.deviceId, selected: one.deviceId === this.camera.chosen() }, one.label || say("camera_number", i + 1))));
  }

  drawSound() {
    find("sound").setAttribute("aria-pressed", String(this.sound.runs));
    find("sound").textContent = say(this.sound.runs ? "sound.on" : "sound.off");
  }

  // --- what the helper presses ---
  listen() {
    find("photo").addEventListener("change", async () => { const file = find("photo").files[0]; if (file) await this.takePhoto(file); find("photo").value = ""; });
    find("again").addEventListener("click", () => this.camera.start());
    find("light").addEventListener("click", async () => find("light").setAttribute("aria-pressed", String(await this.camera.setLight(!this.camera.light))));
    find("undo").addEventListener("click", async () => { const what = await this.door.undo(); this.screen.note(say(`undo_${what}`), 6000); if (what === "undone") this.badges.seen.clear(); });
    find("sound").addEventListener("click", async () => { this.sound.wanted = !this.sound.runs; await (this.sound.wanted ? this.sound.start() : this.sound.stop()); remember.set("sound", this.sound.wanted ? "on" : "off"); this.drawSound(); });
    this.sound.wanted = remember.get("sound") !== "off";
    document.addEventListener("click", async (press) => { // the first touch anywhere is enough for a browser; not its beginning: no button may move under a finger
      if (!this.sound.wanted || this.sound.runs || press.target.closest("#sound")) return;
      await this.sound.start();
      this.drawSound();
    });
    find("more").addEventListener("click", () => { find("menu-line").textContent = ""; find("end").textContent = say("end"); find("menu").showModal(); });
    find("cameras").addEventListener("change", () => this.camera.choose(find("cameras").value));
    find("export").hidden = !this.link.isDevice;
    find("export").addEventListener("click", () => this.export());
    find("change").addEventListener("click", () => this.change());
    find("end").addEventListener("click", () => this.end());
    addEventListener("online", () => this.sync.hurry());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.sync.hurry(); });
  }

  async export() {
    const file = await exportScans({ store: this.store, identity: this.identity, clock: this.clock, head: this.sync.head });
    const link = make("a", { href: URL.createObjectURL(new Blob([file.text], { type: "application/json" })), download: file.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    file.ids.forEach((id) => this.saved.add(id));
    find("menu-line").textContent = say("exported", file.count, file.name);
  }

  // Another gate is another device: what waits belongs to this one, and goes first.
  async change() {
    if (this.waiting !== 0) { find("menu-line").textContent = say("change_waits", this.waiting ?? "?"); return; }
    find("menu").close();
    await this.rejoin();
  }

  async rejoin() {
    let setup;
    try { setup = await askSetup(event); } catch (problem) { stop(problem.message, ...(problem.message === "sign_in" ? signIn() : [])); return; }
    await this.door.line;
    this.camera.stop();
    await this.sync.stop();
    find("door").hidden = true;
    const waiting = (await this.store.counts()).waiting;
    const identity = await choose(setup, { event, before: this.identity, only: waiting ? this.identity.gate : null });
    if (identity.gate !== this.identity.gate) await this.store.forgetList();
    await keepIdentity(this.store, identity);
    if (this.link.isDevice && !this.sync.state.revoked) await this.link.ask(`/scan/${encodeURIComponent(event)}/end`, { body: JSON.stringify({ device: this.identity.device }), patience: 5000 }).catch(() => {}); // the one before, of this very phone
    location.reload();
  }

  // What would be lost with this phone's store: neither at the server nor in a file. A revoked phone sends no more, and may go once its file is saved.
  async unsaved() {
    const left = async (...states) => (await Promise.all(states.map((state) => this.store.byState(state)))).flat().filter((scan) => !this.saved.has(scan.scan_id)).length;
    return { waiting: await left("asking", "waiting"), aside: this.link.isDevice ? await left("set_aside") : 0 };
  }

  async end() {
    const { waiting, aside } = await this.unsaved();
    if (waiting || aside) { find("menu-line").textContent = waiting ? say("end_waits", waiting) : say("end_aside", aside); return; }
    if (find("end").textContent !== say("end_sure")) { find("end").textContent = say("end_sure"); return; }
    await this.door.line;
    this.camera.stop();
    await this.sync.stop();
    if ((await this.unsaved()).waiting) { location.reload(); return; } // a badge was read between the press and here, and nobody answered: it is not forgotten
    if (this.link.isDevice) await this.link.ask(`/scan/${encodeURIComponent(event)}/end`, { body: JSON.stringify({ device: this.identity.device }), patience: 5000 }).catch(() => {});
    await this.store.forgetAll();
    for (const one of (await navigator.serviceWorker?.getRegistrations()) ?? []) if (new URL(one.scope).pathname === location.pathname) await one.unregister();
    for (const key of (await globalThis.caches?.keys()) ?? []) if (key.startsWith(`plenum-scan:${location.pathname}:`)) await caches.delete(key);
    location.href = `/desk/${encodeURIComponent(event)}`;
  }
}

// One page of this phone scans: two would write over each other's ages and undo each other's scans.
function alone(run) {
  if (!navigator.locks) return run();
  return navigator.locks.request(`plenum-scan-${event}`, { ifAvailable: true }, async (lock) => {
    if (!lock) { stop("other_tab"); return; }
    await run();
    await new Promise(() => {}); // until the page goes
  });
}

async function main() {
  let store;
  try { store = await Store.open(event); } catch { stop("storage"); return; }
  let identity = await readIdentity(store).catch(() => null);
  const session = identity?.session ?? false;
  if (!identity || session) {
    let setup;
    try { setup = await askSetup(event); } catch (problem) { stop(problem.message, ...(problem.message === "sign_in" ? signIn() : [])); return; }
    if (session) identity = { ...identity, csrf: setup.csrf, seal: setup.seal, secure: setup.secure };
    else identity = await choose(setup, { event });
    await keepIdentity(store, identity);
  }
  await new Page(store, identity).start();
}

alone(main);

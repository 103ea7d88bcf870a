// One badge on its way through: on this phone's disk → the server, a quarter of a second at most → else the list decides → the decision on the disk → told → sent.
// scanner/door.c in a browser.
import { badgeId, sealScan } from "./seal.js";
import { makeScanId } from "./token.js";
import { decideHere, serverTime } from "./decide.js";
import { readAnswers, scanBody } from "./protocol.js";
import { Refused } from "./link.js";

const ASK_DEVICE = 250;
const ASK_SESSION = 4000; // over plain HTTP there is no list that could decide instead

export class Door {
  // `show(result)`: what the person is told. `direction`: "in" or "out".
  constructor({ store, link, sync, clock, direction, show }) {
    Object.assign(this, { store, link, sync, clock, direction, show });
    this.line = Promise.resolve();
  }

  // One after the other, in the order of reading.
  take(token, shown = performance.now()) {
    this.line = this.line.then(() => this.pass(token, shown)).catch((problem) => console.error(problem));
    return this.line;
  }

  async pass(token, shown) {
    const reading = this.clock.read();
    const scanId = makeScanId(reading.wall);
    const { head } = this.sync;
    const measured = head?.measured ?? null;
    const { identity } = this.link;
    const result = { scan_id: scanId, outcome: "queued", reason: null, direction: this.direction, gate: identity.gate, scanned_at: new Date(reading.wall).toISOString(), from: null };
    const badge = badgeId(token);
    try {
      const scan = { scan_id: scanId, sealed: sealScan(identity.seal, scanId, token), badge_id: badge, gate: identity.gate, direction: this.direction, ...reading, scanned: reading.wall, server: measured?.boot === reading.boot ? serverTime(measured, reading) : null };
      await this.store.add(scan);
      Object.assign(result, await this.ask({ ...scan, told: "ask", roster: null }) ?? await this.decide(token, badge, scanId, reading));
    } catch (problem) {
      console.error(problem);
      Object.assign(result, { outcome: "lost", full: problem?.name === "QuotaExceededError", scan_id: null });
    }
    this.show({ ...result, latency: Math.round(performance.now() - shown) });
    if (result.from !== "server") this.sync.poke();
  }

  // The answer of the server; null: nobody answered in time, or it cannot know everything of this badge yet.
  async ask(scan) {
    const { sync } = this;
    if (sync.state.reachable === false || sync.state.revoked || sync.state.signedOut) return null;
    if ((await this.store.ofBadge(scan.badge_id)).some((one) => one.state === "waiting")) return null;
    let answer;
    try {
      const { value } = await this.link.ask(this.link.checkinsPath(), { body: JSON.stringify(scanBody(scan, this.clock)), patience: this.link.isDevice ? ASK_DEVICE : ASK_SESSION });
      answer = readAnswers(value)?.find((one) => one.scan_id === scan.scan_id);
    } catch (problem) {
      if (problem instanceof Refused && problem.status === 401) sync.refused(problem);
      else sync.lost(problem.message);
      return null;
    }
    if (!answer) {
      sync.lost("the answer is about another scan");
      return null;
    }
    sync.reached();
    const { person } = answer;
    // The server has it on its own disk. If this phone stops before the answer is written down, the scan goes again and is answered as before.
    await sync.settle([answer]).catch((problem) => console.error(problem));
    return { from: "server", outcome: answer.outcome, reason: answer.reason, name: person?.name, delegation: person?.delegation, category: person?.category, seat: person?.seat, badge_box: person?.badge_box,
      first_at: answer.first?.at ?? null, first_gate: answer.first?.gate ?? null, conflict: answer.conflict, places_left: answer.places_left };
  }

  // By what this phone knows; without a list the scan is kept for later. What is told is on the disk before it is told.
  async decide(token, badge, scanId, reading) {
    const { head } = this.sync;
    let result = { outcome: "queued", reason: null };
    if (head) {
      const rows = await this.store.ofBadge(badge);
      const own = rows.filter((row) => row.gate === head.gate && ["waiting", "sent"].includes(row.state)).reverse().slice(0, 20)
        .map((row) => ({ ...row, fresh: row.state === "waiting" || row.settled_generation + 2 > head.generation }));
      const entry = (await this.store.entry(badge)) ?? null;
      const verdict = decideHere({ head, measured: head.measured, entry, own, token, goingOut: this.direction === "out", reading });
      const { person } = verdict;
      result = { from: "list", outcome: verdict.outcome, reason: verdict.reason, name: person?.name, delegation: person?.delegation, category: person?.category, seat: person?.seat, badge_box: person?.badge_box,
        first_at: verdict.outcome === "already_in" && verdict.since ? new Date(verdict.since).toISOString() : null, first_gate: verdict.since_gate, list_age: this.listAge() };
    }
    try {
      await this.store.tell(scanId, result.from ? result.outcome : "ask", result.reason, result.from ? head.version : null);
    } catch (problem) { // the scan is safe, the decision is not: so none is given
      console.error(problem);
      return { outcome: "queued", reason: null };
    }
    return result;
  }

  listAge() {
    const heard = this.sync.head?.heard;
    return heard ? this.clock.age(heard) ?? Math.max(0, Date.now() - heard.wall) : null;
  }

  // The last scan that let somebody in or out or gave something is taken back: "undone", "waits" (the server does not have it yet), "late", "away", or "none".
  async undo() {
    const scans = [...await this.store.byState("sent"), ...await this.store.byState("waiting")].sort((a, b) => b.seq - a.seq);
    const last = scans.find((one) => ["admitted", "left", "handed_out"].includes(one.outcome ?? one.told));
    if (!last) return "none";
    if (last.state === "waiting") return "waits";
    try {
      await this.link.ask(this.link.undoPath(last.scan_id), { body: "{}", patience: 10000 });
    } catch (problem) {
      return problem instanceof Refused ? "late" : "away";
    }
    await this.store.change(last.scan_id, ["sent"], { outcome: "undone" });
    this.sync.hurry();
    return "undone";
  }
}

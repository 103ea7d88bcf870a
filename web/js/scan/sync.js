// Sends what waits and keeps the list fresh: scanner/sync in a browser. Order is kept, up to 64 at once; away servers are tried again after half a second, doubling
// to 15 s, with chance in it. 401 ends the sending: the scans stay. One loop.
import { Away, Refused } from "./link.js";
import { readAnswers, scanBody } from "./protocol.js";
import { readEntry, readHead } from "./decide.js";

const BATCH = 64;
const BATCH_PATIENCE = 10000;
const LIST_PATIENCE = 60000;
const LIST_EVERY = 10000;
const CLOCK_AGAIN = 5 * 60e3;
const IDLE = 5000;
const MOST_DELAY = 15000;

export class Sync {
  // `tell(state)` is called at every change; `told(pairs)` with what the server answered to scans that had waited; `keep(identity)` when that changed.
  constructor({ store, link, clock, tell, told, keep }) {
    Object.assign(this, { store, link, clock, tell, told, keep });
    this.state = { reachable: link.isDevice ? null : true, revoked: false, signedOut: false, full: false, heard: null };
    this.head = null;
    this.due = 0;
    this.delay = 0;
    this.wake = () => {};
    this.stopped = false;
  }

  async start() {
    this.head = (await this.store.get("head")) ?? null;
    this.running = this.run();
  }

  stop() {
    this.stopped = true;
    this.wake(true);
    return this.running;
  }

  poke() { this.poked = true; if (this.state.reachable) this.wake(); }
  hurry() { this.poked = true; this.delay = 0; this.wake(true); } // the network came back, or somebody pressed

  set(change) {
    const before = JSON.stringify(this.state);
    Object.assign(this.state, change);
    if (JSON.stringify(this.state) !== before) this.tell(this.state);
  }

  // `known`: to a question that only somebody who is let in gets an answer to. An organiser may have let the account in again.
  reached(known = true) { this.set({ reachable: true, heard: this.clock.read(), ...(known ? { revoked: false, signedOut: false } : {}) }); }
  lost(problem) { this.set({ reachable: false }); this.why = problem; this.poked = true; this.wake(); }
  refused(problem) {
    if (problem.status !== 401) return;
    if (this.link.isDevice) this.set({ revoked: true, reachable: false });
    else this.set({ signedOut: true, reachable: false });
  }

  rest(time) {
    return new Promise((done) => {
      const timer = setTimeout(done, time);
      this.wake = () => { clearTimeout(timer); done(); };
    });
  }

  async run() {
    while (!this.stopped) {
      this.poked = false;
      try {
        const more = await this.once();
        this.delay = 0;
        this.set({ full: false });
        if (more || this.poked) continue;
        await this.rest(IDLE);
      } catch (problem) {
        if (this.stopped) break;
        if (problem instanceof Refused && problem.status === 401) {
          this.refused(problem);
          await this.rest(60000); // asked now and then: an organiser may have let the account in again
          continue;
        }
        if (problem instanceof Away) this.set({ reachable: false });
        else this.set({ full: problem?.name === "QuotaExceededError", trouble: String(problem?.message ?? problem) });
        this.delay = Math.min(this.delay ? this.delay * 2 : 500, MOST_DELAY);
        const wait = Math.max(this.delay, Math.min(problem.retryAfter ?? 0, MOST_DELAY));
        await this.rest(wait / 2 + Math.random() * (wait / 2));
      }
    }
  }

  // One look around: the list when it is due, then a batch. True: there may be more.
  async once() {
    if (!this.state.reachable) this.due = 0; // the cheapest way to hear that the server is back
    if (this.link.isDevice && this.clock.read().steady >= this.due) await this.refreshList();
    const scans = await this.store.byState("waiting", BATCH);
    if (!scans.length) {
      if (!this.link.isDevice && !this.state.reachable) await this.link.ask("/healthz", { patience: BATCH_PATIENCE }).then(() => this.reached(false));
      return false;
    }
    try {
      return await this.send(scans);
    } catch (problem) {
      if (!(problem instanceof Refused) || [401, 403, 404].includes(problem.status)) throw problem;
      if (scans.length === 1) return this.aside(scans[0], problem);
      for (const scan of scans) await this.send([scan]).catch((one) => { if (!(one instanceof Refused) || one.status === 401) throw one; return this.aside(scan, one); });
      return true;
    }
  }

  async aside(scan, problem) {
    await this.store.setAside(scan.scan_id, "invalid", problem.code);
    return true;
  }

  async send(scans) {
    const { value } = await this.link.ask(this.link.checkinsPath(), { body: JSON.stringify(scans.map((scan) => scanBody(scan, this.clock))), patience: BATCH_PATIENCE });
    const answers = readAnswers(value);
    if (!answers) throw new Away("something else than our server answered");
    const kept = await this.settle(answers);
    if (kept === 0) throw new Away("the answer is about other scans");
    this.reached();
    this.told(answers.map((answer) => ({ answer, scan: scans.find((one) => one.scan_id === answer.scan_id) })).filter((one) => one.scan));
    return true;
  }

  settle(answers) {
    return this.store.settle(answers, { generation: this.head?.generation ?? 0, keepSeal: this.head?.server?.copyLag !== null && this.head?.server?.copyLag !== undefined, now: Date.now() });
  }

  // --- the list ---
  async refreshList() {
    const { identity } = this.link;
    const known = this.head;
    const counts = await this.store.counts();
    const firstAge = counts.first ? this.clock.age(counts.first) ?? Math.max(0, Date.now() - counts.first.scanned) : 0;
    const measured = known?.measured;
    const now = this.clock.read();
    const wantsTime = !measured || measured.boot !== now.boot || now.steady - measured.steady > CLOCK_AGAIN; // "unchanged" tells no time
    const path = `/api/v1/events/${encodeURIComponent(identity.event)}/roster${known ? `?since=${known.version}` : ""}`;
    const answer = await this.link.ask(path, { etag: wantsTime ? null : known?.etag, patience: LIST_PATIENCE, headers: { "Plenum-Queue": `${counts.waiting} ${Math.floor(firstAge)} ${counts.aside}` } });
    const after = this.clock.read();
    const server = await this.noteServer(answer.headers);
    if (answer.status === 304) this.head = { ...known, server, generation: known.generation + 1, heard: after };
    else await this.takeList(answer, known, now, after, server);
    if (answer.status === 304) await this.store.put("head", this.head);
    this.due = after.steady + LIST_EVERY;
    this.reached();
  }

  async takeList({ value, headers }, known, before, after, server) {
    if (!Number.isInteger(value.version) || !Array.isArray(value.entries) || (!value.full && !known)) throw new Away("the list is not in the right form");
    const time = Date.parse(value.server_time);
    const middle = Math.round((before.steady + after.steady) / 2);
    const measured = before.boot === after.boot && Number.isFinite(time) ? { server: time, steady: middle, boot: after.boot, offset: time + after.steady - middle - after.wall } : known?.measured ?? null;
    const head = { ...readHead(value), version: value.version, generation: (known?.generation ?? 0) + 1, etag: headers.get("ETag"), measured, heard: after, server };
    await this.store.takeEntries({ entries: value.entries.map(readEntry), removed: value.removed ?? [], full: value.full, head });
    this.head = head;
  }

  // Which server answers, and what it holds safely need not be held here. Behind a higher epoch stands a machine that took over from a copy: it gets again what it may lack.
  async noteServer(headers) {
    const known = this.head?.server ?? null;
    const epoch = headers.get("Plenum-Epoch") ?? known?.epoch ?? "";
    const lag = headers.get("Plenum-Copy-Lag");
    const copyLag = lag === null ? null : Number(lag);
    if (known?.epoch && epoch !== known.epoch) {
      if (parseInt(epoch, 10) < parseInt(known.epoch, 10)) throw new Away("the server that answers was taken over from: it must be stopped");
      await this.store.each("sent", (scan) => (scan.sealed ? { ...scan, state: "waiting", told: scan.told === "ask" ? scan.outcome : scan.told } : undefined));
    }
    const covered = copyLag === null ? Infinity : Math.max(Date.now() - 24 * 3600e3, copyLag < 0 ? 0 : Date.now() - copyLag - 60e3);
    if ((known?.copyLag ?? null) !== null || copyLag !== null) await this.store.each("sent", (scan) => (scan.sealed && scan.settled < covered ? { ...scan, sealed: null } : undefined));
    const seal = headers.get("Plenum-Seal");
    if (seal && seal !== this.link.identity.seal) {
      this.link.identity.seal = seal;
      await this.keep(this.link.identity);
    }
    return { epoch, copyLag };
  }
}

// A store in memory and a server of a few lines, with the faces of web/js/scan/store.js and link.js.
export class Memory {
  constructor() {
    this.scans = [];
    this.meta = new Map();
    this.entries = new Map();
    this.full = null; // "add", "tell": the phone is full then
  }

  fill(what) { if (this.full === what) throw Object.assign(new Error("full"), { name: "QuotaExceededError" }); }
  async get(key) { return this.meta.get(key); }
  async put(key, value) { this.meta.set(key, structuredClone(value)); }
  async add(scan) { this.fill("add"); this.scans.push({ ...scan, seq: this.scans.length + 1, state: "asking", told: "ask", reason: null, roster: null, outcome: null }); }
  async change(scanId, from, change) {
    const scan = this.scans.find((one) => one.scan_id === scanId && from.includes(one.state));
    if (scan) Object.assign(scan, change);
    return Boolean(scan);
  }
  async tell(scanId, told, reason, roster) { this.fill("tell"); return this.change(scanId, ["asking"], { state: "waiting", told, reason, roster }); }
  async setAside(scanId, outcome, reason) { return this.change(scanId, ["asking", "waiting"], { state: "set_aside", outcome, outcome_reason: reason }); }
  async settle(answers, { generation, keepSeal, now }) {
    let count = 0;
    for (const answer of answers) {
      const invalid = answer.outcome === "invalid";
      const scan = this.scans.find((one) => one.scan_id === answer.scan_id);
      count += await this.change(answer.scan_id, ["asking", "waiting"], { state: invalid ? "set_aside" : "sent", outcome: answer.outcome, settled_generation: generation, settled: now, sealed: invalid || keepSeal ? scan?.sealed : null });
    }
    return count;
  }
  async byState(state, most = Infinity) { return structuredClone(this.scans.filter((one) => one.state === state).slice(0, most)); }
  async ofBadge(badgeId) { return structuredClone(this.scans.filter((one) => one.badge_id === badgeId)); }
  async counts() {
    const waiting = this.scans.filter((one) => ["asking", "waiting"].includes(one.state));
    return { waiting: waiting.length, aside: this.scans.filter((one) => one.state === "set_aside").length, first: waiting[0] ?? null };
  }
  async each(state, change) {
    for (const scan of this.scans.filter((one) => one.state === state)) {
      const next = change(scan);
      if (next === null) this.scans.splice(this.scans.indexOf(scan), 1);
      else if (next) Object.assign(scan, next);
    }
  }
  async recover() { await this.each("asking", (scan) => ({ ...scan, state: "waiting" })); }
  async entry(id) { return this.entries.get(id); }
  async takeEntries({ entries, removed, full, head }) {
    if (full) this.entries.clear();
    for (const entry of entries) this.entries.set(entry.id, entry);
    for (const id of removed) this.entries.delete(id);
    this.meta.set("head", structuredClone(head));
  }
}

export class Server {
  constructor({ Away, Refused, roster }) {
    Object.assign(this, { Away, Refused, roster, log: [], batches: [], headers: {}, seenWhenAsked: [], away: false, revoked: false, hotel: false, poison: null, outcome: { outcome: "admitted", reason: null, conflict: false } });
  }

  link(identity) {
    const checkins = identity.session ? `/api/v1/checkins?event=${identity.event}` : "/api/v1/checkins";
    return { identity, isDevice: !identity.session, checkinsPath: () => checkins, undoPath: (scanId) => `/api/v1/checkins/${scanId}/undo`, ask: (path, options) => this.answer(path, options) };
  }

  async answer(path, { body }) {
    this.log.push(path);
    const headers = { get: (name) => this.headers[name] ?? null };
    const asked = body ? [JSON.parse(body)].flat() : [];
    if (path.includes("/checkins") && !path.endsWith("/undo")) this.batches.push(asked);
    if (this.away) throw new this.Away("nobody");
    if (this.revoked) throw new this.Refused(401, "device_revoked");
    if (this.hotel) return { status: 200, headers, value: { welcome: "to our hotel" } };
    if (path.endsWith("/undo")) return { status: 200, headers, value: { undone: true } };
    if (path.includes("/roster")) return { status: 200, headers, value: structuredClone(this.roster) };
    this.seenWhenAsked.push(this.store.scans.find((one) => one.scan_id === asked[0]?.scan_id)?.state);
    if (asked.some((one) => one.scan_id === this.poison)) throw new this.Refused(400, "bad_request");
    return { status: 200, headers, value: { results: asked.map((one) => ({ scan_id: one.scan_id, person: { name: "Lâm" }, first: null, replayed: false, ...this.outcome })) } };
  }
}

// What this phone keeps, in IndexedDB: scans until the server has them, the list, and which device it is. A scan is on the disk when `add` has come back (durability
// "strict" where the browser knows it). Nothing here holds a badge's token in the clear: scans are sealed to the server's key.
const VERSION = 1;

const asked = (request) => new Promise((done, fail) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => fail(request.error);
});

export class Store {
  static open(event) {
    return new Promise((done, fail) => {
      const request = indexedDB.open(`plenum-scan-${event}`, VERSION);
      request.onupgradeneeded = () => {
        const db = request.result;
        const scans = db.createObjectStore("scan", { keyPath: "seq", autoIncrement: true });
        scans.createIndex("scan_id", "scan_id", { unique: true });
        scans.createIndex("state", "state");
        scans.createIndex("badge", "badge_id");
        db.createObjectStore("entry", { keyPath: "id" });
        db.createObjectStore("meta");
      };
      request.onblocked = () => fail(new Error("blocked"));
      request.onerror = () => fail(request.error);
      request.onsuccess = () => done(new Store(request.result));
    });
  }

  constructor(db) {
    this.db = db;
    db.onversionchange = () => db.close();
  }

  // Runs `work` in one transaction; what it gives comes back after the commit.
  async run(stores, mode, work) {
    const transaction = this.db.transaction(stores, mode, { durability: mode === "readwrite" ? "strict" : "default" });
    const committed = new Promise((done, fail) => {
      transaction.oncomplete = () => done();
      transaction.onabort = () => fail(transaction.error ?? new Error("not kept"));
    });
    committed.catch(() => {}); // told below
    let result;
    try {
      result = await work(...stores.map((name) => transaction.objectStore(name)));
    } catch (problem) {
      try { transaction.abort(); } catch { /* it ended by itself */ }
      throw problem;
    }
    await committed;
    return result;
  }

  get(key) { return this.run(["meta"], "readonly", (meta) => asked(meta.get(key))); }
  put(key, value) { return this.run(["meta"], "readwrite", (meta) => asked(meta.put(value, key))); }

  // --- scans: asking → waiting → sent, or set_aside ---
  add(scan) { return this.run(["scan"], "readwrite", (scans) => asked(scans.add({ ...scan, state: "asking", told: "ask", reason: null, roster: null, outcome: null }))); }

  change(scanId, from, change) {
    return this.run(["scan"], "readwrite", async (scans) => {
      const scan = await asked(scans.index("scan_id").get(scanId));
      if (!scan || !from.includes(scan.state)) return false;
      await asked(scans.put({ ...scan, ...change }));
      return true;
    });
  }

  tell(scanId, told, reason, roster) { return this.change(scanId, ["asking"], { state: "waiting", told, reason, roster }); }
  setAside(scanId, outcome, reason) { return this.change(scanId, ["asking", "waiting"], { state: "set_aside", outcome, outcome_reason: reason }); }

  // Acknowledged: the seal goes, but where the server keeps a copy that may lack it (wipe).
  settle(answers, { generation, keepSeal, now }) {
    return this.run(["scan"], "readwrite", async (scans) => {
      let count = 0;
      for (const answer of answers) {
        const scan = await asked(scans.index("scan_id").get(answer.scan_id));
        if (!scan || !["asking", "waiting"].includes(scan.state)) continue;
        const invalid = answer.outcome === "invalid";
        await asked(scans.put({ ...scan, state: invalid ? "set_aside" : "sent", outcome: answer.outcome, outcome_reason: answer.reason ?? null, conflict: Boolean(answer.conflict), settled_generation: generation, settled: now,
          sealed: invalid || keepSeal ? scan.sealed : null }));
        count++;
      }
      return count;
    });
  }

  byState(state, most) { return this.run(["scan"], "readonly", (scans) => asked(scans.index("state").getAll(state, most))); }
  ofBadge(badgeId) { return this.run(["scan"], "readonly", (scans) => asked(scans.index("badge").getAll(badgeId))); }
  find(scanId) { return this.run(["scan"], "readonly", (scans) => asked(scans.index("scan_id").get(scanId))); }

  // How many wait and are set aside, and the first that waits.
  counts() {
    return this.run(["scan"], "readonly", async (scans) => {
      const states = scans.index("state");
      const [asking, waiting, aside, first] = await Promise.all([asked(states.count("asking")), asked(states.count("waiting")), asked(states.count("set_aside")), asked(states.get("waiting"))]);
      return { waiting: asking + waiting, aside, first: first ?? null };
    });
  }

  // Every scan of a state, changed by `change` (null: it goes; undefined: it stays as it is).
  each(state, change) {
    return this.run(["scan"], "readwrite", async (scans) => {
      let count = 0;
      for (const scan of await asked(scans.index("state").getAll(state))) {
        const next = change(scan);
        if (next === undefined) continue;
        await asked(next === null ? scans.delete(scan.seq) : scans.put(next));
        count++;
      }
      return count;
    });
  }

  // What a crash left between reading and telling goes as it is: nobody was told anything. Long acknowledged scans are forgotten.
  async recover(now, forget = 3 * 24 * 3600e3) {
    await this.each("asking", (scan) => ({ ...scan, state: "waiting" }));
    await this.each("sent", (scan) => (scan.scanned < now - forget ? null : undefined));
  }

  // --- the list ---
  entry(id) { return this.run(["entry"], "readonly", (entries) => asked(entries.get(id))); }
  entryCount() { return this.run(["entry"], "readonly", (entries) => asked(entries.count())); }

  // Large lists in several transactions, so that the door never waits long; the head, with the version, is written with the last.
  async takeEntries({ entries, removed, full, head }) {
    const stamp = crypto.getRandomValues(new Uint32Array(2)).join("-");
    for (let from = 0; from < entries.length; from += 500) {
      await this.run(["entry"], "readwrite", async (store) => {
        for (const entry of entries.slice(from, from + 500)) store.put({ ...entry, stamp });
      });
    }
    await this.run(["entry", "meta"], "readwrite", async (store, meta) => {
      for (const id of removed) store.delete(id);
      if (full) {
        await new Promise((done, fail) => {
          const cursor = store.openCursor();
          cursor.onerror = () => fail(cursor.error);
          cursor.onsuccess = () => {
            if (!cursor.result) { done(); return; }
            if (cursor.result.value.stamp !== stamp) cursor.result.delete();
            cursor.result.continue();
          };
        });
      }
      await asked(meta.put(head, "head"));
    });
  }

  // Another gate: what was known belongs to the one before.
  forgetList() {
    return this.run(["entry", "meta"], "readwrite", async (entries, meta) => {
      entries.clear();
      await asked(meta.delete("head"));
    });
  }

  // The shift is over: nothing stays.
  forgetAll() {
    return this.run(["scan", "entry", "meta"], "readwrite", async (scans, entries, meta) => {
      scans.clear();
      entries.clear();
      await asked(meta.clear());
    });
  }
}

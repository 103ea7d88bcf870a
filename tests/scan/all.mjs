// The scan page's logic in node: everything but the browser itself.   tests/scan/run
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";
import assert from "node:assert/strict";
import { Memory, Server } from "./kit.mjs";

globalThis.self = globalThis;
globalThis.crypto ??= webcrypto;
const load = (name) => import(pathToFileURL(path.resolve(process.argv[2], "js", name)).href);
const { decideAdmission } = await load("admission.js");
const { Debounce, foreignKind, makeScanId, tokenFromScan } = await load("scan/token.js");
const seal = await load("scan/seal.js");
const { Clock } = await load("scan/clock.js");
const { blockEnd, decideHere, readEntry, readHead, serverTime } = await load("scan/decide.js");
const { Door } = await load("scan/door.js");
const { Sync } = await load("scan/sync.js");
const { Away, Refused } = await load("scan/link.js");
const { exportScans } = await load("scan/export.js");
const seals = JSON.parse(readFileSync("tests/fixtures/seals.json", "utf8"));
const MINUTE = 60000;
const START = Date.parse("2030-05-01T08:00:00Z");

let passed = 0;
let failed = 0;
async function test(name, run) {
  try {
    await run();
    passed++;
  } catch (problem) {
    failed++;
    console.log(`not ok ${name}\n${String(problem.stack).split("\n").slice(0, 12).map((line) => `#   ${line}`).join("\n")}`);
  }
}

// --- the rule ---
const fixture = JSON.parse(readFileSync("tests/fixtures/admission.json", "utf8"));
assert.ok(fixture.vectors.length > 40);
for (const vector of fixture.vectors) {
  await test(`admission: ${vector.name}`, () => {
    const v = { ...fixture.base, ...vector };
    const sessions = v.sessions.map(([starts, ends, admits]) => ({ starts: starts * MINUTE, ends: ends * MINUTE, admits }));
    const answer = decideAdmission({ ...v, sessions, opens: v.opens * MINUTE, closes: v.closes * MINUTE, at: v.at * MINUTE });
    assert.deepEqual([answer.outcome, answer.reason], vector.want);
  });
}
const reasons = new Set([...readFileSync("core/congress/errors.def", "utf8").matchAll(/^REASON\((\w+),/gm)].map((one) => one[1]));
await test("admission: every reason is one of the registry, and has words", () => {
  const words = JSON.parse(readFileSync("web/i18n/vi.json", "utf8"));
  for (const [, reason] of readFileSync("web/js/admission.js", "utf8").matchAll(/"refused", "(\w+)"/g)) assert.ok(reasons.has(reason) && words[`desk.reason.${reason}`], reason);
});
await test("words: what the scripts say is there, and nothing is left over", () => {
  const words = Object.keys(JSON.parse(readFileSync("web/i18n/en.json", "utf8"))).filter((one) => one.startsWith("scan.")).map((one) => one.slice(5));
  const files = ["scan", "setup", "screen"].map((name) => readFileSync(`web/js/scan/${name}.js`, "utf8")).join("") + readFileSync("web/templates/scan.html", "utf8");
  const made = ["blind_", "stop_", "undo_", "kept_"];
  for (const word of words) assert.ok(files.includes(`"${word}"`) || files.includes(`@scan.${word}}`) || files.includes(`words.${word}`) || made.some((one) => word.startsWith(one)), `nobody says ${word}`);
});

// --- what a code is ---
await test("badges: a /d/ address of any host or a bare token; nothing else", () => {
  const token = "0123456789ABCDEF";
  for (const text of ["http://HOST/D/0123456789ABCDEF", "https://a.example:8443/d/0123456789abcdef?x=1", "HTTP://10.0.0.1:8080/d/0123-4567-89AB-CDEF", "  0123456789abcdef\n", "O123456789ABCDEF", "http://h/d/OL23456789ABCDEF/f/x"]) {
    assert.equal(tokenFromScan(text), text.includes("OL") ? "0123456789ABCDEF" : token, text);
  }
  for (const text of ["", "  ", "0123456789ABCDE", "0123456789ABCDEFG", "0123456789ABCDEU", "ftp://h/d/0123456789ABCDEF", "http:///d/0123456789ABCDEF", "http://h/e/0123456789ABCDEF", "http://h/x/d/0123456789ABCDEF", "0123456789 ABCDEF", "javascript://h/d/0123456789ABCDEF"]) assert.equal(tokenFromScan(text), null, text);
});
await test("badges: what is none is named kindly", () => {
  const kinds = { " ": "empty", "WIFI:S:x;;": "wifi", "BEGIN:VCARD": "contact", "https://example.org": "web", "http://h/D/ABCDEFGHIJKL": "badge", "tel:1": "mail", 4006381333931: "number", "hello": "other" };
  for (const [text, kind] of Object.entries(kinds)) assert.equal(foreignKind(text), kind, text);
});
await test("a badge held still is one scan; away for three seconds, it is a new one", () => {
  const seen = new Debounce(3000);
  assert.deepEqual([0, 1000, 3999, 6900, 9901].map((now) => seen.isNew("a", now)), [true, false, false, false, true]);
  for (let i = 0; i < 70; i++) seen.isNew(`x${i}`, 10000);
  assert.ok(seen.isNew("a", 10001) && seen.seen.size === 64, "bounded");
});
await test("scan ids are UUIDv7 and carry the time", () => {
  const id = makeScanId(START);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(id.slice(0, 8) + id.slice(9, 13), 16), START);
});

// --- seals ---
await test("seals: what the server sealed is opened, and only with its token", () => {
  assert.equal(seal.badgeId(seals.token), seals.badge_id);
  assert.deepEqual(seal.openRecord(seals.token, seals.record), seals.person);
  for (const [token, record] of [["0123456789ABCDEG", seals.record], [seals.token, `${seals.record.slice(0, -2)}AA`], [seals.token, ""], [seals.token, "*"], [seals.token, seals.record.slice(0, 60)]]) assert.equal(seal.openRecord(token, record), null);
});
await test("seals: a scan is sealed anew each time, to the length that the server takes", () => {
  const one = seal.sealScan(seals.mailbox_public, seals.scan_id, seals.token);
  assert.notEqual(one, seal.sealScan(seals.mailbox_public, seals.scan_id, seals.token));
  assert.equal(one.length, seals.sealed_by_page.length);
  assert.ok(!Buffer.from(one, "base64url").toString("latin1").includes(seals.token));
});

// --- clocks ---
function handClock() {
  const hands = { wall: START, steady: 1000 };
  const clock = new Clock({ wall: () => hands.wall, steady: () => hands.steady });
  return { hands, clock, pass: (ms) => { hands.wall += ms; hands.steady += ms; } };
}
await test("clock: an age by the clock that cannot jump; after a break there is none", () => {
  const { hands, clock, pass } = handClock();
  const reading = clock.read();
  pass(5000);
  assert.equal(clock.age(reading), 5000);
  hands.wall += 1000; // a small correction of the wall clock changes nothing
  assert.equal(clock.age(reading), 5000);
  hands.wall += 60000; // the phone slept, or somebody set its clock
  assert.equal(clock.age(reading), null);
  const after = clock.read();
  assert.notEqual(after.boot, reading.boot);
  pass(10);
  assert.equal(clock.age(after), 10);
});

// --- the list ---
const roster = (more = {}) => ({
  version: 4, full: true, server_time: new Date(START).toISOString(), removed: [],
  event: { slug: "e", timezone: "UTC", opens_at: "2030-05-01T00:00:00Z", closes_at: "2030-05-03T00:00:00Z", midnights: ["2030-05-02T00:00:00Z", "2030-05-03T00:00:00Z", "2030-05-04T00:00:00Z"] },
  gate: { code: "main", title: "Main", kind: "entry", area: "hall", direction: "both", reentry: true, admits: ["official", "nobody"], capacity: null },
  categories: [{ code: "official", title: { en: "Official" }, color: null }, { code: "press", title: "Press", color: null }],
  sessions: [{ code: "s", title: "S", starts: "2030-05-01T09:00:00Z", ends: "2030-05-01T11:00:00Z", area: "hall", admits: null, carry_over: false }],
  entries: [{ id: seals.badge_id, category: "official", status: "summoned", credential: "active", named: true, in_since: null, in_until: null, in_gate: null, handed_out: false, record: seals.record }],
  ...more,
});
const measuredAt = (reading) => ({ server: START, steady: reading.steady, boot: reading.boot, offset: START - reading.wall });
function decide({ list = roster(), entry = {}, own = [], goingOut = false, shift = 0, hands = handClock() } = {}) {
  const reading = { ...hands.clock.read() };
  const measured = measuredAt(reading);
  const head = readHead(list);
  return decideHere({ head, measured, entry: entry && { ...readEntry(list.entries[0]), ...entry }, own, token: seals.token, goingOut, reading: { ...reading, wall: reading.wall + shift, steady: reading.steady + shift } });
}
await test("list: who is on it comes in, with name and seat out of the sealed record", () => {
  const verdict = decide();
  assert.deepEqual([verdict.outcome, verdict.reason, verdict.person.seat], ["admitted", null, "C2"]);
});
await test("list: unknown, revoked, blank, of a category that the event does not have", () => {
  assert.equal(decide({ entry: null }).reason, "unknown_badge");
  assert.equal(decide({ entry: { revoked: true } }).reason, "revoked");
  assert.equal(decide({ entry: { named: false } }).reason, "not_issued");
  assert.equal(decide({ entry: { category: "nobody" }, shift: -30 * MINUTE }).reason, "not_admitted_here");
  assert.equal(decide({ entry: { category: "nobody" }, shift: 61 * MINUTE }).reason, "not_admitted_here");
  assert.equal(decide({ entry: { category: "press" }, shift: -MINUTE }).reason, "not_admitted_here");
  assert.equal(decide({ entry: { category: "press" } }).outcome, "admitted", "the session decides from an hour before");
  assert.equal(decide({ entry: { status: "a newer word" } }).outcome, "refused");
});
await test("list: in since this morning is already in; since yesterday, or past the block, not", () => {
  const before = START - 10 * MINUTE;
  assert.deepEqual([decide({ entry: { in_since: before, in_gate: "main" } }).outcome, decide({ entry: { in_since: before, in_gate: "main" } }).since], ["already_in", before]);
  assert.equal(decide({ entry: { in_since: START - 24 * 60 * MINUTE } }).outcome, "admitted");
  assert.equal(decide({ entry: { in_since: before, in_until: START - MINUTE } }).outcome, "admitted");
  assert.deepEqual([decide({ entry: {}, goingOut: true }).outcome, decide({ entry: {}, goingOut: true }).reason], ["left", "was_not_in"]);
});
await test("list: what this phone did stands above it, until the list can know", () => {
  const hands = handClock();
  const row = { ...hands.clock.read(), told: "admitted", outcome: null, fresh: true };
  assert.equal(decide({ own: [row], hands }).outcome, "already_in");
  assert.equal(decide({ own: [{ ...row, fresh: false }], hands }).outcome, "admitted");
  assert.equal(decide({ own: [{ ...row, told: "left" }, row], hands }).outcome, "admitted");
  assert.equal(decide({ own: [{ ...row, outcome: "refused" }], hands }).outcome, "admitted", "the server's word goes before");
  assert.equal(decide({ own: [{ ...row, outcome: "undone" }], hands }).outcome, "admitted");
  const once = roster({ gate: { ...roster().gate, reentry: false } });
  assert.equal(decide({ list: once, own: [{ ...row, told: "left" }, { ...row, fresh: false }], hands }).reason, "no_reentry");
});
await test("list: a hand-out once, and not to who got it here", () => {
  const list = roster({ gate: { ...roster().gate, kind: "handout", area: null } });
  assert.equal(decide({ list }).outcome, "handed_out");
  assert.equal(decide({ list, entry: { handed_out: true } }).reason, "already_handed_out");
  assert.equal(decide({ list, own: [{ ...handClock().clock.read(), told: "handed_out", outcome: null, fresh: true }] }).reason, "already_handed_out");
});
await test("list: a wrong wall clock opens and closes no door", () => {
  const hands = handClock();
  hands.hands.wall -= 400 * 24 * 3600e3; // and was so from the start
  hands.clock.begin();
  assert.equal(decide({ hands }).outcome, "admitted");
  const measured = measuredAt(hands.clock.read());
  assert.equal(serverTime(measured, { wall: 5, steady: measured.steady + 7, boot: measured.boot }), START + 7);
  assert.equal(serverTime(measured, { wall: 5, steady: 9, boot: "another" }), 5 + measured.offset);
  const head = readHead(roster());
  const entry = readEntry(roster().entries[0]);
  const later = decideHere({ head, measured, entry, own: [], token: seals.token, goingOut: false, reading: { wall: 0, steady: 0, boot: "another" } });
  assert.equal(later.outcome, "admitted", "after a reload, with a clock that would close the event");
});
await test("list: a block ends with its session, and goes on with carry_over", () => {
  const at = START;
  const sessions = [{ starts: at + 1, ends: at + 10, carry_over: true }, { starts: at + 20, ends: at + 30, carry_over: false }, { starts: at + 40, ends: at + 50, carry_over: false }];
  assert.deepEqual([blockEnd(sessions, at + 100, at), blockEnd(sessions, at + 15, at), blockEnd(sessions, at + 100, at + 35), blockEnd(sessions, at + 100, at + 60), blockEnd([], at + 100, at)], [at + 30, at + 10, at + 50, at + 100, at + 100]);
});

// --- a badge's way, and sending ---
async function scene({ device = true, measured = true } = {}) {
  const hands = handClock();
  const store = new Memory();
  const server = Object.assign(new Server({ Away, Refused, roster: roster() }), { store });
  const identity = device ? { device: "ABC", key: "k", event: "e", gate: "main", seal: seals.mailbox_public } : { session: true, csrf: "c", event: "e", gate: "main", seal: seals.mailbox_public };
  const link = server.link(identity);
  const told = [];
  const kept = [];
  const sync = new Sync({ store, link, clock: hands.clock, tell: () => {}, told: (all) => told.push(...all), keep: (one) => kept.push(one) });
  const shown = [];
  const door = new Door({ store, link, sync, clock: hands.clock, direction: "in", show: (result) => { shown.push({ ...result, kept: structuredClone(store.scans.at(-1)) }); } });
  if (measured && device) await sync.refreshList();
  return { hands, store, server, link, sync, door, shown, told, kept };
}
await test("door: on the disk first, then the server, then told; nothing waits", async () => {
  const { door, shown, store, server } = await scene();
  await door.take(seals.token);
  assert.deepEqual([shown[0].outcome, shown[0].from, shown[0].name], ["admitted", "server", "Lâm"]);
  assert.deepEqual(server.log.filter((one) => one.startsWith("/api/v1/checkins")).length, 1);
  assert.equal(server.seenWhenAsked[0], "asking", "it was kept before it was asked about");
  assert.deepEqual([store.scans[0].state, store.scans[0].sealed, store.scans[0].outcome], ["sent", null, "admitted"]);
  assert.ok(!JSON.stringify(store.scans).includes(seals.token));
});
await test("door: nobody answers: the list decides, and the decision is kept before it is told", async () => {
  const { door, shown, server, sync } = await scene();
  server.away = true;
  await door.take(seals.token);
  assert.deepEqual([shown[0].outcome, shown[0].from, shown[0].seat], ["admitted", "list", "C2"]);
  assert.deepEqual([shown[0].kept.state, shown[0].kept.told, shown[0].kept.roster], ["waiting", "admitted", 4]);
  assert.equal(sync.state.reachable, false);
  await door.take(seals.token);
  assert.equal(shown[1].outcome, "already_in");
  assert.equal(server.log.filter((one) => one.startsWith("/api/v1/checkins")).length, 1, "not asked again before the server was heard");
});
await test("door: while an earlier scan of the badge waits, the server is not asked about a newer one", async () => {
  const { door, shown, server, sync } = await scene();
  server.away = true;
  await door.take(seals.token);
  server.away = false;
  sync.set({ reachable: true });
  await door.take(seals.token);
  assert.deepEqual(shown.map((one) => one.from), ["list", "list"]);
});
await test("door: without a list a scan is kept for later, and nobody is told anything else", async () => {
  const { door, shown, server } = await scene({ measured: false });
  server.away = true;
  await door.take(seals.token);
  assert.deepEqual([shown[0].outcome, shown[0].kept.told, shown[0].kept.state], ["queued", "ask", "waiting"]);
});
await test("door: a full phone says that the scan is not kept; a decision that is not kept is none", async () => {
  const { door, shown, store, server } = await scene();
  console.error = () => {}; // it says so there too
  store.full = "add";
  await door.take(seals.token);
  assert.deepEqual([shown[0].outcome, shown[0].full, store.scans.length, server.log.filter((one) => one.includes("checkins")).length], ["lost", true, 0, 0]);
  store.full = "tell";
  server.away = true;
  await door.take(seals.token);
  assert.equal(shown[1].outcome, "queued");
  await store.recover(START);
  assert.equal(store.scans[0].state, "waiting");
});
await test("sync: what waits is sent in order, 64 at once, each once, with its age", async () => {
  const { door, server, sync, hands, store } = await scene();
  server.away = true;
  for (let i = 0; i < 70; i++) { await door.take(`${String(i).padStart(4, "0")}ABCDEFGHJKMN`); hands.pass(100); }
  hands.pass(5000);
  server.away = false;
  while (await sync.once());
  assert.deepEqual(server.batches.map((one) => one.length), [1, 64, 6]); // the first is the question that nobody answered
  const all = server.batches.slice(1).flat();
  assert.deepEqual(all.map((one) => one.scan_id), store.scans.map((one) => one.scan_id));
  assert.ok(all.every((one, i) => one.age_ms === 5000 + (70 - i) * 100 && one.decision === "refused" && one.sealed && !one.token), JSON.stringify(all[0]));
  assert.equal((await store.counts()).waiting, 0);
});
await test("sync: after a reload there is no age, but the server's clock as it was carried on", async () => {
  const { door, server, sync, hands } = await scene();
  server.away = true;
  hands.pass(2000);
  await door.take(seals.token);
  hands.hands.steady = 50; // another page, another start
  hands.pass(7000);
  server.away = false;
  while (await sync.once());
  const [scan] = server.batches.at(-1);
  assert.deepEqual([scan.age_ms, scan.server_at], [null, new Date(START + 2000).toISOString()]);
});
await test("sync: a batch that is refused as a whole goes one by one; the one it is about is set aside", async () => {
  const { door, server, sync, store } = await scene();
  server.away = true;
  for (let i = 0; i < 3; i++) await door.take(`${i}123456789ABCDEF`);
  server.away = false;
  server.poison = store.scans[1].scan_id;
  while (await sync.once());
  assert.deepEqual(store.scans.map((one) => one.state), ["sent", "set_aside", "sent"]);
  assert.ok(store.scans[1].sealed, "kept for a person to look at");
});
await test("sync: a revoked device sends nothing more, keeps all, and its scans still come out as a file", async () => {
  const { door, server, sync, store, shown, link, hands } = await scene();
  server.revoked = true;
  await door.take(seals.token);
  assert.deepEqual([sync.state.revoked, shown[0].from, store.scans[0].state], [true, "list", "waiting"]);
  const before = server.log.length;
  await door.take("1123456789ABCDEF");
  assert.equal(server.log.length, before);
  const file = await exportScans({ store, identity: link.identity, clock: hands.clock, head: sync.head });
  const outside = JSON.parse(file.text);
  assert.deepEqual([outside.format, outside.device, outside.count], ["plenum-scans/1", "ABC", 2]);
  assert.ok(!file.text.includes(seals.token));
});
await test("sync: let in again, it goes on by itself and asks the server as before", async () => {
  const { door, server, sync, store, shown } = await scene();
  server.revoked = true;
  await door.take(seals.token);
  assert.equal(sync.state.revoked, true);
  server.revoked = false;
  while (await sync.once());
  assert.deepEqual([sync.state.revoked, sync.state.reachable, store.scans[0].state], [false, true, "sent"]);
  await door.take("1123456789ABCDEF");
  assert.equal(shown.at(-1).from, "server");
});
await test("sync: signed out, only an answer to a signed-in question ends it", async () => {
  const { door, server, sync, store } = await scene({ device: false });
  server.revoked = true;
  await door.take(seals.token);
  assert.equal(sync.state.signedOut, true);
  const [scan] = store.scans.splice(0, 1);
  server.revoked = false;
  await sync.once();
  assert.deepEqual([sync.state.signedOut, sync.state.reachable], [true, true]);
  store.scans.push(scan);
  while (await sync.once());
  assert.deepEqual([sync.state.signedOut, store.scans[0].state], [false, "sent"]);
});
await test("sync: the server says another thing than the person was told: told", async () => {
  const { door, server, sync, told } = await scene();
  server.away = true;
  await door.take(seals.token);
  server.away = false;
  server.outcome = { outcome: "refused", reason: "revoked", conflict: true };
  while (await sync.once());
  assert.deepEqual([told.length, told[0].scan.told, told[0].answer.outcome], [1, "admitted", "refused"]);
});
await test("sync: changes of the list, a revocation among them", async () => {
  const { door, server, sync, shown } = await scene();
  server.roster = { ...roster(), version: 5, full: false, entries: [{ ...roster().entries[0], credential: "revoked" }] };
  await sync.refreshList();
  assert.equal(server.log.at(-1), "/api/v1/events/e/roster?since=4");
  server.away = true;
  await door.take(seals.token);
  assert.equal(shown[0].reason, "revoked");
  server.away = false;
  server.roster = { ...roster(), version: 6, full: true, entries: [] };
  await sync.refreshList();
  assert.equal(sync.store.entries.size, 0, "a whole list forgets the rest");
});
await test("sync: behind a higher epoch what its copy may lack is sent again; a lower one is no server of ours", async () => {
  const { door, server, sync, store } = await scene();
  server.headers = { "Plenum-Epoch": "1.a", "Plenum-Copy-Lag": "300" };
  await sync.refreshList();
  await door.take(seals.token);
  assert.ok(store.scans[0].sealed, "held until the copy has it");
  server.headers = { "Plenum-Epoch": "2.b" };
  await sync.refreshList();
  assert.deepEqual([store.scans[0].state, store.scans[0].told], ["waiting", "admitted"]);
  server.headers = { "Plenum-Epoch": "1.a" };
  await assert.rejects(sync.refreshList(), Away);
});
await test("sync: something that is not our server keeps everything as it is", async () => {
  const { door, server, sync, store } = await scene();
  server.away = true;
  await door.take(seals.token);
  server.away = false;
  server.hotel = true;
  await assert.rejects(sync.once(), Away);
  assert.equal(store.scans[0].state, "waiting");
});
await test("undo: the last scan that did something; not before the server has it", async () => {
  const { door, server, sync, store } = await scene();
  assert.equal(await door.undo(), "none");
  server.away = true;
  await door.take(seals.token);
  assert.equal(await door.undo(), "waits");
  server.away = false;
  while (await sync.once());
  assert.equal(await door.undo(), "undone");
  assert.ok(server.log.includes(`/api/v1/checkins/${store.scans[0].scan_id}/undo`));
  assert.equal(await door.undo(), "none");
});
await test("plain HTTP: by the desk's session, without a list: answered, or kept for later", async () => {
  const { door, shown, server, sync } = await scene({ device: false });
  await door.take(seals.token);
  assert.deepEqual([shown[0].outcome, shown[0].from], ["admitted", "server"]);
  server.away = true;
  await door.take(seals.token);
  assert.equal(shown[1].outcome, "queued");
  server.away = false;
  while (await sync.once());
  assert.equal(server.log.at(-1), "/api/v1/checkins?event=e");
});

console.log(`# scan page: ${passed} passed, ${failed} failed`);
process.exit(failed || !passed ? 1 : 0);

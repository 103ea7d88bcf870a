#!/usr/bin/env python3
# suite
# sanitized
"""A door that never stops: five gates, each a scanner in a network namespace of its own, reach the server by HTTPS through a proxy that delays, cuts, swallows, stalls,
halves and drips; their clocks are wrong, are set and start anew; scanner, decoder and server are killed at any moment, while people arrive everywhere. Then all is healed,
and what was told, what is recorded and what is counted are compared, scan by scan, with each other and with a model of the rules (model.py).

    B=build/x tests/flow/gates.py [--minutes N] [--seed S] [STORY...]"""
import argparse
import json
import os
import random
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import gates_kit as gk  # noqa: E402
import plenum as kit  # noqa: E402
from model import Gate, Model, Person  # noqa: E402
from plenum import check, equal, note  # noqa: E402
from recount import recount  # noqa: E402

EVENT, HOUR, PEOPLE = "test-1", 3600000, 36
UNKNOWN = "ZZZZZZZZZZZZZZZZ"
TITLES = {"main": "Door main", "side": "Door side", "exit": "Way out", "dinner": "Dinner", "gifts": "Gifts"}
options = None


def shape(value, event, offset):
    hall = {"kind": "entry", "area": "hall", "direction": "both", "reentry": True}
    value["people"] = [{"code": "P%02d" % i, "name": "Name %02d" % i} for i in range(PEOPLE)]
    event["delegates"] = [{"person": p["code"], "category": ("official", "official", "guest", "press")[i % 4], "status": "withdrawn" if i == 7 else "summoned"}
                          for i, p in enumerate(value["people"])]
    event["documents"], event["areas"] = [], [{"code": c, "title": {"vi": c}} for c in ("hall", "dining")]
    event["gates"] = [dict(hall, code="main", admits=["official", "guest"]), dict(hall, code="side"), dict(hall, code="exit", direction="out"),
                      dict(hall, code="dinner", area="dining", direction="in", reentry=False, admits=["official", "guest"]),
                      {"code": "gifts", "kind": "handout", "admits": ["official"]}]
    for gate in event["gates"]:
        gate["title"] = {"vi": TITLES[gate["code"]], "en": TITLES[gate["code"]]}


# What happened in the database in which order: ids follow the server's clock, which is set while it works.
JOURNAL = ("CREATE TABLE test_journal (n INTEGER PRIMARY KEY, kind TEXT, about TEXT)",
           "CREATE TRIGGER test_scan AFTER INSERT ON scan BEGIN INSERT INTO test_journal(kind, about) VALUES('scan', NEW.scan_id); END",
           "CREATE TRIGGER test_told AFTER UPDATE OF decision ON scan BEGIN INSERT INTO test_journal(kind, about) VALUES('told', NEW.scan_id); END",
           "CREATE TRIGGER test_revoked AFTER UPDATE OF revoked_ms ON credential BEGIN INSERT INTO test_journal(kind, about) VALUES('revoked', NEW.token_id); END")


class DayModel(Model):
    """The model, with badges that were replaced, opening hours, and stays that end with their day: a clock may have been that wrong."""
    revoked = False

    def __init__(self, people, gates, first_area, opens, closes):
        super().__init__(people, gates, first_area)
        self.opens, self.closes = opens, closes  # opens is a midnight
        self.today = self.day(kit.now_ms())

    def day(self, ms):
        return max(0, (ms - self.opens) // gk.DAY)  # what a clock puts before the event belongs to its first day

    def decide(self, person, gate, direction, true_ms):
        known = person in self.people
        if known and self.revoked:
            return "refused", "revoked"
        if known and self.people[person].status == "summoned" and not self.opens <= true_ms < self.closes:
            return "refused", "not_yet_open" if true_ms < self.opens else "closed"
        return super().decide(person, gate, direction, true_ms)

    def intervals(self, person):
        """As the model's, day by day; at the end only who came in today is in."""
        out, scans = [], self.scans
        mine = self.effective(person)
        for day in sorted({self.day(s.true_ms) for s in mine}):
            self.scans = [s for s in mine if self.day(s.true_ms) == day]
            out += super().intervals(person)
            for stay in out if day != self.today else ():
                stay[3] = False
        self.scans = scans
        return out

    def conflicts(self):
        """Each day by itself: nobody is in from the day before."""
        scans, out = self.scans, set()
        given = {}
        for s in sorted((s for s in scans if s.outcome == "handed_out"), key=lambda s: (s.true_ms, s.order)):
            out |= {id(s)} if given.setdefault((s.person, s.gate), s) is not s else set()
        for day in {self.day(s.true_ms) for s in scans}:
            self.scans = [s for s in scans if self.day(s.true_ms) == day]
            out |= super().conflicts()
        self.scans = scans
        return out


class World:
    """The server, its clock, five gates, and who arrives where."""

    def __init__(self, name, seed, feeds, mirror=None):
        self.seed, self.rng = seed, random.Random(seed)
        self.server = kit.Server(name)
        self.clock = gk.Clock(self.server.folder, "server")
        self.server.load(kit.small_event(self.server.folder, shape))
        for statement in JOURNAL:
            self.server.write(statement)
        self.server.env = self.clock.environment()
        self.words = ["--mirror", mirror] if mirror else []
        self.server.start(*self.words, seconds=gk.PATIENCE)
        self.spare = kit.Server("spare")
        self.tokens = self.server.tokens(EVENT)
        self.owner = {token: person for person, token in self.tokens.items()}
        self.good = dict(self.tokens)  # the badge that each has now
        self.revoked = []  # codes of badges that were replaced
        self.over, self.told, self.errors = False, {}, []
        self.kinds, self.modes = ["scanner", "reboot", "decoder", "server"], sorted(set(gk.MODES))  # each once, in some order, before chance alone decides
        self.rng.shuffle(self.kinds)
        self.rng.shuffle(self.modes)
        self.gates = [gk.Gate(self.server.folder, code, feed, gk.Clock(self.server.folder, code, wall), "out" if code == "exit" else "in",
                              [lambda: self.server.tls_port, lambda: self.spare.tls_port], seed + i)
                      for i, (code, feed, wall) in enumerate(feeds)]
        for gate in self.gates:
            gate.pair(self.server.pairing(EVENT, gate.code), 2 if mirror else 1)
            seen = [self.tokens[p] for p in sorted(self.tokens)[:14]] + [UNKNOWN]
            if gate.feed != "lines":
                folder = os.path.join(self.server.folder, "pictures-" + gate.code)
                os.mkdir(folder)
                gate.frames = gk.pictures(folder, seen, gate.feed == "jpeg")
            gate.start()

    # --- people

    def pick(self, gate, rng, hot):
        while True:
            who = rng.random()
            token = UNKNOWN if who < 0.02 else rng.choice(self.revoked) if who < 0.1 and self.revoked else \
                self.good[rng.choice(hot if who < 0.7 else sorted(self.good))]
            if gate.feed == "lines" or token in gate.frames and time.time() - gate.gone.get(token, 0) > 3.5:
                return token
            time.sleep(0.01)
            if self.over:
                return None

    def arrive(self, gate):
        """One after the other at this gate; the same people are at the others too."""
        rng = random.Random("%d %s" % (self.seed, gate.code))
        try:
            while not self.over:
                hot = sorted(self.good)[int(time.time() / 4) % 4 * 3:][:5]
                token = self.pick(gate, rng, hot)
                begun = time.time()
                line = gate.show(token, lambda: self.over) if token else None
                if line:
                    self.told[line["scan_id"]] = (gate, token, begun, time.time(), line)
                time.sleep(rng.expovariate(1 / (0.12 if gate.feed == "lines" else 0.3)))
        except Exception as e:
            self.errors.append("%s: %r" % (gate.code, e))

    def begin_arrivals(self):
        self.arrivals = [threading.Thread(target=self.arrive, args=(gate,), daemon=True) for gate in self.gates]
        for thread in self.arrivals:
            thread.start()

    def end_arrivals(self):
        self.over = True
        for thread in self.arrivals:
            thread.join(gk.PATIENCE)
        equal(self.errors, [], "at every gate everybody was told something")

    # --- what goes wrong

    def restart(self, gate, again=None):
        gate.kill()
        time.sleep(self.rng.uniform(0, 0.5))
        if again:
            again()
        direction = "in" if gate.code == "exit" and self.rng.random() < 0.15 else None  # somebody holds it the wrong way
        gate.start(direction)

    def wrong(self):
        return self.rng.choice((0, 0, 3 * HOUR, -2 * gk.DAY, self.rng.randrange(-HOUR, HOUR)))

    def trouble_network(self):
        gate = self.rng.choice(self.gates)
        before, mode = gate.proxy.mode, self.modes.pop() if self.modes else self.rng.choice(gk.MODES)
        if (before == "cable") != (mode == "cable"):
            gate.namespace.set_cable(mode != "cable")
        gate.proxy.set(mode)

    def trouble_kill(self):
        kind, gate = self.kinds.pop() if self.kinds else self.rng.choice(("scanner", "scanner", "reboot", "decoder", "decoder", "server")), self.rng.choice(self.gates)
        if kind == "scanner":
            self.restart(gate)
        elif kind == "reboot":
            wall = self.wrong()
            self.restart(gate, lambda: gate.clock.reboot(wall))
            gate.reboots += 1
        elif kind == "decoder":
            camera = self.rng.choice([g for g in self.gates if g.feed != "lines"] or [gate])
            camera.kill_decoder()
        else:
            self.server.kill()
            self.server_kills += 1
            time.sleep(self.rng.uniform(0, 1.0))
            if self.rng.random() < 0.3:
                self.clock.step(self.rng.choice((0, -40 * 60000, 40 * 60000)))
            self.server.start(*self.words, seconds=gk.PATIENCE)

    def trouble_clock(self):
        if self.rng.random() < 0.2:
            self.clock.step(self.rng.choice((0, -20 * 60000, 30 * 60000)))
        else:
            self.rng.choice(self.gates).clock.step(self.wrong())

    server_kills = 0

    def rage(self, seconds):
        """Until the time is over, and until every kind of trouble was there."""
        until, due = time.time() + seconds, {self.trouble_network: 0.0, self.trouble_kill: 1.0, self.trouble_clock: 2.0}
        pace = {self.trouble_network: 0.7, self.trouble_kill: 2.0, self.trouble_clock: 3.0}
        begun, reissued = time.time(), 0
        while time.time() < until or self.kinds or self.modes:
            for trouble in list(due):
                if time.time() - begun >= due[trouble]:
                    trouble()
                    due[trouble] = time.time() - begun + self.rng.uniform(0.3, 1.7) * pace[trouble]
            if reissued < 2 and time.time() - begun > seconds * (reissued + 1) / 4:
                self.reissue(sorted(self.tokens)[reissued * 4])
                reissued += 1
            time.sleep(0.02)

    def reissue(self, person):
        """A lost badge, while gates are split: its old code is refused wherever that is known."""
        reply = self.organiser.post("/api/v1/events/%s/delegates/%s/reissue" % (EVENT, person), {"reason": "lost"})
        equal(reply.status, 201, "a badge is issued anew in the midst of it")
        self.revoked.append(self.good[person])
        self.good[person] = self.server.tokens(EVENT)[person]
        self.owner[self.good[person]] = person

    def heal(self, is_known=lambda: True):
        """The network is well, the server's clock is right; nothing waits any more."""
        for gate in self.gates:
            gate.namespace.set_cable(True)
            gate.proxy.set("pass")
        self.clock.step(0)
        self.end_arrivals()
        done = kit.wait(lambda: is_known() and all(not g.rows("SELECT 1 FROM scan WHERE state <> 'sent'") for g in self.gates), 180)
        check(done, "every queue is empty in the end", [(g.code, [tuple(r) for r in g.rows("SELECT state, COUNT(*) FROM scan GROUP BY 1")]) for g in self.gates])
        equal([(g.code, g.end()) for g in self.gates], [(g.code, 0) for g in self.gates], "every scanner ends in peace")

    def close(self):
        for gate in self.gates:
            gate.close()


# --- the comparison -----------------------------------------------------------------------------------------------------------------

RECORD = """SELECT s.scan_id, s.token_id, s.direction, s.outcome, s.reason, s.decision, s.scanned_ms, s.age_ms, s.true_ms, s.estimated, s.received_ms,
  s.conflict, g.code AS gate, v.code AS device, p.code AS person,
  EXISTS (SELECT 1 FROM audit a WHERE a.action = 'checkin.told' AND a.subject = s.scan_id) AS late
  FROM scan s JOIN event e ON e.id = s.event_id JOIN gate g ON g.id = s.gate_id LEFT JOIN device v ON v.id = s.device_id
  LEFT JOIN delegate d ON d.id = s.delegate_id LEFT JOIN person p ON p.id = d.person_id JOIN test_journal j ON j.kind = 'scan' AND j.about = s.scan_id
  WHERE e.slug = ? ORDER BY j.n"""
NAMES = ("scan_id", "token_id", "direction", "outcome", "reason", "decision", "scanned_ms", "age_ms", "true_ms", "estimated", "received_ms", "conflict", "gate",
         "device", "person", "late")


def compare_told(world, server, records):
    """Every line that any scanner printed against the record, both ways, and both against the queues."""
    by_id = {r["scan_id"]: r for r in records}
    equal(len(by_id), len(records), "no scan stands twice in the record")
    lines = {line["scan_id"]: (gate, line) for gate in world.gates for life in gate.lives for line in life.lines}
    count = sum(len(life.lines) for gate in world.gates for life in gate.lives)
    equal(len(lines), count, "every reading has an id of its own (%d were told)" % count)
    queues = {row["scan_id"]: (gate, row) for gate in world.gates for row in gate.rows("SELECT * FROM scan")}
    equal([(g.code, line) for g, line in lines.values() if line["scan_id"] not in queues], [], "what was told is in that gate's queue")
    equal(set(by_id) - set(queues), set(), "nothing is recorded that no gate has shown")
    equal(set(queues) - set(by_id), set(), "everything that a gate kept is recorded")
    wrong = []
    for key, (gate, line) in lines.items():
        r = by_id.get(key)
        if r is None:
            continue
        told, stored = (line["outcome"], line["reason"], line["conflict"]), (r["outcome"], r["reason"], bool(r["conflict"]))
        if line["decided_by"] == "server" and r["decision"] == "ask":
            good = told == stored
        elif line["decided_by"] == "server":  # by one that is lost, and sent again to another as a fact
            good = line["outcome"] == r["outcome"] == r["decision"] and gate.rows("SELECT 1 FROM server WHERE epoch LIKE '2.%'")
        elif line["decided_by"] == "roster":  # a fact; what the rule says to it is the mark
            good = line["outcome"] == r["outcome"] and (r["conflict"] or r["decision"] in ("ask", line["outcome"]))
            # Asked, answered "admitted", not heard, told "already in" by a list that knew of it: in all the same, and marked.
            good = good or (line["outcome"], r["outcome"], r["decision"], r["conflict"], r["late"]) == ("already_in", "admitted", "already_in", 1, 1)
        else:
            good = line["outcome"] == "queued" and r["decision"] == "ask"
        good = good and (gate.code, line["direction"], line["scanned_at"]) == (r["gate"], r["direction"], kit.time_text(r["scanned_ms"])) and r["device"] == gate.device
        if not good:
            wrong.append((line["decided_by"], told, stored, r["decision"], gate.code))
    equal(wrong, [], "%d told lines are recorded as they were told" % len(lines))
    bad = [(tuple(row)[:10], by_id[key]["outcome"]) for key, (gate, row) in queues.items()
           if key in by_id and (row["outcome"], row["outcome_reason"], row["conflict"]) != tuple(by_id[key][n] for n in ("outcome", "reason", "conflict"))]
    equal(bad, [], "each gate keeps the answer that the record has")
    shown = [(gate.code, by_id[key]["token_id"], token) for key, (gate, token, _, _, _) in world.told.items()
             if key in by_id and by_id[key]["token_id"] != kit.token_id(token)]
    equal(shown, [], "of the badge that was shown")
    untold = explain_untold(world, lines)
    note("%d told, %d recorded, %d kept but not told (a kill came between)" % (len(lines), len(records), untold))
    return lines


def explain_untold(world, lines):
    """Kept and not told: the last scan of a life that was killed, one each."""
    unexplained, untold = [], 0
    for gate in world.gates:
        rows = sorted(gate.rows("SELECT seq, scan_id FROM scan"), key=lambda row: row["seq"])
        own = [row["scan_id"] for row in rows]
        last = {life.lines[-1]["scan_id"]: life for life in gate.lives if life.lines}
        run, kills = 0, sum(life.killed for life in gate.lives)
        if sum(key not in lines for key in own) > kills:
            unexplained.append((gate.code, "more than it was killed", kills))
        for i, key in enumerate(own):
            if key in lines:
                run = 0
                continue
            untold, run = untold + 1, run + 1
            before = last.get(own[i - run]) if i >= run else None
            silent = sum(life.killed and not life.lines for life in gate.lives)  # killed before it told anybody anything
            if not (before is None or before.killed) or run > 1 + silent:
                unexplained.append((gate.code, i, key))
    equal(unexplained, [], "what was kept and not told is the last of a life that was killed")
    return untold


def compare_times(world, records):
    """Where a scan was read with a clock that cannot jump, its true time is the time at which it was shown, whatever clock is wrong."""
    by_id, off, guessed = {r["scan_id"]: r for r in records}, [], 0
    for key, (gate, _, begun, ended, _) in world.told.items():
        r = by_id.get(key)
        if r is None:
            continue
        if r["estimated"]:
            guessed += 1
            if r["age_ms"] is not None or r["true_ms"] > r["received_ms"]:
                off.append(("estimated", gate.code, r["age_ms"], r["true_ms"] - r["received_ms"]))
            continue
        if not any(begun * 1000 - 500 <= r["true_ms"] - wall <= ended * 1000 + 15000 for wall in world.clock.used):
            off.append((gate.code, r["true_ms"] - begun * 1000, r["received_ms"] - r["true_ms"], r["age_ms"]))
    equal(off, [], "true times are when the badges were shown (%d of %d are estimates, from before a start of the machine)" % (guessed, len(by_id)))


def compare_rules(world, server, records):
    """Each answer against the model in the order of arrival; then figures and conflicts by true time."""
    people = [Person(code, ("official", "official", "guest", "press")[i % 4], None, "withdrawn" if i == 7 else "summoned") for i, code in enumerate(sorted(world.tokens))]
    doors = [Gate("main", "hall", ["official", "guest"]), Gate("side", "hall"), Gate("exit", "hall", lets_in=False),
             Gate("dinner", "dining", ["official", "guest"], lets_out=False, reentry=False), Gate("gifts", None, ["official"])]
    head = json.loads(world.gates[0].rows("SELECT head FROM roster_head")[0][0])["event"]
    model, wrong, known = DayModel(people, doors, "hall", kit.time_ms(head["opens_at"]), kit.time_ms(head["closes_at"])), [], {}
    by_id, revoked, late = {r["scan_id"]: r for r in records}, set(), 0
    for kind, about in server.rows("SELECT kind, about FROM test_journal ORDER BY n"):
        r = by_id.get(about)
        if kind == "revoked":
            revoked.add(about)
        elif kind == "scan":
            model.revoked = r["token_id"] in revoked
            known[about] = model.add(r["person"] or "nobody", r["gate"], r["direction"], r["true_ms"], "ask" if r["late"] else r["decision"])
        else:  # its answer was not heard, and the door told another thing
            late, scan = late + 1, known[about]
            check(r["decision"] != scan.outcome and r["late"], "what was told after all is another thing than the answer")
            scan.outcome = "admitted" if (scan.outcome, r["decision"]) == ("admitted", "already_in") else r["decision"]
            scan.conflict = True
    for r in records:
        scan = known[r["scan_id"]]
        want, got = (scan.outcome, scan.reason, scan.conflict), (r["outcome"], r["reason"], bool(r["conflict"]))
        if want != got:
            wrong.append((r["person"], r["gate"], r["direction"], r["decision"], got, want))
    equal(wrong[:5], [], "%d answers are the model's, in the order of arrival (%d were not heard, and another thing told)" % (len(records), late))
    client = kit.Client(server, key=world.gates[0].key)
    stats = client.get("/api/v1/events/%s/stats" % EVENT).json()
    want = model.stats()
    equal({k: stats[k] for k in want if k != "by_delegation"}, {k: v for k, v in want.items() if k != "by_delegation"}, "the figures are the model's")
    whole = recount(server.data, EVENT)
    equal({k: stats[k] for k in whole}, whole, "and a recount's by plain SQL")
    asked_for, export = model.conflicts(), json.loads(kit.plenum("export", "checkins", "--event", EVENT, "--format", "json", data=server.data).stdout)
    equal({e["scan_id"]: (e["outcome"], e["reason"], e["gate"], e["device"]) for e in export},
          {r["scan_id"]: (r["outcome"], r["reason"], r["gate"], r["device"]) for r in records}, "plenum export has the record")
    conflicts = {key for key, scan in known.items() if id(scan) in asked_for}
    odd = {e["scan_id"] for e in export if e["conflict"]} ^ conflicts
    check(not odd, "%d conflicts are the model's" % len(conflicts), [story_of(model, known[key], key in conflicts) for key in sorted(odd)[:2]])
    compare_list(world, server, by_id, conflicts)
    note("%d attended, %d present of %d; %s" % (stats["attended"], stats["present"], stats["expected"],
                                                 ", ".join("%s %d" % (o, sum(r["outcome"] == o for r in records)) for o in sorted({r["outcome"] for r in records}))))


def story_of(model, scan, is_conflict):
    """What is needed to judge a conflict: the person's scans around it."""
    mine = model.effective(scan.person)
    at = mine.index(scan)
    return (is_conflict, scan.person, [("> " if s is scan else "") + " ".join((s.gate, s.outcome, str(s.reason), str(s.true_ms), str(s.order))) for s in mine[max(0, at - 6):at + 2]])


def compare_list(world, server, by_id, conflicts):
    """The console's list: names, gates, devices, and the device's clock where it was wrong."""
    page = world.organiser.get("/admin/%s/conflicts?lang=en" % EVENT).text
    listed = {key: " ".join(re.sub(r"<[^>]+>", " ", words).split()) for key, words in re.findall(r'<li data-scan="([0-9a-f-]+)">(.*?)</li>', page, re.S)}
    check(set(listed) <= conflicts and len(listed) == min(200, len(conflicts)), "the console lists them (200 at most)", (len(listed), len(conflicts)))
    poor = []
    for key, words in listed.items():
        r = by_id[key]
        clock = abs(r["scanned_ms"] - r["true_ms"]) > 2000
        parts = [TITLES[r["gate"]], "Máy " + r["gate"]] + (["Name " + r["person"][1:]] if r["person"] else []) + (["clock"] if clock else [])
        poor += [(part, words) for part in parts if part not in words]
    equal(poor, [], "with names, gates, devices and wrong clocks")


def compare(world, server):
    world.organiser = server.sign_in("ban", world.password)
    records = [dict(zip(NAMES, row)) for row in server.rows(RECORD, EVENT)]
    compare_told(world, server, records)
    compare_times(world, records)
    compare_rules(world, server, records)
    doctor = kit.plenum("doctor", data=server.data, fine=False)
    check(doctor.returncode == 0, "plenum doctor agrees", doctor.stdout + doctor.stderr)
    return records


def take_back(world):
    """Undo by the same device: the scan stays, what it did is gone, the figures follow."""
    gate = world.gates[0]
    last = gate.rows("SELECT scan_id FROM scan WHERE outcome IN ('admitted', 'left', 'handed_out') ORDER BY seq DESC LIMIT 1")[0][0]
    fresh = world.server.value("SELECT received_ms FROM scan WHERE scan_id = ?", last) > kit.now_ms() - 14 * 60000
    for who, want in ((gate, 0 if fresh else 1), (world.gates[3], 1)):
        done = subprocess.run(gate.namespace.words() + [kit.program("plenum-scanner"), "undo", last, "--spool", who.spool, "--reason", "đọc nhầm"], capture_output=True, text=True)
        equal(done.returncode, want, "undo by %s: %s" % (who.code, (done.stdout + done.stderr).strip()))
    equal(world.server.value("SELECT COUNT(*) FROM correction c JOIN scan s ON s.id = c.scan WHERE s.scan_id = ? AND c.reason = 'đọc nhầm'", last), int(fresh), "it is recorded, with the reason")
    stats, whole = kit.Client(world.server, key=gate.key).get("/api/v1/events/%s/stats" % EVENT).json(), recount(world.server.data, EVENT)
    equal({k: stats[k] for k in whole}, whole, "and the figures are a recount's")


FEEDS = (("main", "lines", 3 * HOUR), ("side", "y4m", 0), ("dinner", "jpeg", -2 * gk.DAY), ("exit", "lines", 0), ("gifts", "lines", 90000))


def split():
    seed = options.seed
    note("seed %d, %.1f minutes" % (seed, options.minutes))
    world = World("gates", seed, FEEDS)
    try:
        world.password = world.server.user("ban", "organiser", EVENT)
        world.organiser = world.server.sign_in("ban", world.password)
        check(kit.wait(lambda: all(g.rows("SELECT 1 FROM roster_head") for g in world.gates), gk.PATIENCE), "every gate has its list")
        boots = {g.code: g.clock.boot for g in world.gates}
        world.begin_arrivals()
        world.rage(options.minutes * 60)
        world.heal()
        records = compare(world, world.server)
        first = {g.code: g.rows("SELECT boot_id FROM scan ORDER BY seq LIMIT 1")[0][0] for g in world.gates}
        equal(first, boots, "the gates lived by the clocks that we gave them")
        take_back(world)
        told = [line for g in world.gates for life in g.lives for line in life.lines]
        by = {d: sum(line["decided_by"] == d for line in told) for d in ("server", "roster", None)}
        check(by["server"] and by["roster"], "both the server and the gates decided: %r" % by)
        closed = [line for line in told if line["reason"] in ("not_yet_open", "closed")]
        equal(closed[:3], [], "nobody was sent away because a clock was wrong")
        note("kills: %d scanners (%d with a start of the machine), %d decoders, %d servers; proxies %r" % (
            sum(g.kills for g in world.gates), sum(g.reboots for g in world.gates), sum(g.decoder_kills for g in world.gates), world.server_kills,
            {m: sum(g.proxy.seen.get(m, 0) for g in world.gates) for m in sorted(set(gk.MODES))}))
        equal(world.server.stop(), 0, "the server stops in peace")
        _ = records
    finally:
        world.close()


def takeover():
    """The server dies for good in the rush; the spare laptop takes over from the copy; the gates find it by its address and send again what the copy lacks."""
    copy = os.path.join(kit.scratch("stick"), "copy")
    world = World("rush", options.seed + 1, FEEDS, mirror=copy)
    try:
        world.password = world.server.user("ban", "organiser", EVENT)
        check(kit.wait(lambda: "mirror ok" in kit.Client(world.server).get("/healthz").text, gk.PATIENCE), "the copy becomes whole")
        check(kit.wait(lambda: all(g.rows("SELECT 1 FROM roster_head") for g in world.gates), gk.PATIENCE), "every gate has its list")
        world.begin_arrivals()
        until = time.time() + 60 * options.minutes / 4
        while time.time() < until:
            world.trouble_network()
            time.sleep(world.rng.uniform(0.2, 0.8))
        world.server.kill()
        killed = time.time()
        done = kit.plenum("takeover", copy, data=world.spare.data)
        check("taken over" in done.stdout, "takeover from the copy", done.stdout)
        world.spare.env = world.clock.environment()
        had = world.spare.value("SELECT COUNT(*) FROM scan")
        world.spare.start(seconds=gk.PATIENCE)
        world.server.start(*world.words, seconds=gk.PATIENCE)  # somebody switches the old one on again
        world.heal(lambda: all(g.rows("SELECT 1 FROM server WHERE epoch LIKE '2.%'") for g in world.gates))
        seconds = time.time() - killed
        check(seconds < 180, "the drill takes less than three minutes: %.0f s from the kill until every queue was empty" % seconds)
        equal(world.server.stop(), 0, "the old one stops in peace")
        records = compare(world, world.spare)
        again = [r for r in records if r["received_ms"] < killed * 1000]
        note("the copy had %d scans, the record has %d (%d read before the kill)" % (had, len(records), len(again)))
        equal(world.spare.stop(), 0, "the spare stops in peace")
    finally:
        world.close()


def main():
    global options
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=0.4)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("stories", nargs="*")
    options = parser.parse_args()
    gk.need_namespaces()
    gk.build_clock(kit.scratch("clock"))
    gk.Proxy.begin()
    kit.run("gates", *[story for story in (split, takeover) if not options.stories or story.__name__ in options.stories])


if __name__ == "__main__":
    main()

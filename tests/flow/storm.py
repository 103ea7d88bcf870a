#!/usr/bin/env python3
# suite
# sanitized threads
"""kill -9 of the server in a storm of check-ins, ten times: 64 connections, several gates and devices. What was acknowledged is in the record once, as it was
answered; what was not is sent again with the same number; nothing is there twice; the figures equal a recount by plain SQL.

    B=build/x tests/flow/storm.py [ROUNDS] [SEED]"""
import json
import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import check, equal, scan, uuid7  # noqa: E402
from recount import recount  # noqa: E402

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 10
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
SPEAKERS = 64
EVENT = "dai-hoi-19"
GATES = ("main", "main", "side", "side", "groups", "groups", "gala", "gifts")


def shape(folder):
    """The congress of the sample, all day at noon, without sessions and bounds: whatever comes is counted."""
    with open(plenum.SAMPLE, encoding="utf-8") as f:
        value = json.load(f)
    zone, offset = plenum.noon_zone()
    event = value["events"][0]
    event.update(timezone=zone, starts=plenum.local_text(offset)[:10] + "T00:00", ends=plenum.local_text(offset, 24 * 60)[:10] + "T23:59",
                 sessions=[], streams=[], documents=[], slides=[], announcements=[])
    for area in event["areas"]:
        area["capacity"] = None
    event["gates"].append({"code": "side", "title": {"vi": "Cửa phụ"}, "kind": "entry", "area": "hall", "direction": "both", "reentry": True})
    value["events"] = [event]
    value["organization"]["logo"] = None
    for person in value["people"]:
        person.pop("photo", None)
    path = os.path.join(folder, "event.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=False)
    return path


class Storm:
    def __init__(self):
        self.server = plenum.Server("storm")
        self.server.load(shape(self.server.folder))
        self.server.start()
        self.devices = [self.server.device(EVENT, gate, "Máy %d" % n) for n, gate in enumerate(GATES)]
        self.tokens = [t for code, t in self.server.tokens(EVENT).items()] + ["0123456789ABCDEF"]
        self.lock = threading.Lock()
        self.acknowledged = {}  # scan_id -> (outcome, reason), as first told
        self.contradictions = []
        self.retried = self.replayed = self.strange = 0
        self.open = threading.Event()
        self.last = False
        self.speakers = [threading.Thread(target=self.speak, args=(n,), daemon=True) for n in range(SPEAKERS)]

    def make(self, rng, gate):
        count = 1 if rng.random() < 0.9 else rng.randrange(2, 80)
        direction = "in" if gate in ("gifts", "gala") else rng.choice(("in", "in", "out"))
        return [scan(rng.choice(self.tokens), gate, direction, scan_id=uuid7(rng)) for _ in range(count)]

    def take(self, results, again):
        with self.lock:
            for r in results:
                told = (r["outcome"], r["reason"])
                self.replayed += r["replayed"]
                self.retried += again
                if self.acknowledged.setdefault(r["scan_id"], told) != told:
                    self.contradictions.append((r["scan_id"], self.acknowledged[r["scan_id"]], told))

    def speak(self, number):
        """Sends until the end; what was not acknowledged is sent again, the same scans with the same numbers."""
        rng = random.Random(SEED * 1000 + number)
        device = self.devices[number % len(self.devices)]
        client = plenum.Client(self.server, key=device.key)
        batch, again = None, False
        while True:
            if not self.open.wait(0.2):
                continue
            if batch is None:
                if self.last:
                    return
                batch, again = self.make(rng, device.gate), False
            begun = time.time()
            try:
                reply = client.post("/api/v1/checkins", batch[0] if len(batch) == 1 else batch)
            except (OSError, plenum.Closed, ValueError):
                client.close()
                again = True
                for s in batch:
                    s["age_ms"] += int((time.time() - begun) * 1000)
                time.sleep(0.02)
                continue
            if reply.status != 200 or len(reply.json()["results"]) != len(batch):
                self.strange += reply.status not in (503,)
                time.sleep(0.02)
                again = True
                continue
            self.take(reply.json()["results"], again)
            batch = None

    def record(self):
        return self.server.rows("SELECT scan_id, outcome, reason FROM scan")

    def compare(self, what):
        """Everything acknowledged so far is in the record as it was told."""
        with self.lock:
            told = dict(self.acknowledged)
        rows = self.record()
        stored = {r[0]: (r[1], r[2]) for r in rows}
        lost = [s for s in told if s not in stored]
        other = [(s, told[s], stored[s]) for s in told if s in stored and stored[s] != told[s]]
        check(not lost and not other and len(rows) == len(stored), "%s: %d acknowledged scans are in the record, once, as told" % (what, len(told)),
              "%d lost, %d other, %d rows for %d numbers; %r" % (len(lost), len(other), len(rows), len(stored), (lost + other)[:3]))
        return len(stored) - len(told)


def storm():
    rng = random.Random(SEED)
    plenum.note("seed %d" % SEED)
    s = Storm()
    wall = plenum.Stream(s.server.display(EVENT), "/api/v1/events/%s/live" % EVENT)
    wall.wait(lambda name, data: name == "snapshot")
    for speaker in s.speakers:
        speaker.start()
    unheard = 0
    for n in range(ROUNDS):
        before = len(s.acknowledged)
        s.open.set()
        until = time.time() + rng.uniform(0.3, 1.8)
        while time.time() < until or len(s.acknowledged) == before:
            time.sleep(0.005)
        s.server.kill()
        s.open.clear()
        s.server.start()
        unheard += s.compare("kill %d" % (n + 1))
    s.open.set()
    time.sleep(0.5)
    s.last = True
    for speaker in s.speakers:
        speaker.join(20)
    check(not any(speaker.is_alive() for speaker in s.speakers), "every scan was acknowledged in the end")
    equal(s.contradictions, [], "no scan was ever told two things")
    equal(s.strange, 0, "no answer but 200 and 503")
    check(s.retried > 0 and s.replayed > 0, "scans were in flight when it died (%d sent again, of which %d had been stored; %d in the record before anybody was told)"
          % (s.retried, s.replayed, unheard), (s.retried, s.replayed))
    equal({r[0] for r in s.record()}, set(s.acknowledged), "the record has what was sent and nothing else")
    s.compare("at the end")
    kinds = {told[0] for told in s.acknowledged.values()}
    check(kinds >= {"admitted", "already_in", "left", "handed_out", "refused"}, "every outcome came up", kinds)
    stats = s.devices[0].get("/api/v1/events/%s/stats" % EVENT).json()
    want = recount(s.server.data, EVENT)
    equal({k: stats[k] for k in want}, want, "the figures equal a recount by plain SQL (%d present of %d attended)" % (stats["present"], stats["attended"]))
    shown = wall.wait(lambda name, data: name == "snapshot" and {k: data[k] for k in want} == want)
    check(shown, "a wall that was there all the time shows the same, after %d reconnections" % (wall.connects - 1),
          [(d["present"], d["attended"]) for n, d, _ in wall.events if n == "snapshot"][-3:])
    check(wall.connects > 1, "it came back by itself", wall.error)
    wall.end()
    given = s.server.value("SELECT COUNT(*) FROM handout")
    told = s.server.rows("SELECT COUNT(*), COUNT(DISTINCT delegate_id) FROM scan WHERE outcome = 'handed_out'")[0]
    equal(told, (given, given), "each was given their papers once (%d)" % given)
    equal(s.server.value("PRAGMA integrity_check"), "ok", "the database is sound")
    done = plenum.plenum("doctor", data=s.server.data, fine=False)
    check(done.returncode == 0, "plenum doctor agrees", (done.stdout + done.stderr)[-300:])
    equal(s.server.stop(), 0, "the server stops in peace")


if __name__ == "__main__":
    plenum.run("storm", storm)

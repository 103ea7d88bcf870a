#!/usr/bin/env python3
"""Figures of the past of a federation: 70 000 delegates and a million scans, some of them late, taken back, by groups, as told at doors, and an auditor's recount by plain SQL (docs/recount.sql) of the same
moments. Both must say the same; what each costs is printed.

    B=build/x tests/bench/figures_past.py [--keep FOLDER]     PEOPLE, SCANS, MOMENTS, SEED from the environment"""
import argparse
import datetime
import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import figures as compared  # noqa: E402
import plenum as kit  # noqa: E402

PEOPLE, SCANS, MOMENTS = (int(os.environ.get(k, d)) for k, d in (("PEOPLE", 70000), ("SCANS", 1000000), ("MOMENTS", 6)))
SEED = int(os.environ.get("SEED", random.randrange(1 << 30)))
DAYS, UNITS = 3, 1500


def make(folder):
    def day(n):
        return (datetime.date.today() + datetime.timedelta(days=n)).isoformat()
    gate = {"kind": "entry", "area": "hall", "direction": "both", "reentry": True}
    sessions = [{"code": "s%d%s" % (n + DAYS + 1, c), "title": c, "starts": "%sT%s" % (day(n), a), "ends": "%sT%s" % (day(n), b), "area": "hall", "carry_over": c == "a"}
                for n in range(-DAYS - 1, 1) for c, a, b in (("a", "06:00", "11:00"), ("b", "12:30", "17:00"), ("c", "18:00", "22:00"))]
    event = {"slug": "bench", "kind": "congress", "title": "Bench", "timezone": "UTC", "starts": day(-DAYS - 1) + "T00:00", "ends": day(1) + "T00:00",
             "quorum": {"category": "official", "rule": "more_than", "fraction": "1/2"}, "categories": [{"code": c, "title": c} for c in ("official", "guest")],
             "areas": [{"code": "hall", "title": "Hall"}], "gates": [dict(gate, code=c, title=c) for c in ("main", "side", "back", "north")], "sessions": sessions,
             "delegates": [{"person": "P%d" % i, "category": "guest" if i % 7 == 0 else "official", "delegation": "U%d" % (i % UNITS), "status": "alternate" if i % 50 == 3 else "summoned",
                            "absence": {"excused": i % 3 == 0} if i % 40 == 0 else None} for i in range(PEOPLE)]}
    value = {"format": "plenum-events/1", "organization": {"name": "Bench", "languages": ["vi"], "units": [{"code": "U%d" % i, "name": "Unit %d" % i} for i in range(UNITS)]},
             "people": [{"code": "P%d" % i, "name": "Nguyễn Văn %d" % i, "unit": "U%d" % (i % UNITS)} for i in range(PEOPLE)], "events": [event]}
    path, data = os.path.join(folder, "event.json"), os.path.join(folder, "data")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f)
    kit.plenum("import", path, data=data, timeout=900)
    tokens = [t for t, in kit.rows(data, "SELECT token FROM credential ORDER BY token")]
    random.Random(5).shuffle(tokens)
    with open(os.path.join(folder, "tokens"), "w", encoding="ascii") as f:
        f.writelines(t + "\n" for t in tokens)
    subprocess.run([os.path.join(kit.BUILD, "bench/history"), data, "bench", os.path.join(folder, "tokens"), str(SCANS), str(DAYS)], check=True)
    kit.plenum("doctor", data=data, timeout=900)  # a last time: of what is edited next it says that presence is not what the scans say
    disturb(data)
    return data


def disturb(data):
    """Rooms alone for hours, scans taken back, groups, ways out, told after all: only what the record holds, behind the program's back. Counters and stored presence stay as
    they were, so `plenum doctor` has to find fault with such a folder."""
    db = sqlite3.connect(os.path.join(data, "plenum.db"))
    with db:
        db.execute("UPDATE scan SET received_ms = true_ms + 1000 * 60 * (id % 400) WHERE id % 11 = 0")
        db.execute("UPDATE scan SET true_ms = true_ms - (true_ms % 60000) WHERE id % 13 = 0")
        db.execute("UPDATE scan SET direction = 'out', outcome = 'left' WHERE id % 5 = 0")
        db.execute("UPDATE scan SET group_id = 7 WHERE id % 17 = 0")
        db.execute("UPDATE scan SET outcome = 'already_in' WHERE id % 19 = 0")
        db.execute("INSERT INTO correction(id, event_id, scan, kind, made_ms) SELECT id, event_id, id, 'undo', received_ms + 300000 FROM scan WHERE id % 97 = 0")
        db.execute("INSERT INTO audit(id, at_ms, actor, action, subject, detail) SELECT id, received_ms + 900000, 'door', 'checkin.told', scan_id, 'refused' FROM scan WHERE id % 389 = 0")
    db.close()


def by_program(data, at, known):
    begun = time.time()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = kit.plenum("figures", "--event", "bench", "--at", kit.time_text(at), "--known-at", kit.time_text(known), "--json", data=data, timeout=900)
    return json.loads(done.stdout), time.time() - begun, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep")
    options = parser.parse_args()
    folder = options.keep or tempfile.mkdtemp(prefix="plenum-past-")
    data = os.path.join(folder, "data")
    if not os.path.exists(data):
        os.makedirs(folder, exist_ok=True)
        make(folder)
    rng = random.Random(SEED)
    (opens, first, last, count), = kit.rows(data, "SELECT (SELECT opens_ms FROM event), min(true_ms), max(received_ms), count(*) FROM scan")
    print("seed %d: %d people, %d scans" % (SEED, PEOPLE, count), flush=True)
    copy, wrong = compared.Copy(data), 0
    last = min(last, kit.now_ms())
    for _ in range(MOMENTS):
        at = rng.randrange(first, last)
        known = rng.choice((last, rng.randrange(at, last + 1)))
        told, seconds, cpu = by_program(data, at, known)
        told = compared.same_form(compared.told_by(dict(told, units=[])))
        told.pop("units")
        begun = time.time()
        plain = compared.same_form(copy.stats("bench", [opens + i * 86400000 for i in range(DAYS + 3)], at, known))
        differ = compared.differences(told, plain)
        wrong += bool(differ)
        print("%s as known at %s: present %d, attended %d; the program %.1f s (%.1f s of CPU), SQL %.1f s%s" % (kit.time_text(at), kit.time_text(known), told["present"], told["attended"], seconds, cpu,
              time.time() - begun, ": DIFFERENT " + "; ".join(differ)[:600] if differ else ""), flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

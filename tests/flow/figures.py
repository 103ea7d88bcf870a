#!/usr/bin/env python3
# suite
# sanitized
"""The figures are the same by three ways (docs/decisions/0050-proof-of-figures.md): the server's own, a recount by plain SQL (recount.sql), and a plain model in Python
(figures_model.py), through two days of scans in random order, duplicates, offline batches, undo, lost badges, substitutes, corrections, groups and restarts.

    B=build/x tests/flow/figures.py [--seed S]... [--minutes N] [--cut]
--minutes: seeds without end until then. --cut: a failing list of steps is cut as short as it goes, and printed."""
import argparse
import json
import os
import random
import sqlite3
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import figures_world as fw  # noqa: E402
import gates_kit as gk  # noqa: E402
import plenum as kit  # noqa: E402
from plenum import check, equal, note  # noqa: E402

CHECKED = (3, 1347677075, 1347298284)  # played in `make check`; chance has its turn with --minutes
STEPS = 150  # of each of them, with a third of the questions: more that is played costs the same as more that is asked
with open(os.path.join(kit.ROOT, "docs/recount.sql"), encoding="utf-8") as f:
    RECOUNT = f.read()
options = None


# --- by plain SQL ----------------------------------------------------------------------------------------------------------------------

class Copy:
    """A copy of the database as it is now, on which anything may be asked."""

    def __init__(self, data):
        self.db = sqlite3.connect(":memory:")
        source = sqlite3.connect("file:%s?mode=ro" % urllib.parse.quote(os.path.join(data, "plenum.db")), uri=True, timeout=20)
        source.backup(self.db)
        source.close()

    def close(self):
        self.db.close()

    def stats(self, event, midnights, at, known):
        for where in ("FILE", "MEMORY"):  # each change drops all that was made for the question before
            self.db.execute("PRAGMA temp_store = " + where)
        self.db.execute("CREATE TEMP TABLE asked AS SELECT ? AS event, CAST(? AS INTEGER) AS at_ms, CAST(? AS INTEGER) AS known_ms", (event, at, known))
        self.db.execute("CREATE TEMP TABLE midnight(at_ms INTEGER)")
        self.db.executemany("INSERT INTO midnight VALUES(?)", [(m,) for m in midnights])
        self.db.executescript(RECOUNT)
        value = {}
        for kind, code, *counts in self.db.execute("SELECT kind, code, expected, attended, present FROM figure"):
            count = {n: c for n, c in zip(("expected", "attended", "present"), counts) if c is not None}
            value.update(count) if kind == "event" else value.setdefault("by_" + kind, {}).update({code: count})
        names = ("session", "category", "eligible", "required", "present", "by_group", "group_counts", "since")
        row = self.db.execute("SELECT session, category, eligible, required, present, by_group, group_counts, since_ms FROM quorum").fetchone()
        quorum = dict(zip(names, row))
        quorum.update(group_counts=bool(quorum["group_counts"]), reached=quorum["since"] is not None)
        absent, excused, substitutes, by_group, unsummoned, corrected = self.db.execute("SELECT absent, excused, substitutes, by_group, unsummoned, corrected FROM more").fetchone()
        return dict(value, quorum=quorum, quorums=self.quorums(), arrivals=self.arrivals(at), substitutes=substitutes, by_group=by_group, unsummoned=unsummoned, corrected=corrected,
                    absent={"total": absent, "excused": excused, "unexcused": absent - excused})

    def quorums(self):
        periods = {}
        for session, begin, until in self.db.execute("SELECT session, from_ms, until_ms FROM quorum_period ORDER BY from_ms"):
            periods.setdefault(session, []).append({"from": begin, "until": until})
        rows = self.db.execute("SELECT session, required, eligible, present, most, since_ms, lost_ms FROM quorum_history JOIN session ON code = session ORDER BY starts_ms").fetchall()
        return [dict(zip(("session", "required", "eligible", "present", "most", "since", "lost"), r), reached=r[5] is not None, periods=periods.get(r[0], [])) for r in rows]

    def arrivals(self, at):
        minutes = [r[0] for r in self.db.execute("SELECT minute FROM arrival")]
        first, last = self.db.execute("SELECT min(first_ms), max(first_ms) FROM arrival").fetchone()
        span = at // 60000 - min(minutes) + 1 if minutes else 0
        step = max(1, -(-span // 240))
        begin, times = min(minutes, default=0), {}
        for m in minutes:
            times[(m - begin) // step] = times.get((m - begin) // step, 0) + 1
        return {"per_minute": minutes.count(at // 60000 - 1), "first": first, "last": last, "from": min(minutes) * 60000 if minutes else None, "step": step,
                "minutes": [times.get(i, 0) for i in range(-(-span // step))]}


# --- comparing --------------------------------------------------------------------------------------------------------------------------

ZERO = {"expected": 0, "attended": 0, "present": 0}


PLAIN = ("expected", "attended", "present", "by_category", "by_delegation", "by_gate", "by_session", "absent", "substitutes", "by_group", "unsummoned", "corrected")


def ms_or_none(text):
    return kit.time_ms(text) if text else None


def told_by(stats):
    """What the door says, in the words of the model."""
    value = {k: stats[k] for k in PLAIN}
    value["units"] = {u["code"]: {k: u[k] for k in ZERO} for u in stats["units"] if any(u[k] for k in ZERO)}
    value["quorum"] = dict(stats["quorum"], since=ms_or_none(stats["quorum"]["since"]))
    value["quorums"] = [dict(q, since=ms_or_none(q["since"]), lost=ms_or_none(q["lost"]), periods=[{k: ms_or_none(t) for k, t in p.items()} for p in q["periods"]])
                        for q in stats["quorums"]]
    value["arrivals"] = dict(stats["arrivals"], **{k: ms_or_none(stats["arrivals"][k]) for k in ("first", "last", "from")})
    return value


def same_form(value):
    """A category or delegation of which there is nobody may be left out."""
    value = dict(value)
    for part in ("by_category", "by_delegation", "by_session"):
        value[part] = {k: v for k, v in value.get(part, {}).items() if any(v.values())}
    return value


def differences(a, b, path=""):
    if isinstance(a, dict) and isinstance(b, dict):
        return [d for k in sorted(set(a) | set(b), key=str) for d in differences(a.get(k), b.get(k), "%s.%s" % (path, k))]
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [d for i, (x, y) in enumerate(zip(a, b)) for d in differences(x, y, "%s.%s" % (path, x.get("session", i) if isinstance(x, dict) else i))]
    return [] if a == b else ["%s: %r / %r" % (path[1:], a, b)]


class Differ(Exception):
    pass


def is_thorough():
    return bool(options.minutes or options.seed)


def compare(world, what, rng):
    """Door, SQL and model, of now and of moments of the past. How many questions."""
    copy, past = Copy(world.server.data), 2 if is_thorough() else rng.randrange(2)
    try:
        compare_one(world, what + ", now", copy, "", world.now, world.now)
        for _ in range(past):
            at = a_moment(world, rng)
            known = rng.choice((None, None, a_moment(world, rng)))
            query = "?at=" + kit.time_text(at) + ("&known_at=" + kit.time_text(known) if known is not None else "")
            if rng.random() < 0.15:
                query, known = "?known_at=" + kit.time_text(at), at
            compare_one(world, what + ", " + query, copy, query, at, world.now if known is None else known)
        return past + 1
    finally:
        copy.close()


def a_moment(world, rng):
    """Of the past: any, or one at which something happened, or just before it."""
    first, kind = world.zone.utc(0, -600), rng.random()
    scans = world.model.scans
    if kind < 0.4 or not scans:
        return rng.randrange(first, world.now + 1)
    s = rng.choice(scans)
    p = world.model.programme
    at = rng.choice((s.true, s.received, s.undone or s.received, rng.choice(p.sessions).ends, rng.choice(p.sessions).starts, rng.choice(p.midnights))) - rng.choice((0, 0, 1))
    return min(max(at, first), world.now)


def compare_one(world, what, copy, query, at, known):
    told = same_form(told_by(world.stats(query)))
    model = same_form(world.model.stats(at, known))
    model["units"] = {u: c for u, c in fw.figures_of_units(world.model, at, known).items() if any(c.values())}
    plain = same_form(copy.stats(fw.EVENT, world.model.programme.midnights, at, known))
    plain["units"] = told["units"]  # by the model
    wrong = ["door / model: " + d for d in differences(told, model)] + ["door / SQL: " + d for d in differences(told, plain)]
    if wrong:
        raise Differ("%s, at %s: %s" % (what, kit.time_text(world.now), "; ".join(wrong)))


def compare_fixed(world, what):
    """A fixed figure is what was known when it was fixed, and stays so, whatever came later; what is known otherwise stands beside it."""
    for number, fixed in world.fixed.items():
        wrong = []
        if "checked" not in fixed:
            wrong += fixed_by_model(world, fixed)
            fixed["checked"] = True
        now = world.by("organiser").get(world.fixed_door(number)).json()
        told = {k: v for k, v in now.items() if k not in ("now_would_be", "changes")}
        wrong += differences(told, fixed["told"]) + differences(world.fixed_list(number), fixed["list"])
        count = fw.Count(world.model, fixed["at"], world.now)
        keys = [k for k in count.facts if fixed["category"] in (None, count.facts[k]["category"])]
        if now["now_would_be"] is not None:
            wrong += differences(now["now_would_be"], count.fixed(keys), "now")
        elif count.fixed(keys) != {k: told[k] for k in count.fixed(keys)}:
            wrong.append("nothing is told of what would be now: %r" % count.fixed(keys))
        if wrong:
            raise Differ("%s: fixed figure %d as of %s: %s" % (what, number, kit.time_text(fixed["at"]), "; ".join(wrong)))


def fixed_by_model(world, fixed):
    count = fw.Count(world.model, fixed["at"], fixed["known"])
    keys = [k for k in count.facts if fixed["category"] in (None, count.facts[k]["category"])]
    told, want = fixed["told"], count.fixed(keys)
    wrong = differences({k: told[k] for k in want}, want, "fixed")
    for part, fact in (("by_category", "category"), ("by_delegation", "delegation")):
        for code, value in told[part].items():
            wrong += differences(value, count.fixed(k for k in keys if (count.facts[k][fact] or "") == code), "fixed.%s.%s" % (part, code))
    quorum = dict(count.quorum(), lost=count.history(world.model.programme.quorum_session(fixed["at"]))["lost"])
    wrong += differences(dict(told["quorum"], **{k: ms_or_none(told["quorum"][k]) for k in ("since", "lost")}), {k: quorum[k] for k in told["quorum"]}, "fixed.quorum")
    listed = {p["person"]: p for p in json.loads(fixed["list"])["people"]}
    for key in keys:
        if count.is_expected(key):
            one = listed.get(world.codes[key])
            wrong += differences((one or {}).get("state"), count.state(key), "fixed.list.%s" % key)
    return wrong


def doctor(world):
    done = kit.plenum("doctor", data=world.server.data, fine=False)
    if done.returncode:
        raise Differ("doctor: " + (done.stdout + done.stderr)[-400:])


# --- playing ----------------------------------------------------------------------------------------------------------------------------

def play(plan, steps):
    """Plays the steps; gives how many questions were compared. Differ, with the number of steps that were played."""
    world = fw.World(plan)
    compared, rng = 0, random.Random(len(steps))
    failed = kit.failed
    try:
        for i, step in enumerate(steps):
            done = world.play(step)
            if kit.failed > failed:
                raise Differ("step %d %s: an answer was wrong" % (i, step))
            if done and (step["do"] not in ("go", "batch") or rng.random() < (0.4 if is_thorough() else 0.2)):
                compared += compare(world, "after step %d of %d (%s)" % (i + 1, len(steps), step["do"]), rng)
            if done and step["do"] == "fix" or i % 40 == 39:
                compare_fixed(world, "after step %d of %d (%s)" % (i + 1, len(steps), step["do"]))
            if i % 60 == 59:
                doctor(world)
        doctor(world)
        compared += compare(world, "at the end", rng)
        compare_fixed(world, "at the end")
        return compared
    except Differ as e:
        e.played = i + 1
        raise
    finally:
        world.close()


def cut(plan, steps, patience=180):
    """The shortest list that was found that still fails, by leaving out pieces."""
    until, size = time.time() + patience, max(1, len(steps) // 2)
    while time.time() < until:
        at, shorter = 0, False
        while at < len(steps) and time.time() < until:
            less = steps[:at] + steps[at + size:]
            try:
                play(plan, less)
                at += size
            except Differ as e:
                steps, shorter = less[:e.played], True
            except Exception:
                at += size
        if size == 1 and not shorter:
            break
        size = max(1, size // 2)
    return steps


def one_seed(seed):
    plan, begun = fw.make_plan(seed), time.time()
    note("seed %d: %s, %d sessions, quorum %s of %s" % (seed, plan["zone"], len(plan["sessions"]), " ".join(plan["quorum"][1:]), plan["quorum"][0]))
    try:
        compared = play(plan, plan["steps"] if is_thorough() else plan["steps"][:STEPS])
        check(True, "seed %d: %d questions were answered alike by door, SQL and model (%.1f s)" % (seed, compared, time.time() - begun))
    except Differ as e:
        check(False, "seed %d: the shortest list that fails is its first %d steps" % (seed, e.played), e)
        note("the last: %s" % plan["steps"][e.played - 1])
        if options.cut:
            before = (kit.passed, kit.failed)
            shorter = cut(plan, plan["steps"][:e.played])
            kit.passed, kit.failed = before
            note("cut to %d steps:" % len(shorter))
            for step in shorter:
                note(str(step))


def wait_and(do, n=0, wait=0, **more):
    return dict({"do": do, "wait": wait, "n": n, "seed": n}, **more)


def read(n, who, told="ask", age=0, direction="in"):
    return {"n": n, "who": who, "badge": 0, "direction": direction, "told": told, "age": age, "skew": 0, "ageless": False}


def found_before():
    """What these tests found once."""
    plan = fw.make_plan(1)
    for p in plan["people"]:
        p.update(category="official", status="summoned")
    for name, steps in (("a door with a wrong clock let somebody in the day before: they count for the quorum of the first day as they are present",
                         [wait_and("batch", gate="main", items=[read(1, "P01", "admitted", 20 * fw.HOUR)])]),
                        ("let in after the end by somebody's decision, who is in: no second admission, nothing is given twice",
                         [wait_and("go", wait=at, gate=gate, item=read(1, "P01")) for at, gate in ((34 * fw.HOUR, "main"), (0, "gifts"))] +
                         [wait_and("override", wait=at, gate=gate, item=read(1, "P01")) for at, gate in ((2 * fw.HOUR, "side"), (0, "gifts"))]),
                        ("a file changes whom the desk had put onto the list after a session was over: that one asked for as many as it did",
                         [wait_and("walk_in", 50, 2 * fw.HOUR, category="official", unit="U0", blank="#901"), wait_and("go", gate="main", item=read(1, "P01")),
                          wait_and("substitute", 51, 4 * fw.HOUR, who="step 50", by=None), wait_and("substitute", 52, who="P09", by=None)] +
                         [wait_and("file", n, 60000, who=who, facts={fact: to}) for n, (who, fact, to) in enumerate(
                             (("step 51", "status", "withdrawn"), ("step 52", "status", "alternate"), ("step 52", "category", "guest")), 60)]),
                        ("who has been replaced was in before, as a silent gate tells afterwards: they count for that time, and are no part of the quorum since",
                         [wait_and("go", wait=2 * fw.HOUR, gate="main", item=read(1, "P01")), wait_and("substitute", 50, fw.HOUR, who="P09", by=None),
                          wait_and("batch", wait=fw.HOUR, gate="side", items=[read(2, "P09", "admitted", 2 * fw.HOUR)]), wait_and("look", jump="boundary")]),
                        ("an excused alternate takes a place: that they would not come was said of the alternate",
                         [wait_and("file", 40, who="P09", facts={"status": "alternate"}), dict(wait_and("absence", 41, who="P09"), absent=True, excused=True),
                          wait_and("substitute", 42, fw.HOUR, who="P10", by="P09")])):
        try:
            play(plan, steps)
            check(True, name)
        except Differ as e:
            check(False, name, e)


def seeds():
    begun = time.time()
    for seed in options.seed:
        one_seed(seed)
    while options.minutes and time.time() - begun < options.minutes * 60:
        one_seed(random.randrange(1 << 32))
    for seed in () if is_thorough() else CHECKED:
        one_seed(seed)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, action="append", default=[])
    parser.add_argument("--minutes", type=float, default=0)
    parser.add_argument("--cut", action="store_true")
    options = parser.parse_args()
    gk.build_clock(kit.scratch("clock"))
    kit.run("figures", *([] if options.seed else [found_before]), seeds)

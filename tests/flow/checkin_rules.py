#!/usr/bin/env python3
# suite
# sanitized threads
"""The scan contract over HTTP (DESIGN.md §5, §6, §8): every outcome and reason, retries, arrays, times, offline decisions, undo, areas,
rosters; then a few hundred random scans against a plain model and a recount by plain SQL.

    B=build/x tests/flow/checkin_rules.py [SEED]"""
import json
import os
import random
import re
import sqlite3
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from model import Gate, Model, Person  # noqa: E402
from plenum import check, equal, now_ms, scan, time_ms, time_text, token_id, uuid7  # noqa: E402
from recount import recount  # noqa: E402

SEED = int(sys.argv[1]) if len(sys.argv) > 1 else random.randrange(1 << 32)
HOUR = 3600000


class World:
    """One server; the events of the file below; devices by event and gate."""

    def __init__(self):
        self.server = plenum.Server("rules")
        self.server.load(plenum.small_event(self.server.folder, shape_events))
        self.server.start()
        self.tokens = self.server.tokens("test-1")
        self.devices = {}

    def device(self, gate, event="test-1", number=1):
        key = (event, gate, number)
        if key not in self.devices:
            self.devices[key] = self.server.device(event, gate, "Máy %s %d" % (gate, number))
        return self.devices[key]

    def send(self, gate, scans, event="test-1", number=1):
        """Posts one scan or a list; gives the result or results."""
        reply = self.device(gate, event, number).post("/api/v1/checkins", scans)
        if reply.status != 200:
            raise RuntimeError("check-ins: %r" % reply)
        results = reply.json()["results"]
        return results if isinstance(scans, list) else results[0]

    def go(self, who, gate, direction="in", event="test-1", **more):
        return self.send(gate, scan(self.tokens.get(who, who), gate, direction, **more), event)

    def stats(self, event="test-1"):
        gate = "main" if event in ("test-1", "random") else "a"
        return self.device(gate, event).get("/api/v1/events/%s/stats" % event).json()

    def row(self, scan_id, columns):
        return self.server.rows("SELECT %s FROM scan WHERE scan_id = ?" % columns, scan_id)[0]


def shape_events(value, event, offset):
    """test-1: two gates into the hall, two into the dining room, a hand-out. random: the same without bounds. sessions: three areas whose session is on, begins soon, or
    later. over: ended an hour ago."""
    hall = {"kind": "entry", "area": "hall", "direction": "both", "reentry": True}
    title = {"vi": "Cửa"}
    event["areas"][1]["capacity"] = 2
    event["gates"] = [
        dict(hall, code="main", title=title, admits=["official", "guest"]), dict(hall, code="side", title=title),
        dict(hall, code="lounge", title=title, area="dining", admits=["official", "guest"]),
        dict(hall, code="dinner", title=title, area="dining", direction="in", reentry=False, admits=["official", "guest"]),
        {"code": "gifts", "title": title, "kind": "handout", "admits": ["official"]}]
    event["documents"] = []

    def copy(slug, **more):
        other = json.loads(json.dumps(event))
        other.update(slug=slug, **more)
        return other

    open_areas = [{"code": a["code"], "title": a["title"]} for a in event["areas"]]
    sessions = [{"code": "s" + a, "title": {"vi": "Phiên"}, "starts": plenum.local_text(offset, begin), "ends": plenum.local_text(offset, begin + 120), "area": a,
                 "admits": ["official"], "carry_over": False} for a, begin in (("a", -20), ("b", 50), ("c", 70))]
    value["events"] += [
        copy("random", areas=open_areas),
        copy("sessions", areas=[{"code": a, "title": {"vi": "Phòng"}} for a in "abc"], sessions=sessions,
             gates=[dict(hall, code=a, title=title, area=a, admits=["official", "guest"]) for a in "abc"]),
        copy("over", ends=plenum.local_text(offset, -60), areas=[{"code": "a", "title": {"vi": "Phòng"}}],
             gates=[dict(hall, code="a", title=title, area="a")], quorum=None)]


world = None


def begin():
    global world
    world = World()


def the_door():
    r = world.go("P01", "main")
    equal((r["outcome"], r["reason"], r["conflict"], r["replayed"]), ("admitted", None, False, False), "first read is admitted")
    equal((r["person"]["name"], r["person"]["delegation"], r["person"]["category"], r["person"]["seat"], r["person"]["badge_box"]),
          ("Đặng Thị Hồng Thắm", "Công đoàn Thử Nghiệm", "official", "A1", "B1"), "the answer says who")
    entered = r["first"]["at"]
    equal(r["first"]["gate"], "main", "and where they came in")
    check(abs(time_ms(entered) - now_ms()) < 5000, "and when", entered)
    for gate in ("main", "side"):
        r = world.go("P01", gate)
        equal((r["outcome"], r["reason"], r["first"]), ("already_in", None, {"at": entered, "gate": "main"}), "read again at %s: already in, since the first" % gate)
    r = world.go("P01", "side", "out")
    equal((r["outcome"], r["reason"]), ("left", None), "out by another gate of the same area")
    r = world.go("P01", "main", "out")
    equal((r["outcome"], r["reason"]), ("left", "was_not_in"), "out of one who is not in")
    r = world.go("P01", "side")
    equal((r["outcome"], r["first"]["gate"]), ("admitted", "side"), "in again")


def refusals():
    other = world.server.tokens("random")
    for who, gate, direction, reason in (
            ("P12", "main", "in", "not_admitted_here"), ("P13", "main", "in", "status_replaced"), ("P14", "main", "in", "status_withdrawn"),
            ("901", "main", "in", "not_issued"), ("0123456789ABCDEF", "main", "in", "unknown_badge"), (other["P01"], "main", "in", "wrong_event"),
            ("P01", "dinner", "out", "wrong_direction"), ("P10", "gifts", "in", "not_admitted_here")):
        r = world.go(who, gate, direction)
        equal((r["outcome"], r["reason"]), ("refused", reason), "refused: %s" % reason)
    equal(world.go("0123456789ABCDEF", "main")["person"], None, "an unknown badge names nobody")
    equal(world.go(other["P02"], "main")["person"], None, "a badge of another event names nobody here")
    for who in ("P01", "P02"):
        equal(world.go(who, "dinner")["outcome"], "admitted", "%s to dinner" % who)
    equal((lambda r: (r["outcome"], r["reason"]))(world.go("P03", "dinner")), ("refused", "full"), "the third is refused: full")
    equal(world.go("P02", "lounge", "out")["outcome"], "left", "one leaves by the other door of that area")
    equal((lambda r: (r["outcome"], r["reason"]))(world.go("P02", "dinner")), ("refused", "no_reentry"), "and may not come back by the door that admits once")
    equal(world.go("P03", "dinner")["outcome"], "admitted", "but there is room for another")
    equal((lambda r: (r["outcome"], r["reason"]))(world.go("P04", "main", age=12 * HOUR)), ("refused", "not_yet_open"), "read before midnight of the first day")
    r = world.send("a", scan(world.server.tokens("over")["P01"], "a"), "over")
    equal((r["outcome"], r["reason"]), ("refused", "closed"), "read after the end of the event")
    results = world.send("lounge", [scan(world.tokens[p], "lounge", "out") for p in ("P01", "P03")] + [scan(world.tokens[p], "lounge") for p in ("P07", "P08", "P09")])
    equal([(r["outcome"], r["reason"]) for r in results[2:]], [("admitted", None), ("admitted", None), ("refused", "full")], "full counts those of the same array")
    world.send("lounge", [scan(world.tokens[p], "lounge", "out") for p in ("P07", "P08")])
    text = "-".join((world.tokens["P05"][:4].lower(), world.tokens["P05"][4:].replace("0", "o").replace("1", "l")))
    equal(world.go(text, "main")["outcome"], "admitted", "a token in lower case with hyphens, o for 0 and l for 1")


def handing_out():
    r = world.go("P01", "gifts")
    equal((r["outcome"], r["reason"]), ("handed_out", None), "handed out")
    r = world.go("P01", "gifts")
    equal((r["outcome"], r["reason"]), ("refused", "already_handed_out"), "once only")
    told = scan(world.tokens["P01"], "gifts", decision="handed_out", age=1000)
    r = world.send("gifts", told)
    equal((r["outcome"], r["conflict"]), ("handed_out", True), "handed out a second time offline: recorded, in conflict")
    equal(world.device("gifts").post("/api/v1/checkins/%s/undo" % told["scan_id"], {}).status, 200, "the second is undone")
    equal(world.go("P01", "gifts")["reason"], "already_handed_out", "the first still stands")


def other_areas():
    before = world.stats()
    equal(world.go("P06", "main")["outcome"], "admitted", "into the hall")
    equal(world.stats()["present"], before["present"] + 1, "one more in the hall")
    world.go("P03", "lounge", "out")
    equal(world.go("P06", "lounge")["outcome"], "admitted", "into the dining room without a scan out of the hall")
    now = world.stats()
    equal((now["present"], now["attended"]), (before["present"], before["attended"] + 1), "who enters another area has left the first; attended stays")
    equal(world.go("P06", "main")["outcome"], "admitted", "and back")
    equal(world.stats()["present"], before["present"] + 1, "present again")


def sessions_decide():
    tokens = world.server.tokens("sessions")
    for gate, who, wanted in (("a", "P10", ("refused", "not_admitted_here")), ("a", "P01", ("admitted", None)), ("b", "P10", ("refused", "not_admitted_here")),
                              ("c", "P10", ("admitted", None))):
        r = world.send(gate, scan(tokens[who], gate), "sessions")
        equal((r["outcome"], r["reason"]), wanted, "session %s: %s" % ({"a": "is on", "b": "begins in 50 minutes", "c": "begins in 70 minutes"}[gate], who))
    stats = world.stats("sessions")
    equal(stats["by_session"]["sa"], {"attended": 1, "present": 1}, "who is in while the session is on attends it")


def retries():
    once = scan(world.tokens["P07"], "main")
    first = world.send("main", once)
    before = world.stats()
    again = world.send("main", dict(once, age_ms=4000))
    equal(again, dict(first, replayed=True), "the same scan again: the same answer, marked as replayed")
    count = world.server.value("SELECT COUNT(*) FROM scan")
    for what, other in (("token", {"token": world.tokens["P08"]}), ("direction", {"direction": "out"}), ("time", {"scanned_at": time_text(now_ms() - 60000)})):
        r = world.send("main", dict(once, **other))
        equal((r["outcome"], r["reason"], r["person"]), ("invalid", "scan_id_reused", None), "its number with another %s" % what)
    r = world.send("side", dict(once, gate="side"))
    equal((r["outcome"], r["reason"]), ("invalid", "scan_id_reused"), "its number at another gate")
    equal(world.server.value("SELECT COUNT(*) FROM scan"), count, "none of these is recorded")
    after = world.stats()
    equal({k: v for k, v in after.items() if k != "as_of"}, {k: v for k, v in before.items() if k != "as_of"}, "and no figure moved")
    twice = scan(world.tokens["P08"], "main")
    results = world.send("main", [twice, twice])
    equal([(r["outcome"], r["replayed"]) for r in results], [("admitted", False), ("admitted", True)], "twice in one array")


def arrays():
    good = scan(world.tokens["P09"], "main")
    sound_id = uuid7()
    bad = [5, None, "x", [], {}, dict(good, scan_id="no uuid"), dict(good, scan_id=None), dict(good, scan_id=uuid7(), token=None),
           dict(good, scan_id=uuid7(), token="short"),
           dict(good, scan_id=uuid7(), token="U" * 16), dict(good, scan_id=uuid7(), direction="up"), dict(good, scan_id=uuid7(), direction=1),
           dict(good, scan_id=uuid7(), scanned_at="yesterday"), dict(good, scan_id=uuid7(), scanned_at=None), dict(good, scan_id=uuid7(), age_ms=-1),
           dict(good, scan_id=uuid7(), age_ms=400 * 24 * HOUR), dict(good, scan_id=uuid7(), age_ms="1"), dict(good, scan_id=uuid7(), decision="perhaps"),
           dict(good, scan_id=uuid7(), decision="invalid"), dict(good, scan_id=uuid7(), roster=-5), dict(good, scan_id=sound_id, roster="x"),
           dict(good, scan_id=uuid7(), token=None, delegate="P09"), {k: v for k, v in good.items() if k != "gate"}]
    for told, direction in (("left", "in"), ("handed_out", "in"), ("admitted", "out"), ("already_in", "out")):
        bad.append(dict(good, scan_id=uuid7(), decision=told, direction=direction))  # no door can have told that
    equal(world.send("main", dict(scan(world.tokens["P09"], "main"), from_tomorrow=1))["outcome"], "admitted",
          "keys of other versions are left alone")
    mixed = [dict(good)]
    for item in bad:
        mixed += [item, scan(world.tokens["P09"], "main")]
    results = world.send("main", mixed)
    equal(len(results), len(mixed), "one answer for each")
    for item, r in zip(bad, results[1::2]):
        equal((r["outcome"], r["reason"]), ("invalid", "malformed"), "malformed: %s" % json.dumps(item)[:90])
    equal([r["outcome"] for r in results[::2]], ["already_in"] * (len(bad) + 1), "none of them spoils its neighbours, the order is kept")
    equal(results[41]["scan_id"], sound_id, "a malformed scan is answered by its number where it has one")
    equal([r["scan_id"] for r in results[::2]], [s["scan_id"] for s in mixed[::2]], "answers by number, in order")
    r = world.go("P09", "side", scan_id=uuid7())
    wrong = world.send("main", scan(world.tokens["P09"], "nowhere"))
    equal((wrong["outcome"], wrong["reason"]), ("invalid", "unknown_gate"), "a gate that is not there")
    wrong = world.send("main", scan(world.tokens["P09"], "side"))
    equal((wrong["outcome"], wrong["reason"]), ("invalid", "unknown_gate"), "a device's scan of another gate")
    people = ["P%02d" % n for n in range(1, 10)]
    many = [scan(world.tokens[people[n % 9]], "side", "out" if n // 9 % 2 else "in") for n in range(1001)]
    reply = world.device("side").post("/api/v1/checkins", many)
    equal((reply.status, reply.code), (413, "too_many"), "1001 scans: refused as a whole")
    equal(world.server.value("SELECT COUNT(*) FROM scan WHERE scan_id = ?", many[0]["scan_id"]), 0, "and nothing of them is stored")
    results = world.send("side", many[:1000])
    equal([r["scan_id"] for r in results], [s["scan_id"] for s in many[:1000]], "1000 scans are taken, in order")
    check(all(r["outcome"] in ("admitted", "already_in", "left") for r in results), "and all decided", {r["outcome"] for r in results})
    equal(world.server.value("SELECT COUNT(*) FROM scan s WHERE s.scan_id IN (SELECT value FROM json_each(?))", json.dumps([s["scan_id"] for s in many])), 1000,
          "and all stored")
    equal(world.send("side", []), [], "an empty array has no answers")


def times():
    now = now_ms()
    s = scan(world.tokens["P01"], "main", age=5000, scanned_at=time_text(now - 30 * 24 * HOUR))
    world.send("main", s)
    true, received, scanned, estimated = world.row(s["scan_id"], "true_ms, received_ms, scanned_ms, estimated")
    equal((true, scanned, estimated), (received - 5000, now - 30 * 24 * HOUR, 0), "the age counts, not the device's clock; both are kept")
    device = world.device("main", number=2)
    s = scan(world.tokens["P01"], "main", age=None, scanned_at=time_text(now - 600000))
    world.send("main", s, number=2)
    true, estimated = world.row(s["scan_id"], "true_ms, estimated")
    equal((true, estimated), (now - 600000, 1), "without an age the device's time counts, as an estimate")
    s = scan(world.tokens["P01"], "main", age=None, scanned_at=time_text(now + 2 * HOUR))
    world.send("main", s, number=2)
    true, received = world.row(s["scan_id"], "true_ms, received_ms")
    equal(true, received, "never in the future")
    s = scan(world.tokens["P01"], "main", age=0, scanned_at=time_text(now_ms() + HOUR))
    world.send("main", s, number=2)
    s = scan(world.tokens["P01"], "main", age=None, scanned_at=time_text(now_ms() + HOUR - 300000))
    world.send("main", s, number=2)
    true, received = world.row(s["scan_id"], "true_ms, received_ms")
    check(abs(received - 300000 - true) < 2000, "a clock an hour ahead is corrected by what was measured at the last scan", received - true)
    check(world.server.value("SELECT last_seen_ms FROM device WHERE code = ?", device.device) or 0 > now - 60000, "a scan is a contact of its device")


def offline():
    told = scan(world.tokens["P12"], "main", decision="admitted", age=2000, roster=3)
    r = world.send("main", told)
    equal((r["outcome"], r["reason"], r["conflict"]), ("admitted", "not_admitted_here", True), "let in by the device, not by the rule: recorded as told, in conflict")
    equal(world.send("main", told), dict(r, replayed=True), "and again the same")
    equal(world.stats()["by_category"]["press"], {"expected": 1, "attended": 1, "present": 1}, "who was let in is in")
    r = world.send("main", scan(world.tokens["P12"], "main", "out", decision="left", age=1000))
    equal((r["outcome"], r["reason"], r["conflict"]), ("left", None, False), "out again, as the rule has it")
    refused = scan(world.tokens["P10"], "main", decision="refused", age=1000)
    world.go("P10", "main", "out")
    r = world.send("main", refused)
    equal((r["outcome"], r["conflict"]), ("refused", True), "sent away by the device although on the list")
    r = world.send("main", scan("0123456789ABCDEF", "main", decision="admitted", age=1000))
    equal((r["outcome"], r["reason"], r["conflict"], r["person"]), ("admitted", "unknown_badge", True, None), "let in by the device, known to nobody")
    row = world.row(told["scan_id"], "decision, roster, conflict")
    equal(row, ("admitted", 3, 1), "the record says what was told, by which roster")
    late = [scan(world.tokens["P11"], "main", d, decision=o, age=a) for d, o, a in (("in", "admitted", 50000), ("out", "left", 30000), ("in", "admitted", 10000))]
    before = world.stats()["present"]
    world.send("main", [late[2], late[0], late[1]])
    equal(world.stats()["present"], before + 1, "late scans in any order count by their true time")


def told_after_all():
    """The door asked, our answer came too late, and it told the person something by its list: what was told is the record."""
    def ask_then_tell(who, gate, told, direction="in", age=0):
        s = scan(world.tokens[who], gate, direction, age=age)
        first = world.send(gate, s)
        then = world.send(gate, dict(s, decision=told, roster=4, age_ms=age + 700))
        equal(world.send(gate, dict(s, decision=told, roster=4, age_ms=age + 1700)), then, "%s at %s: and again the same" % (who, gate))
        equal(world.send(gate, s)["outcome"], then["outcome"], "%s at %s: a late copy of the question changes nothing" % (who, gate))
        return first, then, s["scan_id"]

    world.go("P09", "main", "out")
    before = world.stats()["present"]
    first, then, key = ask_then_tell("P09", "main", "refused")
    equal((first["outcome"], then["outcome"], then["conflict"], then["replayed"], then["first"]), ("admitted", "refused", True, True, None),
          "admitted by us, sent away by the door: not in, and a conflict")
    equal(world.stats()["present"], before, "who was sent away is not counted")
    equal(world.row(key, "decision, roster, conflict, first_ms"), ("refused", 4, 1, None), "the record says what was told")
    equal(world.server.value("SELECT detail FROM audit WHERE action = 'checkin.told' AND subject = ?", key), "admitted", "and the audit what the answer was")
    first, then, key = ask_then_tell("P12", "main", "admitted")
    equal((first["reason"], then["outcome"], then["reason"], then["first"]["gate"]), ("not_admitted_here", "admitted", "not_admitted_here", "main"), "let in by the door against the rule")
    equal(world.stats()["present"], before + 1, "is in")
    world.go("P12", "main", "out")
    first, then, key = ask_then_tell("P09", "main", "already_in")
    equal((first["outcome"], then["outcome"], then["conflict"]), ("admitted", "admitted", True), "told \"already in\" by a list that knew of this very scan: in")
    equal(world.stats()["present"], before + 1, "and counted")
    world.go("P09", "main", "out")
    first, then, key = ask_then_tell("P07", "gifts", "refused")
    equal((first["outcome"], then["outcome"]), ("handed_out", "refused"), "handed out by us, sent away by the door")
    equal(world.go("P07", "gifts")["outcome"], "handed_out", "can still be had")
    first, then, key = ask_then_tell("P07", "gifts", "handed_out")
    equal((first["reason"], then["outcome"], then["conflict"]), ("already_handed_out", "handed_out", True), "given twice: recorded, a conflict")
    equal(world.stats()["present"], before, "the figures are what they were")


def undo():
    world.go("P04", "main", "out")
    before = world.stats()
    s = scan(world.tokens["P04"], "main")
    world.send("main", s)
    path = "/api/v1/checkins/%s/undo" % s["scan_id"]
    reply = world.device("side").post(path, {})
    equal((reply.status, reply.code), (403, "forbidden"), "another device may not undo it")
    reply = world.device("main").post(path, {"reason": "đọc nhầm"})
    equal((reply.status, reply.json()), (200, {"scan_id": s["scan_id"], "undone": True}), "its own device may")
    equal(world.go("P04", "main", "out")["reason"], "was_not_in", "then they are not in")
    equal(world.device("main").post(path, {}).status, 200, "undone twice is undone once")
    equal(world.server.value("SELECT COUNT(*) FROM correction c JOIN scan s ON s.id = c.scan WHERE s.scan_id = ?", s["scan_id"]), 1, "one correction")
    equal(world.send("main", s)["outcome"], "admitted", "a retry of it still gets its answer")
    equal(world.go("P04", "main", "out")["reason"], "was_not_in", "and changes nothing")
    reply = world.device("main").post("/api/v1/checkins/%s/undo" % uuid7(), {})
    equal((reply.status, reply.code), (404, "not_found"), "a scan that is not there")
    old = scan(world.tokens["P04"], "main")
    world.send("main", old)
    db = sqlite3.connect(os.path.join(world.server.data, "plenum.db"), timeout=20)
    db.execute("UPDATE scan SET received_ms = received_ms - 15 * 60000 - 1000 WHERE scan_id = ?", (old["scan_id"],))
    db.commit()
    db.close()
    reply = world.device("main").post("/api/v1/checkins/%s/undo" % old["scan_id"], {})
    equal((reply.status, reply.code), (409, "undo_too_late"), "after 15 minutes it is too late")
    world.go("P04", "main", "out")
    equal(world.stats()["present"], before["present"], "the figures went along")


def desk():
    server = world.server
    organiser = server.sign_in("ban", server.user("ban", "desk", "test-1"))
    reply = organiser.post("/api/v1/checkins?event=test-1", {k: v for k, v in scan("", "main", delegate="P04").items() if k != "token"})
    equal((reply.status, reply.json()["results"][0]["outcome"]), (200, "admitted"), "the desk checks in by person, at any gate")
    s = reply.json()["results"][0]["scan_id"]
    reply = world.device("main").post("/api/v1/checkins/%s/undo" % s, {})
    equal(reply.code, "forbidden", "a device may not undo the desk's scan")
    equal(organiser.post("/api/v1/checkins/%s/undo?event=test-1" % s, {}).status, 200, "the desk may")
    reply = organiser.post("/api/v1/checkins?event=test-1", {k: v for k, v in scan("", "main", delegate="901").items() if k != "token"})
    equal(reply.json()["results"][0]["reason"], "not_issued", "a blank badge by its number")
    with sqlite3.connect(os.path.join(server.data, "plenum.db")) as db:
        db.execute("INSERT INTO delegate(id, event_id, number, category_id) SELECT 7, event_id, 'P04', category_id FROM delegate "
                   "WHERE number = '901' AND event_id = (SELECT id FROM event WHERE slug = 'test-1')")
    db.close()
    reply = organiser.post("/api/v1/checkins?event=test-1", {k: v for k, v in scan("", "main", delegate="P04").items() if k != "token"})
    equal((reply.status, reply.status == 200 and reply.json()["results"][0]["person"]["code"]), (200, "P04"), "a blank whose number is somebody's code is not meant")
    with sqlite3.connect(os.path.join(server.data, "plenum.db")) as db:
        db.execute("DELETE FROM delegate WHERE id = 7")  # no door of ours makes such a one, and the search knows nothing of it
    db.close()
    reply = organiser.post("/api/v1/checkins?event=test-1", {k: v for k, v in scan("", "main", delegate="P99").items() if k != "token"})
    equal(reply.json()["results"][0]["reason"], "unknown_badge", "nobody of that code")


def overrides():
    """A person at the desk decides against the rule, and says why: both are recorded."""
    server = world.server
    desk = server.sign_in("ban", "mat khau that dai 19")

    def ask(who, gate, why=None, client=desk, **more):
        s = dict(scan(world.tokens[who], gate), **more)
        if why is not None:
            s["override"] = why
        return client.post("/api/v1/checkins?event=test-1", s).json()["results"][0]

    before = world.stats()["present"]
    first = ask("P12", "main")
    equal((first["outcome"], first["reason"]), ("refused", "not_admitted_here"), "the rule says no")
    again = ask("P12", "main", "theo yêu cầu của ban tổ chức")
    equal((again["outcome"], again["reason"], again["conflict"]), ("admitted", "not_admitted_here", False), "a person says yes, with a reason: no conflict")
    equal(world.stats()["present"], before + 1, "who was let in is in")
    equal(server.rows("SELECT actor, detail FROM audit WHERE action = 'checkin.override' AND subject = ?", again["scan_id"]), [("ban", "theo yêu cầu của ban tổ chức")],
          "the audit has who and why")
    equal(server.value("SELECT COUNT(*) FROM scan WHERE scan_id IN (?, ?)", first["scan_id"], again["scan_id"]), 2, "both are recorded")
    export = json.loads(plenum.plenum("export", "checkins", "--event", "test-1", "--format", "json", data=server.data).stdout)
    equal([e["conflict"] for e in export if e["scan_id"] == again["scan_id"]], [False], "nothing is left to settle")
    equal(ask("P12", "main", "lần nữa")["outcome"], "already_in", "then they are in already")
    equal(ask("P12", "main", None)["outcome"], "already_in", "for the rule too")
    world.go("P12", "main", "out")
    for who, gate, reason in (("P13", "main", "status_replaced"), ("P01", "gifts", "already_handed_out")):
        r = ask(who, gate, "thử")
        equal((r["outcome"], r["reason"]), ("refused", reason), "no reason helps against %s" % reason)
    equal((lambda r: (r["outcome"], r["reason"]))(ask("P10", "gifts", "khách mời")), ("handed_out", "not_admitted_here"), "handed out to somebody who had not been meant")
    equal(ask("P10", "gifts", "khách mời")["reason"], "already_handed_out", "once")
    for what, r in (("a device", ask("P12", "main", "x", client=world.device("main"))), ("no reason", ask("P12", "main", "")),
                    ("a long one", ask("P12", "main", "x" * 301)), ("what was told already", ask("P12", "main", "x", decision="admitted"))):
        equal((r["outcome"], r["reason"]), ("invalid", "malformed"), "not by %s" % what)
    equal(world.stats()["present"], before, "the figures are what they were")


def rooms():
    """A room with a bound is warned about before it is full, at the gate and in the console."""
    for who in ("P01", "P02", "P03", "P07", "P08", "P09"):
        world.go(who, "lounge", "out")
    desk = world.server.sign_in("chu-toa", world.server.user("chu-toa", "organiser", "test-1"))

    def room():
        found = re.findall(r'<p class="room">(.*?)</p>', desk.get("/admin/test-1?lang=en").text, re.S)
        return " ".join(re.sub(r"<[^>]+>", " ", "; ".join(found)).split())

    check("0 / 2" in room(), "the console shows the rooms", room())
    first, second, third = (world.go(who, "lounge") for who in ("P07", "P08", "P09"))
    equal((first["outcome"], first.get("places_left")), ("admitted", 1), "one place is left: told at the gate")
    equal((second["outcome"], second.get("places_left")), ("admitted", 0), "none is left")
    equal((third["outcome"], third["reason"], third.get("places_left")), ("refused", "full", 0), "full")
    check("2 / 2" in room() and "FULL" in room(), "and in the console", room())
    world.go("P07", "lounge", "out")
    check("1 / 2" in room() and "places left: 1" in room(), "one left again: a warning", room())
    check("places_left" not in world.go("P08", "lounge", "out") and "places_left" not in world.go("P08", "main"), "nothing is said where there is room enough, or no bound")
    world.go("P08", "main", "out")


def validators():
    device = world.device("main")
    path = "/api/v1/events/test-1/stats"
    first = device.get(path)
    tag = first.header("etag")
    check(tag, "stats have an ETag", first.headers)
    again = device.get(path, If_None_Match=tag)
    equal((again.status, again.body), (304, b""), "and are not sent twice")
    world.go("P05", "main", "out")
    changed = device.get(path, If_None_Match=tag)
    check(changed.status == 200 and changed.header("etag") != tag, "a scan changes it", changed.headers)


def rosters():
    device = world.device("main")
    path = "/api/v1/events/test-1/roster"
    full = device.get(path)
    value = full.json()
    equal((value["full"], len(value["entries"])), (True, len(world.tokens)), "a full roster has every badge")
    names = [r[0] for r in world.server.rows("SELECT name FROM person")] + [r[0] for r in world.server.rows("SELECT phone FROM person WHERE phone IS NOT NULL")]
    check(not [n for n in names if n in full.text], "no name or phone in clear", [n for n in names if n in full.text])
    check(not [t for t in world.tokens.values() if t.lower() in full.text.lower()], "no token")
    equal({e["id"] for e in value["entries"]}, {token_id(t) for t in world.tokens.values()}, "ids are made from the tokens")
    check(all(len(e["record"]) > 60 for e in value["entries"]), "each with a sealed record")
    tag = full.header("etag")
    seen = "SELECT last_seen_ms FROM device WHERE code = ?"
    before = world.server.value(seen, device.device)
    equal(device.get(path, If_None_Match=tag).status, 304, "unchanged: 304")
    check(world.server.value(seen, device.device) > before, "and a contact all the same", before)
    for since in ("", "x", "1x", "-1", "1%22", "1%0a"):
        equal(device.get("%s?since=%s" % (path, since)).code, "bad_request", "since=%s is no number" % since)
    by_id = {e["id"]: e for e in value["entries"]}
    equal(by_id[token_id(world.tokens["P13"])]["status"], "replaced", "status of one who was replaced")
    equal(by_id[token_id(world.tokens["901"])]["named"], False, "a blank badge has no name yet")
    world.go("P05", "main")
    world.go("P01", "gifts")
    delta = device.get("%s?since=%d" % (path, value["version"]), If_None_Match=tag).json()
    equal((delta["full"], delta["since"], [e["id"] for e in delta["entries"]]), (False, value["version"], [token_id(world.tokens["P05"])]),
          "a delta has what changed, no more")
    check(delta["version"] > value["version"] and delta["entries"][0]["in_since"] and delta["entries"][0]["in_gate"] == "main", "and that they are in",
          delta["entries"])
    empty = device.get("%s?since=%d" % (path, delta["version"]))
    equal((empty.json()["full"], empty.json()["entries"]), (False, []), "nothing new: an empty delta")
    equal(device.get("%s?since=%d" % (path, delta["version"]), If_None_Match=empty.header("etag")).status, 304, "and then 304")
    equal(device.get("%s?since=%d" % (path, delta["version"] + 1000)).json()["full"], True, "a version that never was gets the whole")
    equal(device.get(path + "?since=x").code, "bad_request", "a version that is no number")
    given = world.device("gifts").get(path).json()
    equal([e["handed_out"] for e in given["entries"] if e["id"] == token_id(world.tokens["P01"])], [True], "the hand-out gate knows what it gave")
    db = sqlite3.connect(os.path.join(world.server.data, "plenum.db"), timeout=20)
    db.execute("UPDATE credential SET revoked_ms = 1 WHERE token = ?", (world.tokens["P03"],))
    db.commit()
    db.close()
    equal(world.go("P03", "main")["reason"], "revoked", "a badge that was replaced is refused at once")
    equal([e["credential"] for e in device.get(path + "?since=0").json()["entries"] if e["id"] == token_id(world.tokens["P03"])], ["revoked"], "and the roster says so")
    order = [e["credential"] == "active" and e["status"] in ("summoned", "alternate") for e in device.get(path + "?since=0").json()["entries"]]
    check(order == sorted(order) and order[0] is False and order[-1], "who may not pass any more stands first", order)
    db = sqlite3.connect(os.path.join(world.server.data, "plenum.db"), timeout=20)
    db.execute("UPDATE credential SET revoked_ms = NULL WHERE token = ?", (world.tokens["P03"],))
    db.commit()
    db.close()


# --- a few hundred random scans --------------------------------------------------------------------------------------------------

def random_scans():
    rng = random.Random(SEED)
    plenum.note("seed %d" % SEED)
    with open(plenum.SMALL, encoding="utf-8") as f:
        delegates = json.load(f)["events"][0]["delegates"]
    people = [Person(d["person"], d["category"], d.get("delegation"), d.get("status", "summoned")) for d in delegates if d["person"]]
    gates = [Gate("main", "hall", ["official", "guest"]), Gate("side", "hall"), Gate("lounge", "dining", ["official", "guest"]),
             Gate("dinner", "dining", ["official", "guest"], lets_out=False, reentry=False), Gate("gifts", None, ["official"])]
    model, tokens = Model(people, gates, "hall"), world.server.tokens("random")
    codes = [p.code for p in people] + ["nobody"]
    tokens["nobody"] = "ZZZZZZZZZZZZZZZZ"
    sent, used, wrong, asked = [], set(), 0, 0

    def moment():
        """A moment of the last hours that no other scan has."""
        while True:
            at = now_ms() - rng.randrange(2000, 3 * HOUR) // 500 * 500
            at -= at % 500
            if at not in used:
                used.add(at)
                return at

    def one(gate, late):
        direction = "in" if gate == "gifts" else rng.choice(("in", "in", "out"))
        told = "ask"
        if late and rng.random() < 0.7:
            told = rng.choice(("handed_out", "refused") if gate == "gifts" else ("admitted", "admitted", "already_in", "refused") if direction == "in"
                              else ("left", "refused"))
        at = moment() if late else None
        return {"who": rng.choice(codes), "gate": gate, "direction": direction, "told": told, "at": at, "id": uuid7(rng), "scanned_at": time_text(at or now_ms())}

    def post(gate, batch):
        nonlocal wrong, asked
        body = [scan(tokens[s["who"]], gate, s["direction"], age=now_ms() - s["at"] if s["at"] else 0, decision=s["told"], scan_id=s["id"],
                     scanned_at=s["scanned_at"]) for s in batch]
        results = world.send(gate, body, "random")
        for s, r in zip(batch, results):
            asked += 1
            if "answer" not in s:
                true = s["at"] or world.row(s["id"], "true_ms")[0]
                known = model.add(s["who"], gate, s["direction"], true, s["told"])
                want, s["known"], s["answer"] = (known.outcome, known.reason, known.conflict, False), known, r
                sent.append(s)
            else:
                want = (s["answer"]["outcome"], s["answer"]["reason"], s["answer"]["conflict"], True)
            got = (r["outcome"], r["reason"], r["conflict"], r["replayed"])
            if got != want:
                wrong += 1
                plenum.note("%s %s %s told %s: got %r, wanted %r" % (s["who"], gate, s["direction"], s["told"], got, want))

    def compare(what):
        want, stats = model.stats(), world.stats("random")
        equal({k: stats[k] for k in want}, want, what)

    for step in range(400):
        gate = rng.choice(("main", "main", "side", "lounge", "dinner", "gifts"))
        kind = rng.random()
        if kind < 0.4:
            post(gate, [one(gate, False)])
        elif kind < 0.7:
            batch = [one(gate, True) for _ in range(rng.randrange(2, 9))]
            rng.shuffle(batch)
            post(gate, batch)
        elif kind < 0.85 and sent:
            again = rng.choice(sent)
            post(again["gate"], [again])
        elif sent:
            s = rng.choice(sent)
            reply = world.device(s["gate"], "random").post("/api/v1/checkins/%s/undo" % s["id"], {})
            if reply.status != 200:
                check(False, "undo of a random scan", reply)
            s["known"].undone = True
        if step % 50 == 49:
            compare("figures are the model's after %d requests" % (step + 1))
    equal(wrong, 0, "%d random scans, retries and late batches were answered as the model says" % asked)
    stats = world.stats("random")
    whole = recount(world.server.data, "random")
    equal({k: stats[k] for k in whole}, whole, "figures equal a recount by plain SQL")
    kinds = {s["known"].outcome for s in sent}
    check(kinds >= {"admitted", "already_in", "left", "refused", "handed_out"}, "every outcome came up", kinds)
    export = json.loads(plenum.plenum("export", "checkins", "--event", "random", "--format", "json", data=world.server.data).stdout)
    equal(sorted(e["scan_id"] for e in export), sorted(s["id"] for s in sent), "the export has each scan once")
    equal({e["scan_id"]: (e["outcome"], e["reason"]) for e in export}, {s["id"]: (s["answer"]["outcome"], s["answer"]["reason"]) for s in sent},
          "with the outcome that was answered")
    asked_for = model.conflicts()
    equal({e["scan_id"] for e in export if e["conflict"] and not e.get("undone_at")}, {s["id"] for s in sent if id(s["known"]) in asked_for}, "conflicts are the model's")


def doctor():
    done = plenum.plenum("doctor", data=world.server.data, fine=False)
    check(done.returncode == 0, "plenum doctor agrees", (done.stdout + done.stderr)[-300:])
    equal(world.server.value("PRAGMA integrity_check"), "ok", "the database is sound")
    equal(world.server.stop(), 0, "the server stops in peace")


if __name__ == "__main__":
    plenum.run("checkin_rules", begin, the_door, refusals, handing_out, other_areas, sessions_decide, retries, arrays, times, offline, told_after_all, undo, desk, overrides, rooms, validators, rosters,
               random_scans, doctor)

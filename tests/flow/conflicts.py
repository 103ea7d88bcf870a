#!/usr/bin/env python3
# suite
# sanitized
"""Gates that were split from the server (DESIGN.md §6, docs/decisions/0029-conflicts.md): when they meet, the earliest true time is the entry and every other
admission is a conflict, in whichever order the scans arrive; the console lists it with name, gates and clocks, and one click settles it.

    B=build/x tests/flow/conflicts.py"""
import itertools
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import check, equal, now_ms, scan, time_text  # noqa: E402
from recount import recount  # noqa: E402

MINUTE = 60000
server = plenum.Server("conflicts")
tokens, devices, staff = {}, {}, {}


def shape(value, event, offset):
    hall = {"kind": "entry", "area": "hall", "direction": "both", "reentry": True}
    event["gates"] = [dict(hall, code=c, title={"vi": "Cửa " + c, "en": "Door " + c}) for c in ("main", "side", "back")]
    event["gates"].append({"code": "gifts", "title": {"vi": "Quà"}, "kind": "handout"})
    event["gates"].append(dict(hall, code="press", title={"vi": "Cửa khách"}, admits=["guest"]))
    event["documents"] = []
    value["events"].append(dict(plenum.json.loads(plenum.json.dumps(event)), slug="other"))


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    tokens.update(server.tokens("test-1"))
    for gate in ("main", "side", "back", "gifts", "press"):
        devices[gate] = server.device("test-1", gate, "Máy " + gate)
    staff["ban"] = server.sign_in("ban", server.user("ban", "organiser", "test-1"))
    staff["desk"] = server.sign_in("ban2", server.user("ban2", "desk", "test-1"))


def tell(who, gate, minutes, told, direction="in", wrong_clock=0):
    """What a door told `minutes` ago (None: it asks now); its clock may be wrong by so many ms."""
    at = now_ms() - (minutes or 0) * MINUTE
    s = scan(tokens[who], gate, direction, age=(minutes or 0) * MINUTE, decision=told, scanned_at=time_text(at + wrong_clock))
    results = devices[gate].post("/api/v1/checkins", [s]).json()["results"]
    return dict(results[0], sent=s)


def page(query=""):
    return staff["ban"].get("/admin/test-1/conflicts?lang=en" + query)


def listed():
    """{scan_id: the words of its item}"""
    items = re.findall(r'<li data-scan="([0-9a-f-]+)">(.*?)</li>', page().text, re.S)
    return {key: " ".join(re.sub(r"<[^>]+>", " ", words).split()) for key, words in items}


def counted():
    """What the console's front page says."""
    found = re.search(r'id="conflict-count"><bdi>(\d+)</bdi>', staff["ban"].get("/admin/test-1?lang=en").text)
    return int(found.group(1)) if found else 0


def figures():
    stats = devices["main"].get("/api/v1/events/test-1/stats").json()
    whole = recount(server.data, "test-1")
    equal({k: stats[k] for k in whole}, whole, "figures equal a recount by plain SQL")
    return stats["present"], stats["attended"]


def in_question():
    """The scans that the export marks, and no others are listed."""
    export = plenum.json.loads(plenum.plenum("export", "checkins", "--event", "test-1", "--format", "json", data=server.data).stdout)
    return {e["scan_id"] for e in export if e["conflict"]}


def nothing_yet():
    equal(listed(), {}, "no conflicts yet")
    check("No conflicts" in page().text, "and the page says so")


def late_and_earlier():
    before = figures()
    online = tell("P01", "main", None, "ask")
    equal((online["outcome"], online["conflict"]), ("admitted", False), "admitted online")
    equal(listed(), {}, "which is no conflict")
    late = tell("P01", "side", 20, "admitted")
    equal((late["outcome"], late["conflict"]), ("admitted", False), "an earlier admission arrives late: it is the entry")
    equal(set(listed()), {online["scan_id"]}, "the later one is a conflict now")
    equal(figures(), (before[0] + 1, before[1] + 1), "presence is counted once")
    again = tell("P01", "back", None, "ask")
    equal((again["outcome"], again["first"]["gate"]), ("already_in", "side"), "who is in came in by the earlier gate")
    words = listed()[online["scan_id"]]
    for part in ("Đặng Thị Hồng Thắm", "Door main", "Door side", "Máy main", "Máy side"):
        check(part in words, "listed with names, gates and devices: " + part, words)
    same = devices["main"].post("/api/v1/checkins", [online["sent"]]).json()["results"][0]
    equal((same["conflict"], same["replayed"]), (False, True), "a retry gets the answer that it got")


def every_order():
    """Three doors that were alone, in each of the six orders of arrival: one entry, the same two conflicts."""
    people = ("P02", "P03", "P04", "P05", "P06", "P07")
    told = (("main", 30), ("side", 20), ("back", 10))
    for who, order in zip(people, itertools.permutations(range(3))):
        before, present = set(listed()), figures()
        ids = {told[i][0]: tell(who, told[i][0], told[i][1], "admitted")["scan_id"] for i in order}
        name = "arrival " + " ".join(told[i][0] for i in order)
        equal(set(listed()) - before, {ids["side"], ids["back"]}, name + ": the later two are conflicts")
        equal(figures(), (present[0] + 1, present[1] + 1), name + ": counted once")
        equal(tell(who, "press", None, "ask")["first"]["gate"], "main", name + ": the earliest is the entry")


def no_conflicts():
    before = set(listed())
    for gate, minutes, told, direction in (("side", 10, "admitted", "in"), ("main", 30, "admitted", "in"), ("main", 20, "left", "out")):
        last = tell("P08", gate, minutes, told, direction)
    equal(set(listed()) - before, set(), "out between the two: both were entries")
    devices["main"].post("/api/v1/checkins/%s/undo" % last["scan_id"], {})
    equal(len(set(listed()) - before), 1, "the way out is taken back: a conflict after all")
    entry = tell("P09", "main", 20, "admitted")
    tell("P09", "side", 10, "admitted")
    before = set(listed())
    equal(devices["main"].post("/api/v1/checkins/%s/undo" % entry["scan_id"], {}).status, 200, "the entry is taken back")
    equal(len(before - set(listed())), 1, "then the other is the entry, and no conflict")


def others():
    late = [tell("P01", "gifts", minutes, "handed_out")["scan_id"] for minutes in (5, 15)]
    check(late[0] in listed() and late[1] not in listed(), "handed out twice: the earlier true time stands, the later is the conflict", listed())
    against = tell("P01", "press", 3, "refused")["scan_id"]
    told = tell("P10", "gifts", 3, "refused", wrong_clock=-3600000)["scan_id"]
    words = listed()
    check(told in words, "refused by the door, not by the rule: listed too", words)
    check("clock" in words.get(told, "").lower(), "with the device's clock where it is wrong", words.get(told))
    check(against in words, "refused by the door, who is in already: listed", words)
    equal(in_question(), set(listed()), "the export marks the same scans")
    equal(counted(), len(listed()), "the front page says how many")


def settled():
    one, rest = sorted(listed())[0], sorted(listed())[1:]
    present = figures()
    path = "/admin/test-1/conflicts/%s/settle"
    equal(staff["desk"].form(path % one, {}).status, 403, "the desk may not settle")
    equal(staff["ban"].form("/admin/test-1/conflicts/%s/settle" % plenum.uuid7(), {}).status, 404, "a scan that is not there")
    for _ in range(2):
        equal(staff["ban"].form(path % one, {}).status, 303, "one click settles it, and a second changes nothing")
    equal(sorted(listed()), rest, "it is listed no more, the others are")
    equal(counted(), len(rest), "and the front page counts one less")
    equal(figures(), present, "figures were exact before")
    equal(server.value("SELECT COUNT(*) FROM audit WHERE action = 'conflict.settle' AND subject = ?", one), 1, "it stands in the audit, once")
    check(one in in_question(), "and in the record it stays a conflict")
    server.stop()
    server.start()
    equal(sorted(listed()), rest, "so it is after a restart")
    done = plenum.plenum("doctor", data=server.data, fine=False)
    equal(done.returncode, 0, "plenum doctor agrees")
    server.stop()


if __name__ == "__main__":
    plenum.run("conflicts", begin, nothing_yet, late_and_earlier, every_order, no_conflicts, others, settled)

#!/usr/bin/env python3
# suite
# sanitized threads
"""Figures as of a moment and as known at a moment, over HTTP and from the command line: `stats?at=&known_at=`, late scans, undo, a substitute, the quorum's history,
units, ETags, refusals.

    B=build/x tests/flow/past.py"""
import json
import os
import re
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import check, equal, now_ms, scan, time_text, uuid7  # noqa: E402

MINUTE = 60000
STATS = "/api/v1/events/test-1/stats"
server = door = desk = tokens = None
now = 0       # of the beginning: about noon of the event's first day
moments = {}  # when the record stood how


def ago(minutes):
    """A second later: what was read then is a few milliseconds late, for a device says only how old a reading is."""
    return now - minutes * MINUTE + 1000


def told(who, nth=0):
    """When the record says that somebody was read."""
    return time_text(server.rows("SELECT s.true_ms FROM scan s JOIN delegate d ON d.id = s.delegate_id JOIN person p ON p.id = d.person_id WHERE p.code = ? ORDER BY s.true_ms",
                                 who)[nth][0])


def shape(value, event, offset):
    """A session from two hours ago on until an hour ago, another from half an hour ago on."""
    event["gates"].append({"code": "side", "title": {"vi": "Cửa phụ"}, "kind": "entry", "area": "hall", "direction": "both", "reentry": True})
    event["sessions"] = [
        {"code": "first", "title": {"vi": "Phiên một"}, "starts": plenum.local_text(offset, -120), "ends": plenum.local_text(offset, -60), "area": "hall", "carry_over": False},
        {"code": "second", "title": {"vi": "Phiên hai"}, "starts": plenum.local_text(offset, -30), "ends": plenum.local_text(offset, 120), "area": "hall", "carry_over": False}]


def begin():
    global server, door, desk, tokens, now
    server = plenum.Server("past")
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    server.user("ban", "desk", "test-1")
    tokens, now = server.tokens("test-1"), now_ms() // MINUTE * MINUTE
    door = {gate: server.device("test-1", gate, "Máy " + gate) for gate in ("main", "side")}
    desk = server.sign_in("ban", "mat khau that dai 19")


def send(gate, *scans):
    """(person, direction, minutes ago), told by a gate that was alone."""
    body = [scan(tokens[who], gate, direction, age=now_ms() - ago(minutes) + 1000, decision="left" if direction == "out" else "admitted", scanned_at=time_text(ago(minutes) - 1000))
            for who, direction, minutes in scans]
    results = door[gate].post("/api/v1/checkins", body).json()["results"]
    return [r["scan_id"] for r in results]


def stats(at=None, known_at=None, more=""):
    words = ["%s=%s" % (k, time_text(v)) for k, v in (("at", at), ("known_at", known_at)) if v is not None]
    reply = door["main"].get(STATS + "?" + "&".join(words + ([more] if more else [])))
    if reply.status != 200:
        raise RuntimeError("stats: %r" % reply)
    return reply.json()


def three(value):
    return value["expected"], value["attended"], value["present"]


def mark(name):
    """Between two changes of the record there are some milliseconds, so that a moment tells them apart."""
    plenum.wait(lambda last=now_ms(): now_ms() > last + 5)
    moments[name] = now_ms()
    plenum.wait(lambda: now_ms() > moments[name] + 5)


def plain(value):
    return {k: v for k, v in value.items() if k not in ("at", "known_at", "as_of")}


def as_of():
    mark("empty")
    send("main", *[("P0%d" % i, "in", 130 - i) for i in range(1, 7)])      # 129 … 124 minutes ago: six of nine, the quorum
    send("main", ("P01", "out", 100), ("P02", "out", 95), ("P02", "in", 90))
    mark("morning")
    equal(three(stats(ago(127))), (12, 3, 3), "as of the third who came")
    equal(three(stats(ago(97))), (12, 6, 5), "one is out")
    equal(three(stats(ago(92))), (12, 6, 4), "two are out")
    equal(three(stats(ago(89))), (12, 6, 5), "one is back")
    equal(three(stats(ago(59))), (12, 6, 0), "the session is over: nobody is in")
    equal(three(stats(known_at=moments["empty"])), (12, 0, 0), "before the first scan was told nobody had come")
    value = stats(ago(127))
    equal((value["at"], value["as_of"], value["absent"]), (time_text(ago(127)), time_text(ago(127)), {"total": 9, "excused": 1, "unexcused": 8}), "and who has not come")
    live, same = stats(), stats(now_ms())
    equal(plain(live), plain(same), "as of now both ways are one")
    equal((live["at"], live["known_at"]), (None, None), "live figures have no moment")


def quorum():
    first = stats(ago(61))["quorums"][0]
    equal((first["session"], first["required"], first["eligible"], first["most"], first["reached"], first["since"], first["lost"]),
          ("first", 6, 9, 6, True, told("P06"), told("P01", 1)), "reached with the sixth, missed since the first went")
    equal(first["periods"], [{"from": told("P06"), "until": told("P01", 1)}], "and in between it was met")
    for minutes, met in ((125, False), (124, True), (101, True), (100, False), (80, False)):
        q = stats(ago(minutes))["quorums"][0]
        equal(bool(q["periods"]) and q["periods"][-1]["until"] is None, met, "met %d minutes ago: %s" % (minutes, met))
    sessions = [(q["session"], q["reached"]) for q in stats()["quorums"]]
    equal(sessions, [("first", True), ("second", False)], "each session has its own")


def late():
    ids = send("side", ("P07", "in", 115), ("P08", "in", 114))
    mark("late")
    equal(three(stats(ago(110))), (12, 8, 8), "what an offline gate tells later puts the past right")
    equal(three(stats(ago(110), moments["morning"])), (12, 6, 6), "and what was known before still has an answer")
    equal(stats(known_at=moments["late"])["attended"] - stats(known_at=moments["morning"])["attended"], 2, "known at: the difference")
    equal(stats(ago(61))["quorums"][0]["lost"], None, "with the two the quorum was never missed")
    equal(stats(ago(61), moments["morning"])["quorums"][0]["lost"], told("P01", 1), "which was not known then")
    check(stats()["corrected"] >= 2, "late scans are counted", stats()["corrected"])
    before = stats()["corrected"]
    equal(door["side"].post("/api/v1/checkins/%s/undo" % ids[1], {}).status, 200, "one is taken back")
    mark("undone")
    equal(three(stats(ago(110))), (12, 7, 7), "and was never in")
    equal(three(stats(ago(110), moments["late"])), (12, 8, 8), "but was known to be, until then")
    equal(stats()["corrected"], before - 1, "and corrects nothing any more")


def the_list():
    """A substitute stands for somebody from the moment on when the desk noted it; an absence is known from then on."""
    path = "/api/v1/events/test-1/delegates/"
    absence = {"absent": True, "excused": True, "reason": "ốm", "request": uuid7()}
    equal(desk.request("PUT", path + "P09/absence", absence).status, 200, "an absence")
    mark("absent")
    equal(stats()["absent"]["excused"] - stats(known_at=moments["undone"])["absent"]["excused"], 1, "one more is excused than was known before")
    body = {"request": uuid7(), "name": "Tôn Thất Mới"}
    reply = desk.post(path + "P09/substitute", body)
    equal(reply.status, 201, "a substitute")
    mark("substituted")
    equal([stats()[k] for k in ("expected", "substitutes")], [12, stats(known_at=moments["absent"])["substitutes"]], "as many are expected, and the new one has not come")
    fresh = server.tokens("test-1")
    code = reply.json()["code"]
    tokens[code] = fresh[code]
    before = stats()["substitutes"]
    body = [scan(tokens[code], "main")]
    equal(door["main"].post("/api/v1/checkins", body).json()["results"][0]["outcome"], "admitted", "the substitute comes")
    equal(stats()["substitutes"], before + 1, "and is counted as one")
    equal(plain(stats()), plain(stats(now_ms())), "both ways")
    equal(desk.post(path[:-1], {"request": uuid7(), "category": "guest", "name": "Khách Thêm"}).status, 201, "a walk-in")
    equal((stats()["expected"], stats(known_at=moments["substituted"])["expected"]), (13, 12), "is on the list from then on")


def arrivals():
    value = stats()["arrivals"]
    equal((value["first"], value["from"]), (told("P01"), time_text(now - 129 * MINUTE)), "the first")
    counts, step = value["minutes"], value["step"]
    check(len(counts) <= 240 and sum(counts) == stats()["attended"], "a curve of all who came", value)
    equal(stats(ago(126))["arrivals"]["minutes"], [1, 1, 1, 1], "as of the fourth minute")
    equal(stats(ago(126))["arrivals"]["per_minute"], 1, "one in the last full minute")
    check(step >= 1, "a step")


def units():
    tree = {u["code"]: u for u in stats(more="units=1")["units"]}
    by = stats()["by_delegation"]
    equal([(u["code"], u["parent"], u["depth"]) for u in stats(more="units=1")["units"]], [("U0", None, 0), ("U1", "U0", 1), ("U2", "U0", 1)], "a tree, parents first")
    for key in ("expected", "attended", "present"):
        equal(tree["U0"][key], sum(by[c][key] for c in ("U0", "U1", "U2")), "%s added up" % key)
        equal(tree["U1"][key], by["U1"][key], "%s of a leaf" % key)
    old = {u["code"]: u for u in stats(ago(127), more="units=1")["units"]}
    equal((old["U0"]["attended"], old["U0"]["expected"]), (3, 9), "of the past too")


def refusals():
    for query, reason in (("at=yesterday", "figures_moment"), ("known_at=12", "figures_moment"), ("at=", "figures_moment"), ("at=" + time_text(now_ms() + MINUTE), "figures_future"),
                          ("known_at=" + time_text(now_ms() + MINUTE), "figures_future")):
        reply = door["main"].get(STATS + "?" + query)
        equal((reply.status, reply.json().get("reason")), (400, reason), "refused: %s" % query)
        check(reply.json().get("detail"), "and says why", reply.text)


def validators():
    path = STATS + "?at=" + time_text(ago(97))
    first = door["main"].get(path)
    tag = first.header("etag")
    check(tag, "the past has an ETag", first.headers)
    again = door["main"].get(path, If_None_Match=tag)
    equal((again.status, again.body), (304, b""), "and is not made twice")
    check(door["main"].get(path + "&units=1").header("etag") != tag, "units are another answer")
    send("side", ("P08", "in", 98))
    changed = door["main"].get(path, If_None_Match=tag)
    check(changed.status == 200 and changed.header("etag") != tag, "a late scan makes it anew", changed.headers)


def many_at_once():
    """One is worked at, some wait, more are sent away: none is lost. Walls and devices have a few places only, and keep nobody of the staff waiting."""
    def start(client, answers):
        def ask(i):
            one = plenum.Client(server, key=client.key)
            one.cookies.update(client.cookies)
            answers.append(one.get("%s?at=%s" % (STATS, time_text(ago(100) + i))).status)
            one.close()

        threads = [threading.Thread(target=ask, args=(i,)) for i in range(40)]
        for t in threads:
            t.start()
        return threads

    answers, mine = [], []
    for t in start(desk, answers):
        t.join()
    check(len(answers) == 40 and set(answers) <= {200, 503} and answers.count(200) >= 17, "forty at once: answered or told to come again", answers)
    wall, answers = server.display("test-1"), []
    threads = start(wall, answers)
    while any(t.is_alive() for t in threads):
        mine.append(desk.get("%s?at=%s" % (STATS, time_text(ago(90) + len(mine)))).status)
    check(len(answers) == 40 and set(answers) <= {200, 503} and answers.count(200) >= 4, "forty of a wall: some are answered", answers)
    equal(set(mine), {200}, "and meanwhile the desk is, always")
    equal([door["main"].get("%s?at=%s" % (STATS, time_text(ago(90) + i))).status for i in range(6)], [200] * 6, "afterwards all places are free again")


def page():
    """What the organiser sees: when the quorum was met, and which gate told what so late."""
    server.user("bao", "organiser", "test-1")
    organiser = server.sign_in("bao", "mat khau that dai 19")
    reply = organiser.get("/admin/test-1/late", Accept_Language="en")
    equal(reply.status, 200, "the page of late scans")
    sessions = [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in re.findall(r"<li>(.*?)</li>", reply.text.split("<h2>")[1], re.S)]
    batches = [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in re.findall(r'<li class="late">(.*?)</li>', reply.text, re.S)]
    check(len(sessions) == 2 and "Reached:" in sessions[0] and "6 / 9" in sessions[0] and "Not reached" in sessions[1], "the quorum of both sessions", sessions)
    side = [b for b in batches if "Máy side" in b]  # two, where a minute ended in between
    told_in, back = (sum(int(n) for b in side for n in re.findall(r"\b%s: (\d+)" % word, b)) for word in ("in", "taken back"))
    equal((told_in, back), (3, 1), "what the side gate told, and what was taken back")
    check(all("Known since:" in b and "Read at:" in b for b in batches) and len(batches) >= 2, "with both clocks", batches)
    check('href="/admin/test-1/late"' in organiser.get("/admin/test-1").text, "the console leads there")
    equal(desk.get("/admin/test-1/late").status, 403, "not for the desk")


def command():
    at, known = time_text(ago(110)), time_text(moments["morning"])
    said = json.loads(plenum.plenum("figures", "--event", "test-1", "--at", at, "--known-at", known, "--units", "--json", data=server.data).stdout)
    equal(said, stats(ago(110), moments["morning"], "units=1"), "the command says what the door says")
    text = plenum.plenum("figures", "--event", "test-1", "--at", at, data=server.data).stdout
    check("quorum of first" in text and "attended 7" in text, "and in words", text)
    for words in (["--at", "noon"], ["--at", time_text(now_ms() + 5 * MINUTE)], []):
        event = ["--event", "test-1"] if words else ["--event", "none"]
        done = plenum.plenum("figures", *event, *words, data=server.data, fine=False)
        check(done.returncode == 1 and done.stderr.count("\n") == 1, "refused in one line: %s" % words, done.stderr)
    done = plenum.plenum("doctor", data=server.data, fine=False)
    check(done.returncode == 0, "plenum doctor agrees", (done.stdout + done.stderr)[-600:])
    equal(server.stop(), 0, "the server stops in peace")


if __name__ == "__main__":
    plenum.run("past", begin, as_of, quorum, late, the_list, arrivals, units, refusals, validators, many_at_once, page, command)

#!/usr/bin/env python3
# suite
# sanitized threads
"""What the desk changes of the list on the day, over HTTP: walk-ins, names for blank badges, substitutes, absences, notes, what was wrong. Once each, whatever is sent
again and however many desks send it; doors, pages and figures follow.    B=build/x tests/flow/desk_changes.py"""
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, check, equal, scan, uuid7  # noqa: E402
from recount import recount  # noqa: E402

BASE = "/api/v1/events/test-1/delegates"
server = plenum.Server("desk-changes")
who, tokens, door = {}, {}, {}


def shape(value, event, offset):
    event["gates"] = [{"code": "main", "title": {"vi": "Cửa chính"}, "kind": "entry", "area": "hall", "direction": "both"}]
    event["sessions"] = []


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    door["main"] = server.device("test-1", "main")
    who["orga"] = server.sign_in("orga", server.user("orga", "organiser", "test-1"))
    for name in ("lan", "minh"):
        who[name] = server.sign_in(name, server.user(name, "desk", "test-1"))
    tokens.update(server.tokens("test-1"))


def do(method, path, by="lan", **body):
    body.setdefault("request", uuid7())
    return who[by].request(method, BASE + path, body)


def stats():
    return door["main"].get("/api/v1/events/test-1/stats").json()


def go(token):
    return door["main"].post("/api/v1/checkins", [scan(token, "main")]).json()["results"][0]


def badge_of(code):
    return server.value("SELECT c.token FROM credential c JOIN person p ON p.id = c.person_id WHERE p.code = ? AND c.revoked_ms IS NULL AND c.event_id IS NOT NULL", code)


def roster(since):
    return door["main"].get("/api/v1/events/test-1/roster?since=%d" % since).json()


def sound():
    """Figures equal a recount by plain SQL, and by the program."""
    whole, told = recount(server.data, "test-1"), stats()
    equal((told["expected"], told["attended"], told["present"]), (whole["expected"], whole["attended"], whole["present"]), "figures are those of plain SQL")
    equal(plenum.plenum("doctor", data=server.data, fine=False).returncode, 0, "doctor agrees")


def walk_in():
    before, version = stats(), roster(0)["version"]
    request = uuid7()
    reply = do("POST", "", name="Trần Thị Mới", category="guest", phone="0912 345 678", unit="U1", request=request)
    made = reply.json()
    check(reply.status == 201 and made["code"].startswith("W-") and not made["again"], "a walk-in is on the list", reply)
    again = do("POST", "", name="Trần Thị Mới", category="guest", phone="0912 345 678", unit="U1", request=request)
    check(again.status == 200 and again.json()["code"] == made["code"] and again.json()["again"], "an answer that was lost makes nobody twice", again)
    equal(stats()["by_category"]["guest"]["expected"], before["by_category"]["guest"]["expected"] + 1, "one guest more is expected")
    delta = roster(version)
    check(plenum.token_id(badge_of(made["code"])) in str(delta), "the doors learn of the badge with their next look")
    equal(go(badge_of(made["code"]))["outcome"], "admitted", "and it opens the door")
    check("Trần Thị Mới" in Client(server).get("/d/" + badge_of(made["code"])).text, "and its page")
    twin = do("POST", "", by="minh", name="tran thi moi", category="guest")
    told = twin.json()
    check(twin.status == 409 and told["reason"] == "amend_same_name" and told["about"] == made["code"], "somebody of the same name is shown first", twin)
    check("cùng tên" in told["detail"], "in the reader's language", told)
    equal(do("POST", "", by="minh", name="tran thi moi", category="guest", anyway=True).status, 201, "and added when the desk means it")
    found = who["lan"].get(BASE + "?q=tran+thi+moi").json()["results"]
    equal(len(found), 2, "both are found")


def who_may():
    equal(do("POST", "", name="Phạm Phiếu", category="official").status, 403, "the desk adds nobody who counts for the quorum")
    required = stats()["quorum"]["eligible"]
    equal(do("POST", "", by="orga", name="Phạm Phiếu", category="official").status, 201, "the organiser does")
    equal(stats()["quorum"]["eligible"], required + 1, "and the base of the quorum is one more")
    stranger = Client(server)
    for method, path in (("POST", ""), ("PATCH", "/P01"), ("POST", "/901/name"), ("POST", "/P01/substitute"), ("PUT", "/P01/absence"), ("PUT", "/P01/note"), ("GET", "/P01/history")):
        equal(stranger.request(method, BASE + path, {"request": uuid7()} if method != "GET" else None).status, 401, "%s %s needs a sign-in" % (method, path))
        device = door["main"].request(method, BASE + path, {"request": uuid7()} if method != "GET" else None)
        equal(device.status, 403, "%s %s is not a door's" % (method, path))


def two_desks():
    """The same blank, the same absent delegate: one of two gets it, and the other sees who."""
    replies = {}

    def name(desk):
        replies[desk] = do("POST", "/901/name", by=desk, name="Khách của " + desk, anyway=True)
    threads = [threading.Thread(target=name, args=(desk,)) for desk in ("lan", "minh")]
    [t.start() for t in threads], [t.join() for t in threads]
    equal(sorted(r.status for r in replies.values()), [201, 409], "two desks name one blank badge: one of them does")
    loser = next(r for r in replies.values() if r.status == 409).json()
    check(loser["reason"] == "amend_not_blank" and "Khách của" in loser["about"], "the other sees whose it is", loser)
    winner = next(r for r in replies.values() if r.status == 201).json()
    equal(winner["number"], "901", "it keeps its number")
    equal(go(tokens["#901"] if "#901" in tokens else badge_of(winner["code"]))["outcome"], "admitted", "what is printed is good")


def seen_first():
    """What another desk changed meanwhile is seen before it is written over: a change names the version that was looked at."""
    def card(code):
        return who["lan"].get(BASE + "/" + code).json()
    first = card("P07")
    check(first["version"] and first["name"] and first["last"] is None and first["changed"] is None, "the card of one person, with its version", first)
    equal(do("PATCH", "/P07", by="minh", version=first["version"], seat="Z9").status, 200, "the first desk changes the seat")
    late = do("PATCH", "/P07", version=first["version"], seat="Z8")
    equal((late.status, late.json()["reason"]), (409, "amend_older"), "the second one looked at an older version")
    for method, path, more in (("PUT", "/note", {"note": "x"}), ("PUT", "/absence", {"absent": True}), ("POST", "/substitute", {"name": "Ai Đó"})):
        reply = do(method, "/P07" + path, version=first["version"], **more)
        equal((reply.status, reply.json()["reason"]), (409, "amend_older"), "%s %s too" % (method, path))
    now = card("P07")
    check(now["seat"] == "Z9" and now["changed"]["by"] == "minh" and now["version"] != first["version"], "it sees what is there, and by whom", now)
    equal(do("PATCH", "/P07", version=now["version"], seat="Z8").status, 200, "and may have the last word")
    before = card("P07")
    equal(go(tokens["P07"])["outcome"], "admitted", "in by a door")
    after = card("P07")
    equal(after["version"], before["version"], "a scan is no change of the list")
    check(after["state"] == "in" and after["gate_title"] == "Cửa chính" and after["last"]["outcome"] == "admitted" and after["last"]["by"], "where, and by whom", after)
    equal(who["lan"].get(BASE + "/P07/history").json()["scans"][0]["by"], after["last"]["by"], "the history says it too")
    blank = who["lan"].get(BASE + "/902").json() if "#902" in tokens else None
    check(blank is None or blank["name"] is None, "a blank is found by its number", blank)
    equal(who["lan"].get(BASE + "/nobody").status, 404, "nobody has no card")


def substitute():
    before, old = stats(), tokens["P09"]
    reply = do("POST", "/P09/substitute", name="Vũ Thay Thế", born="1979")
    code = reply.json()["code"]
    check(reply.status == 201 and reply.json()["number"] == "009", "a substitute has the number", reply)
    equal(stats()["by_category"]["official"]["expected"], before["by_category"]["official"]["expected"], "as many are summoned as before")
    equal(go(old)["outcome"], "refused", "the old badge is dead")
    equal(Client(server).get("/d/" + old).status, 410, "on phones too")
    equal(go(badge_of(code))["outcome"], "admitted", "the new one lives")
    equal(do("POST", "/009/substitute", name="Ai Đó").json()["reason"], "amend_has_come", "nobody stands for who is here")
    past = who["lan"].get(BASE + "/%s/history" % code).json()
    check(past["changes"][0]["other"]["code"] == "P09" and past["scans"][0]["outcome"] == "admitted", "the history says for whom, and the scan", past)
    equal(who["lan"].get(BASE + "/P09/history").json()["changes"][0]["as"], "other", "and from the other side")
    mine, theirs = who["lan"].get(BASE + "/" + code).json(), who["lan"].get(BASE + "/P09").json()
    check(mine["stands_for"]["code"] == "P09" and theirs["replaced_by"]["code"] == code and theirs["replaced_by"]["by"] == "lan", "both cards say so", (mine, theirs))


def facts():
    equal(do("PUT", "/P05/absence", absent=True, excused=True, reason="Ốm").status, 200, "an absence with its reason")
    equal(who["lan"].get(BASE + "?q=P05").json()["results"][0]["absence"], {"excused": True, "reason": "Ốm"}, "stands on the card")
    equal(do("PUT", "/P05/absence", absent=False).status, 200, "and is taken away")
    equal(do("PUT", "/P05/note", note="Gọi chủ nhà").status, 200, "a note")
    equal(who["lan"].get(BASE + "?q=P05").json()["results"][0]["note"], "Gọi chủ nhà", "stands there too")
    seen = who["lan"].get(BASE + "?q=P05").json()["results"][0]["name"]
    etag = Client(server).get("/d/" + tokens["P05"]).header("ETag")
    equal(do("PATCH", "/P05", seen_name=seen, name="Nguyễn Đúng", seat="C9").json()["name"], "Nguyễn Đúng", "a wrong name is put right")
    equal(do("PATCH", "/P05", by="minh", seen_name=seen, name="Nguyễn Sai").json()["reason"], "amend_changed", "a desk that saw the old one is told")
    page = Client(server).get("/d/" + tokens["P05"], If_None_Match=etag)
    check(page.status == 200 and "Nguyễn Đúng" in page.text and "C9" in page.text, "the phone's page has it", page.status)
    found = who["lan"].get(BASE + "?q=nguyen+dung").json()["results"]
    equal([one["code"] for one in found], ["P05"], "it is found by its new name")
    changed = who["lan"].get(BASE + "/P05/badge").json()
    check("name" in str(changed), "and its badge is one to print again", changed)
    for body, reason in (({"phone": "gọi đi"}, "amend_phone"), ({"born": "hôm qua"}, "amend_born"), ({"name": " "}, "amend_no_name")):
        equal(do("PATCH", "/P05", **body).json().get("reason"), reason, "%s is refused" % body)
    equal(do("PATCH", "/P05", nonsense="x").status, 400, "an unknown key is told")
    equal(do("PATCH", "/P99", name="x").status, 404, "an unknown delegate too")
    equal(do("PATCH", "/P05", name="x", request="1").status, 400, "a request must be a UUID")


def import_again():
    """What the desk did stays when the organiser's file comes again."""
    before = stats()
    server.load(plenum.small_event(server.folder, shape))
    after = stats()
    equal(after["by_category"]["guest"], before["by_category"]["guest"], "walk-ins stay")
    equal(after["by_category"]["official"]["expected"], before["by_category"]["official"]["expected"], "who was replaced is not summoned again")
    equal(who["lan"].get(BASE + "?q=009").json()["results"][0]["replaces"], "P09", "the substitute keeps the number")


def the_end():
    sound()
    log = server.log_text()
    server.stop()
    check("AddressSanitizer" not in log and "ThreadSanitizer" not in log, "no sanitizer has spoken")
    check("Gọi chủ nhà" not in log and "0912" not in log, "notes and numbers are in no log")


plenum.run("desk_changes", begin, walk_in, who_may, two_desks, seen_first, substitute, facts, import_again, the_end)

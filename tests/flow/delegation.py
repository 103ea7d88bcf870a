#!/usr/bin/env python3
# suite
# sanitized threads
"""The room of a delegation with the real server: a bus of 16 is checked in by unticking two, sent twice, by two hands at once, with a badge read in between; what counts for the
quorum, and what a change of that decision recounts; taking a group back; absences; the number; badges handed over; a head who tries other delegations' people at every door; a
head by badge and PIN.    B=build/x tests/flow/delegation.py"""
import html
import json
import os
import re
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, check, csrf_of, equal, scan, uuid7  # noqa: E402
from recount import recount  # noqa: E402

server = plenum.Server("delegation")
who, tokens, door = {}, {}, {}
BUS = ["BUS%02d" % i for i in range(1, 17)]
ROOM = "/delegation/test-1"


def shape(value, event, offset):
    event["gates"] = [{"code": "main", "title": {"vi": "Cửa chính"}, "kind": "entry", "area": "hall", "direction": "both"},
                      {"code": "dinner", "title": {"vi": "Cửa tiệc"}, "kind": "entry", "area": "dining", "direction": "in"},
                      {"code": "gifts", "title": {"vi": "Phát quà"}, "kind": "handout", "admits": ["official"]}]
    event["areas"][0]["capacity"] = 400
    event["quorum"] = {"category": "official", "rule": "at_least", "fraction": "1/2"}
    units = value["organization"]["units"]
    units.append({"code": "UB", "name": "Đoàn xe buýt", "parent": "U0"})
    units.append({"code": "UB-1", "name": "Tổ thuộc đoàn xe buýt", "parent": "UB"})  # beneath: a delegation of its own
    units.append({"code": "UL", "name": "Đoàn đông người", "parent": "U0"})
    for i in range(70):
        value["people"].append({"code": "L%02d" % i, "name": "Lê Thị %02d" % i, "unit": "UL"})
        event["delegates"].append({"person": "L%02d" % i, "number": "L%02d" % i, "category": "guest", "delegation": "UL", "status": "summoned"})
    for i, code in enumerate(BUS + ["SUB01", "ALT01"]):
        value["people"].append({"code": code, "name": "Nguyễn Văn %s" % code, "unit": "UB", "phone": "09120001%02d" % i})
        event["delegates"].append({"person": code, "number": "B%02d" % i, "category": "official", "delegation": "UB-1" if code == "SUB01" else "UB",
                                   "status": "alternate" if code == "ALT01" else "summoned", "mandate": "elected",
                                   "roles": ["head_of_delegation"] if code == "BUS01" else []})


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    door["main"] = server.device("test-1", "main")
    who["orga"] = server.sign_in("orga", server.user("orga", "organiser", "test-1"))
    who["lan"] = server.sign_in("lan", server.user("lan", "desk", "test-1"))
    who["head"] = server.sign_in("head", server.user("head", "head", "test-1", "UB"))
    who["other"] = server.sign_in("other", server.user("other", "head", "test-1", "U1"))
    who["twin"] = server.sign_in("twin", server.user("twin", "head", "test-1", "UB"))
    password = os.path.join(server.folder, "password")
    plenum.plenum("user", "add", "two", "--role", "head", "--event", "test-1", "--unit", "UB", "--unit", "UB-1", "--password-file", password, data=server.data)
    who["two"] = server.sign_in("two", "mat khau that dai 19")
    equal(plenum.plenum("user", "add", "three", "--role", "head", "--unit", "UB", "--unit", "nowhere", "--password-file", password, data=server.data, fine=False).returncode, 1, "no such unit")
    check("three" not in plenum.plenum("user", "list", data=server.data).stdout, "and no account then")
    tokens.update(server.tokens("test-1"))


def send(by, act, people=(), **fields):
    """A form of the page, without a script; gives the reply."""
    client = who[by] if isinstance(by, str) else by
    fields.setdefault("unit", "UB")
    fields.setdefault("csrf", client.csrf)
    body = urllib.parse.urlencode([pair for pair in fields.items() if pair[1] is not None] + [("person", p) for p in people])
    return client.request("POST", ROOM + "/" + act, body.encode(), {"Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": None})


def bus(by, people, group=None, **fields):
    fields.setdefault("gate", "main")
    return send(by, "checkin", people, group=group or uuid7(), **fields)


def page(by="head", unit="UB", more=""):
    client = who[by] if isinstance(by, str) else by
    return client.get("%s?unit=%s%s&lang=en" % (ROOM, unit, more))


def follow(by, reply):
    client = who[by] if isinstance(by, str) else by
    return client.get(reply.header("location").split("#")[0] + "&lang=en").text


def stats():
    return door["main"].get("/api/v1/events/test-1/stats").json()


def go(code, gate="main", **more):
    return door[gate].post("/api/v1/checkins", [scan(tokens[code], gate, **more)]).json()["results"][0]


def exported():
    return json.loads(plenum.plenum("export", "checkins", "--event", "test-1", data=server.data).stdout)


def sound(what):
    """Figures equal a recount by plain SQL, and by the program; a stay is personal where some scan of the own badge says so, by plain SQL."""
    whole, told = recount(server.data, "test-1"), stats()
    equal((told["expected"], told["attended"], told["present"], told["by_delegation"]["UB"]),
          (whole["expected"], whole["attended"], whole["present"], whole["by_delegation"]["UB"]), "%s: figures are those of plain SQL" % what)
    done = plenum.plenum("doctor", data=server.data, fine=False)
    equal(done.returncode, 0, "%s: doctor agrees" % what)
    seen = {c for c, in server.rows("SELECT DISTINCT p.code FROM scan s JOIN delegate d ON d.id = s.delegate_id JOIN person p ON p.id = d.person_id WHERE s.group_id IS NULL "
                                    "AND s.outcome IN ('admitted', 'already_in') AND NOT EXISTS (SELECT 1 FROM correction c WHERE c.scan = s.id)")}
    inside = {c for c, in server.rows("SELECT p.code FROM delegate_state s JOIN delegate d ON d.id = s.delegate_id JOIN person p ON p.id = d.person_id "
                                      "JOIN category k ON k.id = d.category_id JOIN area a ON a.id = s.area_id WHERE a.code = 'hall' AND d.status = 'summoned' AND k.code = 'official'")}
    quorum = told["quorum"]
    equal((quorum["by_group"], quorum["present"]), (len(inside - seen), len(inside) if quorum["group_counts"] else len(inside & seen)), "%s: quorum" % what)


def figures(text):
    found = re.search(r'<p class="big"><bdi dir="ltr"><b>(\d+)</b> / (\d+)</bdi>', text)
    return (int(found.group(1)), int(found.group(2))) if found else None


def the_page():
    first = who["head"].get(ROOM)
    check(first.status == 302 and first.header("location").endswith("?unit=UB"), "a head of one delegation is led to it", first)
    text = page().text
    equal(figures(text), (0, 16), "16 are expected, nobody is here")
    equal(len(re.findall(r'name="person" value="BUS\d\d" checked', text)), 16, "all of them are ticked")
    check('value="ALT01">' in text and 'value="ALT01" checked' not in text, "an alternate is there, and not ticked")
    check("SUB01" not in text and "P04" not in text, "nobody of another delegation, not of one beneath")
    check('value="main"' in text and 'value="gifts"' not in text, "only doors that let in")
    listed = who["lan"].get(ROOM + "?lang=en").text
    check(listed.index("unit=U0") < listed.index("unit=U1") < listed.index("unit=UB"), "the desk sees all, in protocol order")
    check("heads" not in listed and "heads" in who["orga"].get(ROOM + "?lang=en").text, "decisions are the organiser's")
    etag = page(more="&part=live").header("etag")
    equal(who["head"].get(ROOM + "?unit=UB&part=live&lang=en", If_None_Match=etag).status, 304, "nothing new is told in a word")
    listed = who["two"].get(ROOM + "?lang=en").text
    check("unit=UB" in listed and "unit=UB-1" in listed and "unit=U1" not in listed and page("two", "UB-1").status == 200, "a head of two delegations sees both, and no third")


def a_bus():
    group, here = uuid7(), [p for p in BUS if p not in ("BUS07", "BUS13")]
    reply = bus("head", here, group)
    check(reply.status == 303 and "group=" + group in reply.header("location"), "14 are checked in by one form", reply)
    text = follow("head", reply)
    check("Checked in: <bdi>14</bdi>" in text, "the page says so")
    equal(figures(text), (14, 16), "14 of 16 are here")
    equal(sorted(re.findall(r'name="person" value="(BUS\d\d)" checked', text)), ["BUS07", "BUS13"], "two are missing")
    again = bus("head", here, group)
    check(again.status == 303 and "Checked in: <bdi>14</bdi>" in follow("head", again), "the form sent twice says the same", again)
    check(who["lan"].post("/api/v1/events/test-1/delegates/%s/reissue" % here[-1], {"reason": "lost"}).status in (200, 201), "one of them has lost the badge")
    again = bus("head", here, group)
    check(again.status == 303 and "Checked in: <bdi>14</bdi>" in follow("head", again), "and the form sent once more still says the same", again)
    mine = [c for c in exported() if c["group"]]
    equal((len(mine), {c["group"] for c in mine}, {c["account"] for c in mine}), (14, {group}, {"head"}), "one scan each, with its group and who did it")
    equal(who["lan"].get(ROOM + "?lang=en").text.count("14 / 16"), 1, "the desk's list says 14 of 16")
    sound("a bus")
    equal(server.value("SELECT COUNT(*) FROM audit WHERE action = 'group.checkin' AND actor = 'head'"), 1, "audited once")


def the_quorum():
    before = stats()["quorum"]
    equal((before["present"], before["by_group"], before["group_counts"]), (0, 14, False), "no badge was read: nobody counts for the quorum")
    equal(go("BUS01")["outcome"], "already_in", "a badge that is read is in already")
    equal(go("BUS02")["outcome"], "already_in", "another one")
    equal((stats()["quorum"]["present"], stats()["quorum"]["by_group"]), (2, 12), "and counts from now on")
    sound("confirmed")
    for value, want in (("1", 14), ("0", 2), ("1", 14)):
        equal(who["orga"].form("/admin/test-1/heads", {"group_quorum": value, "head_pin": "0"}).status, 303, "the organiser decides %s" % value)
        got = plenum.wait(lambda: stats()["quorum"]["present"] == want and stats()["quorum"])
        check(got and got["group_counts"] == (value == "1") and got["reached"] == (14 >= got["required"] if value == "1" else 2 >= got["required"]), "the quorum is %d" % want, stats())
        sound("decided " + value)
    equal([d for d, in server.rows("SELECT detail FROM audit WHERE action = 'event.group_quorum' ORDER BY id")], ["0 -> 1", "1 -> 0", "0 -> 1"], "each decision is in the audit log")
    who["orga"].form("/admin/test-1/heads", {"group_quorum": "0", "head_pin": "0"})
    equal(who["lan"].form("/admin/test-1/heads", {"group_quorum": "1", "head_pin": "1"}).status, 403, "the desk does not decide it")
    file = json.loads(plenum.plenum("export", "event", "--event", "test-1", data=server.data).stdout)["events"][0]
    equal((file.get("group_quorum"), file.get("head_pin")), (False, False), "decisions are in the event file")


def late_readings():
    """A gate that was alone sends what it read, in any order: first the door, then the bus, and the other way about."""
    equal(go("BUS07", age=60000, decision="admitted")["outcome"], "admitted", "told at a door a minute ago")
    equal(go("BUS03", age=60000, decision="admitted")["outcome"], "admitted", "one of the bus was read at a door before the bus came")
    now = {c["person"]: c for c in exported() if c["direction"] == "in"}
    check(not now["BUS03"]["conflict"], "which is no conflict of two doors", now["BUS03"])
    equal(go("BUS04", decision="admitted")["outcome"], "admitted", "and one after it, by a door that did not know")
    equal(server.value("SELECT COUNT(*) FROM conflict"), 0, "nobody has anything to settle")
    sound("late readings")


def taken_back():
    group = uuid7()
    check("Checked in: <bdi>1</bdi>" in follow("head", bus("head", ["BUS13"], group)), "one more arrives")
    reply = send("head", "undo", group=group)
    check(reply.status == 303 and "taken back" in follow("head", reply), "and is taken back", reply)
    check('value="BUS13" checked' in page().text, "they are missing again")
    equal(send("head", "undo", group=group).status, 303, "twice is fine")
    equal(bus("head", ["BUS13"], group).status, 409, "the old form is used up")
    sound("taken back")
    first = server.value("SELECT request FROM group_checkin ORDER BY id LIMIT 1")
    reply = send("head", "undo", group=first)
    text = follow("head", reply)
    check(reply.status == 303 and "stays in: </b> <bdi>4</bdi>" in text.replace("in:</b>", "in: </b>"), "whose badge was read since stays in", re.findall(r'id="result".{0,400}', text, re.S))
    equal(figures(text), (5, 16), "with the one who came by the door")
    sound("the bus taken back")
    check("Checked in: <bdi>11</bdi>" in follow("head", bus("head", [p for p in BUS if p not in ("BUS01", "BUS02", "BUS03", "BUS04", "BUS07")])), "the rest comes again")
    server.write("UPDATE group_checkin SET made_ms = made_ms - 16 * 60000")
    equal(send("head", "undo", group=server.value("SELECT request FROM group_checkin ORDER BY id DESC LIMIT 1")).status, 409, "after 15 minutes it is the desk's")
    sound("a whole bus")


def two_heads():
    """Both press at once: everybody is in once, and each sees what became of theirs."""
    go("BUS10", direction="out"), go("BUS11", direction="out")
    replies = {}

    def press(name):
        replies[name] = bus(name, ["BUS10", "BUS11"])
    threads = [threading.Thread(target=press, args=(name,)) for name in ("head", "twin")]
    [t.start() for t in threads], [t.join() for t in threads]
    texts = [follow(name, replies[name]) for name in ("head", "twin")]
    equal(sorted("Checked in: <bdi>2</bdi>" in t for t in texts), [False, True], "one of two heads checks them in")
    loser = next(t for t in texts if "Checked in:" not in t)
    check("Already in" in loser and "Nguyễn Văn BUS10" in loser and "Nguyễn Văn BUS11" in loser, "the other sees who was in already")
    sound("two heads")


def refused():
    server.write("UPDATE area SET capacity = 1 WHERE code = 'dining'")
    server.write("UPDATE event SET config_seq = config_seq + 1")
    reply = bus("lan", ["BUS05", "BUS06"], gate="dinner")
    text = follow("lan", reply)
    check("Checked in: <bdi>1</bdi>" in text and "Not admitted" in text and "Full." in text, "whoever is not let in is named, with the reason", re.findall(r'id="result".{0,900}', text, re.S))
    check("In another room" in text, "in another room is neither here nor missing")
    equal(bus("lan", ["BUS05"], gate="gifts").status, 400, "a hand-out is no way in")
    equal(bus("lan", ["BUS05"], gate="nowhere").status, 400, "nor is a gate that is not there")
    equal(bus("lan", []).status, 400, "nobody is named")
    sound("refused")


def absences():
    for code in ("BUS13", "BUS14", "BUS15"):
        go(code, direction="out")
    request = uuid7()
    reply = send("head", "absence", ["BUS13", "BUS14", "BUS02"], request=request, absent="1", excused="1", reason="Ốm")
    text = follow("head", reply)
    check(reply.status == 303 and "not absent:</b> <bdi>1</bdi>" in text, "whoever is here is not absent", re.findall(r'id="result".{0,300}', text, re.S))
    equal(server.rows("SELECT p.code, d.absence FROM delegate d JOIN person p ON p.id = d.person_id WHERE d.absence IS NOT NULL AND d.delegation_id = (SELECT id FROM unit WHERE code = 'UB') ORDER BY 1"),
          [("BUS13", '{"excused":true,"reason":"Ốm"}'), ("BUS14", '{"excused":true,"reason":"Ốm"}')], "two absences, with their reason")
    send("head", "absence", ["BUS13", "BUS14", "BUS02"], request=request, absent="1", excused="1", reason="Ốm")
    equal(server.value("SELECT COUNT(*) FROM amendment WHERE kind = 'absence'"), 2, "sent twice, recorded once")
    check('value="BUS13" checked' not in text and 'value="BUS13">' in text, "the absent are unticked when the next bus comes")
    equal(send("head", "absence", ["BUS13"], request=uuid7(), absent="0").status, 303, "coming after all")
    equal(server.value("SELECT COUNT(*) FROM delegate WHERE absence LIKE '%Ốm%'"), 1, "one is left")
    equal(send("head", "absence", [], request=uuid7(), absent="1").status, 400, "nobody is named")
    sound("absences")


def the_number():
    check("Not reported yet" in page().text, "not reported yet")
    here, request = figures(page().text)[0], uuid7()
    for _ in range(2):
        equal(send("head", "report", request=request, said=str(here)).status, 303, "the head reports")
    equal(server.rows("SELECT said, expected, here FROM delegation_report"), [(here, 16, here)], "recorded once, with what was counted then")
    text = who["lan"].get(ROOM + "?lang=en").text
    check("Reported: <b><bdi>%d</bdi></b>" % here in text and '<b><bdi dir="ltr">1 / ' in text, "the desk sees it")
    check("now: <bdi>" not in text, "and that it still is so")
    go("BUS15")
    text = who["lan"].get(ROOM + "?lang=en").text
    check("now: <bdi>%d</bdi>" % (here + 1) in text, "and where it differs since")
    send("head", "report", request=uuid7(), said=str(here + 3))
    check("recorded at that time: <bdi>%d</bdi>" % (here + 1) in who["lan"].get(ROOM + "?lang=en").text, "and where the head counts others than the doors")
    for wrong in ("", "-1", "abc", "1e3", "999999"):
        equal(send("head", "report", request=uuid7(), said=wrong).status, 400, "%r is no number" % wrong)


def badges():
    reply = who["lan"].get("/api/v1/events/test-1/sign-for.pdf?unit=UB&to=An")
    check(reply.status == 200 and reply.body.startswith(b"%PDF"), "the sheet to sign", reply.status)
    reply = send("lan", "handover", request=uuid7(), to="Nguyễn Văn BUS01")
    check(reply.status == 303 and "The handover is recorded" in follow("lan", reply), "all badges are handed over", reply)
    equal(server.rows("SELECT to_name, actor FROM handover"), [("Nguyễn Văn BUS01", "lan")], "to the head, by the desk")
    equal(send("head", "handover", request=uuid7(), to="me").status, 403, "a head does not hand badges to themselves")
    check("handover" not in page().text, "nor sees the form")


def not_theirs():
    """A head of another delegation tries everything, and a head tries everything with others' people."""
    def world():
        return server.rows("SELECT (SELECT COUNT(*) FROM scan), (SELECT COUNT(*) FROM group_checkin), (SELECT COUNT(*) FROM amendment), (SELECT COUNT(*) FROM delegation_report), "
                           "(SELECT COUNT(*) FROM correction), (SELECT COUNT(*) FROM handover), (SELECT COUNT(*) FROM delegate WHERE absence IS NOT NULL)")
    group = uuid7()
    bus("head", ["BUS08"], group)
    before = world()
    for unit, people in (("UB", ["BUS16"]), ("U1", ["BUS16"]), ("U1", ["P04", "BUS16"]), ("UB", ["P04"]), ("UB-1", ["SUB01"]), ("nowhere", ["BUS16"]), ("U1", ["nobody"]), ("U1", ["B15"])):
        equal(bus("other", people, unit=unit).status, 403, "check-in of %s of %s" % (people, unit))
        equal(send("other", "absence", people, unit=unit, request=uuid7(), absent="1").status, 403, "absence of %s of %s" % (people, unit))
    for unit in ("UB", "UB-1", "U0", "nowhere", ""):
        equal(send("other", "report", unit=unit, request=uuid7(), said="3").status, 400 if unit == "" else 403, "report for %r" % unit)
        for part in ("", "&part=live", "&group=" + group):
            reply = page("other", unit, part)
            check(reply.status == 403 and "BUS" not in reply.text and "SUB" not in reply.text, "the page of %r%s" % (unit, part), reply.status)
    equal(send("other", "undo", unit="U1", group=group).status, 403, "another delegation's group is not taken back")
    equal(bus("other", ["P04"], group, unit="U1").status, 409, "nor used for other people")
    check("BUS08" not in page("other", "U1", "&group=" + group).text, "nor shown")
    for unit, people in (("UB", ["SUB01"]), ("UB", ["BUS09", "P04"]), ("UB-1", ["SUB01"]), ("U0", ["P01"]), ("UB", ["901"])):
        equal(bus("head", people, unit=unit).status, 403, "a head checks in nobody of %s %s" % (unit, people))
    equal(page("head", "UB-1").status, 403, "a unit beneath is a delegation of its own")
    for act in ("checkin", "undo", "absence", "report", "handover"):
        equal(send("head", act, ["BUS16"], csrf="", group=uuid7(), request=uuid7(), gate="main", absent="1", said="1").status, 403, "%s without the form's token" % act)
        equal(send(Client(server), act, ["BUS16"], csrf="x", group=uuid7(), request=uuid7(), gate="main").status, 401, "%s by a stranger" % act)
    for path in ("/desk/test-1", "/admin/test-1", "/admin/test-1/heads", "/api/v1/events/test-1/delegates?q=BUS", "/api/v1/events/test-1/delegates/BUS01/history",
                 "/api/v1/events/test-1/sign-for.pdf?unit=UB", "/api/v1/events/test-1/stats", "/delegation/test-1?unit=U0"):
        equal(who["head"].get(path).status, 403, "%s is not a head's" % path)
    equal(world(), before, "and nothing at all was changed")
    sound("not theirs")


def large():
    """More people than one transaction takes."""
    equal(bus("head", ["BUS08"] * 481).status, 400, "too many names at once are refused, not cut")
    people, group = ["L%02d" % i for i in range(70)], uuid7()
    before = server.value("SELECT COUNT(*) FROM scan")
    equal(bus("lan", people + ["BUS16"], unit="UL").status, 403, "a stranger in the second part")
    equal(server.value("SELECT COUNT(*) FROM scan"), before, "and nobody of the first one is checked in")
    check("Checked in: <bdi>70</bdi>" in follow("lan", bus("lan", people, group, unit="UL")), "70 people by one form")
    sound("70 people")
    request = uuid7()
    send("lan", "undo", unit="UL", group=group)
    equal(figures(page("lan", "UL").text), (0, 70), "and taken back")
    equal(send("lan", "absence", people, unit="UL", request=request, absent="1", reason="Bão").status, 303, "70 absences by one form")
    equal(server.value("SELECT COUNT(*) FROM delegate WHERE absence LIKE '%Bão%'"), 70, "each of them")
    sound("70 people taken back")


def badge_head():
    """A head's own phone: badge and PIN, where the organiser allowed it, over plain HTTP too."""
    phone, badge = Client(server), "/d/" + tokens["BUS01"]
    check(badge + "/delegation" in phone.get(badge + "?lang=en").text, "the badge's page of a head leads there")
    check("/delegation" not in phone.get("/d/" + tokens["BUS02"] + "?lang=en").text, "that of nobody else")
    equal(phone.get("/d/%s/delegation" % tokens["BUS02"]).status, 404, "who is no head has no such door")
    text = phone.get(badge + "/delegation?lang=en").text
    check("Heads of delegation open this page with the name and password" in text and 'name="pin"' not in text, "without the organiser's decision it leads to sign in")
    equal(phone.get(ROOM).status, 302, "a badge alone opens nothing")
    who["orga"].form("/admin/test-1/heads", {"group_quorum": "0", "head_pin": "1"})
    text = phone.get(badge + "/delegation?lang=en").text
    check('name="pin"' in text and "Nguyễn Văn BUS02" not in text, "with it, the PIN is asked for")
    wrong = phone.form(badge + "/pin", {"pin": "9999", "next": "delegation"})
    check(wrong.status == 403 and 'name="next" value="delegation"' in wrong.text, "a wrong PIN asks again", wrong)
    equal(phone.get(ROOM).status, 302, "and opens nothing")
    phone.request("GET", badge + "/delegation", headers={"Cookie": "plenum_head=x"})
    reply = phone.form(badge + "/pin", {"pin": "0100", "next": "delegation"})
    check(reply.status == 303 and reply.header("location") == badge + "/delegation", "the right one leads on", reply)
    reply = phone.get(badge + "/delegation")
    check(reply.status == 303 and reply.header("location") == ROOM, "to the room", reply)
    check(phone.get(ROOM).header("location").endswith("unit=UB"), "of their delegation")
    mine = page(phone)
    phone.csrf = csrf_of(mine.text)
    check(mine.status == 200 and "Nguyễn Văn BUS01" in mine.text and phone.csrf and "/desk/" not in mine.text, "with its people and no way to the desk", mine.status)
    go("BUS09", direction="out")
    reply = bus(phone, ["BUS09"])
    check(reply.status == 303 and "Checked in: <bdi>1</bdi>" in follow(phone, reply), "a group by badge and PIN", reply)
    equal(server.value("SELECT actor FROM group_checkin ORDER BY id DESC LIMIT 1"), "Nguyễn Văn BUS01 (BUS01)", "under their name")
    equal(send(phone, "undo", group=server.value("SELECT request FROM group_checkin ORDER BY id DESC LIMIT 1")).status, 303, "and taken back")
    equal(bus(phone, ["P04"]).status, 403, "nobody else's people")
    equal(page(phone, "U1").status, 403, "nor their page")
    equal(bus(phone, ["BUS09"], csrf="wrong").status, 403, "nor without the form's token")
    for path in ("/desk/test-1", "/admin/test-1/heads", "/password", "/api/v1/events/test-1/stats", "/delegation/no-such-event"):
        check(phone.get(path).status in (302, 401, 403, 404), "%s stays shut" % path, phone.get(path))
    plain = Client(server)
    plain.cookies = dict(phone.cookies)
    who["orga"].form("/admin/test-1/heads", {"group_quorum": "0", "head_pin": "0"})
    equal(page(phone).status, 302, "when the organiser thinks otherwise it is shut at once")
    who["orga"].form("/admin/test-1/heads", {"group_quorum": "0", "head_pin": "1"})
    equal(page(phone).status, 200, "and open again")
    phone.form("/logout", {})
    phone.cookies = dict(plain.cookies) # all that the browser ever had
    equal((page(phone).status, phone.get(badge + "/delegation").status), (302, 200), "signed out: the PIN is asked for again")
    equal(phone.form(badge + "/pin", {"pin": "0100", "next": "delegation"}).status, 303, "and given")
    equal((phone.get(badge + "/delegation").status, page(phone).status), (303, 200), "they are in again")
    reissue = who["lan"].post("/api/v1/events/test-1/delegates/BUS01/reissue", {"reason": "lost"})
    check(reissue.status in (200, 201) and page(phone).status == 302, "a lost badge ends it", (reissue.status, page(phone).status))
    sound("badge and PIN")
    check(html.escape("head.pin") not in server.log_text() and tokens["BUS01"] not in server.log_text(), "no badge stands in the log")


def the_event_file():
    """The decisions come with the file, are left alone where it is silent, and take other words amiss."""
    path = os.path.join(server.folder, "event.json")
    with open(path, encoding="utf-8") as f:
        value = json.load(f)
    for said, want in (({"group_quorum": True}, (1, 1)), ({}, (1, 1)), ({"group_quorum": False, "head_pin": False}, (0, 0))):
        event = dict(value["events"][0], **said)
        with open(path, "w", encoding="utf-8") as f:
            json.dump(dict(value, events=[event]), f)
        server.load(path)
        equal(server.rows("SELECT group_quorum, head_pin FROM event"), [want], "the file says %s" % said)
    check(plenum.wait(lambda: stats()["quorum"]["group_counts"] is False), "and the figures follow")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(dict(value, events=[dict(value["events"][0], group_quorum="yes")]), f)
    done = plenum.plenum("import", path, data=server.data, fine=False)
    check(done.returncode == 1 and "group_quorum: must be true or false" in done.stderr, "neither true nor false is refused", done.stderr)
    sound("the event file")


plenum.run("delegation", begin, the_page, a_bus, the_quorum, late_readings, taken_back, two_heads, refused, absences, the_number, badges, not_theirs, large, badge_head, the_event_file)

#!/usr/bin/env python3
# suite
# sanitized
"""The screen that greets at a gate, over HTTP: off by default, opened by the code of its gate and by nothing else; who is greeted, at once, and who never is; the
photo for that screen alone and for a minute; how it ends.    B=build/x tests/flow/welcome.py"""
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, Stream, check, equal, note, scan, uuid7, wait  # noqa: E402

server = plenum.Server("welcome", address="0.0.0.0")
who, tokens, door, screen = {}, {}, {}, {}
MAIN, SIDE = "/welcome/test-1/main", "/welcome/test-1/side"


def shape(value, event, offset):
    event["gates"] = [{"code": code, "title": {"vi": title, "en": title}, "kind": "entry", "area": "hall", "direction": "both", "admits": ["official", "guest"]}
                      for code, title in (("main", "Cửa chính"), ("side", "Cửa bên"), ("hidden", "Cửa sau"))]
    event["gates"].append({"code": "gifts", "title": {"vi": "Phát tài liệu"}, "kind": "handout"})
    event["sessions"] = []
    event.pop("welcome")
    next(d for d in event["delegates"] if d.get("person") == "P05")["greet"] = False
    next(p for p in value["people"] if p["code"] == "P01")["honorific"] = "Bà"


def admit(code, gate="main", **more):
    s = scan(tokens[code], gate, **more)
    answer = door[gate].post("/api/v1/checkins", s).json()["results"][0]
    return s["scan_id"], answer["outcome"]


def names(client, gate="main"):
    return [guest["name"] for guest in client.get("/welcome/test-1/%s/now" % gate).json()["guests"]]


def decide(**fields):
    return who["orga"].form("/admin/test-1/welcome", fields)


def code_of(gate):
    return server.value("SELECT c.code FROM welcome_code c JOIN gate g ON g.id = c.gate_id WHERE g.code = ?", gate)


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    for gate in ("main", "side"):
        door[gate] = server.device("test-1", gate)
    who["orga"] = server.sign_in("orga", server.user("orga", "organiser", "test-1"))
    who["lan"] = server.sign_in("lan", server.user("lan", "desk", "test-1"))
    tokens.update(server.tokens("test-1"))
    with open(os.path.join(plenum.ROOT, "photos/P0001.jpg"), "rb") as f:
        photo = f.read()
    for code in ("P01", "P02", "P05"):
        equal(who["orga"].request("PUT", "/api/v1/events/test-1/delegates/%s/photo" % code, photo, {"Content-Type": "image/jpeg"}).status, 200, "%s has a photo" % code)


def off_until_it_is_decided():
    stranger = Client(server)
    check('name="code"' in stranger.get(MAIN).text, "a stranger is asked for a code")
    equal([stranger.get(MAIN + "/" + what).status for what in ("now", "live", "photo/" + uuid7())], [401, 401, 401], "and learns nothing")
    equal(stranger.form(MAIN, {"code": ""}).status, 403, "no code was made: none opens it")
    equal(stranger.form(MAIN, {"code": server.value("SELECT display_code FROM event")}).status, 403, "the wall's code opens no such screen")
    admit("P03")
    page = who["lan"].get(MAIN + "/now").json()
    equal((page["on"], page["guests"]), (False, []), "where nobody decided it, not even the desk sees anybody greeted")
    equal(who["lan"].get("/admin/test-1/welcome").status, 403, "the desk does not decide it")


def the_organiser_decides():
    equal(decide(do="rule", gate="main", photo="1").status, 303, "the organiser lets the main door greet, with photos")
    stored = json.loads(server.value("SELECT welcome FROM event"))
    equal(stored, {"on": True, "gates": ["main"], "photo": True}, "it is stored as the event file says it")
    exported = json.loads(plenum.plenum("export", "event", "--event", "test-1", "--format", "json", data=server.data).stdout)["events"][0]
    equal(exported["welcome"], stored, "and goes out with it")
    equal([d["person"] for d in exported["delegates"] if d.get("greet") is False], ["P05", "P10"], "so does who does not want it")
    equal(decide(do="code", gate="main").status, 303, "the main door gets a code")
    check(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{8}", code_of("main")), "of eight letters and digits", code_of("main"))
    check(code_of("main") in who["orga"].get("/admin/test-1/welcome").text, "which the console shows")
    equal(server.value("SELECT COUNT(*) FROM audit WHERE action LIKE 'welcome%'"), 2, "both are in the audit log")
    typed = "%s - %s" % (code_of("main")[:4].lower().replace("0", "o"), code_of("main")[4:])
    screen["main"] = Client(server)
    reply = screen["main"].form(MAIN, {"code": typed})
    equal(reply.status, 303, "typed with blanks and small letters it opens the screen")
    cookie = reply.header("set-cookie")
    check("Path=" + MAIN in cookie and "HttpOnly" in cookie and "SameSite=Strict" in cookie, "its cookie goes to this gate's addresses only", cookie)
    equal(screen["main"].get(SIDE + "/now").status, 401, "it does not open another gate")
    for path in ("/api/v1/events/test-1/stats", "/api/v1/events/test-1/delegates?q=duc", "/api/v1/events/test-1/live", "/desk/test-1/scans"):
        check(screen["main"].get(path).status in (401, 403, 302), "nor %s" % path)


def greets_at_once():
    stream = Stream(screen["main"], MAIN + "/live")
    check(stream.wait(lambda name, data: name == "snapshot"), "the stream begins with a picture")
    begun = time.time()
    scan_id, outcome = admit("P01")
    seen = stream.wait(lambda name, data: any(g["scan_id"] == scan_id for g in data.get("guests", [])))
    took = (time.time() - begun) * 1000
    equal(outcome, "admitted", "somebody comes in")
    guest = next(g for g in seen["guests"] if g["scan_id"] == scan_id)
    equal({k: guest[k] for k in ("name", "honorific", "seat", "photo")}, {"name": "Đặng Thị Hồng Thắm", "honorific": "Bà", "seat": "A1", "photo": True}, "and is greeted")
    note("from the scan's sending to the screen: %.0f ms" % took)
    check(took < 5000, "soon", took)
    equal(sorted(guest), ["at", "honorific", "name", "photo", "scan_id", "seat"], "the screen hears no more of them than that")
    page = Client(server)
    page.cookies = dict(screen["main"].cookies)
    text = page.get(MAIN).text
    check("Đặng Thị Hồng Thắm" in text and 'http-equiv="refresh"' in text, "a browser without JavaScript has it in the page, which comes again by itself")
    screen["scan"] = scan_id
    stream.end()


def who_is_not_greeted():
    admit("P02", decision="admitted", age=45000)
    check("Nguyễn Văn Đức" not in names(screen["main"]), "a scan that a gate without network sends late greets nobody")
    equal(admit("P01")[1], "already_in", "who is in already")
    equal(len([n for n in names(screen["main"]) if n == "Đặng Thị Hồng Thắm"]), 1, "is not greeted again")
    equal(admit("P12")[1], "refused", "who is refused")
    check("歐陽麗華" not in names(screen["main"]), "is never shown")
    admit("P12", decision="admitted")
    check("歐陽麗華" not in names(screen["main"]), "nor is whom a door let in against the rule")
    equal(admit("P05")[1], "admitted", "who does not want it comes in")
    check("Võ Thị Mỹ Duyên" not in names(screen["main"]), "and is not greeted")
    admit("P04", gate="side")
    check("Phạm Hữu Nghĩa" not in names(screen["main"]), "who came in at another door is not greeted here")
    equal(names(who["lan"], "side"), [], "nor there, where no screen is to greet")
    reply = who["lan"].form("/delegation/test-1/checkin", {"group": uuid7(), "unit": "U2", "gate": "main", "person": "P08"})
    equal((reply.status, server.value("SELECT COUNT(*) FROM scan WHERE group_id IS NOT NULL AND outcome = 'admitted'")), (303, 1), "who is checked in with a bus")
    check("Bùi Tấn Lộc" not in names(screen["main"]), "is not at this door, and not greeted there")
    scan_id, _ = admit("P06")
    check("Trần Ngọc Ẩn" in names(screen["main"]), "somebody more is greeted")
    equal(who["lan"].post("/api/v1/checkins/%s/undo?event=test-1" % scan_id, {}).status, 200, "the desk takes the scan back")
    check("Trần Ngọc Ẩn" not in names(screen["main"]), "and the greeting goes with it")
    reply = who["lan"].request("PATCH", "/api/v1/events/test-1/delegates/P07", {"request": uuid7(), "greet": False})
    equal(reply.status, 200, "the desk switches it off for a person")
    admit("P07")
    check("Huỳnh Thị Ửng" not in names(screen["main"]), "who then comes in unnamed")
    history = who["lan"].get("/api/v1/events/test-1/delegates/P07/history").json()["changes"][0]
    equal((history["kind"], history["detail"]), ("correct", {"greet": [True, False]}), "which stands in their history")


def the_photo_is_for_that_screen_alone():
    path = MAIN + "/photo/" + screen["scan"]
    reply = screen["main"].get(path)
    equal((reply.status, reply.header("content-type"), reply.header("cache-control")), (200, "image/jpeg", "no-store"), "the screen sees the photo, and keeps it nowhere")
    equal(Client(server).get(path).status, 401, "a stranger does not")
    other = server.value("SELECT s.scan_id FROM scan s JOIN delegate d ON d.id = s.delegate_id JOIN person p ON p.id = d.person_id WHERE p.code = 'P05'")
    equal(screen["main"].get(MAIN + "/photo/" + other).status, 404, "nor the screen that of somebody who is not greeted")
    server.write("UPDATE scan SET received_ms = received_ms - 61000, true_ms = true_ms - 61000 WHERE scan_id = ?", screen["scan"])
    equal(screen["main"].get(path).status, 404, "a minute later it shows nothing")
    check("Đặng Thị Hồng Thắm" not in names(screen["main"]), "and nobody is named")
    scan_id, _ = admit("P02", direction="out"), admit("P02")
    decide(do="rule", gate="main")
    equal(screen["main"].get(MAIN + "/photo/" + _[0]).status, 404, "where photos are not decided there is none")
    equal([g["photo"] for g in screen["main"].get(MAIN + "/now").json()["guests"] if g["scan_id"] == _[0]], [False], "and the screen does not ask for one")


def it_ends():
    stream = Stream(screen["main"], MAIN + "/live")
    check(stream.wait(lambda name, data: name == "snapshot" and data["on"]), "a screen listens")
    decide(do="rule")
    check(stream.wait(lambda name, data: name == "snapshot" and not data["on"] and not data["guests"]), "the organiser ends it: the screen hears it, and nobody's name any more")
    equal(names(screen["main"]), [], "nor by asking")
    stream.end()
    decide(do="rule", gate="main")
    old = code_of("main")
    decide(do="code", gate="main")
    check(code_of("main") != old, "a new code")
    equal(screen["main"].get(MAIN + "/now").status, 401, "closes the screens that the old one opened")
    equal(Client(server).form(MAIN, {"code": old}).status, 403, "and the old one opens none")
    server.load(plenum.small_event(server.folder, shape))
    equal(json.loads(server.value("SELECT welcome FROM event"))["gates"], ["main"], "an event file that does not speak of it changes nothing")
    check(code_of("main"), "and the code stays")


def names_want_a_private_line():
    address = plenum.own_address()
    if not address or address.startswith("127."):
        check(True, "this machine has no other address: the plain line cannot be tried")
        return
    afar = Client(server, address=address)
    reply = afar.get(MAIN)
    check(reply.status in (200, 403), "asked over plain HTTP from the network", reply)
    if not afar.connect().socket.getsockname()[0].startswith("127."):
        equal(reply.status, 403, "the screen says to open it with https")
        check("https" in reply.text, "in words", reply.text[:300])
    server.write("INSERT INTO setting(name, value) VALUES('plain_desk', '1') ON CONFLICT (name) DO UPDATE SET value = '1'")
    equal(server.stop(), 0, "the server ends")
    server.start()
    equal(Client(server, address=address).get(MAIN).status, 200, "where the organiser decided that the desk works without, the screen does")


plenum.run("welcome", begin, off_until_it_is_decided, the_organiser_decides, greets_at_once, who_is_not_greeted, the_photo_is_for_that_screen_alone, it_ends,
           names_want_a_private_line)

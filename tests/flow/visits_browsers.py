#!/usr/bin/env python3
# suite
"""A visit in three engines (tests/flow/browser_kit.py) to each page beside the desk: a bus checked in by the head of its delegation with a finger, in Arabic; a ticked list typed by keyboard;
something announced and read on a phone; the screen that greets; a helper's phone that reads a badge from a photo. Each opens, its main task works, no script fails, axe-core finds nothing.

    B=build/x tests/flow/visits_browsers.py [chromium|firefox|webkit]"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser_kit  # noqa: E402
import plenum  # noqa: E402
from browser_kit import until  # noqa: E402
from plenum import check, equal, scan  # noqa: E402

server = plenum.Server("visits")
PASSWORD = "mat khau that dai 19"
ENGINES = ("chromium", "firefox", "webkit")
world, tokens = {}, {}


def people_of(engine):
    """Four who come by bus, one on a ticked list, one who is greeted, one before a phone."""
    return ["%s%d" % (engine[0].upper(), n) for n in range(7)]


def shape(value, event, offset):
    for i, engine in enumerate(ENGINES):
        value["organization"]["units"].append({"code": "B" + engine, "name": "Đoàn " + engine, "parent": "U0", "level": "ward", "sector": "public", "order": 9 + i, "members": 9})
        for n, code in enumerate(people_of(engine)):
            value["people"].append({"code": code, "name": "Nguyễn Thị %s Số %s" % (engine.title(), "Không Một Hai Ba Bốn Năm Sáu".split()[n]), "unit": "B" + engine})
            event["delegates"].append({"person": code, "number": "%d%d" % (7 + i, 10 + n), "category": "official", "delegation": "B" + engine if n < 4 else "U1", "status": "summoned"})
    event["areas"][0]["capacity"] = 400
    event["title"]["ar"] = "مؤتمر"
    event["welcome"] = {"on": True, "gates": ["main"], "photo": False}


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    tokens.update(server.tokens("test-1"))
    world["door"] = server.device("test-1", "main")
    for engine in ENGINES:
        server.user("head-" + engine, "head", "test-1", "B" + engine, password=PASSWORD)
        server.user("chief-" + engine, "organiser", password=PASSWORD)
        subprocess.run([plenum.tool("qrencode"), "-o", badge_picture(engine), "-s", "8", "-m", "4", "-l", "Q", "http://10.0.0.5:8080/D/" + tokens[people_of(engine)[6]]], check=True)
    server.user("asker", "desk", "test-1", password=PASSWORD)
    world["desk"] = server.sign_in("asker", PASSWORD)
    equal(world["desk"].get("/api/v1/events/test-1/paper-list.pdf?gate=main").status, 200, "lists are printed: each row has its code")


def badge_picture(engine):
    return os.path.join(server.folder, engine + ".png")


def state(code):
    return next(one["state"] for one in world["desk"].get("/api/v1/events/test-1/delegates?q=" + code).json()["results"] if one["code"] == code)


def comes_in(b, name, path, language):
    b.go("/login?lang=%s&next=%s" % (language, path.replace("/", "%2F")))
    b.type("#name", name)
    b.type("#password", PASSWORD)
    b.click("form.stack button")
    b.waits("location.pathname === %s && document.readyState === 'complete'" % json.dumps(path))


def seen(b, what):
    b.fits(what), b.keep("visit-" + what), b.accessible(what)


def a_bus(b):
    """The head unticks one, and presses the large button."""
    room, codes = "/delegation/test-1", people_of(b.name)[:4]
    comes_in(b, "head-" + b.name, room, "ar")
    b.waits("!document.querySelector('#tools').hidden && document.querySelector('#count').textContent === '4'")
    equal(b("getComputedStyle(document.body).direction"), "rtl", "%s: a delegation, from right to left" % b.name)
    seen(b, "delegation")
    b.tap("#bus li[data-code=%s] label" % codes[2])
    b.waits("document.querySelector('#count').textContent === '3'")
    b.tap(".go button")
    b.waits("document.readyState === 'complete' && document.querySelector('#result .admitted')")
    equal([state(code) for code in codes], ["in", "in", "never", "in"], "%s: a bus is checked in, without the one who is not in it" % b.name)
    b.is_calm("delegation"), b.hears()


def announced(b):
    text = "Xe ve luc 17 gio (%s)" % b.name
    b.go("/admin/test-1/announcements?lang=en")
    seen(b, "announcements")
    b.tab_to("e.id === 'text-vi'")
    b.keys(text)
    b.tab_to("e.matches('#form button[type=submit]')", 120)
    b.keys("Enter")
    b.waits("document.readyState === 'complete' && document.querySelector('p.news[role=status]')")
    check(text in b("document.querySelector('#announced').textContent"), "%s: an announcement by keyboard" % b.name)
    b.is_calm("announcements")
    check(text in plenum.Client(server).get("/d/%s?lang=vi" % tokens["P01"]).text, "%s: which a phone shows" % b.name)


def typed_list(b):
    code = people_of(b.name)[4]
    row = server.value("SELECT r.code FROM row_code r JOIN delegate d ON d.id = r.delegate_id JOIN person p ON p.id = d.person_id WHERE p.code = ?", code)
    b.go("/desk/test-1/paper?lang=en")
    seen(b, "paper")
    b.tab_to("e.id === 'code'")
    b.keys(row + " " + plenum.local_text(plenum.noon_zone()[1], -3)[11:16], "Enter")
    check(until("typed", lambda: state(code) == "in"), "%s: a ticked row is typed" % b.name)
    b.waits("[...document.querySelectorAll('.typed li')].some(e => e.textContent.includes(%s))" % json.dumps(row))
    b.is_calm("paper")


def greeted(b):
    code = people_of(b.name)[5]
    b.go("/welcome/test-1/main?lang=vi")
    b.waits("document.querySelector('#welcome').dataset.line === 'open'")
    equal(world["door"].post("/api/v1/checkins", scan(tokens[code], "main")).json()["results"][0]["outcome"], "admitted", "somebody comes in")
    b.waits("[...document.querySelectorAll('.wc-own')].some(e => e.textContent.includes(%s))" % json.dumps("%s Số Năm" % b.name.title()))
    check(True, "%s: the screen at the door greets them" % b.name)
    b.keep("visit-welcome"), b.accessible("welcome"), b.is_calm("welcome")


def a_phone_reads(b):
    """Without a camera the page takes a photo, and says why."""
    if b.name == "chromium":
        return plenum.note("tests/browser/scan.mjs has this in Chromium, with its camera")
    code = people_of(b.name)[6]
    b.go("/scan/test-1?lang=en")
    b.waits("!document.querySelector('#setup').hidden && document.querySelectorAll('#where option').length > 0")
    seen(b, "scan")
    b.script("document.querySelector('#where').value = 'main'; document.querySelector('#name').value = 'May'; return true;", [])
    b.tap("#start button[type=submit]")
    b.waits("!document.querySelector('#door').hidden && !document.querySelector('#blind').hidden")
    b.fits("scan, no camera"), b.keep("visit-scan-blind")
    b.type("#photo", badge_picture(b.name))
    check(until("read", lambda: state(code) == "in", 60), "%s: a badge on a photo is read, and they are in" % b.name)
    b.is_calm("scan")


def story(b):
    b.resize(320, 640)
    a_bus(b)
    b.resize(1280, 900)
    comes_in(b, "chief-" + b.name, "/admin", "en")
    announced(b)
    typed_list(b)
    greeted(b)
    b.resize(320, 640)
    a_phone_reads(b)


if __name__ == "__main__":
    plenum.run("visits_browsers", begin, *browser_kit.stories(story, server, 1280, 900, {engine: () for engine in ENGINES}), browser_kit.the_end(server))

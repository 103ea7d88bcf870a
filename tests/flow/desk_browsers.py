#!/usr/bin/env python3
# suite
"""The tasks of the desk in three engines (tests/flow/browser_kit.py): sign in, find and check in, undo, a walk-in, a name for a blank badge, a substitute, a lost badge, an absence:
by keyboard alone at 1280 px, and with a finger at 320 px from right to left. Under axe-core; no script may fail. What was done is looked up at the server.

    B=build/x tests/flow/desk_browsers.py [chromium|firefox|webkit]"""
import json
import os
import sys
import unicodedata
from urllib.parse import quote

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser_kit  # noqa: E402
import plenum  # noqa: E402
from browser_kit import until  # noqa: E402
from plenum import check, equal  # noqa: E402

server = plenum.Server("desk-browsers")
PASSWORD = "mat khau that dai 19"
# Of each engine and hand: who comes, who is lost a badge, who is absent, whose place is taken; no two have a word in common.
NAMES = {("chromium", "keyboard"): ("Trịnh Ánh Nguyệt", "Đoàn Gia Khải", "Lương Bích Hạnh", "Tạ Quang Đỉnh"), ("chromium", "finger"): ("Mai Tuệ Lâm", "Kiều Oanh Vũ", "Quách Thái Sơn", "Âu Mộng Cầm"),
         ("firefox", "keyboard"): ("Ninh Phước Thọ", "Vương Diễm Xưa", "Châu Hải Yến", "Giang Tấn Phát"), ("firefox", "finger"): ("Tống Uyên Nhi", "Lưu Đình Trí", "Phùng Khánh Ngân", "Đinh Trường Giang"),
         ("webkit", "keyboard"): ("Hà Thục Quyên", "Cao Bá Quát", "Mạc Thiên Kim", "Nghiêm Việt Cường"), ("webkit", "finger"): ("Chu Nhật Minh", "Bành Tố Trinh", "Khương Duy An", "Thạch Sùng Đạt")}
BLANKS = {key: str(910 + i) for i, key in enumerate(NAMES)}
world, words, tokens, codes = {}, {}, {}, {}


def plain(text):
    return "".join(c for c in unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")) if not unicodedata.combining(c)).lower()


def shape(value, event, offset):
    number = 100
    for people in NAMES.values():
        for name in people:
            number += 1
            codes[name] = "B%d" % number
            value["people"].append({"code": codes[name], "name": name, "unit": "U1", "title": "Giáo viên", "born": "1980"})
            event["delegates"].append({"person": codes[name], "number": str(number), "category": "official", "delegation": "U1", "mandate": "elected", "status": "summoned", "seat": "S%d" % number})
    event["delegates"] += [{"person": None, "number": number, "category": "guest"} for number in BLANKS.values()]
    event["areas"][0]["capacity"] = 400
    event["title"]["ar"] = "مؤتمر"


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    tokens.update(server.tokens("test-1"))
    for language in ("en", "ar"):
        with open(os.path.join(plenum.ROOT, "web/i18n/%s.json" % language), encoding="utf-8") as f:
            words[language] = json.load(f)
    for engine in ("chromium", "firefox", "webkit"):
        server.user("desk-" + engine, "desk", "test-1", password=PASSWORD)
    server.user("asker", "desk", "test-1", password=PASSWORD)
    world["desk"] = server.sign_in("asker", PASSWORD)


def known(name):
    """What the server says of who has this name; None when nobody has."""
    found = [one for one in world["desk"].get("/api/v1/events/test-1/delegates?q=" + quote(name)).json()["results"] if one["name"] == name]
    return found[0] if len(found) == 1 else None


# --- hands ------------------------------------------------------------------------------------------------------------------------------------------------

class Keyboard:
    """Keys alone: no pointer ever."""
    language, width, height = "en", 1280, 900

    def __init__(self, b):
        self.b = b
        self.name = "%s, keyboard" % b.name

    def fill(self, selector, text):
        self.b.tab_to("e.matches(%s)" % json.dumps(selector))
        self.b.keys(text)

    def press(self, key):
        self.b.tab_to("e.tagName === 'BUTTON' && e.textContent.trim() === %s" % json.dumps(words[self.language][key]))
        self.b.keys("Enter")

    def send(self):
        self.b.keys("Enter")

    def open(self, typed, name):
        """Into the box, wherever the focus is: Escape leads there."""
        self.b.keys("Escape", typed)
        self.b.waits(FOUND % json.dumps(name))
        self.b.keys("Enter")
        self.b.waits("document.activeElement.matches('#card button.big, #card button')")

    def check_in(self):
        self.b.keys("Enter")


class Finger:
    """Taps; the keys are those of the phone's own keyboard, which writes where the tap has put the cursor."""
    language, width, height = "ar", 320, 640

    def __init__(self, b):
        self.b = b
        self.name = "%s, finger" % b.name

    def fill(self, selector, text):
        self.b.tap(selector)
        self.b.waits("document.activeElement.matches(%s)" % json.dumps(selector))
        self.b.keys(text)

    def press(self, key):
        text = words[self.language][key]
        self.b.quiet()
        self.b.waits("(e => e && (e.dataset.finger = '1'))([...document.querySelectorAll('button')].filter(e => e.offsetParent && e.textContent.trim() === %s)[0])" % json.dumps(text))
        self.b.tap("[data-finger]")
        self.b("[...document.querySelectorAll('[data-finger]')].forEach(e => delete e.dataset.finger)")

    def send(self):
        self.b.tap("#card form button[type=submit]")

    def open(self, typed, name):
        self.b.script("const q = document.querySelector('#q'); q.value = ''; q.dispatchEvent(new Event('input')); return true;", [])
        self.fill("#q", typed)
        self.b.waits(FOUND % json.dumps(name))
        self.b.tap("#results li")
        self.b.waits("!document.querySelector('#card').hidden && document.querySelector('#card h2, #card .list-part')")

    def check_in(self):
        self.b.tap("#card button.big")


FOUND = "[...document.querySelectorAll('#results li')].some((li, i) => i === 0 && li.textContent.includes(%s))"
VERDICT = "document.querySelector('#card .verdict[data-outcome=%s]')"
DONE = "[...document.querySelectorAll('#card > .badge-line.done')].some(e => e.textContent.includes(%s))"


# --- tasks ------------------------------------------------------------------------------------------------------------------------------------------------

def sign_in(hand):
    b = hand.b
    b.go("/login?lang=%s&next=%%2Fdesk%%2Ftest-1" % hand.language)
    hand.fill("#name", "desk-" + b.name)
    hand.fill("#password", PASSWORD)
    b.keys("Enter")
    b.waits("location.pathname === '/desk/test-1' && document.readyState === 'complete' && document.querySelector('#line').textContent === %s" %
            json.dumps(words[hand.language]["desk.line_ok"]))
    b.quiet()
    look(hand, "desk")
    equal(b("getComputedStyle(document.body).direction"), "rtl" if hand.language == "ar" else "ltr", "%s: the desk goes in its language's direction" % hand.name)


def look(hand, what):
    """axe-core takes its time: each state under one hand."""
    hand.b.fits(what), hand.b.keep("desk-" + what)
    if (what in ("admitted", "absent", "lost")) == (hand.language == "ar") or what == "desk":
        hand.b.accessible(what)


def comes(hand, name):
    b = hand.b
    hand.open(plain(name), name)
    look(hand, "card")
    hand.check_in()
    b.waits(VERDICT % "admitted")
    until("it is said aloud", lambda: name in b("document.querySelector('#say').textContent"))
    equal(b("document.querySelector('#say').getAttribute('aria-live')"), "assertive", "%s: a screen reader says it at once" % hand.name)
    check(until("in", lambda: known(name)["state"] == "in"), "%s: found without accents, and checked in" % hand.name)
    look(hand, "admitted")
    hand.press("desk.undo")
    b.waits(VERDICT % "undone")
    check(until("undone", lambda: known(name)["state"] == "never"), "%s: and taken back" % hand.name)
    b.script("document.querySelector('#q').focus(); return true;", [])
    b.keys(tokens[codes[name]], "Enter")
    b.waits(VERDICT % "admitted")
    b.keys("http://%s:%d/D/%s" % (b.host, server.port, tokens[codes[name]]), "Enter")
    b.waits(VERDICT % "already_in")
    check(name in b("document.querySelector('#card').textContent"), "%s: a hand scanner's badge, and once more: already in" % hand.name)


def walks_in(hand, name):
    b = hand.b
    hand.press("desk.list.walk_in")
    b.waits("document.querySelector('#list-name')")
    hand.fill("#list-name", name)
    hand.fill("#list-born", "1971")
    look(hand, "walk-in")
    hand.send()
    b.waits(DONE % json.dumps(words[hand.language]["desk.list.added"]))
    equal((known(name) or {}).get("born"), "1971", "%s: a walk-in is on the list" % hand.name)
    until("the card", lambda: b("document.activeElement.matches('#card button.big')") or hand.language == "ar")
    hand.check_in()
    b.waits(VERDICT % "admitted")
    equal(known(name)["state"], "in", "%s: and in" % hand.name)


def gets_a_name(hand, number, name):
    hand.open(number, number)
    hand.press("desk.list.blank")
    hand.b.waits("document.querySelector('#list-name')")
    hand.fill("#list-name", name)
    hand.send()
    hand.b.waits(DONE % json.dumps(words[hand.language]["desk.list.blank_done"]))
    equal((known(name) or {}).get("number"), number, "%s: a blank badge has its name" % hand.name)


def is_absent(hand, name):
    hand.open(plain(name), name)
    hand.press("desk.list.absent")
    hand.b.waits("document.querySelector('#list-reason')")
    hand.fill("#list-reason", "om")
    look(hand, "absent")
    hand.send()
    hand.b.waits(DONE % json.dumps(words[hand.language]["desk.list.absent_done"]))
    equal(known(name)["absence"], {"excused": True, "reason": "om"}, "%s: absent with a reason" % hand.name)


def is_replaced(hand, name, other):
    before = known(name)
    hand.open(plain(name), name)
    hand.press("desk.list.substitute")
    hand.b.waits("document.querySelector('#list-name')")
    hand.fill("#list-name", other)
    look(hand, "substitute")
    hand.send()
    hand.b.waits(DONE % json.dumps(words[hand.language]["desk.list.substitute_done"]))
    after = known(other) or {}
    equal((after.get("number"), after.get("seat"), after.get("replaces")), (before["number"], before["seat"], before["code"]), "%s: a substitute has number and seat" % hand.name)


def lost_a_badge(hand, name):
    hand.open(plain(name), name)
    hand.press("desk.badge.lost")
    hand.press("desk.badge.lost_yes")
    hand.b.waits("document.querySelector('#card .badge-part .badge-line.done')")
    look(hand, "lost")
    new = server.tokens("test-1")[codes[name]]
    check(new != tokens[codes[name]], "%s: a lost badge is another one now" % hand.name)


def story(b):
    for make in (Keyboard, Finger):
        hand, kind = make(b), make.__name__.lower()
        b.resize(hand.width, hand.height)
        comer, loser, absent, replaced = NAMES[b.name, kind]
        sign_in(hand)
        comes(hand, comer)
        walks_in(hand, "Khach Moi %s %s" % (b.name.title(), kind.title()))
        gets_a_name(hand, BLANKS[b.name, kind], "Ten Trong %s %s" % (b.name.title(), kind.title()))
        is_absent(hand, absent)
        is_replaced(hand, replaced, "Thay The %s %s" % (b.name.title(), kind.title()))
        lost_a_badge(hand, loser)
        b.is_calm("the desk, " + kind)


if __name__ == "__main__":
    plenum.run("desk_browsers", begin, *browser_kit.stories(story, server, 1280, 900, {"chromium": (), "firefox": (), "webkit": ()}), browser_kit.the_end(server))

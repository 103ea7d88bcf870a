#!/usr/bin/env python3
# suite
"""The PIN of restricted papers (docs/decisions/0022-pin.md): every door without and with it, what wrong tries cost and whom, the desk, badge number and PIN,
the kiosk, the alarm, the slips. Waits end by rows set back in the database.    B=build/x tests/http/pin.py"""
import io
import os
import re
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.parse
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import plenum  # noqa: E402
from plenum import Client, check, csrf_of, equal  # noqa: E402

server = plenum.Server("pin")
tokens, staff = {}, {}
PASSWORD = "mat khau that dai 19"


def shape(value, event, offset):
    def paper(code, title, restricted):
        return {"code": code, "title": {"vi": title}, "file": "papers/%s.pdf" % ("report" if restricted else "programme"), "language": "vi", "restricted": restricted}

    event["documents"] = [paper("open", "Giấy để ngỏ", False), paper("secret", "Giấy kín đáo", True)]
    locked = plenum.json.loads(plenum.json.dumps(event))
    locked.update(slug="all-pin", documents_access="pin")
    random_pins = plenum.json.loads(plenum.json.dumps(event))
    random_pins.update(slug="random-pin", pin="random")
    value["events"] += [locked, random_pins]
    for person in value["people"]:
        if person["code"] == "P03":
            person.pop("phone", None)
        if person["code"] == "P04":
            person["phone"] = "+84 24 3333-5678"


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    for event in ("test-1", "all-pin", "random-pin"):
        tokens[event] = server.tokens(event)
    server.user("ban", "desk")
    server.user("ban-to-chuc", "organiser")
    staff["desk"] = server.sign_in("ban", PASSWORD)
    staff["organiser"] = server.sign_in("ban-to-chuc", PASSWORD)


def delegate(event, person):
    return server.value("SELECT d.id FROM delegate d JOIN event e ON e.id = d.event_id JOIN person p ON p.id = d.person_id WHERE e.slug = ? AND p.code = ?", event, person)


def tail(person):
    digits = re.sub(r"\D", "", server.value("SELECT phone FROM person WHERE code = ?", person))
    return digits[-4:]


def forget(event, person):
    """As if an hour and more had gone by."""
    server.write("UPDATE badge_pin SET wrong = 0, wait_until_ms = NULL, wrong_ms = NULL, number_wrong = 0, number_wait_until_ms = NULL WHERE delegate_id = ?",
          delegate(event, person))


def door(person, event="test-1"):
    return "/d/" + tokens[event][person]


def file_of(person, code, event="test-1"):
    return "%s/f/%s/1/%s.pdf" % (door(person, event), code, "report" if code == "secret" else "programme")


def opened(client, person, event="test-1"):
    return client.get(file_of(person, "secret", event)).status == 200


def every_door():
    stranger, holder = Client(server), Client(server)
    reply = holder.form(door("P01") + "/pin", {"pin": tail("P01")})
    equal((reply.status, reply.header("location")), (303, door("P01") + "#papers"), "the right PIN leads back to the papers")
    cookie = [c for c in reply.all("set-cookie") if c.startswith("plenum_pin_")][0]
    check("HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/;" in cookie + ";", "its cookie is HttpOnly and strict", cookie)
    check(not any(tail("P01") in v for _, v in reply.headers), "the PIN is in no header", reply.headers)
    name = "Giấy kín đáo"
    doors = ("", "/papers.zip", "/f/secret/1/report.pdf", "/r/secret/1", "/search?q=k%C3%ADn+%C4%91%C3%A1o", "/news", "/programme.ics")
    for path in doors:
        without, having = stranger.get(door("P01") + path), holder.get(door("P01") + path)
        if path == "/papers.zip" and without.status == 200:
            names = zipfile.ZipFile(io.BytesIO(without.body)).namelist(), zipfile.ZipFile(io.BytesIO(having.body)).namelist()
            check(len(names[1]) == len(names[0]) + 1, "papers.zip has one more after the PIN", names)
        if path == "/f/secret/1/report.pdf":
            equal((without.status, having.status), (403, 200), "the file")
            check("immutable" not in having.header("cache-control") and "no-cache" in having.header("cache-control"),
                  "a file behind the PIN is asked for again each time", having.header("cache-control"))
        if path == "":
            check(name in having.text and name not in without.text, "the page names it after the PIN only")
            check('name="pin"' in without.text and 'name="pin"' not in having.text, "the form stands where it is needed")
            for look in ("", "?lang=vi"):  # made of shared parts, and alone
                kept = [one.get(door("P01") + look).header("x-plenum-keep") for one in (stranger, holder)]
                equal(kept, ["1", None], "the phone may keep what was there without the PIN only (%s)" % look)
        check(name not in without.text, "no name without the PIN at %s" % (path or "the page"), without.status)
    for other in ("P02", "P04"):
        check(not opened(holder, other), "the PIN of one opens nothing of another (%s)" % other)
    equal(Client(server).get("/D/" + tokens["test-1"]["P01"], Cookie=cookie.split(";")[0]).text.count(name) > 0, True, "capital letters as in the printed code")
    reply = holder.form(door("P01") + "/lock", {})
    check(reply.status == 303 and not opened(holder, "P01"), "locked again in this browser", reply)
    equal(Client(server).get(file_of("P01", "secret"), Cookie=cookie.split(";")[0]).status, 403, "and the old cookie is worth nothing")


def what_is_right():
    for typed, want in (("5678", 303), ("٥٦٧٨", 303), ("5 6-7 8", 303), ("５６７８", 303), ("", 400), ("abcd", 400), ("123", 400), ("1234567", 400), ("5678x", 400), ("5679", 403)):
        client = Client(server)
        reply = client.form(door("P04") + "/pin", {"pin": typed})
        equal(reply.status, want, "typed: %r" % typed)
        equal(opened(client, "P04"), want == 303, "and so the paper (%r)" % typed)
    equal(server.value("SELECT wrong FROM badge_pin WHERE delegate_id = ?", delegate("test-1", "P04")), 1, "what is no PIN at all costs nothing")
    forget("test-1", "P04")
    reply = Client(server).form(door("P03") + "/pin", {"pin": "0000"})
    check(reply.status == 403 and "bàn đăng ký" in reply.text.lower(), "without a phone there is none until the desk makes one", reply.status)
    reply = Client(server).get(door("P01", "all-pin"))
    check("Giấy để ngỏ" not in reply.text and 'name="pin"' in reply.text, "documents_access pin: nothing is named before")
    client = Client(server)
    client.form(door("P01", "all-pin") + "/pin", {"pin": tail("P01")})
    check("Giấy để ngỏ" in client.get(door("P01", "all-pin")).text, "and everything after")
    equal(Client(server).form("/d/0000000000000000/pin", {"pin": "1234"}).status, 404, "no such badge")


def one_browser():
    client = Client(server)
    states = []
    for _ in range(4):
        reply = client.form(door("P02") + "/pin", {"pin": "9999"})
        states.append(reply.status)
    equal(states, [403, 403, 403, 429], "a browser's fourth try has to wait")
    check("0:05" in reply.text or "0:04" in reply.text, "and hears how long", re.findall(r"\d+:\d\d", reply.text))
    right = client.form(door("P02") + "/pin", {"pin": tail("P02")})
    equal(right.status, 429, "also when it would be right")
    other = Client(server)
    equal(other.form(door("P02") + "/pin", {"pin": tail("P02")}).status, 303, "another browser of the same address does not wait")
    time.sleep(5.2)
    equal(client.form(door("P02") + "/pin", {"pin": tail("P02")}).status, 303, "after the wait it is let in")
    forget("test-1", "P02")


def by_badge():
    mine = Client(server)
    equal(mine.form(door("P05") + "/pin", {"pin": tail("P05")}).status, 303, "the holder is in")
    states = [Client(server).form(door("P05") + "/pin", {"pin": "9999"}).status for _ in range(20)]
    equal(states, [403] * 6 + [429] * 14, "20 browsers: the badge waits after the sixth wrong try")
    equal(server.value("SELECT wrong FROM badge_pin WHERE delegate_id = ?", delegate("test-1", "P05")), 6, "tries that wait are not counted")
    check(opened(mine, "P05"), "a browser that is open stays open")
    equal(Client(server).form(door("P05") + "/pin", {"pin": tail("P05")}).status, 429, "a new one has to wait")
    expected = {6: 30, 7: 60, 8: 120, 9: 300, 10: 900, 11: 1800, 12: 3600, 13: 3600}
    for wrong in range(7, 14):
        server.write("UPDATE badge_pin SET wait_until_ms = ? WHERE delegate_id = ?", plenum.now_ms() - 1, delegate("test-1", "P05"))
        before = plenum.now_ms()
        equal(Client(server).form(door("P05") + "/pin", {"pin": "9999"}).status, 403, "wrong try %d" % wrong)
        wait = server.value("SELECT wait_until_ms FROM badge_pin WHERE delegate_id = ?", delegate("test-1", "P05")) - before
        check(0 <= wait - expected[wrong] * 1000 < 5000, "costs %d s" % expected[wrong], wait)
    server.write("UPDATE badge_pin SET wait_until_ms = ? WHERE delegate_id = ?", plenum.now_ms() - 25 * 3600 * 1000, delegate("test-1", "P05"))
    Client(server).form(door("P05") + "/pin", {"pin": "9999"})
    equal(server.value("SELECT wrong FROM badge_pin WHERE delegate_id = ?", delegate("test-1", "P05")), 1, "after a day of peace counting begins anew")
    mine, now = delegate("test-1", "P05"), plenum.now_ms()
    server.write("UPDATE badge_pin SET wrong = 6, wait_until_ms = ?, number_wrong = 4, number_wait_until_ms = ? WHERE delegate_id = ?", now + 24 * 3600 * 1000, now + 24 * 3600 * 1000, mine)
    for column, most in (("wait_until_ms", 30000), ("number_wait_until_ms", 60000)):  # as after a clock that was set back by a day
        waits = []
        for _ in range(2):
            by_badge = column == "wait_until_ms"
            number = server.value("SELECT number FROM delegate WHERE id = ?", mine)
            reply = Client(server).form(door("P05") + "/pin", {"pin": tail("P05")}) if by_badge else enter(Client(server), number, tail("P05"))
            equal(reply.status, 429, "a clock set back: %s waits" % column)
            waits.append(server.value("SELECT %s FROM badge_pin WHERE delegate_id = ?" % column, mine))
            time.sleep(.3)
        check(waits[0] == waits[1] and 0 < waits[0] - now < most + 10000, "one step from the first try on, and it runs down", [w - now for w in waits])
    server.write("UPDATE badge_pin SET wrong = 9, wait_until_ms = ?, number_wrong = 0, number_wait_until_ms = NULL WHERE delegate_id = ?", plenum.now_ms() + 300000, mine)


def the_desk():
    path = "/api/v1/events/test-1/delegates/P05/pin"
    mine, far = delegate("test-1", "P05"), plenum.now_ms() + 24 * 3600 * 1000
    for wrong, number_wrong, most in ((6, 0, 30000), (0, 4, 60000), (6, 5, 300000), (5, 3, 0)):  # a clock that was set back by a day: what is told is what they wait
        server.write("UPDATE badge_pin SET wrong = ?, wait_until_ms = ?, number_wrong = ?, number_wait_until_ms = ? WHERE delegate_id = ?", wrong, far, number_wrong, far, mine)
        equal(staff["desk"].get(path).json()["wait_ms"], most, "the desk is told the step, not what is stored (%d, %d)" % (wrong, number_wrong))
    server.write("UPDATE badge_pin SET wrong = 9, wait_until_ms = ?, number_wrong = 0, number_wait_until_ms = NULL WHERE delegate_id = ?", plenum.now_ms() + 300000, mine)
    state = staff["desk"].get(path).json()
    check(state["source"] == "phone_tail" and state["wrong"] == 9 and 0 < state["wait_ms"] <= 300000, "the desk sees the wait", state)
    equal(Client(server).get(path).status, 401, "nobody else does")
    equal(Client(server).post(path, {"action": "reset"}).status, 401, "nor resets")
    reply = staff["desk"].post(path, {"action": "reset"})
    equal((reply.status, reply.json()), (200, {"action": "reset", "pin": None}), "reset")
    client = Client(server)
    equal(client.form(door("P05") + "/pin", {"pin": tail("P05")}).status, 303, "and they are let in at once")
    for body, status in (({}, 400), ({"action": "show"}, 400), ({"action": "new", "pin": "123456"}, 400)):
        equal(staff["desk"].post(path, body).status, status, "%s" % body)
    equal(staff["desk"].post("/api/v1/events/test-1/delegates/NOBODY/pin", {"action": "reset"}).status, 404, "no such delegate")
    reply = staff["desk"].post(path, {"action": "new"})
    pin = reply.json()["pin"]
    check(reply.status == 201 and re.fullmatch(r"\d{6}", pin), "a new PIN has six digits", reply)
    check(not opened(client, "P05"), "and closes the browsers that the old one opened")
    equal(Client(server).form(door("P05") + "/pin", {"pin": tail("P05")}).status, 403, "the phone's tail is no longer right")
    equal(client.form(door("P05") + "/pin", {"pin": pin[:3] + " " + pin[3:]}).status, 303, "the new one is")
    check(pin not in staff["desk"].get(path).text, "it is shown once")
    for action in ("pin_reset", "pin_new"):
        rows = server.rows("SELECT actor, subject, detail FROM audit WHERE action = ?", action)
        check(("ban", "test-1/P05", None) in rows, "audit %s" % action, rows)
    dump = "\n".join(str(row) for row in server.rows("SELECT * FROM audit"))
    check(pin not in dump and pin not in server.log_text(), "no PIN in audit or log")
    check(tokens["test-1"]["P05"] not in server.log_text(), "and no token in the log")


def reissued():
    client = Client(server)
    equal(client.form(door("P02") + "/pin", {"pin": tail("P02")}).status, 303, "in, before the badge is lost")
    cookies = dict(client.cookies)
    equal(staff["desk"].post("/api/v1/events/test-1/delegates/P02/reissue", {"reason": "lost"}).status, 201, "reissued")
    equal(client.get(file_of("P02", "secret")).status, 404, "the old address shows nothing")
    tokens["test-1"] = server.tokens("test-1")
    client.cookies = cookies
    equal(client.get(file_of("P02", "secret")).status, 403, "and the old browser has to give the PIN again")


def enter(client, number, pin, event="test-1", at="/e/%s/enter", page="/e/%s"):
    csrf = csrf_of(client.get(page % event).text)
    return client.form(at % event, {"number": number, "pin": pin, "csrf": csrf})


def by_number():
    number = server.value("SELECT number FROM delegate WHERE id = ?", delegate("test-1", "P01"))
    for typed in (number, number.lstrip("0"), " %s " % number, "٠٠١"):
        client = Client(server)
        reply = enter(client, typed, tail("P01"))
        equal((reply.status, reply.header("location")), (303, "/d/me"), "number %r and PIN" % typed)
        page = client.get("/d/me")
        check(page.status == 200 and "Giấy kín đáo" in page.text and tokens["test-1"]["P01"] not in page.text, "their page, without the badge's address")
        news = client.get("/d/me/news")
        check(news.status == 200 and "Giấy kín đáo" in news.text, "the news of an open page", news.status)
        for reply in (page, news, client.get("/d/me/news", If_None_Match=news.header("etag") or "")):
            equal(reply.header("cache-control"), "no-store", "nothing is kept (%d)" % reply.status)
    link = re.search(r'href="(/d/me/f/secret/[^"]+)"', page.text).group(1)
    reply = client.get(link)
    check(reply.status == 200 and reply.header("cache-control") == "no-store", "a paper at /d/me", reply.headers)
    equal(Client(server).get(link).status, 404, "is nothing for others")
    for _, headers in ((0, client.get("/d/me").headers),):
        check(not any(tokens["test-1"]["P01"] in v for _, v in headers), "no header has the badge's address")
    equal(client.form("/d/me/lock", {}).header("location"), "/e/test-1", "leaving")
    equal(client.get("/d/me").status, 403, "and nobody is in")
    stale = Client(server)
    reply = stale.form("/e/test-1/enter", {"number": number, "pin": tail("P01")})
    equal(reply.status, 403, "a form that is not of this browser")
    foreign = Client(server)
    reply = foreign.form("/e/test-1/enter", {"number": number, "pin": tail("P01"), "csrf": "x" * 32}, {"Origin": "http://elsewhere.example", "Cookie": "plenum_try=" + "y" * 32})
    equal(reply.status, 403, "another site's form")
    check("plenum_me" not in foreign.cookies and "plenum_me" not in stale.cookies, "and both are in nowhere")
    states = [enter(Client(server), number, "9999").status for _ in range(5)]
    equal(states, [403] * 4 + [429], "by number the badge waits after the fourth")
    equal(Client(server).form(door("P01") + "/pin", {"pin": tail("P01")}).status, 303, "the holder of the badge does not: nobody is locked out by a number")
    check(enter(Client(server), "98765", "1234").status == 403, "no such number: wrong, and no more is told")
    forget("test-1", "P01")


def at_once(tries):
    """All of them at the same moment, each on a connection of its own. Gives the statuses."""
    gate, out = threading.Barrier(len(tries)), [None] * len(tries)

    def run(i, client, path, fields):
        client.connection = client.connect()
        gate.wait(60)
        out[i] = client.form(path, fields).status

    threads = [threading.Thread(target=run, args=(i, *one)) for i, one in enumerate(tries)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return out


def with_word(client):
    client.word = csrf_of(client.get("/e/test-1").text)
    return client


def by_number_try(client, number, pin, at="/e/test-1/enter"):
    return client, at, {"number": number, "pin": pin, "csrf": client.word}


def forty_at_once():
    number = server.value("SELECT number FROM delegate WHERE id = ?", delegate("test-1", "P07"))
    states = at_once([by_number_try(with_word(Client(server, source="127.0.1.%d" % (i + 1))), number, "9999") for i in range(40)])
    equal((states.count(403), states.count(429)), (4, 36), "40 phones, one number: three free tries and the one that costs")
    equal(server.value("SELECT number_wrong FROM badge_pin WHERE delegate_id = ?", delegate("test-1", "P07")), 4, "are what was compared")
    equal(at_once([(Client(server), door("P07") + "/pin", {"pin": tail("P07")})]), [303], "the badge's own page still takes the PIN")
    forget("test-1", "P07")
    phone, tries = with_word(Client(server, source="127.0.2.1")), []
    for i in range(40):
        twin = Client(server, source="127.0.2.1")
        twin.cookies, twin.word = dict(phone.cookies), phone.word
        tries.append(by_number_try(twin, "9%04d" % i, "9999"))
    states = at_once(tries)
    equal((states.count(403), states.count(429)), (3, 37), "40 tries of one browser, each another number: two free and the one that costs")
    states = at_once([(Client(server), door("P07") + "/pin", {"pin": "9999"}) for _ in range(40)])
    equal((states.count(403), states.count(429)), (6, 34), "40 browsers, one badge: five free tries and the one that costs")
    forget("test-1", "P07")
    twins = [Client(server) for _ in range(40)]
    for twin in twins:
        twin.cookies = {"plenum_try": "a" * 32}
    states = at_once([(twin, door("P07") + "/pin", {"pin": "9999"}) for twin in twins])
    equal((states.count(403), states.count(429)), (3, 37), "40 tries of one browser at one badge")
    forget("test-1", "P07")


def one_stranger():
    """Who throws his cookies away and tries one number after the other, as fast as he can."""
    started = time.monotonic()
    states = []
    for _ in range(2):
        states += at_once([by_number_try(with_word(Client(server, source="127.0.3.1")), "8%04d" % i, "9999") for i in range(40)])
    more = int((time.monotonic() - started) / 10) + 1  # one more every ten seconds
    check(60 <= states.count(403) <= 60 + more and states.count(403) + states.count(429) == 80, "an address has sixty tries", states)
    number = server.value("SELECT number FROM delegate WHERE id = ?", delegate("test-1", "P08"))
    wall = [enter(with_word(Client(server, source="127.0.3.1")), "77777", "9999") for _ in range(3)]
    check(any(reply.status == 429 and "quét thẻ" in reply.text and re.search(r"0:(0\d|10)", reply.text) for reply in wall), "then it waits, and is told how long and what else there is", [r.status for r in wall])
    for source in ("127.0.3.2", "127.0.4.1"):
        equal(enter(Client(server, source=source), number, tail("P08")).status, 303, "nobody else does (%s)" % source)
    right = [enter(Client(server, source="127.0.5.1"), number, tail("P08")).status for _ in range(70)]
    equal(set(right), {303}, "right tries cost nothing")
    screen = Client(server, source="127.0.6.1")
    csrf = csrf_of(screen.get("/kiosk/test-1").text)
    states = [screen.form("/kiosk/test-1", {"number": "66666", "pin": "9999", "csrf": csrf}).status for _ in range(6)]
    equal(states, [403] * 6, "at a kiosk nobody's wrong tries keep the next one waiting")
    equal(screen.form("/kiosk/test-1", {"number": number, "pin": tail("P08"), "csrf": csrf}).status, 303, "who comes in with the right PIN")


def browsers_that_are_over():
    """Deleting them must not read all that are open: 70 000 delegates, each with a browser or two."""
    catalogue = open(os.path.join(plenum.ROOT, "core", "db", "sql", "pin.sql"), encoding="utf-8").read()
    for name in ("pin_session_delete_expired", "pin_session_delete_of_delegate", "pin_session_find"):
        statement = re.search(r"-- %s :.*\n((?:(?!\n\n)[\s\S])+)" % name, catalogue).group(1)
        plan = [row[3] for row in server.rows("EXPLAIN QUERY PLAN " + re.sub(r"\$\d", "1", statement))]
        check(plan and all(line.startswith(("SEARCH", "LIST")) for line in plan), "%s reads by an index alone" % name, plan)
    now, mine = plenum.now_ms(), delegate("test-1", "P09")
    db = sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20)
    with db:
        db.executemany("INSERT INTO pin_browser(id_hash, delegate_id, created_ms, expires_ms, kind, passed) VALUES(?, ?, ?, ?, 'badge', 1)",
                       [("over-%d" % i, mine, now - 1000, now - 1 - i) for i in range(120)] + [("open-%d" % i, mine, now, now + 10 ** 8) for i in range(5)])
    db.close()
    left = []
    for _ in range(3):
        equal(Client(server).form(door("P01") + "/pin", {"pin": tail("P01")}).status, 303, "somebody comes in")
        left.append(server.value("SELECT COUNT(*) FROM pin_browser WHERE id_hash LIKE 'over-%'"))
    check(left[0] < 120 and left == sorted(left, reverse=True) and left[-1] == 0, "and some that are over go each time, until all are gone", left)
    equal(server.value("SELECT COUNT(*) FROM pin_browser WHERE id_hash LIKE 'open-%'"), 5, "no other one")


def passwords_at_once():
    tries = []
    for _ in range(20):
        client = Client(server)
        tries.append((client, "/login", {"name": "ban", "password": "sai mat khau", "csrf": csrf_of(client.get("/login").text)}))
    states = at_once(tries)
    equal((states.count(401), states.count(429)), (4, 16), "20 wrong passwords at once: four are looked at")


def kiosk():
    screen = Client(server)
    page = screen.get("/kiosk/test-1")
    csrf = csrf_of(page.text)
    check('http-equiv="refresh" content="60;url=/kiosk/test-1"' in page.text and page.header("cache-control") == "no-store", "a minute, also without a script")
    reply = screen.form("/kiosk/test-1", {"scan": "HTTP://PLENUM.EXAMPLE/D/" + tokens["test-1"]["P02"], "csrf": csrf})
    equal((reply.status, reply.header("location")), (303, "/d/me"), "a scanned badge")
    page = screen.get("/d/me")
    check(tokens["test-1"]["P02"] not in page.text and "Giấy để ngỏ" in page.text and "Giấy kín đáo" not in page.text, "its page, locked papers locked, no address")
    check('content="60;url=/kiosk/test-1"' in page.text and "data-kiosk" in page.text, "it clears itself")
    reply = screen.form("/d/me/pin", {"pin": tail("P02")})
    equal((reply.status, reply.header("location")), (303, "/d/me#papers"), "the PIN at the kiosk")
    check("Giấy kín đáo" in screen.get("/d/me").text, "opens them")
    cookies = dict(screen.cookies)
    screen.get("/kiosk/test-1")
    reply = screen.get("/d/me")
    equal((reply.status, reply.header("location")), (303, "/kiosk/test-1"), "the browser's back finds nothing")
    old = Client(server)
    old.cookies = cookies
    equal(old.get("/d/me/f/secret/1/report.pdf").status, 404, "the session is over on the server too")
    equal(screen.form("/kiosk/test-1", {"scan": "7777777777777777", "csrf": csrf}).status, 404, "an unknown badge")
    equal(screen.form("/kiosk/test-1", {"scan": "hello", "csrf": csrf}).status, 404, "no badge at all")
    equal(enter(screen, server.value("SELECT number FROM delegate WHERE id = ?", delegate("test-1", "P02")), tail("P02"), at="/kiosk/%s", page="/kiosk/%s").status, 303,
          "number and PIN at the kiosk")
    check("Giấy kín đáo" in screen.get("/d/me").text, "opens all")
    server.write("UPDATE pin_browser SET expires_ms = ? WHERE kind = 'kiosk'", plenum.now_ms() - 1)
    equal(screen.get("/d/me").status, 303, "a session that is over is over")


def alarm():
    desk = staff["desk"].get("/desk/test-1").text
    check('id="pin-alarm"' not in desk, "no alarm in peace")
    people = [row[0] for row in server.rows("SELECT d.id FROM delegate d JOIN event e ON e.id = d.event_id WHERE e.slug = 'test-1' AND d.person_id IS NOT NULL")]
    stream = plenum.Stream(staff["desk"], "/api/v1/events/test-1/live")
    for one in people:
        server.write("INSERT OR IGNORE INTO badge_pin(delegate_id) VALUES(?)", one)
        server.write("UPDATE badge_pin SET wrong_ms = ? WHERE delegate_id = ?", plenum.now_ms(), one)
    heard = stream.wait(lambda name, data: name == "pins" and data["alarm"], 20)
    check(heard is not None, "an open desk hears of it", heard)
    stream.end()
    check('id="pin-alarm"' in staff["desk"].get("/desk/test-1").text, "the desk is told")
    page = staff["organiser"].get("/admin/test-1").text
    check('id="pin-alarm"' in page and "pins/calm" in page, "the console too, with a way to end it")
    number = server.value("SELECT number FROM delegate WHERE id = ?", delegate("test-1", "P01"))
    equal(enter(Client(server), number, tail("P01")).status, 303, "who knows number and PIN comes in all the same")
    other = server.value("SELECT number FROM delegate WHERE id = ?", delegate("test-1", "P07"))
    equal([enter(Client(server), other, "9999").status for _ in range(2)], [403, 429], "but one wrong try is all that a number has now")
    wait = staff["desk"].get("/api/v1/events/test-1/delegates/P07/pin").json()["wait_ms"]
    check(3500000 < wait <= 3600000, "for an hour", wait)
    equal(Client(server).form(door("P07") + "/pin", {"pin": tail("P07")}).status, 303, "the badge's own page takes the PIN")
    equal(staff["desk"].get("/api/v1/events/test-1/delegates/P07/pin").json()["wait_ms"], 0, "which ends the wait there too")
    equal(Client(server).form(door("P01") + "/pin", {"pin": tail("P01")}).status, 303, "with the badge as always")
    equal(staff["desk"].form("/admin/test-1/pins/calm", {}).status, 403, "the desk cannot end it")
    equal(staff["organiser"].form("/admin/test-1/pins/calm", {}).status, 303, "the organiser can")
    equal([enter(Client(server), other, "9999").status for _ in range(2)], [403, 403], "and a number has its free tries again")
    forget("test-1", "P07")


def slips():
    door_of_slips = "/admin/random-pin/pins.pdf"
    made = "SELECT COUNT(*) FROM badge_pin b JOIN delegate d ON d.id = b.delegate_id JOIN event e ON e.id = d.event_id WHERE e.slug = 'random-pin' AND b.pin IS NOT NULL"
    console = staff["organiser"].get("/admin/random-pin").text
    check('<form method="post" action="%s"' % door_of_slips in console, "the console has a button for it, also without a script")
    for client in (staff["organiser"], staff["desk"], Client(server)):
        reply = client.get(door_of_slips + "?only=P01")
        check(reply.status == 405 and "POST" in reply.header("allow") and "GET" not in reply.header("allow"), "reading makes nothing", reply.headers)
    equal(staff["desk"].form(door_of_slips, {}).status, 403, "slips are for the organiser")
    stranger = Client(server)
    equal(stranger.form(door_of_slips, {}).status, 401, "and not for strangers")
    bare = Client(server)
    bare.cookies = dict(staff["organiser"].cookies)
    equal(bare.request("POST", door_of_slips, b"only=P01", {"Content-Type": "application/x-www-form-urlencoded"}).status, 403, "nor without the form's token")
    equal(staff["organiser"].form(door_of_slips, {}).status, 400, "without a word for whom")
    equal(Client(server).form(door("P01", "random-pin") + "/pin", {"pin": "123456"}).status, 403, "before slips are made there is no PIN")
    equal(staff["organiser"].form(door_of_slips, {"only": "no-such"}).status, 404, "slips for nobody")
    equal(server.value(made), 0, "none of these made a PIN")
    audits = "SELECT actor, detail FROM audit WHERE action = 'pin_slips' AND subject = 'random-pin'"
    equal(server.rows(audits), [], "nor an audit line")
    reply = staff["organiser"].form(door_of_slips, {"only": "P05, P06"})
    have = [row[0] for row in server.rows("SELECT p.code FROM badge_pin b JOIN delegate d ON d.id = b.delegate_id JOIN event e ON e.id = d.event_id JOIN person p ON p.id = d.person_id "
                                          "WHERE e.slug = 'random-pin' AND b.pin IS NOT NULL ORDER BY p.code")]
    equal((reply.status, have), (200, ["P05", "P06"]), "two were asked for: two have a PIN, and nobody else")
    equal(server.rows(audits), [("ban-to-chuc", '{"slips":2,"new":2}')], "an audit line with who and how many")
    equal(Client(server).form(door("P01", "random-pin") + "/pin", {"pin": "123456"}).status, 403, "the others still have none")
    first = dict(server.rows("SELECT delegate_id, pin FROM badge_pin WHERE pin IS NOT NULL"))
    reply = staff["organiser"].form(door_of_slips, {"only": ""})
    check(reply.status == 200 and reply.body[:5] == b"%PDF-" and reply.header("cache-control") == "no-store", "the slips", reply.headers)
    kept = dict(server.rows("SELECT delegate_id, pin FROM badge_pin WHERE pin IS NOT NULL"))
    check(all(kept[one] == pin for one, pin in first.items()) and server.value(made) > 2, "who has a PIN keeps it")
    path = os.path.join(server.folder, "slips.pdf")
    with open(path, "wb") as f:
        f.write(reply.body)
    text = subprocess.run([plenum.tool("pdftotext"), "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    pins = dict(server.rows("SELECT p.code, b.pin FROM badge_pin b JOIN delegate d ON d.id = b.delegate_id JOIN event e ON e.id = d.event_id JOIN person p ON p.id = d.person_id "
                            "WHERE e.slug = 'random-pin'"))
    bare = re.sub(r"[^\d]", "", text)
    good = [code for code, pin in pins.items() if re.fullmatch(r"\d{6}", pin) and pin in bare]
    equal(sorted(good), sorted(pins), "everybody's PIN is on a slip")
    check(len(set(pins.values())) > len(pins) - 2 and len(pins) >= 10, "and they differ", len(pins))
    equal(Client(server).form(door("P01", "random-pin") + "/pin", {"pin": pins["P01"]}).status, 303, "the one on the slip is right")
    equal(Client(server).form(door("P01", "random-pin") + "/pin", {"pin": tail("P01")}).status, 403, "the phone's tail is not")
    again = staff["organiser"].form(door_of_slips, {"only": ""})
    equal(again.body == reply.body, True, "the same slips again")
    out = os.path.join(server.folder, "one.pdf")
    done = plenum.plenum("--event", "random-pin", "--pin-slips", "-o", out, "--only", "P02", name="plenum-badges", data=server.data)
    check("1 slips on 1 pages" in done.stdout and os.stat(out).st_mode & 0o777 == 0o600, "one slip by the command line", done.stdout)
    one = subprocess.run([plenum.tool("pdftotext"), out, "-"], capture_output=True, text=True, check=True).stdout
    check(pins["P02"] in re.sub(r"\D", "", one), "with the same PIN")
    done = plenum.plenum("--event", "test-1", "--pin-slips", "-o", out, "--json", name="plenum-badges", data=server.data)
    count = plenum.json.loads(done.stdout)["slips"]
    check(0 < count < len(pins), "with phone tails only who has no phone, or got a new PIN", count)
    check(re.fullmatch(r"\d{6}", server.value("SELECT pin FROM badge_pin WHERE delegate_id = ?", delegate("test-1", "P03")) or ""), "as P03")
    log = server.log_text()
    check(not any(pin in log for pin in pins.values()), "no PIN in the log")
    for client, path in ((staff["organiser"], "/api/v1/events/random-pin/delegates?q=P01"), (staff["organiser"], "/admin/random-pin")):
        body = client.get(path).text
        check(not any(pin in body for pin in pins.values()), "no PIN at %s" % path)


plenum.run("pin", begin, every_door, what_is_right, one_browser, by_badge, the_desk, reissued, by_number, forty_at_once, one_stranger, browsers_that_are_over, kiosk, alarm, slips, passwords_at_once)

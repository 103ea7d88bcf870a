#!/usr/bin/env python3
# suite
# sanitized
"""A helper's phone, over HTTP as its browser speaks: whose camera opens a badge's address sees the desk's card when they work at this event's desk, over HTTPS and, by
the organiser's decision, over plain HTTP; else the delegate's page. What came of the button stands in the record and not in the address.

B=build/x tests/flow/helper_phone.py"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, check, equal, note, scan, uuid7  # noqa: E402

server = plenum.Server("helper", address="0.0.0.0")
who, tokens, here = {}, {}, {}
PASSWORD = "mat khau that dai 19"


def shape(value, event, offset):
    event["sessions"] = []
    other = dict(event, slug="test-2")
    value["events"].append(other)


def is_card(reply):
    return "/checkin\"" in reply.text


def badge(code, upper=True):
    return ("/D/%s" if upper else "/d/%s") % tokens[code]


def press(client, code, direction="in", gate="main", **more):
    """The button of the card, as a browser without a script presses it."""
    page = client.get(badge(code)).text
    fields = {"csrf": plenum.csrf_of(page), "scan_id": re.search(r'name="scan_id" value="([^"]+)"', page).group(1), "token": tokens[code], "gate": gate, "direction": direction}
    fields.update(more)
    reply = client.form("/desk/test-1/checkin", fields)
    return fields["scan_id"], reply


def result(client, location):
    page = client.get(location).text
    found = re.search(r'<section class="verdict ([a-z_]+)" role="status">(.*?)</section>', page, re.S)
    return (found.group(1), re.sub(r"<[^>]+>", " ", found.group(2)), page) if found else (None, "", page)


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    tokens.update(server.tokens("test-1"))
    for name, role, event, unit in (("lan", "desk", "test-1", None), ("orga", "organiser", "test-1", None), ("minh", "desk", "test-2", None), ("head", "head", "test-1", "U1")):
        who[name] = server.sign_in(name, server.user(name, role, event, unit))
    server.write("UPDATE delegate SET note = 'Gọi trưởng đoàn' WHERE number = '003'")


def who_sees_the_card():
    for name, sees in (("lan", True), ("orga", True), ("minh", False), ("head", False)):
        equal(is_card(who[name].get(badge("P03"))), sees, "%s %s the card" % (name, "sees" if sees else "does not see"))
    check(not is_card(Client(server).get(badge("P03"))), "a stranger sees the delegate's page")
    page = who["lan"].get(badge("P03")).text
    note_at, needs_at, button = page.index("Gọi trưởng đoàn"), page.index("Chữ to") if "Chữ to" in page else page.index('class="say"'), page.index('name="direction" value="in"')
    check(note_at < button and needs_at < button, "the note and the needs stand above the button")
    check('<option value="" selected>' in page and "required" in page, "with several doors none is chosen the first time")
    equal(who["lan"].get(badge("P03")).header("referrer-policy"), "no-referrer", "the badge's address goes to nobody else")
    check(not re.search(r'(?:src|href|action)="https?://(?!www\.w3)', page.replace(server.value("SELECT COALESCE(MAX(value), '-') FROM setting WHERE name = 'public_url'"), "")),
          "the card asks no other site for anything")


def the_button():
    scan_id, reply = press(who["lan"], "P03")
    equal((reply.status, reply.header("location")), (303, "/d/%s?scan=%s" % (tokens["P03"], scan_id)), "the answer is a page of its own")
    kind, words, page = result(who["lan"], reply.header("location"))
    equal(kind, "admitted", "admitted")
    check("Cửa chính" in words and "camera" not in words, "where", words)
    check('<option value="main" selected>' in page, "the door is remembered")
    check("/desk/test-1/undo" in page, "and can be taken back")
    again = who["lan"].form("/desk/test-1/checkin", {"csrf": who["lan"].csrf, "scan_id": scan_id, "token": tokens["P03"], "gate": "main", "direction": "in"})
    equal(again.header("location"), reply.header("location"), "the same form sent twice is one scan")
    equal(server.value("SELECT COUNT(*) FROM scan"), 1, "in the record too")
    second, reply = press(who["lan"], "P03")
    kind, words, page = result(who["lan"], reply.header("location"))
    equal(kind, "already_in", "already in")
    check(re.search(r"\d\d:\d\d", words) and "Cửa chính" in words, "since when and where", words)
    page = who["lan"].get(badge("P03")).text
    check(re.search(r'class="state in">[^<]*·[^<]*<bdi>\d\d:\d\d</bdi> · <span dir="auto">Cửa chính', page), "the card itself says so before anybody presses", page[page.index("class=\"state"):][:200])
    reply = who["lan"].form("/desk/test-1/undo", {"csrf": who["lan"].csrf, "scan_id": scan_id, "token": tokens["P03"]})
    kind, words, page = result(who["lan"], reply.header("location"))
    equal((reply.status, kind), (303, "undone"), "taken back")
    check('class="state never"' in page or 'class="state in"' not in page, "and they are not in")
    scan_id, reply = press(who["lan"], "P12")
    kind, words, page = result(who["lan"], reply.header("location"))
    equal(kind, "refused", "somebody who may not pass")
    check("/desk/test-1/undo" not in page and "bàn đăng ký" in words, "is sent to the desk, with nothing to take back", words)


def an_address_claims_nothing():
    for query in ("?done=admitted", "?done=admitted&why=", "?scan=" + uuid7(), "?scan=admitted"):
        kind, _, page = result(who["lan"], badge("P04") + query)
        equal(kind, None, "a code that says %s shows no result" % query)
    scan_id, reply = press(who["lan"], "P04")
    equal(result(who["lan"], badge("P05") + "?scan=" + scan_id)[0], None, "nor does somebody else's scan")
    equal(result(who["orga"], badge("P04") + "?scan=" + scan_id)[0], None, "nor one that another helper pressed")
    server.write("UPDATE scan SET received_ms = received_ms - 16 * 60000 WHERE scan_id = ?", scan_id)
    equal(result(who["lan"], badge("P04") + "?scan=" + scan_id)[0], None, "nor one of an hour ago")


def member_cards_and_blanks():
    check(is_card(who["lan"].get(badge("901"))), "a blank badge has a card, without a name")
    plenum.plenum("badges", "--member-cards", "--only", "P06", "-o", os.path.join(server.folder, "cards.pdf"), data=server.data)
    token = server.value("SELECT c.token FROM credential c JOIN person p ON p.id = c.person_id WHERE p.code = 'P06' AND c.event_id IS NULL AND c.revoked_ms IS NULL")
    check(token is not None, "a member card is made")
    tokens["card"] = token
    page = who["lan"].get(badge("card"))
    mine = server.value("SELECT slug FROM event ORDER BY starts_ms, id LIMIT 1")
    note("the card opens " + mine)
    check(is_card(page) or is_card(who["minh"].get(badge("card"))), "a member card opens the card of the event that it is good at")


def sent_without_the_session():
    """What a browser sends when another program opened it: the mark, and not the session."""
    phone = Client(server)
    phone.cookies = {k: v for k, v in who["lan"].cookies.items() if k == "plenum_staff"}
    equal(phone.cookies, {"plenum_staff": "plain"}, "signing in left a mark that holds no secret")
    page = phone.get(badge("P05")).text
    go = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page)
    check(go and not is_card(phone.get(badge("P05"))), "the page opens itself once more", page[:300])
    phone.cookies.update(who["lan"].cookies)
    check(is_card(phone.get(go.group(1))), "and then is the card")
    phone.cookies = {"plenum_staff": "plain"}
    page = phone.get(go.group(1)).text
    login = re.search(r'href="(/login\?next=[^"]+)"', page).group(1)
    check("refresh" not in page, "where the session is over it does not go round in circles")
    client = Client(server)
    client.csrf = plenum.csrf_of(client.get(login).text)
    reply = client.form("/login", {"name": "lan", "password": PASSWORD, "next": login.split("next=")[1]})
    equal((reply.status, reply.header("location")), (303, "/d/" + tokens["P05"]), "signing in leads back")
    check(is_card(client.get(reply.header("location"))), "to this card")
    check("Chúc" in phone.get(badge("P05") + "?view=delegate").text or not is_card(phone.get(badge("P05") + "?view=delegate")), "the delegate's page is one tap away")
    left = Client(server)
    left.cookies, left.csrf = dict(client.cookies), plenum.csrf_of(client.get("/password").text)
    equal(left.form("/logout", {}).status, 303, "signing out")
    check("plenum_staff" not in left.cookies, "takes the mark away")


def over_plain_http():
    """This machine's own address is not loopback to the server: what comes from there is what comes over the air."""
    secure = server.sign_in("lan", PASSWORD, tls=True)
    equal(secure.cookies.get("plenum_staff"), "tls", "over HTTPS the mark says so")
    check(is_card(secure.get(badge("P05"))), "over HTTPS the badge opens the card")
    plain = Client(server)
    plain.cookies = {"plenum_staff": "tls"}  # what the http:// address of the badge gets of them
    page = plain.get(badge("P05")).text
    go = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', page).group(1)
    equal(go, "https://127.0.0.1:%d/d/%s" % (server.tls_port, tokens["P05"]), "the badge's http address leads to the same host over https")
    air = plenum.own_address()
    if air and not air.startswith("127."):
        phone = Client(server, address=air)
        check("password" not in phone.get("/login").text, "over plain HTTP nobody signs in")
        check(not is_card(phone.get(badge("P05"))), "and a badge is a badge")
        chief = server.sign_in("chief", server.user("chief", "organiser"))
        page = chief.get("/admin/test-1/venue").text
        check('action="/admin/test-1/venue/plain-desk"' in page, "who organises all events finds the decision in the console")
        equal(who["orga"].form("/admin/test-1/venue/plain-desk", {"csrf": who["orga"].csrf, "answer": "1"}).status, 403, "who organises one cannot take it")
        equal(chief.form("/admin/test-1/venue/plain-desk", {"csrf": chief.csrf, "answer": "1"}).status, 303, "the organiser decides that the desk works without HTTPS")
        phone = server.sign_in("lan", PASSWORD, address=air)
        check(is_card(phone.get(badge("P05"))), "then a phone signs in and the badge opens the card over plain HTTP")
        scan_id, reply = press(phone, "P05")
        equal(result(phone, reply.header("location"))[0], "admitted", "with its button")
        equal(chief.form("/admin/test-1/venue/plain-desk", {"csrf": chief.csrf, "answer": "0"}).status, 303, "the decision is taken back")
        check(not is_card(phone.get(badge("P05"))), "and the phone that was signed in has no card any more")
        equal(server.value("SELECT COUNT(*) FROM audit WHERE action = 'plain_desk'"), 2, "both stand in the audit log")
    else:
        note("this machine has no address but loopback: plain HTTP over the air is left to tests/http/rights.py")
    equal(server.stop(), 0, "the server ends")
    log = server.log_text()
    check(not any(t in log for t in tokens.values()), "no token is in the log")


plenum.run("helper phone", begin, who_sees_the_card, the_button, an_address_claims_nothing, member_cards_and_blanks, sent_without_the_session, over_plain_http)

#!/usr/bin/env python3
# suite
"""Badges on the web: what is written into the print log and what is only looked at, not printed and changed, lost badges, handing over, the console's page and
its forms, without JavaScript. The table of who may is in doors.py.    B=build/x tests/http/desk_badges.py"""
import json
import os
import re
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import plenum  # noqa: E402
from plenum import Client, Stream, check, equal, scan  # noqa: E402

PASSWORD = "mật khẩu thật dài 20"
API = "/api/v1/events/test-1"
PAGE = "/admin/test-1/badges"


class World:
    pass


w = World()


def begin():
    w.server = plenum.Server("desk-badges")
    w.file = plenum.small_event(w.server.folder)
    w.server.load(w.file)
    w.server.start("--public-url", "http://192.168.7.7:8080")
    w.server.user("ban", "organiser", "test-1", password=PASSWORD)
    w.client = Client(w.server)
    w.client.csrf = plenum.csrf_of(w.client.get("/login").text)
    equal(w.client.form("/login", {"name": "ban", "password": PASSWORD}).status, 303, "the organiser signs in")
    w.client.csrf = plenum.csrf_of(w.client.get(PAGE).text)
    w.device = w.server.device("test-1", "main")


def runs():
    return w.server.value("SELECT COUNT(*) FROM print_run")


def badge_count(path):
    """How many badges a PDF holds: on a6 each is a page of its own (and its back)."""
    reply = w.client.get(path)
    if reply.status != 200:
        return reply.code
    return len(re.findall(rb"/Type\s*/Page\b", reply.body))


def figures(query=""):
    page = w.client.get(PAGE + query).text
    return tuple(int(n) for n in re.findall(r"<dd>(\d+)</dd>", page)[:3])


def looking_is_not_printing():
    equal(figures(), (0, 13, 0), "nobody is printed yet")
    path = API + "/badges.pdf?layout=cr80&only=P01,P02"
    whole = w.client.get(path + "&record=0")
    check(whole.status == 200 and whole.body.startswith(b"%PDF"), "a look gives the PDF", whole)
    head = w.client.request("HEAD", path)
    equal((head.status, head.header("content-type"), head.body), (200, "application/pdf", b""), "HEAD")
    for name, value in (("Range", "bytes=0-99"), ("Purpose", "prefetch"), ("Sec-Purpose", "prefetch;prerender")):
        equal(w.client.request("GET", path, headers={name: value}).status, 200, "with %s" % name)
    equal(runs(), 0, "none of these is a print")
    equal(w.client.get(path).status, 200, "a GET")
    equal(runs(), 1, "is one")
    row = w.server.value("SELECT kind || ' ' || layout || ' ' || host || ' ' || badges || ' ' || actor FROM print_run")
    equal(row, "badge cr80 192.168.7.7:8080 2 ban", "with everything that the log wants to know")
    equal(w.server.value("SELECT COUNT(*) FROM printed_badge"), 2, "badge by badge")
    equal(figures(), (2, 11, 0), "two are printed")


def not_printed_and_changed():
    path = API + "/badges.pdf?layout=a6&record=0&unit=U0"
    one = badge_count(path + "&only=P03")
    equal((badge_count(path + "&not_printed=1"), badge_count(path)), (one, 3 * one), "of a delegation of three one is not printed")
    equal(badge_count(path + "&changed=1"), "nothing_to_print", "nobody has changed")
    reply = w.client.get(PAGE + "/print?layout=a6&unit=U0&changed=1")
    check(reply.status == 404 and "No printed badge changed" in reply.text and "text/html" in reply.header("content-type"), "which the console tells as a page", reply)
    with open(w.file, encoding="utf-8") as f:
        value = json.load(f)
    for delegate in value["events"][0]["delegates"]:
        if delegate["person"] == "P02":
            delegate["seat"] = "Z 99 <b>"
    with open(w.file, "w", encoding="utf-8") as f:
        json.dump(value, f)
    w.server.load(w.file)
    equal(figures(), (2, 11, 1), "the console tells that one has changed")
    page = w.client.get(PAGE + "?lang=en").text
    check("Seat" in page and "Z 99 &lt;b&gt;" in page and "<b>Z 99" not in page, "and what, escaped")
    equal(badge_count(path + "&changed=1"), one, "only that one")
    equal(badge_count(path + "&changed=1&not_printed=1"), 2 * one, "both words together")
    equal(badge_count(path.replace("a6", "cr80") + "&changed=1"), "nothing_to_print", "a layout that shows no seat has nothing to say anew")
    reply = w.client.get(API + "/delegates/P02/badge").json()
    equal((reply["issue"], reply["printed"]["by"], reply["printed"]["current"], [c["fact"] for c in reply["changes"]], reply["handed"]),
          (1, "ban", True, ["seat"], None), "the desk is told the same")
    equal(w.client.get(API + "/delegates/P03/badge").json()["printed"], None, "and who is not printed")


def at_once(act, count=2):
    """`act(client)` by several clients in one moment; what each got."""
    clients, got = [Client(w.server) for _ in range(count)], []
    for client in clients:
        client.cookies, client.csrf = dict(w.client.cookies), w.client.csrf
        client.get(PAGE)
    threads = [threading.Thread(target=lambda c=client: got.append(act(c))) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def two_desks():
    """Whoever asks for those not printed gets each badge once, however many ask."""
    for layout in ("voting-card", "meal-coupon", "sheet"):
        before = runs()
        got = at_once(lambda c: c.get(API + "/badges.pdf?not_printed=1&layout=" + layout), 3)
        told = [(r.status, r.code) for r in got if r.status != 200]
        check(len(told) == 2 and all(t in ((409, "already_printed"), (404, "nothing_to_print")) for t in told), "not printed, three at once: one gets it (%s)" % layout, told)
        equal(runs(), before + 1, "one run")
    equal(w.server.value("SELECT COUNT(*) FROM (SELECT 1 FROM printed_badge b JOIN print_run r ON r.id = b.run_id WHERE r.kind <> 'badge' GROUP BY r.kind, credential_id HAVING COUNT(*) > 1)"), 0,
          "nobody twice")


def words_that_do_not_fit():
    for query, status in (("order=none", 400), ("duplex=both", 400), ("page=A9", 400), ("separators=unit&order=given-name", 400), ("unit=NONE", 404),
                          ("layout=../../etc/passwd", 404), ("only=" + "x," * 501, 400), ("only=,,,&unit=&order=&layout=&page=&record=0", 200)):
        for door in (API + "/badges.pdf?", PAGE + "/print?"):
            reply = w.client.get(door + query)
            equal(reply.status, status, "%s%s" % (door.split("/")[-1], query[:40]))
    reply = w.client.get(PAGE + "/print?separators=unit&order=given-name")
    check("text/html" in reply.header("content-type") and "separators" in reply.text, "the form is told as a page what does not fit", reply)
    for order in ("delegation", "given-name", "protocol", "box"):
        equal(w.client.get(API + "/badges.pdf?record=0&order=%s" % order).status, 200, "order %s" % order)
    check(w.client.get(API + "/badges.pdf?record=0&separators=unit&page=A3&duplex=none").status == 200, "pages, separators, no backs")


def own_layouts():
    folder = os.path.join(w.server.data, "layouts")
    os.makedirs(folder, exist_ok=True)
    text = plenum.plenum("--show-layout", "a6", name="plenum-badges").stdout
    with open(os.path.join(folder, "nha-ta.json"), "w", encoding="utf-8") as f:
        f.write(text)
    equal(w.client.get(API + "/badges.pdf?layout=nha-ta&only=P01&record=0").status, 200, "a layout of the data folder")
    check('<option value="nha-ta"' in w.client.get(PAGE).text, "stands in the console's form")
    with open(os.path.join(folder, "hong.json"), "w", encoding="utf-8") as f:
        f.write("{}")
    reply = w.client.get(API + "/badges.pdf?layout=hong&only=P01")
    equal((reply.status, reply.code), (404, "unknown_layout"), "one that is broken")
    check('<option value="hong"' not in w.client.get(PAGE).text, "is not offered")


def a_lost_badge():
    tokens = w.server.tokens("test-1")
    reply = w.client.post(API + "/delegates/P01/reissue", {"reason": "lost"})
    new = reply.json()
    equal((reply.status, new["person"], new["number"], new["issue"], new["badge"]), (201, "P01", "001", 2, API + "/badges.pdf?only=P01"), "a lost badge is issued anew")
    check(new["url"].startswith("http://192.168.7.7:8080/D/") and tokens["P01"] not in new["url"], "with another token", new["url"])
    check(re.match(r"M4 4h7v1h-7z", new["qr"]["path"]) and new["qr"]["size"] >= 29, "and its code for the screen")
    result = w.device.post("/api/v1/checkins", scan(tokens["P01"], "main")).json()["results"][0]
    equal((result["outcome"], result["reason"]), ("refused", "revoked"), "the old one is dead")
    result = w.device.post("/api/v1/checkins", scan(new["url"][-16:], "main")).json()["results"][0]
    equal(result["outcome"], "admitted", "the new one passes")
    state = w.client.get(API + "/delegates/001/badge").json()
    equal((state["issue"], state["printed"]["current"], state["printed"]["issue"]), (2, False, 1), "the desk knows: the printed one is the old one")
    check(badge_count(API + "/badges.pdf?layout=cr80&record=0&not_printed=1&only=P01") in (1, 2), "the new one is not printed yet")
    detail = w.server.value("SELECT detail FROM audit WHERE action = 'reissue'")
    check('"lost"' in detail and new["url"][-16:] not in detail, "the audit knows why, and no token", detail)
    for body, status in (({"reason": 5}, 400), ({"reason": "x" * 300}, 400), ([], 400), ({"reason": None}, 201), (None, 201)):
        equal(w.client.post(API + "/delegates/P03/reissue", body).status, status, "reissue with %s" % str(body)[:20])
    got = at_once(lambda c: c.post(API + "/delegates/P10/reissue", {"reason": "lost", "issue": 1}))
    equal(sorted(r.status for r in got), [201, 409], "two desks, one lost badge: one new badge")
    told = [r for r in got if r.status == 409][0]
    check(told.code == "conflict" and "issue 2 is the newest" in told.text, "and the other is told which is good", told.text)
    equal(w.client.get(API + "/delegates/P10/badge").json()["issue"], 2, "the first one's badge lives")
    for seen, status in ((1, 409), (3, 409), (0, 409), ("2", 400), (2, 201), (None, 201)):
        equal(w.client.post(API + "/delegates/P10/reissue", {"issue": seen}).status, status, "reissue of issue %s" % seen)
    blank = w.client.post(API + "/delegates/901/reissue", {}).json()
    equal((blank["person"], blank["number"], blank["issue"]), (None, "901", 2), "a blank badge by its number")


def other_desks_hear():
    """An event that a newer snapshot overtakes is dropped by the stream on purpose: so it is tried until one is heard."""
    stream, heard = Stream(w.client, API + "/live"), None
    check(stream.wait(lambda name, data: name == "snapshot") is not None, "a desk listens")
    for _ in range(6):
        issue = w.client.post(API + "/delegates/P09/reissue", {}).json()["issue"]
        heard = stream.wait(lambda name, data: name == "badge", seconds=1)
        if heard:
            break
    equal(sorted(heard or {}), ["at", "issue", "person"], "the other desks hear of a lost badge, without its token")
    equal((heard["person"], heard["issue"]), ("P09", issue), "whose, and which issue")
    stream.end()


def given_to_one_person():
    reply = w.client.post(API + "/handovers", {"unit": "U1", "to": "  Trần  Thị   Nhận "})
    made = reply.json()
    equal((reply.status, made["to"], made["badges"], made["already"]), (201, "Trần Thị Nhận", 3, []), "a delegation's badges are given to one person")
    equal(w.client.get(API + "/delegates/P04/badge").json()["handed"]["to"], "Trần Thị Nhận", "the desk knows who has it")
    equal(w.client.post(API + "/handovers", {"unit": "U1", "to": "X"}).status, 409, "not twice")
    equal(w.client.post(API + "/handovers", {"unit": "U1", "to": "X", "again": True}).json()["badges"], 3, "unless it is said")
    for body in ({}, {"unit": "U1"}, {"to": "X"}, {"unit": "U1", "to": " "}, {"people": [], "to": "X"}, {"people": [7], "to": "X"}, {"people": "P04", "to": "X"},
                 {"unit": "U1", "to": "x" * 300}, {"unit": "U1", "to": "X", "extra": 1}, []):
        equal(w.client.post(API + "/handovers", body).status, 400, "handing over with %s" % str(body)[:40])
    for body in ({"unit": "NONE", "to": "X"}, {"people": ["P99"], "to": "X"}, {"unit": "U1", "to_person": "P99"}):
        equal(w.client.post(API + "/handovers", body).status, 404, "handing over with %s" % body)
    sheet = w.client.get(API + "/sign-for.pdf?unit=U1&to=Nhận")
    check(sheet.status == 200 and sheet.body.startswith(b"%PDF"), "the sheet to sign", sheet)
    equal(w.client.get(API + "/sign-for.pdf?unit=NONE").status, 404, "of a delegation that is not there")


def forms_of_the_console():
    page = w.client.get(PAGE).text
    run = re.search(r"/badges/runs/(\d+)/spoiled", page).group(1)
    before = figures()
    reply = w.client.form(PAGE + "/runs/%s/spoiled" % run, {"spoiled": "1"})
    equal((reply.status, reply.header("location")), (303, PAGE + "?done=spoiled"), "a run did not come out")
    check("role=\"status\"" in w.client.get(reply.header("location")).text, "which is told")
    check(figures()[0] < before[0], "its badges count as not printed", (before, figures()))
    equal(w.client.form(PAGE + "/runs/%s/spoiled" % run, {"spoiled": "0"}).status, 303, "it did come out after all")
    equal(figures(), before, "and they count again")
    for fields in ({}, {"spoiled": ""}, {"spoiled": "2"}):
        equal(w.client.form(PAGE + "/runs/%s/spoiled" % run, fields).status, 400, "spoiled: %s" % fields)
    reply = w.client.form(PAGE + "/handovers", {"unit": "U2", "to": "<Ông Ba>", "people": ""})
    equal((reply.status, reply.header("location").split("=")[0]), (303, PAGE + "?done"), "a delegation by the form")
    page = w.client.get(PAGE).text
    check("&lt;Ông Ba&gt;" in page, "stands in the list, escaped")
    reply = w.client.form(PAGE + "/handovers", {"unit": "U2", "to": "Y"})
    check(reply.status == 409 and "Ông Ba" in reply.text and 'role="alert"' in reply.text, "twice is told on the page itself", reply)
    equal(w.client.form(PAGE + "/handovers", {"unit": "", "to": "Y"}).status, 400, "nobody's badges")
    undo = re.search(r"/badges/handovers/(\d+)/undo", page).group(1)
    equal(w.client.form(PAGE + "/handovers/%s/undo" % undo, {}).status, 303, "and taken back")
    equal(w.client.form(PAGE + "/handovers/%s/undo" % undo, {}).status, 409, "once")
    equal(w.client.get(API + "/delegates/P07/badge").json()["handed"], None, "nobody has it any more")
    for query in ("?done=<script>", "?page=999999999999999999999", "?page=-1", "?page=x", "?layout=voting-card", "?layout="):
        reply = w.client.get(PAGE + query)
        check(reply.status == 200 and "<script>" not in reply.text, "the page with %s" % query, reply)
    equal(w.client.get(PAGE + "?layout=none").status, 404, "a layout that is not there")
    equal(figures("?layout=voting-card")[0], 0, "voting cards are asked apart: none is printed")
    check("192.168.7.7:8080" in page and "warning" not in page.split("<main>")[1].split("</section>")[0], "the address of the badges is ours: no warning")


def many_at_once():
    """2 000 of 10 000 by code: the writer is back before anybody at a gate notices."""
    server = plenum.Server("desk-many")
    path = os.path.join(server.folder, "many.json")
    value = {"format": "plenum-events/1", "people": [{"code": "M%05d" % i, "name": "Người %d" % i} for i in range(10000)],
             "events": [{"slug": "many", "kind": "meeting", "title": "M", "timezone": "Asia/Ho_Chi_Minh", "starts": "2031-12-01T08:00", "ends": "2031-12-01T09:00",
                         "categories": [{"code": "c", "title": "C"}],
                         "delegates": [{"person": "M%05d" % i, "category": "c", "number": "%05d" % i, "order": i} for i in range(10000)]}]}
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f)
    server.load(path)
    server.start("--public-url", "http://192.168.7.7:8080")
    desk = server.sign_in("ban", server.user("ban", "desk", "many"), tls=True)
    codes = [("M%05d" if i % 2 else "%05d") % (i * 5) for i in range(2000)]
    began, waited = time.time(), []

    def hand():
        waited.append(desk.post("/api/v1/events/many/handovers", {"people": codes, "except": codes[:500], "to": "Trần Thị Nhận"}))
        waited.append(time.time() - began)
    other = server.sign_in("ban", "mat khau that dai 19", tls=True)
    thread = threading.Thread(target=hand)
    began = time.time()
    thread.start()
    reply = other.post("/api/v1/events/many/delegates/M00001/reissue", {"issue": 1})
    beside = time.time() - began
    thread.join()
    check(waited[0].status == 201 and waited[0].json()["badges"] == 1500, "handed over by code and number, without those that stay", waited[0].text[:200])
    print("# 2 000 codes of 10 000 delegates: %.0f ms; a reissue beside it: %.0f ms" % (waited[1] * 1000, beside * 1000))
    check(waited[1] < 5 and beside < 5 and reply.status == 201, "in moments, where it was a minute", (waited[1], beside))
    equal(desk.post("/api/v1/events/many/handovers", {"people": codes[600:602] + codes[600:601], "to": "X", "again": True}).json()["badges"], 2, "named twice is once")
    server.stop()


def an_address_that_changed():
    w.server.stop()
    w.server.start("--public-url", "http://192.168.7.8:8080")
    w.client.close()
    page = w.client.get(PAGE + "?lang=en").text
    check('class="warning"' in page and "192.168.7.7:8080" in page, "badges that point at another address are told in red")
    check("QR address" in page or figures()[2] > 0, "and count as changed", figures())


if __name__ == "__main__":
    plenum.run("desk_badges", begin, looking_is_not_printing, not_printed_and_changed, words_that_do_not_fit, own_layouts, a_lost_badge, other_desks_hear, given_to_one_person,
               forms_of_the_console, two_desks, many_at_once, an_address_that_changed)

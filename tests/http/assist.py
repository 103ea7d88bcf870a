#!/usr/bin/env python3
# suite
# sanitized
"""What the desk shows or prints for somebody whose phone does not (docs/decisions/0041-desk.md): the same papers as their own page, by the same predicate; restricted ones by the
helper's recorded word, for minutes, in that browser; for that event's desk and nobody else.    B=build/x tests/http/assist.py"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import plenum  # noqa: E402
from plenum import Client, check, csrf_of, equal  # noqa: E402

server = plenum.Server("assist")
tokens, staff = {}, {}
SHEET = "/desk/test-1/assist/P01"
DOOR = "/d/desk.test-1.P01"


def shape(value, event, offset):
    def paper(code, title, file, **more):
        return dict({"code": code, "title": {"vi": title}, "file": "papers/%s.pdf" % file, "language": "vi"}, **more)
    event["documents"] = [paper("open", "Giấy để ngỏ", "programme"), paper("secret", "Giấy kín đáo", "report", restricted=True),
                          paper("guests", "Giấy của khách", "programme", audience={"categories": ["guest"]})]
    other = plenum.json.loads(plenum.json.dumps(event))
    other.update(slug="test-2")
    value["events"].append(other)


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    tokens.update(server.tokens("test-1"))
    staff["lan"] = server.sign_in("lan", server.user("lan", "desk", "test-1"))
    staff["other"] = server.sign_in("other", server.user("other", "desk", "test-2"))


def titles(page):
    return [word for word in ("Giấy để ngỏ", "Giấy kín đáo", "Giấy của khách") if word in page]


def file_of(page):
    return re.findall(r'href="(/d/desk[^"]+/f/[^"]+)"', page)


def act(what, **more):
    return staff["lan"].form(SHEET, dict({"do": what, "csrf": staff["lan"].csrf}, **more))


def the_sheet():
    reply = staff["lan"].get(SHEET)
    equal(reply.status, 200, "the sheet")
    equal(titles(reply.text), ["Giấy để ngỏ"], "the papers of this person that need no PIN")
    equal(titles(Client(server).get("/d/" + tokens["P01"]).text), ["Giấy để ngỏ"], "as on their own page")
    check(not any(token in reply.text.upper() for token in tokens.values()), "no token stands in it")
    check(reply.header("Cache-Control") == "no-store", "it stays in no cache", reply.header("Cache-Control"))
    files = file_of(reply.text)
    equal(len(files), 1, "one file to print")
    paper = staff["lan"].get(files[0])
    check(paper.status == 200 and paper.header("Content-Type") == "application/pdf" and paper.header("Cache-Control") == "no-store", "its PDF", paper.status)
    equal(staff["lan"].get(DOOR + "/r/open/1?type=3").status, 200, "and its text in the largest letters")
    equal(server.value("SELECT COUNT(*) FROM paper_opened"), 0, "what the desk reads is no opening of the delegate's")
    equal(staff["lan"].get("/desk/test-1/assist/901").status, 404, "a badge without a name has no sheet")


def strangers():
    for path in (DOOR, DOOR + "/r/open/1", DOOR + "/papers.zip", DOOR + "/news", "/d/desk.test-1.", "/d/desk.", "/d/desk.nowhere.P01"):
        equal(Client(server).get(path).status, 404, "%s is no door for a stranger" % path)
        equal(staff["other"].get(path).status, 404, "nor for another event's desk")
    equal(staff["other"].get(SHEET).status, 403, "the sheet neither")
    equal(Client(server).get(SHEET).status, 302, "a stranger is led to sign in")


def restricted():
    secret = DOOR + "/f/secret/1/report.pdf"
    equal(staff["lan"].get(secret).status, 403, "a restricted paper wants the PIN")
    equal(act("open", csrf="wrong").status, 403, "the word is the session's own")
    equal(act("nonsense").status, 400, "and one of three")
    equal(act("open").status, 303, "the helper says who it is")
    rows = server.rows("SELECT actor, subject FROM audit WHERE action = 'papers.assist'")
    equal(rows, [("lan", "test-1/P01")], "that is recorded")
    page = staff["lan"].get(SHEET).text
    equal(titles(page), ["Giấy để ngỏ", "Giấy kín đáo"], "the restricted paper is there, others' are not")
    equal(staff["lan"].get(secret).status, 200, "its file")
    equal(staff["lan"].get("/d/desk.test-1.P02/f/secret/1/report.pdf").status, 403, "for this person only")
    equal(Client(server).get("/d/%s/f/secret/1/report.pdf" % tokens["P01"]).status, 403, "in this browser only")
    equal(act("lock").status, 303, "locked again")
    equal(staff["lan"].get(secret).status, 403, "and closed")
    equal(server.value("SELECT COUNT(*) FROM pin_browser WHERE passed = 1 AND expires_ms > created_ms"), 0, "no browser is open any more")


def pin():
    reply = act("pin")
    found = re.search(r'class="pin-shown"[^>]*>(\d{3}) (\d{3})<', reply.text)
    check(reply.status == 200 and found, "a new PIN is shown", reply.status)
    digits = "".join(found.groups())
    check(digits not in staff["lan"].get(SHEET).text.replace(" ", ""), "this once")
    equal(Client(server).form("/d/%s/pin" % tokens["P01"], {"pin": digits}).status, 303, "and it is good")
    equal(server.value("SELECT COUNT(*) FROM audit WHERE action = 'pin_new'"), 1, "recorded")


def the_end():
    log = server.log_text()
    server.stop()
    check("AddressSanitizer" not in log, "no sanitizer has spoken")
    check(not any(token in log.upper() for token in tokens.values()), "no token is in the log")


plenum.run("assist", begin, the_sheet, strangers, restricted, pin, the_end)

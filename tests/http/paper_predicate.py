#!/usr/bin/env python3
# suite
"""Who sees which paper, as a table: every audience, state and restriction, before every kind of viewer, at every door that could tell something of a paper
(DESIGN.md §7). What is right is worked out here, by `wanted`, and asked of nothing of ours.    B=build/x tests/http/paper_predicate.py"""
import hashlib
import io
import itertools
import os
import re
import subprocess
import sys
import time
import urllib.parse
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import docs_kit  # noqa: E402
import plenum  # noqa: E402
from plenum import Client, check, csrf_of, equal  # noqa: E402

server = plenum.Server("predicate")
PASSWORD = "mat khau that dai 19"
AUDIENCES = {"all": None, "own": ["official"], "other": ["guest"]}
STATES = {"once": True, "future": False, "past": True, "manual": False, "given": True, "planned": False, "withdrawn": False, "stamped": False, "let": True}
TABLE = list(itertools.product(AUDIENCES, STATES, (False, True)))
staff, viewers, common = {}, [], "rainforest"


def word(kind, *key):
    """Letters that stand nowhere else: one for a paper's text, one for its title, one for its code."""
    digest = hashlib.sha256(repr((kind,) + key).encode()).digest()
    return kind + "".join("bcdfghjklmnpqrstvwxz"[b % 20] for b in digest[:9])


class Paper:
    def __init__(self, event, audience, state, restricted):
        key = (audience, state, restricted)
        self.event, self.audience, self.state, self.restricted = event, audience, state, restricted
        self.text, self.title, self.code, self.file = word("t", *key), word("n", event, *key), word("c", event, *key), word("f", event, *key) + ".pdf"
        self.name = "%s/%s/%s%s" % (event, audience, state, "/restricted" if restricted else "")
        font = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
        self.bytes = docs_kit.make_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
                                        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 120] /Contents 4 0 R %s >>" % font,
                                        docs_kit.stream(b"", b"BT /F1 9 Tf 9 90 Td (%s %s) Tj ET" % (self.text.encode(), common.encode()))])
        self.hash, self.picture = hashlib.sha256(self.bytes).hexdigest(), None



papers = [Paper(event, *row) for event in ("test-1", "locked") for row in TABLE]


class Viewer:
    """Somebody at a door: `open` says whether this credential opens anything at all."""

    def __init__(self, name, client, door, event="test-1", category="official", pin=False, alive=True, zipped=True):
        self.name, self.client, self.door, self.event, self.category = name, client, door, event, category
        self.pin, self.alive, self.zipped = pin, alive, zipped
        viewers.append(self)


def wanted(viewer, paper):
    """The rule, a second time: "open", "pin" or "hidden"."""
    if not viewer.alive or viewer.event != paper.event or not STATES[paper.state]:
        return "hidden"
    if paper.audience != "all" and viewer.category not in AUDIENCES[paper.audience]:
        return "hidden"
    return "pin" if (paper.restricted or viewer.event == "locked") and not viewer.pin else "open"


STATUS = {"open": 200, "pin": 403, "hidden": 404}


def opened(viewer):
    return [p for p in papers if wanted(viewer, p) == "open"]


def others(viewer):
    return [p for p in papers if wanted(viewer, p) != "open"]


def told(text, those, mine=()):
    """Which of these papers a text tells of. Both events have the same files: whose text stands in one's own paper is no matter."""
    known = {p.text for p in mine}
    return [p.name for p in those if any(w in text for w in (p.title, p.code, p.file)) or (p.text in text and p.text not in known)]


# --- the scene ---------------------------------------------------------------------------------------------------------------------------

def shape(value, event, offset):
    other = plenum.json.loads(plenum.json.dumps(event))
    other.update(slug="locked", documents_access="pin")
    value["events"].append(other)
    for one in value["events"]:
        one["documents"] = []
    for p in papers:
        with open(os.path.join(server.folder, "papers", p.file), "wb") as f:
            f.write(p.bytes)
        document = {"code": p.code, "title": {"vi": "Giấy " + p.title}, "file": "papers/" + p.file, "language": "vi", "restricted": p.restricted}
        if AUDIENCES[p.audience]:
            document["audience"] = {"categories": AUDIENCES[p.audience]}
        if p.state in ("manual", "given", "planned"):
            document["publish_at"] = "manual"
        if p.state in ("future", "past"):
            document["publish_at"] = plenum.local_text(offset, 90 if p.state == "future" else -5)
        value["events"][0 if p.event == "test-1" else 1]["documents"].append(document)
    shape.offset = offset


def begin():
    server.load(plenum.small_event(server.folder, shape))
    for p in papers:
        if p.state in ("stamped", "let"):
            server.write("UPDATE document SET stamp = 'MẬT', stamp_let_ms = ? WHERE code = ?", 1 if p.state == "let" else None, p.code)
    server.start()
    server.user("ban", "desk")
    server.user("ban-to-chuc", "organiser")
    server.user("truong-doan", "head", "test-1", "U1")
    for name, user in (("desk", "ban"), ("organiser", "ban-to-chuc"), ("head", "truong-doan")):
        staff[name] = server.sign_in(user, PASSWORD)
    how = {"given": ("publish", {}), "withdrawn": ("withdraw", {}), "planned": ("plan", {"at": plenum.local_text(shape.offset, 90)})}
    bad = []
    for p in papers:
        if p.state in how:
            verb, more = how[p.state]
            reply = staff["organiser"].form("/admin/%s/papers/%s" % (p.event, p.code), dict(more, do=verb))
            bad += [(p.name, reply.status)] if reply.status != 303 else []
    equal(bad, [], "the console gives out, plans and withdraws")
    until, count = time.time() + 120, -1
    while time.time() < until and count != 0:
        count = server.value("SELECT COUNT(DISTINCT v.sha256) FROM document_version v LEFT JOIN paper_reading r ON r.sha256 = v.sha256 AND r.indexed >= r.pages WHERE r.sha256 IS NULL")
        time.sleep(0.1)
    equal(count, 0, "all papers are looked into, the hidden ones too")
    pictures = dict(server.rows("SELECT sha256, picture FROM paper_page"))
    for p in papers:
        p.picture = pictures[p.hash]
    gather()


def with_pin(token, person):
    client = Client(server)
    phone = re.sub(r"\D", "", server.value("SELECT phone FROM person WHERE code = ?", person))
    equal(client.form("/d/%s/pin" % token, {"pin": phone[-4:]}).status, 303, "the PIN of %s" % person)
    return client


def session(path, fields):
    client = Client(server)
    fields["csrf"] = csrf_of(client.get(path[0]).text)
    equal(client.form(path[1], fields).status, 303, "in by %s" % path[1])
    return client


def gather():
    server.write("UPDATE person SET phone = '0600 000 010' WHERE code = 'P10'")
    tokens, locked = server.tokens("test-1"), server.tokens("locked")
    plenum.plenum("--member-cards", "-o", os.path.join(server.folder, "cards.pdf"), "--public-url", "http://127.0.0.1", data=server.data, name="plenum-badges")
    cards = dict(server.rows("SELECT p.code, c.token FROM credential c JOIN person p ON p.id = c.person_id WHERE c.event_id IS NULL"))
    door = lambda token: "/d/" + token
    official = with_pin(tokens["P01"], "P01")
    Viewer("official", Client(server), door(tokens["P01"]))
    Viewer("official, PIN", official, door(tokens["P01"]), pin=True)
    Viewer("guest", Client(server), door(tokens["P10"]), category="guest")
    Viewer("guest, PIN", with_pin(tokens["P10"], "P10"), door(tokens["P10"]), category="guest", pin=True)
    Viewer("press", Client(server), door(tokens["P12"]), category="press")
    Viewer("the PIN of somebody else", official, door(tokens["P02"]))
    Viewer("member card", Client(server), door(cards["P02"]))
    Viewer("member card, PIN", with_pin(cards["P02"], "P02"), door(cards["P02"]), pin=True)
    Viewer("number and PIN", session(("/e/test-1", "/e/test-1/enter"), {"number": "003", "pin": "0003"}), "/d/me", pin=True)
    Viewer("kiosk", session(("/kiosk/test-1", "/kiosk/test-1"), {"scan": tokens["P04"]}), "/d/me", zipped=False)
    for name in staff:
        Viewer("%s, signed in" % name, staff[name], door(tokens["P05"]))
    lost = with_pin(tokens["P07"], "P07")
    equal(staff["desk"].post("/api/v1/events/test-1/delegates/P07/reissue", {"reason": "lost"}).status, 201, "a badge is lost")
    Viewer("revoked badge with the old PIN", lost, door(tokens["P07"]), alive=False)
    Viewer("new badge with the old PIN", lost, door(server.tokens("test-1")["P07"]))
    for person, name in (("901", "blank badge"), ("P13", "replaced"), ("P14", "withdrawn")):
        Viewer(name, Client(server), door(tokens[person]), alive=False)
    gone = with_pin(tokens["P09"], "P09")
    server.write("UPDATE delegate SET status = 'withdrawn' WHERE id = (SELECT d.id FROM delegate d JOIN event e ON e.id = d.event_id WHERE e.slug = 'test-1' AND d.number = '009')")
    Viewer("mandate lost after the PIN", gone, door(tokens["P09"]), alive=False)
    Viewer("no such badge", official, door("0123456789ABCDEF"), alive=False)
    Viewer("nobody at /d/me", Client(server), "/d/me", alive=False)
    Viewer("badge of the other event", Client(server), door(locked["P01"]), event="locked")
    Viewer("badge of the other event with the PIN of this", official, door(locked["P01"]), event="locked")
    Viewer("badge of the other event, PIN", with_pin(locked["P01"], "P01"), door(locked["P01"]), event="locked", pin=True)
    Viewer("guest of the other event, PIN", with_pin(locked["P10"], "P10"), door(locked["P10"]), event="locked", category="guest", pin=True)


# --- one paper at a door -------------------------------------------------------------------------------------------------------------------

def ask(viewer, method, path, **headers):
    return viewer.client.request(method, viewer.door + path, headers={n.replace("_", "-"): v for n, v in headers.items()})


def doors(p):
    """Name, method, path, headers, what an open paper answers, and with which bytes (None: no matter)."""
    file, tag = "/f/%s/1/%s" % (p.code, p.file), '"%s"' % p.hash
    late = "Fri, 31 Dec 2100 23:59:59 GMT"
    yield "file", "GET", file, {}, 200, p.bytes
    yield "its reader", "GET", "/r/%s/1" % p.code, {}, 200, None
    yield "its picture", "GET", "/p/%s/1/1.jpg" % p.code, {}, 200, None
    yield "file, If-None-Match with its hash", "GET", file, {"If_None_Match": tag}, 304, b""
    yield "picture, If-None-Match with its hash", "GET", "/p/%s/1/1.jpg" % p.code, {"If_None_Match": '"%s"' % p.picture}, 304, b""
    yield "HEAD of the file", "HEAD", file, {}, 200, b""
    yield "part of the file", "GET", file, {"Range": "bytes=5-99"}, 206, p.bytes[5:100]
    yield "its end", "GET", file, {"Range": "bytes=-7"}, 206, p.bytes[-7:]
    yield "a part behind its end", "GET", file, {"Range": "bytes=%d-" % len(p.bytes)}, 416, None
    yield "a part if it is this", "GET", file, {"Range": "bytes=5-99", "If_Range": tag}, 206, p.bytes[5:100]
    yield "file, If-None-Match: *", "GET", file, {"If_None_Match": "*"}, 304, b""
    yield "file, If-Match with another hash", "GET", file, {"If_Match": '"x"'}, 412, None
    yield "HEAD, If-None-Match with its hash", "HEAD", file, {"If_None_Match": tag}, 304, b""
    yield "reader, page 1 with a word marked", "GET", "/r/%s/1/1?q=%s&look=text" % (p.code, common), {}, 200, None
    yield "reader, pictures", "GET", "/r/%s/1?look=pictures" % p.code, {}, 200, None
    yield "file for a program", "GET", file, {"Accept": "application/json"}, 200, p.bytes


def no_session(viewer, reply):
    """/d/me without a session is told so before the paper is looked at: one answer for all."""
    return viewer.door == "/d/me" and not viewer.alive and reply.status in (303, 401, 403, 404)


def each_paper():
    for viewer in viewers:
        wrong = {}
        for p in papers:
            access = wanted(viewer, p)
            for number, (name, method, path, headers, good, body) in enumerate(doors(p)):
                if number > 4 and p.event != viewer.event and viewer.alive:
                    break
                reply, found = ask(viewer, method, path, **headers), wrong.setdefault(name, [])
                want = good if access == "open" else STATUS[access]
                if reply.status != want and not no_session(viewer, reply):
                    found.append((p.name, reply.status, want))
                elif access == "open" and body is not None and reply.body != body:
                    found.append((p.name, "other bytes"))
                elif access != "open":
                    text = reply.text + str(reply.headers)
                    if any(w in text for w in (p.title, p.text, p.hash, p.picture)) or reply.header("etag") or b"%PDF" in reply.body or b"\xff\xd8\xff" in reply.body:
                        found.append((p.name, "tells", text[:300]))
        for name, found in wrong.items():
            equal(found, [], "%s: %s" % (viewer.name, name))


def as_if_it_were_not():
    """A hidden paper answers as one that is not there: status, headers, words."""
    for viewer in viewers:
        wrong = []
        for p in papers:
            if wanted(viewer, p) != "hidden":
                continue
            for kind, rest in (("f", "/1/x.pdf"), ("r", "/1"), ("p", "/1/1.jpg")):
                one, two = (ask(viewer, "GET", "/%s/%s%s" % (kind, code, rest)) for code in (p.code, "no-such-paper"))
                fields = [[(n, v) for n, v in r.headers if n not in ("date", "x-request-id")] for r in (one, two)]
                tidy = [re.sub(r"[0-9a-f]{16,}", "", r.text) for r in (one, two)]
                if one.status != two.status or len(tidy[0]) != len(tidy[1]) or [n for n, _ in fields[0]] != [n for n, _ in fields[1]]:
                    wrong.append((p.name, kind, one.status, two.status))
        equal(wrong, [], "%s: a hidden paper is told from none by nothing" % viewer.name)


# --- what shows many ---------------------------------------------------------------------------------------------------------------------------

def listed(text, kind):
    return {urllib.parse.unquote(c) for c in re.findall(r'href="/d/[^"/]+/%s/([^/"]+)/' % kind, text)}


def search(viewer, query):
    """Codes of all hits, the count that is told, and the words of all pages but what was asked."""
    codes, text, start, count = set(), "", 0, 0
    while True:
        reply = ask(viewer, "GET", "/search?q=%s%s" % (urllib.parse.quote(query), "&from=%d" % start if start else ""))
        text += reply.text.replace('value="%s"' % query, "").replace("q=" + query, "").replace("<mark>%s</mark>" % query, "<mark></mark>" if reply.status != 200 else query)
        codes |= listed(reply.text, "r")
        found = re.search(r'role="status">[^<]*<b>(\d+)</b>', reply.text)
        count = int(found.group(1)) if found else count
        more = re.search(r"[?&;]from=(\d+)", reply.text)
        if not more or int(more.group(1)) <= start:
            return reply.status, codes, count, text
        start = int(more.group(1))


def searching():
    for viewer in viewers:
        mine, wrong = opened(viewer), []
        status, codes, count, text = search(viewer, common)
        if not viewer.alive:
            check(status in (303, 401, 403, 404) and not codes and not told(text, papers), "%s: no search" % viewer.name, status)
            continue
        equal((codes, count), ({p.code for p in mine}, len(mine)), "%s: a word of all papers is found and counted in one's own" % viewer.name)
        equal(told(text, others(viewer), mine), [], "%s: no title or snippet of others" % viewer.name)
        for p in papers:
            if p.event != viewer.event:
                continue
            for query in (p.text, p.title, p.text[:7]):
                _, codes, count, text = search(viewer, query)
                want = {p.code} if p in mine else set()
                if codes != want or count != len(want) or (not want and (p.text in text or p.title in text)):
                    wrong.append((p.name, query, codes, count))
        equal(wrong, [], "%s: each paper by its own words" % viewer.name)


def the_lists():
    for viewer in viewers:
        mine, not_mine = {p.code for p in opened(viewer)}, others(viewer)
        for path in ("", "/news", "/programme.ics", "/worker.js", "/search?q=", "/f/no/1/x", "/r/no/1", "/papers.zip/"):
            reply = ask(viewer, "GET", path)
            equal(told(reply.text + str(reply.headers), not_mine), [], "%s: nothing of others at %s (%d)" % (viewer.name, path or "the page", reply.status))
            if path in ("", "/news") and viewer.alive and "signed in" not in viewer.name:
                equal(listed(reply.text, "f") | listed(reply.text, "r"), mine, "%s: one's own at %s" % (viewer.name, path or "the page"))
        for method in ("HEAD", "OPTIONS", "POST"):
            reply = viewer.client.request(method, viewer.door + "/f/%s/1/x.pdf" % not_mine[0].code, headers={"X-CSRF-Token": None})
            check(not told(reply.text + str(reply.headers), not_mine) and (reply.status >= 400 or method == "OPTIONS" and not reply.body), "%s: %s" % (viewer.name, method), reply)


def the_archive():
    archives = {}
    for viewer in viewers:
        mine, reply = opened(viewer), ask(viewer, "GET", "/papers.zip")
        if not mine or not viewer.zipped:
            locked = any(wanted(viewer, p) == "pin" for p in papers) and viewer.zipped
            check((reply.status == 403 if locked else reply.status in (303, 401, 403, 404)) and not reply.body.startswith(b"PK"), "%s: no papers.zip" % viewer.name, reply)
            continue
        files = zip_files(reply.body)
        equal(sorted(hashlib.sha256(f).hexdigest() for f in files.values()), sorted(p.hash for p in mine), "%s: papers.zip holds one's own, byte for byte" % viewer.name)
        text = reply.body.decode("latin-1") + "".join(files)
        equal(told(text, others(viewer), mine), [], "%s: and nothing of others, in names or bytes" % viewer.name)
        head = ask(viewer, "HEAD", "/papers.zip")
        equal((head.status, head.header("content-length")), (200, str(len(reply.body))), "%s: its HEAD says the same size" % viewer.name)
        archives[viewer.name] = (viewer, reply)
    for (one, reply), (two, theirs) in itertools.permutations(archives.values(), 2):
        if {p.code for p in opened(one)} == {p.code for p in opened(two)}:
            continue
        tag = theirs.header("etag")
        for headers in ({"If_None_Match": tag}, {"Range": "bytes=0-99", "If_Range": tag}):
            again = ask(one, "GET", "/papers.zip", **headers)
            if again.status != 200 or again.body != reply.body:
                check(False, "%s: the mark of what %s gets says nothing" % (one.name, two.name), again.status)
    check(len(archives) > 9, "the marks of the archives differ where their papers do", len(archives))


def zip_files(body):
    with zipfile.ZipFile(io.BytesIO(body)) as z:
        return {n: z.read(n) for n in z.namelist() if not n.endswith("/")}


def polling():
    """Marks of an open page: what somebody else was given is no answer for me, and a paper that is given out reaches whom it is for."""
    marks = {}
    for viewer in viewers:
        reply = ask(viewer, "GET", "/news")
        if viewer.alive:
            marks[viewer.name] = reply.header("etag")
        else:
            check(reply.status in (303, 401, 403, 404) and not reply.header("etag"), "%s: no news" % viewer.name, reply)
    for viewer in viewers:
        wrong = [name for name, tag in marks.items() if tag != marks.get(viewer.name) and ask(viewer, "GET", "/news", If_None_Match=tag).status == 304]
        equal(wrong, [], "%s: no 304 for somebody else's mark" % viewer.name)


# --- where no paper has any business --------------------------------------------------------------------------------------------------------------

def elsewhere():
    wall, scanner = server.display("test-1"), server.device("test-1", "main")
    nobody, hidden = Client(server), papers
    asked = [(nobody, "nobody", p) for p in ("/", "/e/test-1", "/e/locked", "/kiosk/test-1", "/api/v1/openapi.json", "/login", "/healthz", "/readyz", "/e/test-1?q=" + papers[0].code,
                                             "/admin/test-1/papers", "/api/v1/events/test-1/stats", "/api/v1/events/test-1/uploads/x", "/no/such/page")]
    asked += [(wall, "the wall", p) for p in ("/display/test-1", "/api/v1/events/test-1/stats", "/metrics")]
    asked += [(scanner, "a scanner", p) for p in ("/api/v1/events/test-1/roster", "/api/v1/events/test-1/stats", "/metrics")]
    for who in ("desk", "head"):
        asked += [(staff[who], who, p) for p in ("/desk/test-1", "/desk/test-1/scans", "/desk/test-1/questions", "/admin", "/admin/test-1", "/admin/test-1/papers", "/api/v1/events/test-1/delegates?q=P01",
                                                 "/api/v1/events/test-1/delegates/P01/badge", "/api/v1/events/test-1/delegates/P01/pin", "/api/v1/events/test-1/stats", "/password")]
    for client, name, path in asked:
        reply = client.get(path)
        equal(told(reply.text + str(reply.headers), hidden), [], "%s: no paper at %s (%d)" % (name, path.split("?")[0], reply.status))
    streams = [plenum.Stream(c, "/api/v1/events/test-1/live") for c in (wall, staff["desk"])]
    for s in streams:
        s.wait(lambda name, data: True)
        s.end()
        equal(told(plenum.json.dumps(s.events, ensure_ascii=False), hidden), [], "no paper in the live feed (%d events)" % len(s.events))
    for who, status in (("nobody", (302, 303, 401, 403)), ("desk", (403,)), ("head", (403,))):
        client, wrong = staff.get(who, nobody), []
        for p in papers:
            for headers in ({}, {"If_None_Match": '"%s"' % p.hash}, {"Range": "bytes=0-9"}):
                reply = client.get("/admin/%s/papers/%s/file/1" % (p.event, p.code), **headers)
                if reply.status not in status or b"%PDF" in reply.body or told(reply.text.replace(urllib.parse.quote(p.code), "").replace(p.code, ""), [p]):
                    wrong.append((p.name, reply.status))
            reply = client.get("/admin/%s/papers/%s" % (p.event, p.code))
            if reply.status not in status:
                wrong.append((p.name, reply.status))
        equal(wrong, [], "%s: the console's doors of papers" % who)
    equal([p.name for p in papers if staff["organiser"].get("/admin/%s/papers/%s/file/1" % (p.event, p.code)).body != p.bytes], [], "the organiser sees all, drafts too")
    for path in ("/openapi", "/api/v1/openapi.json"):
        check(not told(staff["organiser"].get(path).text, hidden), "the table of doors names no paper")


def printed():
    """What is printed lies about: no PIN was given, so nothing behind it, for nobody what is not theirs."""
    for event, only, category in (("test-1", "P01", "official"), ("test-1", "P10", "guest"), ("locked", "P01", "official")):
        viewer = Viewer("sheet", None, "", event=event, category=category)
        viewers.remove(viewer)
        path = os.path.join(server.folder, "sheet.pdf")
        plenum.plenum("--event", event, "--layout", "sheet", "--only", only, "-o", path, "--public-url", "http://127.0.0.1", data=server.data, name="plenum-badges")
        reply = staff["desk"].get("/api/v1/events/%s/badges.pdf?layout=sheet&only=%s&record=0" % (event, only))
        equal(reply.status, 200, "the desk prints a sheet")
        for where, body in (("plenum-badges", open(path, "rb").read()), ("the desk", reply.body)):
            text = subprocess.run([plenum.tool("pdftotext"), "-", "-"], input=body, capture_output=True, check=True).stdout.decode().replace("\n", "").replace("-", "")
            mine = [p for p in opened(viewer) if p.title in text]
            equal(told(text, others(viewer)), [], "%s, %s, by %s: nothing of others" % (event, category, where))
            check(bool(mine) == bool(opened(viewer)), "%s, %s, by %s: one's own" % (event, category, where), (len(mine), text[:300]))
    for what in ("delegates", "checkins"):
        done = plenum.plenum("export", what, "--event", "test-1", data=server.data)
        equal(told(done.stdout, papers), [], "export %s: no paper" % what)


def the_end():
    log = server.log_text()
    equal(told(log, [p for p in papers if p.restricted or not STATES[p.state]]), [], "the log names no hidden paper")
    equal(server.stop(), 0, "the server stops in peace")
    check("Sanitizer" not in log and "runtime error" not in log, "and no sanitizer has spoken")


if __name__ == "__main__":
    plenum.run("paper_predicate", begin, each_paper, as_if_it_were_not, searching, the_lists, the_archive, polling, elsewhere, printed, the_end)

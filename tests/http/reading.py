#!/usr/bin/env python3
# suite
"""Reading papers in the page and searching in them: who sees what by page, text, picture, search and snippet (DESIGN.md §7); the calendar; the worker that
keeps pages; papers of every kind.    B=build/x tests/http/reading.py"""
import datetime
import html
import os
import re
import sqlite3
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import docs_kit  # noqa: E402
import plenum  # noqa: E402
from plenum import Client, check, equal  # noqa: E402

server = plenum.Server("reading")
tokens = {}
# What each paper is, and who may see it: P01 and P02 are officials, P10 a guest.
WORDS = {"all": "quokka", "official": "axolotl", "guest": "numbat", "secret": "pangolin", "manual": "tapir", "later": "okapi", "nobody": "wombat", "withdrawn": "kakapo"}


def pdf(pages):
    """A small PDF with a line of text a page."""
    objects, kids = [], []
    objects.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.append(b"")
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for lines in pages:
        objects.append(docs_kit.stream(b"", b"BT /F1 14 Tf 60 700 Td 18 TL " + b"".join(b"(%s) Tj T* " % line.encode("ascii") for line in lines) + b"ET"))
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources << /Font << /F1 3 0 R >> >> >>" % len(objects))
        kids.append(len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(b"%d 0 R" % k for k in kids))
    return docs_kit.make_pdf(objects)


def shape(value, event, offset):
    for code, word in WORDS.items():
        with open(os.path.join(server.folder, "papers", code + ".pdf"), "wb") as f:
            f.write(pdf([["The %s is a shy animal of the forest" % word, "and nobody has seen it by day."], ["Second page: %s again, common words here" % word]]))
    files = {"plain.txt": "Dòng một: Đảng bộ\nDòng hai: dâng hoa\n", "clean.md": "# Tiêu đề\n\nĐoạn *văn* <script>alert(1)</script>\n", "speech.wav": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 64,
             "form.docx": b"PK\x03\x04" + b"\0" * 60, "odd.bin": b"\x01\x02\x03\x00odd" * 9, "chinese.txt": "中华人民共和国\n", "arabic.txt": "التَّقرير السياسي\n"}
    for name, data in files.items():
        with open(os.path.join(server.folder, "papers", name), "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())

    def paper(code, file=None, **more):
        return dict({"code": code, "title": {"vi": "Tài liệu %s %s" % (code, WORDS.get(code, ""))}, "file": "papers/" + (file or code + ".pdf"), "language": "vi"}, **more)

    event["documents"] = [
        paper("all", number="12/BC-BCH"), paper("official", audience={"categories": ["official"]}), paper("guest", audience={"categories": ["guest"]}), paper("secret", restricted=True),
        paper("manual", publish_at="manual"), paper("later", publish_at=plenum.local_text(offset, 60)), paper("nobody", audience={"categories": []}), paper("withdrawn"),
        paper("plain", "plain.txt"), paper("clean", "clean.md"), paper("speech", "speech.wav"), paper("form", "form.docx"), paper("odd", "odd.bin"), paper("chinese", "chinese.txt", language="zh"),
        paper("arabic", "arabic.txt", language="ar")]
    day = plenum.local_text(offset)[:10]
    event["sessions"] = [
        {"code": "opening", "title": {"vi": "Khai mạc; bầu cử, biểu quyết: " + "một tên phiên họp dài để phải gấp dòng nhiều lần " * 2}, "starts": day + "T08:00", "ends": day + "T09:30",
         "admits": ["official", "guest"], "room": "Phòng A, tầng 2"},
        {"code": "closed", "title": {"vi": "Phiên riêng"}, "starts": day + "T10:00", "ends": day + "T11:00", "admits": ["official"]}]
    locked = plenum.json.loads(plenum.json.dumps(event))
    locked.update(slug="locked", documents_access="pin")
    value["events"].append(locked)


def begin():
    server.load(plenum.small_event(server.folder, shape))
    with sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20) as db:
        db.execute("UPDATE document SET withdrawn_ms = 1 WHERE code = 'withdrawn'")
    server.start()
    tokens.update(server.tokens("test-1"))
    tokens["locked"] = server.tokens("locked")["P01"]

    def left():
        """Papers with words that were not looked into yet, or whose words the index has not."""
        with sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20) as db:
            return [name for (name,) in db.execute("SELECT DISTINCT v.name FROM document_version v LEFT JOIN paper_reading r ON r.sha256 = v.sha256 WHERE r.sha256 IS NULL OR r.indexed < r.pages")
                    if name.endswith((".pdf", ".txt", ".md"))]

    plenum.wait(lambda: not left(), 90)
    equal(left(), [], "the server looks into papers that were imported, and takes their words into the index")


def door(who, rest=""):
    return "/d/%s%s" % (tokens[who], rest)


def search(client, who, query):
    return client.get(door(who, "/search?q=" + urllib.parse.quote(query)))


def hits(reply):
    return re.findall(r'<li><a href="[^"]*/r/([^/]+)/\d+(?:/(\d+))?', reply.text)


def who_sees_what():
    """Each paper, each door, each person: what may not be seen is not there, is not counted, and is not told from what does not exist."""
    client = Client(server)
    sees = {"P01": {"all", "official"}, "P10": {"all", "guest"}, "locked": set()}
    for who, seen in sees.items():
        for code, word in WORDS.items():
            wanted = 200 if code in seen else 404
            if code == "secret" or (who == "locked" and code in ("all", "official")):
                wanted = 403
            for rest in ("/r/%s/1" % code, "/r/%s/1/2?q=%s" % (code, word), "/p/%s/1/1.jpg" % code):
                reply = client.get(door(who, rest))
                got = reply.status if reply.status != 401 else 403
                equal(got, wanted, "%s: %s" % (who, rest))
                check(wanted == 200 or (word not in reply.text and b"\xff\xd8" not in reply.body), "%s: %s says nothing of the paper" % (who, rest))
            reply = search(client, who, word)
            found = hits(reply)
            check(bool(found) == (code in seen) and all(one[0] == code for one in found), "%s: search for the word of %s" % (who, code), found)
            if code not in seen:
                bare = reply.text.replace('value="%s"' % word, "")
                check(word not in bare and 'class="hits"' not in bare and "<b>0</b>" not in bare, "%s: no title, snippet or count of %s" % (who, code))
        reply = search(client, who, "animal forest")
        equal({one[0] for one in hits(reply)}, seen, "%s: a word that is in all papers is found in one's own only" % who)
        count = re.search(r'role="status">[^<]*<b>(\d+)</b>', reply.text)
        equal(int(count.group(1)) if count else 0, len(seen), "%s: and counted there only" % who)
    missing = client.get(door("P01", "/r/none/1"))
    hidden = client.get(door("P01", "/r/manual/1"))
    equal(hidden.text, missing.text, "a hidden paper looks as one that does not exist")
    for rest in ("/r/all/2", "/r/all/0", "/r/all/x", "/r/all/1/0", "/r/all/1/x", "/p/all/1/9.jpg", "/p/all/1/1.png", "/p/all/1/1", "/p/all/1/01.jpg", "/p/all/1/-1.jpg"):
        equal(client.get(door("P01", rest)).status, 404, "P01: %s" % rest)
    for rest in ("/r/all/1", "/search?q=quokka", "/programme.ics", "/p/all/1/1.jpg"):
        equal(client.get("/d/0000000000000000" + rest).status, 404, "no badge: %s" % rest)


def the_pin():
    """With the PIN the paper opens by all doors, and is found."""
    client = Client(server)
    reply = client.request("POST", door("P01", "/pin"), b"pin=0001", {"Content-Type": "application/x-www-form-urlencoded"})
    check(reply.status in (200, 303), "the PIN is taken", reply)
    equal(client.get(door("P01", "/r/secret/1")).status, 200, "with the PIN the paper is read")
    equal(client.get(door("P01", "/p/secret/1/1.jpg")).status, 200, "its pictures are seen")
    check(client.get(door("P01", "/r/secret/1")).header("x-plenum-keep") is None, "but the phone's store does not keep it")
    equal({one[0] for one in hits(search(client, "P01", "pangolin"))}, {"secret"}, "and it is found")
    equal(hits(search(Client(server), "P01", "pangolin")), [], "in that browser only")


def reading():
    client = Client(server)
    reply = client.get(door("P01", "/r/all/1"))
    check("The quokka is a shy animal of the forest and nobody has seen it by day." in reply.text, "lines are joined", reply.text)
    check('id="p1"' in reply.text and 'id="p2"' in reply.text and door("P01", "/f/all/1/all.pdf") in reply.text, "pages have headings, the file has a link")
    equal(reply.header("x-plenum-keep"), "1", "the worker may keep it")
    reply = client.get(door("P01", "/r/all/1?look=pictures"))
    sizes = re.findall(r'<img src="([^"]+)" width="(\d+)" height="(\d+)"', reply.text)
    check(len(sizes) == 2 and all(int(w) > 500 for _, w, _ in sizes), "pictures of its pages, with their sizes", sizes)
    picture = client.get(sizes[0][0])
    check(picture.body[:3] == b"\xff\xd8\xff" and picture.header("content-type") == "image/jpeg" and "immutable" in picture.header("cache-control"), "a picture is a JPEG that is kept", picture)
    equal(client.get(sizes[0][0], If_None_Match=picture.header("etag")).status, 304, "and is not sent twice")
    check('class="sheet"' in client.get(door("P01", "/r/all/1")).text and "<img" in client.get(door("P01", "/r/all/1")).text, "the choice is remembered")
    check("<img" not in client.get(door("P01", "/r/all/1?look=text")).text, "and changed")
    check('class="reader letters2"' in client.get(door("P01", "/r/all/1?type=2")).text and 'letters2"' in client.get(door("P01", "/r/plain/1")).text, "so is the size of letters")
    for odd in ("9", "-1", "2x", "%22"):
        check('letters0"' in Client(server).get(door("P01", "/r/all/1?type=" + odd)).text, "type=%s is none" % odd)
    reply = client.get(door("P01", "/r/all/1/2"))
    check('id="p1"' not in reply.text and 'id="p2"' in reply.text, "from a page on")
    check('id="p2"' in client.get(door("P01", "/r/all/1?page=2")).text, "also by the form")
    check('id="p2"' in client.get(door("P01", "/r/all/1/999")).text, "behind the end stands the last page")
    policy = reply.header("content-security-policy")
    check("unsafe" not in policy and "default-src 'none'" in policy, "the policy stays strict", policy)


def kinds():
    client = Client(server)
    wanted = {"plain": 'class="line" dir="auto">Dòng một: Đảng bộ', "clean": "<h1>Tiêu đề</h1>", "speech": "<audio controls", "form": 'class="locked"', "odd": 'class="locked"',
              "arabic": 'lang="ar" dir="rtl"', "chinese": 'lang="zh" dir="ltr"'}
    for code, part in wanted.items():
        reply = client.get(door("P01", "/r/%s/1?lang=vi" % code))
        check(reply.status == 200 and part in reply.text, "%s: %s" % (code, part), reply.text[-1500:])
    check("<script>alert" not in client.get(door("P01", "/r/clean/1")).text, "Markdown brings no script")
    for agent, said in (("Zalo android/23", True), ("Mozilla/5.0 [FBAN/FBIOS;FBAV/1]", True), ("Mozilla/5.0 Chrome/120", False)):
        equal("Zalo" in client.get(door("P01", "/r/all/1"), User_Agent=agent).text, said, "User-Agent %s" % agent)


def searching():
    client = Client(server)
    equal(hits(search(client, "P01", "dang")), [("plain", "1")], "without accents")
    marks = re.findall(r"<mark>([^<]*)</mark>", search(client, "P01", "dang").text)
    equal(marks, ["Đảng", "dâng"], "all that is written so is marked, in its own spelling")
    equal(re.findall(r"<mark>([^<]*)</mark>", search(client, "P01", "đảng").text), ["Đảng"], "with accents only what bears them")
    equal(re.findall(r"<mark>([^<]*)</mark>", search(client, "P01", "ĐA\u0309NG").text), ["Đảng"], "composed or not, in capitals or not")
    reply = search(client, "P01", "đạng")
    check(hits(reply) == [("plain", "1")] and 'class="news"' in reply.text, "accents that are nowhere: what is near, and it is said", reply.text)
    equal(hits(search(client, "P01", '"dong hai"')), [("plain", "1")], "words in quotes follow each other")
    equal(hits(search(client, "P01", '"hai dong"')), [], "in this order")
    equal(hits(search(client, "P01", "quok")), [("all", "1"), ("all", "2")] if not hits(search(client, "P01", "quok"))[0][1] == "" else [("all", ""), ("all", "1"), ("all", "2")], "the beginning of a word, when nothing else is found")
    equal(hits(search(client, "P01", "12/bc-bch")), [("all", "")], "the number of a paper")
    equal(hits(search(client, "P01", "人民")), [("chinese", "1")], "Chinese within a line")
    equal(hits(search(client, "P01", "التقرير")), [("arabic", "1")], "Arabic, written with its marks")
    reply = search(client, "P01", "second quokka")
    check(hits(reply) == [("all", "2")] and "/r/all/1/2?q=second%20quokka#hit" in reply.text, "the hit leads to its page")
    check('<mark id="hit">Second</mark>' in client.get(door("P01", "/r/all/1/2?q=second%20quokka")).text, "where it is marked")
    for odd in ("", " ", '"', '"" ""', "*", "NEAR(", "plain : x", "' OR 1=1 --", "a" * 5000, "%00", "\u202e", "<script>", "a AND", "-x", "^"):
        reply = search(client, "P01", odd)
        check(reply.status in (200, 400, 414) and "<script>" not in reply.text.replace('<script type="module"', ""), "odd query %r" % odd[:20], reply.status)
    equal(client.get(door("P01", "/search?q=%FF%FE")).status in (200, 400), True, "bytes that are no text")


def calendar():
    def unfold(text):
        check(text.endswith("\r\n") and "\n" not in text.replace("\r\n", ""), "lines end with CRLF")
        check(all(len(line.encode()) <= 75 for line in text.split("\r\n")), "no line is longer than 75 octets")
        return text.replace("\r\n ", "").split("\r\n")[:-1]

    def parse(lines):
        events, event, depth = [], None, []
        for line in lines:
            name, value = line.split(":", 1)
            if name == "BEGIN":
                depth.append(value)
                event = {} if value == "VEVENT" else event
            elif name == "END":
                check(depth.pop() == value, "END:%s closes what was open" % value)
                if value == "VEVENT":
                    events.append(event)
            elif depth[-1] == "VEVENT":
                check(name not in event, "%s stands once" % name)
                event[name] = re.sub(r"\\([\\;,nN])", lambda m: "\n" if m.group(1) in "nN" else m.group(1), value)
        equal(depth, [], "everything is closed")
        return events

    client = Client(server)
    reply = client.get(door("P01", "/programme.ics"))
    check(reply.status == 200 and reply.header("content-type").startswith("text/calendar"), "a calendar", reply)
    events = parse(unfold(reply.text))
    equal(len(events), 2, "an official's sessions")
    with sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20) as db:
        rows = db.execute("SELECT s.starts_ms, s.ends_ms FROM session s JOIN event e ON e.id = s.event_id WHERE e.slug = 'test-1' ORDER BY s.starts_ms").fetchall()
    for event, (starts, ends) in zip(events, rows):
        form = "%Y%m%dT%H%M%SZ"
        got = [datetime.datetime.strptime(event[key], form).replace(tzinfo=datetime.timezone.utc).timestamp() * 1000 for key in ("DTSTART", "DTEND")]
        equal(got, [starts, ends], "%s: from and to, in UTC" % event["UID"])
        check(abs(datetime.datetime.strptime(event["DTSTAMP"], form).replace(tzinfo=datetime.timezone.utc).timestamp() - time.time()) < 300, "DTSTAMP is now")
    check(events[0]["SUMMARY"].startswith("Khai mạc; bầu cử, biểu quyết: một tên phiên họp dài"), "a name with ; and , and folded", events[0])
    check(events[0]["LOCATION"].startswith("Phòng A, tầng 2"), "the room", events[0])
    equal([event["UID"] for event in parse(unfold(client.get(door("P10", "/programme.ics")).text))], ["opening@test-1.plenum"], "a guest's sessions")


def keeping():
    client = Client(server)
    reply = client.get(door("P01", "/worker.js"))
    check(reply.header("content-type").startswith("text/javascript") and reply.header("service-worker-allowed") == door("P01") and
          reply.header("content-security-policy") == "default-src 'none'; connect-src 'self'", "the worker of one badge, for one badge", reply.headers)
    check(tokens["P01"] not in reply.text, "it holds no token")
    upper = client.get("/D/%s/worker.js" % tokens["P01"])
    equal(upper.header("service-worker-allowed"), "/D/%s" % tokens["P01"], "also for the address in the badge's code")
    check("keep.js" in client.get(door("P01")).text, "on this machine the page keeps itself")
    check("keep.js" not in client.get(door("P01"), Host="192.168.1.9:8080").text, "over plain HTTP elsewhere it cannot, and says so")
    check("keep.js" in Client(server, tls=True).get(door("P01"), Host="192.168.1.9:8443").text, "over HTTPS it can")
    equal(client.get("/d/me/worker.js").status, 404, "a shared address keeps nothing")
    noted = 0
    for _ in range(40):
        with sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20) as db:
            noted = db.execute("SELECT COUNT(*) FROM paper_opened o JOIN document d ON d.id = o.document_id WHERE d.code = 'all'").fetchone()[0]
        if noted:
            break
        time.sleep(.25)
    check(noted > 0, "who reads a paper in the page has opened it")


if __name__ == "__main__":
    plenum.run("reading", begin, who_sees_what, the_pin, reading, kinds, searching, calendar, keeping)

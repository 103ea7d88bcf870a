#!/usr/bin/env python3
# suite
# sanitized threads
"""Papers from the organiser's disk to the delegate's phone: uploads in pieces through kill -9, a full disk and lost answers; what is published, replaced, withdrawn,
stopped; open pages that learn of it; who opened what; questions to the desk.    B=build/x tests/flow/upload.py"""
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, check, equal  # noqa: E402

server = plenum.Server("upload")
PDF = open(os.path.join(plenum.ROOT, "papers/political-report.pdf"), "rb").read()
BASE, PIECE = "/api/v1/events/test-1/uploads", 4 << 20
who, tokens, state = {}, {}, {}


def pdf(salt, size=0):
    """A PDF that is its own: another hash, and larger by bytes behind its end that no reader minds."""
    data = PDF + b"\n%% %s\n" % salt.encode()
    return data + random.Random(salt).randbytes(size - len(data)) if size > len(data) else data


def shape(value, event, offset):
    event["documents"] = [{"code": "programme", "title": {"vi": "Chương trình"}, "file": "papers/programme.pdf", "language": "vi"},
                          {"code": "later", "title": {"vi": "Để sau"}, "file": "papers/report.pdf", "language": "vi", "publish_at": "manual", "must_read": True}]
    event["announcements"] = [{"text": {"vi": "Mời vào hội trường"}, "to": ["phone"]}]


def begin():
    state["file"] = plenum.small_event(server.folder, shape)
    server.load(state["file"])
    server.start()
    who["admin"] = server.sign_in("orga", server.user("orga", "organiser", "test-1"))
    who["desk"] = server.sign_in("ban", server.user("ban", "desk", "test-1"))
    tokens.update(server.tokens("test-1"))


def start(name, data, **more):
    reply = who["admin"].post(BASE, dict({"name": name, "size": len(data), "mark": "19"}, **more))
    return reply


def patch(upload, offset, data):
    return who["admin"].request("PATCH", "%s/%s?offset=%d" % (BASE, upload, offset), data, {"Content-Type": "application/octet-stream"})


def send(name, data, piece=PIECE, **more):
    made = start(name, data, **more).json()
    for at in range(made["offset"], len(data), piece):
        reply = patch(made["upload"], at, data[at:at + piece])
        if reply.status != 200:
            raise RuntimeError("piece at %d: %r" % (at, reply))
    return made["upload"]


def finished(upload, seconds=20):
    until = time.time() + seconds
    while time.time() < until:
        reply = who["admin"].get("%s/%s" % (BASE, upload))
        if reply.status != 200 or reply.json()["state"] in ("done", "refused"):
            return reply
        time.sleep(0.05)
    raise RuntimeError("the upload was not read: %r" % reply)


def mark_of(code):
    """What the form of a paper's page says it was made from."""
    found = re.search(r'name="mark" value="(\w+)"', who["admin"].get("/admin/test-1/papers/" + code).text)
    return found.group(1) if found else ""


def do(code, word, **more):
    if word == "edit" and "mark" not in more:
        more["mark"] = mark_of(code)
    return who["admin"].form("/admin/test-1/papers/" + code, dict({"do": word}, **more))


def listed(person):
    page = Client(server).get("/d/" + tokens[person]).text
    return re.findall(r'/f/([^/"]+)/(\d+)/', page)


def leftovers():
    folder = os.path.join(server.data, "uploads")
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def whole_blobs():
    bad = []
    for folder, _, names in os.walk(os.path.join(server.data, "blobs")):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                if hashlib.sha256(f.read()).hexdigest() != name:
                    bad.append(name)
    return bad


def opening_noted(person):
    """Openings are written once a second; what a killed server has not written is lost, so a story that kills waits for it."""
    until = time.time() + 60
    count = "SELECT COUNT(*) FROM paper_opened WHERE delegate_id = (SELECT delegate_id FROM credential WHERE token = ?)"
    while time.time() < until and not server.value(count, tokens[person]):
        time.sleep(0.1)
    return server.value(count, tokens[person]) > 0


def a_paper_comes():
    data = pdf("one", 9 << 20)
    upload = send("01. Báo cáo tổng kết.pdf", data)
    reply = finished(upload).json()
    check(reply["state"] == "done" and reply["document"] == "01-bao-cao-tong-ket" and reply["version"] == 1, "a file of three pieces becomes a paper", reply)
    equal(leftovers(), [], "and nothing stays behind")
    equal(server.value("SELECT b.size FROM document_version v JOIN blob b ON b.sha256 = v.sha256 WHERE v.upload = ?", upload), len(data), "its size")
    check(server.value("SELECT COUNT(*) FROM paper_page p JOIN document_version v ON v.sha256 = p.sha256 WHERE v.upload = ?", upload) > 0, "it was read: its pages are there")
    equal([c for c, _ in listed("P01")], ["programme"], "it is a draft: no phone sees it")
    state["code"] = reply["document"]
    equal(do(state["code"], "publish").status, 303, "published")
    equal([c for c, _ in listed("P01")], ["programme", state["code"]], "now the phone has it")
    page = Client(server).get("/d/%s/f/%s/1/x.pdf" % (tokens["P01"], state["code"]))
    check(page.status == 200 and page.body == data, "byte for byte", page.status)
    check(opening_noted("P01"), "and it is noted that P01 has opened it")
    upload = send("bản sao.pdf", data, document=state["code"])
    equal(finished(upload).status, 404, "the same bytes again are no new version")
    equal(server.value("SELECT COUNT(*) FROM document_version v JOIN document d ON d.id = v.document_id WHERE d.code = ?", state["code"]), 1, "one version")


def what_is_refused():
    def refuse(name, data, what):
        made = start(name, data)
        if made.status != 201:
            return check(made.status in (400, 413), what, made)
        patch(made.json()["upload"], 0, data)
        reply = finished(made.json()["upload"]).json()
        check(reply["state"] == "refused" and reply["problem"], what, reply)
        said = [who["admin"].get("%s/%s" % (BASE, made.json()["upload"]), Accept_Language=tag).json()["problem"] for tag in ("vi", "en", "pt", "ar")]
        check(reply["reason"] and len(set(said)) == 4 and "{" not in "".join(said), "%s: and says why in four languages" % what, said)
        who["admin"].request("DELETE", "%s/%s" % (BASE, made.json()["upload"]))
    refuse("trang.html", b"<html><script>alert(1)</script></html>", "HTML is no paper")
    refuse("hinh.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "nor SVG")
    refuse("giả.pdf", b"<html>not a PDF</html>", "a name that says PDF and bytes that do not")
    refuse("hỏng.pdf", b"%PDF-1.7 broken", "a broken PDF")
    refuse("rỗng.pdf", b"", "an empty file")
    equal(start("../../x" + "y" * 300, b"1").status, 400, "a name that is too long")
    equal(who["admin"].post(BASE, {"name": "to.pdf", "size": 600 << 20}).status, 413, "600 MB is too large")
    equal(who["admin"].post(BASE, {"name": "x.pdf", "size": 5, "document": "no-such"}).status, 404, "for a paper that is not there")
    made = start("một.pdf", b"123456").json()
    equal(patch(made["upload"], 3, b"456").status, 409, "a piece at a wrong place")
    equal(patch(made["upload"], 3, b"456").header("upload-offset"), "0", "says where it goes on")
    equal(patch(made["upload"], 0, b"1234567").status, 400, "a piece longer than the file")
    equal(who["admin"].request("PATCH", "%s/%s?offset=x" % (BASE, made["upload"]), b"1").status, 400, "no number")
    equal(patch(plenum.uuid7(), 0, b"1").status, 404, "no such upload")
    equal(who["admin"].request("PATCH", "/api/v1/events/other/uploads/%s?offset=0" % made["upload"], b"1").status in (403, 404), True, "another event's")
    equal(who["desk"].post(BASE, {"name": "x.pdf", "size": 5}).status, 403, "the desk uploads nothing")
    equal(who["admin"].request("DELETE", "%s/%s" % (BASE, made["upload"])).status, 204, "dismissed")
    equal(leftovers(), [], "nothing stays behind of all these")


def killed_in_the_middle():
    """kill -9 at any moment of an upload and of the reading: it goes on where it was, and no blob is half."""
    rng = random.Random(7)
    for round_number in range(4):
        data = pdf("kill %d" % round_number, (9 << 20) + round_number)
        name = "cắt %d.pdf" % round_number
        made = start(name, data).json()
        stop = threading.Timer(rng.uniform(0.005, 0.12), server.process.kill)
        stop.start()
        at, acknowledged = 0, 0
        try:
            while at < len(data):
                reply = patch(made["upload"], at, data[at:at + 1000003])
                if reply.status == 200:
                    at = acknowledged = reply.json()["offset"]
        except (OSError, plenum.Closed):
            pass
        stop.join()
        server.process.wait()
        check(whole_blobs() == [], "kill %d: no half blob" % round_number, whole_blobs())
        server.start()
        who["admin"].close()
        again = start(name, data).json()
        if acknowledged < len(data):
            check(again["upload"] == made["upload"] and again["offset"] >= acknowledged, "kill %d: it goes on at %d, what was acknowledged (%d) is there" %
                  (round_number, again["offset"], acknowledged), again)
        for offset in range(again["offset"], len(data), PIECE):
            patch(again["upload"], offset, data[offset:offset + PIECE])
        finished(again["upload"])
        equal(server.value("SELECT COUNT(*) FROM document_version v WHERE v.sha256 = ?", hashlib.sha256(data).hexdigest()) >= 1, True, "kill %d: and becomes a paper" % round_number)
    data = pdf("while it is read")
    upload = send("đọc dở.pdf", data)
    time.sleep(0.05)
    server.kill()
    server.start()
    who["admin"].close()
    finished(upload)
    equal(server.value("SELECT COUNT(*) FROM document_version WHERE upload = ?", upload), 1, "killed while it is read: read after the start, once")
    equal((leftovers(), whole_blobs()), ([], []), "nothing half anywhere")
    for code, in server.rows("SELECT code FROM document WHERE code LIKE 'cat-%' OR code LIKE 'doc-do%'"):
        equal(do(code, "delete").status, 303, "a paper that nobody opened is deleted")


def disk_full():
    """A limit on file size stands for the full disk: a piece that does not fit leaves nothing of itself."""
    data = pdf("full", 9 << 20)
    made = start("đầy.pdf", data).json()
    equal(patch(made["upload"], 0, data[:PIECE]).status, 200, "the first piece fits")
    limit = ["prlimit", "--pid", str(server.process.pid), "--fsize=%d:" % (PIECE + 1000)]
    if not check(subprocess.run(limit, capture_output=True).returncode == 0, "the limit is set"):
        return
    reply = patch(made["upload"], PIECE, data[PIECE:2 * PIECE])
    equal((reply.status, server.data in reply.text), (507, False), "the second does not: there is no room, and no path is told")
    equal(os.path.getsize(os.path.join(server.data, "uploads", made["upload"] + ".part")), PIECE, "and nothing half of it stays")
    subprocess.run(["prlimit", "--pid", str(server.process.pid), "--fsize=unlimited:"], check=True)
    for at in range(PIECE, len(data), PIECE):
        equal(patch(made["upload"], at, data[at:at + PIECE]).status, 200, "with room again it goes on at %d" % at)
    reply = finished(made["upload"]).json()
    equal(reply["state"], "done", "and becomes a paper")
    do(reply["document"], "delete")


def versions_and_news():
    code, phone = state["code"], Client(server)
    door = "/d/%s/news" % tokens["P02"]
    first = phone.get(door)
    etag = first.header("etag")
    check(first.status == 200 and code in first.text and "Mời vào hội trường" in first.text and "no-cache" in first.header("cache-control"), "the news of an open page", first)
    equal(phone.get(door, If_None_Match=etag).status, 304, "nothing is new: 304")
    equal(phone.get("/d/%s/f/%s/1/x.pdf" % (tokens["P02"], code)).status, 200, "P02 opens it")
    check(opening_noted("P02"), "P02's too")
    equal(server.value("SELECT COUNT(*) FROM paper_opened o JOIN document d ON d.id = o.document_id WHERE d.code = ? AND o.version = 1", code) >= 1, True, "which is noted")
    etag = phone.get(door).header("etag")
    upload = send("báo cáo (sửa).pdf", pdf("two"), document=code)
    equal(finished(upload).json()["version"], 2, "replaced: version 2")
    reply = phone.get(door, If_None_Match=etag)
    check(reply.status == 200 and "/%s/2/" % code in reply.text and 'class="fresh"' in reply.text, "the open page learns of it, and marks it", reply)
    check('class="fresh"' not in Client(server).get("/d/%s/news" % tokens["P03"]).text, "to somebody who has read nothing, nothing is marked")
    etag = reply.header("etag")
    for word, there in (("withdraw", False), ("give_back", True)):
        equal(do(code, word).status, 303, word)
        reply = phone.get(door, If_None_Match=etag)
        check(reply.status == 200 and (code in reply.text) == there, "%s: the open page shows it" % word, reply)
        equal(phone.get("/d/%s/f/%s/2/x.pdf" % (tokens["P02"], code)).status, 200 if there else 404, "%s: and the file's door says the same" % word)
        etag = reply.header("etag")
    soon = (int(time.time()) + 4) * 1000  # to the second, as the form says it
    zone, offset = plenum.noon_zone()
    when = plenum.datetime.datetime.fromtimestamp(soon / 1000, plenum.datetime.timezone.utc) + plenum.datetime.timedelta(hours=offset)
    equal(do("later", "plan", at=when.strftime("%Y-%m-%dT%H:%M:%S")).status, 303, "planned for a moment to come")
    known = [phone.get(door).header("etag")]

    def learnt():
        """Nothing but time: what P02 opened above is noted within a second, and changes the page too."""
        reply = phone.get(door, If_None_Match=known[0])
        known[0] = reply.header("etag") or known[0]
        return reply if reply.status == 200 and "/later/1/" in reply.text else None
    reply = plenum.wait(learnt)
    check(reply and plenum.now_ms() >= soon and "/later/1/" in reply.text and "Mới" in reply.text, "when the moment comes the page learns of it without any write", reply)
    equal(Client(server).get("/d/0123456789ABCDEF/news").status, 404, "no badge, no news")


def stale_forms():
    """Two people have the same page open: the second one's form must not take back what the first one has said."""
    code, old = state["code"], mark_of(state["code"])
    same = dict(title_vi="Báo cáo <b>mới</b>", title_en="New report", number="19/BC", issued="2026-11-20", issuer="Ban Chấp hành", language="vi", session="", category="official", must_read="1")
    equal(do(code, "edit", mark=old, restricted="1", **same).status, 303, "one person asks for the PIN")
    before = server.rows("SELECT * FROM document WHERE code = ?", code)
    for language, words in (("vi", "người khác đã sửa"), ("en", "Somebody else changed"), ("pt", "outra pessoa alterou"), ("ar", "غيّر شخص آخر")):
        reply = who["admin"].form("/admin/test-1/papers/%s?lang=%s" % (code, language), dict(same, do="edit", mark=old, title_vi="Cũ"))
        check(reply.status == 409 and words in reply.text and 'href="#about"' in reply.text, "a form from before is told so (%s)" % language, (reply.status, reply.text[:300]))
    check('name="restricted" value="1" checked' in reply.text or re.search(r'name="restricted"[^>]*checked', reply.text), "and shown what is so now")
    equal(do(code, "edit", mark="", **same).status, 409, "a form that does not say what it was made from")
    equal(server.rows("SELECT * FROM document WHERE code = ?", code), before, "nothing was written")
    equal(do(code, "edit", **same).status, 303, "with the page as it is now it is taken")


def the_list():
    page = who["admin"].get("/admin/test-1/papers").text
    order = re.findall(r'<li id="p-([^"]+)"', page)
    equal(order[0], "programme", "the list in order")
    equal(do("programme", "down", **{"from": "list"}).status, 303, "one place down")
    equal(re.findall(r'<li id="p-([^"]+)"', who["admin"].get("/admin/test-1/papers").text)[1], "programme", "it is the second now")
    equal([c for c, _ in listed("P01")][1], "programme", "on the phone too")
    page = who["admin"].get("/admin/test-1/papers").text
    check(re.search(r"<bdi>2 / 12", page), "opened by two of twelve", re.findall(r"<bdi>\d+ / \d+", page))
    one = who["admin"].get("/admin/test-1/papers/" + state["code"])
    check(one.status == 200 and "bao-cao" in one.text and "Nguyễn Văn Đức" not in one.text, "its page counts by delegation and names nobody", one.status)
    equal(who["admin"].form("/admin/test-1/papers", {"do": "names", "names": "1"}).status, 303, "names are allowed")
    one = who["admin"].get("/admin/test-1/papers/" + state["code"]).text
    check("Lê Quỳnh Như" in one and "Nguyễn Văn Đức" not in one, "now it names who has not opened it, and not who has")
    reply = do(state["code"], "delete")
    equal(reply.status, 409, "what was opened is not deleted")
    reply = do(state["code"], "edit", title_vi="Báo cáo <b>mới</b>", title_en="New report", number="19/BC", issued="2026-11-20", issuer="Ban Chấp hành", language="vi", session="",
               category="official", must_read="1")
    equal(reply.status, 303, "described")
    check([c for c, _ in listed("P10")].count(state["code"]) == 0 and state["code"] in [c for c, _ in listed("P01")], "a guest is not in its audience any more")
    def unread():
        """What the head of the list says of papers that must be read: code → (not yet, of so many)."""
        part = re.search(r'<section id="must">.*?</section>', who["admin"].get("/admin/test-1/papers").text, re.S)
        return {code: (int(left), int(people)) for code, left, people in re.findall(r'/papers/([^"#]+)#readers.*?<bdi>(\d+) / (\d+)</bdi>', part.group(0) if part else "")}

    before = unread()[state["code"]]
    check(0 < before[0] < before[1], "a paper that must be read says how many have not", before)
    equal(Client(server).get("/d/%s/f/%s/2/x.pdf" % (tokens["P03"], state["code"])).status, 200, "one more reads it")
    for _ in range(100):
        if unread()[state["code"]] != before:
            break
        time.sleep(0.1)
    equal(unread()[state["code"]], (before[0] - 1, before[1]), "one less has to")
    check("&lt;b&gt;mới" in Client(server).get("/d/" + tokens["P01"]).text, "its title is text")
    equal(do(state["code"], "edit", title_vi="x").status, 400, "for nobody at all is refused")
    equal(do(state["code"], "edit", title_vi="", everybody="1").status, 400, "without a title")
    stale_forms()
    equal(do(state["code"], "explode").status, 400, "a word that is none")
    equal(do("no-such", "publish").status, 404, "a paper that is not there")
    equal(who["desk"].get("/admin/test-1/papers").status, 403, "the desk has no business there")
    equal(who["admin"].form("/admin/test-1/papers/" + state["code"], {"do": "publish", "csrf": "wrong"}).status, 403, "without the token nothing is done")
    check(server.value("SELECT COUNT(*) FROM audit WHERE action LIKE 'paper%'") > 10, "every step is in the log")


def a_stamp_stops():
    data = pdf("stamp")
    upload = send("Phương án TUYỆT MẬT.pdf", data)
    code = finished(upload).json()["document"]
    equal(do(code, "publish").status, 409, "a paper with a stamp in its name is not published")
    page = who["admin"].get("/admin/test-1/papers/" + code).text
    check("TUYỆT MẬT" in page and 'value="let"' in page, "the page asks for a decision")
    equal(who["admin"].get("/admin/test-1/papers/%s/file/1" % code).body == data, True, "the organiser looks at it")
    equal(do(code, "let").status, 303, "decided")
    equal(do(code, "publish").status, 303, "now it can be published")
    check(code in [c for c, _ in listed("P01")], "and is there")
    finished(send("bản hai MẬT.pdf", pdf("stamp two"), document=code))
    check(code not in [c for c, _ in listed("P01")], "a version with a stamp stops it again")
    equal(do(code, "withdraw").status, 303, "withdrawn")


def all_drafts():
    """One form publishes what the page showed: no other drafts, no other versions of them, nothing that a stamp stops."""
    def shown():
        form = re.search(r'id="all".*?</form>', who["admin"].get("/admin/test-1/papers?lang=en").text, re.S)
        numbers = [int(n) for n in re.findall(r"<bdi>(\d+)</bdi>", form.group(0))] if form else []
        return (re.search(r'name="mark" value="(\w+)"', form.group(0)).group(1) if form else ""), numbers

    def press(mark, path="", **more):
        return who["admin"].form("/admin/test-1/papers" + path, dict({"do": "publish_all", "mark": mark, "sure": "1"}, **more))

    published = "SELECT subject FROM audit WHERE action = 'paper.publish' AND subject LIKE 'tat-ca%' ORDER BY subject"
    equal(shown(), ("", []), "without drafts there is no such form")
    for name in ("tất cả 1.pdf", "tất cả 2.pdf", "tất cả MẬT.pdf"):
        finished(send(name, pdf(name)))
    one, mark = "tat-ca-1", shown()[0]
    stopped = server.value("SELECT COUNT(*) FROM document WHERE stamp IS NOT NULL AND stamp_let_ms IS NULL")
    check(stopped > 0 and shown()[1] == [stopped, 2], "it names how many are stopped and how many are published", shown()[1])
    equal([press(mark, sure="").status, press(mark, csrf="wrong").status, press("").status], [400, 403, 409], "not without the tick, the token, the mark")
    check("tick the box" in press(mark, "?lang=en", sure="").text, "the missing tick is told on the page")
    do(one, "edit", title_vi="Tất cả", language="vi", everybody="1", restricted="1")
    reply = press(mark, "?lang=en")
    check(reply.status == 409 and "changed meanwhile" in reply.text and 'id="all"' in reply.text, "a draft is described anew: the older page publishes nothing", reply.status)
    mark = shown()[0]
    finished(send("khác.pdf", pdf("another file"), document=one))
    equal(press(mark).status, 409, "nor with another file")
    mark = shown()[0]
    finished(send("tất cả 3.pdf", pdf("three more")))
    equal(press(mark).status, 409, "nor with a draft that it did not show")
    equal(press(shown()[0], "/" + one).status, 400, "it is no word of one paper's form")
    equal(server.rows(published), [], "of all these nothing was published")
    do("tat-ca-2", "withdraw")
    mark, numbers = shown()
    equal(numbers, [stopped, 1, 2], "a draft that was taken back waits to be given back")
    seq = server.value("SELECT config_seq FROM event WHERE slug = 'test-1'")
    equal(press(mark).header("location"), "/admin/test-1/papers?done=publish_all", "all at once")
    equal(server.rows(published), [("tat-ca-1",), ("tat-ca-3",)], "a line in the log for each")
    equal(server.value("SELECT COUNT(DISTINCT published_ms) FROM document WHERE code IN ('tat-ca-1', 'tat-ca-3')"), 1, "at one moment")
    check(server.value("SELECT config_seq FROM event WHERE slug = 'test-1'") > seq, "phones learn of it")
    equal(sorted(c for c, _ in listed("P01") if c.startswith("tat-ca")), ["tat-ca-3"], "and see it, but for what needs the PIN, what is stopped and what was taken back")
    equal(press(mark).status, 409, "the same page again")


def import_again():
    """What was decided and edited here stays; what the file brings anew comes."""
    before = server.rows("SELECT code, title, audience, published_ms, withdrawn_ms, must_read, sort_order FROM document ORDER BY code")
    do("programme", "edit", title_vi="Chương trình đã sửa", everybody="1", restricted="1", language="vi")
    finished(send("chương trình mới.pdf", pdf("three"), document="programme"))
    server.load(state["file"])
    equal(server.rows("SELECT title, restricted FROM document WHERE code = 'programme'")[0], ('{"vi":"Chương trình đã sửa"}', 1), "the same file again: the edit stays, and the lock")
    equal(server.value("SELECT MAX(version) FROM document_version v JOIN document d ON d.id = v.document_id WHERE d.code = 'programme'"), 2, "and the file that replaced it")
    after = server.rows("SELECT code, title, audience, published_ms, withdrawn_ms, must_read, sort_order FROM document ORDER BY code")
    equal([r for r in after if r[0] != "programme"], [r for r in before if r[0] != "programme"], "all others are as they were")
    shutil.copy(os.path.join(plenum.ROOT, "papers/political-report.pdf"), os.path.join(server.folder, "papers/programme.pdf"))
    server.load(state["file"])
    equal(server.value("SELECT MAX(version) FROM document_version v JOIN document d ON d.id = v.document_id WHERE d.code = 'programme'"), 3, "other bytes of the file are a newer version")


def questions():
    phone = Client(server)
    door = "/d/%s" % tokens["P04"]
    text = "Giờ ăn trưa ở đâu? <script>alert(1)</script>"
    equal(phone.form(door + "/ask", {"words": text}).status, 303, "a question goes to the desk")
    equal(phone.form(door + "/ask", {"words": text}).status, 303, "sent twice")
    page = who["desk"].get("/desk/test-1/questions")
    etag = page.header("etag")
    check(page.text.count('class="words"') == 1 and "&lt;script&gt;" in page.text and "<script>alert" not in page.text and "Phạm Hữu Nghĩa" in page.text, "it is one, and text", page)
    equal(who["desk"].get("/desk/test-1/questions", If_None_Match=etag).status, 304, "an open page of the desk asks cheaply")
    mine = phone.get(door + "/news").header("etag")
    number = re.search(r'name="question" value="(\d+)"', page.text).group(1)
    equal(who["desk"].form("/desk/test-1/questions", {"question": number, "answer": "Tầng 2 & sảnh <B>"}).status, 303, "answered")
    second = who["admin"].form("/desk/test-1/questions?lang=en", {"question": number, "answer": "Tầng 9"})
    check(second.status == 409 and "Somebody else has answered" in second.text and "Tầng 2 &amp; sảnh" in second.text, "a second desk is shown the first one's answer", second.status)
    equal(server.value("SELECT answer FROM question"), "Tầng 2 & sảnh <B>", "which stays")
    known = re.search(r'name="known" value="(\d+)"', second.text).group(1)
    equal(who["admin"].form("/desk/test-1/questions", {"question": number, "answer": "Tầng 2 & sảnh <B>", "known": known}).status, 303, "who has seen it may answer anew")
    equal(who["desk"].form("/desk/test-1/questions", {"question": number, "answer": "Tầng 9", "known": known}).status, 409, "the answer before that is not the one that stands")
    reply = phone.get(door + "/news", If_None_Match=mine)
    check(reply.status == 200 and "Tầng 2 &amp; sảnh &lt;B&gt;" in reply.text, "the phone shows the answer by the same asking", reply)
    check("Tầng 2" not in Client(server).get("/d/%s/news" % tokens["P05"]).text, "nobody else sees it")
    until = time.time() + 60
    while time.time() < until and not server.value("SELECT seen_ms FROM question"):
        time.sleep(0.1)
    check(server.value("SELECT seen_ms FROM question"), "the desk learns that it was seen")
    equal(phone.form(door + "/ask", {"words": "x" * 501}).status, 400, "longer than 500 letters")
    equal(phone.form(door + "/ask", {"words": "  "}).status, 400, "nothing at all")
    equal([phone.form(door + "/ask", {"words": "câu %d" % n}).status for n in range(6)], [303] * 4 + [429] * 2, "five in ten minutes, then slower")
    equal(phone.form("/d/0123456789ABCDEF/ask", {"words": "?"}).status, 404, "no badge, no question")
    equal(phone.request("POST", door + "/ask", b"words=a", {"Content-Type": "application/x-www-form-urlencoded", "Origin": "http://evil.example"}).status, 403, "from another site")
    equal(who["desk"].form("/desk/test-1/questions", {"close": "1"}).status, 403, "the desk does not close them")
    equal(who["admin"].form("/desk/test-1/questions", {"close": "1"}).status, 303, "the organiser does")
    equal(Client(server).form("/d/%s/ask" % tokens["P05"], {"words": "còn hỏi được không?"}).status, 403, "closed is closed")
    check("data-closed" in Client(server).get("/d/%s/news" % tokens["P05"]).text, "and the page says so")
    equal(who["desk"].form("/desk/test-1/questions", {"question": "1", "answer": "x"}).status, 404, "a question that is not there")
    log = server.log_text()
    check("ăn trưa" not in log and tokens["P04"] not in log and "alert(1)" not in json.dumps(server.rows("SELECT action, subject, detail FROM audit")), "no text of it in the logs")


def without_a_script():
    boundary = "x19x"
    data = pdf("form")
    body = b"".join(b"--%s\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n%s\r\n" % (boundary.encode(), name, extra, value) for name, extra, value in (
        (b"csrf", b"", who["admin"].csrf.encode()), (b"file", "; filename=\"Biểu mẫu.pdf\"".encode(), data))) + b"--%s--\r\n" % boundary.encode()
    reply = who["admin"].request("POST", "/admin/test-1/papers", body, {"Content-Type": "multipart/form-data; boundary=" + boundary})
    equal((reply.status, reply.header("location")), (303, "/admin/test-1/papers?done=file"), "a file by the plain form")
    until = time.time() + 60
    while time.time() < until and not server.value("SELECT id FROM document WHERE code = 'bieu-mau'"):
        time.sleep(0.1)
    check(server.value("SELECT id FROM document WHERE code = 'bieu-mau'"), "becomes a paper")
    equal(who["admin"].form("/admin/test-1/papers", {"do": "file"}).status, 400, "a form without a file says so")


def the_end():
    equal(server.stop(), 0, "the server ends in order")
    check(not re.search("Sanitizer|runtime error", server.log_text()), "and no sanitizer has spoken", server.log_text()[-2000:])
    equal(whole_blobs(), [], "every blob is what its name says")


plenum.run("upload", begin, a_paper_comes, what_is_refused, killed_in_the_middle, disk_full, versions_and_news, the_list, a_stamp_stops, all_drafts, import_again, questions, without_a_script, the_end)

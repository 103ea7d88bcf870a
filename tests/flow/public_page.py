#!/usr/bin/env python3
# suite
# sanitized
"""The public page: what is on and next by a clock that the test moves, streams by where they come from, news and results written as drafts, published at an hour, corrected,
withdrawn, by two organisers at once; pictures that are made anew and shown only when approved; hostile Markdown, pictures and addresses; the Atom feed held against RFC 4287;
nothing of a person on any of it.    B=build/x tests/flow/public_page.py"""
import datetime
import gzip
import html
import json
import os
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree as ET
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import gates_kit  # noqa: E402
import plenum  # noqa: E402
from plenum import Client, check, equal  # noqa: E402

server = plenum.Server("public-page")
MINUTE = 60 * 1000
BASE = "http://dai-hoi.example:8080"
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
who, at, clock = {}, {}, None


def shape(value, event, offset):
    at["offset"] = offset
    every = [c["code"] for c in event["categories"]]
    event["sessions"] = [
        {"code": "past", "title": {"vi": "Trù bị", "en": "Preparation"}, "starts": plenum.local_text(offset, -180), "ends": plenum.local_text(offset, -120), "area": "hall", "admits": every},
        {"code": "now", "title": {"vi": "Khai mạc", "en": "Opening", "ar": "الافتتاح"}, "starts": plenum.local_text(offset, -30), "ends": plenum.local_text(offset, 30), "area": "hall",
         "room": "Phòng lớn", "speakers": ["Trần Diễn Giả"], "admits": every},
        {"code": "closed", "title": {"vi": "Họp riêng"}, "starts": plenum.local_text(offset, 60), "ends": plenum.local_text(offset, 90), "area": "hall", "room": "Phòng kín 7",
         "speakers": ["Lê Kín Đáo"], "admits": every[:1]}]
    event["streams"] = [{"title": {"vi": "Kênh chính", "en": "Main channel"}, "url": "https://video.example/live", "session": "now"},
                        {"title": "Nội bộ", "url": "http://192.168.7.9:8081/a?b=1&c=2", "session": "now"}, {"title": "Chung", "url": "http://radio.local/", "session": None}]
    event["wifi"] = {"ssid": "HoiTruong", "password": "bi mat wifi", "security": "WPA"}
    value["organization"]["languages"] = ["vi", "en", "ar"]


def begin():
    global clock
    server.load(plenum.small_event(server.folder, shape))
    streams = json.loads(server.value("SELECT streams FROM event WHERE slug = 'test-1'"))  # the import refuses these; an older folder may have them
    streams += [{"title": "Xấu", "url": "javascript:alert(1)", "session": "now"}, {"title": "Giả", "url": "https://dai-hoi.example@evil.example/", "session": None},
                {"title": "Dữ liệu", "url": "data:text/html,x", "session": None}]
    server.write("UPDATE event SET streams = ?", json.dumps(streams))
    gates_kit.build_clock(server.folder)
    clock = gates_kit.Clock(server.folder, "server")
    server.env = clock.environment()
    for name, role in (("lan", "organiser"), ("minh", "organiser"), ("ban", "desk")):
        at[name] = server.user(name, role, "test-1")
    server.start("--public-url", BASE)
    for name in ("lan", "minh", "ban"):
        who[name] = server.sign_in(name, at[name])


def page(language="vi", path="/e/test-1"):
    reply = Client(server).get("%s%slang=%s" % (path, "&" if "?" in path else "?", language))
    equal(reply.status, 200, "%s in %s" % (path, language)) if reply.status != 200 else None
    return reply.text


def words(text):
    return html.unescape(re.sub(r"<[^>]*>", " ", text))


def local(minutes):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=at["offset"], minutes=minutes, milliseconds=clock.wall_ms)
    return when.strftime("%Y-%m-%dT%H:%M")


# --- programme and streams ---------------------------------------------------------------------------------------------------------------

def the_programme():
    text = page()
    top = text[text.index('class="top-now"'):text.index('id="programme"')]
    check("Khai mạc" in top and "Trù bị" not in top and "Phòng lớn" in top, "what is on stands on top")
    check("Trù bị" in text[text.index('class="past-days"'):].split("</details>")[0], "what is over is folded")
    check("Trần Diễn Giả" in text and "Phòng kín 7" not in text and "Lê Kín Đáo" not in text and "Họp riêng" in text, "a session that is not for everybody: title and hours only")
    links = dict(re.findall(r'<a href="([^"]*)" rel="noreferrer"[^>]*>[^<]*</a> <span class="muted">([^<]*)<', text))
    check("Internet" in links.get("https://video.example/live", "") and "không cần" not in links["https://video.example/live"], "a stream from the internet says so", links)
    check("không cần Internet" in links.get("http://192.168.7.9:8081/a?b=1&amp;c=2", "") and "không cần Internet" in links.get("http://radio.local/", ""), "one of the venue's network too", links)
    check(not re.search(r"javascript:|data:text|evil\.example", text), "addresses that are none never become links")
    check("bi mat wifi" not in text and "HoiTruong" not in text, "no Wi-Fi")
    first = Client(server).get("/e/test-1?lang=vi")
    check(len(gzip.compress(first.body, 6)) < 10240, "light", len(gzip.compress(first.body, 6)))
    check("<script" not in first.text and 'og:title' in first.text and 'type="application/atom+xml"' in first.text, "no script; other programs know what it is")
    reader = Client(server)
    etag = reader.get("/e/test-1?lang=vi").header("etag")
    etag = reader.get("/e/test-1?lang=vi").header("etag") or etag
    kept = reader.get("/e/test-1?lang=vi", **{"If-None-Match": etag})
    check(kept.status == 304 and kept.header("content-security-policy") is None, "nothing new; and no policy that would take the place of the kept page's", kept.headers)
    small = reader.get("/e/test-1?lang=vi", **{"Accept-Encoding": "gzip"})
    check(small.header("content-encoding") == "gzip" and len(small.body) < 10240, "compressed also for a browser that has cookies", small.headers)
    equal(reader.get("/e/test-1?lang=en", **{"If-None-Match": etag}).status, 200, "in another language it is another page")
    clock.step(70 * MINUTE)
    equal(reader.get("/e/test-1?lang=vi", **{"If-None-Match": etag}).status, 200, "an hour later it is another page")
    check("Họp riêng" in page().split('id="programme"')[0], "and the next session is on")
    clock.step(0)
    check("Khai mạc" in page().split('id="programme"')[0], "also when the clock goes back")
    calendar = Client(server).get("/e/test-1/programme.ics?lang=en")
    check(calendar.header("content-type").startswith("text/calendar") and calendar.text.count("BEGIN:VEVENT") == 3 and "Opening" in calendar.text and "7" not in
          re.findall(r"LOCATION:.*", calendar.text.split("Họp riêng")[-1])[:1], "a calendar for everybody")
    check("Kín Đáo" not in calendar.text and "Phòng kín" not in calendar.text, "with no more in it")


# --- writing -----------------------------------------------------------------------------------------------------------------------------------

def send(name="lan", status=303, **fields):
    reply = who[name].form("/admin/test-1/news", {k: v for k, v in fields.items() if v is not None})
    equal(reply.status, status, "%s by %s" % (fields.get("do"), name))
    return reply


def version(post):
    return str(server.value("SELECT version FROM post WHERE id = ?", post))


def write(title, body, post=None, **more):
    fields = dict({"do": "save", "kind": "news", "title_vi": title, "body_vi": body}, **more)
    if post:
        fields = dict({"id": str(post), "version": version(post)}, **fields)
    reply = send(**fields)
    return int(re.search(r"edit=(\d+)", reply.header("location")).group(1)) if reply.status == 303 else None


def step(do, post, name="lan", status=303, **more):
    return send(name, status, **dict({"do": do, "id": str(post), "version": version(post)}, **more))


def public(post, language="vi"):
    return Client(server).get("/e/test-1/news/%d?lang=%s" % (post, language))


RESULTS = "## Kết quả\n\n| Họ tên | Phiếu |\n|---|--:|\n| **Nguyễn A** | 287 |\n| <script>alert(1)</script> | 5 |\n\n<img src=x onerror=alert(1)> [x](javascript:alert(1)) [y](https://ok.example)\n"


def written_and_published():
    one = at["one"] = write("Bầu xong", RESULTS, kind="results", session="now", title_en="Elected", body_en="The **vote** is over.")
    check("Bầu xong" not in page() and public(one).status == 404, "a draft is nobody's business")
    check("Bầu xong" not in feed_text(), "nor in the feed")
    preview = who["lan"].get("/admin/test-1/news/%d" % one)
    check(preview.status == 200 and "Bầu xong" in preview.text and 'class="preview"' in preview.text, "the organiser sees what it will look like")
    equal(who["ban"].get("/admin/test-1/news/%d" % one).status, 403, "the desk does not")
    step("publish", one)
    shown = public(one)
    check(shown.status == 200 and "<table>" in shown.text and '<td class="end">287</td>' in shown.text and "<strong>Nguyễn A</strong>" in shown.text, "a table of results")
    check(not re.search(r"<script(?! type=\"module\" src=\"/assets)|onerror=(?!\")[a-z]|href=\"javascript|<img src=x", shown.text.split("<textarea")[0]), "hostile Markdown is words", shown.text)
    check("<h2>Kết quả" in shown.text and shown.text.count("<h1>") == 1, "headings stand below the page's")
    body = re.sub(r"(?s)<div class=\"preview.*?</div>", "", preview.text)
    strip = lambda t: re.sub(r"(?s)<p class=\"muted\" lang.*?</p>|<link[^>]*>|<meta[^>]*>", "", t)
    same = [strip(t)[strip(t).index("<article"):strip(t).index("</article>")] for t in (body, shown.text)]
    equal(same[0], same[1], "the preview is exactly that")
    text = page()
    check("Bầu xong" in text and '/e/test-1/news/%d">Kết quả' % one in text[text.index('id="programme"'):], "on the event's page, and beside the session")
    check("The <strong>vote</strong>" in public(one, "en").text and "Elected" in page("en"), "in the reader's language")
    check('<article lang="vi" dir="ltr">' in public(one, "ar").text and 'dir="rtl"' in public(one, "ar").text, "else in another, marked as such")
    ready = html.unescape(re.search(r"(?s)<textarea[^>]*>(.*?)</textarea>", shown.text).group(1))
    check("Nguyễn A | 287" in ready and "%s/e/test-1/news/%d" % (BASE, one) in ready and ready.startswith("Bầu xong\n"), "the ready text: title, words, address", ready)
    check("**" not in ready and "|---" not in ready, "without marks")
    equal(Client(server).get("/e/test-1/news/%d" % (one + 1)).status, 404, "there is no such post")
    equal(Client(server).get("/e/test-1/news/x").status, 404, "nor that")


def at_its_hour():
    two = write("Hẹn giờ", "Nội dung hẹn giờ")
    step("publish", two, **{"from": local(20)})
    check("Hẹn giờ" not in page() and public(two).status == 404 and "Hẹn giờ" not in feed_text(), "it waits for its hour")
    clock.step(21 * MINUTE)
    check("Hẹn giờ" in page() and public(two).status == 200 and "Hẹn giờ" in feed_text(), "and comes by itself")
    clock.step(0)
    check("Hẹn giờ" not in page() and public(two).status == 404, "a clock that is put right puts the page right")
    step("recall", two)
    clock.step(25 * MINUTE)
    check("Hẹn giờ" not in page() and "Hẹn giờ" not in feed_text(), "what was recalled does not appear")
    clock.step(0)
    equal(server.value("SELECT COUNT(*) FROM post_edition WHERE post_id = ? AND recalled_ms IS NOT NULL", two), 1, "and is kept")
    step("withdraw", two, status=400)


def corrected_and_withdrawn():
    one = at["one"]
    before = entry(one)
    clock.step(2 * MINUTE)
    write("Bầu xong", "Đã **sửa**: 288", one, kind="results", session="now", title_en="Elected", body_en="Put right.")
    check("288" not in public(one).text and "287" in public(one).text, "a draft changes nothing for the readers")
    check('class="warn"' in who["lan"].get("/admin/test-1/news").text, "the organiser is told so")
    etag = public(one).header("etag")
    step("publish", one)
    now = public(one)
    check("288" in now.text and "287" not in now.text and "Đính chính lúc" in now.text and now.header("etag") != etag, "corrected, and said so")
    equal([r[0] for r in server.rows("SELECT number FROM post_edition WHERE post_id = ? ORDER BY number", one)], [1, 2], "the old one is kept")
    after = entry(one)
    check(after["id"] == before["id"] and after["updated"] > before["updated"] and after["published"] == before["published"] and "288" in after["content"], "the feed's entry is the same one, newer")
    old = version(one)
    step("withdraw", one)
    gone = public(one)
    check(gone.status == 410 and "đã rút" in gone.text and "288" not in gone.text and "287" not in gone.text, "withdrawn: a kind word")
    check("Bầu xong" not in page(), "and off the page")
    last = entry(one)
    check(last["id"] == before["id"] and "rút" in last["title"] and "288" not in last["content"] and last["updated"] >= after["updated"], "the feed says so", last)
    send("minh", 409, do="publish", id=str(one), version=old)
    step("publish", one, **{"from": local(30)})
    seen = public(one)
    check(seen.status == 410 and "288" not in seen.text + page() + feed_text(), "published again for a later hour, it stays withdrawn until then: the old words show nowhere", seen.text[-900:])
    check("rút" in entry(one)["title"], "in the feed too")
    clock.step(33 * MINUTE)
    check(public(one).status == 200 and "288" in public(one).text, "and comes at its hour")
    clock.step(2 * MINUTE)
    equal(public(one).status, 410, "a clock that is put right puts it right")
    step("publish", one)
    check(public(one).status == 200 and "288" in public(one).text, "it may be published again")
    clock.step(0)


def two_at_once():
    post = write("Hai người", "Một")
    seen = version(post)
    send("lan", 303, do="save", id=str(post), version=seen, kind="news", title_vi="Hai người", body_vi="Của Lan")
    reply = send("minh", 409, do="save", id=str(post), version=seen, kind="news", title_vi="Hai người", body_vi="Của Minh")
    check("Của Minh" in reply.text and 'role="alert"' in reply.text, "what was typed stays in the form")
    check("Của Lan" in server.value("SELECT body FROM post WHERE id = ?", post), "and the other's is kept")
    send("minh", 409, do="publish", id=str(post), version=seen)
    token = list(server.tokens("test-1").values())[0]
    for fields, status in ((dict(title_vi=""), 400), (dict(title_vi="a" * 201), 400), (dict(body_vi="a" * 20001), 400), (dict(session="nirgends"), 400),
                           (dict(body_vi="xem http://x/d/" + token), 400), (dict(title_vi="\u202e" * 3), 400)):
        send("lan", status, **dict({"do": "save", "kind": "news", "title_vi": "T", "body_vi": "B"}, **fields))
    half = write("Chỉ tiếng Việt", "Có", title_en="No text")
    step("publish", half, status=400)
    turned = write("Dấu", "a\u202eb\r\nc")
    equal(json.loads(server.value("SELECT body FROM post WHERE id = ?", turned))["vi"], "ab\nc", "marks that turn what follows are dropped")
    send("lan", 404, do="publish", id="4711", version="1")
    send("lan", 400, do="nonsense")


# --- pictures --------------------------------------------------------------------------------------------------------------------------------------

def png(width, height, extra=b""):
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((x * 255 // width, y * 255 // height, 90)[i] for x in range(width) for i in range(3)) for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + extra + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")


def upload(post, data, name="lan"):
    client, mark = who[name], "----anh"
    body = b"".join(b"--%s\r\nContent-Disposition: form-data; name=\"%s\"%s\r\n\r\n%s\r\n" % (mark.encode(), k, f, v) for k, f, v in
                    ((b"csrf", b"", client.csrf.encode()), (b"picture", b"; filename=\"a.png\"", data))) + b"--%s--\r\n" % mark.encode()
    return client.request("POST", "/admin/test-1/news/%d/pictures" % post, body, {"Content-Type": "multipart/form-data; boundary=" + mark})


def picture(post, do, number, status=303, **more):
    return send("lan", status, **dict({"do": do, "id": str(post), "picture": str(number)}, **more))


def pictures():
    post = write("Có ảnh", "Xem ảnh", title_en="With pictures", body_en="Look")
    secret = b"GPS 10.7769 106.7009"
    text = b"Comment\0" + secret
    chunk = struct.pack(">I", len(text)) + b"tEXt" + text + struct.pack(">I", zlib.crc32(b"tEXt" + text))
    check("done=picture" in upload(post, png(640, 400, chunk)).header("location"), "a picture")
    check("done=picture" in upload(post, png(30, 20)).header("location"), "and another")
    phone = open(os.path.join(plenum.ROOT, "tests/fuzz/corpus/photo/lossy.webp"), "rb").read()
    other = write("Có ảnh WebP", "Xem ảnh")
    check("done=picture" in upload(other, phone).header("location"), "a WebP, as phones send it")
    for bad in (b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", png(640, 400)[:900], b"\xff\xd8\xff" + b"A" * 500,
                b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">IIBBBBB", 90000, 90000, 8, 2, 0, 0, 0) + b"\0" * 16):
        check("done=no_picture" in upload(post, bad).header("location"), "no picture: %r" % bad[:20])
    first, second = [r[0] for r in server.rows("SELECT id FROM post_picture WHERE post_id = ? ORDER BY place", post)]
    address = "/e/test-1/pictures/%d-%s.jpg"
    small = who["lan"].get("/admin/test-1/news/pictures/%d-small.jpg" % first)
    check(small.status == 200 and small.body[:3] == b"\xff\xd8\xff" and secret not in small.body, "made anew, without what was written beside it")
    step("publish", post)
    check("<figure" not in public(post).text and Client(server).get(address % (first, "large")).status == 404, "nobody sees what was not approved")
    picture(post, "approve", first, 400, caption_vi="Chú thích", alt_vi="Mô tả")
    filled = dict(caption_vi="Chú <thích>", alt_vi='Mô "tả"', caption_en="Caption", alt_en="It shows")
    picture(post, "approve", first, **filled)
    check("<figure" not in public(post).text and Client(server).get(address % (first, "large")).status == 404, "approved after publishing: not yet")
    step("publish", post)
    text = public(post).text
    check('alt="Mô &quot;tả&quot;"' in text and "Chú &lt;thích&gt;" in text and 'property="og:image"' in text and BASE + address % (first, "large") in text, "then with its words")
    check("It shows" in public(post, "en").text, "in the reader's language")
    got = Client(server).get(address % (first, "large"))
    check(got.status == 200 and got.header("content-type") == "image/jpeg" and secret not in got.body and got.header("etag"), "the picture")
    equal(Client(server).get(address % (first, "large"), **{"If-None-Match": got.header("etag")}).status, 304, "kept by who has it")
    equal(Client(server).get(address % (second, "small")).status, 404, "the other one is not public")
    picture(post, "approve", second, **filled)
    picture(post, "up", second)
    step("publish", post)
    order = re.findall(r'<img src="/e/test-1/pictures/(\d+)-small', public(post).text)
    equal(order, [str(second), str(first)], "in the organiser's order")
    content = entry(post)["content"]
    check(BASE + address % (second, "large") in content, "in the feed, by whole addresses", content)
    picture(post, "hide", second)
    check(str(second) not in "".join(re.findall(r'<img src="[^"]*"', public(post).text)) and Client(server).get(address % (second, "small")).status == 404, "hidden at once")
    step("withdraw", post)
    equal(Client(server).get(address % (first, "large")).status, 404, "with the post go its pictures")
    for name in ("x.jpg", "%d.jpg" % first, "%d-small.jpg.." % first, "..%2f..%2fplenum.db"):
        equal(Client(server).get("/e/test-1/pictures/" + name).status, 404, "no such picture: " + name) if "%2f" not in name else check(
            Client(server).get("/e/test-1/pictures/" + name).status in (400, 404), "no way out")


def a_fixed_figure():
    fixed = who["lan"].post("/api/v1/events/test-1/figures/fixed", {"request": plenum.uuid7()})
    check(fixed.status in (200, 201), "a figure is fixed", fixed)
    sentence = fixed.json()["sentence"]
    post = write("Đủ túc số", "Đại hội bắt đầu.", title_en="Quorum", body_en="It begins.", figure="1")
    check(html.escape(sentence["vi"], quote=False) in who["lan"].get("/admin/test-1/news?edit=%d" % post).text, "it is offered by its sentence")
    step("publish", post)
    for language, mine in (("vi", sentence["vi"]), ("en", sentence["en"])):
        text = html.unescape(public(post, language).text)
        check('class="fixed">%s<' % mine in text and mine in text[text.index("<textarea"):], "it stands in text and ready text, in %s" % language)
    send("lan", 400, do="save", kind="news", title_vi="T", body_vi="B", figure="4711")


# --- the feed ------------------------------------------------------------------------------------------------------------------------------------------

def feed_text(language="vi", query=""):
    return Client(server).get("/e/test-1/feed.atom?lang=%s%s" % (language, query)).text


def entry(post):
    root = ET.fromstring(feed_text())
    for e in root.findall(ATOM + "entry"):
        link = e.find(ATOM + "link").get("href")
        if "/news/%d?" % post in link:
            return {k: e.findtext(ATOM + k) or "" for k in ("id", "title", "updated", "published", "content")}
    return None


MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")


def hold_against_rfc(text, language):
    """What RFC 4287 asks of a feed (sections 4.1.1, 4.1.2, 4.2) as far as we write such elements."""
    root = ET.fromstring(text)
    problems = []
    equal(root.tag, ATOM + "feed", "the document is a feed")
    equal(root.get(LANG), language, "with its language")
    for e, name in [(root, "feed")] + [(x, "entry") for x in root.findall(ATOM + "entry")]:
        for tag in ("id", "title", "updated"):
            if len(e.findall(ATOM + tag)) != 1 or not e.findtext(ATOM + tag):
                problems.append("%s: %s" % (name, tag))
        if not re.match(r"^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", e.findtext(ATOM + "id")):
            problems.append("id " + e.findtext(ATOM + "id"))
        problems += ["time " + x.text for tag in ("updated", "published") for x in e.findall(ATOM + tag) if not MOMENT.match(x.text)]
        rels = [(l.get("rel"), l.get("type"), l.get("hreflang")) for l in e.findall(ATOM + "link")]
        if len(set(rels)) != len(rels) or ("alternate" not in [r[0] for r in rels]):
            problems.append("links %s" % rels)
        problems += ["link " + l.get("href") for l in e.findall(ATOM + "link") if not l.get("href").startswith(BASE + "/e/test-1")]
        known = {"id", "title", "subtitle", "updated", "published", "author", "generator", "link", "category", "content", "entry"}
        problems += ["element " + x.tag for x in e if not x.tag.startswith(ATOM) or x.tag[len(ATOM):] not in known]
        problems += ["content type" for c in e.findall(ATOM + "content") if c.get("type") not in ("html", "text") or list(c)]
    ids = [x.text for x in root.iter(ATOM + "id")]
    check(len(ids) == len(set(ids)), "every id is another")
    check(root.find(ATOM + "author") is not None and root.find(ATOM + "author").findtext(ATOM + "name"), "somebody wrote it")
    check([l.get("rel") for l in root.findall(ATOM + "link")].count("self") == 1, "it says where it is")
    updated = [e.findtext(ATOM + "updated") for e in root.findall(ATOM + "entry")]
    check(not updated or root.findtext(ATOM + "updated") >= max(updated), "as new as its newest entry")
    check(not problems, "as RFC 4287 asks", problems)
    return root


def read_by_others(text, root):
    """A feed reader that many programs are made of sees what stands there."""
    code = "import feedparser, json, sys; f = feedparser.parse(sys.stdin.buffer.read()); json.dump([f.bozo, f.version, [[e.id, e.title, list(e.updated_parsed), e.link, e.content[0].value] for e in f.entries]], sys.stdout)"
    done = subprocess.run(["/usr/bin/python3", "-c", code], input=text.encode(), capture_output=True, timeout=60)  # the system's own, for which the package is
    bozo, version, entries = json.loads(done.stdout or b"[null, null, []]")
    equal((bool(bozo), version), (False, "atom10"), "a reader of others takes it as Atom: %s" % done.stderr[-300:].decode())
    equal([e[0] for e in entries], [e.findtext(ATOM + "id") for e in root.findall(ATOM + "entry")], "entry by entry")
    check(all(title and updated and link.startswith(BASE) and words for _, title, updated, link, words in entries), "each with title, moment, address and text")


def the_feed():
    reply = Client(server).get("/e/test-1/feed.atom?lang=vi")
    check(reply.header("content-type").startswith("application/atom+xml") and reply.header("etag") and reply.header("last-modified"), "a feed", reply.headers)
    root = hold_against_rfc(reply.text, "vi")
    for language in ("en", "pt", "ar"):
        hold_against_rfc(feed_text(language), language)
    check(root.findtext(ATOM + "id") != ET.fromstring(feed_text("en")).findtext(ATOM + "id"), "each language is a feed of its own")
    equal(Client(server).get("/e/test-1/feed.atom?lang=vi", **{"If-None-Match": reply.header("etag")}).status, 304, "nothing new, by ETag")
    equal(Client(server).get("/e/test-1/feed.atom?lang=vi", **{"If-Modified-Since": reply.header("last-modified")}).status, 304, "nothing new, by date")
    equal(Client(server).get("/e/test-1/feed.atom?lang=vi", **{"If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"}).status, 200, "there is, since then")
    sly = write("Ký tự lạ &#2;", "Một &#1;hai&#31; &#xFFFE;&#xFFFF; ba")
    step("publish", sly)
    check("Một hai" in " ".join(ET.fromstring(feed_text()).itertext()), "what XML cannot say makes the feed unreadable for nobody", feed_text()[:600])
    step("withdraw", sly)
    clock.step(5 * MINUTE)
    for i in range(53):
        post = write("Tin %02d & <b>" % i, "Chữ *nghiêng* %d" % i)
        step("publish", post)
    clock.step(0)
    clock.step(6 * MINUTE)
    first, second = hold_against_rfc(feed_text(), "vi"), hold_against_rfc(feed_text(query="&page=2"), "vi")
    read_by_others(feed_text(), first)
    equal(len(first.findall(ATOM + "entry")), 50, "fifty to a page")
    check(3 <= len(second.findall(ATOM + "entry")) < 50, "and the rest behind")
    ids = [e.findtext(ATOM + "id") for root in (first, second) for e in root.findall(ATOM + "entry")]
    check(len(ids) == len(set(ids)) and "page=2" in [l.get("href") for l in first.findall(ATOM + "link") if l.get("rel") == "next"][0], "no entry twice, and a way there")
    newest = first.find(ATOM + "entry")
    check(newest.findtext(ATOM + "title") == "Tin 52 & <b>" and "<em>nghiêng</em>" in newest.findtext(ATOM + "content"), "words and HTML come through", newest.findtext(ATOM + "content"))
    equal(Client(server).get("/e/test-1/feed.atom?page=9").status, 404, "there is no such page")
    equal(Client(server).get("/e/nirgends/feed.atom").status, 404, "nor such an event")
    text = page()
    check("Tin 52" in text and text.count("<li>") < 70 and len(gzip.compress(text.encode(), 6)) < 10240, "the page stays light", len(gzip.compress(text.encode(), 6)))


def nothing_of_a_person():
    tokens = server.tokens("test-1")
    people = [r for r in server.rows("SELECT name, phone, born FROM person")]
    texts = [page(l) + feed_text(l) + Client(server).get("/e/test-1/programme.ics?lang=" + l).text for l in ("vi", "en", "pt", "ar")] + [public(at["one"]).text]
    for text in texts:
        bad = [t for t in tokens.values() if t.lower() in text.lower()] + [w for p in people for w in p if w and len(str(w)) > 4 and str(w) in text]
        check(not bad, "no token, name, phone or birthday", bad)
    for path in ("/admin/test-1/news", "/admin/test-1/news/%d" % at["one"], "/admin/test-1/news?new=1"):
        equal(Client(server).get(path).status, 302, "writing is for the organiser: " + path)
    asked = Client(server)
    equal(asked.request("POST", "/admin/test-1/news", b"do=save&title_vi=x", {"Content-Type": "application/x-www-form-urlencoded"}).status in (302, 303, 401, 403), True, "not by a stranger")


def who_looks_has_a_lease():
    """An organiser's browser that looks at what walls get, when the account is no more."""
    stream = plenum.Stream(who["minh"], "/api/v1/events/test-1/live?for=wall")
    check(stream.wait(lambda kind, data: kind == "snapshot"), "an organiser looks at what walls get", stream.error)
    plenum.plenum("user", "disable", "minh", data=server.data)
    clock.steady_ms += 61000
    clock.step(0)
    check(plenum.wait(lambda: "401" in str(stream.error), 50), "an account that was disabled hears it for a minute more at most", stream.error)
    stream.end()


plenum.run("public page", begin, the_programme, written_and_published, at_its_hour, corrected_and_withdrawn, two_at_once, pictures, a_fixed_figure, the_feed, nothing_of_a_person, who_looks_has_a_lease)

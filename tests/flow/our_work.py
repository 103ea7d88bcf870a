#!/usr/bin/env python3
# suite
# sanitized
"""Our work: pictures, Markdown and pages of PDFs are uploaded, hang in order on the wall, and go out with the event file; what is made to do harm is refused with its
reason; nothing is half done."""
import io
import json
import os
import re
import struct
import subprocess
import sys
import unicodedata
import zipfile
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as p

EVENT = "dai-hoi-19"
PAGE = "/admin/%s/our-work" % EVENT


class world:
    server = admin = wall = folder = None


# --- files -------------------------------------------------------------------------------------------------------------------------------

def ffmpeg(path, *words, source="testsrc2=s=640x360"):
    p.tool("ffmpeg")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-frames:v", "1", *words, path], check=True)
    return bytes_of(path)


def bytes_of(path):
    with open(path, "rb") as f:
        return f.read()


def made(name, *words, source="testsrc2=s=640x360"):
    return ffmpeg(os.path.join(world.folder, name), *words, source=source)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb_png(width, height):
    """A header that promises more than any machine has, and data that unpack for long."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(8 << 20), 9)) + chunk(b"IEND", b"")


def with_exif(jpeg, turn):
    """Orientation, and where it was taken, as phones write it."""
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">H", 2)
    tiff += struct.pack(">HHIHH", 0x0112, 3, 1, turn, 0) + struct.pack(">HHII", 0x8825, 4, 1, 38) + struct.pack(">I", 0)
    tiff += struct.pack(">H", 1) + struct.pack(">HHI", 1, 2, 2) + b"N\0\0\0" + struct.pack(">I", 0) + b"GPS-10.7769-106.7009"
    body = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def pdf(pages, size="842 595", more=b""):
    """A small PDF of so many pages, each with its number in large."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", None, b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for number in range(1, pages + 1):
        stream = b"BT /F1 90 Tf 80 250 Td (Trang %d) Tj ET" % number
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %s]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>" % (size.encode(), len(objects)))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), pages)
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start) + more


# --- doing -------------------------------------------------------------------------------------------------------------------------------

def upload(name, data, room="our_work"):
    """By the doors that the page's script uses. The problem in the reader's words, or None when it hangs."""
    uploads = "/api/v1/events/%s/uploads" % EVENT
    begun = world.admin.post(uploads, {"name": name, "size": len(data), "mark": "", "room": room})
    if begun.status != 201:
        raise RuntimeError("upload of %s: %r" % (name, begun))
    there = uploads + "/" + begun.json()["upload"]
    for at in range(0, len(data), 4 << 20):
        reply = world.admin.request("PATCH", there + "?offset=%d" % at, data[at:at + (4 << 20)], {"Content-Type": "application/octet-stream"})
        if reply.status != 200:
            raise RuntimeError("a piece of %s: %r" % (name, reply))

    def ended():
        reply = world.admin.get(there, Accept_Language="en")
        return reply if reply.json()["state"] in ("done", "refused") else None
    reply = p.wait(ended, 240)
    if reply is None:
        raise RuntimeError("%s is still being read" % name)
    if reply.json()["state"] == "done":
        return None
    world.admin.request("DELETE", there, b"")
    return reply.json()["reason"], reply.json()["problem"]


def snapshot():
    stream = p.Stream(world.wall, "/api/v1/events/%s/live" % EVENT)
    p.wait(lambda: [e for e in stream.events if e[0] == "snapshot"])
    stream.ended = True
    return [e for e in stream.events if e[0] == "snapshot"][-1][1]


def hung(until=None):
    """The wall's list, as soon as it is as it should be."""
    def right():
        found = snapshot()["slides"]
        return found if until is None or until(found["list"]) else None
    found = p.wait(right, 60)
    return found if found else snapshot()["slides"]


def act(word, **fields):
    return world.admin.form(PAGE, dict(fields, do=word))


def ids():
    return re.findall(r'<li id="s-([0-9a-f]{16})"', world.admin.get(PAGE).text)


def size_of(data, name="seen"):
    path = os.path.join(world.folder, name)
    with open(path, "wb") as f:
        f.write(data)
    found = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", path], capture_output=True, text=True, check=True)
    return tuple(int(n) for n in found.stdout.strip().split(",")[:2])


# --- stories -----------------------------------------------------------------------------------------------------------------------------

def begin():
    world.folder = p.scratch("our-work-files")
    server = world.server = p.Server("our-work")
    server.load(p.SAMPLE, "--starts-on", "today")
    server.user("to-chuc", "organiser")
    server.start()
    world.admin = server.sign_in("to-chuc", "mat khau that dai 19")
    world.wall = server.display(EVENT)


def event_file_hangs():
    found = hung(lambda slides: len(slides) == 3)
    p.equal([s["seconds"] for s in found["list"]], [12, 10, 10], "what the event file names hangs, in its order, each for its time")
    p.equal(found["list"][0]["caption"]["en"], "Seventy thousand members, one home", "with its caption in every language")
    for slide in found["list"]:
        reply = world.wall.get(slide["url"])
        p.equal((reply.status, reply.header("content-type"), size_of(reply.body)), (200, "image/jpeg", (slide["width"], slide["height"])), "the wall gets " + slide["id"])
        p.check("immutable" in reply.header("cache-control"), "and may keep it", reply.headers)
    url = found["list"][0]["url"]
    p.equal(p.Client(world.server).get(url).status, 401, "nobody else gets it")
    p.equal(world.wall.get(url.replace(EVENT, "tap-huan-2026")).status, 401, "a wall gets nothing of another event")
    p.equal(world.admin.get(url.replace(EVENT, "tap-huan-2026")).status, 404, "an address of one event is none of another")
    p.equal(world.wall.get(url, If_None_Match='"%s"' % re.search(r"[0-9a-f]{64}", url).group(0)).status, 304, "and is not sent twice")
    p.check(snapshot()["welcome"]["emblem"], "the emblem is told")


def accents_and_kinds():
    before = len(hung()["list"])
    name = unicodedata.normalize("NFD", "Mái ấm công đoàn – Đợt 2.JPG")
    p.equal(upload(name, made("a.jpg", source="testsrc2=s=4000x3000")), None, "a photo of 12 megapixels with accents in its name is taken")
    p.equal(upload("Số liệu nhiệm kỳ.md", "# Số liệu\n\n- 1.250 mái ấm\n- 70.312 đoàn viên\n\n| Năm | Số |\n|---|---:|\n| 2025 | 312 |\n".encode()), None, "so is a text")
    p.equal(upload("Báo cáo ảnh.pdf", pdf(3)), None, "and a PDF")
    found = hung(lambda slides: len(slides) == before + 5)["list"]
    photo, text, pages = found[before], found[before + 1], found[before + 2:]
    p.equal((photo["width"], photo["height"]), (1920, 1440), "the photo fits a screen of Full HD")
    p.equal((photo["large"]["width"], photo["large"]["height"]), (2880, 2160), "and a larger one")
    p.equal(size_of(world.wall.get(photo["large"]["url"]).body), (2880, 2160), "which gets it")
    p.equal([s["id"].split("-")[1] for s in pages], ["1", "2", "3"], "each page of the PDF hangs")
    p.check(all(s["kind"] == "picture" and s["large"]["height"] == 2160 for s in pages), "as a picture as high as the largest screen", pages)
    p.equal((text["kind"], text["width"]), ("text", 0), "the text is a text")
    reply = world.wall.get(text["url"])
    p.equal(reply.header("content-type"), "text/html; charset=utf-8", "it comes as a fragment of HTML")
    p.check("<h1>Số liệu</h1>" in reply.text and "<li>1.250 mái ấm</li>" in reply.text, "with heading and list", reply.text)
    p.check(re.search(r"<table>.*<th[^>]*>Năm</th>.*<td[^>]*>312</td>", reply.text, re.S), "and its table", reply.text)
    p.check("sandbox" in reply.header("content-security-policy") and reply.header("content-disposition", ).startswith("attachment"), "and runs nothing by itself", reply.headers)
    stored = world.server.value("SELECT slides FROM event WHERE slug = ?", EVENT)
    p.check("slides/" + unicodedata.normalize("NFC", "Mái ấm công đoàn – Đợt 2.JPG") in stored, "its name is kept", stored)


def page_and_changes():
    page = world.admin.get(PAGE + "?lang=vi")
    p.check(page.status == 200 and "Mái ấm công đoàn" in page.text and "Hoạt động của ta" in page.text, "the console's page names them", page.text[:200])
    version, order = hung()["version"], ids()
    p.equal(act("up", slide=order[1]).status, 303, "a slide goes up")
    p.equal(ids(), [order[1], order[0]] + order[2:], "and is the same slide")
    p.check(p.wait(lambda: hung()["version"] != version), "the wall hears of a new version")
    act("down", slide=order[1])
    p.equal(ids(), order, "and down again")
    p.equal(act("up", slide=order[0]).status, 303, "the first cannot go further")
    p.equal(ids(), order, "and stays")
    shown = len(hung()["list"])
    act("off", slide=order[0])
    p.check(p.wait(lambda: len(hung()["list"]) == shown - 1), "what is turned off does not hang")
    act("on", slide=order[0])
    p.check(p.wait(lambda: len(hung()["list"]) == shown), "and hangs again")
    act("remove", slide=order[1])
    p.equal(ids(), [order[0]] + order[2:], "one is taken out")
    removed = re.search(r'name="removed" value="(\d+)"', world.admin.get(PAGE).text).group(1)
    act("give_back", removed=removed)
    p.equal(ids(), order, "and put back where it was")
    p.equal(act("give_back", removed=removed).status, 409, "not twice")
    p.equal(act("off", slide="0" * 16).status, 409, "one that is not there is told")
    edit_one(order)


def edit_one(order):
    there = PAGE + "/" + order[-1]  # the PDF
    page = world.admin.get(there).text
    mark = re.search(r'name="mark" value="([0-9a-f]+)"', page).group(1)
    words = {"slide": order[-1], "mark": mark, "caption_vi": "Ảnh <b>chọn</b>", "caption_en": "Chosen", "seconds": "25", "pages": "2-3", "from": "", "until": ""}
    p.equal(act("edit", **dict(words, seconds="2")).status, 400, "two seconds are too short")
    p.equal(act("edit", **dict(words, pages="3-2")).status, 400, "pages backwards are none")
    p.equal(act("edit", **dict(words, caption_vi="x" * 201)).status, 400, "a caption has a bound")
    p.equal(act("edit", **words).status, 303, "caption, seconds and pages are kept")
    found = hung(lambda slides: slides[-1]["seconds"] == 25)["list"]
    p.equal((found[-1]["caption"], found[-1]["id"].split("-")[1], found[-2]["id"].split("-")[1]), ({"vi": "Ảnh <b>chọn</b>", "en": "Chosen"}, "3", "2"), "two pages of three hang")
    p.check("Ảnh &lt;b&gt;chọn" in world.admin.get(PAGE).text, "a caption is text", "")
    again = act("edit", **dict(words, slide=ids()[-1], seconds="30"))
    p.check(again.status == 409 and "25" in again.text, "a form that was open for long puts nothing back", again)


def welcome():
    p.equal(act("welcome", text_vi="Chào mừng quý đại biểu!", text_en="Welcome!").status, 303, "the welcome scene gets words")
    p.equal(upload("hội trường.png", made("hall.png"), room="welcome"), None, "and a picture")
    p.equal(upload("x.pdf", pdf(1), room="welcome")[0], "work_picture", "but no PDF")
    scene = p.wait(lambda: (lambda w: w if w["picture"] else None)(snapshot()["welcome"]))
    p.equal(scene["text"], {"vi": "Chào mừng quý đại biểu!", "en": "Welcome!"}, "walls are told the words")
    p.equal(world.wall.get(scene["picture"]).status, 200, "and the picture")
    p.equal(upload("biểu trưng.png", made("emblem.png", source="testsrc2=s=300x300"), room="emblem"), None, "the emblem may be another one")
    p.check(p.wait(lambda: snapshot()["welcome"]["emblem"] not in (None, scene["emblem"])), "and walls are told")


def out_and_in():
    """An export comes in again without a change; into an empty folder it brings all files."""
    out = os.path.join(world.folder, "out")
    os.makedirs(out)
    p.plenum("export", "event", "--event", EVENT, "--format", "json", "-o", os.path.join(out, "event.json"), data=world.server.data)
    with open(os.path.join(out, "event.json"), encoding="utf-8") as f:
        event = json.load(f)["events"][0]
    p.check(any("Đợt 2" in s["file"] for s in event["slides"]), "the export names what was uploaded", event["slides"])
    p.equal((event["slides"][-1]["pages"], event["slides"][-1]["seconds"]), ("2-3", 25), "as it was set")
    p.equal(event["wall_welcome"]["text"]["en"], "Welcome!", "and the welcome scene")
    p.check(all(os.path.isfile(os.path.join(out, s["file"])) for s in event["slides"]), "the files lie beside it")
    report = json.loads(p.plenum("import", os.path.join(out, "event.json"), "--dry-run", "--json", data=world.server.data).stdout)
    p.equal(report["changes"], [], "coming in again it changes nothing")
    fresh = os.path.join(world.folder, "fresh")
    p.plenum("import", os.path.join(out, "event.json"), data=fresh)
    p.equal(p.rows(fresh, "SELECT slides FROM event WHERE slug = ?", EVENT), world.server.rows("SELECT slides FROM event WHERE slug = ?", EVENT), "elsewhere it is the same list")


def wrong_files():
    """Each is refused with its reason, in the reader's words, and leaves the list as it was."""
    jpeg = made("b.jpg")
    before = world.server.value("SELECT slides FROM event WHERE slug = ?", EVENT)
    for name, data, reason in (
            ("cắt đôi.jpg", jpeg[:len(jpeg) // 2], "work_damaged"), ("không phải ảnh.jpg", b"<html><script>alert(1)</script></html>", "paper_differs"),
            ("trang.html", b"<html></html>", "paper_web_page"), ("vẽ.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "paper_drawing"),
            ("to.png", bomb_png(30000, 30000), "work_picture_large"), ("nén.png", bomb_png(4000, 4000), "work_damaged"),
            ("hỏng.pdf", b"%PDF-1.4\n" + b"x" * 500, "paper_broken"), ("không trang.pdf", pdf(0), "paper_broken"), ("phim.mp4", made("c.mp4", "-t", "1"), "work_kind"),
            ("động.gif", made("d.gif"), "work_kind"), ("động.webp", open(os.path.join(p.ROOT, "tests/fuzz/corpus/photo/moving.webp"), "rb").read(), "work_damaged"), ("rỗng.md", b"   \n\n", "work_text_empty"), ("html.md", b"<script>alert(1)</script>\n", "work_text_empty"),
            ("dài.md", b"x " * 20000, "work_text_long"), ("latin.md", "Ủy ban".encode("utf-16"), "paper_not_utf8")):
        found = upload(name, data)
        p.equal(found and found[0], reason, "%s is refused" % name)
        p.check(found and found[1] and "{" not in found[1], "in words", found)
    locked = os.path.join(world.folder, "locked.pdf")
    plain = os.path.join(world.folder, "plain.pdf")
    with open(plain, "wb") as f:
        f.write(pdf(1))
    subprocess.run([p.tool("qpdf"), "--encrypt", "secret", "secret", "256", "--", plain, locked], check=True)
    p.equal(upload("khoá.pdf", bytes_of(locked))[0], "paper_password", "a PDF with a password is refused")
    p.equal(world.server.value("SELECT slides FROM event WHERE slug = ?", EVENT), before, "the list is as it was")


def turned_and_ink():
    jpeg = made("e.jpg", source="testsrc2=s=600x400")
    p.equal(upload("xoay.jpg", with_exif(jpeg, 6)), None, "a photo that lies on its side is taken")
    slide = hung(lambda slides: slides[-1]["width"] == 400)["list"][-1]
    data = world.wall.get(slide["url"]).body
    p.equal(size_of(data), (400, 600), "and stands upright")
    p.check(b"Exif" not in data and b"GPS" not in data, "without what the camera wrote into it")
    text = "# A\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![y](http://e.example/y.png) **đậm** [z](https://e.example)\n"
    p.equal(upload("mã.md", text.encode()), None, "a text with a script is taken")
    html = world.wall.get(hung(lambda slides: slides[-1]["kind"] == "text")["list"][-1]["url"]).text
    p.check("<strong>đậm</strong>" in html and "script" not in html and "<img" not in html, "without it", html)
    p.equal(upload("lớn.pdf", pdf(1, size="14400 14400")), None, "a page of five metres is taken")
    last = hung(lambda slides: slides[-1]["large"])["list"][-1]
    p.check(1900 < last["height"] <= 1920 and 2140 < last["large"]["height"] <= 2160, "as large as a wall, no larger", last)


def times():
    order = ids()
    zone = world.server.value("SELECT timezone FROM event WHERE slug = ?", EVENT)
    mark = re.search(r'name="mark" value="([0-9a-f]+)"', world.admin.get(PAGE + "/" + order[-1]).text).group(1)
    shown = len(hung()["list"])
    act("edit", slide=order[-1], mark=mark, seconds="10", **{"from": "2100-01-01T00:00", "until": ""})
    p.check(p.wait(lambda: len(hung()["list"]) == shown - 1), "what is for later does not hang yet (%s)" % zone)
    p.equal(act("edit", slide=order[-1], mark="x", seconds="10", **{"from": "2100-01-02T00:00", "until": "2100-01-01T00:00"}).status, 400, "an end before the beginning is none")


def no_script_form():
    boundary = "----plenum"
    body = ("--%s\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Lớp đêm.jpg\"\r\n"
            "Content-Type: image/jpeg\r\n\r\n" % (boundary, world.admin.csrf, boundary)).encode() + made("f.jpg") + ("\r\n--%s--\r\n" % boundary).encode()
    before = len(ids())
    reply = world.admin.request("POST", PAGE, body, {"Content-Type": "multipart/form-data; boundary=" + boundary, "X-CSRF-Token": None})
    p.equal(reply.status, 303, "the form without a script takes a file")
    p.check(p.wait(lambda: len(ids()) == before + 1), "which hangs")
    papers = world.admin.get("/admin/%s/papers" % EVENT).text
    p.check("Lớp đêm" not in papers, "and is no paper")


def png_facts(data):
    """Width, height, bits, colour type, interlace."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    width, height, bits, kind, _, _, interlace = struct.unpack(">IIBBBBB", data[16:29])
    return width, height, bits, kind, interlace


def stills():
    out = os.path.join(world.folder, "usb", "dai hoi")
    shown = len(hung(lambda slides: slides[-1]["width"] == 640)["list"])
    told = json.loads(p.plenum("stills", "--event", EVENT, "-o", out, "--size", "640x360", "--language", "ar", "--json", data=world.server.data).stdout)
    names = sorted(os.listdir(out))
    p.equal(told["files"], names, "the pictures sort in the order of showing")
    kinds = [re.fullmatch(r"\d{3}-([a-z-]+?)(-\d{4}-\d\d-\d\d)?\.png", n).group(1) for n in names]
    p.equal(kinds, ["welcome", "programme", "programme"] + ["our-work"] * shown + ["figures", "black"], "welcome, each day, each page that hangs, figures, black")
    found = {png_facts(bytes_of(os.path.join(out, n))) for n in names}
    p.equal(found, {(640, 360, 8, 2, 0)}, "as large as the wall, without alpha, not interlaced")
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", os.path.join(out, names[-1]), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout
    p.equal(set(raw), {0}, "the last is black")
    reply = world.admin.get("/admin/%s/stills.zip?size=320x568&language=vi" % EVENT)
    p.equal((reply.status, reply.header("content-type")), (200, "application/zip"), "the console gives them as an archive")
    with zipfile.ZipFile(io.BytesIO(reply.body)) as archive:
        p.equal((archive.testzip(), archive.namelist()), (None, names), "which is whole, with the same names")
        p.equal({png_facts(archive.read(n)) for n in names}, {(320, 568, 8, 2, 0)}, "for an upright wall too")
    p.equal(world.admin.get("/admin/%s/stills.zip?size=9x9" % EVENT).status, 400, "a size that is none is refused")
    p.equal(world.wall.get("/admin/%s/stills.zip" % EVENT).status, 403, "a wall's code does not get them")
    wrong = p.plenum("stills", "--event", "x", "-o", out, data=world.server.data, fine=False)
    p.check(wrong.returncode == 1 and "no event" in wrong.stderr, "an event that is not there is told", wrong)


def restart():
    before = hung(lambda slides: slides[-1]["width"] == 640)
    world.server.stop()
    world.server.start()
    world.wall = world.server.display(EVENT)
    p.equal(hung(lambda slides: len(slides) == len(before["list"]))["version"], before["version"], "a server that was started anew shows the same list")


if __name__ == "__main__":
    p.run("our work", begin, event_file_hangs, accents_and_kinds, page_and_changes, welcome, out_and_in, wrong_files, turned_and_ink, times, no_script_form, stills, restart)

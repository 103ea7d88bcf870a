#!/usr/bin/env python3
# suite
"""One story at 320 px in three engines (tests/flow/browser_kit.py). Phone page, each kind of paper (PDF as text and as pictures, office file, picture, Markdown, plain text, sound, film), search, PIN, Arabic. Pictures stay in $B/browser/.

    B=build/x tests/flow/other_browsers.py [chromium|firefox|webkit]"""
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import browser_kit  # noqa: E402
import plenum  # noqa: E402
from browser_kit import until  # noqa: E402
from plenum import check, equal  # noqa: E402

server = plenum.Server("browsers")
WIDTH, HEIGHT = 320, 640
tokens = {}


# --- the congress -----------------------------------------------------------------------------------------------------------------------------------

ARABIC = "هذا تقرير اللجنة التنفيذية المقدَّم إلى المؤتمر التاسع عشر، وفيه ما أُنجز وما لم يُنجز.\n" * 6

GUIDE = "# Hướng dẫn\n\nMột đoạn *nghiêng*.\n\n- một\n- hai\n\n[Trang](https://example.org/) <script>alert(1)</script> ![x](https://example.org/x.png)\n\n```\nmã nguồn rất dài rất dài rất dài rất dài rất dài\n```\n"


def shape(value, event, offset):
    papers = os.path.join(server.folder, "papers")
    film = [plenum.tool("ffmpeg"), "-v", "error", "-f", "lavfi", "-i"]
    subprocess.run(film + ["testsrc=d=2:s=160x120:r=10", "-c:v", "libvpx", os.path.join(papers, "film.webm")], check=True)
    clip = os.path.join(server.folder, "clip.webm")  # noise does not get small: a minute of it is some MB, and seeking in it needs parts of the file
    subprocess.run(film + ["testsrc=d=4:s=320x240:r=10,noise=alls=60:allf=t", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1500k", "-g", "10", clip], check=True)
    subprocess.run([film[0], "-v", "error", "-stream_loop", "14", "-i", clip, "-c", "copy", os.path.join(papers, "long.webm")], check=True)
    subprocess.run(film + ["testsrc=s=1600x1000", "-frames:v", "1", os.path.join(papers, "map.png")], check=True)
    for name, text in (("guide.md", GUIDE), ("form.docx", "PK\3\4 it says that it is one")):
        with open(os.path.join(papers, name), "w", encoding="utf-8") as f:
            f.write(text)
    subprocess.run(film + ["sine=d=2", os.path.join(papers, "speech.wav")], check=True)
    shutil.copy(os.path.join(plenum.ROOT, "papers/political-report.pdf"), os.path.join(papers, "long.pdf"))
    shutil.copy(os.path.join(plenum.ROOT, "papers/draft-resolution.pdf"), os.path.join(papers, "draft.pdf"))
    with open(os.path.join(papers, "arabic.txt"), "w", encoding="utf-8") as f:
        f.write(ARABIC)
    event["title"]["ar"] = "مؤتمر القراءة"
    event["documents"] = [dict({"code": code, "title": {"vi": title}, "file": "papers/" + file, "language": "vi"}, **more) for code, title, file, more in (
        ("report", "Báo cáo chính trị trình Đại hội", "long.pdf", {"number": "12/BC-BCH"}), ("arabic", "Báo cáo tiếng Ả Rập", "arabic.txt", {"language": "ar", "title": {"vi": "Báo cáo tiếng Ả Rập", "ar": "التقرير السياسي"}}),
        ("guide", "Hướng dẫn đại biểu", "guide.md", {}), ("map", "Sơ đồ hội trường", "map.png", {}), ("form", "Mẫu đơn", "form.docx", {}), ("long", "Phim dài", "long.webm", {}),
        ("speech", "Lời phát biểu", "speech.wav", {}), ("film", "Phim tư liệu", "film.webm", {}), ("secret", "Tờ trình nhân sự", "draft.pdf", {"restricted": True}))]


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    tokens.update(server.tokens("test-1"))
    until("the papers are read", lambda: server.value("SELECT COUNT(*) FROM paper_reading WHERE pages > 0 AND indexed >= pages") >= 3, 60)


# --- the story ----------------------------------------------------------------------------------------------------------------------------------------

def story(b, person, pin):
    door, name = "/d/" + tokens[person], b.name
    b.go(door + "?lang=vi")
    check("Báo cáo chính trị" in b("document.body.innerText") and len(b("[...document.querySelectorAll('.papers .read')].map(a => a.href)")) == 8, "%s: the phone page lists eight papers" % name)
    check("Tờ trình nhân sự" not in b("document.documentElement.outerHTML"), "%s: and not the restricted one" % name)
    small = b("[...document.querySelectorAll('.papers a, main button, main input:not([type=hidden])')].filter(e => e.offsetParent && e.getBoundingClientRect().height < 24).map(e => e.outerHTML.slice(0, 80))")
    equal(small, [], "%s: a finger finds what is to be pressed" % name)
    b.fits("the phone page"), b.keep("home")

    b.click(".papers .read")
    b.waits("/\\/r\\/report\\/1$/.test(location.pathname) && document.readyState === 'complete'")
    check(b("document.querySelectorAll('.sheet').length") >= 5 and "diễn ra khi thành phố vừa đi qua năm năm nhiều biến động" in b("document.querySelector('#p2').textContent"), "%s: text that flows" % name)
    check(b("parseFloat(getComputedStyle(document.querySelector('#p2 p')).fontSize)") >= 16, "%s: in letters of 16 px at least" % name)
    b.fits("the reader"), b.keep("reader")
    b.go(door + "/r/report/1?look=pictures")
    drawn = b.waits("(i => i && i.complete && i.naturalWidth > 0 && [i.naturalWidth, i.clientWidth, innerWidth])(document.querySelector('.sheet img'))")
    check(drawn[0] > 800 and 250 < drawn[1] <= drawn[2], "%s: pages as pictures" % name, drawn)
    b.fits("pictures of pages"), b.keep("pictures")
    b.go(door + "/r/report/1?look=text&type=3")
    b.fits("the largest letters"), b.keep("letters")

    b.go(door + "?lang=vi")
    b.type("#q", "doan vien")
    b.click("form.seek button")
    b.waits("/search/.test(location.pathname) && document.querySelectorAll('.hits mark').length > 2")
    b.fits("search"), b.keep("search")
    b.click(".hits a[href*='/r/report/1/']")
    place = b.waits("location.hash === '#hit' && document.readyState === 'complete' && (e => e && [e.textContent, e.getBoundingClientRect().top, innerHeight])(document.querySelector('#hit'))")
    check(0 <= place[1] < place[2], "%s: a hit leads to its word, and the word is in sight" % name, place)

    the_pin(b, door, pin)
    kinds(b, door)
    for path, what in (("?lang=ar", "home-ar"), ("/r/arabic/1?lang=ar&type=0", "reader-ar"), ("/search?lang=ar&q=%D8%A7%D9%84%D8%AA%D9%82%D8%B1%D9%8A%D8%B1", "search-ar")):
        b.go(door + path)
        equal(b("getComputedStyle(document.body).direction"), "rtl", "%s: %s goes from right to left" % (name, what))
        b.fits(what), b.keep(what)
    b.go(door + "/r/arabic/1?lang=vi")
    equal(b("[getComputedStyle(document.body).direction, getComputedStyle(document.querySelector('.line')).direction]"), ["ltr", "rtl"], "%s: an Arabic paper within a Vietnamese page" % name)
    check(b("document.querySelector('.line').textContent").startswith("هذا تقرير"), "%s: as it was written" % name)
    equal(b("performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith(location.origin))"), [], "%s: nothing was asked of others" % name)
    media(b, door)
    a_long_film(b, door)


def the_pin(b, door, pin):
    name = b.name
    b.go(door + "/r/secret/1")
    check("Tờ trình" not in b("document.documentElement.outerHTML"), "%s: without the PIN its address tells nothing" % name)
    b.go(door)
    b.type("#pin-field", "9999")
    b.click(".pin-form button")
    b.waits("document.readyState === 'complete' && document.querySelector('#pin-problem')")
    b.fits("the wrong PIN"), b.keep("pin")
    b.type("#pin-field", pin)
    b.click(".pin-form button")
    b.waits("document.readyState === 'complete' && !document.querySelector('#pin-problem') && document.body.innerText.includes('Tờ trình nhân sự')")
    b.go(door + "/r/secret/1?look=text")
    check(b("document.querySelectorAll('.sheet').length") > 0, "%s: with the PIN it opens" % name)
    equal(b("document.cookie.includes('plenum_pin')"), False, "%s: no script sees the cookie" % name)
    b.go(door)
    b.click(".pin-lock button")
    b.waits("document.readyState === 'complete' && !!document.querySelector('#pin-field')")
    check("Tờ trình nhân sự" not in b("document.body.innerText"), "%s: locked again" % name)


def kinds(b, door):
    """What stands in the page for each kind of paper, in the largest letters too."""
    whole = "(i => i && i.complete && i.naturalWidth >= 1600 && i.clientWidth > 250 && i.clientWidth <= innerWidth)(document.querySelector('.paper img'))"
    there = {"report": "document.querySelectorAll('.sheet p').length > 4", "guide": "document.querySelectorAll('.prose li').length === 2 && !document.querySelector('.prose script, .prose img')",
             "arabic": "document.querySelectorAll('.line').length > 4", "map": whole, "form": "!!document.querySelector('.locked') && !!document.querySelector('.tools a[download]')",
             "speech": "!!document.querySelector('audio[controls]')", "film": "!!document.querySelector('video[controls]')"}
    for code, what in there.items():
        for letters in (0, 3):
            b.go("%s/r/%s/1?lang=vi&look=text&type=%d" % (door, code, letters))
            check(b.waits(what), "%s: %s is there, in letters of size %d" % (b.name, code, letters))
            b.fits("%s, letters %d" % (code, letters))
        b.keep("kind-" + code)
    b.go(door + "/r/report/1?type=0")


class Line:
    """A line to the server that remembers what was asked for. What is asked for from its beginning stops after half a megabyte, as on a slow line: who wants the middle has to ask for it."""

    def __init__(self, port):
        self.home, self.heads = port, []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            phone = self.door.accept()[0]
            home = socket.create_connection(("127.0.0.1", self.home))
            said = {"left": None, "over": False}  # of this connection: how much of the reply may still pass; whether the phone has hung up
            threading.Thread(target=self.carry, args=(phone, home, True, said), daemon=True).start()
            threading.Thread(target=self.carry, args=(home, phone, False, said), daemon=True).start()

    def carry(self, one, other, asks, said):
        try:
            while data := one.recv(65536):
                if asks:
                    self.heads.append(data.decode("latin-1"))
                    said["left"] = 1 << 19 if "/f/long/" in self.heads[-1].split("\r\n")[0] and not any(self.ranges("/f/long/", self.heads[-1:])) else None
                elif said["left"] is not None:
                    said["left"] -= len(data)
                other.sendall(data)
                while not asks and said["left"] is not None and said["left"] < 0 and not said["over"]:
                    time.sleep(0.05)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            one.close(), other.close()
        finally:
            said["over"] = said["over"] or asks

    def ranges(self, part, heads=None):
        return [int(n) for head in heads or self.heads if part in head.split("\r\n")[0] for n in re.findall(r"(?im)^range: *bytes=(\d+)-", head)]


def a_long_film(b, door):
    """Seeking to the middle of some MB fetches the middle, not all before it."""
    line, size = Line(server.port), os.path.getsize(os.path.join(server.folder, "papers/long.webm"))
    b.navigate("http://%s:%d%s/r/long/1" % (b.host, line.port, door))
    if not b("document.querySelector('video').canPlayType('video/webm; codecs=\"vp8\"')"):
        return plenum.note("%s of this machine plays no such film" % b.name)
    b.waits("document.querySelector('video').readyState >= 1", 60)
    b.script("const e = document.querySelector('video'); e.muted = true; e.currentTime = e.duration / 2; return true;", [])
    at = b.waits("(e => !e.seeking && e.readyState >= 2 && [e.currentTime, e.duration, e.error && e.error.code])(document.querySelector('video'))", 60)
    check(at[2] is None and 25 < at[0] < 35 and 55 < at[1] < 65, "%s: a film of %d KB seeks to its middle" % (b.name, size >> 10), at)
    b.script("document.querySelector('video').play(); return true;", [])
    b.waits("document.querySelector('video').currentTime > %f" % (at[0] + 0.2), 60)
    # Which parts is the browser's choice (the index at the end, the middle, or what its buffer lacks after it): all that matters is that it jumps.
    check(any(n > size / 4 for n in line.ranges("/f/long/")), "%s: and plays on from there; it asked for a part, not for all before it" % b.name, line.ranges("/f/long/"))
    b.script("const e = document.querySelector('video'); e.pause(); e.removeAttribute('src'); e.load(); return true;", [])


def media(b, door):
    for code, tag in (("speech", "audio"), ("film", "video")):
        b.go("%s/r/%s/1" % (door, code))
        shape_of = b("(e => e && [e.controls, e.clientWidth, e.canPlayType(e.tagName === 'VIDEO' ? 'video/webm; codecs=\"vp8\"' : 'audio/wav')])(document.querySelector('%s'))" % tag)
        check(shape_of and shape_of[0] and 150 < shape_of[1] <= WIDTH, "%s: %s has controls and fits" % (b.name, tag), shape_of)
        b.fits(tag), b.keep(tag)
        if not shape_of or not shape_of[2]:
            plenum.note("%s of this machine plays no such %s" % (b.name, tag))
            continue
        b.script("const e = document.querySelector('%s'); e.muted = true; e.play(); return true;" % tag, [])
        b.waits("document.querySelector('%s').currentTime > 0.1" % tag)
        b.script("const e = document.querySelector('%s'); e.pause(); e.currentTime = 1.2; return true;" % tag, [])
        got = b.waits("(e => !e.seeking && e.currentTime > 1 && [e.currentTime, e.error && e.error.code, Math.round(e.duration)])(document.querySelector('%s'))" % tag)
        check(got[1] is None and got[2] == 2, "%s: %s plays and seeks" % (b.name, tag), got)


if __name__ == "__main__":
    people = {"chromium": ("P01", "0001"), "firefox": ("P02", "0002"), "webkit": ("P03", "0003")}
    plenum.run("other_browsers", begin, *browser_kit.stories(story, server, WIDTH, HEIGHT, people, host="congress.test"), browser_kit.the_end(server))

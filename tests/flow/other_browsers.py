#!/usr/bin/env python3
# suite
"""One story at 320 px in three engines: Chromium (chromedriver), Firefox ESR (its own Marionette), WebKit (WebKitWebDriver with WebKitGTK's MiniBrowser under Xvfb, the
nearest that Debian has to an iPhone). Phone page, each kind of paper (PDF as text and as pictures, office file, picture, Markdown, plain text, sound, film), search, PIN, Arabic. Pictures stay in $B/browser/.

    B=build/x tests/flow/other_browsers.py [chromium|firefox|webkit]"""
import base64
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import check, equal  # noqa: E402

server = plenum.Server("browsers")
PICTURES = os.path.join(plenum.BUILD, "browser")
WIDTH, HEIGHT = 320, 640
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
made = []
tokens = {}


def started(command, **more):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **more)
    made.append(process)
    return process


def until(what, look, seconds=15):
    end, value = time.time() + seconds, None
    while time.time() < end:
        try:
            value = look()
        except (OSError, Failure):
            value = None
        if value:
            return value
        time.sleep(0.05)
    raise RuntimeError("%s did not happen in %d s" % (what, seconds))


class Failure(Exception):
    """What a driver says instead of doing it."""


class Browser:
    """What all three can do; `call(name, values)` is the engine's own."""
    host = "127.0.0.1"

    def go(self, path):
        self.navigate("http://%s:%d%s" % (self.host, server.port, path))

    def __call__(self, code, *words):
        return self.script("return (%s);" % code, list(words))

    def waits(self, code, seconds=15):
        return until(code, lambda: self(code), seconds)

    def click(self, selector):
        """In the middle of the window, so that a finger would reach it; then the driver's own click, which refuses what is covered."""
        self.script("document.querySelector(arguments[0]).scrollIntoView({block: 'center', behavior: 'instant'}); return true;", [selector])
        self.press(self.element(selector))

    def fits(self, what):
        wide = self("[document.documentElement.scrollWidth, window.innerWidth]")
        check(wide[0] <= wide[1] <= WIDTH + 1, "%s: %s fits in %d px" % (self.name, what, wide[1]), wide)

    def keep(self, what):
        with open(os.path.join(PICTURES, "%s-%s-320.png" % (self.name, what)), "wb") as f:
            f.write(base64.b64decode(self.picture()))


class WebDriver(Browser):
    """W3C WebDriver over HTTP."""

    def __init__(self, name, program, capabilities, **more):
        self.name, self.port = name, plenum.free_port()
        started([plenum.tool(program), "--port=%d" % self.port], **more)
        until(program, lambda: self.ask("GET", "/status"))
        value = self.ask("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self.session = "/session/" + value["sessionId"]
        self.version = value["capabilities"].get("browserVersion")

    def ask(self, method, path, body=None):
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request("http://127.0.0.1:%d%s" % (self.port, path), data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as e:
            raise Failure(e.read().decode()[:400]) from None

    def navigate(self, url):
        self.ask("POST", self.session + "/url", {"url": url})

    def script(self, code, words):
        return self.ask("POST", self.session + "/execute/sync", {"script": code, "args": words})

    def element(self, selector):
        return self.ask("POST", self.session + "/element", {"using": "css selector", "value": selector})[ELEMENT]

    def press(self, element):
        self.ask("POST", "%s/element/%s/click" % (self.session, element))

    def type(self, selector, text):
        self.ask("POST", "%s/element/%s/value" % (self.session, self.element(selector)), {"text": text})

    def picture(self):
        return self.ask("GET", self.session + "/screenshot")

    def end(self):
        self.ask("DELETE", self.session)


class Chromium(WebDriver):
    """By a name, as in a hall without certificates: so there is no service worker, beside which chromedriver sometimes waits for ever. tests/browser has one."""
    host = "congress.test"

    def __init__(self):
        words = ["--headless", "--host-resolver-rules=MAP congress.test 127.0.0.1", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"]
        super().__init__("chromium", "chromedriver", {"goog:chromeOptions": {"binary": plenum.tool("chromium"), "args": words, "mobileEmulation": {
            "deviceMetrics": {"width": WIDTH, "height": HEIGHT, "pixelRatio": 2}}}})


class WebKit(WebDriver):
    def __init__(self):
        browsers = glob.glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")
        if not browsers:
            sys.exit("FAIL MiniBrowser of WebKitGTK is needed on this machine (package webkit2gtk-driver)")
        number = next(n for n in range(90, 200) if not os.path.exists("/tmp/.X11-unix/X%d" % n))
        home = plenum.scratch("webkit")
        os.makedirs(os.path.join(home, ".config/gtk-3.0"))
        with open(os.path.join(home, ".config/gtk-3.0/gtk.css"), "w", encoding="ascii") as f:  # its bar of buttons would keep the window from being narrow
            f.write("button, entry, image, headerbar, toolbar, toolitem { min-width: 0; min-height: 0; padding: 0; margin: 0; border: 0; font-size: 1px; }")
        started([plenum.tool("Xvfb"), ":%d" % number, "-screen", "0", "800x900x24", "-nolisten", "tcp"])
        until("Xvfb", lambda: os.path.exists("/tmp/.X11-unix/X%d" % number))
        # Its sandbox needs rights that a container has not; the pages are our own.
        more = {"DISPLAY": ":%d" % number, "HOME": home, "XDG_CONFIG_HOME": os.path.join(home, ".config"), "XDG_RUNTIME_DIR": home, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1"}
        super().__init__("webkit", "WebKitWebDriver", {"webkitgtk:browserOptions": {"binary": sorted(browsers)[-1], "args": ["--automation"]}}, env=dict(os.environ, **more))
        self.ask("POST", self.session + "/window/rect", {"x": 0, "y": 0, "width": WIDTH, "height": HEIGHT})


class Firefox(Browser):
    """Marionette: lines of length and JSON over a socket, the commands of WebDriver. https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html"""

    def __init__(self):
        self.name, self.number, self.buffer = "firefox", 0, b""
        port, profile = plenum.free_port(), plenum.scratch("firefox")
        with open(os.path.join(profile, "user.js"), "w", encoding="ascii") as f:
            f.write("".join('user_pref("%s", %s);\n' % (n, json.dumps(v)) for n, v in (
                ("marionette.port", port), ("media.autoplay.default", 0), ("app.update.disabledForTesting", True), ("datareporting.policy.dataSubmissionEnabled", False),
                ("browser.shell.checkDefaultBrowser", False), ("network.captive-portal-service.enabled", False), ("network.connectivity-service.enabled", False),
                ("services.settings.server", "http://127.0.0.1:1"), ("browser.startup.page", 0), ("layout.css.devPixelsPerPx", "1.0"))))
        started([plenum.tool("firefox-esr"), "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", profile, "about:blank"],
                env=dict(os.environ, HOME=profile, MOZ_CRASHREPORTER_DISABLE="1", MOZ_DISABLE_CONTENT_SANDBOX="1"))
        self.socket = until("Marionette", lambda: socket.create_connection(("127.0.0.1", port), 60), 40)
        self.take()
        self.version = self.call("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})["capabilities"]["browserVersion"]
        # Its window is never narrower than 450 px; the page within may be.
        self.call("Marionette:SetContext", {"value": "chrome"})
        self.call("WebDriver:ExecuteScript", {"script": "const b = gBrowser.selectedBrowser; for (const s of ['width','min-width','max-width']) b.style.setProperty(s, '%dpx');"
                                              "for (const s of ['height','min-height','max-height']) b.style.setProperty(s, '%dpx'); return b.clientWidth;" % (WIDTH, HEIGHT), "args": []})
        self.call("Marionette:SetContext", {"value": "content"})

    def take(self):
        while True:
            size, colon, rest = self.buffer.partition(b":")
            if colon and len(rest) >= int(size):
                self.buffer = rest[int(size):]
                return json.loads(rest[:int(size)])
            data = self.socket.recv(1 << 20)
            if not data:
                raise Failure("Firefox is gone")
            self.buffer += data

    def call(self, name, values=None):
        self.number += 1
        text = json.dumps([0, self.number, name, values or {}]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, number, error, value = self.take()
        if error or number != self.number:
            raise Failure(str(error)[:400])
        return value

    def navigate(self, url):
        self.call("WebDriver:Navigate", {"url": url})

    def script(self, code, words):
        return self.call("WebDriver:ExecuteScript", {"script": code, "args": words})["value"]

    def element(self, selector):
        return self.call("WebDriver:FindElement", {"using": "css selector", "value": selector})["value"][ELEMENT]

    def press(self, element):
        self.call("WebDriver:ElementClick", {"id": element})

    def type(self, selector, text):
        self.call("WebDriver:ElementSendKeys", {"id": self.element(selector), "text": text})

    def picture(self):
        return self.call("WebDriver:TakeScreenshot", {"full": False})["value"]

    def end(self):
        self.call("Marionette:Quit", {"flags": ["eForceQuit"]})


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
    os.makedirs(PICTURES, exist_ok=True)
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
    b.waits("document.readyState === 'complete' && document.body.innerText.includes('Tờ trình nhân sự')")
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
    """A line to the server that remembers what was asked for."""

    def __init__(self, port):
        self.home, self.heads = port, []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            phone = self.door.accept()[0]
            home = socket.create_connection(("127.0.0.1", self.home))
            threading.Thread(target=self.carry, args=(phone, home, True), daemon=True).start()
            threading.Thread(target=self.carry, args=(home, phone, False), daemon=True).start()

    def carry(self, one, other, asks):
        try:
            while data := one.recv(65536):
                if asks:
                    self.heads.append(data.decode("latin-1"))
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            one.close(), other.close()

    def ranges(self, part):
        return [int(n) for head in self.heads if part in head.split("\r\n")[0] for n in re.findall(r"(?im)^range: *bytes=(\d+)-", head)]


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


def in_browser(make, person, pin):
    def run():
        b = make()
        plenum.note("%s %s" % (b.name, b.version))
        try:
            story(b, person, pin)
        except Exception:
            b.keep("broken")
            raise
        finally:
            b.end()
    run.__name__ = make.__name__
    return run


def the_end():
    for process in made:
        try:
            os.killpg(process.pid, 15)
            process.wait(10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            process.kill()
    equal(server.stop(), 0, "the server stops in peace")
    check("Sanitizer" not in server.log_text(), "no sanitizer has spoken")


if __name__ == "__main__":
    wanted = sys.argv[1:]
    stories = [in_browser(make, person, pin) for make, person, pin in ((Chromium, "P01", "0001"), (Firefox, "P02", "0002"), (WebKit, "P03", "0003")) if not wanted or make.__name__.lower() in wanted]
    plenum.run("other_browsers", begin, *stories, the_end)

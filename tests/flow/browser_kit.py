"""Three engines for a suite, driven alike: Chromium (chromedriver), Firefox ESR (its own Marionette), WebKit (WebKitWebDriver with WebKitGTK's MiniBrowser under Xvfb, the
nearest that Debian has to an iPhone). Keys and fingers are the drivers' own, so they go through the engine as a person's do. What a page's scripts complain of is heard."""
import base64
import glob
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import check, equal  # noqa: E402

PICTURES = os.path.join(plenum.BUILD, "browser")
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c", "Down": "\ue015", "Up": "\ue013", "Home": "\ue011"}
made = []


def started(command, **more):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **more)
    made.append(process)
    return process


def until(what, look, seconds=30):
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
    """What all three can do; `send(name, values)` of WebDriver is the engine's own. `host`: by which name the pages are asked for."""
    host = "127.0.0.1"
    touches = True  # whether its driver has fingers

    def __init__(self, server, width, height):
        self.server, self.width, self.height = server, width, height

    def go(self, path):
        self.navigate("http://%s:%d%s" % (self.host, self.server.port, path))

    def __call__(self, code, *words):
        return self.script("return (%s);" % code, list(words))

    def waits(self, code, seconds=30):
        return until(code, lambda: self(code), seconds)

    def click(self, selector):
        """In the middle of the window, so that a finger would reach it; then the driver's own click, which refuses what is covered."""
        self.script("document.querySelector(arguments[0]).scrollIntoView({block: 'center', behavior: 'instant'}); return true;", [selector])
        self.press(self.element(selector))

    def where(self, selector):
        """The middle of it, in the window, once nothing moves any more. Fails when something else lies over it there: a finger would meet that."""
        found = self.later("""const e = document.querySelector(%s); if (!e) return done(null); e.scrollIntoView({block: 'center', behavior: 'instant'});
            let last = '', same = 0; const look = () => { const r = e.getBoundingClientRect(), now = [r.left, r.top, r.width, r.height].join();
                same = now === last ? same + 1 : 0; last = now; if (same < 4) return requestAnimationFrame(look);
                const x = Math.round(r.left + r.width / 2), y = Math.round(r.top + r.height / 2), hit = document.elementFromPoint(x, y);
                done([x, y, !!hit && (hit === e || e.contains(hit) || hit.contains(e))]); }; look();""" % json.dumps(selector))
        if not found or not found[2]:
            raise Failure("%s is %s" % (selector, "covered" if found else "not there"))
        return found[:2]

    def tap(self, selector):
        """With a finger where the driver has one. Waits for it to be there."""
        x, y = until(selector, lambda: self.where(selector))
        if self.touches:
            try:
                return self.act([{"type": "pointer", "id": "finger", "parameters": {"pointerType": "touch"}, "actions": [
                    {"type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": "viewport"}, {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]}])
            except Failure as e:
                if "touch" not in str(e) and "pointer" not in str(e):
                    raise
                self.touches = False
                plenum.note("%s: its driver has no finger (%s); it clicks" % (self.name, str(e)[:120]))
        return self.press(self.element(selector))

    def quiet(self):
        """Until every question that the page has asked by fetch is answered and drawn, and nothing on it moves: what a finger aims at would move with it."""
        self.script("""if (!window.openQuestions) { const open = window.openQuestions = new Set(); const real = window.fetch; window.fetch = (...words) => {
            const mine = {}; open.add(mine); const over = () => setTimeout(() => open.delete(mine), 20);
            return real(...words).then(r => { r.clone().arrayBuffer().then(over, over); return r; }, e => { over(); throw e; }); }; } return true;""", [])
        self.waits("window.openQuestions.size === 0")

    def keys(self, *words):
        """Each is the name of a key or text; into whatever has the focus."""
        actions = []
        for word in words:
            for key in [KEYS[word]] if word in KEYS else word:
                actions += [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self.act([{"type": "key", "id": "keys", "actions": actions}])

    def tab_to(self, code, most=60):
        """With the Tab key alone, until `code` is true of the element `e` that has the focus."""
        for _ in range(most):
            if self("(e => %s)(document.activeElement)" % code):
                return
            self.keys("Tab")
        raise RuntimeError("%s: no Tab leads to %s" % (self.name, code))

    def fits(self, what):
        wide = self("[document.documentElement.scrollWidth, window.innerWidth]")
        check(wide[0] <= wide[1] <= self.width + 1, "%s: %s fits in %d px" % (self.name, what, wide[1]), wide)

    def keep(self, what):
        with open(os.path.join(PICTURES, "%s-%s-%d.png" % (self.name, what, self.width)), "wb") as f:
            f.write(base64.b64decode(self.picture()))

    def accessible(self, what):
        """axe-core (WCAG 2.2 A and AA, best practices) finds nothing."""
        self.script(axe() + "\nreturn true;", [])
        found = self.later("axe.run(document, {resultTypes: ['violations']}).then(r => done(r.violations.map(v => v.id + ': ' + v.help + ' ' + v.nodes.slice(0, 3).map(n => n.target.join(' ')).join('; '))), "
                           "e => done(['axe: ' + e]))")
        equal(found, [], "%s: %s: axe-core finds nothing" % (self.name, what))

    def hears(self):
        """The ear itself: a script that fails in the page is heard."""
        self.complaints()
        self.script("setTimeout(() => { throw new Error('heard on purpose'); }, 0); return true;", [])
        check(until("heard", lambda: any("heard on purpose" in one for one in self.complaints())), "%s: a script that fails is heard" % self.name)

    def is_calm(self, what):
        """No script has failed and no policy was broken since this was asked last."""
        equal(self.complaints(), [], "%s: %s: no script error" % (self.name, what))


def axe():
    path = os.path.join(plenum.ROOT, "tests/browser/node_modules/axe-core/axe.min.js")
    if not os.path.exists(path):
        subprocess.run([os.path.join(plenum.ROOT, "tests/browser/run"), "--packages"], check=True, stdout=subprocess.DEVNULL)
    with open(path, encoding="utf-8") as f:
        return f.read()


class WebDriver(Browser):
    """W3C WebDriver over HTTP."""

    def begin(self, name, program, capabilities, **more):
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

    def later(self, code):
        return self.ask("POST", self.session + "/execute/async", {"script": "const done = arguments[arguments.length - 1]; " + code, "args": []})

    def act(self, actions):
        self.ask("POST", self.session + "/actions", {"actions": actions})

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
    """`host` is mapped to this machine: a name without a certificate, as in a hall, has no service worker, beside which chromedriver sometimes waits for ever (tests/browser has one)."""

    def __init__(self, server, width, height, host="127.0.0.1"):
        super().__init__(server, width, height)
        self.host = host
        words = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"]
        if host != self.server.address:
            words.append("--host-resolver-rules=MAP %s 127.0.0.1" % host)
        self.begin("chromium", "chromedriver", {"goog:loggingPrefs": {"browser": "ALL"}, "goog:chromeOptions": {"binary": plenum.tool("chromium"), "args": words}})
        self.resize(width, height)

    def resize(self, width, height):
        """Narrow ones are phones: a viewport that follows the page's wish, and a screen that is touched."""
        self.width, self.height = width, height
        for command, values in (("setDeviceMetricsOverride", {"width": width, "height": height, "deviceScaleFactor": 2 if width < 600 else 1, "mobile": width < 600}),
                                ("setTouchEmulationEnabled", {"enabled": width < 600})):
            self.ask("POST", self.session + "/goog/cdp/execute", {"cmd": "Emulation." + command, "params": values})
        self.waits("innerWidth === %d || document.URL === 'data:,'" % width)

    def complaints(self):
        lines = self.ask("POST", self.session + "/se/log", {"type": "browser"})
        return [line["message"] for line in lines if line["source"] in ("javascript", "security") or line["level"] == "SEVERE" and line["source"] != "network"]


class WebKit(WebDriver):
    def __init__(self, server, width, height):
        super().__init__(server, width, height)
        browsers = glob.glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")
        if not browsers:
            sys.exit("FAIL MiniBrowser of WebKitGTK is needed on this machine (package webkit2gtk-driver)")
        home = plenum.scratch("webkit")
        os.makedirs(os.path.join(home, ".config/gtk-3.0"))
        with open(os.path.join(home, ".config/gtk-3.0/gtk.css"), "w", encoding="ascii") as f:  # its bar of buttons would keep the window from being narrow
            f.write("button, entry, image, headerbar, toolbar, toolitem { min-width: 0; min-height: 0; padding: 0; margin: 0; border: 0; font-size: 1px; }")
        # Its sandbox needs rights that a container has not; the pages are our own.
        more = {"DISPLAY": screen(), "HOME": home, "XDG_CONFIG_HOME": os.path.join(home, ".config"), "XDG_RUNTIME_DIR": home, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "LIBGL_ALWAYS_SOFTWARE": "1", "NO_AT_BRIDGE": "1"}
        self.begin("webkit", "WebKitWebDriver", {"webkitgtk:browserOptions": {"binary": sorted(browsers)[-1], "args": ["--automation"]}}, env=dict(os.environ, **more))
        self.resize(width, height)

    def resize(self, width, height):
        self.width, self.height = width, height
        self.ask("POST", self.session + "/window/rect", {"x": 0, "y": 0, "width": width, "height": height})
        self.waits("innerWidth <= %d && innerWidth > %d" % (width + 1, width - 60))

    def navigate(self, url):
        super().navigate(url)
        self.listen()

    def listen(self):
        """Its driver hands out no console, so the page itself is asked to write down what fails. What fails while it loads is heard in the other two."""
        self.script("""if (!window.complaintsHeard) { window.complaintsHeard = []; const note = (what) => window.complaintsHeard.push(String(what));
            addEventListener('error', (e) => note(e.message || ('not loaded: ' + (e.target.src || e.target.href))), true);
            addEventListener('unhandledrejection', (e) => note(e.reason)); addEventListener('securitypolicyviolation', (e) => note(e.violatedDirective + ' ' + e.blockedURI)); } return true;""", [])

    def complaints(self):
        self.listen()
        return self("window.complaintsHeard.splice(0)")


def screen():
    """A screen of our own: the X server picks a free number by itself and says which."""
    reading, writing = os.pipe()
    started([plenum.tool("Xvfb"), "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"], pass_fds=(writing,))
    os.close(writing)
    with os.fdopen(reading) as f:
        number = f.readline().strip()
    if not number:
        raise RuntimeError("Xvfb has not begun")
    return ":" + number


class Firefox(Browser):
    """Marionette: lines of length and JSON over a socket, the commands of WebDriver. https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html"""

    def __init__(self, server, width, height):
        super().__init__(server, width, height)
        self.name, self.number, self.buffer = "firefox", 0, b""
        port, profile = plenum.free_port(), plenum.scratch("firefox")
        with open(os.path.join(profile, "user.js"), "w", encoding="ascii") as f:
            f.write("".join('user_pref("%s", %s);\n' % (n, json.dumps(v)) for n, v in (
                ("marionette.port", port), ("media.autoplay.default", 0), ("app.update.disabledForTesting", True), ("datareporting.policy.dataSubmissionEnabled", False),
                ("browser.shell.checkDefaultBrowser", False), ("network.captive-portal-service.enabled", False), ("network.connectivity-service.enabled", False),
                ("services.settings.server", "http://127.0.0.1:1"), ("browser.startup.page", 0), ("layout.css.devPixelsPerPx", "1.0"), ("dom.w3c_touch_events.enabled", 1))))
        started([plenum.tool("firefox-esr"), "--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", profile, "about:blank"],
                env=dict(os.environ, HOME=profile, MOZ_CRASHREPORTER_DISABLE="1", MOZ_DISABLE_CONTENT_SANDBOX="1", MOZ_HEADLESS_WIDTH="1400", MOZ_HEADLESS_HEIGHT="1000"))
        self.socket = until("Marionette", lambda: socket.create_connection(("127.0.0.1", port), 60), 60)
        self.take()
        self.version = self.call("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})["capabilities"]["browserVersion"]
        self.resize(width, height)

    def of_itself(self, code):
        """A script with the rights of the browser, not of a page."""
        self.call("Marionette:SetContext", {"value": "chrome"})
        try:
            return self.call("WebDriver:ExecuteScript", {"script": code, "args": []})["value"]
        finally:
            self.call("Marionette:SetContext", {"value": "content"})

    def resize(self, width, height):
        """Its window is never narrower than 450 px; the page within may be."""
        self.width, self.height = width, height
        self.of_itself("const b = gBrowser.selectedBrowser; for (const s of ['width','min-width','max-width']) b.style.setProperty(s, '%dpx');"
                       "for (const s of ['height','min-height','max-height']) b.style.setProperty(s, '%dpx'); return b.clientWidth;" % (width, height))
        self.waits("innerWidth === %d" % width)

    def complaints(self):
        return self.of_itself("""const out = Services.console.getMessageArray().filter(m => m instanceof Ci.nsIScriptError && (m.sourceName || '').startsWith('http') && !(m.flags & 1)
            && /javascript|content security|CSP/i.test(m.category)).map(m => m.errorMessage + ' ' + m.sourceName + ':' + m.lineNumber); Services.console.reset(); return out;""")

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

    def later(self, code):
        return self.call("WebDriver:ExecuteAsyncScript", {"script": "const done = arguments[arguments.length - 1]; " + code, "args": []})["value"]

    def act(self, actions):
        self.call("WebDriver:PerformActions", {"actions": actions})

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


def stories(story, server, width, height, rest, **chromium):
    """For plenum.run: `story(browser, *rest[engine])` in each engine, or in those that the command line names."""
    os.makedirs(PICTURES, exist_ok=True)

    def in_browser(make):
        def run():
            b = make(server, width, height, **(chromium if make is Chromium else {}))
            plenum.note("%s %s" % (b.name, b.version))
            try:
                story(b, *rest[b.name])
            except Exception:
                b.keep("broken")
                raise
            finally:
                b.end()
        run.__name__ = make.__name__
        return run
    wanted = sys.argv[1:]
    return [in_browser(make) for make in (Chromium, Firefox, WebKit) if not wanted or make.__name__.lower() in wanted]


def the_end(server):
    def all_end():
        for process in made:
            try:
                os.killpg(process.pid, 15)
                process.wait(10)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                process.kill()
        equal(server.stop(), 0, "the server stops in peace")
        check("Sanitizer" not in server.log_text(), "no sanitizer has spoken")
    return all_end

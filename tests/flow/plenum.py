"""What the HTTP cases and the flow stories share: a real server on free ports with a scratch data folder, a small HTTP client over raw
sockets (so that a test may send what no library would), sign-in, pairing, Server-Sent Events, plain SQL. Standard library only.

The build folder comes from the environment: B=build/x tests/http/doors.py"""
import datetime
import hashlib
import html
import json
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("B", "build"))
SMALL = os.path.join(ROOT, "tests/fixtures/event-file/good/small.json")
SAMPLE = os.path.join(ROOT, "events.sample.json")

passed = failed = 0
_servers, _folders = [], []


# --- results -------------------------------------------------------------------------------------------------------------------

def check(good, what, detail=""):
    """One line a check; the detail only when it failed."""
    global passed, failed
    if good:
        passed += 1
        print("ok %s" % what, flush=True)
    else:
        failed += 1
        print("FAIL %s: %s" % (what, str(detail)[:600]), flush=True)
    return bool(good)


def equal(got, want, what):
    return check(got == want, what, "got %r, wanted %r" % (got, want))


def note(text):
    print("# " + text, flush=True)


def run(name, *stories):
    """Runs the stories, cleans up, prints the sum, ends the program. A story that breaks off is a failure, and the next one still runs."""
    global failed
    for story in stories:
        begun = time.time()
        try:
            story()
        except Exception:
            failed += 1
            print("FAIL %s broke off\n%s" % (story.__name__, traceback.format_exc()), flush=True)
        note("%s: %.1f s" % (story.__name__, time.time() - begun))
    for server in list(_servers):
        server.kill()
        if failed:
            log = server.log_text()
            at = log.find("Sanitizer")
            said = log[max(0, at - 200):at + 4000] if at >= 0 else "\n".join(line for line in log.splitlines() if re.match(r"\d{4}-", line))[-3000:]
            note("log of %s:\n%s" % (server.data, said))
    for folder in _folders if "KEEP" not in os.environ else ():
        shutil.rmtree(folder, ignore_errors=True)
    print("# %s: %d passed, %d failed" % (name, passed, failed), flush=True)
    sys.exit(1 if failed or not passed else 0)


# --- programs -------------------------------------------------------------------------------------------------------------------

def program(name):
    path = os.path.join(BUILD, "bin", name)
    if not os.access(path, os.X_OK):
        sys.exit("FAIL %s is missing: build it first (B=%s)" % (path, os.environ.get("B", "build")))
    return path


def tool(name):
    path = shutil.which(name)
    if not path:
        sys.exit("FAIL the program %s is needed on this machine" % name)
    return path


def plenum(*words, data=None, stdin=None, fine=True, name="plenum", timeout=120):
    """Runs a command to its end; gives the completed process. With `fine` an exit code other than 0 is an exception."""
    command = [program(name)] + [str(w) for w in words] + (["--data", data] if data else [])
    done = subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=timeout)
    if fine and done.returncode != 0:
        raise RuntimeError("%s: exit code %d: %s" % (" ".join(command), done.returncode, done.stderr[-800:]))
    return done


def scratch(name):
    folder = tempfile.mkdtemp(prefix="plenum-%s-" % name)
    _folders.append(folder)
    return folder


def wait(what, seconds=60):
    """Until it is true; gives its value, or None."""
    until = time.time() + seconds
    while time.time() < until:
        value = what()
        if value:
            return value
        time.sleep(0.05)
    return None


def own_address():
    """This machine's own address that is not loopback, or None: what comes from there is to the server what comes over the air. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))
            return s.getsockname()[0]
        except OSError:
            return None


def free_port():
    """Below the range that the kernel gives to clients, so that a restarted server finds it free."""
    for _ in range(200):
        port = random.randrange(20000, 32000)
        with socket.socket() as s:
            try:
                s.bind(("0.0.0.0", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port")


def rows(data, sql, *values):
    """By plain SQL from a data folder, also beside a running server."""
    db = sqlite3.connect("file:%s?mode=ro" % urllib.parse.quote(os.path.join(data, "plenum.db")), uri=True, timeout=20)
    try:
        return db.execute(sql, values).fetchall()
    finally:
        db.close()


class Cutter(threading.Thread):
    """Forwards to that port and cuts each connection after so many bytes of reply; keeps the heads that it was sent."""

    def __init__(self, target, after):
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.target, self.after, self.heads = self.socket.getsockname()[1], target, after, []
        self.start()

    def run(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.forward, args=(client,), daemon=True).start()

    def forward(self, client):
        try:
            with client, socket.create_connection(("127.0.0.1", self.target)) as up:
                head = client.recv(65536)
                self.heads.append(head)
                up.sendall(head)
                left = self.after
                while left > 0:
                    data = up.recv(min(65536, left))
                    if not data:
                        return
                    client.sendall(data)
                    left -= len(data)
        except OSError:
            pass


# --- event files -----------------------------------------------------------------------------------------------------------------

def noon_zone():
    """A zone of fixed offset in which it is about noon: no day ends while a test runs. Gives its name and offset in hours."""
    offset = 11 - datetime.datetime.now(datetime.timezone.utc).hour
    return ("Etc/GMT%+d" % -offset if offset else "Etc/GMT"), offset


def local_text(offset, minutes=0):
    """Now plus so many minutes as an event file writes it, in a zone of that offset."""
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=offset, minutes=minutes)
    return when.strftime("%Y-%m-%dT%H:%M")


def small_event(folder, change=None):
    """small.json moved to today, in a zone where it is noon, with two days to go; `change(file, event, offset)` may alter it. Gives the path."""
    with open(SMALL, encoding="utf-8") as f:
        value = json.load(f)
    zone, offset = noon_zone()
    event = value["events"][0]
    event["timezone"] = zone
    event["starts"] = local_text(offset)[:10] + "T00:00"
    event["ends"] = local_text(offset, 24 * 60)[:10] + "T23:59"
    event["sessions"] = []
    for document in event["documents"]:
        document["session"] = None
    shutil.copytree(os.path.join(os.path.dirname(SMALL), "papers"), os.path.join(folder, "papers"), dirs_exist_ok=True)
    if change:
        change(value, event, offset)
    path = os.path.join(folder, "event.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, ensure_ascii=False)
    return path


# --- HTTP ---------------------------------------------------------------------------------------------------------------------------

class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        values = [v for n, v in self.headers if n == name.lower()]
        return values[0] if values else None

    def all(self, name):
        return [v for n, v in self.headers if n == name.lower()]

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The code of a problem; None for anything else."""
        if self.header("content-type") != "application/problem+json":
            return None
        return self.json().get("code")

    def __repr__(self):
        return "<%s %s %r>" % (self.status, self.headers, self.body[:300])


class Closed(Exception):
    """The server closed before a whole reply was there."""


class Connection:
    """A socket with replies read as RFC 9112 frames them."""

    def __init__(self, port, tls=None, address="127.0.0.1", timeout=20, source=None):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(timeout)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect((address, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname=address)
        self.buffer = b""

    def send(self, data):
        self.socket.sendall(data)

    def close(self):
        self.socket.close()

    def more(self):
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def read(self, count):
        while len(self.buffer) < count:
            if not self.more():
                raise Closed("in a body, %d of %d bytes" % (len(self.buffer), count))
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def line(self):
        while b"\r\n" not in self.buffer:
            if not self.more():
                raise Closed("in a line: %r" % self.buffer[:200])
        data, self.buffer = self.buffer.split(b"\r\n", 1)
        return data

    def head(self):
        """Status and headers of the next reply; passes over 100."""
        while True:
            first = self.line().split(b" ", 2)
            if first[0] not in (b"HTTP/1.1", b"HTTP/1.0") or len(first) < 2:
                raise Closed("no reply but %r" % b" ".join(first)[:200])
            headers = []
            while True:
                line = self.line()
                if not line:
                    break
                name, value = line.split(b":", 1)
                headers.append((name.decode("ascii").lower(), value.strip().decode("latin-1")))
            if first[1] != b"100":
                return int(first[1]), headers

    def reply(self, is_head=False):
        status, headers = self.head()
        fields = dict(headers)
        if is_head or status in (204, 304):
            return Reply(status, headers, b"")
        if fields.get("transfer-encoding") == "chunked":
            body = b""
            while True:
                size = int(self.line().split(b";")[0], 16)
                body += self.read(size)
                if not size:
                    while self.line():
                        pass
                    return Reply(status, headers, body)
                self.line()
        if "content-length" in fields:
            return Reply(status, headers, self.read(int(fields["content-length"])))
        while self.more():
            pass
        body, self.buffer = self.buffer, b""
        return Reply(status, headers, body)

    def is_closed(self, seconds=3):
        """Whether the server closes within that time, with nothing more said."""
        self.socket.settimeout(seconds)
        try:
            return not self.buffer and not self.more()
        except (TimeoutError, socket.timeout):
            return False
        except OSError:
            return not self.buffer


class Client:
    """One speaker: an address of a server, cookies, perhaps a key; `source` is its own address. Keeps its connection."""

    def __init__(self, server, key=None, tls=False, address="127.0.0.1", source=None):
        self.server, self.key, self.tls, self.address, self.source = server, key, tls, address, source
        self.cookies, self.csrf, self.connection = {}, None, None

    @property
    def port(self):
        return self.server.tls_port if self.tls else self.server.port

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def connect(self):
        return Connection(self.port, self.server.tls_context() if self.tls else None, self.address, source=self.source)

    def head_of(self, method, path, headers, length):
        host = "[%s]" % self.address if ":" in self.address else self.address
        fields = {"Host": "%s:%d" % (host, self.port)}
        if self.key:
            fields["Authorization"] = "Bearer " + self.key
        if self.cookies:
            fields["Cookie"] = "; ".join("%s=%s" % pair for pair in self.cookies.items())
        if length is not None:
            fields["Content-Length"] = str(length)
        fields.update(headers or {})
        text = "%s %s HTTP/1.1\r\n" % (method, path) + "".join("%s: %s\r\n" % (n, v) for n, v in fields.items() if v is not None)
        return text.encode("utf-8") + b"\r\n"

    def take_cookies(self, reply):
        for value in reply.all("set-cookie"):
            name, rest = value.split("=", 1)
            text = rest.split(";")[0]
            if "Max-Age=0" in value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = text

    def request(self, method, path, body=None, headers=None):
        """`body` is bytes, a dict or list (sent as JSON), or None. A header of None is left out."""
        headers = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        if method != "GET" and method != "HEAD" and self.csrf and not self.key:
            headers.setdefault("X-CSRF-Token", self.csrf)
        data = self.head_of(method, path, headers, len(body) if body is not None else (0 if method == "POST" else None)) + (body or b"")
        for attempt in (0, 1):
            fresh = self.connection is None
            if fresh:
                self.connection = self.connect()
            try:
                try:
                    self.connection.send(data)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # an early refusal: its reply may be there to read
                reply = self.connection.reply(method == "HEAD")
                break
            except (Closed, OSError):
                self.close()
                if fresh or attempt:
                    raise
        if reply.header("connection") == "close":
            self.close()
        self.take_cookies(reply)
        return reply

    def get(self, path, **headers):
        return self.request("GET", path, headers={n.replace("_", "-"): v for n, v in headers.items()})

    def post(self, path, body, headers=None):
        return self.request("POST", path, body, headers)

    def form(self, path, fields, headers=None):
        """As a browser's form without a script: the CSRF token is a field."""
        fields = dict(fields)
        if self.csrf:
            fields.setdefault("csrf", self.csrf)
        send = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": None}
        send.update(headers or {})
        return self.request("POST", path, urllib.parse.urlencode(fields).encode(), send)


def csrf_of(page):
    found = re.search(r'(?:name="csrf" value|data-csrf)="([^"]+)"', page)
    return html.unescape(found.group(1)) if found else None


# --- a server -----------------------------------------------------------------------------------------------------------------------

class Server:
    def __init__(self, name, address="127.0.0.1"):
        program("plenum")
        self.folder = scratch(name)
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "log")
        self.address, self.port, self.tls_port = address, free_port(), free_port()
        self.process, self.env = None, None
        _servers.append(self)

    def load(self, file, *words):
        return plenum("import", file, *words, data=self.data)

    def start(self, *words, seconds=20):
        command = [program("plenum"), "serve", "--data", self.data, "--listen", "%s:%d" % (self.address, self.port),
                   "--listen-tls", "%s:%d" % (self.address, self.tls_port)] + list(words)
        said = len(self.log_text())
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env)
        until = time.time() + seconds
        while time.time() < until:
            if self.process.poll() is not None:
                raise RuntimeError("the server ended with %s:\n%s" % (self.process.returncode, self.log_text()[-2000:]))
            try:
                client = Client(self)
                good = client.get("/healthz").status == 200
                client.close()
                if good and "Plenum runs" in self.log_text()[said:]:
                    return self
            except (OSError, Closed):
                pass
            time.sleep(0.02)
        raise RuntimeError("the server did not answer in %s s:\n%s" % (seconds, self.log_text()[-2000:]))

    def stop(self, seconds=15):
        """In peace; gives the exit code."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.process = None
        return code

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
        self.process = None

    def log_text(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def tls_context(self):
        """Trusts this server's own authority and nobody else."""
        return ssl.create_default_context(cafile=os.path.join(self.data, "tls", "authority.crt"))

    # data, by plain SQL beside the running server

    def rows(self, sql, *values):
        return rows(self.data, sql, *values)

    def write(self, sql, *values):
        db = sqlite3.connect(os.path.join(self.data, "plenum.db"), timeout=20)
        try:
            with db:
                db.execute(sql, values)
        finally:
            db.close()

    def value(self, sql, *values):
        rows = self.rows(sql, *values)
        return rows[0][0] if rows else None

    def tokens(self, event):
        """Person code (number for a blank) to the token of the badge that is good."""
        return dict(self.rows("SELECT COALESCE(p.code, d.number), c.token FROM credential c JOIN delegate d ON d.id = c.delegate_id "
                              "JOIN event e ON e.id = d.event_id LEFT JOIN person p ON p.id = d.person_id WHERE e.slug = ? AND c.revoked_ms IS NULL", event))

    # people and devices

    def pairing(self, event, gate):
        return json.loads(plenum("device", "pair", "--event", event, "--gate", gate, "--json", data=self.data).stdout)

    def device(self, event, gate, name="Cửa"):
        """Pairs a device over HTTP; a client with its key, and its code in .device."""
        client = Client(self)
        code, end = self.pairing(event, gate)["code"], time.time() + 60
        reply = client.post("/api/v1/pair", {"code": code, "name": name})
        while reply.status == 429 and time.time() < end:  # tries are counted for all together: whoever has just tried many waits for their turn
            time.sleep(0.5)
            reply = client.post("/api/v1/pair", {"code": code, "name": name})
        if reply.status != 201:
            raise RuntimeError("pairing: %r" % reply)
        client.key, client.device = reply.json()["key"], reply.json()["device"]
        client.event, client.gate = event, gate
        return client

    def user(self, name, role, event=None, unit=None, password="mat khau that dai 19"):
        path = os.path.join(self.folder, "password")
        with open(path, "w", encoding="utf-8") as f:
            f.write(password + "\n")
        words = ["user", "add", name, "--role", role, "--password-file", path]
        plenum(*words, *(["--event", event] if event else []), *(["--unit", unit] if unit else []), data=self.data)
        return password

    def first_password(self):
        found = re.search(r"name admin\s+password (\S+)", self.log_text())
        if not found:
            raise RuntimeError("no first password in the log")
        return found.group(1)

    def sign_in(self, name, password, tls=False, address="127.0.0.1"):
        client = Client(self, tls=tls, address=address)
        page = client.get("/login")
        client.csrf = csrf_of(page.text)
        reply = client.form("/login", {"name": name, "password": password, "next": "/admin"})
        if reply.status != 303:
            raise RuntimeError("sign-in of %s: %r" % (name, reply))
        client.csrf = csrf_of(client.get("/password").text)  # the page that is open to every role
        if not client.csrf:
            raise RuntimeError("no CSRF token for %s" % name)
        return client

    def display(self, event):
        """A wall's client, by the event's display code."""
        client = Client(self)
        reply = client.form("/display/" + event, {"code": self.value("SELECT display_code FROM event WHERE slug = ?", event)})
        if reply.status != 303:
            raise RuntimeError("display: %r" % reply)
        client.csrf = re.search(r'data-csrf="([^"]*)"', client.get("/display/" + event).text).group(1)
        return client


# --- scans ----------------------------------------------------------------------------------------------------------------------------

def uuid7(rng=random):
    value = int(time.time() * 1000) << 80 | 7 << 76 | rng.getrandbits(12) << 64 | 2 << 62 | rng.getrandbits(62)
    text = "%032x" % value
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def time_text(ms):
    """RFC 3339, UTC, milliseconds."""
    return datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + ".%03dZ" % (ms % 1000)


def time_ms(text):
    whole, part = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{3})Z", text).groups()
    return int(datetime.datetime.strptime(whole + "+0000", "%Y-%m-%dT%H:%M:%S%z").timestamp()) * 1000 + int(part)


def now_ms():
    return int(time.time() * 1000)


def scan(token, gate, direction="in", age=0, decision="ask", scan_id=None, **more):
    value = {"scan_id": scan_id or uuid7(), "token": token, "gate": gate, "direction": direction, "scanned_at": time_text(now_ms() - (age or 0)),
             "age_ms": age, "decision": decision, "roster": None}
    value.update(more)
    return value


def token_id(token):
    """What a roster says instead of a token (core/congress/badges/badge_token.h)."""
    return hashlib.blake2b(token.encode(), digest_size=32, person=b"plenum-badge-id").hexdigest()


# --- Server-Sent Events -------------------------------------------------------------------------------------------------------------

class Stream(threading.Thread):
    """Listens like a browser's EventSource: reconnects after the told time, with Last-Event-ID."""

    def __init__(self, client, path):
        super().__init__(daemon=True)
        self.client, self.path = client, path
        self.events, self.connects, self.error = [], 0, None
        self.last_id, self.retry, self.ended = None, 2.0, False
        self.connection = None
        self.arrived = threading.Condition()
        self.start()

    def run(self):
        while not self.ended:
            try:
                self.listen()
            except (OSError, Closed) as e:
                self.error = e
            if not self.ended:
                time.sleep(self.retry)

    def listen(self):
        self.connection = self.client.connect()
        self.connection.socket.settimeout(40)
        headers = {"Accept": "text/event-stream"}
        if self.last_id:
            headers["Last-Event-ID"] = self.last_id
        self.connection.send(self.client.head_of("GET", self.path, headers, None))
        status, fields = self.connection.head()
        if status != 200 or not dict(fields).get("content-type", "").startswith("text/event-stream"):
            raise Closed("status %d %r" % (status, fields))
        with self.arrived:
            self.connects += 1
            self.arrived.notify_all()
        chunked = dict(fields).get("transfer-encoding") == "chunked"
        text = b""
        while True:
            if chunked:
                size = int(self.connection.line(), 16)
                text += self.connection.read(size)
                self.connection.line()
            else:
                if not self.connection.buffer and not self.connection.more():
                    raise Closed("end of the stream")
                text, self.connection.buffer = text + self.connection.buffer, b""
            while b"\n\n" in text:
                block, text = text.split(b"\n\n", 1)
                self.take(block.decode("utf-8"))

    def take(self, block):
        name, data, event_id = "message", [], None
        for line in block.split("\n"):
            field, _, value = line.partition(":")
            value = value[1:] if value.startswith(" ") else value
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif field == "id":
                event_id = value
            elif field == "retry":
                self.retry = int(value) / 1000
        if event_id:
            self.last_id = event_id
        if data:
            with self.arrived:
                self.events.append((name, json.loads("\n".join(data)), event_id))
                self.arrived.notify_all()

    def wait(self, wanted, seconds=60):
        """The first event, new or old, for which wanted(name, data) holds; None when there is none in that time."""
        until, at = time.time() + seconds, 0
        with self.arrived:
            while True:
                for name, data, _ in self.events[at:]:
                    if wanted(name, data):
                        return data
                at = len(self.events)
                left = until - time.time()
                if left <= 0:
                    return None
                self.arrived.wait(left)

    def end(self):
        self.ended = True
        if self.connection:
            try:
                self.connection.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

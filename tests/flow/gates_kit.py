"""What tests/flow/gates.py stands on: a network namespace for each gate, whose only way out is a listening socket that a proxy of ours answers; the proxy's bad manners;
wrong clocks by tests/preload/clock.c; a scanner that is killed and started again, fed with lines or with pictures, and what it told.

A listening socket belongs to the namespace in which it was made, whoever accepts from it. So a helper makes it inside, hands it over, and only keeps the namespace alive."""
import asyncio
import json
import os
import random
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as kit  # noqa: E402

PATIENCE = 90  # seconds: a limit for what hangs, no measure
PORTS = (8443, 8444)  # inside of a namespace: the server and its spare
CLOCK_LIBRARY = None
DAY = 86400000


def need_namespaces():
    """No namespaces: a failure with a clear word, never a silence."""
    for name in ("unshare", "nsenter", "ip", "cc", "qrencode", "ffmpeg"):
        kit.tool(name)
    done = subprocess.run(["unshare", "-rn", "ip", "link", "set", "lo", "up"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit("FAIL this machine lets nobody make network namespaces (unshare -rn: %s): the gates cannot be split from the server" % done.stderr.strip())


# --- clocks ------------------------------------------------------------------------------------------------------------------------

def build_clock(folder):
    global CLOCK_LIBRARY
    CLOCK_LIBRARY = os.path.join(folder, "clock.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-std=c11", "-o", CLOCK_LIBRARY, os.path.join(kit.ROOT, "tests/preload/clock.c")], check=True)


class Clock:
    """What one machine takes for the time: milliseconds beside the true one; and which start of the machine it is."""

    def __init__(self, folder, name, wall_ms=0):
        self.path = os.path.join(folder, name + ".clock")
        self.wall_ms, self.steady_ms, self.still_ms, self.boots = wall_ms, 0, 0, 0
        self.name, self.used = name, {wall_ms}
        self.write()
        self.write_boot()

    def write(self):
        with open(self.path, "r+b" if os.path.exists(self.path) else "wb") as f:  # in place: it is mapped
            f.write(struct.pack("=qqq", self.wall_ms, self.steady_ms, self.still_ms))

    def write_boot(self):
        self.boot = "%08x-0000-4000-8000-%012x" % (self.boots, abs(hash(self.name)) & 0xffffffffffff)
        with open(self.path + ".boot", "w", encoding="ascii") as f:
            f.write(self.boot + "\n")

    def step(self, wall_ms):
        self.wall_ms = wall_ms
        self.used.add(wall_ms)
        self.write()

    def stand_at(self, ms):
        """From now on it is that moment, until it is another one."""
        self.still_ms = ms
        self.write()

    def reboot(self, wall_ms):
        """Only while no program of this machine runs."""
        self.boots += 1
        self.steady_ms = 7000 - int(time.clock_gettime(time.CLOCK_BOOTTIME) * 1000)
        self.step(wall_ms)
        self.write_boot()

    def environment(self):
        env = dict(os.environ, LD_PRELOAD=CLOCK_LIBRARY, PLENUM_TEST_CLOCK=self.path)
        env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        return env


# --- the network ----------------------------------------------------------------------------------------------------------------------

HOLDER = """
import socket, subprocess, sys
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
give = socket.socket(fileno=int(sys.argv[1]))
made = [socket.create_server(("127.0.0.1", int(port)), backlog=64) for port in sys.argv[2:]]
socket.send_fds(give, [b"here"], [s.fileno() for s in made])
for s in made: s.close()
sys.stdin.read()
"""


class Namespace:
    def __init__(self):
        ours, theirs = socket.socketpair()
        self.holder = subprocess.Popen(["unshare", "-rn", sys.executable, "-c", HOLDER, str(theirs.fileno())] + [str(p) for p in PORTS],
                                       stdin=subprocess.PIPE, pass_fds=[theirs.fileno()])
        theirs.close()
        ours.settimeout(PATIENCE)
        word, fds, _, _ = socket.recv_fds(ours, 16, len(PORTS))
        if word != b"here" or len(fds) != len(PORTS):
            raise RuntimeError("a namespace without sockets")
        ours.close()
        self.listeners = [socket.socket(fileno=fd) for fd in fds]

    def words(self):
        return ["nsenter", "-t", str(self.holder.pid), "-U", "-n", "--preserve-credentials"]

    def set_cable(self, plugged):
        subprocess.run(self.words() + ["ip", "link", "set", "lo", "up" if plugged else "down"], check=True)

    def end(self):
        self.holder.stdin.close()
        self.holder.wait()


MODES = ("pass", "pass", "pass", "slow", "slow", "cut", "drop", "cable", "stall", "half", "half_close", "drip", "lose_reply")


class Passage:
    """One connection through the proxy."""

    def __init__(self, proxy, client):
        self.proxy, self.client, self.server = proxy, client, None
        self.dead = False  # nothing passes any more, and nobody is told
        self.tasks = []

    async def run(self, port):
        proxy, loop = self.proxy, asyncio.get_running_loop()
        if proxy.mode == "cut":
            return self.reset()
        if proxy.mode == "stall":
            self.dead = True
        self.server = socket.socket()
        self.server.setblocking(False)
        try:
            await loop.sock_connect(self.server, ("127.0.0.1", port()))
        except OSError:
            return self.reset()
        self.tasks = [loop.create_task(self.pump(self.client, self.server, False)), loop.create_task(self.pump(self.server, self.client, True))]
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.close()

    async def pump(self, source, sink, is_reply):
        loop, proxy = asyncio.get_running_loop(), self.proxy
        while True:
            data = await loop.sock_recv(source, 65536)
            mode = proxy.mode
            if not data:
                if not self.dead:
                    sink.shutdown(socket.SHUT_WR)
                return
            if mode in ("drop", "stall", "cable"):
                self.dead = True
            if mode == "lose_reply" and is_reply and len(data) > 500:  # the server has done its work
                return self.reset()
            if self.dead:
                proxy.swallowed += len(data)
                continue
            if mode == "slow":
                await asyncio.sleep(proxy.rng.uniform(0.2, 2.0) / 2)
            if mode == "half" and is_reply and proxy.rng.random() < 0.5:
                data, self.dead = data[:len(data) // 2], True
            if mode == "drip":
                for i in range(len(data)):
                    await loop.sock_sendall(sink, data[i:i + 1])
                    if i % 16 == 15:
                        await asyncio.sleep(0.001)
            else:
                await loop.sock_sendall(sink, data)
            if mode == "half_close" and proxy.rng.random() < 0.4:
                sink.shutdown(socket.SHUT_WR)
                while await loop.sock_recv(source, 65536):
                    pass
                return

    def reset(self):
        for s in (self.client, self.server):
            if s:
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        current = asyncio.current_task()
        for task in self.tasks:
            if task is not current:
                task.cancel()
        loop = asyncio.get_running_loop()
        for s in (self.client, self.server):
            if s and s.fileno() >= 0:
                loop.remove_reader(s)
                loop.remove_writer(s)
                s.close()
        self.proxy.open.discard(self)


class Proxy:
    """All that a gate hears of its servers; `ports` are functions, since a server may move."""

    loop = None

    @classmethod
    def begin(cls):
        cls.loop = asyncio.new_event_loop()
        threading.Thread(target=cls.loop.run_forever, daemon=True).start()

    def __init__(self, listeners, ports, seed):
        self.mode, self.open, self.rng, self.swallowed, self.seen = "pass", set(), random.Random(seed), 0, {}
        for listener, port in zip(listeners, ports):
            listener.setblocking(False)
            asyncio.run_coroutine_threadsafe(self.accept(listener, port), self.loop)

    async def accept(self, listener, port):
        loop = asyncio.get_running_loop()
        while True:
            client, _ = await loop.sock_accept(listener)
            passage = Passage(self, client)
            self.open.add(passage)
            self.seen[self.mode] = self.seen.get(self.mode, 0) + 1
            passage.task = loop.create_task(self.serve(passage, port))

    @staticmethod
    async def serve(passage, port):
        try:
            await passage.run(port)
        except (OSError, asyncio.CancelledError):
            passage.close()

    def set(self, mode):
        async def change():
            self.mode = mode
            for passage in list(self.open):
                if mode == "cut":
                    passage.reset()
        asyncio.run_coroutine_threadsafe(change(), self.loop).result(PATIENCE)


# --- pictures ----------------------------------------------------------------------------------------------------------------------

WIDTH, HEIGHT, FPS = 320, 240, 10


def grey(text, scale=5):
    """One grey picture with the code in its middle; without a text an empty hall."""
    rows = [bytearray(b"\xe8" * WIDTH) for _ in range(HEIGHT)]
    if text:
        out = subprocess.run(["qrencode", "-t", "ASCII", "-m", "4", "-l", "Q", text], capture_output=True, text=True, check=True).stdout
        lines = [line[::2] for line in out.splitlines()]
        left, top = WIDTH // 2 - len(lines) * scale // 2, HEIGHT // 2 - len(lines) * scale // 2
        for y, line in enumerate(lines):
            for x, c in enumerate(line):
                if c == "#":
                    for dy in range(scale):
                        rows[top + y * scale + dy][left + x * scale:left + (x + 1) * scale] = b"\x28" * scale
    return b"".join(rows)


def pictures(folder, tokens, as_jpeg):
    """{token or None: what is written for one frame of it}"""
    raw = {token: grey("http://10.0.0.5:8080/D/" + token if token else None) for token in [None] + tokens}
    if not as_jpeg:
        return {token: b"FRAME\n" + data for token, data in raw.items()}
    names = {}
    for i, (token, data) in enumerate(raw.items()):
        names[token] = os.path.join(folder, "p%04d" % i)
        with open(names[token] + ".pgm", "wb") as f:
            f.write(b"P5\n%d %d\n255\n" % (WIDTH, HEIGHT) + data)
    subprocess.run(["ffmpeg", "-loglevel", "error", "-start_number", "0", "-i", os.path.join(folder, "p%04d.pgm"), "-start_number", "0", "-q:v", "3", "-pix_fmt", "yuvj420p",
                    os.path.join(folder, "p%04d.jpg")], check=True)
    return {token: open(name + ".jpg", "rb").read() for token, name in names.items()}


# --- gates ------------------------------------------------------------------------------------------------------------------------------

class Life:
    """One run of a scanner: what it told, how it ended."""

    def __init__(self, process):
        self.process, self.lines, self.killed = process, [], False
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            if line.endswith(b"\n"):  # a torn one was not told
                self.lines.append(json.loads(line))


class Gate:
    def __init__(self, folder, code, feed, clock, direction="in", ports=None, seed=0):
        self.code, self.feed, self.clock, self.direction = code, feed, clock, direction  # feed: lines, y4m or jpeg
        self.spool = os.path.join(folder, "spool-" + code)
        self.namespace = Namespace()
        self.proxy = Proxy(self.namespace.listeners, ports, seed)
        self.log = open(os.path.join(folder, "log-" + code), "ab")
        self.lives, self.lock, self.showing = [], threading.RLock(), None
        self.kills = self.decoder_kills = self.reboots = 0
        self.frames, self.ended = {}, False
        self.gone = {}  # token -> when it was last before the camera
        self.servers = []

    def command(self, *words):
        return self.namespace.words() + [kit.program("plenum-scanner"), "--spool", self.spool, "--json"] + list(words)

    def pair(self, given, addresses=1):
        pin = given["url"].split("#")[1]
        self.servers = [word for port in PORTS[:addresses] for word in ("--server", "https://127.0.0.1:%d/#%s" % (port, pin))]
        done = subprocess.run(self.command(*self.servers, "--pair", given["code"], "--name", "Máy " + self.code), capture_output=True, text=True, env=self.clock.environment())
        if done.returncode != 0:
            raise RuntimeError("pairing of %s: %s" % (self.code, done.stderr))
        with open(os.path.join(self.spool, "device.json"), encoding="utf-8") as f:
            kept = json.load(f)
        self.device, self.key = kept["device"], kept["key"]

    @property
    def process(self):
        return self.lives[-1].process

    def start(self, direction=None):
        words = ["--direction", direction or self.direction] + (["--lines", "-"] if self.feed == "lines" else ["--frames", "-", "--again", "1"])
        with self.lock:
            process = subprocess.Popen(self.command(*words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, env=self.clock.environment())
            self.lives.append(Life(process))
        if self.feed != "lines":
            threading.Thread(target=self.film, args=(process,), daemon=True).start()

    def film(self, process):
        """What the camera sees, ten times a second, until this scanner is no more."""
        try:
            if self.feed == "y4m":
                process.stdin.write(b"YUV4MPEG2 W%d H%d F%d:1 Cmono\n" % (WIDTH, HEIGHT, FPS))
            while not self.ended:
                process.stdin.write(self.frames[self.showing])
                process.stdin.flush()
                time.sleep(1 / FPS)
            process.stdin.close()
        except (OSError, ValueError):
            pass

    def kill(self):
        """Without a warning; a life that ended by itself is an error that the comparison finds."""
        with self.lock:
            life = self.lives[-1]
            life.killed = life.process.poll() is None
            life.process.kill()
            life.process.wait()
            life.reader.join(PATIENCE)
            self.kills += 1

    def kill_decoder(self):
        """Whether there was one."""
        for entry in os.listdir("/proc"):
            try:
                with open("/proc/%s/stat" % entry) as f:
                    after = f.read().rsplit(")", 1)[1].split()
                if entry.isdigit() and int(after[1]) == self.process.pid:
                    os.kill(int(entry), 9)
                    self.decoder_kills += 1
                    return True
            except (OSError, ValueError, IndexError):
                continue
        return False

    def show(self, token, is_over=lambda: False):
        """Until somebody told the person something: the line, or None when it is over. A scanner that dies before is asked again when it is there."""
        until, life = time.time() + PATIENCE, None
        try:
            while time.time() < until:
                with self.lock:
                    if life is not self.lives[-1]:
                        life, seen = self.lives[-1], len(self.lives[-1].lines)
                        self.showing = token
                        if self.feed == "lines":
                            try:
                                life.process.stdin.write(token.encode() + b"\n")
                                life.process.stdin.flush()
                            except OSError:
                                pass
                for line in life.lines[seen:]:
                    seen += 1
                    if self.feed == "lines" or self.is_of(line, token):
                        return line
                if is_over() and life.process.poll() is not None:
                    return None
                time.sleep(0.005)
            raise RuntimeError("gate %s: nobody was told anything for %d s (%s)" % (self.code, PATIENCE, self.proxy.mode))
        finally:
            self.showing = None
            self.gone[token] = time.time()

    def is_of(self, line, token):
        """A camera on a slow machine may see the one before once more: a line of its own, and not of this showing."""
        return bool(self.rows("SELECT 1 FROM scan WHERE scan_id = '%s' AND badge_id = '%s'" % (line["scan_id"], kit.token_id(token))))

    def rows(self, sql):
        db = sqlite3.connect("file:%s?mode=ro" % os.path.join(self.spool, "queue.db"), uri=True, timeout=20)
        db.row_factory = sqlite3.Row
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def end(self):
        """In peace; the exit code."""
        self.ended = True
        try:
            if self.feed == "lines":
                self.process.stdin.close()
        except OSError:
            pass
        code = self.process.wait(PATIENCE)
        self.lives[-1].reader.join(PATIENCE)
        return code

    def close(self):
        if self.lives:
            self.process.kill()
            self.process.wait()
        self.namespace.end()
        self.log.close()

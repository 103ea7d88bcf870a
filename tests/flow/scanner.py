#!/usr/bin/env python3
# suite
"""The scanner's story: server away at the start, going away, coming back, replies lost after commit, killed scanners and servers, real frames
through ffmpeg. At the end of each the lines that the scanner printed are compared with the server's record, exactly once each.

    B=build/x tests/flow/scanner.py [STORY...]

Each story is told twice: to a small server of its own (tests/flow/scanner_fake.py), which can misbehave as no other, and to `plenum serve`."""
import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as kit  # noqa: E402
from scanner_fake import FakeServer, Proxy  # noqa: E402

SCANNER = kit.program("plenum-scanner")
REAL = False
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
passed = failed = 0
latency = {"online": [], "offline": []}


def check(good, what, detail=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("not ok - %s %s" % (what, detail), flush=True)


def make_token():
    return "".join(random.choice(ALPHABET) for _ in range(16))


def url(token):
    return "http://10.0.0.5:8080/D/" + token


class Scanner:
    """One run of the program, with its lines on standard input and its JSON lines collected."""

    def __init__(self, spool, args, server=None):
        command = [SCANNER, "--spool", spool, "--json"] + (["--server", server] if server else []) + args
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines, self.notices = [], []
        self.readers = [threading.Thread(target=self.read, args=(self.process.stdout, self.lines)),
                        threading.Thread(target=self.read, args=(self.process.stderr, self.notices))]
        for reader in self.readers:
            reader.start()

    @staticmethod
    def read(stream, into):
        for line in stream:
            into.append(line)

    def say(self, tokens, wait=True):
        want = len(self.lines) + len(tokens)
        for token in tokens:
            self.process.stdin.write(token + "\n")
        self.process.stdin.flush()
        until = time.time() + 60
        while wait and len(self.lines) < want and time.time() < until and self.process.poll() is None:
            time.sleep(0.005)
        return [json.loads(line) for line in self.lines[-len(tokens):]]

    def end(self, timeout=30):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        code = self.process.wait(timeout)
        for reader in self.readers:
            reader.join()
        return code

    def results(self):
        return [json.loads(line) for line in self.lines]


def run(spool, args, server=None, text=""):
    scanner = Scanner(spool, args, server)
    scanner.process.stdin.write(text)
    code = scanner.end()
    return code, scanner.results(), "".join(scanner.notices)


def run_asking(spool, args, token):
    """The same with one token, again where a machine that is busy let the gate's 250 ms pass and the roster answered."""
    for _ in range(5):
        code, results, notices = run(spool, args, text=token + "\n")
        if code or not results or results[0]["decided_by"] == "server":
            break
    return code, results, notices


def queue(spool):
    out = subprocess.run([SCANNER, "queue", "list", "--json", "--spool", spool], capture_output=True, text=True)
    return [json.loads(line) for line in out.stdout.splitlines()] if out.returncode == 0 else None


class RealServer:
    """`plenum serve` with as many people as are wanted; its record is what `plenum export checkins` gives."""

    def __init__(self, count):
        def change(value, event, offset):
            event["slug"] = "test"
            event["delegates"] = []
            event["areas"], event["categories"] = [{"code": "hall", "title": "Hall"}], [{"code": "official", "title": "Official", "color": "#b01020"}]
            event["gates"] = [{"code": "main", "title": "Main", "kind": "entry", "area": "hall", "direction": "both", "reentry": True, "admits": ["official"]}]
            event["quorum"] = {"category": "official", "rule": "at_least", "fraction": "2/3"}
            event["documents"] = []
            value["people"] = [{"code": "T%04d" % i, "name": "N %04d" % i} for i in range(count)]
            event["delegates"] = [{"person": p["code"], "category": "official", "status": "summoned"} for p in value["people"]]
            value["events"] = [event]
        self.server = kit.Server("scanner")
        self.server.load(kit.small_event(self.server.folder, change))
        self.server.start()
        self.port = self.server.port
        self.by_person = self.server.tokens("test")
        self.tokens = [self.by_person[code] for code in sorted(self.by_person)]

    def pairing(self):
        return self.server.pairing("test", "main")["code"]

    def export(self):
        return json.loads(kit.plenum("export", "checkins", "--event", "test", "--format", "json", data=self.server.data).stdout)

    @property
    def scans(self):
        return {r["scan_id"]: (None, r) for r in self.export()}

    @property
    def order(self):
        return [dict(r, token=self.by_person.get(r["person"])) for r in self.export()]


class World:
    """A server behind the proxy, and a paired spool."""

    def __init__(self, folder, name, people=8):
        self.spool = os.path.join(folder, name)
        self.server = RealServer(people) if REAL else FakeServer([make_token() for _ in range(people)])
        self.tokens = self.server.tokens
        self.proxy = Proxy(self.server.port)
        self.proxy.set("pass")
        self.address = "http://127.0.0.1:%d" % self.proxy.port
        out = subprocess.run([SCANNER, "--server", self.address, "--pair", self.server.pairing(), "--spool", self.spool], capture_output=True, text=True)
        check(out.returncode == 0, name + ": pairs", out.stderr)

    def compare(self, name, results, left=0):
        """Every line that was told stands in the record once, with the outcome that was told; nothing else stands there."""
        told = {r["scan_id"]: r for r in results}
        check(len(told) == len(results), name + ": every line has its own scan_id")
        record = self.server.scans
        if REAL:
            check(len(record) == len(self.server.export()), name + ": no scan stands twice")
        missing = [i for i in told if i not in record]
        check(len(missing) == left, name + ": every told scan is in the record", "%d missing, %d expected" % (len(missing), left))
        check(all(i in told for i in record), name + ": nothing else is in the record", "%d more" % len([i for i in record if i not in told]))
        wrong = [(r["outcome"], record[i][1]["outcome"]) for i, r in told.items()
                 if i in record and r["outcome"] != "queued" and r["outcome"] != record[i][1]["outcome"]]
        check(not wrong, name + ": told and recorded outcomes are the same", str(wrong[:3]))
        admitted = [s["token"] for s in self.server.order if s["outcome"] == "admitted"]
        check(len(admitted) == len(set(admitted)), name + ": nobody was admitted twice")


def story_online(folder):
    w = World(folder, "online")
    code, results, _ = run(w.spool, ["--gate", "main", "--lines", "-"], text="\n".join(url(t) for t in w.tokens) + "\n")
    check(code == 0 and [r["outcome"] for r in results] == ["admitted"] * 8, "online: all admitted", str([r["outcome"] for r in results]))
    asked = [r["scan_id"] for r in results if r["decided_by"] == "server"]  # all, but on a machine that is too busy to answer within 250 ms
    check(asked, "online: by the server")
    check(REAL or all(w.server.posts[i] == 1 for i in asked), "online: each was sent once")
    w.compare("online", results)
    latency["online"] += [r["ms"] for r in results]
    code, again, _ = run(w.spool, ["--lines", "-"], text="\n".join(w.tokens) + "\n")
    check([r["outcome"] for r in again] == ["already_in"] * 8, "online: a second showing is already_in")
    check(all(r["first"] and r["first"]["gate"] == "main" for r in again), "online: since when")
    code, out, _ = run(w.spool, ["--lines", "-", "--direction", "out"], text=w.tokens[0] + "\n")
    check([r["outcome"] for r in out] == ["left"], "online: out is left", str(out))
    w.compare("online", results + again + out)
    check(queue(w.spool) == [], "online: nothing waits")


def story_away_at_start(folder):
    w = World(folder, "away")
    w.proxy.set("refuse")
    code, first, notices = run(w.spool, ["--lines", "-"], text="\n".join(w.tokens[:4]) + "\n")
    check(code == 0 and [r["outcome"] for r in first] == ["queued"] * 4, "away: without a roster, kept for later", str(first))
    check("kept in" in notices, "away: says what is kept", notices)
    check([q["state"] for q in queue(w.spool)] == ["waiting"] * 4, "away: they wait")
    if REAL:  # which gave its key with the pairing
        held = b"".join(open(os.path.join(w.spool, name), "rb").read() for name in os.listdir(w.spool))
        check(not any(t.encode() in held for t in w.tokens), "away: whoever steals the gate finds no badge in it")
    exported = os.path.join(folder, "export.json")
    out = subprocess.run([SCANNER, "queue", "export", exported, "--spool", w.spool], capture_output=True, text=True)
    data = json.load(open(exported)) if out.returncode == 0 else {"scans": []}
    check(data["count"] == 4 and not any(t in json.dumps(data) for t in w.tokens), "away: the export holds them sealed", str(data)[:300])
    check(stat.S_IMODE(os.stat(exported).st_mode) == 0o600, "away: the export is for its owner only")
    w.proxy.set("pass")
    code, second, _ = run(w.spool, ["--lines", "-"], text="")
    check(code == 0 and queue(w.spool) == [], "away: drained at the next start")
    w.compare("away", first)
    check([s["token"] for s in w.server.order] == w.tokens[:4], "away: in the order of reading")
    check(REAL or all(s["decision"] == "ask" for s in w.server.order), "away: nobody had been told anything")
    w.proxy.set("refuse")
    code, third, _ = run(w.spool, ["--lines", "-"], text="\n".join(w.tokens[3:6]) + "\n" + w.tokens[5] + "\n")
    check([r["outcome"] for r in third] == ["already_in", "admitted", "admitted", "already_in"], "away: the roster and own scans decide", str(third))
    check(all(r["decided_by"] == "roster" for r in third), "away: by the roster")
    latency["offline"] += [r["ms"] for r in third]
    w.proxy.set("pass")
    run(w.spool, ["--lines", "-"])
    w.compare("away", first + third)
    check(REAL or all(s["age_ms"] is not None and s["age_ms"] >= 0 for s in w.server.order), "away: ages by the steady clock")


def story_goes_away(folder):
    w = World(folder, "gone", 30)
    s = Scanner(w.spool, ["--lines", "-"])
    s.say(w.tokens[:10])
    w.proxy.set("refuse")
    offline = s.say(w.tokens[10:20])
    check(all(r["outcome"] == "admitted" and r["decided_by"] == "roster" for r in offline), "gone: the roster goes on", str(offline[:2]))
    latency["offline"] += [r["ms"] for r in offline]
    w.proxy.set("pass")
    until = time.time() + 60
    while queue(w.spool) and time.time() < until:
        time.sleep(0.1)
    check(queue(w.spool) == [], "gone: sent by itself when the server is back")
    for token in w.tokens[20:30]:  # one after the other: a busy machine may be too late for some, and the roster decides while they wait
        s.say([token])
        while queue(w.spool) and time.time() < until + 60:
            time.sleep(0.05)
    check(s.end() == 0, "gone: ends well")
    results = s.results()
    asked = [r["ms"] for r in results[20:] if r["decided_by"] == "server"]
    check(asked, "gone: asks again", str(results[20:]))
    latency["online"] += asked
    w.compare("gone", results)
    check([x["token"] for x in w.server.order] == w.tokens, "gone: the record has the order of reading")
    check("the server is away" in "".join(s.notices) and "the server answers" in "".join(s.notices), "gone: said so")


def story_lost_replies(folder):
    w = World(folder, "lost")
    s = Scanner(w.spool, ["--lines", "-"])
    s.say(w.tokens[:2])
    w.proxy.set("lose_reply")
    told = s.say(w.tokens[2:6])
    until = time.time() + 60
    while (w.proxy.lost < 3 or len(w.server.scans) <= 2) and time.time() < until:  # an answer that is no scan's may be lost too
        time.sleep(0.05)
    check(w.proxy.lost >= 2 and len(w.server.scans) > 2, "lost: the server took scans whose answers were lost")
    check(all(r["outcome"] == "admitted" for r in told), "lost: told by the roster", str(told))
    w.proxy.set("pass")
    s.say(w.tokens[6:8])
    check(s.end() == 0 and queue(w.spool) == [], "lost: all acknowledged")
    w.compare("lost", s.results())
    check(REAL or max(w.server.posts.values()) > 1, "lost: some were sent again")


def story_full(folder):
    """A disk that takes no more: said loudly for each scan, none is accepted, and the end is no good end; what was kept before is sent later."""
    w = World(folder, "full")
    w.proxy.set("refuse")
    command = "trap '' XFSZ; ulimit -f 300; exec \"$0\" \"$@\""
    out = subprocess.run(["bash", "-c", command, SCANNER, "--spool", w.spool, "--json", "--lines", "-"], input="\n".join(make_token() for _ in range(600)) + "\n",
                         capture_output=True, text=True, timeout=120)
    told = [json.loads(line) for line in out.stdout.splitlines()]
    lost = [r for r in told if r["outcome"] == "lost"]
    check(len(told) == 600 and 0 < len(lost) < 600 and out.stderr.count("THIS SCAN IS NOT KEPT") == len(lost), "full: each scan that is not kept is said", (len(told), len(lost)))
    check(out.returncode == 1 and "%d scans could not be kept" % len(lost) in out.stderr, "full: and at the end", out.stderr[-300:])
    check(not any(r["scan_id"] or r["person"] for r in lost), "full: and nobody was let in on it")
    w.proxy.set("pass")
    code, _, notices = run(w.spool, ["--lines", "-"])
    check(code == 0 and queue(w.spool) == [], "full: what was kept is sent", notices)
    check(set(w.server.scans) == {r["scan_id"] for r in told if r["outcome"] != "lost"}, "full: exactly that")


def story_stall(folder):
    w = World(folder, "stall")
    s = Scanner(w.spool, ["--lines", "-"])
    s.say(w.tokens[:2])
    w.proxy.set("stall")
    told = s.say(w.tokens[2:6])
    check(all(r["outcome"] == "admitted" and r["decided_by"] == "roster" for r in told), "stall: answered all the same, by the roster", str(told))
    slow = [r["ms"] for r in told if r["ms"] >= 250]  # what the gate gives the server before the roster speaks
    check(len(slow) < len(told), "stall: does not ask for each while it is away", str([r["ms"] for r in told]))
    w.proxy.set("pass")
    w.proxy.cut()
    check(s.end() == 0 and queue(w.spool) == [], "stall: all acknowledged")
    w.compare("stall", s.results())


def story_killed(folder):
    w = World(folder, "killed", 60)
    results, at = [], 0
    for turn in range(6):
        if turn % 2:
            w.proxy.set("refuse")
        else:
            w.proxy.set("pass")
        s = Scanner(w.spool, ["--lines", "-"])
        s.say(w.tokens[at:at + 10], wait=False)
        want = random.randint(1, 8)
        until = time.time() + 60
        while len(s.lines) < want and time.time() < until:
            time.sleep(0.002)
        s.process.kill()
        s.process.wait()
        for reader in s.readers:
            reader.join()
        results += s.results()
        at += 10
    w.proxy.set("pass")
    code, _, _ = run(w.spool, ["--lines", "-"])
    check(code == 0 and queue(w.spool) == [], "killed: the rest is sent at the next start")
    told, record = {r["scan_id"] for r in results}, w.server.scans
    check(told <= set(record), "killed: whatever was told is in the record", "%d missing" % len(told - set(record)))
    untold = [i for i in record if i not in told]
    check(len(untold) <= 6, "killed: at most the scan in hand of each kill was recorded untold", str(len(untold)))
    wrong = [r for r in results if r["outcome"] not in ("queued", record[r["scan_id"]][1]["outcome"])]
    check(not wrong, "killed: outcomes agree", str(wrong[:2]))


def story_server_killed(folder):
    """kill -9 of the server again and again while people arrive. What the gate has seen of it leads the story, not a clock: a machine may be slow or quick."""
    w = World(folder, "server-killed", 120)
    s = Scanner(w.spool, ["--lines", "-"])
    waiting = list(w.tokens)

    def arrive(count):
        told = [s.say([waiting.pop(0)])[0]["decided_by"] for _ in range(min(count, len(waiting)))]
        return set(told)

    def meanwhile(act, count):
        thread = threading.Thread(target=act)
        thread.start()
        arrive(count)
        thread.join()
    for _ in range(5):
        for _ in range(8):
            sent = time.time() + 60
            while queue(w.spool) and time.time() < sent:
                time.sleep(0.05)
            if "server" in arrive(1):
                break
        meanwhile(w.server.server.kill, 4)
        check(arrive(2) == {"roster"}, "server killed: the roster goes on")
        meanwhile(w.server.server.start, 4)
    arrive(len(waiting))
    check(s.end() == 0 and queue(w.spool) == [], "server killed: all acknowledged")
    results = s.results()
    check(len(results) == 120 and all(r["outcome"] == "admitted" for r in results), "server killed: nobody waited", str(len(results)))
    check(len({r["decided_by"] for r in results}) == 2, "server killed: decided by both")
    w.compare("server killed", results)
    present = w.server.server.value("SELECT COUNT(DISTINCT delegate_id) FROM presence")
    check(present == 120, "server killed: all are present", present)


def story_secure(folder):
    """Over HTTPS: by the server's pinned key, by its authority, and not with another."""
    w = World(folder, "secure")
    server = w.server.server
    address = "https://127.0.0.1:%d" % server.tls_port
    pin = json.loads(kit.plenum("tls", "show", "--json", data=server.data).stdout)["pin"]
    trust = {"pin": ["--pin", pin], "authority": ["--authority", os.path.join(server.data, "tls", "authority.crt")]}
    for name, words in trust.items():
        spool = os.path.join(folder, "secure-" + name)
        out = subprocess.run([SCANNER, "--server", address, "--pair", w.server.pairing(), "--spool", spool] + words, capture_output=True, text=True)
        check(out.returncode == 0, "secure: pairs by " + name, out.stderr)
        code, results, notices = run_asking(spool, ["--lines", "-"], w.tokens[0])
        check(code == 0 and results and results[0]["decided_by"] == "server", "secure: asks by " + name, notices)
    given = server.pairing("test", "main")
    check(given["url"].startswith("https://") and given["url"].endswith("/#" + pin), "secure: the pairing URL carries the pin", given)
    spool = os.path.join(folder, "secure-url")
    out = subprocess.run([SCANNER, "--server", given["url"], "--pair", given["code"], "--spool", spool], capture_output=True, text=True)
    check(out.returncode == 0, "secure: pairs by the pairing URL alone", out.stderr)
    code, results, notices = run_asking(spool, ["--server", address + "/", "--lines", "-"], w.tokens[1])
    check(code == 0 and results and results[0]["decided_by"] == "server", "secure: the key is known at another address", notices)
    with open(os.path.join(spool, "device.json"), encoding="utf-8") as f:
        kept = json.load(f)
    kept["pin"] = "sha256//" + "A" * 43 + "="
    with open(os.path.join(spool, "device.json"), "w", encoding="utf-8") as f:
        json.dump(kept, f)
    code, results, notices = run(spool, ["--lines", "-"], text=w.tokens[2] + "\n")
    check(results and results[0]["decided_by"] == "roster" and notices.count("not the one of the pairing") == 1,
          "secure: another machine is as good as away, and told once", (results, notices))
    other = "sha256//" + "A" * 43 + "="
    for words in ([], ["--pin", other]):
        spool = os.path.join(folder, "secure-not")
        out = subprocess.run([SCANNER, "--server", address, "--pair", w.server.pairing(), "--spool", spool] + words, capture_output=True, text=True)
        check(out.returncode == 1 and not os.path.exists(os.path.join(spool, "device.json")), "secure: not with %s" % (words or "nothing known"), out.stderr)


def story_answers(folder):
    w = World(folder, "answers")
    stranger, odd = make_token(), make_token()
    w.server.malformed.add(odd)
    text = "%s\n%s\nWIFI:S:Hall;T:WPA;P:secret;;\n5901234123457\nhttps://example.org/x\n%s\n" % (stranger, odd, w.tokens[0])
    code, results, notices = run(w.spool, ["--lines", "-"], text=text)
    check([(r["outcome"], r["reason"]) for r in results] == [("refused", "unknown_badge"), ("invalid", "malformed"), ("admitted", None)],
          "answers: unknown is sent and refused, other codes are not scans", str(results))
    check([(q["state"], q["outcome_reason"]) for q in queue(w.spool)] == [("set_aside", "malformed")], "answers: invalid is set aside", str(queue(w.spool)))
    check("set aside" in notices, "answers: and said", notices)
    run(w.spool, ["--lines", "-"])
    check(max(w.server.posts.values()) == 1, "answers: and not sent again", str(w.server.posts))
    out = subprocess.run([SCANNER, "--spool", w.spool, "--lines", "-"], input="WIFI:S:Hall;;\n%s\n" % w.tokens[1], capture_output=True, text=True)
    check("This is a Wi-Fi code, not one of our badges" in out.stdout and "ADMITTED" in out.stdout, "answers: other codes are named", out.stdout)
    w.proxy.set("refuse")
    run(w.spool, ["--lines", "-"], text="\n".join(w.tokens[4:7]) + "\n")
    w.server.poison.add(w.tokens[5])
    w.proxy.set("pass")
    run(w.spool, ["--lines", "-"])
    check([(q["state"], q["outcome_reason"]) for q in queue(w.spool)][-1] == ("set_aside", "bad_request") and len(queue(w.spool)) == 2,
          "answers: one scan that spoils its request is found and set aside", str(queue(w.spool)))
    check({w.tokens[4], w.tokens[6]} <= {s["token"] for s in w.server.order}, "answers: and the others of its batch are taken")
    w.server.portal = True
    code, portal, notices = run(w.spool, ["--lines", "-"], text=w.tokens[7] + "\n")
    check(portal[0]["decided_by"] == "roster" and [q["state"] for q in queue(w.spool)].count("waiting") == 1, "answers: a login page is not our server", notices)
    w.server.portal = False
    run(w.spool, ["--lines", "-"])
    check([q["state"] for q in queue(w.spool)] == ["set_aside"] * 2, "answers: and the scan goes when the network is there", str(queue(w.spool)))
    w.server.status = 503
    code, busy, _ = run(w.spool, ["--lines", "-"], text=w.tokens[2] + "\n")
    check(busy[0]["outcome"] == "admitted" and busy[0]["decided_by"] == "roster" and len(queue(w.spool)) == 3, "answers: 503 is waited out", str(busy))
    w.server.status = None
    w.server.revoked = True
    code, gone, notices = run(w.spool, ["--lines", "-"], text=w.tokens[3] + "\n")
    check(gone[0]["outcome"] == "admitted" and "no longer accepts" in notices, "answers: 401 is loud", notices)
    check(len([q for q in queue(w.spool) if q["state"] == "waiting"]) == 2, "answers: and the queue is kept")
    w.server.revoked = False
    run(w.spool, ["--lines", "-"])
    check(len([q for q in queue(w.spool) if q["state"] == "waiting"]) == 0, "answers: and sent when it is allowed again")


def story_rules(folder):
    w = World(folder, "rules")
    mode = [stat.S_IMODE(os.stat(os.path.join(w.spool, f)).st_mode) for f in ("device.json", "queue.db")]
    check(mode == [0o600, 0o600], "rules: the spool is for its owner only", str(mode))
    s = Scanner(w.spool, ["--lines", "-"])
    s.say(w.tokens[:1])
    code, _, notices = run(w.spool, ["--lines", "-"])
    check(code == 1 and "another plenum-scanner" in notices, "rules: one process a spool", notices)
    check(s.end() == 0, "rules: the first goes on")
    code, _, notices = run(w.spool, ["--lines", "-", "--gate", "gifts"])
    check(code == 1 and "paired for gate" in notices, "rules: another gate is refused", notices)
    for args in (["--camera", "/dev/no-camera"], ["--input", "/dev/input/no-scanner"]):
        code, _, notices = run(w.spool, args + ["--once"])
        check(code == 1 and sum("not plugged in" in line for line in notices.splitlines()) == 1, "rules: %s that is not there" % args[0], (code, notices))
    code, _, notices = run(w.spool, [])
    check(code == 2, "rules: nothing to read is wrong usage")
    out = subprocess.run([SCANNER, "--server", w.address, "--pair", "BAD", "--spool", os.path.join(folder, "unpaired")], capture_output=True, text=True)
    check(out.returncode == 1 and "wrong, used or too old" in out.stderr, "rules: a wrong code", out.stderr)
    hook = os.path.join(folder, "hook ; touch x")
    log = os.path.join(folder, "hook.log")
    with open(hook, "w") as f:
        f.write('#!/bin/sh\necho "$1|$2|$3|$PLENUM_OUTCOME|$PLENUM_GATE" >> "%s"\n' % log)
    os.chmod(hook, 0o755)
    run(w.spool, ["--lines", "-", "--on-result", hook], text=w.tokens[1] + "\n")
    check(open(log).read() == "admitted||N %s|admitted|main\n" % w.tokens[1][-4:], "rules: --on-result gets arguments and environment, no shell", open(log).read())


# What the migrations of a spool added since 0003, taken back.
OLDER = ["DELETE FROM schema_patch WHERE name > '0003'", "DROP TABLE seal", "DROP TABLE spares", "ALTER TABLE scan DROP COLUMN server_ms"] + [
    "ALTER TABLE roster_head DROP COLUMN " + name for name in ("server_ms", "steady_ms", "boot_id", "heard_steady_ms")]


def story_older_spool(folder):
    """The spool of an older program: what waits can be looked at and exported before a door is opened, and goes to the server as ever."""
    w = World(folder, "older")
    code, first, _ = run(w.spool, ["--lines", "-"], text=w.tokens[0] + "\n")
    w.proxy.set("refuse")
    code, then, _ = run(w.spool, ["--lines", "-"], text="\n".join(w.tokens[:3]) + "\n")
    with contextlib.closing(sqlite3.connect(os.path.join(w.spool, "queue.db"))) as db, db:
        plain = dict(zip([r["scan_id"] for r in then], w.tokens))
        for scan_id, token in plain.items():  # which it kept as they are
            db.execute("UPDATE scan SET token = ? WHERE scan_id = ?", (token, scan_id))
        db.execute("UPDATE scan SET boot_id = 'another start' WHERE scan_id = ?", (then[1]["scan_id"],))
        for sql in OLDER:
            db.execute(sql)
    check([q["state"] for q in queue(w.spool) or []] == ["waiting"] * 3, "older: the queue is listed", str(queue(w.spool)))
    out = subprocess.run([SCANNER, "queue", "export", os.path.join(folder, "older.json"), "--spool", w.spool], capture_output=True, text=True)
    check(out.returncode == 0 and out.stdout.startswith("3 scans"), "older: and exported", out.stdout + out.stderr)
    code, offline, _ = run(w.spool, ["--lines", "-"], text=w.tokens[3] + "\n")
    check([r["outcome"] for r in then + offline] == ["already_in"] + ["admitted"] * 3, "older: its list still decides", str(offline))
    w.proxy.set("pass")
    code, online, _ = run(w.spool, ["--lines", "-"], text=w.tokens[4] + "\n")
    check(queue(w.spool) == [], "older: all is sent", str(queue(w.spool)))
    w.compare("older", first + then + offline + online)


def story_other_server(folder):
    """The same spool, event and gate, but another server: nothing that waits goes there, and no list, change or address of the first one counts."""
    first, second = World(folder, "first"), World(folder, "second")
    second.spool = first.spool
    pair = lambda: subprocess.run([SCANNER, "--server", second.address, "--pair", second.server.pairing(), "--spool", first.spool], capture_output=True, text=True)  # noqa: E731
    first.proxy.set("refuse")
    code, told, _ = run(first.spool, ["--lines", "-"], text=first.tokens[0] + "\n")
    out = pair()
    check(out.returncode == 1 and "another server" in out.stderr, "other server: not while scans of the first wait", out.stderr)
    first.proxy.set("pass")
    run(first.spool, ["--lines", "-"])
    check(queue(first.spool) == [], "other server: they are sent to their own")
    first.compare("other server, the first", told)
    with contextlib.closing(sqlite3.connect(os.path.join(first.spool, "queue.db"))) as db, db:
        db.execute("INSERT OR REPLACE INTO server(id, epoch) VALUES(1, '7.Older')")
        db.execute("INSERT OR REPLACE INTO spares(id, urls) VALUES(1, ?)", (first.address,))
    out = pair()
    check(out.returncode == 0, "other server: paired", out.stderr)
    code, told, notices = run(first.spool, ["--lines", "-"], text="\n".join(second.tokens[:2] + first.tokens[:1]) + "\n")
    check([r["outcome"] for r in told] == ["admitted", "admitted", "refused"] and {r["decided_by"] for r in told} == {"server"}, "other server: it answers", str(told) + notices)
    second.proxy.set("refuse")
    code, away, notices = run(first.spool, ["--lines", "-"], text="\n".join(second.tokens[2:3] + first.tokens[1:2]) + "\n")
    check([r["outcome"] for r in away] == ["admitted", "refused"] and "pair it again" not in notices, "other server: its list decides, and the first is not asked", str(away) + notices)


def command_line(entry):
    try:
        with open("/proc/%s/cmdline" % entry) as f:
            return f.read()
    except OSError:
        return ""


def story_hook(folder):
    """A command that hangs holds up nobody, and is ended with its children."""
    w = World(folder, "hook")
    hook, marks = os.path.join(folder, "hang"), os.path.join(folder, "marks")
    with open(hook, "w") as f:
        f.write('#!/bin/sh\necho started >> "%s"\n(sleep 30; echo survived >> "%s") &\nwait\n' % (marks, marks))
    os.chmod(hook, 0o755)
    begun = time.time()
    s = Scanner(w.spool, ["--lines", "-", "--on-result", hook])
    s.say(w.tokens[:3])
    told = time.time() - begun
    check(len(s.results()) == 3 and told < 20, "hook: three people while the first command hangs", "%.1f s" % told)
    kit.wait(lambda: os.path.exists(marks) and len(open(marks).readlines()) == 3)
    check(s.end() == 0 and 4 < time.time() - begun < 25, "hook: ended after its five seconds, not its thirty", "%.1f s" % (time.time() - begun))
    check(open(marks).read() == "started\n" * 3, "hook: each was started, none survived", open(marks).read())
    left = [line for line in map(command_line, os.listdir("/proc")) if hook in line]
    check(left == [], "hook: nor any child", str(left))
    code, _, notices = run(w.spool, ["--lines", "-", "--on-result", os.path.join(folder, "nothing")])
    check(code == 1 and "--on-result" in notices, "hook: one that is not there is told at the start", notices)


def qr_matrix(text):
    out = subprocess.run(["qrencode", "-t", "ASCII", "-m", "4", "-l", "Q", text], capture_output=True, text=True, check=True).stdout
    return [[c == "#" for c in line[::2]] for line in out.splitlines()]


def pgm(matrices, width=640, height=480, scale=5):
    """Codes side by side on white."""
    rows = [bytearray(b"\xff" * width) for _ in range(height)]
    for i, m in enumerate(matrices):
        left, top = (i + 1) * width // (len(matrices) + 1) - len(m) * scale // 2, height // 2 - len(m) * scale // 2
        for y, line in enumerate(m):
            for x, black in enumerate(line):
                if black:
                    for dy in range(scale):
                        rows[top + y * scale + dy][left + x * scale:left + (x + 1) * scale] = b"\x20" * scale
    return b"P5\n%d %d\n255\n" % (width, height) + b"".join(rows)


def story_pictures(folder):
    w = World(folder, "pictures")
    images = os.path.join(folder, "images")
    os.mkdir(images)
    for i, token in enumerate(w.tokens[:2]):
        subprocess.run(["qrencode", "-o", os.path.join(images, "%d.png" % i), "-s", "6", "-l", "Q", url(token)], check=True)
    open(os.path.join(images, "2.pgm"), "wb").write(pgm([qr_matrix(url(w.tokens[2])), qr_matrix(url(w.tokens[3]))]))
    one = os.path.join(folder, "one.pgm")
    open(one, "wb").write(pgm([qr_matrix(url(w.tokens[4]))]))
    subprocess.run(["ffmpeg", "-loglevel", "error", "-i", one, "-q:v", "4", os.path.join(images, "3.jpg")], check=True)
    open(os.path.join(images, "4.jpg"), "wb").write(b"\xff\xd8\xff\xe0 not a picture")
    open(os.path.join(images, "readme.txt"), "w").write("not looked at")
    out = subprocess.run([SCANNER, "decode", images], capture_output=True, text=True)
    lines = [json.loads(line) for line in out.stdout.splitlines()]
    check(out.returncode == 1 and [len(x["codes"]) for x in lines] == [1, 1, 2, 1, 0], "pictures: decode", out.stdout)
    out = subprocess.run([SCANNER, "decode", os.path.join(images, "0.png"), one], capture_output=True, text=True)
    check(out.returncode == 0 and json.loads(out.stdout.splitlines()[0])["codes"] == [url(w.tokens[0])], "pictures: decode gives the text", out.stdout)
    phone = os.path.join(folder, "phone")  # what is in it cannot all be read, and nothing of it is passed over in silence or holds up the rest
    os.mkdir(phone)
    open(os.path.join(phone, "1.heic"), "wb").write(b"\0\0\0\x18ftypheic" + bytes(40))
    os.mkfifo(os.path.join(phone, "2.jpg"))
    shutil.copy(os.path.join(images, "0.png"), os.path.join(phone.encode(), b"3-\xff.png"))
    out = subprocess.run([SCANNER, "decode", phone], capture_output=True, timeout=60)
    lines = [json.loads(line) for line in out.stdout.decode("utf-8").splitlines()]
    check(out.returncode == 1 and [len(x["codes"]) for x in lines] == [0, 1] and "save it as JPEG" in lines[0]["error"], "pictures: a phone's folder", out.stdout)
    code, first, notices = run(w.spool, ["--images", images, "--once"])
    check(code == 1 and "4.jpg" in notices, "pictures: an unreadable one is named", notices)
    check(len(first) == 5 and all(r["outcome"] == "admitted" for r in first), "pictures: every badge of every picture", str(first))
    os.remove(os.path.join(images, "4.jpg"))
    code, second, _ = run(w.spool, ["--images", images, "--once"])
    check(code == 0 and [r["outcome"] for r in second] == ["already_in"] * 5, "pictures: the same frames twice")
    w.compare("pictures", first + second)
    latency["online"] += [r["ms"] for r in first + second]
    s = Scanner(w.spool, ["--images", images])
    time.sleep(0.5)
    open(os.path.join(images, "new.pgm"), "wb").write(pgm([qr_matrix(url(w.tokens[6]))]))
    until = time.time() + 60
    while len(s.lines) < 6 and time.time() < until:
        time.sleep(0.05)
    s.process.send_signal(signal.SIGTERM)
    check(s.end() == 0 and len(s.results()) == 6, "pictures: a watched folder gives its new picture, and SIGTERM ends it", str(len(s.results())))
    w.compare("pictures", first + second + s.results())


def clip(folder, w):
    """4.5 s at 10 frames a second: badge 0 held 1 s, nothing, badge 1 and a Wi-Fi code held 1 s, nothing."""
    frames = os.path.join(folder, "clip")
    os.makedirs(frames, exist_ok=True)
    blank, first = pgm([]), pgm([qr_matrix(url(w.tokens[0]))])
    both = pgm([qr_matrix(url(w.tokens[1])), qr_matrix("WIFI:S:Hall;T:WPA;P:secret;;")])
    for i in range(45):
        data = first if 5 <= i < 15 else both if 25 <= i < 35 else blank
        open(os.path.join(frames, "%03d.pgm" % i), "wb").write(data)
    return os.path.join(frames, "%03d.pgm")


def story_frames(folder):
    for name, args in (("y4m", ["-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe", "-strict", "-1"]), ("mjpeg", ["-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p", "-f", "mjpeg"])):
        w = World(folder, "frames-" + name)
        pattern = clip(folder, w)
        feed = subprocess.Popen(["ffmpeg", "-loglevel", "error", "-re", "-framerate", "10", "-i", pattern] + args + ["-"], stdout=subprocess.PIPE)
        out = subprocess.run([SCANNER, "--spool", w.spool, "--json", "--frames", "-"], stdin=feed.stdout, capture_output=True, text=True)
        feed.wait()
        results = [json.loads(line) for line in out.stdout.splitlines()]
        check(out.returncode == 0 and [r["outcome"] for r in results] == ["admitted"] * 2, name + ": each showing is one scan", out.stdout + out.stderr)
        check([x["token"] for x in w.server.order] == w.tokens[:2], name + ": of the right badges")
        w.compare(name, results)
        latency["online"] += [r["ms"] for r in results]
    w = World(folder, "frames-torn")
    pattern = clip(folder, w)
    data = subprocess.run(["ffmpeg", "-loglevel", "error", "-framerate", "10", "-i", pattern, "-pix_fmt", "gray", "-f", "yuv4mpegpipe", "-strict", "-1", "-"],
                          capture_output=True).stdout
    out = subprocess.run([SCANNER, "--spool", w.spool, "--json", "--frames", "-"], input=data[:len(data) // 2], capture_output=True)
    check(out.returncode == 1 and b"cut off" in out.stderr and out.stdout.count(b"admitted") == 1, "torn: what came before the cut counts", out.stderr.decode())


BOTH = [story_online, story_away_at_start, story_goes_away, story_lost_replies, story_stall, story_killed, story_pictures, story_frames]
FAKE_ONLY, REAL_ONLY = [story_full, story_answers, story_rules, story_hook], [story_server_killed, story_secure, story_older_spool, story_other_server]


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else None


def main():
    global REAL, failed
    for name in ("qrencode", "ffmpeg"):
        kit.tool(name)
    folder = kit.scratch("scanner")
    for REAL, stories in ((False, BOTH + FAKE_ONLY), (True, BOTH + REAL_ONLY)):
        for values in latency.values():
            values.clear()
        for story in stories:
            if sys.argv[1:] and story.__name__.replace("story_", "") not in sys.argv[1:]:
                continue
            begun = time.time()
            try:
                story(tempfile.mkdtemp(dir=folder))
            except Exception:
                failed += 1
                print("not ok - %s broke off\n%s" % (story.__name__, traceback.format_exc()), flush=True)
            print("# %s %s: %.1f s" % ("plenum serve" if REAL else "fake server", story.__name__, time.time() - begun), flush=True)
        for kind, values in latency.items():
            print("# frame to feedback, %s: p50 %s ms, p95 %s ms, %d scans" % (kind, percentile(values, 0.5), percentile(values, 0.95), len(values)))
    kit.passed, kit.failed = passed, failed
    kit.run("flow scanner")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# suite
# sanitized
"""The spare laptop (docs/operating.md, "A spare laptop"): a rush at four gates, kill -9 of the server in it, `plenum takeover` from the copy, the gates go on by
themselves; then what was told at the doors is compared with the record, exactly once each. And a copy that is gone, foreign, in use or taken over.

    B=build/x tests/flow/takeover.py [STORY...]"""
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as kit  # noqa: E402
from plenum import check, equal, note, wait  # noqa: E402

PEOPLE, GATES = 240, 4
PATIENCE = 60  # seconds: a limit for hanging, no measure


def event_of(folder):
    def change(value, event, offset):
        event["slug"] = "test"
        event["areas"], event["categories"] = [{"code": "hall", "title": "Hall"}], [{"code": "official", "title": "Official", "color": "#b01020"}]
        event["gates"] = [{"code": "main", "title": "Main", "kind": "entry", "area": "hall", "direction": "both", "reentry": True, "admits": ["official"]}]
        event["quorum"] = {"category": "official", "rule": "at_least", "fraction": "2/3"}
        value["people"] = [{"code": "T%04d" % i, "name": "N %04d" % i} for i in range(PEOPLE)]
        event["delegates"] = [{"person": p["code"], "category": "official", "status": "summoned"} for p in value["people"]]
        value["events"] = [event]
    return kit.small_event(folder, change)


def server_of(name, *words):
    server = kit.Server(name)
    server.load(event_of(server.folder))
    return server.start(*words) if words else server


def mirror_note(folder):
    try:
        with open(os.path.join(folder, "mirror.json"), encoding="utf-8") as f:
            return json.load(f)
    except (OSError, ValueError):
        return {}


def health(server):
    return kit.Client(server).get("/healthz").text


def is_whole(server):
    """Database, papers and keys are in the copy."""
    at = health(server)
    return "mirror ok" in at and "plenum_mirror_missing 0" in metrics(server)


def metrics(server):
    if not hasattr(server, "reader"):
        server.reader = server.sign_in("watch", server.user("watch", "organiser"))
    return server.reader.get("/metrics").text


class Gate:
    """A real scanner that reads lines. It was told two addresses of the server, or only the first one's with its pin: then the server tells the other."""

    def __init__(self, folder, number, servers, pairing, is_told_both):
        self.spool = os.path.join(folder, "spool-%d" % number)
        self.lines, self.notices = [], []
        words = [word for server in servers for word in ("--server", "http://127.0.0.1:%d" % server.port)] if is_told_both else ["--server", pairing["url"]]
        command = [kit.program("plenum-scanner"), "--spool", self.spool, "--json"]
        subprocess.run(command + words + ["--pair", pairing["code"]], check=True, capture_output=True)
        self.process = subprocess.Popen(command + ["--lines", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for stream, into in ((self.process.stdout, self.lines), (self.process.stderr, self.notices)):
            threading.Thread(target=lambda s, i: [i.append(line) for line in s], args=(stream, into), daemon=True).start()

    def say(self, token):
        self.process.stdin.write(token + "\n")
        self.process.stdin.flush()

    def rows(self, sql):
        db = sqlite3.connect("file:%s?mode=ro" % os.path.join(self.spool, "queue.db"), uri=True, timeout=20)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def results(self):
        return [json.loads(line) for line in list(self.lines)]

    def end(self):
        self.process.stdin.close()
        return self.process.wait(PATIENCE)


class Desk(threading.Thread):
    """A client that keeps nothing: what it was told is what it remembers, with when."""

    def __init__(self, server, tokens):
        super().__init__(daemon=True)
        self.device, self.tokens, self.told = server.device("test", "main", "Bàn"), tokens, []
        self.start()

    def run(self):
        for token in self.tokens:
            scan = kit.scan(token, "main")
            try:
                reply = self.device.post("/api/v1/checkins", scan)
            except (OSError, kit.Closed):
                return
            if reply.status == 200:
                self.told.append((scan["scan_id"], time.time()))
            time.sleep(0.1)


def record(server):
    rows = json.loads(kit.plenum("export", "checkins", "--event", "test", "--format", "json", data=server.data).stdout)
    return rows


def rush():
    first, folder = server_of("first"), kit.scratch("spare")
    copy = os.path.join(folder, "stick")
    spare = kit.Server("spare")
    done = kit.plenum("serve", "--listen", "127.0.0.1:0", *["--spare=https://10.0.0.%d:8443" % i for i in range(8)], data=first.data, fine=False)
    check(done.returncode == 2 and "more addresses than a scanner can keep" in done.stderr, "more spares than a gate takes are not half told", done.stderr)
    first.start("--mirror", copy, "--spare", "https://127.0.0.1:%d" % spare.tls_port)
    check(wait(lambda: is_whole(first)), "the copy becomes whole", health(first))
    tokens = list(first.tokens("test").values())
    parts = [tokens[i * 50:(i + 1) * 50] for i in range(GATES)]
    gates = [Gate(folder, i, (first, spare), first.pairing("test", "main"), i % 2 == 0) for i in range(GATES)]
    check(wait(lambda: all(g.rows("SELECT 1 FROM roster_head") for g in gates)), "each gate has its roster")
    desk = Desk(first, tokens[200:240])
    for i in range(20):
        for gate, part in zip(gates, parts):
            gate.say(part[i])
    check(wait(lambda: all(len(g.lines) >= 20 for g in gates)), "the rush has begun")
    begun = kit.time_text(kit.now_ms())
    check(wait(lambda: mirror_note(copy).get("through", "") > begun), "the copy follows")
    lag = health(first)
    for i in range(20, 30):
        for gate, part in zip(gates, parts):
            gate.say(part[i])
    check(wait(lambda: sum(len(g.lines) for g in gates) >= GATES * 24), "and goes on")  # acknowledged a moment ago: the copy may lack them
    first.kill()
    killed = time.time()
    for i in range(30, 50):  # the doors do not stop
        for gate, part in zip(gates, parts):
            gate.say(part[i])
    left = mirror_note(copy)
    note("in the rush: %s" % lag.replace("\n", "; "))
    done = kit.plenum("takeover", copy, data=spare.data)
    note("takeover: %.1f s after the kill; %s" % (time.time() - killed, done.stdout.splitlines()[1]))
    check("taken over" in done.stdout and "The copy has everything up to" in done.stdout, "takeover says how old the copy is", done.stdout)
    in_copy = len(spare.rows("SELECT scan_id FROM scan"))
    spare.start()
    check(wait(lambda: all(len(g.lines) == 50 for g in gates)), "every badge was told something", [len(g.lines) for g in gates])
    check(wait(lambda: all(g.rows("SELECT COUNT(*) FROM scan WHERE state <> 'sent'")[0][0] == 0 for g in gates)), "every queue is empty")
    check(wait(lambda: all(g.rows("SELECT COUNT(*) FROM server WHERE epoch LIKE '2.%'")[0][0] for g in gates)), "each gate knows the new server")
    check(wait(lambda: all(g.rows("SELECT COUNT(*) FROM scan WHERE state <> 'sent'")[0][0] == 0 for g in gates)), "and has sent again what it held")
    note("the last gate was done %.1f s after the kill" % (time.time() - killed))
    check(all("another server has taken over" in "".join(g.notices) for g in gates), "each gate said so", gates[0].notices)
    compare(spare, gates, desk, left, in_copy)
    second_start(first, spare, copy)
    for gate in gates:
        equal(gate.end(), 0, "a gate ends in peace")


def compare(spare, gates, desk, left, in_copy):
    rows = record(spare)
    by_id = {row["scan_id"]: row for row in rows}
    equal(len(by_id), len(rows), "no scan stands twice")
    told = {r["scan_id"]: r for g in gates for r in g.results()}
    equal(len(told), GATES * 50, "each reading has an id of its own")
    equal([i for i in told if i not in by_id], [], "what was told at a gate is in the record")
    equal([r for r in told.values() if r["outcome"] not in ("admitted", "queued")], [], "everybody was let in, or kept for later")
    equal([r["scan_id"] for r in told.values() if by_id.get(r["scan_id"], {}).get("outcome") != "admitted"], [], "and is recorded as admitted, once")
    through = kit.time_ms(left["through"]) / 1000
    before = [i for i, at in desk.told if at < through - 0.1]
    lost = [i for i, at in desk.told if i not in by_id]
    check(in_copy >= GATES * 20, "the copy had what came before its time", in_copy)
    note("the copy had %d scans; %d of %d that a desk was told are lost with the laptop" % (in_copy, len(lost), len(desk.told)))
    equal([i for i in before if i not in by_id], [], "what was acknowledged before the copy's time is in it")
    check(set(by_id) <= set(told) | {i for i, _ in desk.told} | desk_unheard(desk, by_id), "and nothing else")
    doctor = kit.plenum("doctor", data=spare.data, fine=False)
    check(doctor.returncode == 0, "the new folder is sound: papers, figures, schema", doctor.stdout + doctor.stderr)
    equal(spare.value("SELECT COUNT(DISTINCT delegate_id) FROM scan WHERE outcome = 'admitted'"), len(by_id), "one admission a person")


def desk_unheard(desk, by_id):
    """The request that was on its way when the server was killed: recorded, its answer never heard."""
    unheard = [i for i, row in by_id.items() if row["device"] == desk.device.device and i not in {t for t, _ in desk.told}]
    return set(unheard) if len(unheard) <= 1 else set()


def second_start(first, spare, copy):
    """The old laptop comes back: it does not write over the copy, and the gates stay with the new one."""
    marked = mirror_note(copy)
    equal(marked.get("epoch"), spare.value("SELECT value FROM setting WHERE name = 'epoch'"), "the copy is marked as taken over")
    first.start("--mirror", copy)
    check(wait(lambda: "another machine has taken over" in first.log_text()), "the old server sees that it was taken over from", first.log_text()[-600:])
    equal(mirror_note(copy), marked, "and leaves the copy alone")
    check("NOT YET WHOLE" in health(first), "its status says that it has no copy", health(first))
    first.stop()


def refusals():
    first, folder = server_of("refuse"), kit.scratch("refuse")
    copy = os.path.join(folder, "copy")
    first.start("--mirror", copy)
    check(wait(lambda: is_whole(first)), "the copy becomes whole", health(first))
    for path in ("copy.db", "mirror.json", "files/tls/authority.key"):
        where = os.path.join(copy, path)
        check(os.path.exists(where) and os.stat(where).st_mode & 0o777 == 0o600, "%s is there, for its owner alone" % path)
    busy = kit.plenum("takeover", copy, data=os.path.join(folder, "a"), fine=False)
    check(busy.returncode == 1 and "still writes" in busy.stderr, "a copy that a server writes to is refused", busy.stderr)
    check(not os.path.exists(os.path.join(folder, "a")), "and nothing is left")
    device = first.device("test", "main")
    token = list(first.tokens("test").values())[0]
    device.post("/api/v1/checkins", kit.scan(token, "main"))
    equal(first.stop(), 0, "a peaceful end")
    used = kit.plenum("doctor", data=copy, fine=False)
    check(used.returncode == 1 and "plenum takeover" in used.stderr, "a copy is no data folder to work on", used.stderr)
    blobs = os.path.join(copy, "blobs")
    one = next(os.path.join(path, name) for path, _, names in os.walk(blobs) for name in names)
    with open(one, "r+b") as f:
        f.write(b"\0\0\0\0")
    bad = kit.plenum("takeover", copy, data=os.path.join(folder, "b"), fine=False)
    check(bad.returncode == 1 and "not in the copy" in bad.stderr, "a damaged paper is told and refused", bad.stderr)
    good = kit.plenum("takeover", copy, "--anyway", data=os.path.join(folder, "c"), fine=False)
    check(good.returncode == 0 and "1 ARE MISSING" in good.stdout, "unless one says so", good.stdout + good.stderr)
    equal(kit.rows(os.path.join(folder, "c"), "SELECT COUNT(*) FROM scan"), [(1,)], "a peaceful end leaves nothing behind")
    full = kit.plenum("takeover", copy, data=os.path.join(folder, "c"), fine=False)
    check(full.returncode == 1 and "has something in it" in full.stderr, "nor over a folder that is in use", full.stderr)
    newer = sqlite3.connect(os.path.join(copy, "copy.db"))
    table = newer.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE '%migration%' OR name LIKE '%schema%'").fetchone()
    columns = [c[1] for c in newer.execute("PRAGMA table_info(%s)" % table[0])]
    newer.execute("INSERT INTO %s SELECT %s FROM %s LIMIT 1" % (table[0], ", ".join("'9999-later'" if c == "name" else c if c != "id" else "9999" for c in columns), table[0]))
    newer.commit()
    newer.close()
    later = kit.plenum("takeover", copy, "--anyway", data=os.path.join(folder, "d"), fine=False)
    check(later.returncode == 1 and not os.path.exists(os.path.join(folder, "d")), "a newer schema is refused", later.stdout + later.stderr)
    none = kit.plenum("takeover", folder, data=os.path.join(folder, "e"), fine=False)
    check(none.returncode == 1 and "no copy" in none.stderr, "nor is any folder a copy", none.stderr)


def gone():
    """The stick is pulled, and comes back; a folder with other things in it is left alone."""
    first, folder = server_of("gone"), kit.scratch("gone")
    copy, away = os.path.join(folder, "stick"), os.path.join(folder, "away")
    first.start("--mirror", copy)
    device = first.device("test", "main")
    tokens = list(first.tokens("test").values())
    check(wait(lambda: is_whole(first)), "the copy becomes whole", health(first))
    os.rename(copy, away)
    check(wait(lambda: "mirror LATE" in health(first)), "a stick that is gone is told on the status", health(first))
    check(wait(lambda: "THE SECOND COPY IS NOT KEPT" in first.log_text()), "and in the log")
    page = first.reader.get("/admin/test").text
    check('id="mirror"' in page and "warning" in page[page.index('id="mirror"') - 60:page.index('id="mirror"')], "and in the console", page[:400])
    equal(device.post("/api/v1/checkins", kit.scan(tokens[0], "main")).json()["results"][0]["outcome"], "admitted", "the doors do not notice")
    os.mkdir(copy)  # the place where it was plugged in is empty now, on this machine's own disk
    check(wait(lambda: "the copy is gone from there" in first.reader.get("/admin/test").text), "what is missing is said")
    equal(os.listdir(copy), [], "an empty folder in its place is not written to")
    os.rmdir(copy)
    os.rename(away, copy)
    check(wait(lambda: "mirror ok" in health(first)), "it is taken up again when it comes back", health(first))
    first.stop()
    equal(len(kit.plenum("takeover", copy, "--anyway", data=os.path.join(folder, "new")).stdout) > 0 and
          kit.rows(os.path.join(folder, "new"), "SELECT COUNT(*) FROM scan"), [(1,)], "with what came meanwhile")
    other = os.path.join(folder, "other")
    os.mkdir(other)
    with open(os.path.join(other, "letter.txt"), "w") as f:
        f.write("mine")
    first.start("--mirror", other)
    check(wait(lambda: "has something else in it" in first.log_text()), "a folder with other things in it is refused", first.log_text()[-400:])
    equal(os.listdir(other), ["letter.txt"], "and left alone")
    first.stop()


if __name__ == "__main__":
    stories = [rush, refusals, gone]
    kit.run("takeover", *[s for s in stories if not sys.argv[1:] or s.__name__ in sys.argv[1:]])

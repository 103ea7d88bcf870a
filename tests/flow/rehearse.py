#!/usr/bin/env python3
# suite
# sanitized
"""`plenum rehearse`: figures that agree with one another, mistakes of an event that it finds, and that nothing of it is ever in the record or left behind: beside a
running server, after Ctrl-C and kill -9, on a full disk, with a damaged copy.

    B=build/x tests/flow/rehearse.py [STORY...]"""
import glob
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as kit  # noqa: E402
from plenum import check, equal  # noqa: E402

CONGRESS = "dai-hoi-19"


# --- the event and the program ------------------------------------------------------------------------------------------------------------

def event_file(folder, people=60, **changes):
    """One hall with two doors, three categories; `changes` go over the event's keys."""
    event = {"slug": "e", "kind": "congress", "title": {"vi": "Đại hội", "en": "Congress"}, "timezone": "Asia/Ho_Chi_Minh", "starts": "2027-03-01T07:30",
             "ends": "2027-03-01T17:00", "categories": [{"code": c, "title": c} for c in ("official", "guest", "press")],
             "areas": [{"code": "hall", "title": "Hall", "capacity": 500}],
             "gates": [{"code": "north", "title": "North", "kind": "entry", "area": "hall"}, {"code": "south", "title": "South", "kind": "entry", "area": "hall"}],
             "sessions": [{"code": "opening", "title": "Opening", "starts": "2027-03-01T08:00", "ends": "2027-03-01T11:00", "area": "hall"}],
             "delegates": [{"person": "P%d" % i, "category": ("official", "official", "guest", "press")[i % 4], "delegation": "U%d" % (i % 5)} for i in range(people)]}
    event.update(changes)
    path = os.path.join(folder, "event.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"format": "plenum-events/1", "organization": {"name": "T", "languages": ["vi"], "units": [{"code": "U%d" % i, "name": "U %d" % i} for i in range(5)]},
                   "people": [{"code": "P%d" % i, "name": "Nguyễn Thị Số %d" % i, "unit": "U%d" % (i % 5)} for i in range(people)], "events": [event]}, f)
    return path


def data_of(name, **changes):
    folder = kit.scratch(name)
    kit.plenum("import", event_file(folder, **changes), data=os.path.join(folder, "data"))
    return os.path.join(folder, "data")


def rehearse(data, *words, event="e", people=60, minutes=2, speed=250):
    return kit.plenum("rehearse", "--event", event, "--people", people, "--minutes", minutes, "--speed", speed, "--json", *words, data=data, fine=False, timeout=300)


def report_of(done):
    """Whatever was found, there is a report."""
    if done.returncode not in (0, 1) or not done.stdout:
        raise RuntimeError("rehearse: exit code %d: %s" % (done.returncode, done.stderr[-500:]))
    return json.loads(done.stdout)


def ids(report, grade=None):
    return {f["id"] for f in report["findings"] if not grade or f["grade"] == grade}


def copies(data):
    return glob.glob(data + ".practice-*")


def dump(data):
    """Every row of every table, in an order of its own."""
    db = sqlite3.connect("file:%s?mode=ro" % os.path.join(data, "plenum.db"), uri=True, timeout=20)
    try:
        names = [n for (n,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name")]
        return {n: sorted(map(repr, db.execute('SELECT * FROM "%s"' % n))) for n in names}
    finally:
        db.close()


def tokens_of(data):
    return [t for (t,) in kit.rows(data, "SELECT token FROM credential")]


def begin(data, *words, minutes=10, speed=4, scans=0):
    """A rehearsal that takes long; returns when its server runs, or so many scans are in its copy."""
    process = subprocess.Popen([kit.program("plenum"), "rehearse", "--event", "e", "--people", "60", "--minutes", str(minutes), "--speed", str(speed), "--data", data]
                               + list(words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until = time.time() + 60
    while time.time() < until and process.poll() is None:
        for copy in copies(data):
            if children_of(process.pid) and (not scans or kit.rows(copy, "SELECT COUNT(*) FROM scan")[0][0] >= scans):
                return process
        time.sleep(0.01)
    raise RuntimeError("the rehearsal did not begin: %r" % (process.communicate() if process.poll() is not None else "it takes too long",))


def children_of(pid):
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
            return [int(p) for p in f.read().split()]
    except OSError:
        return []


def is_gone(pid, seconds=20):
    until = time.time() + seconds
    while time.time() < until:
        try:
            with open("/proc/%d/stat" % pid) as f:
                if f.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except OSError:
            return True
        time.sleep(0.02)
    return False


# --- stories --------------------------------------------------------------------------------------------------------------------------------

def figures_agree():
    data = data_of("rehearse-figures")
    before, files = dump(data), sorted(os.listdir(data))
    done = rehearse(data, "--gates", 4, speed=100)
    report = report_of(done)
    scans, record, plan = sum(report["outcomes"].values()), report["record"], report["rehearsed"]
    check(report["practice"] is True and plan["scanners"] == 4 and plan["gates"] == 2 and plan["people"] == 60, "what was asked for was rehearsed", plan)
    equal(scans, record["acknowledged"], "the outcomes add up to the acknowledged scans")
    equal((record["reads"], record["recorded"]), (scans, scans), "every read was acknowledged and is in the copy's record")
    equal(sum(q["reads"] for q in report["queues"]), scans, "and so do the scanners' reads")
    equal(sum(q["people"] for q in report["queues"]), report["all"]["people"], "and their people")
    equal(sum(r["count"] for r in report["refusals"]), report["outcomes"]["refused"], "refusals by reason add up to the refused")
    equal((report["outcomes"]["invalid"], record["unexpected"], record["recount_agrees"]), (0, 0, True), "every answer was as the rules say, and a recount agrees")
    check(record["let_in"] == record["attended"] == 60, "everybody came in once, and the figures say so", record)
    check(report["walls_behind_ms"] >= 0, "the walls showed the last figure")
    reasons = {r["reason"] for r in report["refusals"]}
    check({"unknown_badge", "revoked"} <= reasons and report["outcomes"]["already_in"] >= 1, "real life is mixed in: foreign codes, old badges, badges held out twice", reasons)
    check(report["cut"]["kept"] >= 1 and report["cut"]["sent_late"] == report["cut"]["kept"], "a scanner without network kept its scans and sent all of them", report["cut"])
    online = report["answers"]["checkin"]
    check(online["count"] + report["cut"]["sent_late"] == scans and online["failed"] == 0, "the measured answers are those of the scans", online)
    check(0 < online["p50_ms"] <= online["p95_ms"] <= online["p99_ms"] <= online["longest_ms"], "percentiles rise", online)
    check(report["answers"]["page"]["count"] == plan["phones"] and report["answers"]["page"]["failed"] == 0, "every phone got its page", report["answers"])
    check(report["all"]["wait_median_s"] <= report["all"]["wait_p95_s"] <= report["all"]["wait_longest_s"], "waiting times rise", report["all"])
    waits = [w["wait_longest_s"] for w in report["what_if"]]
    check(len(waits) >= 5 and waits[0] >= waits[-1] and report["recommended"] in [w["scanners"] for w in report["what_if"]], "fewer scanners wait longer", report["what_if"])
    equal(done.returncode, 1 if report["broken"] else 0, "the exit code tells whether something would have broken")
    equal({i for i in ids(report, "broken") if not i.startswith("machine_")}, set(), "a sound event breaks nowhere (but perhaps this machine's own state)")
    equal("conflicts" in ids(report), record["conflicts"] > 0, "a badge that was let in twice is told")
    said = done.stdout + done.stderr
    check(not any(t in said for t in tokens_of(data)) and "Nguyễn" not in said, "neither a badge nor a name is told")
    check(dump(data) == before and sorted(os.listdir(data)) == files and not copies(data), "the data folder is as it was, and nothing lies beside it", copies(data))


def same_seed_same_rush():
    data = data_of("rehearse-seed", people=24)
    first, again, other = (report_of(rehearse(data, "--seed", s, people=24)) for s in (3, 3, 4))
    def shape(report):
        return report["outcomes"], [q["people"] for q in report["queues"]], report["rehearsed"]["phones"]
    equal(shape(first), shape(again), "the same seed gives the same people, scanners and outcomes")
    check(shape(first) != shape(other), "another one does not", shape(other))


def mistakes_are_found():
    gates = [{"code": "north", "title": "North", "kind": "entry", "area": "hall", "admits": ["official"]},
             {"code": "vip", "title": "VIP", "kind": "entry", "area": "foyer", "admits": ["honorary"]},
             {"code": "gifts", "title": "Gifts", "kind": "handout", "admits": ["honorary"]}]
    data = data_of("rehearse-faults", gates=gates, sessions=[], categories=[{"code": c, "title": c} for c in ("official", "guest", "press", "honorary")],
                   areas=[{"code": "hall", "title": "Hall", "capacity": 20}, {"code": "foyer", "title": "Foyer"}])
    done = rehearse(data)
    report = report_of(done)
    told = {f["id"]: f["what"] for f in report["findings"]}
    nowhere = [f["what"] for f in report["findings"] if f["id"] == "category_nowhere"]
    equal(done.returncode, 1, "what would have broken is told by the exit code")
    check(len(nowhere) == 2 and any("15 `guest`" in w for w in nowhere) and any("15 `press`" in w for w in nowhere), "categories that no door admits, with their number", nowhere)
    barred = [f["what"] for f in report["findings"] if f["id"] == "gate_for_nobody"]
    check(len(barred) == 2 and any("gate vip" in w for w in barred) and any("hand-out gifts" in w for w in barred), "doors for nobody", barred)
    check("takes 20" in told.get("room_too_small", "") and "30 delegates" in told["room_too_small"], "a room that is too small", told)
    check("full" in told and any(r["reason"] == "full" for r in report["refusals"]), "and who was refused because of it", report["refusals"])
    refused = {r["category"]: r["count"] for r in report["refusals"] if r["reason"] == "not_admitted_here" and r["gate"] == "north"}
    check(refused.get("guest", 0) >= 13 and refused.get("press", 0) >= 13, "who was refused by the programme, by category and door", report["refusals"])
    check({"badges_not_printed", "scanners_not_paired"} <= ids(report, "warning"), "what is not ready: badges, scanners", ids(report))
    later = data_of("rehearse-later", sessions=[
        {"code": "early", "title": "Early", "starts": "2027-03-01T08:00", "ends": "2027-03-01T09:00", "area": "hall", "admits": ["official"]},
        {"code": "late", "title": "Late", "starts": "2027-03-01T09:30", "ends": "2027-03-01T11:00", "area": "hall"}])
    report = report_of(rehearse(later))
    words = " ".join(f["what"] for f in report["findings"] if f["id"] == "category_not_now")
    check("15 `guest`" in words and "`admits` of early lacks `guest`" in words and "2027-03-01 09:00" in words, "who is not let in yet, and from when on", words)
    doors = data_of("rehearse-doors", sessions=[], gates=[{"code": c, "title": c, "kind": "entry", "area": "hall", "admits": [c]} for c in ("official", "guest", "press")])
    told = {f["id"]: f["what"] for f in report_of(rehearse(doors, "--gates", 2))["findings"]}
    check("2 of the 3 gates" in told.get("gates_not_played", "") and "`press`" in told.get("category_not_played", ""), "gates without a scanner are told", told)
    report = report_of(rehearse(doors, "--gates", 3))
    check(not {"gates_not_played", "category_not_played"} & ids(report) and not any(r["reason"] == "not_admitted_here" for r in report["refusals"]),
          "with one each, everybody goes to their own", (ids(report), report["refusals"]))
    check(not {"category_not_now", "category_nowhere"} & ids(report_of(rehearse(later, "--session", "late"))), "another session lets them in")


def beside_a_server():
    """A real server takes check-ins meanwhile: they and nothing else are in its record, and none of them is in the rehearsal."""
    server = kit.Server("rehearse-beside")
    server.load(event_file(server.folder, timezone=kit.noon_zone()[0]), "--starts-on", "today")  # after its end every admission would be a conflict
    server.start("--public-url", "http://10.0.0.1:8080")
    gate, people, sent, stop = server.device("e", "north"), sorted(server.tokens("e").items()), [], threading.Event()

    def scan_on():
        for number in range(100000):
            if stop.is_set():
                return
            reply = gate.post("/api/v1/checkins", kit.scan(people[number % len(people)][1], "north", direction="out" if number // len(people) % 2 else "in"))
            sent.extend((r["scan_id"], r["outcome"]) for r in reply.json()["results"])
            time.sleep(0.01)

    other = server.device("e", "south")  # two doors that knew nothing of one another: the record has a conflict from the beginning
    for device, age in ((gate, 5000), (other, 2000)):
        reply = device.post("/api/v1/checkins", kit.scan(people[0][1], device.gate, age=age, decision="admitted"))
        sent.extend((r["scan_id"], r["outcome"]) for r in reply.json()["results"])
    equal(server.value("SELECT COUNT(*) FROM conflict"), 1, "the record knows a conflict")
    seen = dump(server.data)
    thread = threading.Thread(target=scan_on)
    thread.start()
    try:
        report = report_of(rehearse(server.data, speed=80))
    finally:
        stop.set()
        thread.join()
    equal(report["record"]["reads"], report["record"]["recorded"], "the copy's record has its own scans alone")
    check(report["record"]["recount_agrees"] and report["record"]["attended"] == 60, "and begins empty, whatever the record holds", report["record"])
    equal(sorted(server.rows("SELECT scan_id, outcome FROM scan")), sorted(sent), "the record has what its own door sent, and nothing else")
    check(len(sent) > 10, "and that was going on all the time", len(sent))
    now = dump(server.data)
    changed = {n for n in now if now[n] != seen.get(n)}
    check(changed <= {"scan", "presence", "delegate_state", "tally", "device", "event", "delegate", "conflict"}, "no other table was touched", changed)
    equal((len(now["device"]), server.value("SELECT COUNT(*) FROM device WHERE revoked_ms IS NOT NULL")), (2, 0), "no scanner was paired or revoked")
    equal(kit.rows(server.data, "SELECT COUNT(*) FROM scan s JOIN device d ON d.id = s.device_id WHERE d.name LIKE 'rehearsal%'"), [(0,)], "no practice scanner")
    equal(server.stop(), 0, "the server ends in peace")


def interrupted():
    data = data_of("rehearse-signal")
    before = dump(data)
    for number, name in ((signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")):
        process = begin(data)
        child = children_of(process.pid)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
        equal((process.returncode, out), (-number, ""), "%s ends it as a signal does" % name)
        check("stopped" in err and not copies(data) and child and is_gone(child[0]), "%s: copy and server are gone" % name, (err, copies(data)))
    process = begin(data)
    child = children_of(process.pid)
    process.kill()
    process.communicate()
    check(is_gone(child[0]), "its server dies with it, even by kill -9")
    left = copies(data)
    equal(len(left), 1, "what was copied lies there")
    for words in (["export", "checkins", "--event", "e"], ["doctor"], ["serve", "--listen", "127.0.0.1:0", "--listen-tls", "none"], ["backup", left[0] + ".tgz"],
                  ["device", "list"], ["import", event_file(os.path.dirname(data))], ["rehearse", "--event", "e"]):
        done = kit.plenum(*words, data=left[0], fine=False)
        check(done.returncode == 1 and "practice copy" in done.stderr, "no other command takes it for a record: " + words[0], done.stderr)
    os.unlink(os.path.join(left[0], "practice.json"))
    done = kit.plenum("export", "checkins", "--event", "e", data=left[0], fine=False)
    check(done.returncode == 1 and "practice copy" in done.stderr, "the mark in the database alone is enough", done.stderr)
    report = kit.plenum("rehearse", "--event", "e", "--people", 10, "--minutes", 1, "--speed", 100, data=data, fine=False)
    check(not copies(data) and "Removed what 1 rehearsal had left" in report.stdout, "the next rehearsal clears it away", (copies(data), report.stdout[:600]))
    equal(dump(data), before, "the data folder is as it was")


def kept():
    data = data_of("rehearse-keep", people=12)
    with sqlite3.connect(os.path.join(data, "plenum.db")) as db:
        db.execute("INSERT INTO setting(name, value) VALUES('spares', 'https://10.0.0.3:8443')")
    db.close()
    report = report_of(rehearse(data, "--keep", people=12))
    copy = report["kept"]
    equal(copies(data), [copy], "--keep keeps the copy")
    equal(kit.rows(copy, "SELECT COUNT(*) FROM scan"), [(report["record"]["recorded"],)], "with what was played")
    equal(os.stat(copy).st_mode & 0o777, 0o700, "for its owner alone")
    equal(kit.rows(copy, "SELECT value FROM setting WHERE name = 'spares' AND value IS NOT NULL"), [], "it sends nobody to the spare laptop")
    again = report_of(rehearse(data, people=12))
    check(os.path.isdir(copy) and "kept" not in again, "the next rehearsal leaves it alone")
    for words in (["--listen", "0.0.0.0:0"], ["--mirror", copy + "-m"], ["--listen-tls", "127.0.0.1:0"]):
        done = kit.plenum("serve", "--practice", *words, data=copy, fine=False)
        equal(done.returncode, 2, "it is shown on this machine only: " + words[0])
    done = kit.plenum("serve", "--practice", "--listen", "127.0.0.1:0", data=data, fine=False)
    check(done.returncode == 1 and "no practice copy" in done.stderr, "--practice opens no record", done.stderr)
    old = os.path.join(os.path.dirname(data), "old")  # as an older program leaves it
    os.mkdir(old)
    with sqlite3.connect(os.path.join(old, "plenum.db")) as db:
        db.execute("CREATE TABLE setting (name TEXT NOT NULL PRIMARY KEY, value TEXT)")
    db.close()
    done = kit.plenum("serve", "--practice", "--listen", "127.0.0.1:0", data=old, fine=False)
    check(done.returncode == 1 and "no practice copy" in done.stderr, "nor brings the schema of one up to date", done.stderr)
    equal(kit.rows(old, "SELECT name FROM sqlite_master WHERE type = 'table'"), [("setting",)], "which stays as it was")
    server = kit.Server("rehearse-shown")
    server.data = copy
    log = open(server.log, "wb")
    server.process = subprocess.Popen([kit.program("plenum"), "serve", "--practice", "--data", copy, "--listen", "127.0.0.1:%d" % server.port], stdout=log, stderr=log)
    until = time.time() + 30
    while "Plenum runs" not in server.log_text() and server.process.poll() is None and time.time() < until:
        time.sleep(0.02)
    page = kit.Client(server).get("/e/e")
    check("PRACTICE" in server.log_text() and "PRACTICE" in page.text, "and says what it is, on every page", (page.status, server.log_text()))
    key = kit.rows(data, "SELECT COUNT(*) FROM device")
    equal((server.stop(), key), (0, [(0,)]), "the record knows nothing of its scanners")


def no_room():
    data = data_of("rehearse-full")
    bound = os.path.getsize(os.path.join(data, "plenum.db")) + 1000000
    done = subprocess.run([kit.program("plenum"), "rehearse", "--event", "e", "--data", data], capture_output=True, text=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (bound, bound)))
    check(done.returncode == 1 and "has room for" in done.stderr and "--scratch" in done.stderr, "room is looked for before anything is copied", done.stderr)
    equal(copies(data), [], "and nothing is left")
    done = rehearse(data, "--scratch", os.path.join(os.path.dirname(data), "nowhere"))
    check(done.returncode == 1 and "nowhere" in done.stderr, "a scratch folder that is not there is told", done.stderr)
    # In the middle of it: the practice server's files may grow no more, as on a disk that fills up.
    process = begin(data, "--json", minutes=1, speed=40, scans=5)
    child = children_of(process.pid)[0]
    subprocess.run([kit.tool("prlimit"), "--pid", str(child), "--fsize=4096:4096"], check=True)
    out, err = process.communicate(timeout=200)
    report = json.loads(out)
    record = report["record"]
    check(process.returncode == 1 and {"no_answer", "not_acknowledged"} <= ids(report, "broken"), "a disk that fills up would have broken it", (err, ids(report)))
    check(5 <= record["acknowledged"] == record["recorded"] < record["reads"], "what was acknowledged is recorded, what was not is told", record)
    equal(sum(report["outcomes"].values()), record["acknowledged"], "the outcomes are those of the acknowledged ones")
    equal(copies(data), [], "and nothing is left then")


def torn_copy():
    """A database whose pages are damaged is copied as it is, and found before anything is played."""
    data = data_of("rehearse-torn")
    db = sqlite3.connect(os.path.join(data, "plenum.db"))
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit'").fetchone()
    (size,) = db.execute("PRAGMA page_size").fetchone()
    db.close()
    with open(os.path.join(data, "plenum.db"), "r+b") as f:
        f.seek((page - 1) * size)
        f.write(b"\xff" * size)
    done = rehearse(data)
    check(done.returncode == 1 and done.stderr.count("\n") == 1 and not done.stdout, "a damaged database is told on one line", (done.returncode, done.stderr))
    equal(copies(data), [], "and nothing is left")
    # A paper that is gone is found, not fatal.
    folder = kit.scratch("rehearse-paper")
    whole = os.path.join(folder, "data")
    kit.plenum("import", kit.SAMPLE, data=whole)
    shutil.rmtree(sorted(glob.glob(os.path.join(whole, "blobs", "??")))[0])
    report = report_of(rehearse(whole, event=CONGRESS, people=20))
    check("papers_missing" in ids(report, "broken"), "papers that are not there are found", ids(report))


def usage():
    data = data_of("rehearse-usage", people=8)
    for code, words, what in ((2, [], "--event"), (2, ["--event", "e", "--gates", "0"], "gates"), (2, ["--event", "e", "--speed", "x"], "speed"),
                              (1, ["--event", "nix"], "no event"), (1, ["--event", "e", "--session", "nix"], "no session")):
        done = kit.plenum("rehearse", *words, data=data, fine=False)
        check(done.returncode == code and what in done.stderr and not done.stdout, "%s: %d" % (" ".join(words) or "nothing", code), done.stderr)
    for name, changes, what in (("gates", {"gates": [], "people": 4}, "no entry gate"), ("people", {"people": 0}, "no delegate with a badge")):
        done = rehearse(data_of("rehearse-" + name, **changes))
        check(done.returncode == 1 and what in done.stderr and done.stderr.count("\n") == 1, "an event without " + name, done.stderr)
    done = kit.plenum("rehearse", "--event", "e", "--people", 300, "--minutes", 1, "--speed", 200, data=data, fine=False)
    for words in ("PRACTICE: 8 people", "no more than 8 delegates", "fewer gates than scanners", "Simulated:", "Measured:", "Nothing of it is in the record", "Recommended:", "Found:"):
        check(words in done.stdout, "the page says: " + words, done.stdout[:1500])
    equal(done.stderr, "", "no bar where nobody looks")
    missing = kit.plenum("rehearse", "--event", "e", data=os.path.join(data, "none"), fine=False)
    check(missing.returncode == 1 and "no data folder" in missing.stderr, "no data folder", missing.stderr)


STORIES = (figures_agree, same_seed_same_rush, mistakes_are_found, beside_a_server, interrupted, kept, no_room, torn_copy, usage)

if __name__ == "__main__":
    wanted = sys.argv[1:]
    kit.run("rehearse", *[s for s in STORIES if not wanted or s.__name__ in wanted])

#!/usr/bin/env python3
# suite
"""The commands of `plenum` as a person or a script uses them: exit codes, one line of error, JSON shapes, an import that is killed in the middle, an
export that comes back the same. The build folder comes from the environment: B=build/x tests/flow/commands.py"""
import filecmp
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLENUM = os.path.join(ROOT, os.environ.get("B", "build"), "bin", "plenum")
SAMPLE = os.path.join(ROOT, "events.sample.json")
EVENT = "dai-hoi-19"
SCRATCH = tempfile.mkdtemp(prefix="plenum-commands-")
passed = failed = 0


def check(good, what, detail=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
    print(("ok " if good else "FAIL ") + what + ("" if good else ": " + str(detail)[:500]), flush=True)


def run(*words, data=None, stdin=None):
    environment = dict(os.environ)
    environment.pop("PLENUM_DATA", None)
    if data:
        environment["PLENUM_DATA"] = data
    return subprocess.run([PLENUM, *words], capture_output=True, text=True, env=environment, cwd=SCRATCH, timeout=120, stdin=subprocess.DEVNULL)


def good(*words, data=None):
    result = run(*words, data=data)
    check(result.returncode == 0 and not result.stderr, "plenum " + " ".join(words), (result.returncode, result.stderr))
    return result.stdout


def refused(code, word, *words, data=None):
    result = run(*words, data=data)
    one_line = result.stderr.count("\n") == 1
    check(result.returncode == code and one_line and word in result.stderr, "refused with %d: plenum %s" % (code, " ".join(words)),
          (result.returncode, result.stderr))


def at(*parts):
    return os.path.join(SCRATCH, *parts)


def value(data, sql):
    connection = sqlite3.connect(os.path.join(data, "plenum.db"))
    try:
        return connection.execute(sql).fetchone()[0]
    finally:
        connection.close()


def test_usage():
    check(run().returncode == 2, "no command is wrong usage")
    for words in (["--help"], ["help"], ["import", "--help"], ["user", "--help"], ["device", "pair", "--help"], ["doctor", "--help"]):
        check("usage: plenum" in good(*words), "%s shows the usage" % words)
    check(good("--version").startswith("plenum "), "--version")
    refused(2, "no command \"dance\"", "dance")
    refused(2, "unknown option --fast", "import", SAMPLE, "--fast")
    refused(2, "something is missing", "import")
    refused(2, "several files at once are lists", "import", SAMPLE, SAMPLE)
    refused(2, "--role", "user", "add", "x", "--role", "king")
    refused(2, "--event", "export", "checkins")
    refused(2, "--unit", "user", "add", "x", "--role", "head")
    refused(2, "starts-on", "import", SAMPLE, "--starts-on", "2026-02-30", data=at("never"))
    refused(1, "no data folder", "doctor", data=at("never"))
    refused(1, "no data folder", "export", "checkins", "--event", EVENT, data=at("never"))
    refused(1, "No such file", "import", at("people.csv"), data=at("never"))
    refused(1, "No such file", "import", at("lost.json"), data=at("never"))
    check(not os.path.exists(at("never")), "nothing refused made a data folder")


def test_round_trip():
    data = at("main")
    good("import", SAMPLE, data=data)
    report = json.loads(good("import", SAMPLE, "--json", data=data))
    check(all(c["new"] == c["changed"] == c["removed"] == 0 and c["same"] for c in report["counts"].values()), "a second import changes nothing", report["counts"])
    dry = json.loads(good("import", SAMPLE, "--dry-run", data=at("none")))
    check(dry["dry_run"] is True and dry["counts"]["delegate"]["new"] == 392 and dry["changes"][0]["kind"] == "new", "a dry run shows what would be")
    check(not os.path.exists(at("none")), "a dry run makes no folder")
    for number, folder in enumerate(("one", "two")):
        os.makedirs(at(folder))
        good("export", "event", "--event", EVENT, "--with-sensitive", "-o", at(folder, "event.json"), data=data)
        data = at("again%d" % number)
        good("import", at(folder, "event.json"), data=data)
    check(filecmp.cmp(at("one", "event.json"), at("two", "event.json"), shallow=False), "export, import, export: the same bytes")
    papers = filecmp.dircmp(at("one", "papers"), os.path.join(ROOT, "papers"))
    check(not papers.diff_files and not papers.left_only and len(papers.same_files) >= 8, "the papers lie beside the exported event", (papers.diff_files, papers.left_only))
    calm = json.loads(good("export", "event", "--event", EVENT, data=at("main")))
    check(not any("party_member" in p.get("attributes", {}) for p in calm["people"]), "no sensitive attribute without the flag")
    check("token" not in json.dumps(calm), "no tokens")
    result = run("export", "event", "--event", "tap-huan-2026", "-o", at("one", "event.json"), data=at("main"))
    check(result.returncode == 0, "exports may share a folder when their files are the same", result.stderr)
    with open(at("one", "papers", "training-handout.pdf"), "w") as f:
        f.write("another")
    refused(1, "training-handout.pdf", "export", "event", "--event", "tap-huan-2026", "-o", at("one", "event.json"), data=at("main"))


def test_staff_and_devices():
    data = at("main")
    made = good("user", "add", "Bàn đăng ký", "--role", "desk", "--event", EVENT, data=data).strip()
    check(len(made) == 19 and made.count("-") == 3, "a password is made and shown once", made)
    with open(at("password"), "w") as f:
        f.write("mật khẩu rất dài\nsecond line\n")
    check(good("user", "add", "head", "--role", "head", "--unit", "HT-01", "--password-file", at("password"), data=data) == "", "a given password is not shown")
    refused(1, "already", "user", "add", "head", "--role", "organiser", data=data)
    refused(1, "no unit", "user", "add", "other", "--role", "head", "--unit", "HT-99", data=data)
    refused(1, "no event", "user", "add", "other", "--role", "desk", "--event", "nothing", data=data)
    good("user", "passwd", "head", data=data)
    good("user", "disable", "head", data=data)
    refused(1, "no account", "user", "disable", "nobody", data=data)
    users = json.loads(good("user", "list", "--json", data=data))
    check([(u["name"], u["disabled"]) for u in users] == [("Bàn đăng ký", False), ("head", True)], "the list of accounts", users)
    check("mật khẩu" not in str(value(data, "SELECT group_concat(password_hash) FROM account")), "passwords are hashed")
    pairing = json.loads(good("device", "pair", "--event", EVENT, "--gate", "main", "--json", data=data))
    check(set(pairing) == {"code", "url", "expires"} and pairing["url"].startswith("http") and pairing["expires"].endswith("Z"), "a pairing code", pairing)
    check(pairing["code"] not in str(value(data, "SELECT group_concat(code_hash) FROM pairing")), "codes are hashed")
    refused(1, "no gate", "device", "pair", "--event", EVENT, "--gate", "window", data=data)
    check(json.loads(good("device", "list", "--json", data=data)) == [], "no device yet")
    refused(1, "no device", "device", "revoke", "ABCDEFGH", data=data)
    check(json.loads(good("export", "checkins", "--event", EVENT, "--format", "json", data=data)) == [], "no check-in yet")
    check(len(json.loads(good("export", "delegates", "--event", EVENT, data=data))) == 329, "delegates as JSON")
    csv = good("export", "delegates", "--event", EVENT, "--format", "csv", data=data)
    check(csv.startswith("\ufeffnumber,person,name") and csv.count("\n") == 330, "delegates as CSV", csv[:100])
    empty = good("export", "checkins", "--event", EVENT, "--format", "csv", data=data)
    check(empty.startswith("\ufeffscan_id,person") and empty.count("\n") == 1, "an empty list has its header", empty)
    refused(2, "--output", "export", "delegates", "--event", EVENT, "--format", "xlsx", data=data)


def test_backup():
    data = at("main")
    good("backup", at("backup.tgz"), data=data)
    refused(1, "has something in it", "restore", at("backup.tgz"), data=data)
    good("restore", at("backup.tgz"), data=at("restored"))
    for table in ("delegate", "credential", "account", "document_version", "audit"):
        check(value(data, "SELECT COUNT(*) FROM " + table) == value(at("restored"), "SELECT COUNT(*) FROM " + table), "restored: " + table)
    check(good("doctor", data=at("restored")).count("\nok") >= 4, "the doctor is content")
    victim = next(os.path.join(folder, name) for folder, _, names in os.walk(at("restored", "blobs")) for name in names)
    with open(victim, "a") as f:
        f.write("x")
    result = run("doctor", data=at("restored"))
    check(result.returncode == 1 and "is damaged" in result.stdout and os.path.basename(victim) in result.stdout, "the doctor finds a damaged paper", result.stdout)


def test_printed_hosts():
    """doctor says when printed badges point elsewhere than the public address, and nothing more once they are printed anew."""
    data = at("hosts")
    good("import", SAMPLE, data=data)
    print_badges = ["badges", "--event", EVENT, "--only", "P0001", "-o", at("b.pdf"), "--public-url"]
    good(*print_badges, "http://10.1.2.3:8080", data=data)
    check("warn" not in good("doctor", data=data), "doctor: printed badges carry the public address")
    connection = sqlite3.connect(os.path.join(data, "plenum.db"))
    connection.execute("UPDATE setting SET value = 'http://10.9.9.9:8080' WHERE name = 'public_url'")
    connection.commit()
    connection.close()
    said = good("doctor", data=data)
    check("warn  1 printed badges of dai-hoi-19 point at 10.1.2.3:8080, but the public address is 10.9.9.9:8080" in said, "doctor: printed badges point elsewhere", said)
    good(*print_badges, "http://10.9.9.9:8080", "--again", data=data)
    check("warn" not in good("doctor", data=data), "doctor: printed anew, no worry")


def large_file():
    people = [{"code": "P%05d" % i, "name": "Nguyễn Văn %d" % i, "unit": "U%d" % (i % 50)} for i in range(20000)]
    event = {"slug": "lon", "kind": "congress", "title": "Lớn", "timezone": "Asia/Ho_Chi_Minh", "starts": "2026-12-01T07:30", "ends": "2026-12-02T17:00",
             "categories": [{"code": "o", "title": "O"}],
             "delegates": [{"person": "P%05d" % i, "number": str(i), "category": "o"} for i in range(5000)]}
    with open(at("large.json"), "w") as f:
        json.dump({"format": "plenum-events/1", "organization": {"name": "Lớn", "units": [{"code": "U%d" % i, "name": "U%d" % i} for i in range(50)]},
                   "people": people, "events": [event]}, f)


def test_kill():
    """Killed at any moment, an import has done all or nothing."""
    large_file()
    start = time.time()
    good("import", at("large.json"), data=at("whole"))
    whole = time.time() - start
    nothing = all_of_it = 0
    for i in range(16):
        data = at("killed%d" % i)
        environment = dict(os.environ, PLENUM_DATA=data)
        process = subprocess.Popen([PLENUM, "import", at("large.json")], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * (0.3 + 0.05 * i))
        process.send_signal(signal.SIGKILL)
        if process.wait() == 0:
            whole *= 0.8  # it was done before: the machine is less busy than when it was measured
        if not os.path.exists(os.path.join(data, "plenum.db")) or value(data, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'person'") == 0:
            nothing += 1
            continue
        counts = [value(data, "SELECT COUNT(*) FROM " + t) for t in ("person", "delegate", "credential", "unit", "event", "audit")]
        check(counts in ([0, 0, 0, 0, 0, 0], [20000, 5000, 5000, 50, 1, 1]), "killed after %d%%: all or nothing" % (30 + 5 * i), counts)
        nothing += counts[0] == 0
        all_of_it += counts[0] > 0
        if i % 5 == 0:
            good("import", at("large.json"), data=data)
            check(value(data, "SELECT COUNT(*) FROM delegate") == 5000, "and it can be done again")
        shutil.rmtree(data)
    check(nothing > 0, "some were killed before the end", (nothing, all_of_it))


def test_beside_a_writer():
    """Another program holds the write lock for a while: commands wait for it."""
    data = at("whole")
    connection = sqlite3.connect(os.path.join(data, "plenum.db"), isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(1.0, lambda: connection.execute("COMMIT"))
    timer.start()
    good("user", "add", "waits", "--role", "organiser", "--password-file", at("password"), data=data)
    timer.join()
    connection.close()
    check(value(data, "SELECT COUNT(*) FROM account") == 1, "it waited and then wrote")


def main():
    try:
        for test in (test_usage, test_round_trip, test_staff_and_devices, test_backup, test_printed_hosts, test_kill, test_beside_a_writer):
            test()
    finally:
        shutil.rmtree(SCRATCH, ignore_errors=True)
    print("# commands: %d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())

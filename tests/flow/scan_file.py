#!/usr/bin/env python3
# suite
"""The network never comes back: what a gate holds goes to the server on a USB stick, sealed, any number of times, and counts as if it had come by the
network; also when the network does come back after all.

    B=build/x tests/flow/scan_file.py"""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as kit  # noqa: E402
import scanner as door  # noqa: E402

check = door.check


def take(world, file, *words, fine=True):
    return kit.plenum("import", file, *words, data=world.server.server.data, fine=fine)


def report(world, file, *words):
    return json.loads(take(world, file, "--json", *words).stdout)


def export(world, file):
    out = subprocess.run([door.SCANNER, "queue", "export", file, "--spool", world.spool], capture_output=True, text=True)
    check(out.returncode == 0, "exports", out.stderr)
    with open(file, encoding="utf-8") as f:
        return f.read()


def scans(world):
    rows = world.server.server.rows("SELECT scan_id, outcome, conflict, scanned_ms, true_ms, estimated FROM scan ORDER BY scan_id")
    return {r[0]: tuple(r[1:]) for r in rows}


def present(world):
    return world.server.server.value("SELECT count(*) FROM delegate_state WHERE area_id IS NOT NULL")


def story_carried(folder):
    w = door.World(folder, "carried")
    other = os.path.join(folder, "other")
    subprocess.run([door.SCANNER, "--server", w.address, "--pair", w.server.pairing(), "--spool", other], check=True, capture_output=True)
    door.run(w.spool, ["--lines", "-"])  # a first list
    w.proxy.set("refuse")
    code, elsewhere, _ = door.run(other, ["--server", "http://127.0.0.1:%d" % w.server.port, "--lines", "-"], text=w.tokens[0] + "\n")
    check([r["outcome"] for r in elsewhere] == ["admitted"] and elsewhere[0]["decided_by"] == "server", "the other gate admits one of them too", str(elsewhere))
    code, told, _ = door.run(w.spool, ["--lines", "-"], text="\n".join(w.tokens[:5] + [door.make_token()]) + "\n")
    check([r["outcome"] for r in told] == ["admitted"] * 5 + ["refused"] and all(r["decided_by"] == "roster" for r in told), "decided by the list", str(told))

    with sqlite3.connect(os.path.join(w.spool, "queue.db")) as db:  # one of the scans is from before a restart of the machine
        db.execute("UPDATE scan SET boot_id = 'before' WHERE scan_id = ?", (told[1]["scan_id"],))
    db.close()
    file = os.path.join(folder, "stick.json")
    text = export(w, file)
    check(json.loads(text)["count"] == 6 and not any(t in text for t in w.tokens), "the file names no badge", text[:200])
    check(oct(os.stat(file).st_mode & 0o777) == "0o600", "and is for its owner only")

    dry = report(w, file, "--dry-run")
    check((dry["new"], len(scans(w))) == (6, 1), "a dry run stores nothing", str(dry))
    first = report(w, file)
    check((first["scans"], first["new"], first["known"], first["invalid"]) == (6, 6, 0, 0), "all six are taken", str(first))
    check(first["conflicts"] == 1 and [r["scan_id"] for r in first["results"]] == [told[0]["scan_id"]], "two doors admitted the same person: a conflict", str(first))
    record = scans(w)
    check(all(record[r["scan_id"]][0] == r["outcome"] for r in told), "recorded as told", str(record))
    late = {r["scan_id"]: record[r["scan_id"]][3] - record[r["scan_id"]][2] for r in told}
    check(all(abs(ms) < 2000 for ms in late.values()), "at their own times", str(late))
    check(all(record[r["scan_id"]][4] == 1 for r in told), "which are known as estimates")
    check(present(w) == 5, "five people are in", present(w))

    again = report(w, file)
    check((again["new"], again["known"], scans(w)) == (0, 6, record), "a second time changes nothing", str(again))
    export(w, file)
    check(report(w, file)["known"] == 6 and scans(w) == record, "nor does a new export of the same queue")
    w.proxy.set("pass")
    code, _, notices = door.run(w.spool, ["--lines", "-"])
    check(code == 0 and door.queue(w.spool) == [] and scans(w) == record, "nor the network, when it comes back after all", notices)
    check(w.server.server.value("SELECT count(*) FROM audit WHERE action = 'scans_import'") == 3, "each import is in the audit log")
    readable = take(w, file).stdout
    check("6 known already" in readable and not any(t in readable for t in w.tokens), "said in words", readable)


def story_seal(folder):
    """Changed, of nobody, of another event's name, revoked: refused in one line, and nothing is stored."""
    w = door.World(folder, "seal")
    w.proxy.set("refuse")
    door.run(w.spool, ["--lines", "-"], text=w.tokens[0] + "\n")
    file = os.path.join(folder, "stick.json")
    text = export(w, file)
    value = json.loads(text)

    def refuses(what, says, **changes):
        changed = os.path.join(folder, "changed.json")
        with open(changed, "w", encoding="utf-8") as f:
            json.dump(dict(value, **changes), f)
        out = take(w, changed, fine=False)
        check(out.returncode == 1 and says in out.stderr and len(out.stderr.splitlines()) == 1, what, out.stderr)

    middle = len(value["sealed"]) // 2
    flipped = value["sealed"][:middle] + ("A" if value["sealed"][middle] != "A" else "B") + value["sealed"][middle + 1:]
    refuses("a changed file", "seal", sealed=flipped)
    refuses("a file that was cut", "seal", sealed=value["sealed"][:middle])
    refuses("what is no base64", "seal", sealed="***")
    refuses("a device that is not ours", "not one of ours", device="NOBODY00")
    refuses("no seal at all", "sealed", sealed=None)
    other = os.path.join(folder, "other")
    out = subprocess.run([door.SCANNER, "--server", "http://127.0.0.1:%d" % w.server.port, "--pair", w.server.pairing(), "--spool", other, "--json"],
                         capture_output=True, text=True, check=True)
    refuses("in another device's name", "seal", device=json.loads(out.stdout)["device"])
    wrong = take(w, file, "--event", "other", fine=False)
    check(wrong.returncode == 1 and "event test" in wrong.stderr, "for another event", wrong.stderr)
    kit.plenum("device", "revoke", value["device"], data=w.server.server.data)
    revoked = take(w, file, fine=False)
    check(revoked.returncode == 1 and "revoked" in revoked.stderr, "of a revoked device", revoked.stderr)
    check(take(w, file, "--from-revoked", "--dry-run").returncode == 0, "but by an organiser who knows who brought it")
    check(scans(w) == {}, "and nothing was stored", str(scans(w)))


def main():
    folder = kit.scratch("scan-file")
    door.REAL = True
    for story in (story_carried, story_seal):
        story(tempfile.mkdtemp(dir=folder))
    kit.passed, kit.failed = door.passed, door.failed
    kit.run("flow scan_file")


if __name__ == "__main__":
    main()

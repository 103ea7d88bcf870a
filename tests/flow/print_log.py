#!/usr/bin/env python3
# suite
"""The print log with the real programs: who was printed, what changed since, runs that did not come out, two at once; and a lost badge that is dead at every door."""
import json
import os
import re
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as p

HOST = "http://192.168.1.10:8080"
EVENT = "test-1"


class Desk:
    """A data folder with the small event, and plenum-badges on it."""

    def __init__(self, folder=None, data=None):
        self.folder = folder or p.scratch("print-log")
        self.data = data or os.path.join(self.folder, "data")
        self.pdf = os.path.join(self.folder, "x.pdf")

    def load(self, change=None, *words):
        return p.plenum("import", p.small_event(self.folder, change), *words, data=self.data)

    def run(self, *words, fine=True, host=HOST):
        return p.plenum("--event", EVENT, "-o", self.pdf, *(["--public-url", host] if host else []), *words, data=self.data, fine=fine, name="plenum-badges")

    def told(self, *words, host=HOST):
        return json.loads(self.run("--json", *words, host=host).stdout)

    def runs(self):
        return json.loads(p.plenum("--event", EVENT, "--runs", "--json", data=self.data, name="plenum-badges").stdout)

    def codes(self):
        """The tokens on the paper, read from its pixels by zbarimg."""
        p.tool("pdftoppm"), p.tool("zbarimg")
        stem = os.path.join(self.folder, "page")
        subprocess.run(["pdftoppm", "-gray", "-r", "150", self.pdf, stem], check=True)
        pages = sorted(os.path.join(self.folder, f) for f in os.listdir(self.folder) if f.startswith("page-"))
        read = subprocess.run(["zbarimg", "--raw", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable"] + pages, capture_output=True, text=True).stdout.split()
        for page in pages:
            os.unlink(page)
        return {code[-16:] for code in read}

    def text(self):
        return subprocess.run(["pdftotext", "-layout", self.pdf, "-"], capture_output=True, text=True, check=True).stdout


def who_was_printed():
    desk = Desk()
    desk.load()
    first = desk.told()
    p.equal((first["badges"], first["printed_before"], first["not_printed_before"]), (13, 0, 13), "everybody, for the first time")
    p.equal(p.rows(desk.data, "SELECT COUNT(*), COUNT(DISTINCT credential_id) FROM printed_badge"), [(13, 13)], "a line in the log for each badge")
    tokens = [t for (t,) in p.rows(desk.data, "SELECT token FROM credential")]
    logged = "".join(map(str, p.rows(desk.data, "SELECT * FROM printed_badge"))) + "".join(map(str, p.rows(desk.data, "SELECT * FROM print_run")))
    p.check(logged and not [t for t in tokens if t in logged], "no token in the log")
    again = desk.run()
    p.check("13 of these were printed before" in again.stderr and "--not-printed" in again.stderr and "command line" in again.stderr, "a second time is told", again.stderr)
    p.check("printed before" not in desk.run("--again").stderr, "and not told when it is wanted")
    os.unlink(desk.pdf)
    nothing = desk.run("--not-printed")
    p.check(nothing.returncode == 0 and "nothing to print" in nothing.stdout and not os.path.exists(desk.pdf), "nobody is left: told, no file, exit 0", nothing.stdout)
    p.equal(desk.told("--not-printed")["badges"], 0, "the same as JSON")
    p.equal(len(desk.runs()), 3, "and that is no run")
    p.check("no printed badge changed" in desk.run("--changed").stdout, "nothing changed either")

    def newcomer(value, event, offset):
        value["people"].append({"code": "P15", "name": "Mai Thị Mới", "unit": "U1"})
        event["delegates"].append({"person": "P15", "number": "015", "category": "official", "delegation": "U1"})
    desk.load(newcomer)
    told = desk.told("--not-printed")
    p.check(told["badges"] == 1 and "Mai Thị Mới" in desk.text(), "a new delegate is the one that was not printed", told)
    p.equal(desk.told("--not-printed")["badges"], 0, "and then was")
    p.equal(desk.told("--only", "P04,005", "--unit", "U1")["badges"], 2, "chosen people of one delegation")
    other = desk.run("--only", "P01,P04", "--unit", "U1", fine=False)
    p.check(other.returncode == 1 and "P01" in other.stderr, "one of another delegation is told", other.stderr)
    p.equal(desk.told("--only", "P04,P05", "--not-printed")["badges"], 0, "chosen people who were printed")


def other_paper():
    desk = Desk()
    desk.load()
    desk.told()
    cards = desk.told("--layout", "voting-card", "--not-printed")
    p.equal(cards["badges"], 13, "voting cards are asked for by themselves")
    p.equal(desk.told("--layout", "voting-card", "--not-printed")["badges"], 0, "and known afterwards")
    p.equal(desk.told("--layout", "a6", "--not-printed")["badges"], 0, "another layout of a badge is still a badge")
    own = os.path.join(desk.folder, "own.json")
    with open(own, "w", encoding="utf-8") as f:
        json.dump({"format": "plenum-layout/1", "kind": "coupon", "size": [90, 50], "front": [{"text": "{name}", "box": [5, 5, 80, 10], "size": 12}]}, f)
    p.equal(desk.told("--layout", own, "--not-printed")["badges"] > 0, True, "a layout of one's own says what it is")
    with open(own, "w", encoding="utf-8") as f:
        json.dump({"format": "plenum-layout/1", "kind": "ticket", "size": [90, 50], "front": []}, f)
    refused = desk.run("--layout", own, fine=False)
    p.check(refused.returncode == 1 and "kind" in refused.stderr and "voting_card" in refused.stderr, "another kind is refused with its place", refused.stderr)
    p.equal(sorted({r["kind"] for r in desk.runs()}), ["badge", "coupon", "voting_card"], "the runs say which")


def what_changed():
    desk = Desk()
    desk.load()
    desk.told()

    def rename(value, event, offset):
        value["people"][2]["name"] = "Lê Quỳnh Nhi"
    desk.load(rename)
    told = desk.run("--changed").stdout
    p.check("1 badges" in told and "P03" in told and "name Lê Quỳnh Như → Lê Quỳnh Nhi" in told, "exactly the one whose name changed, old → new", told)
    tokens = dict(p.rows(desk.data, "SELECT p.code, c.token FROM credential c JOIN person p ON p.id = c.person_id"))
    p.equal(desk.codes(), {tokens["P03"]}, "with that person's code on the paper")
    p.equal(desk.told("--changed")["badges"], 0, "once printed, it is no change any more")

    def hidden(value, event, offset):
        rename(value, event, offset)
        event["delegates"][3]["room"] = "412"       # P04: a4x8 shows no room
        event["delegates"][4]["seat"] = "D9"        # P05: it shows the seat
        event["delegates"][5]["transport"] = "Xe 9" # P06: a4x8 shows no bus
    desk.load(hidden)
    value = desk.told("--changed")
    p.equal(value["changes"], [{"person": "P05", "number": "005", "fact": "seat", "before": "A5", "now": "D9"}], "only what the layout shows counts")
    desk.told("--layout", "sheet")

    def moved(value, event, offset):
        hidden(value, event, offset)
        event["delegates"][3]["room"] = "500"
    desk.load(moved)
    value = desk.told("--layout", "sheet", "--changed")
    p.equal(value["changes"], [{"person": "P04", "number": "004", "fact": "room", "before": "412", "now": "500"}], "a layout that shows the room tells it")
    p.equal(desk.told("--changed")["badges"], 0, "and the badge does not")

    def empty(value, event, offset):
        moved(value, event, offset)
        event["delegates"][0]["seat"] = None
    desk.load(empty)
    value = desk.told("--changed")
    p.equal([(c["fact"], c["before"], c["now"]) for c in value["changes"]], [("seat", "A1", None)], "what is no more is a change too")

    def both(value, event, offset):
        empty(value, event, offset)
        value["people"][0]["title"] = "Nguyên Chủ tịch"
        value["people"].append({"code": "P15", "name": "Mai Thị Mới", "unit": "U1"})
        event["delegates"].append({"person": "P15", "number": "015", "category": "official", "delegation": "U1"})
    desk.load(both)
    p.equal(desk.told("--changed", "--not-printed")["badges"], 2, "both together are either")

    def hall(value, event, offset):
        both(value, event, offset)
        event["title"] = {"vi": "Đại hội khác"}
        value["people"][1]["title"] = "Chánh Văn phòng"
    desk.load(hall)
    done = desk.run("--changed")
    p.check("1 badges" in done.stdout and "Đại hội thử → Đại hội khác" in done.stderr, "what all say is told of the run, and changes nobody's badge", (done.stdout, done.stderr))
    moved_host = desk.told("--changed", host="http://10.0.0.7:8080")
    p.check(moved_host["badges"] == 14 and {c["fact"] for c in moved_host["changes"]} == {"host"}, "another address in the codes changes every badge", moved_host["badges"])
    p.equal(moved_host["changes"][0]["before"], "192.168.1.10:8080", "told from where to where")


def spoiled():
    desk = Desk()
    desk.load()
    desk.told()
    second = desk.told("--only", "P02")
    done = p.plenum("--event", EVENT, "--spoiled", second["run"], data=desk.data, name="plenum-badges")
    p.check("count as not printed" in done.stdout, "a run is marked as spoiled", done.stdout)
    p.equal(desk.told("--not-printed")["badges"], 0, "the one before still counts")
    whole = [r for r in desk.runs() if r["badges"] == 13][0]
    p.plenum("--event", EVENT, "--spoiled", whole["run"], data=desk.data, name="plenum-badges")
    p.plenum("--event", EVENT, "--spoiled", whole["run"], data=desk.data, name="plenum-badges")
    p.equal(len(p.rows(desk.data, "SELECT 1 FROM audit WHERE action = 'print_spoiled'")), 2, "twice is once")
    p.equal(sorted(bool(r["spoiled"]) for r in desk.runs()), [True, True], "both are marked")
    p.equal(desk.told("--not-printed")["badges"], 13, "all are to be printed again")
    text = p.plenum("--event", EVENT, "--runs", data=desk.data, name="plenum-badges").stdout
    p.check(text.count("SPOILED") == 2 and "192.168.1.10:8080" in text and "command line" in text and text.count("\n") == 3, "the list for people", text)
    for word, code in (("12345", 1), ("x", 2), ("", 2)):
        bad = p.plenum("--event", EVENT, "--spoiled", word, data=desk.data, fine=False, name="plenum-badges")
        p.check(bad.returncode == code and bad.stderr.count("\n") == 1, "no such run: %r" % word, (bad.returncode, bad.stderr))
    blocked = os.path.join(desk.folder, "blocked.pdf")
    os.mkdir(blocked)
    desk.pdf = blocked
    before = len([r for r in desk.runs() if not r["spoiled"]])
    failed = desk.run(fine=False)
    after = len([r for r in desk.runs() if not r["spoiled"]])
    p.check(failed.returncode == 1 and after == before, "a file that cannot get its name is no run that counts", (failed.stderr, before, after))


def large(desk, count):
    def more(value, event, offset):
        for i in range(count):
            value["people"].append({"code": "L%04d" % i, "name": "Người thứ %d" % i})
            event["delegates"].append({"person": "L%04d" % i, "number": "L%d" % i, "category": "official"})
    desk.load(more)


def in_turns_and_broken():
    """A run that is written down in turns and then fails: spoiled, not printed."""
    desk = Desk()
    large(desk, 1100)
    db = sqlite3.connect(os.path.join(desk.data, "plenum.db"), timeout=20)
    db.execute("CREATE TRIGGER full BEFORE INSERT ON setting WHEN NEW.name = 'public_url' BEGIN SELECT RAISE(ABORT, 'no room'); END")
    db.commit()
    failed = desk.run(fine=False)
    p.check(failed.returncode == 1 and not os.path.exists(desk.pdf), "what comes after the log fails: no file", failed.stderr)
    p.equal([(bool(r["spoiled"]), r["badges"]) for r in desk.runs()], [(True, 1113)], "and the run does not count")
    db.execute("DROP TRIGGER full")
    db.commit()
    db.close()
    p.equal(desk.told("--not-printed")["badges"], 1113, "all are still to be printed")


PRELOAD = """#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    if (strstr(to, "-002.pdf")) { errno = EIO; return -1; }
    return real(from, to);
}
"""


def volumes_or_none():
    """The disk fails between two volumes: none is there, and what was there before is told or untouched."""
    desk = Desk()
    desk.load()
    source, library = os.path.join(desk.folder, "rename.c"), os.path.join(desk.folder, "rename.so")
    with open(source, "w", encoding="utf-8") as f:
        f.write(PRELOAD)
    subprocess.run([os.environ.get("CC") or "cc", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    environment = dict(os.environ, LD_PRELOAD=library, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")

    def run(*words, broken):
        return subprocess.run([p.program("plenum-badges"), "--event", EVENT, "--data", desk.data, "--public-url", HOST, "-o", desk.pdf, "--volume", "5", *words],
                              capture_output=True, text=True, env=environment if broken else None)

    def files():
        return sorted(f for f in os.listdir(desk.folder) if f.startswith("x-") or f.startswith("x.pdf"))
    done = run(broken=True)
    p.check(done.returncode == 1 and files() == [] and "none of the 3 files was made" in done.stderr, "a volume that fails takes the others with it", (done.stderr, files()))
    p.equal([bool(r["spoiled"]) for r in desk.runs()], [True], "the run does not count")
    p.check(run(broken=False).returncode == 0 and files() == ["x-001.pdf", "x-002.pdf", "x-003.pdf"], "all of them", files())
    os.unlink(os.path.join(desk.folder, "x-003.pdf"))
    done = run("--again", broken=True)
    p.check(done.returncode == 1 and "replaced already" in done.stderr and "x-001.pdf" in done.stderr.split("replaced already")[1] and "x-002.pdf" not in done.stderr.split("replaced already")[1],
            "a file that took an older one's place is named", done.stderr)
    p.equal(files(), ["x-001.pdf", "x-002.pdf"], "the others are as they were")
    blocked = os.path.join(desk.folder, "x-003.pdf")
    os.mkdir(blocked)
    stamp = os.stat(os.path.join(desk.folder, "x-001.pdf")).st_mtime_ns
    done = run("--again", broken=False)
    p.check(done.returncode == 1 and "x-003.pdf" in done.stderr and os.stat(os.path.join(desk.folder, "x-001.pdf")).st_mtime_ns == stamp, "what can be seen before is seen before", done.stderr)


def two_at_once():
    """Two people press the same button: one prints, the other is told."""
    desk = Desk()
    desk.load()
    command = [p.program("plenum-badges"), "--event", EVENT, "--data", desk.data, "--public-url", HOST, "--not-printed", "--verify", "-o"]
    for attempt in range(6):
        outputs = [os.path.join(desk.folder, "%d-%d.pdf" % (attempt, i)) for i in range(3)]
        children = [subprocess.Popen(command + [o], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for o in outputs]
        said = [c.communicate(timeout=60) + (c.returncode,) for c in children]
        made = [o for o in outputs if os.path.exists(o)]
        p.equal(len(made), 1, "one of three prints (%d)" % attempt)
        others = [s for o, s in zip(outputs, said) if o not in made]
        p.check(all(("nothing to print" in s[0] and s[2] == 0) or ("printed by somebody else" in s[1] and s[2] == 1) for s in others), "and the others are told", others)
        good = [r for r in desk.runs() if not r["spoiled"]]
        p.equal(len(good), 1, "one run in the log")
        p.plenum("--event", EVENT, "--spoiled", good[0]["run"], data=desk.data, name="plenum-badges")
    p.equal(p.plenum("doctor", data=desk.data, fine=False).returncode in (0, 1), True, "the folder is whole")


def lost_badge():
    """The old token is dead at every door, the new one opens the same."""
    server = p.Server("print-log")
    desk = Desk(server.folder, server.data)
    desk.load()
    desk.told()
    server.start("--public-url", HOST)
    gate, staff = server.device(EVENT, "main"), server.sign_in("ban", server.user("ban", "desk", EVENT))
    phone = p.Client(server)
    old = server.tokens(EVENT)
    roster = gate.get("/api/v1/events/%s/roster" % EVENT).json()
    paper = re.search(r"/d/[^\"]+/f/[^\"]+", phone.get("/d/" + old["P04"]).text)
    p.check(paper, "P04 has a paper before")
    done = desk.run("--reissue", "P04")
    p.check("issue 2" in done.stdout and "Phạm Hữu Nghĩa" in done.stdout and "1 badges" in done.stdout, "a new badge for a lost one", done.stdout)
    p.check(not [t for t in server.tokens(EVENT).values() if t in done.stdout + done.stderr], "no token is told")
    new = server.tokens(EVENT)
    p.check(new["P04"] != old["P04"] and {k: v for k, v in new.items() if k != "P04"} == {k: v for k, v in old.items() if k != "P04"}, "one token is another")
    p.equal(desk.codes(), {new["P04"]}, "the paper has the new one")
    p.equal(server.rows("SELECT action, subject, detail FROM audit WHERE action = 'reissue'"), [("reissue", EVENT + "/P04", '{"issue":2}')], "who, which issue, no token")
    # every door
    p.equal(phone.get("/d/" + old["P04"]).status, 410, "the page of the old badge is gone")
    p.equal(phone.get("/D/" + old["P04"]).status, 410, "in either case")
    p.check("Phạm Hữu Nghĩa" in phone.get("/d/" + new["P04"]).text, "the new one greets")
    p.check(phone.get(paper.group(0).replace("&amp;", "&")).status in (403, 404, 410), "papers of the old one are closed")
    p.equal(phone.get(paper.group(0).replace(old["P04"], new["P04"])).status, 200, "those of the new one are open")
    p.check(phone.get("/d/%s/papers.zip" % old["P04"]).status in (403, 404, 410), "no ZIP either")
    outcome = gate.post("/api/v1/checkins", p.scan(old["P04"], "main")).json()["results"][0]
    p.equal((outcome["outcome"], outcome["reason"]), ("refused", "revoked"), "refused at the gate")
    outcome = gate.post("/api/v1/checkins", p.scan(new["P04"], "main")).json()["results"][0]
    p.equal((outcome["outcome"], outcome["person"]["name"]), ("admitted", "Phạm Hữu Nghĩa"), "the new one comes in")
    delta = gate.get("/api/v1/events/%s/roster?since=%d" % (EVENT, roster["version"])).json()
    state = {e["id"]: e["credential"] for e in delta["entries"]}
    p.check(not delta["full"] and state == {p.token_id(old["P04"]): "revoked", p.token_id(new["P04"]): "active"}, "a gate learns both from its next delta", state)
    found = staff.get("/api/v1/events/%s/delegates?q=%s" % (EVENT, old["P04"]))
    p.check("Phạm Hữu Nghĩa" not in found.text, "the desk does not find by the old one", found.text[:200])
    p.check("Phạm Hữu Nghĩa" in staff.get("/api/v1/events/%s/delegates?q=%s" % (EVENT, new["P04"])).text, "but by the new one")
    p.check("Phạm Hữu Nghĩa" not in staff.get("/d/" + old["P04"]).text, "nor does the desk's card")
    # a number, a blank badge, once more
    p.check("issue 2" in desk.run("--reissue", "901").stdout, "a blank badge by its number")
    outcome = gate.post("/api/v1/checkins", p.scan(old["901"], "main")).json()["results"][0]
    p.equal((outcome["outcome"], outcome["reason"]), ("refused", "revoked"), "its old one is dead")
    p.check("issue 3" in desk.run("--reissue", "004").stdout, "a third one, by number")
    p.equal([gate.post("/api/v1/checkins", p.scan(t, "main")).json()["results"][0]["reason"] for t in (old["P04"], new["P04"])], ["revoked", "revoked"], "both earlier ones are dead")
    p.equal(server.value("SELECT COUNT(*) FROM credential c JOIN delegate d ON d.id = c.delegate_id WHERE d.number = '004' AND c.revoked_ms IS NULL"), 1, "one is good")
    p.equal(desk.told("--not-printed")["badges"], 0, "what was reissued on paper is printed")
    for word, code, text in (("P99", 1, "P99"), ("P13", 1, "replaced"), ("P14", 1, "withdrawn")):
        bad = desk.run("--reissue", word, fine=False)
        p.check(bad.returncode == code and text in bad.stderr, "no new badge for " + word, bad.stderr)
    for words in (["--only", "P01"], ["--unit", "U1"], ["--changed"], ["--volume", "5"]):
        p.equal(desk.run("--reissue", "P05", *words, fine=False).returncode, 2, "--reissue goes without " + words[0])
    p.equal(server.tokens(EVENT)["P05"], old["P05"], "and nothing happened")
    by_desk(server, desk, staff)
    server.stop()


def by_desk(server, desk, staff):
    """A badge reissued by HTTP is not printed yet; one that cannot be drawn changes nothing."""
    before = server.tokens(EVENT)
    reply = staff.post("/api/v1/events/%s/delegates/P06/reissue" % EVENT, {})
    if p.check(reply.status == 201, "the desk reissues", reply):
        value = desk.told("--not-printed", "--changed")
        p.equal((value["badges"], [(c["person"], c["fact"], c["before"], c["now"]) for c in value["changes"]]), (1, [("P06", "issue", "1", "2")]), "and prints what is new")
    db = sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20)
    db.execute("UPDATE person SET name = 'X \u0378' WHERE code = 'P07'")
    db.commit()
    db.close()
    bad = desk.run("--reissue", "P07", fine=False)
    p.check(bad.returncode == 1 and "U+0378" in bad.stderr and server.tokens(EVENT)["P07"] == before["P07"], "a badge that cannot be drawn kills nothing", bad.stderr)


if __name__ == "__main__":
    p.run("flow/print_log", who_was_printed, other_paper, what_changed, spoiled, in_turns_and_broken, volumes_or_none, two_at_once, lost_badge)

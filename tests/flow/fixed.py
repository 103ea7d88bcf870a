#!/usr/bin/env python3
# suite
# sanitized threads
"""Fixed figures with the real server: looked at, fixed, sent twice; a door that was offline tells of somebody who was there, and the figure stays, with the difference beside it by
number and by name; two organisers at once; walls hear of it; who may; files of it; what is altered behind our back is named by doctor; a backup keeps it.    B=build/x tests/flow/fixed.py"""
import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, check, csrf_of, equal, scan, uuid7  # noqa: E402

server = plenum.Server("fixed")
API, PAGE = "/api/v1/events/test-1/figures/fixed", "/admin/test-1/figures"
who, tokens, door = {}, {}, {}


def shape(value, event, offset):
    event["quorum"] = {"category": "official", "rule": "at_least", "fraction": "1/2"}
    event["areas"][0]["capacity"] = 400
    value["organization"]["units"].append({"code": "UB", "name": "Đoàn <b>thứ hai</b>", "parent": "U0"})
    for i in range(1, 21):
        value["people"].append({"code": "F%02d" % i, "name": "=Nguyễn Văn F%02d" % i, "unit": "UB", "attributes": {}})
        event["delegates"].append({"person": "F%02d" % i, "number": "F%02d" % i, "category": "official", "delegation": "UB", "status": "alternate" if i == 20 else "summoned",
                                   "absence": {"excused": i == 19, "reason": "Ốm nặng"} if i in (18, 19) else None})


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    door["main"] = server.device("test-1", "main")
    for name in ("orga", "twin"):
        who[name] = server.sign_in(name, server.user(name, "organiser", "test-1"))
    who["lan"] = server.sign_in("lan", server.user("lan", "desk", "test-1"))
    tokens.update(server.tokens("test-1"))


def go(code, age=0, **more):
    return door["main"].post("/api/v1/checkins", [dict(scan(tokens[code], "main", **more), age_ms=age)]).json()["results"][0]


def fix(by="orga", status=201, **fields):
    fields.setdefault("request", uuid7())
    reply = who[by].post(API, fields)
    equal(reply.status, status, "fixing is answered by %d" % status)
    return reply.json()


def one(number, by="orga"):
    return who[by].get("%s/%d" % (API, number)).json()


def stats():
    return door["main"].get("/api/v1/events/test-1/stats").json()


def numbers(figure):
    return {k: figure[k] for k in ("expected", "attended", "present", "absent", "alternates", "substitutes", "by_group", "sentence", "hash", "at", "known_at", "by", "label")}


def is_fixed():
    for i in range(1, 11):
        go("F%02d" % i)
    go("F20")
    request = uuid7()
    figure = fix(request=request, label="  Phiên   khai mạc ")
    now = stats()
    equal((figure["id"], figure["label"], figure["by"], figure["expected"], figure["present"]), (1, "Phiên khai mạc", "orga", now["expected"], 10), "the figure")
    equal(figure["present"] + figure["absent"]["total"], figure["expected"], "nobody is lost")
    equal((figure["absent"]["excused"], figure["alternates"]), (now["absent"]["excused"], 1), "excused absences, alternates besides")
    check(figure["absent"]["excused"] >= 1 and figure["absent"]["unexcused"] >= 1, "there are some of either kind")
    equal(figure["quorum"]["reached"], stats()["quorum"]["reached"], "the quorum is that of the figures")
    check("10 of %d summoned delegates are present" % figure["expected"] in figure["sentence"]["en"], "the sentence", figure["sentence"])
    equal(numbers(fix(request=request, status=200, label="anything")), numbers(figure), "the same request again is the same figure")
    fix("twin", 409, request=request)
    whole = one(1)
    equal(sum(p["expected"] for p in whole["by_delegation"].values()), figure["expected"], "delegations add up")
    equal(sum(p["present"] for p in whole["by_category"].values()), figure["present"], "categories add up")
    equal((whole["now_would_be"], whole["changes"]), (None, []), "nothing is known otherwise")
    people = who["orga"].get(API + "/1/people").json()["people"]
    equal(sorted(p["person"] for p in people if p["state"] == "present"), sorted(["F%02d" % i for i in range(1, 11)] + ["F20"]), "the list, by name")
    check(all("reason" not in p for p in people), "no reason unless it is asked for")
    check("Ốm nặng" in who["orga"].get(API + "/1/people?reasons=1").text, "the organiser may ask for reasons")
    equal([f["id"] for f in now["fixed"]], [1], "the figures of every screen tell of it")
    check("Nguyễn" not in json.dumps(now["fixed"]), "by numbers only")


def is_late():
    was, before = one(1), who["orga"].get(PAGE + "/1?lang=en").text
    check("Nothing that was learnt later" in before, "the page says that nothing is known otherwise")
    equal(go("F11", age=60000 + 1000 * 60 * 5)["outcome"], "admitted", "a door that was offline tells of somebody")
    now = one(1)
    equal(numbers(now), numbers(was), "the figure is as it was fixed")
    equal(now["now_would_be"]["present"], was["present"] + 1, "what the same moment would give now stands beside it")
    equal([(c["was"]["person"], c["was"]["state"], c["is"]["state"]) for c in now["changes"]], [("F11", "absent", "present")], "and who")
    text = who["orga"].get(PAGE + "/1?lang=en").text
    check("+1" in text and "=Nguyễn Văn F11" in text, "on the page too")
    check("<b>thứ hai</b>" not in text, "names are no markup")
    go("F12")
    equal([c["was"]["person"] for c in one(1)["changes"]], ["F11"], "who came after it changes nothing of it")
    known = who["orga"].get("/api/v1/events/test-1/stats?at=%s&known_at=%s" % (was["at"], was["known_at"])).json()
    equal(known["expected"], was["expected"], "the figures of the past agree")


def by_the_form():
    page = who["orga"].get(PAGE + "?sent=1&label=B%3Cscript%3E&category=official&lang=en").text
    fields = {k: v for k, v in re.findall(r'name="(\w+)" value="([^"]*)"', page.split('id="preview"')[1].split("</form>")[0])}
    check("B&lt;script&gt;" in page and "<script>" not in page, "a label is no markup")
    fields.pop("csrf")
    fields["label"] = "B"
    stale = dict(fields, seen="1-1-1-0-0-0-0-0", request=uuid7())
    reply = who["orga"].form(PAGE, stale)
    equal(reply.status, 409, "what was not looked at is not fixed")
    check('id="preview"' in reply.text, "it is shown to be looked at again")
    reply = who["orga"].form(PAGE, fields)
    equal((reply.status, reply.header("location")), (303, PAGE + "/2?done=1"), "what was looked at is fixed")
    equal(who["orga"].form(PAGE, fields).header("location"), PAGE + "/2?done=1", "sent twice it is one")
    two = one(2)
    equal(two["category"], "official", "of one category")
    check(all(p["category"] == "official" for p in who["orga"].get(API + "/2/people").json()["people"]), "and so is its list")
    equal(who["orga"].get(PAGE + "?sent=1&when=2199-01-01T08:00&lang=en").status, 400, "a moment to come is refused")
    fix(status=400, at="2199-01-01T08:00:00Z")
    fix(status=400, at="yesterday")
    fix(status=400, category="nobody")
    fix(status=400, label="x" * 121)
    equal(who["orga"].get(PAGE + "/99").status, 404, "no such figure")


def two_at_once():
    made, gate = [], threading.Barrier(8)
    def act(name):
        client = Client(server)
        client.cookies, client.csrf = dict(who[name].cookies), who[name].csrf
        gate.wait()
        made.append(client.post(API, {"request": uuid7()}).json()["id"])
    threads = [threading.Thread(target=act, args=("orga" if i % 2 else "twin",)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    equal(sorted(made), list(range(3, 11)), "each has a number of its own")
    equal([f["id"] for f in who["orga"].get(API).json()["fixed"]], list(range(10, 0, -1)), "the newest first")
    equal([f["id"] for f in who["orga"].get(API + "?before=3").json()["fixed"]], [2, 1], "older ones")


def files():
    text = who["orga"].get(API + "/1/people?format=csv").body.decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    equal(len(table), len(who["orga"].get(API + "/1/people").json()["people"]), "the list as CSV")
    check(any(r["name"] == "'=Nguyễn Văn F01" for r in table), "no spreadsheet runs a name")
    equal({r["state"] for r in csv.DictReader(io.StringIO(who["orga"].get(API + "/1/people?format=csv&state=absent").body.decode("utf-8-sig")))}, {"absent"}, "who was absent")
    for language in ("vi", "ar"):
        reply = who["orga"].get(API + "/1/figure.pdf?lang=" + language)
        equal((reply.status, reply.body[:5]), (200, b"%PDF-"), "to print, " + language)
        path = os.path.join(server.folder, language + ".pdf")
        with open(path, "wb") as f:
            f.write(reply.body)
    printed = subprocess.run([plenum.tool("pdftotext"), "-layout", os.path.join(server.folder, "vi.pdf"), "-"], capture_output=True, text=True).stdout
    flat = " ".join(printed.split())
    check(one(1)["sentence"]["vi"] in flat and "Nguyễn Văn F20" in flat and one(1)["hash"][:16] in flat, "it says the sentence, the names, the seal", flat[:600])
    check("Ốm nặng" not in flat, "and why somebody is absent it does not")
    shown = json.loads(plenum.plenum("figures", "show", "1", "--event", "test-1", "--json", data=server.data).stdout)
    equal(numbers(shown), numbers(one(1)), "the command line says the same")
    made = json.loads(plenum.plenum("figures", "fix", "--event", "test-1", "--label", "CLI", "--json", data=server.data).stdout)
    equal((made["id"], made["by"]), (11, "command line"), "and fixes beside the server")
    check(plenum.wait(lambda: stats()["fixed"][0]["label"] == "CLI"), "which every screen hears")
    large = who["orga"].get(PAGE + "/1/print?lang=en").text
    check(one(1)["sentence"]["vi"] in large and "Nguyễn Văn F" not in large, "large type has the sentence and no name")


def who_may():
    for client in (who["lan"], door["main"], Client(server)):
        check(client.get(API).status in (401, 403) and client.get(API + "/1/people").status in (401, 403), "who may not see it")
    equal(who["lan"].post(API, {"request": uuid7()}).status, 403, "the desk fixes nothing")
    equal(who["lan"].get(PAGE + "/1").status, 403, "nor looks")


def quorum_was_lost():
    """It was met, people left: the sentence does not say the half of it."""
    everybody = ["F%02d" % i for i in range(1, 20)]
    for code in everybody:
        go(code)
    check(stats()["quorum"]["reached"], "enough have come")
    held = fix()
    check(held["quorum"]["lost"] is None and "was reached at" in held["sentence"]["en"] and "since" not in held["sentence"]["en"], "met, and held", held["sentence"]["en"])
    for code in everybody[:14]:
        equal(go(code, direction="out")["outcome"], "left", code + " leaves")
    figure = fix()
    now = next(q for q in stats()["quorums"] if q["session"] == figure["quorum"]["session"]) if figure["quorum"]["session"] else {"lost": figure["quorum"]["lost"]}
    check(figure["quorum"]["reached"] and figure["quorum"]["lost"] and figure["quorum"]["lost"] == now["lost"], "when it was lost", figure["quorum"])
    check(re.search(r"was reached at \d\d:\d\d(, [^;]*)? and has not been met since \d\d:\d\d", figure["sentence"]["en"]), "the sentence says so", figure["sentence"]["en"])
    equal(one(figure["id"])["quorum"], figure["quorum"], "and so it is kept")


def is_kept():
    doctor = plenum.plenum("doctor", data=server.data).stdout
    check("fixed figures of test-1: 13, as they were fixed" in doctor, "doctor agrees", doctor)
    db = sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20)
    for sql in ("UPDATE figure_fixed SET present = 99 WHERE number = 1", "DELETE FROM figure_fixed_person", "DELETE FROM figure_fixed WHERE number = 11"):
        try:
            db.execute(sql)
            check(False, "the database refuses: " + sql)
        except sqlite3.IntegrityError as e:
            check("never" in str(e), "the database refuses: " + sql)
        db.rollback()
    plenum.plenum("backup", os.path.join(server.folder, "b.tar.gz"), data=server.data)
    plenum.plenum("restore", os.path.join(server.folder, "b.tar.gz"), data=os.path.join(server.folder, "restored"))
    check("test-1: 13, as they were fixed" in plenum.plenum("doctor", data=os.path.join(server.folder, "restored")).stdout, "a backup keeps them")
    db.execute("DROP TRIGGER figure_fixed_person_update")
    db.execute("UPDATE figure_fixed_person SET state = 'present' WHERE code = 'F13' AND fixed_id = (SELECT id FROM figure_fixed WHERE number = 2)")
    db.commit()
    done = plenum.plenum("doctor", data=server.data, fine=False)
    check(done.returncode == 1 and "test-1: fixed figure 2: its list was altered" in done.stdout, "doctor names what was altered behind our back", done.stdout)


plenum.run("fixed", begin, is_fixed, is_late, by_the_form, two_at_once, files, who_may, quorum_was_lost, is_kept)

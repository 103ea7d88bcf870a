#!/usr/bin/env python3
# suite
# sanitized
"""The doors go on with paper: lists are printed, ticked by hand, and afterwards typed or imported, by the rules of a door that was offline.

    B=build/x tests/flow/paper_lists.py"""
import datetime
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import check, equal, scan  # noqa: E402

SYMBOLS = "0123456789CFGHJKMNPRTVX"
EVENT = "/api/v1/events/test-1"


def shape(value, event, offset):
    """Namesakes, an exit, and a gate that hands out once."""
    value["people"].append({"code": "P90", "name": "Nguyễn Văn Đức", "unit": "U2", "born": "1991-05-05"})
    event["delegates"].append({"person": "P90", "number": "090", "category": event["categories"][0]["code"], "delegation": "U2"})
    event["gates"] = [{"code": "main", "title": {"vi": "Cửa chính", "en": "Main door"}, "kind": "entry", "area": event["areas"][0]["code"]},
                      {"code": "side", "title": {"vi": "Cửa bên", "en": "Side door"}, "kind": "entry", "area": event["areas"][0]["code"]},
                      {"code": "guests", "title": "Cửa khách", "kind": "entry", "area": event["areas"][0]["code"], "admits": [event["categories"][-1]["code"]]},
                      {"code": "way-in", "title": "Lối vào", "kind": "entry", "area": event["areas"][0]["code"], "direction": "in"},
                      {"code": "gifts", "title": "Phát tài liệu", "kind": "handout"}]


class World:
    """A server, a desk, the day and its clock."""

    def __init__(self, name):
        self.server = plenum.Server(name)
        path = plenum.small_event(self.server.folder, shape)
        self.server.load(path)
        self.server.start()
        self.desk = self.server.sign_in("desk", self.server.user("desk", "desk", "test-1"))
        with open(path, encoding="utf-8") as f:
            self.file = json.load(f)
        self.offset = plenum.noon_zone()[1]
        self.today = plenum.local_text(self.offset)[:10]

    def at(self, minutes):
        """The local clock so many minutes ago, as somebody writes it."""
        return plenum.local_text(self.offset, -minutes)[11:16]

    def ms(self, clock):
        when = datetime.datetime.strptime(self.today + "T" + clock + "+0000", "%Y-%m-%dT%H:%M%z")
        return int(when.timestamp() * 1000) - self.offset * 3600000

    def codes(self):
        return dict(self.server.rows("SELECT COALESCE(p.code, d.number), r.code FROM row_code r JOIN delegate d ON d.id = r.delegate_id JOIN event e ON e.id = d.event_id "
                                     "LEFT JOIN person p ON p.id = d.person_id WHERE e.slug = 'test-1'"))

    def send(self, text, gate="main", time=None, direction=None, check=False, date=None):
        reply = self.desk.post(EVENT + "/paper-scans", {"gate": gate, "direction": direction, "date": date or self.today, "time": time, "text": text, "check": check})
        return reply.json() if reply.status == 200 else reply

    def one(self, text, **more):
        return self.send(text, **more)["results"][0]

    def scans(self):
        return self.server.rows("SELECT scan_id, outcome, direction, true_ms, estimated, origin, conflict, account_id, device_id, decision FROM scan ORDER BY id")

    def stats(self):
        return self.desk.get(EVENT + "/stats").json()

    def present(self, at_ms, known_ms):
        """How many were in at a moment, by what was in the record at another one: by the stays and the scans that began them."""
        return self.server.value("SELECT COUNT(DISTINCT p.delegate_id) FROM presence p JOIN scan s ON s.id = p.scan WHERE p.from_ms <= ? AND p.until_ms > ? "
                                 "AND s.received_ms <= ?", at_ms, at_ms, known_ms)

    def conflicts(self):
        return self.server.value("SELECT COUNT(*) FROM conflict")

    def report(self, text, *words, fine=True, name="list.csv"):
        path = os.path.join(self.server.folder, name)
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(text)
        done = plenum.plenum("import", path, "--event", "test-1", "--json", *words, data=self.server.data, fine=False)
        return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr

    def doctor(self):
        done = plenum.plenum("doctor", data=self.server.data, fine=False)
        return done.returncode == 0 or done.stdout + done.stderr


def pdf_text(body, *words):
    done = subprocess.run([plenum.tool("pdftotext"), "-layout", *words, "-", "-"], input=body, capture_output=True, check=True)
    return done.stdout.decode()


def mistyped(code):
    """The same with another last character: the check does not fit."""
    return code[:-1] + SYMBOLS[(SYMBOLS.index(code[-1]) + 1) % 23]


def story_print():
    """Everybody stands on the list once, in the order in which names are looked for, with a code that stays theirs."""
    w = World("paper-print")
    reply = w.desk.get(EVENT + "/paper-list.pdf")
    equal((reply.status, reply.header("content-type")), (200, "application/pdf"), "a list")
    text, codes = pdf_text(reply.body), w.codes()
    listed = w.server.rows("SELECT COALESCE(p.code, d.number), p.name FROM delegate d JOIN event e ON e.id = d.event_id LEFT JOIN person p ON p.id = d.person_id "
                           "WHERE e.slug = 'test-1' AND d.status IN ('summoned', 'alternate') ORDER BY p.name_sort IS NULL, p.name_sort, d.number")
    equal(sorted(codes), sorted(who for who, _ in listed), "a code for each of them")
    places = [text.find(codes[who]) for who, _ in listed]
    check(min(places) >= 0 and all(text.count(codes[who]) == 1 for who, _ in listed), "each stands there once", text[:500])
    names = [w_ for w_, name in listed if name]
    equal(sorted(names, key=lambda who: text.find(codes[who])), names, "sorted by given name as people here look for it")
    check(all(re.fullmatch("[CFGHJKMNPRTVX][0-9CFGHJKMNPRTVX]{4}", code) for code in codes.values()), "codes begin with a letter", codes)
    tokens = w.server.tokens("test-1").values()
    check(not any(token in text for token in tokens), "no badge's token is on it")
    check("Đặng Thị Hồng Thắm" in text and "歐陽麗華" in text, "names in any script", text[:800])
    equal((text.count("(1980)"), text.count("(1991)")), (1, 1), "years of birth tell namesakes apart")
    check("1975" not in text, "and stand nowhere else")
    again = w.desk.get(EVENT + "/paper-list.pdf?order=number").body
    by_number = pdf_text(again)
    equal(w.codes(), codes, "printed again: the same codes")
    numbers = [n for (n,) in w.server.rows("SELECT number FROM delegate d JOIN event e ON e.id = d.event_id WHERE e.slug = 'test-1' AND number IS NOT NULL AND status = 'summoned'")]
    ours = dict(w.server.rows("SELECT d.number, r.code FROM row_code r JOIN delegate d ON d.id = r.delegate_id JOIN event e ON e.id = d.event_id WHERE e.slug = 'test-1'"))
    wanted = sorted((n for n in numbers if n in ours), key=lambda n: [int(p) if p.isdigit() else p for p in re.split(r"(\d+)", n)])
    equal(sorted(wanted, key=lambda n: by_number.find(ours[n])), wanted, "sorted by number")

    unit = pdf_text(w.desk.get(EVENT + "/paper-list.pdf?unit=U2").body)
    of_unit = {who for (who,) in w.server.rows("SELECT COALESCE(p.code, d.number) FROM delegate d JOIN unit u ON u.id = d.delegation_id JOIN event e ON e.id = d.event_id "
                                               "LEFT JOIN person p ON p.id = d.person_id WHERE u.code = 'U2' AND e.slug = 'test-1'")}
    equal({who for who, code in codes.items() if code in unit}, of_unit & set(codes), "a delegation's list has its people only")
    gate = pdf_text(w.desk.get(EVENT + "/paper-list.pdf?gate=guests").body)
    category = w.file["events"][0]["categories"][-1]["code"]
    admitted = {who for (who,) in w.server.rows("SELECT COALESCE(p.code, d.number) FROM delegate d JOIN category k ON k.id = d.category_id JOIN event e ON e.id = d.event_id "
                                                "LEFT JOIN person p ON p.id = d.person_id WHERE k.code = ? AND e.slug = 'test-1'", category)}
    equal({who for who, code in codes.items() if code in gate}, admitted & set(codes), "a gate's list has whom it admits")
    check("Cửa khách" in gate, "and the gate's name", gate[:300])
    sheets = w.desk.get(EVENT + "/paper-list.pdf?order=delegation&blanks=2").body
    check(all(pdf_text(sheets).count(code) == 1 for code in codes.values()), "by delegation each stands there once, too")
    equal(w.desk.get(EVENT + "/paper-list.pdf?gate=nowhere").status, 404, "no such gate")
    equal(w.desk.get(EVENT + "/paper-list.pdf?order=age").status, 400, "no such order")
    file = os.path.join(w.server.folder, "list.pdf")
    told = json.loads(plenum.plenum("--event", "test-1", "--paper-list", "--gate", "main", "--json", "-o", file, data=w.server.data, name="plenum-badges").stdout)
    with open(file, "rb") as f:
        made = pdf_text(f.read())
    check(told["people"] == len(codes) and all(made.count(code) == 1 for code in codes.values()), "the command prints the same codes", told)
    equal(oct(os.stat(file).st_mode & 0o777), "0o600", "for its owner only")
    check(w.server.value("SELECT COUNT(*) FROM audit WHERE action = 'paper_list' AND actor = 'desk'") > 0, "who printed it is in the audit log")

    # Who is removed from the event takes the code along.
    file = dict(w.file, events=[dict(w.file["events"][0], delegates=[d for d in w.file["events"][0]["delegates"] if d["person"] != "P08"])])
    path = os.path.join(w.server.folder, "fewer.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(file, f)
    plenum.plenum("import", path, "--prune", data=w.server.data)
    equal(w.one(codes["P08"], time=w.at(5))["flaw"]["reason"], "gone", "a row of somebody who was removed")
    w.server.load(os.path.join(w.server.folder, "event.json"))
    w.desk.get(EVENT + "/paper-list.pdf")
    check(codes["P08"] not in w.codes().values(), "nobody gets that code again")


def story_type():
    """A code, Enter: the name at once, mistakes at once, the same twice is once."""
    w = World("paper-type")
    w.desk.get(EVENT + "/paper-list.pdf")
    codes, clock = w.codes(), w.at(30)
    seen = w.one(codes["P01"], time=clock, check=True)
    equal((seen["person"]["name"], seen["outcome"], seen["flaw"], w.scans()), ("Đặng Thị Hồng Thắm", "admitted", None, []), "the name, before anything is recorded")
    wrong = w.one(mistyped(codes["P01"]), time=clock)
    equal((wrong["flaw"]["reason"], wrong["person"], w.scans()), ("wrong", None, []), "a wrong check character")
    swapped = codes["P01"][0] + codes["P01"][2] + codes["P01"][1] + codes["P01"][3:]
    if swapped != codes["P01"]:
        equal(w.one(swapped, time=clock)["flaw"]["reason"], "wrong", "two characters that changed places")
    for text, flaw in ((codes["P01"][:4], "short"), (codes["P01"] + "7", "long"), ("K7A3E", "strange"), ("%s 25:00" % codes["P01"], "time"), ("%s perhaps" % codes["P01"], "words"),
                       ("%s %s" % (codes["P01"], w.at(-30)), "future"), (codes["P01"], "no_time")):
        got = w.one(text, time=None if flaw == "no_time" else clock)
        equal(got["flaw"] and got["flaw"]["reason"], flaw, "refused: %s" % flaw)
    day = (datetime.date.fromisoformat(w.today) - datetime.timedelta(days=1)).isoformat()
    equal(w.one(codes["P01"], time="08:00", date=day)["flaw"]["reason"], "early", "before the event")
    equal(w.one(codes["P01"], time=clock, date="2026-13-01")["flaw"]["reason"], "date", "a day that is none")
    equal(w.one(codes["P01"], time=clock, gate="nowhere")["flaw"]["reason"], "gate", "a gate that is none")
    equal(w.one(codes["P01"], time=clock, gate="way-in", direction="out")["flaw"]["reason"], "direction", "nobody leaves through an entrance")
    equal(w.scans(), [], "none of these was recorded")

    done = w.one(codes["P01"].lower(), time=clock)
    equal((done["outcome"], done["conflict"], done["again"], done["time"]), ("admitted", False, None, clock), "recorded as told")
    row = w.scans()[0]
    account = w.server.value("SELECT id FROM account WHERE name = 'desk'")
    equal(row[1:], ("admitted", "in", w.ms(clock), 1, "paper", 0, account, None, "admitted"), "at the time on the paper, estimated, from paper, by whom")
    again = w.one("%s %s" % (codes["P01"], clock.replace(":", "h")))
    equal((again["scan_id"], again["again"]["by"], len(w.scans())), (done["scan_id"], "desk", 1), "typed again: the same scan, and who typed it")
    later = w.one("%s %s" % (codes["P01"], w.at(20)))
    equal((later["outcome"], later["conflict"], plenum.time_ms(later["since"]), w.conflicts()), ("admitted", False, w.ms(clock), 0), "in already: calm")
    left = w.one("%s %s ra" % (codes["P01"], w.at(10)))
    equal((left["outcome"], left["direction"]), ("left", "out"), "a direction of its own")
    now = w.stats()
    equal((now["present"], now["attended"]), (0, 1), "the figures know")
    given = w.one(codes["P02"], time=clock, gate="gifts")
    equal((given["outcome"], given["conflict"]), ("handed_out", False), "handed out")
    equal([w.one(codes["P02"], time=w.at(29), gate="gifts")[k] for k in ("outcome", "reason", "conflict")], ["handed_out", "already_handed_out", True], "twice is a conflict")

    clocks = lambda gate: len(re.findall(r"\b\d\d:\d\d\b", pdf_text(w.desk.get(EVENT + "/paper-list.pdf?present=1&gate=" + gate).body))) - 2  # noqa: E731  ("07:52" and "printed")
    equal((clocks("main"), clocks("gifts")), (0, 1), "ticked beforehand: who is in behind this gate, or was given it there")

    undo = w.desk.post("/api/v1/checkins/%s/undo?event=test-1" % left["scan_id"], {})
    equal((undo.status, w.stats()["present"]), (200, 1), "taken back")
    w.server.write("UPDATE scan SET received_ms = received_ms - 86400000 WHERE scan_id = ?", later["scan_id"])
    equal(w.desk.post("/api/v1/checkins/%s/undo?event=test-1" % later["scan_id"], {}).status, 200, "also a day later: the paper is still there")
    back = w.one("%s %s out" % (codes["P01"], w.at(10)))
    equal((back["again"], back["scan_id"] != left["scan_id"], w.stats()["present"]), (None, True, 0), "and typed again it counts again")
    equal(w.doctor(), True, "the recount agrees")


def story_many():
    """A whole list: all or nothing, every wrong line told; the figures of a past moment have it; the page without a script does the same."""
    w = World("paper-many")
    w.desk.get(EVENT + "/paper-list.pdf")
    codes, clock = w.codes(), w.at(40)
    before = plenum.now_ms()
    lines = ["%s %s" % (codes[p], clock) for p in ("P01", "P02", "P04", "P05")]
    broken = w.send("\n".join(lines[:2] + ["", mistyped(codes["P07"]) + " " + clock, codes["P08"] + " 7x2"]))
    equal((broken["recorded"], broken["wrong"], w.scans()), (False, 2, []), "one wrong line, and none is recorded")
    equal([(r["line"], r["flaw"]["reason"]) for r in broken["results"] if r["flaw"]], [(4, "wrong"), (5, "time")], "each wrong line is named")
    looked = w.send("\n".join(lines + lines[:1]), check=True)
    equal(([bool(r["again"]) for r in looked["results"]], looked["recorded"], w.scans()), ([False] * 4 + [True], False, []), "looked at: one stands there twice")
    taken = w.send("\r\n".join(lines + lines[:1]))
    equal((taken["recorded"], len(w.scans()), w.stats()["present"]), (True, 4, 4), "recorded once each")
    then, now = w.ms(clock), plenum.now_ms()
    equal((w.present(then + 60000, now), w.present(then - 60000, now)), (4, 0), "they were in from the time on the paper on")
    equal(w.present(then + 60000, before), 0, "which nobody knew before it was typed")
    many = w.send("\n".join("%s %s" % (codes[p], w.at(i + 1)) for i, p in enumerate(sorted(codes)) if p.startswith("P")))
    equal(many["recorded"], True, "more lines than are looked at at once")
    equal(w.send("x\n" * 2001).status, 413, "a list without end")

    page = w.desk.get("/desk/test-1/paper")
    check(page.status == 200 and codes["P05"] in page.text and "Võ Thị Mỹ Duyên" in page.text, "the page shows what was typed last", page.text[-1500:])
    setting = {"gate": "side", "direction": "in", "date": w.today, "time": w.at(5)}
    bad = w.desk.form("/desk/test-1/paper", dict(setting, do="one", code=mistyped(codes["P03"])))
    check(bad.status == 422 and 'value="%s"' % mistyped(codes["P03"]) in bad.text and "xem lại trên giấy" in bad.text, "without a script: the flaw, and the code is still there", bad.text[:3000])
    good = w.desk.form("/desk/test-1/paper", dict(setting, do="one", code=codes["P03"]))
    check(good.status == 200 and "Lê Quỳnh Như" in good.text and 'value="%s" selected' % "side" in good.text.replace('"side"', '"side"'), "then the name, and the gate stays chosen", good.text[:3000])
    number = len(w.scans())
    text = "%s %s\n%s %s\n" % (codes["P03"], w.at(4), mistyped(codes["P09"]), w.at(3))
    flawed = w.desk.form("/desk/test-1/paper", dict(setting, do="record", text=text))
    check(flawed.status == 422 and codes["P03"] in flawed.text and len(w.scans()) == number, "a list with a wrong line is given back", flawed.text[:3000])
    both = w.desk.form("/desk/test-1/paper", dict(setting, do="record", text=text.replace(mistyped(codes["P09"]), codes["P09"])))
    equal((both.status, len(w.scans())), (200, number + 2), "put right, it is recorded")
    newest = w.server.value("SELECT scan_id FROM scan ORDER BY id DESC LIMIT 1")
    gone = w.desk.form("/desk/test-1/paper", dict(setting, do="undo", scan=newest))
    check(gone.status == 303 and "gate=side" in gone.header("location"), "undone, and the setting goes along", gone)
    equal(w.server.value("SELECT COUNT(*) FROM correction"), 1, "in the record")
    equal(w.doctor(), True, "the recount agrees")


def story_rules():
    """The rules of a door that was offline: what was told is a fact, and a conflict where the list says otherwise."""
    w = World("paper-rules")
    w.desk.get(EVENT + "/paper-list.pdf")
    codes, tokens = w.codes(), w.server.tokens("test-1")
    device = w.server.device("test-1", "side")
    request = lambda: plenum.uuid7()  # noqa: E731

    # A door works again and admits people whose paper is typed later: they came in once, and nobody did wrong.
    device.post("/api/v1/checkins", scan(tokens["P01"], "side"))
    paper = w.one("%s %s" % (codes["P01"], w.at(20)))
    equal((paper["outcome"], paper["conflict"], w.conflicts()), ("admitted", False, 0), "on paper first, by a device later: calm")
    equal((w.stats()["attended"], w.present(w.ms(w.at(10)), plenum.now_ms())), (1, 1), "counted once, and from the paper's time on")
    device.post("/api/v1/checkins", scan(tokens["P02"], "side", age=25 * 60000))
    equal((w.one("%s %s" % (codes["P02"], w.at(20)))["since"] is not None, w.conflicts()), (True, 0), "by a device first, on paper later: calm, and since when is told")
    undone = device.post("/api/v1/checkins/%s/undo" % w.server.value("SELECT scan_id FROM scan WHERE device_id IS NOT NULL ORDER BY id LIMIT 1"), {})
    equal((undone.status, w.stats()["attended"]), (200, 2), "the device's scan is taken back: the paper still knows that they came")

    # A badge that was lost meanwhile: a list names people.
    w.desk.post(EVENT + "/delegates/P03/reissue", {"request": request()})
    lost = w.one("%s %s" % (codes["P03"], w.at(20)))
    equal((lost["outcome"], lost["conflict"]), ("admitted", False), "a lost badge is no matter on paper")

    # Somebody stands for them by now.
    stood = w.desk.post(EVENT + "/delegates/P04/substitute", {"request": request(), "name": "Người Thay Thế", "unit": "U1"})
    check(stood.status == 201, "a substitute", stood)
    equal(w.one("%s %s" % (codes["P04"], w.at(20)), check=True)["person"]["name"], "Phạm Hữu Nghĩa", "their old row still names them")
    old = w.one("%s %s" % (codes["P04"], w.at(20)))
    equal((old["outcome"], old["conflict"], w.conflicts()), ("admitted", True, 1), "let in on paper although replaced: recorded as told, in conflict")
    check("Phạm Hữu Nghĩa" not in pdf_text(w.desk.get(EVENT + "/paper-list.pdf").body), "who was replaced stands on no new list")
    check("Người Thay Thế" in pdf_text(w.desk.get(EVENT + "/paper-list.pdf").body) and w.codes()["P05"] == codes["P05"], "the substitute does, and the others keep their codes")

    # Not of this gate.
    wrong = w.one("%s %s" % (codes["P05"], w.at(20)), gate="guests")
    equal((wrong["outcome"], wrong["reason"], wrong["conflict"]), ("admitted", "not_admitted_here", True), "let in at a gate that does not admit them")

    # A walk-in from the blank rows: at the desk, with the time on the paper.
    category = w.file["events"][0]["categories"][-1]["code"]
    came = w.desk.post(EVENT + "/delegates", {"request": request(), "name": "Khách Mới Tới", "category": category})
    check(came.status == 201, "a walk-in", came)
    found = w.desk.form("/desk/test-1/paper", {"do": "find", "q": "khach moi toi", "gate": "side"})
    new = w.codes()[came.json()["code"]]
    check(found.status == 200 and new in found.text and "Khách Mới Tới" in found.text and 'value="side" selected' in found.text, "their row code is looked up, without printing", found.text)
    equal(w.one("%s %s" % (new, w.at(15)))["conflict"], False, "has a row of their own then")

    # A blank badge without a name.
    blank = next((who for who in codes if not who.startswith("P")), None)
    if check(blank, "a numbered blank badge is on the list", codes):
        shown = w.one("%s %s" % (codes[blank], w.at(15)))
        equal((shown["person"]["name"], shown["conflict"], shown["reason"]), (None, True, "not_issued"), "it has no name yet: in conflict")
    other = World("paper-other")
    other.desk.get(EVENT + "/paper-list.pdf")
    strange = next(c for c in other.codes().values() if c not in w.codes().values())
    equal(w.one(strange, time=w.at(5))["flaw"]["reason"], "unknown", "a code of another event")

    listed = json.loads(plenum.plenum("export", "checkins", "--event", "test-1", "--format", "json", data=w.server.data).stdout)
    of_paper = [s for s in listed if s.get("origin") == "paper"]
    check(len(of_paper) >= 7 and all(s["device"] is None and s["account"] == "desk" and s["estimated"] for s in of_paper), "the export tells what came from paper", of_paper[:2])
    check(all("origin" not in s for s in listed if s["device"]), "and says nothing of the others")
    page = w.server.sign_in("chief", w.server.user("chief", "organiser", "test-1")).get("/admin/test-1/conflicts")
    check("Phạm Hữu Nghĩa" in page.text and "(danh sách giấy)" in page.text, "the conflict is there to be settled, and that it is from paper")
    equal(w.doctor(), True, "the recount agrees")


def story_import():
    """A spreadsheet of what was ticked: dry run, every error with its line, all or nothing, twice is once."""
    w = World("paper-import")
    w.desk.get(EVENT + "/paper-list.pdf")
    codes = w.codes()
    rows = [(codes["P01"], w.at(40), "in", "main"), (codes["P02"], w.at(39), "", "main"), (codes["P01"], w.at(10), "out", "main"), (codes["P05"], w.at(38), "in", "guests")]
    text = "code,time,direction,gate,name\r\n" + "".join("%s,%s,%s,%s,\"Tên, có phẩy\"\r\n" % row for row in rows)
    code, dry, said = w.report(text, "--date", w.today, "--dry-run")
    equal((code, dry and dry["new"], dry and dry["conflicts"], w.scans()), (0, 4, 1, []), "a dry run stores nothing")
    equal([r["outcome"] for r in dry["results"]], ["admitted", "admitted", "left", "admitted"], "and tells what would be")
    broken = "\ufeffMã;Giờ;Cửa\n%s;%s;main\n%s;%s;main\n\n%s;99:99;main\n%s;%s;cellar\n" % (codes["P01"], w.at(40), mistyped(codes["P02"]), w.at(40), codes["P03"], codes["P04"], w.at(40))
    code, report, said = w.report(broken, "--date", w.today)
    equal((code, report["wrong"], [(r["line"], r["flaw"]["reason"]) for r in report["results"]], w.scans()), (1, 3, [(3, "wrong"), (5, "time"), (6, "gate")], []),
          "every wrong line, and none is recorded")
    path = os.path.join(w.server.folder, "list.csv")
    plain = plenum.plenum("import", path, "--event", "test-1", "--date", w.today, data=w.server.data, fine=False)
    check(plain.returncode == 1 and path + ":3: " in plain.stderr and path + ":6: " in plain.stderr and "3 of 4" in plain.stderr, "told for people with file and line", plain.stderr)
    code, report, said = w.report(text)
    equal((code, len(report["results"]), report["results"][0]["flaw"]["reason"], w.scans()), (1, 4, "date", []), "without a day nothing is guessed")
    code, first, said = w.report(text, "--date", w.today)
    equal((code, first["new"], first["known"], first["conflicts"], len(w.scans())), (0, 4, 0, 1, 4), "taken in beside a running server")
    equal([(r["line"], r["reason"]) for r in first["results"]], [(5, "not_admitted_here")], "conflicts are told with their line")
    code, second, said = w.report(text, "--date", w.today)
    equal((code, second["new"], second["known"], len(w.scans())), (0, 0, 4, 4), "twice is once")
    typed = w.one("%s %s" % (codes["P02"], w.at(39)))
    equal((typed["again"] is not None and typed["again"]["by"], len(w.scans())), (None, 4), "what was imported is known to who types it")
    clock = w.at(3)
    w.one("%s %s" % (codes["P04"], clock))
    long = "code,time,gate\n" + "".join("%s,%s,main\n" % row for row in [(codes["P04"], clock)] + [(codes[who], w.at(at)) for who in ("P01", "P02", "P03") for at in range(6, 40)])
    equal(w.report(long, "--date", w.today, "--dry-run")[1]["results"][0]["again"]["by"], "desk", "who typed a row is told also when more rows follow than fit in one piece")
    moment = "code\ttime\tgate\n%s\t%sT%s\tmain\n" % (codes["P03"], w.today, w.at(5))
    equal(w.report(moment)[1]["new"], 1, "with the day in the time's column")
    day = datetime.date.fromisoformat(w.today)
    equal(w.report("code,date,time\n%s,%d/%d/%d,%s\n" % (codes["P07"], day.day, day.month, day.year, w.at(4)), "--gate", "side")[1]["new"], 1, "as people here write a day")
    check(w.report("code,time,colour\n")[2].find('"colour"') > 0, "a column that nobody knows is told")
    check("never closed" in w.report('code,time\n"K7F3X,07:52\n')[2], "so is a quote without end")
    none = plenum.plenum("import", path, data=w.server.data, fine=False)
    check(none.returncode == 2 and "--event" in none.stderr, "the event is asked for", none.stderr)
    equal(w.server.value("SELECT COUNT(*) FROM audit WHERE action = 'paper_import' AND actor = 'command line'"), 4, "imports are in the audit log")
    equal(w.doctor(), True, "the recount agrees")


if __name__ == "__main__":
    plenum.run("paper lists", story_print, story_type, story_many, story_rules, story_import)

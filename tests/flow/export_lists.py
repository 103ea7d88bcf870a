#!/usr/bin/env python3
"""Lists that leave the house: what goes out as CSV, XLSX or JSON comes in again without a change, in all languages, whatever stands in the cells; no cell is a formula; sensitive
attributes only by name and with a line in the audit log; no secrets. The console's pages, forms for units."""
# suite
# sanitized
import csv
import io
import json
import os
import re
import sqlite3
import sys
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from plenum import Server, check, equal, plenum, run, scratch, small_event

EVENT = "test-1"
NASTY = ["=1+1", "+84 912 345 678", "-5", "@sum", "'=x", "''-y", "a;=1+1", 'she said "hi", twice', "x,y", "'plain"]


def ugly(file, event=None, offset=0):
    """People whose data look like formulas, are quoted, or run over lines; an attribute of every kind, one of them sensitive."""
    file["organization"].setdefault("attribute_types", {}).update({
        "club": {"title": {"vi": "Câu lạc bộ", "en": "Club"}, "type": "text"}, "driver": {"title": "Có xe", "type": "yes_no"},
        "step": {"title": "Bậc", "type": "number"}, "since": {"title": "Từ ngày", "type": "date"},
        "school": {"title": "Học vấn", "type": "choice", "values": {"uni": "Đại học", "college": "Cao đẳng"}},
        "faith": {"title": "Tín ngưỡng riêng", "type": "text", "sensitive": True}})
    for i, text in enumerate(NASTY):
        file["people"].append({"code": "N%03d" % i, "name": "Người Thử %s" % "ABCDEFGHIJ"[i], "title": text, "phone": "+84 912 000 %03d" % i, "born": "1980-02-%02d" % (i + 1) if i % 2 else "198%d" % i,
                               "gender": "mfx"[i % 3], "unit": file["organization"]["units"][0]["code"],
                               "attributes": {"club": text, "driver": i % 2 == 0, "step": i + 0.5, "since": "2020-01-%02d" % (i + 1), "school": ["uni", "college"][i % 2],
                                              "faith": "secret-%d" % i}})
        file["events"][0]["delegates"].append({"person": "N%03d" % i, "category": file["events"][0]["categories"][0]["code"], "seat": text, "diet": text,
                                               "roles": ["credentials_committee", "presidium"], "needs": ["wheelchair", "paper"], "status": "withdrawn" if i == 3 else "summoned"})


def organisation():
    data = scratch("export")
    plenum("import", small_event(data, ugly), data=data)
    return data


def values_of(path):
    """Cells of the first sheet, as text, rows by column letters; the file is looked at as it is, by no library."""
    with zipfile.ZipFile(path) as z:
        names = z.namelist()
        sheet = z.read("xl/worksheets/sheet1.xml").decode()
        check(not re.search(r"<f[ >]", sheet), "no formula in %s" % os.path.basename(path))
        check(not [n for n in names if "macro" in n.lower() or n.endswith(".bin")], "nothing else in the workbook", names)
        return sheet + "".join(z.read(n).decode() for n in names if n.endswith("sharedStrings.xml"))


def dry(path, data, *words):
    report = json.loads(plenum("import", path, "--dry-run", "--json", *words, data=data).stdout)
    return report["counts"], [row for row in report["rows"] if row["kind"] != "same"]


def test_round_trip():
    data = organisation()
    for what, words in (("members", []), ("delegates", ["--event", EVENT])):
        for form, languages in (("csv", [None, "vi", "en", "pt", "ar"]), ("xlsx", [None, "en", "pt", "ar"])):
            for language in languages:
                path = os.path.join(data, "%s-%s.%s" % (what, language, form))
                plenum("export", what, *words, "--format", form, "-o", path, *(["--language", language] if language else []), data=data)
                counts, others = dry(path, data, *words)
                check(not others and counts["same"] >= len(NASTY), "%s as %s, %s: no change" % (what, form, language or "as it is"), others[:2] or counts)
    path = os.path.join(data, "members.json")
    plenum("export", "members", "--format", "json", "-o", path, data=data)
    report = json.loads(plenum("import", path, "--dry-run", data=data).stdout)
    equal(report["changes"], [], "members as JSON: no change")
    other = scratch("export-other")
    plenum("import", path, data=other)
    again = plenum("export", "members", "--format", "json", data=other).stdout
    equal(json.loads(again), json.load(open(path)), "members as JSON give the same register elsewhere")
    path = os.path.join(data, "event.json")
    plenum("export", "event", "--event", EVENT, "-o", path, data=data)
    equal(json.loads(plenum("import", path, "--dry-run", data=data).stdout)["changes"], [], "the event as JSON: no change")


def test_cells():
    data = organisation()
    path = os.path.join(data, "m.csv")
    plenum("export", "members", "--format", "csv", "-o", path, data=data)
    text = open(path, newline="", encoding="utf-8").read()
    for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))):
        for cell in row:
            if cell and cell[0] in "=+-@\t\r":
                check(False, "no cell begins as a formula", cell)
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    said = {row["code"]: row for row in rows}
    equal([said["N%03d" % i]["title"] for i in (0, 1, 4, 5, 9)], ["'=1+1", "'+84 912 345 678", "''=x", "'''-y", "'plain"], "an apostrophe before a formula, and no other")
    check(text.count("\r\n") == len(rows) + 1, "RFC 4180: CRLF")
    path = os.path.join(data, "m.xlsx")
    plenum("export", "members", "--format", "xlsx", "-o", path, data=data)
    shown = values_of(path)
    check("=1+1" in shown and "'=1+1" not in shown, "a workbook has the texts as they are")
    equal(oct(os.stat(path).st_mode & 0o777), oct(0o600), "not for everybody")
    unit = json.load(open(small_event(data, ugly)))["organization"]["units"][0]["code"]
    some = list(csv.DictReader(io.StringIO(plenum("export", "members", "--unit", unit, "--format", "csv", data=data).stdout.lstrip("\ufeff"))))
    check(0 < len(some) and {row["code"] for row in some} >= {"N000"}, "a unit's members", len(some))


def audit_of(data):
    db = sqlite3.connect("file:%s/plenum.db?mode=ro" % data, uri=True)
    found = db.execute("SELECT actor, subject, detail FROM audit WHERE action = 'sensitive read' ORDER BY id").fetchall()
    db.close()
    return found


def test_sensitive():
    data = organisation()
    path = os.path.join(data, "x.xlsx")
    for what, words in (("members", []), ("delegates", ["--event", EVENT])):
        for form in ("csv", "json"):
            out = plenum("export", what, *words, "--format", form, data=data).stdout
            check("secret-" not in out and ("faith" not in out or what == "members" and form == "json"), "%s as %s: not the sensitive attribute" % (what, form))
        plenum("export", what, *words, "--format", "xlsx", "-o", path, data=data)
        check("secret-" not in values_of(path), "%s as a workbook: not the sensitive attribute" % what)
    equal(audit_of(data), [], "and nothing to note")
    out = plenum("export", "members", "--format", "csv", "--sensitive", "faith", data=data).stdout
    check("secret-3" in out, "by name it is there")
    out = plenum("export", "members", "--format", "json", "--sensitive", "faith", data=data).stdout
    check("secret-3" in out, "as JSON too")
    plenum("export", "delegates", "--event", EVENT, "--format", "xlsx", "--sensitive", "faith", "-o", path, data=data)
    check("secret-3" in values_of(path), "and of delegates")
    noted = audit_of(data)
    equal([(a, s) for a, s, d in noted], [("command line", "register"), ("command line", "register"), ("command line", EVENT)], "each time with a line in the audit log")
    check(all(json.loads(d)["attributes"] == ["faith"] for a, s, d in noted), "that names them", noted)
    plenum("export", "event", "--event", EVENT, "-o", path + ".json", data=data)
    equal(len(audit_of(data)), 3, "an event without them is not noted")
    plenum("export", "event", "--event", EVENT, "--with-sensitive", "-o", path + ".json", data=data)
    last = audit_of(data)[-1]
    check(last[:2] == ("command line", EVENT) and "faith" in json.loads(last[2])["attributes"], "an event with all of them is", last)
    for words, code, why in ((["--sensitive", "club"], 1, "not marked sensitive"), (["--sensitive", "nothing"], 1, "no attribute"), (["--unit", "nowhere"], 1, "no unit"),
                             (["--language", "xx"], 1, "none of vi"), (["--event", EVENT], 2, "register"), (["--format", "ods"], 2, "--format")):
        done = plenum("export", "members", *words, data=data, fine=False)
        check(done.returncode == code and why in done.stderr, "refused: %s" % " ".join(words), done.stderr)
    equal(len(audit_of(data)), 4, "what is refused is not noted")
    db = sqlite3.connect("file:%s/plenum.db?mode=ro" % data, uri=True)
    secrets = [value for (value,) in db.execute("SELECT token FROM credential")]
    db.close()
    every = "".join(plenum("export", what, *words, "--format", form, data=data).stdout for what, words in (("members", []), ("delegates", ["--event", EVENT]), ("checkins", ["--event", EVENT]))
                    for form in ("csv", "json"))
    check(secrets and not [s for s in secrets if s in every], "no tokens")


def test_console():
    server = Server("export-console")
    server.load(small_event(server.folder, ugly))
    server.start()
    boss, orga = server.sign_in("boss", server.user("boss", "organiser")), server.sign_in("orga", server.user("orga", "organiser", EVENT))
    page = orga.get("/admin/%s/exports" % EVENT, Accept_Language="en")
    check(page.status == 200 and "Tín ngưỡng riêng" in page.text and 'value="faith"' in page.text, "the page of an event names what is sensitive", page.status)
    reply = orga.form("/admin/%s/exports" % EVENT, {"what": "delegates", "format": "csv", "language": "vi"})
    check(reply.status == 200 and "Họ và tên" in reply.text and "secret-" not in reply.text and "attachment" in str(reply.headers), "delegates", reply.status)
    reply = orga.form("/admin/%s/exports" % EVENT, {"what": "checkins", "format": "json"})
    equal((reply.status, json.loads(reply.text)), (200, []), "check-ins")
    equal(audit_of(server.data), [], "nothing to note")
    reply = orga.form("/admin/%s/exports" % EVENT, {"what": "delegates", "format": "csv", "sensitive": "faith"})
    check(reply.status == 200 and "secret-3" in reply.text, "what was ticked", reply.status)
    equal([(a, s) for a, s, d in audit_of(server.data)], [("orga", EVENT)], "is noted")
    equal(orga.form("/admin/%s/exports" % EVENT, {"what": "delegates", "format": "csv", "sensitive": "club"}).status, 400, "what is not sensitive is not ticked")
    equal(orga.form("/admin/%s/exports" % EVENT, {"what": "members", "format": "csv"}).status, 400, "members are not an event's")
    for status in (orga.get("/admin/-/exports").status, orga.form("/admin/-/exports", {"format": "csv"}).status):
        equal(status, 403, "the register is not for the organiser of one event")
    page = boss.get("/admin/-/exports", Accept_Language="en")
    check(page.status == 200 and 'name="unit"' in page.text, "the page of the register", page.status)
    reply = boss.form("/admin/-/exports", {"format": "xlsx", "language": "pt"})
    path = os.path.join(server.folder, "m.xlsx")
    with open(path, "wb") as f:
        f.write(reply.body)
    check("Nome completo" in values_of(path), "members as a workbook")
    counts, others = dry(path, server.data)
    check(not others and counts["same"] >= len(NASTY), "that comes in again without a change", others[:2])
    equal([name for name in os.listdir(server.data) if "export" in name], [], "nothing is left lying about")


run("export_lists", test_round_trip, test_cells, test_sensitive, test_console)

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


# --- forms for units ---

def forms_of(data, name, *words):
    """The forms of a ZIP, by unit: their paths."""
    path = os.path.join(data, name + ".zip")
    plenum("export", "forms", *words, "-o", path, data=data)
    equal(oct(os.stat(path).st_mode & 0o777), oct(0o600), "forms are not for everybody")
    with zipfile.ZipFile(path) as z:
        check(z.testzip() is None, "a sound archive")
        z.extractall(os.path.join(data, name))
    return {file.split("-")[0]: os.path.join(data, name, file) for file in os.listdir(os.path.join(data, name))}, path


def fill(path, to, rows=(), change=()):
    """As an office does, without an office: rows behind the last one (texts by column), texts changed."""
    with zipfile.ZipFile(path) as z, zipfile.ZipFile(to, "w") as out:
        for name in z.namelist():
            text = z.read(name)
            if name == "xl/worksheets/sheet2.xml":
                for a, b in change: # the hidden sheet's mark too
                    text = text.replace(a.encode(), b.encode())
            if name == "xl/worksheets/sheet1.xml":
                text = text.decode()
                last = max(int(n) for n in re.findall(r'<row r="(\d+)"', text))
                more = "".join('<row r="%d">%s</row>' % (last + 1 + i, "".join('<c r="%s%d" t="inlineStr"><is><t>%s</t></is></c>' % (c, last + 1 + i, v) for c, v in sorted(row.items())))
                               for i, row in enumerate(rows))
                text = text.replace("</sheetData>", more + "</sheetData>")
                for a, b in change:
                    check(a in text, "%s stands in the form" % a)
                    text = text.replace(a, b)
                text = text.encode()
            out.writestr(name, text)
    return to


def look(data, *paths):
    return json.loads(plenum("import", *paths, "--dry-run", "--json", data=data).stdout)


def test_forms():
    data = organisation()
    for span in ("each", "beneath"):
        for language, words in (("vi", []), ("ar", ["--event", EVENT])):
            forms, path = forms_of(data, "%s-%s" % (span, language), "--for", span, "--language", language, *words)
            for form in forms.values():
                shown = values_of(form)
                check("<sheetProtection" in shown and 'type="list"' in shown and 'type="date"' in shown and "plenum-form/1 " in shown and "secret-" not in shown,
                      "%s in %s: protected, with lists, checks and a mark" % (span, language))
                check(("rightToLeft" in shown) == (language == "ar"), "the direction of reading")
            report = json.loads(plenum("import", path, "--dry-run", "--json", *words, data=data).stdout)
            others = [row for row in report["rows"] if row["kind"] != "same"]
            check(not others and report["counts"]["same"] >= len(NASTY) and not report["forms"][0]["missing"], "%s in %s: nothing was changed, nothing changes" % (span, language),
                  others[:2] or report["counts"])
    one = os.path.join(data, "one.xlsx")
    plenum("export", "forms", "--for", "one", "--unit", "U0", "--sensitive", "faith", "-o", one, data=data)
    check("secret-" in values_of(one) and [(a, s) for a, s, d in audit_of(data)] == [("command line", "U0")], "sensitive by name, and noted")
    for words, why in ((["--for", "one"], "needs --unit"), (["--for", "all"], "none of each"), (["--unit", "nowhere"], "no unit"), (["--sensitive", "club"], "not marked")):
        done = plenum("export", "forms", *words, "-o", one, data=data, fine=False)
        check(done.returncode and why in done.stderr, "refused: %s" % " ".join(words), done.stderr)


def test_forms_that_come_back():
    data = organisation()
    forms, path = forms_of(data, "out")
    equal(sorted(forms), ["U0", "U1", "U2"], "one for each unit")
    mine = fill(forms["U1"], os.path.join(data, "renamed by somebody.xlsx"), [{"B": "Ngô Thị Mới Toanh", "F": "1991"}, {"A": "P07", "B": "Huỳnh Trị Ứng"}])
    report = look(data, mine)
    rows = {row["name"]: row for row in report["rows"]}
    new = rows["Ngô Thị Mới Toanh"]
    equal((new["kind"], [f["new"] for f in new["fields"] if f["field"] == "unit"]), ("new", ["U1"]), "who is new in a form is of its unit")
    moved = [row for row in report["rows"] if row["code"] == "P07"][0]
    check(moved["kind"] == "doubtful" and "form_moves" in [f["reason"] for f in moved["flaws"]] and "U2" in moved["flaws"][-1]["text"], "who is of another unit is a doubt", moved)
    equal([unit["code"] for unit in report["forms"][0]["missing"]], ["U0", "U2"], "those that are not here yet are told")
    broken = fill(forms["U2"], os.path.join(data, "broken.xlsx"), change=[("plenum-form/1 people U2", "plenum-form/1 people U1")])
    old, twice = os.path.join(data, "old.xls"), fill(forms["U1"], os.path.join(data, "twice.xlsx"))
    with open(old, "wb") as f:
        f.write(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 3000)
    os.rename(old, old + "x")
    report = look(data, mine, forms["U0"], broken, old + "x", twice)
    problems = {f["name"]: f["problem"]["reason"] for f in report["files"] if f["problem"]}
    equal(problems, {"renamed by somebody.xlsx": "list_form_twice", "twice.xlsx": "list_form_twice", "broken.xlsx": "list_form_broken", "old.xlsx": "sheet_xls"},
          "each file that cannot be used is named with its reason")
    check(all(row["file"] == os.path.basename(forms["U0"]) for row in report["rows"]), "and rows by their file")
    done = plenum("import", forms["U0"], old + "x", "--json", data=data, fine=False)
    check(done.returncode == 1 and "1 files cannot be used" in done.stderr, "nothing is written beside such a file", done.stderr)
    equal(look(data, mine, path)["files"][0]["problem"]["reason"], "list_form_twice", "files and archives together")
    done = json.loads(plenum("import", mine, forms["U0"], "--decide", "7=leave", "--doubtful", "new", "--json", data=data).stdout)
    check(done["import"] == 1 and done["written"] >= 2, "taken in", done)
    report = look(data, forms["U2"])
    equal([unit["code"] for unit in report["forms"][0]["missing"]], [], "with what came before all are here")
    moved = [row for row in report["rows"] if row["code"] == "P07"][0]
    check(moved["kind"] == "doubtful", "an old form moves nobody back unasked", moved)
    done = plenum("import", forms["U2"], "--event", EVENT, "--dry-run", data=data, fine=False)
    check(done.returncode == 1 and "form of people" in done.stderr, "a form goes where it belongs", done.stderr)


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
    reply = boss.form("/admin/-/forms", {"span": "each", "language": "en", "rows": "3"})
    path = os.path.join(server.folder, "forms.zip")
    with open(path, "wb") as f:
        f.write(reply.body)
    check(reply.status == 200 and len(zipfile.ZipFile(path).namelist()) == 3 and "forms.zip" in str(reply.headers), "forms of all units", reply.status)
    counts, others = dry(path, server.data)
    check(not others and counts["same"] >= len(NASTY), "that come back without a change", others[:2])
    equal(boss.form("/admin/-/forms", {"span": "one"}).status, 400, "one form: of which unit?")
    reply = orga.form("/admin/%s/forms" % EVENT, {"span": "one", "unit": "U0", "sensitive": "faith"})
    check(reply.status == 200 and audit_of(server.data)[-1][:2] == ("orga", EVENT), "delegates of one unit, with what is sensitive", reply.status)
    equal(orga.form("/admin/-/forms", {"span": "each"}).status, 403, "the register is not for the organiser of one event")
    equal([name for name in os.listdir(server.data) if "export" in name or "form" in name], [], "nothing is left lying about")


run("export_lists", test_round_trip, test_cells, test_sensitive, test_forms, test_forms_that_come_back, test_console)

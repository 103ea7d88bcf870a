#!/usr/bin/env python3
"""Lists of offices taken in by `plenum import`: the dry run changes nothing, what was agreed is written, and taken back field by field; whom rows mean; numbers that change
hands; what the desk decided meanwhile; a kill in the middle; two at once; beside a server that checks people in."""
# suite
# sanitized
import csv
import hashlib
import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from plenum import Server, check, equal, note, plenum, program, rows, run, scratch, small_event, wait

EVENT = "test-1"
PEOPLE = ["Mã", "Họ và tên", "Ngày sinh", "Giới tính", "Đơn vị", "Chức vụ", "Số điện thoại", "Email"]
DELEGATES = ["Mã", "Họ và tên", "Đơn vị", "Số đại biểu", "Thành phần", "Số ghế"]


def organisation(change=None):
    """A data folder with the small event, today."""
    data = scratch("list-import")
    plenum("import", small_event(data, change), data=data)
    return data


def table(folder, name, headings, *lines):
    path = os.path.join(folder, name)
    text = io.StringIO()
    csv.writer(text).writerows([headings, *lines])
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.getvalue())
    return path


def book(folder, name, **sheets):
    """A workbook of plain texts, as small as one may be."""
    from xml.sax.saxutils import escape
    path = os.path.join(folder, name)
    heads = ["<sheet name=\"%s\" sheetId=\"%d\" r:id=\"r%d\"/>" % (title.replace("_", " "), i + 1, i + 1) for i, title in enumerate(sheets)]
    links = ["<Relationship Id=\"r%d\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/s%d.xml\"/>" % (i + 1, i + 1) for i in range(len(sheets))]
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type='
                   '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>')
        z.writestr("xl/workbook.xml", '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>%s</sheets></workbook>' % "".join(heads))
        z.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>' % "".join(links))
        for i, lines in enumerate(sheets.values()):
            cells = "".join("<row r=\"%d\">%s</row>" % (r + 1, "".join("<c r=\"%s%d\" t=\"inlineStr\"><is><t>%s</t></is></c>" % (chr(65 + c), r + 1, escape(text))
                                                                     for c, text in enumerate(line) if text)) for r, line in enumerate(lines))
            z.writestr("xl/worksheets/s%d.xml" % (i + 1), '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>' % cells)
    return path


def execute(data, *statements):
    db = sqlite3.connect(os.path.join(data, "plenum.db"), timeout=20)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


def dry(path, data, *words):
    """The dry run's report, and its rows by their numbers."""
    report = json.loads(plenum("import", path, "--dry-run", "--json", *words, data=data).stdout)
    return report, {row["row"]: row for row in report["rows"]}


def take(path, data, *words, fine=True):
    done = plenum("import", path, "--json", *words, data=data, fine=fine)
    return json.loads(done.stdout) if done.returncode == 0 else done


def state(data):
    """All that an organiser would call the state: every table of the domain, but for what only counts changes."""
    counters = {"roster_seq", "roster_base", "config_seq", "figures_seq"}
    db = sqlite3.connect("file:%s/plenum.db?mode=ro" % data, uri=True, timeout=20)
    db.row_factory = sqlite3.Row
    found = {}
    for name in ("person", "person_attribute", "unit", "delegate", "delegate_state", "credential", "presence", "event", "tally", "find_entry"):
        what = "SELECT * FROM tally WHERE total <> 0" if name == "tally" else "SELECT * FROM " + name
        found[name] = sorted(repr([(k, row[k]) for k in row.keys() if k not in counters and (name, k) != ("find_entry", "place")]) for row in db.execute(what))
    db.close()
    return found


def bytes_of(data):
    """The database as its content is, whatever its log holds; but for the audit log, which knows who looked."""
    db = sqlite3.connect("file:%s/plenum.db?mode=ro" % data, uri=True, timeout=20)
    digest = hashlib.sha256("\n".join(line for line in db.iterdump() if not line.startswith('INSERT INTO "audit"')).encode()).hexdigest()
    db.close()
    return digest


def sound(data, what):
    said = plenum("doctor", data=data, fine=False).stdout
    check("FAIL" not in said and "ok    search" in said and "ok    register" in said, what, said)


def same_state(data, before, what):
    after = state(data)
    differs = [(k, [x for x in after[k] if x not in before[k]][:2], [x for x in before[k] if x not in after[k]][:2]) for k in before if before[k] != after[k]]
    check(not differs, what, differs)


# --- people ---------------------------------------------------------------------------------------------------------------------------------------------------

def people_are_matched_shown_written_and_taken_back():
    data = organisation()
    path = table(data, "people.csv", PEOPLE,
                 ["P01", "Đặng Thị Hồng Thắm", "", "", "", "Nguyên Chủ tịch", "", ""],           # 2: by code; changed
                 ["", "Lê Quỳnh Như", "30/11/1988", "", "U1", "", "", ""],                          # 3: name and birth; moved
                 ["", "NGUYỄN VĂN ĐỨC", "1980", "", "U0", "", "", ""],                             # 4: name, unit, year; nothing new
                 ["", "Tran Ngoc An", "17/06/1985", "", "U1", "", "", ""],                          # 5: without marks: doubtful
                 ["", "Nguyễn Thị Mới", "01/02/1990", "Nữ", "U2", "Công nhân", "0600 000 900", "moi@example.org"],  # 6: new
                 ["", "Nguyễn Thị Mới", "01/02/1990", "Nữ", "U2", "", "", ""],                      # 7: the same once more
                 ["", "Trần Văn Sai", "31/02/1990", "", "U2", "", "", ""],                          # 8: no day of the calendar
                 ["P02", "Hoàng Hoàn Toàn Khác", "", "", "", "", "", ""])                            # 9: somebody else's code
    before, bytes_before = state(data), bytes_of(data)
    report, row = dry(path, data)
    equal(bytes_of(data), bytes_before, "the dry run leaves the database as it is, to the byte")
    looked = rows(data, "SELECT actor, subject, detail FROM audit WHERE action = 'import look'")
    check(len(looked) == 1 and looked[0][:2] == ("command line", "people.csv") and json.loads(looked[0][2]) ==
          {"target": "people", "counts": {k: n for k, n in report["counts"].items() if n and k != "passed_over"}}, "who looked is noted, and nothing of the people", looked)
    equal({n: r["kind"] for n, r in row.items()}, {2: "changed", 3: "changed", 4: "same", 5: "doubtful", 6: "new", 7: "doubtful", 8: "wrong", 9: "doubtful"}, "what rows are")
    equal([(f["field"], f["cell"], f["old"], f["new"]) for f in row[2]["fields"]], [("title", "F2", "Chủ tịch", "Nguyên Chủ tịch")], "old and new, with the cell")
    equal([(f["field"], f["old"], f["new"]) for f in row[3]["fields"]], [("unit", "U0", "U1")], "who moved is the same person")
    equal([(c["code"], c["why"]) for c in row[5]["candidates"]], [("P06", "other_marks")], "who may be meant, and why")
    equal([(c["row"], c["why"]) for c in row[7]["candidates"]], [(6, "in_file")], "the row that stands above")
    equal([(c["code"], c["why"]) for c in row[9]["candidates"]], [("P02", "other_name")], "a code with a wholly different name")
    check(row[8]["flaws"] and row[8]["flaws"][0]["cell"] == "C8" and row[8]["flaws"][0]["written"] == "31/02/1990", "the wrong cell", row[8])
    equal(report["counts"]["new"], 1, "counts")

    refused = take(path, data, fine=False)
    check(refused.returncode == 1 and "doubtful" in refused.stderr, "doubtful rows are asked about", refused.stderr)
    refused = take(path, data, "--doubtful", "leave", fine=False)
    check(refused.returncode == 1 and "wrong" in refused.stderr, "wrong rows stop it", refused.stderr)
    equal(bytes_of(data), bytes_before, "what was refused changed nothing")

    done = take(path, data, "--take-good", "--decide", "5=P06", "--decide", "7=leave", "--decide", "9=new")
    equal((done["import"], done["written"], done["meanwhile"]), (1, 5, 0), "the import")
    people = {code: (name, unit, title) for code, name, unit, title in rows(data, "SELECT p.code, p.name, u.code, p.title FROM person p LEFT JOIN unit u ON u.id = p.unit_id")}
    equal(people["P01"][2], "Nguyên Chủ tịch", "a changed field")
    equal(people["P03"][1], "U1", "a move")
    equal(people["P02"][0], "Nguyễn Văn Đức", "capitals do not replace a name")
    equal(people["P06"][0], "Tran Ngoc An", "as it was decided")
    new = sorted(c for c in people if people[c][0] in ("Nguyễn Thị Mới", "Hoàng Hoàn Toàn Khác"))
    equal(new, ["P0015", "P0016"], "new codes run on")
    sound(data, "all is sound after it")
    report, row = dry(path, data, "--decide", "7=leave")
    equal({n: r["kind"] for n, r in row.items() if n in (2, 3, 4, 6)}, {n: "same" for n in (2, 3, 4, 6)}, "the same list again changes nothing")

    undone = json.loads(plenum("import", "--undo", "1", "--json", data=data).stdout)
    equal((undone["back"], undone["left"]), (5, 0), "taken back")
    same_state(data, before, "as it was, field by field")
    sound(data, "all is sound after the taking back")
    refused = plenum("import", "--undo", "1", data=data, fine=False)
    check(refused.returncode == 1, "nothing is taken back twice", refused.stdout)
    done = take(path, data, "--take-good", "--doubtful", "leave")
    new = rows(data, "SELECT code FROM person WHERE name = 'Nguyễn Thị Mới'")[0][0]
    check(new not in ("P0015", "P0016"), "codes that were given away are not given again", new)


def what_changed_since_stays():
    data = organisation()
    path = table(data, "people.csv", PEOPLE, ["P01", "Đặng Thị Hồng Thắm", "", "", "", "Chức vụ mới", "0600 000 111", ""],
                 ["", "Người Được Mời", "05/06/1977", "", "U1", "", "", ""], ["", "Người Được Sửa", "05/06/1978", "", "U1", "", "", ""], ["", "Người Không Đổi", "05/06/1979", "", "U1", "", "", ""])
    take(path, data)
    code = {name: c for c, name in rows(data, "SELECT code, name FROM person")}
    later = table(data, "later.csv", PEOPLE, ["P01", "", "", "", "", "Chức vụ sau", "", ""], [code["Người Được Sửa"], "", "", "", "", "Sửa sau", "", ""])
    take(later, data)
    event = table(data, "event.csv", DELEGATES, [code["Người Được Mời"], "Người Được Mời", "", "900", "guest", ""])
    take(event, data, "--event", EVENT)
    undone = json.loads(plenum("import", "--undo", "1", "--json", data=data).stdout)
    equal(undone["back"], 1, "who was not touched since is gone")
    equal(sorted((s["code"], s["why"]) for s in undone["stays"]), sorted([("P01", "changed"), (code["Người Được Sửa"], "changed"), (code["Người Được Mời"], "history")]), "who stays, and why")
    title, phone = rows(data, "SELECT title, phone FROM person WHERE code = 'P01'")[0]
    equal((title, phone), ("Chức vụ sau", "0600 000 001"), "of one person the field that nobody touched goes back, the other stays")
    check(not rows(data, "SELECT 1 FROM person WHERE name = 'Người Không Đổi'"), "the others are gone")
    sound(data, "all is sound")


def what_is_gone_since_holds_nothing_up():
    """The first list's unit is taken away by its undo while a second list remembers it as where its people were."""
    data = organisation()
    names = ["Người Mới Một", "Người Mới Hai", "Người Mới Ba"]
    take(table(data, "first.csv", PEOPLE, *[["", name, "05/06/19%d" % (70 + i), "", "Đơn vị chưa có", "", "", ""] for i, name in enumerate(names)]), data, "--new-units")
    code = {name: c for c, name in rows(data, "SELECT code, name FROM person")}
    take(table(data, "second.csv", PEOPLE, *[[code[name], name, "", "", "U1", "", "", ""] for name in names]), data)
    for number in ("1", "2"):
        plenum("import", "--undo", number, data=data)
    equal(rows(data, "SELECT COUNT(*) FROM list_import WHERE state IN ('applying', 'taking_back')"), [(0,)], "no undo is stuck")
    take(table(data, "third.csv", PEOPLE, ["P01", "", "", "", "", "Chức vụ ba", "", ""]), data)
    sound(data, "all is sound")
    server = Server("list-import-stuck")
    server.data = data
    server.start()
    server.stop()


def units_of_one_name_are_told_apart_by_what_is_above():
    data = organisation()
    heads = ["Mã đơn vị", "Tên đơn vị", "Đơn vị cấp trên"]
    take(table(data, "a.csv", heads, ["SA", "Sở Y tế Bến Mơ", ""], ["SB", "Sở Y tế Cầu Mây", ""]), data, "--units")
    take(table(data, "a2.csv", heads, ["PA", "Phòng Hành chính", "SA"]), data, "--units")
    report, found = dry(table(data, "b.csv", heads[1:], ["Phòng Hành chính", "SB"]), data, "--units")
    equal([row["kind"] for row in report["rows"]], ["new"], "beneath another: another one")
    report, found = dry(table(data, "c.csv", heads[1:], ["Phòng Hành chính", "SA"]), data, "--units")
    equal([(row["kind"], row["code"]) for row in report["rows"]], [("same", "PA")], "beneath the same: the same")
    take(table(data, "d.csv", heads[1:], ["Phòng Hành chính", "SB"]), data, "--units")
    report, found = dry(table(data, "e.csv", ["Tên đơn vị", "Số đoàn viên"], ["Phòng Hành chính", "12"]), data, "--units")
    equal([(row["kind"], row["flaws"][0]["reason"]) for row in report["rows"]], [("wrong", "unit_several")], "neither is chosen in silence")


def units_of_one_file_stand_above_one_another():
    data = organisation()
    heads = ["Mã đơn vị", "Tên đơn vị", "Đơn vị cấp trên"]
    path = table(data, "tree.csv", heads, ["", "Tổ Văn thư", "Phòng Hành chính Quận Mây"],   # 2: by name, of a row below, without a code
                 ["", "Phòng Hành chính Quận Mây", "QM"], ["QM", "Quận Mây", "TP"], ["TP", "Thành phố Sương", "U0"], ["", "Tổ Lễ tân", "quan may"])
    report, row = dry(path, data, "--units")
    equal({n: r["kind"] for n, r in row.items()}, {n: "new" for n in range(2, 7)}, "all of them are new")
    take(path, data, "--units")
    tree = dict(rows(data, "SELECT u.name, p.name FROM unit u LEFT JOIN unit p ON p.id = u.parent_id"))
    equal([tree[n] for n in ("Tổ Văn thư", "Phòng Hành chính Quận Mây", "Quận Mây", "Tổ Lễ tân")], ["Phòng Hành chính Quận Mây", "Quận Mây", "Thành phố Sương", "Quận Mây"], "the tree")
    report, row = dry(path, data, "--units")
    equal(report["counts"]["same"], 5, "the same list again changes nothing")
    sound(data, "all is sound")
    path = table(data, "bad.csv", heads, ["C1", "Vòng một", "Vòng hai"], ["C2", "Vòng hai", "C3"], ["C3", "Vòng ba", "Vòng một"], ["C4", "Dưới vòng", "C2"],
                 ["C5", "Chính mình", "C5"], ["", "Trùng tên", "QM"], ["", "Trùng tên", "TP"], ["C6", "Dưới trùng tên", "Trùng tên"], ["C7", "Mồ côi", "Không có đâu"], ["C8", "Lành", "TP"])
    report, row = dry(path, data, "--units")
    told = {n: [(f["reason"], f["cell"]) for f in r["flaws"]] for n, r in row.items()}
    equal(told, {2: [("unit_circle", "C2")], 3: [("unit_circle", "C3")], 4: [("unit_circle", "C4")], 5: [("above_left", "C5")], 6: [("unit_circle", "C6")], 7: [], 8: [],
                 9: [("unit_several", "C9")], 10: [("unit_unknown", "C10")], 11: []}, "what cannot be, with its cell")
    check("(B7)" in row[9]["flaws"][0]["proposal"] and "(B8)" in row[9]["flaws"][0]["proposal"] and row[2]["flaws"][0]["proposal"] == "C1, C2, C3, C1", "who is meant", [row[9], row[2]])
    execute(data, "UPDATE unit SET name = 'Cùng tên', name_fold = 'cung ten' WHERE code IN ('U1', 'U2')")
    report, row = dry(table(data, "names.csv", heads, ["C9", "Mới", "Cùng tên"]), data, "--units", "--new-units", "--decide", "2=new")
    equal([(f["reason"], f["cell"], f["proposal"]) for f in row[2]["flaws"] if not f["doubtful"]], [("unit_several", "C2", "U1, U2")], "the first of several is not taken in silence")


def units_in_another_sheet_are_pointed_at():
    data = organisation()
    path = book(data, "both.xlsx", Người=[["Họ và tên", "Ngày sinh", "Đơn vị"], ["Người Ở Đơn Vị Mới", "05/06/1977", "Đơn vị Hoa Sen"], ["Người Ở Đơn Vị Cũ", "05/06/1978", "U1"]],
                Đơn_vị=[["Mã đơn vị", "Tên đơn vị", "Đơn vị cấp trên"], ["HS", "Đơn vị Hoa Sen", "U0"], ["HM", "Đơn vị Hoa Mai", "HS"]])
    report, row = dry(path, data)
    equal((row[2]["kind"], report["hints"]), ("wrong", [{"reason": "units_sheet", "sheet": "Đơn vị", "count": 1}]), "what should be done first")
    take(path, data, "--units", "--sheet", "Đơn vị")
    report, row = dry(path, data)
    equal((report["counts"]["new"], report["hints"]), (2, []), "and then all is good")


def whoever_was_merged_or_erased():
    data = organisation()
    execute(data, "INSERT INTO person_alias(code, person_id, merge_id) SELECT 'OLD1', id, 1 FROM person WHERE code = 'P01'",
            "UPDATE person SET code = 'erased-14', name = '—', name_fold = '', name_sort = '' WHERE code = 'P14'")
    path = table(data, "old.csv", PEOPLE, ["OLD1", "Đặng Thị Hồng Thắm", "", "", "", "Chức vụ khác", "", ""], ["", "—", "", "", "", "", "", ""], ["erased-14", "Ai Đó", "", "", "", "", "", ""])
    report, row = dry(path, data)
    equal((row[2]["kind"], row[2]["code"]), ("changed", "P01"), "the code of a merged entry is that of who stayed")
    check(all(c["code"] != "erased-14" for r in row.values() for c in r["candidates"]), "nobody is no candidate")
    equal([f["reason"] for f in row[4]["flaws"]], ["code_erased"], "nor found by a code")


# --- what is sensitive -------------------------------------------------------------------------------------------------------------------------------------

def faith(file, event, offset):
    file["organization"]["attribute_types"]["faith"] = {"title": "Ghi riêng", "type": "text", "sensitive": True}
    file["people"][0]["attributes"] = dict(file["people"][0].get("attributes") or {}, faith="bi-mat-thay")


def sensitive_values_are_told_to_nobody_unasked():
    data = organisation(faith)
    heads = ["Mã", "Họ và tên", "Ghi riêng", "Số điện thoại"]
    path = table(data, "s.csv", heads, ["P01", "Đặng Thị Hồng Thắm", "bi-mat-thay", ""], ["P02", "Nguyễn Văn Đức", "bi-mat-khac", ""], ["", "", "bi-mat-noi", "0600 000 999"])
    words = ["--map", "attribute:faith=C"]
    shown = plenum("import", path, "--dry-run", "--json", *words, data=data).stdout
    check("bi-mat" not in shown, "no sample, no value, no row that was passed over has it in clear", shown)
    report = json.loads(shown)
    equal([r["kind"] for r in report["rows"]][:2], ["same", "changed"], "on the command line it is told whether it is the same")
    equal([json.loads(d) for d, in rows(data, "SELECT detail FROM audit WHERE action = 'sensitive read'")], [{"attributes": ["faith"], "where": "list", "people": 2}], "and the log knows it")


# --- delegates ------------------------------------------------------------------------------------------------------------------------------------------------

def delegates_numbers_badges_and_those_who_are_missing():
    data = organisation()
    before = state(data)
    path = table(data, "delegates.csv", DELEGATES,
                 ["P01", "Đặng Thị Hồng Thắm", "", "002", "", "Z1"],          # numbers change hands
                 ["P02", "Nguyễn Văn Đức", "", "001", "", ""],
                 ["", "Người Mới Toanh", "U2", "951", "guest", "Z9"],          # register and event
                 ["", "Không Có Thành Phần", "U2", "952", "", ""])             # no category, and the event has several
    report, row = dry(path, data, "--event", EVENT)
    equal({n: r["kind"] for n, r in row.items()}, {2: "changed", 3: "changed", 4: "new", 5: "wrong"}, "what rows are")
    equal([f["reason"] for f in row[5]["flaws"]], ["no_category"], "why")
    done = take(path, data, "--event", EVENT, "--category", "guest")
    numbers = dict(rows(data, "SELECT p.code, d.number FROM delegate d JOIN person p ON p.id = d.person_id"))
    equal((numbers["P01"], numbers["P02"]), ("002", "001"), "numbers changed hands")
    equal(rows(data, "SELECT COUNT(*) FROM delegate d JOIN credential c ON c.delegate_id = d.id JOIN delegate_state s ON s.delegate_id = d.id WHERE d.number IN ('951', '952')"), [(2,)],
          "each new one has a badge")
    sound(data, "figures are right")
    equal(json.loads(plenum("import", "--undo", str(done["import"]), "--json", data=data).stdout)["left"], 0, "all is taken back")
    same_state(data, before, "as it was: people, delegates, badges, figures")

    path = table(data, "few.csv", DELEGATES, ["P01", "Đặng Thị Hồng Thắm", "", "", "", ""])
    report, row = dry(path, data, "--event", EVENT, "--prune")
    check(report["counts"]["removed"] > 5 and all(f["new"] == "withdrawn" for r in report["rows"] if r["kind"] == "removed" for f in r["fields"]), "who is not on the list", report["counts"])
    done = take(path, data, "--event", EVENT, "--prune")
    equal(rows(data, "SELECT COUNT(*) FROM delegate WHERE status = 'summoned' AND person_id IS NOT NULL"), [(1,)], "they are withdrawn, not erased")
    sound(data, "figures are right")
    plenum("import", "--undo", str(done["import"]), data=data)
    same_state(data, before, "and come back")
    path = table(data, "torn.csv", DELEGATES, ["P01", "Đặng Thị Hồng Thắm", "", "", "", ""], ["P02", "Nguyễn Văn Đức", "", "", "", ""], ["", "Tổng cộng: 3 đại biểu, gồm cả Võ Thị Mỹ Duyên", "", "", "", ""])
    report, row = dry(path, data, "--event", EVENT, "--prune")
    gone = {r["code"] for r in report["rows"] if r["kind"] == "removed"}
    check(report["counts"]["passed_over"] == 1 and gone and "P05" not in gone and {"reason": "prune_present", "count": 1} in report["hints"], "who stands in a row that is passed over is on the list", report)
    refused = plenum("import", path, "--prune", data=data, fine=False)
    equal(refused.returncode, 2, "people of the register are never pruned")
    scanned = rows(data, "SELECT d.id FROM delegate d JOIN person p ON p.id = d.person_id WHERE p.code = 'P03'")[0][0]
    check(scanned, "a delegate")


def the_desk_knows_better():
    data = organisation()
    db = sqlite3.connect(os.path.join(data, "plenum.db"), timeout=20)
    db.execute("UPDATE delegate SET status = 'replaced', number = NULL, seat = NULL WHERE person_id = (SELECT id FROM person WHERE code = 'P05')")
    db.execute("UPDATE delegate SET replaces = 'P05', number = '005', seat = 'A5' WHERE person_id = (SELECT id FROM person WHERE code = 'P13')")
    db.commit()
    in_event = db.execute("SELECT COUNT(*) FROM delegate d JOIN person p ON p.id = d.person_id WHERE p.code = 'P13'").fetchone()[0]
    db.close()
    check(in_event == 1, "somebody stands for somebody")
    path = table(data, "old.csv", DELEGATES + ["Trạng thái"], ["P05", "Võ Thị Mỹ Duyên", "", "005", "official", "A5", ""])
    report, row = dry(path, data, "--event", EVENT)
    equal((row[2]["kind"], row[2].get("note")), ("same", "replaced_at_desk"), "whom the desk replaced stays replaced when the old list comes again")


# --- crash, turns, a server beside -------------------------------------------------------------------------------------------------------------------------------

def many(folder, count):
    return table(folder, "many.csv", PEOPLE, *[["", "Nguyễn Thị Số %s" % chr(97 + i % 26) + chr(97 + i // 26 % 26) + chr(97 + i // 676), "%02d/%02d/19%02d" % (1 + i % 28, 1 + i % 12, 50 + i % 50), "", "U%d" % (i % 3), "", "", ""] for i in range(count)])


def kill_in_the_middle(data, path):
    killed = False
    for _ in range(5):
        process = subprocess.Popen([program("plenum"), "import", path, "--data", data, "--doubtful", "new"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait(lambda: process.poll() is not None or rows(data, "SELECT 1 FROM list_import_row WHERE import = (SELECT MAX(number) FROM list_import WHERE state = 'applying') LIMIT 1"))
        process.send_signal(signal.SIGKILL)
        process.wait()
        killed = rows(data, "SELECT COUNT(*) FROM list_import WHERE state = 'applying'") == [(1,)]
        if killed:
            break
        plenum("import", "--undo", str(rows(data, "SELECT MAX(number) FROM list_import")[0][0]), data=data)
    return check(killed, "it was killed in the middle")


def a_server_takes_back_what_was_cut_off():
    server = Server("list-import")
    os.makedirs(server.data)
    server.load(small_event(server.data))
    before = rows(server.data, "SELECT * FROM person ORDER BY id")
    kill_in_the_middle(server.data, many(server.data, 4000))
    check(rows(server.data, "SELECT * FROM person ORDER BY id") != before, "some of it is there")
    server.start()
    equal(rows(server.data, "SELECT * FROM person ORDER BY id"), before, "when the server answers, nothing of it is left")
    equal(rows(server.data, "SELECT state, undone_by FROM list_import ORDER BY number DESC LIMIT 1"), [("taken_back", None)], "the history says so")
    done = take(many(server.data, 500), server.data, "--doubtful", "new")
    equal(done["counts"]["new"], 500, "beside the server a list is taken in")
    equal(server.stop(), 0, "the server ends in peace")
    sound(server.data, "all is sound")


def a_kill_in_the_middle_leaves_nothing_half():
    data = organisation()
    before = state(data)
    kill_in_the_middle(data, many(data, 6000))
    some = rows(data, "SELECT COUNT(*) FROM person")[0][0]
    note("%d people were written when it was killed" % (some - 14))
    few = table(data, "few.csv", PEOPLE, ["P01", "", "", "", "", "", "", ""])
    done = plenum("import", few, data=data)
    check("taken back" in done.stderr, "the next one takes it back", done.stderr)
    same_state(data, before, "nothing of it is left")
    sound(data, "all is sound")
    equal(rows(data, "SELECT COUNT(*) FROM list_import WHERE state IN ('applying', 'taking_back')"), [(0,)], "the history says so")


def two_at_once_one_waits_its_turn():
    data = organisation()
    path = many(data, 3000)
    first = subprocess.Popen([program("plenum"), "import", path, "--data", data, "--doubtful", "new"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait(lambda: rows(data, "SELECT 1 FROM list_import WHERE state = 'applying'") or first.poll() is not None)
    few = table(data, "few.csv", PEOPLE, ["P01", "", "", "", "", "Khác", "", ""])
    second = plenum("import", few, data=data, fine=False)
    check(second.returncode == 1 and "another list" in second.stderr or first.poll() is not None, "one at a time, and a sentence", second.stderr)
    equal(first.wait(), 0, "the first one is not disturbed")


run("list_import", people_are_matched_shown_written_and_taken_back, what_changed_since_stays, what_is_gone_since_holds_nothing_up,
    units_of_one_name_are_told_apart_by_what_is_above, units_of_one_file_stand_above_one_another, units_in_another_sheet_are_pointed_at, whoever_was_merged_or_erased,
    sensitive_values_are_told_to_nobody_unasked, delegates_numbers_badges_and_those_who_are_missing, the_desk_knows_better,
    a_kill_in_the_middle_leaves_nothing_half, a_server_takes_back_what_was_cut_off, two_at_once_one_waits_its_turn)

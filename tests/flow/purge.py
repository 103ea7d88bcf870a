#!/usr/bin/env python3
# suite
# sanitized
"""Erasing the people of an event: what is told before is what goes; totals, figures of the past and fixed figures are the same after, `plenum doctor` is content, and no name,
phone, badge or photo is left in any file of the folder. On the command line and on the console.    B=build/x tests/flow/purge.py"""
import html
import json
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, check, equal, scan, uuid7  # noqa: E402

server = plenum.Server("purge")
who, tokens, before, secrets = {}, {}, {}, []


def shape(value, event, offset):
    other = json.loads(json.dumps(event))
    other.update(slug="test-2", delegates=[d for d in other["delegates"] if d["person"] in ("P08", "P12")], documents=[], gates=[other["gates"][0]])
    value["events"].append(other)
    event["head_pin"] = True
    for person in value["people"]:  # guests who are of no unit: of this event alone
        if person["code"] in ("P01", "P02", "P03", "P04", "P05"):
            person["unit"] = None


def photo(code, name):
    """The blob that it becomes."""
    with open(os.path.join(plenum.ROOT, "photos/%s.jpg" % name), "rb") as f:
        equal(who["boss"].request("PUT", "/api/v1/events/test-1/delegates/%s/photo" % code, f.read(), {"Content-Type": "image/jpeg"}).status, 200, "a photo")
    return server.value("SELECT photo_blob FROM person WHERE code = '%s'" % code)


def photos_left():
    rows = [row[0] for row in server.rows("SELECT sha256 FROM blob")]
    return [sha for sha in before["photos"] if sha in rows or os.path.exists(os.path.join(server.data, "blobs", sha[:2], sha))]


def figures(client):
    stats = client.get("/api/v1/events/test-1/stats").json()
    for key in ("as_of", "version", "age_ms", "seq", "epoch"):
        stats.pop(key, None)
    return stats


def same_figures(client, what):
    now = figures(client)
    equal({key: now.get(key) for key in before["stats"] if now.get(key) != before["stats"][key]}, {}, what)


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    who["boss"] = server.sign_in("boss", server.user("boss", "organiser"))
    who["lan"] = server.sign_in("lan", server.user("lan", "desk", "test-1"))
    tokens.update(server.tokens("test-1"))
    before["photos"] = [photo("P01", "P0002"), photo("P01", "P0003"), photo("P02", "P0004"), photo("P01", "P0001")]
    equal(who["boss"].request("DELETE", "/api/v1/events/test-1/delegates/P02/photo").status, 204, "somebody's only photo is taken away")
    # Two of the register in no unit, one of them a guest here: not the event's to delete.
    members = os.path.join(server.folder, "members.json")
    with open(members, "w", encoding="utf-8") as f:
        json.dump({"format": "plenum-events/1", "people": [{"code": "R1", "name": "Đoàn Viên Một"}, {"code": "R2", "name": "Đoàn Viên Hai"}]}, f)
    server.load(members)
    equal(who["lan"].post("/api/v1/events/test-1/delegates", {"request": uuid7(), "person": "R1", "category": "guest"}).status, 201, "a member in no unit comes as a guest")
    door = server.device("test-1", "main")
    for code in ("P01", "P02", "P06", "P07", "P08"):
        door.post("/api/v1/checkins", scan(tokens[code], "main"))
    door.post("/api/v1/checkins", scan(tokens["P02"], "main", direction="out"))
    who["lan"].request("PUT", "/api/v1/events/test-1/delegates/P05/absence", {"request": uuid7(), "absent": True, "excused": True, "reason": "Ốm nặng ở Bạch Mai"})
    who["lan"].post("/api/v1/events/test-1/delegates", {"request": uuid7(), "name": "Khách Vãng Lai", "category": "guest"})
    who["lan"].request("PATCH", "/api/v1/events/test-1/delegates/P03", {"request": uuid7(), "room": "Phòng Hoa Ban"})
    Client(server).form("/d/%s/ask" % tokens["P02"], {"words": "Xe đưa đón mấy giờ?"})
    Client(server).get("/d/%s" % tokens["P01"])
    plenum.plenum("figures", "fix", "--event", "test-1", "--label", "Khai mạc", data=server.data)
    server.write("INSERT INTO list_import(number, state, target, file, actor, began_ms, detail, result) VALUES(1, 'done', 'people', 'a.xlsx', 'orga', 1, '{}', '{\"left\":\"Bà Tên Cũ\"}')")
    server.write("INSERT INTO list_import_row(import, place, sheet_row, entity, subject_id, code, fields) SELECT 1, 1, 1, 'person', id, code, '{\"name\":[\"Ông Tên Xưa\",\"x\"]}' "
                 "FROM person WHERE code = 'P01'")
    head = server.rows("SELECT name || ' (' || code || ')' FROM person WHERE code = 'P03'")[0][0]
    server.write("INSERT INTO audit(id, at_ms, actor, action, subject) VALUES(1, 1, '%s', 'group.checkin', 'x')" % head)  # as older versions wrote it, of no event
    gone = server.rows("SELECT code, name, phone FROM person WHERE unit_id IS NULL AND code NOT IN ('P08', 'P12', 'R1') AND id IN (SELECT person_id FROM delegate)")
    before["gone"] = len(gone)
    secrets.extend(text for row in gone for text in row[1:] if text)
    secrets.extend(["Ốm nặng ở Bạch Mai", "Phòng Hoa Ban", "Xe đưa đón mấy giờ?", "Khách Vãng Lai", "Ông Tên Xưa", "Bà Tên Cũ"] + list(tokens.values()))
    check(plenum.wait(lambda: figures(who["boss"]).get("fixed")), "the server has heard of what was fixed beside it")
    before["stats"] = figures(who["boss"])
    before["photo"] = server.value("SELECT photo_blob FROM person WHERE code = 'P01'")
    before["fixed"] = server.rows("SELECT number, present, expected, hash, people_hash FROM figure_fixed")
    before["stays"] = server.rows("SELECT code, name FROM person WHERE unit_id IS NOT NULL ORDER BY code")
    check(before["photo"] and before["fixed"] and before["stats"]["attended"] > 2, "there is something to lose")


def left_in_files():
    """What of the people stands in any file of the folder, also in pages that are free and in the log."""
    found = set()
    for base, _, files in os.walk(server.data):
        for name in files:
            with open(os.path.join(base, name), "rb") as f:
                data = f.read()
            found |= {"%s in %s" % (text, name) for text in secrets if text.encode() in data}
    return sorted(found)


def looked_at():
    shelf = os.path.join(server.data, "backups")
    os.makedirs(shelf, exist_ok=True)
    shutil.copy(os.path.join(plenum.ROOT, "README.md"), os.path.join(shelf, "kept-1.tar.gz"))
    replaced = server.data + ".before-20260101-000000"
    os.mkdir(replaced)
    check(left_in_files(), "before, names stand in the folder")
    told = plenum.plenum("purge", "--event", "test-1", "--dry-run", data=server.data).stdout
    check("people who are of this event alone" in told and "Backups" in told, "the command says what goes", told)
    page = html.unescape(who["boss"].get("/admin/test-1/purge", Accept_Language="en").text)
    view = json.loads(plenum.plenum("purge", "--event", "test-1", "--dry-run", "--json", data=server.data).stdout)
    equal((view["done"], view["goes"]["people"], view["goes"]["photos"], view["goes"]["questions"], view["fixed_figures"]), (False, before["gone"], 1, 1, 1), "and in numbers")
    check("<dd>%d</dd>" % view["goes"]["scans"] in page, "the page says the same", page[:200])
    os.rmdir(replaced)
    check("before-20260101-000000" in page, "and a state that a restore replaced", page[-1500:])
    check("due_line" not in page and "kept-1.tar.gz" in page and "/admin/-/backup" in page, "backups that hold them are named", page[-1500:])
    line = "It is due to erase the people of this event."
    check(line not in who["boss"].get("/admin/test-1", Accept_Language="en").text, "it is not due")
    server.write("UPDATE event SET erase_ms = 1 WHERE slug = 'test-1'")
    check(line in who["boss"].get("/admin/test-1", Accept_Language="en").text, "when it is, the event's page says so")
    equal(plenum.plenum("purge", "--event", "nothing", "--dry-run", data=server.data, fine=False).returncode, 1, "no such event")
    equal(plenum.plenum("purge", data=server.data, fine=False).returncode, 2, "an event is needed")
    refused = plenum.plenum("purge", "--event", "test-1", data=server.data, fine=False)
    check(refused.returncode == 1 and "a server runs" in refused.stderr, "not beside a running server", refused.stderr)
    equal(server.value("SELECT purged_ms FROM event WHERE slug = 'test-1'"), None, "nothing has gone yet")


def on_a_copy():
    """The command, on a copy of the folder: the console does the same below."""
    copy = os.path.join(server.folder, "copy")
    plenum.plenum("backup", os.path.join(server.folder, "b.tar.gz"), data=server.data)
    plenum.plenum("restore", os.path.join(server.folder, "b.tar.gz"), data=copy)
    done = plenum.plenum("purge", "--event", "test-1", data=copy)
    check("Done." in done.stdout, "purged", done.stdout)
    doctor = plenum.plenum("doctor", data=copy, fine=False)
    equal((doctor.returncode, [line for line in doctor.stdout.split("\n") if line.startswith("bad")]), (0, []), "the doctor is content with it")
    again = plenum.plenum("purge", "--event", "test-1", data=copy, fine=False)
    equal(again.returncode, 0, "once more is fine")
    equal(plenum.plenum("doctor", data=copy, fine=False).returncode, 0, "and so is the doctor")
    shutil.rmtree(copy)


def done():
    boss = who["boss"]
    wrong = boss.form("/admin/test-1/purge", {"do": "purge", "event_name": "test-2"})
    check(wrong.status == 400 and 'role="alert"' in wrong.text, "the name has to be typed", wrong)
    equal(server.value("SELECT purged_ms FROM event WHERE slug = 'test-1'"), None, "else nothing happens")
    reply = boss.form("/admin/test-1/purge", {"do": "purge", "event_name": "test-1"})
    equal((reply.status, reply.header("location")), (303, "/admin/test-1/purge?done=traces"), "typed, it is done; an event is open, so the file is not made anew now")
    check("as soon as no event is open" in html.unescape(boss.get("/admin/test-1/purge", Accept_Language="en").text), "which its page says")
    same_figures(boss, "all totals are as they were")
    equal(server.rows("SELECT number, present, expected, hash, people_hash FROM figure_fixed"), before["fixed"], "so is the fixed figure, with its hash")
    equal(server.rows("SELECT code, name FROM person WHERE unit_id IS NOT NULL ORDER BY code"), before["stays"], "who is of the register is still there")
    equal(server.value("SELECT COUNT(*) FROM person WHERE code IN ('P01', 'P02', 'P03', 'P04', 'P05')"), 0, "who was of this event alone is not")
    equal(server.value("SELECT COUNT(*) FROM person WHERE code IN ('R1', 'R2')"), 2, "members in no unit are the register's")
    equal(photos_left(), [], "nor any photo that they ever had")
    check("erased-" not in boss.get("/admin/-/register/units/~").text and "erased-" not in boss.get("/admin/-/register?q=erased").text, "nobody stands in the register")
    check("erased-" not in plenum.plenum("export", "members", data=server.data).stdout, "nor in its lists")
    doctor = plenum.plenum("doctor", data=server.data, fine=False)
    equal((doctor.returncode, [line for line in doctor.stdout.split("\n") if line.startswith("bad")]), (0, []), "the doctor is content")
    equal(Client(server).get("/d/%s" % tokens["P01"]).status, 404, "a badge of then opens nothing")
    found = boss.get("/api/v1/events/test-1/delegates?q=thi").text
    check(not any(text in found for text in secrets), "nobody is found by name", found)
    line = server.rows("SELECT actor, subject FROM audit WHERE action = 'purge'")
    equal(line, [("boss", "test-1")], "it stands in the audit log")
    equal(server.value("SELECT COUNT(*) FROM audit WHERE event = 'test-1' AND person IS NOT NULL"), 0, "which names nobody of this event any more")
    try:
        server.write("UPDATE figure_fixed_person SET state = 'present'")
        check(False, "a fixed list is guarded again")
    except Exception as refused:
        check("never altered" in str(refused), "a fixed list is guarded again", refused)
    equal(server.value("SELECT COUNT(*) FROM delegate d JOIN event e ON e.id = d.event_id JOIN person p ON p.id = d.person_id WHERE e.slug = 'test-2' AND p.code IN ('P08', 'P12')"), 2,
          "another event still has its people")
    check(left_in_files(), "in free places something is left")
    equal(server.stop(), 0, "the server stops in peace")
    server.write("UPDATE event SET closed_ms = 1")
    stray = os.path.join(server.data, "blobs", "ab", "ab" * 32)  # of a photo whose row never came
    os.makedirs(os.path.dirname(stray), exist_ok=True)
    with open(stray, "wb") as f:
        f.write(b"x")
    os.utime(stray, (1, 1))
    open(os.path.join(server.data, ".export-1.xlsx.7.part"), "w").close()
    server.start()
    equal(left_in_files(), [], "when no event is open: in no file of the folder")
    check(not os.path.exists(stray), "nor what no row names")
    equal([name for name in os.listdir(server.data) if name.startswith(".export-")], [], "nor half a workbook of a server that was killed")
    line = "It is due to erase the people of this event."
    check(line not in server.sign_in("boss", "mat khau that dai 19").get("/admin/test-1", Accept_Language="en").text, "it is due no more")
    check("as soon as no event is open" not in html.unescape(server.sign_in("boss", "mat khau that dai 19").get("/admin/test-1/purge", Accept_Language="en").text), "and the page is silent")
    server.write("UPDATE event SET closed_ms = NULL")
    same_figures(server.sign_in("boss", "mat khau that dai 19"), "and says the same after a restart")


plenum.run("purge", begin, looked_at, on_a_copy, done)

#!/usr/bin/env python3
# suite
# sanitized
"""The desk's search after everything that changes whom it should find: the new words find, the old ones do not. Walk-in, name for a blank badge, substitute, what was
wrong, imports beside the running server, pruning, backup and restore, a database of an older version; `plenum doctor` agrees each time, notices what disagrees and
mends it.    B=build/x tests/flow/find.py"""
import json
import os
import sqlite3
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import check, equal, uuid7  # noqa: E402

EVENT = "/api/v1/events/test-1"
server = plenum.Server("find")
desk = {}


def shape(value, event, offset):
    value["organization"].setdefault("units", []).append({"code": "XX-77", "name": "Phường Đông Hà"})
    value["people"] += [{"code": "R01", "name": "Huỳnh Thúc Kẻng", "unit": "XX-77", "born": "1969-04-05", "phone": "0905 777 001"}, {"code": "R02", "name": "Tôn Nữ Ỷ Lan", "born": "1988"},
                        {"code": "R03", "name": "Âu Dương Đệ"}]
    event["delegates"].append({"person": "R03", "category": "guest", "number": "R-300", "delegation": "XX-77"})
    other = json.loads(json.dumps({**event, "slug": "test-other", "documents": [], "slides": [], "announcements": [], "delegates": [{"person": "R03", "category": "guest", "number": "5"}]}))
    value["events"].append(other)


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    desk["here"] = server.sign_in("lan", server.user("lan", "desk", "test-1"))
    desk["other"] = server.sign_in("minh", server.user("minh", "desk", "test-other"))


def found(q, where="delegates", who="here", event=EVENT):
    reply = desk[who].get("%s/%s?q=%s" % (event, where, urllib.parse.quote(q)))
    return reply.json()["results"] if reply.status == 200 else reply.status


def names(q, where="delegates", **more):
    return [one["name"] for one in found(q, where, **more)]


def agrees(what):
    done = plenum.plenum("doctor", data=server.data, fine=False)
    check(done.returncode == 0 and "names are found by their words" in done.stdout, "doctor agrees: " + what, done.stdout + done.stderr)


def do(method, path, **body):
    body.setdefault("request", uuid7())
    reply = desk["here"].request(method, EVENT + "/delegates" + path, body)
    check(reply.status in (200, 201), "%s %s" % (method, path or "(walk-in)"), reply.text)
    return reply.json()


def register():
    one = found("huynh keng", "people")
    equal(one, [{"code": "R01", "name": "Huỳnh Thúc Kẻng", "honorific": None, "title": None, "born": "1969", "unit": "Phường Đông Hà", "unit_code": "XX-77", "delegate": None}],
          "the register tells what tells namesakes apart, and no more")
    equal(names("dong ha", "people"), ["Huỳnh Thúc Kẻng"], "by unit")
    equal(names("R02", "people"), ["Tôn Nữ Ỷ Lan"], "by code")
    equal(names("777001", "people"), [], "not by phone")
    equal(names("huynh keng"), [], "and is no delegate")
    equal(found("au duong de", "people")[0]["delegate"], {"number": "R-300", "status": "summoned"}, "who is one is said to be")
    equal(names("de au duong"), ["Âu Dương Đệ"], "and found")
    equal((found("x" * 201), found("x" * 201, "people")), (400, 400), "too long is refused")


def walk_in():
    new = do("POST", "", name="Đàm Vĩnh Hữu", category="guest", phone="0912 345 678", born="1990")
    for q in ("dam vinh", "hữu đàm", "345678", new["code"], "dam vinh huu"):
        equal(names(q), ["Đàm Vĩnh Hữu"], "a walk-in is found by %s" % q)
    equal(names("dam huu", "people"), ["Đàm Vĩnh Hữu"], "in the register too")
    do("POST", "", person="R01", category="guest")
    equal(names("777 001"), ["Huỳnh Thúc Kẻng"], "somebody of the register, by the tail of their phone now")
    check(found("huynh keng", "people")[0]["delegate"], "and the register says so")
    desk["new"] = new["code"]
    agrees("walk-ins")


def blank():
    number = server.value("SELECT d.number FROM delegate d JOIN event e ON e.id = d.event_id WHERE d.person_id IS NULL AND e.slug = 'test-1'")
    equal([one["number"] for one in found(number)][:1], [number], "a blank badge by its number")
    do("POST", "/%s/name" % number, name="Kha Vạn Cân")
    equal((names("kha van"), names("can kha", "people"), found(number)[0]["name"]), (["Kha Vạn Cân"], ["Kha Vạn Cân"], "Kha Vạn Cân"), "then by name and number")
    agrees("a name for a blank")


def substitute():
    old = server.rows("SELECT p.code, p.name, d.number FROM delegate d JOIN person p ON p.id = d.person_id JOIN event e ON e.id = d.event_id WHERE e.slug = 'test-1' AND d.status = 'summoned' "
                      "AND d.number IS NOT NULL AND p.code LIKE 'P%' ORDER BY p.code LIMIT 1")[0]
    do("POST", "/%s/substitute" % old[0], person="R02")
    equal(found(old[2])[0]["name"], "Tôn Nữ Ỷ Lan", "the number finds who stands in")
    equal([one["status"] for one in found(old[0]) if one["code"] == old[0]], ["replaced"], "who is still found by code")
    equal(names("y lan ton nu"), ["Tôn Nữ Ỷ Lan"], "the substitute by name")
    agrees("a substitute")


def corrected():
    do("PATCH", "/%s" % desk["new"], name="Đàm Vĩnh Hảo", seat="ZZ-9", phone="0933 000 111")
    equal((names("huu dam"), names("huu dam", "people"), names("345678")), ([], [], []), "the wrong name and phone find nobody")
    for q in ("hao dam", "zz-9", "zz9", "000111"):
        equal(names(q), ["Đàm Vĩnh Hảo"], "what is right finds: %s" % q)
    equal(names("dam hao", "people"), ["Đàm Vĩnh Hảo"], "in the register")
    do("PATCH", "/R03", name="Âu Dương Đễ Nhị")
    equal(names("de nhi", who="other", event="/api/v1/events/test-other"), ["Âu Dương Đễ Nhị"], "at the other event as well")
    equal(names("5", who="other", event="/api/v1/events/test-other"), ["Âu Dương Đễ Nhị"], "each with their own number")
    check("Âu Dương Đễ Nhị" not in names("5") and names("r-300") == ["Âu Dương Đễ Nhị"], "which the first does not know")
    do("PUT", "/R03/note", note="Gọi chủ nhà")
    do("PUT", "/R03/absence", absent=True, excused=True)
    equal(names("nhi de"), ["Âu Dương Đễ Nhị"], "a note and an absence change nothing")
    agrees("what was wrong")


def imports():
    def changed(value, event, offset):
        shape(value, event, offset)
        value["organization"]["units"][-1]["name"] = "Phường Tây Giang"
        next(one for one in value["people"] if one["code"] == "R02")["name"] = "Tôn Nữ Bạch Mai"
        value["people"].append({"code": "R09", "name": "Nghiêm Toản"})
        event["delegates"].append({"person": "R09", "category": "guest", "number": "909"})
    server.load(plenum.small_event(server.folder, changed))  # beside the running server
    equal((names("dong ha"), names("tay giang")), ([], ["Âu Dương Đệ", "Huỳnh Thúc Kẻng"]), "the unit's new name, and the file's spelling of a person")
    equal((names("y lan"), names("bach mai"), names("y lan", "people"), names("mai bach", "people")), ([], ["Tôn Nữ Bạch Mai"], [], ["Tôn Nữ Bạch Mai"]), "a name that the file changed")
    equal((names("909"), names("nghiem toan")), (["Nghiêm Toản"], ["Nghiêm Toản"]), "somebody more")
    equal(names("dam hao"), ["Đàm Vĩnh Hảo"], "whom the file does not name stays")
    equal(names("kha van"), ["Kha Vạn Cân"], "the blank keeps its name")
    agrees("an import")
    desk["file"] = plenum.small_event(server.folder, changed)
    gone = json.load(open(desk["file"], encoding="utf-8"))
    gone["people"] = [one for one in gone["people"] if one["code"] != "R09"]
    gone["events"][0]["delegates"] = [one for one in gone["events"][0]["delegates"] if one["person"] != "R09"]
    made = server.rows("SELECT p.code, p.name, d.number FROM person p LEFT JOIN delegate d ON d.person_id = p.id WHERE p.code LIKE 'W-%'")
    gone["people"] += [{"code": code, "name": name} for code, name, _ in made]
    here = gone["events"][0]["delegates"]
    here[:] = [one for one in here if one.get("number") not in [number for _, _, number in made if number]] + [{"person": code, "category": "guest"} for code, _, _ in made]
    with open(desk["file"], "w", encoding="utf-8") as f:
        json.dump(gone, f)
    done = plenum.plenum("import", desk["file"], "--prune", data=server.data, fine=False)
    equal(done.returncode, 0, "pruned: " + done.stderr[-300:])
    equal((names("909"), names("nghiem toan"), names("nghiem toan", "people")), ([], [], []), "whom --prune took away is found no more")
    agrees("pruning")


def kept_and_older():
    backup = os.path.join(server.folder, "b.tar.gz")
    plenum.plenum("backup", backup, data=server.data)
    server.stop()
    other = os.path.join(server.folder, "restored")
    plenum.plenum("restore", backup, data=other)
    with sqlite3.connect(os.path.join(other, "plenum.db")) as db:  # as a version before this one left it
        db.executescript("DROP TABLE find_words; DROP TABLE find_entry; DROP TABLE find_scope; DELETE FROM schema_patch WHERE name LIKE '%-search'")
    server.data = other
    server.start()
    for who, name in (("here", "lan"), ("other", "minh")):
        desk[who] = server.sign_in(name, "mat khau that dai 19")
    equal((names("tay giang")[:1], names("kha van"), names("mai bach", "people"), names("000111")), (["Âu Dương Đệ"], ["Kha Vạn Cân"], ["Tôn Nữ Bạch Mai"], ["Đàm Vĩnh Hảo"]),
          "a restored database of an older version finds all")
    agrees("an older database")


def doctor():
    server.write("UPDATE person SET name_fold = 'ai do khac' WHERE code = 'R01'")
    done = plenum.plenum("doctor", data=server.data, fine=False)
    check(done.returncode == 1 and "bad   search" in done.stdout and "--mend-search" in done.stdout, "doctor notices what nobody told the index", done.stdout)
    equal(plenum.plenum("doctor", "--mend-search", "--venue", data=server.data, fine=False).returncode, 2, "--mend-search stands alone")
    plenum.plenum("doctor", "--mend-search", data=server.data)  # beside the running server
    equal((names("huynh keng", "people"), names("ai do khac", "people")), ([], ["Huỳnh Thúc Kẻng"]), "and makes it anew")
    agrees("mending")
    server.write("DELETE FROM find_scope")
    equal((names("dam hao"), names("khac ai", "people"), names("zz-9"), names("000111")), (["Đàm Vĩnh Hảo"], ["Huỳnh Thúc Kẻng"], ["Đàm Vĩnh Hảo"], ["Đàm Vĩnh Hảo"]),
          "where the index is not there yet, every row is looked at")
    equal(plenum.plenum("doctor", data=server.data, fine=False).returncode, 1, "which doctor says")
    server.user("ba", "desk", "test-1")  # any command that writes makes what is missing
    agrees("the next command that writes")


def the_end():
    log = server.log_text()
    server.stop()
    check("AddressSanitizer" not in log and "runtime error" not in log, "no sanitizer has spoken")
    check("000111" not in log and "Hảo" not in log, "neither names nor numbers are in the log")


plenum.run("find", begin, register, walk_in, blank, substitute, corrected, imports, kept_and_older, doctor, the_end)

#!/usr/bin/env python3
"""The console's pages of lists: a file is given, its columns are put right, rows are decided about, agreed, taken in beside the doors, and taken back; rights; what changed
meanwhile is told; torn and strange files are refused in words."""
# suite
# sanitized
import csv
import io
import json
import os
import re
import resource
import sqlite3
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from plenum import Server, check, equal, plenum, rows, run, small_event, wait

EVENT = "test-1"
BASE = "/admin/%s/import" % EVENT
REGISTER = "/admin/-/import"
HEADINGS = ["Mã", "Họ và tên", "Ngày sinh", "Đơn vị", "Chức vụ", "Số đại biểu", "Thành phần"]
world = {}


def table(*lines):
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def send(client, path, content, name="danh-sach.csv", **fields):
    """As the form without a script does."""
    mark = "----x1"
    body = b""
    for key, value in dict(fields, csrf=client.csrf, do="upload").items():
        body += ("--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n" % (mark, key, value)).encode()
    if content is not None:
        body += ("--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: text/csv\r\n\r\n" % (mark, name)).encode() + content + b"\r\n"
    return client.request("POST", path, body + ("--%s--\r\n" % mark).encode(), {"Content-Type": "multipart/form-data; boundary=" + mark, "X-CSRF-Token": None})


def page_of(client, reply):
    path = reply.header("location")
    return path, client.get(path)


def digest(page):
    return re.search(r'name="digest" value="([0-9a-f]{64})"', page.text).group(1)


def kinds(page):
    return {k: int(n) for k, n in re.findall(r'<li class="kind-(\w+)">(?:<a [^>]*>)?<b><bdi>(\d+)</bdi></b>', page.text)}


def begin():
    server = world["server"] = Server("list-pages")
    os.makedirs(server.data)
    server.load(small_event(server.data))
    for name, role, event in (("all", "organiser", None), ("one", "organiser", EVENT), ("desk", "desk", EVENT)):
        server.user(name, role, event)
    server.start()
    for name in ("all", "one", "desk"):
        world[name] = server.sign_in(name, "mat khau that dai 19")


def rights():
    for client, base, want in (("all", BASE, 200), ("all", REGISTER, 200), ("one", BASE, 200), ("one", REGISTER, 403), ("desk", BASE, 403), ("desk", REGISTER, 403)):
        equal(world[client].get(base).status, want, "%s at %s" % (client, base))
    path, page = page_of(world["all"], send(world["all"], REGISTER, table(HEADINGS[:3], ["P01", "Đặng Thị Hồng Thắm", ""]), target="people"))
    equal(page.status, 200, "a list of the register")
    equal(world["one"].get(path.replace("/-/", "/%s/" % EVENT)).status, 404, "is no list of the event")
    check("?done=dropped" in world["all"].form(path, {"do": "drop"}).header("location"), "it is dropped")
    equal(world["all"].get(path).status, 404, "and gone")


def what_cannot_be_read_is_said_in_words():
    one = world["one"]
    check("done=none" in send(one, BASE, None).header("location"), "no file chosen")
    for name, content in (("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 3000), ("b.xlsx", b"<html><body><table></table></body></html>"), ("c.csv", b"xin chao\r\n")):
        path, page = page_of(one, send(one, BASE, content, name))
        check(page.status == 200 and 'role="alert"' in page.text and 'value="agree"' not in page.text, "%s is refused in words" % name, page.text[-1500:])
        one.form(path, {"do": "drop"})


def a_list_is_put_right_agreed_and_taken_back():
    server, one = world["server"], world["one"]
    before = rows(server.data, "SELECT * FROM person ORDER BY id"), rows(server.data, "SELECT p.code, d.number, d.status FROM delegate d LEFT JOIN person p ON p.id = d.person_id ORDER BY d.id")
    content = table(["", "DANH SÁCH ĐẠI BIỂU", "", "", "", "", ""], HEADINGS, ["P01", "Đặng Thị Hồng Thắm", "", "", "Chức vụ mới", "960", ""],
                    ["", "Vo Thi My Duyen", "05/04/1991", "U1", "", "", ""], ["", "Người <b>Mới</b>", "01/01/1990", "U2", "", "961", "guest"],
                    ["", "Người Sai", "31/02/1990", "U2", "", "962", "guest"])
    path, page = page_of(one, send(one, BASE, content))
    equal(kinds(page), {"new": 1, "changed": 1, "doubtful": 1, "wrong": 1, "passed_over": 1} if "passed_over" in kinds(page) else {"new": 1, "changed": 1, "doubtful": 1, "wrong": 1}, "what rows are")
    check("&lt;b&gt;Mới" in page.text and "<b>Mới" not in page.text, "names are text")
    check(rows(server.data, "SELECT COUNT(*) FROM list_import") == [(0,)], "nothing is written")
    again = one.form(path, {"do": "agree", "digest": digest(page)})
    check("said=list_doubtful" in again.header("location"), "doubtful rows are asked about", again)
    check('role="alert"' in one.get(again.header("location")).text, "in words")
    key = re.search(r'name="key" value="([0-9/]+)"', page.text).group(1)
    page = one.get(one.form(path, {"do": "decide", "key": key, "d-" + key: "P05"}).header("location"))
    equal(kinds(page).get("doubtful"), None, "decided")
    check("said=list_wrong" in one.form(path, {"do": "agree", "digest": digest(page)}).header("location"), "wrong rows stop it")
    only = one.get(path + "?kind=wrong").text.split('id="rows"')[1]
    check("Người Sai" in only and "Đặng Thị Hồng Thắm" not in only, "rows of one kind")
    only = one.get(path + "?words=dang+thi+hong").text.split('id="rows"')[1]
    check("Đặng Thị Hồng Thắm" in only and "Người Sai" not in only, "rows are found without marks")
    check("Đặng Thị Hồng Thắm" not in one.get(path + "?words=nam").text.split('id="rows"')[1], "by what they say, not by how they are kept")
    agreed = one.form(path, {"do": "agree", "digest": digest(page), "take_good": "1"})
    check(agreed.header("location").endswith("?done=taken"), "taken in", agreed)
    equal(rows(server.data, "SELECT p.title, d.number FROM person p JOIN delegate d ON d.person_id = p.id WHERE p.code = 'P01'"), [("Chủ tịch", "960")], "the delegate's change, not the register's")
    equal(rows(server.data, "SELECT p.name, d.status FROM delegate d JOIN person p ON p.id = d.person_id WHERE d.number = '961'"), [("Người <b>Mới</b>", "summoned")], "somebody new")
    check(not os.listdir(os.path.join(server.data, "imports")), "the file is gone", os.listdir(os.path.join(server.data, "imports")))
    page = one.get(BASE)
    number = re.search(r'name="number" value="(\d+)"', page.text).group(1)
    undone = one.form(BASE, {"do": "undo", "number": number})
    check(undone.header("location").endswith("?done=undone"), "taken back", undone)
    after = rows(server.data, "SELECT * FROM person ORDER BY id"), rows(server.data, "SELECT p.code, d.number, d.status FROM delegate d LEFT JOIN person p ON p.id = d.person_id ORDER BY d.id")
    equal(after, before, "as it was")
    equal(rows(server.data, "SELECT actor, undone_by FROM list_import"), [("one", "one")], "the history knows who")


def the_register_tells_nothing_to_one_event():
    """An organiser of one event asks, by a list of invented values, what the register knows of somebody who is no delegate of theirs."""
    server, one = world["server"], world["one"]
    world["all"].get(REGISTER)
    content = table(["Mã", "Họ và tên", "Ngày sinh", "Đơn vị", "Số điện thoại"], ["R900", "Người Của Sổ", "09/09/1959", "U1", "0600 777 888"])
    path, page = page_of(world["all"], send(world["all"], REGISTER, content, target="people"))
    check(world["all"].form(path, {"do": "agree", "digest": digest(page)}).header("location").endswith("done=taken"), "somebody of the register")
    for line in (["R900", "Người Của Sổ", "0600 111 222", "guest"], ["", "Người Của Sổ", "", "guest"]):
        path, page = page_of(one, send(one, BASE, table(["Mã", "Họ và tên", "Số điện thoại", "Thành phần"], line)))
        shown = page.text.split('id="rows"')[1]
        check("Người Của Sổ" in shown and "777" not in shown and "1959" not in shown, "what the list does not say is not told", shown)
        one.form(path, {"do": "drop"})
    check("•••" in shown, "the one who may be meant is named without a birth")


def the_register_is_changed_by_its_own_organisers_only():
    server, one, everyone = world["server"], world["one"], world["all"]
    content = table(["Mã", "Họ và tên", "Số điện thoại", "Số ghế"], ["P03", "Lê Quỳnh Như", "0600 999 999", "K1"], ["P961", "Người Của Đại Hội", "0600 999 001", "K2"])
    was = rows(server.data, "SELECT phone FROM person WHERE code = 'P03'")
    path, page = page_of(one, send(one, BASE, content.replace("Số ghế".encode(), "Số ghế,Thành phần".encode()).replace(b"K1", b"K1,official").replace(b"K2", b"K2,guest")))
    shown = page.text.split('id="rows"')[1]
    check("được giữ nguyên" in shown and "0600 999 999" not in shown, "it is said beside the row", shown[:1500])
    foreign = page
    told = everyone.form(path, {"do": "agree", "digest": digest(page)})
    check("said=list_changed" in told.header("location"), "who may change more is shown more", told)
    page = everyone.get(told.header("location"))
    check("0600 999 999" in page.text, "the number is there to be seen")
    told = one.form(path, {"do": "agree", "digest": digest(page)})
    check("said=list_changed" in told.header("location"), "who may not cannot agree to it", told)
    check(one.form(path, {"do": "agree", "digest": digest(foreign)}).header("location").endswith("done=taken"), "agreed, as it was shown to them")
    equal(rows(server.data, "SELECT phone FROM person WHERE code = 'P03'"), was, "the register stays")
    equal(rows(server.data, "SELECT p.code, d.seat FROM delegate d JOIN person p ON p.id = d.person_id WHERE d.seat IN ('K1', 'K2') ORDER BY 2"), [("P03", "K1"), ("P961", "K2")], "the event's is taken")
    path, page = page_of(everyone, send(everyone, BASE, table(["Mã", "Họ và tên", "Số điện thoại"], ["P03", "Lê Quỳnh Như", "0600 999 999"])))
    check(everyone.form(path, {"do": "agree", "digest": digest(page)}).header("location").endswith("done=taken"), "an organiser of all events changes the register")
    undo = {"do": "undo", "number": re.search(r'name="number" value="(\d+)"', everyone.get(BASE).text).group(1)}
    equal(one.form(BASE, undo).status, 403, "who may not change it does not change it back")
    check(everyone.form(BASE, undo).header("location").endswith("?done=undone"), "who may does")
    equal(rows(server.data, "SELECT phone FROM person WHERE code = 'P03'"), was, "the register is as it was")
    path, page = page_of(one, send(one, BASE, table(["Mã", "Họ và tên", "Số điện thoại"], ["P961", "Người Của Đại Hội", "0600 999 002"])))
    equal(kinds(page), {"changed": 1}, "who came by this event is theirs to put right")
    one.form(path, {"do": "drop"})


def two_decide_at_once():
    server, one, everyone = world["server"], world["one"], world["all"]
    path, page = page_of(one, send(one, BASE, table(HEADINGS, *[["", "Người Trùng Tên", "05/04/1961", "U1", "", "", "guest"]] * 5)))
    keys = re.findall(r'name="key" value="([0-9/]+)"', page.text)
    check(len(keys) >= 3, "rows to decide about", kinds(page))
    form = {"was-" + key: "" for key in keys}
    form.update({"d-" + key: "" for key in keys})
    check('name="was-%s" value=""' % keys[0] in page.text, "the page says what it showed")

    def decide(client, key, answers):
        body = "&".join("%s=%s" % (k.replace("/", "%2F"), v) for k, v in list(dict(form, **{"d-" + key: "leave", "csrf": client.csrf, "do": "decide"}).items()) + [("key", k) for k in keys])
        answers.append(client.request("POST", path, body.encode(), {"Content-Type": "application/x-www-form-urlencoded"}).status)

    answers, threads = [], []
    for i, key in enumerate(keys):
        threads.append(threading.Thread(target=decide, args=(server.sign_in(["one", "all"][i % 2], "mat khau that dai 19"), key, answers)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(answers, [303] * len(keys), "each is answered")
    equal(kinds(one.get(path)).get("doubtful"), None, "what each decided is kept")
    one.form(path, {"do": "drop"})


def a_full_disk_leaves_nothing_half_done():
    """A limit on file sizes is told like a full disk (server/commands/serve.c): while the file is kept, while its rows are, while it is written."""
    server, everyone = world["server"], world["all"]
    lines = [HEADINGS[:5]] + [["", "Người Đầy Đĩa %s%s" % (chr(97 + i % 26), chr(97 + i // 26)), "%02d/%02d/19%02d" % (1 + i % 28, 1 + i % 12, 50 + i % 50), "U1", "Chức vụ dài " * 8] for i in range(400)]
    content, folder = table(*lines), os.path.join(server.data, "imports")
    people = rows(server.data, "SELECT COUNT(*) FROM person")
    world["coming"] = os.path.join(folder, "0" * 16)
    os.mkdir(world["coming"])  # somebody's that is coming in just now
    imports = sorted(os.listdir(folder))

    def with_limit(limit, work):
        old = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        reply = work()
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, old)
        return reply

    for limit, told in ((len(content) // 2, (507,)), (len(content) + 4096, (507, 500))):  # behind the file it is the database's log, of which the engine says no more than that it failed
        reply = with_limit(limit, lambda: send(everyone, REGISTER, content, target="people"))
        check(reply.status in told and server.data not in reply.text, "no room is told, and not where the file would lie", (reply.status, reply.text[-600:]))
        equal(sorted(os.listdir(folder)), imports, "and leaves nothing")
    path, page = page_of(everyone, send(everyone, REGISTER, content, target="people"))
    equal(kinds(page), {"new": 400}, "with room it is there")
    check(os.path.isdir(world["coming"]), "what is coming in stays")
    os.utime(world["coming"], (1, 1))
    biggest = max(os.path.getsize(os.path.join(server.data, name)) for name in ("plenum.db", "plenum.db-wal"))
    reply = with_limit(biggest + 20000, lambda: everyone.form(path, {"do": "agree", "digest": digest(page)}))
    check(reply.status >= 400, "no room while it is written", reply)
    wait(lambda: everyone.get(path).status == 200)
    agreed = everyone.form(path, {"do": "agree", "digest": digest(everyone.get(path))})
    if "said=list_changed" in agreed.header("location"):  # numbers that were given away are not given again: new codes
        agreed = everyone.form(path, {"do": "agree", "digest": digest(everyone.get(path))})
    check(agreed.header("location").endswith("done=taken"), "with room it goes on", agreed)
    equal(rows(server.data, "SELECT COUNT(*) FROM person"), [(people[0][0] + 400,)], "everybody once")
    equal(rows(server.data, "SELECT COUNT(*) FROM list_import WHERE state IN ('applying', 'taking_back')"), [(0,)], "nothing half done")
    said = plenum("doctor", data=server.data, fine=False).stdout
    check("FAIL" not in said, "all is sound", said)


def what_is_sensitive_is_not_found_out_by_guessing():
    """A list that guesses right looks as one that guesses wrong; who may read such values is told more, and noted."""
    server, one, everyone = world["server"], world["one"], world["all"]
    db = sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20)
    db.execute("UPDATE register_change SET source = 'desk' WHERE field = 'created' AND person_id = (SELECT id FROM person WHERE code = 'P02')")  # they came by this event
    db.commit()
    db.close()
    seen = []
    for said in ("có", "không"):
        path, page = page_of(one, send(one, BASE, table(["Mã", "Họ và tên", "Đảng viên"], ["P02", "Nguyễn Văn Đức", said])))
        seen.append((kinds(page), re.sub(r"[0-9a-f]{16,}|csrf[^>]*>", "", page.text.split('id="rows"')[1])))
        one.form(path, {"do": "drop"})
    equal(seen[0], seen[1], "right and wrong look the same")
    check("•••" in seen[0][1] and seen[0][0] == {"changed": 1}, "it counts as given", seen[0])
    equal(rows(server.data, "SELECT COUNT(*) FROM audit WHERE action = 'sensitive read'"), [(0,)], "nothing of it was read")
    looked = rows(server.data, "SELECT actor, subject FROM audit WHERE action = 'import look' ORDER BY id DESC LIMIT 1")
    equal(looked, [("one", "danh-sach.csv")], "who looked at which file is in the log")
    path, page = page_of(everyone, send(everyone, REGISTER, table(["Mã", "Họ và tên", "Đảng viên"], ["P02", "Nguyễn Văn Đức", "có"]), target="people"))
    check(len(kinds(page)) == 1 and rows(server.data, "SELECT actor, subject FROM audit WHERE action = 'sensitive read'") == [("all", "register")], "who may read it is told, and noted", kinds(page))
    everyone.form(path, {"do": "drop"})


def the_history_is_that_of_the_event():
    server, one = world["server"], world["one"]
    db = sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20)
    db.executemany("INSERT INTO list_import(number, state, target, event_id, file, actor, began_ms, detail) VALUES(?, 'taken_back', 'people', NULL, 'so.csv', 'all', 1, '{}')", [(1000 + i,) for i in range(25)])
    db.commit()
    check("danh-sach.csv" in one.get(BASE).text and "so.csv" not in one.get(BASE).text, "others do not crowd it out")
    check("so.csv" in world["all"].get(REGISTER).text, "the register has its own")
    told = json.loads(plenum("import", "--list", "--event", EVENT, "--json", data=server.data).stdout)
    check(told and all(i["event"] == EVENT for i in told), "and on the command line", told)
    db.execute("DELETE FROM list_import WHERE number >= 1000")
    db.commit()
    db.close()


def columns_are_chosen_and_remembered():
    one = world["one"]
    content = table(["Họ và tên", "Cột lạ", "Số đại biểu"], ["Đặng Thị Hồng Thắm", "Ghế Z1", "001"])
    path, page = page_of(one, send(one, BASE, content))
    check("<details open><summary><h2>" in page.text, "a strange column is in sight")
    fields = {"do": "map"}
    for i, letter in re.findall(r'name="letter-(\d+)" value="(\w+)"', page.text):
        chosen = re.search(r'<select name="use-%s".*?<option value="([^"]+)" selected' % i, page.text, re.S)
        fields.update({"letter-" + i: letter, "use-" + i: "seat" if letter == "B" else chosen.group(1)})
    page = one.get(one.form(path, fields).header("location"))
    check("Ghế Z1" in page.text and kinds(page) == {"changed": 1}, "the column means what was chosen", kinds(page))
    check("<details><summary><h2>" in page.text, "columns that are clear are folded")
    check(one.form(path, {"do": "agree", "digest": digest(page)}).header("location").endswith("done=taken"), "agreed")
    path, page = page_of(one, send(one, BASE, table(["Họ và tên", "Cột lạ", "Số đại biểu"], ["Đặng Thị Hồng Thắm", "Ghế Z2", "001"])))
    check(kinds(page) == {"changed": 1} and "Ghế Z2" in page.text, "the next list with these headings is read so", kinds(page))
    one.form(path, {"do": "drop"})


def what_changed_meanwhile_is_told():
    server, everyone = world["server"], world["all"]
    path, page = page_of(everyone, send(everyone, REGISTER, table(HEADINGS[:5], ["P02", "Nguyễn Văn Đức", "", "", "Từ danh sách"]), target="people"))
    old = digest(page)
    other, second = page_of(everyone, send(everyone, REGISTER, table(HEADINGS[:5], ["P02", "Nguyễn Văn Đức", "", "", "Của người khác"]), target="people"))
    check(everyone.form(other, {"do": "agree", "digest": digest(second)}).header("location").endswith("done=taken"), "somebody else is faster")
    told = everyone.form(path, {"do": "agree", "digest": old})
    check("said=list_changed" in told.header("location"), "the plan is not the one that was shown", told)
    page = everyone.get(told.header("location"))
    check("Của người khác" in page.text and digest(page) != old, "it is shown anew")
    check(everyone.form(path, {"do": "agree", "digest": digest(page)}).header("location").endswith("done=taken"), "and agreed")
    equal(rows(server.data, "SELECT title FROM person WHERE code = 'P02'"), [("Từ danh sách",)], "written")
    path, page = page_of(everyone, send(everyone, REGISTER, table(["Mã đơn vị", "Tên đơn vị", "Đơn vị cấp trên"], ["U9", "Công đoàn mới", "U0"]), target="units"))
    equal(kinds(page), {"new": 1}, "a list of units")
    check(everyone.form(path, {"do": "agree", "digest": digest(page)}).header("location").endswith("done=taken"), "units are taken in")


def many_rows_are_pages():
    everyone = world["all"]
    content = table(HEADINGS[:4], *[["", "Nguyễn Thị Số %s%s" % (chr(97 + i % 26), chr(97 + i // 26)), "%02d/%02d/19%02d" % (1 + i % 28, 1 + i % 12, 50 + i % 50), "U1"] for i in range(600)])
    path, page = page_of(everyone, send(everyone, REGISTER, content, target="people"))
    check(page.text.count('<li class="kind-new"><h3>') == 50 and "1 / 12" in page.text, "fifty rows a page", page.text.count('<li class="kind-new"><h3>'))
    check(not os.path.exists(world["coming"]), "what never came in whole goes")
    page = everyone.get(path + "?page=12")
    check("12 / 12" in page.text, "the last page")
    everyone.form(path, {"do": "drop"})


def wrong_rows_are_a_file():
    client = world["all"]
    lines = [HEADINGS[:4], ["W1", "Ngô Thị Đúng", "03/02/1980", ""], ["W2", "Trần Văn Sai", "31/02/1980", ""], ["W3", "Lý Thị Lạ", "04/05/1981", "Không có nơi này"]]
    path, page = page_of(client, send(client, REGISTER, table(*lines), target="people"))
    bad = sum(kinds(page).get(k, 0) for k in ("wrong", "doubtful"))
    check(bad == 2 and 'value="wrong"' in page.text, "two rows are not good", kinds(page))
    reply = client.form(path, {"do": "wrong", "format": "csv"})
    found = list(csv.reader(io.StringIO(reply.text.lstrip("\ufeff"))))
    check(reply.status == 200 and found[0][:4] == HEADINGS[:4] and [row[:2] for row in found[1:]] == [line[:2] for line in lines[2:]] and all(row[4] for row in found[1:]),
          "they are a file, with what is wrong", found)
    again = table(found[0], *[[row[0], row[1], "01/03/1980", ""] + row[4:] for row in found[1:]])
    other, page = page_of(client, send(client, REGISTER, again, target="people"))
    equal(kinds(page), {"new": 2}, "put right they are good")
    client.form(other, {"do": "drop"})
    reply = client.form(path, {"do": "wrong", "format": "xlsx"})
    other, page = page_of(client, send(client, REGISTER, reply.body, "wrong.xlsx", target="people"))
    check(sum(kinds(page).get(k, 0) for k in ("wrong", "doubtful")) == 2 and "passed_over" in kinds(page), "a workbook of them is the same list", kinds(page))
    client.form(other, {"do": "drop"})
    client.form(path, {"do": "drop"})
    equal(client.form(path, {"do": "wrong"}).status, 404, "of a list that is gone there are none")


run("list_pages", begin, rights, what_cannot_be_read_is_said_in_words, a_list_is_put_right_agreed_and_taken_back, the_register_tells_nothing_to_one_event,
    what_is_sensitive_is_not_found_out_by_guessing, the_history_is_that_of_the_event,
    columns_are_chosen_and_remembered, what_changed_meanwhile_is_told,
    the_register_is_changed_by_its_own_organisers_only, two_decide_at_once, a_full_disk_leaves_nothing_half_done, many_rows_are_pages, wrong_rows_are_a_file)

#!/usr/bin/env python3
# suite
"""The delegate's page is never older than what is stored: every input is changed in turn, and by time, and each worker's page, kept parts and all, must be byte for byte
the page that is made as a whole (server/pages/fragment.h).    B=build/x tests/http/page_fresh.py"""
import json
import os
import re
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import plenum  # noqa: E402
from plenum import Client, check, equal  # noqa: E402

server = plenum.Server("page-fresh")
WHO = ("P01", "P02", "P10", "P12", "P08")  # two of one category, others, one excused
tokens, file, readers = {}, {}, []


def shape(value, event, offset):
    event["sessions"] = [{"code": "s%d" % n, "title": {"vi": "Phiên %d" % n, "en": "Session %d" % n}, "starts": plenum.local_text(offset, a), "ends": plenum.local_text(offset, b),
                          "area": "hall", "admits": admits} for n, (a, b, admits) in enumerate(((-60, 30, ["official", "guest"]), (40, 60, ["official"]), (70, 90, ["guest", "press"])))]
    for n in range(3):
        event["documents"].append({"code": "more%d" % n, "title": {"vi": "Giấy %d" % n}, "file": "papers/programme.pdf", "language": "vi"})


def write(sql, *values):
    """As a command beside the server would; says in the same transaction that the event is another one."""
    db = sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20)
    with db:
        db.execute(sql, values)
        db.execute("UPDATE event SET config_seq = config_seq + 1")
    db.close()


def plain(reply):
    return re.sub(r'<input type="hidden" name="csrf"[^>]*>', "", reply.text)  # a signed-in reader's


def same(what, **headers):
    """Each reader (they are with different workers) sees what the whole page shows, each person, twice. Gives the pages of the first one."""
    pages, wrong = {}, []
    for who in WHO:
        path = "/d/" + tokens[who]
        for _ in range(3):  # the minute on the page may turn in between
            want = plain(staff.get(path + "?view=delegate", **headers))
            got = [plain(r.get(path, **headers)) for r in readers for _ in (0, 1)]
            if all(g == want for g in got):
                break
            if re.sub(r'made-at">[^<]*', "", got[-1]) == re.sub(r'made-at">[^<]*', "", want):
                continue
            break
        bad = [g for g in got if g != want]
        if bad:
            lines = [(a, b) for a, b in zip(bad[0].splitlines(), want.splitlines()) if a != b]
            wrong.append((who, len(bad), lines[:2]))
        if tokens[who] not in want or any(tokens[o] in g for o in WHO if o != who for g in got):
            wrong.append((who, "another's token"))
        pages[who] = got[0]
    check(not wrong, what, wrong)
    return pages


def load():
    with open(file["path"], "w", encoding="utf-8") as f:
        json.dump(file["value"], f, ensure_ascii=False)
    server.load(file["path"])


def begin():
    global staff
    file["path"] = plenum.small_event(server.folder, shape)
    with open(file["path"], encoding="utf-8") as f:
        file["value"] = json.load(f)
    server.load(file["path"])
    server.start()
    tokens.update(server.tokens("test-1"))
    staff = server.sign_in("ban", server.user("ban", "organiser"))
    readers.extend(Client(server) for _ in range(6))
    first = same("the kept page is the whole page")
    check("Đặng Thị Hồng Thắm" in first["P01"] and "Nguyễn Văn Đức" in first["P02"] and "Đặng Thị Hồng Thắm" not in first["P02"], "each with their own name")


def each_input():
    value, event = file["value"], file["value"]["events"][0]
    people = {p["code"]: p for p in value["people"]}
    delegates = {d["person"]: d for d in event["delegates"]}

    def step(what, change, who, shows):
        before = same("before: " + what)[who]
        change()
        load()
        after = same(what)[who]
        check(shows in after and shows not in before, what + ": it is on the page", shows)

    step("a name", lambda: people["P01"].update(name="Đặng Thị Mới"), "P01", "Đặng Thị Mới")
    step("signs in a name", lambda: people["P02"].update(name="Lê <b> & \"Đ\" 'x'"), "P02", "Lê &lt;b&gt; &amp; ")
    people["P10"].update(honorific=None, title=None)
    delegates["P10"].update(seat=None, number=None, group=None)
    load()
    same("fewer texts")
    step("a title", lambda: people["P01"].update(title="Nguyên Chủ tịch"), "P01", "Nguyên Chủ tịch")
    step("an honorific", lambda: people["P02"].update(honorific="Kỹ sư cao cấp"), "P02", "Kỹ sư cao cấp")
    for key, text in (("number", "N-977"), ("group", "Tổ 91"), ("room", "Phòng 918"), ("transport", "Xe 93")):
        step("a delegate's " + key, lambda: delegates["P02"].update({key: text}), "P02", text)
    delegates["P08"].update(status="withdrawn")
    load()
    check(all('id="papers"' not in reader.get("/d/" + tokens["P08"]).text for reader in readers), "a mandate that is lost: no papers, at any worker")
    delegates["P08"].update(status="summoned")
    load()
    check('id="papers"' in same("a mandate that is given back")["P08"], "a mandate that is given back: papers again")
    step("a seat", lambda: delegates["P02"].update(seat="Z99"), "P02", "Z99")
    step("a delegation's name", lambda: value["organization"]["units"][0].update(name="Đoàn Mới Tên"), "P02", "Đoàn Mới Tên")
    step("another category", lambda: delegates["P10"].update(category="press"), "P10", "Báo chí")
    step("a category's title", lambda: event["categories"][2].update(title={"vi": "Nhà báo"}), "P12", "Nhà báo")
    step("a session's title", lambda: event["sessions"][1].update(title={"vi": "Phiên đổi tên"}), "P01", "Phiên đổi tên")
    step("a session's room", lambda: event["sessions"][1].update(room="Phòng 12"), "P01", "Phòng 12")
    step("a session for others", lambda: event["sessions"][2].update(admits=["official"]), "P01", "Phiên 2")
    step("the event's title", lambda: event.update(title={"vi": "Đại hội đổi tên"}), "P01", "Đại hội đổi tên")
    step("the venue", lambda: event["venue"].update(name="Nhà khác"), "P01", "Nhà khác")
    step("the Wi-Fi", lambda: event["wifi"].update(password="mat-khau-khac"), "P01", "mat-khau-khac")
    step("an announcement", lambda: event["announcements"].append({"text": {"vi": "Tin mới"}, "to": ["phone"], "urgent": True}), "P01", "Tin mới")
    unit = delegates["P02"].get("delegation") or people["P02"]["unit"]
    step("an announcement for one delegation", lambda: event["announcements"].append({"text": {"vi": "Đoàn tập trung"}, "to": ["phone"], "audience": {"delegations": [unit]}}), "P02", "Đoàn tập trung")
    check("Đoàn tập trung" not in same("and for nobody else")["P10"], "an announcement for others is not for these")
    step("an announcement for one category", lambda: event["announcements"].append({"text": {"vi": "Báo chí đến sớm"}, "to": ["phone"], "audience": {"categories": ["press"]}}), "P12", "Báo chí đến sớm")
    check("Báo chí đến sớm" not in same("nor this one")["P01"], "nor for another category")
    step("a paper's title", lambda: event["documents"][0].update(title={"vi": "Chương trình khác"}), "P01", "Chương trình khác")
    step("a paper for others", lambda: event["documents"][2].update(audience={"categories": ["press"]}, title={"vi": "Giấy cho báo chí"}), "P12", "Giấy cho báo chí")
    check("Giấy cho báo chí" not in same("and for nobody else")["P01"], "a paper for others is not for these")
    event["documents"][2].update(audience=None, title={"vi": "Giấy 0"})
    load()
    theme = re.search(r"theme\.css\?v=\d+", same("before: colours")["P01"]).group(0)
    event["colors"]["primary"] = "#004488"
    load()
    check(theme not in same("colours")["P01"], "the colours' address is another one")
    event["documents_access"] = "pin"
    load()
    check('id="pin"' in same("the PIN for all papers")["P12"], "the PIN is asked for")
    event["documents_access"] = "badge"
    load()
    check('id="pin"' not in same("no PIN for all papers")["P12"], "and no more")


def by_the_organiser():
    paper = server.value("SELECT id FROM document WHERE code = 'more1'")
    for what, sql, there in (("withdrawn", "UPDATE document SET withdrawn_ms = 1 WHERE id = ?", False), ("given back", "UPDATE document SET withdrawn_ms = NULL WHERE id = ?", True),
                             ("by hand", "UPDATE document SET publish_manual = 1 WHERE id = ?", False), ("published", "UPDATE document SET published_ms = 1 WHERE id = ?", True),
                             ("stamped", "UPDATE document SET stamp = 'MẬT' WHERE id = ?", False), ("let pass", "UPDATE document SET stamp_let_ms = 1 WHERE id = ?", True)):
        write(sql, paper)
        equal("Giấy 1<" in same("a paper " + what)["P01"], there, "a paper " + what + (": there" if there else ": gone"))
    for action, there in (("withdraw", False), ("give_back", True)):
        equal(staff.form("/admin/test-1/papers/more1", {"do": action}).status, 303, "the console: " + action)
        equal("Giấy 1<" in same("after " + action)["P01"], there, "the console's " + action + (": there" if there else ": gone"))
    before = same("before another order")["P01"]
    equal(staff.form("/admin/test-1/papers/more1", {"do": "up"}).status, 303, "the console: up")
    after = same("another order")["P01"]
    check((before.index("Giấy 0<") < before.index("Giấy 1<")) != (after.index("Giấy 0<") < after.index("Giấy 1<")), "the order is another one")
    equal(staff.form("/desk/test-1/questions", {"close": "1"}).status, 303, "the desk closes the questions")
    check('id="questions"' not in same("questions closed")["P01"], "no more questions")
    equal(staff.form("/desk/test-1/questions", {"close": "0"}).status, 303, "and opens them")
    check('id="questions"' in same("questions open")["P01"], "questions again")


def by_the_reader():
    for tag in ("en", "ar", "pt", "vi"):
        check('lang="%s"' % tag in same("in " + tag, Accept_Language=tag)["P01"], "the page is in " + tag)
    me = Client(server)
    path = "/d/" + tokens["P01"]
    locked = me.get(path).text
    check('id="pin"' in locked and "Báo cáo" not in locked, "a restricted paper is behind the PIN")
    equal(me.form(path + "/pin", {"pin": "0001"}).status, 303, "the PIN is right")
    opened = [me.get(path).text for _ in (0, 1)]
    check(all("Báo cáo" in page for page in opened), "and its page shows the paper")
    me.form(path + "/lock", {})
    check("Báo cáo" not in me.get(path).text, "locked again")
    check(all("Báo cáo" not in reader.get("/d/" + tokens[who]).text for reader in readers for who in ("P01", "P02")), "nobody else sees it")
    reader = Client(server)
    href = re.search(r'class="file" href="(/d/[^"]+)"', reader.get(path).text).group(1)
    equal(reader.get(href).status, 200, "a paper is opened")
    for _ in range(40):
        if server.value("SELECT COUNT(*) FROM paper_opened"):
            break
        time.sleep(0.1)
    same("after one has opened a paper")
    write("UPDATE document SET published_ms = ? WHERE code = 'more2'", plenum.now_ms() - 1)
    pages = same("something is new to that one")
    check('class="fresh"' in pages["P01"] and 'class="fresh"' not in pages["P02"], "it is new to the one, and to the one only")
    equal(reader.form(path + "/ask", {"words": "Mấy giờ ăn trưa?"}).status, 303, "a question")
    pages = same("one has asked")
    check('id="asked"' in pages["P01"] and 'id="asked"' not in pages["P02"] and "Mấy giờ" not in pages["P01"] + pages["P02"], "others see at that badge that there is one")
    check("Mấy giờ ăn trưa?" in reader.get(path).text, "the question is on the page of the one who asked")


def until(shows, who="P02"):
    """How many milliseconds after the moment each reader's page changed, the slowest of them; asks all the time."""
    path = "/d/" + tokens[who]
    text = [None] * len(readers)
    begun = time.time()
    while time.time() < begun + 6 and not all(text):
        for i, reader in enumerate(readers):
            before = time.time()
            page = reader.get(path).text
            if not text[i] and shows(page):
                text[i] = before
    return max(text) if all(text) else None


def by_the_clock():
    def moment(what, change, shows):
        at = plenum.now_ms() + 700
        change(at)
        same("before the moment: " + what)
        came = until(shows)
        early = came is not None and came * 1000 < at - 5
        check(came is not None and not early and came * 1000 < at + 1000, what + ": at its moment, not before", (came, at))
        same("after the moment: " + what)

    def announce(key):
        return lambda at: write("INSERT INTO announcement(id, event_id, version, text, from_ms, until_ms, to_wall, to_phone, urgent, made_ms, made_by, changed_ms, changed_by) "
                                "SELECT (SELECT MAX(id) + 1 FROM announcement), id, 1, ?, ?, ?, 0, 1, 0, 0, 'test', 0, 'test' FROM event",
                                json.dumps({"vi": "Đúng giờ"}), at if key == "from" else None, at if key == "until" else None)
    moment("a paper appears", lambda at: write("UPDATE document SET publish_ms = ?, published_ms = NULL, publish_manual = 0 WHERE code = 'more0'", at), lambda page: "Giấy 0<" in page)
    moment("an announcement appears", announce("from"), lambda page: "Đúng giờ" in page)
    write("UPDATE announcement SET ended_ms = 1 WHERE from_ms IS NOT NULL")
    moment("an announcement goes", announce("until"), lambda page: "Đúng giờ" not in page)
    moment("a session ends", lambda at: write("UPDATE session SET ends_ms = ? WHERE code = 's0'", at), lambda page: "mark-now" not in page)
    moment("a session begins", lambda at: write("UPDATE session SET starts_ms = ? WHERE code = 's1'", at), lambda page: "mark-now" in page)


def revoked_and_again():
    pages = same("before a restart")
    server.stop()
    server.start()
    for reader in readers + [staff]:
        reader.close()
    again = same("a server that has just begun")
    bare = [re.sub(r'made-at">[^<]*', "", p["P02"]) for p in (pages, again)]
    equal(bare[0], bare[1], "it shows what the old one showed")
    write("UPDATE credential SET revoked_ms = 1 WHERE token = ?", tokens["P02"])
    equal({reader.get("/d/" + tokens["P02"]).status for reader in readers}, {410}, "a revoked badge opens nothing, at any worker")


plenum.run("page_fresh", begin, each_input, by_the_organiser, by_the_reader, by_the_clock, revoked_and_again)

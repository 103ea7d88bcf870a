#!/usr/bin/env python3
# suite
# sanitized
"""The audit log in the console: every kind of line in words, found by who, what, event, person, day and any words, page by page, taken along as CSV; what must never stand
in it. `--rows N` also fills it with that many lines and prints how long questions take.    B=build/x tests/flow/audit.py"""
import csv
import html
import io
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import check, equal, note, uuid7  # noqa: E402

server = plenum.Server("audit")
who, tokens = {}, {}
ROWS = int(sys.argv[sys.argv.index("--rows") + 1]) if "--rows" in sys.argv else 0


def begin():
    server.load(plenum.small_event(server.folder))
    server.start()
    who["boss"] = server.sign_in("boss", server.user("boss", "organiser"))
    who["orga"] = server.sign_in("orga", server.user("orga", "organiser", "test-1"))
    who["lan"] = server.sign_in("lan", server.user("lan", "desk", "test-1"))
    tokens.update(server.tokens("test-1"))


def page(**asked):
    from urllib.parse import urlencode
    reply = who["boss"].get("/admin/-/audit?" + urlencode(asked), Accept_Language="en")
    equal(reply.status, 200, "the page: %s" % (asked or "all"))
    return html.unescape(reply.text).replace("\u2068", "").replace("\u2069", "")


def lines(text):
    part = text[text.index('id="lines"'):text.index("</ol>", text.index('id="lines"'))]
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)).strip() for one in part.split("<li>")[1:]]


def what_people_did():
    lan, orga = who["lan"], who["orga"]
    equal(lan.request("PATCH", "/api/v1/events/test-1/delegates/P05", {"request": uuid7(), "room": "Nhà khách Đồi Sim"}).status, 200, "the desk changes somebody")
    equal(lan.post("/api/v1/events/test-1/delegates/P02/reissue", {}).status, 201, "a badge is issued anew")
    equal(orga.form("/admin/test-1/announcements", {"do": "write", "text_vi": "Mời vào", "to_wall": "1"}).status, 303, "an announcement")
    door = server.device("test-1", "main")
    sent = plenum.scan(tokens["P01"], "main", decision="admitted")
    door.post("/api/v1/checkins", sent)
    new = server.tokens("test-1")["P02"]
    everything = json.dumps(server.rows("SELECT * FROM audit"))
    check(not any(token in everything for token in list(tokens.values()) + [new, door.key]), "no badge and no key stands in the log")


def found():
    everything = lines(page())
    check(any("lan put right what was written of test-1/P05" in line and "room" in line for line in everything), "a change, in words, with what was changed", everything[:4])
    check(any("the server’s command line made the account orga" in line for line in everything), "the command line has a name")
    check(all("audit.say" not in line for line in everything), "no key of our own tables is shown")
    equal(sorted(set(line.split(" · ")[1].split()[0] for line in lines(page(who="lan")))), ["lan"], "by who")
    equal([line for line in lines(page(what="reissue")) if "issued the badge of test-1/P02 anew" not in line], [], "by what")
    of_person = lines(page(person="P05"))
    check(len(of_person) == 1 and "P05" in of_person[0], "by person, by code", of_person)
    name = server.value("SELECT name FROM person WHERE code = 'P05'")
    equal(lines(page(person=name.upper())), of_person, "and by name, in any letters")
    check(name in of_person[0], "the line says the name")
    check("Nobody has this code" in page(person="Không Ai Cả"), "of nobody")
    check(any("announcement" in line for line in lines(page(of="test-1"))), "by event: also what names none itself")
    check(not any("test-1" in line for line in lines(page(of="no-such"))), "of no event")
    check(len(lines(page(words="doi sim"))) == 1 and len(lines(page(words="ĐỒI"))) == 1, "by any words, without accents")
    equal(lines(page(words="không có")), [], "words that nobody said")
    equal(lines(page(words="100%")), [], "a sign that is special elsewhere")
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 3 * 86400))
    equal(lines(page(**{"from": day})), [], "from a day that is yet to come")
    check(len(lines(page(until=day))) > 3, "until then")
    check(len(lines(page(**{"from": "rubbish"}))) > 3, "a day that is none asks for nothing")
    for old in ("organiser", "desk"):
        client = who["orga" if old == "organiser" else "lan"]
        equal(client.get("/admin/-/audit").status, 403, "not for %s of one event" % old)


def unknown():
    server.write("INSERT INTO audit(id, at_ms, actor, action, subject, detail) VALUES(?, ?, 'somebody', 'strange.act', 'a <b>thing</b>', 'and {why')",
                 (plenum.now_ms() - 1704067200000) << 22, plenum.now_ms())
    raw = who["boss"].get("/admin/-/audit").text
    check("<b>thing</b>" not in raw and "&lt;b&gt;thing" in raw, "what stands in a line is text")
    check(any("strange.act: a <b>thing</b>".replace("<b>", " ").replace("</b>", " ").split()[0] in line for line in lines(page())), "an action without words is shown as it is")


def pages_and_csv():
    base, now = (plenum.now_ms() - 1704067200000) << 22, plenum.now_ms()
    server.write("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 249) INSERT INTO audit(id, at_ms, actor, action, subject, detail) "
                 "SELECT ? + i, ?, 'filler', 'print', 'test-1', '=cmd' FROM n", base, now)
    text, seen = page(who="filler"), []
    while True:
        seen += re.findall(r"filler", " ".join(lines(text)))
        older = re.search(r'name="before" value="(\d+)"', text)
        if not older:
            break
        text = page(who="filler", before=older.group(1))
    equal(len(seen), 250, "page by page, every line once")
    reply = who["boss"].form("/admin/-/audit", {"do": "export", "who": "filler"})
    equal((reply.status, reply.header("content-type")), (200, "text/csv; charset=utf-8"), "as CSV")
    table = list(csv.reader(io.StringIO(reply.body.decode("utf-8-sig"))))
    equal((len(table), table[0]), (251, ["at", "actor", "action", "subject", "event", "person", "detail"]), "a head and every line that matches")
    check(not table[1][6].startswith("="), "no cell is a formula", table[1])
    equal(server.rows("SELECT actor, detail FROM audit WHERE action = 'audit.export'"), [("boss", '{"who":"filler"}')], "the export is a line itself")
    equal(who["orga"].form("/admin/-/audit", {"do": "export"}).status, 403, "not for an organiser of one event")
    whole = who["boss"].form("/admin/-/audit", {"do": "export"}).body.decode()
    check(whole.count("\r\n") == server.value("SELECT COUNT(*) FROM audit") + 1, "all of it")


def many():
    if not ROWS:
        return
    import sqlite3
    base, now = (plenum.now_ms() - 1704067200000 - ROWS * 1000) << 22, plenum.now_ms() - ROWS * 1000
    db = sqlite3.connect(os.path.join(server.data, "plenum.db"))
    with db:
        db.executemany("INSERT INTO audit(id, at_ms, actor, action, subject, detail, event, text_fold) VALUES(?, ?, ?, ?, ?, ?, 'test-1', ?)",
                       ((base + (i * 1000 << 22), now + i * 1000, "desk%d" % (i % 40), "delegate.correct", "test-1/P%05d" % (i % 70000), '{"room":["%d","%d"]}' % (i, i + 1),
                         "desk%d test-1/p%05d room %d" % (i % 40, i % 70000, i)) for i in range(ROWS)))
    db.close()
    for asked in ({}, {"who": "lan"}, {"who": "desk7"}, {"what": "reissue"}, {"person": "P05"}, {"of": "test-1"}, {"words": "doi sim"}, {"who": "desk7", "words": "p00007"}, {"words": "nothing at all"}):
        begun = time.time()
        page(**asked)
        note("%d lines, %s: %.0f ms" % (ROWS, asked, 1000 * (time.time() - begun)))


plenum.run("audit", begin, what_people_did, found, unknown, pages_and_csv, many)

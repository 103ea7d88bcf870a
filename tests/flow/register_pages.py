#!/usr/bin/env python3
# suite
# sanitized
"""The member register in the console: the tree of units, search, which data are wanted, a unit with its people page by page and who lacks what, how many they were and who
came and went, a person with memberships and changes, what is sensitive only after a press that the audit log knows.    B=build/x tests/flow/register_pages.py"""
import html
import json
import os
import re
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import check, equal  # noqa: E402

server = plenum.Server("register-pages")
who = {}
MANY = 64  # more than a page of people


def many(value, event, offset):
    value["people"] += [{"code": "M%02d" % i, "name": "Người Thứ %02d" % i, "unit": "U2", "gender": "f" if i % 2 else "m"} for i in range(MANY)]
    value["organization"]["units"].append({"code": "U.3_a", "name": {"vi": "Tổ <b>Ba</b>", "en": "Third group"}, "parent": "U2", "level": None, "sector": None, "order": 3, "members": None})
    value["people"].append({"code": "Q1", "name": "Ngô & Con", "unit": "U.3_a", "gender": "f"})


def begin():
    server.load(plenum.small_event(server.folder, many))
    server.start()
    who["boss"] = server.sign_in("boss", server.user("boss", "organiser"))
    who["orga"] = server.sign_in("orga", server.user("orga", "organiser", "test-1"))


def page(place="", status=200, language="en"):
    reply = who["boss"].get("/admin/-/register" + place, Accept_Language=language)
    equal(reply.status, status, "GET /admin/-/register%s" % place)
    return reply.text


def rows(text, caption="tree"):
    """The lines of the table of units: name to [people, women, completeness]."""
    part = text[text.index('class="list tree"'):]
    part = part[:part.index("</table>")]
    found = {}
    for row in re.findall(r"<tr>(.*?)</tr>", part, re.S)[1:]:
        name, *cells = [html.unescape(re.sub(r"<[^>]+>", "", c)).replace("\u2066", "").replace("\u2069", "") for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)]
        found[name] = cells
    return found


def names(text, section='id="people"'):
    part = text[text.index(section):]
    part = part[:part.index("</ul>", part.index('class="entries"'))]
    return [html.unescape(n) for n in re.findall(r"<h3><a [^>]*><bdi>(.*?)</bdi>", part)]


def tree():
    text = page()
    table = rows(text)
    total = server.value("SELECT COUNT(*) FROM person")
    women = server.value("SELECT COUNT(*) FROM person WHERE gender = 'f'")
    equal(table["Everybody"][:2], [str(total), str(women)], "everybody, and the women of them")
    equal(table["Công đoàn Thử Nghiệm"][0], str(server.value("SELECT COUNT(*) FROM person WHERE unit_id IS NOT NULL")), "a unit counts with those beneath it")
    equal(table["In no unit"][0], str(server.value("SELECT COUNT(*) FROM person WHERE unit_id IS NULL")), "and those who are in none")
    check("Third group" in table and "&lt;b&gt;" not in text and "Tổ &lt;b&gt;Ba" in page(language="vi"), "a unit by its name in the reader's language, escaped")
    have = [sum(v is not None for v in r) for r in server.rows("SELECT born, gender, phone, unit_id, photo_blob, joined FROM person")]
    equal(table["Everybody"][2], "%d %%" % (sum(have) * 100 // (6 * total)), "how complete the data are")
    check("/admin/-/register" in who["boss"].get("/admin").text, "the console leads there")


def search():
    found = names(page("?q=" + urllib.parse.quote("dang thi hong tham")), 'id="q"')
    equal(found[:1], ["Đặng Thị Hồng Thắm"], "by name without accents")
    equal(names(page("?q=000005"), 'id="q"'), ["Võ Thị Mỹ Duyên"], "by the end of the phone number")
    check("Nobody was found" in page("?q=zzzzzz"), "of nobody")
    check("Nobody was found" in page("?q=" + "x" * 250), "too much is nobody, and no error")


def wanted():
    boss = who["boss"]
    before = rows(page())["Everybody"][2]
    equal(boss.form("/admin/-/register", {"do": "wanted", "gender": "1"}).status, 303, "only the sex is wanted")
    text = page("?done=wanted")
    check("Saved." in text and re.findall(r'name="(\w+)" value="1" checked', text) == ["gender"], "the choice is shown")
    check(rows(text)["Everybody"][2] == "100 %" != before, "and counts", before)
    equal(json.loads(server.value("SELECT detail FROM audit WHERE action = 'register wanted'")), ["gender"], "the audit log knows")
    equal(boss.form("/admin/-/register", {"do": "wanted", "gender": "1", "born": "1", "phone": "1"}).status, 303, "three fields")


def unit():
    text = page("/units/U2")
    equal(len(names(text)), 50, "a page of people")
    seen, place = names(text), re.search(r'href="([^"]*after=[^"]*)"', text)
    check(place, "there is a next page")
    text = page(html.unescape(place.group(1)).split("/admin/-/register")[1].split("#")[0])
    seen += names(text)
    equal(sorted(seen), sorted(r[0] for r in server.rows("SELECT p.name FROM person p JOIN unit u ON u.id = p.unit_id WHERE u.code IN ('U2', 'U.3_a')")),
          "all pages together: everybody of it and beneath, once")
    check("after=" not in text, "and it ends")
    equal(sorted(names(page("/units/U1?missing=phone"))), ["Trần Ngọc Ẩn"], "who lacks a phone number")
    check("Missing:</b> Phone" in page("/units/U1?missing=phone"), "the line says what is missing")
    equal(names(page("/units/" + "U.3_a")), ["Ngô & Con"], "one beneath, by its own address")
    equal(len(names(page("/units/~"))), server.value("SELECT COUNT(*) FROM person WHERE unit_id IS NULL"), "those who are in none")
    page("/units/NOTHERE", 404)


def days():
    today = server.value("SELECT MAX(day) FROM register_change")
    size = server.value("SELECT COUNT(*) FROM person p JOIN unit u ON u.id = p.unit_id WHERE u.code = 'U1'")
    check("<b>%d</b>" % size in page("/units/U1?day=" + today).split('id="size"')[1][:200], "how many they are today")
    check('id="size"' not in page("/units/U1?day=2026-99-99"), "no day, no number")
    flow = page("/units/U1?from=1900-01-02&until=" + today)
    counts = [int(n) for n in re.findall(r"<dd>(?:<bdi>)?(-?\d+)", flow.split('id="flow"')[1].split("</dl>")[0])]
    equal((counts[-1], sum(counts[:-1])), (size, size), "before, and all who came and went, make the end")
    check("has to be before" in page("/units/U1?from=2026-02-01&until=2026-01-01"), "the wrong way round")


def person():
    server_side = "SELECT COUNT(*) FROM audit WHERE action = 'sensitive read'"
    text = page("/people/P01")
    check("Party member" in text and "hidden" in text and "Đại học" in text, "what is sensitive is hidden, the rest is there")
    section = text[text.index('id="values"'):text.index("</dl>", text.index('id="values"'))]
    check("yes" not in section, "not a value of it", section)
    check("listed" in text and "event file" in text and "entered in the register" in text, "memberships, and by what it was written")
    equal(server.value(server_side), 0, "looking notes nothing")
    reply = who["boss"].form("/admin/-/register/people/P01", {"do": "show"}, {"Accept-Language": "en"})
    section = reply.text[reply.text.index('id="values"'):]
    check(reply.status == 200 and re.search(r"Party member[^/]*</dt><dd><bdi>yes", section), "after the press it is shown", section[:400])
    check("no-store" in (reply.header("cache-control") or ""), "and kept by no browser", reply.header("cache-control"))
    actor, subject, detail = server.rows("SELECT actor, subject, detail FROM audit WHERE action = 'sensitive read'")[0]
    equal((actor, subject, json.loads(detail)), ("boss", "P01", {"attributes": ["party_member"], "where": "console"}), "who looked at what of whom")
    check("looked at what is sensitive" in who["boss"].get("/admin/-/audit", Accept_Language="en").text, "the log's page says it in words")
    check("hidden" in page("/people/P01"), "the next time it is hidden again")
    page("/people/NOTHERE", 404)
    equal(who["boss"].form("/admin/-/register/people/NOTHERE", {"do": "show"}).status, 404, "of nobody")


def others():
    for place in ("", "/units/U1", "/people/P01"):
        equal(who["orga"].get("/admin/-/register" + place).status, 403, "not for an organiser of one event: %s" % place)
    equal(who["orga"].form("/admin/-/register/people/P01", {"do": "show"}).status, 403, "nor what is sensitive")
    check("/admin/-/register" not in who["orga"].get("/admin").text, "who is not led there")


plenum.run("register_pages", begin, tree, search, wanted, unit, days, person, others)

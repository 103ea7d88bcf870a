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


def post(place, fields, status=303):
    reply = who["boss"].form("/admin/-/register" + place, fields, {"Accept-Language": "en"})
    equal(reply.status, status, "POST %s %s" % (place, fields.get("do")))
    return reply


def fields_of(text, action):
    """What the form with this action would send as it stands."""
    part = text[text.index('action="%s"' % action):]
    part = part[:part.index("</form>")]
    sent = {html.unescape(n): html.unescape(v) for n, v in re.findall(r'<input(?=[^>]*type="(?:text|tel|email|date|hidden)")[^>]*? name="([^"]*)"[^>]*? value="([^"]*)"', part)}
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', part, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(r'<option value="([^"]*)"', options)
        sent[html.unescape(name)] = html.unescape(chosen.group(1))
    sent.pop("csrf", None)
    return sent


def form(place, status=200):
    return fields_of(page(place, status), "/admin/-/register" + place.split("?")[0])


def of(code, column):
    return server.value("SELECT %s FROM person WHERE code = '%s'" % (column, code))


def edit():
    place = "/people/P02/edit"
    mine, other = form(place), form(place)
    before = server.rows("SELECT name, honorific, title, gender, born, joined, phone, email, sort_name FROM person WHERE code = 'P02'")
    post(place, mine)
    equal(server.rows("SELECT name, honorific, title, gender, born, joined, phone, email, sort_name FROM person WHERE code = 'P02'"), before, "saved as it stands: nothing changes")
    check("attribute:party_member" not in mine and "attribute:schooling" in mine, "what is sensitive is not in the form, the rest is", mine.keys())
    text = post(place, dict(mine, born="31/2/1970"), 400).text
    check(re.search(r'name="born"[^>]*value="31/2/1970"[^>]*aria-invalid="true"[^>]*aria-describedby="f-born-why', text) and 'id="f-born-why"' in text, "a wrong day is told beside its field, and stays")
    check(post(place, dict(mine, phone="x"), 400).text.count("aria-invalid") == 1, "one field is wrong, the others are not")
    post(place, dict(mine, born="3/2/1970", honorific="Bà", **{"attribute:schooling": "uni"}))
    equal((of("P02", "born"), of("P02", "honorific")), ("1970-02-03", "Bà"), "a day as people here write it")
    text = post(place, dict(other, title_vi="Chủ tịch", honorific="Ông"), 409).text
    again = fields_of(text, "/admin/-/register" + place)
    check("Changed meanwhile by" in text and again["born"] == "03/02/1970" and again["honorific"] == "Ông" and again["title_vi"] == "Chủ tịch",
          "who was slower sees what the other wrote, keeps the own, and takes over the rest", again)
    equal(of("P02", "honorific"), "Bà", "and nothing was written yet")
    post(place, again)
    equal((of("P02", "honorific"), of("P02", "born")), ("Ông", "1970-02-03"), "then it is")
    check("Bà" in page("/people/P02").split('id="changes"')[1], "the changes say what it was")


def edit_sensitive():
    place, seen = "/people/P01/edit", "SELECT COUNT(*) FROM audit WHERE action = 'sensitive read'"
    before = server.value(seen)
    post(place, dict(form(place), **{"attribute:party_member": "false"}))
    value = "SELECT a.value FROM person_attribute a JOIN person p ON p.id = a.person_id JOIN attribute_type t ON t.id = a.type_id WHERE p.code = 'P01' AND t.code = 'party_member'"
    equal((server.value(value), server.value(seen)), ("true", before), "what was not shown is not written, nor noted")
    shown = fields_of(post(place, {"do": "show"}, 200).text, "/admin/-/register" + place)
    equal((shown["attribute:party_member"], server.value(seen)), ("true", before + 1), "after the press it is shown, and the audit log knows")
    post(place, dict(shown, **{"attribute:party_member": "false"}))
    equal(server.value(value), "false", "then it can be changed")
    part = page("/people/P01").split('id="changes"')[1]
    check("hidden" in part[:part.index("</ol>")], "and the changes hide it")
    post(place, dict(shown, **{"attribute:party_member": "true", "seen": "0"}))
    equal(server.value("SELECT COUNT(*) FROM audit WHERE action = 'register person' AND detail LIKE '%true%'"), 0, "no value is in the audit log")


def made():
    text = page("/new-person?unit=U2")
    sent = fields_of(text, "/admin/-/register/new-person")
    equal(sent["unit"], "U2", "the unit that it was asked from is chosen")
    post("/new-person", dict(sent, name=""), 400)
    post("/new-person", dict(sent, name="Mới Vào", day="2999-01-01"), 400)
    place = post("/new-person", dict(sent, name="Đặng  Mới Vào", day="2020-05-06", born="1991")).header("location")
    code = place.split("/people/")[1].split("?")[0]
    equal((of(code, "name"), of(code, "born")), ("Đặng Mới Vào", "1991"), "somebody new")
    equal(server.rows("SELECT m.from_day, m.began, m.until_day FROM membership m JOIN person p ON p.id = m.person_id WHERE p.code = '%s'" % code), [("2020-05-06", "joined", "9999-12-31")], "who joined on that day")
    who["new"] = code


def moves():
    code, place = who["new"], "/people/%s/membership" % who["new"]
    seen = fields_of(page(place), "/admin/-/register" + place)["seen"]
    periods = "SELECT u.code, m.from_day, m.began, m.until_day, m.ended FROM membership m JOIN person p ON p.id = m.person_id JOIN unit u ON u.id = m.unit_id " \
              "WHERE p.code = '%s' AND m.void_ms = 9223372036854775807 ORDER BY m.from_day" % code
    check("must not lie in the future" in post(place, {"do": "move", "unit": "U1", "day": "2999-01-01", "seen": seen}, 400).text, "nobody moves in the future")
    post(place, {"do": "move", "unit": "U1", "day": "2020-05-05", "seen": seen}, 400)
    post(place, {"do": "move", "unit": "", "day": "2022-01-02", "seen": seen}, 400)
    post(place, {"do": "move", "unit": "U1", "day": "2022-01-02", "seen": seen})
    post(place, {"do": "move", "unit": "U2", "day": "2022-01-02", "seen": seen}, 409)
    post(place, {"do": "end", "how": "retired", "day": "2024-03-04", "seen": fields_of(page(place), "/admin/-/register" + place)["seen"]})
    equal(of(code, "unit_id"), None, "retired: in no unit")
    post(place, {"do": "return", "unit": "U2", "day": "2025-01-01"})
    equal(server.rows(periods), [("U2", "2020-05-06", "joined", "2022-01-02", "moved_out"), ("U1", "2022-01-02", "moved_in", "2024-03-04", "retired"),
                                 ("U2", "2025-01-01", "returned", "9999-12-31", None)], "joined, moved, retired, returned, each on its day")
    text = page(place)
    part = text[text.index('value="correct"'):]
    rows = {n: html.unescape(v) for n, v in re.findall(r' name="((?:unit|from|until)\d)"[^>]*? value="([^"]*)"', part)}
    for name, options in re.findall(r'<select[^>]* name="(\w+\d)"[^>]*>(.*?)</select>', part, re.S):
        rows[name] = re.search(r'<option value="([^"]*)" selected', options).group(1)
    check("do not fit together" in post(place, dict(rows, do="correct", until0="2023-01-01"), 400).text, "periods that overlap are refused")
    post(place, dict(rows, do="correct", from0="2019-01-01", until0="2021-01-01", from1="2021-01-01", ended1="died", drop2="1"))
    equal(server.rows(periods), [("U2", "2019-01-01", "joined", "2021-01-01", "moved_out"), ("U1", "2021-01-01", "moved_in", "2024-03-04", "died")], "the past corrected")
    equal(of(code, "unit_id"), None, "and who is in no unit by it is in none")
    check("On record" not in page(place) and "What was on record before" in page(place), "what was believed is told")
    check("memberships corrected" in page("/people/" + code), "and stands among the changes")
    post(place, {"do": "return", "unit": "U2", "day": "2025-01-01"})


def units():
    post("/new-unit", {"do": "save", "code": "U.4", "name_vi": "Tổ Bốn", "parent": "U.3_a", "order": "x"}, 400)
    post("/new-unit", {"do": "save", "code": "U.4", "name_vi": "Tổ Bốn", "parent": "U.3_a"})
    post("/new-unit", {"do": "save", "code": "U.4", "name_vi": "Tổ Bốn"}, 409)
    place = "/units/U.3_a/edit"
    sent, old = form(place), form(place)
    check("Third group" in sent.values() or sent.get("name_vi") == "Tổ <b>Ba</b>", "the name in its languages", sent)
    post(place, sent)
    equal(json.loads(server.value("SELECT name FROM unit WHERE code = 'U.3_a'")), {"vi": "Tổ <b>Ba</b>", "en": "Third group"}, "saved as it stands: nothing changes")
    check("would be beneath itself" in post(place, dict(sent, parent="U.4"), 400).text, "no unit comes beneath itself")
    post(place, dict(sent, level="group"))
    post(place, dict(old, sector="x"), 409)
    post("/units/U.3_a/close", {"do": "close", "day": "2999-01-01", "unit": "U1"}, 400)
    today = server.value("SELECT MAX(day) FROM register_change")
    check("choose a unit for them" in post("/units/U.3_a/close", {"do": "close", "day": today}, 400).text, "whoever is in it needs a place")
    check("beneath itself" in post("/units/U.3_a/close", {"do": "close", "day": today, "unit": "U.4"}, 400).text, "not beneath it")
    post("/units/U.3_a/close", {"do": "close", "day": today, "unit": "U1"})
    equal(server.rows("SELECT u.code FROM person p JOIN unit u ON u.id = p.unit_id WHERE p.code = 'Q1'") + server.rows("SELECT p.code FROM unit u JOIN unit p ON p.id = u.parent_id WHERE u.code = 'U.4'"),
          [("U1",), ("U1",)], "its people and the units beneath it went there")
    check("Closed since" in page("/units/U.3_a") and "closed" in page().split("Third group")[1][:80], "it stays in the tree, closed")
    check("is closed" in post("/people/Q1/membership", {"do": "move", "unit": "U.3_a", "day": today}, 409).text, "nobody comes into it")
    post("/units/U.3_a/close", {"do": "open"})
    post("/people/Q1/membership", {"do": "move", "unit": "U.3_a", "day": today})


def doubles():
    post("/new-person", {"do": "save", "name": "Ngo & Con", "code": "Q2", "unit": "U1", "born": "1980", "phone": "0912 345 678"})
    post("/people/Q1/edit", dict(form("/people/Q1/edit"), born="1980-01-02", phone="0912345678", gender="f"))
    text = page("/doubles")
    check("kept=Q1&amp;gone=Q2" in text and "same phone number" in text, "who may be listed twice")
    text = page("/merge?kept=Q1&gone=Q2")
    check(text.count("(differs)") == 4 and 'name="take:born"' in text and 'name="take:gender"' not in text, "side by side; what only one says needs no choice", text.count("(differs)"))
    sent = fields_of(text, "/admin/-/register/merge")
    post("/merge", dict(sent, kept_seen="1"), 409)
    post("/merge", dict(sent, **{"take:name": "gone", "take:unit": "kept"}))
    equal(server.rows("SELECT name, born, code FROM person WHERE code IN ('Q1', 'Q2')"), [("Ngo & Con", "1980-01-02", "Q1")], "one entry, with what was chosen")
    check("Q1" in page("/people/Q2") and "two entries merged" in page("/people/Q1"), "the other code finds it, and the changes say why")
    merge = re.search(r'name="merge" value="(\d+)"', page("/merges")).group(1)
    post("/merges", {"do": "split", "merge": merge})
    equal(server.rows("SELECT name, code FROM person WHERE code IN ('Q1', 'Q2') ORDER BY code"), [("Ngô & Con", "Q1"), ("Ngo & Con", "Q2")], "taken back: two again")
    post("/merges", {"do": "split", "merge": merge}, 409)
    post("/doubles", {"do": "distinct", "kept": "Q1", "gone": "Q2"})
    check("kept=Q1&amp;gone=Q2" not in page("/doubles"), "two people all the same: not proposed again")
    check("Nobody" not in page("/merge?kept=Q1&gone=NOTHERE", 400) and "NOTHERE" in page("/merge?kept=Q1&gone=NOTHERE", 400), "a code of nobody")


def tables():
    today = server.value("SELECT MAX(day) FROM register_change")
    text = page("/flow?from=2019-01-01&until=" + today)
    size = server.value("SELECT COUNT(*) FROM person WHERE unit_id IS NOT NULL")
    row = [html.unescape(re.sub(r"<[^>]+>", "", c)) for c in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", text.split("<tbody>")[1].split("</tr>")[0])]
    numbers = [int(n) for n in row[1:]]
    equal((numbers[-1], sum(numbers[:-1])), (size, size), "before, who came, who went: the end")
    reply = who["boss"].get("/admin/-/register/flow?from=2019-01-01&until=%s&format=csv" % today, Accept_Language="en")
    check(reply.header("content-type").startswith("text/csv") and reply.text.count("\r\n") == 2 + server.value("SELECT COUNT(*) FROM unit"), "as CSV")
    check(who["boss"].get("/admin/-/register/flow?from=2019-01-01&until=%s&format=xlsx" % today).body[:2] == b"PK", "as XLSX")
    text = page("/lacking")
    check("/units/U2?missing=phone#people" in text and "Without: Phone" in text, "who lacks what, unit by unit")
    check(who["boss"].get("/admin/-/register/lacking?format=csv").text.count("\r\n") == 3 + server.value("SELECT COUNT(*) FROM unit"), "as CSV")
    text = page("/units/*?missing=any")
    check("/edit\">fill in" in text and len(names(text)) == 50, "everybody who lacks something, and the way to fill it in")
    text = page("/changes")
    check("boss" in text and "/people/Q1" in text and "console" in text, "who changed what")
    check("Nothing was recorded" in page("/changes?until=2001-01-01"), "in a period")


def json_doors():
    def api(place, status=200):
        reply = who["boss"].get("/api/v1/register" + place)
        equal(reply.status, status, "GET /api/v1/register" + place)
        return json.loads(reply.text)
    codes, place = [], "/people?unit=U2&limit=40"
    for _ in range(9):
        answer = api(place)
        codes += [p["code"] for p in answer["people"]]
        if not answer["more"]:
            break
        place = "/people?unit=U2&limit=40&" + urllib.parse.urlencode(answer["next"])
    equal(sorted(codes), sorted(r[0] for r in server.rows("SELECT p.code FROM person p JOIN unit u ON u.id = p.unit_id WHERE u.code IN ('U2', 'U.3_a')")), "page by page: everybody once")
    check({"Q1", "Q2"} <= {p["code"] for p in api("/people?q=" + urllib.parse.quote("ngo con"))["people"]}, "search")
    check(all("phone" in p["missing"] for p in api("/people?missing=phone")["people"]), "who lacks what")
    api("/people?missing=nothing", 400)
    one = api("/people/P01")
    check("party_member" not in one["attributes"] and one["attributes"]["schooling"] and one["memberships"], "one person, nothing sensitive", one)
    tree = api("/units")
    equal(sum(u["own"]["people"] for u in tree["units"]) + tree["nowhere"]["people"], tree["all"]["people"], "the tree counts everybody once")
    equal(api("/units/U.3_a")["parent"], "U2", "one unit")
    flow = api("/flow?from=2019-01-01&until=2024-12-31")["all"]
    equal(flow["opening"] + sum(flow["began"].values()) - sum(flow["ended"].values()), flow["closing"], "who came and went")
    api("/flow?from=2019-01-01", 400)
    equal([api("/people/NOTHERE", 404)["code"], api("/units/NOTHERE", 404)["code"]], ["not_found"] * 2, "of nobody")
    hidden = [c for c in api("/changes?limit=500")["changes"] if c["sensitive"]]
    check(hidden and all(c["old"] is None and c["value"] is None for c in hidden), "changes hide what is sensitive")


def agrees():
    done = plenum.plenum("doctor", data=server.data, fine=False)
    check(done.returncode == 0, "plenum doctor finds all in agreement", (done.stdout + done.stderr)[-300:])


def others():
    for place in ("", "/units/U1", "/people/P01", "/people/P01/edit", "/people/P01/membership", "/new-person", "/doubles", "/merge?kept=P01&gone=P02", "/flow", "/changes"):
        equal(who["orga"].get("/admin/-/register" + place).status, 403, "not for an organiser of one event: %s" % place)
    for place in ("/people", "/people/P01", "/units", "/flow", "/changes"):
        equal(who["orga"].get("/api/v1/register" + place).status, 403, "nor as JSON: %s" % place)
    equal(who["orga"].form("/admin/-/register/people/P01", {"do": "show"}).status, 403, "nor what is sensitive")
    check("/admin/-/register" not in who["orga"].get("/admin").text, "who is not led there")
    log = who["boss"].get("/admin/-/audit").text
    equal([a for a, in server.rows("SELECT DISTINCT action FROM audit") if 'value="%s"' % a not in log], [], "each kind of line in the record can be asked for")


plenum.run("register_pages", begin, tree, search, wanted, unit, days, person, edit, edit_sensitive, made, moves, units, doubles, tables, json_doors, agrees, others)

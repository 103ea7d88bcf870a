#!/usr/bin/env python3
# suite
# sanitized
"""Delegates drawn from the register (/admin/{event}/draw): by ticking, by page, by lot within quotas, looked at before anything is written, taken back; and member cards of the
console (/admin/-/register/cards): made, printed, handed over, replaced, withdrawn, and what gates say of them.    B=build/x tests/flow/draw.py"""
import csv
import hashlib
import html
import io
import json
import os
import re
import subprocess
import sys
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import check, equal  # noqa: E402

server = plenum.Server("draw")
who = {}
DRAW, CARDS = "/admin/test-1/draw", "/admin/-/register/cards"
SIZES = {"D1": 41, "D2": 20, "D3": 7, "D4": 2}  # by largest remainder of 10 seats: 5.857, 2.857, 1.0, 0.286


def many(value, event, offset):
    units = value["organization"]["units"]
    for n, code in enumerate(SIZES):
        units.append({"code": code, "name": "Quận %s <b>" % code, "parent": None, "level": "district", "sector": None, "order": 50 + n, "members": 10})
    units.append({"code": "D1-a", "name": "Tổ một", "parent": "D1", "level": None, "sector": None, "order": 60, "members": None})
    for code, size in SIZES.items():
        value["people"] += [{"code": "%s-%02d" % (code, i), "name": "Lê Văn %s %02d" % (code, i), "unit": "D1-a" if code == "D1" and i >= 30 else code, "gender": "f" if i % 2 else "m",
                             "born": str(1960 + i) if i % 3 else "%d-05-06" % (1960 + i), "joined": str(2000 + i % 20), "title": "Chủ tịch" if i == 0 else "Đoàn viên",
                             "attributes": {"schooling": "uni"} if i < 5 else {}} for i in range(size)]


def begin():
    server.load(plenum.small_event(server.folder, many))
    server.start()
    who["boss"] = server.sign_in("boss", server.user("boss", "organiser"))
    who["orga"] = server.sign_in("orga", server.user("orga", "organiser", "test-1"))


def send(path, fields, client="boss", language="en"):
    """As a browser's form, also with one name more than once."""
    body = urllib.parse.urlencode(dict(fields, csrf=who[client].csrf), doseq=True).encode()
    return who[client].request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": None, "Accept-Language": language})


def page(query="", status=200):
    reply = who["boss"].get(DRAW + query, Accept_Language="en")
    equal(reply.status, status, "GET %s%s" % (DRAW, query))
    return reply.text


def found(text):
    """How many match, how many are delegates already, and the codes on the page."""
    part = text[text.index('id="total-found"'):]
    numbers = [int(n) for n in re.findall(r"<bdi>(\d+)</bdi>", part[:part.index("</p>")])]
    return numbers[0], numbers[1], re.findall(r'name="person" value="([^"]+)"', text)


def mark():
    return re.search(r'name="mark" value="([^"]+)"', page()).group(1)


def hidden(text):
    """What the form of the second look sends."""
    form = text[text.index('name="do" value="take"'):]
    fields = {}
    for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form[:form.index("</form>")]):
        fields.setdefault(name, []).append(html.unescape(value))
    return dict(fields, do=["take"])


def delegates():
    return server.value("SELECT COUNT(*) FROM delegate")


def choosing():
    total = server.value("SELECT COUNT(*) FROM person p WHERE NOT EXISTS (SELECT 1 FROM delegate d WHERE d.person_id = p.id)")
    all_here = found(page())
    equal(all_here[:2], (total, server.value("SELECT COUNT(*) FROM delegate WHERE person_id IS NOT NULL")), "who matches, and who is a delegate already")
    equal(found(page("?unit=D1"))[0], 41, "a unit with those beneath it")
    equal(found(page("?unit=D1-a&unit=D4"))[0], 13, "several units")
    equal(found(page("?unit=D2&sex=f"))[0], 10, "by sex")
    equal(found(page("?unit=D2&title=chu+tich"))[0], 1, "by a part of the title, without accents")
    equal(found(page("?unit=D1&attribute=schooling%3Duni"))[0], 5, "by an attribute")
    equal(found(page("?q=le+van+d3"))[0], 7, "by words of the name")
    equal(found(page("?q=d4-01"))[2], ["D4-01"], "by the code")
    equal(found(page("?unit=D2&joined_from=2000&joined_to=2004"))[0], 5, "by the year of joining")
    year = int(server.value("SELECT strftime('%Y', starts_ms / 1000 + 43200, 'unixepoch') FROM event"))
    old, young = found(page("?unit=D1&age_from=%d" % (year - 1980)))[0], found(page("?unit=D1&age_to=%d" % (year - 1981)))[0]
    check(20 <= old <= 21 and old + young == 41, "by age on the first day: one bound and the other make all", (old, young))
    check("cannot be used here" in page("?attribute=party_member%3Dtrue", 400), "what is sensitive is nothing to choose by")
    page("?unit=NOTHERE", 400)
    text = page("?unit=D1&unit=NOTHERE", 400)
    check("NOTHERE" in text and found(text)[0] == 41 and 'name="unit" value="D1" checked' in text, "one unit that is none beside one that is")
    check("Quận D1 &lt;b&gt;" in page(), "names are escaped")
    text, seen = page("?unit=D1&unit=D2"), []
    while True:
        seen += found(text)[2]
        place = re.search(r'href="([^"]*after=[^"]*)"', text)
        if not place:
            break
        text = page(html.unescape(place.group(1))[len(DRAW):].split("#")[0])
    equal((len(seen), len(set(seen))), (61, 61), "all pages together: everybody, once")


def quotas():
    first = mark()
    share = {"do": "share", "mark": first, "total": "10", "least": "0", "beneath": "", "basis": "register", "quota_category": "official"}
    equal(send(DRAW, dict(share, least="9")).status, 400, "a least number that is more than there is")
    equal(send(DRAW, dict(share, beneath="NOTHERE")).status, 404, "nor beneath a unit that is none")
    equal(send(DRAW, share).status, 303, "shared out")
    # All top units, those of the small event too: what the method must give is reckoned here once more.
    tops = dict(server.rows("WITH RECURSIVE t(id, top) AS (SELECT id, id FROM unit WHERE parent_id IS NULL UNION ALL SELECT u.id, t.top FROM unit u JOIN t ON u.parent_id = t.id) "
                            "SELECT t.top, COUNT(*) FROM t JOIN person p ON p.unit_id = t.id GROUP BY t.top"))
    everybody = sum(tops.values())
    want = {unit: 10 * n // everybody for unit, n in tops.items()}
    for unit in sorted(tops, key=lambda u: (-(10 * tops[u] % everybody), -tops[u]))[:10 - sum(want.values())]:
        want[unit] += 1
    stored = json.loads(server.value("SELECT value FROM setting WHERE name LIKE 'draw.quota.%'"))
    equal({int(k): v for k, v in stored["units"].items()}, want, "by the largest remainder")
    equal(send(DRAW, share).status, 409, "from a page that is older than somebody's change: refused")
    check("Somebody changed the quotas" in send(DRAW, share).text, "and told")
    ids = dict(server.rows("SELECT code, id FROM unit"))
    fields = {"seats-%s" % k: "" for k in stored["units"]}
    fields.update({"seats-%d" % ids["D1"]: "3", "seats-%d" % ids["D2"]: "2"})
    equal(send(DRAW, dict(fields, do="quota", mark=mark(), quota_category="official")).status, 303, "by hand")
    text = page()
    lines = [[html.unescape(re.sub(r"<[^>]+>", "", c)) for c in re.findall(r'<td class="count">(.*?)</td>', row)] for row in re.findall(r'<tr><th scope="row" class="depth.*?</tr>', text)]
    equal([(r[0], r[2], r[3]) for r in lines if r], [("41", "0", "3"), ("20", "0", "2")], "members, filled, left")
    equal(server.value("SELECT COUNT(*) FROM audit WHERE action = 'draw.quota'"), 2, "each in the audit log")


def taking():
    before = delegates()
    look = {"do": "look", "which": "ticked", "category": "official", "mandate": "elected", "delegation": "quota", "numbered": "1", "first_number": "B-099", "unit": "D1"}
    check("Nobody is chosen" in send(DRAW, look).text, "nobody is chosen")
    reply = send(DRAW, dict(look, person=["D1-31", "D1-02", "P01"]))
    equal((reply.status, delegates()), (200, before), "the look writes nothing")
    check("B-099" in reply.text and "B-100" in reply.text and "is a delegate already" in reply.text, "numbers, and who is one already")
    fields = hidden(reply.text)
    equal(fields["person"], ["D1-31", "D1-02"], "who would become one")
    equal(send(DRAW, dict(fields, digest="0" * 16)).status, 409, "something else than what was looked at is not written")
    equal(delegates(), before, "nothing")
    reply = send(DRAW, fields)
    check(reply.status == 303 and "done=taken" in reply.header("location"), "agreed", reply)
    made = server.rows("SELECT p.code, d.number, u.code, d.mandate, d.status, k.code FROM delegate d JOIN person p ON p.id = d.person_id JOIN unit u ON u.id = d.delegation_id "
                       "JOIN category k ON k.id = d.category_id WHERE p.code LIKE 'D1-%' ORDER BY d.number")
    equal(made, [("D1-31", "B-099", "D1", "elected", "summoned", "official"), ("D1-02", "B-100", "D1", "elected", "summoned", "official")], "with all that was said")
    equal(server.value("SELECT COUNT(*) FROM credential c JOIN person p ON p.id = c.person_id WHERE p.code LIKE 'D1-%' AND c.event_id IS NOT NULL"), 2, "each with a badge")
    equal(send(DRAW, fields).status, 409, "the same again is not what it was")
    check('"results":[{' in who["boss"].get("/api/v1/events/test-1/delegates?q=d1-31").text.replace(" ", ""), "the desk finds them")
    over = send(DRAW, dict(look, which="page", on_page=["D1-03", "D1-04"]))
    check('id="over-quota"' in over.text, "more than the quota leaves is told")
    fields = hidden(over.text)
    equal(fields.pop("over"), ["1"], "and asks")
    equal((send(DRAW, fields).status, delegates()), (400, before + 2), "and not written by mistake")
    equal((send(DRAW, dict(fields, over="1")).status, delegates()), (303, before + 4), "but when it is meant")
    plenum.plenum("doctor", data=server.data)
    check(True, "plenum doctor finds the figures as they should be")


def by_lot():
    before = delegates()
    pool = who["boss"].get(DRAW + "/codes.txt?unit=D2&unit=D3").text
    codes = pool.split()
    equal(len(codes), 27, "the list that the lot is drawn from")
    seed = "Xổ số 5/6: 04 17 23"
    order = sorted(codes, key=lambda c: hashlib.sha256((seed + "\n" + c).encode()).hexdigest())
    look = {"do": "look", "which": "lot", "seed": "  " + seed + " ", "count": "", "unit": ["D2", "D3"], "category": "official", "delegation": "own"}
    check("A seed is needed" in send(DRAW, dict(look, seed=" ")).text, "without a seed there is no lot")
    reply = send(DRAW, look)
    check(hashlib.sha256(pool.encode()).hexdigest() in reply.text, "the fingerprint of that list")
    drawn = re.findall(r"<small class=\"muted\"><bdi>([^<]+)</bdi>", reply.text.split('class="entries drawn"')[1])
    equal(drawn, [c for c in order if c.startswith("D2")][:2], "whom anybody finds who repeats it, within the quota")
    fields = hidden(reply.text)
    check("person" not in fields and fields["which"] == ["lot"], "the form names nobody: it is drawn anew")
    three = send(DRAW, dict(look, count="3"))
    equal(re.findall(r"<small class=\"muted\"><bdi>([^<]+)</bdi>", three.text.split('class="entries drawn"')[1]), order[:3], "or a number of all")
    who["other"] = server.sign_in("boss2", server.user("boss2", "organiser"))
    equal(send(DRAW, dict(fields), client="other").status, 303, "somebody else is faster")
    again = send(DRAW, fields)
    check(again.status in (400, 409) and delegates() == before + 2, "then nothing is written twice", again.status)
    detail = json.loads(server.value("SELECT detail FROM audit WHERE action = 'draw' ORDER BY id DESC LIMIT 1"))
    equal((detail["draw"]["seed"], detail["draw"]["candidates"], detail["draw"]["method"]), (seed, 27, "sha256-lot/1"), "the audit log keeps what it is repeated from")
    check(seed in page(), "and so does the page")


def back():
    before = delegates()
    number = server.value("SELECT MAX(number) FROM list_import")
    code = server.value("SELECT p.code FROM delegate d JOIN person p ON p.id = d.person_id WHERE p.code LIKE 'D2-%' LIMIT 1")
    token = server.value("SELECT c.token FROM credential c JOIN delegate d ON d.id = c.delegate_id JOIN person p ON p.id = d.person_id WHERE p.code = ?", code)
    device = server.device("test-1", "main")
    who["gate"] = device
    equal(device.post("/api/v1/checkins", plenum.scan(token, "main")).json()["results"][0]["outcome"], "admitted", "one of them comes in")
    reply = send(DRAW, {"do": "undo", "number": str(number)})
    check(reply.status == 303 and "undone_some" in reply.header("location"), "taking back leaves who came", reply)
    equal(delegates(), before - 1, "the other is gone")
    equal(send(DRAW, {"do": "undo", "number": str(number)}).status, 409, "once")
    equal(send(DRAW, {"do": "undo", "number": "9999"}).status, 404, "what was never drawn")
    plenum.plenum("doctor", data=server.data)
    check(True, "plenum doctor agrees")


# --- member cards ------------------------------------------------------------------------------------------------------------------------------------

def cards(query=""):
    return who["boss"].get(CARDS + query, Accept_Language="en").text


def counts(query=""):
    part = cards(query).split('id="card-counts"')[1]
    return [int(n) for n in re.findall(r"<dd>(\d+)</dd>", part[:part.index("</dl>")])]


def good_card(code):
    return server.value("SELECT c.token FROM credential c JOIN person p ON p.id = c.person_id WHERE p.code = ? AND c.event_id IS NULL AND c.revoked_ms IS NULL", code)


def made_and_printed():
    equal(counts("?unit=D3"), [7, 7, 0, 0, 0, 0, 0], "nobody has a card")
    reply = send(CARDS, {"do": "make", "unit": "D3"})
    check(reply.status == 303 and "count=7" in reply.header("location"), "made for all of a unit", reply)
    equal(counts("?unit=D3"), [7, 0, 7, 0, 0, 0, 0], "each has one")
    reply = send(CARDS, {"do": "make", "person": "D1-02", "back": "person"})
    equal(reply.header("location"), "/admin/-/register/people/D1-02?card=made#card", "and for one person")
    pdf = who["boss"].get(CARDS + ".pdf?unit=D3&record=0")
    check(pdf.status == 200 and pdf.body.startswith(b"%PDF"), "looked at", pdf.status)
    equal(counts("?unit=D3")[2:4], [7, 0], "which is no print")
    pdf = who["boss"].get(CARDS + ".pdf?unit=D3&not_printed=1&page=A4")
    path = os.path.join(server.folder, "cards.pdf")
    with open(path, "wb") as f:
        f.write(pdf.body)
    info = subprocess.run([plenum.tool("pdfinfo"), path], capture_output=True, text=True).stdout
    check(re.search(r"Pages: +1\n", info) and re.search(r"Page size: +595", info), "all on one sheet", info)
    equal(counts("?unit=D3"), [7, 0, 0, 7, 0, 0, 0], "printed")
    equal(who["boss"].get(CARDS + ".pdf?unit=D3&not_printed=1").status, 404, "and not by mistake again")
    listed = list(csv.DictReader(io.StringIO(send(CARDS, {"do": "list", "unit": "D3"}).body.decode("utf-8-sig"))))
    equal([(r["code"], r["state"]) for r in listed], [("D3-%02d" % i, "printed") for i in range(7)], "the list to take along")
    check(all(t not in json.dumps(listed) and t not in server.log_text() and t not in cards() for t, in server.rows("SELECT token FROM credential")), "no token in list, log or page")


def handed():
    equal(send(CARDS, {"do": "hand", "person": "D3-00"}).status, 303, "to the member")
    equal(send(CARDS, {"do": "hand", "person": "D3-00"}).status, 409, "once")
    equal(send(CARDS, {"do": "scan", "card": "http://any.host/D/" + good_card("D3-01")}).status, 303, "by reading the card")
    equal(send(CARDS, {"do": "scan", "card": "hello"}).status, 400, "what is no card")
    equal(send(CARDS, {"do": "hand", "unit": "D3", "to": "Người đại diện"}).status, 303, "the rest of the unit to one person")
    equal(counts("?unit=D3"), [7, 0, 0, 0, 7, 0, 0], "all are handed over")
    takers = dict(server.rows("SELECT h.to_name, COUNT(*) FROM handover h JOIN handed_badge b ON b.handover_id = h.id GROUP BY h.to_name"))
    equal(takers, {"Lê Văn D3 00": 1, "Lê Văn D3 01": 1, "Người đại diện": 5}, "by whom")
    text = who["boss"].get("/admin/-/register/people/D3-00", Accept_Language="en").text
    handover = re.search(r'name="handover" value="(\d+)"', text).group(1)
    equal(send(CARDS, {"do": "unhand", "handover": handover, "person": "D3-00", "back": "person"}).status, 303, "taken back")
    equal(counts("?unit=D3")[3:5], [1, 6], "one is printed only again")


def lost():
    gate, old = who["gate"], good_card("D1-02")

    def says(token):
        result = gate.post("/api/v1/checkins", plenum.scan(token, "main")).json()["results"][0]
        return result["outcome"], result["reason"]
    equal(says(old), ("admitted", None), "a member card opens the gate where its person is a delegate")
    equal(says(good_card("D3-02"))[0], "refused", "and none where they are not")
    equal(send(CARDS, {"do": "replace", "person": "D1-02", "seen": "1", "reason": "lost", "back": "person"}).status, 303, "lost and replaced")
    equal(says(old), ("refused", "revoked"), "the old one stops at once")
    equal(says(good_card("D1-02"))[0], "already_in", "the new one is the same person")
    text = who["boss"].get("/admin/-/register/people/D1-02", Accept_Language="en").text
    check(text.count("not good any more") == 1 and text.count('class="good"') == 1, "their page says which of the two is good")
    equal(send(CARDS, {"do": "replace", "person": "D1-02", "seen": "1"}).status, 409, "somebody else was faster")
    equal(send(CARDS, {"do": "scan", "card": old}).status, 409, "a dead card is not handed over")
    equal(counts("?state=replaced")[-1], 1, "counted as replaced")
    token = good_card("D1-02")
    equal(send(CARDS, {"do": "withdraw", "person": "D1-02", "reason": "left"}).status, 303, "withdrawn")
    equal((says(token), good_card("D1-02")), (("refused", "revoked"), None), "and dead")
    equal(send(CARDS, {"do": "withdraw", "person": "D1-02"}).status, 409, "once")
    equal(send(CARDS, {"do": "make", "unit": "D1"}).status, 303, "making many")
    equal((counts("?unit=D1")[1], counts("?unit=D1")[5], good_card("D1-02")), (0, 1, None), "gives none to whom it was withdrawn from")
    text = who["boss"].get("/admin/-/register/people/D1-02", Accept_Language="en").text
    check(text.count("not good any more") == 2, "their page has the trail")
    equal(server.value("SELECT COUNT(*) FROM audit WHERE action IN ('reissue', 'card.withdraw') AND subject = 'D1-02'"), 2, "and so has the audit log")


def others():
    equal(who["orga"].get(DRAW).status, 403, "the register is not for an organiser of one event")
    equal(send(DRAW, {"do": "share", "total": "3"}, client="orga").status, 403, "nor the quotas")
    equal(who["orga"].get(DRAW + "/codes.txt").status, 403, "nor codes")
    equal((who["orga"].get(CARDS).status, who["orga"].get(CARDS + ".pdf").status, send(CARDS, {"do": "make"}, client="orga").status), (403, 403, 403), "nor cards")
    equal((send(DRAW, {}).status, send(CARDS, {"do": "replace"}).status), (400, 400), "a form that says nothing")
    check("/draw" in who["boss"].get("/admin/test-1").text and "/draw" not in who["orga"].get("/admin/test-1").text, "the console leads there whoever may")


if __name__ == "__main__":
    plenum.run("draw", begin, choosing, quotas, taking, by_lot, back, made_and_printed, handed, lost, others)

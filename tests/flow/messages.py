#!/usr/bin/env python3
# suite
# sanitized
"""A phone's question: it arrives at two desks at once, one takes it, the other sees so, it is answered, and the phone shows it; without any script. Announcements: written,
planned, for some, urgent, changed, ended, by a clock that the test moves forward and back; on wall, phone and public page, told by the live line at the moment. Texts for chat
groups hold no badge, no name and no Wi-Fi that nobody asked for.    B=build/x tests/flow/messages.py"""
import datetime
import html
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import gates_kit  # noqa: E402
import plenum  # noqa: E402
from plenum import Client, Stream, check, equal, wait  # noqa: E402

server = plenum.Server("messages")
MINUTE = 60 * 1000
tokens, who, at = {}, {}, {}
clock = None


def shape(value, event, offset):
    at["offset"] = offset
    event["announcements"] = [{"text": {"vi": "Từ tệp", "en": "From the file"}}]
    event["sessions"] = [{"code": "s1", "title": {"vi": "Khai mạc", "en": "Opening"}, "starts": plenum.local_text(offset, -60), "ends": plenum.local_text(offset, 60), "area": "hall",
                          "speakers": ["Trần Diễn Giả"]}]
    event["wifi"] = {"ssid": "HoiTruong", "password": "bi mat wifi", "security": "WPA"}
    event["documents"] += [{"code": "open", "title": {"vi": "Ai cũng đọc"}, "file": "papers/programme.pdf", "language": "vi"},
                           {"code": "some", "title": {"vi": "Chỉ đại biểu chính thức"}, "file": "papers/programme.pdf", "language": "vi", "audience": {"categories": ["official"]}},
                           {"code": "locked", "title": {"vi": "Có mã PIN"}, "file": "papers/programme.pdf", "language": "vi", "restricted": True},
                           {"code": "draft", "title": {"vi": "Chưa công bố"}, "file": "papers/programme.pdf", "language": "vi", "publish_at": "manual"}]
    value["organization"]["languages"] = ["vi", "en", "ar"]


def begin():
    global clock
    server.load(plenum.small_event(server.folder, shape))
    gates_kit.build_clock(server.folder)
    clock = gates_kit.Clock(server.folder, "server")
    server.env = clock.environment()
    for name, role in (("lan", "organiser"), ("ban-1", "desk"), ("ban-2", "desk")):
        at[name] = server.user(name, role, "test-1")
    server.start("--public-url", "http://dai-hoi.example:8080")
    for name in ("lan", "ban-1", "ban-2"):
        who[name] = server.sign_in(name, at[name])
    who["ban-1b"] = server.sign_in("ban-1", at["ban-1"])  # a second desk under the same name
    tokens.update(server.tokens("test-1"))
    at["unit"] = server.value("SELECT u.code FROM delegate d JOIN person p ON p.id = d.person_id JOIN unit u ON u.id = d.delegation_id WHERE p.code = 'P01'")


def local(minutes):
    """What a form's field says: so many minutes from the server's now, by the event's clock."""
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=at["offset"], minutes=minutes, milliseconds=clock.wall_ms)
    return when.strftime("%Y-%m-%dT%H:%M")


def phone(code="P01", language="vi"):
    client = Client(server)
    client.get("/d/%s?lang=%s" % (tokens[code], language))
    return client


def news(client, code="P01"):
    return client.get("/d/%s/news" % tokens[code])


def part(page, name):
    found = re.search(r'<div id="live-%s">(.*?)</div>' % name, page.text, re.S)
    return html.unescape(found.group(1)) if found else ""


def desk(name="ban-1"):
    return who[name].get("/desk/test-1/questions")


def send(name, **fields):
    return who[name].form("/desk/test-1/questions", fields)


def question(words):
    return str(server.value("SELECT id FROM question WHERE words = ?", words))


# --- questions ------------------------------------------------------------------------------------------------------------------------

def a_question_goes_round():
    streams = [Stream(who[name], "/api/v1/events/test-1/live") for name in ("ban-1", "ban-2")]
    wall = Stream(server.display("test-1"), "/api/v1/events/test-1/live?for=wall")
    first = [s.wait(lambda n, d: n == "snapshot", 30) for s in streams]
    check(all(s and s["questions"]["waiting"] == 0 for s in first), "a desk begins with how many wait", first)
    asker = phone("P01", "en")
    before = news(asker).header("etag")
    equal(asker.form("/d/%s/ask" % tokens["P01"], {"words": "Where is the lunch?"}).status, 303, "a question from a phone")
    for i, s in enumerate(streams):
        told = s.wait(lambda n, d: n == "questions" and d["waiting"] == 1, 20)
        check(told and told["asked"] == 1 and told["oldest"], "desk %d hears of it at once" % (i + 1), s.events[-3:])
    page = desk()
    check('class="open' in page.text and "Where is the lunch?" in page.text and 'class="waits"' in page.text, "it stands on the page, with how long it waits")
    check('name="ready" value="come"' in page.text and "Please come to the registration desk" in page.text, "ready answers are in the language of the asker's page")
    here = question("Where is the lunch?")
    # one takes it: the others see so, and also the same account at another desk
    mark = [desk(n).header("etag") for n in ("ban-1", "ban-2", "ban-1b")]
    equal(send("ban-1", question=here, take="1").status, 303, "one says: I am answering this")
    check("taken-you" in desk().text and "taken-by" not in desk().text, "who said so sees it as their own")
    check("taken-by" in desk("ban-2").text and "ban-1" in desk("ban-2").text, "the other desk sees who")
    check("taken-by" in desk("ban-1b").text, "and so does another desk under the same name")
    check(all(desk(n).header("etag") != m for n, m in zip(("ban-1", "ban-2", "ban-1b"), mark)), "every open page hears of it")
    check(wait(lambda: streams[1].wait(lambda n, d: n == "questions" and "-1-" in d["mark"], 0.1)), "by the live line too")
    equal(send("ban-2", question=here, take="1").status, 409, "nobody else can say so meanwhile")
    equal(send("ban-2", question=here, answer="Over there").status, 409, "who did not know of it is told before the answer goes out")
    equal(server.value("SELECT answer FROM question WHERE id = ?", int(here)), None, "nothing went out")
    seen = re.search(r'name="taken" value="([0-9a-f]{16})"', desk("ban-2").text).group(1)
    equal(send("ban-2", question=here, take="0").status, 303, "leaving somebody else's")
    check("taken-by" in desk("ban-2").text, "changes nothing")
    equal(send("ban-1", question=here, ready="come").status, 303, "a ready answer by one press")
    check(part(news(asker), "questions").find("Please come to the registration desk") > 0, "the phone shows it, in its own language")
    check(news(asker).header("etag") != before, "by another ETag, so an open page hears of it")
    check("taken" not in (server.value("SELECT taken_key FROM question WHERE id = ?", int(here)) or ""), "an answered one is nobody's")
    equal(send("ban-2", question=here, answer="Second", taken=seen).status, 409, "a second answer that has not seen the first")
    check(all(s.wait(lambda n, d: n == "questions" and d["waiting"] == 0, 20) for s in streams), "the desks' count goes down")
    check(not any(n == "questions" or "questions" in d for n, d, _ in wall.events), "walls hear nothing of questions")
    for s in streams + [wall]:
        s.end()


def a_claim_ends():
    asker = phone("P02")
    asker.form("/d/%s/ask" % tokens["P02"], {"words": "Xe ở đâu?"})
    here = question("Xe ở đâu?")
    send("ban-1", question=here, take="1")
    send("ban-1", question=here, take="0")
    check("taken-by" not in desk("ban-2").text, "left to others")
    send("ban-1", question=here, take="1")
    clock.step(4 * MINUTE)
    check("taken-by" not in desk("ban-2").text, "who went away holds nothing up")
    clock.step(-30 * MINUTE)
    check("taken-by" not in desk("ban-2").text, "nor when the clock is put back")
    clock.step(0)
    known = re.search(r'name="taken" value="([0-9a-f]{16})"', desk("ban-2").text)
    equal(send("ban-2", question=here, answer="Cổng 2", taken=known.group(1)).status, 303, "who has seen the claim may answer all the same")
    check("Cổng 2" in part(news(asker, "P02"), "questions"), "and the phone shows it")
    order = [html.unescape(w) for w in re.findall(r'<p class="words" dir="auto">(.*?)</p>', desk().text)]
    phone("P03").form("/d/%s/ask" % tokens["P03"], {"words": "Câu chờ"})
    again = [html.unescape(w) for w in re.findall(r'<p class="words" dir="auto">(.*?)</p>', desk().text)]
    equal(again[0], "Câu chờ", "unanswered ones stand first")
    equal(len(again), len(order) + 1, "and none is lost")
    for fields, status in (({"question": here, "ready": "nonsense"}, 400), ({"question": "1", "ready": "come"}, 404), ({"question": "1", "take": "1"}, 404), ({"question": "x", "take": "1"}, 404),
                           ({"question": question("Câu chờ"), "answer": ""}, 400), ({"question": question("Câu chờ"), "answer": "x" * 501}, 400)):
        equal(send("ban-1", **fields).status, status, "refused: %s" % fields)


# --- announcements ----------------------------------------------------------------------------------------------------------------------

def write(status=303, **fields):
    fields = dict({"do": "write", "to_wall": "1", "to_phone": "1"}, **fields)
    fields = {k: v for k, v in fields.items() if v is not None}
    reply = who["lan"].form("/admin/test-1/announcements", fields)
    equal(reply.status, status, "the form: %s" % fields.get("text_vi", fields)) if status else None
    return reply


def page():
    return who["lan"].get("/admin/test-1/announcements").text


def row(text, column="id"):
    return server.value("SELECT %s FROM announcement WHERE text LIKE ? ORDER BY id DESC" % column, "%" + text + "%")


def on_wall(text):
    stream = Stream(who["wall"], "/api/v1/events/test-1/live?for=wall")
    snapshot = stream.wait(lambda n, d: n == "snapshot", 30)
    stream.end()
    return text in json.dumps(snapshot["announcements"], ensure_ascii=False)


def everywhere(text, want, what):
    """Which of wall, phone P01 (official, of a delegation), phone P10 (guest, of none), public page show it. The live line looks some times a second."""
    shown = {"wall"} if wait(lambda: on_wall(text) == ("wall" in want), 30) and "wall" in want else set()
    if "wall" not in want and on_wall(text):
        shown.add("wall")
    for name in ("P01", "P10"):
        a, b, c = text in news(Client(server), name).text, text in Client(server).get("/d/" + tokens[name]).text, text in who["lan"].get("/d/%s?view=delegate" % tokens[name]).text
        check(a == b == c, "%s: news, kept page and whole page of %s agree" % (text, name), (a, b, c))
        if a:
            shown.add(name)
    if text in Client(server).get("/e/test-1?lang=vi").text:
        shown.add("public")
    equal(shown, want, what)


def written_and_planned():
    who["wall"] = server.display("test-1")
    ALL = {"wall", "P01", "P10", "public"}
    everywhere("Từ tệp", ALL, "what came from the event file is shown")
    wall, at_desk = Stream(who["wall"], "/api/v1/events/test-1/live?for=wall"), Stream(who["ban-1"], "/api/v1/events/test-1/live")
    check(wall.wait(lambda n, d: n == "snapshot", 30) and at_desk.wait(lambda n, d: n == "snapshot", 30), "wall and desk listen")
    reply = write(text_vi="Giờ ăn trưa: 11 giờ 30", text_en="Lunch at 11:30")
    check("done=made" in reply.header("location"), "it leads back to the list")
    check(wall.wait(lambda n, d: n == "announcement" and "11:30" in json.dumps(d), 20), "the wall hears of it at once", wall.events[-2:])
    check(at_desk.wait(lambda n, d: n == "announcement" and "11:30" in json.dumps(d), 20), "and the desk")
    everywhere("11 giờ 30", ALL, "it is shown everywhere")
    check("Lunch at 11:30" in Client(server).get("/e/test-1?lang=en").text, "in the reader's language")
    check('lang="vi"' in part(Client(server).get("/d/%s/news?lang=ar" % tokens["P01"]), "news"), "else in another, marked as such")
    check("العربية" in page() and "told-missing" in page(), "the organiser is told which language is missing")
    # a start and an end that nobody presses: the clock moves on while the line is open
    one = phone()
    etag = news(one).header("etag")
    write(text_vi="Họp tổ ở tầng 2", text_en="Groups on floor 2", text_ar="المجموعات", **{"from": local(30), "until": local(60), "urgent": "1"})
    changed = news(one).header("etag")
    check(changed != etag, "a plan is another configuration")
    everywhere("tầng 2", set(), "it waits for its hour")
    equal(news(one).header("etag"), changed, "till then nothing moves")
    clock.step(31 * MINUTE)
    check(wall.wait(lambda n, d: n == "announcement" and "tầng 2" in json.dumps(d, ensure_ascii=False), 25), "the wall is told when it begins", wall.events[-1:])
    check(at_desk.wait(lambda n, d: n == "announcement" and "tầng 2" in json.dumps(d, ensure_ascii=False), 25), "and the desk")
    check(news(one).header("etag") != changed, "the phone's ETag is another one")
    everywhere("tầng 2", ALL, "it is shown everywhere")
    check("tầng 2" in part(news(one), "urgent") and "tầng 2" not in part(news(one), "news"), "urgent: first on the phone")
    text = Client(server).get("/d/" + tokens["P01"]).text
    check(text.index("live-urgent") < text.index("class=\"hello\"") < text.index("live-news"), "above everything else")
    count = len(wall.events)
    clock.step(61 * MINUTE)
    check(wait(lambda: any(n == "announcement" and "tầng 2" not in json.dumps(d, ensure_ascii=False) for n, d, _ in wall.events[count:]), 25), "and when it is over")
    everywhere("tầng 2", set(), "nobody sees it any more")
    count = len(wall.events)
    clock.step(40 * MINUTE)  # somebody puts the server's clock right
    check(wait(lambda: any(n == "announcement" and "tầng 2" in json.dumps(d, ensure_ascii=False) for n, d, _ in wall.events[count:]), 25), "a clock that was put back puts the wall right")
    everywhere("tầng 2", ALL, "and every phone")
    clock.step(0)
    everywhere("tầng 2", set(), "before its hour again")
    wall.end()
    at_desk.end()


def for_some():
    write(text_vi="Chỉ khách mời", to_wall=None, category="guest")
    everywhere("Chỉ khách mời", {"P10"}, "for one category")
    write(text_vi="Chỉ đoàn một", to_wall=None, delegation=at["unit"])
    everywhere("Chỉ đoàn một", {"P01"}, "for one delegation")
    write(text_vi="Khách của đoàn một", to_wall=None, category="guest", delegation=at["unit"])
    everywhere("Khách của đoàn một", set(), "both: nobody is in both")
    other = next(code for code, unit in server.rows("SELECT p.code, u.code FROM delegate d JOIN person p ON p.id = d.person_id JOIN unit u ON u.id = d.delegation_id WHERE u.code <> ? "
                                                    "AND d.status = 'summoned' AND d.category_id = (SELECT id FROM category WHERE code = 'official' AND event_id = d.event_id)", at["unit"]))
    for _ in range(3):  # the part of the page that a category shares must not leak to another delegation
        check("Chỉ đoàn một" in Client(server).get("/d/" + tokens["P01"]).text and "Chỉ đoàn một" not in Client(server).get("/d/" + tokens[other]).text, "no kept part of a page tells the other delegation")
    reply = write(400, text_vi="Lên tường", category="guest")
    check('role="alert"' in reply.text and 'value="guest" checked' in reply.text and "Lên tường" in reply.text, "an audience on a wall is refused, and the form keeps what was written")
    equal(row("Lên tường"), None, "and nothing is stored")


def refused():
    for fields, word in (({"text_vi": ""}, "nội dung"), ({"text_vi": "x", "to_wall": None, "to_phone": None}, "màn hình"), ({"text_vi": "x" * 601}, "600"),
                         ({"text_vi": "x", "until": local(-5)}, "kết thúc"), ({"text_vi": "x", "from": local(20), "until": local(10)}, "kết thúc"), ({"text_vi": "x", "from": "gestern"}, "giờ"),
                         ({"text_vi": "x", "to_wall": None, "category": "khong-co"}, "khong-co"),
                         ({"text_vi": "Xem http://x.vn/D/" + tokens["P01"]}, "thẻ")):
        reply = write(400, **fields)
        check(word in reply.text, "it is said why: %s" % fields, re.findall(r'role="alert">(.*?)</p>', reply.text))
    equal(who["lan"].form("/admin/test-1/announcements", {"do": "else"}).status, 400, "nothing else can be done")
    equal(who["ban-1"].form("/admin/test-1/announcements", {"do": "write", "text_vi": "x", "to_wall": "1"}).status, 403, "the desk writes none")


def changed_and_ended():
    write(text_vi="Phòng 201")
    here, version = str(row("Phòng 201")), str(row("Phòng 201", "version"))
    form = who["lan"].get("/admin/test-1/announcements?edit=" + here).text
    check(">Phòng 201</textarea>" in form and 'name="version" value="%s"' % version in form, "the form has what is stored")
    write(text_vi="Phòng 202", id=here, version=version)
    everywhere("Phòng 202", {"wall", "P01", "P10", "public"}, "a change is shown at once")
    everywhere("Phòng 201", set(), "and what was there before is gone")
    reply = write(409, text_vi="Phòng 203", id=here, version=version)
    check("Phòng 203" in reply.text, "a form that was open for long changes nothing, and keeps what was written")
    equal(who["lan"].form("/admin/test-1/announcements", {"do": "end", "id": here}).status, 303, "ended by hand")
    equal(who["lan"].form("/admin/test-1/announcements", {"do": "end", "id": here}).status, 303, "twice does no harm")
    everywhere("Phòng 202", set(), "nobody sees it any more")
    equal(who["lan"].form("/admin/test-1/announcements", {"do": "end", "id": "4711"}).status, 404, "there is no such one")
    past = page()[page().index('id="past"'):]
    check(all(word in past for word in ("Phòng 201", "Phòng 202")), "what was shown when stays")
    equal([r[0] for r in server.rows("SELECT kind FROM announcement_change WHERE announcement_id = ? ORDER BY id", int(here))], ["made", "changed", "ended"], "each change is noted")
    equal([r[0] for r in server.rows("SELECT action FROM audit WHERE subject = ? ORDER BY id", here)], ["announcement.made", "announcement.changed", "announcement.ended"], "and audited")
    again = who["lan"].get("/admin/test-1/announcements?again=" + here).text
    check(">Phòng 202</textarea>" in again and 'name="version"' not in again and ("again=%s#write" % here) in again, "what was ended by mistake is said again by a press")
    # the event file again: what the console did stays
    file_one = str(row("Từ tệp"))
    who["lan"].form("/admin/test-1/announcements", {"do": "end", "id": file_one})
    server.load(os.path.join(server.folder, "event.json"))
    everywhere("Từ tệp", set(), "an import does not bring back what was ended")
    everywhere("Chỉ khách mời", {"P10"}, "and takes away nothing that was written here")


# --- texts for chat groups ----------------------------------------------------------------------------------------------------------------

def texts(query=""):
    reply = who["lan"].get("/admin/test-1/chat" + query)
    equal(reply.status, 200, "the page of texts %s" % query)
    return {tag: html.unescape(text) for tag, text in re.findall(r'<textarea id="chat-(\w+)"[^>]*>(.*?)</textarea>', reply.text, re.S)}


def harmless(found, what):
    """No badge, nobody's name, no PIN, no phone number."""
    names = [r[0] for r in server.rows("SELECT name FROM person")] + ["Trần Diễn Giả"]
    for tag, text in found.items():
        bad = [t for t in tokens.values() if t.lower() in text.lower()] + [n for n in names if n in text]
        check(not bad and "/d/" not in text.lower() and not re.search(r"\b[0-9A-HJKMNP-TV-Z]{16}\b", text), "%s (%s): no badge, no name" % (what, tag), bad)


def for_chat_groups():
    found = texts()
    equal(sorted(found), ["ar", "en", "vi"], "one for each language of the organisation")
    harmless(found, "programme and papers")
    check("Khai mạc" in found["vi"] and "Opening" in found["en"] and "http://dai-hoi.example:8080/e/test-1" in found["vi"], "today's programme, the public address", found)
    check("Ai cũng đọc" in found["vi"], "papers of today that everybody may see")
    check(not any(w in "".join(found.values()) for w in ("Chỉ đại biểu chính thức", "Có mã PIN", "Chưa công bố", "bi mat wifi", "HoiTruong")), "no others, and no Wi-Fi")
    ticked = texts("?parts=1&wifi=1")
    check("bi mat wifi" in ticked["vi"] and "Khai mạc" not in ticked["vi"] and "http" not in ticked["vi"], "Wi-Fi when it is ticked, and only what is ticked", ticked)
    one = texts("?announcement=%s" % row("11 giờ 30"))
    harmless(one, "an announcement")
    check("Giờ ăn trưa" in one["vi"] and "Lunch at 11:30" in one["en"] and "Khai mạc" not in one["vi"], "an announcement, with the address")
    check("tầng 2" in texts("?announcement=%s" % row("tầng 2"))["vi"] and "Khẩn" in texts("?announcement=%s" % row("tầng 2"))["vi"], "an urgent one says so")
    equal(who["lan"].get("/admin/test-1/chat?announcement=4711").status, 404, "there is no such one")
    server.write("UPDATE event SET title = ?", json.dumps({"vi": "Đại hội http://x/d/" + tokens["P01"]}))
    server.write("UPDATE event SET config_seq = config_seq + 1")
    reply = who["lan"].get("/admin/test-1/chat")
    check(tokens["P01"] not in re.sub(r"(?s)<title>.*?</title>|<p class=\"bar-title\".*?</p>", "", reply.text) and 'role="alert"' in reply.text, "whatever was written where: no text with a badge's address")
    found = plenum.plenum("export", "event", "--event", "test-1", "--format", "json", data=server.data)
    listed = json.loads(found.stdout)["events"][0]["announcements"]
    check(any(a.get("audience") == {"delegations": [at["unit"]]} for a in listed) and not any("Từ tệp" in json.dumps(a, ensure_ascii=False) for a in listed), "an export has what is shown or to come", listed)


plenum.run("messages", begin, a_question_goes_round, a_claim_ends, written_and_planned, for_some, refused, changed_and_ended, for_chat_groups)

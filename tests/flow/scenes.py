#!/usr/bin/env python3
# suite
# sanitized
"""Scenes and walls over HTTP: two walls open by the six digits, the organiser switches from the page without a script, both walls hear it at once; all or one, by
hand or by the programme, undo, two organisers, a form sent twice; what must not open a wall; a wall that is shut out; a server that was killed.    B=build/x tests/flow/scenes.py"""
import datetime
import json
import os
import re
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, Stream, check, csrf_of, equal, note, uuid7, wait  # noqa: E402

server = plenum.Server("scenes", address="0.0.0.0")
who, walls, streams = {}, {}, {}
PAGE = "/admin/test-1/wall"
LIVE = "/api/v1/events/test-1/live?for=wall"
NAMES = ["attendance", "quorum", "programme", "our_work", "welcome", "message", "black"]


def shape(value, event, offset):
    value["organization"]["languages"] = ["vi", "en", "ar"]
    event["sessions"] = []
    event["announcements"] = [{"text": {"vi": "Mời về hội trường", "en": "Please come to the hall"}, "to": ["wall"]}, {"text": "Xe \"4\" chờ ở cổng", "to": ["wall"]}]


def code():
    return server.value("SELECT display_code FROM event WHERE slug = 'test-1'")


def request_of(page):
    return re.search(r'class="request" name="request" value="([^"]+)"', page.text).group(1)


def press(client, do, wall=0, path=PAGE, **fields):
    if "request" not in fields:
        fields["request"] = request_of(client.get(path))
    return client.form(PAGE, dict(fields, do=do, wall=str(wall)))


def picture(name):
    """What that wall shows, by the newest that its stream has said."""
    scene = None
    for kind, data, _ in list(streams[name].events):
        if kind == "snapshot":
            scene = data["scene"]
        elif kind == "scene":
            scene = data
    own = walls[name].wall
    return scene["walls"].get(own, scene["all"])


def both_show(one, two):
    return wait(lambda: (picture("one")["name"], picture("two")["name"]) == (one, two))


def wall_of(client):
    return re.search(r'data-wall="(\d*)"', client.get("/display/test-1").text).group(1)


def seen(client, query="", **fields):
    csrf = re.search(r'data-csrf="([^"]+)"', client.get("/display/test-1").text).group(1)
    return client.form("/display/test-1/seen" + query, fields, {"X-CSRF-Token": csrf})


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    who["orga"] = server.sign_in("orga", server.user("orga", "organiser", "test-1"))
    who["orgb"] = server.sign_in("orgb", server.user("orgb", "organiser", "test-1"))
    who["lan"] = server.sign_in("lan", server.user("lan", "desk", "test-1"))
    check(re.fullmatch(r"\d{6}", code()), "an event's walls have a code of six digits", code())
    codes = [row[0] for row in server.rows("SELECT display_code FROM event")]
    equal(len(set(codes)), len(codes), "no two events have the same")


def the_short_address():
    stranger = Client(server)
    page = stranger.get("/w?w=1920&h=960&safe=4&transparent=1&x=%3Cb%3E&lang=en")
    equal(page.status, 200, "the short address asks for a code")
    check('action="/w?w=1920&amp;h=960&amp;safe=4&amp;transparent=1"' in page.text and "test-1" not in page.text, "keeps the technician's frame, and names no event")
    check('inputmode="numeric"' in page.text and 'href="?lang=vi&amp;w=1920' in page.text, "with digits to type; its languages keep the frame too")
    odd = stranger.get("/w?w=-5&h=99999999999999999999&safe=%22%3E&transparent=perhaps").text
    check('action="/w"' in odd and "99999" not in odd, "what no screen has is dropped")
    reply = stranger.request("GET", "/w?w=640", headers={"Host": "some.router.lan"})
    check(reply.status == 302 and reply.header("location").endswith("/w?w=640") and "some.router" not in reply.header("location"), "a name that is not ours leads to one that is", reply)
    equal(stranger.form("/w", {"code": "12"}).status, 400, "five digits too few are a slip")
    digits = code()
    for typed in (digits[:3] + " " + digits[3:], "".join(chr(0x0660 + int(d)) for d in digits)):
        client = Client(server)
        reply = client.form("/w?w=1920&h=960&safe=4&transparent=1", {"code": typed})
        equal((reply.status, reply.header("location")), (303, "/display/test-1?w=1920&h=960&safe=4&transparent=1"), "six digits, with a blank or in another script, lead to the wall, frame and all")
        check("HttpOnly" in reply.header("set-cookie") and "SameSite" in reply.header("set-cookie"), "by a cookie")
        walls["one" if "one" not in walls else "two"] = client
    for name, client in walls.items():
        client.wall = wall_of(client)
        streams[name] = Stream(client, LIVE)
        check(streams[name].wait(lambda kind, data: kind == "snapshot" and "scene" in data), "wall %s hears what hangs there with its first snapshot" % name)
    equal([row[0] for row in server.rows("SELECT number FROM wall ORDER BY number")], [1, 2], "they are walls 1 and 2")
    check(walls["one"].wall and walls["one"].wall != walls["two"].wall, "each knows which it is")
    again = walls["one"].get("/w?w=800&h=600")
    equal((again.status, again.header("location")), (302, "/display/test-1?w=800&h=600"), "a wall that is switched on again at the short address needs nobody")
    other = Client(server)
    equal(other.form("/display/test-1?safe=2", {"code": digits}).header("location"), "/display/test-1?safe=2", "the long address asks the same code")
    for path in ("/desk/test-1", PAGE, "/api/v1/events/test-1/delegates?q=a"):
        check(walls["one"].get(path).status in (302, 401, 403), "a wall's cookie does not open %s" % path)
    equal(walls["one"].form(PAGE, {"do": "scene", "scene": "black"}).status, 403, "nor switches anything")
    server.write("UPDATE wall SET gone_ms = 1 WHERE number = 3")


def wrong_codes():
    wrong = "%06d" % ((int(code()) + 1) % 1000000)
    client = Client(server)
    answers = [client.form("/w", {"code": wrong}).status for _ in range(7)]
    check(answers[:4] == [403] * 4 and answers[-1] == 429, "wrong codes are refused, and soon have to wait", answers)
    equal(client.form("/w", {"code": code()}).status, 429, "the right one too, in that browser")
    equal(Client(server).form("/w", {"code": code()}).status, 303, "but nobody else waits for it")
    equal(client.form("/display/test-1", {"code": code()}).status, 429, "nor does the long address let that browser try on")
    flood = [Client(server, source="127.0.0.77").form("/w", {"code": code()}).status for _ in range(80)]
    check(flood[0] == 303 and 429 in flood, "who has the code opens no walls without end: the tries of an address are counted, right ones too", flood)
    equal(Client(server).form("/w", {"code": code()}).status, 303, "another address opens one meanwhile")
    server.write("DELETE FROM web_session WHERE wall_id IN (SELECT id FROM wall WHERE number > 4)")
    server.write("DELETE FROM wall WHERE number > 4")
    server.write("UPDATE event SET ends_ms = ends_ms - 400000000000 WHERE slug = 'test-1'")
    equal([Client(server).form(path, {"code": code()}).status for path in ("/w", "/display/test-1")], [403, 403], "the code of an event that is over opens nothing")
    server.write("UPDATE event SET ends_ms = ends_ms + 400000000000 WHERE slug = 'test-1'")


def by_the_programme():
    equal(picture("one"), dict(picture("one"), name="attendance", by="programme", text=None, session=None), "nobody pressed anything: the programme decides, a day without sessions shows attendance")
    page = who["orga"].get(PAGE + "?lang=en")
    equal(page.status, 200, "the organiser's page opens")
    check(all('value="%s"' % name in page.text for name in NAMES if name != "message") and 'id="b-message"' in page.text, "with all seven scenes")
    check(code()[:3] + " " + code()[3:] in page.text and "/w</p>" in page.text and 'class="qr"' in page.text, "the short address, its QR code and the six digits")
    equal(who["lan"].get(PAGE).status, 403, "the desk does not switch walls")


def by_hand():
    for name in ("welcome", "black", "quorum"):
        begun = time.time()
        equal(press(who["orga"], "scene", scene=name).status, 303, "a press for %s" % name)
        answered = time.time()
        told = {"scene": lambda data: data, "snapshot": lambda data: data["scene"]}  # on a slow machine the snapshot of the next tick comes before the event was read
        check(streams["one"].wait(lambda kind, data: kind in told and told[kind](data)["all"]["name"] == name), "is told at once")
        note("%s: answered after %.0f ms, on the wall %.0f ms later" % (name, (answered - begun) * 1000, (time.time() - answered) * 1000))
        check(both_show(name, name), "both walls show it")
    shown = picture("two")
    equal((shown["by"], shown["text"]), ("hand", None), "by hand")
    equal(server.value("SELECT COUNT(*) FROM audit WHERE action = 'scene by hand' AND actor = 'orga'"), 3, "each press is in the audit log")
    equal(press(who["orga"], "scene", scene="nonsense").status, 400, "there is no such scene")
    equal(press(who["orga"], "scene", wall=12345, scene="black").status, 404, "nor such a wall")
    page = who["orga"].get(PAGE)
    equal(who["orga"].form(PAGE, {"do": "scene", "scene": "black", "request": request_of(page), "csrf": "x"}).status, 403, "a form without its token switches nothing")


def one_wall():
    own = walls["two"].wall
    equal(press(who["orga"], "scene", wall=own, scene="our_work").status, 303, "one wall alone gets another scene")
    check(both_show("quorum", "our_work"), "the other stays")
    equal(press(who["orga"], "programme", wall=own).status, 303, "or follows the programme alone")
    check(both_show("quorum", "attendance"), "while the other stays by hand")
    equal(press(who["orga"], "all", wall=own).status, 303, "or does as all again")
    check(both_show("quorum", "quorum"), "and shows what all show")
    equal(press(who["orga"], "all").status, 400, "all walls cannot do as all")
    press(who["orga"], "scene", wall=own, scene="welcome")
    check(both_show("quorum", "welcome"), "it has its own once more")
    press(who["orgb"], "scene", scene="black")
    check(both_show("black", "black"), "a press for all is for all: black is black everywhere")
    page = who["orga"].get(PAGE + "?for=" + own + "&lang=en")
    check('aria-pressed="true"' in page.text and "pressed by <bdi>orgb</bdi>" in page.text, "the other organiser sees who it was")
    seq = re.search(r'name="seq" value="(\d+)"', page.text).group(1)
    equal(who["orga"].form(PAGE, {"do": "undo", "seq": seq, "wall": "0"}).status, 303, "black can be taken back by anyone")
    check(both_show("quorum", "welcome"), "and then each shows what it showed, also the one with its own")
    equal(who["orga"].form(PAGE, {"do": "undo", "seq": seq, "wall": "0"}).status, 303, "taken back twice is once")
    check(both_show("quorum", "welcome"), "nothing else is taken back by it")


def twice_and_late():
    page = who["orga"].get(PAGE)
    request = request_of(page)
    press(who["orga"], "scene", scene="black", request=request)
    count = server.value("SELECT COUNT(*) FROM scene_change")
    equal(press(who["orga"], "scene", scene="black", request=request).status, 303, "a form that is sent twice is answered as once")
    equal(server.value("SELECT COUNT(*) FROM scene_change"), count, "and is one press")
    equal(press(who["orga"], "scene", scene="programme", request=request).status, 303, "another button of the same page is another press")
    equal(press(who["orga"], "scene", scene="black", request=request).status, 409, "the first one, come late, does not undo it")
    check(both_show("programme", "programme"), "the last one holds")
    seq = server.value("SELECT MIN(seq) FROM scene_change WHERE scene = 'black' AND undone_ms IS NULL")
    equal(who["orgb"].form(PAGE, {"do": "undo", "seq": str(seq), "wall": "0"}).status, 409, "what somebody has switched away from cannot be taken back any more")


def a_message():
    equal(press(who["orga"], "message", text_vi="  ").status, 400, "a message needs a text")
    equal(press(who["orga"], "message", text_vi="a" * 241).status, 400, "that can be read from the last row")
    check("http" in press(who["orga"], "message", text_vi="http://x/d/0123456789ABCDEF").text, "and no badge's address")
    equal(press(who["orga"], "message", text_vi="Nghỉ 15 phút", text_ar="استراحة").status, 303, "it goes out in the languages that it has")
    check(wait(lambda: picture("one")["text"] == {"vi": "Nghỉ 15 phút", "ar": "استراحة"}), "as a map", picture("one"))
    plain = server.value("SELECT id FROM announcement WHERE text NOT LIKE '{%'")
    press(who["orga"], "message", ready=str(plain))
    check(wait(lambda: picture("one")["text"] == {"vi": 'Xe "4" chờ ở cổng'}), "a ready sentence without a language is in the first one", picture("one"))
    ready = server.value("SELECT id FROM announcement WHERE text LIKE '{%'")
    equal(press(who["orga"], "message", ready=str(ready)).status, 303, "a ready sentence is one of the announcements")
    check(wait(lambda: (picture("two")["text"] or {}).get("en") == "Please come to the hall"), "in all its languages", picture("two"))
    equal(press(who["orga"], "message", wall=walls["one"].wall, text_vi="Riêng").status, 303, "a message for one wall")
    check(wait(lambda: picture("one")["text"] == {"vi": "Riêng"}) and picture("two")["text"] != {"vi": "Riêng"}, "is for that one")
    long = {"text_" + tag: "w" + "ữ" * 230 for tag in ("vi", "en", "ar")}
    for target in (0, walls["one"].wall, walls["two"].wall):
        press(who["orga"], "message", wall=target, **long)
    check(wait(lambda: (picture("one")["text"] or {}).get("vi") == long["text_vi"] and (picture("two")["text"] or {}).get("ar") == long["text_ar"]),
          "what is too large for one event comes with the snapshot")


def the_plan():
    def local(minutes):
        zone = server.value("SELECT timezone FROM event WHERE slug = 'test-1'")
        offset = -int(zone[7:]) if len(zone) > 7 else 0
        when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=offset, minutes=minutes)
        return when.strftime("%Y-%m-%dT%H:%M")
    press(who["orga"], "programme")
    check(both_show("attendance", "attendance"), "back to the programme")
    equal(who["orga"].form(PAGE, {"do": "plan", "phase_open": "welcome"}).status, 303, "the organiser has another scene for such days")
    check(both_show("welcome", "welcome"), "the walls follow without anything else")
    equal(who["orga"].form(PAGE, {"do": "span", "from": local(-5), "until": local(30), "scene": "our_work"}).status, 303, "and another one for half an hour")
    check(both_show("our_work", "our_work"), "which goes before")
    equal(who["orga"].form(PAGE, {"do": "span", "from": local(-5), "until": local(30), "scene": "our_work"}).status, 303, "sent twice")
    equal(server.value("SELECT COUNT(*) FROM scene_rule WHERE from_ms IS NOT NULL"), 1, "it is one")
    equal(who["orga"].form(PAGE, {"do": "span", "from": local(5), "until": local(4), "scene": "black"}).status, 400, "an end before its beginning is refused")
    equal(who["orga"].form(PAGE, {"do": "plan", "phase_open": "message"}).status, 400, "a message has no place in a programme")
    server.write("UPDATE scene_rule SET until_ms = ? WHERE from_ms IS NOT NULL", plenum.now_ms() + 1500)
    press(who["orga"], "programme")
    check(both_show("welcome", "welcome"), "when the time is over the walls go on by themselves")


def the_plan_travels():
    """Exported and imported on another laptop, the event's walls follow the same plan."""
    home, other = os.path.join(server.folder, "travel"), os.path.join(server.folder, "other-laptop")
    os.makedirs(home, exist_ok=True)
    first, second, changed = (os.path.join(home, name) for name in ("first.json", "second.json", "changed.json"))

    def export(data, path):
        plenum.plenum("export", "event", "--event", "test-1", "--format", "json", "-o", path, data=data)
        with open(path, encoding="utf-8") as f:
            return json.load(f)

    def take(value, *more, fine=True):
        with open(changed, "w", encoding="utf-8") as f:
            json.dump(value, f)
        return plenum.plenum("import", changed, *more, data=other, fine=fine)

    value = export(server.data, first)
    plan = value["events"][0]["scenes"]
    equal([(one.get("phase"), one["scene"], "from" in one) for one in plan], [("open", "welcome", False), (None, "our_work", True)], "the event file says what the programme shows")
    plenum.plenum("import", first, data=other)
    value = export(other, second)
    equal(value["events"][0]["scenes"], plan, "and it is there again")
    event = value["events"][0]
    begins = event["starts"]
    event["sessions"] = [{"code": code, "title": code, "starts": begins, "ends": event["ends"], "area": event["areas"][0]["code"]} for code in ("s1", "s2")]
    event["scenes"] = [plan[1], {"session": "s2", "scene": "quorum"}, {"phase": "session", "scene": "black"}, {"session": "s1", "scene": "attendance"}]
    told = json.loads(take(value, "--dry-run", "--json").stdout)
    check(any(f["field"] == "scenes" for c in told["changes"] for f in c.get("fields", [])), "a dry run says so", told["changes"])
    take(value)
    got = export(other, second)["events"][0]["scenes"]
    equal([(one.get("phase") or one.get("session"), one["scene"]) for one in got], [("session", "black"), ("s1", "attendance"), ("s2", "quorum"), (None, "our_work")], "another plan, in one order")
    told = json.loads(take(value, "--dry-run", "--json").stdout)
    equal(told["changes"], [], "the same again, in its own order, changes nothing")
    for wrong, word in (({"scene": "black"}, "has one of"), ({"phase": "open", "session": "s1", "scene": "black"}, "has one of"), ({"from": begins, "scene": "black"}, "has one of"),
                        ({"from": begins, "until": begins, "scene": "black"}, "must come after"), ({"phase": "open", "scene": "message"}, "message"), ({"session": "s9", "scene": "black"}, "s9"),
                        ({"phase": "noon", "scene": "black"}, "noon")):
        event["scenes"] = [wrong]
        done = take(value, fine=False)
        check(done.returncode == 1 and "events[0].scenes[0]" in done.stderr and word in done.stderr, "refused, with its place: %s" % wrong, done.stderr)
    event["scenes"] = [{"phase": "open", "scene": "black"}] * 2
    check("scenes[1]: stands twice" in take(value, fine=False).stderr, "nothing stands twice")
    del event["scenes"]
    take(value)
    equal(export(other, second)["events"][0]["scenes"], got, "a file without the key leaves the plan")
    event["scenes"] = None
    take(value)
    check("scenes" not in export(other, second)["events"][0], "null clears it")


def what_walls_say():
    equal(seen(walls["one"], "?w=1920&h=960&transparent=1", width="1920", height="1080", shows="welcome").json()["wall"], walls["one"].wall, "a wall says what it is")
    page = who["orga"].get(PAGE + "?lang=en").text
    check("1920 × 1080" in page and "1920 × 960 · see-through" in page and "not heard yet" in page, "the page says how large it is, and that the other was not heard")
    check("but it shows" not in page, "it shows what it should")
    seen(walls["one"], "?w=x", width="99999999", height="-1", shows="<b>")
    equal(server.rows("SELECT width, height, frame, shows FROM wall WHERE number = 1"), [(None, None, None, None)], "nonsense is dropped")
    press(who["orga"], "scene", scene="welcome")
    check("but it shows" not in who["orga"].get(PAGE + "?lang=en").text, "what a wall said before the press is no alarm")
    seen(walls["one"], shows="black")
    server.write("UPDATE wall SET seen_ms = seen_ms + 5000 WHERE number = 1")
    check("but it shows Black" in who["orga"].get(PAGE + "?lang=en").text, "a wall that does not show what it should is named")
    equal(walls["one"].form("/display/test-1/seen", {"width": "1"}).status, 403, "without the session's token nothing is said")
    equal(who["orga"].form("/display/test-1/seen", {"width": "1"}).status, 403, "staff who look are no wall")
    server.write("UPDATE wall SET seen_ms = seen_ms - 600000 WHERE number = 1")
    check("silent" in who["orga"].get(PAGE + "?lang=en").text, "a wall that was not heard for minutes is called silent")
    equal(who["orga"].form(PAGE, {"do": "name", "wall": walls["one"].wall, "name": " Sảnh   chính "}).status, 303, "a wall gets a name")
    check("Sảnh chính" in who["orga"].get(PAGE).text, "by which the page calls it")
    equal(who["orga"].form(PAGE, {"do": "name", "wall": walls["one"].wall, "name": "x" * 41}).status, 400, "no long one")


def after_a_kill():
    press(who["orga"], "scene", wall=walls["two"].wall, scene="quorum")
    check(both_show("welcome", "quorum"), "before the power goes")
    before = {name: len(streams[name].events) for name in streams}
    server.kill()
    server.start()
    for name in streams:
        check(wait(lambda: len(streams[name].events) > before[name]), "wall %s comes back by itself" % name)
    check(both_show("welcome", "quorum"), "and shows what it showed")


def shut_out():
    equal(who["orga"].form(PAGE, {"do": "end", "wall": walls["one"].wall}).status, 303, "a wall is shut out")
    equal(walls["one"].get("/api/v1/events/test-1/stats").status, 401, "it reads no figures any more")
    check('name="code"' in walls["one"].get("/display/test-1").text, "and is asked for the code")
    check("Sảnh chính" not in who["orga"].get(PAGE).text, "the page forgets it")
    gone = walls["one"].wall
    equal((who["orga"].get(PAGE + "?for=" + gone).header("location"), who["orga"].get(PAGE + "?part=live&for=" + gone).status), (PAGE, 404), "its buttons are nobody's, least of all those of all walls")
    equal(press(who["orga"], "scene", wall=gone, scene="black").status, 404, "and switch nothing")
    equal(walls["two"].get("/api/v1/events/test-1/stats").status, 200, "the other stays")
    old = code()
    equal(who["orga"].form(PAGE, {"do": "code"}).status, 303, "a new code is made")
    check(code() != old and re.fullmatch(r"\d{6}", code()), "of six digits")
    equal(Client(server).form("/w", {"code": old}).status, 403, "the old one opens nothing")
    equal(walls["two"].get("/api/v1/events/test-1/stats").status, 200, "who is in stays in")
    walls["one"].form("/w", {"code": code()})
    equal(server.value("SELECT MAX(number) FROM wall WHERE gone_ms IS NULL AND id = ?", int(wall_of(walls["one"]))) > 2, True, "who comes back is another wall")
    equal(who["orga"].form(PAGE, {"do": "end", "wall": ""}).status, 400, "one is shut out, or all, never all by mistake")
    equal(who["orga"].form(PAGE, {"do": "end_all"}).status, 303, "all are shut out")
    equal([walls[name].get("/api/v1/events/test-1/stats").status for name in walls], [401, 401], "and both are out")
    check(any(kind == "scene" for stream in streams.values() for kind, _, _ in stream.events), "of all these presses the walls heard by events of their own")
    for stream in streams.values():
        stream.end()


def an_older_folder():
    server.stop()
    server.write("UPDATE event SET display_code = 'ABCD1234' WHERE slug = 'test-1'")
    server.start()
    check(re.fullmatch(r"\d{6}", code()), "an older folder's code of letters becomes six digits", code())


plenum.run("scenes", begin, the_short_address, wrong_codes, by_the_programme, by_hand, one_wall, twice_and_late, a_message, the_plan, the_plan_travels, what_walls_say, after_a_kill, shut_out, an_older_folder)

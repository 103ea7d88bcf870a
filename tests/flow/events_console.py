#!/usr/bin/env python3
# suite
# sanitized
"""What an event consists of, made and changed on the console without a script: settings, sessions, areas, gates, categories, the organisation; by two organisers at once,
with every mistake; what doors and figures make of it; events that are made new, copied, closed, opened again, and kept as an archive."""
import hashlib
import html
import io
import json
import os
import re
import sys
import threading
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as p

EVENT = "test-1"


class world:
    server = admin = token = gate = None


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", " ", page))


def values(page, form):
    """What a browser would send of that form if nobody touched it."""
    for body in re.findall(r"<form.*?</form>", page, re.S):
        if 'name="list" value="%s"' % form in body and 'value="save"' in body:
            break
    else:
        raise RuntimeError("no form " + form)
    sent = []
    for tag in re.findall(r"<(?:input|textarea|select).*?>(?:[^<]*</textarea>|(?:<option.*?</option>)*</select>)?", body, re.S):
        name = re.search(r'name="([^"]*)"', tag)
        if not name:
            continue
        name = name.group(1)
        if tag.startswith("<textarea"):
            sent.append((name, html.unescape(re.search(r">([^<]*)</textarea>", tag).group(1))))
        elif tag.startswith("<select"):
            chosen = re.search(r'<option value="([^"]*)" selected', tag) or re.search(r'<option value="([^"]*)"', tag)
            sent.append((name, html.unescape(chosen.group(1))))
        elif "checkbox" not in tag or " checked" in tag:
            value = re.search(r' value="([^"]*)"', tag)
            sent.append((name, html.unescape(value.group(1)) if value else ""))
    return sent + [("do", "save")]


def send(client, path, fields):
    fields = [(k, v) for k, v in fields if k != "csrf"] + [("csrf", client.csrf)]
    import urllib.parse
    return client.request("POST", path, urllib.parse.urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": None})


def page_of(place, client=None, **query):
    words = "&".join("%s=%s" % item for item in dict(query, lang="en").items())
    reply = (client or world.admin).get("%s?%s" % (place, words))
    if reply.status != 200:
        raise RuntimeError("%s: %r" % (place, reply))
    return reply.text


def save(place, form, changes, client=None, page=None, edit=None, **more):
    """Opens the page, changes some fields, sends the form."""
    page = page or page_of(place, client, **({"list": form, "edit": edit} if edit else {}))
    fields = [(k, v) for k, v in values(page, form) if k not in changes]
    for key, value in changes.items():
        fields += [(key, one) for one in value] if isinstance(value, list) else [(key, value)] if value is not None else []
    return send(client or world.admin, place, fields)


def at(room):
    return "/admin/%s/%s" % (EVENT, room)


def event_file():
    return json.loads(p.plenum("export", "event", "--event", EVENT, "--format", "json", data=world.server.data).stdout)["events"][0]


def seqs():
    return world.server.rows("SELECT config_seq, roster_seq FROM event WHERE slug = ?", EVENT)[0]


def audits(action):
    return world.server.rows("SELECT actor, subject, detail FROM audit WHERE action = ? ORDER BY id", action)


def begin():
    server = world.server = p.Server("events-console")
    server.load(p.small_event(server.folder))
    server.user("organiser", "organiser")
    server.user("second", "organiser")
    server.user("desk", "desk")
    server.start()
    world.admin = server.sign_in("organiser", "mat khau that dai 19")
    world.second = server.sign_in("second", "mat khau that dai 19")


def settings():
    before, was = seqs(), event_file()
    reply = save(at("setup"), "event", {})
    p.equal(reply.status, 303, "a form that nobody touched is saved")
    p.equal(event_file(), was, "and changes nothing")
    p.equal(seqs(), before, "and no door is told anything")
    day = was["starts"][:10]
    reply = save(at("setup"), "event", {"title_vi": "Hội nghị  mới", "venue_name_vi": "Nhà văn hóa", "venue_phone": "028 3822 1234", "colors_primary_own": "1",
                                        "colors_primary": "#006633", "wifi_ssid": "Hội nghị", "wifi_password": "rat bi mat 7", "names_on_wall": "1"})
    p.equal(reply.status, 303, "title, venue, colour, Wi-Fi are changed")
    now = event_file()
    title = now["title"]["vi"] if isinstance(now["title"], dict) else now["title"]
    p.equal(title, "Hội nghị mới", "the title is tidied as in the event file")
    p.equal((now["venue"]["phone"], now["colors"], now["wifi"]["ssid"], now["names_on_wall"]), ("028 3822 1234", {"primary": "#006633"}, "Hội nghị", True), "all of it is in")
    p.check(seqs()[0] > before[0] and seqs()[1] > before[1], "doors and pages are told")
    actor, subject, detail = audits("change_event")[-1]
    p.equal((actor, subject), ("organiser", EVENT), "the record says who")
    p.check("rat bi mat" not in detail and "wifi" in detail and "Hội nghị mới" in detail, "and what, but not the password", detail)
    for changes, field, words in (({"title_vi": "", "title_en": ""}, "title", "fill this in"),
                                  ({"starts": day + "T12:00", "ends": day + "T11:00"}, "ends", "after the beginning"),
                                  ({"starts": "1/12/2026 8 giờ"}, "starts", "real day and time"), ({"ends": ""}, "ends", "fill this in"),
                                  ({"timezone": "Hà Nội"}, "timezone", "time zone"), ({"venue_phone": "gọi cô Lan"}, "venue_phone", "phone number"),
                                  ({"colors_primary": "xanh"}, "colors_primary", "colour"),
                                  ({"quorum_category": "official", "quorum_fraction": "3/2"}, "quorum_fraction", "fraction"),
                                  ({"public_url": "dai-hoi.example"}, "public_url", "http")):
        was = event_file()
        reply = save(at("setup"), "event", changes)
        p.check(reply.status == 400 and words in text_of(reply.text), "wrong %s is told in words" % field, "%r %s" % (reply, text_of(reply.text)[:1500]))
        wrong = re.search(r"<[^>]*aria-invalid[^>]*>", reply.text)
        p.check(wrong and field in wrong.group(0), "and the field is marked", wrong and wrong.group(0))
        typed = [v for v in changes.values() if v]
        p.check(all(html.escape(v) in reply.text for v in typed), "and what was typed stays")
        p.equal(event_file(), was, "and nothing is changed")


def two_at_once():
    page = page_of(at("setup"))
    other = page_of(at("setup"), world.second)
    p.equal(save(at("setup"), "event", {"venue_name_vi": "Hội trường A"}, page=page).status, 303, "one of two organisers is first")
    reply = save(at("setup"), "event", {"venue_name_vi": "Hội trường B"}, client=world.second, page=other)
    p.check(reply.status == 409 and "nothing was overwritten" in text_of(reply.text) and "Hội trường B" in reply.text, "the second overwrites nothing and keeps what was typed", reply)
    p.equal(save(at("setup"), "event", {"venue_name_vi": "Hội trường A"}, page=page).status, 303, "the same form sent twice is no conflict")
    replies = []
    page = page_of(at("programme"))
    day = event_file()["starts"][:10]

    def press():
        client = world.server.sign_in("organiser", "mat khau that dai 19")
        replies.append(save(at("programme"), "session", {"title_vi": "Phiên hai lần", "starts": day + "T08:00", "ends": day + "T09:00"}, client=client).status)
    threads = [threading.Thread(target=press) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    p.equal(replies, [303] * 3, "a form that is sent three times at once is taken")
    p.equal(sum(s["code"].startswith("phien-hai-lan") for s in event_file()["sessions"]), 1, "and makes one session")


def programme():
    event = event_file()
    day, area = event["starts"][:10], event["areas"][0]["code"]
    category = event["categories"][0]["code"]
    place = at("programme")
    reply = save(place, "session", {"title_vi": "Khai mạc", "starts": day + "T08:30", "ends": day + "T11:00", "area": area, "room": "Tầng 2",
                                    "speakers": "Nguyễn Văn A\n\n Trần Thị B ", "admits_all": None, "admits": [category]})
    p.check(reply.status == 303 and reply.header("Location").endswith("#session-khai-mac"), "a session is added; its code comes from the title", reply)
    session = next(s for s in event_file()["sessions"] if s["code"] == "khai-mac")
    p.equal((session["speakers"], session["admits"], session["area"], session["room"]), (["Nguyễn Văn A", "Trần Thị B"], [category], area, "Tầng 2"), "with all that was said")
    page = text_of(page_of(place))
    p.check("08:30 – 11:00" in page and "Trần Thị B" in page, "the page tells it")
    reply = save(place, "session", {"title_vi": "Trùng giờ", "starts": day + "T10:00", "ends": day + "T12:00", "area": area})
    p.equal(reply.status, 303, "one that overlaps is taken")
    reply = save(place, "session", {"title_vi": "Năm sau", "starts": "2099-01-01T10:00", "ends": "2099-01-01T12:00"})
    page = text_of(page_of(place))
    p.check("Same area at the same time as \u2068Khai mạc" in page and "Same area at the same time as \u2068Trùng giờ" in page and "Outside the event" in page, "and both are told kindly", page[:3000])
    p.equal(save(place, "session", {"starts": day + "T13:00", "ends": day + "T14:00"}, edit="trung-gio").status, 303, "it is moved")
    p.check("Same area at the same time as \u2068Trùng giờ" not in text_of(page_of(place)), "and overlaps no more")
    for changes, words in (({"title_vi": "X", "starts": day + "T08:30", "ends": day + "T08:30"}, "after the beginning"), ({"title_vi": "X", "starts": ""}, "fill this in"),
                           ({"title_vi": "X", "starts": day + "T08:30", "ends": day + "T09:30", "admits_all": None}, "choose a category"),
                           ({"title_vi": "X", "starts": day + "T08:30", "ends": day + "T09:30", "area": "nowhere"}, "not there any more"),
                           ({"title_vi": "X", "starts": day + "T08:30", "ends": day + "T09:30", "code": "khai-mac"}, "already")):
        reply = save(place, "session", changes)
        p.check(reply.status in (400, 409) and words in text_of(reply.text), "a wrong session is refused: " + words, "%r %s" % (reply, text_of(reply.text)[:900]))
    page = page_of(place, list="session", remove="nam-sau")
    p.check("Really remove?" in page, "before one goes, somebody is asked")
    mark = re.search(r'name="mark" value="(\w+)"', page[page.index('value="remove"'):]).group(1)
    ask = [("do", "remove"), ("list", "session"), ("code_of", "nam-sau"), ("mark", mark)]
    p.equal(send(world.admin, place, ask).status, 303, "it goes")
    reply = send(world.admin, place, ask)
    p.check(reply.status == 409 and "removed" in text_of(reply.text), "sent twice, it is told that it is gone", reply)
    p.check(all(s["code"] != "nam-sau" for s in event_file()["sessions"]), "and is gone")
    p.equal([a[1] for a in audits("remove_session")], [EVENT + "/nam-sau"], "the record says so")


def gates():
    event = event_file()
    place, area = at("gates"), event["areas"][0]["code"]
    p.equal(save(place, "area", {"title_vi": "Phòng họp nhỏ", "capacity": "40"}).status, 303, "an area is added")
    p.check("No gate leads in yet" in text_of(page_of(place)), "that no gate leads in is told")
    reply = save(place, "gate", {"title_vi": "Cửa phụ", "kind": "entry", "area": ""})
    p.check(reply.status == 400 and "leads into an area" in text_of(reply.text), "an entry gate without an area is refused", reply)
    p.equal(save(place, "gate", {"title_vi": "Cửa phụ", "kind": "entry", "area": "phong-hop-nho", "direction": "in", "reentry": None}).status, 303, "a gate is added")
    gate = next(g for g in event_file()["gates"] if g["code"] == "cua-phu")
    p.equal((gate["area"], gate["direction"], gate["reentry"]), ("phong-hop-nho", "in", False), "with what was said")
    areas, marks = lambda: [a["code"] for a in event_file()["areas"]], re.findall(r'name="code_of" value="phong-hop-nho"><button [^>]*value="up"( disabled)?.*?value="down"( disabled)?', page_of(place))
    p.equal(marks, [("", " disabled")], "the last one can go up and not down")
    was, press = areas(), lambda what, code, do: send(world.admin, place, [("do", do), ("list", what), ("code_of", code)]).status
    p.equal((press("area", "phong-hop-nho", "up"), areas()), (303, was[:-2] + ["phong-hop-nho", was[-2]]), "it changes places with the one before")
    p.equal((press("area", "phong-hop-nho", "down"), press("area", "phong-hop-nho", "down"), areas()), (303, 303, was), "back; and the last one stays the last")
    p.equal((press("gate", "cua-phu", "up"), press("gate", "nothere", "up"), press("session", "x", "up")), (303, 409, 400), "gates too; none that is gone")
    p.check([g["code"] for g in event_file()["gates"]][-2] == "cua-phu" and audits("change_gate")[-1][1] == EVENT + "/cua-phu", "and the record says so", audits("change_gate")[-1])
    reply = save(place, "area", {"capacity": "nhiều"}, edit="phong-hop-nho")
    p.check(reply.status == 400 and "whole number" in text_of(reply.text), "a capacity that is no number is refused", reply)
    mark = lambda code, what: re.search(r'name="mark" value="(\w+)"', page_of(place, list=what, remove=code).split('value="remove"')[1]).group(1)
    reply = send(world.admin, place, [("do", "remove"), ("list", "area"), ("code_of", "phong-hop-nho"), ("mark", mark("phong-hop-nho", "area"))])
    p.check(reply.status == 409 and "still needs it" in text_of(reply.text), "an area that a gate needs stays", text_of(reply.text)[:500])
    for what, code in (("gate", "cua-phu"), ("area", "phong-hop-nho")):
        p.equal(send(world.admin, place, [("do", "remove"), ("list", what), ("code_of", code), ("mark", mark(code, what))]).status, 303, "%s goes" % what)
    # a gate with scans is closed, not removed
    entry = next(g for g in event["gates"] if g["kind"] == "entry")
    device = world.server.device(EVENT, entry["code"])
    token = next(iter(world.server.tokens(EVENT).values()))
    p.equal(device.post("/api/v1/checkins", p.scan(token, entry["code"])).json()["results"][0]["outcome"], "admitted", "a badge is read there")
    reply = send(world.admin, place, [("do", "remove"), ("list", "gate"), ("code_of", entry["code"]), ("mark", mark(entry["code"], "gate"))])
    p.check(reply.status == 409 and "can be closed" in text_of(reply.text), "a gate that has scanned stays", text_of(reply.text)[:500])
    version = device.get("/api/v1/events/%s/roster?since=0" % EVENT).json()["version"]
    p.equal(send(world.admin, place, [("do", "close"), ("list", "gate"), ("code_of", entry["code"])]).status, 303, "it is closed")
    answer = device.post("/api/v1/checkins", p.scan(token, entry["code"])).json()["results"][0]
    p.equal((answer["outcome"], answer["reason"]), ("refused", "closed"), "and takes nobody")
    late = device.post("/api/v1/checkins", p.scan(token, entry["code"], age=120000, decision="admitted")).json()["results"][0]
    p.check(late["outcome"] in ("admitted", "already_in") and not late["conflict"], "but what it tells late from before is taken", late)
    roster = device.get("/api/v1/events/%s/roster?since=%d" % (EVENT, version)).json()
    p.check(roster["version"] > version and p.time_ms(roster["event"]["closes_at"]) <= p.now_ms(), "its list says so, for when the network is away", roster["event"])
    p.check("Closed since" in text_of(page_of(place)), "the page says since when")
    was = event_file()
    p.check(next(g for g in was["gates"] if g["code"] == entry["code"])["closed"], "the event file says so too")
    path = os.path.join(world.server.folder, "again.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump({"format": "plenum-events/1", "events": [{"slug": EVENT, "gates": was["gates"]}]}, f)
    p.plenum("import", path, data=world.server.data)
    p.equal(event_file()["gates"], was["gates"], "and is taken in as it went out")
    p.equal(send(world.admin, place, [("do", "open"), ("list", "gate"), ("code_of", entry["code"])]).status, 303, "it is opened again")
    p.equal(device.post("/api/v1/checkins", p.scan(token, entry["code"])).json()["results"][0]["outcome"], "already_in", "and goes on")


def categories():
    place = at("categories")
    p.equal(save(place, "category", {"title_vi": "Khách mời danh dự", "color_own": "1", "color": "#aa7700"}).status, 303, "a category is added")
    category = next(c for c in event_file()["categories"] if c["code"].startswith("khach-moi"))
    p.equal(category["color"], "#aa7700", "with its colour")
    used = event_file()["categories"][0]["code"]
    page = page_of(place, list="category", remove=used)
    mark = re.search(r'name="mark" value="(\w+)"', page.split('value="remove"')[1]).group(1)
    reply = send(world.admin, place, [("do", "remove"), ("list", "category"), ("code_of", used), ("mark", mark)])
    p.equal(reply.status, 409, "one with delegates stays")
    before = world.server.value("SELECT COUNT(*) FROM delegate")
    p.equal(save(place, "category", {"title_vi": "Đại biểu"}, edit=used).status, 303, "a category gets another name")
    p.equal(world.server.value("SELECT COUNT(*) FROM delegate"), before, "and its delegates stay")


def organization():
    place = "/admin/-/organization"
    reply = save(place, "organization", {"name_vi": "Công đoàn thành phố", "languages": ["vi", "en"], "languages_first": "vi"})
    p.equal(reply.status, 303, "name and languages are changed")
    page = page_of(at("programme"))
    p.check('name="title_en"' in page and 'name="title_ar"' not in page, "forms follow the organisation's languages")
    reply = save(place, "attribute", {"title_vi": "Trình độ", "type": "choice", "values": "Đại học\nSau đại học"})
    p.equal(reply.status, 303, "a kind of attribute is added")
    row = world.server.rows("SELECT kind, choices FROM attribute_type WHERE code = 'trinh-do'")[0]
    p.equal((row[0], sorted(json.loads(row[1]))), ("choice", ["dai-hoc", "sau-dai-hoc"]), "with its choices")
    reply = save(place, "attribute", {"title_vi": "Trình độ khác", "type": "choice", "values": ""})
    p.equal(reply.status, 400, "a choice without choices is refused")
    reply = save(place, "organization", {"name_vi": "", "name_en": ""})
    p.check(reply.status == 400 and "fill this in" in text_of(reply.text), "an organisation without a name is refused", reply)


def new_events():
    place = "/admin/-/new"
    first = {"title_vi": "Lớp tập huấn", "kind": "training", "starts": "2031-05-05T08:00", "ends": "2031-05-06T16:30", "timezone": "Asia/Ho_Chi_Minh"}
    for changes, words in (({"title_vi": ""}, "fill this in"), ({"ends": "2031-05-04T08:00"}, "after the beginning"), ({"starts": "mai"}, "real day and time"),
                           ({"timezone": ""}, "fill this in"), ({"slug": "Lớp học"}, "a–z"), ({"slug": EVENT}, "already")):
        reply = world.admin.form(place, dict(first, **changes))
        p.check(reply.status in (400, 409) and words in text_of(reply.text) and "aria-invalid" in reply.text, "a wrong new event is refused: " + words,
                "%r %s" % (reply, text_of(reply.text)[:900]))
    replies = []

    def press():
        replies.append(world.server.sign_in("organiser", "mat khau that dai 19").form(place, first).header("Location"))
    threads = [threading.Thread(target=press) for _ in range(3)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    p.equal(replies, ["/admin/lop-tap-huan?done=made"] * 3, "a new event, its form sent three times at once, is one event")
    made = json.loads(p.plenum("export", "event", "--event", "lop-tap-huan", "--format", "json", data=world.server.data).stdout)["events"][0]
    p.equal(([c["code"] for c in made["categories"]], [g["code"] for g in made["gates"]], [a["code"] for a in made["areas"]], made.get("quorum")),
            (["participant", "lecturer", "staff"], ["main"], ["hall"], None), "it has what a training course has")
    p.check(world.server.value("SELECT display_code FROM event WHERE slug = 'lop-tap-huan'"), "and a code for its walls")
    world.admin.form(place, dict(first, title_vi="Đại hội", kind="congress"))
    made = json.loads(p.plenum("export", "event", "--event", "dai-hoi", "--format", "json", data=world.server.data).stdout)["events"][0]
    p.equal((made["quorum"]["fraction"], made["categories"][0]["title"]), ("2/3", {"vi": "Đại biểu chính thức", "en": "Delegate"}), "a congress has a quorum, titles are in each language")
    page = world.admin.get("/admin/dai-hoi?done=made&lang=en").text
    p.check("Next: the list of delegates" in page and "First steps" in page, "the console says what comes next")
    # one person, by hand
    people = "/admin/dai-hoi/delegates/new"
    form = {"request": p.uuid7(), "name": "Nguyễn Thị Mới", "category": "official"}
    replies = [world.admin.form(people, form).status for _ in range(2)]
    p.equal((replies, world.server.value("SELECT COUNT(*) FROM delegate d JOIN event e ON e.id = d.event_id WHERE e.slug = 'dai-hoi'")), ([303, 303], 1), "one person more, once")
    reply = world.admin.form(people, dict(form, request=p.uuid7(), name=""))
    p.check(reply.status in (400, 409) and "name is needed" in text_of(reply.text), "without a name: told", reply)
    reply = world.admin.form(people, dict(form, request=p.uuid7()))
    p.check(reply.status == 409 and 'name="anyway"' in reply.text, "a namesake: asked", reply)
    code = world.server.value("SELECT code FROM person WHERE name = 'Nguyễn Thị Mới'")
    reply = world.admin.get("/admin/dai-hoi/badges/print?only=" + code)
    p.check(reply.status == 200 and reply.body[:5] == b"%PDF-", "and a first badge", reply)


def copies():
    place = "/admin/-/new"
    was = event_file()
    reply = world.admin.form(place, {"from": EVENT, "title_vi": "Lần sau", "day": "2033-03-01"})
    p.equal(reply.header("Location"), "/admin/lan-sau?done=made", "an event is copied")
    p.equal(world.admin.form(place, {"from": EVENT, "title_vi": "Lần sau", "day": "2033-03-01"}).header("Location"), "/admin/lan-sau?done=made", "the same form again makes no other")
    now = json.loads(p.plenum("export", "event", "--event", "lan-sau", "--format", "json", data=world.server.data).stdout)["events"][0]
    for key in ("categories", "areas", "gates", "venue", "colors", "wifi", "quorum"):
        p.equal(now.get(key), was.get(key), "the copy has the same %s" % key)
    p.equal(([s["code"] for s in now["sessions"]], now["starts"][:10], now["starts"][11:]), ([s["code"] for s in was["sessions"]], "2033-03-01", was["starts"][11:]), "sessions come along, on the new days")
    p.equal([(d["code"], d["file"]) for d in now["documents"]], [(d["code"], d["file"]) for d in was["documents"]], "papers too")
    p.equal((now.get("delegates"), now.get("announcements")), (None, None), "nobody, and nothing that was said")
    reply = world.admin.form(place, {"from": EVENT, "title_vi": "Lần nữa", "day": "2034-03-01", "delegates": "1"})
    count = lambda slug: world.server.value("SELECT COUNT(*) FROM delegate d JOIN event e ON e.id = d.event_id WHERE e.slug = ?", slug)
    p.equal((count("lan-nua"), count("lan-sau")), (count(EVENT), 0), "delegates come along when that is wanted")
    p.equal(world.server.value("SELECT COUNT(*) FROM scan s JOIN gate g ON g.id = s.gate_id JOIN event e ON e.id = g.event_id WHERE e.slug = 'lan-nua'"), 0, "and nobody has come")
    p.check(not set(world.server.tokens("lan-nua").values()) & set(world.server.tokens(EVENT).values()), "their badges are new")
    for day, words in (("", "real day"), ("1/3/2033", "real day")):
        reply = world.admin.form(place, {"from": EVENT, "title_vi": "X", "day": day})
        p.check(reply.status == 400 and words in text_of(reply.text), "a copy without a day is refused", reply)
    p.equal(world.admin.form(place, {"from": "nowhere", "title_vi": "X", "day": "2033-03-01"}).status, 404, "a copy of nothing is refused")


def closing():
    place = at("close")
    device = world.server.device(EVENT, "main")
    tokens = [t for t in world.server.tokens(EVENT).values()]
    p.check("All gates take nobody" in text_of(page_of(place)), "the page says what closing means")
    reply = world.admin.form(place, {"do": "open", "words": "x"})
    p.equal(reply.status, 409, "what is open is not opened")
    p.equal(world.admin.form(place, {"do": "close", "words": "Xong việc"}).status, 303, "the event is closed")
    p.equal(world.admin.form(place, {"do": "close"}).status, 409, "once")
    p.check("Nobody is admitted any more" in world.admin.get(place.replace("/admin/", "/desk/").replace("/close", ""), Accept_Language="en").text, "the desk says so calmly")
    answer = device.post("/api/v1/checkins", p.scan(tokens[5], "main")).json()["results"][0]
    p.equal((answer["outcome"], answer["reason"]), ("refused", "closed"), "no gate takes anybody")
    answer = device.post("/api/v1/checkins", p.scan(tokens[5], "main", age=600000, decision="admitted")).json()["results"][0]
    p.check(answer["outcome"] != "invalid" and not answer["conflict"], "but what it tells late is taken", answer)
    roster = device.get("/api/v1/events/%s/roster" % EVENT).json()
    p.check(p.time_ms(roster["event"]["closes_at"]) <= p.now_ms(), "lists of doors say so")
    p.check("The event is closed" in text_of(world.admin.get("/admin/%s?lang=en" % EVENT).text), "the console says so")
    p.equal(world.admin.get("/e/" + EVENT).status, 200, "the public page stays")
    p.equal(world.admin.form(place, {"do": "open", "words": " "}).status, 400, "opening again needs a reason")
    p.equal(world.admin.form(place, {"do": "open", "words": "Đại biểu đến muộn"}).status, 303, "it is opened again")
    p.check(device.post("/api/v1/checkins", p.scan(tokens[6], "main")).json()["results"][0]["outcome"] in ("admitted", "refused"), "doors go on")
    page = text_of(page_of(place))
    p.check("Xong việc" in page and "Đại biểu đến muộn" in page, "both stand in the history")
    p.equal((len(audits("close_event")), len(audits("reopen_event"))), (1, 1), "and in the record")


def archive():
    world.server.write("UPDATE document_version SET name = '" + "a" + "ệ" * 120 + ".pdf' WHERE id = (SELECT MIN(id) FROM document_version)")  # cut within a letter it was no text any more
    p.plenum("figures", "fix", "--event", EVENT, "--label", "Khai mạc", data=world.server.data)
    reply = world.admin.get(at("archive.zip"))
    p.check(reply.status == 200 and "archive-" in reply.header("Content-Disposition"), "the event is kept as one file", reply)
    files = zipfile.ZipFile(io.BytesIO(reply.body))
    p.equal(files.testzip(), None, "every program can unpack it")
    names = set(files.namelist())
    wanted = {"README.txt", "manifest.json", "SHA256SUMS", "event.json", "record/checkins.json", "record/corrections.json", "record/closings.json", "figures/fixed.json",
              "figures/people.json", "messages/announcements.json", "messages/questions.json", "messages/news.json", "reports/delegates.csv", "reports/attendance-1.pdf"}
    p.equal(wanted - names, set(), "all parts are there")
    sums = dict(reversed(line.split("  ", 1)) for line in files.read("SHA256SUMS").decode().splitlines())
    p.equal({n: hashlib.sha256(files.read(n)).hexdigest() for n in names if n != "SHA256SUMS"}, sums, "its sums are those of what is in it")
    manifest = json.loads(files.read("manifest.json"))
    p.equal({f["name"] for f in manifest["files"]}, names - {"SHA256SUMS", "manifest.json"}, "the manifest names them all")
    p.check(files.read("reports/attendance-1.pdf").startswith(b"%PDF"), "attendance on paper")
    papers = {n for n in names if n.startswith("papers/")}
    p.equal(len(papers), world.server.value("SELECT COUNT(*) FROM document_version v JOIN document d ON d.id = v.document_id JOIN event e ON e.id = d.event_id WHERE e.slug = ?", EVENT),
            "every version of every paper")
    whole = b"".join(files.read(n) for n in names if not n.startswith("papers/"))
    p.check(not any(t.encode() in whole for t in world.server.tokens(EVENT).values()), "no token of a badge is in it")
    p.check(b"party_member\": true" not in whole and b"party_member\":true" not in whole, "no sensitive attribute of anybody")
    log = world.admin.get("/admin/-/audit?lang=vi").text
    p.equal([a for a, in world.server.rows("SELECT DISTINCT action FROM audit") if 'value="%s"' % a not in log or ">%s: " % a in log], [], "each kind of line in the record has its words")
    p.check("closed: – → " in text_of(log) and '"fields"' not in text_of(log), "what a form changed is told in words", text_of(log)[:1500])
    scans = json.loads(p.plenum("export", "checkins", "--event", EVENT, "--format", "json", data=world.server.data).stdout)
    p.equal(json.loads(files.read("record/checkins.json")), scans, "the record is the record")
    p.equal(json.loads(files.read("record/closings.json"))[0]["reason"], "Đại biểu đến muộn", "closings are in it")
    p.equal(len(audits("archive_event")), 1, "that it was taken is in the record")
    path = os.path.join(world.server.folder, "archive.zip")
    p.plenum("export", "archive", "--event", EVENT, "-o", path, data=world.server.data)
    p.equal(set(zipfile.ZipFile(path).namelist()), names, "the command makes the same")
    p.equal(os.stat(path).st_mode & 0o777, 0o600, "for its owner only")
    sha = world.server.value("SELECT v.sha256 FROM document_version v JOIN document d ON d.id = v.document_id JOIN event e ON e.id = d.event_id WHERE e.slug = ?", EVENT)
    blob = os.path.join(world.server.data, "blobs", sha[:2], sha)
    kept = open(blob, "rb").read()
    os.chmod(blob, 0o600)
    with open(blob, "wb") as f:
        f.write(kept[:-1] + b"?")
    reply = world.admin.get(at("archive.zip"))
    with open(blob, "wb") as f:
        f.write(kept)
    p.check(reply.status == 500 and b"doctor" in reply.body, "a damaged paper stops it, and says what to do", reply)


def rights():
    desk = world.server.sign_in("desk", "mat khau that dai 19")
    for place in (at("setup"), at("programme"), at("gates"), at("categories"), at("close"), at("archive.zip"), "/admin/-/organization", "/admin/-/new"):
        p.equal((desk.get(place).status, send(desk, place, [("do", "save"), ("list", "event")]).status), (403, 405 if "zip" in place else 403), "the desk has no business in " + place.rsplit("/", 1)[1])
    world.server.user("of-event", "organiser", event=EVENT)
    own = world.server.sign_in("of-event", "mat khau that dai 19")
    p.equal((own.get(at("setup")).status, own.get("/admin/-/organization").status), (200, 403), "an organiser of one event changes that event, not the organisation")
    p.equal((own.get("/admin/-/new").status, own.form("/admin/-/new", {"title_vi": "X"}).status, own.get("/admin").status), (403, 403, 200), "and makes no other event")
    reply = world.admin.request("POST", at("setup"), b"do=save&list=event&title_vi=x", {"Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": None})
    p.equal(reply.status, 403, "without the session's token nothing is changed")
    p.equal(send(world.admin, at("setup"), [("do", "remove"), ("list", "event")]).status, 400, "an event is not removed here")


if __name__ == "__main__":
    p.run("events_console", begin, settings, two_at_once, programme, gates, categories, organization, new_events, copies, closing, archive, rights)

#!/usr/bin/env python3
# suite
# sanitized
"""What nobody may read on a wall or a public page: an event in which every token, phone number, e-mail, day of birth, sensitive attribute and word of the desk is a marked string of its own; then every
door of server/routes.def, and everything that these lead to, is asked as anybody and as a wall, in every language, with names on the wall and without; streams are listened to while the desk, the
doors and the console work; refusals, headers, addresses and the log are read too. A door that is new is asked by itself. And what nobody of the staff reads either, unless they asked for it by
name: sensitive attributes, also in files, lists, cards, and in what was written before somebody marked them so.

    B=build/x tests/flow/leaks.py"""
import hashlib
import html
import io
import json
import os
import re
import subprocess
import sys
import urllib.parse
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, check, equal, note, scan, uuid7  # noqa: E402

EVENT, LANGUAGES = "test-1", ("vi", "en", "pt", "ar")
PEOPLE = 12
with open(os.path.join(plenum.ROOT, "server/routes.def"), encoding="utf-8") as f:
    ROUTES = re.findall(r'^ROUTE\((\w+), "([^"]+)", ([^,]+), ([^,]+), (\d+), \w+, "[^"]+"\)$', f.read(), re.M)


# --- marked people ------------------------------------------------------------------------------------------------------------------------

def person(i):
    """Nothing of this is like anything else that a page may say."""
    return {"code": "MSX%02dQ" % i, "name": "Vôdanh%02d Khôngtên%02d" % (i, i), "unit": ("U0", "U1", "U2")[i % 3], "title": "Chứcvụlạ%02d" % i, "gender": "f", "born": "19%02d-0%d-1%d" % (30 + i, i % 9 + 1, i % 9),
            "phone": "0977 6%02d 8%d%d" % (i, i % 10, 53 + i), "email": "thukin%02d@rieng.example" % i,
            "attributes": {"faith": "tinnguong%02dkin" % i, "health": True, "schooling": "uni", "habit": "thoiquen%02dkin" % i}}


def shape(value, event, offset):
    value["organization"]["attribute_types"].update(faith={"title": {"vi": "Mụctôngiáokín", "en": "Hiddenfaithtitle"}, "type": "text", "sensitive": True},
                                                     health={"title": {"vi": "Mụcsứckhỏekín"}, "type": "yes_no", "sensitive": True},
                                                     habit={"title": {"vi": "Mụcthóiquenkín"}, "type": "text"})
    value["people"] = [person(i) for i in range(PEOPLE)]
    event["gates"] = [{"code": "main", "title": {"vi": "Cửa chính"}, "kind": "entry", "area": "hall", "direction": "both", "reentry": True}]
    event["sessions"] = [{"code": "opening", "title": {"vi": "Khai mạc"}, "starts": plenum.local_text(offset, -60), "ends": plenum.local_text(offset, 120), "area": "hall"}]
    event["delegates"] = [{"person": p["code"], "number": "SOX%02d" % i, "category": ("official", "guest", "press")[i % 3], "delegation": p["unit"], "mandate": "elected", "status": "summoned",
                           "decision": "QDKIN%02d" % i, "absence": {"excused": True, "reason": "lydokin%02d" % i} if i == 9 else None, "group": "TOKIN%02d" % i, "seat": "GHEX%02d" % i,
                           "badge_box": "HOPX%02d" % i, "room": "PHONGKIN%02d" % i, "transport": "XEKIN%02d" % i, "diet": "ankin%02d" % i} for i, p in enumerate(value["people"])]
    event["wifi"]["password"] = "matkhaukin19"
    event["documents"] += [{"code": "nhap", "title": {"vi": "Bảnnhápkín"}, "file": "papers/report.pdf", "publish_at": "manual"},
                           {"code": "han-che", "title": {"vi": "Vănbảnhạnchếkín"}, "file": "papers/programme.pdf", "restricted": True}]
    event["announcements"] = [{"text": {"vi": "Tin chung trên tường"}, "to": ["wall", "phone"]}, {"text": {"vi": "Tinchomọiđiệnthoại"}, "to": ["phone"]}]


class Marks:
    """What must not be read: word -> what it is. `names` are for walls whose event allows it."""

    def __init__(self):
        self.never, self.names, self.years, self.digits = {}, {}, [], {}
        for i in range(PEOPLE):
            p = person(i)
            for what in ("title", "phone", "email", "born"):
                self.never[p[what]] = "%s of %s" % (what, p["code"])
            y, m, d = p["born"].split("-")
            self.never.update({form: "born of " + p["code"] for form in ("%s/%s/%s" % (d, m, y), "%d/%d/%s" % (int(d), int(m), y), "%s.%s.%s" % (d, m, y), "%s/%s/%s" % (m, d, y))})
            self.years.append(y)
            for attribute in ("faith", "habit"):
                self.never[p["attributes"][attribute]] = "sensitive attribute of " + p["code"]
            for word in ("QDKIN", "lydokin", "TOKIN", "HOPX", "PHONGKIN", "XEKIN", "ankin"):
                self.never["%s%02d" % (word, i)] = "a word of the list about " + p["code"]
            self.names.update({p["name"]: "name of " + p["code"], p["code"]: "code", "SOX%02d" % i: "number of " + p["code"], "GHEX%02d" % i: "seat of " + p["code"]})
        for word in ("Mụctôngiáokín", "Hiddenfaithtitle", "Mụcsứckhỏekín", "Mụcthóiquenkín"):
            self.never[word] = "title of a sensitive attribute"
        for word in ("Bảnnhápkín", "ghichukin", "cauhoikin", "sualoikin", "Tinriêngchomộtđoàn", "Tinchomọiđiệnthoại", "Tinchưatớigiờ", "Bàinhápkín", "Bàihẹngiờkín", "Bàirútlạikín", "lydovangkin"):
            self.never[word] = "what is not for everybody"
        self.titles = {"Vănbảnhạnchếkín"}

    def secret(self, word, what):
        if word:
            self.never[word] = what

    def found(self, text, names_allowed):
        """What of it stands in a text, however it is written."""
        forms = {text, html.unescape(text), urllib.parse.unquote_plus(text), re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m.group(1), 16)), text)}
        whole = "\n".join(forms).casefold()
        tight = re.sub(r"[\s\-.()\u00a0]", "", whole)
        out = {}
        for word, what in list(self.never.items()) + ([] if names_allowed else list(self.names.items())):
            if word.casefold() in whole or len(word) > 6 and re.sub(r"[\s\-.()]", "", word.casefold()) in tight and not re.fullmatch(r"[\d/.\-]+", word):
                out[word] = what
            elif re.fullmatch(r"[\d ]+", word) and (word.replace(" ", "") in tight or "84" + word.replace(" ", "")[1:] in tight):
                out[word] = what
        return out


marks = None
server = None
staff, tokens = {}, {}
asked, leaks, opened = 0, [], set()


def begin():
    global server, marks
    marks = Marks()
    server = plenum.Server("leaks")
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    for name in ("organiser", "desk"):
        staff[name] = server.sign_in(name, server.user(name, name, EVENT))
        marks.secret(staff[name].csrf, "CSRF token of " + name)
        for value in staff[name].cookies.values():
            marks.secret(value if len(value) > 15 else "", "session of " + name)
    staff["main"] = server.device(EVENT, "main")
    marks.secret(staff["main"].key, "key of a device")
    learn()


def learn():
    """Badges that were issued meanwhile, and codes of screens."""
    tokens.update(server.tokens(EVENT))
    for token, in server.rows("SELECT token FROM credential"):
        marks.secret(token, "a token")
        marks.secret(plenum.token_id(token), "hash of a token")
    for table, column in (("event", "display_code"), ("welcome_code", "code")):
        for code, in server.rows("SELECT %s FROM %s" % (column, table)):
            if code and code.isdigit():  # six digits may be part of any number
                marks.digits[code] = "code of a screen"
            elif code:
                marks.secret(code, "code of a screen")
    for value, in server.rows("SELECT photo_blob FROM person WHERE photo_blob IS NOT NULL"):
        marks.secret(value, "a photo")


def look(where, reply, names_allowed=False, own=()):
    """Body, headers and address of a reply."""
    global asked
    asked += 1
    text = reply.body.decode("utf-8", "replace") + "\n" + "\n".join("%s: %s" % h for h in reply.headers if h[0] != "set-cookie")
    for word, what in marks.found(text, names_allowed).items():
        asked_with = word.casefold() in urllib.parse.unquote_plus(where).casefold()  # nobody is told what they have said themselves
        public = word == "Tinchomọiđiệnthoại" and not re.search(r" /(display|api|w)\b|stream", where)  # of phones, for everybody: on the public page too, on no wall
        if word not in own and not asked_with and not public:
            leaks.append(("%s (%d)" % (where, reply.status), "%s, %s" % (word, what)))
    if not re.search(r"image|font|wasm", reply.header("content-type") or ""):
        for word, what in marks.digits.items():
            if re.search(r"(?<![\w.\-/#])%s(?![\w.\-])" % word, reply.body.decode("utf-8", "replace")) or word in str([h for h in reply.headers if h[0] in ("location", "set-cookie")]):
                leaks.append(("%s (%d)" % (where, reply.status), "%s, %s" % (word, what)))
        for year in marks.years if not where.split(" ")[-1].startswith("/assets/") else ():
            for at in re.finditer(r"(?<![\w.\-/#])%s(?!\w|\.\d|:)" % year, reply.body.decode("utf-8", "replace")):
                leaks.append(("%s (%d)" % (where, reply.status), "the year %s in “%s”" % (year, at.string[max(0, at.start() - 30):at.end() + 30])))


# --- walking ---------------------------------------------------------------------------------------------------------------------------------

def values_of(name):
    """What a part of an address may be; one that is new is tried with these too."""
    scan_id = server.value("SELECT scan_id FROM scan ORDER BY id DESC LIMIT 1") or uuid7()
    known = {"event": [EVENT], "person": [person(2)["code"]], "unit": [person(2)["unit"]], "gate": ["main"], "scan_id": [scan_id], "code": [person(1)["code"], "SOX01"], "document": ["programme", "nhap", "han-che"], "version": ["1"], "page": ["1"], "picture": ["1.jpg"],
             "nonce": ["abc"], "build": ["x"], "name*": ["wall.js"]}
    return known.get(name, ["1", "main", scan_id])


def addresses(pattern):
    """Of a pattern, every way to fill it."""
    out = [pattern]
    for name in re.findall(r"\{([^}]+)\}", pattern):
        values = ["me", "0123456789ABCDEF"] if name == "token" else values_of(name)
        out = [p.replace("{%s}" % name, urllib.parse.quote(v), 1) for p in out for v in values]
    return out


def links(text):
    """Addresses of ours in a page, a JSON text or a feed."""
    text = html.unescape(text)
    found = re.findall(r"""(?:href|src|action|content|data-[\w-]+)=["']([^"'\s]+)["']""", text) + re.findall(r'"(/[^"\s\\]+)"', text) + re.findall(r"<(?:id|uri|link)>([^<]+)<", text)
    for link in found:
        link = re.sub(r"^https?://[^/]+", "", link)
        if link.startswith("/") and not link.startswith("//"):
            yield link.split("#")[0]


def ask(client, path, what, names):
    """One GET; a stream is read until its first snapshot."""
    if path.split("?")[0].endswith("/live"):
        connection = client.connect()
        try:
            connection.send(client.head_of("GET", path, {"Accept": "text/event-stream"}, None))
            status, fields = connection.head()
            body = b""
            if status != 200:
                body = connection.read(int(dict(fields).get("content-length", 0)))
            while status == 200 and b"\n\n" not in body:
                if not connection.buffer and not connection.more():
                    break
                body, connection.buffer = body + connection.buffer, b""
            reply = plenum.Reply(status, fields, body)
        finally:
            connection.close()
    else:
        reply = client.get(path)
    look("%s GET %s" % (what, path), reply, names)
    return reply


def walk(what, client, names, languages=LANGUAGES):
    """Every GET door, then all that these lead to."""
    todo = [path for method, pattern, who, flags, _ in ROUTES if method == "GET" for path in addresses(pattern)]
    todo += ["/", "/%s" % EVENT, "/nothing/here", "/e/nothing", "/display/nothing", "/api/v1/events/%s/nothing" % EVENT, "/e/%s?lang=xx" % EVENT, "/display/%s?w=1&h=2&safe=9&transparent=1" % EVENT]
    seen, statuses = set(), {}
    while todo and len(seen) < 900:
        path = todo.pop(0)
        if path in seen or path.startswith("/logout"):
            continue
        seen.add(path)
        reply = ask(client, path, what, names)
        statuses[reply.status] = statuses.get(reply.status, 0) + 1
        kind = reply.header("content-type") or ""
        if reply.status in (301, 302, 303):
            todo += links('href="%s"' % reply.header("location"))
        if reply.status == 200 and re.search("html|json|atom|event-stream", kind):
            opened.add((what.split(",")[0], path.split("?")[0]))
            todo += [link for link in links(reply.text) if link not in seen]
            if "html" in kind and "lang=" not in path:
                todo += [path + ("&" if "?" in path else "?") + "lang=" + language for language in languages]
    return statuses


def push(what, make_client, names):
    """Every other door, with nothing in it and with something: what a refusal says."""
    for method, pattern, who, flags, _ in ROUTES:
        if method == "GET" or pattern == "/logout":
            continue
        for path in addresses(pattern)[:2]:
            for body in ({}, {"number": "SOX01", "pin": "0000", "code": "000000", "name": "organiser", "password": "x", "scan": "0123456789ABCDEF", "words": "x"}):
                client = make_client()
                as_json = pattern.startswith("/api/")
                reply = client.request(method, path, body) if as_json else client.form(path, body) if method == "POST" else client.request(method, path, b"")
                look("%s %s %s" % (what, method, path), reply, names)
                client.close()


class Raw(plenum.Stream):
    """A stream whose every byte is kept."""

    def __init__(self, client, path):
        self.blocks = []
        super().__init__(client, path)

    def take(self, block):
        self.blocks.append(block)
        super().take(block)


# --- what happens meanwhile --------------------------------------------------------------------------------------------------------------------

def desk(method, path, **body):
    body.setdefault("request", uuid7())
    reply = staff["desk"].request(method, "/api/v1/events/%s/delegates%s" % (EVENT, path), body)
    if reply.status not in (200, 201):
        raise RuntimeError("%s %s: %r" % (method, path, reply))
    return reply.json()


def announce(text, to, **more):
    reply = staff["organiser"].form("/admin/%s/announcements" % EVENT, dict(more, **{"do": "write", "text_vi": text, "to_" + to: "1"}))
    if reply.status != 303:
        raise RuntimeError("announcement: %r" % reply)


def news(title, turn, *then):
    """Something for the public page, and what becomes of it."""
    page = "/admin/%s/news" % EVENT
    reply = staff["organiser"].form(page, {"do": "save", "kind": "news", "title_vi": "%s %d" % (title, turn), "body_vi": "%s, toàn văn" % title})
    post = re.search(r"edit=(\d+)", reply.header("location") or "")
    check(post is not None, "news is written: " + title, reply)
    for step, more in then:
        version = server.value("SELECT version FROM post WHERE id = ?", int(post.group(1)))
        reply = staff["organiser"].form(page, dict(more, do=step, id=post.group(1), version=str(version)))
        equal(reply.status, 303, "%s: %s" % (title, step))


def send(i, gate="main", direction="in", **more):
    return staff["main"].post("/api/v1/checkins", [scan(tokens[person(i)["code"]], gate, direction, **more)]).json()["results"][0]


def a_morning(turn):
    """Doors, desk, delegates and console, all with marked words."""
    for i in range(0, 5):
        send(i, direction="out")
        send(i)
    send(1, direction="out")
    send(5, age=600000, decision="admitted")
    send(5, age=300000, decision="admitted")  # a conflict
    send(9)                                    # who was excused
    walk_in = desk("POST", "", name="Kháchlạ%d Khôngmời" % turn, category="guest", phone="0977 699 8%d7" % turn, anyway=True)
    marks.secret("0977 699 8%d7" % turn, "phone of a walk-in")
    marks.names["Kháchlạ%d Khôngmời" % turn] = "name of a walk-in"
    marks.names[walk_in["code"]] = "code of a walk-in"
    who = person(5 + turn)["code"]
    desk("PUT", "/%s/absence" % who, absent=True, excused=True, reason="lydovangkin")
    desk("PUT", "/%s/note" % person(2)["code"], note="ghichukin gọi chủ nhà")
    desk("PATCH", "/%s" % person(3)["code"], room="sualoikin", phone="0977 688 8%d6" % turn)
    marks.secret("0977 688 8%d6" % turn, "a corrected phone")
    staff["desk"].post("/api/v1/events/%s/delegates/%s/reissue" % (EVENT, person(4)["code"]), {"reason": "lost"})
    desk("POST", "/%s/substitute" % who, name="Ngườithay%d Khôngbáo" % turn)
    marks.names["Ngườithay%d Khôngbáo" % turn] = "name of a substitute"
    learn()
    phone = Client(server)
    phone.form("/d/%s/ask" % tokens[person(0)["code"]], {"words": "cauhoikin %d" % turn})
    announce("Tinchomọiđiệnthoại %d" % turn, "phone")
    announce("Tinriêngchomộtđoàn %d" % turn, "phone", category="press")
    announce("Tinchưatớigiờ %d" % turn, "wall", **{"from": plenum.local_text(plenum.noon_zone()[1], 300)})
    news("Bàinhápkín", turn)
    news("Bàihẹngiờkín", turn, ("publish", {"from": plenum.local_text(plenum.noon_zone()[1], 300)}))
    news("Bàirútlạikín", turn, ("publish", {}), ("withdraw", {}))
    news("Bài cho mọi người", turn, ("publish", {}))
    fixed = staff["organiser"].post("/api/v1/events/%s/figures/fixed" % EVENT, {"request": uuid7(), "label": "Khai mạc %d" % turn, "at": None, "category": None, "seen": None})
    equal(fixed.status, 201, "a figure is fixed, with its list")
    learn()


def switch_scenes():
    """All that the organiser can hang on the walls; each is there before it is looked at."""
    page, live = "/admin/%s/wall" % EVENT, "/api/v1/events/%s/live" % EVENT
    stream = Raw(server_wall(), live)
    for scene in ("attendance", "quorum", "programme", "our_work", "welcome", "message", "black", "attendance"):
        request = re.search(r'class="request" name="request" value="([^"]+)"', staff["organiser"].get(page).text).group(1)
        fields = {"do": "message", "text_vi": "Nghỉ 15 phút"} if scene == "message" else {"do": "scene", "scene": scene}
        reply = staff["organiser"].form(page, dict(fields, request=request, wall="0"))
        hangs = stream.wait(lambda n, d: n in ("scene", "snapshot") and (d.get("scene") or d).get("all", {}).get("name") == scene)
        check(reply.status == 303 and hangs is not None, "the scene %s hangs" % scene, reply)
        for path in ("/display/%s" % EVENT, live):
            ask(server_wall(), path, "wall, scene %s," % scene, names_now())
    stream.end()
    for block in stream.blocks:
        look("wall, stream", plenum.Reply(200, [], block.encode()), names_now())


def names_now():
    return bool(server.value("SELECT names_on_wall FROM event WHERE slug = ?", EVENT))


_wall = []


def server_wall():
    """Opened as a technician does: the short address and six digits."""
    if not _wall:
        _wall.append(Client(server))
        reply = _wall[0].form("/w", {"code": server.value("SELECT display_code FROM event WHERE slug = ?", EVENT)})
        look("anyone POST /w", reply)
        equal((reply.status, reply.header("location")), (303, "/display/" + EVENT), "six digits open the wall")
        for value in _wall[0].cookies.values():
            marks.secret(value if len(value) > 15 else "", "cookie of a wall")
    return _wall[0]


# --- stories ------------------------------------------------------------------------------------------------------------------------------------

def verdict(what):
    global leaks
    words = {}
    for where, word in leaks:
        words.setdefault(word, []).append(where)
    check(not leaks, what, "%d leaks: %s" % (len(leaks), "; ".join("%s at %s" % (word, " and ".join(places[:3])) for word, places in words.items())))
    leaks = []


def marks_are_found():
    """The test finds what it looks for: where it stands, in all its forms."""
    p = person(3)
    for text in (p["phone"], p["phone"].replace(" ", ""), "+84 " + p["phone"][1:], p["phone"].replace(" ", "."), p["email"], p["attributes"]["faith"].upper(), json.dumps({"a": "Mụctôngiáokín"}),
                 urllib.parse.quote("Mụctôngiáokín"), tokens[p["code"]].lower(), "-".join(re.findall("....", tokens[p["code"]])), plenum.token_id(tokens[p["code"]]), p["born"], "14/04/1933" if False else p["born"]):
        check(marks.found("<p>%s</p>" % html.escape(text), False), "found: " + text[:12] + "…")
    equal(marks.found("<p>287 / 295 · 08:05 · Đại hội thử</p>", False), {}, "and nothing where there is nothing")
    look("test", plenum.Reply(200, [("etag", p["email"])], b"born in 1933, she"))
    check(len(leaks) == 2, "headers and years are read too", leaks)
    leaks.clear()
    page = staff["desk"].get("/api/v1/events/%s/delegates?q=%s" % (EVENT, p["code"]))
    check(len(marks.found(page.text, False)) > 3, "the desk does see them: the marks are in the data", page.text[:200])


def listen(what, names, turn=[0]):
    """Streams of a wall, while a morning goes by."""
    stream = Raw(server_wall(), "/api/v1/events/%s/live" % EVENT)
    desk_stream = Raw(staff["desk"], "/api/v1/events/%s/live" % EVENT)
    check(stream.wait(lambda n, d: n == "snapshot") is not None, what + ": the wall's stream begins")
    seen = len(stream.events)
    server.write("UPDATE event SET names_on_wall = ?, config_seq = config_seq + 1, figures_seq = figures_seq + 1", names)
    check(plenum.wait(lambda: any(e[0] == "snapshot" for e in stream.events[seen:])), what + ": a decision reaches the walls")
    desk_stream.wait(lambda n, d: n == "snapshot")
    turn[0] += 1
    a_morning(turn[0])
    announce("Dấu cuối cùng %d" % turn[0], "wall")
    last = stream.wait(lambda n, d: "Dấu cuối cùng %d" % turn[0] in json.dumps(d, ensure_ascii=False))
    check(last is not None, what + ": and hears of all until the last word", [e[0] for e in stream.events])
    stream.end()
    desk_stream.end()
    for block in stream.blocks:
        look("wall, stream", plenum.Reply(200, [], block.encode()), bool(names))
    heard = marks.found("\n".join(desk_stream.blocks), False)
    check(len(heard) > 2, what + ": the desk's stream names people, so there was something to leak", heard)
    equal(sensitive_in("\n".join(desk_stream.blocks)), [], what + ": nothing sensitive in the desk's stream")
    if names:
        check(any(person(i)["name"] in b for b in stream.blocks for i in range(6)), what + ": names are on the wall where the event allows them")
    verdict("%s: nothing private in %d events of the wall's stream" % (what, len(stream.blocks)))


def everywhere(names):
    what = "names on the wall" if names else "no names"
    listen(what, names)
    switch_scenes()
    verdict(what + ": nothing private in any scene")
    anyone = Client(server)
    statuses = walk("anyone, " + what, anyone, False)
    check(statuses.get(200, 0) > 20, "%s: anybody walked %s" % (what, statuses))
    verdict(what + ": nothing private for anybody")
    statuses = walk("wall, " + what, server_wall(), bool(names))
    check(statuses.get(200, 0) > 20, "%s: a wall walked %s" % (what, statuses))
    verdict(what + ": nothing private for a wall")


def without_names():
    everywhere(0)
    push("anyone", lambda: Client(server), False)
    verdict("no refusal of any form says anything private to anybody")
    wall = server_wall()

    def again():
        client = Client(server)
        client.cookies = dict(wall.cookies)
        return client
    push("wall", again, False)
    verdict("nor to a wall")


def with_names():
    everywhere(1)


def without_names_again():
    """Who was named a minute ago is named no more."""
    listen("no names again", 0)


def badge_holders():
    """A badge opens its own page: nobody else is on it."""
    for i in (0, 1):
        p = person(i)
        own = {w for w, what in list(marks.never.items()) + list(marks.names.items()) if p["code"] in what or what == "code" and w == p["code"] or w in (tokens[p["code"]], "GHEX%02d" % i, "SOX%02d" % i)}
        phone = Client(server)
        base = "/d/" + tokens[p["code"]]
        for path in (base, base + "?lang=en", base + "/news", base + "/search?q=a", base + "/programme.ics", base + "/worker.js"):
            look("badge GET " + path.replace(tokens[p["code"]], "TOKEN"), phone.get(path), False, own | {"Tinchomọiđiệnthoại", "cauhoikin"})
    verdict("a badge's pages say nothing of others")


# --- what is sensitive ------------------------------------------------------------------------------------------------------------------------------

SENSITIVE = re.compile(r"(?:tinnguong|thoiquen)\d\dkin", re.I)
HEAVY = ("/stills.zip", "/trust/guide.pdf", "/poster.pdf", "/authority.crt", "/metrics")  # pictures, and nothing about people


def sensitive_in(text):
    return sorted(set(SENSITIVE.findall(html.unescape(urllib.parse.unquote_plus(text)))))


def texts_of(body, kind=""):
    """What a file says: of a PDF its text, of archives and workbooks all that is in them."""
    if body.startswith(b"%PDF"):
        return subprocess.run([plenum.tool("pdftotext"), "-", "-"], input=body, capture_output=True, check=True).stdout.decode()
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as z:
            return "\n".join(n + "\n" + texts_of(z.read(n)) for n in z.namelist())
    return "" if re.match(r"image|font", kind) else body.decode("utf-8", "replace")


def stroll(what, client, most, told):
    """Every GET door and what these lead to, as somebody who may; gives how many opened."""
    todo = [path for method, pattern, *_ in ROUTES if method == "GET" for path in addresses(pattern)]
    todo += ["/admin/-/register?q=tinnguong02kin", "/api/v1/register/people?q=tinnguong02kin", "/api/v1/events/%s/delegates?q=tinnguong02kin" % EVENT, "/admin/-/register/units/%s" % person(2)["unit"],
             "/d/" + tokens[person(2)["code"]], "/api/v1/events/%s/people?q=thoiquen02kin" % EVENT, "/admin/-/audit?words=thoiquen02kin", "/admin/%s/draw?attribute=habit%%3Dthoiquen02kin" % EVENT]
    seen, good = set(), 0
    while todo and len(seen) < most:
        path = todo.pop(0)
        bare = path.split("?")[0]
        if bare in ("/logout",) or bare.startswith("/assets") or bare.endswith(HEAVY) or path in seen or "lang=" in path:
            continue
        seen.add(path)
        reply = ask(client, path, what, True) if bare.endswith("/live") else client.get(path)
        text = texts_of(reply.body, reply.header("content-type") or "") + str(reply.headers)
        asked_with = sensitive_in(path)
        told += ["%s GET %s: %s" % (what, path, word) for word in sensitive_in(text) if word not in asked_with]
        if asked_with and reply.status == 200:
            check(person(2)["name"] not in text, "%s finds nobody by it: %s" % (what, bare))
        if reply.status in (301, 302, 303):
            todo += links('href="%s"' % reply.header("location"))
        if reply.status == 200 and re.search("html|json", reply.header("content-type") or ""):
            todo += [link for link in links(reply.text) if link not in seen and "/assets/" not in link]
        good += reply.status == 200
    leaks.clear()  # names and phones are theirs to read
    return good


def changed_and_marked(boss):
    """A change of what is sensitive, and of what becomes so afterwards."""
    place = "/admin/-/register/people/%s/edit" % person(2)["code"]
    shown = boss.form(place, {"do": "show"}).text
    check(sensitive_in(shown) == ["thoiquen02kin", "tinnguong02kin"], "after a press the form shows it", sensitive_in(shown))
    seen = re.search(r'name="seen" value="(\d+)"', shown).group(1)
    fields = {"do": "save", "seen": seen, "sensitive": "1", "name": person(2)["name"], "code": person(2)["code"], "attribute:faith": "tinnguong92kin", "attribute:habit": "thoiquen92kin"}
    equal(boss.form(place, fields).status, 303, "both are changed")
    check("thoiquen02kin" in boss.get("/admin/-/register/people/%s" % person(2)["code"]).text, "the changes tell what is not sensitive")
    equal(boss.form("/admin/-/organization", {"do": "save", "list": "attribute", "code_of": "habit", "title_vi": "Mụcthóiquenkín", "type": "text", "sensitive": "1"}).status, 303, "then it is marked")


def taken_along(client, event, told):
    """All that leaves by a form, without naming what is sensitive."""
    for path, fields in ([("/admin/%s/exports" % event, {"what": what, "format": form}) for what in ("members", "delegates", "checkins") for form in ("csv", "xlsx", "json")]
                         + [("/admin/%s/forms" % event, {"span": "one", "unit": person(2)["unit"]}), ("/admin/-/audit", {"do": "export"})]):
        reply = client.form(path, fields)
        if reply.status == 200:
            told += ["POST %s %s: %s" % (path, fields, word) for word in sensitive_in(texts_of(reply.body))]
        else:
            check((fields.get("what") == "members") == (event != "-"), "a file leaves: %s %s" % (path, fields), reply)


def what_is_sensitive():
    """It stays where it is, whoever of the staff asks, until somebody asks for it by name; then the audit log says who, whose and which."""
    boss, told = server.sign_in("boss", server.user("boss", "organiser")), []
    changed_and_marked(boss)
    reads = lambda: server.rows("SELECT actor, subject, detail FROM audit WHERE action = 'sensitive read' ORDER BY id")
    before = len(reads())
    for what, client, most, least in (("boss", boss, 420, 120), ("desk", staff["desk"], 160, 30), ("gate", staff["main"], 130, 1)):
        good = stroll(what, client, most, told)
        check(good >= least, "%s opened %d" % (what, good))
    equal(staff["main"].get("/api/v1/events/%s/roster" % EVENT).status, 200, "a gate has its list")
    taken_along(boss, "-", told)
    taken_along(boss, EVENT, told)
    for words in (("export", "event", "--event", EVENT), ("export", "members"), ("export", "delegates", "--event", EVENT)):
        told += ["%s: %s" % (" ".join(words), word) for word in sensitive_in(plenum.plenum(*words, data=server.data).stdout)]
    told += ["audit log: %s" % word for word in sensitive_in(str(server.rows("SELECT * FROM audit")))]
    equal(told, [], "nothing sensitive leaves unasked")
    equal(len(reads()), before, "and nothing was noted as read")
    shown = boss.form("/admin/-/register/people/%s" % person(2)["code"], {"do": "show"}).text
    check({"tinnguong92kin", "thoiquen92kin"} <= set(sensitive_in(shown)), "after a press it is shown", sensitive_in(shown))
    check(all((a, s, sorted(json.loads(d)["attributes"])[:2]) == ("boss", person(2)["code"], ["faith", "habit"]) for a, s, d in reads()[before:]) and len(reads()) > before,
          "and the audit log knows who saw what of whom", reads()[before:])


def the_log():
    text = server.log_text()
    found = marks.found(text, False)
    found.pop("organiser", None)
    equal({w[:40]: what for w, what in found.items() if "CSRF" not in what or w in text}, {}, "nothing private is in the log")
    note("%d replies were read" % asked)


if __name__ == "__main__":
    plenum.run("leaks", begin, marks_are_found, without_names, with_names, without_names_again, badge_holders, what_is_sensitive, the_log)

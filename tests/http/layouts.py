#!/usr/bin/env python3
# suite
"""Badge layouts through the console's doors: who may, names, sizes, mistakes with their line, two editors, pictures, backup; and the editor without
JavaScript.    B=build/x tests/http/layouts.py"""
import html
import json
import os
import re
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import plenum  # noqa: E402
from plenum import Client, check, equal  # noqa: E402

server = plenum.Server("layouts")
DOORS = "/api/v1/events/test-1/layouts"
PAGES = "/admin/test-1/layouts"
JSON = {"Content-Type": "application/json"}
who = {}

SMALL = """{
  "format": "plenum-layout/1",
  "size": [90, 60],
  "front": [
    {"text": "{name}", "box": [4, 4, 80, 14], "size": 24, "least": 10},
    {"text": "{number}", "box": [4, 20, 40, 10], "size": 20},
    {"qr": "badge", "box": [50, 26, 34, 34]}
  ]
}
"""


def shape(value, event, offset):
    other = json.loads(json.dumps(event))
    other["slug"] = "test-2"
    value["events"].append(other)
    event["venue"] = {"name": "Nhà văn hóa", "phone": "0600 123 456"}


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    for name, role, event in (("btc", "organiser", None), ("btc2", "organiser", "test-2"), ("ban", "desk", "test-1")):
        who[name] = server.sign_in(name, server.user(name, role, event))


def put(client, name, text, match=None, **more):
    return client.request("PUT", DOORS + "/" + name, body=text.encode() if isinstance(text, str) else text, headers=dict(JSON, **({"If-Match": match} if match else {}), **more))


def show(client, text, query=""):
    return client.request("POST", DOORS + "/preview" + query, body=text.encode() if isinstance(text, str) else text, headers=JSON)


def png_size(body):
    if body[:8] != b"\x89PNG\r\n\x1a\n":
        return None
    return struct.unpack(">II", body[16:24])


def rights():
    for client, status, name in ((Client(server), 401, "a stranger"), (who["ban"], 403, "the desk"), (who["btc2"], 403, "another event's organiser")):
        for method, path in (("GET", DOORS), ("GET", DOORS + "/a6"), ("GET", DOORS + "/a6/picture.png"), ("POST", DOORS + "/preview"), ("PUT", DOORS + "/x"), ("DELETE", DOORS + "/x")):
            reply = client.request(method, path, body=SMALL.encode() if method in ("POST", "PUT") else None, headers=JSON if method in ("POST", "PUT") else None)
            check(reply.status in (401, 403) and (reply.status == status or method not in ("GET",)), "%s %s is not for %s" % (method, path, name), reply)
    check(Client(server).get(PAGES).status in (302, 303, 401), "nor the page for a stranger")
    equal(who["ban"].get(PAGES).status, 403, "nor for the desk")
    reply = who["btc"].request("PUT", DOORS + "/x", body=SMALL.encode(), headers=dict(JSON, **{"X-CSRF-Token": "wrong"}))
    equal((reply.status, reply.code), (403, "csrf"), "saving needs the session's own token")
    equal(who["btc"].get("/api/v1/events/nope/layouts").status, 404, "an event that is not there")
    check(not os.path.exists(os.path.join(server.data, "layouts", "x.json")), "nothing was written")


def names():
    btc = who["btc"]
    for name in ("A", "ä", "a_b", "a.b", "..", "%2e%2e", "..%2f..%2fplenum", "a%2fb", "a%00b", "-a", "x" * 41, "a b", "con.json", "%E1%BA%A1"):
        reply = put(btc, plenum.urllib.parse.quote(name, safe="%.-"), SMALL)
        check(reply.status in (400, 404, 405, 409), "the name %r is refused" % name[:20], reply)
    equal(put(btc, "a6", SMALL).code, "ready_layout", "a ready layout is never written over")
    equal(put(btc, "a6", SMALL, "*").code, "ready_layout", "not even when told to")
    equal(btc.request("DELETE", DOORS + "/a6").status, 404, "nor deleted")
    folder = os.path.join(server.data, "layouts")
    equal([n for n in (os.listdir(folder) if os.path.isdir(folder) else []) if n != ".lock"], [], "no file came of it")
    equal(btc.get(DOORS + "/nope").code, "unknown_layout", "a layout that is not there")
    for name in ("a", "9", "x" * 40, "a-b-c"):
        equal(put(btc, name, SMALL).status, 201, "the name %s is taken" % name[:8])
        equal(btc.request("DELETE", DOORS + "/" + name).status, 204, "and deleted")


def mistakes():
    btc = who["btc"]
    overlap = SMALL.replace("[4, 20, 40, 10]", "[4, 10, 40, 10]")
    for door, reply in (("preview", show(btc, overlap)), ("save", put(btc, "bad", overlap))):
        equal((reply.status, reply.code), (422, "bad_layout"), "%s: overlapping boxes are refused" % door)
        equal([reply.json()[k] for k in ("place", "line", "detail")], ["front[1].box", 6, "overlaps front[0]"], "%s: with place and line" % door)
        column = reply.json()["column"]
        check(overlap.split("\n")[5][column - 1:].startswith('"box"'), "%s: and the column of its key" % door, column)
    for text, place, line in ((SMALL.replace('"size": [90, 60],\n', ''), "size", 1), (SMALL.replace('"qr": "badge"', '"qr": "menu"'), "front[2].qr", 7),
                              (SMALL.replace("[50, 26, 34, 34]", "[50, 26, 20, 20]"), "front[2].box", 7), (SMALL.replace('"least": 10', '"leest": 10'), "front[0].leest", 5)):
        found = show(btc, text).json()
        equal((found.get("place"), found.get("line")), (place, line), "the place %s" % place)
    found = show(btc, SMALL.replace('24, "least"', '24 "least"')).json()
    equal((found["place"], found["line"]), ("", 5), "no JSON: the line of the mistake")
    for text in ("", "[]", "null", "{}", "\x00", "{" * 70, '"' + "x" * 5000, b"\xff\xfe{}"):
        equal(show(btc, text).status, 422, "%r is no layout" % text[:12])
    equal(show(btc, SMALL + " " * 262144).status, 413, "more than 256 KB is not taken")
    equal(put(btc, "big", SMALL + " " * 262144).status, 413, "nor saved")
    equal(btc.request("PUT", DOORS + "/x", body=SMALL.encode(), headers={"Content-Type": "text/plain"}).code, "not_json", "what is not called JSON")
    huge = show(btc, SMALL.replace("[90, 60]", "[2000, 2000]"), "?pixels=99999")
    check(huge.status == 200 and max(png_size(huge.body)) <= 2410, "two metres are drawn within bounds", huge)


def pictures():
    btc = who["btc"]
    first = show(btc, SMALL, "?pixels=900")
    check(first.status == 200 and first.header("content-type") == "image/png" and 860 <= png_size(first.body)[0] <= 940, "a picture of about 900 pixels", first)
    report = json.loads(first.header("plenum-preview"))
    check(report["name_size"] >= 10 and report["cut"] == 0 and not report["has_back"], "with what is worth knowing", report)
    seen = {first.body}
    for query in ("?person=~longest", "?person=~blank", "?overlay=1", "?person=~full"):
        reply = show(btc, SMALL, query + "&pixels=900")
        equal(reply.status, 200, "%s is drawn" % query)
        seen.add(reply.body)
    check(len(seen) >= 4, "and they differ", len(seen))
    code = server.value("SELECT p.code FROM person p JOIN delegate d ON d.person_id = p.id WHERE d.status = 'summoned' ORDER BY p.code DESC LIMIT 1")
    name = server.value("SELECT name FROM person WHERE code = ?", code)
    by_code, by_name = (show(btc, SMALL, "?person=" + plenum.urllib.parse.quote(x)) for x in (code, name))
    check(by_code.status == 200 and by_code.body == by_name.body, "a person by code and by name", (by_code.status, by_name.status))
    equal(show(btc, SMALL, "?person=nobody-at-all").status, 404, "somebody who is not there")
    equal(show(btc, SMALL, "?side=back").status, 404, "a back that is not there")
    arabic = show(btc, SMALL, "?language=ar")
    check(arabic.status == 200 and arabic.body != show(btc, SMALL).body, "Arabic is mirrored")
    other = show(btc, SMALL.replace('"size": [90', '"font": "No Such Family 9", "size": [90'))
    check(other.status == 200 and json.loads(other.header("plenum-preview"))["helped"] > 0, "a font that is not here is told, not refused", other)
    token = list(server.tokens("test-1").values())[0]
    check(all(token.encode() not in body for body in seen), "no token in a picture")
    path = os.path.join(server.folder, "p.png")
    with open(path, "wb") as f:
        f.write(show(btc, SMALL, "?pixels=1200").body)
    codes = json.loads(plenum.plenum("decode", path, name="plenum-scanner").stdout)["codes"]
    check(len(codes) == 1 and codes[0].endswith("/D/0000000000000000"), "its QR code is read and leads nowhere", codes)
    for ready in [one["name"] for one in btc.get(DOORS).json()["layouts"]]:
        reply = btc.get("%s/%s/picture.png?pixels=360" % (DOORS, ready))
        check(reply.status == 200 and png_size(reply.body), "%s has a picture" % ready, reply)
        equal(btc.get("%s/%s/picture.png?pixels=360" % (DOORS, ready), If_None_Match=reply.header("etag")).status, 304, "%s: asked again it is the same" % ready)
    times = []
    for _ in range(5):
        begun = time.time()
        show(btc, SMALL)
        times.append(time.time() - begun)
    plenum.note("edit to picture: %d ms" % (sorted(times)[2] * 1000))


def two_editors():
    btc, other = who["btc"], server.sign_in("btc", "mat khau that dai 19")
    saved = put(btc, "mine", SMALL)
    tag = saved.header("etag")
    equal((saved.status, btc.get(DOORS + "/mine").body), (201, SMALL.encode()), "saved as it was written")
    equal(put(other, "mine", SMALL).status, 412, "a second new one of that name is told")
    theirs = put(other, "mine", SMALL.replace("24,", "22,"), tag)
    equal(theirs.status, 200, "another editor changes it")
    mine = put(btc, "mine", SMALL.replace("24,", "20,"), tag)
    equal((mine.status, mine.code), (412, "changed_meanwhile"), "who has the older version is told")
    check(b"22," in btc.get(DOORS + "/mine").body, "and nothing is lost")
    equal(put(btc, "mine", SMALL, "*").status, 200, "unless they insist")
    equal(btc.request("DELETE", DOORS + "/mine", headers={"If-Match": tag.replace(tag[1:5], "0000")}).status, 412, "deleting asks the same")
    equal(put(btc, "mine", SMALL, "many, tags").status, 400, "an If-Match that is none")
    clients, results = [server.sign_in("btc", "mat khau that dai 19") for _ in range(6)], []

    def race(i):
        results.append(put(clients[i], "race", SMALL.replace("24,", "%d," % (11 + i))).status)
    threads = [threading.Thread(target=race, args=(i,)) for i in range(6)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    equal(sorted(results), [201] + [412] * 5, "of six at once one is the first")
    equal(server.value("SELECT COUNT(*) FROM audit WHERE action = 'save_layout' AND subject = 'mine'"), 3, "the audit log knows of each save")
    mode = os.stat(os.path.join(server.data, "layouts", "mine.json")).st_mode & 0o777
    equal(mode, 0o600, "the file is the house's own")
    text = btc.get(DOORS + "/mine?download=1")
    check('filename="mine.json"' in (text.header("content-disposition") or ""), "it is downloaded under its name", text)
    done = plenum.plenum("--event", "test-1", "--layout", "mine", "-o", os.path.join(server.folder, "mine.pdf"), data=server.data, name="plenum-badges")
    check(done.returncode == 0, "and printed by it")


def backup():
    file, folder = os.path.join(server.folder, "backup"), os.path.join(server.folder, "again")
    plenum.plenum("backup", file, data=server.data)
    plenum.plenum("restore", file, data=folder)
    with open(os.path.join(folder, "layouts", "mine.json"), encoding="utf-8") as f:
        equal(f.read(), SMALL, "a backup holds the layouts")


def fields(page):
    found = {name: html.unescape(value) for name, value in re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)}
    found["text"] = html.unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.S).group(1))
    return {k: v for k, v in found.items() if k in ("csrf", "seen", "as", "text")}


def without_javascript():
    btc = who["btc"]
    page = btc.get(PAGES + "/a6-landscape")
    values = fields(page.text)
    equal(values["text"].strip(), btc.get(DOORS + "/a6-landscape").text.strip(), "the editor shows the text")
    equal(values["as"], "a6-landscape-own", "and a name for the copy")
    shown = btc.form(PAGES + "/a6-landscape", dict(values, do="show", overlay="1", person="~longest"))
    equal((shown.status, shown.text.count('src="data:image/png;base64,')), (200, 2), "show gives front and back in the page")
    check("img-src 'self' blob: data:" in shown.header("content-security-policy"), "and only this page may show such pictures")
    broken = values["text"].replace('"size": 42', '"size": "large"')
    reply = btc.form(PAGES + "/a6-landscape", dict(values, text=broken, do="save"))
    check(reply.status == 422 and fields(reply.text)["text"] == broken and "must be a number" in reply.text, "a mistake is told and the text kept", reply.status)
    reply = btc.form(PAGES + "/a6-landscape", dict(values, text=values["text"].replace("\n", "\r\n"), do="save"))
    equal((reply.status, reply.header("location")), (303, PAGES + "/a6-landscape-own?saved=1"), "a copy is saved")
    equal(btc.get(DOORS + "/a6-landscape-own").text, values["text"], "with the line ends that it had")
    equal(btc.form(PAGES + "/a6-landscape", dict(values, do="save")).status, 412, "a name that is taken is told")
    equal(btc.form(PAGES + "/a6-landscape", dict(values, do="save", **{"as": "a6"})).status, 409, "a ready one too")
    own = fields(btc.get(PAGES + "/a6-landscape-own").text)
    put(btc, "a6-landscape-own", SMALL, "*")
    reply = btc.form(PAGES + "/a6-landscape-own", dict(own, do="save"))
    check(reply.status == 412 and fields(reply.text)["text"] == own["text"], "somebody else was quicker: told, text kept", reply.status)
    equal(btc.form(PAGES + "/a6-landscape-own", dict(own, do="delete")).status, 412, "also before deleting")
    own = fields(btc.get(PAGES + "/a6-landscape-own").text)
    equal(btc.form(PAGES + "/a6-landscape-own", dict(own, do="delete")).status, 303, "deleted")
    equal(btc.get(PAGES + "/a6-landscape-own").status, 404, "and gone")
    equal(btc.form(PAGES + "/a6", dict(values, csrf="wrong", do="save"), headers={"X-CSRF-Token": None}).status, 403, "a form of another session is refused")
    evil = SMALL.replace('"size": [90', '"about": "</textarea><script>1</script>", "size": [90')
    put(btc, "evil", evil)
    listing = btc.get(PAGES).text
    check("<script>1" not in listing and "<script>1" not in btc.get(PAGES + "/evil").text, "what a layout says is escaped")
    with open(os.path.join(server.data, "layouts", "broken.json"), "w", encoding="utf-8") as f:
        f.write("{")
    check("broken" in btc.get(PAGES).text, "a file that somebody broke by hand is listed with its flaw")
    check("0600 123 456" in plenum.subprocess.run([plenum.tool("pdftotext"), "-", "-"], input=btc.get("/api/v1/events/test-1/badges.pdf?layout=a6&record=0").body,
                                                  capture_output=True).stdout.decode(), "the desk's phone of the venue is on the back of a6")


plenum.run("layouts", begin, rights, names, mistakes, pictures, two_editors, backup, without_javascript)

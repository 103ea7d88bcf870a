#!/usr/bin/env python3
# suite
"""Photos: matched in bulk by the names of their files, refused where they are bad, sent to the server one by one, seen by staff alone; colours by profile
come out as sRGB; an exported event comes in again without a change."""
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import unicodedata
import urllib.parse
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as p

EVENT = "dai-hoi-19"


def picture(path, color="0x336699", size="640x480", kind=None):
    """A picture of one colour, by ffmpeg."""
    p.tool("ffmpeg")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "color=c=%s:s=%s" % (color, size), "-frames:v", "1"]
    command += (["-f", "image2", "-c:v", kind] if kind else []) + (["-q:v", "1"] if not path.lower().endswith(".png") else [])
    subprocess.run(command + [path], check=True)
    return path


def bytes_of(path):
    with open(path, "rb") as f:
        return f.read()


def rgb_of(data, folder):
    """The pixel in the middle of a picture."""
    path = os.path.join(folder, "seen.jpg")
    with open(path, "wb") as f:
        f.write(data)
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout
    return tuple(raw[len(raw) // 6 * 3:len(raw) // 6 * 3 + 3])


# --- profiles, made here: matrix and curve, as ICC.1:2001 has them --------------------------------------------------------------------

def s15(value):
    return struct.pack(">i", round(value * 65536))


def rgb_profile(name, gamma, red, green, blue):
    """A display profile from colorants that are adapted to D50 already."""
    text = name.encode()
    tags = [(b"desc", b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + b"\0" + b"\0" * 78), (b"cprt", b"text\0\0\0\0none\0"),
            (b"wtpt", b"XYZ \0\0\0\0" + s15(0.9642) + s15(1) + s15(0.8249))]
    tags += [(tag, b"XYZ \0\0\0\0" + b"".join(s15(v) for v in xyz)) for tag, xyz in ((b"rXYZ", red), (b"gXYZ", green), (b"bXYZ", blue))]
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    tags += [(tag, curve) for tag in (b"rTRC", b"gTRC", b"bTRC")]
    at, table, data = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for tag, body in tags:
        body += b"\0" * (-len(body) % 4)
        table += tag + struct.pack(">II", at + len(data), len(body))
        data += body
    size = at + len(data)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02100000, b"mntr", b"RGB ", b"XYZ ") + b"\0" * 12 + b"acsp" + b"\0" * 28
    head += s15(0.9642) + s15(1) + s15(0.8249)
    return head + b"\0" * (128 - len(head)) + table + data


ADOBE = rgb_profile("Adobe RGB (1998)", 2.19921875, (0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SWAPPED = rgb_profile("red is green", 2.2, (0.38515, 0.71687, 0.09708), (0.43607, 0.22249, 0.01392), (0.14307, 0.06061, 0.71410))


def with_profile(jpeg, profile):
    return jpeg[:2] + b"\xff\xe2" + struct.pack(">H", len(profile) + 16) + b"ICC_PROFILE\0\x01\x01" + profile + jpeg[2:]


def png(color, profile=None, size=64):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    rows = (b"\0" + bytes(color) * size) * size
    extra = chunk(b"iCCP", b"x\0\0" + zlib.compress(profile)) if profile else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


# --- stories ---------------------------------------------------------------------------------------------------------------------------

def sample(name):
    folder = p.scratch(name)
    data = os.path.join(folder, "data")
    p.plenum("import", p.SAMPLE, data=data)
    with open(p.SAMPLE, encoding="utf-8") as f:
        file = json.load(f)
    names = {one["code"]: unicodedata.normalize("NFC", one["name"]) for one in file["people"]}
    event = next(one for one in file["events"] if one["slug"] == EVENT)
    counts = {}
    for one in event["delegates"]:
        if one["person"]:
            counts[names[one["person"]]] = counts.get(names[one["person"]], 0) + 1
    have = {one["code"] for one in file["people"] if one.get("photo")}
    alone = [one for one in event["delegates"] if one["person"] and one["person"] not in have and counts[names[one["person"]]] == 1 and one.get("number")
             and one.get("status", "summoned") in ("summoned", "alternate")]
    namesakes = [one for one in event["delegates"] if one["person"] and counts[names[one["person"]]] > 1]
    return folder, data, names, alone, namesakes


def photo_of(data, code):
    return p.rows(data, "SELECT photo, photo_blob FROM person WHERE code = ?", code)[0]


def plain(name):
    return "".join(c for c in unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D")) if not unicodedata.combining(c))


def add(data, *words, fine=True):
    return json.loads(p.plenum("photos", "add", *words, "--json", data=data, fine=fine).stdout)


def bulk():
    folder, data, names, alone, namesakes = sample("photos")
    box = os.path.join(folder, "box")
    who = [one["person"] for one in alone[:8]]
    picture(os.path.join(box, who[0].lower() + " (2).JPG"), "0x102030", "4000x3000")
    picture(os.path.join(box, "0" + alone[1]["number"] + ".png"), "0x203040")
    picture(os.path.join(box, names[who[2]] + ".jpg"), "0x304050")
    picture(os.path.join(box, unicodedata.normalize("NFD", names[who[3]]).replace(" ", "_") + ".jpeg"), "0x405060")
    picture(os.path.join(box, plain(" ".join(reversed(names[who[4]].split()))) + ".jpg"), "0x506070")
    older = picture(os.path.join(box, who[5] + ".jpg"), "0x607080")
    picture(os.path.join(box, "%s - %s.jpg" % (who[5], plain(names[who[5]]))), "0x708090")
    os.utime(older, (1, 1))
    twin = namesakes[0]["person"]
    picture(os.path.join(box, names[twin] + ".jpg"), "0x8090a0")
    picture(os.path.join(box, "sub", "IMG_0001.jpg"), "0x90a0b0")
    picture(os.path.join(box, "%s %s.jpg" % (who[0], plain(names[who[1]]))), "0x90a0b0")
    good = bytes_of(older)
    for name, content in ((who[6] + ".jpg", good[:len(good) // 2]), (who[7] + ".heic", b"\0\0\0\x18ftypheic" + b"\0" * 40), ("notes.txt", b"hello"), ("Thumbs.db", b"x"), (".DS_Store", b"x")):
        with open(os.path.join(box, name), "wb") as f:
            f.write(content)

    dry = add(data, box, "--event", EVENT, "--dry-run")
    p.equal(photo_of(data, who[0])[1], None, "a dry run changes nothing")
    report = add(data, box, "--event", EVENT)
    p.equal(report["counts"], dry["counts"], "a dry run says the same")
    p.equal(report["counts"], {"new": 6, "replaced": 0, "same": 0, "older": 1, "doubtful": 2, "unknown": 2, "refused": 2}, "counts")
    by_file = {os.path.basename(one["file"]): one for one in report["files"]}
    p.check("Thumbs.db" not in by_file and ".DS_Store" not in by_file, "what systems leave behind is passed over")
    for code in who[:6]:
        p.check(photo_of(data, code)[1], "%s has a photo" % code)
        p.equal(photo_of(data, code)[0], "photos/%s.jpg" % code, "and a path for event files")
    p.equal(by_file[who[5] + ".jpg"]["outcome"], "older", "of two files the newest is taken, and it is told")
    p.equal((by_file[names[twin] + ".jpg"]["outcome"], by_file[names[twin] + ".jpg"]["why"]), ("doubtful", "namesakes"), "namesakes are not guessed")
    p.equal(len(by_file[names[twin] + ".jpg"]["people"]), len([one for one in namesakes if names[one["person"]] == names[twin]]), "and all are named")
    p.check("HEIC" in by_file[who[7] + ".heic"]["why"] and "JPEG" in by_file[who[7] + ".heic"]["why"], "HEIC is told kindly", by_file[who[7] + ".heic"])
    p.equal(by_file[who[6] + ".jpg"]["outcome"], "refused", "half a picture is refused")
    p.equal(photo_of(data, who[6])[1], None, "for that person only")
    p.equal(by_file["%s %s.jpg" % (who[0], plain(names[who[1]]))]["why"], "disagree", "code and name of different people")
    p.check(who[6] in {one["code"] for one in report["missing"]} and who[0] not in {one["code"] for one in report["missing"]}, "the list of the missing")

    blob = photo_of(data, who[0])[1]
    stored = bytes_of(os.path.join(data, "blobs", blob[:2], blob))
    p.check(stored[:2] == b"\xff\xd8" and len(stored) < 400000, "what is kept is small and ours")
    again = add(data, box, "--event", EVENT)
    p.equal((again["counts"]["same"], again["counts"]["new"], again["counts"]["replaced"]), (6, 0, 0), "the same again changes nothing")
    picture(os.path.join(box, who[0].lower() + " (2).JPG"), "0xff0000", "400x300")
    p.equal(add(data, box, "--event", EVENT)["counts"]["replaced"], 1, "another picture replaces")
    said = p.plenum("photos", "add", box, "--event", EVENT, data=data).stdout
    p.check("several people bear this name" in said and "HEIC" in said and "people have no photo yet" in said, "the report in words", said)
    p.check(p.plenum("photos", "add", os.path.join(box, "no such"), data=data, fine=False).returncode == 1, "a folder that is not there")
    p.check(p.plenum("photos", "add", box, "--event", "nowhere", data=data, fine=False).returncode == 1, "an event that is not there")

    odd = os.path.join(folder, "odd")
    picture(os.path.join(odd, who[2] + ".jpg"), "0x112233")
    os.mkfifo(os.path.join(odd, who[3] + ".jpg"))
    os.symlink("/no/such/file", os.path.join(odd, who[4] + ".jpg"))
    report_odd = add(data, odd, "--event", EVENT)
    p.equal((report_odd["counts"]["replaced"], report_odd["counts"]["refused"]), (1, 2), "a pipe and a link to nothing are refused, the photo beside them is taken")
    p.check(all(one["why"] for one in report_odd["files"] if one["outcome"] == "refused"), "and it is told why", report_odd["files"])

    numbers = add(data, os.path.join(box, "0" + alone[1]["number"] + ".png"), "--dry-run")
    p.equal(numbers["files"][0]["outcome"], "unknown", "without an event no badge number counts")
    unit = next(one["unit"] for one in report["missing"] if one.get("unit"))
    missing = json.loads(p.plenum("photos", "missing", "--event", EVENT, "--unit", unit, "--json", data=data).stdout)
    p.check(missing and all(one["unit"] == unit for one in missing), "the missing of one delegation")

    stable(folder, data, who[1])
    p.plenum("photos", "remove", who[1], data=data)
    p.equal(photo_of(data, who[1]), (None, None), "removed")
    gone = p.plenum("photos", "remove", who[1], data=data, fine=False)
    p.check(gone.returncode == 1 and "no photo" in gone.stderr, "and there is nothing to remove any more", gone.stderr)


def stable(folder, data, code):
    """Out and in again, and a backup with every photo in it."""
    out = os.path.join(folder, "out", "event.json")
    p.plenum("export", "event", "--event", EVENT, "-o", out, data=data)
    p.check(os.path.exists(os.path.join(folder, "out", "photos", code + ".jpg")), "the photo goes out with the event")
    p.equal(json.loads(p.plenum("import", out, "--dry-run", data=data).stdout)["changes"], [], "and comes in again without a change")
    fresh = os.path.join(folder, "fresh")
    p.plenum("import", out, data=fresh)
    p.equal(photo_of(fresh, code), photo_of(data, code), "a fresh data folder gets the same photo")
    backup = os.path.join(folder, "backup.tar.gz")
    p.plenum("backup", backup, data=data)
    other = os.path.join(folder, "other")
    p.plenum("restore", backup, data=other)
    blob = photo_of(data, code)[1]
    p.check(os.path.exists(os.path.join(other, "blobs", blob[:2], blob)), "a backup has the photos")
    p.equal(p.plenum("doctor", data=other).returncode, 0, "and the doctor is content")
    # Two people under one path: the new photo gets a path of its own, or the export would break.
    database = sqlite3.connect(os.path.join(data, "plenum.db"))
    before = database.execute("SELECT photo FROM person WHERE code = 'P0001'").fetchone()[0]
    database.execute("UPDATE person SET photo = ?, photo_blob = (SELECT photo_blob FROM person WHERE code = 'P0001') WHERE code = ?", (before, code))
    database.commit()
    database.close()
    add(data, picture(os.path.join(folder, "one", code + ".jpg"), "0x00ff00"))
    p.equal(photo_of(data, code)[0], "photos/%s.jpg" % code, "a path of its own")
    shutil.rmtree(os.path.join(folder, "out"))
    p.plenum("export", "event", "--event", EVENT, "-o", out, data=data)
    p.equal(json.loads(p.plenum("import", out, "--dry-run", data=data).stdout)["changes"], [], "and the export is whole")


def colours():
    folder, data, names, alone, _ = sample("colours")
    box = os.path.join(folder, "box")
    who = [one["person"] for one in alone[:6]]
    gray = bytes_of(picture(os.path.join(folder, "x", "a.jpg"), "0x50a050"))
    os.makedirs(box)
    files = {who[0] + ".jpg": gray, who[1] + ".jpg": with_profile(gray, ADOBE), who[2] + ".png": png((200, 40, 60), SWAPPED),
             who[3] + ".jpg": with_profile(gray, b"\0" * 300), who[4] + ".jpg": with_profile(gray, ADOBE[:200] + b"\xff" * 200), who[5] + ".png": png((200, 40, 60))}
    for name, content in files.items():
        with open(os.path.join(box, name), "wb") as f:
            f.write(content)
    p.equal(add(data, box)["counts"]["new"], 6, "all are taken")
    seen = []
    for code in who:
        blob = photo_of(data, code)[1]
        seen.append(rgb_of(bytes_of(os.path.join(data, "blobs", blob[:2], blob)), folder))
    near = lambda a, b, most=4: all(abs(x - y) <= most for x, y in zip(a, b))
    # (80, 160, 80) of Adobe RGB is greener than sRGB can show: red 0 … by the standard's own matrices.
    linear = [(v / 255) ** 2.19921875 for v in (80, 160, 80)]
    to_srgb = ((1.39836, -0.39836, 0.0), (0.0, 1.0, 0.0), (0.0, -0.04293, 1.04293))
    want = []
    for row in to_srgb:
        v = min(1, max(0, sum(m * x for m, x in zip(row, linear))))
        want.append(round(255 * (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)))
    p.check(near(seen[0], (80, 160, 80)), "without a profile colours stay", seen[0])
    p.check(near(seen[1], want), "Adobe RGB becomes sRGB", "%r, wanted %r" % (seen[1], want))
    p.check(not near(seen[1], (80, 160, 80)), "which is another colour", seen[1])
    p.check(near(seen[2], (40, 200, 60), 14), "a PNG's profile is used: what it calls red is green", seen[2])
    p.check(near(seen[3], (80, 160, 80)) and near(seen[4], (80, 160, 80), 255), "a broken profile is passed over", seen[3:5])
    p.check(near(seen[5], (200, 40, 60)), "a PNG without one stays", seen[5])


def multipart(fields, file=None, boundary="----x1"):
    body = b""
    for name, value in fields.items():
        body += ("--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n" % (boundary, name, value)).encode()
    if file:
        name, content = file
        body += ("--%s\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"%s\"\r\nContent-Type: image/jpeg\r\n\r\n" % (boundary, name)).encode() + content + b"\r\n"
    return body + ("--%s--\r\n" % boundary).encode(), {"Content-Type": "multipart/form-data; boundary=" + boundary}


def doors():
    server = p.Server("photo-doors")
    _, _, names, alone, namesakes = sample("photo-names")
    server.load(p.SAMPLE)
    server.start()
    server.user("chef", "organiser")
    server.user("ban", "desk", EVENT)
    chef, desk = (server.sign_in(name, "mat khau that dai 19") for name in ("chef", "ban"))
    base = "/api/v1/events/%s" % EVENT
    who = [one["person"] for one in alone[:4]]
    first = bytes_of(picture(os.path.join(server.folder, "in", "a.jpg"), "0xaa2200", "3000x2000"))
    second = bytes_of(picture(os.path.join(server.folder, "in", "b.png"), "0x00aa22"))
    raw = {"Content-Type": "application/octet-stream"}
    by_name = lambda client, name, data: client.request("PUT", "%s/photos?name=%s" % (base, urllib.parse.quote(name)), data, raw)

    reply = by_name(chef, names[who[0]] + ".jpg", first)
    p.equal((reply.status, reply.json()["outcome"], [one["code"] for one in reply.json()["people"]]), (200, "new", [who[0]]), "sent and matched by name")
    p.equal(by_name(chef, who[0] + ".jpg", first).json()["outcome"], "same", "sent again: the same")
    p.equal(by_name(chef, who[0] + ".jpg", second).json()["outcome"], "replaced", "another one replaces")
    doubtful = by_name(chef, names[namesakes[0]["person"]] + ".jpg", first).json()
    p.check(doubtful["outcome"] == "doubtful" and len(doubtful["people"]) > 1, "namesakes are named", doubtful)
    p.equal(by_name(chef, "IMG_9999.jpg", first).json()["outcome"], "unknown", "nobody")
    p.equal(by_name(chef, who[1] + ".jpg", first[:9000]).json()["outcome"], "refused", "a damaged one")
    p.equal(by_name(chef, who[1] + ".jpg", b"").json()["outcome"], "refused", "an empty one")
    p.equal(by_name(desk, who[1] + ".jpg", first).status, 403, "many at once are for organisers")
    p.equal(chef.request("PUT", base + "/photos", first, raw).status, 400, "name= is needed")
    p.equal(chef.request("PUT", base + "/photos?name=a.jpg", first, dict(raw, **{"X-CSRF-Token": "x"})).status, 403, "no photo without the token of the page")
    p.equal(p.Client(server).request("PUT", base + "/photos?name=a.jpg", first, raw).status, 401, "nor by a stranger")
    p.equal(chef.request("PUT", base + "/photos?name=a.jpg", b"x" * (21 << 20), raw).status, 413, "20 MB at most")

    one = base + "/delegates/%s/photo" % who[2]
    p.equal(desk.get(one).status, 404, "no photo yet")
    p.equal(desk.request("PUT", one, first, raw).json()["outcome"], "new", "the desk adds one person's")
    p.equal(desk.request("PUT", base + "/delegates/nobody/photo", first, raw).status, 404, "of nobody")
    seen = desk.get(one)
    p.equal((seen.status, seen.header("content-type")), (200, "image/jpeg"), "and sees it")
    p.check(len(seen.body) < 60000 and "private" in seen.header("cache-control"), "small and private", seen.header("cache-control"))
    p.equal(desk.get(one, If_None_Match=seen.header("etag")).status, 304, "ETag")
    p.check(seen.body != first and seen.body[:2] == b"\xff\xd8", "made anew")
    found = lambda: desk.get(base + "/delegates?q=" + who[2]).json()["results"][0]["photo"]
    address = found()
    p.check(address.startswith(one + "?") and desk.get(address).body == seen.body, "a search tells where it is", address)
    p.equal(desk.request("DELETE", base + "/delegates/nobody/photo").status, 404, "nobody's is taken away")
    p.equal(desk.request("DELETE", one).status, 204, "the desk takes it away")
    p.equal((desk.get(one).status, found(), desk.request("DELETE", one).status), (404, None, 404), "then there is none")
    p.equal(server.value("SELECT count(*) FROM audit WHERE action = 'photo remove' AND subject = ?", who[2]), 1, "which is written down")
    p.equal(desk.request("PUT", one, first, raw).json()["outcome"], "new", "and it can be given again")
    p.equal(p.Client(server).get(one).status, 401, "a stranger does not")
    phone = p.Client(server)
    token = server.tokens(EVENT)[who[2]]
    p.equal(phone.get("/d/" + token).status, 200, "the delegate's own page opens")
    p.equal(phone.get(one).status, 401, "but a badge alone shows no photo")
    p.check("photo" not in phone.get("/d/" + token).text.lower().replace("photos.css", ""), "nor does their page speak of one")
    scanner = server.device(EVENT, server.value("SELECT g.code FROM gate g JOIN event e ON e.id = g.event_id WHERE e.slug = ? LIMIT 1", EVENT))
    p.check(scanner.get(one).status in (401, 403), "a scanner's key does not either")

    page = chef.get("/admin/%s/photos" % EVENT).text
    p.check(names[who[1]] in page and "p-%s" % who[2] not in page, "the page lists the missing")
    p.check("page=2" in page, "by pages")
    p.equal(desk.get("/admin/%s/photos" % EVENT).status, 403, "for organisers")
    form = lambda client, path, *rest: client.request("POST", path, *multipart(*rest))
    client = chef
    csrf = {"csrf": chef.csrf, "person": who[1]}
    plainly = dict(multipart({}, None)[1], **{"X-CSRF-Token": None})
    body = multipart(csrf, ("ảnh.jpg", first))[0]
    reply = client.request("POST", "/admin/%s/photos" % EVENT, body, plainly)
    p.equal((reply.status, "done=new" in reply.header("location")), (303, True), "the form without a script")
    page = chef.get(reply.header("location")).text
    p.check(names[who[1]] in page and 'role="status"' in page, "tells what came of it")
    p.equal(client.request("POST", "/admin/%s/photos" % EVENT, multipart({"csrf": "x", "person": who[1]}, ("a.jpg", first))[0], plainly).status, 403, "not without the token")
    reply = client.request("POST", "/admin/%s/photos" % EVENT, multipart({"csrf": chef.csrf, "person": ""}, (who[3] + ".jpg", first))[0], plainly)
    p.check("done=new" in reply.header("location") and who[3] in reply.header("location"), "or by the file's name", reply.header("location"))
    reply = client.request("POST", "/admin/%s/photos" % EVENT, multipart({"csrf": chef.csrf, "person": ""}, ("", b""))[0], plainly)
    p.check("done=none" in reply.header("location"), "no file chosen", reply.header("location"))
    for cut in (0, 1, 7, 30, 100, 200, len(body) - 3, len(body) - 8):
        reply = client.request("POST", "/admin/%s/photos" % EVENT, body[:cut], plainly)
        p.check(reply.status in (400, 403, 303), "a form cut at %d" % cut, reply)

    card = desk.get("/d/" + token).text
    p.check("/delegates/%s/photo?" % who[2] in card and 'capture="environment"' in card, "the desk's card shows the photo and takes one")
    reply = desk.request("POST", "/desk/%s/photo" % EVENT, multipart({"csrf": desk.csrf, "token": token, "person": who[2]}, ("image.jpg", second))[0], plainly)
    p.check(reply.status == 303 and "/d/" in reply.header("location") and "done=replaced" in reply.header("location"), "from a phone's camera", reply)
    p.check('class="result admitted"' in desk.get(reply.header("location")).text, "and says so")
    said = server.rows("SELECT actor, subject FROM audit WHERE action = 'photo'")
    p.check(("ban", who[2]) in said and all(token not in str(one) for one in said), "the audit log knows who did it", said)
    p.equal(server.stop(), 0, "the server ends in order")


p.run("photos", bulk, colours, doors)

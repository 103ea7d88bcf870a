#!/usr/bin/env python3
# suite
# sanitized threads
"""The photo on a gate's screen: who may have it from `plenum serve`, when, and for how long; a scanner that shows it, and that nothing at the door waits for it,
whatever a server answers instead of a picture.

    B=build/x tests/flow/gate_photos.py"""
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as kit  # noqa: E402
import scanner as door  # noqa: E402
from telling import Stream, until  # noqa: E402

check = door.check
with open(os.path.join(kit.ROOT, "photos/P0002.jpg"), "rb") as picture:
    PICTURE = picture.read()
MOST = 200 * 1024


def size_of(jpeg):
    """Width and height, from the frame's header (ITU-T T.81 B.2.2)."""
    at = 2
    while jpeg[at] == 0xff:
        marker, length = jpeg[at + 1], struct.unpack(">H", jpeg[at + 2:at + 4])[0]
        if 0xc0 <= marker <= 0xc2:
            height, width = struct.unpack(">HH", jpeg[at + 5:at + 9])
            return width, height
        at += 2 + length
    return None


def world(name):
    """A server with photos of P01 and P06."""
    server = kit.Server(name)
    server.load(kit.small_event(server.folder))
    server.event = server.value("SELECT slug FROM event")
    folder = os.path.join(server.folder, "pictures")
    os.mkdir(folder)
    for code, source in (("P01", "P0001"), ("P06", "P0002")):
        shutil.copyfile(os.path.join(kit.ROOT, "photos/%s.jpg" % source), os.path.join(folder, code + ".jpg"))
    kit.plenum("photos", "add", folder, "--event", server.event, data=server.data)
    server.start()
    server.badges = server.tokens(server.event)
    return server


def story_server(_):
    server = world("photo-server")
    mine, other = server.device(server.event, "main"), server.device(server.event, "main", "Cửa khác")

    def read(token):
        return mine.post("/api/v1/checkins", kit.scan(token, "main")).json()["results"][0]

    def ask(client, scan_id):
        return client.get("/api/v1/checkins/%s/photo" % scan_id)
    first, again = read(server.badges["P01"]), read(server.badges["P01"])
    check((first["outcome"], again["outcome"]) == ("admitted", "already_in"), "server: read twice", str(again))
    for told in (first, again):
        reply = ask(mine, told["scan_id"])
        check((reply.status, reply.header("content-type"), reply.header("cache-control")) == (200, "image/jpeg", "no-store"), "server: the gate that read it sees it", reply)
        check(max(size_of(reply.body)) <= 320 and len(reply.body) < MOST, "server: a small picture", "%d bytes" % len(reply.body))
    without, blank = read(server.badges["P02"]), read(next(t for c, t in server.badges.items() if c.isdigit()))
    strange = read(door.make_token())
    check(without["person"]["name"] and not (blank["person"] or {}).get("name") and not strange["person"], "server: somebody without a photo, a badge of nobody, an unknown one", str(blank))
    refusals = [ask(other, first["scan_id"]), ask(mine, without["scan_id"]), ask(mine, blank["scan_id"]), ask(mine, strange["scan_id"]), ask(mine, kit.uuid7()),
                ask(mine, "x"), ask(mine, first["scan_id"].upper())]
    check([r.status for r in refusals] == [404] * len(refusals), "server: else it is not there", str([r.status for r in refusals]))
    check(len({r.body for r in refusals}) == 1, "server: and all refusals are the same", str({r.body for r in refusals}))
    quarter = 15 * 60000
    for shift, seen in ((-quarter + 30000, 200), (-2 * 30000, 404), (2 * quarter + 30000, 200), (2 * 30000, 404)):
        server.write("UPDATE scan SET received_ms = received_ms + ? WHERE scan_id = ?", shift, first["scan_id"])
        reply = ask(mine, first["scan_id"])
        check(reply.status == seen, "server: for a quarter of an hour, whichever way its clock was set", "%s %s" % (shift, reply))
    organiser = server.sign_in("btc", server.user("btc", "organiser", server.event))
    reply = organiser.form("/admin/%s/devices/%s/revoke" % (server.event, mine.device), {})
    check(reply.status == 303, "server: the device is revoked", reply)
    reply = ask(mine, again["scan_id"])
    check((reply.status, reply.code) == (401, "device_revoked"), "server: and sees nothing any more", reply)
    check(server.stop() == 0, "server: ends")


def get(port, target):
    """Status, header lines, body."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as s:
        s.sendall(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % (target.encode(), port))
        data = b""
        while True:
            part = s.recv(65536)
            if not part:
                break
            data += part
    head, body = data.split(b"\r\n\r\n", 1)
    return int(head.split()[1]), head.decode().lower(), body


def screen(spool, *words):
    s = door.Scanner(spool, ["--lines", "-", "--status", "0"] + list(words))
    s.port = int(until(lambda: re.search(r"status page: http://127\.0\.0\.1:(\d+)/", "".join(s.notices))).group(1))
    return s


def watch(s):
    live = Stream(s.port)
    check(live.wait(lambda: live.events("state") and live.events("state")[-1]["reached"]), "the page is open, the server is there")
    return live


def photos(live):
    return [e["scan_id"] for e in live.events("photo")]


def quiet(live):
    """Two more times that things are told: what was to come has come."""
    count = len(live.events("state")) + 2
    live.wait(lambda: len(live.events("state")) >= count)


def say_until(s, token, good, seconds=120):
    """Shows a badge; again if it was in vain: the server may be on its way back, and on a busy machine a picture may be slow, so that the scanner asks for none for
    a while."""
    end = time.time() + seconds
    while True:
        told = s.say([token])[0]
        if until(lambda: good(told), 6 if told["decided_by"] == "server" else 0.3) or time.time() > end:
            return told


def story_screen(folder):
    server = world("photo-screen")
    proxy = door.Proxy(server.port)
    proxy.set("pass")
    spool = os.path.join(folder, "spool")
    out = subprocess.run([door.SCANNER, "--server", "http://127.0.0.1:%d" % proxy.port, "--pair", server.pairing(server.event, "main")["code"], "--spool", spool],
                         capture_output=True, text=True)
    check(out.returncode == 0, "screen: pairs", out.stderr)
    s = screen(spool)
    unseen = s.say([server.badges["P01"]])[0]
    live = watch(s)

    def heard(told):
        return live.wait(lambda: told["scan_id"] in photos(live), 6 if told["decided_by"] == "server" else 0)
    with_photo, without, last = say_until(s, server.badges["P01"], heard), s.say([server.badges["P02"]])[0], say_until(s, server.badges["P06"], heard)
    check({with_photo["scan_id"], last["scan_id"]} <= set(photos(live)), "screen: the page hears of the photos", str(photos(live)))
    quiet(live)
    check(without["scan_id"] not in photos(live) and unseen["scan_id"] not in photos(live), "screen: but of none where there is none; and of none while no page was open",
          "%s %s %s" % (photos(live), without["scan_id"], unseen["scan_id"]))
    for told in (with_photo, last):
        status, head, body = get(s.port, "/photo/" + told["scan_id"])
        check(status == 200 and "content-type: image/jpeg" in head and "cache-control: no-store" in head and max(size_of(body)) <= 320, "screen: and shows them", head)
    for target in ("/photo/" + without["scan_id"], "/photo/" + unseen["scan_id"], "/photo/", "/photo/x", "/photo"):
        check(get(s.port, target)[0] == 404, "screen: there is no other", target)
    late = Stream(s.port)
    check(late.wait(lambda: last["scan_id"] in photos(late)), "screen: a page that comes later hears of the last one")
    check(until(lambda: get(s.port, "/photo/" + last["scan_id"])[0] == 404, 40), "screen: it is forgotten soon")
    proxy.set("refuse")
    away = s.say([server.badges["P06"]])[0]
    proxy.set("pass")
    check(away["decided_by"] == "roster", "screen: without the server", str(away))
    back = say_until(s, server.badges["P01"], heard)
    check(back["scan_id"] in photos(live) and away["scan_id"] not in photos(live), "screen: no photo of whom the gate let in alone", str(photos(live)))
    check(s.end() == 0, "screen: the scanner ends")
    bare = screen(spool, "--no-photos")
    live = watch(bare)
    told = bare.say([server.badges["P01"]])[0]
    check(live.wait(lambda: live.events("scan")), "screen: told without photos")
    quiet(live)
    check(photos(live) == [] and get(bare.port, "/photo/" + told["scan_id"])[0] == 404, "screen: --no-photos shows none")
    check(bare.end() == 0 and server.stop() == 0, "screen: both end")


def picture_of(width):
    """The same picture, with another width in its frame."""
    at = PICTURE.index(b"\xff\xc0")
    return PICTURE[:at + 7] + struct.pack(">H", width) + PICTURE[at + 9:]


def torn(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "image/jpeg")
    handler.send_header("Content-Length", str(len(PICTURE)))
    handler.end_headers()
    handler.wfile.write(PICTURE[:len(PICTURE) // 2])
    handler.close_connection = True


def drip(handler):
    handler.send_response(200)
    handler.send_header("Content-Type", "image/jpeg")
    handler.end_headers()
    for byte in PICTURE:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.05)


def story_hostile(folder):
    w = door.World(folder, "hostile", 12)
    fake = w.server
    # What is quickly seen to be none; then a good one, as if nothing had been.
    answers = [(200, b"<html>Please accept the terms of this network</html>"), (200, PICTURE[:-2]), (200, PICTURE[:len(PICTURE) // 2]), (200, picture_of(60000)), (200, b""),
               (404, b"{}"), (503, b"{}"), (302, b""), (200, b"\xff\xd8\xff\xd9"), (200, PICTURE)]
    given = iter(answers)
    asked = []

    def answer(handler):
        asked.append(handler.path)
        status, body = next(given)
        handler.reply_bytes(status, "image/jpeg", body)
    fake.photo = answer
    s = screen(w.spool)
    live = watch(s)
    told = [say_until(s, token, lambda one: "/api/v1/checkins/%s/photo" % one["scan_id"] in asked)["scan_id"] for token in w.tokens[:len(answers)]]
    check(asked == ["/api/v1/checkins/%s/photo" % one for one in told], "hostile: asked once for each, by the number of the scan", str(asked))
    check(live.wait(lambda: photos(live)), "hostile: the good one is shown")
    check(get(s.port, "/photo/" + told[-1])[2] == PICTURE and get(s.port, "/photo/" + told[1])[0] == 404, "hostile: byte by byte")
    check(photos(live) == [told[-1]], "hostile: and it alone", str(photos(live)))
    check(s.end() == 0 and door.queue(w.spool) == [], "hostile: ends, and nothing waits")
    # What is large, breaks off or never ends: the door goes on, and asks for no photo for a while.
    for name, how in (("huge", lambda handler: handler.reply_bytes(200, "image/jpeg", PICTURE + b"\0" * (64 * MOST))), ("torn", torn), ("drip", drip)):
        begun = threading.Event()
        asked.clear()

        def slow(handler, how=how, begun=begun):
            asked.append(handler.path)
            begun.set()
            try:
                how(handler)
            except OSError:
                pass  # the scanner hung up, as it should
        fake.photo = slow
        s = screen(w.spool)
        live = watch(s)
        first = s.say([w.tokens[0]])
        check(begun.wait(20), name + ": it is asked")
        more = s.say([w.tokens[i % 12] for i in range(40)])
        check(any(r["decided_by"] == "server" for r in more) and len(more) == 40, name + ": forty others are told, and the server is asked meanwhile", str([r["decided_by"] for r in more]))
        if name != "drip":
            # The pause began before all of them were through; a single one may have slipped in before it.
            count = until(lambda: len(asked))
            s.say([w.tokens[1]])
            quiet(live)
            check(len(asked) == count <= 3, name + ": then none is asked for a while", str(len(asked)))
        check(photos(live) == [] and get(s.port, "/photo/" + first[0]["scan_id"])[0] == 404, name + ": and none is shown")
        begin = time.time()
        check(s.end() == 0 and time.time() - begin < 15 and door.queue(w.spool) == [], name + ": the scanner ends at once, and nothing waits", str(time.time() - begin))


def main():
    folder = kit.scratch("gate-photos")
    for story in (story_server, story_screen, story_hostile):
        story(tempfile.mkdtemp(dir=folder))
    kit.passed, kit.failed = door.passed, door.failed
    kit.run("flow gate_photos")


if __name__ == "__main__":
    main()

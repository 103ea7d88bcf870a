#!/usr/bin/env python3
# suite
"""How a door tells: the terminal's line in both languages, one JSON line a scan, the operator's command that hangs, and the status page's stream; with a
browser that never reads, and with scans that the server will never take.

    B=build/x tests/flow/telling.py"""
import fcntl
import json
import os
import pty
import re
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as kit  # noqa: E402
import scanner as door  # noqa: E402

check = door.check
KEYS = {"scan_id", "scanned_at", "gate", "direction", "outcome", "reason", "decided_by", "person", "first", "conflict", "replayed", "waiting", "ms",
        "roster_age_ms", "picture", "frame", "places_left"}


def until(look, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        value = look()
        if value:
            return value
        time.sleep(0.02)
    return look()


def world(folder, name):
    """Badge 0 is admitted, then already in; 1 is handed something; 2 has a name that would move a cursor; others are unknown."""
    w = door.World(folder, name)
    judge = w.server.judge

    def other(scan):
        answer = judge(scan)
        if scan["token"] == w.tokens[1]:
            answer["outcome"] = "handed_out"
        if scan["token"] == w.tokens[2]:
            answer["person"]["name"] = "\x1b[2J\x07Evil\r\nName"
        return answer
    w.server.judge = other
    return w


def on_terminal(spool, text, language, *words, columns=80, **more):
    """What a terminal of so many columns shows; `more` goes into its environment."""
    top, end = pty.openpty()
    fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = dict({k: v for k, v in os.environ.items() if k != "NO_COLOR"}, LANG=language, LC_ALL=language, **dict({"TERM": "xterm"}, **more))
    process = subprocess.Popen([door.SCANNER, "--spool", spool, "--lines", "-"] + list(words), stdin=subprocess.PIPE, stdout=end, stderr=subprocess.DEVNULL,
                               env=environment)
    os.close(end)
    shown = []

    def read():
        while True:
            try:
                data = os.read(top, 65536)
            except OSError:
                return
            if not data:
                return
            shown.append(data)
    reader = threading.Thread(target=read)
    reader.start()
    process.communicate(text.encode())
    reader.join()
    os.close(top)
    return b"".join(shown).decode()


def story_terminal(folder):
    w = world(folder, "terminal")
    text = "\n".join([w.tokens[0], w.tokens[0], w.tokens[1], w.tokens[2], door.make_token()]) + "\n"
    lines = on_terminal(w.spool, text, "en_US.UTF-8").split("\n")
    w.proxy.set("refuse")
    fresh = os.path.join(folder, "fresh")
    os.mkdir(fresh)
    with open(os.path.join(w.spool, "device.json"), encoding="utf-8") as f, open(os.path.join(fresh, "device.json"), "w", encoding="utf-8") as out:
        out.write(f.read())
    later = on_terminal(fresh, w.tokens[3] + "\n", "en_US.UTF-8")
    wanted = {"admitted": ("✔  ADMITTED", "97;42"), "already in": ("=  ALREADY IN", "30;46"), "handed out": ("✚  HANDED OUT", "97;42"),
              "refused": ("✘  REFUSED", "97;41"), "kept": ("…  KEPT FOR LATER", "30;43")}
    everything = "\n".join(lines) + later
    for name, (word, colour) in wanted.items():
        line = next((one for one in everything.split("\n") if word in one), "")
        check(colour in line and line.rstrip("\r").endswith("\033[0m"), "terminal: %s has its sign, word and colour" % name, repr(line))
    check(re.search(r"since \d\d:\d\d", everything), "terminal: already in since when", everything)
    check("Evil" in everything and "\033[2J" not in everything and "\x07Evil" not in everything, "terminal: a name moves no cursor", repr(everything))
    w.proxy.set("pass")
    vietnamese = on_terminal(w.spool, w.tokens[0] + "\n" + door.make_token() + "\n", "vi_VN.UTF-8")
    check("ĐÃ VÀO TRƯỚC ĐÓ" in vietnamese and "KHÔNG ĐƯỢC VÀO" in vietnamese and "bàn đón tiếp" in vietnamese, "terminal: in Vietnamese", vietnamese)
    for more in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        plain = on_terminal(w.spool, w.tokens[0] + "\n" + door.make_token() + "\n", "en_US.UTF-8", **more)
        check("\033" not in plain and "=  ALREADY IN" in plain and "\a\a ✘  REFUSED" in plain, "terminal: %s shows no colours, and tells all the same" % more, repr(plain))
    wide = on_terminal(w.spool, w.tokens[0] + "\n", "en_US.UTF-8")
    told = re.sub("\033\\[[0-9;]*m|[\a\r]", "", next(line for line in wide.split("\n") if "ALREADY IN" in line))
    check(len(told) == 80 and re.search(r"since \d\d:\d\d", told), "terminal: one line of its width, what matters first", repr(told))
    foreign = door.run(w.spool, ["--lines", "-"], text="WIFI:T:WPA;S:net;P:pw;;\n4006381333931\nhttp://elsewhere.example/x\n")
    check(foreign[1] == [] and all(kind in foreign[2] for kind in ("a Wi-Fi code", "a product or number code", "a web address")) and "pw" not in foreign[2],
          "JSON: codes of others are named on standard error", foreign[2])
    code, results, _ = door.run(w.spool, ["--lines", "-"], text=text)
    check(len(results) == 5 and all(set(r) == KEYS for r in results), "JSON: one line a scan, always the same keys", str(results[:1]))
    check(not any(t in json.dumps(results) for t in w.tokens), "JSON: no token in a line")


def story_flood(folder):
    """Thirty people while each command hangs: nobody waits, sixteen run, the rest is said."""
    w = world(folder, "flood")
    hook, marks = os.path.join(folder, "hang"), os.path.join(folder, "marks")
    with open(hook, "w") as f:
        f.write('#!/bin/sh\necho "$#|$1|$PLENUM_SCAN_ID" >> "%s"\nexec sleep 60\n' % marks)
    os.chmod(hook, 0o755)
    s = door.Scanner(w.spool, ["--lines", "-", "--on-result", hook])
    s.say([w.tokens[0]] * 30)
    check(len(s.results()) == 30 and all(r["outcome"] in ("admitted", "already_in") for r in s.results()), "flood: all thirty are told", str(len(s.results())))
    check(until(lambda: "not passed on" in "".join(s.notices)), "flood: what is not passed on is said", "".join(s.notices)[-300:])
    until(lambda: os.path.exists(marks) and len(open(marks).readlines()) >= 16)  # the last of them is forked, and has yet to run
    check(s.end() == 0, "flood: and it ends")
    with open(marks) as f:
        started = f.read().splitlines()
    ids = {r["scan_id"] for r in s.results()}
    check(16 <= len(started) <= 30 and all(one.startswith("3|a") and one.split("|")[2] in ids for one in started), "flood: with arguments and environment", str(started[:2]))


class Stream:
    """One connection to the status page, read as it comes."""

    def __init__(self, port, target="/events"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.socket.sendall(b"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % (target.encode(), port))
        self.data = b""

    def read(self):
        try:
            part = self.socket.recv(65536)
        except TimeoutError:
            return False
        self.data += part
        return bool(part)

    def events(self, name):
        return [json.loads(d) for n, d in re.findall(r"event: (\w+)\n(?:id: \S+\n)?data: (.*)\n\n", self.data.decode()) if n == name]

    def wait(self, good, seconds=60):
        end = time.time() + seconds
        while not good() and time.time() < end and self.read():
            pass
        return good()

    def body(self):
        while self.read():
            pass
        return json.loads(self.data.split(b"\r\n\r\n", 1)[1])


def story_page(folder):
    w = world(folder, "page")
    odd = door.make_token()
    w.server.malformed.add(odd)
    s = door.Scanner(w.spool, ["--lines", "-", "--status", "0"])
    found = until(lambda: re.search(r"status page: http://127\.0\.0\.1:(\d+)/", "".join(s.notices)))
    check(found, "page: its address is said", "".join(s.notices))
    port = int(found.group(1))
    deaf = Stream(port)  # never reads
    live = Stream(port)
    live.wait(lambda: live.events("hello") and live.events("state"))
    told = s.say([w.tokens[0], w.tokens[2], odd, w.tokens[0]])
    check(live.wait(lambda: len(live.events("scan")) == 4), "page: each scan is an event")
    check([e["scan_id"] for e in live.events("scan")] == [r["scan_id"] for r in told], "page: in the order of telling")
    check([e["outcome"] for e in live.events("scan")] == ["admitted", "admitted", "invalid", "already_in"], "page: with its outcome", str(live.events("scan")))
    check(live.wait(lambda: live.events("state")[-1]["aside"] == 1), "page: what the server will never take is counted", str(live.events("state")[-1:]))
    aside = Stream(port, "/aside.json").body()["scans"]
    check([(a["scan_id"], a["reason"]) for a in aside] == [(told[2]["scan_id"], "malformed")], "page: and listed", str(aside))
    state = live.events("state")[-1]
    check(state["reached"] and state["waiting"] == 0 and state["roster_age_ms"] is not None and state["gate"] == "main", "page: how things stand", str(state))
    w.proxy.set("refuse")
    s.say(w.tokens[3:5])
    check(live.wait(lambda: live.events("state")[-1]["waiting"] == 2 and not live.events("state")[-1]["reached"]), "page: what waits, and that the server is away",
          str(live.events("state")[-1]))
    check(live.events("state")[-1]["oldest_age_ms"] is not None and live.events("state")[-1]["aside"] == 1, "page: with its age", str(live.events("state")[-1]))
    many = s.say([w.tokens[i % 8] for i in range(300)])
    check(len(many) == 300 and max(r["ms"] for r in many) < 2000, "page: a browser that never reads holds up nobody", str(max(r["ms"] for r in many)))
    check(live.wait(lambda: live.events("scan") and live.events("scan")[-1]["scan_id"] == many[-1]["scan_id"]), "page: and the others go on")
    late = Stream(port)
    check(late.wait(lambda: late.events("last")) and late.events("last")[0]["scan"]["scan_id"] == many[-1]["scan_id"], "page: who comes later learns the last one")
    crowd = [Stream(port) for _ in range(40)]
    check(crowd[-1].wait(lambda: crowd[-1].events("state")), "page: a crowd does not shut it")
    everything = live.data + late.data
    check(not any(t.encode() in everything for t in w.tokens + [odd]) and b"secret-key" not in everything, "page: no token and no key in what it says")
    check(s.end() == 0, "page: the scanner ends with browsers open")
    taken = socket.create_server(("127.0.0.1", 0))
    code, _, notices = door.run(w.spool, ["--lines", "-", "--status", str(taken.getsockname()[1])])
    taken.close()
    check(code == 1 and "another program has this port" in notices, "page: a port that is taken is told at the start", notices)
    # Another program at the server's address (here: our own page) refuses everything: that is no word of our server about a scan.
    stranger = door.Scanner(w.spool, ["--lines", "-", "--status", str(w.proxy.port)])
    asked = until(lambda: "the server is away" in "".join(stranger.notices))
    stranger.end()
    check(asked and [q["state"] for q in door.queue(w.spool)].count("set_aside") == 1, "page: a stranger at the server's address sets nothing aside",
          "".join(stranger.notices)[-900:] + str([q["state"] for q in door.queue(w.spool)].count("set_aside")))
    for stream in [deaf, live, late] + crowd:
        stream.socket.close()


def story_box(folder):
    """In which box a badge lies, and what its category is called: told by `plenum serve`, then by the sealed list with the server away."""
    server = kit.Server("box")
    server.load(kit.small_event(server.folder))
    server.start()
    proxy = door.Proxy(server.port)
    proxy.set("pass")
    event = server.value("SELECT slug FROM event")
    titles = {code: json.loads(title) for code, title in server.rows("SELECT code, title FROM category")}
    tokens, spool = server.tokens(event), os.path.join(folder, "spool")
    out = subprocess.run([door.SCANNER, "--server", "http://127.0.0.1:%d" % proxy.port, "--pair", server.pairing(event, "main")["code"], "--spool", spool],
                         capture_output=True, text=True)
    check(out.returncode == 0, "box: pairs", out.stderr)
    hook, marks = os.path.join(folder, "box"), os.path.join(folder, "boxes")
    with open(hook, "w") as f:
        f.write('#!/bin/sh\necho "$PLENUM_SEAT|$PLENUM_BADGE_BOX" >> "%s"\n' % marks)
    os.chmod(hook, 0o755)
    s = door.Scanner(spool, ["--lines", "-", "--status", "0", "--on-result", hook])
    live = Stream(int(until(lambda: re.search(r"status page: http://127\.0\.0\.1:(\d+)/", "".join(s.notices))).group(1)))
    check(live.wait(lambda: live.events("state") and live.events("state")[-1]["roster_age_ms"] is not None and live.events("state")[-1]["reached"]),
          "box: the list is there")
    check(titles and live.events("state")[-1]["categories"] == titles, "box: the page knows what categories are called", str(live.events("state")[-1]))
    online = s.say([tokens["P01"]])[0]
    proxy.set("refuse")
    server.stop()
    offline = s.say([tokens["P06"]])[0]
    blank = s.say([door.make_token()])[0]
    for told, by, seat, box in ((online, "server", "A1", "B1"), (offline, "roster", "B1", "B2")):
        check((told["decided_by"], told["person"]["seat"], told["person"]["badge_box"], told["person"]["category"]) == (by, seat, box, "official"),
              "box: in the JSON line, by the " + by, str(told))
    check(blank["person"] is None, "box: nobody, no box", str(blank))
    check(live.wait(lambda: len(live.events("scan")) == 3), "box: each scan is an event")
    check([(e["seat"], e["badge_box"]) for e in live.events("scan")] == [("A1", "B1"), ("B1", "B2"), (None, None)], "box: on the page", str(live.events("scan")))
    check(s.end() == 0, "box: it ends")
    live.socket.close()
    with open(marks) as f:
        check(sorted(f.read().splitlines()) == ["A1|B1", "B1|B2", "|"], "box: and in the environment of the command")
    line = on_terminal(spool, tokens["P06"] + "\n", "vi_VN.UTF-8", columns=200)
    check("· %s  [" % titles["official"]["vi"] in line and "official" not in line, "box: the terminal says what a category is called", line)
    check("· hộp B2 ·" in line, "box: and in which box the badge lies", line)


def main():
    folder = kit.scratch("telling")
    for story in (story_terminal, story_flood, story_page, story_box):
        story(tempfile.mkdtemp(dir=folder))
    kit.passed, kit.failed = door.passed, door.failed
    kit.run("flow telling")


if __name__ == "__main__":
    main()

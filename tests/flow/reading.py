#!/usr/bin/env python3
# suite
"""Reading that does not stop: the decoder's process is killed and halted again and again, hostile pictures come in between, and no showing is lost.

    B=build/x tests/flow/reading.py"""
import json
import os
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as kit  # noqa: E402
import scanner as flow  # noqa: E402

check = flow.check


def children(pid):
    try:
        return [int(p) for p in open("/proc/%d/task/%d/children" % (pid, pid)).read().split()]
    except OSError:
        return []


def frames(pictures, rate=12):
    width, height = 640, 480
    return b"YUV4MPEG2 W%d H%d F%d:1 Cmono\n" % (width, height, rate) + b"".join(b"FRAME\n" + p for p in pictures)


def picture(texts):
    """640 × 480 grey, with each text's code."""
    data = bytearray(b"\xc0" * (640 * 480))
    for k, text in enumerate(texts):
        rows = flow.qr_matrix(text)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                for j in range(6):
                    at = (60 + y * 6 + j) * 640 + 40 + k * 300 + x * 6
                    data[at:at + 6] = (b"\x20" if dark else b"\xe0") * 6
    return bytes(data)


def wait_for(what, seconds=30):
    until = time.time() + seconds
    while time.time() < until:
        if what():
            return True
        time.sleep(0.005)
    return False


def story_killed_and_halted(folder):
    """A camera's frames; between any two the decoder is killed, halted, or left alone. Each showing is said once."""
    w = flow.World(folder, "killed", people=9)
    process = subprocess.Popen([flow.SCANNER, "--spool", w.spool, "--json", "--frames", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines, notices = [], []
    threads = [threading.Thread(target=flow.Scanner.read, args=a) for a in ((process.stdout, lines), (process.stderr, notices))]
    for thread in threads:
        thread.start()
    process.stdin.write(frames([picture([])]))
    process.stdin.flush()
    check(wait_for(lambda: children(process.pid)), "killed: there is a decoder")
    hurt = set()
    for k, token in enumerate(w.tokens):
        for pid in children(process.pid):
            if k % 3 == 0:
                os.kill(pid, signal.SIGKILL)
                hurt.add(pid)
            elif k in (1, 4):
                os.kill(pid, signal.SIGSTOP)
                hurt.add(pid)
        for shown in ([flow.url(token)], []):
            process.stdin.write(b"FRAME\n" + picture(shown))
        process.stdin.flush()
        check(wait_for(lambda: len(lines) >= k + 1), "killed: badge %d is said" % k, str(notices))
    process.stdin.close()
    code = process.wait(30)
    for thread in threads:
        thread.join()
    results = [json.loads(line) for line in lines]
    check(code == 0 and [r["outcome"] for r in results] == ["admitted"] * 9, "killed: each showing is one scan", str(code) + str(notices))
    check(len(hurt) == 5, "killed: five decoders were hurt", str(hurt))
    check(not any(os.path.exists("/proc/%d" % pid) for pid in hurt), "killed: none of them is left over")
    w.compare("killed", results)


def story_always_failing(folder):
    """Whatever is killed at once all the time: pictures are dropped by name, the program goes on, and reads when it may."""
    w = flow.World(folder, "failing")
    images = os.path.join(folder, "images")
    os.mkdir(images)
    open(os.path.join(images, "a.pgm"), "wb").write(b"P5 640 480 255\n" + picture([flow.url(w.tokens[0])]))
    process = subprocess.Popen([flow.SCANNER, "--spool", w.spool, "--json", "--images", images], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines, notices = [], []
    threads = [threading.Thread(target=flow.Scanner.read, args=a) for a in ((process.stdout, lines), (process.stderr, notices))]
    for thread in threads:
        thread.start()
    check(wait_for(lambda: len(lines) == 1), "failing: the first is read", str(notices))
    stop, killed = threading.Event(), []

    def hunt():
        while not stop.is_set():
            for pid in children(process.pid):
                try:
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)
                except ProcessLookupError:
                    pass
    hunter = threading.Thread(target=hunt)
    hunter.start()
    # A large picture takes long enough that no decoder lives to its end.
    rows = b"".join(os.urandom(4000) for _ in range(3000))
    open(os.path.join(images, "b.pgm"), "wb").write(b"P5 4000 3000 255\n" + rows)
    check(wait_for(lambda: any(b"b.pgm" in line and b"dropped" in line for line in notices)), "failing: the dropped picture is named", str(notices))
    stop.set()
    hunter.join()
    open(os.path.join(images, "c.pgm"), "wb").write(b"P5 640 480 255\n" + picture([flow.url(w.tokens[1]), flow.url(w.tokens[2])]))
    check(wait_for(lambda: len(lines) == 3), "failing: and the next two badges are read", str(notices))
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    for thread in threads:
        thread.join()
    check(len(set(killed)) >= 2, "failing: two decoders were tried", str(set(killed)))
    w.compare("failing", [json.loads(line) for line in lines])


def story_foreign(folder):
    """What is not a badge is named, and neither counted nor kept nor fetched."""
    w = flow.World(folder, "foreign")
    others = {"Wi-Fi": "WIFI:T:WPA;S:Hall;P:secret;;", "contact": "BEGIN:VCARD\nFN:A Person\nEND:VCARD", "web": "http://127.0.0.1:%d/fetched" % w.proxy.port,
              "event": "https://other.example/d/3nxynsk9fr6y75jhj4frwkvz58", "number": "4006381333931", "words": "Welcome to the hall"}
    shown = [picture([text]) for text in others.values()] + [picture([flow.url(w.tokens[0]), "WIFI:T:WPA;S:Hall;P:secret;;"])]
    out = subprocess.run([flow.SCANNER, "--spool", w.spool, "--json", "--frames", "-"], input=frames(shown), capture_output=True)
    lines, said = [json.loads(line) for line in out.stdout.splitlines()], out.stderr.decode()
    results = [line for line in lines if "scan_id" in line]
    check(out.returncode == 0 and len(results) == 1, "foreign: one badge, one scan", out.stdout.decode() + said)
    check(b"secret" not in out.stdout + out.stderr and "fetched" not in said, "foreign: what they hold is not repeated", said)
    check(flow.queue(w.spool) == [] or all(r.get("scan_id") in [x["scan_id"] for x in results] for r in flow.queue(w.spool)), "foreign: nothing else is kept")
    plain = subprocess.run([flow.SCANNER, "--spool", w.spool, "--frames", "-"], input=frames(shown[:-1]), capture_output=True, env=dict(os.environ, LC_ALL="C.UTF-8", LANG="C"))
    said = plain.stdout.decode()
    check(plain.returncode == 0 and said.count("not counted") == len(others) and "secret" not in said, "foreign: each is named once", said)
    for word in ("Wi-Fi", "contact", "web", "another event", "number", "a code, not one of our badges"):
        check(word in said, "foreign: it says " + word, said)
    w.compare("foreign", results)


EAN = "3211 2221 2122 1411 1132 1231 1114 1312 1213 3112".split()
EAN_MIRRORED = "------ --x-xx --xx-x --xxx- -x--xx -xx--x -xxx-- -x-x-x -x-xx- -xx-x-".split()
# Code 39: nine bars and gaps a character, w wide; of each character the bars, then the gaps.
CODE39 = {"0": ("nnwwn", "nwnn"), "1": ("wnnnw", "nwnn"), "2": ("nwnnw", "nwnn"), "3": ("wwnnn", "nwnn"), "4": ("nnwnw", "nwnn"), "5": ("wnwnn", "nwnn"),
          "6": ("nwwnn", "nwnn"), "7": ("nnnww", "nwnn"), "8": ("wnnwn", "nwnn"), "9": ("nwnwn", "nwnn"), "*": ("nnwwn", "wnnn")}


def ean(digits):
    """Widths of bars and gaps in turn."""
    out = "111"
    for k, digit in enumerate(digits[1:]):
        out += "11111" if k == 6 else ""
        out += EAN[int(digit)][::-1] if k < 6 and EAN_MIRRORED[int(digits[0])][k] == "x" else EAN[int(digit)]
    return out + "111"


def code39(text):
    out = ""
    for character in "*" + text + "*":
        dark, light = CODE39[character]
        out += "".join("2" if c == "w" else "1" for pair in zip(dark, light + "n") for c in pair)
    return out[:-1]


def bar_picture(widths, left, texts=(), module=2):
    row = bytearray(b"\xe0" * 10 * module)
    for k, width in enumerate(widths):
        row += (b"\xe0" if k % 2 else b"\x20") * (int(width) * module)
    row += b"\xe0" * 10 * module
    data = bytearray(picture(texts))
    for y in range(330, 450):
        data[y * 640 + left:y * 640 + left + len(row)] = row
    return bytes(data)


def story_bars(folder):
    """Bar codes held before the camera, in a hand that is never still: each is named once and counts for nothing, whatever it says; the badge in the next frame, beside it, is read there."""
    w = flow.World(folder, "bars")
    token = "1234567890123456"  # as a bar code might say it; sixteen characters that a badge might have
    held = [bar_picture(ean("8934563138165"), 100 + k % 3 * 20) for k in range(30)] + [bar_picture(code39(token), 10 + k % 3 * 20, module=1) for k in range(30)]
    shown = held + [bar_picture(code39(token), 30, [flow.url(w.tokens[0])], module=1)]
    out = subprocess.run([flow.SCANNER, "--spool", w.spool, "--json", "--frames", "-"], input=frames(shown), capture_output=True, env=dict(os.environ, LC_ALL="C.UTF-8", LANG="C"))
    said = out.stderr.decode()
    results = [json.loads(line) for line in out.stdout.splitlines() if b"scan_id" in line]
    check(out.returncode == 0 and [(r["outcome"], r["frame"]) for r in results] == [("admitted", len(shown))], "bars: one badge, one scan, from the frame that shows it", out.stdout.decode() + said)
    check(said.count("product or number code") == 2, "bars: each is named once", said)
    check(not any(digits in said + out.stdout.decode() for digits in ("893456", token)), "bars: what they say is not repeated", said)
    kept = [r.get("scan_id") for r in flow.queue(w.spool)]
    check(all(one in [r["scan_id"] for r in results] for one in kept), "bars: nothing else is kept", str(kept))
    w.compare("bars", results)
    path = os.path.join(folder, "bar.pgm")
    open(path, "wb").write(b"P5 640 480 255\n" + held[0])
    code, results, said = flow.run(w.spool, ["--images", path, "--once"])
    check(code == 0 and results == [] and said.count("product or number code") == 1, "bars: named from a file, too", said)
    out = subprocess.run([flow.SCANNER, "decode", path], capture_output=True)
    check(out.returncode == 0 and json.loads(out.stdout)["codes"] == [], "bars: decode prints QR texts alone", out.stdout.decode())


def main():
    kit.tool("qrencode")
    folder = kit.scratch("reading")
    for story in (story_killed_and_halted, story_always_failing, story_foreign, story_bars):
        if not sys.argv[1:] or story.__name__.replace("story_", "") in sys.argv[1:]:
            own = os.path.join(folder, story.__name__)
            os.mkdir(own)
            story(own)
    kit.passed, kit.failed = flow.passed, flow.failed
    kit.run("flow reading")


if __name__ == "__main__":
    main()

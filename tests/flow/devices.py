#!/usr/bin/env python3
# suite
# sanitized
"""Cameras and hand scanners, by the real programs and devices that the test plays (tests/flow/devices_kit.py): read, unplugged, back under another number, held by another program,
silent, broken; what was told stands in the server's record once.

    B=build/x tests/flow/devices.py [STORY...]
    B=build/x tests/flow/devices.py --measure 20      processor time of a door with a camera, for so many seconds a format"""
import errno
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import devices_kit as dev  # noqa: E402
import plenum as kit  # noqa: E402
import scanner as flow  # noqa: E402

check = flow.check
ERROR = 0x40  # V4L2_BUF_FLAG_ERROR
shared = {}


def until(look, seconds=60):
    end = time.time() + seconds
    while time.time() < end:
        value = look()
        if value:
            return value
        time.sleep(0.01)
    return look()


class Door(flow.Scanner):
    """A paired scanner at the one server of this suite, with a folder of devices."""

    def __init__(self, folder, words, proxy=None):
        self.spool = tempfile.mkdtemp(dir=folder)
        server = shared["server"]
        address = "http://127.0.0.1:%d" % (proxy or server).port
        out = subprocess.run([flow.SCANNER, "--server", address, "--pair", server.pairing(), "--spool", self.spool], capture_output=True, text=True)
        check(out.returncode == 0, "pairs", out.stderr)
        self.folder = folder
        shared["doors"].append(self)
        self.start(words)

    def start(self, words):
        command = [flow.SCANNER, "--spool", self.spool, "--json"] + words
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=dev.environment(self.folder, flow.SCANNER))
        self.lines, self.notices = [], []
        self.readers = [threading.Thread(target=self.read, args=(self.process.stdout, self.lines)),
                        threading.Thread(target=self.read, args=(self.process.stderr, self.notices))]
        for reader in self.readers:
            reader.start()

    def told(self):
        return [r for r in self.results() if "scan_id" in r]

    def states(self):
        return [r["state"] for r in self.results() if "state" in r]

    def said(self, text):
        return text in "".join(self.notices)

    def stop(self, name):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(60)
        for reader in self.readers:
            reader.join()
        check(code == 0, name + ": ends well", "%d %s" % (code, "".join(self.notices)[-2000:]))
        shared["told"] += self.told()
        return self.told()


def tokens(count):
    taken, shared["tokens"] = shared["tokens"][:count], shared["tokens"][count:]
    return taken


def picture(texts, width=640, height=480, ground=0xc0):
    """Grey, with each text's code."""
    data = bytearray(bytes([ground]) * (width * height))
    for k, text in enumerate(texts):
        for y, row in enumerate(flow.qr_matrix(text)):
            for x, dark in enumerate(row):
                for j in range(6):
                    at = (60 + y * 6 + j) * width + 40 + k * 300 + x * 6
                    data[at:at + 6] = (b"\x20" if dark else b"\xe0") * 6
    return bytes(data)


def show(camera, grey, done, seconds=60):
    """The camera sees this until that is so: a picture every 20 ms, dropped when nobody has an empty buffer."""
    end = time.time() + seconds
    while time.time() < end and not done():
        with camera.lock:
            if camera.streaming:
                camera.push(camera.raw(grey) if camera.format[0] in dev.RAW else grey)
        time.sleep(0.02)
    return done()


def show_badge(camera, door, token, **size):
    want = len(door.told()) + 1
    show(camera, picture([flow.url(token)], **size), lambda: len(door.told()) >= want)
    show_nothing(camera, **size)


def show_nothing(camera, **size):
    seen = camera.asked.count("DQBUF")
    show(camera, picture([], **size), lambda: camera.asked.count("DQBUF") > seen + 3, 5)


def while_busy(camera, door, pictures, age):
    """The door waits for a halted decoder; meanwhile the driver gets these. Gives which of them it took."""
    for _ in range(100):
        decoder = children(door.process.pid)[0]
        os.kill(decoder, signal.SIGSTOP)
        with camera.lock:
            mine = camera.push(camera.raw(picture([], ground=0x50))) if camera.state()[1:] == (0, 0) else None

        def is_busy():  # it has this picture, has asked for more, and did not come back
            return mine and camera.state()[1:] == (0, 1) and camera.is_drained and camera.taken == mine
        until(is_busy, 2)
        with camera.lock:
            taken = [bool(camera.push(one, age=age)) for one in pictures] if is_busy() else None
        try:
            os.kill(decoder, signal.SIGCONT)
        except ProcessLookupError:
            pass  # it was late, and is replaced
        if taken:
            return taken
    return None


def children(pid):
    return [int(p) for p in open("/proc/%d/task/%d/children" % (pid, pid)).read().split()]


# --- cameras --------------------------------------------------------------------------------------------------------------------------

def story_walk_up(folder):
    """Ten people before a camera of 1280 × 720; its plug is pulled while one is being read, then it is back under another number, then under its own."""
    size = {"width": 1280, "height": 720}
    camera = dev.Camera(folder, (("YUYV", 1920, 1080, (5,)), ("YUYV", 1280, 720, (15, 10)), ("YUYV", 640, 480, (30,))))
    camera.plug("/dev/video0", "/dev/v4l/by-id/usb-test-index0")
    people = tokens(10)
    door = Door(folder, ["--camera", "/dev/video0", "--again", "600"])
    check(until(lambda: camera.streaming), "walk-up: it streams", "".join(door.notices))
    check(camera.format == ("YUYV", 1280, 720) and camera.rate == 15, "walk-up: size and rate are chosen", (camera.format, camera.rate))
    for token in people[:4]:
        show_badge(camera, door, token, **size)
    check([r["outcome"] for r in door.told()] == ["admitted"] * 4, "walk-up: each is told once", door.told())
    # One is held there while the plug is pulled: before it is told, or behind it.
    camera.push(camera.raw(picture([flow.url(people[4])], **size)))
    camera.unplug()
    check(until(lambda: door.states()[-1:] == ["gone"]), "walk-up: the pulled plug is told", door.states())
    camera.plug("/dev/video3")
    check(until(lambda: camera.streaming), "walk-up: found under another number", "".join(door.notices))
    before = len(door.told())
    show(camera, picture([flow.url(people[4])], **size), lambda: len(door.told()) >= 5 and door.states()[-1:] == ["reads"])
    show_nothing(camera, **size)
    check(before in (4, 5) and len(door.told()) == 5, "walk-up: nobody lost, nobody twice", door.told())
    for token in people[5:8]:
        show_badge(camera, door, token, **size)
    camera.unplug()
    check(until(lambda: door.states()[-1:] == ["gone"]), "walk-up: pulled again", door.states())
    camera.plug("/dev/video0")
    for token in [people[7]] + people[8:]:
        show(camera, picture([flow.url(token)], **size), lambda: token == people[7] and door.states()[-1:] == ["reads"] or len(door.told()) >= people.index(token) + 1)
        show_nothing(camera, **size)
    told = door.stop("walk-up")
    check([r["outcome"] for r in told] == ["admitted"] * 10, "walk-up: ten people, ten scans", told)
    check(door.states() == ["reads", "gone", "reads", "gone", "reads"], "walk-up: a word for each change, and no more", door.states())
    check(sum("unplugged" in n for n in door.notices) == 2 and door.said("/dev/video3"), "walk-up: also for people", "".join(door.notices))


def story_newest(folder):
    """What came while the door was busy is old: no picture of the past is read, the newest is."""
    people = tokens(6)
    for name, stamps in (("by its time", True), ("without times", False)):
        camera = dev.Camera(folder, (("YUYV", 640, 480, (5,)),), stamps=stamps)  # slow, so that on a busy machine only what shall be old is
        camera.plug("/dev/video0")
        door = Door(folder, ["--camera", "/dev/video0", "--again", "600"])
        past, newest, first = people.pop(), people.pop(), people.pop()
        until(lambda: camera.streaming)
        show_badge(camera, door, first)
        taken = while_busy(camera, door, [camera.raw(picture([flow.url(t)])) for t in (past, newest)], 0.05)
        check(taken == [True, True], "newest, %s: two wait" % name, taken)
        show(camera, picture([flow.url(newest)]), lambda: len(door.told()) >= 2)
        # All buffers full, with what was there long ago: they were filled when the driver stood still.
        show_nothing(camera)
        full = while_busy(camera, door, [camera.raw(picture([flow.url(past)]))] * 6, 5.0)
        check(full == [True] * 3 + [False] * 3, "newest, %s: the driver stands still" % name, full)
        until(lambda: camera.state()[1] == 0)
        show_nothing(camera)
        told = door.stop("newest, " + name)
        check(len(told) == 2 and len({r["scan_id"] for r in told}) == 2 and [r["person"]["name"] for r in told] == [shared["names"][first], shared["names"][newest]],
              "newest, %s: the past is passed over" % name, told)
        camera.unplug()


def jpeg(grey):
    out = subprocess.run([kit.tool("ffmpeg"), "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-s", "640x480", "-i", "-", "-f", "mjpeg", "-"], input=grey, capture_output=True)
    return out.stdout


def story_formats(folder):
    """Every format that we take, rows with room behind them; MJPEG with broken pictures in between."""
    for name, padding in (("GREY", 0), ("GREY", 24), ("YUYV", 64), ("UYVY", 0), ("NV12", 0), ("YU12", 32)):
        camera = dev.Camera(folder, ((name, 640, 480, (30,)), ("H264", 1280, 720, (30,))), padding=padding, buffers=2)
        camera.plug("/dev/video0")
        door = Door(folder, ["--camera", "auto"])
        token = tokens(1)[0]
        show(camera, picture([flow.url(token)]), lambda: door.told())
        chosen = camera.format[0]
        check([r["outcome"] for r in door.stop(name)] == ["admitted"] and chosen == name, "%s with %d bytes behind each row" % (name, padding), "".join(door.notices))
        camera.unplug()
    camera = dev.Camera(folder, (("YUYV", 1280, 720, (5,)), ("MJPG", 640, 480, (30,)), ("H264", 1280, 720, (30,))))
    camera.plug("/dev/video0")
    door = Door(folder, ["--camera", "/dev/video0"])
    people = tokens(2)
    good = [jpeg(picture([flow.url(token)])) for token in people]
    until(lambda: camera.streaming)
    check(camera.format == ("MJPG", 640, 480), "MJPEG: chosen for its rate", camera.format)
    show(camera, good[0], lambda: len(door.told()) == 1)
    broken = [good[0][:30], b"\xff\xd8" + os.urandom(2000), b"\xff\xd8\xff\xd9", os.urandom(300), b""]
    for data in broken * 6:
        until(lambda: camera.push(data))
    show(camera, good[1], lambda: len(door.told()) == 2)
    told = door.stop("MJPEG")
    check([r["outcome"] for r in told] == ["admitted"] * 2, "MJPEG: broken pictures cost themselves", told)
    check(1 <= sum("frame" in n for n in door.notices) <= 6 and door.states() == ["reads"], "MJPEG: and few words", "".join(door.notices))
    camera.unplug()


def story_quirks(folder):
    """Drivers that interrupt, refuse a rate, give broken and short pictures, fail once; then one that is held by another program."""
    camera = dev.Camera(folder)
    camera.faults = {"S_PARM": errno.EINVAL, "G_PARM": errno.ENOTTY, "QUERYCAP": [errno.EINTR], "DQBUF": [errno.EINTR] * 3, "S_FMT": [errno.EINVAL, errno.EINTR], "QBUF": [errno.EINTR],
                     "STREAMON": [errno.EINTR], "ENUM_FRAMESIZES": errno.ENOTTY}
    camera.open_error = errno.EBUSY
    camera.plug("/dev/video0")
    door = Door(folder, ["--camera", "/dev/video0", "--status", "0"])
    check(until(lambda: door.states() == ["busy"] and door.said("another program")), "quirks: held by another program is told kindly", "".join(door.notices))
    camera.open_error = 0
    people = tokens(4)
    good = picture([flow.url(people[0])])
    check(until(lambda: camera.streaming), "quirks: and taken when it is free", "".join(door.notices))
    for _ in range(5):
        until(lambda: camera.push(camera.raw(good), flags=ERROR))
        until(lambda: camera.push(camera.raw(good), used=1000))
        until(lambda: camera.push(camera.raw(good), used=camera.ROOM + 1))
    until(lambda: camera.state()[1] == 0)
    check(not door.told(), "quirks: broken and short pictures are not read", door.told())
    show_badge(camera, door, people[0])
    for number, fault in enumerate((errno.EIO, errno.EPIPE, errno.ENODEV)):
        opens = camera.opens
        camera.faults["DQBUF"] = [fault]
        camera.push(camera.raw(picture([])))
        check(until(lambda: camera.opens > opens and camera.streaming), "quirks: opened anew behind %s" % errno.errorcode[fault], "".join(door.notices))
        show_badge(camera, door, people[1 + number])
    told = door.stop("quirks")
    check([r["outcome"] for r in told] == ["admitted"] * 4, "quirks: all are read", told)
    camera.unplug()


def story_full_bus(folder):
    """Another camera has the USB bus: raw pictures find no room, compressed ones do; a camera without them says what to do."""
    camera = dev.Camera(folder, (("YUYV", 1280, 720, (30,)), ("MJPG", 640, 480, (4294967295,))))  # a rate that nothing has
    camera.faults["STREAMON"] = [errno.ENOSPC]
    camera.plug("/dev/video0")
    door = Door(folder, ["--camera", "auto"])
    until(lambda: camera.streaming)
    check(camera.streaming and camera.format == ("MJPG", 640, 480) and camera.rate == 30, "full bus: compressed, at the camera's own rate", (camera.format, camera.rate))
    until(lambda: camera.push(jpeg(picture([])), age=-1e13))  # of a time that no clock can tell
    check(until(lambda: door.said("30 pictures a second")), "full bus: the rate is told", "".join(door.notices))
    door.stop("full bus")
    camera.unplug()
    camera = dev.Camera(folder)
    camera.faults["STREAMON"] = [errno.ENOSPC]
    camera.plug("/dev/video0")
    door = Door(folder, ["--camera", "auto"])
    check(until(lambda: door.said("another port")), "full bus: what to do", "".join(door.notices))
    check(until(lambda: camera.streaming), "full bus: and tried again")
    door.stop("full bus")
    camera.unplug()


def story_silent(folder):
    """A camera that gives nothing any more is opened anew, said once; the door itself goes on meanwhile: it sends, it stops when told."""
    camera = dev.Camera(folder)
    camera.plug("/dev/video0")
    proxy = flow.Proxy(shared["server"].port)
    proxy.set("pass")
    door = Door(folder, ["--camera", "/dev/video0"], proxy)
    people = tokens(3)
    show_badge(camera, door, people[0])
    proxy.set("refuse")
    show_badge(camera, door, people[1])
    check(door.told()[1]["decided_by"] == "roster", "silent: with the server away the list decides", door.told())
    opens = camera.opens
    check(until(lambda: door.states()[-1:] == ["silent"]), "silent: told", "".join(door.notices))
    proxy.set("pass")
    check(until(lambda: flow.queue(door.spool) == []), "silent: what waits is sent meanwhile")
    check(until(lambda: camera.opens > opens and camera.streaming), "silent: opened anew", camera.opens)
    show_badge(camera, door, people[2])
    check(door.states() == ["reads", "silent", "reads"], "silent: and back", door.states())
    camera.unplug()
    until(lambda: door.states()[-1:] == ["gone"])
    begun = time.time()
    told = door.stop("silent")
    check(time.time() - begun < 20 and len(told) == 3, "silent: it stops while the camera is away", told)


def story_fast(folder):
    """A camera that is faster than all reading: badges are read, and the door stops when told, although there is always one picture more."""
    camera = dev.Camera(folder, (("GREY", 640, 480, (60,)),))
    camera.plug("/dev/video0")
    door = Door(folder, ["--camera", "auto"])
    token = tokens(1)[0]
    until(lambda: camera.streaming)
    camera.endless = [picture([], ground=g) for g in range(0x40, 0xc0, 8)] + [picture([flow.url(token)])]
    camera.push(camera.endless[0])
    check(until(lambda: len(door.told()) == 1), "fast: read", "".join(door.notices))
    door.stop("fast")
    camera.unplug()


def refused(folder, words, wanted, what):
    out = subprocess.run([flow.SCANNER, "--spool", shared["spool"]] + words, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=dev.environment(folder, flow.SCANNER), timeout=60)
    code, wrong = out.returncode, [line for line in out.stderr.splitlines() if "server" not in line]
    check(code == 1 and len(wrong) == 1 and wanted in wrong[0], "refused: " + what, (code, out.stderr))


def story_refused(folder):
    """What a person has to put right is said in one line, and ends."""
    door = Door(folder, ["--lines", "/dev/null"])
    door.process.wait(60)
    shared["spool"] = door.spool
    door.stop("refused")
    plain = os.path.join(folder, "file")
    open(plain, "w").close()
    refused(folder, ["--camera", plain], "not a camera", "a file")
    refused(folder, ["--input", plain], "no input device", "a file as a hand scanner")
    refused(folder, ["--camera", "/dev/video0", "--once"], "not plugged in", "no camera, and not waited for")
    refused(folder, ["--camera", "auto", "--once"], "no camera", "none at all")
    refused(folder, ["--input", "/dev/input/event0", "--once"], "not plugged in", "no hand scanner")
    for capabilities, wanted in ((0x04001000, "several planes"), (0x04800000, "no pictures"), (0x00000001, "stream")):
        camera = dev.Camera(folder, capabilities=capabilities)
        camera.plug("/dev/video0")
        refused(folder, ["--camera", "/dev/video0"], wanted, "a node with " + wanted)
        camera.unplug()
    camera = dev.Camera(folder, (("H264", 1280, 720, (30,)),))
    camera.plug("/dev/video0")
    refused(folder, ["--camera", "/dev/video0"], "(it has H264)", "an unknown format")
    camera.unplug()
    camera.open_error = errno.EACCES
    camera.plug("/dev/video0")
    refused(folder, ["--camera", "/dev/video0"], "group \"video\"", "no permission, and which group has it")
    refused(folder, ["--camera", "auto"], "group \"video\"", "no permission for any")
    camera.unplug()
    hand = dev.HandScanner(folder, bus=0x11)
    hand.plug("/dev/input/event0")
    refused(folder, ["--input", "/dev/input/event0"], "own keyboard", "the machine's own keyboard")
    check(not hand.grabbed, "refused: which was not grabbed")
    hand.unplug()
    hand = dev.HandScanner(folder, keys=False)
    hand.plug("/dev/input/event0")
    refused(folder, ["--input", "/dev/input/event0"], "does not type", "a mouse")
    hand.unplug()
    hand.open_error = errno.EACCES
    hand.plug("/dev/input/event0")
    refused(folder, ["--input", "/dev/input/event0"], "group \"input\"", "no permission for a hand scanner")
    hand.unplug()
    both = subprocess.run([flow.SCANNER, "--camera", "auto", "--lines", "-"], capture_output=True, text=True)
    check(both.returncode == 2 and "only one of" in both.stderr, "refused: two at once", both.stderr)


# --- hand scanners --------------------------------------------------------------------------------------------------------------------

def story_keys(folder):
    """A hand scanner is grabbed, read by its keys in any layout that can be told, and survives lost events and its plug."""
    hand = dev.HandScanner(folder)
    stable = "/dev/input/by-id/usb-test-event-kbd"
    hand.plug("/dev/input/event7", stable)
    people = tokens(12)
    door = Door(folder, ["--input", stable])
    check(until(lambda: hand.grabbed), "keys: grabbed", "".join(door.notices))

    def scan(count, what):
        check(until(lambda: len(door.told()) >= count) and len(door.told()) == count, "keys: " + what, (door.told()[-1:], "".join(door.notices)[-500:]))
    hand.type(flow.url(people[0]))
    scan(1, "an address")
    hand.type(people[1].lower(), end=dev.TAB, held=True)
    scan(2, "a bare token in small letters, keys that repeat, Tab")
    hand.press([(dev.PAD.get(c), 0) if c.isdigit() else dev.strokes(c)[0] for c in people[2]], end=dev.PAD_ENTER)
    scan(3, "numbers of the number pad")
    alt = [e for c in people[3] for e in [(1, dev.ALT, 1)] + [(1, dev.PAD[d], v) for d in "%03d" % ord(c) for v in (1, 0)] + [(1, dev.ALT, 0), (0, 0, 0)]]
    hand.send(alt + [(1, dev.ENTER, 1), (0, 0, 0)])
    scan(4, "Alt and a number for each character")
    # Events lost in the middle, a shift key with them: the line is dropped with its rest, and shift is not down for ever.
    some = [(1, dev.SHIFT, 1), (0, 0, 0)] + [(1, code, v) for code, _ in dev.strokes(people[4][:8]) for v in (1, 0)]
    hand.send(some + [(0, 3, 0), (1, dev.SHIFT, 0), (1, 30, 1), (0, 0, 0)] + [(1, code, v) for code, _ in dev.strokes(people[4][8:]) for v in (1, 0)] + [(1, dev.ENTER, 1), (0, 0, 0)])
    check(until(lambda: door.said("keys were lost")), "keys: lost ones are told", "".join(door.notices))
    hand.type(flow.url(people[4]))
    scan(5, "and the next is read")
    hand.type(flow.url(people[5])[:20], end=None)
    check(until(lambda: door.said("broke off")), "keys: half a code is told, and dropped", "".join(door.notices))
    hand.type(flow.url(people[5]), end=None)
    scan(6, "a scanner that sends no Enter is understood by its pause")
    hand.type("x" * 5000)
    check(until(lambda: door.said("not a code")), "keys: too long", "".join(door.notices))
    # Unplugged in the middle of a line: its rest belongs to nobody.
    hand.type(flow.url(people[6])[:25], end=None)
    hand.unplug()
    check(until(lambda: door.states()[-1:] == ["gone"]), "keys: the pulled plug is told", door.states())
    hand.plug("/dev/input/event9", stable)
    check(until(lambda: hand.grabbed), "keys: back by its stable path, and grabbed again")
    hand.type(flow.url(people[6]))
    scan(7, "read again")
    hand.unplug()
    until(lambda: door.states()[-1:] == ["gone"])
    hand.plug("/dev/input/event3")
    check(until(lambda: hand.grabbed), "keys: back under another number, by its name")
    hand.type(flow.url(people[7]), layout="fr")
    hand.type(people[8], layout="fr")
    scan(9, "a French scanner is told by its address, and then without one")
    until(lambda: hand.unplug() or True)
    until(lambda: door.states()[-1:] == ["gone"])
    hand.plug(stable)
    until(lambda: hand.grabbed)
    hand.type(flow.url(people[9]), layout="br")
    scan(10, "a Brazilian one")
    unclear = next((t for t in people[10:] if set(t) & set("YZ")), people[10][:-1] + "Y")
    hand.type(flow.url(unclear), layout="de")
    check(until(lambda: door.said("US (English)")), "keys: German and Portuguese cannot be told apart: said, not guessed", "".join(door.notices))
    hand.type(flow.url(people[11]))
    scan(11, "and the next is read")
    hand.type("WIFI:T:WPA".replace(":", ""))
    told = door.stop("keys")
    check([r["outcome"] for r in told] == ["admitted"] * 11 and [r["person"]["name"] for r in told] == [shared["names"][t] for t in people[:10] + people[11:]], "keys: who it was", told)
    check(not hand.grabbed, "keys: let go at the end")
    hand.unplug()


def story_held(folder):
    """A hand scanner that another program holds."""
    hand = dev.HandScanner(folder)
    hand.plug("/dev/input/event0")
    hand.grabbed = True
    door = Door(folder, ["--input", "/dev/input/event0"])
    check(until(lambda: door.states() == ["busy"] and door.said("another program")), "held: told", "".join(door.notices))
    with hand.lock:
        hand.grabbed = False
    check(until(lambda: hand.grabbed), "held: taken when it is free")
    token = tokens(1)[0]
    hand.type(flow.url(token))
    check(until(lambda: len(door.told()) == 1), "held: and read")
    door.stop("held")
    hand.unplug()


# --- processor time -------------------------------------------------------------------------------------------------------------------

def seconds_of(pid):
    fields = open("/proc/%d/stat" % pid).read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(folder, seconds):
    """What a camera of 1280 × 720 at 15 pictures a second costs: an empty hall that never stands still, and people with badges."""
    import random
    for name in ("YUYV", "MJPG"):
        for rate in (15, 30):
            camera = dev.Camera(folder, ((name, 1280, 720, (rate,)),))
            camera.plug("/dev/video0")
            door = Door(folder, ["--camera", "/dev/video0"])
            until(lambda: camera.streaming)
            noise = [bytes(random.choices(range(60, 200), k=1280)) * 8 for _ in range(16)]
            walls = []
            for k in range(24):
                grey = b"".join(random.choice(noise) for _ in range(90))
                if k % 12 < 4:
                    badge = picture([flow.url(shared["tokens"][k // 12])], 1280, 720)
                    grey = badge[:1280 * 400] + grey[1280 * 400:]
                if name == "YUYV":
                    walls.append(camera.raw(grey))
                else:
                    out = subprocess.run(["ffmpeg", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-s", "1280x720", "-i", "-", "-q:v", "4", "-f", "mjpeg", "-"],
                                         input=grey, capture_output=True)
                    walls.append(out.stdout)
            begun, parent, child, pushed = time.time(), None, None, 0
            while time.time() - begun < seconds:
                if camera.push(walls[pushed % len(walls)]):
                    pushed += 1
                if pushed == rate and parent is None:
                    parent, decoder = seconds_of(door.process.pid), children(door.process.pid)[0]
                    child, since = seconds_of(decoder), time.time()
                time.sleep(max(0, begun + (pushed + 1) / rate - time.time()))
            passed = time.time() - since
            print("# %s 1280x720 at %d: door %.1f %%, decoder %.1f %% of a core, %d pictures, %d scans"
                  % (name, rate, 100 * (seconds_of(door.process.pid) - parent) / passed, 100 * (seconds_of(decoder) - child) / passed, pushed, len(door.told())), flush=True)
            door.stop("measure")
            camera.unplug()


def compare():
    """All that was told at all these doors stands in the record once."""
    record = {r["scan_id"]: r for r in shared["server"].export()}
    told = {r["scan_id"]: r for r in shared["told"]}
    check(len(told) == len(shared["told"]) and set(told) == set(record), "record: exactly what was told", (len(told), len(record)))
    wrong = [i for i in told if i in record and told[i]["outcome"] != record[i]["outcome"]]
    check(not wrong and len(record) > 0, "record: with the outcomes that were told", wrong)
    kit.passed, kit.failed = kit.passed + flow.passed, kit.failed + flow.failed


def main():
    kit.tool("qrencode")
    dev.build()
    server = flow.RealServer(70)
    shared.update(server=server, tokens=list(server.tokens), told=[], doors=[], names={token: code.replace("T", "N ") for code, token in server.by_person.items()})
    words = sys.argv[1:]
    if words[:1] == ["--measure"]:
        measure(tempfile.mkdtemp(dir=kit.scratch("measure")), float(words[1]))
        kit.passed, kit.failed = flow.passed, flow.failed
        kit.run("flow devices")
    stories = [story for story in (story_walk_up, story_newest, story_formats, story_quirks, story_full_bus, story_silent, story_fast, story_refused, story_keys, story_held)
               if not words or story.__name__.replace("story_", "") in words]

    def in_folder(story):
        def tell():
            try:
                story(kit.scratch("dev"))
            finally:
                for door in shared["doors"]:
                    if door.process.poll() is None:
                        door.process.kill()
        tell.__name__ = story.__name__
        return tell
    kit.run("flow devices", *[in_folder(story) for story in stories], compare)


if __name__ == "__main__":
    main()

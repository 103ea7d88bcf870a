"""Cameras and hand scanners that are not there: what they would say, by the kernel's own structures, to a program with tests/preload/devices.c. The test decides when a
picture is ready or a key is pressed, when the plug is pulled, and what fails."""
import errno
import os
import re
import socket
import struct
import subprocess
import threading
import time

import plenum as kit

LIBRARY = os.path.join(kit.BUILD, "preload", "devices.so")
RAW = {"GREY": 1, "YUYV": 2, "UYVY": 2, "NV12": 1.5, "YU12": 1.5}


def build():
    os.makedirs(os.path.dirname(LIBRARY), exist_ok=True)
    fresh = LIBRARY + ".%d" % os.getpid()
    subprocess.run([kit.tool("cc"), "-shared", "-fPIC", "-O1", "-std=c11", "-o", fresh, os.path.join(kit.ROOT, "tests/preload/devices.c")], check=True)
    os.replace(fresh, LIBRARY)


def environment(folder, program):
    """A sanitizer that lives in a library wants to be loaded before ours."""
    linked = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    first = re.findall(r"=> (\S*lib(?:asan|tsan|ubsan)\S*)", linked)
    return dict(os.environ, LD_PRELOAD=" ".join(first + [LIBRARY]), PLENUM_TEST_DEVICES=folder)


def fourcc(name):
    return struct.unpack("<I", name.encode())[0]


class Device:
    """Plugged in at one or more paths. `open_error`: what open says; `faults`: ioctl name → list of error numbers, the first for the next call (a number alone: for all)."""

    names = {}

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.RLock()
        self.listener, self.paths, self.connections = None, [], []
        self.open_error, self.faults = 0, {}
        self.opens = 0
        self.asked = []  # names of ioctls, in order

    def plug(self, *paths):
        """A device of its own for each time: nothing is left of the one before."""
        with self.lock:
            self.reset()
            self.paths = [os.path.join(self.folder, p[1:].replace("/", "_")) for p in paths]
            self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self.listener.bind(self.paths[0] + ".socket")
            self.listener.listen(16)
            for path in self.paths:
                os.symlink(self.paths[0] + ".socket", path)
            threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def unplug(self):
        with self.lock:
            if not self.listener:
                return
            for path in self.paths + [self.paths[0] + ".socket"]:
                os.unlink(path)
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
            for control, events in self.connections:
                for one in (events, control):
                    try:
                        one.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass
                    one.close()
            self.connections = []

    def accept(self, listener):
        while True:
            try:
                control, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                if self.open_error or listener is not self.listener:
                    self.refuse(control, self.open_error or errno.ENODEV)
                    continue
                self.forget_closed()
                self.opens += 1
                mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
                theirs.setblocking(False)
                memory = self.memory()
                try:
                    socket.send_fds(control, [struct.pack("<i", 0)], [theirs.fileno(), memory])
                except OSError:
                    pass
                theirs.close()
                self.connections.append((control, mine))
            threading.Thread(target=self.serve, args=(control, mine), daemon=True).start()

    def forget_closed(self):
        """A kernel knows at once who has closed the device; the threads here only when their turn comes."""
        for control, events in list(self.connections):
            try:
                gone = control.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
            except BlockingIOError:
                gone = False
            except OSError:
                gone = True
            if gone:
                self.connections.remove((control, events))
                self.closed(events)

    @staticmethod
    def refuse(control, number):
        try:
            control.send(struct.pack("<i", number))
        except OSError:
            pass
        control.close()

    def serve(self, control, events):
        while True:
            try:
                question = control.recv(4096)
            except OSError:
                return
            if len(question) < 8:
                with self.lock:
                    if (control, events) in self.connections:
                        self.connections.remove((control, events))
                        self.closed(events)
                control.close()
                events.close()
                return
            request, _ = struct.unpack_from("<II", question)
            data = bytearray(question[8:])
            with self.lock:
                if (control, events) not in self.connections:
                    return
                number, value = self.judge(request, data, events)
                try:
                    control.send(struct.pack("<ii", number, value) + bytes(data))
                except OSError:
                    return

    def judge(self, request, data, events):
        name = self.name_of(request)
        self.asked.append(name)
        fault = self.faults.get(name)
        if isinstance(fault, list):
            fault = fault.pop(0) if fault else 0
        if fault:
            return fault, -1
        return self.answer(name, request, data, events)

    def reset(self):
        pass

    def closed(self, events):
        pass


class Camera(Device):
    """`offers`: (format, width, height, rates). `stride`: bytes a row that the driver adds. `stamps`: whether pictures carry the time."""

    names = {0: "QUERYCAP", 2: "ENUM_FMT", 4: "G_FMT", 5: "S_FMT", 8: "REQBUFS", 9: "QUERYBUF", 15: "QBUF", 17: "DQBUF", 18: "STREAMON", 19: "STREAMOFF", 21: "G_PARM", 22: "S_PARM",
             74: "ENUM_FRAMESIZES", 75: "ENUM_FRAMEINTERVALS"}
    ROOM = 4 << 20

    def __init__(self, folder, offers=(("YUYV", 640, 480, (30,)),), card="Test Camera", buffers=4, padding=0, stamps=True, capabilities=0x04000001):
        super().__init__(folder)
        self.offers, self.card, self.most, self.padding, self.stamps, self.capabilities = list(offers), card, buffers, padding, stamps, capabilities
        self.endless = []  # pictures of which there is always one more
        self.descriptor = os.memfd_create("pictures")
        os.ftruncate(self.descriptor, self.ROOM * 8)
        self.reset()

    def reset(self):
        self.format, self.count, self.rate = None, 0, 30
        self.free, self.done, self.used, self.streaming, self.sequence = [], [], {}, False, 0
        self.owner = None
        self.is_drained, self.taken = False, 0  # the program asked for more than there was; the number of the picture that it took last

    def memory(self):
        return self.descriptor

    def closed(self, events):
        if events is self.owner:
            self.reset()

    def name_of(self, request):
        return self.names.get(request & 0xff, "?")

    # --- what the test does ---

    def push(self, picture, flags=0, used=None, age=0.0):
        """A picture is ready, in the camera's format, when the driver has an empty buffer; else it is dropped, as drivers do. Gives its number, or 0."""
        with self.lock:
            self.sequence += 1
            if not self.streaming or not self.free:
                return 0
            index = self.free.pop(0)
            os.pwrite(self.descriptor, picture, index * self.ROOM)
            stamp = time.monotonic() - age if self.stamps else 0
            self.done.append((index, len(picture) if used is None else used, flags | (0x2000 if self.stamps else 0), stamp, self.sequence))
            self.wake()
            return self.sequence

    def wake(self):
        try:
            self.owner.send(b"!")
        except OSError:
            pass

    def state(self):
        """How many buffers are empty, full, and in the program's hands."""
        with self.lock:
            return len(self.free), len(self.done), self.count - len(self.free) - len(self.done)

    def raw(self, grey):
        """That grey picture, as the chosen format has it."""
        name, width, height = self.format
        rows = [grey[y * width:(y + 1) * width] for y in range(height)]
        if name in ("YUYV", "UYVY"):
            out = []
            for row in rows:
                both = bytearray(b"\x80" * (2 * width))
                both[(name == "UYVY")::2] = row
                out.append(bytes(both) + b"\x11" * self.padding)
            return b"".join(out)
        return b"".join(row + b"\x11" * self.padding for row in rows) + b"\x80" * int((RAW[name] - 1) * width * height)

    # --- what the kernel does ---

    def answer(self, name, request, data, events):
        handler = getattr(self, "do_" + name.lower(), None)
        return handler(data, events) if handler else (errno.ENOTTY, -1)

    def do_querycap(self, data, _):
        struct.pack_into("<16s32s32sIII", data, 0, b"fake", self.card.encode(), b"usb-test", 0x60100, self.capabilities | 0x80000000, self.capabilities)
        return 0, 0

    def formats(self):
        return list(dict.fromkeys(o[0] for o in self.offers))

    def do_enum_fmt(self, data, _):
        index = struct.unpack_from("<I", data)[0]
        if index >= len(self.formats()):
            return errno.EINVAL, -1
        struct.pack_into("<I", data, 44, fourcc(self.formats()[index]))
        return 0, 0

    def do_enum_framesizes(self, data, _):
        index, pixels = struct.unpack_from("<II", data)
        sizes = list(dict.fromkeys(o[1:3] for o in self.offers if fourcc(o[0]) == pixels))
        if index >= len(sizes):
            return errno.EINVAL, -1
        struct.pack_into("<III", data, 8, 1, *sizes[index])
        return 0, 0

    def do_enum_frameintervals(self, data, _):
        index, pixels, width, height = struct.unpack_from("<IIII", data)
        rates = [r for o in self.offers if (fourcc(o[0]), o[1], o[2]) == (pixels, width, height) for r in o[3]]
        if index >= len(rates):
            return errno.EINVAL, -1
        struct.pack_into("<III", data, 16, 1, 1, rates[index])
        return 0, 0

    def do_s_fmt(self, data, events):
        if self.owner and self.owner is not events:
            return errno.EBUSY, -1
        width, height, pixels = struct.unpack_from("<III", data, 8)
        best = min(self.offers, key=lambda o: (fourcc(o[0]) != pixels, abs(o[1] - width) + abs(o[2] - height)))
        self.format = best[:3]
        a_row = best[1] * (2 if best[0] in ("YUYV", "UYVY") else 1) + self.padding if best[0] in RAW else 0
        struct.pack_into("<IIIIII", data, 8, best[1], best[2], fourcc(best[0]), 1, a_row, self.ROOM)
        return 0, 0

    def do_g_parm(self, data, _):
        struct.pack_into("<IIII", data, 4, 0x1000, 0, 1, self.rate)
        return 0, 0

    def do_s_parm(self, data, events):
        above, below = struct.unpack_from("<II", data, 12)
        self.rate = max(1, round(below / max(above, 1)))
        return self.do_g_parm(data, events)

    def do_reqbufs(self, data, events):
        self.count = min(struct.unpack_from("<I", data)[0], self.most)
        self.owner = events
        struct.pack_into("<I", data, 0, self.count)
        return 0, 0

    def do_querybuf(self, data, _):
        index = struct.unpack_from("<I", data)[0]
        struct.pack_into("<I", data, 64, index * self.ROOM)
        struct.pack_into("<I", data, 72, self.ROOM)
        return 0, 0

    def do_qbuf(self, data, _):
        index = struct.unpack_from("<I", data)[0]
        if index >= self.count or index in self.free or index in [d[0] for d in self.done]:
            return errno.EINVAL, -1
        self.free.append(index)
        return 0, 0

    def do_dqbuf(self, data, _):
        if not self.streaming:
            return errno.EINVAL, -1
        if self.endless and not self.done:
            self.push(self.endless[self.sequence % len(self.endless)])
        self.is_drained = not self.done
        if not self.done:
            return errno.EAGAIN, -1
        index, used, flags, stamp, sequence = self.done.pop(0)
        self.taken = sequence
        struct.pack_into("<I4xIII", data, 0, index, used, flags, 1)
        struct.pack_into("<qq", data, 24, int(stamp), int(stamp % 1 * 1e6))
        struct.pack_into("<I", data, 56, sequence)
        return 0, 0

    def do_streamon(self, _, events):
        self.streaming = True
        return 0, 0

    def do_streamoff(self, _, events):
        self.reset()
        return 0, 0


# Keys by their codes (linux/input-event-codes.h).
LETTERS = dict(zip("qwertyuiopasdfghjklzxcvbnm", list(range(16, 26)) + list(range(30, 39)) + list(range(44, 51))))
DIGITS = dict(zip("1234567890", range(2, 12)))
PAD = dict(zip("7894561230", (71, 72, 73, 75, 76, 77, 79, 80, 81, 82)))
SHIFT, ENTER, TAB, PAD_ENTER, ALT = 42, 28, 15, 96, 56
SIGNS = {"us": {":": (39, 1), "/": (53, 0), ".": (52, 0), "-": (12, 0)}, "fr": {":": (52, 0), "/": (52, 1), ".": (51, 1), "-": (7, 0)},
         "de": {":": (52, 1), "/": (8, 1), ".": (52, 0), "-": (53, 0)}, "br": {":": (53, 1), "/": (89, 0), ".": (52, 0), "-": (12, 0)}}
MOVED = {"us": {}, "br": {}, "fr": {"a": "q", "q": "a", "z": "w", "w": "z"}, "de": {"y": "z", "z": "y"}}


def strokes(text, layout="us"):
    """(code, shift) of each character, as a scanner presses them that is set to this layout."""
    out = []
    for c in text:
        if c in SIGNS[layout]:
            out.append(SIGNS[layout][c])
        elif c.isdigit():
            out.append((DIGITS[c], int(layout == "fr")))
        elif layout == "fr" and c in "mM":
            out.append((39, int(c.isupper())))
        else:
            out.append((LETTERS[MOVED[layout].get(c.lower(), c.lower())], int(c.isupper())))
    return out


class HandScanner(Device):
    """Types. `grabbed` is what EVIOCGRAB said last; `bus` 3 is USB, 0x11 the keyboard port."""

    names = {0x02: "GID", 0x06: "GNAME", 0x18: "GKEY", 0x21: "GBIT", 0x90: "GRAB", 0xa0: "SCLOCKID"}

    def __init__(self, folder, name="Test Scanner", bus=3, keys=True):
        super().__init__(folder)
        self.title, self.bus, self.has_keys = name, bus, keys
        self.descriptor = os.memfd_create("nothing")
        self.reset()

    def reset(self):
        self.grabbed, self.events, self.down = False, None, set()

    def memory(self):
        return self.descriptor

    def closed(self, events):
        if events is self.events:
            self.reset()

    def name_of(self, request):
        return self.names.get(request & 0xff, "?")

    def answer(self, name, request, data, events):
        if name == "GID":
            struct.pack_into("<HHHH", data, 0, self.bus, 0x1234, 0x5678, 1)
        elif name == "GNAME":
            text = self.title.encode()[:len(data) - 1] + b"\0"
            data[:len(text)] = text
            return 0, len(text)
        elif name == "GBIT":
            for code in list(range(1, 84)) + [96] if self.has_keys else (272, 273):
                data[code // 8] |= 1 << code % 8
        elif name == "GKEY":
            for code in self.down:
                data[code // 8] |= 1 << code % 8
        elif name == "GRAB":
            wanted = struct.unpack_from("<I", data)[0] != 0
            if wanted and self.grabbed:
                return errno.EBUSY, -1
            self.grabbed, self.events = wanted, events if wanted else None
        elif name != "SCLOCKID":
            return errno.EINVAL, -1
        return 0, 0

    # --- what the test does ---

    def send(self, events, at=None):
        """(type, code, value)…, all at one time."""
        at = time.monotonic() if at is None else at
        with self.lock:
            self.events.sendall(b"".join(struct.pack("<qqHHi", int(at), int(at % 1 * 1e6), *event) for event in events))

    def press(self, pressed, end=ENTER, held=False):
        out = []
        for code, shift in pressed + ([(end, 0)] if end else []):
            keys = [(1, SHIFT, 1)] if shift else []
            keys += [(1, code, 1)] + ([(1, code, 2)] * 3 if held else []) + [(1, code, 0)]
            keys += [(1, SHIFT, 0)] if shift else []
            for key in keys:
                out += [(4, 4, 0x70000 + key[1]), key, (0, 0, 0)]
        self.send(out)

    def type(self, text, layout="us", end=ENTER, held=False):
        self.press(strokes(text, layout), end, held)

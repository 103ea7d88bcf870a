"""Printers for tests: real ones (ippeveprinter, of CUPS) and bad ones of our own. Standard library only."""
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as p

_ended = []


def end_all():
    """Ends what was started; called by the suite at its end."""
    for process in _ended:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    _ended.clear()


def port_is_open(port):
    with socket.socket() as s:
        s.settimeout(0.5)
        return s.connect_ex(("127.0.0.1", port)) == 0


class Bus:
    """ippeveprinter wants to reach a D-Bus before it finds out that it shall not announce itself (-r off): a private one does."""

    def __init__(self):
        p.tool("dbus-daemon")
        self.process = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        _ended.append(self.process)
        self.address = self.process.stdout.readline().strip()


_bus = None


class Printer:
    """A real printer on loopback. Keeps the jobs that it gets, and what it was asked for with each."""

    def __init__(self, *words, name="Test Printer", formats="application/pdf,image/jpeg", attributes=None, port=None, script="exit 0", keys=None):
        global _bus
        p.tool("ippeveprinter")
        _bus = _bus or Bus()
        self.folder = p.scratch("printer")
        self.spool = os.path.join(self.folder, "spool")
        os.mkdir(self.spool)
        self.port = port or p.free_port()
        self.keys = keys or os.path.join(self.folder, "keys")
        os.makedirs(self.keys, exist_ok=True)
        command = os.path.join(self.folder, "print")
        with open(command, "w", encoding="utf-8") as f:
            f.write("#!/bin/sh\nenv | grep ^IPP_ > '%s/asked-'$(date +%%s%%N)\n%s\n" % (self.folder, script))
        os.chmod(command, 0o700)
        line = ["ippeveprinter", "-r", "off", "-p", str(self.port), "-n", "localhost", "-d", self.spool, "-k", "-c", command, "-K", self.keys]
        line += [] if attributes else ["-f", formats]
        if attributes:
            path = os.path.join(self.folder, "attributes")
            with open(path, "w", encoding="utf-8") as f:
                f.write(attributes)
            line += ["-a", path]
        with open(os.path.join(self.folder, "log"), "wb") as log:
            self.process = subprocess.Popen(line + list(words) + [name], env=dict(os.environ, DBUS_SYSTEM_BUS_ADDRESS=_bus.address, HOME=self.folder), stdout=log, stderr=log)
        _ended.append(self.process)
        until = time.time() + 60
        while not port_is_open(self.port):
            if self.process.poll() is not None or time.time() > until:
                raise RuntimeError("ippeveprinter: " + open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace").read()[-600:])
            time.sleep(0.02)

    @property
    def uri(self):
        return "ipp://localhost:%d/ipp/print" % self.port

    def jobs(self):
        """The documents that it got, in their order."""
        found = []
        for name in os.listdir(self.spool):
            if name.endswith(".pdf"):
                with open(os.path.join(self.spool, name), "rb") as f:
                    found.append((int(name.split("-")[0]), f.read()))
        return [data for _, data in sorted(found)]

    def asked(self):
        """Attributes of the last job, by name: "copies", "media", … as text."""
        names = sorted(n for n in os.listdir(self.folder) if n.startswith("asked-"))
        with open(os.path.join(self.folder, names[-1]), encoding="utf-8", errors="replace") as f:
            pairs = (line.rstrip("\n")[4:].split("=", 1) for line in f if "=" in line)
            return {name.lower().replace("_", "-"): value for name, value in pairs}

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        _ended.remove(self.process)
        while port_is_open(self.port):
            time.sleep(0.02)


# --- IPP (RFC 8010) ---------------------------------------------------------------------------------------------------------------

BOOLEAN, INTEGER, ENUM, TEXT, NAME, KEYWORD, URI, MIME = 0x22, 0x21, 0x23, 0x41, 0x42, 0x44, 0x45, 0x49


def attribute(tag, name, *values):
    out = b""
    for i, value in enumerate(values):
        data = value if isinstance(value, bytes) else struct.pack(">b", value) if tag == BOOLEAN else struct.pack(">i", value) if isinstance(value, int) else value.encode()
        key = name.encode() if i == 0 else b""
        out += struct.pack(">bh", tag, len(key)) + key + struct.pack(">h", len(data)) + data
    return out


def answer(request_id, status=0, printer=b"", job=b""):
    out = struct.pack(">bbhi", 2, 0, status, request_id) + b"\x01" + attribute(0x47, "attributes-charset", "utf-8") + attribute(0x48, "attributes-natural-language", "en")
    if printer:
        out += b"\x04" + printer
    if job:
        out += b"\x02" + job
    return out + b"\x03"


def good_printer(**changed):
    values = {"printer-name": (NAME, "fake"), "printer-make-and-model": (TEXT, "Fake One"), "printer-state": (ENUM, 3), "printer-state-reasons": (KEYWORD, "none"),
              "printer-is-accepting-jobs": (BOOLEAN, 1), "document-format-supported": (MIME, "application/pdf"), "media-supported": (KEYWORD, "iso_a4_210x297mm"),
              "sides-supported": (KEYWORD, "one-sided")}
    values.update({name.replace("_", "-"): value for name, value in changed.items()})
    return b"".join(attribute(value[0], name, *value[1:]) for name, value in values.items())


class BadPrinter:
    """Listens and does what `behave(self, connection)` does with each connection. `seen` counts the operations that it was asked for."""

    def __init__(self, behave, **more):
        self.behave, self.seen, self.documents, self.more, self.called = behave, [], [], more, False
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(20)
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    @property
    def uri(self):
        return "ipp://127.0.0.1:%d/ipp/print" % self.port

    def run(self):
        while True:
            connection, _ = self.socket.accept()
            self.called = True
            threading.Thread(target=self.one, args=(connection,), daemon=True).start()

    def one(self, connection):
        try:
            self.behave(self, connection)
        except OSError:
            pass
        finally:
            connection.close()

    def read(self, connection):
        """One request: its operation, its id, what follows the attributes. None when the other side closed."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return None
            data += more
        head, body = data.split(b"\r\n\r\n", 1)
        if b"100-continue" in head.lower():
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = [int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        while length and len(body) < length[0]:
            more = connection.recv(65536)
            if not more:
                return None
            body += more
        operation, request_id = struct.unpack(">hi", body[2:8])
        self.seen.append(operation)
        at = body.find(b"%PDF")
        if at >= 0:
            self.documents.append(body[at:])
        return operation, request_id

    def reply(self, connection, body):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


PRINT_JOB, GET_JOB, GET_PRINTER = 0x02, 0x09, 0x0B


def scripted(**by_operation):
    """A printer that answers by rule: printer, print, job are functions (self, connection, request_id), or None for silence."""
    def behave(self, connection):
        while True:
            request = self.read(connection)
            if not request:
                return
            rule = {GET_PRINTER: "printer", PRINT_JOB: "print", GET_JOB: "job"}.get(request[0])
            act = by_operation.get(rule)
            if not act:
                time.sleep(60)
                return
            act(self, connection, request[1])
    return behave


def say(**parts):
    return lambda self, connection, request_id: self.reply(connection, answer(request_id, **parts))


def silent(self, connection):
    time.sleep(90)


def garbage(self, connection):
    connection.recv(65536)
    connection.sendall(b"\x00\xff\x0a" * 5000)


def page(self, connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html>hello</")


def closing(self, connection):
    pass


def dripping(self, connection):
    connection.recv(65536)
    for byte in b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 100000:
        connection.sendall(bytes([byte]))
        time.sleep(0.2)


def flooding(self, connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\nTransfer-Encoding: chunked\r\n\r\n")
    head = struct.pack(">bbhi", 2, 0, 0, 1) + b"\x01" + attribute(0x47, "attributes-charset", "utf-8") + attribute(0x48, "attributes-natural-language", "en") + b"\x04"
    part = attribute(TEXT, "printer-info", b"x" * 1000)
    connection.sendall(b"%x\r\n" % len(head) + head + b"\r\n")
    while True:
        data = b"".join(attribute(TEXT, "a%d" % i, b"x" * 1000) for i in range(50)) + part
        connection.sendall(b"%x\r\n" % len(data) + data + b"\r\n")


def secretive(self, connection):
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n")
    time.sleep(0.5)

"""A small server that speaks the scanner's doors (pair, check-ins, roster) from memory, and a TCP proxy that misbehaves.
Only for tests/flow/scanner.py; the rules here are deliberately simple: in is admitted once, then already_in."""
import hashlib
import json
import socket
import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def now_text(shift=timedelta()):
    return (datetime.now(timezone.utc) + shift).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def badge_id(token):
    return hashlib.blake2b(token.encode(), digest_size=32, person=b"plenum-badge-id").hexdigest()


class FakeServer:
    """scans: scan_id -> (what was compared, answer); posts: how often each scan_id came; status: what to answer instead."""

    def __init__(self, tokens):
        self.tokens = list(tokens)
        self.lock = threading.Lock()
        self.scans, self.order, self.posts, self.inside = {}, [], {}, {}
        self.status, self.batches, self.revoked, self.malformed = None, [], False, set()
        self.poison, self.portal = set(), False  # tokens that make a whole request a 400; a login page instead of answers
        self.photo = None  # called with the handler when a photo is asked for; else there are none
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args):
                pass

            def reply(self, status, body=None, headers=()):
                data = json.dumps(body).encode() if body is not None else b""
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def reply_bytes(self, status, kind, data):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == "/api/v1/pair":
                    code = json.loads(body)["code"]
                    if code != "GOOD":
                        return self.reply(404, {"code": "pairing_unknown"})
                    return self.reply(201, {"device": "D1", "key": "secret-key", "event": "test", "gate": "main"})
                if not self.allowed():
                    return
                scans = json.loads(body)
                with fake.lock:
                    many = scans if isinstance(scans, list) else [scans]
                    if any(scan["token"] in fake.poison for scan in many):
                        return self.reply(400, {"code": "bad_request"})
                    fake.batches.append(len(many))
                    results = [fake.take(scan) for scan in many]
                self.reply(200, {"server_time": now_text(), "results": results, "a-later-key": 1})

            def do_GET(self):
                if not self.allowed():
                    return
                if self.path.endswith("/photo") and fake.photo:
                    return fake.photo(self)
                if not self.path.startswith("/api/v1/events/test/roster"):
                    return self.reply(404, {"code": "not_found"})
                with fake.lock:
                    roster = fake.roster()
                etag = '"%d"' % roster["version"]
                if self.headers.get("If-None-Match") == etag:
                    return self.reply(304, None, [("ETag", etag)])
                self.reply(200, roster, [("ETag", etag)])

            def allowed(self):
                if fake.portal:
                    page = b"<html>Please accept the terms of this network</html>"
                    self.send_response(200)
                    self.send_header("Content-Type", "text/html")
                    self.send_header("Content-Length", str(len(page)))
                    self.end_headers()
                    self.wfile.write(page)
                    return False
                if fake.revoked or self.headers.get("Authorization") != "Bearer secret-key":
                    self.reply(401, {"code": "device_revoked"})
                    return False
                if fake.status:
                    self.reply(fake.status, {"code": "busy"}, [("Retry-After", "1")])
                    return False
                return True

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 64

        self.http = Server(("127.0.0.1", 0), Handler)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    @staticmethod
    def pairing():
        return "GOOD"

    def take(self, scan):
        key = (scan["token"], scan["gate"], scan["direction"], scan["scanned_at"])
        scan_id = scan["scan_id"]
        self.posts[scan_id] = self.posts.get(scan_id, 0) + 1
        old = self.scans.get(scan_id)
        if old and old[0] != key:
            return {"scan_id": scan_id, "outcome": "invalid", "reason": "scan_id_reused"}
        if old:
            return dict(old[1], replayed=True)
        answer = self.judge(scan)
        if answer["outcome"] != "invalid":
            self.scans[scan_id] = (key, answer)
            self.order.append(dict(scan, outcome=answer["outcome"]))
        return answer

    def judge(self, scan):
        answer = {"scan_id": scan["scan_id"], "outcome": "admitted", "reason": None, "person": {"name": "N " + scan["token"][-4:]}, "first": None,
                  "conflict": False, "replayed": False}
        if scan["token"] in self.malformed:
            return dict(answer, outcome="invalid", reason="malformed", person=None)
        if scan["token"] not in self.tokens:
            return dict(answer, outcome="refused", reason="unknown_badge", person=None)
        if scan["direction"] == "out":
            was = self.inside.pop(scan["token"], None)
            return dict(answer, outcome="left", reason=None if was else "was_not_in")
        if scan["token"] in self.inside:
            answer.update(outcome="already_in", first={"at": self.inside[scan["token"]], "gate": "main"})
        else:
            self.inside[scan["token"]] = now_text()
        if scan["decision"] != "ask":
            answer["conflict"] = scan["decision"] != answer["outcome"]
            answer["outcome"] = scan["decision"]  # what the person was told is a fact
        return answer

    def roster(self):
        day = timedelta(days=1)
        entries = [{"id": badge_id(t), "category": "official", "status": "summoned", "credential": "active", "named": True,
                    "in_since": self.inside.get(t), "in_until": None, "in_gate": "main" if t in self.inside else None, "handed_out": False, "record": None}
                   for t in self.tokens]
        return {"version": 1 + len(self.order), "since": 0, "full": True, "server_time": now_text(),
                "event": {"slug": "test", "title": "Test", "timezone": "Asia/Ho_Chi_Minh", "opens_at": now_text(-day), "closes_at": now_text(day)},
                "gate": {"code": "main", "title": "Main", "kind": "entry", "area": "hall", "direction": "both", "reentry": True, "admits": None,
                         "capacity": None},
                "categories": [{"code": "official", "title": "Official", "color": "#b01020"}], "sessions": [], "entries": entries, "removed": []}


class Proxy:
    """127.0.0.1:port → the server. mode: pass · refuse (nobody listens) · stall (accepts, says nothing) · lose_reply (the server gets the
    request and answers, the client sees the connection break)."""

    def __init__(self, target):
        self.target, self.mode = target, "refuse"
        self.listener, self.port, self.open = None, None, set()
        self.lock = threading.Lock()
        self.lost = 0
        probe = socket.socket()
        probe.bind(("127.0.0.1", 0))
        self.port = probe.getsockname()[1]
        probe.close()

    def set(self, mode):
        self.mode = mode
        if mode == "refuse":
            if self.listener:
                self.listener.shutdown(socket.SHUT_RDWR)
                self.listener.close()
                self.listener = None
            self.cut()
            return
        if mode in ("stall", "lose_reply"):
            self.cut()
        if not self.listener:
            self.listener = socket.socket()
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.listener.bind(("127.0.0.1", self.port))
            self.listener.listen(64)
            threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def cut(self):
        with self.lock:
            connections, self.open = self.open, set()
        for s in connections:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()

    def accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self.lock:
                self.open.add(client)
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        if self.mode == "stall":
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.target))
        except OSError:
            client.close()
            return
        with self.lock:
            self.open.add(server)
        threading.Thread(target=self.pump, args=(client, server, False), daemon=True).start()
        self.pump(server, client, True)

    def pump(self, source, sink, is_reply):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                if is_reply and self.mode == "lose_reply":
                    self.lost += 1
                    break
                sink.sendall(data)
        except OSError:
            pass
        for s in (source, sink):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

#!/usr/bin/env python3
# suite
# sanitized threads
"""Every door of server/routes.def: the right request, and everything that must not open it: wrong method, no role, another event's role, foreign host or
origin, missing CSRF token, missing, oversized or broken body, masked paths, unknown or revoked badges and devices. Every reply carries its safety headers, every
problem a code of core/congress/errors.def, and no secret stands in the log.

A door that this test does not know fails it.    B=build/x tests/http/doors.py"""
import fcntl
import hashlib
import itertools
import json
import os
import re
import socket
import sqlite3
import struct
import sys
import time
import unicodedata

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import plenum  # noqa: E402
from plenum import Client, Connection, check, equal, note, scan, uuid7  # noqa: E402

PASSWORD = "mật khẩu thật dài 19"
ROLES = {"WHO_ANYONE": [], "WHO_DEVICE": ["device"], "WHO_DISPLAY": ["display"], "WHO_DESK": ["desk"], "WHO_HEAD": ["head"], "WHO_ORGANISER": ["organiser"],
         "WHO_STAFF": ["organiser", "desk"], "WHO_DELEGATION": ["organiser", "desk", "head"], "WHO_FIGURES": ["organiser", "desk", "device", "display"]}
LAYOUT = b'{"format": "plenum-layout/1", "size": [90, 60], "front": [{"text": "{name}", "box": [4, 4, 80, 14], "size": 24}]}'
STAFF = ["organiser", "desk"]
EVERYBODY = ["organiser", "desk", "head", "device", "display"]


# --- every reply that was ever seen ---------------------------------------------------------------------------------------------------

replies = []  # (what was asked, reply)
_request = Client.request


def observed(self, method, path, body=None, headers=None):
    reply = _request(self, method, path, body, headers)
    replies.append((method, path, reply))
    for cookie in self.cookies.values():
        world.secrets.add(cookie)
    if self.csrf:
        world.secrets.add(self.csrf)
    return reply


Client.request = observed


# --- the doors ----------------------------------------------------------------------------------------------------------------------------

class Route:
    """A line of routes.def."""

    def __init__(self, method, pattern, who, flags, limit):
        self.method, self.pattern, self.limit = method, pattern, int(limit)
        self.roles = sorted({r for w in who.split("|") for r in ROLES[w.strip()]})
        self.anyone = "WHO_ANYONE" in who
        self.any_host, self.api = "HTTP_ANY_HOST" in flags, "HTTP_API" in flags or pattern.startswith("/api/")
        self.own_token = "HTTP_OWN_TOKEN" in flags
        self.is_page = method == "GET" and not self.api
        self.name = "%s %s" % (method, pattern)


def read_routes():
    with open(os.path.join(plenum.ROOT, "server/routes.def"), encoding="utf-8") as f:
        text = f.read()
    lines = [line for line in text.splitlines() if line.startswith("ROUTE(")]
    found = re.findall(r'^ROUTE\((\w+), "([^"]+)", ([^,]+), ([^,]+), (\d+), \w+, "[^"]+"\)$', text, re.M)
    equal(len(found), len(lines), "every line of routes.def is understood")
    return [Route(*line) for line in found]


def read_codes():
    with open(os.path.join(plenum.ROOT, "core/congress/errors.def"), encoding="utf-8") as f:
        return {code: int(status) for code, status in re.findall(r"^REASON\((\w+), (\d+),", f.read(), re.M)}


def codes_in_source():
    """The codes that the HTTP layer writes out by itself, which knows no registry: (code, status)."""
    found = set()
    for folder in ("server/http", "server/live", "server/pages", "server/api"):
        for base, _, files in os.walk(os.path.join(plenum.ROOT, folder)):
            for file in files:
                if file.endswith(".c"):
                    with open(os.path.join(base, file), encoding="utf-8") as f:
                        found |= {(code, int(status)) for status, code in re.findall(r'(?:http_reply_problem|refuse)\([^;"]*?(\d{3}),\s*"([a-z_]+)"', f.read())}
    return found


# What phones ask by fixed hosts, whether there is internet: any host reaches these handlers, which look at it themselves (server/venue/probes.h).
PHONES_ASK = ("/generate_204", "/gen_204", "/hotspot-detect.html", "/library/test/success.html", "/connecttest.txt", "/ncsi.txt", "/success.txt", "/canonical.html",
              "/check_network_status.txt", "/nm", "/nm-check.txt", "/static/hotspot.txt")


class Door:
    """How the test asks at a door: the path for a role, what is sent, what comes back when it opens."""

    def __init__(self, path, body=None, form=None, status=200, type=None, skip=(), raw=None, kind="application/octet-stream", method="PUT",
                 page=None, send=None, stream=False):
        """`raw`: a file as it is, of that kind and by that method. `send`: how a body is sent, when not by POST. `stream`: what opens is one, a refusal is none. `page`: where the form stands that has a token of its own."""
        self.path, self.body, self.form, self.status, self.type, self.skip, self.raw = path, body, form, status, type, skip, raw
        self.kind, self.method, self.page, self.send = kind, method, page, send
        self.stream = stream or type == "text/event-stream"

    def ask(self, client, role, headers=None, path=None, **extra):
        path = path or self.path(role)
        if self.form:
            token = {"csrf": plenum.csrf_of(client.get(self.page).text)} if self.page else {}
            return client.form(path, dict(self.form(role), **token), headers)
        if self.body:
            return client.request(self.send or "POST", path, self.body(role), headers)
        if self.raw is not None:
            return client.request(self.method, path, self.raw, dict({"Content-Type": self.kind} if self.raw else {}, **(headers or {})))
        if self.stream:
            return ask_stream(client, path, headers)
        return client.request("GET", path, headers=headers)


class EndDoor(Door):
    """A device that goes through it is none any more: each time another one does."""

    def ask(self, client, role, headers=None, path=None, **extra):
        key = getattr(client, "key", None)
        good = key and world.server.value("SELECT COUNT(*) FROM device d JOIN event e ON e.id = d.event_id WHERE d.key_hash = ? AND d.revoked_ms IS NULL AND e.slug = 'test-1'",
                                          hashlib.sha256(key.encode()).hexdigest())
        if good:
            another = world.server.device("test-1", "main")
            client.key, self.body = another.key, lambda role: {"device": another.device}
            world.secrets.add(client.key)
        try:
            return super().ask(client, role, headers, path, **extra)
        finally:
            client.key = key


def ask_stream(client, path, headers=None):
    """The head of a stream, or the whole of a refusal."""
    connection = client.connect()
    try:
        connection.send(client.head_of("GET", path, headers, None))
        status, fields = connection.head()
        reply = plenum.Reply(status, fields, connection.read(int(dict(fields).get("content-length", 0))))
        replies.append(("GET", path, reply))
        return reply
    finally:
        connection.close()


def plain(path):
    return lambda role: path


def of_staff(path):
    """Doors without an event in their path: staff say which one they mean, a device has one."""
    return lambda role: path if role == "device" else path + "?event=test-1"


def doors():
    w = world
    token, paper = w.tokens["P01"], w.paper
    event = "/api/v1/events/test-1"
    with open(os.path.join(plenum.ROOT, "photos/P0001.jpg"), "rb") as f:
        photo = f.read()
    w.photo = photo
    return {
        "GET /healthz": Door(plain("/healthz"), type="text/plain"),
        "GET /here/{nonce}": Door(plain("/here/abc"), type="text/plain"),
        # At our own address these are none: tests/flow/venue.py asks by the hosts that they are for.
        **{"GET " + path: Door(plain(path), status=404) for path in PHONES_ASK},
        "GET /authority.crt": Door(plain("/authority.crt"), type="application/x-x509-ca-cert"),
        "GET /authority.mobileconfig": Door(plain("/authority.mobileconfig"), type="application/x-apple-aspen-config"),
        "GET /trust": Door(plain("/trust"), type="text/html"),
        "GET /trust/guide.pdf": Door(plain("/trust/guide.pdf"), type="application/pdf"),
        "GET /readyz": Door(plain("/readyz"), type="text/plain"),
        "GET /metrics": Door(plain("/metrics"), type="text/plain", skip=["display"]),  # a display is of an event, these figures are not
        "GET /api/v1/openapi.json": Door(plain("/api/v1/openapi.json"), type="application/json"),
        "POST /api/v1/pair": Door(plain("/api/v1/pair"), body=lambda role: {"code": w.pairing_code(), "name": "Cửa thử"}, status=201, type="application/json",
                                  skip=EVERYBODY),
        "POST /api/v1/checkins": Door(of_staff("/api/v1/checkins"), body=lambda role: scan(token, "main"), type="application/json"),
        "POST /api/v1/checkins/{scan_id}/undo": Door(lambda role: of_staff("/api/v1/checkins/%s/undo" % w.new_scan())(role), body=lambda role: {},
                                                     type="application/json"),
        "GET /api/v1/checkins/{scan_id}/photo": Door(lambda role: "/api/v1/checkins/%s/photo" % w.seen_scan(photo), type="image/jpeg"),
        "GET /api/v1/events/{event}/roster": Door(plain(event + "/roster"), type="application/json"),
        "GET /api/v1/events/{event}/stats": Door(plain(event + "/stats"), type="application/json"),
        "GET /api/v1/events/{event}/live": Door(plain(event + "/live"), type="text/event-stream"),
        "GET /api/v1/events/{event}/delegates": Door(plain(event + "/delegates?q=duc"), type="application/json"),
        "GET /api/v1/events/{event}/people": Door(plain(event + "/people?q=duc"), type="application/json"),
        "GET /api/v1/events/{event}/delegates/{code}/badge": Door(plain(event + "/delegates/P01/badge"), type="application/json"),
        # What these do is in tests/flow/desk_changes.py; here, who may.
        "POST /api/v1/events/{event}/delegates": Door(plain(event + "/delegates"), body=lambda role: {"request": uuid7(), "name": "Khách " + uuid7(), "category": "guest"}, status=201,
                                                      type="application/json"),
        "PATCH /api/v1/events/{event}/delegates/{code}": Door(plain(event + "/delegates/P05"), body=lambda role: {"request": uuid7(), "room": role}, send="PATCH", type="application/json"),
        "POST /api/v1/events/{event}/delegates/{code}/name": Door(plain(event + "/delegates/999/name"), body=lambda role: {"request": uuid7(), "name": "Ai"}, status=404),
        "POST /api/v1/events/{event}/delegates/{code}/substitute": Door(plain(event + "/delegates/P13/substitute"), body=lambda role: {"request": uuid7(), "name": "Ai"}, status=409),
        "PUT /api/v1/events/{event}/delegates/{code}/absence": Door(plain(event + "/delegates/P05/absence"), body=lambda role: {"request": uuid7(), "absent": False}, send="PUT",
                                                                    type="application/json"),
        "PUT /api/v1/events/{event}/delegates/{code}/note": Door(plain(event + "/delegates/P05/note"), body=lambda role: {"request": uuid7(), "note": role}, send="PUT",
                                                                 type="application/json"),
        "GET /api/v1/events/{event}/delegates/{code}": Door(plain(event + "/delegates/P01"), type="application/json"),
        "GET /api/v1/events/{event}/delegates/{code}/history": Door(plain(event + "/delegates/P01/history"), type="application/json"),
        "POST /api/v1/events/{event}/delegates/{code}/reissue": Door(plain(event + "/delegates/P05/reissue"), body=lambda role: {"reason": "lost"}, status=201,
                                                                     type="application/json"),
        "POST /api/v1/events/{event}/handovers": Door(plain(event + "/handovers"), body=lambda role: {"people": ["P06"], "to": "Người nhận", "again": True}, status=201,
                                                      type="application/json"),
        "GET /api/v1/events/{event}/sign-for.pdf": Door(plain(event + "/sign-for.pdf?unit=U1"), type="application/pdf"),
        "GET /api/v1/events/{event}/paper-list.pdf": Door(plain(event + "/paper-list.pdf?gate=main&order=number&blanks=1"), type="application/pdf"),
        "POST /api/v1/events/{event}/paper-scans": Door(plain(event + "/paper-scans"), body=lambda role: {"gate": "main", "date": "2026-12-01", "text": "K7F3X 07:52", "check": True},
                                                        type="application/json"),
        "PUT /api/v1/events/{event}/photos": Door(plain(event + "/photos?name=P01.jpg"), raw=photo, type="application/json"),
        "PUT /api/v1/events/{event}/delegates/{code}/photo": Door(plain(event + "/delegates/P01/photo"), raw=photo, type="application/json"),
        "GET /api/v1/events/{event}/delegates/{code}/photo": Door(plain(event + "/delegates/P01/photo"), type="image/jpeg"),
        "DELETE /api/v1/events/{event}/delegates/{code}/photo": Door(lambda role: w.some_photo(photo), raw=b"", method="DELETE", status=204),
        "GET /api/v1/events/{event}/badges.pdf": Door(plain(event + "/badges.pdf?only=P01"), type="application/pdf"),
        # No printer is set up here: what comes out of one is in tests/flow/printer.py.
        "POST /api/v1/events/{event}/print": Door(plain(event + "/print"), body=lambda role: {"only": ["P01"]}, status=404, type="application/problem+json"),
        "GET /api/v1/events/{event}/printers": Door(plain(event + "/printers"), type="application/json"),
        "POST /api/v1/events/{event}/printers": Door(plain(event + "/printers"), body=lambda role: {"default": None}, status=204, type=None),
        "GET /api/v1/events/{event}/layouts": Door(plain(event + "/layouts"), type="application/json"),
        "GET /api/v1/events/{event}/layouts/{name}": Door(plain(event + "/layouts/cr80"), type="application/json"),
        "GET /api/v1/events/{event}/layouts/{name}/picture.png": Door(plain(event + "/layouts/cr80/picture.png?pixels=200"), type="image/png"),
        "POST /api/v1/events/{event}/layouts/preview": Door(plain(event + "/layouts/preview?pixels=200"), raw=LAYOUT, kind="application/json", method="POST",
                                                            type="image/png"),
        "PUT /api/v1/events/{event}/layouts/{name}": Door(lambda role: event + "/layouts/" + w.new_name(), raw=LAYOUT, kind="application/json", status=201,
                                                          type="application/json"),
        "DELETE /api/v1/events/{event}/layouts/{name}": Door(lambda role: event + "/layouts/" + w.some_layout(), raw=b"", method="DELETE", status=204),
        "GET /d/{token}/f/{document}/{version}/{name}": Door(plain("/d/%s/f/programme/1/%s" % (token, paper)), type="application/pdf"),
        "GET /d/{token}/r/{document}/{version}": Door(plain("/d/%s/r/programme/1" % token), type="text/html"),
        "GET /d/{token}/r/{document}/{version}/{page}": Door(plain("/d/%s/r/programme/1/1" % token), type="text/html"),
        "GET /d/{token}/p/{document}/{version}/{picture}": Door(plain("/d/%s/p/programme/1/1.jpg" % token), type="image/jpeg"),
        "GET /d/{token}/search": Door(plain("/d/%s/search?q=a" % token), type="text/html"),
        "GET /d/{token}/programme.ics": Door(plain("/d/%s/programme.ics" % token), type="text/calendar"),
        "GET /d/{token}/worker.js": Door(plain("/d/%s/worker.js" % token), type="text/javascript"),
        "GET /d/{token}/news": Door(plain("/d/%s/news" % token), type="text/html"),
        "POST /d/{token}/ask": Door(plain("/d/%s/ask" % token), form=lambda role: {"words": "Phòng họp tổ 3 ở đâu?"}, status=303, skip=EVERYBODY),
        "POST /api/v1/events/{event}/uploads": Door(plain(event + "/uploads"), body=lambda role: {"name": "a.pdf", "size": 5, "mark": "1"}, status=201,
                                                    type="application/json"),
        "PATCH /api/v1/events/{event}/uploads/{upload}": Door(lambda role: event + "/uploads/%s?offset=0" % w.new_upload(), raw=b"%PDF", method="PATCH",
                                                              type="application/json"),
        "GET /api/v1/events/{event}/uploads/{upload}": Door(lambda role: event + "/uploads/" + w.new_upload(), type="application/json"),
        "DELETE /api/v1/events/{event}/uploads/{upload}": Door(lambda role: event + "/uploads/" + w.new_upload(), raw=b"", method="DELETE", status=204),
        "GET /admin/{event}/papers": Door(plain("/admin/test-1/papers"), type="text/html"),
        "POST /admin/{event}/papers": Door(plain("/admin/test-1/papers"), form=lambda role: {"do": "names", "names": "0"}, status=303),
        "GET /admin/{event}/papers/{document}": Door(plain("/admin/test-1/papers/programme"), type="text/html"),
        "POST /admin/{event}/papers/{document}": Door(plain("/admin/test-1/papers/programme"), form=lambda role: {"do": "up"}, status=303),
        "GET /admin/{event}/papers/{document}/file/{version}": Door(plain("/admin/test-1/papers/programme/file/1"), type="application/pdf"),
        "GET /admin/{event}/our-work": Door(plain("/admin/test-1/our-work"), type="text/html"),
        "POST /admin/{event}/our-work": Door(plain("/admin/test-1/our-work"), form=lambda role: {"do": "welcome", "text_vi": "Chào mừng"}, status=303),
        "GET /admin/{event}/stills.zip": Door(plain("/admin/test-1/stills.zip?size=320x320"), type="application/zip"),
        "GET /admin/{event}/our-work/{slide}": Door(plain("/admin/test-1/our-work/0123456789abcdef"), status=404, type="text/html"),
        "GET /api/v1/events/{event}/figures/fixed": Door(plain(event + "/figures/fixed"), type="application/json"),
        "POST /api/v1/events/{event}/figures/fixed": Door(plain(event + "/figures/fixed"), body=lambda role: {"request": uuid7()}, status=201, type="application/json"),
        "GET /api/v1/events/{event}/figures/fixed/{number}": Door(plain(event + "/figures/fixed/1"), type="application/json"),
        "GET /api/v1/events/{event}/figures/fixed/{number}/people": Door(plain(event + "/figures/fixed/1/people"), type="application/json"),
        "GET /api/v1/events/{event}/figures/fixed/{number}/figure.pdf": Door(plain(event + "/figures/fixed/1/figure.pdf"), type="application/pdf"),
        "GET /admin/{event}/figures": Door(plain("/admin/test-1/figures?sent=1"), type="text/html"),
        "POST /admin/{event}/figures": Door(plain("/admin/test-1/figures"), form=lambda role: {"request": uuid7()}, status=303),
        "GET /admin/{event}/figures/{number}": Door(plain("/admin/test-1/figures/1"), type="text/html"),
        "GET /admin/{event}/figures/{number}/print": Door(plain("/admin/test-1/figures/1/print"), type="text/html"),
        "GET /admin/{event}/announcements": Door(plain("/admin/test-1/announcements"), type="text/html"),
        "POST /admin/{event}/announcements": Door(plain("/admin/test-1/announcements"), form=lambda role: {"do": "end", "id": str(w.server.value(
            "SELECT a.id FROM announcement a JOIN event e ON e.id = a.event_id WHERE e.slug = 'test-1' ORDER BY a.id LIMIT 1"))}, status=303),
        "GET /admin/{event}/chat": Door(plain("/admin/test-1/chat?parts=1&programme=1&papers=1&link=1&wifi=1"), type="text/html"),
        "GET /desk/{event}/questions": Door(plain("/desk/test-1/questions"), type="text/html"),
        "POST /desk/{event}/questions": Door(lambda role: "/desk/test-1/questions", form=lambda role: {"question": w.question(), "answer": "Tầng 2", "known": str(w.server.value("SELECT answered_ms FROM question ORDER BY id LIMIT 1") or 0)}, status=303),
        "GET /d/{token}/papers.zip": Door(plain("/d/%s/papers.zip" % token), type="application/zip"),
        "POST /d/{token}/pin": Door(plain("/d/%s/pin" % token), form=lambda role: {"pin": w.pin}, status=303),
        "POST /d/{token}/lock": Door(plain("/d/%s/lock" % token), form=lambda role: {}, status=303),
        "POST /e/{event}/enter": Door(plain("/e/test-1/enter"), form=lambda role: {"number": "001", "pin": w.pin}, status=303, page="/e/test-1"),
        "GET /kiosk/{event}": Door(plain("/kiosk/test-1"), type="text/html"),
        "POST /kiosk/{event}": Door(plain("/kiosk/test-1"), form=lambda role: {"scan": token}, status=303, page="/kiosk/test-1"),
        "GET /api/v1/events/{event}/delegates/{code}/pin": Door(plain(event + "/delegates/P01/pin"), type="application/json"),
        "POST /api/v1/events/{event}/delegates/{code}/pin": Door(plain(event + "/delegates/P01/pin"), body=lambda role: {"action": "reset"}, type="application/json"),
        "POST /admin/{event}/pins.pdf": Door(plain("/admin/test-1/pins.pdf"), form=lambda role: {"only": ""}, type="application/pdf"),
        "POST /admin/{event}/pins/calm": Door(plain("/admin/test-1/pins/calm"), form=lambda role: {}, status=303),
        "GET /": Door(plain("/"), type="text/html"),
        "GET /e/{event}": Door(plain("/e/test-1"), type="text/html"),
        "GET /e/{event}/news/{post}": Door(lambda role: "/e/test-1/news/" + w.post(), type="text/html"),
        "GET /e/{event}/pictures/{name}": Door(lambda role: w.post() and "/e/test-1/pictures/%s-small.jpg" % w.picture(), type="image/jpeg"),
        "GET /e/{event}/feed.atom": Door(plain("/e/test-1/feed.atom"), type="application/atom+xml"),
        "GET /e/{event}/programme.ics": Door(plain("/e/test-1/programme.ics"), type="text/calendar"),
        "GET /e/{event}/theme.css": Door(plain("/e/test-1/theme.css"), type="text/css"),
        "GET /assets/{build}/{name*}": Door(plain(w.asset), type="text/css"),
        "GET /favicon.ico": Door(plain("/favicon.ico"), type="image/svg+xml"),
        "GET /d/{token}": Door(plain("/d/" + token), type="text/html"),
        "GET /login": Door(plain("/login"), type="text/html"),
        "POST /login": Door(plain("/login"), form=lambda role: {"name": "desk", "password": PASSWORD, "next": "/desk/test-1"}, status=303, skip=EVERYBODY),
        "POST /logout": Door(plain("/logout"), form=lambda role: {}, status=303, skip=EVERYBODY),
        "GET /password": Door(plain("/password"), type="text/html"),
        "POST /password": Door(plain("/password"), form=lambda role: {}, status=(400, 422), type="text/html"),  # the right one: story of sign-in below
        "GET /display/{event}": Door(plain("/display/test-1"), type="text/html"),
        "POST /display/{event}": Door(plain("/display/test-1"), form=lambda role: {"code": w.display_code}, status=303, skip=EVERYBODY),
        "GET /display/{event}/work/{name}": Door(plain("/display/test-1/work/%s.jpg" % ("0" * 64)), status=404),  # what hangs there: tests/flow/our_work.py
        # A display's own token stands in its page. What becomes of codes and scenes: tests/flow/scenes.py.
        "POST /display/{event}/seen": Door(plain("/display/test-1/seen"), form=lambda role: {"width": "1920", "height": "1080", "shows": "welcome"}, type="application/json"),
        "GET /w": Door(plain("/w?new=1"), type="text/html"),
        "POST /w": Door(plain("/w"), form=lambda role: {"code": w.display_code}, status=303, skip=EVERYBODY),
        "GET /admin/{event}/wall": Door(plain("/admin/test-1/wall"), type="text/html"),
        "POST /admin/{event}/wall": Door(plain("/admin/test-1/wall"), form=lambda role: {"do": "scene", "scene": "welcome", "request": uuid7()}, status=303),
        # What they tell whom is in tests/flow/welcome.py; here they are asked by the screen itself.
        "GET /welcome/{event}/{gate}": Door(plain("/welcome/test-1/main"), type="text/html"),
        "POST /welcome/{event}/{gate}": Door(plain("/welcome/test-1/main"), form=lambda role: {"code": "wrong"}, status=403, skip=EVERYBODY),
        "GET /welcome/{event}/{gate}/now": Door(plain("/welcome/test-1/main/now"), status=401, skip=STAFF),
        "GET /welcome/{event}/{gate}/live": Door(plain("/welcome/test-1/main/live"), status=401, skip=STAFF, stream=True),
        "GET /welcome/{event}/{gate}/photo/{scan_id}": Door(lambda role: "/welcome/test-1/main/photo/" + uuid7(), status=401, skip=STAFF),
        "GET /admin/{event}/welcome": Door(plain("/admin/test-1/welcome"), type="text/html"),
        "POST /admin/{event}/welcome": Door(plain("/admin/test-1/welcome"), form=lambda role: {"do": "rule"}, status=303),
        "GET /desk/{event}": Door(plain("/desk/test-1"), type="text/html"),
        "GET /desk/{event}/scans": Door(plain("/desk/test-1/scans"), type="application/json"),
        "POST /desk/{event}/checkin": Door(plain("/desk/test-1/checkin"), form=lambda role: {"scan_id": uuid7(), "gate": "main", "direction": "in", "token": token},
                                           status=303),
        "GET /scan/{event}": Door(plain("/scan/test-1"), type="text/html"),
        "GET /scan/{event}/worker.js": Door(plain("/scan/test-1/worker.js"), type="text/javascript"),
        "GET /scan/{event}/reader.js": Door(plain("/scan/test-1/reader.js"), type="text/javascript"),
        "GET /scan/{event}/setup": Door(plain("/scan/test-1/setup"), type="application/json"),
        "POST /scan/{event}/devices": Door(plain("/scan/test-1/devices"), body=lambda role: {"gate": "main", "name": "Điện thoại"}, status=201, type="application/json"),
        "POST /scan/{event}/end": EndDoor(plain("/scan/test-1/end"), body=lambda role: {"device": "x"}, type="application/json"),
        "GET /d/{token}/delegation": Door(plain("/d/%s/delegation" % w.tokens["P04"]), type="text/html"),
        "GET /delegation/{event}": Door(plain("/delegation/test-1?unit=U1"), type="text/html"),
        "POST /delegation/{event}/checkin": Door(plain("/delegation/test-1/checkin"), form=lambda role: {"group": uuid7(), "unit": "U1", "gate": "main", "person": "P04"}, status=303),
        "POST /delegation/{event}/undo": Door(plain("/delegation/test-1/undo"), form=lambda role: {"group": uuid7(), "unit": "U1"}, status=404),
        "POST /delegation/{event}/absence": Door(plain("/delegation/test-1/absence"), form=lambda role: {"request": uuid7(), "unit": "U1", "absent": "0", "person": "P04"}, status=303),
        "POST /delegation/{event}/report": Door(plain("/delegation/test-1/report"), form=lambda role: {"request": uuid7(), "unit": "U1", "said": "3"}, status=303),
        "POST /delegation/{event}/handover": Door(plain("/delegation/test-1/handover"), form=lambda role: {"request": uuid7(), "unit": "U1", "to": "Người nhận", "again": "1"},
                                                  status=303),
        "GET /admin/{event}/heads": Door(plain("/admin/test-1/heads"), type="text/html"),
        "POST /admin/{event}/heads": Door(plain("/admin/test-1/heads"), form=lambda role: {"group_quorum": "0", "head_pin": "1"}, status=303),
        "POST /desk/{event}/undo": Door(plain("/desk/test-1/undo"), form=lambda role: {"scan_id": w.new_scan(), "token": token}, status=303),
        "POST /desk/{event}/greet": Door(plain("/desk/test-1/greet"), form=lambda role: {"person": "P01", "token": token, "greet": "1"}, status=303),
        "GET /admin": Door(plain("/admin"), type="text/html"),
        # What these show and do to whom: tests/flow/accounts.py, and rights.txt.
        "GET /account": Door(plain("/account"), type="text/html"),
        "POST /account": Door(plain("/account"), form=lambda role: {"do": "end_others"}, status=303),
        "GET /admin/-/accounts": Door(plain("/admin/-/accounts"), type="text/html"),
        "POST /admin/-/accounts": Door(plain("/admin/-/accounts"), form=lambda role: {"name": "x", "role": "desk", "event": "nothing"}, status=400, type="text/html"),
        "GET /admin/-/accounts/{account}": Door(plain("/admin/-/accounts/1"), status=404),
        "POST /admin/-/accounts/{account}": Door(plain("/admin/-/accounts/1"), form=lambda role: {"do": "disable", "version": "1"}, status=404),
        # What it erases: tests/flow/purge.py. Here its name is wrong, so nothing goes.
        "GET /admin/{event}/purge": Door(plain("/admin/test-1/purge"), type="text/html"),
        "POST /admin/{event}/purge": Door(plain("/admin/test-1/purge"), form=lambda role: {"do": "purge", "event_name": "x"}, status=400, type="text/html"),
        "GET /admin/-/devices": Door(plain("/admin/-/devices"), type="text/html"),
        "POST /admin/-/devices": Door(plain("/admin/-/devices"), form=lambda role: {"do": "revoke", "code": "NOTHERE1"}, status=404),
        # For who answers for every event; here an organiser of one asks. tests/flow/audit.py, rights.txt.
        "GET /admin/-/backup": Door(plain("/admin/-/backup"), status=403),
        "POST /admin/-/backup": Door(plain("/admin/-/backup"), form=lambda role: {"do": "stop"}, status=403),
        "GET /admin/-/backup/state": Door(plain("/admin/-/backup/state"), status=403),
        "GET /admin/-/backup/files/{name}": Door(plain("/admin/-/backup/files/plenum-1.tar.gz"), status=403),
        "POST /admin/-/backup/uploads": Door(plain("/admin/-/backup/uploads"), body=lambda role: {"name": "a.tar.gz", "size": 5, "mark": None}, status=403),
        "PATCH /admin/-/backup/uploads/{upload}": Door(plain("/admin/-/backup/uploads/0190a0a0-0000-7000-8000-000000000000?offset=0"), method="PATCH", raw=b"hello", status=403),
        "GET /admin/-/exports": Door(plain("/admin/-/exports"), status=403),
        "POST /admin/-/exports": Door(plain("/admin/-/exports"), form=lambda role: {"format": "csv"}, status=403),
        "POST /admin/-/forms": Door(plain("/admin/-/forms"), form=lambda role: {"span": "each"}, status=403),
        "POST /admin/{event}/forms": Door(plain("/admin/test-1/forms"), form=lambda role: {"span": "each", "language": "vi"}, type="application/zip"),
        "GET /admin/{event}/exports": Door(plain("/admin/test-1/exports"), type="text/html"),
        "POST /admin/{event}/exports": Door(plain("/admin/test-1/exports"), form=lambda role: {"what": "delegates", "format": "csv"}, type="text/csv"),
        "GET /admin/-/audit": Door(plain("/admin/-/audit"), status=403),
        "POST /admin/-/audit": Door(plain("/admin/-/audit"), form=lambda role: {"do": "export"}, status=403),
        # The same. tests/flow/register_pages.py.
        "GET /admin/-/register": Door(plain("/admin/-/register"), status=403),
        "POST /admin/-/register": Door(plain("/admin/-/register"), form=lambda role: {"do": "wanted", "born": "1"}, status=403),
        "GET /admin/-/register/units/{unit}": Door(plain("/admin/-/register/units/U1"), status=403),
        "GET /admin/-/register/people/{person}": Door(plain("/admin/-/register/people/P01"), status=403),
        "POST /admin/-/register/people/{person}": Door(plain("/admin/-/register/people/P01"), form=lambda role: {"do": "show"}, status=403),
        "GET /admin/-/register/doubles": Door(plain("/admin/-/register/doubles"), status=403),
        "POST /admin/-/register/doubles": Door(plain("/admin/-/register/doubles"), form=lambda role: {"do": "distinct", "kept": "P01", "gone": "P02"}, status=403),
        "GET /admin/-/register/merge": Door(plain("/admin/-/register/merge?kept=P01&gone=P02"), status=403),
        "POST /admin/-/register/merge": Door(plain("/admin/-/register/merge"), form=lambda role: {"do": "merge", "kept": "P01", "gone": "NOTHERE"}, status=403),
        "GET /admin/-/register/merges": Door(plain("/admin/-/register/merges"), status=403),
        "POST /admin/-/register/merges": Door(plain("/admin/-/register/merges"), form=lambda role: {"do": "split", "merge": "1"}, status=403),
        "GET /admin/-/register/flow": Door(plain("/admin/-/register/flow"), status=403),
        "GET /admin/-/register/lacking": Door(plain("/admin/-/register/lacking"), status=403),
        "GET /admin/-/register/changes": Door(plain("/admin/-/register/changes"), status=403),
        "GET /admin/-/register/new-person": Door(plain("/admin/-/register/new-person"), status=403),
        "POST /admin/-/register/new-person": Door(plain("/admin/-/register/new-person"), form=lambda role: {"do": "save", "name": ""}, status=403),
        "GET /admin/-/register/people/{person}/edit": Door(plain("/admin/-/register/people/P01/edit"), status=403),
        "POST /admin/-/register/people/{person}/edit": Door(plain("/admin/-/register/people/P01/edit"), form=lambda role: {"do": "save", "phone": "x"}, status=403),
        "GET /admin/-/register/people/{person}/membership": Door(plain("/admin/-/register/people/P01/membership"), status=403),
        "POST /admin/-/register/people/{person}/membership": Door(plain("/admin/-/register/people/P01/membership"), form=lambda role: {"do": "end", "how": "x"}, status=403),
        "GET /admin/-/register/people/{person}/photo": Door(plain("/admin/-/register/people/P01/photo"), status=403),
        "POST /admin/-/register/people/{person}/photo": Door(plain("/admin/-/register/people/P01/photo"), form=lambda role: {}, status=403),
        "GET /admin/-/register/new-unit": Door(plain("/admin/-/register/new-unit"), status=403),
        "POST /admin/-/register/new-unit": Door(plain("/admin/-/register/new-unit"), form=lambda role: {"do": "save", "code": ""}, status=403),
        "GET /admin/-/register/units/{unit}/edit": Door(plain("/admin/-/register/units/U1/edit"), status=403),
        "POST /admin/-/register/units/{unit}/edit": Door(plain("/admin/-/register/units/U1/edit"), form=lambda role: {"do": "save", "code": "U1"}, status=403),
        "GET /admin/-/register/units/{unit}/close": Door(plain("/admin/-/register/units/U1/close"), status=403),
        "POST /admin/-/register/units/{unit}/close": Door(plain("/admin/-/register/units/U1/close"), form=lambda role: {"do": "close"}, status=403),
        "GET /api/v1/register/people": Door(plain("/api/v1/register/people"), status=403),
        "GET /api/v1/register/people/{person}": Door(plain("/api/v1/register/people/P01"), status=403),
        "GET /api/v1/register/units": Door(plain("/api/v1/register/units"), status=403),
        "GET /api/v1/register/units/{unit}": Door(plain("/api/v1/register/units/U1"), status=403),
        "GET /api/v1/register/flow": Door(plain("/api/v1/register/flow?from=2026-01-01&until=2026-12-31"), status=403),
        "GET /api/v1/register/changes": Door(plain("/api/v1/register/changes"), status=403),
        "GET /admin/{event}": Door(plain("/admin/test-1"), type="text/html"),
        "GET /admin/{event}/conflicts": Door(plain("/admin/test-1/conflicts"), type="text/html"),
        "GET /admin/-/organization": Door(plain("/admin/-/organization"), status=403),
        "POST /admin/-/organization": Door(plain("/admin/-/organization"), form=lambda role: {"do": "save", "list": "organization", "name_vi": "Công đoàn Thử Nghiệm",
                                                                                              "languages": "vi", "languages_first": "vi"}, status=403),
        "GET /admin/-/new": Door(plain("/admin/-/new"), status=403),
        "POST /admin/-/new": Door(plain("/admin/-/new"), form=lambda role: {"title_vi": "Hội nghị", "kind": "meeting", "starts": "2031-05-05T08:00", "ends": "2031-05-05T17:00",
                                                                            "timezone": "Asia/Ho_Chi_Minh"}, status=403),
        "GET /admin/{event}/close": Door(plain("/admin/test-1/close"), type="text/html"),
        "POST /admin/{event}/close": Door(plain("/admin/test-1/close"), form=lambda role: {"do": "open", "words": "Mở lại"}, status=409, type="text/html"),
        "GET /admin/{event}/archive.zip": Door(plain("/admin/test-1/archive.zip"), type="application/zip"),
        "GET /admin/{event}/delegates/new": Door(plain("/admin/test-1/delegates/new"), type="text/html"),
        "POST /admin/{event}/delegates/new": Door(plain("/admin/test-1/delegates/new"), form=lambda role: {"request": uuid7(), "name": "Người mới " + uuid7()[-6:],
                                                                                                           "category": "guest"}, status=303),
        "GET /admin/{event}/setup": Door(plain("/admin/test-1/setup"), type="text/html"),
        "POST /admin/{event}/setup": Door(plain("/admin/test-1/setup"), form=lambda role: {"do": "save", "list": "event"}, status=400, type="text/html"),
        "GET /admin/{event}/programme": Door(plain("/admin/test-1/programme"), type="text/html"),
        "POST /admin/{event}/programme": Door(plain("/admin/test-1/programme"), form=lambda role: {"do": "save", "list": "session", "title_vi": "Phiên", "starts": "2026-12-01T08:00",
                                                                                                   "ends": "2026-12-01T09:00", "admits_all": "1"}, status=303),
        "GET /admin/{event}/gates": Door(plain("/admin/test-1/gates"), type="text/html"),
        "POST /admin/{event}/gates": Door(plain("/admin/test-1/gates"), form=lambda role: {"do": "save", "list": "area", "title_vi": "Phòng"}, status=303),
        "GET /admin/{event}/categories": Door(plain("/admin/test-1/categories"), type="text/html"),
        "POST /admin/{event}/categories": Door(plain("/admin/test-1/categories"), form=lambda role: {"do": "save", "list": "category", "title_vi": "Bạn bè"}, status=303),
        "GET /admin/{event}/late": Door(plain("/admin/test-1/late"), type="text/html"),
        "POST /admin/{event}/conflicts/{scan_id}/settle": Door(lambda role: "/admin/test-1/conflicts/%s/settle" % w.new_conflict(), form=lambda role: {}, status=303),
        "GET /admin/{event}/badges": Door(plain("/admin/test-1/badges"), type="text/html"),
        "GET /admin/{event}/badges/print": Door(plain("/admin/test-1/badges/print?only=P01"), type="application/pdf"),
        "POST /admin/{event}/badges/runs/{run}/spoiled": Door(lambda role: "/admin/test-1/badges/runs/%s/spoiled" % w.run, form=lambda role: {"spoiled": "1"},
                                                              status=303),
        "POST /admin/{event}/badges/handovers": Door(plain("/admin/test-1/badges/handovers"), form=lambda role: {"people": "P06", "to": "Người nhận", "again": "1"},
                                                     status=303),
        "POST /admin/{event}/badges/handovers/{handover}/undo": Door(lambda role: "/admin/test-1/badges/handovers/%s/undo" % w.new_handover(), form=lambda role: {},
                                                                     status=303),
        "GET /admin/{event}/layouts": Door(plain("/admin/test-1/layouts"), type="text/html"),
        "GET /admin/{event}/layouts/{name}": Door(plain("/admin/test-1/layouts/cr80"), type="text/html"),
        "POST /admin/{event}/layouts/{name}": Door(plain("/admin/test-1/layouts/cr80"), form=lambda role: {"do": "show", "text": LAYOUT.decode()}, type="text/html"),
        "GET /E/{event}": Door(plain("/E/TEST-1"), status=302),
        "GET /admin/{event}/venue": Door(plain("/admin/test-1/venue"), type="text/html"),
        "GET /admin/{event}/poster.pdf": Door(plain("/admin/test-1/poster.pdf"), type="application/pdf"),
        # The server is one for all events: an organiser of one of them may not decide. tests/browser/venue.mjs is one of all.
        "POST /admin/{event}/venue/probes": Door(plain("/admin/test-1/venue/probes"), form=lambda role: {"answer": "0"}, status=403),
        "POST /admin/{event}/venue/plain-desk": Door(plain("/admin/test-1/venue/plain-desk"), form=lambda role: {"answer": "0"}, status=403),
        "GET /admin/{event}/news": Door(plain("/admin/test-1/news"), type="text/html"),
        "POST /admin/{event}/news": Door(plain("/admin/test-1/news"), form=lambda role: {"do": "publish", "id": w.post(), "version": w.version()}, status=303),
        "GET /admin/{event}/news/{post}": Door(lambda role: "/admin/test-1/news/" + w.post(), type="text/html"),
        "POST /admin/{event}/news/{post}/pictures": Door(lambda role: "/admin/test-1/news/%s/pictures" % w.post(), form=lambda role: {}, status=303),  # none chosen: told so
        "GET /admin/{event}/news/pictures/{name}": Door(lambda role: w.post() and "/admin/test-1/news/pictures/%s-large.jpg" % w.picture(), type="image/jpeg"),
        "GET /admin/{event}/import": Door(plain("/admin/test-1/import"), type="text/html"),
        "POST /admin/{event}/import": Door(plain("/admin/test-1/import"), form=lambda role: {"do": "upload"}, status=303),  # without a file: tells to choose one
        "GET /admin/{event}/import/{work}": Door(plain("/admin/test-1/import/0123456789abcdef"), status=404),  # tests/flow/list_pages.py has real ones
        "POST /admin/{event}/import/{work}": Door(plain("/admin/test-1/import/0123456789abcdef"), form=lambda role: {"do": "drop"}, status=404),
        # Drawn from the register, which is that of all events. tests/flow/draw.py.
        "GET /admin/{event}/draw": Door(plain("/admin/test-1/draw"), status=403),
        "POST /admin/{event}/draw": Door(plain("/admin/test-1/draw"), form=lambda role: {"do": "look"}, status=403),
        "GET /admin/{event}/draw/codes.txt": Door(plain("/admin/test-1/draw/codes.txt"), status=403),
        "GET /admin/-/register/cards": Door(plain("/admin/-/register/cards"), status=403),
        "POST /admin/-/register/cards": Door(plain("/admin/-/register/cards"), form=lambda role: {"do": "make"}, status=403),
        "GET /admin/-/register/cards.pdf": Door(plain("/admin/-/register/cards.pdf"), status=403),
        # The register is that of all events: an organiser of one of them may not.
        "GET /admin/-/import": Door(plain("/admin/-/import"), status=403),
        "POST /admin/-/import": Door(plain("/admin/-/import"), form=lambda role: {"do": "upload"}, status=403),
        "GET /admin/-/import/{work}": Door(plain("/admin/-/import/0123456789abcdef"), status=403),
        "POST /admin/-/import/{work}": Door(plain("/admin/-/import/0123456789abcdef"), form=lambda role: {"do": "drop"}, status=403),
        "GET /admin/{event}/photos": Door(plain("/admin/test-1/photos"), type="text/html"),
        "POST /admin/{event}/photos": Door(plain("/admin/test-1/photos"), form=lambda role: {"person": "P01"}, status=303),  # without a file: tells to choose one
        "GET /desk/{event}/assist/{code}": Door(plain("/desk/test-1/assist/P01"), type="text/html"),
        "POST /desk/{event}/assist/{code}": Door(plain("/desk/test-1/assist/P01"), form=lambda role: {"do": "lock"}, status=303),
        "GET /desk/{event}/paper": Door(plain("/desk/test-1/paper"), type="text/html"),
        "POST /desk/{event}/paper": Door(plain("/desk/test-1/paper"), form=lambda role: {"do": "one", "gate": "main", "date": "2026-12-01", "code": "K7F3X 07:52"}, status=422,
                                         type="text/html"),
        "POST /desk/{event}/photo": Door(plain("/desk/test-1/photo"), form=lambda role: {"person": "P01", "token": token}, status=303),
        "POST /admin/{event}/pair": Door(plain("/admin/test-1/pair"), form=lambda role: {"gate": "main"}, type="text/html"),
        "POST /admin/{event}/devices/{code}/revoke": Door(plain("/admin/test-1/devices/%s/revoke" % w.spare.device), form=lambda role: {}, status=303),
    }


# --- the world -------------------------------------------------------------------------------------------------------------------------------

class World:
    def __init__(self):
        self.secrets = set()

    def new_upload(self):
        return self.here["organiser"].post("/api/v1/events/test-1/uploads", {"name": "b.pdf", "size": 8}).json()["upload"]

    def post(self):
        """News that everybody may read, with a picture."""
        if not self.server.value("SELECT COUNT(*) FROM post"):
            client = self.here["organiser"]
            at = "/admin/test-1/news"
            client.form(at, {"do": "save", "kind": "news", "title_vi": "Tin", "body_vi": "Chữ"})
            post, mark = str(self.server.value("SELECT MIN(id) FROM post")), "x%dx" % 7 ** 20
            body = "".join('--%s\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n' % (mark, name, more) + ("%s\r\n" % client.csrf if not more else "")
                           for name, more in (("csrf", ""), ("picture", '; filename="a.jpg"'))).encode() + self.photo + ("\r\n--%s--\r\n" % mark).encode()
            client.request("POST", "%s/%s/pictures" % (at, post), body, {"Content-Type": "multipart/form-data; boundary=" + mark})
            client.form(at, {"do": "approve", "id": post, "picture": self.picture(), "caption_vi": "Ảnh", "alt_vi": "Ảnh"})
            client.form(at, {"do": "publish", "id": post, "version": self.version()})
        return str(self.server.value("SELECT MIN(id) FROM post"))

    def version(self):
        return str(self.server.value("SELECT version FROM post ORDER BY id LIMIT 1"))

    def picture(self):
        return str(self.server.value("SELECT MIN(id) FROM post_picture"))

    def question(self):
        Client(self.server).form("/d/%s/ask" % self.tokens["P02"], {"words": "Mấy giờ họp?"})
        return str(self.server.value("SELECT MIN(id) FROM question"))


def shape(value, event, offset):
    other = json.loads(json.dumps(event))
    other["slug"] = "test-2"
    value["events"].append(other)


world = World()


def begin():
    w, server = world, plenum.Server("doors", address="0.0.0.0")
    w.server, w.codes = server, read_codes()
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    replies.clear()  # until it is open, it says 503
    w.tokens, w.tokens2 = server.tokens("test-1"), server.tokens("test-2")
    w.paper = "programme.pdf"
    w.pin = re.sub(r"\D", "", server.value("SELECT phone FROM person WHERE code = 'P01'"))[-4:]
    w.routes = read_routes()
    w.methods = {}
    for route in w.routes:
        w.methods.setdefault(route.pattern, []).append(route.method)
    server.user("desk", "desk", "test-1", password=PASSWORD)
    server.user("desk2", "desk", "test-2", password=PASSWORD)
    server.user("organiser", "organiser", "test-1", password=PASSWORD)
    server.user("organiser2", "organiser", "test-2", password=PASSWORD)
    server.user("head", "head", "test-1", "U1", password=PASSWORD)
    server.user("head-there", "head", "test-2", "U2", password=PASSWORD)
    server.user("all", "organiser", password=PASSWORD)
    w.display_code = server.value("SELECT display_code FROM event WHERE slug = 'test-1'")
    w.here = {name: sign_in(name) for name in ("desk", "organiser", "head")}
    w.there = {"desk": sign_in("desk2"), "organiser": sign_in("organiser2"), "head": sign_in("head-there")}
    w.all = sign_in("all")
    w.here["device"], w.there["device"] = server.device("test-1", "main"), server.device("test-2", "main")
    w.here["display"], w.there["display"] = server.display("test-1"), server.display("test-2")
    w.spare = server.device("test-1", "main")
    w.here["desk"].get("/api/v1/events/test-1/badges.pdf?only=P01")
    w.run = server.value("SELECT id FROM print_run")
    plenum.plenum("figures", "fix", "--event", "test-1", data=server.data)
    w.asset = re.search(r'href="(/assets/[0-9a-f]+/css/plenum\.css)"', Client(server).get("/").text).group(1)
    w.secrets |= set(w.tokens.values()) | set(w.tokens2.values()) | {c.key for c in (w.here["device"], w.there["device"], w.spare)} | {PASSWORD}
    w.doors = doors()
    w.every_route, w.routes = w.routes, [r for r in w.routes if r.name in w.doors]  # an unknown one fails the_table, and hides nothing else


def sign_in(name):
    """By the form; a head of a delegation has no console, so the token is taken where there is one."""
    client = Client(world.server)
    client.csrf = plenum.csrf_of(client.get("/login").text)
    reply = client.form("/login", {"name": name, "password": PASSWORD, "next": "/password"})
    if reply.status != 303:
        raise RuntimeError("sign-in of %s: %r" % (name, reply))
    client.csrf = plenum.csrf_of(client.get("/password").text)
    if not client.csrf:
        raise RuntimeError("no CSRF token for %s" % name)
    return client


def pairing_code():
    code = world.server.pairing("test-1", "main")["code"]
    world.secrets.add(code)
    return code


def new_scan():
    """A scan of the device, to be undone."""
    s = scan(world.tokens["P02"], "main")
    world.here["device"].post("/api/v1/checkins", s)
    return s["scan_id"]


def seen_scan(photo):
    """A scan of the device, of somebody with a photo."""
    world.here["organiser"].request("PUT", "/api/v1/events/test-1/delegates/P11/photo", photo, {"Content-Type": "image/jpeg"})
    s = scan(world.tokens["P11"], "main")
    world.here["device"].post("/api/v1/checkins", s)
    return s["scan_id"]


def new_conflict():
    """Somebody was sent away by the device, not by the rule."""
    s = scan(world.tokens["P03"], "main", "out", decision="refused")
    world.here["device"].post("/api/v1/checkins", s)
    return s["scan_id"]


def new_handover():
    """Badges that somebody was given, to be taken back."""
    reply = world.here["desk"].post("/api/v1/events/test-1/handovers", {"people": ["P07"], "to": "Người nhận", "again": True})
    return reply.json()["id"]


def new_name():
    """Of a layout that is not there yet."""
    return "door-%d" % next(numbers)


def some_layout():
    """A layout that may be deleted."""
    world.here["organiser"].request("PUT", "/api/v1/events/test-1/layouts/to-go", LAYOUT, {"Content-Type": "application/json"})
    return "to-go"


def some_photo(photo):
    """A photo that may be taken away; that of P01 stays."""
    world.here["organiser"].request("PUT", "/api/v1/events/test-1/delegates/P10/photo", photo, {"Content-Type": "image/jpeg"})
    return "/api/v1/events/test-1/delegates/P10/photo"


numbers = itertools.count()
world.pairing_code, world.new_scan, world.new_handover, world.new_name, world.new_conflict = pairing_code, new_scan, new_handover, new_name, new_conflict
world.some_layout, world.some_photo, world.seen_scan = some_layout, some_photo, seen_scan


def stranger():
    """Nobody; with a form's own token where a form has one."""
    client = Client(world.server)
    client.csrf = plenum.csrf_of(client.get("/login").text)
    return client


def is_refused(reply, route):
    """A page sends strangers to the sign-in page, everything else says 401 or 403."""
    to_login = reply.status == 302 and (reply.header("location") or "").startswith("/login?next=%2F")
    return to_login if route.is_page and reply.status == 302 else reply.status in (401, 403)


def the_table():
    known, there = set(world.doors), {r.name for r in world.every_route}
    equal(there - known, set(), "no door that this test does not know")
    equal(known - there, set(), "no door of this test is missing")
    api = {"%s %s" % (m.upper(), p) for p, ops in Client(world.server).get("/api/v1/openapi.json").json()["paths"].items() for m in ops}
    equal(api, {r.name for r in world.every_route if r.pattern.startswith("/api/")}, "openapi.json tells the doors below /api/")


def right_requests():
    for route in world.routes:
        door = world.doors.get(route.name)
        if not door:
            continue
        wanted = door.status if isinstance(door.status, tuple) else (door.status,)
        speakers = {"stranger": stranger()} if route.anyone else {}
        speakers.update({r: world.here[r] for r in (EVERYBODY if route.anyone else route.roles) if r not in door.skip})
        for role, client in speakers.items():
            if route.anyone and role == "device" and not route.api and "/d/" not in route.pattern:
                continue  # a key opens pages as well as no key does; devices do not read them
            reply = door.ask(client, role)
            check(reply.status in wanted and (reply.header("content-type") or "").startswith(door.type or ""), "%s opens for %s" % (route.name, role), reply)
            if route.method == "GET" and door.type != "text/event-stream":
                head = client.request("HEAD", door.path(role))
                check(head.status == reply.status and head.body == b"" and (head.header("content-length") is not None), "HEAD of %s for %s" % (route.pattern, role),
                      head)


def wrong_methods():
    client = Client(world.server)
    for pattern, methods in world.methods.items():
        if not any(r.pattern == pattern for r in world.routes):
            continue
        path = next(world.doors[r.name].path("device") for r in world.routes if r.pattern == pattern and r.name in world.doors)
        as_name = world.methods.get(re.sub(r"/[^/{]+$", "/{name}", pattern), [])  # a layout may be called "preview": those doors stand at the same address
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if method in methods or method in as_name:
                continue
            reply = client.request(method, path, headers={"Content-Length": "0"})
            allow = reply.header("allow") or ""
            check(reply.status == 405 and all(m in allow for m in methods) and method not in allow.split(", "), "%s %s: 405 with Allow" % (method, pattern), reply)
        reply = client.request("BREW", path)
        check(reply.status == 501, "BREW %s: 501" % pattern, reply)
        reply = client.request("OPTIONS", path)
        check(reply.status == 204 and all(m in (reply.header("allow") or "") for m in methods), "OPTIONS %s: 204 with Allow" % pattern, reply)


def without_role():
    for route in world.routes:
        if route.anyone:
            continue
        door = world.doors[route.name]
        reply = door.ask(Client(world.server), "stranger")
        check(is_refused(reply, route), "%s: closed to strangers" % route.name, reply)
        if route.is_page:
            equal(reply.status, 302, "%s: sends strangers to the sign-in page" % route.name)
        else:
            equal((reply.status, reply.code), (401, "unauthorized" if route.api else None), "%s: tells strangers to sign in" % route.name)
        nobody = Client(world.server, key="not-a-key")
        reply = door.ask(nobody, "device")
        equal((reply.status, reply.code), (401, "unauthorized" if route.api else None), "%s: closed to a key that is none" % route.name)
        faker = Client(world.server)
        faker.cookies["plenum_session"] = "A" * 43
        check(is_refused(door.ask(faker, "desk"), route), "%s: closed to a cookie that is none" % route.name)
        for role in EVERYBODY:
            if role not in route.roles:
                reply = door.ask(world.here[role], role)
                check(is_refused(reply, route) and reply.status != 302 or role == "display" and is_refused(reply, route), "%s: closed to %s" % (route.name, role),
                      reply)


def of_another_event():
    for route in world.routes:
        door = world.doors[route.name]
        if route.anyone or not ("{event}" in route.pattern or route.pattern.startswith("/api/v1/checkins")):
            continue
        for role in route.roles:
            if role == "device" and "{event}" not in route.pattern:
                continue  # a device is of one event, whatever it asks: below
            reply = door.ask(world.there[role], role)
            check(is_refused(reply, route), "%s: closed to %s of another event" % (route.name, role), reply)
    device = world.there["device"]
    r = device.post("/api/v1/checkins", scan(world.tokens["P01"], "main")).json()["results"][0]
    equal((r["outcome"], r["reason"], r["person"]), ("refused", "wrong_event", None), "a device of another event learns no name from this event's badge")
    reply = device.post("/api/v1/checkins/%s/undo" % new_scan(), {})
    check(reply.status in (403, 404), "nor can it undo a scan here", reply)
    with open(os.path.join(plenum.ROOT, "photos/P0001.jpg"), "rb") as f:
        seen = seen_scan(f.read())
    reply = device.get("/api/v1/checkins/%s/photo" % seen)
    equal((reply.status, reply.code), (404, "not_found"), "nor does it see the photo of whom a device here has read")
    reply = world.there["organiser"].form("/admin/test-2/devices/%s/revoke" % world.spare.device, {})
    equal(reply.status, 404, "an organiser cannot revoke another event's device through their own event")
    page = world.there["organiser"].get("/admin").text
    check("/test-2" in page and "/test-1" not in page, "the list of events shows an organiser their own")


def foreign_hosts():
    for route in world.routes:
        door = world.doors[route.name]
        if route.method != "GET":
            path = door.path("device")
            reply = Client(world.server).request(route.method, path, b"", {"Host": "evil.example"})
            if route.any_host:  # a badge's own form: printed badges outlive addresses
                check(reply.status != 421, "%s: is a badge's, at any host" % route.name, reply)
                continue
            check(reply.status == 421, "%s: refuses a foreign host" % route.name, reply)
            continue
        client, role = (stranger(), "stranger") if route.anyone else (world.here[route.roles[0]], route.roles[0])
        if role == "display" and "display" in door.skip:
            client, role = world.here["desk"], "desk"
        for host in ("evil.example", "evil.example:%d" % world.server.port, "127.0.0.1.evil.example"):
            reply = door.ask(client, role, {"Host": host})
            if route.pattern == "/w":  # typed by hand: leads on to an address that is ours
                check(reply.status == 302 and "evil" not in reply.header("location"), "%s: leads away from %s" % (route.name, host), reply)
            elif route.any_host and route.pattern not in ("/", *PHONES_ASK):
                equal(reply.status, door.status, "%s: answers to %s" % (route.name, host))
            else:
                check(reply.status == 421, "%s: refuses host %s" % (route.name, host), reply)
        reply = door.ask(client, role, {"Host": "localhost:%d" % world.server.port})
        equal(reply.status, door.status, "%s: answers to localhost" % route.name)
    reply = stranger().get("/nowhere", Host="evil.example")
    equal(reply.status, 421, "an unknown page of a foreign host")


def foreign_origins():
    ours = "http://127.0.0.1:%d" % world.server.port
    for route in world.routes:
        if route.method == "GET" or route.roles == ["device"]:
            continue  # a key is not sent by a browser of itself
        door = world.doors[route.name]
        role = "stranger" if route.anyone else next(r for r in route.roles if r != "device")
        client = stranger() if route.anyone else world.here[role]
        for header in ({"Origin": "http://evil.example"}, {"Origin": "https://127.0.0.1"}, {"Origin": ours + ".evil.example"}, {"Referer": "http://evil.example/x"},
                       {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}):
            reply = Client.request(client, route.method, door.path(role), b"{}", dict(header, **{"Content-Type": "application/json"}))
            check(reply.status == 403 and reply.code in (None, "foreign_origin"), "%s: closed to %r" % (route.name, header), reply)
        if route.name != "POST /api/v1/pair":
            reply = door.ask(stranger() if route.anyone else client, role, {"Origin": ours, "Sec-Fetch-Site": "same-origin"})
            check(reply.status in (door.status if isinstance(door.status, tuple) else (door.status,)), "%s: open to our own pages" % route.name, reply)


def csrf():
    for route in world.routes:
        if route.method == "GET" or route.pattern in ("/api/v1/pair", "/display/{event}") or route.roles == ["device"]:
            continue  # these two are open without a session: what opens them is the code that is sent; a device has a key
        door = world.doors[route.name]
        role = "desk" if route.anyone else next(r for r in route.roles if r != "device")
        if route.own_token and not door.page:
            continue  # a badge's PIN, which opens nothing but this badge (server/pages/pin.c): its tries are counted, wherever they come from
        if route.own_token:
            for token in ("", "x" * 32, world.here["desk"].csrf):
                client = Client(world.server)
                client.get(door.page)
                reply = client.form(door.path(role), dict(door.form(role), csrf=token))
                check(reply.status == 403 and "plenum_me" not in client.cookies, "%s: closed with the token of another browser's form" % route.name, reply)
            continue
        if route.pattern == "/login":
            for token in (None, "", "x" * 32):
                client = stranger()
                client.csrf = token
                reply = door.ask(client, role)
                check(reply.status == 403, "POST /login: closed with the form's token %r" % token, reply)
            continue
        client = Client(world.server)
        client.cookies = dict(world.here[role].cookies)
        for token in (None, "", "x", world.there["desk"].csrf):
            client.csrf = token
            reply = door.ask(client, role)
            check(reply.status == 403 and reply.code in (None, "csrf"),
                  "%s: closed with the CSRF token %s" % (route.name, "of another session" if token and len(token) > 9 else repr(token)), reply)
        if door.form:
            client.csrf = world.here[role].csrf
            reply = client.request("POST", door.path(role) + ("&" if "?" in door.path(role) else "?") + "csrf=" + client.csrf, b"", {"X-CSRF-Token": None,
                                   "Content-Type": "application/x-www-form-urlencoded"})
            check(reply.status == 403, "%s: a CSRF token in the address does not count" % route.name, reply)


def bodies():
    for route in world.routes:
        door = world.doors[route.name]
        role = "stranger" if route.anyone else "device" if "device" in route.roles and route.api else next(r for r in route.roles if r != "device")
        client = stranger() if route.anyone else world.here[role]
        path = door.path(role)
        if route.method == "GET":
            reply = client.request("GET", path, b"x" * 10)
            check(reply.status == 413, "%s: takes no body" % route.name, reply)
            continue
        is_json = door.body is not None
        if is_json and door.status == 403:  # for organisers of all events alone
            client = world.all
        kind = {"Content-Type": "application/json" if is_json else "application/x-www-form-urlencoded"}
        reply = client.request(route.method, path, b"", kind)
        fine = (201,) if route.pattern.endswith("/reissue") else ()
        if route.pattern == "/logout" or route.pattern.endswith(("/revoke", "/undo", "/settle", "/photos", "/import", "/pictures", "/layouts/{name}", "/lock", "/calm", "/seen")):
            fine = (200, 303)
        if door.raw is not None:
            fine = (door.status,)
        check(400 <= reply.status < 500 or reply.status in fine, "%s: without a body" % route.name, reply)
        reply = client.request(route.method, path, b"x" * (route.limit + 1), kind)
        check(reply.status == 413 and reply.header("connection") == "close", "%s: a byte more than %d" % (route.name, route.limit), reply)
        chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (route.limit + 1, b"x" * (route.limit + 1))
        connection = client.connect()
        connection.send(client.head_of(route.method, path, dict(kind, **{"Transfer-Encoding": "chunked", "X-CSRF-Token": client.csrf}), None) + chunks)
        reply = connection.reply()
        replies.append((route.method, path, reply))
        connection.close()
        check(reply.status == 413, "%s: a byte more, in chunks" % route.name, reply)
        connection = client.connect()
        connection.send(client.head_of(route.method, path, dict(kind, **{"X-CSRF-Token": client.csrf}), 10 ** 15))
        reply = connection.reply()
        connection.close()
        check(reply.status == 413, "%s: a length of 10^15 is refused before the body" % route.name, reply)
        if door.raw is not None:
            if door.kind == "application/json":
                for type in (None, "text/plain", "application/x-www-form-urlencoded"):
                    reply = client.request(route.method, path, door.raw, {"Content-Type": type})
                    equal((reply.status, reply.code), (415, "not_json"), "%s: %s" % (route.name, type))
                for body in (b"{", b"\xff\xfe", b'{"a": 1, "a": 2}', b"[" * 2000, b'"text"', b"17", b'{"format": "a\\u0000b"}', b'{"no_such_key": 1}'):
                    reply = client.request(route.method, path, body, {"Content-Type": "application/json"})
                    equal((reply.status, reply.code), (422, "bad_layout"), "%s: %r" % (route.name, body[:20]))
            continue
        if not is_json:
            for body in (b"csrf=%ff", b"csrf=%00", b"csrf=%zz", b"a=" + b"\xff"):
                reply = client.request("POST", path, body, kind)
                check(reply.status in (400, 403), "%s: a form of %r" % (route.name, body), reply)
            continue
        for type, body, status, code in ((None, b"{}", 415, "not_json"), ("text/plain", b"{}", 415, "not_json"),
                                         ("application/x-www-form-urlencoded", b"a=1", 415, "not_json"),
                                         ("application/json", b"{", 400, "bad_json"), ("application/json", b"\xff\xfe", 400, "bad_json"),
                                         ("application/json", b'{"code": "\xc3\x28"}', 400, "bad_json"), ("application/json", b'{"a": 1, "a": 2}', 400, "bad_json"),
                                         ("application/json", b"[" * 2000, 400, "bad_json"),
                                         ("application/json", b'"text"', 400, None), ("application/json", b"17", 400, None)):
            reply = client.request(route.method, path, body, {"Content-Type": type})
            check(reply.status == status and (code is None or reply.code == code), "%s: %s %r" % (route.name, type, body[:20]), reply)
        for body in (b'{"reason": "a\\u0000b"}', b'{"no_such_key": 1}', b'{"reason": 1}'):
            reply = client.request(route.method, path, body, {"Content-Type": "application/json"})
            if route.pattern == "/api/v1/checkins":  # one bad scan never spoils its array
                equal((reply.status, reply.json()["results"][0]["reason"]), (200, "malformed"), "%s: %r" % (route.name, body))
            else:
                equal((reply.status, reply.code), (400, "bad_request"), "%s: %r" % (route.name, body))


def masked_paths():
    client = world.all
    for pattern in world.methods:
        names = re.findall(r"\{(\w+)\*?\}", pattern)
        if not names:
            continue
        method = world.methods[pattern][0]
        for name in names:
            for value in ("%00", "a%00b", "..", "%2e%2e", ".", "%ff", "%c3%28", "a%2fb", "%0a", "%zz", "%"):
                path = re.sub(r"\{(\w+)\*?\}", lambda m: value if m.group(1) == name else "x", pattern)
                reply = client.request(method, path, headers={"Content-Length": "0"} if method == "POST" else None)
                if not (reply.status == 400 and reply.code in (None, "bad_path", "bad_target")):
                    check(False, "%s %s is refused" % (method, path), reply)
                    break
            else:
                check(True, "%s %s: masked, relative and undecodable parts in {%s} are refused" % (method, pattern, name))
    for path in ("/../etc/passwd", "/assets/x/../../plenum.db", "/assets/x/css/..%2f..%2fplenum.db", "//", "/d//f", "/\\..\\x"):
        reply = client.get(path)
        check(reply.status in (400, 404), "%s is refused" % path, reply)
    for query in ("q=%ff", "q=%00", "%ff=1", "q=%"):
        for path in ("/api/v1/events/test-1/delegates", "/", "/d/" + world.tokens["P01"]):
            reply = client.get(path + "?" + query)
            check(reply.status == 400 and reply.code in (None, "bad_query"), "%s?%s is refused" % (path[:12], query), reply)
    reply = client.get("/" + "a" * 9000)
    check(reply.status in (414, 431), "an address of 9000 letters", reply)
    reply = client.get("/", Cookie="a=" + "b" * 60000)
    check(reply.status in (400, 431), "60 000 bytes of cookies", reply)


def unknown_things():
    for route in world.routes:
        if "{event}" not in route.pattern:
            continue
        path = re.sub(r"\{\w+\}", "x", route.pattern.replace("{event}", "no-such-event"))
        client = stranger() if route.anyone else world.all
        if route.roles in (["device"], ["display"]):
            client = world.here[route.roles[0]]
        reply = client.form(path, {"code": "x", "gate": "main", "scan_id": uuid7(), "direction": "in",
                                   "token": world.tokens["P01"]}) if route.method == "POST" else client.request(route.method, path + ("?name=a" if route.method == "PUT" else ""))
        if route.roles in (["device"], ["display"]):
            want = (403, "forbidden") if route.roles == ["device"] else (401, "unauthorized")  # a wall of another event is none at all
            equal((reply.status, reply.code), want, "%s: an event that is not there, for a %s" % (route.name, route.roles[0]))
        else:
            check(reply.status == 404 and reply.code in (None, "unknown_event", "not_found"), "%s: an event that is not there" % route.name, reply)
    client = Client(world.server)
    for token in ("0123456789ABCDEF", "short", "U" * 16, "x" * 500):
        equal(client.get("/d/" + token).status, 404, "a badge that is not there: %s" % token[:20])
        reply = client.get("/d/%s/f/programme/1/programme.pdf" % token)
        equal(reply.status, 404, "and its papers")
    for path in ("/api/v1/nothing", "/api", "/nothing", "/assets/x/templates/phone.html", "/assets/x/i18n/vi.json", "/assets/x/css/none.css", "/desk", "/d"):
        reply = world.all.get(path)
        check(reply.status == 404 and (reply.code == "not_found") == path.startswith("/api/"), "%s: 404" % path, reply)
    organiser = world.here["organiser"]
    equal(organiser.get("/api/v1/events/test-1/badges.pdf?layout=none").code, "unknown_layout", "badges in a layout that is not there")
    equal(organiser.get("/api/v1/events/test-1/badges.pdf?only=P99").status, 404, "badges of nobody")
    for code in ("P99", "P13", "x/y", "%00"):
        reply = organiser.post("/api/v1/events/test-1/delegates/%s/reissue" % code, {})
        check(reply.status in (400, 404, 409), "a lost badge of %s" % code, reply)
    for number in ("1", "x", "-5", "9" * 30):
        equal(organiser.form("/admin/test-1/badges/runs/%s/spoiled" % number, {"spoiled": "1"}).status, 404, "a print run that is not there: %s" % number[:9])
        equal(organiser.form("/admin/test-1/badges/handovers/%s/undo" % number, {}).status, 404, "a handover that is not there: %s" % number[:9])
    equal(world.there["organiser"].form("/admin/test-2/badges/runs/%s/spoiled" % world.run, {"spoiled": "1"}).status, 404, "another event's print run")
    equal(world.there["organiser"].form("/admin/test-2/badges/handovers/%s/undo" % new_handover(), {}).status, 404, "another event's handover")
    equal(organiser.form("/admin/test-1/pair", {"gate": "none"}).status, 404, "a pairing for a gate that is not there")
    equal(organiser.form("/admin/test-1/devices/NOTHERE1/revoke", {}).status, 404, "revoking a device that is not there")
    reply = client.post("/api/v1/pair", {"code": "AAAA-AAAA", "name": "x"})
    equal((reply.status, reply.code), (404, "pairing_unknown"), "a pairing code that is not there")
    code = pairing_code()
    reply = client.post("/api/v1/pair", {"code": code, "name": " \t "})
    equal(reply.status, 400, "a device's name of blanks")
    reply = client.post("/api/v1/pair", {"code": code, "name": "x", "extra": 1})
    equal(reply.status, 400, "a key that nobody knows")
    reply = client.post("/api/v1/pair", {"code": code.replace("-", " ").lower(), "name": "Cửa 1"})
    check(reply.status == 201, "a code typed in lower case with a blank", reply)
    world.secrets.add(reply.json()["key"])
    reply = client.post("/api/v1/pair", {"code": code, "name": "Cửa 1"})
    equal((reply.status, reply.code), (404, "pairing_unknown"), "a code is good once")


def device_list():
    """What a gate says of itself when it asks for its list stands in the console and in the command; what is nonsense is not taken."""
    server = world.server
    gate = server.device("test-1", "main", "Cửa kho")
    world.secrets.add(gate.key)

    def listed():
        rows = json.loads(plenum.plenum("device", "list", "--json", data=server.data).stdout)
        return next(row for row in rows if row["device"] == gate.device)

    def row():
        page = world.here["organiser"].get("/admin/test-1", Accept_Language="en").text
        return next((one for one in re.findall("<tr>.*?</tr>", page) if "Cửa kho" in one), "")
    first = listed()
    equal([first[k] for k in ("last_seen", "roster", "roster_at", "clock_offset_ms", "waiting", "waiting_since", "set_aside")], [None] * 7, "a new scanner said nothing")
    reply = gate.get("/api/v1/events/test-1/roster", Plenum_Queue="12 340000 1")
    check(reply.status == 200 and len(reply.header("Plenum-Seal") or "") == 43, "the list comes with the key that scans are sealed to", reply.headers)
    told = listed()
    age = plenum.now_ms() - plenum.time_ms(told["waiting_since"])
    check(told["waiting"] == 12 and told["set_aside"] == 1 and 330000 < age < 400000 and told["roster_at"] == told["last_seen"], "its queue is in the list", told)
    check("<bdi>12</bdi>" in row() and "set aside <bdi>1</bdi>" in row() and "silent" not in row(), "and in the console", row())
    for nonsense in ("", "x", "1", "1 2", "1 2 x", "-1 2 3", "1  2 3", "1 2 3 4", "9999999999999999 1 1"):
        gate.get("/api/v1/events/test-1/roster?since=1", Plenum_Queue=nonsense)
        now = listed()
        equal((now["waiting"], now["waiting_since"], now["set_aside"]), (None, None, None), "not taken: %r" % nonsense)
    equal(now["roster"], 1, "the version that it has")
    late = scan(world.tokens["P01"], "main")
    late["age_ms"], late["scanned_at"] = 1000, plenum.time_text(plenum.now_ms() - 61000)
    gate.post("/api/v1/checkins", late)
    check(-62000 < listed()["clock_offset_ms"] < -58000 and "wrong" in row(), "a clock that is a minute behind is told", (listed(), row()))
    with sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20) as db:
        db.execute("UPDATE device SET last_seen_ms = last_seen_ms - 70000 WHERE code = ?", (gate.device,))
    check("silent" in row(), "a gate that is silent for a minute is said to be silent", row())


def revoked():
    server = world.server
    device = server.device("test-1", "main")
    world.secrets.add(device.key)
    stream = plenum.Stream(device, "/api/v1/events/test-1/live")
    until = time.time() + 30
    while not stream.events and time.time() < until:
        time.sleep(0.05)
    check(stream.events, "its stream is open", stream.error)
    equal(world.here["organiser"].form("/admin/test-1/devices/%s/revoke" % device.device, {}).status, 303, "a device is revoked in the console")
    for method, path, body in (("GET", "/api/v1/events/test-1/roster", None), ("GET", "/api/v1/events/test-1/stats", None),
                               ("POST", "/api/v1/checkins", scan(world.tokens["P01"], "main"))):
        reply = device.request(method, path, body)
        equal((reply.status, reply.code), (401, "device_revoked"), "%s %s with its key" % (method, path))
    until, on = time.time() + 60, 0
    while "401" not in str(stream.error) and time.time() < until:  # at the next event behind the lease's end it has to ask anew
        world.here["device"].post("/api/v1/checkins", dict(scan(world.tokens["P02"], "main"), direction=("in", "out")[on % 2]))
        on += 1
        time.sleep(0.5)
    check("401" in str(stream.error), "its open stream ends, and it gets no new one", stream.error)
    stream.ended = True
    other = server.device("test-1", "main")
    world.secrets.add(other.key)
    plenum.plenum("device", "revoke", other.device, data=server.data)
    equal(other.get("/api/v1/events/test-1/stats").code, "device_revoked", "and one from the command line, at once")
    server.user("helper", "desk", "test-1", password=PASSWORD)
    made = sign_in("helper").post("/scan/test-1/devices", {"gate": "main", "name": "Điện thoại"})
    phone = Client(server, key=made.json()["key"])
    world.secrets.add(phone.key)
    equal(phone.get("/api/v1/events/test-1/roster").status, 200, "a helper's browser is a scanner")
    check("helper" in world.here["organiser"].get("/admin/test-1").text, "which the console lists with the helper's name")
    plenum.plenum("user", "disable", "helper", data=server.data)
    equal(phone.get("/api/v1/events/test-1/roster").code, "device_revoked", "for as long as the helper may: an account that is disabled has no scanner")
    token = world.tokens["P08"]
    client = Client(server)
    equal(client.get("/d/" + token).status, 200, "a badge that is good")
    import sqlite3
    db = sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20)
    db.execute("UPDATE credential SET revoked_ms = 1 WHERE token = ?", (token,))
    db.commit()
    db.close()
    reply = client.get("/d/" + token)
    check(reply.status == 410 and "Bùi Tấn Lộc" not in reply.text, "its page after it was replaced: 410, and no name", reply)
    equal(client.get("/d/%s/f/programme/1/programme.pdf" % token).status, 404, "its papers: 404")
    r = world.here["device"].post("/api/v1/checkins", scan(token, "main")).json()["results"][0]
    equal((r["outcome"], r["reason"]), ("refused", "revoked"), "its scan: refused")


def sessions():
    server = world.server
    server.user("short", "desk", "test-1", password=PASSWORD)
    client = sign_in("short")
    first = client.cookies["plenum_session"]
    reply = [r for m, p, r in replies if m == "POST" and p == "/login" and r.status == 303][-1]
    cookie = next(c for c in reply.all("set-cookie") if c.startswith("plenum_session="))
    check("HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie, "the session's cookie is HttpOnly and SameSite", cookie)
    again = sign_in("short")
    check(again.cookies["plenum_session"] != first, "each sign-in has a session of its own")
    fixed = Client(server)
    fixed.cookies["plenum_session"] = "attacker-chosen"
    fixed.csrf = plenum.csrf_of(fixed.get("/login").text)
    fixed.form("/login", {"name": "short", "password": PASSWORD})
    check(fixed.cookies["plenum_session"] not in ("attacker-chosen", first), "a session that the browser brought along is not taken")
    for name, password in (("short", "wrong password"), ("nobody", PASSWORD)):
        stray = stranger()
        reply = stray.form("/login", {"name": name, "password": password})
        check(reply.status == 401 and "plenum_session" not in stray.cookies, "%s with %s password is refused" % (name, "a wrong" if name == "short" else "any"), reply)
    made = plenum.plenum("user", "add", "made", "--role", "organiser", data=server.data).stdout.split()[-1]
    world.secrets.add(made)
    guest = stranger()
    equal(guest.form("/login", {"name": "made", "password": made}).status, 303, "a password that was made for somebody opens")
    guest.csrf = plenum.csrf_of(guest.get("/password").text)
    for route in world.routes:
        door = world.doors[route.name]
        if "organiser" not in route.roles or route.anyone or route.pattern == "/password":
            continue
        reply = door.ask(guest, "organiser") if door.type != "text/event-stream" else guest.get(door.path("organiser"))
        wanted = (302, "/password") if route.is_page else (403, None)
        equal((reply.status, reply.header("location")), wanted, "%s: not before it is changed" % route.name)
    server.user("Hồng Ế", "desk", "test-1", password=PASSWORD)
    for form in ("NFC", "NFD"):
        reply = stranger().form("/login", {"name": " %s  " % unicodedata.normalize(form, "Hồng  Ế"), "password": PASSWORD})
        equal(reply.status, 303, "the name in %s and with blanks around it is the account's" % form)
    for target in ("//evil.example", "/\\evil.example", "http://evil.example", "https:evil.example", "/ok\\..", "javascript:1"):
        stray = stranger()
        reply = stray.form("/login", {"name": "short", "password": PASSWORD, "next": target})
        check(reply.status == 303 and reply.header("location") in ("/admin", "/password"), "after the sign-in nobody is sent to %s" % target, reply.header("location"))
    fresh = "mật khẩu còn dài hơn"
    world.secrets.add(fresh)
    reply = client.form("/password", {"old": PASSWORD, "new": fresh, "again": fresh, "password": PASSWORD})
    check(reply.status == 303, "the own password is changed", reply)
    check(again.get("/desk/test-1").status == 302, "which ends the other sessions")
    client.csrf = plenum.csrf_of(client.get("/password").text)
    equal(client.get("/desk/test-1").status, 200, "but not this one")
    kept = dict(client.cookies)
    equal(client.form("/logout", {}).status, 303, "signing out")
    client.cookies = kept
    equal(client.get("/desk/test-1").status, 302, "ends the session, not only the cookie")
    last = Client(server)
    last.csrf = plenum.csrf_of(last.get("/login").text)
    equal(last.form("/login", {"name": "short", "password": fresh}).status, 303, "the new password opens")
    plenum.plenum("user", "disable", "short", data=server.data)
    equal(last.get("/desk/test-1").status, 302, "a disabled account's session ends at once")
    reply = stranger()
    equal(reply.form("/login", {"name": "short", "password": fresh}).status, 401, "and it cannot sign in")
    statuses = []
    for _ in range(12):
        guess = stranger()
        statuses.append(guess.form("/login", {"name": " " * len(statuses) + "all", "password": "guess %d" % len(statuses)}).status)
    check(429 in statuses and set(statuses) <= {401, 429}, "guessing passwords is slowed down", statuses)


def forms_sent_twice():
    """A button that was pressed twice, and a sign-in form that stood open in a second tab."""
    client, token = sign_in("desk"), world.server.tokens("test-1")["P02"]
    world.here["device"].post("/api/v1/checkins", dict(scan(token, "main"), direction="out"))  # wherever others left them
    page = client.get("/d/" + token).text
    scan_id = re.search(r'name="scan_id" value="([^"]+)"', page).group(1)
    client.csrf = plenum.csrf_of(page)
    fields = {"scan_id": scan_id, "gate": "main", "direction": "in", "token": token}
    first = client.form("/desk/test-1/checkin", fields)
    again = client.form("/desk/test-1/checkin", fields)
    check(first.status == 303 and first.header("location").endswith("?scan=" + scan_id) and "verdict admitted" in client.get(first.header("location")).text, "the card's button checks in", first)
    equal((again.status, again.header("location")), (303, first.header("location")), "pressed twice: the same scan, the same answer")
    equal(client.form("/desk/test-1/checkin", dict(fields, scan_id="7d444840-9dc0-41d1-b245-5ffdce74fad2")).status, 400, "a number that no page of ours made is refused")
    old = client.cookies["plenum_session"]
    client.csrf = plenum.csrf_of(client.get("/login").text)
    reply = client.form("/login", {"name": "desk", "password": PASSWORD})
    check(reply.status == 303 and client.cookies["plenum_session"] != old, "who is signed in may sign in again", reply)


def not_this_machine():
    """Plain HTTP from another address: badges and public pages only."""
    address = own_address()
    if not address:
        note("NOT TESTABLE HERE: this machine has no address but loopback, so nothing can come from elsewhere; checked on machines with a network")
        return
    server, w = world.server, world
    far = Client(server, address=address)
    for path in ("/", "/e/test-1", "/d/" + w.tokens["P01"], "/d/%s/f/programme/1/programme.pdf" % w.tokens["P01"], "/healthz", w.asset):
        equal(far.get(path).status, 200, "over plain HTTP from %s: %s" % (address, re.sub(r"/d/\w+", "/d/TOKEN", path)))
    page = far.get("/login")
    check(page.status == 200 and "<form" not in page.text and "https://" in page.text, "the sign-in page only says where the secure one is", page)
    far.csrf = "x" * 32
    far.cookies["plenum_login"] = "x" * 32
    reply = far.form("/login", {"name": "desk", "password": PASSWORD})
    check(reply.status == 403 and "plenum_session" not in far.cookies, "nobody can sign in there", reply)
    carried = Client(server, address=address)
    carried.cookies, carried.csrf = dict(w.here["organiser"].cookies), w.here["organiser"].csrf
    equal(carried.get("/admin/test-1").status, 302, "a session made elsewhere does not open the console there")
    equal(carried.get("/api/v1/events/test-1/delegates?q=a").status, 401, "nor the API")
    check(carried.form("/desk/test-1/checkin", {"scan_id": uuid7(), "gate": "main", "direction": "in", "token": w.tokens["P01"]}).status in (401, 403),
          "nor the desk's button")
    keyed = Client(server, key=w.here["device"].key, address=address)
    equal(keyed.get("/api/v1/events/test-1/stats").code, "secure_only", "a device's key is refused")
    reply = Client(server, address=address).post("/api/v1/pair", {"code": pairing_code(), "name": "x"})
    equal((reply.status, reply.code), (403, "secure_only"), "pairing too")
    code = pairing_code()
    secure = Client(server, tls=True, address=address)
    equal(secure.get("/healthz").status, 200, "the local authority's certificate is good for %s" % address)
    reply = secure.post("/api/v1/pair", {"code": code, "name": "Cửa"})
    equal(reply.status, 201, "over HTTPS a device is paired")
    world.secrets.add(reply.json()["key"])
    keyed = Client(server, key=reply.json()["key"], tls=True, address=address)
    equal(keyed.post("/api/v1/checkins", scan(w.tokens["P01"], "main")).status, 200, "and sends scans")
    staff = Client(server, tls=True, address=address)
    staff.csrf = plenum.csrf_of(staff.get("/login").text)
    reply = staff.form("/login", {"name": "desk", "password": PASSWORD})
    check(reply.status == 303 and "Secure" in (reply.all("set-cookie") or [""])[0], "over HTTPS staff sign in, with a Secure cookie", reply)
    equal(staff.get("/desk/test-1").status, 200, "and work")


def own_address():
    """The first IPv4 address of this machine that is not loopback (SIOCGIFADDR)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for _, name in socket.if_nameindex():
            try:
                raw = fcntl.ioctl(s.fileno(), 0x8915, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue
            address = socket.inet_ntoa(raw[20:24])
            if not address.startswith("127."):
                return address
    return None


def the_log():
    """A fault that is worth a line, then: what stands in the log."""
    server = world.server
    sha = server.value("SELECT v.sha256 FROM document_version v JOIN document d ON d.id = v.document_id WHERE d.code = 'programme'")
    for folder, _, files in os.walk(server.data):
        for file in files:
            if os.path.join(folder, file).replace(os.sep, "").endswith(sha):
                os.rename(os.path.join(folder, file), os.path.join(server.folder, "taken-away"))
    for token in (world.tokens["P01"], world.tokens["P01"].lower()):
        reply = Client(server).get("/D/%s/f/programme/1/programme.pdf" % token)
        check(reply.status == 500, "a paper whose file is gone is a fault", reply)
    connection = Connection(server.port)
    connection.send(("GET /d/%s HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" % world.tokens["P01"]).encode())
    connection.reply()
    connection.close()
    equal(server.stop(), 0, "the server stops in peace")
    text = server.log_text()
    check("error server:" in text and "/d/{token}" in text, "the fault was written down", text[-400:])
    found = [s for s in world.secrets if s and len(s) > 5 and s.lower() in text.lower()]
    equal(found, [], "none of %d tokens, keys, codes, cookies and passwords stands in what the server printed" % len(world.secrets))


def every_reply():
    library = [(m, p, r) for m, p, r in replies if r.status == 431 and not r.header("content-type")]
    check(len(library) <= 1, "only a head that fills the whole buffer is answered by the HTTP library itself, without our headers", library)
    for one in library:
        replies.remove(one)

    def bad(test):
        return [(m, re.sub(r"/d/\w+", "/d/TOKEN", p[:80]), r.status, r.headers) for m, p, r in replies if not test(m, p, r)][:3]
    equal(bad(lambda m, p, r: r.header("x-content-type-options") == "nosniff"), [], "nosniff on all of %d replies" % len(replies))
    equal(bad(lambda m, p, r: r.header("referrer-policy") == "no-referrer"), [], "no-referrer on all")
    equal(bad(lambda m, p, r: r.header("cache-control")), [], "Cache-Control on all")
    equal(bad(lambda m, p, r: r.header("content-security-policy") and "unsafe" not in r.header("content-security-policy").replace("'wasm-unsafe-eval'", "" if p.endswith("/reader.js") else "unsafe")), [],
          "a policy without unsafe on all; WebAssembly only where codes are read")
    pages = [r for _, _, r in replies if (r.header("content-type") or "").startswith("text/html")]
    equal([p for p in pages if "default-src 'none'" not in p.header("content-security-policy")
           or "frame-ancestors 'none'" not in p.header("content-security-policy")], [],
          "pages: nothing by default, no frames (%d)" % len(pages))
    equal([re.findall(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|javascript:", p.text)[:3] for p in pages if re.search(
        r"<script(?![^>]*\bsrc=)[^>]*>\s*\S|<style|\son\w+=\"|\sstyle=\"|href=\"javascript:", p.text)], [], "and no inline code or style in them")
    failures = [(m, p, r) for m, p, r in replies if r.status >= 400 and m != "HEAD" and p.startswith(("/api/", "/metrics", "/healthz", "/readyz"))
                and "%" not in p.split("?")[0]]
    wrong = [(m, p, r) for m, p, r in failures if r.header("content-type") != "application/problem+json" or r.json().get("status") != r.status]
    equal(wrong, [], "every one of %d failures of the API is a problem" % len(failures))
    written = codes_in_source()
    check(len(written) > 15, "codes are found in the source", written)
    equal({c for c in written if world.codes.get(c[0]) != c[1]}, set(), "every code that the HTTP layer writes is in errors.def (%d)" % len(written))
    codes = {(r.code, r.status) for m, _, r in replies if m != "HEAD" and r.code}
    equal({c for c in codes if world.codes.get(c[0]) != c[1]}, set(), "with a code and status of errors.def (%d different)" % len(codes))
    equal([(m, p) for m, p, r in replies if r.status >= 500 and r.status != 501 and "programme" not in p], [], "nothing was a fault of the server")


if __name__ == "__main__":
    plenum.run("doors", begin, the_table, right_requests, wrong_methods, without_role, of_another_event, foreign_hosts, foreign_origins, csrf, bodies, masked_paths,
               unknown_things, device_list, revoked, forms_sent_twice, sessions, not_this_machine, the_log, every_reply)

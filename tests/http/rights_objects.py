"""The stories that tests/fixtures/rights.txt names with "@": somebody asks at a door that opens to them, for something that is another's. Each gives what it saw in a word."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import doors  # noqa: E402
import plenum  # noqa: E402
from plenum import Client, scan, uuid7  # noqa: E402

STORIES = {}


def story(name):
    def add(function):
        STORIES[name] = function
        return function
    return add


def told(reply):
    """How the one scan that was sent was answered; who was named would be a fault in every story here."""
    if reply.status != 200:
        return str(reply.status)
    result = reply.json()["results"][0]
    named = "" if result["person"] is None else "/named"
    return "%s/%s%s" % (result["outcome"], result["reason"], named)


def address(client):
    return "/api/v1/checkins" + ("" if client.key else "?event=test-2")


@story("scan-of-their-badge")
def scan_of_their_badge(world, client):
    return told(client.post(address(client), scan(world.tokens["P01"], "main")))


@story("scan-at-their-gate")
def scan_at_their_gate(world, client):
    return told(client.post(address(client), scan(world.tokens2["P08"], "gifts")))


@story("scan-at-another-gate")
def scan_at_another_gate(world, client):
    return told(client.post(address(client), scan(world.tokens["P01"], "gifts")))


@story("undo-of-their-scan")
def undo_of_their_scan(world, client):
    return str(client.post("/api/v1/checkins/%s/undo%s" % (world.new_scan(), "" if client.key else "?event=test-2"), {}).status)


@story("undo-of-anothers-scan")
def undo_of_anothers_scan(world, client):
    sent = scan(world.tokens["P02"], "main")
    world.spare.post("/api/v1/checkins", sent)
    return str(client.post("/api/v1/checkins/%s/undo" % sent["scan_id"], {}).status)


def some_photo():
    with open(os.path.join(plenum.ROOT, "photos/P0001.jpg"), "rb") as f:
        return f.read()


@story("photo-of-anothers-scan")
def photo_of_anothers_scan(world, client):
    world.here["organiser"].request("PUT", "/api/v1/events/test-1/delegates/P11/photo", some_photo(), {"Content-Type": "image/jpeg"})
    sent = scan(world.tokens["P11"], "main")
    world.spare.post("/api/v1/checkins", sent)
    own = world.spare.get("/api/v1/checkins/%s/photo" % sent["scan_id"]).status
    other = client.get("/api/v1/checkins/%s/photo" % sent["scan_id"]).status
    return str(other) if own == 200 else "not even their own: %d" % own


def a_phone(world):
    """A scanner of the main gate that somebody of the desk has made of their phone; who that was."""
    name = "helper-%s" % uuid7()[-6:]
    world.server.user(name, "desk", "test-1", password=doors.PASSWORD)
    key = doors.sign_in(name).post("/scan/test-1/devices", {"gate": "main", "name": "Máy"}).json()["key"]
    return name, Client(world.server, key=key)


@story("their-phone-scans")
def their_phone_scans(world, client):
    _, phone = a_phone(world)
    return str(phone.post("/api/v1/checkins", scan(world.tokens["P02"], "main")).status)


@story("their-phone-after-disabling")
def their_phone_after_disabling(world, client):
    name, phone = a_phone(world)
    plenum.plenum("user", "disable", name, data=world.server.data)
    return str(phone.post("/api/v1/checkins", scan(world.tokens["P02"], "main")).status)


@story("card")
def card(world, client):
    """The card has the button, and what the desk knows; the page has neither. Whose session is over is asked to sign in again, and sees less than the page."""
    text = client.get("/d/" + world.tokens["P04"]).text
    if "?here=1" in text:
        text = client.get("/d/" + world.tokens["P04"] + "?here=1").text
        if "/login?next=/d/" in text and "305" not in text:
            return "sign-in"
    has = "/desk/test-1/checkin" in text, "305" in text and "Xe 1" in text
    return {(True, True): "card", (False, True): "page"}.get(has, str(has))


@story("paper-of-another-event")
def paper_of_another_event(world, client):
    seen = set()
    for address_of in ("/d/%s/f/agenda/1/programme.pdf", "/d/%s/r/agenda/1", "/d/%s/r/agenda/1/1", "/d/%s/p/agenda/1/1.jpg"):
        if client.get(address_of % world.tokens2["P08"]).status != 200:
            return "not even their own: " + address_of
        seen.add(client.get(address_of % world.tokens["P01"]).status)
    return "/".join(str(s) for s in sorted(seen))


@story("card-photo")
def card_photo(world, client):
    """By the form of the card, whole, with the other event's person and badge."""
    event = "test-1" if "test-1" in client.get("/admin").text or "/desk/test-1" in client.get("/admin").text else "test-2"
    world.here["organiser"].request("DELETE", "/api/v1/events/test-1/delegates/P06/photo", b"")
    mark, parts = "x%dx" % 7 ** 20, b""
    for name, value in (("csrf", client.csrf), ("person", "P06"), ("token", world.tokens["P06"])):
        parts += ('--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (mark, name, value)).encode()
    parts += ('--%s\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n' % mark).encode() + some_photo() + ("\r\n--%s--\r\n" % mark).encode()
    client.request("POST", "/desk/%s/photo" % event, parts, {"Content-Type": "multipart/form-data; boundary=" + mark})
    return "yes" if world.here["organiser"].get("/api/v1/events/test-1/delegates/P06/photo").status == 200 else "no"


@story("wall")
def wall(world, client):
    text = client.get("/display/test-1").text
    return {(True, False): "form", (False, True): "wall"}.get(('name="code"' in text, "/js/wall.js" in text), "neither")


@story("close-question")
def close_question(world, client):
    Client(world.server).form("/d/%s/ask" % world.tokens["P03"], {"words": "Có nước không?"})
    return str(client.form("/desk/test-1/questions", {"close": "0"}).status)


@story("walk-in-official")
def walk_in_official(world, client):
    return str(client.post("/api/v1/events/test-1/delegates", {"request": uuid7(), "name": "Người mới " + uuid7(), "category": "official"}).status)


@story("another-delegation")
def another_delegation(world, client):
    """Each door of a delegation, for people of another one."""
    seen = set()
    for unit, person in (("U0", "P01"), ("U1", "P01")):
        for act, more in (("checkin", {"group": uuid7(), "gate": "main"}), ("absence", {"request": uuid7(), "absent": "1"})):
            seen.add(client.form("/delegation/test-1/" + act, dict(more, unit=unit, person=person)).status)
    seen.add(client.form("/delegation/test-1/report", {"request": uuid7(), "unit": "U0", "said": "1"}).status)
    seen.add(client.get("/delegation/test-1?unit=U0").status)
    seen.add(client.get("/delegation/test-1?unit=U0&part=live").status)
    return "/".join(str(s) for s in sorted(seen))


# --- devices ---

@story("device-of-another")
def device_of_another(world, client):
    return str(client.form("/admin/-/devices", {"do": "revoke", "code": world.spare.device}).status)


@story("devices")
def devices(world, client):
    page = client.get("/admin/-/devices").text
    return ",".join(slug for slug in ("test-1", "test-2") if 'href="/admin/%s"' % slug in page)


# --- accounts ---

def account_of(world, name):
    return world.server.rows("SELECT id, version FROM account WHERE name = ?", name)[0]


def on_account(world, client, name, **fields):
    number, version = account_of(world, name)
    return client.form("/admin/-/accounts/%d" % number, dict(fields, version=str(version)))


def clerk(world):
    """Works at the desks of both events."""
    if not world.server.value("SELECT COUNT(*) FROM account WHERE name = 'clerk'"):
        world.server.user("clerk", "desk", "test-1", password=doors.PASSWORD)
        world.server.write("INSERT INTO account_role (account_id, role, event_id) SELECT a.id, 'desk', e.id FROM account a, event e WHERE a.name = 'clerk' AND e.slug = 'test-2'")
    if not world.server.value("SELECT COUNT(*) FROM account WHERE name = 'helper'"):
        world.server.user("helper", "desk", "test-1", password=doors.PASSWORD)


@story("accounts")
def accounts(world, client):
    """Of the accounts that are known here: which ones are shown."""
    clerk(world)
    page = client.get("/admin/-/accounts").text
    known = {"organiser": "org", "organiser2": "org2", "desk": "desk", "desk2": "desk2", "head": "head", "head2": "head2", "clerk": "clerk", "desks": "desks"}
    shown = [word for name, word in known.items() if "<bdi>%s</bdi></a>" % name in page]
    return "all" if len(shown) == len(known) else ",".join(shown)


@story("account-of-another")
def account_of_another(world, client):
    return str(client.get("/admin/-/accounts/%d" % account_of(world, "head2")[0]).status)


@story("account-of-both")
def account_of_both(world, client):
    clerk(world)
    return str(on_account(world, client, "clerk", do="password").status)


@story("account-password")
def account_password(world, client):
    clerk(world)
    return str(on_account(world, client, "helper", do="password").status)


@story("account-desk-here")
def account_desk_here(world, client):
    clerk(world)
    return str(on_account(world, client, "helper", do="grant", role="desk", event="test-1").status)


@story("account-desk-there")
def account_desk_there(world, client):
    clerk(world)
    return str(on_account(world, client, "helper", do="grant", role="desk", event="test-2").status)


@story("account-desk-all")
def account_desk_all(world, client):
    clerk(world)
    return str(on_account(world, client, "helper", do="grant", role="desk", event="-").status)


@story("account-organiser")
def account_organiser(world, client):
    clerk(world)
    return str(on_account(world, client, "helper", do="grant", role="organiser", event="test-1").status)


@story("account-own-rights")
def account_own_rights(world, client):
    name = world.server.value("SELECT a.name FROM web_session s JOIN account a ON a.id = s.account_id WHERE s.csrf = ?", client.csrf)
    action = "take" if world.server.value("SELECT COUNT(*) FROM account_role r JOIN account a ON a.id = r.account_id WHERE a.name = ? AND r.event_id = 0", name) else "grant"
    return str(on_account(world, client, name, do=action, role="organiser", event="-").status)

#!/usr/bin/env python3
# suite
"""Every right of every role by table: tests/fixtures/rights.txt says what each door answers to each kind of asker over each way; this asks a real server and compares.
How each door is asked stands in tests/http/doors.py, which also has what a table cannot say (hosts, origins, CSRF, bodies).

A new door of server/routes.def needs a line below [doors], and fails here until it has one.    B=build/x tests/http/rights.py
Only what matches:    B=build/x tests/http/rights.py questions
docs/rights.md anew:  tests/http/rights.py --write"""
import json
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import doors  # noqa: E402
import plenum  # noqa: E402
import rights_objects  # noqa: E402
from doors import Door, plain, world  # noqa: E402
from plenum import Client, check, csrf_of, equal  # noqa: E402

PAGE = os.path.join(plenum.ROOT, "docs/rights.md")
TABLE = os.path.join(plenum.ROOT, "tests/fixtures/rights.txt")
AS = {"wall": "display", "wall2": "display", "gate": "device", "gate2": "device", "gone": "device", "desk": "desk", "desk2": "desk", "desks": "desk", "pinned": "head", "head": "head", "head2": "head",
      "org": "organiser", "org2": "organiser", "orgs": "organiser", "new": "organiser"}  # what doors.py calls them


# --- the table ---------------------------------------------------------------------------------------------------------------------------------------

class Table:
    """What tests/fixtures/rights.txt says. `about`: the comment above a kind's first line; `meant`: what is said behind a line of [objects]."""

    def __init__(self, path):
        self.askers, self.ways, self.kinds, self.doors, self.objects = {}, {}, {}, {}, []
        self.faults, self.about, self.meant, section, comment = [], {}, {}, None, ""
        with open(path, encoding="utf-8") as f:
            for number, line in enumerate(f, 1):
                words = line.split()
                if line.startswith("#"):
                    comment = line[1:].strip()
                if not words or line.startswith("#"):
                    continue
                if line.startswith("["):
                    section = line.strip()
                    continue
                try:
                    getattr(self, "read_" + section.strip("[]"))(words, comment)
                except (ValueError, KeyError, AssertionError) as e:
                    self.faults.append("rights.txt:%d: %s (%s)" % (number, line.strip(), e))

    def read_askers(self, words, _):
        self.askers[words[0]] = " ".join(words[1:])

    def read_ways(self, words, _):
        self.ways[words[0]] = " ".join(words[1:])

    def read_kinds(self, words, comment):
        if words[0] == "kind":
            assert words[2:] == list(self.askers), "the columns are the askers, in their order"
            return
        cells = words[2:]
        assert len(cells) == len(self.askers), "%d cells for %d askers" % (len(cells), len(self.askers))
        self.about.setdefault(words[0], comment)
        for way in words[1].split(","):
            assert way in self.ways, "no such way: " + way
            self.kinds.setdefault(words[0], {})[way] = dict(zip(self.askers, cells))

    def read_doors(self, words, _):
        method, pattern, kind, changes = words[0], words[1], words[2], words[3:]
        assert kind in self.kinds, "no such kind: " + kind
        name = "%s %s" % (method, pattern)
        assert name not in self.doors, "twice"
        changed = dict(change.split("=") for change in changes)
        assert set(changed) <= set(self.askers) | {"opens"}, "no such asker"
        self.doors[name] = (kind, changed)

    def read_objects(self, words, comment):
        """ASKER METHOD PATTERN ANSWER  or  ASKER @STORY ANSWER words: what is meant."""
        assert words[0] in self.askers, "no such asker"
        name, rest = (words[1], words[2:]) if words[1].startswith("@") else (" ".join(words[1:3]), words[3:])
        assert rest, "no answer"
        self.objects.append((words[0], name, rest[0]))
        self.meant[self.objects[-1]] = " ".join(rest[1:]) or comment

    def may(self, kind, way, changed=()):
        return [a for a in self.askers if self.kinds[kind][way][a] == "+" and a not in changed]

    def wanted(self, name, way, asker):
        kind, changed = self.doors[name]
        cell = self.kinds[kind][way][asker]
        return changed.get(asker, cell) if cell == "+" else cell


def likely_kind(route):
    """For the message to who has added a door: what its line in routes.def makes one think."""
    if route.anyone:
        return "open-event" if "{event}" in route.pattern else "open"
    if route.roles == ["device"]:
        return "device"
    kind = "org" if route.roles == ["organiser"] else "figures" if "display" in route.roles else "desk"
    return kind + "-page" if route.is_page else kind


# --- in words ------------------------------------------------------------------------------------------------------------------------------------------

def opens_to(table, kind):
    """By way, ways that are alike together: who passes."""
    groups = {}
    for way in table.ways:
        groups.setdefault(tuple(table.may(kind, way)), []).append(way)
    out = []
    for may, ways in groups.items():
        refused = [a for a in table.askers if a not in may]
        who = "everybody" if not refused else "nobody" if not may else ", ".join(may) if len(may) <= len(refused) + 4 else "all but " + ", ".join(refused)
        out.append("- %s: %s" % (", ".join(ways), who))
    return out


def page(table):
    """docs/rights.md."""
    with open(os.path.join(plenum.ROOT, "server/routes.def"), encoding="utf-8") as f:
        helps = {"%s %s" % (m, p): h for m, p, h in re.findall(r'^ROUTE\((\w+), "([^"]+)",.*, "([^"]+)"\)$', f.read(), re.M)}
    out = ["# Who may do what", "", "Written by `tests/http/rights.py --write` from `tests/fixtures/rights.txt`, which that test asks of a real server, door by door. Change it there.", "",
           "| asker | who that is |", "|---|---|"] + ["| %s | %s |" % pair for pair in table.askers.items()]
    out += ["", "| way | |", "|---|---|"] + ["| %s | %s |" % pair for pair in table.ways.items()]
    out += ["", "Who is not let in is told to sign in (a page leads there), or that it is not theirs; something that belongs to another event is \"not there\"."]
    for kind in table.kinds:
        out += ["", "## " + kind, "", table.about[kind], ""] + opens_to(table, kind) + ["", "| door | what it is |", "|---|---|"]
        for name, (of, changed) in table.doors.items():
            if of == kind:
                less = [a for a, cell in changed.items() if a != "opens"]
                out.append("| `%s` | %s%s |" % (name, helps.get(name, ""), " (not: %s)" % ", ".join(less) if less else ""))
    out += ["", "## Things of others", "", "The door opens, and what is asked for is another's.", "", "| asker | door | answer | |", "|---|---|---|---|"]
    out += ["| %s | %s | %s | %s |" % (asker, "`%s`" % name if name[0] != "@" else name[1:].replace("-", " "), answer, table.meant[asker, name, answer])
            for asker, name, answer in table.objects]
    return "\n".join(out) + "\n"


def the_page():
    with open(PAGE, encoding="utf-8") as f:
        equal(f.read() == page(world.table), True, "docs/rights.md is what tests/http/rights.py --write makes of the table")


# --- who asks --------------------------------------------------------------------------------------------------------------------------------------------

def a_browser():
    """Badge number and PIN, typed on the event's page: the browser of somebody who is in the list."""
    client = Client(world.server)
    client.csrf = csrf_of(client.get("/e/test-1").text)
    reply = client.form("/e/test-1/enter", {"number": "001", "pin": world.pin})
    if reply.status != 303:
        raise RuntimeError("badge number and PIN: %r" % reply)
    return client


def a_head():
    """A head of delegation by their own badge and its PIN, on their own phone."""
    client, badge = Client(world.server), "/d/" + world.tokens["P04"]
    pin = re.sub(r"\D", "", world.server.value("SELECT phone FROM person WHERE code = 'P04'"))[-4:]
    client.form(badge + "/pin", {"pin": pin, "next": "delegation"})
    if client.get(badge + "/delegation").status != 303:
        raise RuntimeError("a head by badge and PIN: %r" % client.get(badge + "/delegation"))
    client.csrf = csrf_of(client.get("/delegation/test-1?unit=U1").text)
    return client


def signed_in(name, role, event, unit=None):
    world.server.user(name, role, event, unit, password=doors.PASSWORD)
    return doors.sign_in(name)


def somebody_new():
    made = plenum.plenum("user", "add", "newcomer", "--role", "organiser", "--event", "test-1", data=world.server.data).stdout.split()[-1]
    client = Client(world.server)
    client.csrf = csrf_of(client.get("/login").text)
    client.form("/login", {"name": "newcomer", "password": made})
    client.csrf = csrf_of(client.get("/password").text)
    return client


def begin():
    doors.shape = shape
    doors.begin()
    server, here, there = world.server, world.here, world.there
    gone, off = server.device("test-1", "main"), signed_in("leaver", "organiser", "test-1")
    plenum.plenum("device", "revoke", gone.device, data=server.data)
    plenum.plenum("user", "disable", "leaver", data=server.data)
    world.askers = {"nobody": Client(server), "badge": a_browser(), "pinned": a_head(), "wall": here["display"], "wall2": there["display"], "gate": here["device"], "gate2": there["device"], "gone": gone,
                    "desk": here["desk"], "desk2": there["desk"], "desks": signed_in("desks", "desk", None), "head": here["head"], "head2": signed_in("head2", "head", "test-2", "U2"),
                    "org": here["organiser"], "org2": there["organiser"], "orgs": world.all, "off": off, "new": somebody_new()}
    for asker, slug in (("wall", "test-1"), ("wall2", "test-2")):
        world.askers[asker].csrf = server.value("SELECT s.csrf FROM web_session s JOIN event e ON e.id = s.event_id WHERE e.slug = ?", slug)
    world.sessions = server.rows("SELECT id_hash, kind, account_id, event_id, csrf, created_ms, expires_ms FROM web_session")
    world.pins = world.server.rows("SELECT id_hash, delegate_id, created_ms, expires_ms, kind, passed FROM pin_browser")
    world.table = Table(TABLE)
    doors.replies.clear()


# --- asking --------------------------------------------------------------------------------------------------------------------------------------------------

def over(way, address):
    """The askers with connections of that way: cookies and keys are carried along, as whoever steals them would."""
    found = {}
    for name, base in world.askers.items():
        client = found[name] = Client(world.server, key=base.key, tls=way == "https", address="127.0.0.1" if way == "here" else address)
        client.known, client.csrf_known = dict(base.cookies), base.csrf
    return found


def cell_of(reply):
    """What the table would call it."""
    to = reply.header("location") or ""
    if reply.status == 302 and to.startswith("/login?next=%2F"):
        return "in"
    if reply.status == 302 and to == "/password":
        return "pw"
    return str(reply.status)


def frozen(name, role):
    """The door with an address and a body that were made once: who is sent away before they are looked at needs no new ones each time."""
    key = name, role == "device"
    if key not in world.frozen:
        door = world.doors[name]
        body, form = door.body and door.body(role), door.form and door.form(role)
        world.frozen[key] = Door(plain(door.path(role)), body=door.body and (lambda _: body), form=door.form and (lambda _: form), status=door.status, type=door.type, raw=door.raw,
                                 kind=door.kind, method=door.method, page=door.page, send=door.send, stream=door.stream)
    return world.frozen[key]


def ask(client, asker, route, opens):
    """Afresh: no answer before it has changed what this asker is."""
    role = AS.get(asker, "stranger")
    client.cookies, client.csrf = dict(client.known), client.csrf_known
    if route.name == "POST /login":
        client.csrf = csrf_of(client.get("/login").text) or "x" * 32
    door = world.doors[route.name] if opens and not route.anyone else frozen(route.name, role)
    if route.name == "POST /login":  # a name that no account can have is told "wrong" without the 60 ms that a password takes; real sign-ins: signing_in_on_air, doors.py
        door = Door(door.path, form=lambda _: {"name": "x" * 400, "password": "x"})
    reply = door.ask(client, role)
    if route.name == "POST /logout":
        for row in world.sessions:
            world.server.write("INSERT OR IGNORE INTO web_session (id_hash, kind, account_id, event_id, csrf, created_ms, expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?)", *row)
        for row in world.pins: # a head by badge and PIN signs out of both
            world.server.write("INSERT OR IGNORE INTO pin_browser (id_hash, delegate_id, created_ms, expires_ms, kind, passed) VALUES (?, ?, ?, ?, ?, ?)", *row)
    return reply


def compare(route, way, askers):
    """One line a door and way; what differs, by asker."""
    right = world.doors[route.name].status
    right = set(right if isinstance(right, tuple) else (right,)) | {int(s) for s in world.table.doors[route.name][1].get("opens", "").split(",") if s}
    wrong = []
    for asker, client in askers.items():
        wanted = world.table.wanted(route.name, way, asker)
        reply = ask(client, asker, route, wanted == "+")
        got = cell_of(reply)
        if wanted == "+":
            good = got not in ("in", "pw") and (reply.status in right or 200 <= reply.status < 300 or reply.status == 303)
        else:
            good = got == wanted and reply.code != "csrf" and "Hồng Thắm" not in reply.text
        if not good:
            wrong.append("%s: %s instead of %s%s" % (asker, got, wanted, " (%s)" % reply.code if reply.code else ""))
    check(not wrong, "%s, %s: as the table says" % (route.name, way), "; ".join(wrong))


def the_table():
    table, known = world.table, {r.name: r for r in world.every_route}
    equal(table.faults, [], "the table is understood")
    for name in sorted(set(known) - set(table.doors)):
        check(False, "%s has a line in tests/fixtures/rights.txt" % name,
              "add below [doors], when that is what is meant:\n%-6s %s %s" % (known[name].method, known[name].pattern, likely_kind(known[name])))
    equal(sorted(set(table.doors) - set(known)), [], "no door of the table is missing in server/routes.def")
    for kind, ways in table.kinds.items():
        equal(sorted(ways), sorted(table.ways), "kind %s says something of each way" % kind)
    world.asked = [r for r in world.routes if r.name in table.doors and re.search(wish, r.name)]
    world.frozen = {}


def by(way):
    def story():
        askers = over(way, world.address)
        for route in world.asked:
            compare(route, way, askers)
    story.__name__ = way
    return story


def decide():
    """The organiser's decision is recorded; it holds from the next start on."""
    server = world.server
    equal(server.stop(), 0, "the server stops in peace")
    server.write("INSERT OR REPLACE INTO setting (name, value) VALUES ('plain_desk', '1')")
    server.start()


# --- things of others ----------------------------------------------------------------------------------------------------------------------------------------

def shape(value, event, offset):
    """A second event that shares the house and a few people, but nobody, no paper and no gate but one that the doors are asked for."""
    other = json.loads(json.dumps(event))
    other.update(slug="test-2", delegates=[d for d in other["delegates"] if d["person"] in ("P08", "P12")],
                 documents=[dict(other["documents"][0], code="agenda", title={"vi": "Nghị trình"})], gates=[other["gates"][0], dict(other["gates"][0], code="side")])
    value["events"].append(other)
    event["head_pin"] = True


def across(asker, route):
    """The asker's own event in the address, and everything else of the first event: what somebody tries who has read a number elsewhere."""
    client, role = over("here", None)[asker], AS[asker]
    client.cookies, client.csrf = dict(client.known), client.csrf_known
    door = world.doors[route.name]
    path = door.path(role)
    if "test-1" not in path:
        raise RuntimeError("%s: no event in %s" % (route.name, path))
    return cell_of(door.ask(client, role, path=path.replace("test-1", "test-2")))


def needs_object(route):
    """Its address names an event and something in it, and not everybody may."""
    return not route.anyone and "{event}" in route.pattern and len(re.findall(r"\{", route.pattern)) > 1


def things_of_others():
    table, known = world.table, {r.name: r for r in world.every_route}
    for name in sorted(n for n, r in known.items() if needs_object(r) and n not in {o[1] for o in table.objects}):
        check(False, "%s has a line below [objects] in tests/fixtures/rights.txt" % name,
              "it names an event and something in it. Add what it answers when the two do not belong together, most often:\n%s %s %s" %
              ("org2 " if known[name].roles == ["organiser"] else "desk2", name, "404"))
    for asker, name, wanted in table.objects:
        if not re.search(wish, name):
            continue
        if name.startswith("@"):
            story = rights_objects.STORIES.get(name[1:])
            equal(story(world, world.askers[asker]) if story else "no story in tests/http/rights_objects.py", wanted, "%s %s" % (asker, name))
        elif name in known:
            equal(across(asker, known[name]), wanted, "%s, %s of their own event with what belongs to another" % (name, asker))
        else:
            check(False, "%s below [objects] is a door" % name)


def signing_in_on_air():
    """What the decision is good for: the desk's accounts, and no others, with the right password."""
    for name, wanted in (("desk", 303), ("desks", 303), ("head", 403), ("organiser", 403), ("all", 403), ("leaver", 401)):
        client = Client(world.server, address=world.address)
        client.csrf = csrf_of(client.get("/login").text)
        reply = client.form("/login", {"name": name, "password": doors.PASSWORD})
        equal((reply.status, "plenum_session" in client.cookies), (wanted, wanted == 303), "decided: %s signs in over plain HTTP, or not" % name)
        if wanted == 403:
            check("<form" not in reply.text and "https://" in reply.text, "and is shown where to", reply)


def find_address():
    world.address = doors.own_address()
    check(world.address, "this machine has an address to come from that is not loopback")


wish = sys.argv[1] if len(sys.argv) > 1 else ""
if __name__ == "__main__" and wish == "--write":
    with open(PAGE, "w", encoding="utf-8") as f:
        f.write(page(Table(TABLE)))
elif __name__ == "__main__":
    plenum.run("rights", find_address, begin, the_table, the_page, things_of_others, by("https"), by("here"), by("air"), decide, by("decided"), signing_in_on_air)

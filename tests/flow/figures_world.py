"""An event of two days that is played to the real server, for tests/flow/figures.py: what is done is a list of plain steps, made from a seed before anything runs, so that a list can be
played again and cut shorter. Each step goes through a door, a page or a command as people's do; what was answered is told to the model (figures_model.py). The server's clock
stands still at a moment of ours (tests/preload/clock.c), so that each answer is of exactly that moment and the same list ends alike each time."""
import json
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import gates_kit as gk  # noqa: E402
import plenum as kit  # noqa: E402
from figures_model import DAY, MINUTE, Count, Gate, Model, Programme, Session  # noqa: E402

EVENT, HOUR = "test-1", 60 * MINUTE
CATEGORIES, UNITS = ("official", "guest", "press"), ("U0", "U1", "U2", None)
PEOPLE, BLANKS = 26, 2
GATES = {"main": "hall", "side": "hall", "exit": "hall", "annex": "annex", "dinner": "dining", "gifts": None}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "X-CSRF-Token": None}

# Zones whose clocks change in the night between the two days (or never): first day; offsets in minutes; UTC moment of the change. Rules that have been the same for years.
ZONES = {"Asia/Ho_Chi_Minh": ("2027-12-01", 420, 420, None),
         "Europe/Lisbon": ("2027-10-30", 60, 0, "2027-10-31T01:00:00.000Z"),
         "America/Havana": ("2027-03-13", -300, -240, "2027-03-14T05:00:00.000Z"),     # there is no midnight: 23:59, then 01:00
         "Australia/Lord_Howe": ("2027-10-02", 630, 660, "2027-10-02T15:30:00.000Z")}  # by half an hour


class Zone:
    def __init__(self, name):
        self.name = name
        self.first, self.before, self.after, change = ZONES[name]
        self.change = kit.time_ms(change) if change else 0

    def utc(self, day, minutes):
        """Of a local time: the first or second day, minutes since 0:00 by the clock on the wall."""
        wall = kit.time_ms(self.first + "T00:00:00.000Z") + day * DAY + minutes * MINUTE
        early, late = wall - self.before * MINUTE, wall - self.after * MINUTE
        return early if not self.change or early < self.change else max(late, self.change)

    def local(self, at):
        """Day and minutes by the clock on the wall."""
        wall = at + (self.after if self.change and at >= self.change else self.before) * MINUTE - kit.time_ms(self.first + "T00:00:00.000Z")
        return wall // DAY, wall % DAY // MINUTE

    def text(self, day, minutes):
        wall = kit.time_ms(self.first + "T00:00:00.000Z") + day * DAY + minutes * MINUTE
        return kit.time_text(wall)[:16]

    def midnights(self):
        """The first moment of each local day."""
        return [self.utc(day, 0) for day in range(5)]


# --- what is decided before --------------------------------------------------------------------------------------------------------------

def make_plan(seed):
    """Zone, programme, rule and people of this seed, and the steps."""
    rng = random.Random(seed)
    zone = Zone(rng.choice(sorted(ZONES)))

    def around(minutes):
        return minutes + rng.choice((0, 0, 0, -15, 15, 30))
    sessions = [("opening", "hall", 0, around(480), 690), ("afternoon", "hall", 0, around(810), 1020), ("gala", "hall", 0, around(1260), 1440 + around(160)),
                ("closing", "hall", 1, around(540), 720), ("last", "hall", 1, around(780), 960), ("workshop", "annex", 0, around(540), 720),
                ("talk", "annex", 0, rng.choice((690, 720, 810)), 930), ("school", "annex", 1, 600, 660), ("dinner", "dining", 0, 1080, 1230)]
    sessions = [s + (rng.random() < 0.5,) for s in sessions if s[0] in ("opening", "closing") or rng.random() < 0.85]
    people = [{"code": "P%02d" % i, "category": rng.choice(CATEGORIES[:1] * 4 + CATEGORIES), "delegation": rng.choice(UNITS[:3] * 3 + UNITS),
               "status": rng.choice(("summoned",) * 8 + ("alternate", "alternate", "withdrawn"))} for i in range(PEOPLE)]
    quorum = ("official", rng.choice(("at_least", "more_than")), rng.choice(("1/2", "2/3", "1/3", "3/4")))
    return {"zone": zone.name, "sessions": sessions, "people": people, "quorum": quorum, "group_quorum": rng.random() < 0.3, "steps": make_steps(rng, people)}


def make_steps(rng, people, most=240):
    """Two days of steps: {"do", "wait": ms before it, "n": its number, …}. Other steps are named by their number."""
    keys = [p["code"] for p in people] + ["#90%d" % (i + 1) for i in range(BLANKS)]
    steps, scans, groups = [], [], []
    kinds = ["go"] * 16 + ["batch"] * 9 + ["again"] * 3 + ["undo"] * 4 + ["group"] * 3 + ["group_undo", "reissue", "substitute", "substitute", "absence", "absence", "walk_in", "name",
             "file", "file", "group_quorum", "override", "desk", "restart", "look", "programme", "paper", "paper", "fix", "fix"]
    waits = (0, 0, 0, 1, 999, 5000, 40000, MINUTE, 3 * MINUTE, 7 * MINUTE, 20 * MINUTE, 55 * MINUTE)

    def crowd():
        """Rush hour: a quarter of the people is nearly always meant, so that things meet."""
        return rng.choice(keys[:7] if rng.random() < 0.45 else keys)

    def item(gate, n, late):
        direction = "in" if gate == "gifts" else "out" if gate == "exit" and rng.random() < 0.9 else rng.choice(("in", "in", "in", "out"))
        told = "ask"
        if late and rng.random() < 0.75:
            told = rng.choice(("handed_out", "handed_out", "refused") if gate == "gifts" else ("admitted", "admitted", "admitted", "already_in", "refused") if direction == "in"
                              else ("left", "left", "refused"))
            if gate == "gifts" and direction == "out":
                told = "refused"
        age = rng.choice((0, 0, 1, 30000, 5 * MINUTE, HOUR, 4 * HOUR, 9 * HOUR, 20 * HOUR)) if late else rng.choice((0, 0, 0, 120))
        if age > 30000:
            age += rng.randrange(-2 * MINUTE, 2 * MINUTE)
        return {"n": n, "who": crowd(), "badge": rng.choice((0, 0, 0, 0, 0, 1)), "direction": direction, "told": told, "age": age, "skew": rng.choice((0, 0, 7 * MINUTE, -3 * HOUR)),
                "ageless": late and rng.random() < 0.12}
    n = 0
    while len(steps) < most:
        kind, gate = rng.choice(kinds), rng.choice(("main", "main", "main", "side", "side", "exit", "annex", "dinner", "gifts"))
        step = {"do": kind, "wait": rng.choice(waits), "n": n}
        n += 1
        if kind in ("go", "override", "desk"):
            step.update(gate=gate, item=item(gate, n, False))
            scans.append(n)
            n += 1
        elif kind == "batch":
            count = rng.choice((1, 2, 3, 5, 9))
            step.update(gate=gate, items=[item(gate, n + i, True) for i in range(count)])
            scans += list(range(n, n + count))
            n += count
        elif kind == "again" and scans:
            step.update(of=rng.choice(scans[-12:]), told=rng.choice(("ask", "admitted", "refused", "already_in", "left", "handed_out")))
        elif kind == "undo" and scans:
            step.update(of=rng.choice(scans[-14:]), by=rng.choice(("door", "desk")))
        elif kind == "group":
            step.update(unit=rng.choice(UNITS[:3]), gate=rng.choice(("main", "main", "side", "annex")), share=rng.random())
            groups.append(step["n"])
        elif kind == "group_undo" and groups:
            step.update(of=rng.choice(groups[-2:]))
        elif kind in ("reissue", "absence", "substitute"):
            step.update(who=crowd() if kind == "reissue" else rng.choice(keys[7:]), absent=rng.random() < 0.75, excused=rng.random() < 0.6, by=rng.choice([None] + keys))
        elif kind in ("walk_in", "name"):
            step.update(category=rng.choice(CATEGORIES), unit=rng.choice(UNITS), blank=rng.choice(keys[-BLANKS:]))
            keys.append("step %d" % step["n"])
        elif kind == "file":
            step.update(who=crowd(), facts=rng.choice(({"status": "withdrawn"}, {"status": "summoned"}, {"status": "disqualified"}, {"status": "alternate"},
                                                       {"category": rng.choice(CATEGORIES)}, {"delegation": rng.choice(UNITS)})))
        elif kind == "group_quorum":
            step.update(on=rng.random() < 0.5)
        elif kind == "restart":
            step.update(kill=rng.random() < 0.5, wait=max(step["wait"], 1))
        elif kind == "programme":
            step.update(session=rng.choice(("opening", "afternoon", "gala", "closing", "talk", "dinner")), later=rng.choice((-30, 0, 0, 20, 45)), carry_over=rng.random() < 0.5)
        elif kind == "paper":
            step.update(gate=rng.choice(("main", "side", "annex", "gifts")), direction=rng.choice(("in", "in", "out")), lines=[(crowd(), rng.randrange(1, 300)) for _ in range(3)])
        elif kind == "fix":
            step.update(ago=rng.choice((None, None, None, 10, 90, 600)), category=rng.choice((None, None, "official", "guest")))
        elif kind == "look":
            step.update(jump=rng.choice(("boundary", "boundary", "before", "hour")))
        else:
            continue
        if kind == "substitute":
            keys.append("step %d" % step["n"])
        step["seed"] = rng.getrandbits(40)
        steps.append(step)
    return steps


# --- the event ------------------------------------------------------------------------------------------------------------------------------

def figures_of_units(model, at, known):
    return Count(model, at, known).units({"U0": None, "U1": "U0", "U2": "U0"})


def shape(plan, zone):
    def change(value, event, offset):
        hall = {"kind": "entry", "direction": "both", "reentry": True}
        value["people"] = [{"code": p["code"], "name": "Người %s" % p["code"], "unit": "U0"} for p in plan["people"]]
        event.update(timezone=zone.name, starts=zone.text(0, 420), ends=zone.text(1, 1080), documents=[], group_quorum=plan["group_quorum"],
                     quorum=dict(zip(("category", "rule", "fraction"), plan["quorum"])))
        event["delegates"] = [{"person": p["code"], "number": str(i + 1), "category": p["category"], "delegation": p["delegation"], "status": p["status"]}
                              for i, p in enumerate(plan["people"])]
        event["delegates"] += [{"person": None, "number": "90%d" % (i + 1), "category": "guest", "delegation": None} for i in range(BLANKS)]
        event["areas"] = [{"code": a, "title": {"vi": a}} for a in ("hall", "annex", "dining")]
        event["gates"] = [dict(hall, code=c, area=a, title={"vi": c}) if a else {"code": c, "title": {"vi": c}, "kind": "handout"} for c, a in GATES.items()]
        for gate in event["gates"]:
            gate.update({"side": {"admits": ["official", "guest"]}, "exit": {"direction": "out"}, "dinner": {"direction": "in", "reentry": False},
                         "gifts": {"admits": ["official", "press"]}}.get(gate["code"], {}))
        event["sessions"] = [{"code": c, "title": {"vi": c}, "starts": zone.text(d, b), "ends": zone.text(d, e), "area": a, "carry_over": over} for c, a, d, b, e, over in plan["sessions"]]
    return change


class World:
    """The server with its clock, its doors and its staff, and the model beside it."""

    def __init__(self, plan):
        self.plan, self.zone = plan, Zone(plan["zone"])
        self.server = kit.Server("figures")
        self.clock = gk.Clock(self.server.folder, "server")
        self.now = self.zone.utc(0, 400)
        self.clock.stand_at(self.now)
        os.environ.update({k: v for k, v in self.clock.environment().items() if k in ("LD_PRELOAD", "PLENUM_TEST_CLOCK", "ASAN_OPTIONS")})  # for commands too
        self.file = kit.small_event(self.server.folder, shape(plan, self.zone))
        self.server.load(self.file)
        self.server.start()
        self.doors = {g: self.server.device(EVENT, g) for g in GATES}
        self.staff = {name: None for name in ("organiser", "desk")}
        self.words = {name: self.server.user(name, name, EVENT) for name in self.staff}
        self.offsets, self.answers, self.fixed = {}, {}, {}
        self.sent, self.groups, self.codes, self.tries = {}, {}, {}, {}
        self.model = self.make_model()

    def make_model(self):
        plan, z = self.plan, self.zone
        sessions = [Session(c, a, z.utc(d, b), z.utc(d, e), over) for c, a, d, b, e, over in plan["sessions"]]
        model = Model(Programme(("hall", "annex", "dining"), [Gate(c, a) for c, a in GATES.items()], sessions, z.midnights(), plan["quorum"], z.utc(1, 1080)))
        model.group_quorum = plan["group_quorum"]
        self.codes = {"#90%d" % (i + 1): "90%d" % (i + 1) for i in range(BLANKS)}
        for p in plan["people"]:
            model.person(p["code"], 0, "file", category=p["category"], delegation=p["delegation"], status=p["status"])
            self.codes[p["code"]] = p["code"]
        for i in range(BLANKS):
            model.person("#90%d" % (i + 1), 0, "file", category="guest", named=False)
        return model

    # --- who speaks

    def by(self, name):
        """Signed in, anew where the session has ended."""
        client = self.staff[name]
        if client and client.get("/password").status == 200:
            return client
        if client:
            client.close()
        self.staff[name] = self.server.sign_in(name, self.words[name])
        return self.staff[name]

    def api(self, staff, method, path, **body):
        body.setdefault("request", self.uuid())
        return self.by(staff).request(method, "/api/v1/events/%s/delegates%s" % (EVENT, path), body)

    def uuid(self):
        value = self.now << 80 | 7 << 76 | self.rng.getrandbits(12) << 64 | 2 << 62 | self.rng.getrandbits(62)
        text = "%032x" % value
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))

    def person_of(self, code):
        return next(k for k, c in self.codes.items() if c == code)

    def badge(self, key, back=0):
        """What hangs around their neck; `back`: the lost one before it, where there is one."""
        rows = self.server.rows("SELECT c.token FROM credential c JOIN delegate d ON d.id = c.delegate_id LEFT JOIN person p ON p.id = d.person_id "
                                "WHERE COALESCE(p.code, d.number) = ? ORDER BY c.issue DESC, c.id DESC", self.codes[key])
        return rows[min(back, len(rows) - 1)][0] if rows else "ZZZZZZZZZZZZZZZZ"

    # --- steps

    def play(self, step):
        """False: the step had nothing to do (it names something that was not done)."""
        self.rng = random.Random(step["seed"])
        before = self.now
        self.now += step["wait"]
        if step["do"] == "look":
            self.jump(step["jump"])
        if self.now >= self.model.programme.midnights[2]:
            self.now = before + 1  # of the days after the event nothing is promised
        self.clock.stand_at(self.now)
        return getattr(self, "do_" + step["do"])(step)

    def jump(self, where):
        p = self.model.programme
        moments = sorted(m for m in [s.starts for s in p.sessions] + [s.ends for s in p.sessions] + p.midnights if m > self.now and m < p.ends)
        if where == "hour" or not moments:
            self.now += HOUR
        else:
            self.now = moments[0] - (where == "before")

    def do_look(self, step):
        return True

    def body(self, item, gate):
        if item["who"] not in self.codes:
            return None
        true = self.now - item["age"]
        value = {"scan_id": self.uuid(), "token": self.badge(item["who"], item["badge"]), "gate": gate, "direction": item["direction"],
                 "scanned_at": kit.time_text(true + item["skew"]), "age_ms": None if item["ageless"] else item["age"], "decision": item["told"], "roster": None}
        if item["ageless"]:  # the offset that was measured last speaks for it
            true = min(self.now, true + item["skew"] - self.offsets.get(gate, 0))
        return {"value": value, "true": true, "who": item["who"], "gate": gate}

    def record(self, n, sent, result, group=False):
        """Tells the model what was answered; what is not in the right form stands in no record."""
        kit.equal(result["scan_id"], sent["value"]["scan_id"], "step %d: the answer is this scan's" % n) if result["scan_id"] != sent["value"]["scan_id"] else None
        self.sent[n] = sent
        if result["outcome"] == "invalid":
            return
        key = self.person_of(result["person"]["code"] or result["person"]["number"]) if result["person"] else None
        sent["scan"] = self.model.scan(self.now, sent["true"], key, sent["gate"], sent["value"]["direction"], result["outcome"], group)
        sent["asked"] = sent["value"]["decision"] == "ask"

    def post(self, gate, numbered, client=None, query=""):
        numbered = [(n, sent) for n, sent in numbered if sent]
        if not numbered:
            return False
        body = [sent["value"] for _, sent in numbered]
        reply = (client or self.doors[gate]).post("/api/v1/checkins" + query, body if len(body) > 1 else body[0])
        if reply.status != 200:
            raise RuntimeError("check-ins: %r" % reply)
        for (n, sent), result in zip(numbered, reply.json()["results"]):
            self.record(n, sent, result)
        for sent in body if not client else ():
            self.measure(gate, sent)
        return True

    def measure(self, gate, sent):
        if sent["age_ms"] is not None:
            self.offsets[gate] = kit.time_ms(sent["scanned_at"]) - (self.now - sent["age_ms"])

    def do_go(self, step):
        return self.post(step["gate"], [(step["item"]["n"], self.body(step["item"], step["gate"]))])

    def do_batch(self, step):
        return self.post(step["gate"], [(i["n"], self.body(i, step["gate"])) for i in step["items"]])

    def do_override(self, step):
        sent = self.body(step["item"], step["gate"])
        if sent:
            sent["value"]["override"] = "because"
        return self.post(step["gate"], [(step["item"]["n"], sent)], self.by("desk"), "?event=" + EVENT)

    def do_desk(self, step):
        """Looked up by name: no badge is read."""
        sent = self.body(step["item"], step["gate"])
        if sent:
            sent["value"].pop("token")
            sent["value"]["delegate"] = self.codes[sent["who"]]
        return self.post(step["gate"], [(step["item"]["n"], sent)], self.by("desk"), "?event=" + EVENT)

    def do_again(self, step):
        """The answer was lost: the same once more, or with what the door told meanwhile."""
        sent = self.sent.get(step["of"])
        if not sent or "scan" not in sent or "token" not in sent["value"] or "override" in sent["value"]:
            return False
        value = dict(sent["value"], decision=step["told"])
        if value["age_ms"] is not None:
            value["age_ms"] += self.now - sent["scan"].received
        result = self.doors[sent["gate"]].post("/api/v1/checkins", value).json()["results"][0]
        self.measure(sent["gate"], value)
        if result["outcome"] == "invalid":
            return True
        before = self.model.outcome(sent["scan"], self.now)
        told_after_all = sent["asked"] and step["told"] not in ("ask", before)
        if told_after_all:
            sent["asked"] = False
            if (before, step["told"]) != ("admitted", "already_in"):
                sent["scan"].told.append((self.now, step["told"]))
        kit.check((result["outcome"], result["replayed"]) == (self.model.outcome(sent["scan"], self.now), True), "step %d: a scan that comes again" % step["n"],
                  (result, before, step["told"])) if result["outcome"] != self.model.outcome(sent["scan"], self.now) or not result["replayed"] else None
        return True

    def do_undo(self, step):
        sent = self.sent.get(step["of"])
        if not sent or "scan" not in sent:
            return False
        who, query = (self.by("desk"), "?event=" + EVENT) if step["by"] == "desk" else (self.doors[sent["gate"]], "")
        reply = who.post("/api/v1/checkins/%s/undo%s" % (sent["value"]["scan_id"], query), {})
        late = self.now - sent["scan"].received > 15 * MINUTE and sent["scan"].undone is None
        if late and reply.status == 200:
            kit.check(False, "step %d: after 15 minutes nothing is taken back" % step["n"], reply)
        if reply.status == 200 and sent["scan"].undone is None:
            sent["scan"].undone = self.now
        return True

    # --- groups

    def form(self, act, people=(), **fields):
        client = self.by("desk")
        pairs = list(dict(fields, csrf=client.csrf).items()) + [("person", p) for p in people]
        return client.request("POST", "/delegation/%s/%s" % (EVENT, act), kit.urllib.parse.urlencode(pairs).encode(), FORM)

    def do_group(self, step):
        facts = {k: self.model.facts(k, self.now) for k in self.codes}
        people = [k for k, f in facts.items()
                  if f and f["delegation"] == step["unit"] and f["named"] and f["status"] in ("summoned", "alternate") and self.rng.random() < step["share"]]
        if not people:
            return False
        group = self.uuid()
        reply = self.form("checkin", [self.codes[k] for k in people], unit=step["unit"], gate=step["gate"], group=group)
        if reply.status != 303:
            raise RuntimeError("group of %s: %r" % (sorted((k, facts[k]["delegation"]) for k in people), reply.text[-500:]))
        rows = json.loads(kit.plenum("export", "checkins", "--event", EVENT, "--format", "json", data=self.server.data).stdout)
        known = {g["id"] for g in self.groups.values()}
        mine = [r for r in rows if r.get("group") is not None and r["group"] not in known and r["received_at"] == kit.time_text(self.now)]
        kit.check(sorted(r["person"] for r in mine) == sorted(self.codes[k] for k in people), "step %d: each of the group has a scan" % step["n"], mine) if len(mine) != len(people) else None
        made = [self.model.scan(self.now, kit.time_ms(r["received_at"]), self.person_of(r["person"]), step["gate"], "in", r["outcome"], True) for r in mine]
        self.groups[step["n"]] = {"id": mine[0]["group"], "request": group, "unit": step["unit"], "scans": made, "made": self.now, "undone": False}
        return True

    def do_group_undo(self, step):
        group = self.groups.get(step["of"])
        if not group:
            return False
        seen = {id(s) for s in group["scans"] if self.is_seen(s)}
        reply = self.form("undo", unit=group["unit"], group=group["request"])
        if reply.status != 303 or group["undone"]:
            return True
        group["undone"] = True
        if self.now - group["made"] > 15 * MINUTE:
            kit.check(False, "step %d: after 15 minutes no group is taken back" % step["n"], reply)
        for s in group["scans"]:
            if s.outcome == "admitted" and s.undone is None and id(s) not in seen:
                s.undone = self.now
        return True

    def is_seen(self, scan):
        """Whether somebody of a group is in by their own badge: it was read since, or they came before."""
        for stay in self.model.stays(scan.person, self.now, self.now):
            if stay.group and stay.begin == scan.true and stay.gate == scan.gate:
                return stay.seen is not None
        return True

    # --- the list

    def do_reissue(self, step):
        if step["who"] not in self.codes:
            return False
        old = self.badge(step["who"])
        reply = self.by("desk").post("/api/v1/events/%s/delegates/%s/reissue" % (EVENT, self.codes[step["who"]]), {"reason": "lost"})
        if reply.status == 201:
            value = {"scan_id": self.uuid(), "token": old, "gate": "main", "direction": "in", "scanned_at": kit.time_text(self.now), "age_ms": 0, "decision": "ask", "roster": None}
            result = self.doors["main"].post("/api/v1/checkins", value).json()["results"][0]
            self.offsets["main"] = 0
            if (result["outcome"], result["reason"]) != ("refused", "revoked"):
                kit.check(False, "step %d: a badge that was replaced opens nothing" % step["n"], result)
            if self.badge(step["who"]) == old:
                kit.check(False, "step %d: there is a new badge" % step["n"], reply)
            self.record(step["n"], {"value": value, "true": self.now, "who": step["who"], "gate": "main"}, result)
        return True

    def do_absence(self, step):
        if step["who"] not in self.codes:
            return False
        reply = self.api("desk", "PUT", "/%s/absence" % self.codes[step["who"]], absent=step["absent"], excused=step["excused"], reason="sốt")
        if reply.status in (200, 201) and not reply.json()["again"]:
            self.model.person(step["who"], self.now, absence=("excused" if step["excused"] else "unexcused") if step["absent"] else None)
        return True

    def do_substitute(self, step):
        if step["who"] not in self.codes or step["by"] is not None and step["by"] not in self.codes:
            return False
        who = {"person": self.codes[step["by"]]} if step["by"] else {"name": "Người thay %d" % step["n"]}
        reply = self.api("desk", "POST", "/%s/substitute" % self.codes[step["who"]], **who)
        if reply.status != 201:
            return True
        old = self.model.facts(step["who"], self.now)
        key = step["by"] or "step %d" % step["n"]
        self.codes[key] = reply.json()["code"]
        self.model.person(step["who"], self.now, status="replaced")
        self.model.person(key, self.now, status="summoned", category=old["category"], delegation=old["delegation"], replaces=step["who"],
                          absence=None)  # that they would not come was said of the alternate
        return True

    def do_walk_in(self, step):
        reply = self.api("organiser", "POST", "", name="Người mới %d" % step["n"], category=step["category"], unit=step["unit"])
        if reply.status == 201:
            self.codes["step %d" % step["n"]] = reply.json()["code"]
            self.model.person("step %d" % step["n"], self.now, category=step["category"], delegation=step["unit"])
        return True

    def do_name(self, step):
        """A blank badge gets its name: it is the same delegate, with what its badge did before."""
        if self.codes.get(step["blank"], "")[:2] != "90":
            return False
        reply = self.api("desk", "POST", "/%s/name" % self.codes[step["blank"]], name="Người có tên %d" % step["n"], unit=step["unit"])
        if reply.status == 201:
            self.codes[step["blank"]] = reply.json()["code"]
            facts = self.model.facts(step["blank"], self.now)
            self.model.person(step["blank"], self.now, named=True, category=facts["category"], delegation=facts["delegation"] or step["unit"])
        return True

    def do_paper(self, step):
        """What was ticked on a list while the power was off, typed later."""
        if step["gate"] == "gifts" and step["direction"] == "out":
            return False
        if self.by("desk").get("/api/v1/events/%s/paper-list.pdf" % EVENT).status != 200:  # who is new gets a row of their own
            raise RuntimeError("paper list")
        lines, moments = [], {}
        for who, ago in step["lines"]:
            at = (self.now - ago * MINUTE) // MINUTE * MINUTE
            code = self.server.value("SELECT r.code FROM row_code r JOIN delegate d ON d.id = r.delegate_id LEFT JOIN person p ON p.id = d.person_id "
                                     "WHERE COALESCE(p.code, d.number) = ?", self.codes.get(who))
            day, minute = self.zone.local(at)
            if code and who not in moments and day == self.zone.local(self.now)[0] and self.zone.utc(day, minute) == at:
                lines.append("%s %02d:%02d" % (code, minute // 60, minute % 60))
                moments[who] = at
        if not lines:
            return False
        body = {"gate": step["gate"], "direction": step["direction"], "date": self.zone.text(self.zone.local(self.now)[0], 0)[:10], "text": "\n".join(lines)}
        reply = self.by("desk").post("/api/v1/events/%s/paper-scans" % EVENT, body)
        if reply.status != 200:
            raise RuntimeError("paper: %r" % reply)
        for r in reply.json()["results"] if not reply.json()["wrong"] else ():
            if r["again"] or not r["scan_id"]:
                continue
            key = next(k for k in moments if self.codes[k] in (self.server.value("SELECT COALESCE(p.code, d.number) FROM scan s JOIN delegate d ON d.id = s.delegate_id "
                                                                                 "LEFT JOIN person p ON p.id = d.person_id WHERE s.scan_id = ?", r["scan_id"]),))
            if kit.time_ms(r["at"]) != moments[key]:
                kit.check(False, "step %d: the minute that was typed" % step["n"], (r, moments[key]))
            self.model.scan(self.now, moments[key], key, step["gate"], step["direction"], r["outcome"], False)
        return True

    def do_programme(self, step):
        """The chair moves a session: what was counted is counted by the new programme."""
        p = self.model.programme
        session = next((s for s in p.sessions if s.code == step["session"]), None)
        at = next((s for s in self.plan["sessions"] if s[0] == step["session"]), None)
        if not session:
            return False
        moved = at[4] + step["later"]
        self.load({"sessions": [{"code": session.code, "ends": self.zone.text(at[2], moved), "carry_over": step["carry_over"]}]})
        session.ends, session.carry_over = self.zone.utc(at[2], moved), step["carry_over"]
        return True

    def load(self, event):
        path = os.path.join(self.server.folder, "newer.json")
        with open(path, "w", encoding="utf-8") as f:
            json.dump({"format": "plenum-events/1", "events": [dict(event, slug=EVENT)]}, f)
        self.server.load(path, "--event", EVENT)

    def do_file(self, step):
        """The office sends a newer list in the midst of it."""
        if step["who"] not in self.codes or not self.model.facts(step["who"], self.now)["named"]:
            return False
        self.load({"delegates": [dict(step["facts"], person=self.codes[step["who"]])]})
        facts = dict(step["facts"])
        if self.model.facts(step["who"], self.now)["status"] == "replaced":  # for whom the desk found a substitute stays replaced
            facts.pop("status", None)
        self.model.person(step["who"], self.now, "file", **facts)
        return True

    def do_group_quorum(self, step):
        reply = self.by("organiser").form("/admin/%s/heads" % EVENT, {"group_quorum": "1" if step["on"] else "0", "head_pin": "0"})
        if reply.status != 303:
            raise RuntimeError("group quorum: %r" % reply)
        self.model.group_quorum = step["on"]
        return True

    # --- what is declared

    def fixed_door(self, number="", query=""):
        return "/api/v1/events/%s/figures/fixed%s%s" % (EVENT, "/%d" % number if number else "", query)

    def do_fix(self, step):
        at = self.now if step["ago"] is None else max(self.now - step["ago"] * MINUTE, self.model.programme.midnights[0])
        body = {"request": self.uuid(), "label": "bước %d" % step["n"], "at": None if step["ago"] is None else kit.time_text(at), "category": step["category"], "seen": None}
        reply = self.by("organiser").post(self.fixed_door(), body)
        if reply.status != 201:
            raise RuntimeError("fix: %r" % reply)
        number = reply.json()["id"]
        if self.by("organiser").post(self.fixed_door(), body).json().get("id") != number:
            kit.check(False, "step %d: sent twice, fixed once" % step["n"])
        self.fixed[number] = {"at": at, "known": self.now, "category": step["category"], "told": self.one_fixed(number), "list": self.fixed_list(number)}
        return True

    def one_fixed(self, number):
        value = self.by("organiser").get(self.fixed_door(number)).json()
        return {k: v for k, v in value.items() if k not in ("now_would_be", "changes")}

    def fixed_list(self, number):
        return self.by("organiser").get(self.fixed_door(number, "/people?reasons=1")).text

    def do_restart(self, step):
        if step["kill"]:
            self.server.kill()
        else:
            self.server.stop()
        for client in list(self.doors.values()) + [c for c in self.staff.values() if c]:
            client.close()
        self.server.start()
        return True

    # --- what is told

    def stats(self, query=""):
        """As a program asks again: with the validator of the last answer to this question. What is not new is as it was."""
        path = "/api/v1/events/%s/stats%s" % (EVENT, query + ("&" if query else "?") + "units=1")
        tag, last = self.answers.get(path, (None, None))
        reply = self.doors["main"].request("GET", path, headers={"If-None-Match": tag})
        if reply.status == 304 and last:
            return last
        if reply.status != 200:
            raise RuntimeError("stats%s: %r" % (query, reply))
        self.answers[path] = (reply.header("etag"), reply.json())
        return reply.json()

    def close(self):
        self.server.kill()
        for client in list(self.doors.values()) + [c for c in self.staff.values() if c]:
            client.close()
        self.server.log_kept = self.server.log_text()

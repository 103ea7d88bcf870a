"""The figures of an event (DESIGN.md §6 and §8, docs/decisions/0001, 0029, 0036, 0043, 0050) once more, as plainly as Python can say them, from the words and not from the C code: a
list of what happened in the order in which it became known, walked anew for every question. It reads no database: what it knows are the answers that doors, desks and pages gave."""
import fractions

MINUTE, DAY = 60000, 86400000
FOREVER = 1 << 62


class Session:
    def __init__(self, code, area, starts, ends, carry_over):
        self.code, self.area, self.starts, self.ends, self.carry_over = code, area, starts, ends, carry_over


class Gate:
    def __init__(self, code, area):
        self.code, self.area = code, area  # area None: a hand-out


class Programme:
    """What was decided before anybody came. `midnights`: of every local day, from the first one on."""

    def __init__(self, areas, gates, sessions, midnights, quorum, ends):
        self.areas, self.gates, self.midnights, self.quorum, self.ends = areas, {g.code: g for g in gates}, midnights, quorum, ends
        self.sessions = sorted(sessions, key=lambda s: s.starts)

    def day_of(self, at):
        """Beginning and end of the local day; what lies before the event belongs to its first day."""
        begin = max([m for m in self.midnights if m <= at], default=self.midnights[0])
        return begin, min(m for m in self.midnights if m > at and m > begin)

    def block_end(self, area, at):
        """Presence ends with the session's block, and where no session follows with the day."""
        end_of_day = self.day_of(at)[1]
        here = [s for s in self.sessions if s.area == area and s.starts < end_of_day]
        while here and here[0].ends <= at:
            here.pop(0)
        if not here:
            return end_of_day
        run = [here[0]]
        for s in here[1:]:
            if not run[-1].carry_over:
                break
            run.append(s)
        return max(s.ends for s in run)

    def quorum_session(self, at):
        """The one of the first area that is on, else the next of that day; None: the day itself."""
        end_of_day = self.day_of(at)[1]
        for s in self.sessions:
            if s.area == self.areas[0] and at < s.ends and s.starts < end_of_day:
                return s
        return None

    def quorum_window(self, session, at):
        """From when on people count: from the end of the session before it in that room on the day on which it begins, else from midnight."""
        begin = self.day_of(session.starts if session else at)[0]
        if session:
            begin = max([begin] + [s.ends for s in self.sessions if s.area == session.area and s.ends <= session.starts])
        return begin


class Scan:
    """A reading, or one person of a group, as it was answered."""

    def __init__(self, order, received, true, person, gate, direction, outcome, group):
        self.order, self.received, self.true, self.person, self.gate = order, received, true, person, gate
        self.direction, self.outcome, self.group = direction, outcome, group
        self.undone = None       # when it was taken back
        self.told = []           # (when, outcome): what the door told after all


class Stay:
    def __init__(self, area, gate, begin, until, group):
        self.area, self.gate, self.begin, self.until = area, gate, begin, until
        self.seen = None if group else begin  # when the person's own badge was read
        self.group = group


class Model:
    def __init__(self, programme):
        self.programme = programme
        self.people = {}     # key -> {"category", "delegation", "status", "absence", "replaces", "named"}, by time: [(when, facts)]
        self.scans = []
        self.group_quorum = False  # as the organiser decides today, for every moment

    # --- what becomes known

    def person(self, key, when, by="desk", **facts):
        """What is true of somebody from `when` on; the rest stays. What a file says leaves no trace of when: it was always so."""
        history = self.people.setdefault(key, [])
        before = dict(history[-1][3]) if history else None
        now = dict(before or {"category": None, "delegation": None, "status": "summoned", "absence": None, "replaces": None, "named": True}, **facts)
        history.append((when, by, before, now, set(facts)))

    def scan(self, *args):
        self.scans.append(Scan(len(self.scans), *args))
        return self.scans[-1]

    # --- what was known

    def facts(self, key, at, known=None):
        """What stood on the list at a moment: today's row, and what the desk changed since taken back, the newest first. Who was not listed yet has today's place, and is not expected. An
        absence is knowledge, not a change of the list."""
        known = at if known is None else known
        facts = dict(self.people[key][-1][3], listed=True)
        for when, by, before, _, changed in reversed(self.people[key]):
            if by == "file" or when <= (known if changed == {"absence"} else min(at, known)):
                continue
            if before is None:
                facts["listed"] = False
            else:
                facts.update({name: before[name] for name in changed})
        return facts

    def readings(self, key, at, known):
        """Of one person, in the order of true time: what counts."""
        mine = [s for s in self.scans if s.person == key and s.received <= known and s.true <= at and not (s.undone is not None and s.undone <= known)]
        return sorted(mine, key=lambda s: (s.true, s.received, s.order))

    @staticmethod
    def outcome(scan, known):
        outcome = scan.outcome
        for when, told in scan.told:
            if when <= known:
                outcome = told
        return outcome

    def stays(self, key, at, known):
        """Who was where from when to when, in true time."""
        out, now = [], None
        for s in self.readings(key, at, known):
            area, outcome = self.programme.gates[s.gate].area, self.outcome(s, known)
            if now and now.until <= s.true:
                now = None  # the programme had ended it
            if area is None or outcome not in ("admitted", "already_in", "left"):
                continue
            if outcome == "left":
                if now and now.area == area:
                    now.until, now = s.true, None
            elif now and now.area == area:
                if not s.group and now.seen is None:
                    now.seen = s.true
            elif outcome == "admitted":
                if now:
                    now.until = s.true  # entering one room is leaving the other
                now = Stay(area, s.gate, s.true, self.programme.block_end(area, s.true), s.group)
                out.append(now)
        return out

    # --- figures

    def stats(self, at, known=FOREVER):
        return Count(self, at, known).stats()


class Count:
    """All figures of one moment, as known at one moment."""

    def __init__(self, model, at, known):
        self.model, self.p, self.at, self.known = model, model.programme, at, known
        self.facts = {k: model.facts(k, at, known) for k in model.people}
        self.stays = {k: model.stays(k, at, known) for k in self.facts}
        self.hall = {k: [s for s in stays if s.area == self.p.areas[0]] for k, stays in self.stays.items()}
        self.group_counts = model.group_quorum

    def is_in(self, stay, at=None):
        at = self.at if at is None else at
        return stay.begin <= at < stay.until

    @staticmethod
    def expects(facts):
        return facts["listed"] and facts["status"] == "summoned" and facts["named"]

    def is_expected(self, key):
        return self.expects(self.facts[key])

    def count(self, keys):
        keys = list(keys)
        return {"expected": sum(self.is_expected(k) for k in keys), "attended": sum(bool(self.hall[k]) for k in keys),
                "present": sum(any(self.is_in(s) for s in self.hall[k]) for k in keys)}

    def by(self, fact):
        values = {f[fact] for f in self.facts.values() if f[fact] is not None}
        return {v: self.count(k for k, f in self.facts.items() if f[fact] == v) for v in values}

    def gate(self, gate):
        if gate.area is None:
            given = {s.person for k in self.facts for s in self.model.readings(k, self.at, self.known)
                     if s.gate == gate.code and self.model.outcome(s, self.known) == "handed_out"}
            return {"attended": len(given), "present": 0}
        mine = [[s for s in stays if s.gate == gate.code] for stays in self.stays.values()]
        return {"attended": sum(bool(s) for s in mine), "present": sum(any(map(self.is_in, s)) for s in mine)}

    def session(self, session):
        mine = [[s for s in stays if s.area == session.area] for stays in self.stays.values()]
        was = [any(s.begin < session.ends and s.until > session.starts for s in stays) for stays in mine]
        now = session.starts <= self.at < session.ends
        return {"attended": sum(was), "present": sum(now and any(map(self.is_in, stays)) for stays in mine)}

    # --- the quorum

    def counts_from(self, stay):
        """Hearsay counts only where the organiser decided so."""
        return stay.begin if self.group_counts else stay.seen

    def required(self, eligible):
        _, rule, fraction = self.p.quorum
        share = fractions.Fraction(fraction) * eligible
        return -(-share.numerator // share.denominator) if rule == "at_least" else share.numerator // share.denominator + 1

    def voters(self, at):
        """Who is eligible at a moment, by the list of that moment."""
        return [k for k in self.model.people for f in [self.model.facts(k, at, self.known)] if self.expects(f) and f["category"] == self.p.quorum[0]]

    def assembly(self, at):
        """How many are eligible at a moment, how many of them count as present, and whether that is enough."""
        voters = self.voters(at)
        here = sum(any(self.counts_from(s) is not None and self.counts_from(s) <= at < s.until for s in self.hall[k]) for k in voters)
        return len(voters), here, bool(voters) and here >= self.required(len(voters))

    def moments(self, begin, until):
        """When it may have changed: somebody came, was seen, went, or came onto the list."""
        stays = [s for stays in self.hall.values() for s in stays]
        turns = {m for s in stays for m in (s.begin, s.seen, s.until) if m is not None} | {when for h in self.model.people.values() for when, *_ in h}
        return [begin] + sorted(m for m in turns if begin < m <= until)

    def history(self, session):
        """How the quorum was in a session (None: the day): from its window's begin to the moment, or to its end."""
        begin = self.p.quorum_window(session, self.at)
        over = session is not None and session.ends <= self.at
        last = session.ends - 1 if over else self.at
        periods, most = [], 0
        for moment in self.moments(min(begin, last), last):
            _, here, met = self.assembly(moment)
            most = max(most, here)
            if met and (not periods or periods[-1][1] is not None):
                periods.append([max(moment, begin), None])
            elif not met and periods and periods[-1][1] is None:
                periods[-1][1] = moment
        lost = periods[-1][1] if periods else None
        eligible, here, met = self.assembly(last)
        if over and met:
            periods[-1][1] = session.ends
        return {"session": session.code if session else None, "required": self.required(eligible), "eligible": eligible, "present": here, "most": most, "reached": bool(periods),
                "since": periods[0][0] if periods else None, "lost": lost, "periods": [{"from": b, "until": u} for b, u in periods]}

    def quorum(self):
        if not self.p.quorum:
            return None
        now = self.history(self.p.quorum_session(self.at))
        said = sum(self.is_in(s) and not (s.seen is not None and s.seen <= self.at) for k in self.voters(self.at) for s in self.hall.get(k, ()))
        return dict({k: now[k] for k in ("session", "eligible", "required", "present", "reached", "since")}, category=self.p.quorum[0], by_group=said, group_counts=self.group_counts)

    def quorums(self):
        """Of every session of the first area so far, and of the next."""
        if not self.p.quorum:
            return []
        return [self.history(s) for s in self.p.sessions if s.area == self.p.areas[0] and (s.starts <= self.at or s is self.p.quorum_session(self.at))]

    # --- who else

    def absent(self):
        missing = [f for k, f in self.facts.items() if self.is_expected(k) and not self.hall[k]]
        excused = sum(f["absence"] == "excused" for f in missing)
        return {"total": len(missing), "excused": excused, "unexcused": len(missing) - excused}

    def fixed(self, keys):
        """What a committee declares: of the expected, who is here, who was, who is absent; besides, which alternates are here, and who was not on the list yet (not: who lost the mandate)."""
        keys = list(keys)
        expected = [k for k in keys if self.is_expected(k)]
        here = [k for k in keys if any(map(self.is_in, self.hall[k]))]
        missing = [k for k in expected if not self.hall[k]]
        excused = sum(self.facts[k]["absence"] == "excused" for k in missing)
        today = {k: self.model.people[k][-1][3] for k in here}
        others = [k for k in here if k not in expected and today[k]["named"] and today[k]["status"] in ("summoned", "alternate")]
        return {"expected": len(expected), "attended": len(expected) - len(missing), "present": len(set(here) & set(expected)),
                "absent": {"total": len(missing), "excused": excused, "unexcused": len(missing) - excused}, "alternates": len(others),
                "substitutes": sum(bool(self.hall[k]) and self.facts[k]["replaces"] is not None for k in expected),
                "by_group": sum(any(self.is_in(s) and not (s.seen is not None and s.seen <= self.at) for s in self.hall[k]) for k in expected)}

    def state(self, key):
        return "present" if any(map(self.is_in, self.hall[key])) else "attended" if self.hall[key] else "absent"

    def arrivals(self):
        """Everybody's first arrival of the day; who was in over midnight does not arrive."""
        begin, now = self.p.day_of(self.at)[0], self.at // MINUTE
        first = sorted(min(today) for stays in self.hall.values() for today in [[s.begin for s in stays if s.begin >= begin]] if today)
        minutes, step = [], 1
        if first:
            span = now - first[0] // MINUTE + 1
            step = -(-span // 240)
            minutes = [sum((m // MINUTE - first[0] // MINUTE) // step == i for m in first) for i in range(-(-span // step))]
        return {"per_minute": sum(m // MINUTE == now - 1 for m in first), "first": first[0] if first else None, "last": first[-1] if first else None,
                "from": first[0] // MINUTE * MINUTE if first else None, "step": step, "minutes": minutes}

    def corrected(self):
        """Scans of today that were told more than a minute late, changed who was in or had what, and stand."""
        begin = self.p.day_of(self.at)[0]
        return sum(s.received >= begin and s.received - s.true > MINUTE and self.model.outcome(s, self.known) in ("admitted", "left", "handed_out")
                   for k in self.facts for s in self.model.readings(k, self.at, self.known))

    def units(self, parents):
        """Each with all beneath it."""
        def chain(unit):
            return [] if unit is None else [unit] + chain(parents[unit])
        return {u: self.count(k for k, f in self.facts.items() if u in chain(f["delegation"])) for u in parents}

    def stats(self):
        value = self.count(self.facts)
        value["by_category"] = self.by("category")
        value["by_delegation"] = {d: c for d, c in self.by("delegation").items() if c["expected"] or c["attended"]}
        value["by_gate"] = {code: self.gate(g) for code, g in self.p.gates.items()}
        value["by_session"] = {s.code: self.session(s) for s in self.p.sessions}
        value.update(quorum=self.quorum(), quorums=self.quorums(), absent=self.absent(), arrivals=self.arrivals(), corrected=self.corrected())
        value["substitutes"] = sum(self.is_expected(k) and f["replaces"] is not None and bool(self.hall[k]) for k, f in self.facts.items())
        value["unsummoned"] = sum(not self.is_expected(k) and any(self.is_in(s) for s in self.hall[k]) for k in self.facts)
        value["by_group"] = sum(any(self.is_in(s) and not (s.seen is not None and s.seen <= self.at) for s in self.hall[k]) for k in self.facts)
        return value

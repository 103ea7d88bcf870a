"""The scanning rules of DESIGN.md §6 and §8 once more, as plainly as Python can say them: every list is walked anew for every question. What
the server keeps in counters is compared with this."""


class Gate:
    def __init__(self, code, area, admits=None, lets_out=True, reentry=True, lets_in=True):
        self.code, self.area, self.admits, self.lets_out, self.reentry, self.lets_in = code, area, admits, lets_out, reentry, lets_in  # area None: a hand-out


class Person:
    def __init__(self, code, category, delegation, status="summoned"):
        self.code, self.category, self.delegation, self.status = code, category, delegation, status


class Scan:
    def __init__(self, person, gate, direction, true_ms, order):
        self.person, self.gate, self.direction, self.true_ms, self.order = person, gate, direction, true_ms, order
        self.outcome = self.reason = None
        self.conflict = self.undone = False


class Model:
    """An event without sessions and capacities, inside one day."""

    def __init__(self, people, gates, first_area):
        self.people = {p.code: p for p in people}
        self.gates = {g.code: g for g in gates}
        self.first_area = first_area
        self.scans = []

    def effective(self, person):
        mine = [s for s in self.scans if s.person == person and not s.undone]
        return sorted(mine, key=lambda s: (s.true_ms, s.order))

    def intervals(self, person):
        """[area, gate, from, still open] in order."""
        out = []
        for s in self.effective(person):
            area = self.gates[s.gate].area
            if area is None or s.outcome not in ("admitted", "left"):
                continue
            now_in = out[-1][0] if out and out[-1][3] else None
            if s.outcome == "left":
                if now_in == area:
                    out[-1][3] = False
            elif now_in != area:
                if out:
                    out[-1][3] = False
                out.append([area, s.gate, s.true_ms, True])
        return out

    def decide(self, person, gate, direction, true_ms):
        """What the server says by itself, from what it knows when the scan arrives."""
        p, g = self.people.get(person), self.gates[gate]
        if p is None:
            return "refused", "unknown_badge"
        if p.status in ("replaced", "withdrawn", "disqualified"):
            return "refused", "status_" + p.status
        if g.area is None:
            if any(s.outcome == "handed_out" and s.gate == gate for s in self.effective(person)):
                return "refused", "already_handed_out"
            return ("handed_out", None) if self.admits(p, g) else ("refused", "not_admitted_here")
        stays = self.intervals(person)
        is_in = bool(stays) and stays[-1][3] and stays[-1][0] == g.area and stays[-1][2] <= true_ms
        if direction == "out":
            if not g.lets_out:
                return "refused", "wrong_direction"
            return "left", None if is_in else "was_not_in"
        if not g.lets_in:
            return "refused", "wrong_direction"
        if is_in:
            return "already_in", None
        if not self.admits(p, g):
            return "refused", "not_admitted_here"
        if not g.reentry and any(s[0] == g.area for s in stays):
            return "refused", "no_reentry"
        return "admitted", None

    @staticmethod
    def admits(person, gate):
        return gate.admits is None or person.category in gate.admits

    def add(self, person, gate, direction, true_ms, told):
        scan = Scan(person, gate, direction, true_ms, len(self.scans))
        outcome, scan.reason = self.decide(person, gate, direction, true_ms)
        scan.outcome = outcome if told == "ask" else told
        scan.conflict = told != "ask" and told != outcome
        self.scans.append(scan)
        return scan

    def conflicts(self):
        """The scans that a person should look at, by what is known now: everything but the first admission of a stay, everything but the first of what is given
        once, and what a door told against the rule."""
        out = [s for s in self.scans if s.conflict and not s.undone and (s.outcome, s.reason) not in (("admitted", None), ("handed_out", "already_handed_out"))]
        for person in self.people:
            now_in, given = None, set()
            for s in self.effective(person):
                area = self.gates[s.gate].area
                if s.outcome == "admitted" and now_in == area or s.outcome == "handed_out" and s.gate in given:
                    out.append(s)
                elif s.outcome == "admitted":
                    now_in = area
                elif s.outcome == "handed_out":
                    given.add(s.gate)
                elif s.outcome == "left" and now_in == area:
                    now_in = None
        return {id(s) for s in out}

    def stats(self):
        def count(people):
            stays = {p.code: self.intervals(p.code) for p in people}
            here = [[i for i in s if i[0] == self.first_area] for s in stays.values()]
            return {"expected": sum(p.status == "summoned" for p in people), "attended": sum(bool(s) for s in here),
                    "present": sum(any(i[3] for i in s) for s in here)}
        everybody = list(self.people.values())
        whole = count(everybody)
        whole["by_category"] = {c: count([p for p in everybody if p.category == c]) for c in {p.category for p in everybody}}
        whole["by_delegation"] = {d: count([p for p in everybody if p.delegation == d]) for d in {p.delegation for p in everybody} if d}
        stays = [i for p in everybody for i in [self.intervals(p.code)]]
        whole["by_gate"] = {g: {"attended": sum(any(i[1] == g for i in s) for s in stays), "present": sum(any(i[1] == g and i[3] for i in s) for s in stays)}
                            for g in self.gates}
        for g in self.gates:
            if self.gates[g].area is None:  # a hand-out: who was given something, once each
                whole["by_gate"][g]["attended"] = len({s.person for p in everybody for s in self.effective(p.code) if s.gate == g and s.outcome == "handed_out"})
        return whole

#!/usr/bin/env python3
# suite
# sanitized
"""The register as of any day: people join, move, leave, return, are put right and taken out by chance, through what the console does (tests/unit/test_register_play.c); beside
it a model in Python, which knows nothing but the list of what happened, replays it for every question: who belonged to a unit on a day, how large units were, who came and went,
each also as it was known at an earlier moment. opening + what began - what ended = closing, for every unit, always.

    register_history.py [--seeds N] [--steps N]     more games than `make check` plays"""
import argparse, datetime, json, os, random, subprocess, sys, tempfile

B = os.environ.get("B", "build")
OPEN, ALWAYS = "9999-12-31", ""
BEGAN, ENDED = ["listed", "joined", "moved_in", "returned"], ["removed", "left", "retired", "died", "moved_out"]
passed = failed = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("not ok - %s" % what)


class Player:
    def __init__(self, folder):
        self.process = subprocess.Popen([B + "/tests/test_register_play", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, *command):
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        return self.process.wait(60)


class Period:
    def __init__(self, unit, start, began, came_from=None):
        self.unit, self.start, self.until, self.began, self.ended, self.came_from, self.went_to = unit, start, OPEN, began, None, came_from, None

    def shown(self):
        return [self.unit, self.start, None if self.ended is None else self.until, self.began, self.ended, self.came_from, self.went_to]


class Model:
    """What happened, one after the other; asked for a moment, it begins anew and plays what was known by then."""

    def __init__(self):
        self.log, self.parents = [], {}

    def note(self, known, *what):
        self.log.append((known, what))

    def replay(self, known=None):
        people = {}
        for at, what in self.log:
            if known is None or at <= known:
                getattr(self, "on_" + what[0])(people, *what[1:])
        return people

    @staticmethod
    def last(people, code):
        periods = people.setdefault(code, [])
        return periods[-1] if periods else None

    def on_list(self, people, code, unit, day, joined, joins=False):
        known_before = code in people
        last = self.last(people, code)
        is_open = last and last.ended is None
        since = day if joins else ALWAYS if not joined else min(joined + "-01-01" if len(joined) == 4 else joined, day)
        if is_open and unit and unit != last.unit:
            at = max(day, last.start)
            last.until, last.ended, last.went_to = at, "moved_out", unit
            people[code].append(Period(unit, at, "moved_in", last.unit))
        elif is_open and not unit:
            last.until, last.ended = max(day, last.start), "removed"
        elif not is_open and unit:
            if known_before and last:
                people[code].append(Period(unit, max(day, last.until), "returned"))
            else:
                people[code].append(Period(unit, since, "joined" if joins else "listed"))
        elif is_open and len(people[code]) == 1 and last.began == "listed":
            last.start = since  # the list says otherwise since when

    def on_add(self, people, code, unit, day):
        self.on_list(people, code, unit, day, None, True)

    def on_move(self, people, code, unit, day):
        self.on_list(people, code, unit, day, None)

    def on_return(self, people, code, unit, day):
        self.on_list(people, code, unit, day, None, True)

    def on_end(self, people, code, how, day):
        last = self.last(people, code)
        last.until, last.ended = day, how

    def on_remove(self, people, code, day, mistake, gone):
        periods = people.pop(code)
        if periods and periods[-1].ended is None:
            periods[-1].until, periods[-1].ended = max(day, periods[-1].start), "removed"
        people[gone] = [] if mistake else periods

    def on_correct(self, people, code, periods):
        made = []
        for unit, start, until, began, ended in periods:
            p = Period(unit, start, began)
            if until:
                p.until, p.ended = until, ended
            made.append(p)
        for i, p in enumerate(made):
            goes = i + 1 < len(made) and p.ended and p.until == made[i + 1].start and p.unit != made[i + 1].unit
            came = i and made[i - 1].went_to
            p.began = "moved_in" if came else ("returned" if i else "listed") if p.began == "moved_in" else p.began
            p.came_from = made[i - 1].unit if came else None
            if goes:
                p.ended, p.went_to = "moved_out", made[i + 1].unit
            elif p.ended == "moved_out":
                p.ended = "removed"
        people[code] = made

    # --- questions ---

    def below(self, unit):
        units = {unit}
        while True:
            more = {u for u, above in self.parents.items() if above in units} | units
            if more == units:
                return units
            units = more

    @staticmethod
    def all_periods(people):
        return [(code, p) for code, periods in people.items() for p in periods]

    def members(self, unit, day, known):
        units = self.below(unit)
        return sorted(code for code, p in self.all_periods(self.replay(known)) if p.unit in units and p.start <= day < p.until)

    def flow(self, units, first, last, known):
        result = {"opening": 0, "began": [0] * 4, "ended": [0] * 5, "closing": 0}
        for _, p in self.all_periods(self.replay(known)):
            if p.unit not in units:
                continue
            result["opening"] += p.start < first <= p.until
            result["closing"] += p.start <= last < p.until
            if first <= p.start <= last and p.came_from not in units:
                result["began"][BEGAN.index(p.began)] += 1
            if p.ended and first <= p.until <= last and p.went_to not in units:
                result["ended"][ENDED.index(p.ended)] += 1
        return result


class Game:
    def __init__(self, folder, seed):
        self.rng, self.play, self.model = random.Random(seed), Player(folder), Model()
        self.seed, self.codes, self.moments, self.count = seed, [], [], 0
        self.units = ["ALL", "A", "A1", "A2", "B", "B1", "C"]
        for unit, above in zip(self.units, [None, "ALL", "A", "A", "ALL", "B", None]):
            check("known" in self.play("unit", None, unit, above), "unit %s" % unit)
            self.model.parents[unit] = above
        self.members = {}

    def day(self):
        return (datetime.date(2024, 1, 1) + datetime.timedelta(days=self.rng.randrange(60))).isoformat()

    def did(self, answer, *what):
        """What was refused has not happened."""
        if "known" in answer:
            self.model.note(answer["known"], *what)
            self.moments.append(answer["known"])
        return "known" in answer

    def fits(self, code, day):
        periods = self.model.replay().get(code) or []
        last = periods[-1] if periods else None
        return last is None or day >= (last.until if last.ended else last.start)

    def is_member(self, code):
        periods = self.model.replay().get(code) or []
        return bool(periods and periods[-1].ended is None)

    def correction(self):
        days = sorted(self.day() for _ in range(self.rng.choice([2, 3, 4])))
        periods = [[self.rng.choice(self.units), a, b, self.rng.choice(BEGAN), self.rng.choice(ENDED)] for a, b in zip(days, days[1:])]
        if self.rng.random() < .3:
            periods[0][1] = ALWAYS
        if self.rng.random() < .5:
            periods[-1][2], periods[-1][4] = None, None
        if self.rng.random() < .3 and len(periods) > 1:
            periods.pop(0)
        return periods

    def step(self):
        act, day, unit = self.rng.choice(["add", "list", "list", "move", "move", "move", "end", "return", "list_again", "remove", "mistake", "correct", "parent"]), self.day(), self.rng.choice(self.units)
        code = self.rng.choice(self.codes) if self.codes else None
        if act in ("add", "list") or code is None:
            self.count += 1
            new = "P%03d" % self.count
            joined = self.rng.choice([None, "2019", "2024-01-15", "2024-02-03"])
            into = self.rng.choice([unit, unit, None])
            if act == "add":
                ok = self.did(self.play("add", day, new, into, None), "add", new, into, day)
            else:
                ok = self.did(self.play("list", day, new, into, joined), "list", new, into, day, joined)
            check(ok, "somebody new")
            self.codes.append(new)
        elif act == "list_again":
            into, joined = self.rng.choice([unit, None]), self.rng.choice([None, "2018", "2024-01-20"])
            check(self.did(self.play("list", day, code, into, joined), "list", code, into, day, joined), "the list again")
        elif act in ("move", "end", "return"):
            can = self.fits(code, day) and self.is_member(code) == (act != "return")
            arg = self.rng.choice(ENDED[:4]) if act == "end" else unit
            same = act == "move" and can and self.model.replay()[code][-1].unit == unit
            answer = self.play(act, day, code, arg)
            check(("known" in answer) == can, "%s %s on %s: %s" % (act, code, day, answer))
            if not same:
                self.did(answer, act, code, arg, day)
        elif act in ("remove", "mistake"):
            if self.rng.random() < .5:
                return
            check(self.did(self.play(act, day, code), "remove", code, day, act == "mistake", "%s gone %d" % (code, self.count)), "taken out")
            self.codes.remove(code)
        elif act == "correct":
            periods = self.correction()
            answer = self.play("correct", None, code, periods)
            check(self.did(answer, "correct", code, periods), "corrected: %s %s" % (periods, answer))
        else:
            above = self.rng.choice([u for u in self.units if u not in self.model.below(unit)] + [None])
            check("known" in self.play("parent", None, unit, above), "another place in the tree")
            self.model.parents[unit] = above

    def same(self, got, want, what):
        if got != want:
            print("# seed %d: got  %s\n# seed %d: want %s" % (self.seed, json.dumps(got), self.seed, json.dumps(want)))
        check(got == want, what)

    def ask(self):
        known = self.rng.choice([None, None] + self.moments)
        days = sorted([self.day(), self.day()])
        for unit in self.units:
            got = [c for c in self.play("members", unit, days[0], known)]
            want = self.model.members(unit, days[0], known)
            self.same(sorted(c for c in got if c), [c for c in want if " gone " not in c and c in self.codes], "members of %s on %s as known at %s" % (unit, days[0], known))
            self.same(len(got), len(want), "with those who are gone")
        flows, sizes = self.play("flow", *days, known), self.play("sizes", days[1], known)
        for unit in self.units:
            for got, units in zip(flows[unit], [{unit}, self.model.below(unit)]):
                want = self.model.flow(units, *days, known)
                self.same(got, want, "%s from %s to %s as known at %s" % (unit, *days, known))
                check(got["opening"] + sum(got["began"]) - sum(got["ended"]) == got["closing"], "opening + changes = closing")
            check(sizes[unit][1]["closing"] == flows[unit][1]["closing"], "the size of the last day")
        self.same(flows["*"], self.model.flow(set(self.units), *days, known), "all together")
        people = self.model.replay()
        for code in self.rng.sample(self.codes, min(3, len(self.codes))):
            self.same(self.play("history", code), [p.shown() for p in people[code]], "the history of %s" % code)
        tree = self.play("tree")
        now = {u: len([1 for c in self.codes if people[c] and people[c][-1].ended is None and people[c][-1].unit in self.model.below(u)]) for u in self.units}
        self.same({u: tree[u][0] for u in self.units}, now, "the tree counts who is there now")
        self.same(self.play("check"), "", "all of it agrees")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--seed", type=int, help="one game, of this seed")
    options = parser.parse_args()
    for seed in [options.seed] if options.seed is not None else range(1, options.seeds + 1):
        with tempfile.TemporaryDirectory(prefix="plenum-register-") as folder:
            game = Game(folder, seed)
            for i in range(options.steps):
                game.step()
                if i % 12 == 11:
                    game.ask()
            check(game.play.end() == 0, "the player ends well")
        if failed:
            print("# seed %d" % seed)
            break
    print("# register_history: %d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The register at 400 000 people in 1 500 units: the tree with all counts, sizes and changes of units, pages of people, search letter by letter; one question at a time in one
process, without a server around it. The peer: the same counts by one GROUP BY over the rows of `person`, as without the index that is made for them. Nothing fails on a time.

    register.py [--keep FOLDER]     a folder with the data, made when missing and used again
PEOPLE, UNITS from the environment."""
import argparse, json, os, random, sqlite3, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import find  # noqa: E402  names as they are in Vietnam, and what is typed for them

B = os.environ.get("B", "build")
PEOPLE, UNITS = int(os.environ.get("PEOPLE", "400000")), int(os.environ.get("UNITS", "1500"))


def make(folder):
    rng = random.Random(8)
    units = [{"code": f"CD-{i:04d}", "name": f"{rng.choice(find.KINDS)} {rng.choice(find.AFTER)} {rng.choice(find.PLACES)}",
              "parent": None if i < 30 else f"CD-{rng.randrange(min(i, 200)):04d}"} for i in range(UNITS)]
    people = []
    for i in range(PEOPLE):
        p = {"code": f"P{i:06d}", "name": find.make_name(rng), "unit": f"CD-{rng.randrange(UNITS):04d}", "gender": rng.choice("fm")}
        if rng.random() < .9:
            p["born"] = f"{rng.randrange(1958, 2004)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 28):02d}"
        if rng.random() < .7:
            p["phone"] = f"09{rng.randrange(10**8):08d}"
        if rng.random() < .8:
            p["joined"] = f"{rng.randrange(1990, 2025)}"
        people.append(p)
    with open(f"{folder}/register.json", "w", encoding="utf-8") as f:
        json.dump({"format": "plenum-events/1", "organization": {"name": "Bench", "languages": ["vi"], "units": units}, "people": people}, f)
    begun = time.time()
    subprocess.run([f"{B}/bin/plenum", "import", f"{folder}/register.json", "--data", f"{folder}/data"], check=True, stdout=subprocess.DEVNULL)
    print(f"import of {PEOPLE} people: {time.time() - begun:.1f} s; database {os.path.getsize(folder + '/data/plenum.db') / 1e6:.0f} MB")


def tell(what, times):
    times = sorted(times)
    print(f"  {what:60s} p50 {times[len(times) // 2]:7.2f} ms   p99 {times[min(len(times) - 1, len(times) * 99 // 100)]:7.2f} ms   longest {times[-1]:7.2f} ms   ({len(times)})")


def measure(folder):
    rng = random.Random(9)
    play = subprocess.Popen([f"{B}/tests/test_register_play", f"{folder}/data"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def times(commands):
        play.stdin.write(json.dumps(["time"] + commands) + "\n")
        play.stdin.flush()
        return json.loads(play.stdout.readline())
    with sqlite3.connect(f"file:{folder}/data/plenum.db?mode=ro", uri=True) as db:
        people = db.execute("SELECT p.name, p.code, COALESCE(p.phone, '0'), p.code, u.name FROM person p JOIN unit u ON u.id = p.unit_id WHERE p.id % 97 = 0 LIMIT 4000").fetchall()
        letters = []
        while len(letters) < 4000:
            letters += find.typed(rng, people)
        print(f"load of this machine: {os.getloadavg()[0]:.1f}; one question at a time:")
        times([["tree"]])
        units = [f"CD-{rng.randrange(UNITS):04d}" for _ in range(60)]
        tell("the tree with counts and completeness", times([["tree"]] * 15))
        tell("sizes of all units on a day", times([["sizes", "2015-06-01", None]] * 10))
        tell("who came and went, all units, a year", times([["flow", "2015-01-01", "2015-12-31", None]] * 10))
        tell("who may be listed twice, everybody", times([["doubles"]] * 5))
        tell("a page of everybody", times([["page", None, 0]] * 30))
        tell("a page of a unit with its tree", times([["page", u, 0] for u in units]))
        tell("a page of who lacks a birthday, of a unit", times([["page", u, 1] for u in units]))
        tell("search, every letter", [t for i in range(0, 4000, 200) for t in times([["find", text] for text in letters[i:i + 200]])])
        peer = []
        for _ in range(5):
            begun = time.perf_counter()
            db.execute("SELECT unit_id, COUNT(*), SUM(gender = 'f'), SUM(born IS NULL), SUM(phone IS NULL), SUM(photo_blob IS NULL), SUM(joined IS NULL) FROM person NOT INDEXED "
                       "GROUP BY unit_id").fetchall()
            peer.append((time.perf_counter() - begun) * 1000)
        tell("peer: the counts by GROUP BY over the rows, SQLite alone", peer)
    play.stdin.close()
    play.wait(60)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=B) as scratch:
        folder = os.path.abspath(options.keep or scratch)
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(f"{folder}/data/plenum.db"):
            make(folder)
        measure(folder)


if __name__ == "__main__":
    sys.exit(main())

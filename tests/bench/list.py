#!/usr/bin/env python3
"""A list of ROWS people in 14 columns as XLSX, against a register that knows them all and one that knows nobody: the time and memory of the dry run, the time to
take it in, and how long gates wait meanwhile beside how long they wait without it. The peer reads the same file with openpyxl (read only) and only looks at every
cell. Nothing here fails on a time.

    list.py [--keep FOLDER]
ROWS, ROUNDS, CONNECTIONS, RATE (scans a second of all gates) from the environment."""
import argparse, json, os, random, resource, shutil, sqlite3, statistics, subprocess, sys, tempfile, threading, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import find  # noqa: E402  names as they are in Vietnam
from checkins import B, LOAD, PLENUM, Server  # noqa: E402

ROWS, ROUNDS = int(os.environ.get("ROWS", "70000")), int(os.environ.get("ROUNDS", "3"))
CONNECTIONS, RATE = int(os.environ.get("CONNECTIONS", "16")), int(os.environ.get("RATE", "200"))
UNITS, DELEGATES = 1500, 1000
TYPES = {"party": {"title": {"vi": "Đảng viên"}, "type": "yes_no"}, "degree": {"title": {"vi": "Trình độ học vấn"}, "type": "text"},
         "grade": {"title": {"vi": "Bậc thợ"}, "type": "number"}, "skill": {"title": {"vi": "Tay nghề"}, "type": "text"}}


def person(rng, i):
    return {"code": f"P{i:06d}", "name": find.make_name(rng), "unit": f"CD-{rng.randrange(UNITS):04d}", "gender": rng.choice("fm"),
            "title": rng.choice(("Công nhân", "Tổ trưởng", "Kỹ sư")), "joined": f"{rng.randrange(1990, 2025)}",
            "born": f"{rng.randrange(1958, 2004)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 28):02d}",
            "phone": f"09{rng.randrange(10**8):08d}", "email": f"p{i}@example.org",
            "attributes": {"party": rng.random() < .3, "degree": rng.choice(("Đại học", "Cao đẳng", "THPT")), "grade": rng.randrange(1, 8), "skill": "Hàn"}}


def make_data(folder, name, people):
    units = [{"code": f"CD-{i:04d}", "name": f"Công đoàn cơ sở {i}", "parent": None if i < 30 else f"CD-{i % 30:04d}"} for i in range(UNITS)]
    event = {"slug": "bench", "kind": "congress", "title": "Bench", "timezone": "UTC", "starts": "2026-01-01T00:00", "ends": "2026-01-03T00:00",
             "categories": [{"code": "official", "title": "Official"}], "areas": [{"code": "hall", "title": "Hall"}],
             "gates": [{"code": g, "title": g, "kind": "entry", "area": "hall"} for g in ("main", "side")],
             "sessions": [{"code": "s", "title": "All day", "starts": "2026-01-01T00:00", "ends": "2026-01-02T23:59", "area": "hall"}],
             "delegates": [{"person": f"G{i}", "category": "official"} for i in range(DELEGATES)]}
    file = {"format": "plenum-events/1", "organization": {"name": "Bench", "languages": ["vi"], "units": units, "attribute_types": TYPES},
            "people": people + [{"code": f"G{i}", "name": f"Gate Person {i}"} for i in range(DELEGATES)], "events": [event]}
    with open(f"{folder}/bench.json", "w", encoding="utf-8") as f:
        json.dump(file, f)
    subprocess.run([PLENUM, "import", f"{folder}/bench.json", "--starts-on", "today", "--data", f"{folder}/{name}"], check=True, stdout=subprocess.DEVNULL)


def make(folder):
    """Two registers, and a list in which every seventh person of the full one has another title."""
    rng = random.Random(11)
    people = [person(rng, i) for i in range(ROWS)]
    make_data(folder, "full", people)
    make_data(folder, "empty", [])
    for i in range(0, ROWS, 7):
        people[i]["title"] = "Phó trưởng phòng"
    make_data(folder, "other", people)
    subprocess.run([PLENUM, "export", "members", "--format", "xlsx", "--language", "vi", "-o", f"{folder}/list.xlsx", "--data", f"{folder}/other"], check=True)
    shutil.rmtree(f"{folder}/other")
    db = sqlite3.connect(f"file:{folder}/full/plenum.db?mode=ro", uri=True)
    with open(f"{folder}/tokens", "w") as f:
        f.writelines(token + "\n" for (token,) in db.execute("SELECT token FROM credential"))
    db.close()


def spent(command):
    """Wall seconds, processor seconds, and the most memory in MB of a program and its children together (shared pages once)."""
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    peak = {}

    def watch():
        while process.returncode is None:
            total = 0
            try:
                children = open(f"/proc/{process.pid}/task/{process.pid}/children").read().split()
                for pid in [process.pid, *children]:
                    total += int(next(line for line in open(f"/proc/{pid}/smaps_rollup") if line.startswith("Pss:")).split()[1]) / 1000
            except (OSError, StopIteration):
                pass
            peak["mb"] = max(peak.get("mb", 0), total)
            time.sleep(0.05)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    watcher = threading.Thread(target=watch)
    watcher.start()
    out = process.stdout.read()
    process.wait()
    watcher.join()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode != 0:
        sys.exit(f"FAIL {command}: {process.returncode}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.monotonic() - begun, "cpu": used, "mb": peak["mb"]}, json.loads(out) if out[:1] == b"{" else {}


PEER = ("import openpyxl,sys\nbook=openpyxl.load_workbook(sys.argv[1],read_only=True)\nn=0\n"
        "for sheet in book:\n for row in sheet.iter_rows(values_only=True):\n  for cell in row:\n   n+=cell is not None\nprint(n)")


def gates(server, folder, seconds):
    command = [LOAD, str(server.port), server.key, "main", f"{folder}/tokens", str(CONNECTIONS), str(seconds), str(RATE)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def ended(load):
    load.terminate()
    return json.loads(load.communicate(timeout=60)[0])


def one_round(folder, data, port):
    result = {}
    found, report = spent([PLENUM, "import", f"{folder}/list.xlsx", "--dry-run", "--json", "--data", f"{folder}/{data}"])
    result.update({f"dry_{k}": v for k, v in found.items()})
    counts = report["counts"]
    if counts["new"] + counts["changed"] < ROWS // 8:
        sys.exit(f"FAIL the dry run finds {counts}")
    peer, _ = spent(["/usr/bin/python3", "-c", PEER, f"{folder}/list.xlsx"])
    result.update({f"peer_{k}": v for k, v in peer.items()})
    server = Server(folder, None, port, data=data)
    try:
        load = gates(server, folder, 600)
        time.sleep(5)
        alone = ended(load)
        load = gates(server, folder, 600)
        taken, done = spent([PLENUM, "import", f"{folder}/list.xlsx", "--take-good", "--doubtful", "leave", "--json", "--data", f"{folder}/run"])
        beside = ended(load)
    finally:
        server.stop()
    if done["written"] < ROWS // 8 or beside["bad"] or alone["bad"]:
        sys.exit(f"FAIL written {done['written']}, bad answers {alone['bad']} {beside['bad']}")
    result.update({f"take_{k}": v for k, v in taken.items()}, written=done["written"])
    result.update({f"alone_{k}": v for k, v in alone.items()})
    result.update({f"beside_{k}": v for k, v in beside.items()})
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep")
    parser.add_argument("--port", type=int, default=18600)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=B) as scratch:
        folder = os.path.abspath(options.keep or scratch)
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(f"{folder}/tokens"):
            make(folder)
        print(f"a list of {ROWS} people, {os.path.getsize(folder + '/list.xlsx') / 1e6:.1f} MB; {ROUNDS} rounds, medians; load of this machine {os.getloadavg()[0]:.1f}")
        for data, name in (("empty", "nobody is known"), ("full", "all are known")):
            rounds = [one_round(folder, data, options.port + i) for i in range(ROUNDS)]
            m = {k: statistics.median(r[k] for r in rounds) for k in rounds[0]}
            print(f"  {name}: dry run {m['dry_seconds']:.1f} s (wanted: 10), CPU {m['dry_cpu']:.1f} s, {m['dry_mb']:.0f} MB (wanted: 300)")
            print(f"    openpyxl, only looking at the cells: {m['peer_seconds']:.1f} s, {m['peer_mb']:.0f} MB; ratio {m['dry_seconds'] / m['peer_seconds']:.2f}")
            print(f"    read, planned and taken in ({m['written']:.0f} people written) beside {RATE} scans/s in {m['take_seconds']:.1f} s (wanted: 20), "
                  f"CPU {m['take_cpu']:.1f} s, {m['take_mb']:.0f} MB")
            for when, what in (("alone", "gates before"), ("beside", "gates meanwhile")):
                print(f"    {what:16s} {m[when + '_per_second']:6.0f}/s   p50 {m[when + '_p50']:6.2f} ms   p99 {m[when + '_p99']:6.2f} ms (wanted: 100)   "
                      f"longest {m[when + '_longest']:6.1f} ms")


if __name__ == "__main__":
    sys.exit(main())

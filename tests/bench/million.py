#!/usr/bin/env python3
"""Is a door slower at the end of a long event than on its first morning? The same event and people, empty and with a million stored scans, in turns in one run: durable
check-ins a second, times, CPU and bytes written for each, ratios of the medians. Nothing here fails on a time.

    million.py [--keep FOLDER]     a folder with the million scans, made when missing and used again
SCANS, ROUNDS, SECONDS, CONNECTIONS from the environment."""
import argparse, datetime, json, os, random, shutil, sqlite3, statistics, subprocess, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checkins import B, LOAD, PLENUM, Server

SCANS, ROUNDS, SECONDS = int(os.environ.get("SCANS", "1000000")), int(os.environ.get("ROUNDS", "5")), int(os.environ.get("SECONDS", "5"))
CONNECTIONS = int(os.environ.get("CONNECTIONS", "256"))
PEOPLE, DAYS = 20000, 20
GATES = ("main", "side", "back", "north")


def make_event(folder):
    """The congress began DAYS ago, so that its history lies within it."""
    day = lambda n: (datetime.date.today() + datetime.timedelta(days=n)).isoformat()
    event = {"format": "plenum-events/1", "organization": {"name": "Bench", "languages": ["vi"], "units": [{"code": f"U{i}", "name": f"Unit {i}"} for i in range(25)]},
             "people": [{"code": f"P{i}", "name": f"Nguyễn Văn {i}", "unit": f"U{i % 25}"} for i in range(PEOPLE)],
             "events": [{"slug": "bench", "kind": "congress", "title": "Bench", "timezone": "UTC", "starts": f"{day(-DAYS - 1)}T00:00", "ends": f"{day(2)}T00:00",
                         "quorum": {"category": "official", "rule": "more_than", "fraction": "1/2"},
                         "categories": [{"code": "official", "title": "Official"}], "areas": [{"code": "hall", "title": "Hall"}],
                         "gates": [{"code": code, "title": code, "kind": "entry", "area": "hall"} for code in GATES],
                         "sessions": [{"code": f"s{n}", "title": "All day", "starts": f"{day(n)}T00:00", "ends": f"{day(n)}T23:59", "area": "hall"} for n in range(-DAYS - 1, 2)],
                         "delegates": [{"person": f"P{i}", "category": "official"} for i in range(PEOPLE)]}]}
    with open(f"{folder}/bench.json", "w", encoding="utf-8") as f:
        json.dump(event, f)
    subprocess.run([PLENUM, "import", f"{folder}/bench.json", "--data", f"{folder}/empty"], check=True, stdout=subprocess.DEVNULL)
    db = sqlite3.connect(f"file:{folder}/empty/plenum.db?mode=ro", uri=True)
    tokens = [token + "\n" for (token,) in db.execute("SELECT token FROM credential ORDER BY token")]
    db.close()
    random.Random(5).shuffle(tokens)  # people do not arrive in the order of a list
    with open(f"{folder}/tokens", "w") as f:
        f.writelines(tokens)


def make_history(folder):
    shutil.copytree(f"{folder}/empty", f"{folder}/part")
    subprocess.run([f"{B}/bench/history", f"{folder}/part", "bench", f"{folder}/tokens", str(SCANS), str(DAYS)], check=True)
    os.rename(f"{folder}/part", f"{folder}/million")


class Cost:
    """What a process has used: CPU seconds, bytes it caused to be written."""
    def __init__(self, pid):
        with open(f"/proc/{pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        with open(f"/proc/{pid}/io") as f:
            written = dict(line.split(": ") for line in f)["write_bytes"]
        self.cpu, self.written = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(written)


def load(server, folder, seconds):
    commits, writes, before = server.metric("commits_total"), server.metric("writes_total"), Cost(server.process.pid)
    out = subprocess.run([LOAD, str(server.port), server.key, "main", f"{folder}/tokens", str(CONNECTIONS), str(seconds)], check=True, capture_output=True, text=True)
    result, after = json.loads(out.stdout), Cost(server.process.pid)
    commits, writes = server.metric("commits_total") - commits, server.metric("writes_total") - writes
    done = max(1, writes)
    result.update(cpu_us=(after.cpu - before.cpu) * 1e6 / done, kb=(after.written - before.written) / 1024 / done, per_commit=done / max(1, commits))
    return result


def round_of(folder, names, port):
    """Each from a fresh copy, a second to warm up, then the measurement."""
    results = {}
    for i, name in enumerate(names):
        server = Server(folder, None, port + i, data=name)
        try:
            load(server, folder, 1)
            results[name] = load(server, folder, SECONDS)
        finally:
            server.stop()
    return results


def tell(results):
    median = {name: {k: statistics.median(r[k] for r in rs) for k in rs[0]} for name, rs in results.items()}
    print(f"check-ins, {PEOPLE} people, {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s in turns, medians (synchronous=FULL)")
    for name, m in median.items():
        print(f"  {name:8s} {m['per_second']:7.0f}/s   p50 {m['p50']:6.2f} ms   p99 {m['p99']:6.2f} ms   {m['cpu_us']:6.1f} us CPU and {m['kb']:5.1f} KB written a scan"
              f"   {m['per_commit']:5.1f} acknowledgements per commit")
    ratio = lambda key: statistics.median(b[key] / a[key] for a, b in zip(results["empty"], results["million"]))
    print(f"  {SCANS} stored: {ratio('per_second'):.2f}x the scans a second, {ratio('cpu_us'):.2f}x the CPU, {ratio('p50'):.2f}x p50, {ratio('p99'):.2f}x p99"
          f"   (wanted: at least 0.90x; p99 under 100 ms)")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep")
    parser.add_argument("--port", type=int, default=18300)
    options = parser.parse_args()
    results = {"empty": [], "million": []}
    with tempfile.TemporaryDirectory(dir=B) as scratch:
        folder = os.path.abspath(options.keep or scratch)
        os.makedirs(folder, exist_ok=True)
        if not os.path.isdir(f"{folder}/empty"):
            make_event(folder)
        if not os.path.isdir(f"{folder}/million"):
            make_history(folder)
        for number in range(ROUNDS):
            names = ("empty", "million") if number % 2 == 0 else ("million", "empty")
            for name, result in round_of(folder, names, options.port + 2 * number).items():
                results[name].append(result)
        tell(results)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Durable check-ins a second at 64 connections: group commit against commit-per-request in the same server code, and against the same server answering
without storing. Interleaved rounds, medians; prints ratios. Nothing here fails on a time."""
import json, os, re, signal, sqlite3, statistics, subprocess, sys, tempfile, time, urllib.request

B = os.environ.get("B", "build")
ROUNDS, SECONDS, CONNECTIONS = int(os.environ.get("ROUNDS", "3")), int(os.environ.get("SECONDS", "5")), int(os.environ.get("CONNECTIONS", "64"))
PEOPLE = 20000
PLENUM, LOAD = f"{B}/bin/plenum", f"{B}/bench/load_checkins"


def make_event(folder):
    event = {"format": "plenum-events/1", "organization": {"name": "Bench", "languages": ["vi"], "units": [{"code": f"U{i}", "name": f"Unit {i}"} for i in range(25)]},
             "people": [{"code": f"P{i}", "name": f"Nguyễn Văn {i}", "unit": f"U{i % 25}"} for i in range(PEOPLE)],
             "events": [{"slug": "bench", "kind": "congress", "title": "Bench", "timezone": "UTC", "starts": "2026-01-01T00:00", "ends": "2026-01-03T00:00",
                         "categories": [{"code": "official", "title": "Official"}], "areas": [{"code": "hall", "title": "Hall"}],
                         "gates": [{"code": "main", "title": "Main", "kind": "entry", "area": "hall"}],
                         "sessions": [{"code": "s", "title": "All day", "starts": "2026-01-01T00:00", "ends": "2026-01-02T23:59", "area": "hall"}],
                         "delegates": [{"person": f"P{i}", "category": "official"} for i in range(PEOPLE)]}]}
    path = os.path.join(folder, "bench.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(event, f)
    subprocess.run([PLENUM, "import", path, "--starts-on", "today", "--data", f"{folder}/data"], check=True, stdout=subprocess.DEVNULL)
    db = sqlite3.connect(f"file:{folder}/data/plenum.db?mode=ro", uri=True)
    with open(f"{folder}/tokens", "w") as f:
        f.writelines(token + "\n" for (token,) in db.execute("SELECT token FROM credential"))
    db.close()


class Server:
    def __init__(self, folder, measure, port, data="data"):
        subprocess.run(["cp", "-r", f"{folder}/{data}", f"{folder}/run"], check=True)
        subprocess.run(["sync", "-f", f"{folder}/run"], check=True)  # the copy's own writing is nobody's time
        self.folder, self.port = folder, port
        command = [PLENUM, "serve", "--data", f"{folder}/run", "--listen", f"127.0.0.1:{port}", "--listen-tls", "none", "--public-url", "http://10.0.0.1:8080"]
        self.process = subprocess.Popen(command + (["--measure", measure] if measure else []), stdout=subprocess.DEVNULL)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1)
                break
            except OSError:
                time.sleep(0.05)
        self.key = self.pair("main")

    def code(self, gate):
        return json.loads(subprocess.run([PLENUM, "device", "pair", "--event", "bench", "--gate", gate, "--json", "--data", f"{self.folder}/run"], check=True,
                                         capture_output=True, text=True).stdout)["code"]

    def pair(self, gate):
        body = json.dumps({"code": self.code(gate), "name": gate}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1/pair", body, {"Content-Type": "application/json"})
        return json.load(urllib.request.urlopen(request))["key"]

    def metric(self, name):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/metrics", headers={"Authorization": f"Bearer {self.key}"})
        return float(re.search(rf"^plenum_{name} (\S+)$", urllib.request.urlopen(request).read().decode(), re.M).group(1))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        subprocess.run(["rm", "-rf", f"{self.folder}/run"], check=True)


def measure(folder, how, port):
    server = Server(folder, how, port)
    try:
        commits, writes = server.metric("commits_total"), server.metric("writes_total")
        out = subprocess.run([LOAD, str(port), server.key, "main", f"{folder}/tokens", str(CONNECTIONS), str(SECONDS)], check=True, capture_output=True, text=True)
        result = json.loads(out.stdout)
        commits, writes = server.metric("commits_total") - commits, server.metric("writes_total") - writes
        result["per_commit"] = writes / commits if commits else 0
        return result
    finally:
        server.stop()


def main():
    modes = [("group commit", None), ("commit per request", "commit-each"), ("without storing", "store-nothing")]
    results = {name: [] for name, _ in modes}
    with tempfile.TemporaryDirectory(dir=B) as folder:
        make_event(folder)
        for round_number in range(ROUNDS):
            for i, (name, how) in enumerate(modes):
                results[name].append(measure(folder, how, 18200 + round_number * 10 + i))
    median = {name: {k: statistics.median(r[k] for r in rs) for k in rs[0]} for name, rs in results.items()}
    print(f"check-ins, {CONNECTIONS} connections, {ROUNDS} rounds of {SECONDS} s, medians (synchronous=FULL)")
    for name, _ in modes:
        m = median[name]
        print(f"  {name:20s} {m['per_second']:9.0f}/s   p50 {m['p50']:7.2f} ms   p99 {m['p99']:7.2f} ms   {m['per_commit']:6.1f} acknowledgements per commit")
    group = median["group commit"]
    print(f"  ratio to commit per request  {group['per_second'] / median['commit per request']['per_second']:.1f}x   (wanted: 25x, or 20 acknowledgements per commit: {group['per_commit']:.1f})")
    print(f"  ratio to not storing at all  {group['per_second'] / median['without storing']['per_second']:.2f}x   (wanted: 0.3x)")


if __name__ == "__main__":
    sys.exit(main())

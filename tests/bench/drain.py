#!/usr/bin/env python3
"""A gate that was cut off comes back with a full queue, while other gates go on as fast as they can: how long until the server has it all, and how long the others
wait meanwhile, beside how long they wait without it. The scanner is the real one. Nothing here fails on a time.

    drain.py [--keep FOLDER]       the folder of million.py: the same with a million scans stored before
QUEUED, ROUNDS, CONNECTIONS (of all other gates together) from the environment."""
import argparse, json, os, shutil, sqlite3, statistics, subprocess, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from checkins import B, LOAD, Server
from million import PEOPLE, Cost, make_event

QUEUED, ROUNDS, CONNECTIONS = int(os.environ.get("QUEUED", "10000")), int(os.environ.get("ROUNDS", "3")), int(os.environ.get("CONNECTIONS", "48"))
OTHERS = ("side", "back", "north")
SCANNER = f"{B}/bin/plenum-scanner"


class Gates:
    """The other gates: one load each, until stopped."""
    def __init__(self, server, folder, keys):
        each = str(CONNECTIONS // len(OTHERS))
        self.loads = [subprocess.Popen([LOAD, str(server.port), keys[gate], gate, f"{folder}/tokens", each, "600"], stdout=subprocess.PIPE, text=True) for gate in OTHERS]

    def stop(self):
        for load in self.loads:
            load.terminate()
        results = [json.loads(load.communicate(timeout=60)[0]) for load in self.loads]
        return {"per_second": sum(r["per_second"] for r in results), "p50": statistics.median(r["p50"] for r in results),
                "p99": max(r["p99"] for r in results), "longest": max(r["longest"] for r in results)}


def fill_queue(folder, spool):
    """In memory, then moved: nobody waits for 20000 commits."""
    memory = tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else folder)
    try:
        shutil.copytree(spool, f"{memory}/spool")
        subprocess.run([f"{B}/bench/queue_fill", f"{memory}/spool", f"{folder}/tokens", str(PEOPLE - QUEUED), str(QUEUED), "main"], check=True)
        shutil.rmtree(spool)
        shutil.copytree(f"{memory}/spool", spool)
        subprocess.run(["sync", "-f", spool], check=True)
    finally:
        shutil.rmtree(memory)


def drain(server, spool):
    """From the start of the program, which fetches the list of people first, to its end: all is acknowledged and marked so."""
    begin, server_before = time.monotonic(), Cost(server.process.pid).cpu
    with subprocess.Popen([SCANNER, "--spool", spool, "--lines", "-", "--once"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as scanner:
        while os.waitid(os.P_PID, scanner.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            time.sleep(0.01)
        seconds, used = time.monotonic() - begin, Cost(scanner.pid).cpu
    db = sqlite3.connect(f"file:{spool}/queue.db?mode=ro", uri=True)
    sent, = db.execute("SELECT COUNT(*) FROM scan WHERE state = 'sent'").fetchone()
    db.close()
    if sent != QUEUED:
        sys.exit(f"FAIL of {QUEUED} scans {sent} were taken")
    return {"seconds": seconds, "scanner_cpu": used, "server_cpu": Cost(server.process.pid).cpu - server_before}


def one_round(folder, data, port):
    server = Server(folder, None, port, data=data)
    spool = f"{folder}/spool"
    try:
        keys = {gate: server.pair(gate) for gate in OTHERS}
        shutil.rmtree(spool, ignore_errors=True)
        os.mkdir(spool)
        subprocess.run([SCANNER, "--server", f"http://127.0.0.1:{port}", "--pair", server.code("main"), "--spool", spool], check=True, stdout=subprocess.DEVNULL)
        fill_queue(folder, spool)
        gates = Gates(server, folder, keys)
        time.sleep(3)
        alone = gates.stop()
        gates = Gates(server, folder, keys)
        result = drain(server, spool)
        beside = gates.stop()
    finally:
        server.stop()
        shutil.rmtree(spool, ignore_errors=True)
    result.update({f"alone_{k}": v for k, v in alone.items()})
    result.update({f"beside_{k}": v for k, v in beside.items()})
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep")
    parser.add_argument("--port", type=int, default=18400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=B) as scratch:
        folder = os.path.abspath(options.keep or scratch)
        if not os.path.isdir(f"{folder}/empty"):
            make_event(folder)
        for data in [d for d in ("empty", "million") if os.path.isdir(f"{folder}/{d}")]:
            rounds = [one_round(folder, data, options.port + i) for i in range(ROUNDS)]
            m = {k: statistics.median(r[k] for r in rounds) for k in rounds[0]}
            print(f"a gate with {QUEUED} queued scans, {len(OTHERS)} others with {CONNECTIONS} connections, {data}, {ROUNDS} rounds, medians")
            print(f"  drained in {m['seconds']:.1f} s (wanted: 10), CPU {m['scanner_cpu']:.1f} s in the scanner, {m['server_cpu']:.1f} s in the server for all gates")
            for when, name in (("alone", "the others before"), ("beside", "the others meanwhile")):
                print(f"  {name:21s} {m[when + '_per_second']:6.0f}/s   p50 {m[when + '_p50']:6.2f} ms   p99 {m[when + '_p99']:6.2f} ms (wanted: 100)   longest {m[when + '_longest']:6.1f} ms")


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Screens beside the doors: check-ins a second at 64 connections with and without 1 000 live streams, interleaved; how long after its acknowledgement each stream shows
a scan, at full load and at the rate of a few doors; memory per stream (plain HTTP). Prints medians and ratios; nothing here fails on a time.

The readers of the streams run on the same processors as the server: what they take is part of the ratio. STREAMS=, ROUNDS=, SECONDS= change the sizes, NICE=-10 raises
the priority of all parts where the machine is shared."""
import json, os, re, statistics, subprocess, sys, tempfile, time, urllib.parse, urllib.request

import checkins

STREAMS, ROUNDS, SECONDS, NICE = (int(os.environ.get(n, d)) for n, d in (("STREAMS", "1000"), ("ROUNDS", "3"), ("SECONDS", "5"), ("NICE", "0")))
CONNECTIONS, DOOR_RATE = 64, 40
READER = f"{checkins.B}/bench/load_streams"
OWN = 50  # streams by one wall's cookie; the server allows 64
PATH = "/api/v1/events/bench/live?for=wall"


class Readers:
    """So many streams, each with its first snapshot."""

    def __init__(self, server, cookie, count, *more):
        self.process = subprocess.Popen([READER, str(server.port), PATH, cookie, str(count), *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "open\n":
            raise SystemExit("the streams did not open")

    def end(self):
        out, _ = self.process.communicate()
        return json.loads(out)


def display_cookie(server):
    """As a wall gets it: by the code, once."""
    code = checkins.sqlite3.connect(f"file:{server.folder}/run/plenum.db?mode=ro", uri=True).execute("SELECT display_code FROM event").fetchone()[0]

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/display/bench", urllib.parse.urlencode({"code": code}).encode())
    try:
        answer = urllib.request.build_opener(Stay).open(request)
    except urllib.error.HTTPError as e:
        answer = e
    return answer.headers["Set-Cookie"].split(";")[0]


def memory(server):
    """Bytes: what the program holds (its own share), and what the kernel holds for all sockets of the machine and their files."""
    with open(f"/proc/{server.process.pid}/smaps_rollup") as f:
        own = int(re.search(r"^Pss:\s+(\d+)", f.read(), re.M).group(1)) * 1024
    with open("/proc/net/sockstat") as f:
        buffers = int(re.search(r"^TCP:.* mem (\d+)", f.read(), re.M).group(1)) * os.sysconf("SC_PAGE_SIZE")
    slabs = 0
    try:
        with open("/proc/slabinfo") as f:
            for name, active, _, size in re.findall(r"^(TCP|sock_inode_cache|eventpoll_epi|eventpoll_pwq|filp|dentry) +(\d+) +(\d+) +(\d+)", f.read(), re.M):
                slabs += int(active) * int(size)
    except OSError:
        pass
    return own, buffers, slabs


def processor_seconds(server):
    with open(f"/proc/{server.process.pid}/stat") as f:
        fields = f.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(server, folder, rate, connections):
    out = subprocess.run([checkins.LOAD, str(server.port), server.key, "main", f"{folder}/tokens", str(connections), str(SECONDS), str(rate), f"{folder}/acks"],
                         check=True, capture_output=True, text=True)
    return json.loads(out.stdout)


def measure(folder, port, count, rate=0, connections=CONNECTIONS):
    """One server, one load; with `count` streams beside it."""
    server = checkins.Server(folder, None, port)
    try:
        result = {}
        if count:
            cookie = " ".join(display_cookie(server) for _ in range(count // OWN + 1))
            Readers(server, cookie, 20).end()  # what is made once is made
            time.sleep(1)
            before = memory(server)
            readers = Readers(server, cookie, count, f"{folder}/acks", str(connections))
            time.sleep(1)
            after = memory(server)
            result["own"], result["buffers"], result["slabs"] = ((b - a) / count for a, b in zip(before, after))
        spent = processor_seconds(server)
        result["load"] = load(server, folder, rate, connections)
        result["spent"] = (processor_seconds(server) - spent) / SECONDS
        if count:
            time.sleep(0.5)
            result["streams"] = readers.end()
        return result
    finally:
        server.stop()


def median(results, *path):
    def at(value):
        for key in path:
            value = value[key]
        return value
    return statistics.median(at(r) for r in results)


def main():
    if NICE:
        os.nice(NICE)
    alone, beside, doors = [], [], []
    with tempfile.TemporaryDirectory(dir=os.environ.get("FOLDER", checkins.B)) as folder:
        checkins.make_event(folder)
        for i in range(ROUNDS):
            for results, count in ((alone, 0), (beside, STREAMS)) if i % 2 else ((beside, STREAMS), (alone, 0)):
                results.append(measure(folder, 21500 + i * 4 + len(results) % 2 * 2 + (count > 0), count))
            doors.append(measure(folder, 21560 + i, STREAMS, DOOR_RATE, 2))
    rate, peer = median(beside, "load", "per_second"), median(alone, "load", "per_second")
    print(f"{STREAMS} streams, {CONNECTIONS} connections of check-ins, {ROUNDS} rounds of {SECONDS} s, medians, load of the machine {os.getloadavg()[0]:.0f}")
    print(f"  check-ins alone            {peer:8.0f}/s   p50 {median(alone, 'load', 'p50'):7.2f} ms   p99 {median(alone, 'load', 'p99'):7.2f} ms")
    print(f"  beside the streams         {rate:8.0f}/s   p50 {median(beside, 'load', 'p50'):7.2f} ms   p99 {median(beside, 'load', 'p99'):7.2f} ms")
    ratios = [b['load']['per_second'] / a['load']['per_second'] for a, b in zip(alone, beside)]
    print(f"  ratio, median of rounds    {statistics.median(ratios):8.2f}    by round: {', '.join('%.2f' % r for r in ratios)}   (wanted: 0.90)")
    cost, peer_cost = (median(r, "spent") / median(r, "load", "per_second") * 1e6 for r in (beside, alone))
    print(f"  the server's processor time for each: alone {peer_cost:.0f} µs, beside {cost:.0f} µs: {(cost - peer_cost) * rate / 1e4:.1f} % of a core for the streams")
    for name, results in (("full load", beside), (f"{DOOR_RATE} scans/s", doors)):
        s = [r["streams"] for r in results]
        print(f"  acknowledged → shown, {name:11s} p50 {median(s, 'p50'):6.1f} ms   p99 {median(s, 'p99'):6.1f} ms   longest {median(s, 'longest'):6.1f} ms   (wanted: 300 ms)")
        print(f"    a stream and second: {median(s, 'stats'):.1f} stats, {median(s, 'snapshots'):.1f} snapshots, {median(s, 'checkins'):.1f} check-ins, {median(s, 'bytes') / 1024:.1f} KB in {median(s, 'reads'):.1f} pieces")
    everyone = beside + doors
    print(f"  memory per stream          {median(everyone, 'own') / 1024:.1f} KB of the program   (wanted: under 16), {median(everyone, 'slabs') / 1024:.1f} KB of the kernel's for both ends of the socket, "
          f"{median(everyone, 'buffers') / 1024:.1f} KB in its buffers")


if __name__ == "__main__":
    sys.exit(main())

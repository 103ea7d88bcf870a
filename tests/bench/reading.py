#!/usr/bin/env python3
"""How well and how cheaply codes are read, against zbarimg over the same pictures in turn: rate, misreads, processor time; then walk-up clips through the whole
scanner, offline: showings read, and milliseconds from the frame to the feedback.

    B=build tests/bench/reading.py          PLENUM_QR_PHOTOS=FOLDER: pictures of your own, with truth.tsv (file, codes joined by |, …) there or above"""
import json
import os
import resource
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "flow"))
import scanner as flow  # noqa: E402

BUILD = os.environ.get("B", "build")
BATCH = 12


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(command):
    begun = cpu()
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode("utf-8", "replace")
    return out, cpu() - begun


def read_truth(folder):
    path = os.path.join(folder, "truth.tsv")
    if not os.path.exists(path):
        path = os.path.join(os.path.dirname(os.path.abspath(folder)), "truth.tsv")
    rows = [line.rstrip("\n").split("\t") for line in open(path, encoding="utf-8")]
    return {os.path.basename(r[0]): (set(x for x in r[1].split("|") if x), r[4].replace("\\n", "\n") if len(r) > 4 else "") for r in rows}


def photos(folder):
    truth = read_truth(folder)
    files = [os.path.join(folder, name) for name in sorted(truth)]
    spent = {"ours": 0.0, "zbarimg": 0.0}
    found = {"ours": 0, "zbarimg": 0}
    misread = 0
    for at in range(0, len(files), BATCH):
        part = files[at:at + BATCH]
        for who in (("ours", "zbarimg") if at // BATCH % 2 else ("zbarimg", "ours")):
            command = [flow.SCANNER, "decode"] if who == "ours" else ["zbarimg", "-q", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable"]
            out, seconds = timed(command + part)
            spent[who] += seconds
            if who == "zbarimg":
                lines = set(out.splitlines())
                found[who] += sum(len(truth[os.path.basename(f)][0] & lines) for f in part)
                continue
            for line in out.splitlines():
                row = json.loads(line)
                wanted, foreign = truth[os.path.basename(row["file"])]
                found[who] += len(wanted & set(row["codes"]))
                misread += sum(1 for code in row["codes"] if code not in wanted and code.strip() != foreign.strip())
    codes = sum(len(wanted) for wanted, _ in truth.values())
    print("photos: %d of %d codes (%.1f %%), %d misread; zbarimg %d (%.1f %%)" %
          (found["ours"], codes, 100 * found["ours"] / codes, misread, found["zbarimg"], 100 * found["zbarimg"] / codes))
    print("photos: %.1f ms of processor a picture, zbarimg %.1f: ratio %.2f" %
          (1000 * spent["ours"] / len(files), 1000 * spent["zbarimg"] / len(files), spent["ours"] / spent["zbarimg"]))
    return misread == 0 and found["ours"] > found["zbarimg"]


def clips(folder):
    shown, read, wrong, seconds, length, waits = 0, 0, 0, 0.0, 0.0, []
    world = flow.World(folder, "reading")
    world.proxy.set("refuse")
    for seed in range(3):
        fps = 12 + seed
        tokens = [flow.make_token() for _ in range(4)]
        path = os.path.join(folder, "walk-up.y4m")
        subprocess.run([os.path.join(BUILD, "bench", "reading"), "clip", path, str(seed + 1), str(fps)] + [flow.url(t) for t in tokens], check=True)
        out, used = timed([flow.SCANNER, "--spool", world.spool, "--json", "--frames", path])
        results = [json.loads(line) for line in out.splitlines()]
        os.remove(path)
        shown += len(tokens)
        read += len(results)
        wrong += len(results) > len(tokens)
        waits += [r["ms"] for r in results]
        seconds += used
        length += len(tokens) * 2.3
    print("walk-up clips: %d of %d showings read once; frame to feedback p50 %s ms, p95 %s ms, offline; %.0f %% of one core" %
          (read, shown, flow.percentile(waits, 0.5), flow.percentile(waits, 0.95), 100 * seconds / length))
    return wrong == 0


def main():
    with tempfile.TemporaryDirectory(prefix="plenum-reading-") as folder:
        own = os.environ.get("PLENUM_QR_PHOTOS")
        if not own:
            own = os.path.join(folder, "photos")
            os.mkdir(own)
            subprocess.run([os.path.join(BUILD, "bench", "reading"), "photos", own, "78", "7"], check=True)
        good = photos(own)
        good = clips(folder) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

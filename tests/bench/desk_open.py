#!/usr/bin/env python3
"""How soon the desk is usable on a slow phone: Chromium, its processor four times slower, on its own network profiles, with an empty cache and a full one. The peer is the page of the sign-in
under the same limits, which is little more than a box: what is over it is the desk's own. `painted`: the box is there and takes letters; `ready`: it answers what is typed.
    B=build tests/bench/desk_open.py"""
import json
import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
B = os.environ.get("B", "build")


def main():
    packages = os.path.join(ROOT, "tests/browser/node_modules/playwright-core")
    if not os.path.isdir(packages):
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=os.path.join(ROOT, "tests/browser"), check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(["node", os.path.join(ROOT, "tests/bench/desk_open.mjs")], cwd=ROOT, env=dict(os.environ, B=B), stdout=subprocess.PIPE, text=True, check=True)
    print("%-34s %-6s %12s %10s %8s %12s" % ("network (processor / 4)", "cache", "painted, ms", "ready, ms", "KB", "to the peer"))
    for name, seen in json.loads(done.stdout).items():
        for cache in ("cold", "warm"):
            one, peer = seen[cache], seen["peer"]
            print("%-34s %-6s %12d %10d %8.1f %12s" % (name, cache, one["painted"], one["ready"], one["bytes"] / 1024, "%.2f" % (one["ready"] / peer["painted"])))
    print("wanted: usable within 1000 ms")
    return 0


sys.exit(main())

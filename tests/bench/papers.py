#!/usr/bin/env python3
"""Papers and the delegate's page against nginx (sendfile, open_file_cache) on the same machine: 100 KB, 1 MB and 20 MB at 32 and 256 connections, and the page with
70 000 delegates stored against nginx sending a file of the same size. Interleaved rounds, medians; server CPU from /proc. Nothing here fails on a time; it does on an error.
Then a hall: 5 000 phones within a minute, 500 archives at once, and 5 000 open pages that ask for news while others open and a paper is published.
    ROUNDS=5 SECONDS=3 B=build/x python3 tests/bench/papers.py [papers] [page] [phones] [news]"""
import json, os, random, re, shutil, signal, sqlite3, statistics, subprocess, sys, tempfile, time, urllib.request

B = os.environ.get("B", "build")
ROUNDS, SECONDS = int(os.environ.get("ROUNDS", "5")), int(os.environ.get("SECONDS", "3"))
PEOPLE, PORT = int(os.environ.get("PEOPLE", "70000")), int(os.environ.get("PORT", "18400"))
PLENUM = f"{B}/bin/plenum"
SIZES = (("100 KB", 100 * 1000), ("1 MB", 1000 * 1000), ("20 MB", 20 * 1000 * 1000))
TICK = os.sysconf("SC_CLK_TCK")
NEWS = "vua-cong-bo"  # the title of the paper that is published while pages are open


def make_data(folder):
    rng = random.Random(3)
    for name, size in SIZES:
        with open(f"{folder}/{size}.pdf", "wb") as f:
            f.write(b"%PDF-1.7\n" + rng.randbytes(size - 9))
    hours = [(s, f"2026-01-0{d}T{h:02d}:00", f"2026-01-0{d}T{h + 1:02d}:30") for s, (d, h) in enumerate((d, h) for d in (1, 2) for h in (8, 10, 14, 16))]
    event = {"format": "plenum-events/1", "organization": {"name": "Bench", "languages": ["vi", "en"], "units": [{"code": f"U{i}", "name": f"Đoàn số {i}"} for i in range(63)]},
             "people": [{"code": f"P{i}", "name": f"Nguyễn Văn {i}", "unit": f"U{i % 63}"} for i in range(PEOPLE)],
             "events": [{"slug": "bench", "kind": "congress", "title": {"vi": "Đại hội", "en": "Congress"}, "timezone": "UTC", "starts": "2026-01-01T00:00", "ends": "2026-01-03T00:00",
                         "categories": [{"code": "official", "title": "Đại biểu"}], "areas": [{"code": "hall", "title": "Hội trường"}],
                         "gates": [{"code": "main", "title": "Cửa", "kind": "entry", "area": "hall"}],
                         "sessions": [{"code": f"s{s}", "title": {"vi": f"Phiên thứ {s}", "en": f"Session {s}"}, "starts": a, "ends": b, "area": "hall"} for s, a, b in hours],
                         "documents": [{"code": f"d{size}", "title": {"vi": f"Tài liệu {name}"}, "file": f"{size}.pdf", "language": "vi"} for name, size in SIZES]
                         + [{"code": "later", "title": {"vi": NEWS}, "file": f"{SIZES[0][1]}.pdf", "language": "vi", "publish_at": "manual"}],
                         "delegates": [{"person": f"P{i}", "category": "official", "seat": f"A{i}"} for i in range(PEOPLE)]}]}
    with open(f"{folder}/bench.json", "w", encoding="utf-8") as f:
        json.dump(event, f)
    subprocess.run([PLENUM, "import", f"{folder}/bench.json", "--starts-on", "today", "--data", f"{folder}/data"], check=True, stdout=subprocess.DEVNULL)


def wait_for(url):
    for _ in range(400):
        try:
            return urllib.request.urlopen(url, timeout=2).read()
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{url} does not answer")


def start_plenum(folder):
    log = open(f"{folder}/plenum.log", "wb")
    process = subprocess.Popen([PLENUM, "serve", "--data", f"{folder}/data", "--listen", f"127.0.0.1:{PORT}", "--listen-tls", "none", "--public-url", "http://10.0.0.1:8080"],
                               stdout=log, stderr=log)
    wait_for(f"http://127.0.0.1:{PORT}/healthz")
    return process


def start_nginx(folder):
    os.makedirs(f"{folder}/www", exist_ok=True)
    for _, size in SIZES:
        shutil.copy(f"{folder}/{size}.pdf", f"{folder}/www/{size}.pdf")
    user = "user root;" if os.getuid() == 0 else ""
    with open(f"{folder}/nginx.conf", "w") as f:
        f.write(f"""daemon off; {user} worker_processes auto; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 4096; }}
http {{ access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_timeout 65; keepalive_requests 100000000; open_file_cache max=1000 inactive=60s;
  open_file_cache_valid 60s; types {{ application/pdf pdf; text/html html; }} client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{PORT + 1} backlog=4096; root {folder}/www; }} }}
""")
    process = subprocess.Popen(["nginx", "-c", f"{folder}/nginx.conf", "-p", folder], stderr=subprocess.DEVNULL)
    wait_for(f"http://127.0.0.1:{PORT + 1}/{SIZES[0][1]}.pdf")
    return process


def family(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [pid] + [int(p) for p in f.read().split()]


def cpu(pid):
    """Seconds of CPU, user and kernel, of a server and its workers."""
    total = 0
    for p in family(pid):
        with open(f"/proc/{p}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def load(server, url, connections, script=None):
    """MB/s, requests/s, CPU milliseconds for each MB and request."""
    words = ["wrk", "-t1", f"-c{connections}", f"-d{SECONDS}s", "--timeout", "30s"] + (["-s", script] if script else [])
    before = cpu(server.pid)
    out = subprocess.run(words + [url], check=True, capture_output=True, text=True).stdout
    used = cpu(server.pid) - before
    found = re.search(r"(\d+) requests in ([\d.]+)(ms|s|m), ([\d.]+)([KMG]?B) read", out)
    errors = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: .*", out)
    if errors or not found:
        sys.exit(f"{url}: {out}")
    requests, seconds = int(found.group(1)), float(found.group(2)) * {"ms": 0.001, "s": 1, "m": 60}[found.group(3)]
    megabytes = float(found.group(4)) * {"B": 1e-6, "KB": 1.024e-3, "MB": 1.048576, "GB": 1073.741824}[found.group(5)]
    return megabytes / seconds, requests / seconds, used * 1000 / megabytes, used * 1000 / max(1, requests)


def duel(ours, peer, jobs):
    """The same load on both, in turns, the order changing; medians."""
    results = ([], [])
    for round_number in range(ROUNDS):
        for which in ((0, 1), (1, 0))[round_number % 2]:
            server, url, connections, script = jobs[which]
            results[which].append(load((ours, peer)[which], url, connections, script))
    return [tuple(statistics.median(column) for column in zip(*rows)) for rows in results]


def bench_papers(ours, peer, token):
    ratios, costs = [], []
    print(f"papers, {ROUNDS} rounds of {SECONDS} s, medians: ours against nginx")
    for name, size in SIZES:
        for connections in (32, 256):
            url = f"http://127.0.0.1:{PORT}/d/{token}/f/d{size}/1/{size}.pdf"
            a, b = duel(ours, peer, ((None, url, connections, None), (None, f"http://127.0.0.1:{PORT + 1}/{size}.pdf", connections, None)))
            ratios.append(a[0] / b[0])
            costs.append(a[2] / b[2])
            print(f"  {name:>6} x {connections:3d}   {a[0]:7.0f} / {b[0]:7.0f} MB/s  {ratios[-1]:5.2f}x     CPU ms/MB {a[2]:6.3f} / {b[2]:6.3f}  {costs[-1]:5.2f}x", flush=True)
    print(f"  geometric mean: throughput {statistics.geometric_mean(ratios):.2f}x (wanted: 0.9x), CPU per MB {statistics.geometric_mean(costs):.2f}x (wanted: at most 1.1x)")


def bench_page(ours, peer, folder, tokens):
    page = wait_for(f"http://127.0.0.1:{PORT}/d/{tokens[0]}")
    with open(f"{folder}/www/page.html", "wb") as f:
        f.write(page)
    scripts = []
    for name, paths in (("ours", [f"/d/{t}" for t in tokens]), ("peer", [f"/page.html?{t}" for t in tokens])):
        with open(f"{folder}/{name}.txt", "w") as f:
            f.writelines(p + "\n" for p in paths)
        with open(f"{folder}/{name}.lua", "w") as f:
            f.write(f"""local paths, i = {{}}, 0
function init(args)
  for line in io.lines("{folder}/{name}.txt") do paths[#paths + 1] = wrk.format("GET", line) end
end
function request() i = i % #paths + 1 return paths[i] end
""")
        scripts.append(f"{folder}/{name}.lua")
    for connections in (64, 256):
        a, b = duel(ours, peer, ((None, f"http://127.0.0.1:{PORT}/", connections, scripts[0]), (None, f"http://127.0.0.1:{PORT + 1}/", connections, scripts[1])))
        print(f"delegate's page ({len(page)} bytes, {len(tokens)} badges in turn, x {connections}): {a[1]:.0f} / {b[1]:.0f} a second  {a[1] / b[1]:.2f}x (wanted: 0.5x)   "
              f"CPU us a request {a[3] * 1000:.0f} / {b[3] * 1000:.0f}", flush=True)


def read_result(done, out):
    """The one line of JSON that a load generator writes."""
    if not out.strip():
        sys.exit(f"a load generator gave nothing (exit {done})")
    return json.loads(out)


def bench_phones(folder, ours, tokens):
    """A hall within a minute, a fifth of it slow; then 500 archives at once, each read at 1 MB/s. True: no error."""
    with open(f"{folder}/hall.txt", "w") as f:
        f.writelines(f"/d/{t} /d/{t}/f/d1000000/1/x.pdf\n" for t in tokens)
    with open(f"{folder}/archives.txt", "w") as f:
        f.writelines(f"/d/{t}/papers.zip\n" for t in tokens)
    good = True
    for name, plans, what, words in (("5 000 phones: page and 1 MB", "hall", "page", ("5000", "55", "20", "50000")), ("500 papers.zip", "archives", "whole archive", ("500", "2", "100", "1000000"))):
        done = subprocess.run([f"{B}/bench/phones", str(PORT), f"{folder}/{plans}.txt", *words, str(ours.pid)], capture_output=True, text=True)
        r = read_result(done.returncode, done.stdout)
        good = good and not r["errors"]
        print(f"{name}: {r['errors']} errors {r['first_error']}, {r['seconds']:.0f} s, {r['megabytes']:.0f} MB, at most {r['at_once']} at once; {what} p50 {r['p50_ms']:.1f} "
              f"p99 {r['p99_ms']:.1f} ms; server {r['rss_before_kb'] // 1024} MB before, {r['rss_most_kb'] // 1024} at most, {r['rss_end_kb'] // 1024} after", flush=True)
    return good


def publish(folder):
    """As a command beside the server does it: one transaction, and the event is another one."""
    db = sqlite3.connect(f"{folder}/data/plenum.db", timeout=20)
    with db:
        db.execute("UPDATE document SET published_ms = ? WHERE code = 'later'", (int(time.time() * 1000),))
        db.execute("UPDATE event SET config_seq = config_seq + 1")
        at = time.monotonic()
    db.close()
    return at


def bench_news(folder, ours, tokens):
    """5 000 open pages ask every 16 s (as slowly as pages of ours do), 5 000 others open within 50 s, and a paper is published in the middle. True: no error, and all have seen it."""
    phones, every, seconds = 5000, 16, 60
    with open(f"{folder}/tokens.txt", "w") as f:
        f.writelines(t + "\n" for t in tokens[:phones])
    with open(f"{folder}/pages.txt", "w") as f:
        f.writelines(f"/d/{t}\n" for t in tokens[phones:])
    before = cpu(ours.pid)
    asking = subprocess.Popen([f"{B}/bench/news", str(PORT), f"{folder}/tokens.txt", str(phones), str(every), str(seconds), NEWS], stdout=subprocess.PIPE, text=True)
    opening = subprocess.Popen([f"{B}/bench/phones", str(PORT), f"{folder}/pages.txt", str(phones), "50", "0", "1000000", str(ours.pid)], stdout=subprocess.PIPE, text=True)
    time.sleep(seconds / 2)
    at = publish(folder)
    pages, news = read_result(opening.wait(), opening.stdout.read()), read_result(asking.wait(), asking.stdout.read())
    used = (cpu(ours.pid) - before) / seconds
    print(f"news: {phones} phones every {every} s, {news['polls']} polls ({news['unchanged']} unchanged), {news['errors']} errors {news['first_error']}; p50 {news['p50_ms']:.1f} p99 {news['p99_ms']:.1f} ms; "
          f"the new paper: seen by {news['seen']}, first {news['first_seen_us'] / 1e6 - at:.2f} s, last {news['last_seen_us'] / 1e6 - at:.2f} s after it was published (wanted: within 20 s)", flush=True)
    print(f"  meanwhile {pages['phones']} pages: {pages['errors']} errors {pages['first_error']}, p50 {pages['p50_ms']:.1f} p99 {pages['p99_ms']:.1f} ms; server at most {pages['rss_most_kb'] // 1024} MB, "
          f"{used * 100:.0f} % of one core", flush=True)
    return not news["errors"] and not pages["errors"] and news["seen"] == phones


def main():
    what, good = sys.argv[1:] or ["papers", "page", "phones", "news"], True
    kept = os.environ.get("FOLDER")
    with tempfile.TemporaryDirectory(dir=B) as scratch:
        folder = os.path.abspath(kept or scratch)
        if not os.path.exists(f"{folder}/data"):
            os.makedirs(folder, exist_ok=True)
            make_data(folder)
        db = sqlite3.connect(f"file:{folder}/data/plenum.db?mode=ro", uri=True)
        tokens = [t for (t,) in db.execute("SELECT token FROM credential")]
        db.close()
        random.Random(5).shuffle(tokens)
        ours, peer = start_plenum(folder), start_nginx(folder)
        try:
            if "papers" in what:
                bench_papers(ours, peer, tokens[0])
            if "page" in what:
                bench_page(ours, peer, folder, tokens)
            if "phones" in what:
                good = bench_phones(folder, ours, tokens) and good
            if "news" in what:
                good = bench_news(folder, ours, tokens) and good
        finally:
            for process in (ours, peer):
                process.send_signal(signal.SIGTERM)
                process.wait(20)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

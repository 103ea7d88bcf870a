#!/usr/bin/env python3
# suite
"""One congress, end to end, with the real programs: the sample's event file → badges, proved and rasterised → the scanner reads every badge at the door → the wall's
figures → the record → a phone with its papers → a restart in the middle of the show.    B=build/x tests/flow/story.py"""
import collections
import html
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, check, equal, note  # noqa: E402

EVENT = "dai-hoi-19"
PDFTOPPM, PDFINFO = plenum.tool("pdftoppm"), plenum.tool("pdfinfo")
SCANNER = plenum.program("plenum-scanner")
plenum.program("plenum-badges")
server = plenum.Server("story")
public = "http://127.0.0.1:%d" % server.port
pages = os.path.join(server.folder, "pages")
stage = {}


def wait_for_quiet():
    """A door follows the programme: the story is told between two of its moments (a session's hour before, beginning and end; midnight)."""
    def minutes(text):
        return int(text[11:13]) * 60 + int(text[14:16])
    moments = {0}
    for session in stage["file"]["sessions"]:
        moments |= {minutes(session["starts"]) - 60, minutes(session["starts"]), minutes(session["ends"])}
    while True:
        now = (time.time() + 7 * 3600) % 86400 / 60  # the sample's zone has no other time than UTC+7
        near = [m for m in moments if 0 <= (m - now) % 1440 < 2]
        if not near:
            return
        note("waits for a moment of the programme")
        time.sleep(5)


def the_list():
    """Import: shown first, then done, then done again without a change."""
    dry = plenum.plenum("import", plenum.SAMPLE, "--starts-on", "today", "--dry-run", data=server.data)
    check(json.loads(dry.stdout)["dry_run"] is True and not os.path.exists(os.path.join(server.data, "plenum.db")), "a dry run shows and changes nothing")
    server.load(plenum.SAMPLE, "--starts-on", "today")
    again = json.loads(plenum.plenum("import", plenum.SAMPLE, "--starts-on", "today", "--json", data=server.data).stdout)
    moved = {k: c for k, c in again["counts"].items() if c["new"] or c["changed"] or c["removed"]}
    equal(moved, {}, "the same file again changes nothing")
    with open(plenum.SAMPLE, encoding="utf-8") as f:
        sample = json.load(f)
    stage["file"] = next(e for e in sample["events"] if e["slug"] == EVENT)
    stage["names"] = {p["code"]: p["name"] for p in sample["people"]}
    good = [d for d in stage["file"]["delegates"] if d.get("status", "summoned") in ("summoned", "alternate")]
    stage["named"] = {d["person"]: d for d in good if d["person"]}
    stage["blank"] = {d["number"] for d in good if not d["person"]}
    check(len(stage["named"]) >= 300 and len(stage["blank"]) == 20,
          "the sample has %d badges with a name and %d blank ones" % (len(stage["named"]), len(stage["blank"])))
    stage["tokens"] = server.tokens(EVENT)


def the_badges():
    pdf = os.path.join(server.folder, "badges.pdf")
    report = json.loads(plenum.plenum("--event", EVENT, "-o", pdf, "--verify", "--json", "--public-url", public, data=server.data, name="plenum-badges").stdout)
    count = len(stage["named"]) + len(stage["blank"])
    equal((report["badges"], report["verified"], report["missing"]), (count, count, 0), "every badge is drawn and read back, no letter missing")
    begun = time.time()
    os.mkdir(pages)
    half = report["pages"] // 2
    halves = [subprocess.Popen([PDFTOPPM, "-r", "150", "-gray", "-png", "-f", str(first), "-l", str(last), pdf, os.path.join(pages, "page")])
              for first, last in ((1, half), (half + 1, report["pages"]))]
    equal([h.wait(120) for h in halves], [0, 0], "the pages are rasterised at 150 dpi")
    equal(len(os.listdir(pages)), report["pages"], "%d pages, in %.0f s" % (report["pages"], time.time() - begun))
    stage["pdf_pages"] = report["pages"]


def the_desk():
    """First sign-in with the password that was shown once; it has to be changed; then the same badges over HTTP."""
    server.start("--public-url", public, "--welcome", EVENT)
    log = server.log_text()
    check("/desk/" + EVENT in log and "/display/" + EVENT in log and "/D/" in log, "the start says where desk, wall and one delegate's page are", log[-300:])
    admin = server.sign_in("admin", server.first_password())
    page = admin.get("/admin/" + EVENT)
    if page.status == 302:
        equal(page.header("location"), "/password", "a password that was made by the program has to be changed first")
        reply = admin.form("/password", {"old": server.first_password(), "new": "một mật khẩu của riêng tôi", "again": "một mật khẩu của riêng tôi"})
        equal(reply.status, 303, "it is changed")
        page = admin.get("/admin/" + EVENT)
        admin.csrf = plenum.csrf_of(page.text)
    check(page.status == 200 and server.value("SELECT display_code FROM event WHERE slug = ?", EVENT) in page.text, "the console shows the code of the wall",
          page.status)
    reply = admin.get("/api/v1/events/%s/badges.pdf" % EVENT)
    path = os.path.join(server.folder, "served.pdf")
    with open(path, "wb") as f:
        f.write(reply.body)
    info = subprocess.run([PDFINFO, path], capture_output=True, text=True).stdout
    found = re.search(r"Pages:\s+(\d+)", info)
    equal((reply.status, found and int(found.group(1))), (200, stage["pdf_pages"]), "the server gives the same badges as PDF")
    stage["admin"] = admin


def the_wall_is_on():
    stage["display"] = server.display(EVENT)
    stage["wall"] = plenum.Stream(stage["display"], "/api/v1/events/%s/live" % EVENT)
    first = stage["wall"].wait(lambda name, data: name == "snapshot")
    check(first and first["present"] == 0 and first["expected"] == sum(d.get("status", "summoned") == "summoned" for d in stage["named"].values()),
          "the wall begins with a picture: nobody yet, of %s expected" % (first or {}).get("expected"), first)
    page = stage["display"].get("/display/" + EVENT)
    check(page.status == 200 and "wall" in page.text, "and its page opens by the cookie alone")


def the_door():
    """The scanner, paired by the printed code, over HTTPS with the pinned key, reads every page."""
    wait_for_quiet()
    spool = os.path.join(server.folder, "spool")
    pairing = server.pairing(EVENT, "main")
    check(pairing["url"].startswith("https://") and "#sha256//" in pairing["url"], "the pairing's address carries the pin of the server's key", pairing["url"])
    done = subprocess.run([SCANNER, "--server", pairing["url"], "--pair", pairing["code"], "--name", "Cửa chính 1", "--spool", spool, "--json"], capture_output=True,
                          text=True, timeout=30)
    check(done.returncode == 0 and json.loads(done.stdout)["gate"] == "main", "the scanner is paired", done.stderr)
    begun = time.time()
    done = subprocess.run([SCANNER, "--gate", "main", "--images", pages, "--once", "--spool", spool, "--json"], capture_output=True, text=True, timeout=200)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    equal(done.returncode, 0, "the scanner reads %d pages: %d scans in %.1f s" % (stage["pdf_pages"], len(lines), time.time() - begun))
    equal(len(lines), len(stage["named"]) + len(stage["blank"]), "one scan for each badge")
    stage["lines"] = lines
    left = subprocess.run([SCANNER, "queue", "list", "--spool", spool], capture_output=True, text=True)
    check(left.returncode == 0, "nothing is left in its queue", left.stdout + left.stderr)


def the_record():
    export = json.loads(plenum.plenum("export", "checkins", "--event", EVENT, "--format", "json", data=server.data).stdout)
    equal(sorted(e["scan_id"] for e in export), sorted(line["scan_id"] for line in stage["lines"]),
          "what the scanner said is in the record, once each, and nothing else")
    told = {line["scan_id"]: (line["outcome"], line["reason"]) for line in stage["lines"]}
    equal([(e["scan_id"], e["outcome"], e["reason"]) for e in export if told.get(e["scan_id"]) != (e["outcome"], e["reason"])], [], "with the same outcome")
    by_person = collections.Counter(e["person"] for e in export if e["outcome"] == "admitted")
    officials = {p for p, d in stage["named"].items() if d["category"] == "official" and d.get("status", "summoned") == "summoned"}
    equal({p: by_person[p] for p in officials if by_person[p] != 1}, {}, "every one of %d summoned officials is admitted exactly once" % len(officials))
    blank = [(e["outcome"], e["reason"]) for e in export if e["person"] is None]
    equal(blank, [("refused", "not_issued")] * len(stage["blank"]), "every blank badge is refused: it has no name yet")
    others = {(e["outcome"], e["reason"]) for e in export if e["person"] and e["person"] not in officials}
    check(others <= {("admitted", None), ("refused", "not_admitted_here")}, "the others pass by the programme of the hour: %s" % sorted(map(str, others)), others)
    csv = plenum.plenum("export", "checkins", "--event", EVENT, "--format", "csv", data=server.data).stdout
    equal(len([line for line in csv.split("\n") if line.strip()]), len(export) + 1, "the record as CSV has as many lines")
    stage["export"], stage["admitted"] = export, by_person


def figures_of(value):
    return {k: value[k] for k in ("expected", "attended", "present", "by_category", "by_delegation", "by_gate")}


def the_figures():
    """Wall, stats and record agree."""
    device = server.device(EVENT, "main")
    stats = device.get("/api/v1/events/%s/stats" % EVENT).json()
    came = collections.Counter(stage["named"][p]["category"] for p in stage["admitted"])
    equal({c: v["attended"] for c, v in stats["by_category"].items() if v["attended"]}, dict(came), "stats count what the record has, by category")
    came = collections.Counter(stage["named"][p].get("delegation") for p in stage["admitted"])
    equal({d: v["attended"] for d, v in stats["by_delegation"].items() if v["attended"]}, {d: n for d, n in came.items() if d}, "and by delegation")
    equal((stats["attended"], stats["present"], stats["by_gate"]["main"]["attended"]), (len(stage["admitted"]),) * 3,
          "%d have come and are in" % len(stage["admitted"]))
    wall = stage["wall"].wait(lambda name, data: name == "snapshot" and data["attended"] == stats["attended"])
    check(wall is not None, "the wall was told", [(n, d.get("attended")) for n, d, _ in stage["wall"].events[-3:]])
    equal(figures_of(wall), figures_of(stats), "and shows the same figures")
    text = json.dumps([d for _, d, _ in stage["wall"].events], ensure_ascii=False)
    shown = [n for n in stage["names"].values() if n in text]
    equal(shown, [], "no name reached the wall")
    equal([t for t in stage["tokens"].values() if t in text], [], "nor a token")
    check(any(name == "checkin" for name, _, _ in stage["wall"].events), "it saw people come (%d events)" % len(stage["wall"].events))
    quorum = stats["quorum"]
    check(quorum["reached"] and quorum["present"] >= quorum["required"] and quorum["since"], "quorum is reached: %s" % quorum, quorum)
    stage["stats"] = stats
    done = plenum.plenum("doctor", data=server.data, fine=False)
    check(done.returncode == 0, "plenum doctor agrees", (done.stdout + done.stderr)[-300:])


def the_phone():
    """What a phone does with the code on a badge: the address as it stands there."""
    picture = sorted(os.listdir(pages))[0]
    done = subprocess.run([SCANNER, "decode", os.path.join(pages, picture)], capture_output=True, text=True, timeout=60)
    codes = json.loads(done.stdout.splitlines()[0])["codes"]
    equal(len(codes), 8, "the first page has eight codes")
    by_token = {t: p for p, t in stage["tokens"].items()}
    check(all(re.fullmatch(re.escape(public.upper().replace("HTTP", "http", 1)) + r"/D/[0-9A-HJKMNP-TV-Z]{16}", c) for c in codes),
          "each says http://HOST/D/TOKEN in capitals", codes[0][:40])
    who = by_token[codes[0].rsplit("/", 1)[1]]
    phone = Client(server)
    page = phone.get(urllib.parse.urlsplit(codes[0]).path, Accept_Encoding="gzip")
    check(page.status == 200 and page.header("content-encoding") == "gzip" and len(page.body) < 14336,
          "the page of %s opens: %d bytes compressed" % (who, len(page.body)), page)
    page = phone.get(urllib.parse.urlsplit(codes[0]).path)
    name = re.sub(r"\s+", " ", stage["names"][who])
    import unicodedata
    check(unicodedata.normalize("NFC", name) in unicodedata.normalize("NFC", html.unescape(page.text)), "it greets them by name")
    links = [html.unescape(link) for link in re.findall(r'href="(/d/[^"]+/f/[^"]+)"', page.text)]
    category, documents = stage["named"][who]["category"], stage["file"]["documents"]
    may = {d["code"]: d for d in documents if (not d.get("audience") or category in d["audience"]["categories"]) and d.get("publish_at") != "manual"
           and not d.get("restricted")}
    equal({link.split("/f/")[1].split("/")[0] for link in links}, set(may), "and lists the papers for %s" % category)
    for link in links:
        code = link.split("/f/")[1].split("/")[0]
        with open(os.path.join(plenum.ROOT, may[code]["file"]), "rb") as f:
            check(phone.get(link).body == f.read(), "%s comes byte for byte" % code)
    hidden = [d["code"] for d in documents if d["code"] not in may]
    token = codes[0].rsplit("/", 1)[1]
    statuses = {phone.get("/d/%s/f/%s/1/x.pdf" % (token, code)).status for code in hidden}
    check(hidden and statuses <= {403, 404}, "%d others stay closed" % len(hidden), statuses)
    note("the desk sees the card at the same address")
    card = stage["admin"].get("/D/" + token)
    check(card.status == 200 and "/desk/%s/checkin" % EVENT in card.text and "papers" not in card.text, "a helper's phone gets the desk's card", card.status)


def a_restart():
    wall, seen = stage["wall"], len(stage["wall"].events)
    connects = wall.connects
    equal(server.stop(), 0, "the server stops in peace, with a wall open")
    server.start("--public-url", public)
    with wall.arrived:
        wall.arrived.wait_for(lambda: wall.connects > connects and len(wall.events) > seen, 20)
    check(wall.connects == connects + 1, "the wall reconnects by itself", wall.error)
    snapshots = [d for n, d, _ in wall.events[seen:] if n == "snapshot"]
    check(snapshots and figures_of(snapshots[0])["attended"] == stage["stats"]["attended"], "and begins with a picture", wall.events[seen:][:1])
    stats = stage["admin"].get("/api/v1/events/%s/stats" % EVENT).json()
    equal(figures_of(snapshots[0]) if snapshots else None, figures_of(stats), "of the same figures as before it")
    one = next(iter(stage["admitted"]))
    reply = stage["admin"].post("/api/v1/checkins?event=" + EVENT, {k: v for k, v in plenum.scan("", "main", "out", delegate=one).items() if k != "token"})
    equal(reply.json()["results"][0]["outcome"], "left", "one leaves")
    check(wall.wait(lambda n, d: n == "snapshot" and d["present"] == stats["present"] - 1), "and the wall says so")
    server.kill()
    server.start("--public-url", public)
    check(plenum.wait(lambda: wall.connects >= connects + 2), "after a crash it comes back as well", wall.connects)
    wall.end()
    equal(server.stop(), 0, "the end")
    check("error" not in server.log_text(), "no fault was written down", server.log_text()[-600:])


if __name__ == "__main__":
    plenum.run("story", the_list, the_badges, the_desk, the_wall_is_on, the_door, the_record, the_figures, the_phone, a_restart)

#!/usr/bin/env python3
# suite
"""plenum-badges as a person uses it: the whole sample printed and read back by other programs, the choices, the refusals, Ctrl-C."""
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as p

EVENT = "dai-hoi-19"
GONE = ("replaced", "withdrawn", "disqualified")
HOST = "http://192.168.1.10:8080"


def badges(*words, data, fine=True):
    return p.plenum(*words, data=data, fine=fine, name="plenum-badges")


def rows(data, sql):
    database = sqlite3.connect("file:%s?mode=ro" % os.path.join(data, "plenum.db"), uri=True)
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()


def draw_pages(pdf, folder, dpi, last=9999):
    p.tool("pdftoppm")
    os.mkdir(folder)
    subprocess.run(["pdftoppm", "-gray", "-r", str(dpi), "-l", str(last), pdf, os.path.join(folder, "page")], check=True)
    return sorted(os.path.join(folder, f) for f in os.listdir(folder))


def read_codes(pages):
    """Every QR text, by zbarimg: nothing of ours."""
    p.tool("zbarimg")
    return subprocess.run(["zbarimg", "--raw", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable"] + pages, capture_output=True, text=True).stdout.split()


def scan_codes(pages):
    """Every QR text, by plenum-scanner."""
    done = p.plenum("decode", *pages, name="plenum-scanner")
    return [code for line in done.stdout.splitlines() for code in json.loads(line)["codes"]]


def plain(text):
    """Letters only, composed, without marks of direction and Arabic vowel signs (which text extraction puts elsewhere)."""
    text = unicodedata.normalize("NFC", text)
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Zs", "Cc") and not "\u064b" <= c <= "\u0652")


def whole_sample():
    folder = p.scratch("badges")
    data, pdf = os.path.join(folder, "data"), os.path.join(folder, "badges.pdf")
    p.plenum("import", p.SAMPLE, data=data)
    told = json.loads(badges("--event", EVENT, "-o", pdf, "--verify", "--json", "--public-url", HOST, data=data).stdout)
    tokens = {t for (t,) in rows(data, """SELECT c.token FROM credential c JOIN delegate d ON d.id = c.delegate_id JOIN event e ON e.id = d.event_id
                                          WHERE e.slug = '%s' AND c.revoked_ms IS NULL""" % EVENT)}
    pages = draw_pages(pdf, os.path.join(folder, "sheets"), 150)
    codes = scan_codes(pages)
    p.check(told["badges"] >= 300 and told["verified"] == told["badges"] and told["missing"] == 0, "every badge is verified", told)
    p.equal(len(set(codes)), told["badges"], "plenum-scanner reads as many different codes from the sheets")
    p.check(len(codes) == len(set(codes)), "each once", len(codes))
    p.check(all(re.fullmatch(re.escape(HOST) + "/D/[0-9A-HJKMNP-TV-Z]{16}", c) for c in codes), "each says http://HOST/D/TOKEN", codes[:3])
    p.check({c[-16:] for c in codes} <= tokens, "with tokens that are valid", sorted({c[-16:] for c in codes} - tokens)[:3])
    p.equal(told["pages"], (told["badges"] + 7) // 8, "eight on a page")
    p.equal(rows(data, "SELECT layout, host, badges FROM print_run"), [("a4x8", HOST[7:], told["badges"])], "the run is written down")
    p.equal(rows(data, "SELECT value FROM setting WHERE name = 'public_url'"), [(HOST,)], "the address is stored")
    p.equal(oct(os.stat(pdf).st_mode & 0o777), "0o600", "the file is its owner's")
    p.check("No syntax or stream encoding errors" in subprocess.run(["qpdf", "--check", pdf], capture_output=True, text=True).stdout, "qpdf finds nothing")
    every_name(data, folder)


def every_name(data, folder):
    """On a6 each name is the text of a page of its own; whether it is drawn right is shown by pixels in tests/unit/test_typeset_pixels.c."""
    pdf = os.path.join(folder, "a6.pdf")
    told = json.loads(badges("--event", EVENT, "-o", pdf, "--layout", "a6", "--json", data=data).stdout)
    p.equal(told["pages"], told["badges"], "one on a page")
    codes = read_codes(draw_pages(pdf, os.path.join(folder, "pages"), 100, last=60))
    p.equal(len(set(codes)), 60, "zbarimg reads sixty of them at 100 dpi")
    pages = [plain(t) for t in subprocess.run(["pdftotext", "-q", pdf, "-"], capture_output=True, text=True, check=True).stdout.split("\f")]
    names = [n for (n,) in rows(data, """SELECT pe.name FROM person pe JOIN delegate d ON d.person_id = pe.id JOIN event e ON e.id = d.event_id
                                         JOIN credential c ON c.delegate_id = d.id WHERE e.slug = '%s' AND c.revoked_ms IS NULL""" % EVENT)]
    printed = "\f".join(pages)
    lost = [n for n in names if plain(n) not in printed]
    gone = len([n for n in names]) - (told["badges"] - len(rows(data, """SELECT 1 FROM delegate d JOIN event e ON e.id = d.event_id
                                                                        WHERE e.slug = '%s' AND d.person_id IS NULL""" % EVENT)))
    p.check(len(names) >= 290 and len(lost) <= gone, "every name can be found and copied in the PDF", "%s of %d; %d have lost their mandate" % (lost[:8], len(names), gone))


def choices():
    folder = p.scratch("badges")
    data, pdf = os.path.join(folder, "data"), os.path.join(folder, "some.pdf")
    p.plenum("import", p.small_event(folder), data=data)
    event = rows(data, "SELECT slug FROM event")[0][0]
    said = badges("--event", event, "-o", pdf, "--only", "P01,P02", "--only", "P04", data=data)
    p.check("3 badges on 1 pages" in said.stdout, "three chosen people", said.stdout)
    p.check("--public-url" in said.stderr, "a guessed address is told", said.stderr)
    said = badges("--event", event, "-o", pdf, "--unit", "U1", "--layout", "a6", "--json", data=data)
    with open(p.SMALL, encoding="utf-8") as f:
        wanted = [d for d in json.load(f)["events"][0]["delegates"] if d.get("delegation") == "U1" and d.get("status") not in GONE]
    p.check(wanted and json.loads(said.stdout)["badges"] == len(wanted), "one delegation", said.stdout)
    kept = open(pdf, "rb").read()
    for words, code, word in ((["--only", "P99"], 1, "P99"), (["--unit", "U77"], 1, "U77"), (["--layout", "a7"], 2, "a4x8"), (["--public-url", "ftp://x"], 1, "ftp://x"), (["--nonsense"], 2, "nonsense")):
        done = badges("--event", event, "-o", pdf, *words, data=data, fine=False)
        p.check(done.returncode == code and word in done.stderr and done.stderr.count("\n") == 1, "refused: " + " ".join(words), (done.returncode, done.stderr))
    p.check(open(pdf, "rb").read() == kept, "a refusal leaves the old file")
    done = badges("--event", "no-such", "-o", pdf, data=data, fine=False)
    p.check(done.returncode == 1 and "no-such" in done.stderr, "an event that does not exist", done.stderr)
    done = badges("--event", event, "-o", os.path.join(folder, "nowhere", "x.pdf"), data=data, fine=False)
    p.check(done.returncode == 1 and "nowhere" in done.stderr, "a folder that does not exist", done.stderr)
    p.equal(badges("--event", event, data=data, fine=False).returncode, 2, "no file named")
    for word in ("--help", "--version"):
        p.check(badges(word, data=None).stdout.strip(), word)


def uncovered():
    """A character that no font has is refused with person and character; a box only when asked for."""
    folder = p.scratch("badges")
    data, pdf = os.path.join(folder, "data"), os.path.join(folder, "x.pdf")

    def change(value, event, offset):
        value["people"][2]["name"] = "Lê \ue123 Như"
    p.plenum("import", p.small_event(folder, change), data=data)
    event = rows(data, "SELECT slug FROM event")[0][0]
    done = badges("--event", event, "-o", pdf, data=data, fine=False)
    p.check(done.returncode == 1 and "P03" in done.stderr and "U+E123" in done.stderr, "refused with person and character", done.stderr)
    p.check(not os.path.exists(pdf) and not rows(data, "SELECT 1 FROM print_run"), "nothing is written, nothing counts as printed")
    done = badges("--event", event, "-o", pdf, "--allow-missing", "--verify", data=data)
    p.check(os.path.exists(pdf) and "boxes" in done.stderr, "a box with a warning when allowed", done.stderr)


def interrupted():
    """Ctrl-C at any moment leaves the whole file or none, and no other one."""
    folder = p.scratch("badges")
    data, out = os.path.join(folder, "data"), os.path.join(folder, "out")
    os.mkdir(out)
    p.plenum("import", p.SAMPLE, data=data)
    pdf, whole, none = os.path.join(out, "badges.pdf"), 0, 0
    for delay in (0.005, 0.02, 0.05, 0.08, 0.1, 0.12, 0.14, 0.16, 0.2, 0.3, 0.5, 1.5):
        child = subprocess.Popen([p.program("plenum-badges"), "--event", EVENT, "-o", pdf, "--data", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        child.send_signal(signal.SIGINT)
        child.wait(timeout=30)
        files = os.listdir(out)
        if files == ["badges.pdf"]:
            whole += subprocess.run(["qpdf", "--check", pdf], capture_output=True).returncode == 0
            os.unlink(pdf)
        elif not files:
            none += 1
        else:
            p.check(False, "after Ctrl-C at %g s" % delay, files)
    p.check(whole + none == 12 and whole and none, "twelve times Ctrl-C: whole or not at all", "%d whole, %d none" % (whole, none))


p.run("flow/badges", whole_sample, choices, uncovered, interrupted)

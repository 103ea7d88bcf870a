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
    tokens = {t for (t,) in p.rows(data, """SELECT c.token FROM credential c JOIN delegate d ON d.id = c.delegate_id JOIN event e ON e.id = d.event_id
                                          WHERE e.slug = '%s' AND c.revoked_ms IS NULL""" % EVENT)}
    pages = draw_pages(pdf, os.path.join(folder, "sheets"), 150)
    codes = scan_codes(pages)
    if len(set(codes)) < told["badges"]:  # one in some thousand needs a second look at another scale, which a door gives it by itself
        p.note("%d codes are read at the second look" % (told["badges"] - len(set(codes))))
        codes = list(set(codes) | set(scan_codes(draw_pages(pdf, os.path.join(folder, "closer"), 200))))
    p.check(told["badges"] >= 300 and told["verified"] == told["badges"] and told["missing"] == 0, "every badge is verified", told)
    p.equal(len(set(codes)), told["badges"], "plenum-scanner reads as many different codes from the sheets")
    p.check(len(codes) == len(set(codes)), "each once", len(codes))
    p.check(all(re.fullmatch(re.escape(HOST) + "/D/[0-9A-HJKMNP-TV-Z]{16}", c) for c in codes), "each says http://HOST/D/TOKEN", codes[:3])
    p.check({c[-16:] for c in codes} <= tokens, "with tokens that are valid", sorted({c[-16:] for c in codes} - tokens)[:3])
    p.equal(told["pages"], (told["badges"] + 7) // 8, "eight on a page")
    p.equal(p.rows(data, "SELECT layout, host, badges FROM print_run"), [("a4x8", HOST[7:], told["badges"])], "the run is written down")
    p.equal(p.rows(data, "SELECT value FROM setting WHERE name = 'public_url'"), [(HOST,)], "the address is stored")
    p.equal(oct(os.stat(pdf).st_mode & 0o777), "0o600", "the file is its owner's")
    p.check("No syntax or stream encoding errors" in subprocess.run(["qpdf", "--check", pdf], capture_output=True, text=True).stdout, "qpdf finds nothing")
    every_name(data, folder)


def every_name(data, folder):
    """On a6, fronts alone, each name is the text of a page of its own; whether it is drawn right is shown by pixels in tests/unit/test_typeset_pixels.c."""
    pdf = os.path.join(folder, "a6.pdf")
    told = json.loads(badges("--event", EVENT, "-o", pdf, "--layout", "a6", "--duplex", "none", "--json", data=data).stdout)
    p.equal(told["pages"], told["badges"], "one on a page")
    codes = read_codes(draw_pages(pdf, os.path.join(folder, "pages"), 100, last=60))
    p.equal(len(set(codes)), 60, "zbarimg reads sixty of them at 100 dpi")
    pages = [plain(t) for t in subprocess.run(["pdftotext", "-q", pdf, "-"], capture_output=True, text=True, check=True).stdout.split("\f")]
    names = [n for (n,) in p.rows(data, """SELECT pe.name FROM person pe JOIN delegate d ON d.person_id = pe.id JOIN event e ON e.id = d.event_id
                                         JOIN credential c ON c.delegate_id = d.id WHERE e.slug = '%s' AND c.revoked_ms IS NULL""" % EVENT)]
    printed = "\f".join(pages)
    lost = [n for n in names if plain(n) not in printed]
    gone = len([n for n in names]) - (told["badges"] - len(p.rows(data, """SELECT 1 FROM delegate d JOIN event e ON e.id = d.event_id
                                                                        WHERE e.slug = '%s' AND d.person_id IS NULL""" % EVENT)))
    p.check(len(names) >= 290 and len(lost) <= gone, "every name can be found and copied in the PDF", "%s of %d; %d have lost their mandate" % (lost[:8], len(names), gone))


def choices():
    folder = p.scratch("badges")
    data, pdf = os.path.join(folder, "data"), os.path.join(folder, "some.pdf")
    p.plenum("import", p.small_event(folder), data=data)
    event = p.rows(data, "SELECT slug FROM event")[0][0]
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
    with sqlite3.connect(os.path.join(data, "plenum.db")) as db:
        db.execute("UPDATE person SET name = ? WHERE code = 'P02'", ("Nguyễn Phước Quý " * 12,))
    said = badges("--event", event, "-o", pdf, "--layout", "label-62", "--json", data=data)
    p.check("1 NAME is too long" in said.stderr and "P02 " in said.stderr and "front[" in said.stderr, "a name that is cut is told with its person and place", said.stderr)
    p.equal(json.loads(said.stdout)["cut_names"], 1, "and counted")
    for word in ("--help", "--version"):
        p.check(badges(word, data=None).stdout.strip(), word)


def uncovered():
    """A character that no font has is refused with person and character; a box only when asked for."""
    folder = p.scratch("badges")
    data, pdf = os.path.join(folder, "data"), os.path.join(folder, "x.pdf")

    def change(value, event, offset):
        value["people"][2]["name"] = "Lê \u0378 Như"
    p.plenum("import", p.small_event(folder, change), data=data)
    event = p.rows(data, "SELECT slug FROM event")[0][0]
    done = badges("--event", event, "-o", pdf, data=data, fine=False)
    p.check(done.returncode == 1 and "P03" in done.stderr and "U+0378" in done.stderr, "refused with person and character", done.stderr)
    p.check(not os.path.exists(pdf) and not p.rows(data, "SELECT 1 FROM print_run"), "nothing is written, nothing counts as printed")
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


LAYOUTS = ("a4x8", "a6", "a6-landscape", "card-90x55", "cr80", "a4x4", "a5-fold", "label-62", "tent", "sheet", "blank", "voting-card", "meal-coupon")


def layouts():
    """Every ready layout is printed and proved; one's own goes before ours; a wrong one is refused with its place."""
    folder = p.scratch("badges")
    data, pdf = os.path.join(folder, "data"), os.path.join(folder, "x.pdf")
    p.plenum("import", p.SAMPLE, data=data)
    for name in LAYOUTS:
        told = json.loads(badges("--event", EVENT, "-o", pdf, "--layout", name, "--only", "P0001,P0002,P0120,P0200", "--desk-phone", "0600 1", "--verify", "--json",
                                 "--public-url", HOST, data=data).stdout)
        p.check(told["badges"] == 4 and os.path.getsize(pdf) < 400000, "layout " + name, told)
        p.check(subprocess.run(["qpdf", "--check", pdf], capture_output=True).returncode == 0, "qpdf finds nothing in " + name)
        fonts = [line.split() for line in subprocess.run(["pdffonts", pdf], capture_output=True, text=True).stdout.split("\n")[2:] if line]
        p.check(fonts and all(f[-5:-2] == ["yes", "yes", "yes"] for f in fonts), "fonts of %s are embedded, cut and readable" % name, fonts)
    pages = draw_pages(pdf_of(data, pdf, "sheet"), os.path.join(folder, "sheet"), 150)
    p.equal([c for c in read_codes(pages) if c.startswith(HOST + "/D/")] != [], True, "the sheet carries the code")
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True).stdout
    p.check("Phiên khai mạc" in text and "Quy chế làm việc" in text, "the sheet has programme and papers", text)
    codes = scan_codes(draw_pages(pdf_of(data, pdf, "a6-landscape"), os.path.join(folder, "back"), 150))
    p.check("WIFI:T:WPA;S:Đại hội XIX\\; khách;P:Cong\\:doan\\\\19\\,\\\"HT\\\"\\;2026;;" in codes, "the back carries the network, escaped", codes)
    own = os.path.join(data, "layouts")
    os.mkdir(own)
    source = json.loads(badges("--show-layout", "a4x8", data=None).stdout)
    source["front"] = source["front"][-1:]
    with open(os.path.join(own, "a4x8.json"), "w", encoding="utf-8") as f:
        json.dump(source, f)
    badges("--event", EVENT, "-o", pdf, "--only", "P0001", "--verify", "--public-url", HOST, data=data)
    p.equal(subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True).stdout.strip(), "", "a layout of one's own goes before ours")
    source["front"][0]["box"] = [60, 33, 24, 24]
    with open(os.path.join(folder, "mine.json"), "w", encoding="utf-8") as f:
        json.dump(source, f)
    done = badges("--event", EVENT, "-o", pdf, "--layout", os.path.join(folder, "mine.json"), data=data, fine=False)
    p.check(done.returncode == 1 and "front[0].box" in done.stderr and "20 mm" in done.stderr, "a code that is too small", done.stderr)


def pdf_of(data, pdf, layout):
    badges("--event", EVENT, "-o", pdf, "--layout", layout, "--only", "P0001", "--public-url", HOST, data=data)
    return pdf


def photos():
    """Photos are printed small, each once; a broken one costs its owner the photo, not the badge, and not the run."""
    folder = p.scratch("badges")
    data, pdf = os.path.join(folder, "data"), os.path.join(folder, "x.pdf")
    p.plenum("import", p.SAMPLE, data=data)
    words = ("--event", EVENT, "-o", pdf, "--layout", "cr80", "--only", "P0001,P0002,P0003", "--public-url", HOST, "--json")
    told = json.loads(badges(*words, data=data).stdout)
    p.check(told["photos"] == 3 and told["bad_photos"] == 0, "three photos", told)
    images = [line.split() for line in subprocess.run(["pdfimages", "-list", pdf], capture_output=True, text=True).stdout.split("\n")[2:] if line]
    p.equal(len({i[10] for i in images if i[2] == "image" and i[8] == "jpeg"}), 4, "an object for each photo and one for the logo")
    (sha,) = p.rows(data, "SELECT photo_blob FROM person WHERE code = 'P0002'")[0]
    blob = os.path.join(data, "blobs", sha[:2], sha)
    os.chmod(blob, 0o600)
    with open(blob, "r+b") as f:
        f.seek(200)
        f.write(b"\xff\xd9" * 50)
    done = badges(*words, "--verify", data=data)
    p.check(json.loads(done.stdout)["bad_photos"] == 1 and "P0002" in done.stderr and "initials" in done.stderr, "a damaged photo is told with its owner", done.stderr)
    p.check("ĐN" in unicodedata.normalize("NFC", subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True).stdout), "and the badge shows initials")


def runs():
    """Orders, separators, volumes, another page; the bytes do not depend on the threads; Ctrl-C in the middle of volumes leaves nothing."""
    folder = p.scratch("badges")
    data, out = os.path.join(folder, "data"), os.path.join(folder, "out")
    os.mkdir(out)
    p.plenum("import", p.SAMPLE, data=data)
    pdf = os.path.join(out, "x.pdf")

    def text(*words):
        badges("--event", EVENT, "-o", pdf, "--public-url", HOST, *words, data=data)
        return unicodedata.normalize("NFC", subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True).stdout)
    wanted = [n for (n,) in p.rows(data, """SELECT pe.name FROM person pe JOIN delegate d ON d.person_id = pe.id JOIN event e ON e.id = d.event_id JOIN credential c ON c.delegate_id = d.id
        AND c.revoked_ms IS NULL WHERE e.slug = '%s' AND d.status IN ('summoned', 'alternate') ORDER BY pe.name_sort""" % EVENT)]
    lines = [plain(line) for page in text("--order", "given-name", "--layout", "label-62").split("\f") for line in [" ".join(page.split())]]
    found = [n for n in map(plain, wanted)]
    places = [next((i for i, line in enumerate(lines) if n in line), None) for n in found]
    p.check(len(set(wanted)) > 250 and places[0] == 0 and sum(a is not None and b is not None and a <= b for a, b in zip(places, places[1:])) > len(places) * 0.95,
            "given name first", places[:9])
    pages = text("--separators", "unit").count("\f")
    p.check(pages > 60, "separator pages", pages)
    done = badges("--event", EVENT, "-o", pdf, "--separators", "unit", "--order", "given-name", data=data, fine=False)
    p.equal(done.returncode, 2, "separators want their order")
    badges("--event", EVENT, "-o", pdf, "--page", "SRA3", "--public-url", HOST, "--verify", data=data)
    p.check("907.087 x 1275.59" in subprocess.run(["pdfinfo", pdf], capture_output=True, text=True).stdout, "another page, SRA3")
    p.check("TrimBox" in subprocess.run(["pdfinfo", "-box", pdf], capture_output=True, text=True).stdout, "boxes")
    made = []
    for threads in ("0", "1", "5"):
        badges("--event", EVENT, "-o", pdf, "--threads", threads, "--public-url", HOST, data=data)
        made.append(open(pdf, "rb").read())
    p.check(made[0] == made[1] == made[2], "equal bytes with any number of threads")
    os.unlink(pdf)
    told = json.loads(badges("--event", EVENT, "-o", pdf, "--volume", "100", "--public-url", HOST, "--verify", "--json", data=data).stdout)
    p.equal(sorted(os.listdir(out)), ["x-%03d.pdf" % (i + 1) for i in range(told["files"])], "volumes")
    p.equal(told["verified"], told["badges"], "all volumes proved")
    for name in os.listdir(out):
        os.unlink(os.path.join(out, name))
    for delay in (1.2, 0.6, 0.3, 0.1):  # a machine that was done before is asked sooner
        child = subprocess.Popen([p.program("plenum-badges"), "--event", EVENT, "-o", pdf, "--volume", "50", "--verify", "--data", data], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        child.send_signal(signal.SIGINT)
        if child.wait(timeout=60) != 0:
            break
        for name in os.listdir(out):
            os.unlink(os.path.join(out, name))
    p.check(child.returncode != 0 and os.listdir(out) == [], "Ctrl-C in the middle of volumes", (child.returncode, os.listdir(out)))


p.run("flow/badges", whole_sample, choices, uncovered, interrupted, layouts, photos, runs)

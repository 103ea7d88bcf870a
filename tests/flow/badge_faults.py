#!/usr/bin/env python3
# suite
"""Badges when something is wrong: disks are full; the program is stopped at random moments; names are of scripts, signs and lengths that nobody would wish for. Every ready layout in four languages, seen by other programs."""
import json
import os
import random
import resource
import signal
import stat
import subprocess
import sys
import time
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as p

HOST = "http://192.168.1.10:8080"


def badges(*words, data=None, fine=True, **more):
    return p.plenum(*words, data=data, fine=fine, name="plenum-badges", **more)


def make_event(folder, change=None):
    """The small event's data folder and slug."""
    data = os.path.join(folder, "data")
    p.plenum("import", p.small_event(folder, change), data=data)
    return data, "test-1"


# --- names -------------------------------------------------------------------------------------------------------------------------------

NAMES = {  # what is on the page, as letters: marks and directions aside
    "Đoàn الوفد Делегация 代表團": "four scripts in one line",
    "陳𠮷祥 𝒜": "characters beyond U+FFFF",
    "Ng\u0075\u031b\u0302\u0303 Thi\u0323": "marks one by one",
    "\u0301Ẩn": "a mark without a letter",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch-Aberystwyth": "a very long word",
    "محمد 12 الثالث 2026": "numbers from right to left",
    "क्\u200dष कि राम": "a joiner, marks that take room",
    "Lê \ufffd Như": "the sign of a lost character"}


def letters(text):
    return "".join(sorted(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c)[0] in "LN"))


def names():
    """Each is printed, inside its boxes, with the same letters in it; or refused with person and character, never drawn as something else."""
    folder = p.scratch("faults")

    def change(value, event, offset):
        for person, name in zip(value["people"], NAMES):
            person["name"] = name
    data, event = make_event(folder, change)
    pdf = os.path.join(folder, "x.pdf")
    people = ["P%02d" % (i + 1) for i in range(len(NAMES))]
    for layout in ("a6", "a4x8", "tent"):
        done = badges("--event", event, "-o", pdf, "--layout", layout, "--only", ",".join(people), "--public-url", HOST, "--verify", "--json", data=data, fine=False)
        if not p.check(done.returncode == 0, "%s takes every name" % layout, done.stderr):
            continue
        told = json.loads(done.stdout)
        p.check(told["missing"] == 0, "%s: nothing is missing" % layout, told)
    for person, (name, what) in zip(people, NAMES.items()):
        badges("--event", event, "-o", pdf, "--layout", "a6", "--only", person, "--public-url", HOST, data=data)
        text = subprocess.run(["pdftotext", "-q", pdf, "-"], capture_output=True, text=True).stdout
        shown = letters("".join(text.split()))
        wanted = letters(name)
        lost = [c for c in set(wanted) if shown.count(c) < wanted.count(c)]
        p.check(not lost or "…" in text, "can be copied: " + what, (lost, text))
    for sign, what in (("\U0001F600", "an emoji"), ("\u0378", "an unassigned sign"), ("\U0010FFFD", "one that is nobody's")):
        other = p.scratch("faults")

        def odd(value, event, offset):
            value["people"][2]["name"] = "Lê %s Như" % sign
        data, event = make_event(other, odd)
        pdf = os.path.join(other, "x.pdf")
        done = badges("--event", event, "-o", pdf, "--public-url", HOST, data=data, fine=False)
        said = "P03" in done.stderr and "U+%04X" % ord(sign) in done.stderr
        p.check(done.returncode == 1 and said and not os.path.exists(pdf) if done.returncode else drawn_with_outlines(pdf), "%s is refused with person and character, or drawn" % what,
                (done.returncode, done.stderr))
        done = badges("--event", event, "-o", pdf, "--public-url", HOST, "--allow-missing", "--verify", data=data, fine=False)
        p.check(done.returncode == 0 and os.path.exists(pdf), "%s with --allow-missing is printed" % what, done.stderr)


def drawn_with_outlines(pdf):
    fonts = [line.split() for line in subprocess.run(["pdffonts", pdf], capture_output=True, text=True).stdout.split("\n")[2:] if line]
    return fonts and all(f[-5:-3] == ["yes", "yes"] for f in fonts)


# --- every layout in four languages --------------------------------------------------------------------------------------------------------

TITLES = {"vi": "Đại hội Công đoàn lần thứ XIX", "en": "Nineteenth Congress of Trade Unions", "ar": "المؤتمر التاسع عشر للنقابات", "zh": "第十九次代表大會"}


def in_language(value, language):
    """The event file with all its words in one language."""
    if isinstance(value, dict):
        if isinstance(value.get("vi"), str):
            value = {language: value["vi"]}
        return {key: in_language(inner, language) for key, inner in value.items()}
    return [in_language(inner, language) for inner in value] if isinstance(value, list) else value


def languages():
    """qpdf finds nothing, every font is embedded and cut, the event's title can be copied in its order, --verify is content."""
    layouts = [f[:-5] for f in sorted(os.listdir(os.path.join(p.ROOT, "badges", "layouts")))]
    for language, title in TITLES.items():
        folder = p.scratch("faults")

        def change(value, event, offset):
            for key, inner in in_language(value, language).items():
                value[key] = inner
            value["organization"]["languages"] = [language]
            value["events"][0]["title"] = {language: title}
            value["people"][0].update(honorific="Đồng chí", name="Côrte-Real عبد 陳𠮷祥")
        data, event = make_event(folder, change)
        for layout in layouts:
            pdf = os.path.join(folder, layout + ".pdf")
            done = badges("--event", event, "-o", pdf, "--layout", layout, "--only", "P01,P11,P12", "--public-url", HOST, "--verify", data=data, fine=False)
            if not p.check(done.returncode == 0, "%s in %s is proved" % (layout, language), done.stderr):
                continue
            checked = subprocess.run(["qpdf", "--check", pdf], capture_output=True, text=True)
            p.check(checked.returncode == 0 and "No syntax or stream encoding errors" in checked.stdout, "qpdf finds nothing in %s, %s" % (layout, language), checked.stderr)
            fonts = [line.split() for line in subprocess.run(["pdffonts", pdf], capture_output=True, text=True).stdout.split("\n")[2:] if line]
            p.check(fonts and all(f[-5:-2] == ["yes", "yes", "yes"] for f in fonts), "fonts of %s in %s are embedded, cut and readable" % (layout, language), fonts)
            text = unicodedata.normalize("NFC", subprocess.run(["pdftotext", "-q", pdf, "-"], capture_output=True, text=True).stdout)
            plain = "".join(c for c in text if unicodedata.category(c) != "Cf" and not c.isspace())
            source = badges("--show-layout", layout).stdout
            if "{event}" in source:
                p.check(title.replace(" ", "") in plain, "the title can be copied from %s in %s" % (layout, language), text[:300])


# --- stopped, and no room ---------------------------------------------------------------------------------------------------------------

def stopped():
    """SIGINT and SIGTERM at thirty random moments: a whole file or none, nothing beside it, and the file before stays until the new one is whole."""
    folder = p.scratch("faults")
    data, out = os.path.join(folder, "data"), os.path.join(folder, "out")
    os.mkdir(out)
    p.plenum("import", p.SAMPLE, data=data)
    pdf, seen = os.path.join(out, "x.pdf"), {"whole": 0, "before": 0}
    random.seed(time.time_ns())
    command = [p.program("plenum-badges"), "--event", "dai-hoi-19", "-o", pdf, "--public-url", HOST, "--data", data]
    began = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.monotonic() - began
    for _ in range(30):
        with open(pdf, "wb") as f:
            f.write(b"the file before")
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.random() * whole * 1.3)
        child.send_signal(random.choice([signal.SIGINT, signal.SIGTERM]))
        child.wait(timeout=60)
        if child.returncode == 0:
            whole = max(0.05, whole * 0.9)  # it was done before: the machine is less busy than when it was measured
        with open(pdf, "rb") as f:
            start = f.read(15)
        good = start == b"the file before" or (start[:5] == b"%PDF-" and subprocess.run(["qpdf", "--check", pdf], capture_output=True).returncode == 0)
        seen["before" if start[:5] != b"%PDF-" else "whole"] += 1
        if not good or os.listdir(out) != ["x.pdf"]:
            p.check(False, "stopped", (start, os.listdir(out)))
            return
    p.check(seen["before"] > 3, "stopped thirty times: the file before or the whole new one, nothing else", seen)


def full_disk():
    """No room for the PDF: one clear sentence, no half file, the file before stays, and the database is as good as before."""
    folder = p.scratch("faults")
    data, out = os.path.join(folder, "data"), os.path.join(folder, "out")
    os.mkdir(out)
    p.plenum("import", p.SAMPLE, data=data)
    pdf = os.path.join(out, "x.pdf")
    with open(pdf, "wb") as f:
        f.write(b"the file before")
    for limit in (1, 4096, 60000):
        def less():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        done = subprocess.run([p.program("plenum-badges"), "--event", "dai-hoi-19", "-o", pdf, "--public-url", HOST, "--data", data], capture_output=True, text=True, preexec_fn=less)
        p.check(done.returncode == 1 and done.stderr.count("\n") == 1 and len(done.stderr) > 20, "%d bytes of room: one sentence" % limit, (done.returncode, done.stderr))
        with open(pdf, "rb") as f:
            p.check(f.read() == b"the file before" and os.listdir(out) == ["x.pdf"], "%d bytes of room: no half file" % limit, os.listdir(out))
    pipe = os.path.join(folder, "pipe")
    os.mkfifo(pipe)
    done = badges("--event", "dai-hoi-19", "-o", pipe, "--public-url", HOST, data=data, fine=False)
    p.check(done.returncode == 1 and "no plain file" in done.stderr and stat.S_ISFIFO(os.stat(pipe).st_mode), "what is no file is not replaced by one", (done.returncode, done.stderr))
    done = badges("--event", "dai-hoi-19", "-o", pdf, "--public-url", HOST, "--verify", data=data, fine=False)
    p.check(done.returncode == 0, "afterwards everything is as before", done.stderr)


p.run("flow/badge_faults", names, languages, stopped, full_disk)

#!/usr/bin/env python3
# suite
"""What goes into a bundle and what does not: kinds of files, secrecy stamps, scans, office files, damaged and hostile PDFs, papers without a bundle.

LibreOffice is large, so its place is taken by a small program of that name on PATH, which takes the same words and behaves alike; Tesseract is the real one."""
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import docs_kit as k
import plenum as p

POPPLER = ("pdfinfo", "pdftotext", "pdftoppm")


def papers_of(path):
    return {d["file"][7:]: d for d in k.manifest(path)["documents"]}


def text_of(path, paper):
    with zipfile.ZipFile(path) as z:
        return z.read(paper["text"]).decode()


def refused():
    folder = p.scratch("refused")
    source, data, out = os.path.join(folder, "src"), os.path.join(folder, "data"), os.path.join(folder, "a.zip")
    k.put(source, "Tốt.pdf", "guide.pdf")
    bad = {"trang.html": (b"<html>", "scripts"), "hình.svg": (b"<svg>", "scripts"), "chạy.exe": (b"MZ", "programs"), "macro.docm": (b"PK\x03\x04", "macros"),
           "giả.pdf": (b"PK\x03\x04 not a PDF", "its content is application/zip"), "rỗng.txt": (b"", "is empty"), "cũ.txt": ("Tiếng Việt".encode("utf-16"), "UTF-8"), "không đuôi": (b"x", "no ending"),
           "nén.zip": (b"PK\x03\x04", "archive"), "phim.mov": (b"\0\0\0\x14ftypqt  ", "MP4")}
    for name, (content, _) in bad.items():
        k.put(source, "02/" + name, content)
    os.symlink("/etc/passwd", os.path.join(source, "02", "link.txt"))
    os.mkfifo(os.path.join(source, "02", "pipe.txt"))
    k.put(source, "Tot.TXT", b"a"), k.put(source, "tot.txt", b"b")
    done = k.docs("build", source, "-o", out, data=data, fine=False)
    lines = {line.split(": ")[1]: line for line in done.stderr.split("\n") if line.count(": ") > 1}
    for name, (_, why) in bad.items():
        p.check(why in lines.get("02/" + name, ""), "refused with its reason: " + name, lines.get("02/" + name))
    p.check("is a link" in lines.get("02/link.txt", "") and "not a file" in lines.get("02/pipe.txt", "") and "capitals" in lines.get("tot.txt", "") + lines.get("Tot.TXT", ""),
            "links, pipes, and names that differ only in case", done.stderr)
    p.check(done.returncode == 1 and not os.path.exists(out) and "%d of the files" % (len(bad) + 3) in done.stderr, "then nothing is written", done.stderr[-300:])
    wishes = [w for name in ["02", "tot.txt"] for w in ("--leave-out", name)]
    p.equal(k.build(source, out, data, *wishes)["documents"], 2, "what the organiser leaves out does not stop the rest")
    p.equal(sorted(d["code"] for d in k.manifest(out)["documents"]), ["tot", "tot-pdf"], "two names that fold alike get two codes")
    p.equal(k.docs("build", source, "-o", out, "--leave-out", "no-such", data=data, fine=False).returncode, 2, "a name that is not there is a mistake")
    for name, what in (("empty", lambda d: os.mkdir(d)), ("no-folder", lambda d: None)):
        what(os.path.join(folder, name))
        p.equal(k.docs("build", os.path.join(folder, name), "-o", out, data=data, fine=False).returncode, 1, name)
    k.put(source, "large.mp4", b"\0\0\0\x14ftypmp42")
    os.truncate(os.path.join(source, "large.mp4"), (200 << 20) + 1)
    done = k.docs("build", source, "-o", out, *wishes, data=data, fine=False)
    p.check("large.mp4: is larger than the 200 MB" in done.stderr, "videos are capped", done.stderr)


def kinds():
    folder = p.scratch("kinds")
    source, data, out = os.path.join(folder, "src"), os.path.join(folder, "data"), os.path.join(folder, "a.zip")
    k.put(source, "1.txt", "\ufeffXin chào\r\n".encode())
    os.makedirs(source, exist_ok=True)
    p.tool("ffmpeg")
    make = lambda *words: subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", *words], check=True, cwd=source)
    make("sine=d=1", "2.mp3"), make("sine=d=1", "3.wav"), make("testsrc=d=1:s=64x64", "-pix_fmt", "yuv420p", "4.mp4"), make("testsrc=d=1:s=64x64", "-frames:v", "1", "5.png")
    shutil.copyfile(os.path.join(p.ROOT, "slides/1.jpg"), os.path.join(source, "6.jpg"))
    k.build(source, out, data)
    types = {name: (d["media_type"], d["source"], len(d.get("pages", []))) for name, d in papers_of(out).items()}
    p.equal(types, {"1.txt": ("text/plain; charset=utf-8", "file", 1), "2.mp3": ("audio/mpeg", "none", 0), "3.wav": ("audio/wav", "none", 0), "4.mp4": ("video/mp4", "none", 0),
                    "5.png": ("image/png", "none", 1), "6.jpg": ("image/jpeg", "none", 1)} | ({"6.jpg": types["6.jpg"]} if types["6.jpg"][1] == "ocr" else {}), "each kind of file")
    p.equal(text_of(out, papers_of(out)["1.txt"]), "Xin chào\f", "text without its byte order mark")


def secrecy():
    folder = p.scratch("secrecy")
    source, data, out = os.path.join(folder, "src"), os.path.join(folder, "data"), os.path.join(folder, "a.zip")
    k.put(source, "Thường.txt", "QUY CHẾ BẢO VỆ BÍ MẬT NHÀ NƯỚC\nMật độ dân số.\n".encode())
    k.put(source, "Bảo vệ bí mật.txt", "nhập mật khẩu\nbảo mật, bí\nmật\n".encode())
    k.put(source, "Phương án (MẬT).pdf", "guide.pdf")
    k.put(source, "02 Kín/Nhân sự.txt", "Số 5-TTr/TU          TUYỆT MẬT\nTỜ TRÌNH\n".encode())
    done = k.docs("build", source, "-o", out, data=data, fine=False)
    p.check(done.returncode == 1 and not os.path.exists(out) and "2 of the files" in done.stderr, "two stamped papers stop the bundle", done.stderr)
    p.check("Phương án (MẬT).pdf: bears the stamp “MẬT”" in done.stderr and "02 Kín/Nhân sự.txt: bears the stamp “TUYỆT MẬT”" in done.stderr, "by name and by first page", done.stderr)
    k.build(source, out, data, "--allow-secret", "02 Kín/Nhân sự.txt", "--leave-out", "Phương án (MẬT).pdf")
    papers = papers_of(out)
    p.equal((papers["02 Kín/Nhân sự.txt"].get("secrecy"), len(papers)), ("TUYỆT MẬT", 3), "what is allowed is written down, what is left out is out")
    p.equal(k.docs("build", source, "-o", out, "--allow-secret", "x", data=data, fine=False).returncode, 2, "a wrong name allows nothing")
    p.plenum("import", p.SAMPLE, data=data)
    k.docs("install", out, "--event", k.EVENT, data=data)
    p.equal(p.rows(data, "SELECT code FROM document WHERE restricted = 1 AND code LIKE 'kin%'"), [("kin.nhan-su",)], "it asks for the PIN on phones")
    version = [d for d in json.loads(k.docs("list", "--event", k.EVENT, "--json", data=data).stdout)["documents"] if d["code"] == "kin.nhan-su"][0]["versions"][0]
    p.equal(version["bundle"]["secrecy"], "TUYỆT MẬT", "and the list says so")
    lines, other = os.path.join(folder, "lines"), os.path.join(folder, "b.zip")
    k.put(lines, "a.txt", "Số 5\nTối  Mật\nTỜ TRÌNH\n".encode()), k.put(lines, "b.md", "Số 6\nMẬT\nTờ trình\n".encode()), k.put(lines, "c.md", "giữ bí\nmật khẩu\n".encode())
    done = k.docs("build", lines, "-o", other, data=data, fine=False)
    p.check("a.txt: bears the stamp “TỐI MẬT”" in done.stderr and "b.md: bears the stamp “MẬT”" in done.stderr and "2 of the files" in done.stderr, "a line of nothing else", done.stderr)
    k.build(lines, other, data, "--allow-secret", "a.txt", "--allow-secret", "b.md")
    p.equal(text_of(other, papers_of(other)["b.md"]), "Số 6\nMẬT\nTờ trình\f", "lines of Markdown stay lines, so that whoever gets them finds it too")


def stopped_by_stamp():
    """A stamped paper of an event file is stopped too: by its name, and by its first page."""
    folder = p.scratch("stamp")
    data = os.path.join(folder, "data")

    def stamped(value, event, offset):
        with open(os.path.join(folder, "papers", "plan.txt"), "w", encoding="utf-8") as f:
            f.write("Số 5-TTr/TU          TUYỆT MẬT\nTỜ TRÌNH\n")
        shutil.copy(os.path.join(folder, "papers", "report.pdf"), os.path.join(folder, "papers", "Báo cáo (MẬT).pdf"))
        event["documents"] = [{"code": "plain", "title": "A", "file": "papers/programme.pdf"}, {"code": "name", "title": "B", "file": "papers/Báo cáo (MẬT).pdf"},
                              {"code": "page", "title": "C", "file": "papers/plan.txt"}]

    done = p.plenum("import", p.small_event(folder, stamped), data=data)
    p.equal(p.rows(data, "SELECT code, stamp FROM document ORDER BY code"), [("name", "MẬT"), ("page", "TUYỆT MẬT"), ("plain", None)], "stamped papers of an event file are stopped")
    p.check("/name bears the stamp MẬT" in done.stderr and "/page bears" in done.stderr and "/plain" not in done.stderr, "and the import says so", done.stderr)
    p.equal([row[0] for row in p.rows(data, "SELECT subject FROM audit WHERE action = 'paper.stop' ORDER BY subject")], ["name", "page"], "and the audit log")
    with sqlite3.connect(os.path.join(data, "plenum.db")) as db:
        db.execute("UPDATE document SET stamp_let_ms = 1 WHERE code = 'name'")
    p.plenum("import", os.path.join(folder, "event.json"), data=data)
    p.equal(p.rows(data, "SELECT code FROM document WHERE stamp_let_ms IS NOT NULL"), [("name",)], "what the organiser let pass stays so when the file comes again")


def scans():
    folder = p.scratch("scans")
    source, data, out = os.path.join(folder, "src"), os.path.join(folder, "data"), os.path.join(folder, "a.zip")
    k.put(source, "Quét.pdf", k.scanned_pdf(os.path.join(k.PAPERS, "political-report.pdf"), folder, page=2))
    p.tool("tesseract")
    done = k.docs("build", source, "-o", out, data=data)
    paper = papers_of(out)["Quét.pdf"]
    text = text_of(out, paper)
    p.check(paper["source"] == "ocr" and "recognised by a program" in done.stderr, "a scan is read by Tesseract, and the organiser is told", (paper["source"], done.stderr))
    p.check("Đại hội" in text and "thành phố" in text and len(text) > 400, "with its Vietnamese accents", text[:200])
    none = k.tools_folder(os.path.join(folder, "bin"), *POPPLER)
    done = k.docs("build", source, "-o", out, data=data, env={"PATH": none})
    paper = papers_of(out)["Quét.pdf"]
    p.check(paper["source"] == "scan" and paper["unread"] == 1 and "only a scan" in done.stderr and "tesseract-ocr-vie" in done.stderr, "without Tesseract it is named as a scan", done.stderr)
    p.check(paper["pages"][0].get("picture"), "and shown as pictures", paper)
    done = k.docs("build", source, "-o", out, data=data, env={"PATH": k.tools_folder(os.path.join(folder, "nothing"), "true")}, fine=False)
    p.check(done.returncode == 1 and "poppler-utils" in done.stderr, "without poppler it says which package", done.stderr)


SOFFICE = """#!/bin/sh
# Takes LibreOffice's words: soffice --headless … --convert-to pdf --outdir DIR FILE
for word in "$@"; do case $before in --outdir) dir=$word ;; esac; before=$word; done
[ -n "$HOME" ] && [ "$HOME" != /root ] && touch "$HOME/profile-was-here" || exit 9
name=$(basename "$before"); %s
"""


def office():
    folder = p.scratch("office")
    source, data, out = os.path.join(folder, "src"), os.path.join(folder, "data"), os.path.join(folder, "a.zip")
    k.put(source, "01 Tài chính/Dự toán.xlsx", k.make_zip([k.Entry("xl/workbook.xml")]))
    k.put(source, "Cũ.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old")
    k.put(source, "Cũ.pdf", "guide.pdf")
    bare = k.tools_folder(os.path.join(folder, "bare"), *POPPLER)
    done = k.docs("build", source, "-o", out, data=data, env={"PATH": bare})
    papers = papers_of(out)
    p.check(set(papers) == {"01 Tài chính/Dự toán.xlsx", "Cũ.doc", "Cũ.pdf"} and done.stderr.count("many phones cannot open it") == 2, "without LibreOffice they stay, with a warning", done.stderr)
    p.equal((papers["Cũ.doc"]["media_type"], papers["Cũ.doc"]["source"]), ("application/msword", "none"), "as what they are")
    having = k.tools_folder(os.path.join(folder, "having"), *POPPLER, "sh", "basename", "cp", "touch")
    program = k.put(having, "soffice", (SOFFICE % 'cp "%s/handbook.pdf" "$dir/${name%%.*}.pdf"' % k.PAPERS).encode())
    os.chmod(program, 0o755)
    k.build(source, out, data, env={"PATH": having})
    papers = papers_of(out)
    p.equal(sorted(papers), ["01 Tài chính/Dự toán.pdf", "Cũ.doc.pdf", "Cũ.pdf"], "with it they are PDF, beside a PDF of the same name too")
    p.equal((papers["Cũ.doc.pdf"]["original"], papers["Cũ.doc.pdf"]["media_type"], len(papers["Cũ.doc.pdf"]["pages"])), ("Cũ.doc", "application/pdf", 5), "read like any PDF")
    for name, line, says in [("nothing", "exit 0", "made no PDF"), ("fails", "echo 'Error: source file could not be loaded' >&2; exit 1", "could not be loaded")]:
        k.put(having, "soffice", (SOFFICE % line).encode())
        done = k.docs("build", source, "-o", out, data=data, env={"PATH": having}, fine=False)
        p.check(done.returncode == 1 and says in done.stderr, "LibreOffice that %s" % name, done.stderr)


MEASURED = "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]).returncode; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10); sys.exit(done)"


def too_much(folder, source, data):
    """100 000 pages, and a page of 2 GB in a file of some KB: one sentence each, in seconds, with little memory, and nothing half."""
    out, work = os.path.join(folder, "much.zip"), os.path.join(folder, "tmp")
    os.makedirs(work)
    for name, content, says in (("pages", k.pages_pdf(100000), "has 100000 pages; a paper has 20000 at most"), ("bytes", k.bomb_pdf(2 << 30), "its text cannot be read")):
        k.put(source, "x.pdf", content)
        command = [p.program("plenum-docs"), "build", source, "-o", out, "--data", data]
        done = subprocess.run([sys.executable, "-c", MEASURED] + command, capture_output=True, text=True, timeout=240, env=dict(os.environ, TMPDIR=work))
        told = [line for line in done.stderr.split("\n") if "x.pdf" in line]
        p.check(done.returncode == 1 and len(told) == 1 and says in told[0], "too many %s: one clear error" % name, done.stderr)
        p.check(int(done.stdout.split()[-1]) < 300, "too many %s: little memory" % name, done.stdout)
        p.equal((os.path.exists(out), os.listdir(work)), (False, []), "too many %s: nothing stays" % name)


def hostile_pdfs():
    folder = p.scratch("pdfs")
    source, data, out = os.path.join(folder, "src"), os.path.join(folder, "data"), os.path.join(folder, "a.zip")
    k.put(source, "ok.txt", b"x")

    def build(content, env=None):
        k.put(source, "x.pdf", content)
        begun = time.time()
        done = k.docs("build", source, "-o", out, data=data, fine=False, env=env)
        return done, time.time() - begun

    with open(os.path.join(k.PAPERS, "guide.pdf"), "rb") as f:
        guide = f.read()
    for name, content in [("cut", guide[:700]), ("garbage", b"%PDF-1.4\n" + os.urandom(5000)), ("no pages", k.make_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 0 /Kids [] >>"]))]:
        done, _ = build(content)
        p.check(done.returncode == 1 and "x.pdf: cannot be opened as a PDF" in done.stderr, "refused: " + name, done.stderr)
    locked = os.path.join(folder, "locked.pdf")
    subprocess.run([p.tool("qpdf"), "--encrypt", "user", "owner", "256", "--", os.path.join(k.PAPERS, "guide.pdf"), locked], check=True)
    with open(locked, "rb") as f:
        done, _ = build(f.read())
    p.check(done.returncode == 1 and "needs a password" in done.stderr, "refused: locked", done.stderr)
    done, took = build(k.pages_pdf(3, box=b"0 0 200000 200000", content=b"0 0 100000 100000 re f"))
    page = papers_of(out)["x.pdf"]["pages"][0] if done.returncode == 0 else {}
    p.check(page.get("width") == 1280 and page.get("height") == 1280 and took < 60, "a page of 70 m × 70 m is a small picture", (done.stderr, took))
    too_much(folder, source, data)
    count = k.tools_folder(os.path.join(folder, "count"), "pdftotext", "sh", "true", "cat")
    os.chmod(k.put(count, "pdfinfo", b"#!/bin/sh\necho 'Pages:          2100'\n"), 0o755)
    os.symlink(p.tool("true"), os.path.join(count, "pdftoppm"))
    done, took = build(k.pages_pdf(3), env={"PATH": count})
    paper = papers_of(out).get("x.pdf", {})
    p.check(done.returncode == 0 and len(paper.get("pages", [])) == 2000 and "2100 pages" in done.stderr, "pages behind the 2000th are told", (done.stderr[-300:], took))
    done, took = build(k.pages_pdf(30))
    paper = papers_of(out)["x.pdf"]
    p.check(done.returncode == 0 and paper["source"] == "file" and "unread" not in paper and took < 30, "empty pages are no scan, and nobody tries to read them", (done.stderr, took))
    loud = k.tools_folder(os.path.join(folder, "loud"), "pdfinfo", "pdftoppm", "sh", "head", "cat")
    os.chmod(k.put(loud, "pdftotext", b"#!/bin/sh\nexec cat /dev/zero\n"), 0o755)
    done, took = build(guide, env={"PATH": loud})
    p.check(done.returncode == 1 and "its text cannot be read" in done.stderr and took < 30, "a text without end is ended", (done.stderr, took))
    crash = k.tools_folder(os.path.join(folder, "crash"), "pdfinfo", "pdftotext", "sh")
    os.chmod(k.put(crash, "pdftoppm", b"#!/bin/sh\nkill -SEGV $$\n"), 0o755)
    done, _ = build(guide, env={"PATH": crash})
    p.check(done.returncode == 0 and "cannot be shown as pictures" in done.stderr, "a crash of poppler costs the pictures, not the paper", done.stderr)


def work_folders():
    folder = p.scratch("work")
    source, data, out, work = k.sample(os.path.join(folder, "src")), os.path.join(folder, "data"), os.path.join(folder, "a.zip"), os.path.join(folder, "tmp")
    os.mkdir(work)
    k.build(source, out, data, env={"TMPDIR": work})
    p.equal(os.listdir(work), [], "no work folder stays")
    child = subprocess.Popen([p.program("plenum-docs"), "build", source, "-o", out + "2", "--data", data], env=dict(os.environ, TMPDIR=work), stderr=subprocess.PIPE, text=True)
    p.wait(lambda: os.listdir(work) or child.poll() is not None)  # it is at work, so it has heard how to stop
    child.terminate()
    told = child.communicate()[1]
    p.check(child.returncode == 1 and "stopped" in told and os.listdir(work) == [] and not os.path.exists(out + "2"), "nor after Ctrl-C", (child.returncode, told, os.listdir(work)))
    for name, days in (("plenum-docs-killed", 2), ("plenum-docs-at-work", 0), ("other", 2)):
        k.put(work, name + "/page.txt", b"x")
        os.utime(os.path.join(work, name), (time.time() - days * 86400,) * 2)
    k.build(source, out, data, env={"TMPDIR": work})
    p.equal(sorted(os.listdir(work)), ["other", "plenum-docs-at-work"], "what a process that was killed left behind goes after a day, and nothing else")


def without_bundle():
    """Papers of an event file get text and pictures by `plenum-docs read`."""
    folder = p.scratch("read")
    data = os.path.join(folder, "data")
    p.plenum("import", p.SAMPLE, data=data)
    sql = ("SELECT COUNT(DISTINCT v.sha256) FROM document_version v JOIN document d ON d.id = v.document_id JOIN event e ON e.id = d.event_id "
           "%s JOIN paper_reading r ON r.sha256 = v.sha256 WHERE e.slug = ?")
    k.docs("key", "list", data=data)
    papers, before = (p.rows(data, sql % join, k.EVENT)[0][0] for join in ("LEFT", ""))
    done = k.docs("read", "--event", k.EVENT, data=data)
    p.equal((done.stdout, p.rows(data, sql % "", k.EVENT)[0][0]), ("%d papers were read\n" % (papers - before), papers), "each of its papers is read (%d were)" % before)
    p.check(p.rows(data, "SELECT COUNT(*) FROM paper_page WHERE picture IS NOT NULL AND text_fold LIKE '%dai hoi%'")[0][0] > 5, "page by page")
    p.equal(k.docs("read", "--event", k.EVENT, data=data).stdout, "0 papers were read\n", "once")
    p.equal(k.docs("read", "--event", "no-such", data=data, fine=False).returncode, 1, "no such event")


p.run("papers", refused, kinds, secrecy, stopped_by_stamp, scans, office, hostile_pdfs, work_folders, without_bundle)

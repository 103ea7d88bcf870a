#!/usr/bin/env python3
# suite
"""Hostile PDFs through every way in (upload, an event file's import and what the server reads of it): nothing hangs, phones are answered meanwhile, limits hold, what is
wrong is told with the paper's name, and nothing stays behind. All files are made here.    B=build/x tests/flow/hostile_papers.py"""
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
import zlib

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import docs_kit as k  # noqa: E402
import plenum  # noqa: E402
from plenum import Client, check, equal  # noqa: E402

server = plenum.Server("hostile")
BASE, PIECE = "/api/v1/events/test-1/uploads", 4 << 20
who, tokens, slow, memory = {}, {}, [], []
LONGEST = 150     # seconds until a paper is taken or refused, on a busy machine: a bomb may have 8 of a processor
FONT = b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
HEAD = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"]


def one_page(content, box=b"0 0 595 842", more=b"", objects=()):
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R %s >>" % (box, more or FONT)
    return k.make_pdf(HEAD + [page, content if content.startswith(b"<<") else k.stream(b"", content)] + list(objects))


def picture(filter_name, data, width=100, height=100):
    image = k.stream(b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /%s" % (width, height, filter_name), data)
    return one_page(b"q 500 0 0 500 0 0 cm /I Do Q", more=b"/Resources << /XObject << /I 5 0 R >> >>", objects=[image])


def deflated(size):
    """So many zero bytes, packed, without holding them."""
    packer = zlib.compressobj(9)
    out = bytearray()
    for _ in range(size >> 20):
        out += packer.compress(bytes(1 << 20))
    return bytes(out + packer.flush())


def deep_tree(depth):
    nodes = [b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (3 + i) for i in range(depth)]
    return k.make_pdf([HEAD[0]] + nodes + [b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 200 200] >>" % (1 + depth)])


def loops():
    return k.make_pdf([HEAD[0], b"<< /Type /Pages /Count 3 /Kids [2 0 R 3 0 R 2 0 R] /Parent 2 0 R >>", b"<< /Type /Page /Parent 3 0 R /MediaBox 3 0 R /Contents 3 0 R >>"])


def nested_forms():
    """Each form draws the next one ten times: a thousand long strokes."""
    forms = [k.stream(b"/Type /XObject /Subtype /Form /BBox [0 0 500 500] /Resources << /XObject << /F %d 0 R >> >>" % (6 + i), b"/F Do " * 10) for i in range(2)]
    last = k.stream(b"/Type /XObject /Subtype /Form /BBox [0 0 500 500]", b"0 0 m 500 500 l S " * 10)
    return one_page(b"/F Do", more=b"/Resources << /XObject << /F 5 0 R >> >>", objects=forms + [last])


def encrypted(*passwords):
    path = os.path.join(server.folder, "plain.pdf")
    with open(path, "wb") as f:
        f.write(one_page(b"BT /F1 20 Tf 50 700 Td (for one's eyes) Tj ET"))
    subprocess.run([plenum.tool("qpdf"), "--encrypt", *passwords, "256", "--", path, path + ".out"], check=True)
    with open(path + ".out", "rb") as f:
        return f.read()


def actions():
    """A program to start, a script to run, a file inside, a page to load: on opening."""
    marker = os.path.join(server.folder, "launched").encode()
    return k.make_pdf([b"<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R /AA << /WC 6 0 R >> /Names << /JavaScript << /Names [(a) 6 0 R] >> >> >>", HEAD[1],
                       b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /AA << /O 5 0 R >> %s >>" % FONT, k.stream(b"", b"BT /F1 20 Tf 50 700 Td (harmless quagga) Tj ET"),
                       b"<< /S /Launch /F (/usr/bin/touch) /Unix << /F (/usr/bin/touch) /P (%s) >> >>" % marker,
                       b"<< /S /JavaScript /JS (app.launchURL\\(\"http://127.0.0.1:%d/e/test-1\"\\); this.exportDataObject\\({cName:\"a\",nLaunch:2}\\);) >>" % server.port])


def endless_text():
    """10 000 000 letters by a content of some KB, by a packed line of glyphs."""
    data = b"BT /F1 1 Tf 1 1 Td " + b"(abcdefghijklmnopqrstuvwxyz abcdefghijklm) Tj 0 0 Td " * 250000 + b"ET"
    return one_page(k.stream(b"/Filter /FlateDecode", zlib.compress(data, 9)))


# What must come of each: "refused", "done", or "any": that nothing breaks is enough, poppler's next version may read it.
def papers():
    yield "deep tree of pages", deep_tree(20000), "any"
    yield "a tree that bites its tail", loops(), "any"
    yield "huge page", one_page(b"0 0 1 1 re f", box=b"0 0 99999999 99999999"), "any"
    yield "page of no size", one_page(b"0 0 1 1 re f", box=b"0 0 0 0"), "any"
    yield "page turned inside out", one_page(b"0 0 1 1 re f", box=b"-1e30 1e30 nan -99999999999999999999"), "any"
    yield "bomb of 32 MB in its content", one_page(k.stream(b"/Filter /FlateDecode", deflated(32 << 20))), "any"
    yield "bomb of 64 MB within a bomb", one_page(k.stream(b"/Filter [/FlateDecode /FlateDecode]", zlib.compress(deflated(64 << 20), 9))), "any"
    yield "picture of 20 000 × 20 000", picture(b"FlateDecode", deflated(8 << 20), 20000, 20000), "any"
    yield "JBIG2 garbage", picture(b"JBIG2Decode", b"\0\0\0\0\x30\0\1\0\0\0\x13" + b"\xff\xff\xff\xf0" * 4 + os.urandom(4000), 9000, 9000), "any"
    yield "JPX garbage", picture(b"JPXDecode", b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x14ftypjp2 \0\0\0\0jp2 " + b"\xff\x4f\xff\x51\0\x2f\0\0" + b"\x7f\xff\xff\xff" * 8 + os.urandom(4000)), "any"
    yield "DCT garbage", picture(b"DCTDecode", b"\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff\1\1\x11\0" + os.urandom(4000), 9000, 9000), "any"
    yield "endless text", endless_text(), "any"
    yield "100 000 pages", k.pages_pdf(100000), "refused"
    yield "a page of 2 GB", k.bomb_pdf(2 << 30), "refused"
    yield "forms within forms", nested_forms(), "any"
    yield "for a password", encrypted("user", "owner"), "refused"
    yield "for an owner's password only", encrypted("", "owner"), "any"
    yield "actions", actions(), "done"
    yield "cut in the middle", one_page(b"x" * 4000)[:900], "refused"
    yield "garbage", b"%PDF-1.7\n" + os.urandom(20000), "refused"
    yield "a table that points to nowhere", one_page(b"").replace(b"startxref\n", b"startxref\n9"), "any"
    yield "no PDF at all", b"MZ" + bytes(2000), "refused"


# --- the ways in -----------------------------------------------------------------------------------------------------------------------------

def shape(value, event, offset):
    event["documents"] = [{"code": "programme", "title": {"vi": "Chương trình"}, "file": "papers/programme.pdf", "language": "vi"}]


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    who["admin"] = server.sign_in("orga", server.user("orga", "organiser", "test-1"))
    tokens.update(server.tokens("test-1"))
    threading.Thread(target=a_phone, daemon=True).start()


def a_phone():
    """Reads all the while: how long each page took, and the server's memory."""
    client = Client(server)
    while server.process:
        try:
            begun = time.time()
            status = client.get("/d/" + tokens["P01"]).status
            slow.append((time.time() - begun, status))
            with open("/proc/%d/status" % server.process.pid) as f:
                memory.append(int([line for line in f if line.startswith("VmRSS")][0].split()[1]) >> 10)
        except (OSError, plenum.Closed, AttributeError, IndexError):
            client.close()
        time.sleep(0.05)


def send(name, data):
    reply = who["admin"].post(BASE, {"name": name, "size": len(data), "mark": "1"})
    if reply.status not in (200, 201):
        return reply
    made = reply.json()
    for at in range(made["offset"], len(data), PIECE):
        reply = who["admin"].request("PATCH", "%s/%s?offset=%d" % (BASE, made["upload"], at), data[at:at + PIECE], {"Content-Type": "application/octet-stream"})
        if reply.status != 200:
            return reply
    until = time.time() + LONGEST
    while time.time() < until:
        reply = who["admin"].get("%s/%s" % (BASE, made["upload"]))
        if reply.status != 200 or reply.json()["state"] in ("done", "refused"):
            break
        time.sleep(0.05)
    return reply


def children():
    """Programs that the server has under it now."""
    try:
        with open("/proc/%d/task/%d/children" % (server.process.pid, server.process.pid)) as f:
            return f.read().split()
    except OSError:
        return []


def uploads():
    for name, data, wanted in papers():
        file, begun = name + ".pdf", time.time()
        reply = send(file, data)
        took = time.time() - begun
        state = reply.json().get("state", reply.json().get("code")) if reply.body else None
        plenum.note("%s: %d bytes, %s, %.1f s" % (name, len(data), state, took))
        check(state in ("done", "refused") if wanted == "any" else state == wanted, "%s: %s" % (name, wanted), reply)
        check(took < LONGEST, "%s: within %d s" % (name, LONGEST), took)
        if state == "refused":
            told = reply.json()
            check(told["name"] == file and told["problem"], "%s: told with its name: %s" % (name, told["problem"]), told)
            check(server.folder not in told["problem"] and "\n" not in told["problem"] and len(told["problem"]) < 400, "%s: in a line, without our folders" % name, told)
        if state == "done":
            read_on_a_phone(name, reply.json()["document"], data)
    check(not os.path.exists(os.path.join(server.folder, "launched")), "no program was started by a paper")


def read_on_a_phone(name, code, data):
    equal(who["admin"].form("/admin/test-1/papers/" + code, {"do": "publish"}).status, 303, "%s: given out" % name)
    phone, door = Client(server), "/d/" + tokens["P02"]
    for rest in ("/r/%s/1" % code, "/r/%s/1?look=pictures" % code, "/r/%s/1/2000" % code, "/search?q=quagga"):
        begun = time.time()
        reply = phone.get(door + rest)
        check(reply.status in (200, 404) and time.time() - begun < 5 and len(reply.body) < 4 << 20, "%s: %s" % (name, rest.replace(code, "…")), (reply.status, len(reply.body), time.time() - begun))
    file = phone.get("%s/f/%s/1/x.pdf" % (door, code))
    check(file.status == 200 and file.body == data and file.header("content-type") == "application/pdf" and file.header("x-content-type-options") == "nosniff", "%s: its bytes as they came, and as a PDF only" % name, file.status)
    pages, letters = server.rows("SELECT COUNT(*), COALESCE(SUM(LENGTH(p.text)), 0) FROM paper_page p JOIN document_version v ON v.sha256 = p.sha256 JOIN document d ON d.id = v.document_id WHERE d.code = ?", code)[0]
    check(pages <= 2000 and letters <= 64 << 20, "%s: %d pages and %d letters are within the limits" % (name, pages, letters))


def names():
    """Names that want to be paths, markup, headers or terminal commands."""
    data = one_page(b"BT /F1 20 Tf 50 700 Td (a paper of a name that is none) Tj ET")
    for number, name in enumerate(("a\r\nSet-Cookie: x=1.pdf", "a\x1b[2J\x07.pdf", "../../etc/passwd.pdf", "\u202efdp.exe.pdf", "<img src=x onerror=alert(1)>.pdf", "a\x00b.pdf", "x" * 300 + ".pdf", "\"; rm -rf ~; \".pdf",
                                   "-o output.pdf", "$(touch launched).pdf", ".pdf", "con.pdf", "a/b\\c.pdf", "\ud800.pdf".encode("utf-8", "surrogatepass").decode("latin-1"))):
        reply = send(name, data + b"\n%% %d\n" % number)
        told = reply.json()
        if "\x1b" in name:
            check(reply.status == 400 and "đổi tên" in told["detail"] and "\x1b" not in told["detail"], "the name %r is refused" % name, reply)
        check(reply.status in (200, 400, 413, 415, 422), "the name %r: %s" % (name[:30], told.get("state") or told.get("code") or told.get("title")), reply)
        if reply.status != 200 or told["state"] != "done":
            continue
        stored = server.value("SELECT v.name FROM document_version v JOIN document d ON d.id = v.document_id WHERE d.code = ?", told["document"])
        check(not any(ord(c) < 32 or ord(c) == 127 or c in "/\u202e" for c in stored), "%r: is stored as %r" % (name[:30], stored[:40]), stored)
        equal(who["admin"].form("/admin/test-1/papers/" + told["document"], {"do": "publish"}).status, 303, "%r: given out" % name[:30])
        reply = Client(server).get("/d/%s/f/%s/1/x.pdf" % (tokens["P02"], told["document"]))
        check(reply.status == 200 and reply.header("set-cookie") is None and "\x1b" not in str(reply.headers), "%r: its headers are ours" % name[:30], reply.headers)
    for page in (who["admin"].get("/admin/test-1/papers"), Client(server).get("/d/" + tokens["P02"])):
        check(page.status == 200 and "<img src=x" not in page.text and "\x1b" not in page.text and "\u202e" not in page.text, "the lists show them as text", page.status)
    equal([os.path.join(d, f) for d, _, files in os.walk(server.folder) for f in files if f in ("launched", "output.pdf", "passwd.pdf")], [], "and nothing of them was done")
    check("\x1b" not in server.log_text(), "nor does the log speak to a terminal")


def imported():
    """The same by an event file: the import takes them, the server looks into them by itself, and says which one it cannot read."""
    with open(os.path.join(server.folder, "event.json"), encoding="utf-8") as f:
        value = json.load(f)
    chosen = [(n, d) for n, d, _ in papers() if n in ("garbage", "for a password", "bomb of 32 MB in its content", "deep tree of pages", "forms within forms", "cut in the middle")]
    for number, (name, data) in enumerate(chosen):
        with open(os.path.join(server.folder, "papers", "bad-%d.pdf" % number), "wb") as f:
            f.write(data + b"\n% imported\n")
        value["events"][0]["documents"].append({"code": "bad-%d" % number, "title": {"vi": name}, "file": "papers/bad-%d.pdf" % number, "language": "vi"})
    path = os.path.join(server.folder, "again.json")
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f)
    begun = time.time()
    done = server.load(path)
    check(time.time() - begun < 60, "the import ends", done.stderr[-300:])
    until, left = time.time() + 120, None
    while time.time() < until and left != []:
        left = [c for c, in server.rows("SELECT d.code FROM document d JOIN document_version v ON v.document_id = d.id LEFT JOIN paper_reading r ON r.sha256 = v.sha256 "
                                        "WHERE r.sha256 IS NULL AND d.code LIKE 'bad-%'") if "/%s cannot be read" % c not in server.log_text() and "test-1/%s" % c not in done.stderr]
        time.sleep(0.2)
    equal(left, [], "each is read, or named as one that cannot be read")
    for number, (name, _) in enumerate(chosen):
        reply = Client(server).get("/d/%s/r/bad-%d/1" % (tokens["P02"], number))
        check(reply.status == 200, "%s: its page stands, with the file to open" % name, reply)


def given_up():
    """A paper that is too much for a program again and again is given up: 2500 pages, each of which takes all the time that it gets."""
    folder = plenum.scratch("patience")
    source, data, out, calls = (os.path.join(folder, n) for n in ("papers", "data", "a.zip", "calls"))
    k.put(source, "Nặng.pdf", k.pages_pdf(2500, content=b"0 0 100 100 re f"))
    tools = k.tools_folder(os.path.join(folder, "bin"), "pdfinfo", "pdftotext", "sh", "tesseract")
    os.chmod(k.put(tools, "pdftoppm", b"#!/bin/sh\necho x >>%s\nkill -XCPU $$\n" % calls.encode()), 0o755)
    done = k.docs("build", source, "-o", out, data=data, fine=False, env={"PATH": tools})
    if not check(os.path.exists(calls), "it is drawn", done.stderr):
        return
    with open(calls, encoding="ascii") as f:
        count = len(f.readlines())
    check(done.returncode == 0 and "Nặng.pdf" in done.stderr and "2000 of 2000 pages cannot be shown" in done.stderr and "2500 pages" in done.stderr, "it is told by its name, and stays to be opened as a file", done.stderr)
    equal(count, 2, "after the second time nothing more is tried")


def the_end():
    times = sorted(t for t, _ in slow)
    bad = [s for _, s in slow if s != 200]
    plenum.note("a phone's page meanwhile: %d times, median %.0f ms, longest %.0f ms; memory at most %d MB" % (len(times), times[len(times) // 2] * 1e3, times[-1] * 1e3, max(memory)))
    check(len(times) > 30 and not bad and times[int(len(times) * 0.99)] < 3, "a phone was answered all the while", (len(times), bad[:3], times[-3:]))
    check(max(memory) < 400, "the server's own memory stayed small: %d MB" % max(memory))
    equal([f for f in os.listdir(os.path.join(server.data, "uploads")) if not f.endswith(".json")], [], "no piece of an upload stays, only what was said of the refused")
    equal([f for d, _, files in os.walk(os.path.join(server.data, "blobs")) for f in files if hashlib.sha256(open(os.path.join(d, f), "rb").read()).hexdigest() != f], [], "every file is what its name says")
    begun, process = time.time(), server.process
    equal(server.stop(20), 0, "the server stops in peace")
    check(time.time() - begun < 15 and process.returncode == 0, "and soon")
    check("Sanitizer" not in server.log_text() and "runtime error" not in server.log_text(), "no sanitizer has spoken")


if __name__ == "__main__":
    plenum.run("hostile_papers", begin, uploads, names, imported, given_up, the_end)

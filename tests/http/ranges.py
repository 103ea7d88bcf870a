#!/usr/bin/env python3
# suite
"""Parts and conditions of RFC 9110 (§13, §14) by table, on a paper and on papers.zip, on both listeners; the archive as other programs read it; downloads that are
cut and resumed; a hot paper is opened once.    B=build/x python3 tests/http/ranges.py"""
import email.utils
import hashlib
import io
import os
import random
import re
import shutil
import subprocess
import sys
import time
import urllib.parse
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import plenum  # noqa: E402
from plenum import Client, Connection, check, equal  # noqa: E402

CURL, WGET, SEVEN, UNZIP, BSDTAR = (plenum.tool(name) for name in ("curl", "wget", "7z", "unzip", "bsdtar"))
BIG = (6 << 20) + 12345
SAME = "Báo cáo “dự thảo” (Đ).pdf"
server = plenum.Server("ranges")
source, tokens = {}, {}


def shape(value, event, offset):
    """Papers with awkward names, two of one name, an empty one, a large one, a restricted one and one for others."""
    papers = os.path.join(server.folder, "papers")
    with open(os.path.join(papers, "report.pdf"), "rb") as f:
        start = f.read()
    os.makedirs(os.path.join(papers, "x"))
    for name, data in (("big.pdf", start + random.Random(7).randbytes(BIG - len(start))), (SAME, start), ("x/" + SAME, start + b"%other"), ("con.txt", b"words\n"),
                       ("secret-name.pdf", start + b"%secret")):
        with open(os.path.join(papers, name), "wb") as f:
            f.write(data)
    event["sessions"] = [{"code": "s1", "title": {"vi": "Phiên 1/2: Khai mạc", "en": "Opening"}, "starts": event["starts"], "ends": event["ends"], "area": event["areas"][0]["code"]}]

    def paper(code, file, **more):
        return dict({"code": code, "title": {"vi": "Giấy " + code}, "file": "papers/" + file, "language": "vi"}, **more)

    event["documents"] = [
        paper("big", "big.pdf"), paper("one", SAME, session="s1"), paper("two", "x/" + SAME, session="s1"), paper("three", SAME), paper("con", "con.txt"),
        paper("secret", "secret-name.pdf", restricted=True), paper("later", "secret-name.pdf", publish_at="manual"),
        paper("press", "programme.pdf", audience={"categories": ["press", "guest"]})]
    for document in event["documents"]:
        with open(os.path.join(server.folder, document["file"]), "rb") as f:
            source[document["code"]] = f.read()


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    tokens.update(server.tokens("test-1"))


def paper_url(code="big", who="P01"):
    return "/d/%s/f/%s/1/%s" % (tokens[who], code, urllib.parse.quote(code + ".pdf"))


def zip_url(who="P01"):
    return "/d/%s/papers.zip" % tokens[who]


def targets():
    for kind, client in (("plain", Client(server)), ("TLS", Client(server, tls=True))):
        for what, path in (("paper", paper_url()), ("zip", zip_url())):
            yield "%s, %s" % (kind, what), client, path, client.get(path)


# --- the table ------------------------------------------------------------------------------------------------------------------

def part(first, last):
    return lambda size: (206, first if first >= 0 else max(0, size + first), min(size - 1, last(size) if callable(last) else last))


WHOLE, NONE = (lambda size: (200, 0, size - 1)), (lambda size: (416, 0, 0))
END = lambda size: size - 1  # noqa: E731
RANGES = [  # header, with the size put in for {n}, {n-1}, …; what is wanted; the section that says so
    ("bytes=0-0", part(0, 0), "first byte"), ("bytes=0-499", part(0, 499), "first 500 bytes (§14.1.2)"), ("bytes=500-999", part(500, 999), "second 500"),
    ("bytes=-500", part(-500, END), "last 500"), ("bytes=9500-", part(9500, END), "open"), ("bytes=0-", part(0, END), "all of it, asked as a part"),
    ("bytes=-1", part(-1, END), "last byte"), ("bytes={n-1}-", part(-1, END), "the same"), ("bytes={n-1}-{n-1}", part(-1, END), "the same"),
    ("bytes=10-{n}", part(10, END), "an end behind the end (§14.1.2)"), ("bytes=10-99999999999999999999999", part(10, END), "a very large end"),
    ("bytes=-{n}", part(0, END), "a suffix as long as the file"), ("bytes=-{n+1}", part(0, END), "a suffix longer than the file is all of it (§14.1.2)"),
    ("bytes=-99999999999999999999999", part(0, END), "a very long suffix"), ("bytes=00000-00009", part(0, 9), "leading zeros"),
    ("BYTES=0-9", part(0, 9), "units do not mind case (§14.1)"), ("bytes= 0-9", part(0, 9), "white space"), ("bytes=0-9 ", part(0, 9), "white space"),
    ("bytes={n}-", NONE, "a first byte behind the end (§14.1.2)"), ("bytes={n}-{n+9}", NONE, "the same"), ("bytes=99999999999999999999999-", NONE, "far behind the end"),
    ("bytes=-0", NONE, "a suffix of nothing (§14.1.2)"),
    ("bytes=9-5", WHOLE, "backwards is invalid: ignored (§14.2)"), ("bytes=", WHOLE, "no range"), ("bytes=-", WHOLE, "neither end"), ("bytes", WHOLE, "no '='"),
    ("bytes=a-b", WHOLE, "no numbers"), ("bytes=1-2-3", WHOLE, "three"), ("bytes=+1-2", WHOLE, "a sign"), ("bytes=--1", WHOLE, "a sign"), ("bytes=0x10-", WHOLE, "hexadecimal"),
    ("bytes=1.5-2", WHOLE, "a fraction"), ("lines=0-9", WHOLE, "an unknown unit is ignored (§14.2)"), ("0-9", WHOLE, "no unit"), ("bytes:0-9", WHOLE, "no unit"),
    ("bytes=0-0,-1", WHOLE, "several: answered whole (§15.3.7)"), ("bytes=0-9,5-19", WHOLE, "several that overlap"), ("bytes=0-9,{n}-", WHOLE, "several, one behind the end"),
    ("bytes=" + ",".join("%d-" % i for i in range(300)), WHOLE, "three hundred of them"),
]


def fill(text, size):
    return re.sub(r"\{n([+-]\d+)?\}", lambda m: str(size + int(m.group(1) or 0)), text)


def ranges():
    for name, client, path, whole in targets():
        size, tag = len(whole.body), whole.header("etag")
        check(whole.status == 200 and int(whole.header("content-length")) == size and whole.header("accept-ranges") == "bytes" and re.fullmatch(r'"[^"]+"', tag),
              "%s: 200, exact length (%d), takes ranges, a strong tag" % (name, size), whole.headers)
        for text, want, why in RANGES:
            reply = client.get(path, Range=fill(text, size))
            status, first, last = want(size)
            good = reply.status == status
            if status == 206:
                good = good and reply.body == whole.body[first:last + 1] and reply.header("content-range") == "bytes %d-%d/%d" % (first, last, size)
                good = good and int(reply.header("content-length")) == last - first + 1 and reply.header("etag") == tag
                good = good and reply.header("content-type") == whole.header("content-type")
            elif status == 200:
                good = good and reply.body == whole.body and reply.header("content-range") is None
            else:
                good = good and reply.header("content-range") == "bytes */%d" % size and reply.body[:4] != whole.body[:4]
            check(good, "%s: %s: %d, %s" % (name, text[:30], status, why), (reply.status, reply.headers, len(reply.body)))
            head = client.request("HEAD", path, headers={"Range": fill(text, size)})
            check(head.status == 200 and head.header("content-length") == str(size) and head.header("content-range") is None,
                  "%s: HEAD with %s: Range is for GET alone (§14.2)" % (name, text[:30]), (head.status, head.headers))
        rng = random.Random(size)
        for _ in range(40):
            first = rng.randrange(size)
            last = min(size - 1, first + rng.choice((0, 1, 100, 65535, 65536, 1 << 20)))
            reply = client.get(path, Range="bytes=%d-%d" % (first, last))
            if not (reply.status == 206 and reply.body == whole.body[first:last + 1]):
                check(False, "%s: bytes %d to %d" % (name, first, last), reply.status)
        pieces = b"".join(client.get(path, Range="bytes=%d-%d" % (at, at + 777776)).body for at in range(0, size, 777777))
        check(pieces == whole.body, "%s: put together from its parts" % name)


def conditions():
    for name, client, path, whole in targets():
        tag, date = whole.header("etag"), whole.header("last-modified")
        is_zip = name.endswith("zip")
        equal(date is None, is_zip, "%s: %s" % (name, "no date: what one may see changes" if is_zip else "a date, which is strong: the address never changes its bytes"))
        at = email.utils.parsedate_to_datetime(date or "Sat, 01 Jan 2022 00:00:00 GMT").timestamp()
        before, after = (email.utils.formatdate(at + d, usegmt=True) for d in (-3600, 3600))
        same = date or before
        when = time.gmtime(at)
        rfc850, asctime = time.strftime("%A, %d-%b-%y %H:%M:%S GMT", when), time.asctime(when)
        dated = lambda yes, no: no if is_zip else yes  # noqa: E731
        table = [  # headers, status of GET, why
            ({"If-None-Match": tag}, 304, "§13.1.2"), ({"If-None-Match": "W/" + tag}, 304, "weak comparison"), ({"If-None-Match": '"a", %s , "b"' % tag}, 304, "a list"),
            ({"If-None-Match": "*"}, 304, "anything"), ({"If-None-Match": '"a"'}, 200, "another"), ({"If-None-Match": tag.strip('"')}, 200, "no tag"),
            ({"If-Match": tag}, 200, "§13.1.1"), ({"If-Match": "*"}, 200, "anything"), ({"If-Match": '"a", ' + tag}, 200, "a list"), ({"If-Match": '"a"'}, 412, "another"),
            ({"If-Match": "W/" + tag}, 412, "strong comparison"), ({"If-Match": tag, "If-None-Match": tag}, 304, "both"),
            ({"If-Modified-Since": same}, dated(304, 200), "§13.1.3"), ({"If-Modified-Since": after}, dated(304, 200), "later"), ({"If-Modified-Since": before}, 200, "earlier"),
            ({"If-Modified-Since": rfc850}, dated(304, 200), "the form of RFC 850 (§5.6.7)"), ({"If-Modified-Since": asctime}, dated(304, 200), "the form of asctime"),
            ({"If-Modified-Since": "yesterday"}, 200, "no date: ignored"), ({"If-Modified-Since": ""}, 200, "empty: ignored"),
            ({"If-Modified-Since": after, "If-None-Match": '"a"'}, 200, "If-None-Match goes before (§13.2.2)"),
            ({"If-Modified-Since": before, "If-None-Match": tag}, 304, "the same"),
            ({"If-Unmodified-Since": same}, 200, "§13.1.4"), ({"If-Unmodified-Since": before}, dated(412, 200), "earlier"), ({"If-Unmodified-Since": "x"}, 200, "no date"),
            ({"If-Unmodified-Since": before, "If-Match": tag}, 200, "If-Match goes before (§13.2.2)")]
        for headers, status, why in table:
            reply = client.request("GET", path, headers=headers)
            good = reply.status == status and (status != 304 or (reply.body == b"" and reply.header("etag") == tag)) and (status != 200 or reply.body == whole.body)
            check(good, "%s: %s: %d, %s" % (name, headers, status, why), (reply.status, reply.headers))
            head = client.request("HEAD", path, headers=headers)
            equal(head.status, status, "%s: HEAD, %s" % (name, headers))
            reply = client.request("GET", path, headers=dict(headers, Range="bytes=5-9"))
            equal((reply.status, reply.body == whole.body[5:10]), (206 if status == 200 else status, status == 200), "%s: %s and Range" % (name, headers))
        for text, status, why in ((tag, 206, "its tag (§13.1.5)"), ("W/" + tag, 200, "a weak tag never"), ('"a"', 200, "another"), (same, dated(206, 200), "its date"),
                                  (before, 200, "another date"), (after, 200, "a later date is no match either"), (rfc850, dated(206, 200), "its date as RFC 850 wrote it"),
                                  ("*", 200, "no tag, no date"), ("", 200, "empty")):
            reply = client.request("GET", path, headers={"Range": "bytes=5-9", "If-Range": text})
            check(reply.status == status and reply.body == (whole.body[5:10] if status == 206 else whole.body), "%s: If-Range: %s: %d, %s" % (name, text[:12], status, why), reply.status)
        reply = client.request("GET", path, headers={"If-Range": tag})
        equal(reply.status, 200, "%s: If-Range without Range is nothing" % name)
        reply = client.request("GET", path, headers={"Range": "bytes=999999999999-", "If-Range": '"a"'})
        equal(reply.status, 200, "%s: a range that cannot be, of another version: the whole" % name)


# --- the archive ----------------------------------------------------------------------------------------------------------------

FOLDER = "Phiên 1_2_ Khai mạc/"
SAFE = SAME
WANTED = {"big.pdf": "big", FOLDER + SAFE: "one", FOLDER + SAFE[:-4] + " (2).pdf": "two", SAFE: "three", "_con.txt": "con"}


def contents(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        equal(archive.testzip(), None, "Python finds every checksum right")
        return {i.filename: (archive.read(i), i) for i in archive.infolist()}


def archive():
    client = Client(server)
    reply = client.get(zip_url())
    equal((reply.header("content-type"), reply.header("content-disposition")), ("application/zip", 'attachment; filename="papers-test-1.zip"'), "a file to keep")
    check("private" in reply.header("cache-control") and "no-cache" in reply.header("cache-control"), "asked for anew each time, kept by nobody between", reply.headers)
    found = contents(reply.body)
    equal(set(found), set(WANTED), "what this person may see, in the folder of its session, under safe names, each once")
    for name, code in WANTED.items():
        if name in found:
            data, info = found[name]
            check(data == source[code] and info.compress_type == zipfile.ZIP_STORED and info.flag_bits & 0x800 and info.date_time[0] >= 2024,
                  "%s: the bytes of %s, stored, UTF-8, dated" % (name, code), (info, len(data)))
    for secret in (b"secret", source["secret"][-8:], b"programme.pdf"):
        check(secret not in reply.body, "nothing in it of what this person may not see: %r" % secret)
    again = client.get(zip_url())
    check(again.body == reply.body and again.header("etag") == reply.header("etag"), "the same papers: the same bytes")
    other = client.get(zip_url("P10"))
    check("programme.pdf" in contents(other.body) and other.header("etag") != reply.header("etag"), "a guest has other papers, and another tag")
    for who, status in (("P13", 404), ("P14", 404), ("901", 404)):
        equal(client.get(zip_url(who)).status, status, "%s, who has no mandate or no name: none" % who)
    equal(client.get("/d/0123456789ABCDEF/papers.zip").status, 404, "no such badge")
    for path in (zip_url().replace("/d/", "/D/"), zip_url().replace(tokens["P01"], tokens["P01"].lower())):
        equal(client.get(path).body, reply.body, "in either case")
    page = client.get("/d/" + tokens["P01"]).text
    check('href="%s"' % zip_url() in page, "the page leads to it")
    equal(client.post(zip_url(), b"").status, 405, "GET alone")


def programs():
    """Info-ZIP, 7-Zip and libarchive find the same files in it."""
    folder = plenum.scratch("zip")
    path = os.path.join(folder, "papers.zip")
    with open(path, "wb") as f:
        f.write(Client(server).get(zip_url()).body)
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    for name, test, words in (("Info-ZIP", [UNZIP, "-tq", path], [UNZIP, "-q", path, "-d", "{}"]), ("7-Zip", [SEVEN, "t", path], [SEVEN, "x", "-o{}", path]),
                              ("bsdtar", [BSDTAR, "-tf", path], [BSDTAR, "-xf", path, "-C", "{}"])):
        out = os.path.join(folder, name)
        os.makedirs(out)
        done = subprocess.run(test, capture_output=True, env=environment)
        equal(done.returncode, 0, "%s finds it sound: %s" % (name, done.stderr[-200:]))
        done = subprocess.run([w.replace("{}", out) for w in words], capture_output=True, env=environment, stdin=subprocess.DEVNULL)
        got = {}
        for root, _, files in os.walk(out):
            for file in files:
                with open(os.path.join(root, file), "rb") as f:
                    got[os.path.relpath(os.path.join(root, file), out)] = f.read()
        check(done.returncode == 0 and got == {n: source[c] for n, c in WANTED.items()}, "%s unpacks every paper under its name" % name, (done.returncode, list(got), done.stderr[-200:]))


# --- downloads that are cut ------------------------------------------------------------------------------------------------------

def resuming():
    folder = plenum.scratch("resume")
    for what, path in (("paper", paper_url()), ("zip", zip_url())):
        want = Client(server).get(path).body
        for name, words in (("curl -C -", [CURL, "-sS", "-C", "-", "-o", "{}"]), ("wget -c", [WGET, "-q", "-c", "--tries=1", "-O", "{}"])):
            cutter = plenum.Cutter(server.port, 2 << 20)
            out = os.path.join(folder, what + name[:4])
            goes, code = 0, None
            while goes < 12 and code != 0:
                goes += 1
                code = subprocess.run([w.replace("{}", out) for w in words] + ["http://127.0.0.1:%d%s" % (cutter.port, path)], capture_output=True).returncode
            cutter.socket.close()
            with open(out, "rb") as f:
                got = f.read()
            check(code == 0 and got == want and goes > 2 and any(b"\r\nRange: bytes=" in h for h in cutter.heads[1:]), "%s: cut every 2 MB, whole after %d goes of %s" % (what, goes, name),
                  (code, goes, len(got), len(want)))


def changed_between():
    """The organiser replaces a paper while somebody's archive is on its way: what is resumed with its tag begins anew, and is never mixed."""
    client = Client(server)
    first = client.get(zip_url())
    connection = Connection(server.port)
    connection.send(client.head_of("GET", zip_url(), {}, None))
    connection.head()
    start = connection.read(100000)
    with open(os.path.join(server.folder, "papers", "con.txt"), "wb") as f:
        f.write(b"other words\n")
    server.load(os.path.join(server.folder, "event.json"))
    equal(start + connection.read(len(first.body) - 100000), first.body, "a download on its way ends as it began")
    connection.close()
    second = client.get(zip_url(), Range="bytes=100000-", If_Range=first.header("etag"))
    check(second.status == 200 and second.header("etag") != first.header("etag"), "resumed with the old tag: the new one, whole", second.status)
    equal(contents(second.body)["_con.txt"][0], b"other words\n", "with the new paper")
    equal(client.get(zip_url(), If_None_Match=first.header("etag")).status, 200, "the old tag is no longer it")


# --- opened once ----------------------------------------------------------------------------------------------------------------

def held(code):
    """How many descriptors and mappings of this paper the server holds."""
    name = hashlib.sha256(source[code]).hexdigest()
    folder = "/proc/%d/fd" % server.process.pid
    count = 0
    for fd in os.listdir(folder):
        try:
            count += os.readlink(os.path.join(folder, fd)).endswith(name)
        except OSError:
            pass
    return count


def opened_once():
    device = server.device("test-1", server.value("SELECT code FROM gate LIMIT 1"))
    figure = lambda name: int(re.search(r"^plenum_paper_files_%s (\d+)$" % name, device.get("/metrics").text, re.M).group(1))  # noqa: E731
    before = figure("opened_total"), figure("asked_total")
    clients = [Client(server, tls=i % 4 == 0) for i in range(20)]
    for round_number in range(10):
        for client in clients:
            equal_body = client.get(paper_url(), Range="bytes=%d-%d" % (round_number, round_number + 99)).body
            if equal_body != source["big"][round_number:round_number + 100]:
                check(False, "the right bytes")
    opened, asked = figure("opened_total") - before[0], figure("asked_total") - before[1]
    check(opened <= 1 and asked == 200, "200 requests for a paper opened it %d times" % opened, (opened, asked))
    equal(held("big"), 1, "and the server holds it once")
    path = os.path.join(server.data, "blobs", "%.2s", "%s") % ((hashlib.sha256(source["big"]).hexdigest(),) * 2)
    copy = path + ".copy"
    shutil.copyfile(path, copy)
    os.replace(copy, path)
    equal(clients[1].get(paper_url()).body, source["big"], "a file that was replaced (a restored one) is opened anew")
    equal((figure("opened_total") - before[0], held("big")), (opened + 1, 1), "once, and the old one is let go")
    os.chmod(path, 0o600)
    os.truncate(path, BIG - 1)
    for client in clients[:2]:
        equal(client.get(paper_url()).status, 500, "one that was damaged is not sent")
        equal(client.get(zip_url()).status, 500, "nor an archive with it")
        equal(client.get(zip_url(), Range="bytes=0-9").status, 500, "nor a part of that")
    equal(held("big"), 0, "and not held")
    os.unlink(path)
    equal(clients[1].get(paper_url()).status, 500, "nor one that is gone")
    with open(path, "wb") as f:
        f.write(source["big"])
    equal(clients[1].get(paper_url()).body, source["big"], "and all is well when it is back")


def older_folder():
    """A folder that an older version wrote knows no CRC: the server adds them when it starts."""
    equal(server.stop(), 0, "the server stops in peace")
    db = plenum.sqlite3.connect(os.path.join(server.data, "plenum.db"))
    db.execute("UPDATE blob SET crc32 = NULL")
    db.commit()
    db.close()
    server.start()
    equal(set(contents(Client(server).get(zip_url()).body)), set(WANTED), "an archive as before")
    equal(server.value("SELECT COUNT(*) FROM blob WHERE crc32 IS NULL AND sha256 IN (SELECT sha256 FROM document_version)"), 0, "and the CRCs are kept")
    equal(server.stop(), 0, "the server stops in peace")


if __name__ == "__main__":
    plenum.run("ranges", begin, ranges, conditions, archive, programs, resuming, changed_between, opened_once, older_folder)

#!/usr/bin/env python3
# suite
# sanitized threads
"""A paper through the badge: bytes, validators, ranges, file names, resumed downloads, and who may see what (DESIGN.md §5, §7; RFC 9110 §13, §14; RFC 6266).
On both listeners.    B=build/x tests/http/papers.py"""
import hashlib
import html
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import plenum  # noqa: E402
from plenum import Client, Connection, check, equal  # noqa: E402

CURL = plenum.tool("curl")
NAME = "Báo cáo chính trị – “dự thảo” lần 2 (Đ).pdf"
server = plenum.Server("papers")
source, big = {}, 9 << 20


def shape(value, event, offset):
    """Papers of every kind: for all, for officials, restricted, by hand, at a time; and a large one."""
    papers = os.path.join(server.folder, "papers")
    shutil.copy(os.path.join(plenum.ROOT, "papers/political-report.pdf"), os.path.join(papers, NAME))
    with open(os.path.join(papers, "big.pdf"), "wb") as f, open(os.path.join(papers, "report.pdf"), "rb") as start:
        head = start.read()
        f.write(head + random.Random(19).randbytes(big - len(head)))

    def paper(code, file, **more):
        return dict({"code": code, "title": {"vi": "Giấy " + code}, "file": "papers/" + file, "language": "vi"}, **more)

    official = {"categories": ["official"]}
    event["documents"] = [
        paper("all", "programme.pdf"), paper("report", NAME, audience=official), paper("big", "big.pdf"), paper("secret", "report.pdf", restricted=True),
        paper("manual", "report.pdf", publish_at="manual"), paper("later", "report.pdf", publish_at=plenum.local_text(offset, 60)),
        paper("now", "report.pdf", publish_at=plenum.local_text(offset, -5)), paper("press", "programme.pdf", audience={"categories": ["press", "guest"]}),
        paper("nobody", "programme.pdf", audience={"categories": []}), paper("officials-secret", "report.pdf", audience=official, restricted=True)]
    locked = plenum.json.loads(plenum.json.dumps(event))
    locked.update(slug="locked", documents_access="pin")
    value["events"].append(locked)
    for document in event["documents"]:
        with open(os.path.join(server.folder, document["file"]), "rb") as f:
            source[document["code"]] = f.read()


tokens = {}


def url(who, code, name=None, version=1, event="test-1"):
    if name is None:
        name = {"report": NAME, "big": "big.pdf", "all": "programme.pdf", "press": "programme.pdf", "nobody": "programme.pdf"}.get(code, "report.pdf")
    return "/d/%s/f/%s/%s/%s" % (server.tokens(event)[who] if event != "test-1" else tokens.get(who, who), code, version, urllib.parse.quote(name))


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    tokens.update(server.tokens("test-1"))


def both():
    return (("plain", Client(server)), ("TLS", Client(server, tls=True)))


def the_bytes():
    for kind, client in both():
        for code in ("all", "report", "big", "now"):
            reply = client.get(url("P01", code))
            check(reply.status == 200 and reply.body == source[code] and reply.header("content-type") == "application/pdf", "%s: %s is the source byte for byte (%d)"
                  % (kind, code, len(source[code])), (reply.status, len(reply.body)))
            equal(reply.header("etag"), '"%s"' % hashlib.sha256(source[code]).hexdigest(), "%s: its ETag is its SHA-256" % kind)
            equal(reply.header("accept-ranges"), "bytes", "%s: it takes ranges" % kind)
            check("immutable" in reply.header("cache-control") and "private" in reply.header("cache-control"),
                  "%s: it is kept by the phone, and by nobody between" % kind, reply.headers)
            head = client.request("HEAD", url("P01", code))
            equal((head.status, head.header("content-length"), head.header("etag"), head.body), (200, str(len(source[code])), reply.header("etag"), b""),
                  "%s: HEAD of %s" % (kind, code))
        equal(client.get(url("P01", "all", "any-name.pdf")).body, source["all"], "%s: the name at the end is for people" % kind)


def validators():
    for kind, client in both():
        path = url("P01", "all")
        tag = client.get(path).header("etag")
        for header in (tag, "W/" + tag, "*", '"x", %s' % tag, '%s, "y"' % tag):
            reply = client.get(path, If_None_Match=header)
            check(reply.status == 304 and reply.body == b"" and reply.header("etag") == tag, "%s: If-None-Match: %s…: 304" % (kind, header[:10]), reply)
        for header in ('"x"', '"%s"' % tag[1:20], tag[1:-1], tag.upper()):
            equal(client.get(path, If_None_Match=header).status, 200, "%s: If-None-Match: %s…: 200" % (kind, header[:10]))
        reply = client.get(path, If_None_Match=tag, Range="bytes=0-9")
        equal(reply.status, 304, "%s: If-None-Match goes before Range" % kind)
        head = client.request("HEAD", path, headers={"If-None-Match": tag})
        equal(head.status, 304, "%s: HEAD with If-None-Match" % kind)


def ranges():
    for kind, client in both():
        for code in ("report", "big"):
            path, data = url("P01", code), source[code]
            size, tag = len(data), client.get(url("P01", code)).header("etag")
            for text, first, last in (("0-0", 0, 0), ("0-99", 0, 99), ("100-", 100, size - 1), ("-1", size - 1, size - 1), ("-500", size - 500, size - 1),
                                      ("%d-" % (size - 1), size - 1, size - 1),
                                      ("10-%d" % (size * 2), 10, size - 1), ("-%d" % (size * 2), 0, size - 1), ("4095-4097", 4095, 4097),
                                      ("%d-%d" % (size // 2, size - 2), size // 2, size - 2)):
                reply = client.get(path, Range="bytes=" + text)
                check(reply.status == 206 and reply.body == data[first:last + 1] and reply.header("content-range") == "bytes %d-%d/%d" % (first, last, size)
                      and reply.header("etag") == tag, "%s: %s: bytes=%s" % (kind, code, text), (reply.status, reply.headers, len(reply.body)))
            for text in ("%d-" % size, "%d-%d" % (size, size + 5), "-0", "99999999999999999999-"):
                reply = client.get(path, Range="bytes=" + text)
                equal((reply.status, reply.header("content-range")), (416, "bytes */%d" % size), "%s: %s: bytes=%s: 416" % (kind, code, text))
            for text in ("bytes=5-2", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-2-3", "items=0-5", "0-5", "bytes=0-1,3-4"):
                reply = client.get(path, Range=text)
                check(reply.status == 200 and reply.body == data, "%s: %s: %s: the whole" % (kind, code, text), reply.status)
            equal(client.get(path, Range="bytes=0-9", If_Range=tag).status, 206, "%s: If-Range with its ETag: the part" % kind)
            for other in ('"x"', "W/" + tag, "Sat, 21 Nov 2026 10:00:00 GMT"):
                equal(client.get(path, Range="bytes=0-9", If_Range=other).status, 200, "%s: If-Range: %s: the whole" % (kind, other[:9]))
            head = client.request("HEAD", path, headers={"Range": "bytes=0-9"})
            check(head.status in (200, 206) and head.body == b"", "%s: HEAD with Range" % kind, head)
        pieces = b"".join(client.get(url("P01", "big"), Range="bytes=%d-%d" % (at, at + 999999)).body for at in range(0, big, 1000000))
        check(pieces == source["big"], "%s: a file put together from its ranges" % kind)


def names():
    """RFC 6266 and 8187: a name in letters of ASCII for old clients, the true one beside it."""
    client = Client(server)
    text = client.get(url("P01", "report")).header("content-disposition")
    found = re.fullmatch(r"inline; filename=\"([^\"\\]*)\"; filename\*=UTF-8''([A-Za-z0-9!#$&+.^_`|~%-]+)", text)
    if not check(found, "the disposition of a Vietnamese name is well-formed", text):
        return
    equal(urllib.parse.unquote(found.group(2)), NAME, "and says the name as it is")
    plain = found.group(1)
    check(plain.isascii() and plain.lower().startswith("bao cao chinh tri") and plain.endswith(".pdf"), "its plain form can be read: %s" % plain, plain)
    equal(client.get(url("P01", "all")).header("content-disposition"), 'inline; filename="programme.pdf"', "a plain name needs no second form")
    folder = plenum.scratch("curl")
    done = subprocess.run([CURL, "-sS", "-OJ", "--output-dir", folder, "http://127.0.0.1:%d%s" % (server.port, url("P01", "all"))], capture_output=True, text=True)
    check(done.returncode == 0 and os.listdir(folder) == ["programme.pdf"], "curl -OJ takes the name", (done.stderr, os.listdir(folder)))


def resuming():
    """curl -C - through a line that breaks, until the file is whole; and a slow reader beside others."""
    folder = plenum.scratch("resume")
    for kind, after in (("every 2 MB", 2 << 20), ("every 4 MB", 4 << 20)):
        proxy = plenum.Cutter(server.port, after)
        out = os.path.join(folder, "big-%d.pdf" % after)
        tries, code = 0, None
        while tries < 12 and code != 0:
            tries += 1
            code = subprocess.run([CURL, "-sS", "-C", "-", "-o", out, "http://127.0.0.1:%d%s" % (proxy.port, url("P01", "big"))], capture_output=True).returncode
        proxy.socket.close()
        with open(out, "rb") as f:
            check(f.read() == source["big"] and tries > 2, "a download cut %s is whole after %d goes of curl -C -" % (kind, tries), tries)
    authority = os.path.join(server.data, "tls", "authority.crt")
    out = os.path.join(folder, "tls.pdf")
    with open(out, "wb") as f:
        f.write(source["big"][:123457])
    done = subprocess.run([CURL, "-sS", "--cacert", authority, "-C", "-", "-o", out, "https://127.0.0.1:%d%s" % (server.tls_port, url("P01", "big"))],
                          capture_output=True, text=True)
    with open(out, "rb") as f:
        check(done.returncode == 0 and f.read() == source["big"], "and over HTTPS", done.stderr)


def many_at_once():
    """Forty phones at once, a third of them slow: everyone has the right bytes."""
    wrong, done = [], []

    def phone(number):
        try:
            connection = Connection(server.tls_port if number % 4 == 0 else server.port, server.tls_context() if number % 4 == 0 else None, timeout=60)
            client = Client(server, tls=number % 4 == 0)
            start = number * 100003 % big if number % 2 else 0
            connection.send(client.head_of("GET", url("P0%d" % (number % 7 + 1), "big"), {"Range": "bytes=%d-" % start}, None))
            status, _ = connection.head()
            body = bytearray(connection.buffer)
            while len(body) < big - start:
                data = connection.socket.recv(65536 if number % 3 else 300000)
                if not data:
                    break
                body += data
                if number % 3 == 0 and len(body) % 11 == 0:
                    time.sleep(0.005)
            connection.close()
            if status != 206 or bytes(body) != source["big"][start:]:
                wrong.append((number, status, len(body)))
            done.append(number)
        except Exception as e:
            wrong.append((number, repr(e)))

    threads = [threading.Thread(target=phone, args=(n,), daemon=True) for n in range(40)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    check(not wrong and len(done) == 40, "40 at once, some slow, some over HTTPS: every byte right", wrong[:3])


def who_may():
    """One predicate: page and file say the same."""
    may = {"P01": {"all", "report", "big", "now"}, "P10": {"all", "big", "now", "press"}, "P12": {"all", "big", "now", "press"}}
    pin = {"P01": {"secret", "officials-secret"}, "P10": {"secret"}, "P12": {"secret"}}
    for kind, client in both():
        for who in may:
            for code in source:
                reply = client.get(url(who, code))
                wanted = (200, None) if code in may[who] else (403, None) if code in pin[who] else (404, None)
                check(reply.status == wanted[0] and (reply.status == 200 or not reply.body.startswith(b"%PDF")),
                      "%s: %s asks for %s: %d" % (kind, who, code, wanted[0]), reply)
                reply = client.get(url(who, code), Accept="application/json")
                if wanted[0] != 200:
                    equal(reply.code, "pin_needed" if wanted[0] == 403 else "not_found", "%s: %s, %s: the code of it" % (kind, who, code))
                reply = client.get(url(who, code), Range="bytes=0-3", If_None_Match='"%s"' % hashlib.sha256(source[code]).hexdigest())
                check(reply.status == (304 if wanted[0] == 200 else wanted[0]), "%s: %s, %s: a validator opens nothing" % (kind, who, code), reply.status)
            page = client.get("/d/" + tokens[who])
            listed = {c for c in source if "/f/%s/" % c in page.text}
            equal(listed, may[who], "%s: the page of %s lists those papers and no other" % (kind, who))
            check(not [c for c in set(source) - may[who] if "Giấy %s<" % c in page.text], "%s: nor their titles" % kind)
            for link in re.findall(r'href="(/d/[^"]+/f/[^"]+)"', page.text):
                reply = client.get(html.unescape(link))
                check(reply.status == 200 and reply.body in source.values(), "%s: a link of the page opens" % kind, (link[-40:], reply.status))
        for who, status in (("P13", 404), ("P14", 404), ("901", 404)):
            equal(client.get(url(who, "all")).status, status, "%s: %s, who has no mandate or no name, has no papers" % (kind, who))
        for path in (url("P01", "all", version=2), url("P01", "all", version=0), url("P01", "all", version="01"), url("P01", "all", version="x"),
                     url("P01", "all", version=-1),
                     url("P01", "all", version=10 ** 20), url("P01", "none"), url("0123456789ABCDEF", "all")):
            equal(client.get(path).status, 404, "%s: %s" % (kind, path.split("/f/")[1]))
        equal(client.get(url("P01", "all", event="locked")).status, 403, "%s: an event that asks for the PIN for everything" % kind)
        foreign = "/d/%s/f/report/1/x.pdf" % server.tokens("locked")["P12"]
        equal(client.get(foreign).status, 404, "%s: and still hides what is not for them" % kind)


def either_case():
    client = Client(server)
    token = tokens["P01"]
    for path in ("/d/" + token, "/D/" + token, "/d/" + token.lower(), "/D/" + token.lower(), "/d/" + "-".join((token[:4], token[4:8], token[8:]))):
        reply = client.get(path)
        check(reply.status == 200 and "Đặng Thị Hồng Thắm" in reply.text, "%s: 200 without a redirect" % re.sub(token, "TOKEN", path, flags=re.I), reply.status)
    for letter in ("d", "D"):
        for text in (token, token.lower()):
            equal(client.get("/%s/%s/f/all/1/programme.pdf" % (letter, text)).body, source["all"],
                  "its paper at /%s/%s" % (letter, "token" if text != token else "TOKEN"))
    confused = token.replace("1", "i").replace("0", "o")
    equal(client.get("/d/" + confused).status, 200, "i for 1 and o for 0")


def a_new_version():
    """The organiser replaces a paper while phones read it: both versions stand, each at its own address."""
    client = Client(server)
    connection = Connection(server.port)
    connection.send(client.head_of("GET", url("P01", "big"), {}, None))
    connection.head()
    first = connection.read(100000)
    path = os.path.join(server.folder, "papers", "big.pdf")
    fresh = source["big"][:5000] + b"changed" + source["big"][5007:]
    with open(path, "wb") as f:
        f.write(fresh)
    server.load(os.path.join(server.folder, "event.json"))
    equal(first + connection.read(big - 100000), source["big"], "a download that is on its way ends with the version it began with")
    connection.close()
    equal(client.get(url("P01", "big")).body, source["big"], "the first version stands at its address")
    equal(client.get(url("P01", "big", version=2)).body, fresh, "the second has its own")
    check("/f/big/2/" in client.get("/d/" + tokens["P01"]).text, "and the page leads to it")


def end():
    equal(server.stop(), 0, "the server stops in peace")
    check("error" not in server.log_text(), "and wrote no fault down", server.log_text()[-500:])


def damaged():
    """A failing disk made a paper's file shorter: that paper is refused, on both listeners, and the server goes on."""
    server.start()
    path = os.path.join(server.data, "blobs", "%.2s", "%s") % ((hashlib.sha256(source["all"]).hexdigest(),) * 2)
    os.chmod(path, 0o600)
    for size in (len(source["all"]) - 1, 4096, 0):
        os.truncate(path, size)
        for kind, client in both():
            equal(client.get(url("P01", "all")).status, 500, "%s: a file of %d bytes instead of %d is not sent" % (kind, size, len(source["all"])))
            equal(client.get(url("P01", "report")).status, 200, "%s: the others are" % kind)
    check("plenum doctor" in server.log_text(), "and the log says what to do", server.log_text()[-300:])
    equal(server.stop(), 0, "the server stops in peace")


if __name__ == "__main__":
    plenum.run("papers", begin, the_bytes, validators, ranges, names, resuming, many_at_once, who_may, either_case, a_new_version, end, damaged)

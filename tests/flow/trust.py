#!/usr/bin/env python3
# suite
# sanitized
"""Whom phones trust: the local authority as a file, as Apple's profile, as a page and as a guide to print, whose code is read back; and a certificate of a real
domain: its chain, what is wrong with it said in words, renewed while the server runs.    B=build/x tests/flow/trust.py"""
import hashlib
import json
import os
import plistlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, check, equal, wait  # noqa: E402

server = plenum.Server("trust")
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
here = {}


def run(*words, fine=True, **more):
    done = subprocess.run([str(w) for w in words], capture_output=True, timeout=60, **more)
    if fine and done.returncode:
        raise RuntimeError("%s: %s" % (words, done.stderr[-500:]))
    return done


def at(name):
    return os.path.join(server.folder, name)


def the_file_and_the_profile():
    server.load(plenum.small_event(server.folder))
    server.start("--public-url", "http://127.0.0.1:%d" % server.port)
    stranger = Client(server)
    reply = stranger.get("/authority.crt")
    equal((reply.status, reply.header("content-type")), (200, "application/x-x509-ca-cert"), "the certificate is served as phones want it")
    check("attachment" not in reply.header("content-disposition"), "and not as a file to keep", reply.header("content-disposition"))
    der = ssl.PEM_cert_to_DER_cert(reply.text)
    here["print"] = hashlib.sha256(der).hexdigest().upper()
    shown = json.loads(plenum.plenum("tls", "show", "--json", data=server.data).stdout)["authority"]
    equal(shown["fingerprint"].replace(":", ""), here["print"], "its fingerprint is what `plenum tls show` says")
    here["name"] = shown["name"]
    reply = stranger.get("/authority.mobileconfig")
    equal((reply.status, reply.header("content-type")), (200, "application/x-apple-aspen-config"), "the profile for iPhones is served as such")
    profile = plistlib.loads(reply.body)
    equal((profile["PayloadType"], profile["PayloadVersion"], profile["PayloadDisplayName"]), ("Configuration", 1, here["name"]), "it is a profile with the authority's name")
    equal(profile["PayloadRemovalDisallowed"], False, "that may be removed")
    root = profile["PayloadContent"][0]
    equal((root["PayloadType"], root["PayloadContent"]), ("com.apple.security.root", der), "and holds the very certificate")
    equal(len({profile["PayloadUUID"], root["PayloadUUID"], profile["PayloadIdentifier"], root["PayloadIdentifier"]}), 4, "its parts have names of their own")
    equal(plistlib.loads(stranger.get("/authority.mobileconfig").body), profile, "the same each time: installed again, it replaces itself")


def the_page():
    stranger = Client(server)
    for agent, first, file in ((IPHONE, "iPhone, iPad", "/authority.mobileconfig"), (ANDROID, "Android", "/authority.crt"), ("Mozilla/5.0 (Windows NT 10.0)", "Computer", "/authority.crt")):
        text = stranger.get("/trust?lang=en", User_Agent=agent).text
        begin = text.index("<section>")
        check("<h2>%s</h2>" % first in text and text.index("<h2>%s</h2>" % first) < begin + 40, "/trust begins with %s" % first)
        equal(re.search(r'class="button" href="([^"]+)"', text).group(1), file, "and its file")
        equal("".join(re.findall(r"<code>([0-9A-F ]+)</code>", text)).replace(" ", ""), here["print"], "the fingerprint stands there in groups")
        check("https://127.0.0.1:%d" % server.tls_port in text, "and the address to open afterwards")
    equal(stranger.get("/trust/guide.pdf").status, 302, "the page to print is for staff")
    staff = server.sign_in("lan", server.user("lan", "desk", "test-1"))
    reply = staff.get("/trust/guide.pdf?lang=ar")
    equal((reply.status, reply.header("content-type"), reply.body[:5]), (200, "application/pdf", b"%PDF-"), "who get it")


def the_guide():
    for language, word in (("vi", "Dấu vân tay"), ("en", "Certificate Trust Settings"), ("pt", "Remova-o"), ("ar", "SHA-256")):
        pdf = at("guide-%s.pdf" % language)
        plenum.plenum("tls", "show", "--guide", pdf, "--language", language, data=server.data)
        about = run("pdfinfo", pdf).stdout.decode()
        check("Pages:           1\n" in about and "(A4)" in about, "%s: one page of A4" % language, about)
        text = run("pdftotext", "-layout", pdf, "-").stdout.decode()
        check(word in text and here["name"] in text, "%s: words and name can be read" % language, text[:600])
        for place in ("127.0.0.1:%d/trust" % server.port, "https://127.0.0.1:%d" % server.tls_port):
            check(place in text, "%s: %s stands there" % (language, place), text[:600])
        groups = re.findall(r"\b[0-9A-F]{2} [0-9A-F]{2} [0-9A-F]{2} [0-9A-F]{2}\b", text)
        equal("".join(groups).replace(" ", ""), here["print"], "%s: the fingerprint in eight groups" % language)
        run("pdftoppm", "-r", "120", "-png", "-singlefile", pdf, pdf[:-4])
        code = run("zbarimg", "-q", "--raw", pdf[:-4] + ".png").stdout.decode().strip()
        equal(code, "http://127.0.0.1:%d/authority.crt" % server.port, "%s: its code leads to the certificate" % language)
        if language == "en":
            equal(Client(server).get(code[code.index("/authority"):]).status, 200, "which is there")
    said = plenum.plenum("tls", "show", "--guide", at("no.pdf"), "--language", "xx", data=server.data, fine=False)
    equal((said.returncode, "vi, en, pt, ar" in said.stderr, os.path.exists(at("no.pdf"))), (2, True, False), "no other language, and no file then")
    fresh = at("fresh")
    plenum.plenum("tls", "init", data=fresh)
    plenum.plenum("tls", "show", "--guide", at("fresh.pdf"), "--public-url", "https://hoi-nghi.example:8443", data=fresh)
    text = run("pdftotext", "-layout", at("fresh.pdf"), "-").stdout.decode()
    check("hoi-nghi.example:8080/trust" in text, "without a database, and behind a secure public URL: the plain address of that host", text[:500])
    equal(server.stop(), 0, "the server ends")


# --- a certificate of a real domain ------------------------------------------------------------------------------------------------------------------------------------

def sign(name, subject, signer, days=90, key=None, san=None, start=None):
    """NAME.crt and NAME.key; signed by itself where signer is None. `start`: "-30d" and the like is made with x509 -not_before."""
    if not key:
        run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", at(name + ".key"))
    else:
        shutil.copy(at(key + ".key"), at(name + ".key"))
    run("openssl", "req", "-new", "-key", at(name + ".key"), "-subj", "/CN=" + subject, "-out", at(name + ".csr"))
    with open(at(name + ".ext"), "w") as f:
        f.write("subjectAltName=%s\n" % san if san else "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n")
    words = ["openssl", "x509", "-req", "-in", at(name + ".csr"), "-extfile", at(name + ".ext"), "-out", at(name + ".crt"), "-days", days]
    words += ["-CA", at(signer + ".crt"), "-CAkey", at(signer + ".key"), "-CAcreateserial"] if signer else ["-signkey", at(name + ".key")]
    run(*words)


def chain(name, *parts):
    with open(at(name), "w") as out:
        for part in parts:
            with open(at(part + ".crt")) as f:
                out.write(f.read())
    return at(name)


def serial():
    """Of what the listener shows now."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", server.tls_port), 10) as plain:
        with context.wrap_socket(plain, server_hostname="hoi-nghi.example") as tls:
            return hashlib.sha256(tls.getpeercert(True)).hexdigest()


def refused(what, cert, key, *words):
    done = plenum.plenum("serve", "--listen", "127.0.0.1:%d" % server.port, "--listen-tls", "127.0.0.1:%d" % server.tls_port, "--tls-cert", cert, "--tls-key", key,
                         data=server.data, fine=False)
    check(done.returncode == 1 and all(w in done.stderr for w in words) and done.stderr.count("\n") == 1, what, done.stderr)


def a_real_domain():
    host = "hoi-nghi.example"
    sign("root", "Root", None, days=3650)
    sign("between", "Between", "root", days=1000)
    sign("leaf", host, "between", san="DNS:%s,DNS:*.toi.example" % host)
    sign("other", "other.example", "between", san="DNS:other.example")
    sign("over", host, "between", days=0, san="DNS:" + host)
    whole = chain("whole.pem", "leaf", "between")
    refused("a key of another certificate: said so", whole, at("other.key"), "does not belong to the first certificate")
    refused("the chain in the wrong order: said so", chain("turned.pem", "between", "leaf"), at("leaf.key"), "the server's own certificate comes first")
    refused("one that has run out: said until when", chain("over.pem", "over", "between"), at("over.key"), "is good from", "the clock of this machine says")
    refused("a file that is none: said so", at("leaf.ext"), at("leaf.key"), "not a certificate in PEM form")
    words = ["--tls-cert", whole, "--tls-key", at("leaf.key"), "--public-url", "http://%s:%d" % (host, server.port)]
    server.start(*words)
    check("browsers will warn" not in server.log_text() and "whole chain" not in server.log_text(), "a whole chain for the right host: nothing to say", server.log_text())
    context = ssl.create_default_context(cafile=at("root.crt"))
    with socket.create_connection(("127.0.0.1", server.tls_port), 10) as plain:
        with context.wrap_socket(plain, server_hostname=host) as tls:
            equal(tls.version(), "TLSv1.3", "who trusts the root alone trusts the server: the chain is sent")
    equal(Client(server).get("/authority.crt").status, 404, "there is no local authority to install")
    check("Nothing to install" in Client(server).get("/trust?lang=en").text, "and the page says so")
    said = plenum.plenum("tls", "show", "--guide", at("none.pdf"), "--tls-cert", whole, "--tls-key", at("leaf.key"), data=server.data, fine=False)
    equal((said.returncode, "needs no guide" in said.stderr), (1, True), "so does the guide")


def it_is_renewed():
    with_it = Client(server, tls=True)
    with_it.tls = ssl._create_unverified_context()
    before = serial()
    held = socket.create_connection(("127.0.0.1", server.tls_port), 10)
    context = ssl._create_unverified_context()
    kept = context.wrap_socket(held)
    sign("again", "hoi-nghi.example", "between", key="leaf", san="DNS:hoi-nghi.example")
    chain("whole.pem", "again", "between")
    server.process.send_signal(signal.SIGHUP)
    check(wait(lambda: serial() != before), "a renewed certificate is shown after SIGHUP, without a restart")
    kept.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % server.tls_port)
    check(b" 200 " in kept.recv(1000), "and a connection that was open goes on")
    kept.close()
    now = serial()
    sign("foreign", "hoi-nghi.example", "between", san="DNS:hoi-nghi.example")
    chain("whole.pem", "foreign", "between")
    shutil.copy(at("leaf.key"), at("kept.key"))
    shutil.copy(at("foreign.key"), at("leaf.key"))
    server.process.send_signal(signal.SIGHUP)
    check(wait(lambda: "another key" in server.log_text()), "one with another key is refused: paired scanners know the old one", server.log_text()[-500:])
    with open(at("whole.pem"), "w") as f:
        f.write("half a certifi")
    server.process.send_signal(signal.SIGHUP)
    check(wait(lambda: "not a certificate" in server.log_text()), "half a file is told", server.log_text()[-500:])
    equal(serial(), now, "and the good one is shown further")
    shutil.copy(at("kept.key"), at("leaf.key"))
    equal(server.stop(), 0, "the server ends")
    server.start("--tls-cert", chain("wrong.pem", "other"), "--tls-key", at("other.key"), "--public-url", "http://hoi-nghi.example:%d" % server.port)
    check('does not name "hoi-nghi.example"' in server.log_text(), "a certificate for another host: said at the start", server.log_text()[-700:])
    check("give the whole chain" in server.log_text(), "one without its chain: said too", server.log_text()[-700:])
    equal(server.stop(), 0, "the server ends")


plenum.run("trust", the_file_and_the_profile, the_page, the_guide, a_real_domain, it_is_renewed)

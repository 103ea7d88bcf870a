#!/usr/bin/env python3
"""The venue's network with the real programs: `plenum doctor --venue`, the phones' questions by host and path, who has reached us, the poster's codes.
Build first; B=build/x chooses the folder."""
# suite
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from plenum import Server, check, equal, plenum, run, scratch, small_event, tool

# What each asks, and what it wants to hear: the makers' own words.
QUESTIONS = [
    ("connectivitycheck.gstatic.com", "/generate_204", 204, b""),
    ("connectivitycheck.android.com", "/generate_204", 204, b""),
    ("clients3.google.com", "/generate_204", 204, b""),
    ("www.google.com", "/gen_204", 204, b""),
    ("connectivity.samsung.com.cn", "/generate_204", 204, b""),
    ("connect.rom.miui.com", "/generate_204", 204, b""),
    ("connectivitycheck.platform.hicloud.com", "/generate_204", 204, b""),
    ("conn1.coloros.com", "/generate_204", 204, b""),
    ("wifi.vivo.com.cn", "/generate_204", 204, b""),
    ("captive.apple.com", "/hotspot-detect.html", 200, b"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"),
    ("www.apple.com", "/library/test/success.html", 200, b"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"),
    ("captive.apple.com", "/", 200, b"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"),
    ("www.msftconnecttest.com", "/connecttest.txt", 200, b"Microsoft Connect Test"),
    ("www.msftncsi.com", "/ncsi.txt", 200, b"Microsoft NCSI"),
    ("detectportal.firefox.com", "/success.txt", 200, b"success\n"),
    ("nmcheck.gnome.org", "/check_network_status.txt", 200, b"NetworkManager is online\n"),
    ("network-test.debian.org", "/nm", 200, b"NetworkManager is online\n"),
    ("fedoraproject.org", "/static/hotspot.txt", 200, b"OK\n"),
    ("networkcheck.kde.org", "/", 200, b"OK\n"),
    ("connectivity-check.ubuntu.com", "/", 204, b""),
]


def ask(port, host, path, method="GET"):
    """Status, headers in lower case, body; whatever the Host."""
    with socket.create_connection(("127.0.0.1", port), 10) as s:
        s.sendall(("%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % (method, path, host)).encode())
        data = b""
        while True:
            piece = s.recv(65536)
            if not piece:
                break
            data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    return int(lines[0].split()[1]), dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line), body


def codes_of(pdf, dpi=150):
    base = pdf[:-4]
    subprocess.run([tool("pdftoppm"), "-r", str(dpi), "-png", "-singlefile", pdf, base], check=True)
    done = subprocess.run([tool("zbarimg"), "-q", "--raw", base + ".png"], capture_output=True, text=True)
    return [line for line in done.stdout.splitlines() if line]


def size_of(pdf):
    words = re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", subprocess.run([tool("pdfinfo"), pdf], capture_output=True, text=True, check=True).stdout)
    return [round(float(words.group(i)) / 72 * 25.4) for i in (1, 2)]


def started(data):
    server = Server("venue")
    server.data = data
    return server.start()


def set_down(data, name, value):
    db = sqlite3.connect(data + "/plenum.db")
    db.execute("INSERT OR REPLACE INTO setting(name, value) VALUES (?, ?)", (name, value))
    db.commit()
    db.close()


def doctor(data):
    done = plenum("doctor", "--venue", "--json", data=data, fine=False)
    return done.returncode, json.loads(done.stdout)


def states(findings):
    return {(item["id"], item["state"]) for item in findings["items"]}


def story_doctor():
    folder = scratch("venue")
    plenum("import", small_event(folder), data=folder + "/data")
    done = plenum("doctor", "--venue", data=folder + "/data", fine=False)
    equal(done.returncode, 1, "where no server ever ran the doctor cannot look")
    server = started(folder + "/data")
    set_down(server.data, "public_url", "http://127.0.0.1:%d" % server.port)
    code, findings = doctor(server.data)
    kinds = states(findings)
    check(("host", "ok") in kinds, "the public address is this server", kinds)
    check(("port", "loopback") in kinds, "its ports listen, but for this machine only", kinds)
    equal(code, 1 if findings["bad"] else 0, "the exit code says whether anything is bad")
    equal(findings["bad"], sum(item["grade"] == "bad" for item in findings["items"]), "what is bad is counted")
    check(all("(" + i["what"].split("(")[1].split(")")[0] + ")" != "()" for i in findings["items"] if "(" in i["what"]), "no value is empty", findings)
    check(all(item["what"] and "{" not in item["what"] for item in findings["items"]), "every finding is a whole sentence", findings)
    check(all(item.get("do") for item in findings["items"] if item["grade"] != "ok"), "what is not fine says what to do", findings)
    server.kill()
    code, findings = doctor(server.data)
    check(("host", "closed") in states(findings) and ("port", "closed") in states(findings), "a server that is down is told", states(findings))
    equal(code, 1, "and is bad")
    plenum("doctor", "--json", data=server.data, fine=False)
    equal(plenum("doctor", "--json", data=server.data, fine=False).returncode, 2, "--json alone is wrong usage")
    equal(plenum("doctor", "--venue", "--event", "nobody", data=server.data, fine=False).returncode, 1, "an event that is none")


def story_other_server():
    """Another server at our printed address is not taken for ours."""
    folder = scratch("venue")
    path = small_event(folder)
    plenum("import", path, data=folder + "/one")
    plenum("import", path, data=folder + "/two")
    one, two = started(folder + "/one"), started(folder + "/two")
    two.kill()
    set_down(folder + "/two", "public_url", "http://127.0.0.1:%d" % one.port)
    code, findings = doctor(folder + "/two")
    check(("host", "other") in states(findings), "another server's answer proves nothing", states(findings))
    check(("address", "loopback") in states(findings), "a loopback address is no public one", states(findings))
    one.kill()


def story_probes():
    folder = scratch("venue")
    plenum("import", small_event(folder), data=folder + "/data")
    server = started(folder + "/data")
    for host, path, _, _ in QUESTIONS:
        equal(ask(server.port, host, path)[0], 421, "not decided: nobody claims internet at %s%s" % (host, path))
    equal(ask(server.port, "127.0.0.1:%d" % server.port, "/generate_204")[0], 404, "at our own address that path is none")
    server.kill()
    set_down(folder + "/data", "answer_probes", "1")
    server = started(folder + "/data")
    for host, path, status, body in QUESTIONS:
        got = ask(server.port, host, path)
        check(got[0] == status and got[2] == body, "answered: %s%s" % (host, path), got)
        got = ask(server.port, host + ":80", path, "HEAD")
        check(got[0] == status and got[2] == b"", "HEAD, with a port: %s%s" % (host, path), got)
    equal(ask(server.port, "captive.apple.com", "/generate_204")[0], 421, "a path of another's is not answered")
    equal(ask(server.port, "connectivitycheck.gstatic.com", "/")[0], 421, "nor another path")
    equal(ask(server.port, "evil.example", "/generate_204")[0], 421, "nor another name")
    equal(ask(server.port, "evil.example", "/")[0], 421, "the page of events is still for our names only")
    equal(ask(server.port, "127.0.0.1", "/")[0], 200, "and ours it is")
    check("x-networkmanager-status" in ask(server.port, "connectivity-check.ubuntu.com", "/")[1], "Ubuntu reads a header")
    status, _, body = ask(server.port, "anything.example", "/here/abc123")
    check(status == 200 and re.fullmatch(rb"[0-9a-f]{64}", body), "the proof is given to any host", body)
    check(ask(server.port, "a", "/here/abc124")[2] != body, "and differs by nonce")
    equal(ask(server.port, "a", "/here/" + "a" * 65)[0], 400, "a long nonce is refused")
    equal(ask(server.port, "127.0.0.1", "/E/TEST-1")[1].get("location", "").lower().split("/")[-1], "test-1", "the poster's code leads to the event's page")
    server.kill()


def story_poster():
    folder = scratch("venue")
    network = {"ssid": "Hall; A", "password": "pa:ss\\1", "security": "WPA"}
    path = small_event(folder, lambda file, event, offset: event.update(wifi=network))
    data = folder + "/data"
    plenum("import", path, data=data)
    event = json.load(open(path, encoding="utf-8"))["events"][0]["slug"]
    for languages, page, size in (("vi,en", "A4", [210, 297]), ("ar,en", "A3", [297, 420]), ("pt", "A4", [210, 297])):
        pdf = "%s/%s.pdf" % (folder, page + languages[:2])
        plenum("--poster", "--event", event, "--language", languages, "--page", page, "--public-url", "http://192.168.1.10:8080", "-o", pdf, data=data,
               name="plenum-badges")
        codes = codes_of(pdf)
        equal(sorted(codes), sorted(["WIFI:T:WPA;S:Hall\\; A;P:pa\\:ss\\\\1;;", "http://192.168.1.10:8080/E/" + event.upper()]), "codes of %s %s" % (languages, page))
        equal(size_of(pdf), size, "%s is %s" % (languages, page))
        text = subprocess.run([tool("pdftotext"), pdf, "-"], capture_output=True, text=True, check=True).stdout
        check("192.168.1.10:8080" in text.replace("\n", ""), "the address to type stands there (%s)" % languages, text)
    done = plenum("--poster", "--event", event, "--language", "xx", "-o", folder + "/x.pdf", data=data, name="plenum-badges", fine=False)
    check(done.returncode == 1 and "xx" in done.stderr and not os.path.exists(folder + "/x.pdf"), "a language without words is refused", done.stderr)
    equal(plenum("--poster", "--event", event, "--page", "A5", "-o", folder + "/x.pdf", data=data, name="plenum-badges", fine=False).returncode, 2, "only A4 and A3")


run("venue", story_doctor, story_other_server, story_probes, story_poster)

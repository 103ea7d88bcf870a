#!/usr/bin/env python3
# suite
# sanitized threads
"""Nobody is printed twice by mistake: two command lines at once, one beside a desk, one that died while it printed, a lost badge printed anew by two."""
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as p
import printer_kit as k
from printer import HOST, codes_of, runs

EVENT = "test-1"
TAKEN = k.say(job=k.attribute(k.INTEGER, "job-id", 7) + k.attribute(k.ENUM, "job-state", 3))
BUSY = k.say(job=k.attribute(k.ENUM, "job-state", 5))
DONE = k.say(job=k.attribute(k.ENUM, "job-state", 9))


def start(data, printer, *words):
    return subprocess.Popen([p.program("plenum-badges"), "--event", EVENT, "--data", data, "--public-url", HOST, "--print", printer.uri, "--layout", "a6", "--duplex", "none", *words],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(child):
    out, err = child.communicate(timeout=60)
    return child.returncode, out, err


def all_runs(data):
    return p.rows(data, "SELECT spoiled_ms IS NULL, badges FROM print_run ORDER BY id")


def wait_for_claim(data, count=1):
    until = time.time() + 60
    while time.time() < until:
        if p.rows(data, "SELECT COUNT(*) FROM print_claim")[0][0] == count:
            return True
        time.sleep(0.02)
    return p.check(False, "a badge is claimed while it is sent")


def place():
    folder = p.scratch("print-once")
    data = os.path.join(folder, "data")
    p.plenum("import", p.small_event(folder), data=data)
    return folder, data


def two_command_lines():
    folder, data = place()
    printer = k.Printer(script="sleep 0.5")
    for i, words in enumerate((["--only", "P02"], ["--only", "P03", "--not-printed"], ["--only", "P04", "--changed", "--not-printed"], ["--not-printed", "--only", "P05,P06,P07"])):
        said = [ended(c) for c in [start(data, printer, *words) for _ in range(3)]]
        told = [s for s in said if s[0] != 0 or "nothing to print" in s[1]]
        p.check(len(told) == 2 and len(printer.jobs()) == i + 1, "three at once, one job: %s" % " ".join(words), (said, len(printer.jobs())))
        p.check(all("nothing to print" in s[1] or "printed before" in s[2] or "being printed" in s[2] or "nothing was printed here" in s[2] for s in told), "the others are told", told)
        p.equal(len(all_runs(data)), i + 1, "and leave nothing in the log")
    p.equal(p.rows(data, "SELECT COUNT(*) FROM print_claim"), [(0,)], "no claim stays")


def one_that_died():
    folder, data = place()
    stuck, printer = k.BadPrinter(k.scripted(printer=k.say(printer=k.good_printer()), print=TAKEN, job=BUSY)), k.Printer()
    child = start(data, stuck, "--only", "P02")
    wait_for_claim(data)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    code, out, err = ended(start(data, printer, "--only", "P02", "--again"))
    p.check(code == 1 and "being printed" in err and "free again after" in err and stuck.uri in err and printer.jobs() == [], "a badge on its way is not sent again, also not knowingly", err)
    p.equal(ended(start(data, printer, "--only", "P03"))[0], 0, "other badges are")
    with sqlite3.connect(os.path.join(data, "plenum.db"), timeout=20) as db:
        p.check(db.execute("SELECT until_ms FROM print_claim").fetchone()[0] < time.time() * 1000 + 5 * 60000, "for some minutes at most")
        db.execute("UPDATE print_claim SET until_ms = 1")
    code, out, err = ended(start(data, printer, "--only", "P02"))
    p.check(code == 0 and "never ended" in err and "look whether they came out" in err and len(printer.jobs()) == 2, "then it is free, and who prints is told", (code, out, err))
    p.equal(all_runs(data), [(0, 1), (1, 1), (1, 1)], "the run that never ended does not count")


def a_desk_beside():
    server = p.Server("print-once")
    server.load(p.small_event(server.folder))
    stuck = k.BadPrinter(k.scripted(printer=k.say(printer=k.good_printer()), print=TAKEN, job=BUSY))
    printer = k.Printer(script="sleep 0.2")
    p.plenum("printer", "add", "first", printer.uri, data=server.data)
    server.start("--public-url", HOST)
    desk = server.sign_in("desk", server.user("desk", "desk", EVENT), tls=True)
    path = "/api/v1/events/%s/print" % EVENT
    child = start(server.data, stuck, "--only", "P02,P03", "--timeout", "3")
    wait_for_claim(server.data, 2)
    reply = desk.post(path, {"only": ["P02"]})
    p.check((reply.status, reply.code) == (409, "already_printed") and "being printed" in reply.text and "command line" in reply.text, "a desk beside a command line", reply.text)
    p.equal(desk.post(path, {"only": ["P02"], "again": True}).status, 409, "a double click on \"again\" is none")
    p.equal(desk.post(path, {"only": ["P04"]}).status, 200, "another badge is printed meanwhile")
    reply = desk.get("/api/v1/events/%s/badges.pdf?not_printed=1&only=P02" % EVENT)
    p.equal((reply.status, reply.code), (409, "already_printed"), "a file of those not printed does not take it either")
    p.equal(ended(child)[0], 0, "the command line's job is taken")
    reply = desk.post(path, {"only": ["P02"]})
    p.check(reply.status == 409 and "printed before" in reply.text and len(printer.jobs()) == 1, "and counts", reply.text)
    a_lost_badge(server, desk, printer)
    p.equal(server.value("SELECT COUNT(*) FROM print_claim"), 0, "no claim stays")
    p.equal(server.stop(), 0, "the server ends in peace")


def living(server, code):
    return server.value("SELECT COUNT(*) FROM credential c JOIN person pe ON pe.id = c.person_id WHERE pe.code = '%s' AND c.revoked_ms IS NULL" % code)


def a_lost_badge(server, desk, printer):
    """The paper holds the one code that lives; else it is told."""
    before = len(printer.jobs())
    said = [ended(c) for c in [start(server.data, printer, "--reissue", "P05", "--json") for _ in range(2)]]
    codes = [codes_of(job, p.scratch("print-once"))[1] for job in printer.jobs()[before:]]
    token = server.tokens(EVENT)["P05"]
    p.check(living(server, "P05") == 1 and codes[-1] == ["%s/D/%s" % (HOST, token)], "of two at once the last paper holds the code that lives", (said, codes))
    good = [s for s in said if s[0] == 0]
    p.check(len(good) == len(codes) == max(json.loads(s[1])["issue"] for s in good) - 1, "each paper is an issue, none came out dead", said)
    slow = k.BadPrinter(k.scripted(printer=k.say(printer=k.good_printer()), print=TAKEN, job=BUSY))
    child = start(server.data, slow, "--reissue", "P06", "--timeout", "3")
    wait_for_claim(server.data)
    code, out, err = ended(start(server.data, printer, "--reissue", "P06"))
    p.check(code == 1 and "being printed" in err, "while it is printed nobody else prints a new one", err)
    reply = desk.post("/api/v1/events/%s/delegates/P06/reissue" % EVENT, {"issue": 1})
    p.equal(reply.status, 201, "but a desk may kill it")
    code, out, err = ended(child)
    p.check(code == 1 and "opens nothing" in err and "throw that paper away" in err, "then the paper is told to be dead", (code, out, err))
    p.check(living(server, "P06") == 1 and reply.json()["url"].endswith(server.tokens(EVENT)["P06"]), "the desk's is the one that lives")
    silent = k.BadPrinter(k.scripted(printer=k.say(printer=k.good_printer())))
    code, out, err = ended(start(server.data, silent, "--reissue", "P07", "--timeout", "2"))
    p.check(code == 1 and "never said" in err and "throw that paper away" in err and server.value("SELECT MAX(issue) FROM credential") == 2, "no answer: the old badge lives, and that is told", err)


if __name__ == "__main__":
    try:
        p.run("flow/print_once", two_command_lines, one_that_died, a_desk_beside)
    finally:
        k.end_all()

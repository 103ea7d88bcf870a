#!/usr/bin/env python3
# suite
"""`plenum-badges --print`, `plenum printer` and the server's printer door, against a real IPP printer (ippeveprinter) and bad ones of our own."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as p
import printer_kit as k

HOST = "http://192.168.1.10:8080"
os.environ["CUPS_SERVER"] = "127.0.0.1:1"  # whatever CUPS this machine has is none of ours
LABELS = ('ATTR keyword media-supported "oe_label_62x100mm","custom_min_12x12mm","custom_max_62x1000mm"\nATTR keyword media-default "oe_label_62x100mm"\n'
          'ATTR keyword media-ready "oe_label_62x100mm"\nATTR keyword media-col-supported "media-size"\nATTR keyword print-scaling-supported "auto","none"\n'
          'ATTR mimeMediaType document-format-supported "application/pdf"\nATTR keyword sides-supported "one-sided"\nATTR text printer-make-and-model "Label Maker 62"\n'
          "ATTR collection media-size-supported { MEMBER integer x-dimension 6200 MEMBER integer y-dimension 10000 },"
          "{ MEMBER rangeOfInteger x-dimension 1200-6200 MEMBER rangeOfInteger y-dimension 1200-100000 }\n")


def badges(*words, data, fine=True, timeout=120):
    return p.plenum(*words, data=data, fine=fine, name="plenum-badges", timeout=timeout)


def runs(data):
    return p.rows(data, "SELECT layout, printer, badges, actor FROM print_run WHERE spoiled_ms IS NULL ORDER BY id")


def event_folder(name):
    folder = p.scratch(name)
    data = os.path.join(folder, "data")
    p.plenum("import", p.small_event(folder), data=data)
    return folder, data, p.rows(data, "SELECT slug FROM event")[0][0]


def token_of(data, code):
    return p.rows(data, "SELECT c.token FROM credential c JOIN delegate d ON d.id = c.delegate_id JOIN person pe ON pe.id = d.person_id WHERE pe.code = '%s' AND c.revoked_ms IS NULL"
                % code)[0][0]


def codes_of(pdf, folder):
    """QR texts of a PDF, by programs that are not ours."""
    p.tool("zbarimg")
    path = os.path.join(folder, "received.pdf")
    with open(path, "wb") as f:
        f.write(pdf)
    good = "No syntax or stream encoding errors" in subprocess.run(["qpdf", "--check", path], capture_output=True, text=True).stdout
    subprocess.run(["pdftoppm", "-gray", "-r", "200", path, os.path.join(folder, "page")], check=True)
    pages = [os.path.join(folder, n) for n in os.listdir(folder) if n.startswith("page")]
    return good, subprocess.run(["zbarimg", "--raw", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable"] + pages, capture_output=True, text=True).stdout.split()


def prints():
    folder, data, event = event_folder("printer")
    printer, out = k.Printer("-2"), os.path.join(folder, "kept.pdf")
    words = ["--event", event, "--public-url", HOST, "--print", printer.uri, "--layout", "a6", "--duplex", "none"]
    told = json.loads(badges(*words, "--only", "P01", "--verify", "--json", data=data).stdout)
    p.check(told["file"] is None and told["badges"] == 1 and told["verified"] == 1 and told["job"]["state"] == "done" and told["job"]["id"] > 0, "one badge is printed", told)
    p.check(sorted(os.listdir(folder)) == ["data", "event.json", "papers"], "without -o no file is written", os.listdir(folder))
    good, codes = codes_of(printer.jobs()[0], folder)
    p.check(good and codes == ["%s/D/%s" % (HOST, token_of(data, "P01"))], "the printer got a sound PDF with the right QR code", (good, codes))
    p.equal(runs(data), [("a6", printer.uri, 1, "command line")], "the log knows the printer")
    done = badges(*words, "--only", "P01", data=data, fine=False)
    p.check(done.returncode == 1 and "printed before" in done.stderr and "--again" in done.stderr and len(done.stderr.splitlines()) == 1, "nobody is printed twice", done.stderr)
    done = badges(*words, "--only", "P01,P02", data=data, fine=False)
    p.check(done.returncode == 1 and len(printer.jobs()) == 1 and len(runs(data)) == 1, "also not with others", (done.stderr, runs(data)))
    done = badges(*words, "--only", "P01,P02", "--not-printed", data=data)
    p.check("1 badges" in done.stdout and "printed on" in done.stdout and runs(data)[-1][2] == 1, "--not-printed leaves them out", done.stdout)
    told = json.loads(badges(*words, "--only", "P01", "--again", "--copies", "3", "-o", out, "--json", data=data).stdout)
    with open(out, "rb") as f:
        kept = f.read()
    p.check(told["file"] == out and kept == printer.jobs()[-1], "--again prints, and -o keeps the very same bytes", told)
    asked = printer.asked()
    p.check(asked.get("copies") == "3" and asked.get("sides") == "one-sided" and asked.get("job-name", "").startswith("Badges "), "three copies on one side", asked)
    p.check(not any(word in json.dumps(asked, ensure_ascii=False).lower() for word in ("nguy", "p01", token_of(data, "P01").lower())), "the job's title names nobody", asked)
    badges("--event", event, "--public-url", HOST, "--print", printer.uri, "--layout", "a6", "--duplex", "long", "--only", "P02", "--again", data=data)
    p.equal(printer.asked().get("sides"), "two-sided-long-edge", "backs want both sides")
    badges("--event", event, "--public-url", HOST, "--print", printer.uri, "--only", "P02", "--again", data=data)
    p.equal(printer.asked().get("media"), "iso_a4_210x297mm", "A4 is asked for by its name")
    reissued = json.loads(badges(*words, "--reissue", "P01", "--json", data=data).stdout)
    codes = codes_of(printer.jobs()[-1], p.scratch("printer"))[1]
    p.check(reissued["issue"] == 2 and codes == ["%s/D/%s" % (HOST, token_of(data, "P01"))], "a reissued badge goes to the printer with its new code", (reissued, codes))


def refused():
    """Whatever a printer refuses leaves no trace in the log."""
    folder, data, event = event_folder("printer")
    words = ["--event", event, "--public-url", HOST, "--only", "P01", "--timeout", "2"]

    def fails(what, *more, code=1, said=(), quick=25.0, environment=None):
        began = time.time()
        done = badges(*words, *more, data=data, fine=False)
        took = time.time() - began
        p.check(done.returncode == code and all(word in done.stderr for word in said) and took < quick, what, (done.returncode, done.stderr, "%.1f s" % took))
        return done
    printer = k.Printer(formats="image/jpeg,image/urf")
    fails("a printer without PDF", "--print", printer.uri, said=("PDF", "image/jpeg", "CUPS"))
    one_side = k.Printer(attributes=LABELS)
    fails("a printer of one side, backs", "--print", one_side.uri, "--layout", "a6", "--duplex", "long", said=("--duplex none",))
    fails("a printer that is off", "--print", "ipp://127.0.0.1:%d/ipp/print" % p.free_port(), said=("cannot be reached",))
    fails("a host that is none", "--print", "ipp://no-such-host.invalid/ipp/print", said=("no-such-host.invalid",), quick=25)
    fails("a path that is none", "--print", "ipp://localhost:%d/nowhere" % one_side.port, said=("/ipp/print",))
    fails("a queue without CUPS", "--print", "desk-1", said=("CUPS", "desk-1", "ipp://"))
    fails("no destination", "--print", "http://localhost/", code=2, said=("--printers",))
    fails("a name and a password in the address", "--print", "ipp://a:b@localhost/", code=2)
    fails("--volume", "--print", one_side.uri, "--volume", "5", code=2)
    done = badges("--event", event, "--copies", "2", "-o", os.path.join(folder, "x.pdf"), data=data, fine=False)
    p.check(done.returncode == 2 and "--print" in done.stderr, "--copies without --print", done.stderr)
    p.equal(one_side.jobs() + printer.jobs(), [], "nothing was printed")
    p.equal(p.rows(data, "SELECT * FROM print_run"), [], "the log knows of nothing")
    listed = json.loads(badges("--printers", "--json", data=data).stdout)
    p.check(listed["printers"] == [] and listed["queues"] == [] and "CUPS" in listed["reason"], "--printers without CUPS is an empty list with a reason", listed)


def papers():
    """The paper is found by its size; free sizes; sizes that the printer does not know."""
    folder, data, event = event_folder("printer")
    printer = k.Printer(attributes=LABELS)
    words = ["--event", event, "--public-url", HOST, "--only", "P01", "--again", "--print", printer.uri]
    told = json.loads(badges(*words, "--layout", "label-62", "--json", data=data).stdout)
    p.check(told["job"]["media"] == "oe_label_62x100mm" and told["job"]["warning"] == "" and printer.asked().get("media") == "oe_label_62x100mm", "the label by its name", told)
    p.equal(printer.asked().get("print-scaling"), "none", "in its own size")
    told = json.loads(badges(*words, "--layout", "cr80", "--json", data=data).stdout)
    asked = printer.asked()
    p.check(told["job"]["media"] == "53.98 × 85.6 mm" and "x-dimension=5398 y-dimension=8560" in asked.get("media-col", ""), "a card in a free size", (told, asked.get("media-col")))
    boasting = k.Printer(attributes=LABELS.split("ATTR collection")[0])
    done = badges(*words, "--print", boasting.uri, "--layout", "cr80", data=data)
    p.check("no free paper sizes" in done.stderr and "printed on" in done.stdout and len(boasting.jobs()) == 1, "a free size that it does not take after all", done.stderr)
    done = badges(*words, data=data)
    p.check("210 × 297 mm" in done.stderr and "printed on" in done.stdout, "a paper that it does not know is a warning", done.stderr)


def bad_printers():
    """Strangers on the network: each costs the stated time and no more."""
    folder, data, event = event_folder("printer")
    words = ["--event", event, "--public-url", HOST, "--only", "P01", "--again", "--timeout", "2"]
    taken = k.say(job=k.attribute(k.INTEGER, "job-id", 7) + k.attribute(k.ENUM, "job-state", 3))

    def state(number, *reasons):
        return k.say(job=k.attribute(k.ENUM, "job-state", number) + k.attribute(k.KEYWORD, "job-state-reasons", *(reasons or ("none",))))

    def tries(what, behave, said, code=1, most=25.0, recorded=False):
        fake = k.BadPrinter(behave)
        before, began = len(runs(data)), time.time()
        done = badges(*words, "--print", fake.uri, data=data, fine=False)
        took, told = time.time() - began, done.stderr + done.stdout
        p.check(done.returncode == code and all(word in told for word in said) and took < most, what, (done.returncode, told, "%.1f s" % took))
        p.check((len(runs(data)) > before) == recorded, what + (": is in the log" if recorded else ": is not in the log"), runs(data))
        p.check(all(c == "\n" or c.isprintable() for c in told), what + ": its words are tamed", repr(told))
        return fake

    asked = k.say(printer=k.good_printer())
    tries("silence", k.silent, ["not answer"])
    tries("garbage", k.garbage, ["no printer"])
    tries("a web page", k.page, ["no printer"])
    tries("closing at once", k.closing, ["no printer"])
    tries("a drop at a time", k.dripping, ["not answer"])
    tries("attributes without end", k.flooding, ["printer"])
    tries("a password is wanted", k.secretive, ["password"])
    tries("takes no jobs", k.scripted(printer=k.say(printer=k.good_printer(printer_is_accepting_jobs=(k.BOOLEAN, 0)))), ["takes no jobs"])
    tries("stopped without paper", k.scripted(printer=k.say(printer=k.good_printer(printer_state=(k.ENUM, 5), printer_state_reasons=(k.KEYWORD, "media-empty-error", "offline-report")))),
          ["stopped", "no paper", "switched off"])
    tries("wild words", k.scripted(printer=k.say(printer=k.good_printer(printer_state=(k.ENUM, 5), printer_info=(k.TEXT, b"a\x1b[31m\xff\xfe\nb")))), ["stopped"])
    fake = tries("it takes the document and is silent", k.scripted(printer=asked), ["never said", "look there"])
    p.check(len(fake.documents) == 1, "it got one", fake.seen)
    tries("it refuses the job", k.scripted(printer=asked, print=k.say(status=0x0506)), ["refuses"])
    tries("it is busy to the end", k.scripted(printer=asked, print=k.say(status=0x0507)), ["refuses"])
    tries("it gives the job up", k.scripted(printer=asked, print=taken, job=state(8, "document-format-error")), ["gave up", "cannot read the document"])
    tries("somebody cancels the job", k.scripted(printer=asked, print=taken, job=state(7, "job-canceled-at-device")), ["cancelled"])
    tries("it takes the job and is never done", k.scripted(printer=asked, print=taken, job=state(5, "job-printing")), ["taken by", "not known"], code=0, most=6.5, recorded=True)
    tries("it takes the job and falls silent", k.scripted(printer=asked, print=taken), ["taken by", "not known"], code=0, most=6.5, recorded=True)
    tries("it waits for paper", k.scripted(printer=k.say(printer=k.good_printer(printer_state_reasons=(k.KEYWORD, "media-needed-warning"))), print=taken, job=state(4)),
          ["taken by", "wants other paper"], code=0, most=6.5, recorded=True)
    tries("done", k.scripted(printer=asked, print=taken, job=state(9, "job-completed-successfully")), ["printed on"], code=0, recorded=True)

    calls = []

    def busy_once(self, connection, request_id):
        calls.append(1)
        self.reply(connection, k.answer(request_id, status=0x0507) if len(calls) == 1 else k.answer(request_id, job=k.attribute(k.INTEGER, "job-id", 8)))
    tries("busy once", k.scripted(printer=asked, print=busy_once, job=state(9)), ["printed on"], code=0, recorded=True)
    p.equal(len(calls), 2, "a busy printer is asked again")


def interrupted():
    folder, data, event = event_folder("printer")
    for what, behave, code in (("before it took anything", k.silent, None), ("while it prints", k.scripted(
            printer=k.say(printer=k.good_printer()), print=k.say(job=k.attribute(k.INTEGER, "job-id", 7)), job=k.say(job=k.attribute(k.ENUM, "job-state", 5))), 1)):
        fake = k.BadPrinter(behave)
        child = subprocess.Popen([p.program("plenum-badges"), "--event", event, "--public-url", HOST, "--only", "P01", "--print", fake.uri, "--data", data],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        p.wait(lambda: k.GET_JOB in fake.seen if code else fake.called)
        began = time.time()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
        p.check(child.returncode != 0 and time.time() - began < 15, "Ctrl-C %s ends the waiting" % what, (child.returncode, out, err))
        p.equal(len(runs(data)), 1 if code else 0, "Ctrl-C %s: the log is right" % what)


def set_up():
    """`plenum printer`: only what was asked and is sound is stored; the certificate is kept."""
    folder, data, event = event_folder("printer")
    printer = k.Printer(name="Desk")

    def plenum(*words, fine=True):
        return p.plenum("printer", *words, data=data, fine=fine)
    p.check("prints PDF" in plenum("add", "desk-1", printer.uri).stdout, "add asks the printer")
    bad = plenum("add", "desk-2", "ipp://127.0.0.1:%d/" % p.free_port(), fine=False)
    p.check(bad.returncode == 1 and "cannot be reached" in bad.stderr, "add refuses one that is not there", bad.stderr)
    plenum("add", "desk-2", "ipp://127.0.0.1:%d/" % p.free_port(), "--untested")
    for name, address in (("a b", printer.uri), ("x", "file:///etc/passwd"), ("x", "ipp://"), ("x", "http://localhost/"), ("x", "ipp://u:p@localhost/"), ("x", "--")):
        done = plenum("add", "--untested", "--", name, address, fine=False)
        p.check(done.returncode in (1, 2) and done.stderr.count("\n") == 1, "add refuses %s %s" % (name, address), (done.returncode, done.stderr))
    p.equal([x["name"] for x in json.loads(plenum("list", "--json").stdout)], ["desk-1", "desk-2"], "list")
    p.check(plenum("test", "desk-1").returncode == 0 and plenum("test", "desk-2", fine=False).returncode == 1, "test")
    p.check("desk-1" in badges("--printers", data=data).stdout, "--printers knows them too")
    done = badges("--event", event, "--public-url", HOST, "--only", "P01", "--print", "desk-1", data=data)
    p.check("printed on desk-1" in done.stdout and runs(data)[0][1] == "desk-1", "--print by name", done.stdout)
    plenum("remove", "desk-2")
    p.equal(plenum("remove", "desk-2", fine=False).returncode, 1, "removed")
    p.equal(sorted({a for (a,) in p.rows(data, "SELECT action FROM audit WHERE action LIKE 'printer %'")}), ["printer add", "printer remove"], "the audit log knows")
    secure = printer.uri.replace("ipp://", "ipps://")
    plenum("add", "safe", secure)
    pin = [x["certificate"] for x in json.loads(plenum("list", "--json").stdout) if x["name"] == "safe"][0]
    p.check(re.fullmatch("[0-9a-f]{64}", pin or ""), "the certificate's digest is kept", pin)
    done = badges("--event", event, "--public-url", HOST, "--only", "P02", "--print", "safe", data=data)
    p.check("printed on safe" in done.stdout, "over TLS", done.stdout)
    port = printer.port
    printer.stop()
    other = k.Printer(name="Desk", port=port)
    done = badges("--event", event, "--public-url", HOST, "--only", "P03", "--print", "safe", data=data, fine=False)
    p.check(done.returncode == 1 and "certificate" in done.stderr and other.jobs() == [], "another certificate is refused", done.stderr)


def door():
    """The server prints where the organiser said, for staff, once."""
    server = p.Server("printer")
    server.load(p.small_event(server.folder))
    event = server.value("SELECT slug FROM event")
    printer, label = k.Printer(name="First", script="sleep 0.2"), k.Printer(attributes=LABELS)
    p.plenum("printer", "add", "first", printer.uri, data=server.data)
    p.plenum("printer", "add", "labels", label.uri, data=server.data)
    stuck = k.BadPrinter(k.silent)
    p.plenum("printer", "add", "stuck", stuck.uri, "--untested", data=server.data)
    p.plenum("printer", "add", "off", "ipp://127.0.0.1:%d/" % p.free_port(), "--untested", data=server.data)
    jpeg = k.Printer(formats="image/jpeg")
    p.plenum("printer", "add", "jpeg", jpeg.uri, "--untested", data=server.data)
    server.start()
    organiser = server.sign_in("admin", server.first_password())
    fresh = "mot mat khau moi 19"
    organiser.form("/password", {"old": server.first_password(), "new": fresh, "again": fresh})
    organiser = server.sign_in("admin", fresh)
    desk = server.sign_in("desk", server.user("desk", "desk", event), tls=True)
    path = "/api/v1/events/%s/print" % event
    stranger, gate = p.Client(server), server.value("SELECT code FROM gate")
    device = server.device(event, gate)
    for who, client, wanted in (("a stranger", stranger, 401), ("a device", device, 403)):
        p.check(client.post(path, {"only": ["P01"]}).status in (401, 403), "%s may not print" % who)
        p.check(client.get(path + "ers").status in (401, 403), "%s may not see the printers" % who)
    p.equal(printer.jobs() + label.jobs(), [], "nothing came out")
    reply = desk.get(path + "ers")
    p.equal([(x["name"], x["default"]) for x in reply.json()], [("first", True), ("labels", False), ("stuck", False), ("off", False), ("jpeg", False)], "the desk sees the printers")
    p.check("ipp" not in reply.text, "but not where they are", reply.text)
    p.check(desk.post(path + "ers", {"default": "labels"}).status == 403, "the desk chooses none")
    p.equal(organiser.post(path + "ers", {"default": "labels"}).status, 204, "the organiser chooses")
    p.equal(organiser.post(path + "ers", {"default": "nowhere"}).code, "unknown_printer", "one that there is")
    reply = desk.post(path, {"only": ["P01"]})
    told = reply.json()
    p.check(reply.status == 200 and told["printer"] == "labels" and told["badges"] == 1 and told["job"]["id"] > 0 and told["media"] == "oe_label_62x100mm", "the desk prints", told)
    good, codes = codes_of(label.jobs()[0], p.scratch("printer"))
    p.check(good and len(codes) == 1 and codes[0].endswith("/D/" + server.value("SELECT token FROM credential c JOIN delegate d ON d.id = c.delegate_id JOIN person pe ON pe.id = "
            "d.person_id WHERE pe.code = 'P01'")), "the right badge", codes)
    p.equal(server.rows("SELECT layout, printer, badges, actor FROM print_run"), [("label-62", "labels", 1, "desk")], "the log knows it")
    reply = desk.post(path, {"only": ["P01"], "printer": "first", "layout": "a6"})
    p.check(reply.code == "already_printed" and reply.status == 409 and "desk" in reply.text, "nobody twice", reply)
    p.equal(desk.post(path, {"only": ["P01"], "printer": "first", "again": True, "layout": "label-62"}).status, 200, "but knowingly")
    p.equal(len(printer.jobs()), 1, "on the other printer")
    for body, wanted in (({"only": ["P02"], "printer": printer.uri}, "unknown_printer"), ({"only": ["P02"], "printer": "ipp://127.0.0.1:%d/" % server.port}, "unknown_printer"),
                         ({"only": ["P02"], "layout": "../x"}, "unknown_layout"), ({"only": []}, "bad_request"), ({}, "bad_request"), ({"only": [1]}, "bad_request"),
                         ({"only": ["P02"], "uri": printer.uri}, "bad_request"), ({"only": ["P99"]}, "not_found"), ({"only": ["P02"] * 101}, "bad_request"),
                         ({"only": ["P02"], "printer": "off"}, "printer_unreachable"), ({"only": ["P02"], "printer": "jpeg"}, "printer_refused")):
        reply = desk.post(path, body)
        p.equal(reply.code, wanted, "refused: %s" % json.dumps(body)[:80])
    p.equal(server.value("SELECT COUNT(*) FROM print_run"), 2, "refusals are not in the log")
    twice(server, path, event)
    stuck_one(server, desk, path, event)
    gone_client(server, desk, path)
    p.equal(server.stop(), 0, "the server ends in peace")


def twice(server, path, event):
    """Two desks, one person, one moment."""
    replies = []

    def press(client):
        replies.append(client.post(path, {"only": ["P02"], "printer": "first"}))
    clients = [server.sign_in("desk", "mat khau that dai 19", tls=True) for _ in range(2)]
    threads = [threading.Thread(target=press, args=(c,)) for c in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    p.equal(sorted(r.status for r in replies), [200, 409], "pressed twice, printed once")
    p.equal(server.value("SELECT COUNT(*) FROM print_run"), 3, "logged once")


def stuck_one(server, desk, path, event):
    """Printers that never answer keep nothing else waiting."""
    waiting = [threading.Thread(target=lambda: server.sign_in("desk", "mat khau that dai 19", tls=True).post(path, {"only": ["P03"], "printer": "stuck"})) for _ in range(1)]
    took = []

    def press():
        client = server.sign_in("desk", "mat khau that dai 19", tls=True)
        began = time.time()
        took.append((client.post(path, {"only": ["P04"], "printer": "stuck"}).code, time.time() - began))
    waiting.append(threading.Thread(target=press))
    for thread in waiting:
        thread.start()
    time.sleep(1.0)
    began = time.time()
    reply = desk.get("/api/v1/events/%s/badges.pdf?layout=a6&only=P05&record=0" % event)
    p.check(reply.status == 200 and any(t.is_alive() for t in waiting), "a PDF is made meanwhile", (reply.status, time.time() - began))
    p.equal(desk.post(path, {"only": ["P05"], "printer": "labels"}).status, 200, "another printer prints meanwhile")
    p.check(any(t.is_alive() for t in waiting), "without waiting", time.time() - began)
    for thread in waiting:
        thread.join()
    p.check(took and took[0][0] == "printer_unreachable" and took[0][1] < 45, "the stuck one is told within seconds", took)


def gone_client(server, desk, path):
    """Who closes the page while the printer works finds the print in the log all the same."""
    before = server.value("SELECT COUNT(*) FROM print_run")
    body = json.dumps({"only": ["P06"], "printer": "first", "again": True}).encode()
    connection = desk.connect()
    connection.send(desk.head_of("POST", path, {"Content-Type": "application/json", "X-CSRF-Token": desk.csrf}, len(body)) + body)
    time.sleep(0.1)
    connection.close()
    until = time.time() + 60
    while server.value("SELECT COUNT(*) FROM print_run") == before and time.time() < until:
        time.sleep(0.1)
    p.equal(server.value("SELECT COUNT(*) FROM print_run"), before + 1, "a client that went leaves its print in the log")


if __name__ == "__main__":
    try:
        p.run("flow/printer", prints, refused, papers, bad_printers, interrupted, set_up, door)
    finally:
        k.end_all()

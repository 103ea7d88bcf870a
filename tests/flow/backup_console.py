#!/usr/bin/env python3
# suite
# sanitized
"""Backups: sealed with a passphrase on the command line, what a wrong passphrase and a changed file give; on the console with progress, checked, and carried out at a restart, with the
present state kept aside.    B=build/x tests/flow/backup_console.py"""
import json
import os
import re
import resource
import sys
import tarfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import check, equal  # noqa: E402

server = plenum.Server("backup-console")
who = {}
PASS = "con ngựa đúng pin ghim"


def path(name):
    return os.path.join(server.folder, name)


def begin():
    server.load(plenum.small_event(server.folder))
    server.start()
    who["boss"] = server.sign_in("boss", server.user("boss", "organiser"))
    with open(path("phrase"), "w", encoding="utf-8") as f:
        f.write(PASS + "\n")


def sealed():
    name = server.value("SELECT name FROM person WHERE code = 'P01'")
    token = server.tokens("test-1")["P01"]
    done = plenum.plenum("backup", path("b.sealed"), "--encrypt", "--passphrase-file", path("phrase"), data=server.data)
    check("sealed" in done.stdout, "a sealed backup, beside a running server", done.stdout)
    with open(path("b.sealed"), "rb") as f:
        data = f.read()
    check(data.startswith(b"plenum-sealed/1\n") and name.encode() not in data and token.encode() not in data, "nothing in it is readable")
    equal([f for f in os.listdir(server.data) if f.startswith(".backup")], [], "no copy is left behind")
    equal(os.stat(path("b.sealed")).st_mode & 0o777, 0o600, "only for its owner")
    for phrase, said in (("something else here", "not its passphrase"), ("", "not its passphrase")):
        refused = plenum.plenum("restore", path("b.sealed"), data=path("none"), stdin=phrase + "\n", fine=False)
        check(refused.returncode == 1 and said in refused.stderr and not os.path.exists(path("none")), "another passphrase opens nothing: %r" % phrase, refused.stderr)
    done = plenum.plenum("restore", path("b.sealed"), data=path("typed"), stdin=PASS + "\n")
    check("restored" in done.stdout, "the passphrase as it is typed", done.stdout)
    equal(plenum.rows(path("typed"), "SELECT name FROM person WHERE code = 'P01'"), [(name,)], "everything is there")
    equal(plenum.plenum("doctor", data=path("typed"), fine=False).returncode, 0, "the doctor is content")
    short = plenum.plenum("backup", path("c"), "--encrypt", data=server.data, stdin="kurz\n", fine=False)
    check(short.returncode == 1 and "at least" in short.stderr and not os.path.exists(path("c")), "a short passphrase is refused", short.stderr)
    equal(plenum.plenum("backup", path("c"), "--passphrase-file", path("phrase"), data=server.data, fine=False).returncode, 2, "a passphrase alone is a mistake")
    for change, what in ((lambda d: d[:-1], "cut off"), (lambda d: d[:len(d) // 2] + bytes([d[len(d) // 2] ^ 1]) + d[len(d) // 2 + 1:], "one bit changed"), (lambda d: d + b"x", "something behind it"),
                         (lambda d: d[:20] + b"\xff" + d[21:], "more memory than any of ours")):
        with open(path("bad"), "wb") as f:
            f.write(change(data))
        refused = plenum.plenum("restore", path("bad"), "--passphrase-file", path("phrase"), data=path("none"), fine=False)
        check(refused.returncode == 1 and not os.path.exists(path("none")) and len(refused.stderr.strip().split("\n")) == 1, "refused: " + what, refused.stderr)
    plenum.plenum("backup", path("plain.tar.gz"), data=server.data)
    with tarfile.open(path("plain.tar.gz")) as archive:
        check("plenum.db" in archive.getnames(), "without --encrypt it is a tar.gz as before")



# --- the console ---------------------------------------------------------------------------------------------------------------------------------------

PAGE = "/admin/-/backup"


def boss():
    return who["boss"]


def state():
    return boss().get(PAGE + "/state").json()


def post(what, **fields):
    return boss().form(PAGE, dict(fields, do=what))


def until(what, words, seconds=60):
    check(plenum.wait(what, seconds), words, server.log_text()[-1500:])


def ended(number=0):
    """Waits until what is under way has ended; the page then."""
    until(lambda: (lambda s: s["kind"] is None and s["number"] > number)(state()), "the job ended", 120)
    return boss().get(PAGE).text


def begin_job(what, **fields):
    number = state()["number"]
    reply = post(what, **fields)
    check(reply.status == 303, "%s begins" % what, reply)
    return ended(number)


def shelf():
    folder = os.path.join(server.data, "backups")
    return sorted(f for f in os.listdir(folder) if f.endswith((".tar.gz", ".sealed"))) if os.path.isdir(folder) else []


def beside(word):
    return sorted(f for f in os.listdir(server.folder) if f.startswith("data." + word))


def litter():
    """What nobody should find: half files and half folders."""
    here = [f for f in os.listdir(server.data) if f.startswith(".backup") or f.startswith(".restore")]
    folder = os.path.join(server.data, "backups")
    half = [f for f in os.listdir(folder) if not f.endswith((".tar.gz", ".sealed", ".json")) and f != "uploads"]
    return here + half + [f for f in beside("restoring") if f != "data.restoring"]


def scan_one(token):
    reply = who["gate"].post("/api/v1/checkins", plenum.scan(token, "main"))
    return reply.json()["results"][0]["outcome"]


def console_make():
    tokens = sorted(server.tokens("test-1").items())
    who["tokens"] = [token for _, token in tokens]
    who["gate"] = server.device("test-1", "main")
    scan_one(who["tokens"][0])
    page = boss().get(PAGE)
    equal(page.status, 200, "the page")
    check("There is no backup yet" in boss().get(PAGE + "?lang=en").text, "nothing yet")
    text = begin_job("make", passphrase="", again="")
    equal(len(shelf()), 1, "one lies there")
    who["open"] = shelf()[0]
    check(who["open"] in text and "not sealed" in text, "and stands on the page", text[-600:])
    check(post("make", passphrase=PASS, again=PASS + "x").status == 400 and len(shelf()) == 1, "two passphrases that differ")
    check(post("make", passphrase="kurz", again="kurz").status == 400 and len(shelf()) == 1, "a short one")
    text = begin_job("make", passphrase=PASS, again=PASS)
    who["sealed"] = [f for f in shelf() if f.endswith(".sealed")][0]
    check(who["sealed"] in text, "a sealed one")
    reply = boss().get(PAGE + "/files/" + who["open"])
    with open(os.path.join(server.data, "backups", who["open"]), "rb") as f:
        whole = f.read()
    check(reply.status == 200 and reply.body == whole, "it is taken along as it is")
    part = boss().get(PAGE + "/files/" + who["open"], Range="bytes=5-14")
    check(part.status == 206 and part.body == whole[5:15], "from the middle on", part)
    check(boss().get(PAGE + "/files/..%2F..%2Fdata%2Fplenum.db").status in (400, 404), "nothing else is given out")
    equal(boss().get(PAGE + "/files/regular.json").status, 404, "settings least of all")
    text = begin_job("check", name=who["sealed"])
    check("as it was written" in text, "checked: it is whole")
    path = os.path.join(server.data, "backups", who["sealed"])
    with open(path, "rb+") as f:
        f.seek(4000)
        byte = f.read(1)
        f.seek(4000)
        f.write(bytes([byte[0] ^ 1]))
    check("do not rely on it" in begin_job("check", name=who["sealed"]), "one bit changed is found")
    with open(path, "rb+") as f:
        f.seek(4000)
        f.write(byte)
    equal(litter(), [], "nothing half-made lies about")


def full_disk():
    """A limit on file sizes is told like a full disk (server/commands/serve.c)."""
    before = shelf()
    limit = os.path.getsize(os.path.join(server.data, "plenum.db")) // 2
    old = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    text = begin_job("make", passphrase="", again="")
    form = "".join('--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % pair for pair in (("csrf", boss().csrf), ("do", "upload")))
    form += '--x\r\nContent-Disposition: form-data; name="file"; filename="a.tar.gz"\r\n\r\n'
    sent = boss().request("POST", PAGE, form.encode() + b"\x1f\x8b" + bytes(limit) + b"\r\n--x--\r\n", {"Content-Type": "multipart/form-data; boundary=x", "X-CSRF-Token": None})
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, old)
    check("no room" in text, "a full disk is told", text[:1500])
    equal((sent.status, server.data in sent.text), (507, False), "also of one that is brought, without a path")
    equal((shelf(), litter()), (before, []), "and leaves nothing")
    equal(boss().get("/readyz").status, 200, "the server goes on")


def upload_and_wrong():
    with open(os.path.join(server.data, "backups", who["sealed"]), "rb") as f:
        data = f.read()
    told = boss().post(PAGE + "/uploads", {"name": "từ máy kia.sealed", "size": len(data), "mark": "1"})
    equal(told.status, 201, "an upload begins")
    half = len(data) // 2
    at = "%s/uploads/%s?offset=" % (PAGE, told.json()["upload"])
    octets = {"Content-Type": "application/octet-stream"}
    equal(boss().request("PATCH", at + "0", data[:half], octets).status, 200, "half of it")
    equal(len(shelf()), 2, "half a backup is none")
    equal(boss().request("PATCH", at + "0", data[:half], octets).status, 409, "it goes on elsewhere")
    again = boss().post(PAGE + "/uploads", {"name": "từ máy kia.sealed", "size": len(data), "mark": "1"})
    equal(again.json()["offset"], half, "and is found again after the line broke")
    done = boss().request("PATCH", at + str(half), data[half:], octets)
    who["came"] = done.json()["backup"]
    check(who["came"] in shelf(), "whole, it is a backup of the list", done)
    told = boss().post(PAGE + "/uploads", {"name": "x.tar.gz", "size": 5, "mark": ""})
    reply = boss().request("PATCH", "%s/uploads/%s?offset=0" % (PAGE, told.json()["upload"]), b"hello", octets)
    check(reply.status == 400 and len(shelf()) == 3 and not os.listdir(os.path.join(server.data, "backups", "uploads")), "what is no backup goes", reply)
    check("not its passphrase" in begin_job("prepare", name=who["came"], passphrase="something else here"), "another passphrase")
    equal((beside("restoring"), litter()), ([], []), "leaves nothing")


def prepare_and_restore():
    """What came after the backup is told, then gone; one press brings it back."""
    for token in who["tokens"][1:3]:
        scan_one(token)
    scans = server.value("SELECT COUNT(*) FROM scan")
    epoch = server.value("SELECT value FROM setting WHERE name = 'epoch'")
    text = begin_job("prepare", name=who["came"], passphrase=PASS)
    equal(beside("restoring"), ["data.restoring"], "prepared beside the data folder")
    check(re.search(r"<b><bdi>2</bdi></b> check-ins", text), "it says that two check-ins would be lost", text)
    mark = re.search(r'name="mark" value="(\d+)"', text).group(1)
    check(post("restore", typed="yes", mark=mark).status == 400, "another word restores nothing")
    check(post("restore", typed="restore", mark="1").status == 400, "nor what was prepared before")
    begun = len(server.log_text())
    equal(post("restore", typed="restore", mark=mark).status, 200, "agreed")
    comes_back(begun)
    equal(server.value("SELECT COUNT(*) FROM scan"), 1, "the record is the backup's")
    kept = beside("before-")
    equal(len(kept), 1, "what was there is kept")
    equal(plenum.rows(os.path.join(server.folder, kept[0]), "SELECT COUNT(*) FROM scan"), [(scans,)], "whole")
    fresh = server.value("SELECT value FROM setting WHERE name = 'epoch'")
    check(int(fresh.split(".")[0]) > int(epoch.split(".")[0]), "devices hear of a higher epoch", (epoch, fresh))
    equal(boss().get(PAGE + "/state").status, 401, "everybody signs in again")
    equal((len(shelf()), litter()), (3, []), "the kept backups came along, nothing half-made is left")
    who["boss"] = server.sign_in("boss", "mat khau that dai 19")
    equal(server.value("SELECT actor FROM audit WHERE action = 'backup.restored'"), "boss", "the audit log says who")
    begun = len(server.log_text())
    equal(post("back", name=kept[0][len("data."):]).status, 200, "one press")
    comes_back(begun)
    equal(server.value("SELECT COUNT(*) FROM scan"), scans, "and all is as it was before")
    kept = beside("before-")
    equal([plenum.rows(os.path.join(server.folder, k), "SELECT COUNT(*) FROM scan") for k in kept], [[(1,)]], "what was restored is kept in turn")
    equal(len(shelf()), 3, "with the backups here")
    who["boss"] = server.sign_in("boss", "mat khau that dai 19")
    equal(scan_one(who["tokens"][3]), "admitted", "the gate goes on")
    equal(plenum.plenum("doctor", data=server.data, fine=False).returncode, 0, "the doctor is content")
    equal(post("forget", name=beside("before-")[0][len("data."):]).status, 303, "the other state is put away")
    equal(beside("before-"), [], "for good")


def comes_back(begun):
    def back():
        if "Plenum runs" not in server.log_text()[begun:]:
            return False
        client = plenum.Client(server)
        try:
            return client.get("/readyz").status == 200
        except (OSError, plenum.Closed):
            return False
        finally:
            client.close()
    until(back, "the server is back", 60)
    equal(server.process.poll(), None, "in the same process")


def killed():
    """kill -9: while one is made, and between the two steps of the swap as a power cut would leave them."""
    before = shelf()
    post("make", passphrase=PASS, again=PASS)  # making the key alone takes longer than coming to the next line
    server.kill()
    os.mkdir(server.data + ".restoring.restoring-1")  # as one leaves it that was unpacking
    open(os.path.join(server.data, "backups", ".form-0x1"), "wb").close()
    server.start()
    who["boss"] = server.sign_in("boss", "mat khau that dai 19")
    until(lambda: litter() == [], "nothing half-made is left", 30)
    equal(shelf(), before, "a backup that was cut off is none")
    scans = server.value("SELECT COUNT(*) FROM scan")
    begin_job("prepare", name=who["open"])
    server.kill()
    prepared, data = os.path.join(server.folder, "data.restoring"), server.data
    with open(os.path.join(prepared, ".restore-from"), "w", encoding="utf-8") as f:
        f.write("restoring\n")
    server.start()
    equal(server.value("SELECT COUNT(*) FROM scan"), scans, "killed before it was agreed: the old one, whole")
    server.kill()
    with open(os.path.join(data, ".restore-agreed"), "w", encoding="utf-8") as f:
        f.write("restoring\n")
    os.rename(data, data + ".x")
    os.rename(prepared, data)
    os.rename(data + ".x", prepared)
    server.start()
    equal(server.value("SELECT COUNT(*) FROM scan"), 1, "killed behind the exchange: the new one, whole")
    equal((len(beside("before-")), beside("restoring"), shelf() == before, [f for f in os.listdir(data) if f.startswith(".restore")]), (1, [], True, []), "and the rest was done")
    equal(plenum.rows(os.path.join(server.folder, beside("before-")[0]), "SELECT COUNT(*) FROM scan"), [(scans,)], "the old one is kept")
    who["boss"] = server.sign_in("boss", "mat khau that dai 19")


def regular():
    """By itself while an event is on; the passphrase is nowhere."""
    now = plenum.now_ms()
    server.write("UPDATE event SET starts_ms = ?, ends_ms = ?", now - 3600000, now + 3600000)
    for name in shelf():
        equal(post("delete", name=name).status, 303, "deleted")
    until(lambda: "A backup is needed" in boss().get("/admin?lang=en").text, "the front warns: an event without a backup", 30)
    equal(post("regular", hours="4", keep="1", passphrase=PASS, again=PASS).status, 303, "every four hours, sealed")
    until(lambda: len(shelf()) == 1, "the first is made at once", 60)
    until(lambda: "A backup is needed" not in boss().get("/admin?lang=en").text, "and the warning goes", 30)
    first = shelf()[0]
    note = os.path.join(server.data, "backups", first + ".json")
    until(lambda: os.path.exists(note), "with what is in it", 30)
    with open(note, encoding="utf-8") as f:
        value = json.load(f)
    value["made_ms"] -= 5 * 3600000
    with open(note, "w", encoding="utf-8") as f:
        json.dump(value, f)
    until(lambda: len(shelf()) == 1 and shelf() != [first], "five hours later another, and the older one goes", 60)
    name = os.path.join(server.data, "backups", shelf()[0])
    until(lambda: os.path.exists(name + ".json"), "whole", 30)
    done = plenum.plenum("restore", name, data=path("regular"), stdin=PASS + "\n")
    check("restored" in done.stdout, "its passphrase opens it", done.stdout)
    for folder, _, files in os.walk(server.data):
        for file in files:
            with open(os.path.join(folder, file), "rb") as f:
                if PASS.encode() in f.read():
                    check(False, "the passphrase lies in " + file)


plenum.run("backup_console", begin, sealed, console_make, full_disk, upload_and_wrong, prepare_and_restore, killed, regular)

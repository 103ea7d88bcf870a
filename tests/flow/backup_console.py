#!/usr/bin/env python3
# suite
# sanitized
"""Backups: sealed with a passphrase on the command line, what a wrong passphrase and a changed file give; on the console with progress, checked, and carried out at a restart, with the
present state kept aside.    B=build/x tests/flow/backup_console.py"""
import os
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


plenum.run("backup_console", begin, sealed)

#!/usr/bin/env python3
# suite
# sanitized
"""Accounts in the console: made, given roles that end, a password that is shown once, disabled; the last organiser stays; how everybody signed in, and sessions ended by a
click; what an organiser of one event may do is in tests/http/rights.py too.    B=build/x tests/flow/accounts.py"""
import html
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum  # noqa: E402
from plenum import Client, check, equal, wait  # noqa: E402

server = plenum.Server("accounts", address="0.0.0.0")
who = {}
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36"


def shape(value, event, offset):
    import json
    other = json.loads(json.dumps(event))
    other["slug"] = "test-2"
    value["events"].append(other)


def account(name):
    return server.rows("SELECT id, version FROM account WHERE name = ?", name)[0]


def change(client, name, **fields):
    number, version = account(name)
    return client.form("/admin/-/accounts/%d" % number, dict({"version": str(version)}, **fields))


def page(client, name):
    return html.unescape(client.get("/admin/-/accounts/%d" % account(name)[0], Accept_Language="en").text)


def made_password(reply):
    found = re.search(r'id="made">([^<]+)<', reply.text)
    return found and found.group(1)


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    who["boss"] = server.sign_in("boss", server.user("boss", "organiser"))
    who["orga"] = server.sign_in("orga", server.user("orga", "organiser", "test-1"))
    plenum.plenum("user", "disable", "admin", data=server.data)


def one_more():
    reply = who["boss"].form("/admin/-/accounts", {"name": " Lan  Anh ", "role": "desk", "event": "test-1", "unit": "", "until": ""})
    password = made_password(reply)
    check(reply.status == 200 and password and "Lan Anh" in reply.text, "an account is made, its password shown", reply)
    check(password not in who["boss"].get("/admin/-/accounts").text, "once")
    check(password not in server.log_text() and password not in str(server.rows("SELECT * FROM audit")), "and nowhere else")
    again = who["boss"].form("/admin/-/accounts", {"name": "Lan Anh", "role": "desk", "event": "test-1"}, {"Accept-Language": "en"})
    check(again.status == 409 and "already an account" in again.text, "the name is taken", again)
    for fields, why in (({"name": "", "role": "desk", "event": "test-1"}, "no name"), ({"name": "Command Line", "role": "desk", "event": "test-1"}, "the log's own name"),
                        ({"name": "Ba (P01)", "role": "desk", "event": "test-1"}, "a head's name"), ({"name": "x", "role": "king", "event": "test-1"}, "no such role"),
                        ({"name": "x", "role": "desk", "event": "nothing"}, "no such event"), ({"name": "x", "role": "head", "event": "test-1", "unit": "NO"}, "no such delegation"),
                        ({"name": "x", "role": "desk", "event": "test-1", "until": "2001-02-30"}, "no such day"), ({"name": "x", "role": "desk", "event": "test-1", "until": "2001-02-03"}, "an end that is past")):
        reply = who["boss"].form("/admin/-/accounts", fields)
        check(reply.status == 400 and 'role="alert"' in reply.text, "refused and said: " + why, reply)
    client = Client(server)
    client.csrf = plenum.csrf_of(client.get("/login").text)
    equal(client.form("/login", {"name": "lan anh", "password": password}).status, 401, "names are exact")
    equal(client.form("/login", {"name": "Lan Anh", "password": password}).status, 303, "the password opens")
    equal(client.get("/desk/test-1").header("location"), "/password", "and has to be changed first")
    client.csrf = plenum.csrf_of(client.get("/password").text)
    equal(client.form("/password", {"old": password, "new": "một câu thật dài", "again": "một câu thật dài"}).status, 303, "changed")
    equal(client.get("/desk/test-1").status, 200, "then the desk opens")
    client.csrf = plenum.csrf_of(client.get("/account").text)
    who["lan"] = client


def roles():
    equal(who["lan"].get("/desk/test-2").status, 403, "another event's desk does not open")
    equal(change(who["boss"], "Lan Anh", do="grant", role="desk", event="test-2", until="2099-12-31").status, 303, "a role with an end")
    equal(who["lan"].get("/desk/test-2").status, 200, "it counts at once")
    check("2099" in page(who["boss"], "Lan Anh"), "the page says until when")
    server.write("UPDATE account_role SET until_ms = 1 WHERE until_ms IS NOT NULL")
    equal(who["lan"].get("/desk/test-2").status, 403, "and no more when it has ended")
    check("has ended" in page(who["boss"], "Lan Anh"), "which the page says")
    equal(change(who["boss"], "Lan Anh", do="take", role="desk", event="test-2").status, 303, "taken away")
    equal(server.value("SELECT COUNT(*) FROM account_role r JOIN account a ON a.id = r.account_id WHERE a.name = 'Lan Anh'"), 1, "it is gone")
    number, version = account("Lan Anh")
    old = who["boss"].form("/admin/-/accounts/%d" % number, {"version": str(version - 1), "do": "disable"})
    check(old.status == 409 and 'role="alert"' in old.text, "a form that shows an older state changes nothing", old)
    equal(change(who["boss"], "Lan Anh", do="nothing").status, 400, "an unknown wish")


def the_last():
    for wish in ({"do": "disable"}, {"do": "take", "role": "organiser", "event": "-"}, {"do": "grant", "role": "organiser", "event": "-", "until": "2099-01-01"}):
        equal(change(who["boss"], "boss", **wish).status, 403, "nobody does this to themselves: %s" % wish["do"])
    server.user("second", "organiser")
    second = server.sign_in("second", "mat khau that dai 19")
    equal(change(who["boss"], "second", do="grant", role="organiser", event="-", until="2099-01-01").status, 303, "the second one gets an end")
    for wish in ({"do": "disable"}, {"do": "take", "role": "organiser", "event": "-"}, {"do": "grant", "role": "organiser", "event": "-", "until": "2099-01-01"}):
        reply = change(second, "boss", **wish)
        check(reply.status == 409 and 'role="alert"' in reply.text, "the last one without an end stays: %s" % wish["do"], reply)
    equal(change(who["boss"], "second", do="grant", role="organiser", event="-").status, 303, "without an end again")
    equal(change(second, "boss", do="grant", role="desk", event="test-1").status, 303, "roles besides are no matter")
    equal(change(who["boss"], "second", do="disable").status, 303, "one of two may be disabled")
    equal(second.get("/admin").status, 302, "whose session ends at once")
    equal(change(who["boss"], "second", do="enable").status, 303, "and enabled again")
    equal(change(who["boss"], "orga", do="grant", role="organiser", event="-").status, 303, "an organiser of all more")
    equal(change(who["boss"], "orga", do="take", role="organiser", event="-").status, 303, "and no more")
    check("second" not in who["orga"].get("/admin/-/accounts").text, "an organiser of one event does not see them")


def history():
    phone = Client(server, tls=True, address=plenum.own_address())
    phone.csrf = plenum.csrf_of(phone.get("/login").text)
    phone.form("/login", {"name": "Lan Anh", "password": "falsch falsch"}, {"User-Agent": PHONE})
    wait(lambda: server.value("SELECT COUNT(*) FROM sign_in WHERE outcome = 'wrong'") == 1)
    phone.csrf = plenum.csrf_of(phone.get("/login").text)
    equal(phone.form("/login", {"name": "Lan Anh", "password": "một câu thật dài"}, {"User-Agent": PHONE}).status, 303, "a phone signs in")
    text = page(who["boss"], "Lan Anh")
    check("Samsung Internet · Android" in text and "HTTPS" in text and "Wrong password" in text, "browser, machine and way are shown")
    check("Wrong passwords in the last 24 hours: <bdi>1</bdi>" in text, "and wrong tries counted")
    told = str(server.rows("SELECT * FROM sign_in")) + text
    check(plenum.own_address() not in told and "SamsungBrowser" not in told, "no address, and no more of the browser than its family")
    before = server.value("SELECT COUNT(*) FROM sign_in")
    stranger = Client(server)
    stranger.csrf = plenum.csrf_of(stranger.get("/login").text)
    equal(stranger.form("/login", {"name": "my secret password", "password": "x"}).status, 401, "a name that is none")
    equal(server.value("SELECT COUNT(*) FROM sign_in"), before, "is kept nowhere: it may be a password")
    equal(len(re.findall('name="session"', text)), 2, "two sessions are open")
    newest = server.value("SELECT MAX(sign_in_id) FROM web_session")
    equal(change(who["boss"], "Lan Anh", do="end", session=str(newest)).status, 303, "one is ended by a click")
    equal((phone.get("/desk/test-1").status, who["lan"].get("/desk/test-1").status), (302, 200), "that one and no other")
    check("by <bdi>boss</bdi>" in page(who["boss"], "Lan Anh"), "the history says by whom")
    equal(server.value("SELECT COUNT(*) FROM audit WHERE action = 'account.session_end'"), 1, "and the audit log")
    other = server.sign_in("boss", "mat khau that dai 19")
    own = html.unescape(who["boss"].get("/account", Accept_Language="en").text)
    check("this one" in own and own.count('name="session"') == 1, "the own page: this session, and one to end")
    equal(who["boss"].form("/account", {"do": "end_others"}).status, 303, "all others are ended")
    equal((other.get("/admin").status, who["boss"].get("/admin").status), (302, 200), "but this one")


def new_password():
    reply = change(who["boss"], "Lan Anh", do="password")
    password = made_password(reply)
    check(reply.status == 200 and password, "a new password is shown", reply)
    equal(who["lan"].get("/desk/test-1").status, 302, "and all sessions end")
    client = Client(server)
    client.csrf = plenum.csrf_of(client.get("/login").text)
    equal(client.form("/login", {"name": "Lan Anh", "password": "một câu thật dài"}).status, 401, "the old one is void")
    client.csrf = plenum.csrf_of(client.get("/login").text)
    equal(client.form("/login", {"name": "Lan Anh", "password": password}).status, 303, "the new one opens")
    equal(change(who["boss"], "boss", do="password").status, 403, "not for oneself: that needs the present one")
    equal(change(who["boss"], "Lan Anh", do="disable").status, 303, "disabled")
    client.csrf = plenum.csrf_of(client.get("/login").text)
    equal(client.form("/login", {"name": "Lan Anh", "password": password}).status, 401, "nothing opens")
    actions = [a for a, in server.rows("SELECT action FROM audit WHERE subject = 'Lan Anh' AND actor = 'boss' ORDER BY id")]
    equal(actions, ["account.made", "account.role", "account.role_end", "account.session_end", "account.password", "account.disabled"], "each step is in the audit log")


plenum.run("accounts", begin, one_more, roles, the_last, history, new_password)

#!/usr/bin/env python3
# suite
# sanitized
"""Questions to the desk (docs/decisions/0025-papers.md): whoever photographs a badge reads neither question nor answer; the browser that asked does, and the PIN.
B=build/x tests/http/questions.py"""
import os
import re
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import plenum  # noqa: E402
from plenum import Client, check, csrf_of, equal  # noqa: E402

server = plenum.Server("questions")
PASSWORD = "mat khau that dai 19"
tokens, staff, phones = {}, {}, {}
WORDS, ANSWER = "Tôi đau đầu, có bác sĩ không?", "Có, phòng y tế cạnh cửa C"


def shape(value, event, offset):
    event["documents"] = [{"code": "open", "title": {"vi": "Giấy để ngỏ"}, "file": "papers/programme.pdf", "language": "vi"}]
    bare = plenum.json.loads(plenum.json.dumps(event))
    bare.update(slug="no-papers", documents=[])
    value["events"].append(bare)


def begin():
    server.load(plenum.small_event(server.folder, shape))
    server.start()
    for event in ("test-1", "no-papers"):
        tokens[event] = server.tokens(event)
    server.user("ban", "desk")
    staff["desk"] = server.sign_in("ban", PASSWORD)


def door(person="P01", event="test-1"):
    return "/d/" + tokens[event][person]


def tail(person):
    return re.sub(r"\D", "", server.value("SELECT phone FROM person WHERE code = ?", person))[-4:]


def answer(words, text, event="test-1"):
    key = server.value("SELECT id FROM question WHERE words = ?", words)
    known = server.value("SELECT answered_ms FROM question WHERE id = ?", key)
    equal(staff["desk"].form("/desk/%s/questions" % event, {"question": str(key), "answer": text, "known": str(known or 0)}).status, 303, "the desk answers")


def until(what, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(.05)
    return False


def shown(client, path):
    """What page and news show, by every way of looking at them."""
    texts = [client.get(path + more).text for more in ("", "?lang=vi", "?lang=en", "?view=delegate", "/news")]
    texts += [client.get(path.replace("/d/", "/D/", 1)).text]
    return texts


def who_reads():
    asker, stranger = Client(server), Client(server)
    before = stranger.get(door() + "/news").header("etag")
    equal(asker.get(door()).all("set-cookie"), [], "looking sets no cookie")
    reply = asker.form(door() + "/ask", {"words": WORDS})
    equal((reply.status, reply.header("location")), (303, door() + "#questions"), "a question")
    cookie = [one for one in reply.all("set-cookie") if one.startswith("plenum_ask_")]
    check(len(cookie) == 1 and "HttpOnly" in cookie[0] and "SameSite=Strict" in cookie[0] and "Path=/;" in cookie[0] and "Max-Age=" in cookie[0], "its cookie", cookie)
    word = cookie[0].split(";")[0].split("=")[1]
    check(word not in "".join(str(row) for row in server.rows("SELECT * FROM question")), "of which only a hash is stored")
    answer(WORDS, ANSWER)
    phones["asker"] = asker
    check(all(WORDS in text and ANSWER in text for text in shown(asker, door())), "the browser that asked is shown both, on page and news")
    told = "đã trả lời: <bdi>1</bdi>"
    check(not any(WORDS in text or ANSWER in text for text in shown(stranger, door())), "a photograph of the badge shows neither")
    check(told in stranger.get(door() + "?lang=vi").text and told in stranger.get(door() + "/news").text, "only that there is one, and that it is answered")
    marks = [one.get(door() + "/news").header("etag") for one in (asker, stranger)]
    check(len({before, *marks}) == 3, "each has its own ETag", marks)
    equal(stranger.get(door() + "/news", If_None_Match=marks[0]).status, 200, "the asker's ETag is worth nothing for others")
    equal([asker.get(door() + "/news", If_None_Match=marks[0]).status, stranger.get(door() + "/news", If_None_Match=marks[1]).status], [304, 304], "each has its own 304")
    reply = asker.get(door() + "/news")
    check("Cookie" in reply.header("vary") and "private" in reply.header("cache-control") and "no-cache" in reply.header("cache-control"), "news are for one browser", reply.headers)
    equal(asker.get(door()).header("cache-control"), "no-store", "and the page is in no cache on the way")
    forged = Client(server)
    for value in ("", "x", "y" * 43, word[:-1], word.swapcase(), "%" * 40):
        forged.cookies = {cookie[0].split("=")[0]: value}
        check(WORDS not in forged.get(door()).text, "another cookie: %r" % value[:8])
    other = Client(server)
    other.cookies = {name: value for name, value in asker.cookies.items()}
    check(WORDS not in other.get(door("P02")).text, "the cookie is of one delegate")
    check(WORDS not in staff["desk"].get(door() + "?view=delegate").text, "the desk looks at its own page for that")
    check(WORDS in staff["desk"].get("/desk/test-1/questions").text, "where both stand")


def seen():
    want = "SELECT seen_ms FROM question WHERE words = ?"
    question = "Ai đã xem câu trả lời?"
    asker = Client(server)
    asker.form(door("P02") + "/ask", {"words": question})
    answer(question, "Không ai")
    for _ in range(3):
        Client(server).get(door("P02"))
    mark = "Đã xem chưa?"
    asker.form(door("P02") + "/ask", {"words": mark})
    answer(mark, "Rồi")
    asker.get(door("P02"))
    check(until(lambda: server.value(want, mark), 20), "the desk sees that an answer was seen")
    fresh = Client(server)
    fresh.form(door("P03") + "/ask", {"words": "Chưa ai xem?"})
    answer("Chưa ai xem?", "Chưa")
    for _ in range(3):
        Client(server).get(door("P03"))
    asker.form(door("P02") + "/ask", {"words": "Thứ tự"})  # written after whatever was noted before it
    answer("Thứ tự", "một")
    asker.get(door("P02"))
    check(until(lambda: server.value(want, "Thứ tự"), 20), "a later one was noted")
    equal(server.value(want, "Chưa ai xem?"), None, "a stranger's look is none")


def after_the_pin():
    holder = Client(server)
    page = holder.get(door()).text
    check('action="%s/pin"' % door() in page and page.count('id="pin-field"') == 1, "without locked papers too there is a form for the PIN")
    reply = holder.form(door() + "/pin", {"pin": "9999"})
    check(reply.status == 403 and reply.text.count('id="pin-problem"') == 1 and WORDS not in reply.text, "a wrong one is told there")
    equal(holder.form(door() + "/pin", {"pin": tail("P01")}).status, 303, "the right one")
    reply = holder.get(door())
    check(WORDS in reply.text and ANSWER in reply.text and ANSWER in holder.get(door() + "/news").text, "shows what was asked elsewhere")
    equal(reply.header("x-plenum-keep"), None, "and no phone keeps that page")
    holder.form(door() + "/lock", {})
    check(WORDS not in holder.get(door()).text and WORDS not in holder.get(door() + "/news").text, "locked again")
    check(WORDS in phones["asker"].get(door()).text, "the browser that asked needs none")
    number = server.value("SELECT d.number FROM delegate d JOIN event e ON e.id = d.event_id JOIN person p ON p.id = d.person_id WHERE e.slug = 'test-1' AND p.code = 'P01'")
    inside = Client(server)
    equal(inside.form("/e/test-1/enter", {"number": number, "pin": tail("P01"), "csrf": csrf_of(inside.get("/e/test-1").text)}).status, 303, "by number and PIN")
    check(WORDS in inside.get("/d/me").text, "as after the PIN")
    reply = inside.form("/d/me/ask", {"words": "Hỏi từ máy mượn"})
    check(reply.status == 303 and not [one for one in reply.all("set-cookie") if one.startswith("plenum_ask_")], "a borrowed machine keeps nothing of a question")
    inside.form("/d/me/lock", {})
    check("máy mượn" not in inside.get(door()).text and "máy mượn" not in phones["asker"].get(door()).text, "and nobody reads it there any more")
    bare, event = Client(server), "no-papers"
    bare.form(door("P01", event) + "/ask", {"words": "Không có giấy tờ"})
    other = Client(server)
    check("Không có giấy" not in other.get(door("P01", event)).text, "an event without papers: hidden as well")
    equal(other.form(door("P01", event) + "/pin", {"pin": tail("P01")}).status, 303, "opened by the PIN")
    page = other.get(door("P01", event)).text
    check("Không có giấy" in page and 'action="%s/lock"' % door("P01", event) in page, "with the way to lock it again")


def reissued_and_kept():
    asker = Client(server)
    asker.form(door("P04") + "/ask", {"words": "Thẻ tôi mất"})
    shared = [Client(server).get(door("P05")).text for _ in range(3)]
    check(not any("Thẻ tôi mất" in text for text in shared), "no kept part of a page holds it")
    equal(staff["desk"].post("/api/v1/events/test-1/delegates/P04/reissue", {"reason": "lost"}).status, 201, "reissued")
    equal(asker.get(door("P04")).status, 410, "the old badge shows nothing")
    tokens["test-1"] = server.tokens("test-1")
    check("Thẻ tôi mất" in asker.get(door("P04")).text and "Thẻ tôi mất" not in Client(server).get(door("P04")).text, "the new badge: to the same browser, and to no other")
    db = sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20)
    with db:
        db.execute("UPDATE question SET browser_hash = NULL WHERE words = ?", ("Thẻ tôi mất",))
    db.close()
    check("Thẻ tôi mất" not in asker.get(door("P04")).text, "what was asked before there were cookies: after the PIN only")


def twice():
    words = "Gửi hai lần"
    gate, replies = threading.Barrier(2), [None, None]
    def send(i):
        one = Client(server)
        one.connection = one.connect()
        gate.wait(60)
        replies[i] = one.form(door("P07") + "/ask", {"words": words})
    threads = [threading.Thread(target=send, args=(i,)) for i in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    equal([server.value("SELECT COUNT(*) FROM question WHERE words = ?", words), [r.status for r in replies]], [1, [303, 303]], "a form that was sent twice is one question")
    readers = []
    for reply in replies:
        one = Client(server)
        one.take_cookies(reply)
        readers.append(words in one.get(door("P07")).text)
    equal(sorted(readers), [False, True], "of the one browser whose cookie came last")
    db = sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20)
    with db:
        db.execute("UPDATE question SET asked_ms = asked_ms - 60000 WHERE words = ?", (words,))
    db.close()
    thief = Client(server)
    reply = thief.form(door("P07") + "/ask", {"words": words})
    check(reply.status == 303 and not reply.all("set-cookie") and words not in thief.get(door("P07")).text, "whoever sends the same words a minute later is shown nothing")
    equal(server.value("SELECT COUNT(*) FROM question WHERE words = ?", words), 1, "and asks nothing")
    mine = Client(server)
    first = mine.form(door("P08") + "/ask", {"words": "Câu một"}).all("set-cookie")
    second = mine.form(door("P08") + "/ask", {"words": "Câu hai"}).all("set-cookie")
    equal(first[0].split(";")[0], second[0].split(";")[0], "one browser, one cookie")
    page = mine.get(door("P08")).text
    check("Câu một" in page and "Câu hai" in page, "and all that it asked")


plenum.run("questions", begin, who_reads, seen, after_the_pin, reissued_and_kept, twice)

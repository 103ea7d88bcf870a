#!/usr/bin/env python3
# suite
"""Member cards: printed, good at every event of their person exactly as a badge is, nothing for others; sheets to sign; who took which badges."""
import json
import os
import re
import subprocess
import sys
import unicodedata

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import plenum as p

EVENT, NEXT = "test-1", "test-2"
HOST = "http://192.168.1.10:8080"
GONE = ("replaced", "withdrawn", "disqualified")


def text_of(pdf, *words):
    p.tool("pdftotext")
    return subprocess.run(["pdftotext", "-q", *words, pdf, "-"], capture_output=True, text=True, check=True).stdout


def plain(text):
    """Without blanks, marks of direction, and Arabic vowel signs (which text extraction puts elsewhere)."""
    text = unicodedata.normalize("NFC", text)
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Zs", "Cc") and not "\u064b" <= c <= "\u0652")


def is_sound(pdf):
    return "No syntax or stream encoding errors" in subprocess.run([p.tool("qpdf"), "--check", pdf], capture_output=True, text=True).stdout


def codes_of(pdf, folder):
    """The tokens of every QR code, read by zbarimg from pixels."""
    p.tool("zbarimg")
    os.makedirs(folder)
    subprocess.run([p.tool("pdftoppm"), "-gray", "-r", "150", pdf, os.path.join(folder, "page")], check=True)
    pages = sorted(os.path.join(folder, f) for f in os.listdir(folder))
    said = subprocess.run(["zbarimg", "--raw", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable"] + pages, capture_output=True, text=True).stdout
    return [line[-16:] for line in said.split()]


def shape(value, event, offset):
    """One more event, in a week, for some; one person who is in none; somebody without any mandate."""
    value["people"] += [{"code": "P20", "name": "Ngô Thị Không Tên", "unit": "U2", "joined": "2011-05-01"},
                        {"code": "P21", "name": "Mạc Đĩnh Chi", "unit": None}]
    later = json.loads(json.dumps(event))
    later.update(slug=NEXT, title={"vi": "Tập huấn tuần sau"}, starts=p.local_text(offset, 7 * 1440)[:10] + "T08:00", ends=p.local_text(offset, 7 * 1440)[:10] + "T17:00")
    later["delegates"] = [{"person": c, "number": "9" + c[1:], "category": "guest", "delegation": "U0"} for c in ("P01", "P04", "P14")]
    value["events"].append(later)


class Place:
    """A data folder and what plenum-badges does with it."""

    def __init__(self, data, folder):
        self.data, self.folder, self.made = data, folder, 0

    def run(self, *words, fine=True, file=True):
        self.pdf = os.path.join(self.folder, "cards-%d.pdf" % self.made)
        self.made += 1
        return p.plenum(*words, *(["-o", self.pdf, "--public-url", HOST] if file else []), data=self.data, fine=fine, name="plenum-badges")

    def cards(self, *words, fine=True):
        return self.run("--member-cards", *words, fine=fine)

    def told(self, *words):
        return json.loads(self.run(*words, "--json").stdout)

    def codes(self):
        return codes_of(self.pdf, self.pdf + ".d")


def good_cards(server):
    return dict(server.rows("SELECT p.code, c.token FROM credential c JOIN person p ON p.id = c.person_id WHERE c.event_id IS NULL AND c.revoked_ms IS NULL"))


def start(change=None):
    server = p.Server("cards")
    server.load(p.small_event(server.folder, change or shape))
    return server, Place(server.data, server.folder)


# --- printing ----------------------------------------------------------------------------------------------------------------------

def printing():
    server, place = start()
    people = server.value("SELECT COUNT(*) FROM person")
    told = place.told("--member-cards", "--verify")
    p.equal((told["badges"], told["verified"], told["pages"]), (people, people, people), "a card for everybody in the register, each on a page, every code read back")
    p.check(is_sound(place.pdf), "qpdf finds nothing")
    size = re.search(r"Page size: +([\d.]+) x ([\d.]+) pts", subprocess.run([p.tool("pdfinfo"), place.pdf], capture_output=True, text=True).stdout)
    p.check(size and abs(float(size.group(1)) - 85.60 * 72 / 25.4) < 0.02 and abs(float(size.group(2)) - 53.98 * 72 / 25.4) < 0.02, "of the size of card stock", size and size.groups())
    said = text_of(place.pdf)
    for wanted in ("Công đoàn Thử Nghiệm", "Thẻ thành viên", "Đặng Thị Hồng Thắm", "Tham gia từ 1998", "P01", "Tham gia từ 2011", "歐陽麗華"):
        p.check(plain(wanted) in plain(said), "it says " + wanted, said[:300])
    p.check("Đại hội thử" not in said and "Nhà văn hóa" not in said, "and nothing of an event")
    cards = good_cards(server)
    p.equal(sorted(place.codes()), sorted(cards.values()), "each code is the card of one person")
    p.equal(server.rows("SELECT event_id, kind, layout, badges FROM print_run"), [(None, "badge", "cr80", people)], "the run is in the log")
    p.equal(server.rows("SELECT action, subject, detail FROM audit WHERE action = 'member cards'"), [("member cards", "register", '{"cards":%d}' % people)], "and in the audit, without a token")
    again = place.cards()
    p.check("%d of these were printed before" % people in again.stderr, "a second time is told", again.stderr)
    p.equal(good_cards(server), cards, "and makes no new token")
    p.check("nothing to print" in place.cards("--not-printed").stdout, "nobody is left to print")
    chosen(server, place, cards)
    lost(server, place, cards)


def chosen(server, place, cards):
    p.equal(place.told("--member-cards", "--only", "P01,P04")["badges"], 2, "chosen people")
    p.equal(set(place.codes()), {cards["P01"], cards["P04"]}, "theirs")
    below = server.value("SELECT COUNT(*) FROM person WHERE unit_id IS NOT NULL")
    p.equal(place.told("--member-cards", "--unit", "U0")["badges"], below, "a unit counts with all below it")
    p.equal(place.told("--member-cards", "--unit", "U1", "--layout", "a4x8")["badges"], server.value("SELECT COUNT(*) FROM person p JOIN unit u ON u.id = p.unit_id WHERE u.code = 'U1'"), "a unit by itself, another layout")
    for words, code, word in ((["--only", "P99"], 1, "P99"), (["--unit", "U9"], 1, "U9"), (["--unit", "U1", "--only", "P01"], 1, "U1"), (["--event", EVENT], 2, "--event")):
        done = place.cards(*words, fine=False)
        p.check(done.returncode == code and word in done.stderr and done.stderr.count("\n") == 1, "refused: " + " ".join(words), (done.returncode, done.stderr))

    def rename(value, event, offset):
        shape(value, event, offset)
        value["people"][3]["title"] = "Trưởng phòng"
        value["people"].append({"code": "P30", "name": "Kiều Mới Vào"})
    server.load(p.small_event(server.folder, rename))
    told = place.told("--member-cards", "--changed")
    p.check(told["badges"] == 1 and [(c["person"], c["fact"], c["now"]) for c in told["changes"]] == [("P04", "title", "Trưởng phòng")], "who changed, field by field", told)
    p.equal((place.told("--member-cards", "--not-printed")["badges"], list(set(place.codes()) - set(cards.values())) == [good_cards(server)["P30"]]), (1, True), "who came new")


def lost(server, place, cards):
    said = place.cards("--reissue", "P04")
    p.check("issue 2" in said.stdout, "a lost card", said.stdout)
    now = good_cards(server)
    p.check(now["P04"] != cards["P04"] and place.codes() == [now["P04"]], "has a new token")
    p.equal(server.value("SELECT COUNT(*) FROM credential c JOIN person p ON p.id = c.person_id WHERE p.code = 'P04' AND c.event_id IS NULL AND c.revoked_ms IS NULL"), 1, "one is good")
    p.equal(place.cards("--reissue", "P99", fine=False).returncode, 1, "nobody's card")
    runs = json.loads(place.run("--member-cards", "--runs", "--json", file=False).stdout)
    p.check(len(runs) >= 5 and runs[0]["badges"] == 1, "their runs are listed", runs[:1])


# --- at the doors ---------------------------------------------------------------------------------------------------------------------

def same_page(server, phone, badge, card, who):
    """Byte for byte, but for the token in the links, the mark of the news (which is made of it too), and the minute."""
    for _ in range(3):
        one, two = phone.get("/d/" + badge), phone.get("/d/" + card)
        left, right = (re.sub(r'(made_at|\d\d:\d\d|data-etag="[0-9a-f]+")', "", r.text.replace(t, "TOKEN")) for r, t in ((one, badge), (two, card)))
        if left == right:
            break
    return p.check(one.status == two.status and left == right, "the card of %s opens what the badge opens (%d)" % (who, one.status), (one.status, two.status))


def same_papers(phone, badge, card, who):
    page = phone.get("/d/" + badge).text
    hrefs = [h.replace("&amp;", "&") for h in re.findall(r'href="(/d/[^"]+/f/[^"]+)"', page)]
    for href in hrefs:
        one, two = phone.get(href), phone.get(href.replace(badge, card))
        p.check(one.status == two.status == 200 and one.body == two.body, "%s: %s" % (who, href.rsplit("/", 1)[1]), (one.status, two.status))
    return hrefs


def at_the_doors():
    server, place = start()
    server.start("--public-url", HOST)
    gates = {EVENT: server.device(EVENT, "main"), NEXT: server.device(NEXT, "main")}
    staff, phone = server.sign_in("ban", server.user("ban", "desk", EVENT)), p.Client(server)
    before = {e: g.get("/api/v1/events/%s/roster" % e).json() for e, g in gates.items()}
    place.cards()
    badges, cards, seen = server.tokens(EVENT), good_cards(server), 0
    learnt(gates, before, cards)
    for who in sorted(set(badges) & set(cards)):
        if who == "P14":
            continue  # withdrawn here, a guest of the next event: below
        same_page(server, phone, badges[who], cards[who], who)
        seen += len(same_papers(phone, badges[who], cards[who], who))
    p.check(seen >= 5, "papers were compared", seen)
    page = phone.get("/d/" + cards["P14"]).text
    p.check("Tập huấn tuần sau" in page and phone.get("/d/" + badges["P14"]).text != page, "who lost the mandate at this event is shown the next one")
    hidden_papers(server, phone, badges, cards)
    check_in(gates[EVENT], badges, cards, staff)
    nobody(server, phone, gates, cards, staff)
    revoked(server, place, phone, gates, cards)
    server.stop()


def learnt(gates, before, cards):
    for event, people in ((EVENT, 13), (NEXT, 3)):
        delta = gates[event].get("/api/v1/events/%s/roster?since=%d" % (event, before[event]["version"])).json()
        ids = {e["id"] for e in delta["entries"]}
        mine = [c for c, t in cards.items() if p.token_id(t) in ids]
        p.check(not delta["full"] and len(mine) >= people, "a gate of %s learns the new cards from its next delta" % event, (delta["full"], mine))
        p.check("P20" not in mine and "P21" not in mine, "and none of strangers", mine)
    text = json.dumps(delta)
    p.check(not [t for t in cards.values() if t in text], "never a token")


def hidden_papers(server, phone, badges, cards):
    """What a badge does not open, a card does not either: for other categories, and before the PIN."""
    codes = [c for (c,) in server.rows("SELECT d.code FROM document d JOIN event e ON e.id = d.event_id WHERE e.slug = ?", EVENT)]
    names = dict(server.rows("SELECT d.code, v.name FROM document_version v JOIN document d ON d.id = v.document_id"))
    closed = 0
    for who in ("P01", "P10", "P13"):
        for code in codes:
            status = [phone.get("/d/%s/f/%s/1/%s" % (t, code, names[code])).status for t in (badges[who], cards[who])]
            closed += status[0] != 200
            p.equal(status[1], status[0], "%s of %s: the same answer" % (code, who))
    p.check(closed >= 3, "some of them closed", closed)


def check_in(gate, badges, cards, staff):
    def read(token, **more):
        return gate.post("/api/v1/checkins", p.scan(token, "main", **more)).json()["results"][0]
    answer = read(cards["P02"])
    p.equal((answer["outcome"], answer["person"]["name"]), ("admitted", "Nguyễn Văn Đức"), "admitted with the card")
    p.equal(read(badges["P02"])["outcome"], "already_in", "who is then in, also by the badge")
    p.equal(read(cards["P02"], direction="out")["outcome"], "left", "leaves with the card")
    for who in ("P12", "P13"):
        one, two = read(badges[who]), read(cards[who])
        p.equal((two["outcome"], two["reason"]), (one["outcome"], one["reason"]), "%s: %s, either way" % (who, one["reason"]))
    for text in (cards["P05"], HOST + "/D/" + cards["P05"]):
        found = staff.get("/api/v1/events/%s/delegates?q=%s" % (EVENT, text)).json()["results"]
        p.equal([r["code"] for r in found], ["P05"], "the desk finds by a card that is read")
    p.check("Võ Thị Mỹ Duyên" in staff.get("/d/" + cards["P05"]).text and "scan_id" in staff.get("/d/" + cards["P05"]).text, "the desk's card with its button")


def nobody(server, phone, gates, cards, staff):
    words = {"vi": "Thẻ này vẫn dùng được", "en": "This card is good", "pt": "Este cartão é válido", "ar": "هذه البطاقة صالحة"}
    for language, word in words.items():
        reply = phone.get("/d/" + cards["P20"], Accept_Language=language)
        p.check(reply.status == 200 and word in reply.text, "a kind page for who is in no event: " + language, (reply.status, reply.text[-600:]))
        p.check("Ngô Thị" not in reply.text and EVENT not in reply.text, "with nothing else on it")
    p.check(staff.get("/d/" + cards["P20"]).status == 200 and "scan_id" not in staff.get("/d/" + cards["P20"]).text, "the desk has no button there")
    name = server.value("SELECT name FROM document_version")
    for path in ("/f/programme/1/" + name, "/f/report/1/" + name):
        p.equal(phone.get("/d/" + cards["P20"] + path).status, 404, "no paper: " + path)
    for event, gate in gates.items():
        answer = gate.post("/api/v1/checkins", p.scan(cards["P20"], "main")).json()["results"][0]
        p.check(answer["outcome"] in ("refused", "invalid") and not answer.get("person"), "no door of " + event, answer)
    p.equal(staff.get("/api/v1/events/%s/delegates?q=%s" % (EVENT, cards["P20"])).json()["results"], [], "not found at the desk")
    answer = gates[EVENT].post("/api/v1/checkins", p.scan(cards["P21"], "main")).json()["results"][0]
    p.check(answer["outcome"] in ("refused", "invalid"), "nor for who is of no unit", answer)


def revoked(server, place, phone, gates, cards):
    """A lost card is dead at every event of its person, and each gate hears of it."""
    rosters = {e: g.get("/api/v1/events/%s/roster" % e).json()["version"] for e, g in gates.items()}
    place.cards("--reissue", "P01")
    new = good_cards(server)["P01"]
    for event, gate in gates.items():
        delta = gate.get("/api/v1/events/%s/roster?since=%d" % (event, rosters[event])).json()
        state = {e["id"]: e["credential"] for e in delta["entries"]}
        p.equal((delta["full"], state.get(p.token_id(cards["P01"])), state.get(p.token_id(new))), (False, "revoked", "active"), event + " learns both")
    answer = gates[EVENT].post("/api/v1/checkins", p.scan(cards["P01"], "main")).json()["results"][0]
    p.equal((answer["outcome"], answer["reason"]), ("refused", "revoked"), "the old card is refused")
    p.equal(phone.get("/d/" + cards["P01"]).status, 410, "its page is gone")
    name = server.value("SELECT v.name FROM document_version v JOIN document d ON d.id = v.document_id WHERE d.code = 'programme'")
    p.equal([phone.get("/d/%s/f/programme/1/%s" % (t, name)).status for t in (cards["P01"], new)], [404, 200], "papers by the new one only")
    p.equal(gates[EVENT].post("/api/v1/checkins", p.scan(new, "main")).json()["results"][0]["outcome"], "admitted", "who comes in")
    p.equal(phone.get("/d/" + server.tokens(EVENT)["P01"]).status, 200, "the badge is another thing and still good")


# --- sheets to sign, and who took what -----------------------------------------------------------------------------------------------------

WORDS = {"vi": ("Biên bản giao nhận thẻ", "Bên giao", "Bên nhận"), "en": ("Badge handover", "Gives", "Receives"),
         "pt": ("Termo de entrega de crachás", "Entrega", "Recebe"), "ar": ("محضر تسليم البطاقات", "المسلِّم", "المستلِم")}


def sheets():
    server, place = start()
    tokens = list(server.tokens(EVENT).values())
    done = place.run("--event", EVENT, "--sign-for", "U1", "--to", "Trần Ngọc Ẩn")
    said = text_of(place.pdf, "-layout")
    p.check(is_sound(place.pdf) and "badges: 3, delegations: 1, pages to sign: 1" in done.stdout, "a sheet of one delegation", done.stdout)
    for wanted in ("Công đoàn Thử Nghiệm", "Đại hội thử", "Công đoàn phường Cầu Mây", "Phạm Hữu Nghĩa", "Võ Thị Mỹ Duyên", "Trần Ngọc Ẩn", "004", "A4", "B1", "Trang 1 / 1", "Giữ lại") + WORDS["vi"]:
        p.check(plain(wanted) in plain(said), "it says " + wanted, said)
    p.check("Lý Thị Bưởi" not in said, "nobody without mandate")
    p.check(said.index("Phạm Hữu") < said.index("Võ Thị") and said.index("Bên giao") > said.index("Võ Thị"), "in reading order")
    raw = open(place.pdf, "rb").read()
    p.check(not [t for t in tokens if t.encode() in raw or t in said] and not codes_of(place.pdf, place.pdf + ".d"), "no token and no code")
    p.equal(server.rows("SELECT 1 FROM print_run") + server.rows("SELECT 1 FROM handover"), [], "printing it is no print of badges and no handover")
    p.equal(oct(os.stat(place.pdf).st_mode & 0o777), "0o600", "the file is its owner's")
    told = place.told("--event", EVENT, "--sign-for", "all")
    outline = json.loads(subprocess.run([p.tool("qpdf"), "--json", "--json-key=outlines", place.pdf], capture_output=True, text=True).stdout)["outlines"]
    p.equal((told["badges"], told["delegations"], len(outline)), (13, 4, 4), "all delegations, a bookmark for each")
    p.check("901" in text_of(place.pdf), "blank badges too")
    for words, code in ((["--sign-for", "U9"], 1), (["--sign-for", "U1", "--handovers"], 2)):
        p.equal(place.run("--event", EVENT, *words, fine=False).returncode, code, "refused: " + " ".join(words))
    for language in WORDS:
        long_lists(language)


def long_lists(language):
    """Three pages, names of all scripts and of any length; in the language of the organization."""
    def many(value, event, offset):
        value["organization"]["languages"] = [language]
        names = ["Công Tằng Tôn Nữ Nguyễn Thị Hoàng Phương Quỳnh Anh", "ليلى بنت يوسف المنصوري", "歐陽麗華", "João Ferreira da Conceição e Albuquerque de Vasconcelos", "Trần Ẩn"]
        for i in range(70):
            value["people"].append({"code": "L%02d" % i, "name": "%s %s" % (names[i % 5], "ABCDEFG"[i % 7] * 2), "unit": "U2"})
            event["delegates"].append({"person": "L%02d" % i, "number": "L%02d" % i, "category": "official", "delegation": "U2", "order": 100 + i})
    server, place = start(many)
    told = place.told("--event", EVENT, "--sign-for", "U2", "--to", "ليلى المنصوري" if language == "ar" else "João Ferreira")
    pages = [plain(t) for t in text_of(place.pdf).split("\f")][:-1]
    p.check(told["badges"] == 73 and told["pages"] == len(pages) >= 3 and is_sound(place.pdf), "%s: a long list on several pages" % language, told)
    p.check(all("L%02d" % i in "".join(pages) for i in range(70)), "%s: everybody is on it" % language)
    title, gives, receives = (plain(w) for w in WORDS[language])
    p.check([title in t for t in pages] == [True] + [False] * (len(pages) - 1), "%s: one title" % language, [t[:80] for t in pages])
    p.check([gives in t and receives in t for t in pages] == [False] * (len(pages) - 1) + [True], "%s: signatures at the end" % language)
    p.check(sum("L%02d" % i in pages[-1] for i in range(70)) >= 3, "%s: never alone on a page" % language)


def handovers():
    server, place = start()
    server.start("--public-url", HOST)
    staff = server.sign_in("ban", server.user("ban", "desk", EVENT))

    def hand(*words, fine=True):
        return place.run("--event", EVENT, *words, fine=fine, file=False)

    def handed_to(code):
        found = staff.get("/api/v1/events/%s/delegates?q=%s" % (EVENT, code)).json()["results"]
        return [r["handed_to"] for r in found if r["code"] == code][0]
    p.equal(handed_to("P04"), None, "nobody has it")
    done = hand("--handed-over", "U1", "--to", "  Trần   Ngọc Ẩn ", "--except", "P05")
    p.check("2 badges handed over to Trần Ngọc Ẩn;" in done.stdout, "a delegation but for one", done.stdout)
    p.check("never printed" in done.stderr and "004 Phạm Hữu Nghĩa" in done.stderr, "that they were never printed is told", done.stderr)
    told = handed_to("P04")
    p.check(told and told["name"] == "Trần Ngọc Ẩn" and abs(p.time_ms(told["at"]) - p.now_ms()) < 60000, "the desk sees to whom and when", told)
    p.equal((handed_to("P05"), handed_to("P14")), (None, None), "not who was kept back, nor who lost the mandate")
    done = hand("--handed-over", "-", "--only", "004", "--to", "Ai khác", fine=False)
    p.check(done.returncode == 1 and "Phạm Hữu Nghĩa" in done.stderr and "Trần Ngọc Ẩn" in done.stderr, "what somebody has is refused, with whom", done.stderr)
    told = json.loads(hand("--handed-over", "U1", "--to-person", "P01", "--json").stdout)
    p.check(told["badges"] == 1 and told["to"] == "Đặng Thị Hồng Thắm" and [a["code"] for a in told["already"]] == ["P04", "P06"], "of a delegation the rest", told)
    p.equal(hand("--handed-over", "U1", "--to", "X", fine=False).returncode, 1, "and then nothing is left")
    told = json.loads(hand("--handed-over", "-", "--only", "P04", "--to", "Người thứ hai", "--again", "--json").stdout)
    p.equal((told["badges"], handed_to("P04")["name"]), (1, "Người thứ hai"), "again, knowingly")
    listed = json.loads(hand("--handovers", "--json").stdout)
    p.equal([(h["to"]["name"], h["to"]["code"], h["badges"], h["unit"] and h["unit"]["code"]) for h in listed],
            [("Người thứ hai", None, 1, None), ("Đặng Thị Hồng Thắm", "P01", 1, "U1"), ("Trần Ngọc Ẩn", None, 2, "U1")], "the list, newest first")
    p.check("Người thứ hai" in hand("--handovers").stdout and "U1" in hand("--handovers").stdout, "for people too")
    hand("--undo-handover", listed[0]["id"])
    p.equal(handed_to("P04")["name"], "Trần Ngọc Ẩn", "undone: the one before counts")
    p.check("UNDONE" in hand("--handovers").stdout and hand("--undo-handover", listed[0]["id"], fine=False).returncode == 1, "once")
    place.run("--event", EVENT, "--sign-for", "U1")
    p.check(plain("Đã giao: Trần Ngọc Ẩn") in plain(text_of(place.pdf)), "the next sheet tells who has it")
    place.run("--event", EVENT, "--reissue", "P04")
    p.equal(handed_to("P04"), None, "a new badge for a lost one has not been handed over")
    audit = server.rows("SELECT action, subject, detail FROM audit WHERE action LIKE '%handover%' ORDER BY id")
    secrets = [t for (t,) in server.rows("SELECT token FROM credential")]
    p.equal(([a[0] for a in audit], [t for t in secrets if t in str(audit)]), (["handover", "handover", "handover", "undo handover"], []), "all in the audit, no token")
    for words, code in ((["--handed-over", "U1"], 2), (["--handed-over", "-", "--to", "X"], 2), (["--handed-over", "U9", "--to", "X"], 1), (["--handed-over", "U2", "--to", "   "], 1),
                        (["--handed-over", "-", "--only", "P14", "--to", "X"], 1), (["--handed-over", "U2", "--to", "X", "--except", "P04"], 1),
                        (["--handed-over", "U2", "--to", "x" * 201], 1), (["--handed-over", "U2", "--to-person", "P99"], 1), (["--undo-handover", "7"], 1), (["--undo-handover", "x"], 2)):
        p.equal(hand(*words, fine=False).returncode, code, "refused: " + " ".join(words)[:50])
    p.equal(server.value("SELECT COUNT(*) FROM handover"), 3, "and nothing was written")
    cards_too(server, place)
    server.stop()


def cards_too(server, place):
    place.cards()
    done = place.run("--member-cards", "--handed-over", "U1", "--to-person", "P04", file=False)
    p.check("badges handed over to Phạm Hữu Nghĩa" in done.stdout, "member cards of a unit are handed over alike", done.stdout)
    p.check("never printed" not in done.stderr, "they were printed", done.stderr)
    p.equal(len(json.loads(place.run("--member-cards", "--handovers", "--json", file=False).stdout)), 1, "and listed apart")
    place.run("--member-cards", "--sign-for", "U1", "--to", "Phạm Hữu Nghĩa")
    p.check(plain("Võ Thị Mỹ Duyên") in plain(text_of(place.pdf)), "with a sheet to sign")


p.run("cards", printing, at_the_doors, sheets, handovers)

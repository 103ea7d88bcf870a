#!/usr/bin/env python3
"""Search as you type over 70 000 people (1 500 units, surnames as they are in Vietnam, one event where all are delegates): ten desks type letter by letter, paced and as
fast as answers come, at the event's delegates and in the register, also while a door checks people in; and the peer: LIKE over the same rows, as the desk searched
before, by SQLite alone without any server. Nothing here fails on a time.

    find.py [--keep FOLDER]     a folder with the data, made when missing and used again
PEOPLE, SECONDS, DESKS from the environment."""
import argparse, json, os, random, sqlite3, subprocess, sys, tempfile, time, unicodedata, urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import plenum  # noqa: E402

B = os.environ.get("B", "build")
PEOPLE, SECONDS, DESKS = int(os.environ.get("PEOPLE", "70000")), int(os.environ.get("SECONDS", "10")), int(os.environ.get("DESKS", "10"))
PLENUM, SLUG = f"{B}/bin/plenum", "bench"
SURNAMES = {"Nguyễn": 315, "Trần": 109, "Lê": 89, "Phạm": 59, "Hoàng": 30, "Huỳnh": 21, "Vũ": 20, "Võ": 19, "Phan": 28, "Trương": 22, "Bùi": 21, "Đặng": 19, "Đỗ": 19, "Ngô": 17,
            "Hồ": 15, "Dương": 14, "Đinh": 10, "Đoàn": 9, "Lâm": 8, "Mai": 8, "Trịnh": 8, "Đào": 7, "Cao": 7, "Lý": 7, "Hà": 6, "Lưu": 5, "Lương": 5, "Thái": 4, "Châu": 4, "Tạ": 4,
            "Phùng": 4, "Tô": 4, "Vương": 3, "Văn": 3, "Tăng": 3, "Quách": 2, "Lại": 2, "Hứa": 2, "Thạch": 2, "Diệp": 2, "Từ": 2, "Chu": 2, "La": 1, "Đàm": 1, "Tống": 1, "Giang": 1}
MIDDLE = "Đức Minh Thanh Ngọc Hữu Quang Xuân Thuý Kim Bảo Gia Anh Nhật Hồng Thu Phương Hoàng Công Việt Tuấn Quốc Trọng Đình Hải Khánh Mỹ Diệu Tấn Thế Bá".split()
GIVEN = ("Anh Hùng Dũng Lan Hoa Hải Nam Linh Trang Hương Thảo Mai Minh Tuấn Sơn Long Phúc Đạt Khoa Vy Nhi Ngân My Nga Hằng Hà Thu Thuỷ Vân Yến Tâm Tiến Toàn Trí Trung Trường Tú Tùng "
         "Uyên Việt Vinh Vũ Xuân An Bảo Bình Cường Chi Chiến Đào Diệp Dung Đức Giang Hạnh Hiệp Hiếu Hiền Hoàng Hưng Huy Khánh Kiên Lâm Lộc Luân Ly Mạnh Nghĩa Ngọc Nguyệt Nhân Phong "
         "Phương Quân Quang Quỳnh Sang Tài Thắng Thành Thịnh Trâm Thuận Diễm Loan Oanh Phượng Tuyết Ái Bích Cúc Đông Hậu Hoà Khang Kha Nguyên Như Quyên Thi Thơ Tín").split()
PLACES = "Liên Chiểu,Hải Châu,Sơn Trà,Cẩm Lệ,Thanh Khê,Ngũ Hành Sơn,Hoà Vang,Tam Kỳ,Hội An,Điện Bàn,Núi Thành,Đại Lộc,Duy Xuyên,Quế Sơn,Thăng Bình".split(",")
KINDS = "Công đoàn Trường Tiểu học,Công đoàn Trường THCS,Công đoàn Bệnh viện,Công đoàn Công ty,Công đoàn cơ sở Phường,Nghiệp đoàn,Công đoàn Mầm non".split(",")
AFTER = "Nguyễn Trãi,Trần Phú,Lê Lợi,Kim Đồng,Phan Chu Trinh,Hoà Khánh,An Khê,Số 1,Số 2,Dệt may,Cơ khí,Bình Minh,Hướng Dương,Võ Thị Sáu,Nguyễn Huệ".split(",")


def fold(text):
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c)).replace("đ", "d")


def make_name(rng):
    name = rng.choices(list(SURNAMES), list(SURNAMES.values()))
    sex = rng.random()
    name += ["Thị"] if sex < .38 else ["Văn"] if sex < .7 else []
    name += [rng.choice(MIDDLE)] if len(name) == 1 or rng.random() < .5 else []
    return " ".join(name + [rng.choice(GIVEN)])


def make_event(folder):
    rng = random.Random(6)
    units = [{"code": f"CD-{i:04d}", "name": f"{rng.choice(KINDS)} {rng.choice(AFTER)} {rng.choice(PLACES)}"} for i in range(1500)]
    people = [{"code": f"P{i:06d}", "name": make_name(rng), "unit": f"CD-{rng.randrange(1500):04d}", "born": f"{rng.randrange(1958, 2004)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 28):02d}",
               "phone": f"09{rng.randrange(10**8):08d}"} for i in range(PEOPLE)]
    event = {"format": "plenum-events/1", "organization": {"name": "Bench", "languages": ["vi"], "units": units}, "people": people,
             "events": [{"slug": SLUG, "kind": "congress", "title": "Bench", "timezone": "UTC", "starts": "2026-01-01T00:00", "ends": "2026-01-03T00:00",
                         "categories": [{"code": "official", "title": "Official"}], "areas": [{"code": "hall", "title": "Hall"}],
                         "gates": [{"code": "main", "title": "Main", "kind": "entry", "area": "hall"}],
                         "sessions": [{"code": "s", "title": "All day", "starts": "2026-01-01T00:00", "ends": "2026-01-02T23:59", "area": "hall"}],
                         "delegates": [{"person": p["code"], "category": "official", "number": str(i + 1), "delegation": p["unit"], "seat": f"{'ABCDEFGH'[i % 8]}{i // 8}"}
                                       for i, p in enumerate(people)]}]}
    path = f"{folder}/bench.json"
    with open(path, "w", encoding="utf-8") as f:
        json.dump(event, f)
    begun = time.time()
    subprocess.run([PLENUM, "import", path, "--starts-on", "today", "--data", f"{folder}/data"], check=True, stdout=subprocess.DEVNULL)
    print(f"import of {PEOPLE} people, all delegates: {time.time() - begun:.1f} s; database {os.path.getsize(folder + '/data/plenum.db') / 1e6:.0f} MB")
    begun = time.time()
    subprocess.run([PLENUM, "import", path, "--starts-on", "today", "--data", f"{folder}/data"], check=True, stdout=subprocess.DEVNULL)
    print(f"the same again, nothing changed: {time.time() - begun:.1f} s")
    with sqlite3.connect(f"file:{folder}/data/plenum.db?mode=ro", uri=True) as db, open(f"{folder}/tokens", "w") as f:
        f.writelines(token + "\n" for (token,) in db.execute("SELECT token FROM credential"))


def typed(rng, people):
    """What one person at a desk types for one who stands before them, letter by letter."""
    name, number, phone, seat, unit = rng.choice(people)
    way = rng.random()
    if way < .35:
        whole = fold(name)
    elif way < .6:
        whole = name
    elif way < .7:
        words = fold(name).split()
        whole = f"{words[-1]} {words[0]}"
    elif way < .8:
        whole = number
    elif way < .87:
        whole = phone[-5:]
    elif way < .92:
        whole = seat.lower()
    else:
        whole = fold(" ".join(unit.split()[-3:]))
    return [whole[:i + 1] for i in range(len(whole))]


def make_queries(folder, what, count=4000):
    rng = random.Random(7)
    with sqlite3.connect(f"file:{folder}/data/plenum.db?mode=ro", uri=True) as db:
        people = db.execute("SELECT p.name, d.number, p.phone, d.seat, u.name FROM delegate d JOIN person p ON p.id = d.person_id JOIN unit u ON u.id = d.delegation_id").fetchall()
    letters = []
    while len(letters) < count:
        letters += typed(rng, people)
    path = f"{folder}/{what}.paths"
    with open(path, "w") as f:
        f.writelines(f"/api/v1/events/{SLUG}/{what}?q={urllib.parse.quote(text)}\n" for text in letters)
    return path, letters


def type_on(server, cookie, path, interval, seconds=SECONDS):
    out = subprocess.run([f"{B}/bench/typists", str(server.port), cookie, path, str(DESKS), str(interval), str(seconds)], capture_output=True, text=True)
    assert out.returncode == 0, out.stdout + out.stderr
    return json.loads(out.stdout)


def tell(what, m):
    print(f"  {what:58s} p50 {m['p50']:6.2f} ms   p99 {m['p99']:6.2f} ms   p99.9 {m['p999']:6.2f} ms   longest {m['longest']:6.2f} ms   {m['per_second']:7.0f}/s   "
          f"(longest: {urllib.parse.unquote(m['slowest'].split('q=')[1])!r})")


def worst(server, cookie, folder):
    """What nobody types who looks for somebody."""
    hostile = ["n t l p h", "a b c d e f g h", "nguyen tran le pham", "t h n v", "cong doan truong nguyen tran", "0 1 2 3 4 5", "1 2 3", "n " * 90, "nguyen van thi", "tr ng th ph", "zz nguyen",
               "cong cong cong", "1" * 200, "% _ * \" ' ( ) - AND OR NOT", "nguy tran hoang"]
    for text in hostile:
        path = f"{folder}/hostile.paths"
        with open(path, "w") as f:
            f.write(f"/api/v1/events/{SLUG}/delegates?q={urllib.parse.quote(text)}\n")
        out = json.loads(subprocess.run([f"{B}/bench/typists", str(server.port), cookie, path, "1", "0", "1"], check=True, capture_output=True, text=True).stdout)
        print(f"  {text[:40]!r:44} p50 {out['p50']:6.2f} ms   p99 {out['p99']:6.2f} ms")


LIKE = """SELECT d.id, p.code, d.number, p.name, p.born, p.title, u.name, k.code, d.seat, d.status, s.area_id, s.since_ms
FROM delegate d JOIN category k ON k.id = d.category_id LEFT JOIN person p ON p.id = d.person_id LEFT JOIN unit u ON u.id = d.delegation_id
LEFT JOIN delegate_state s ON s.delegate_id = d.id
WHERE d.event_id = ?1 AND (((' ' || p.name_fold || ' ' || COALESCE(u.name_fold, '')) LIKE ?2 AND (' ' || p.name_fold || ' ' || COALESCE(u.name_fold, '')) LIKE ?3
    AND (' ' || p.name_fold || ' ' || COALESCE(u.name_fold, '')) LIKE ?4)
  OR LOWER(d.number) = ?5 OR LOWER(d.seat) = ?5 OR LOWER(p.code) = ?5
  OR REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(p.phone, ' ', ''), '-', ''), '.', ''), '(', ''), ')', '') LIKE ?6)
ORDER BY CASE WHEN LOWER(d.number) = ?5 OR LOWER(d.seat) = ?5 THEN 0
  WHEN (' ' || p.name_fold) LIKE ?2 AND (' ' || p.name_fold) LIKE ?3 AND (' ' || p.name_fold) LIKE ?4 THEN 1 ELSE 2 END, p.name_sort NULLS LAST, d.number LIMIT 21"""


def peer(folder, letters):
    """The statement by which the desk searched before, on one connection, nothing around it."""
    times = []
    with sqlite3.connect(f"file:{folder}/data/plenum.db?mode=ro", uri=True) as db:
        db.execute("PRAGMA mmap_size=268435456")
        event = db.execute("SELECT id FROM event").fetchone()[0]
        for text in letters:
            words = fold(text).split()[:3]
            patterns = [f"% {word}%" for word in words] + ["%"] * (3 - len(words))
            tail = f"%{text}" if text.isdigit() and len(text) >= 3 else ""
            start = time.perf_counter()
            db.execute(LIKE, (event, *patterns, text.lower(), tail)).fetchall()
            times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return times[len(times) // 2], times[len(times) * 99 // 100]


class Door:
    """A door that checks in meanwhile, as fast as four connections go."""
    def __init__(self, server, folder):
        device = server.device(SLUG, "main")
        self.process = subprocess.Popen([f"{B}/bench/load_checkins", str(server.port), device.key, "main", f"{folder}/tokens", "4", "600"], stdout=subprocess.PIPE, text=True)

    def stop(self):
        self.process.terminate()
        return json.loads(self.process.communicate(timeout=30)[0])


def measure(folder):
    server = plenum.Server("bench-find")
    server.data = os.path.abspath(f"{folder}/data")
    server.start()
    name = f"lan{os.getpid()}"
    client = server.sign_in(name, server.user(name, "desk", SLUG))
    cookie = "; ".join(f"{k}={v}" for k, v in client.cookies.items())
    paths, letters = make_queries(folder, "delegates")
    people, _ = make_queries(folder, "people")
    print(f"load of this machine before: {os.getloadavg()[0]:.1f}")
    print(f"{DESKS} desks, {PEOPLE} people, every letter is a question, times at the client on loopback ({os.cpu_count()} cores):")
    type_on(server, cookie, paths, 0, 2)  # the first reads are from the disk
    paced = type_on(server, cookie, paths, 75)
    tell("delegates, a letter each 75 ms", paced)
    tell("register, a letter each 75 ms", type_on(server, cookie, people, 75))
    tell("delegates, as fast as answers come", type_on(server, cookie, paths, 0))
    tell("register, as fast as answers come", type_on(server, cookie, people, 0))
    door = Door(server, folder)
    tell("delegates, a letter each 75 ms, a door checks in", type_on(server, cookie, paths, 75))
    told = door.stop()
    print(f"  (the door meanwhile: {told['per_second']:.0f} check-ins a second, p99 {told['p99']:.1f} ms)")
    print("what nobody types who looks for somebody, one desk:")
    worst(server, cookie, folder)
    p50, p99 = peer(folder, letters[::len(letters) // 150])
    print(f"peer, LIKE over the same rows by SQLite alone, one at a time: p50 {p50:.2f} ms   p99 {p99:.2f} ms   = {p50 / paced['p50']:.0f}x and {p99 / paced['p99']:.0f}x the desk's")
    server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=B) as scratch:
        folder = os.path.abspath(options.keep or scratch)
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(f"{folder}/tokens"):
            make_event(folder)
        measure(folder)


if __name__ == "__main__":
    sys.exit(main())

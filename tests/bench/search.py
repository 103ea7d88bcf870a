#!/usr/bin/env python3
"""Search in papers over 2 000 pages (20 papers of 100 pages of Vietnamese text): times of whole requests on one keep-alive connection, by kind of query, hostile ones
too, beside an unindexed look through the same pages (SQLite LIKE over the folded text), measured in the same run.    B=build/x tests/bench/search.py"""
import os
import random
import sqlite3
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "flow"))
import plenum  # noqa: E402

PAPERS, PAGES, WORDS, ROUNDS = 20, 100, 380, int(os.environ.get("ROUNDS", "300"))
SYLLABLES = ("báo cáo chính trị của ban chấp hành trình đại hội lần thứ mười chín công đoàn thành phố người lao động đoàn viên tiền lương việc làm nhà ở tổ chức cơ sở nghị quyết "
             "phương hướng nhiệm vụ giải pháp kinh tế xã hội văn hóa giáo dục y tế an toàn vệ sinh đối thoại thương lượng tập thể quỹ vốn nguồn đầu tư phát triển bền vững đảng bộ "
             "kiểm tra giám sát thi đua khen thưởng tuyên truyền phụ nữ thanh niên khu công nghiệp doanh nghiệp hợp đồng bảo hiểm").split()


def fill(data):
    """Twenty more papers, all seen by everybody, each page unlike the others; rare words on few."""
    rng = random.Random(19)
    fold = lambda text: "".join(c for c in __import__("unicodedata").normalize("NFD", text.lower()) if not __import__("unicodedata").combining(c)).replace("đ", "d")
    with sqlite3.connect(os.path.join(data, "plenum.db")) as db:
        event = db.execute("SELECT id FROM event WHERE slug = 'test-1'").fetchone()[0]
        for paper in range(PAPERS):
            sha = "%064x" % (paper + 1)
            db.execute("INSERT INTO blob(sha256, size, media_type, added_ms) VALUES(?, 1, 'application/pdf', 1)", (sha,))
            db.execute("INSERT INTO document(id, event_id, code, title, file, file_blob, publish_manual, restricted, must_read, sort_order) VALUES(?, ?, ?, '\"T\"', 'x.pdf', ?, 0, 0, 0, 99)",
                       (paper + 1, event, "bench-%d" % paper, sha))
            db.execute("INSERT INTO document_version(id, document_id, version, sha256, name, added_ms) VALUES(?, ?, 1, ?, 'x.pdf', 1)", (paper + 1, paper + 1, sha))
            db.execute("INSERT INTO paper_reading(sha256, source, pages, unread, made_ms) VALUES(?, 'file', ?, 0, 1)", (sha, PAGES))
            for page in range(1, PAGES + 1):
                words = [rng.choice(SYLLABLES) for _ in range(WORDS)]
                if rng.random() < .01:
                    words[rng.randrange(WORDS)] = "thủy triều"
                text = "\n".join(" ".join(words[i:i + 12]) for i in range(0, WORDS, 12))
                db.execute("INSERT INTO paper_page(sha256, page, text, text_fold) VALUES(?, ?, ?, ?)", (sha, page, text, fold(text).replace("\n", " ")))


def percentile(times, part):
    times = sorted(times)
    return times[min(len(times) - 1, int(len(times) * part))] * 1000


def main():
    server = plenum.Server("search")
    server.load(plenum.small_event(server.folder))
    fill(server.data)
    begun = time.time()
    server.start()
    while True:
        with sqlite3.connect(os.path.join(server.data, "plenum.db"), timeout=20) as db:
            if not db.execute("SELECT COUNT(*) FROM paper_reading WHERE indexed < pages").fetchone()[0]:
                break
        time.sleep(.1)
    print("%d pages, %d words each; all in the index %.1f s after the start" % (PAPERS * PAGES, WORDS, time.time() - begun))
    client = plenum.Client(server)
    token = server.tokens("test-1")["P01"]
    queries = {"a word on every page": "lao", "with accents": "đoàn", "three words": "nguon von quy", "a phrase": '"đoàn viên"', "a rare word": "thủy triều", "nothing": "zzzz", "a beginning": "khe"}
    hostile = {"one letter": "a", "eight letters": "a b c d e f g h", "500 letters": " ".join("abcdefghik"[i % 10] for i in range(500)), "beginnings of two": "th ng ch tr nh kh gi ph",
               "beginnings of three": "ngh thu tru doa cac cua cho hoi", "30 common words": " ".join(SYLLABLES[:30]), "the same word": "của của của của của của của của",
               "a long phrase": '"%s"' % " ".join(SYLLABLES[:24]), "letters in quotes": '"a b c d e f g h i k l m n o p q r s t u v x y z"', "one long word": "a" * 4000,
               "quotes alone": '"' * 200, "half a letter": "\u00e1" * 101, "signs": "* AND OR NOT NEAR( ^ : - + {}", "han": "\u4e2d" * 200, "common and nothing": "lao động của zzzz"}
    everything = []
    for name, query in {**queries, **hostile}.items():
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            reply = client.get("/d/%s/search?q=%s" % (token, urllib.parse.quote(query)))
            times.append(time.perf_counter() - start)
            assert reply.status == 200
        everything += times
        print("%-22s p50 %6.2f ms  p99 %6.2f ms" % (name, percentile(times, .5), percentile(times, .99)))
    print("%-22s p50 %6.2f ms  p99 %6.2f ms  (%d requests)" % ("all", percentile(everything, .5), percentile(everything, .99), len(everything)))
    with sqlite3.connect(os.path.join(server.data, "plenum.db")) as db:
        times = []
        for _ in range(20):
            start = time.perf_counter()
            db.execute("SELECT COUNT(*) FROM paper_page WHERE text_fold LIKE '%thuy trieu%'").fetchone()
            times.append(time.perf_counter() - start)
    print("%-22s p50 %6.2f ms: ratio to a rare word by the index is printed above" % ("LIKE alone, no page", percentile(times, .5)))
    server.kill()


main()

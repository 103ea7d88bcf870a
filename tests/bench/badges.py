#!/usr/bin/env python3
"""Badges a second: the same names, delegations and codes, eight on A4, by plenum-badges, by reportlab with python3-qrcode, by cairo with Pango. Wall time of whole
programs on this machine's processors, interleaved rounds, medians; prints ratios. Slow peers print fewer badges and are compared by the badge. Then photos, a single
badge, and a very large run. Nothing here fails on a time."""
import json, os, random, resource, sqlite3, statistics, subprocess, sys, tempfile, time

B = os.path.abspath(os.environ.get("B", "build"))
ROUNDS, COUNT, PEER = int(os.environ.get("ROUNDS", "3")), int(os.environ.get("COUNT", "10000")), int(os.environ.get("PEER", "500"))
CAIRO = min(COUNT, PEER * 4)
LARGE = int(os.environ.get("LARGE", "70000"))
PYTHON = "/usr/bin/python3"  # Debian's, which has the packages
HOST = "http://192.168.1.10:8080"
TWO_LINES = {"format": "plenum-layout/1", "size": [95, 67], "sheet": {"page": "A4", "columns": 2, "rows": 4, "gutter": [6, 4], "margin": [7, 8.5]}, "front": [
    {"text": "{name}", "box": [5, 16, 85, 12], "size": 27, "least": 8, "weight": "bold"}, {"text": "{delegation}", "box": [5, 43, 54, 6], "size": 10, "least": 5},
    {"qr": "badge", "box": [60.6, 33.3, 33.4, 33.4]}]}
REPORTLAB = '''
import sys, qrcode
from reportlab.pdfgen import canvas
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
pdfmetrics.registerFont(TTFont("R", "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf"))
pdfmetrics.registerFont(TTFont("B", "/usr/share/fonts/truetype/noto/NotoSans-Bold.ttf"))
c = canvas.Canvas(sys.argv[2], pagesize=(210 * mm, 297 * mm))
def put(font, size, x, y, width, text):
    wide = pdfmetrics.stringWidth(text, font, size)
    c.setFont(font, size if wide <= width else size * width / wide)
    c.drawString(x, y, text)
for i, line in enumerate(open(sys.argv[1], encoding="utf-8")):
    name, delegation, url = line.rstrip("\\n").split("\\t")
    if i and i % 8 == 0: c.showPage()
    x, y = (7 + i % 2 * 101) * mm, (297 - 8.5 - i // 2 % 4 * 71) * mm
    put("B", 27, x + 5 * mm, y - 26 * mm, 85 * mm, name)
    put("R", 10, x + 5 * mm, y - 47 * mm, 54 * mm, delegation)
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, box_size=1, border=0)
    code.add_data(url)
    c.drawImage(ImageReader(code.make_image().get_image()), x + 64 * mm, y - 63 * mm, 26 * mm, 26 * mm)
c.save()
'''


def make_event(folder, count, photos=0):
    random.seed(19)
    pick = lambda words: random.choice(words.split())
    name = lambda: " ".join((pick("Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô"), pick("Thị Văn Hữu Đức Minh Ngọc"), pick("Hồng Xuân Thúy Bảo Quốc"),
                             pick("An Ân Bình Châu Dũng Giang Hạnh Khánh Lan Nở Oanh Quỳnh Thắm Trang Uyên Vinh Yến")))
    people = [dict({"code": "P%06d" % i, "name": name(), "unit": "U%d" % (i // 40)}, **({"photo": "photo-%d.jpg" % i} if i < photos else {})) for i in range(count)]
    event = {"format": "plenum-events/1", "organization": {"name": "Công đoàn", "languages": ["vi"], "units": [
                 {"code": "U%d" % i, "name": "Công đoàn cơ sở số %d" % i} for i in range(count // 40 + 1)]}, "people": people,
             "events": [{"slug": "bench", "kind": "congress", "title": "Đại hội Công đoàn lần thứ XIX", "timezone": "UTC", "starts": "2026-01-01T00:00", "ends": "2026-01-03T00:00",
                         "categories": [{"code": "official", "title": "Đại biểu chính thức", "color": "#b01020"}],
                         "delegates": [{"person": p["code"], "number": "%05d" % i, "category": "official", "delegation": p["unit"]} for i, p in enumerate(people)]}]}
    path = os.path.join(folder, "event-%d-%d.json" % (count, photos))
    with open(path, "w", encoding="utf-8") as f:
        json.dump(event, f)
    data = os.path.join(folder, "data-%d-%d" % (count, photos))
    subprocess.run([B + "/bin/plenum", "import", path, "--data", data], check=True, stdout=subprocess.DEVNULL)
    return data


def timed(command):
    """Seconds of wall time and the peak memory of a program, KB."""
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit("failed: " + " ".join(command))
    return time.monotonic() - began, usage.ru_maxrss


def ours(data, out, *words):
    return [B + "/bin/plenum-badges", "--event", "bench", "--data", data, "-o", out, "--public-url", HOST] + list(words)


def against_peers(folder):
    data = make_event(folder, COUNT)
    layout, rows, script = (os.path.join(folder, n) for n in ("two-lines.json", "rows.tsv", "peer.py"))
    with open(layout, "w") as f:
        json.dump(TWO_LINES, f)
    with open(script, "w") as f:
        f.write(REPORTLAB)
    db = sqlite3.connect("file:%s/plenum.db?mode=ro" % data, uri=True)
    found = db.execute("""SELECT p.name, u.name, c.token FROM delegate d JOIN person p ON p.id = d.person_id JOIN unit u ON u.id = d.delegation_id
                          JOIN credential c ON c.delegate_id = d.id""").fetchall()
    for name, count in ((rows, CAIRO), (rows + ".few", PEER)):
        with open(name, "w", encoding="utf-8") as f:
            f.writelines("%s\t%s\t%s/D/%s\n" % (n, u.strip('"'), HOST.upper().replace("HTTP", "http"), t) for n, u, t in found[:count])
    took = {"plenum-badges, two lines": [], "plenum-badges, a4x8 in full": [], "reportlab + qrcode": [], "cairo + pango": []}
    for _ in range(ROUNDS):
        took["plenum-badges, two lines"].append(timed(ours(data, folder + "/two.pdf", "--layout", layout))[0] / COUNT)
        took["plenum-badges, a4x8 in full"].append(timed(ours(data, folder + "/full.pdf"))[0] / COUNT)
        took["cairo + pango"].append(timed([B + "/bench/badges_cairo", rows, folder + "/cairo.pdf"])[0] / CAIRO)
        took["reportlab + qrcode"].append(timed([PYTHON, script, rows + ".few", folder + "/reportlab.pdf"])[0] / PEER)
    base = statistics.median(took["plenum-badges, two lines"])
    sizes = {"plenum-badges, two lines": ("two", COUNT), "plenum-badges, a4x8 in full": ("full", COUNT), "cairo + pango": ("cairo", CAIRO), "reportlab + qrcode": ("reportlab", PEER)}
    for who, each in took.items():
        middle = statistics.median(each)
        name, count = sizes[who]
        size = os.path.getsize("%s/%s.pdf" % (folder, name)) / count
        print("%-28s %7.0f badges/s  %5.0f bytes each   ratio %6.1f" % (who, 1 / middle, size, middle / base))


def photos(folder):
    from subprocess import run
    make = ("import sys, random\nfrom PIL import Image, ImageFilter\nrandom.seed(1)\nbase = [Image.open('photos/P000%d.jpg' % (i + 1)).convert('RGB').resize((900, 1200)) for i in range(6)]\n"
            "noise = Image.effect_noise((900, 1200), 24).convert('RGB')\nfor i in range(300):\n    Image.blend(base[i % 6], noise.rotate(i), 0.12).save(sys.argv[1] + '/photo-%d.jpg' % i, quality=88)\n")
    run([PYTHON, "-c", make, folder], check=True)
    data = make_event(folder, 300, 300)
    each = [timed(ours(data, folder + "/photos.pdf", "--layout", "a4x4")) for _ in range(ROUNDS)]
    print("300 badges with photos of 900 × 1200: %.2f s, %d KB each, %d MB" % (statistics.median(e[0] for e in each), os.path.getsize(folder + "/photos.pdf") / 300 / 1024, max(e[1] for e in each) / 1024))
    one = [timed(ours(data, folder + "/one.pdf", "--only", "P000007"))[0] for _ in range(ROUNDS * 5)]
    print("one badge, the whole program: %.1f ms, %d bytes" % (1000 * statistics.median(one), os.path.getsize(folder + "/one.pdf")))


def by_server():
    """From request to PDF at a server that runs, as the desk asks; each request is written into the print log, so each ends with a commit to the disk."""
    sys.path.insert(0, "tests/flow")
    import plenum
    def story():
        server = plenum.Server("bench")
        server.load(plenum.SAMPLE, "--starts-on", "today")
        server.start()
        server.user("desk", "desk")
        client = server.sign_in("desk", "mat khau that dai 19")
        took = []
        for i in range(60):
            begun = time.perf_counter()
            reply = client.get("/api/v1/events/dai-hoi-19/badges.pdf?only=P%04d" % (i + 1))
            took.append(1000 * (time.perf_counter() - begun))
            plenum.equal(reply.status, 200, "a badge") if reply.status != 200 else None
        print("one badge, from request to PDF: %.1f ms, nine of ten under %.1f ms, %d bytes" % (statistics.median(took), sorted(took)[53], len(reply.body)))
        server.stop()
    try:
        plenum.run("bench", story)
    except SystemExit:
        pass


def large(folder):
    data = make_event(folder, LARGE)
    for words in (["--volume", "10000"], []):
        seconds, memory = timed(ours(data, folder + "/large.pdf", *words))
        print("%d badges%s: %.1f s, %d MB at most" % (LARGE, ", in volumes of 10000" if words else ", in one file", seconds, memory / 1024))


with tempfile.TemporaryDirectory() as scratch:
    against_peers(scratch)
    photos(scratch)
    by_server()
    large(scratch)

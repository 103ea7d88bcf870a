"""What the suites about bundles of papers share: folders of papers, small PDFs made by hand, ZIPs made by hand (so that they may lie)."""
import json
import os
import shutil
import struct
import subprocess
import zipfile
import zlib

import plenum as p

PAPERS = os.path.join(p.ROOT, "papers")
EVENT = "dai-hoi-19"


def docs(*words, data=None, fine=True, env=None, preexec=None, timeout=300):
    command = [p.program("plenum-docs")] + [str(w) for w in words] + (["--data", data] if data else [])
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=dict(os.environ, **(env or {})), preexec_fn=preexec)
    if fine and done.returncode != 0:
        raise RuntimeError("%s: exit code %d: %s%s" % (" ".join(command), done.returncode, done.stdout[-300:], done.stderr[-800:]))
    return done


def put(folder, name, content):
    """A file in a folder; content is bytes, or the name of one of our papers."""
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(content, str):
        shutil.copyfile(os.path.join(PAPERS, content), path)
    else:
        with open(path, "wb") as f:
            f.write(content)
    return path


def sample(folder):
    """Papers as a secretariat has them."""
    put(folder, "01 Khai mạc/01. Chương trình làm việc.pdf", "programme.pdf")
    put(folder, "01 Khai mạc/02. Báo cáo chính trị.pdf", "political-report.pdf")
    put(folder, "02 Bầu cử/01. Quy chế bầu cử.pdf", "election-regulation.pdf")
    put(folder, "Sổ tay đại biểu.pdf", "handbook.pdf")
    put(folder, "Lời chào.md", "# Lời chào\n\nKính chào <b>quý</b> đại biểu.\n".encode())
    put(folder, "Ghi chú.txt", "Phòng họp số 3, tầng 2.\n".encode())
    put(folder, ".DS_Store", b"x")
    put(folder, "01 Khai mạc/Thumbs.db", b"x")
    put(folder, "~$Báo cáo.docx", b"x")
    return folder


def build(folder, output, data, *words, **more):
    return json.loads(docs("build", folder, "-o", output, "--json", *words, data=data, **more).stdout)


def manifest(path):
    with zipfile.ZipFile(path) as z:
        return json.loads(z.read("manifest.json"))


def blobs(data):
    return sorted(f for _, _, files in os.walk(os.path.join(data, "blobs")) for f in files)


# --- PDF -----------------------------------------------------------------------------------------------------------------------------

def make_pdf(objects):
    """A PDF of numbered objects (the first is the catalogue)."""
    out, places = bytearray(b"%PDF-1.5\n"), []
    for i, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (i, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % at for at in places)
    return bytes(out) + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)


def stream(words, data):
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (words, len(data), data)


def pages_pdf(count, content=b"", box=b"0 0 595 842"):
    kids = b" ".join(b"%d 0 R" % (4 + i) for i in range(count))
    head = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids), stream(b"", content)]
    return make_pdf(head + [b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 3 0 R /Resources << >> >>" % box] * count)


def bomb_pdf(size):
    """Some KB that are one page with so many bytes of strokes: a packed piece, over and over, packed again."""
    packer, piece = zlib.compressobj(9, zlib.DEFLATED, -15), b"0 0 m 9 9 l S\n  " * 65536
    packed = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    whole = b"\x78\xda" + packed * (size // len(piece)) + b"\x03\x00" + bytes(4)
    return make_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
                     b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>", stream(b"/Filter [/FlateDecode /FlateDecode]", zlib.compress(whole, 9))])


def scanned_pdf(pdf, folder, page=1):
    """One page of a PDF as a picture in a PDF, as a scanner makes it."""
    stem = os.path.join(folder, "scan")
    subprocess.run(["pdftoppm", "-jpeg", "-gray", "-r", "200", "-f", str(page), "-l", str(page), "-singlefile", pdf, stem], check=True)
    with open(stem + ".jpg", "rb") as f:
        jpeg = f.read()
    at = jpeg.index(b"\xff\xc0")
    height, width = struct.unpack(">HH", jpeg[at + 5:at + 9])
    color = b"/DeviceGray" if jpeg[at + 9] == 1 else b"/DeviceRGB"
    picture = stream(b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace %s /BitsPerComponent 8 /Filter /DCTDecode" % (width, height, color), jpeg)
    return make_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
                     b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 420 595] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >> >>",
                     stream(b"", b"q 420 0 0 595 0 0 cm /I Do Q"), picture])


def tools_folder(folder, *names):
    """A folder for PATH that has these programs and no others."""
    os.makedirs(folder, exist_ok=True)
    for name in names:
        os.symlink(p.tool(name), os.path.join(folder, name))
    return folder


# --- ZIPs that may lie -----------------------------------------------------------------------------------------------------------------

class Entry:
    def __init__(self, name, content=b"x", **lies):
        self.name, self.content = name.encode() if isinstance(name, str) else name, content
        self.method, self.flags, self.attributes, self.system = 0, 0x800, 0o100644 << 16, 3
        self.crc, self.size, self.packed = zlib.crc32(content), len(content), None
        self.local = {}      # what the local header says instead
        self.offset = None   # where the directory says it lies
        self.__dict__.update(lies)
        if self.packed is None:
            self.packed = len(self.data())

    def data(self):
        if self.method != 8:
            return self.content
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        return packer.compress(self.content) + packer.flush()

    def fields(self, lies):
        get = lambda name: lies.get(name, getattr(self, name))
        return struct.pack("<HHHHHIII", 20, get("flags"), get("method"), 0, 33, get("crc"), get("packed"), get("size"))


def make_zip(entries, comment=b"", count=None, central_at=None):
    out, central = bytearray(), bytearray()
    for e in entries:
        at = len(out) if e.offset is None else e.offset
        name = e.local.get("name", e.name)
        out += b"PK\x03\x04" + e.fields(e.local) + struct.pack("<HH", len(name), 0) + name + e.data()
        central += b"PK\x01\x02" + struct.pack("<BB", 20, e.system) + e.fields({}) + struct.pack("<HHHHHII", len(e.name), 0, 0, 0, 0, e.attributes, at) + e.name
    n = len(entries) if count is None else count
    return bytes(out + central) + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, n, n, len(central), len(out) if central_at is None else central_at, len(comment)) + comment

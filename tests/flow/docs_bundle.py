#!/usr/bin/env python3
# suite
# sanitized
"""plenum-docs as a person uses it: a folder becomes a bundle, the bundle is opened by other programs, altered, checked, installed, installed again,
installed elsewhere; and what must not go in does not."""
import base64
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import time
import unicodedata
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import docs_kit as k
import plenum as p

EPOCH = {"SOURCE_DATE_EPOCH": "1795000000"}


def other_programs():
    """The sample's bundle in the eyes of Info-ZIP, 7-Zip, Python, libarchive and OpenSSL: nothing of ours."""
    folder = p.scratch("bundle")
    source, data, path = k.sample(os.path.join(folder, "src")), os.path.join(folder, "data"), os.path.join(folder, "a.zip")
    told = k.build(source, path, data, env=EPOCH)
    p.check(told["documents"] == 6 and told["pages"] >= 20, "six papers, their pages", told)
    p.equal(oct(os.stat(path).st_mode & 0o777), "0o600", "the bundle is its owner's")
    p.equal(oct(os.stat(os.path.join(data, "docs-key.json")).st_mode & 0o777), "0o600", "and so is the key")
    wanted = {"papers/" + os.path.relpath(os.path.join(d, f), source) for d, _, fs in os.walk(source) for f in fs if f[0] not in ".~" and f != "Thumbs.db"}
    with zipfile.ZipFile(path) as z:
        names = z.namelist()
        p.check(z.testzip() is None, "Python finds nothing wrong")
        p.equal(names[:2], ["manifest.json", "manifest.sig"], "the manifest is first")
        p.equal({n for n in names if n.startswith("papers/")}, wanted, "papers keep their names")
        for f in json.loads(z.read("manifest.json"))["files"]:
            content = z.read(f["path"])
            if len(content) != f["size"] or hashlib.sha256(content).hexdigest() != f["sha256"]:
                p.check(False, "size and hash of every file", f)
        signature, text = z.read("manifest.sig"), z.read("manifest.json")
    environment = dict(os.environ, LC_ALL="C.UTF-8")
    listed = subprocess.run([p.tool("bsdtar"), "-tf", path], capture_output=True, text=True, env=environment).stdout.split("\n")[:-1]
    p.equal(listed, names, "libarchive lists the same")
    for command in (["unzip", "-tq", path], ["7z", "t", path]):
        p.tool(command[0])
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        p.check(done.returncode == 0 and "arning" not in done.stdout + done.stderr, "%s finds nothing wrong" % command[0], done.stdout[-400:] + done.stderr[-400:])
    unpacked = os.path.join(folder, "unpacked")
    subprocess.run(["unzip", "-q", path, "-d", unpacked], check=True, env=environment)
    p.check(os.path.exists(os.path.join(unpacked, "papers/01 Khai mạc/02. Báo cáo chính trị.pdf")), "Info-ZIP unpacks Vietnamese names", os.listdir(unpacked))
    key = base64.urlsafe_b64decode(json.loads(text)["signer"]["key"].split(":")[1] + "==")
    k.put(folder, "key.der", bytes.fromhex("302a300506032b6570032100") + key)
    k.put(folder, "m.json", text), k.put(folder, "m.sig", signature)
    done = subprocess.run([p.tool("openssl"), "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", folder + "/key.der", "-rawin", "-in", folder + "/m.json", "-sigfile",
                           folder + "/m.sig"], capture_output=True, text=True)
    p.check("Verified Successfully" in done.stdout, "OpenSSL verifies the signature", done.stdout + done.stderr)
    what_it_says(folder, source, data, path)


def what_it_says(folder, source, data, path):
    m = k.manifest(path)
    got = [(d["code"], d["title"], d.get("session")) for d in m["documents"]]
    p.equal(got, [("ghi-chu", "Ghi chú", None), ("loi-chao", "Lời chào", None), ("so-tay-dai-bieu", "Sổ tay đại biểu", None),
                  ("khai-mac.chuong-trinh-lam-viec", "Chương trình làm việc", "Khai mạc"), ("khai-mac.bao-cao-chinh-tri", "Báo cáo chính trị", "Khai mạc"),
                  ("bau-cu.quy-che-bau-cu", "Quy chế bầu cử", "Bầu cử")], "names give code, title, session and order")
    report = [d for d in m["documents"] if d["code"] == "khai-mac.bao-cao-chinh-tri"][0]
    with zipfile.ZipFile(path) as z:
        pages = z.read(report["text"]).decode().split("\f")
        p.check(len(pages) == len(report["pages"]) + 1 and "Mở đầu" in pages[1] and pages[-1] == "", "the text of each page", pages[1][:80])
        picture = z.read(report["pages"][1]["picture"])
        p.check(picture[:2] == b"\xff\xd8" and report["pages"][1]["height"] == 1280 and 10000 < len(picture) < 300000, "a picture of each page", len(picture))
        p.equal(z.read([d for d in m["documents"] if d["code"] == "loi-chao"][0]["text"]).decode(), "Lời chào\nKính chào quý đại biểu.\f", "Markdown as words")
    again, later = os.path.join(folder, "b.zip"), os.path.join(folder, "c.zip")
    k.build(source, again, data, env=EPOCH)
    k.build(source, later, data)
    with open(path, "rb") as a, open(again, "rb") as b, open(later, "rb") as c:
        first, second, third = a.read(), b.read(), c.read()
    p.check(first == second, "the same folder, key and time make the same bytes")
    p.check(len(first) == len(third) and first != third, "another time makes others")


# --- altered ---------------------------------------------------------------------------------------------------------------------------------

def small_bundle(folder):
    source, data, path = os.path.join(folder, "src"), os.path.join(folder, "data"), os.path.join(folder, "small.zip")
    k.put(source, "Một.txt", "Một hai ba.\n".encode())
    k.put(source, "02 Phiên/Hai.md", b"# Hai\n")
    k.build(source, path, data, env=EPOCH)
    return data, path


def some_bytes():
    folder = p.scratch("bytes")
    data, path = small_bundle(folder)
    with open(path, "rb") as f:
        whole = f.read()
    p.check(k.docs("verify", path, data=data).stdout.startswith("signed by"), "whole, it is intact")
    missed, crashed, rng, other = [], [], random.Random(4), os.path.join(folder, "x.zip")
    for at in sorted(rng.sample(range(len(whole)), 250)): # each bit of each byte: tests/unit/test_fuzz_docs.c
        k.put(folder, "x.zip", whole[:at] + bytes([whole[at] ^ (1 << rng.randrange(8))]) + whole[at + 1:])
        done = k.docs("verify", other, data=data, fine=False)
        if done.returncode == 0:
            missed.append(at)
        elif done.returncode != 1 or not done.stderr.startswith("plenum-docs: "):
            crashed.append((at, done.returncode, done.stderr[:100]))
    p.check(not missed, "a flipped bit in any of 250 of its %d bytes is found" % len(whole), missed)
    p.check(not crashed, "each with exit code 1 and a sentence", crashed[:3])
    missed = []
    for cut in list(range(1, 80)) + [rng.randrange(80, len(whole)) for _ in range(40)]:
        k.put(folder, "x.zip", whole[:-cut])
        missed += [cut] if k.docs("verify", other, data=data, fine=False).returncode != 1 else []
    for more in (b"\0", b"PK", whole):
        k.put(folder, "x.zip", whole + more)
        missed += [more[:3]] if k.docs("verify", other, data=data, fine=False).returncode == 0 else []
        k.put(folder, "x.zip", more + whole)
        missed += [more[:3]] if k.docs("verify", other, data=data, fine=False).returncode == 0 else []
    p.check(not missed, "and so are missing and additional bytes at either end", missed)


def repack(path, output, change):
    """The archive anew by Python, with its list of (name, bytes) altered."""
    with zipfile.ZipFile(path) as z:
        items = [(i.filename, z.read(i)) for i in z.infolist()]
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in change(items):
            z.writestr(name, content)
    return output


def what_is_wrong():
    folder = p.scratch("wrong")
    data, path = small_bundle(folder)
    other = os.path.join(folder, "x.zip")

    def verdict(change, *words):
        done = k.docs("verify", repack(path, other, change), "--json", *words, data=data, fine=False)
        v = json.loads(done.stdout)
        return done.returncode, {kind: [f["path"] for f in v[kind]] for kind in ("missing", "changed", "extra") if v[kind]}, v

    swap = lambda name, new: lambda items: [(n, new if n == name else c) for n, c in items]
    p.equal(verdict(lambda i: [x for x in i if x[0] != "papers/Một.txt"])[:2], (1, {"missing": ["papers/Một.txt"]}), "a missing file is named")
    p.equal(verdict(swap("papers/Một.txt", b"Mot hai ba bon."))[:2], (1, {"changed": ["papers/Một.txt"]}), "a changed one")
    p.equal(verdict(lambda i: i + [("papers/Lạ.txt", b"x"), ("autorun.inf", b"y")])[:2], (1, {"extra": ["papers/Lạ.txt", "autorun.inf"]}), "ones that nobody listed")
    code, found, v = verdict(lambda i: [(n.replace("papers/Một", "papers/MỘT"), c) for n, c in i])
    p.equal((code, found), (1, {"missing": ["papers/Một.txt"], "extra": ["papers/MỘT.txt"]}), "a name in another case")
    p.check("differs in case" in v["missing"][0]["why"], "and says so", v["missing"])
    code, found, v = verdict(lambda i: [(n, c.replace(b'"Hai"', b'"Ba."') if n == "manifest.json" else c) for n, c in i])
    p.check(code == 1 and found == {"changed": ["manifest.json"]} and not v["signer"]["signature_good"], "a changed manifest is not what was signed", (code, found))
    p.equal(verdict(lambda i: [x for x in i if x[0] != "manifest.sig"])[:2], (1, {"missing": ["manifest.sig"]}), "no signature")
    code, found, v = verdict(lambda i: i)
    p.check(code == 1 and not found and v["packed_anew"], "packed anew by another program: the papers are right, the archive is not", v)
    p.equal(verdict(lambda i: i, "--repacked")[0], 0, "and may be, when one says so")
    elsewhere = k.docs("verify", path, data=os.path.join(folder, "nobody"))
    p.check("not trusted here" in elsewhere.stdout, "elsewhere it is intact, its signer unknown", elsewhere.stdout)
    p.equal(k.docs("verify", path, "--require-trusted", data=os.path.join(folder, "nobody"), fine=False).returncode, 1, "which can be made a refusal")
    p.equal(k.docs("verify", path, "--require-trusted", data=data).returncode, 0, "not of one's own")
    p.equal([k.docs(*w, fine=False).returncode for w in (["verify"], ["nothing"], [], ["build", folder], ["install", path], ["key", "x", "y"])], [2] * 6, "wrong usage is exit code 2")


def hostile():
    """Archives made to do harm: refused before anything is read, with the place."""
    folder = p.scratch("hostile")
    E, bomb = k.Entry, b"\0" * (8 << 20)
    good = [E("manifest.json", b"{}"), E("manifest.sig", b"s" * 64)]
    same = E("papers/a.txt", b"content of a")
    cases = [("..", [E("../evil.txt")], "leads out"), ("deep ..", [E("papers/../../evil.txt")], "leads out"), ("absolute", [E("/etc/passwd")], "absolute"),
             ("drive", [E("C:/x.txt")], "absolute"), ("backslash", [E("..\\x.txt")], "absolute"), ("empty part", [E("papers//x")], "empty parts"),
             ("NUL", [E(b"papers/a\0.txt")], "NUL"), ("no UTF-8", [E(b"papers/\xff")], "UTF-8"), ("new line", [E("papers/a\nb")], "control"), ("no name", [E("")], "no name"),
             ("link", [E("papers/l", b"/etc/passwd", attributes=0o120777 << 16)], "link"), ("device", [E("papers/d", attributes=0o060666 << 16)], "link"),
             ("bomb", [E("papers/b.txt", bomb, method=8)], "bomb"), ("large", [E("papers/b.txt", size=(1 << 30), packed=1 << 30)], "larger"),
             ("twice", [E("papers/a.txt"), E("papers/a.txt")], "twice"), ("case", [E("papers/a.txt"), E("papers/A.TXT")], "case"),
             ("form", [E("papers/" + unicodedata.normalize("NFC", "ế")), E("papers/" + unicodedata.normalize("NFD", "ế"))], "form"),
             ("encrypted", [E("papers/a.txt", flags=0x801)], "encrypted"), ("local encrypted", [E("papers/a.txt", local={"flags": 0x801})], "encrypted"),
             ("method", [E("papers/a.txt", method=14)], "packed in a way"), ("local name", [E("papers/a.txt", local={"name": b"papers/b.txt"})], "another name"),
             ("local size", [E("papers/a.txt", local={"size": 9})], "other sizes"), ("local crc", [E("papers/a.txt", local={"crc": 9})], "checksum"),
             ("local method", [E("papers/a.txt", local={"method": 8})], "another method"), ("two sizes", [E("papers/a.txt", size=5)], "two sizes"),
             ("overlap", [same, E("papers/b.txt", offset=0, local={"name": b"papers/b.txt"})], "another name"), ("overlap of one", [same, E("papers/b.txt", offset=7)], "no entry"),
             ("beyond", [E("papers/a.txt", offset=1 << 31)], "ends too early")]
    for name, entries, says in cases:
        k.put(folder, "x.zip", k.make_zip(good + entries))
        done = k.docs("verify", os.path.join(folder, "x.zip"), fine=False)
        p.check(done.returncode == 1 and says in done.stderr and "byte " in done.stderr, "refused: " + name, done.stderr)
    within = k.make_zip([E("papers/b.txt", b"inner")])
    inner = within[:30 + 12 + 5]
    k.put(folder, "x.zip", k.make_zip(good + [E("papers/a.txt", inner), E("papers/b.txt", b"inner", offset=len(k.make_zip(good)) - 22 - 2 * 46 - 25 + 30 + 12)]))
    done = k.docs("verify", os.path.join(folder, "x.zip"), fine=False)
    p.check(done.returncode == 1 and "within another" in done.stderr, "refused: an entry within an entry", done.stderr)
    whole = k.make_zip(good)
    for name, content, says in [("count", k.make_zip(good, count=60000), "cannot both be right"), ("directory elsewhere", k.make_zip(good, central_at=1 << 30), "does not lie"),
                                ("no ZIP", b"hello" * 20, "no ZIP"), ("empty", b"", "no ZIP"), ("no bundle", k.make_zip([E("a.txt")]), "no bundle"), ("half", whole[:-30], "no ZIP"),
                                ("not a manifest", whole, "manifest.json")]:
        k.put(folder, "x.zip", content)
        done = k.docs("verify", os.path.join(folder, "x.zip"), fine=False)
        p.check(done.returncode == 1 and says in done.stderr, "refused: " + name, done.stderr)
    many = k.make_zip([E("n%d" % i, b"") for i in range(65000)])
    k.put(folder, "x.zip", many)
    begun = time.time()
    p.check(k.docs("verify", os.path.join(folder, "x.zip"), fine=False).returncode == 1 and time.time() - begun < 20, "65 000 entries take no long time", time.time() - begun)


# --- installed ---------------------------------------------------------------------------------------------------------------------------------

def event_folder(folder, name="data", *slugs):
    data = os.path.join(folder, name)
    p.plenum("import", p.SAMPLE, data=data)
    return data


def install(path, data, *words, **more):
    done = k.docs("install", path, "--event", k.EVENT, "--json", *words, data=data, **more)
    return json.loads(done.stdout) if done.returncode == 0 else done


def organization():
    with open(p.SAMPLE, encoding="utf-8") as f:
        name = json.load(f)["organization"]["name"]
    return name if isinstance(name, str) else name["vi"]


def round_trip():
    folder = p.scratch("trip")
    source, here, there, path = k.sample(os.path.join(folder, "src")), os.path.join(folder, "here"), event_folder(folder, "there"), os.path.join(folder, "a.zip")
    k.docs("key", "--name", "Văn phòng Đại hội", data=here)
    p.equal(json.loads(k.docs("key", "--json", data=event_folder(folder, "own")).stdout)["name"], organization(), "a new key is the organization's")
    k.build(source, path, here)
    key = json.loads(k.docs("key", "--json", data=here).stdout)
    before = k.blobs(there), p.rows(there, "SELECT COUNT(*) FROM document")
    refused = install(path, there, fine=False)
    p.check(refused.returncode == 1 and key["fingerprint"] in refused.stderr and "Văn phòng Đại hội" in refused.stderr, "an unknown signer is refused by name", refused.stderr)
    other = json.loads(k.docs("key", "--json", data=os.path.join(folder, "other")).stdout)
    p.equal(install(path, there, "--accept-signer", other["key"], fine=False).returncode, 1, "also when another key is accepted")
    p.equal((k.blobs(there), p.rows(there, "SELECT COUNT(*) FROM document")), before, "and leaves nothing")
    told = install(path, there, "--accept-signer", key["key"], "--dry-run")
    p.equal((told["counts"]["new"], (k.blobs(there), p.rows(there, "SELECT COUNT(*) FROM document"))), (6, before), "a dry run says what would be, and leaves nothing")
    k.docs("key", "--export", os.path.join(folder, "key.json"), data=here)
    p.check("secret" not in open(os.path.join(folder, "key.json")).read(), "an exported key has no secret")
    k.docs("key", "trust", os.path.join(folder, "key.json"), "--name", "Hà Nội", data=there)
    p.equal([s["name"] for s in json.loads(k.docs("key", "list", "--json", data=there).stdout) if not s["own"]], ["Hà Nội"], "the receiver names whom it trusts")
    told = install(path, there)
    p.equal((told["counts"], told["signer"]["name"], told["signer"]["trusted"]), ({"new": 6, "version": 0, "details": 0, "same": 0}, "Hà Nội", True), "then it is installed")
    p.equal(install(path, there)["counts"], {"new": 0, "version": 0, "details": 0, "same": 6}, "again it is the same")
    what_is_there(source, there)
    k.docs("key", "untrust", key["key"], data=there)
    p.equal(install(path, there, fine=False).returncode, 1, "trust can be taken back")
    p.check([a for (a,) in p.rows(there, "SELECT action FROM audit")].count("papers.install") == 2, "each installation is in the audit log")
    doctor = p.plenum("doctor", data=there, fine=False)
    p.check(doctor.returncode == 0, "the doctor finds nothing", doctor.stdout + doctor.stderr)


def what_is_there(source, data):
    listed = {d["code"]: d for d in json.loads(k.docs("list", "--event", k.EVENT, "--json", data=data).stdout)["documents"]}
    version = listed["khai-mac.bao-cao-chinh-tri"]["versions"][0]
    p.check(version["bundle"]["signer"] == "Hà Nội" and version["reading"] == {"source": "file", "pages": 7, "unread": 0}, "the list says pages and sender", version)
    with open(os.path.join(source, "01 Khai mạc/02. Báo cáo chính trị.pdf"), "rb") as f:
        sha = hashlib.sha256(f.read()).hexdigest()
    p.equal(version["sha256"], sha, "byte for byte")
    pages = p.rows(data, "SELECT page, text, text_fold, picture, width, height FROM paper_page WHERE sha256 = ? ORDER BY page", sha)
    p.check(len(pages) == 7 and "Hương Tràm" in pages[1][1] and "huong tram" in pages[1][2] and pages[1][5] == 1280, "text, folded text and picture of each page", pages[1][:3])
    p.check(all(b in k.blobs(data) for (b,) in p.rows(data, "SELECT sha256 FROM blob")), "every blob is there")
    markdown = listed["loi-chao"]["versions"][0]
    p.equal(markdown["media_type"], "text/markdown; charset=utf-8", "Markdown is known as such")


def new_versions():
    folder = p.scratch("versions")
    source, data, path, old = os.path.join(folder, "src"), event_folder(folder), os.path.join(folder, "a.zip"), os.path.join(folder, "old.zip")
    k.put(source, "manifest.json", json.dumps({"format": "plenum-docs/1", "title": "Tài liệu", "documents": [
        {"file": "a.pdf", "code": "political-report", "title": {"vi": "Báo cáo chính trị (dự thảo 2)", "en": "Political report"}, "number": "13/BC-BCH", "publish_at": "manual"},
        {"file": "b.txt", "code": "note", "session": "no-such-session", "publish_at": "2030-01-02T08:00", "must_read": True, "audience": {"categories": ["official"]}}]}).encode())
    k.put(source, "a.pdf", "political-report.pdf"), k.put(source, "b.txt", b"one"), k.put(source, "c.txt", b"nobody names it")
    done = k.docs("build", source, "-o", old, data=data, env=EPOCH)
    p.check("c.txt: manifest.json does not name it" in done.stderr, "a file that manifest.json does not name is told", done.stderr)
    before = p.rows(data, "SELECT publish_ms, publish_manual, published_ms, restricted, audience, must_read, sort_order FROM document WHERE code = 'political-report'")
    p.equal(install(old, data)["counts"], {"new": 1, "version": 0, "details": 1, "same": 0}, "the same bytes are no new version, other details are taken")
    after = p.rows(data, "SELECT publish_ms, publish_manual, published_ms, restricted, audience, must_read, sort_order FROM document WHERE code = 'political-report'")
    p.equal(after, before, "when and to whom it is shown stays the organiser's")
    p.equal(p.rows(data, "SELECT number, title FROM document WHERE code = 'political-report'")[0][0], "13/BC-BCH", "the new number")
    (row,) = p.rows(data, "SELECT publish_ms, publish_manual, must_read, audience FROM document WHERE code = 'note'")
    p.equal(row, (1893546000000, 0, 1, '{"categories":["official"]}'), "a new paper is as the manifest says, in the event's zone")
    k.put(source, "a.pdf", "finance-report.pdf"), k.put(source, "b.txt", b"one")
    k.build(source, path, data)
    told = install(path, data)
    p.equal(told["counts"], {"new": 0, "version": 1, "details": 0, "same": 1}, "only what changed gets a version")
    p.equal([d["version"] for d in told["documents"]], [2, 1], "the second one")
    back = install(old, data, fine=False)
    p.check(back.returncode == 1 and "signed later" in back.stderr, "an older bundle does not bring the draft back", back.stderr)
    p.equal(install(old, data, "--older")["counts"]["version"], 1, "unless one says so")
    p.equal(p.rows(data, "SELECT MAX(version) FROM document_version v JOIN document d ON d.id = v.document_id WHERE d.code = 'political-report'"), [(3,)], "as one more version")
    wrong = json.loads(open(os.path.join(source, "manifest.json")).read())
    wrong["documents"][1]["audience"] = {"categories": ["nobody"]}
    wrong["documents"][1]["code"] = "other"
    k.put(source, "manifest.json", json.dumps(wrong).encode())
    k.build(source, path, data)
    count = p.rows(data, "SELECT COUNT(*) FROM document_version"), p.rows(data, "SELECT COUNT(*) FROM bundle_install")
    bad = install(path, data, fine=False)
    p.check(bad.returncode == 1 and '"nobody"' in bad.stderr, "an audience that this event has not is refused", bad.stderr)
    p.equal((p.rows(data, "SELECT COUNT(*) FROM document_version"), p.rows(data, "SELECT COUNT(*) FROM bundle_install")), count, "with all of the bundle")
    p.equal(k.docs("install", old, "--event", "no-such", data=data, fine=False).returncode, 1, "no such event")
    two_events(folder, data)
    sessions_by_name(folder, data)


def sessions_by_name(folder, data):
    with open(p.SAMPLE, encoding="utf-8") as f:
        sessions = [e for e in json.load(f)["events"] if e["slug"] == k.EVENT][0]["sessions"]
    title = lambda s: s["title"] if isinstance(s["title"], str) else s["title"]["vi"]
    source, path = os.path.join(folder, "sessions"), os.path.join(folder, "sessions.zip")
    plain = "".join(c for c in unicodedata.normalize("NFD", title(sessions[1])) if not unicodedata.combining(c)).replace("/", " ")
    k.put(source, "01 %s/Một.txt" % sessions[0]["code"], b"1"), k.put(source, "02 %s/Hai.txt" % plain.upper(), b"2"), k.put(source, "03 Không có/Ba.txt", b"3")
    k.put(source, "04 Bầu cử/Bốn.txt", b"4"), k.put(source, "05 Thảo luận/Năm.txt", b"5")
    k.put(source, "03 Không có/Sáu.txt", b"6"), k.put(source, "03 Không có/Bảy.txt", b"7")
    k.build(source, path, data)
    done = k.docs("install", path, "--event", k.EVENT, data=data)
    titles = tuple(json.dumps(t, ensure_ascii=False) for t in ("Một", "Hai", "Ba", "Bốn", "Năm"))
    got = dict(p.rows(data, "SELECT d.title, s.code FROM document d JOIN session s ON s.id = d.session_id WHERE d.title IN (?, ?, ?, ?, ?)", *titles))
    p.equal(got, {'"Một"': sessions[0]["code"], '"Hai"': sessions[1]["code"], '"Bốn"': "election"}, "a folder is a session's code, its title without accents, or words of one title")
    p.equal([line.split(": ", 2)[1:] for line in done.stderr.splitlines() if "no session" in line],
            [[k.EVENT, "this event has no session “Không có”, or several: 3 papers belong to the event as a whole"],
             [k.EVENT, "this event has no session “Thảo luận”, or several: 1 paper belongs to the event as a whole"]], "another one is told once, with its papers")
    again = k.docs("install", path, "--event", k.EVENT, data=data)
    p.check("no session" not in again.stderr, "papers that stay as they are tell nothing", again.stderr)
    k.put(source, "03 Không có/Ba.txt", b"33")
    k.build(source, path, data)
    for dry in (["--dry-run"], []):
        done = k.docs("install", path, "--event", k.EVENT, *dry, data=data)
        p.check("“Không có”, or several: 1 paper belongs" in done.stderr and "Thảo luận" not in done.stderr, "a new version tells of its own", done.stderr)
    p.equal(subprocess.run([p.program("plenum"), "docs", "list", "--event", "no-such", "--data", data], capture_output=True).returncode, 1, "`plenum docs` is plenum-docs")


def two_events(folder, data):
    source, path = os.path.join(folder, "two"), os.path.join(folder, "two.zip")
    k.put(source, "Hai.pdf", "guide.pdf"), k.put(source, "Ba.txt", b"three")
    k.build(source, path, data)
    other = [s for (s,) in p.rows(data, "SELECT slug FROM event") if s != k.EVENT][0]
    trial = k.docs("install", path, "--event", k.EVENT, "--dry-run", data=data)
    p.check("2 new papers wait until the organiser publishes" in trial.stderr and "--publish" in trial.stderr, "a trial says that new papers would wait", trial.stderr)
    held = k.docs("install", path, "--event", k.EVENT, data=data)
    p.check("2 new papers wait until the organiser publishes" in held.stderr and "phones" not in held.stderr, "they wait, and it says so", held.stderr)
    before = k.blobs(data)
    done = k.docs("install", path, "--event", other, "--publish", data=data)
    p.check("2 new papers can now be seen on phones at once" in done.stderr and "wait" not in done.stderr, "with --publish it says how many are seen now", done.stderr)
    p.equal(k.blobs(data), before, "the same file in two events is stored once")
    p.equal(sorted(p.rows(data, "SELECT e.slug, d.publish_manual FROM document d JOIN event e ON e.id = d.event_id WHERE d.code = 'ba'")), sorted([(k.EVENT, 1), (other, 0)]),
            "new papers wait for the organiser, but with --publish")
    p.equal(k.docs("install", path, "--event", other, "--publish", "--hold", data=data, fine=False).returncode, 2, "both words together are wrong usage")


def showing():
    """Who decides when a new paper is seen: --hold, else the manifest, else --publish, else nobody but the organiser. What is here already stays as it is."""
    folder = p.scratch("showing")
    source, data, path = os.path.join(folder, "src"), event_folder(folder), os.path.join(folder, "a.zip")
    said = {"silent": {}, "now": {"publish_at": None}, "past": {"publish_at": "2020-01-02T08:00"}, "later": {"publish_at": "2090-01-02T08:00"}, "manual": {"publish_at": "manual"}}

    def build(letter):
        for code in said:
            k.put(source, code + ".txt", ("%s %s" % (code, letter)).encode())
        k.build(source, path, data)

    k.put(source, "manifest.json", json.dumps({"format": "plenum-docs/1", "documents": [dict(more, file=code + ".txt", code=code) for code, more in said.items()]}).encode())
    build("a")
    shown = lambda told: ([d["code"] for d in told["documents"] if d["shown"]], [d["code"] for d in told["documents"] if d["held"]])
    state = lambda where: dict((c, (m, w is not None, q)) for c, m, w, q in p.rows(where, "SELECT code, publish_manual, publish_ms, published_ms FROM document WHERE code IN ('%s')" % "','".join(said)))
    trial = install(path, data, "--dry-run")
    for words, wanted in (("--hold",), ([], list(said))), (("--publish",), (["silent", "now", "past"], ["manual"])), ((), (["now", "past"], ["silent", "manual"])):
        copy = os.path.join(folder, "copy" + "".join(words))
        shutil.copytree(data, copy)
        told = install(path, copy, *words)
        p.equal(shown(told), wanted, "seen now, and waiting, with %s" % (" ".join(words) or "no word"))
        p.equal(sorted(c for c, (manual, _, _) in state(copy).items() if manual), sorted(wanted[1]), "and so it is written")
    p.equal(shown(trial), wanted, "a dry run says the same")
    with sqlite3.connect(os.path.join(copy, "plenum.db")) as db:
        db.execute("UPDATE document SET published_ms = 5 WHERE code = 'silent'")
    before = state(copy)
    build("b")
    told = install(path, copy, "--hold")
    p.equal((told["counts"]["version"], shown(told), state(copy)), (5, ([], []), before), "a new version of a paper that is published or waits leaves that as it was")


def twins():
    """The same file as two papers, one behind the PIN, one not: told by name wherever it is seen."""
    folder = p.scratch("twins")
    source, data, path = os.path.join(folder, "src"), event_folder(folder), os.path.join(folder, "a.zip")

    def build(**papers):
        for code, (words, _) in papers.items():
            k.put(source, code + ".txt", words)
        k.put(source, "manifest.json", json.dumps({"format": "plenum-docs/1", "documents": [{"file": c + ".txt", "code": c, "restricted": r} for c, (_, r) in papers.items()]}).encode())
        k.build(source, path, data)

    build(one=(b"same", True), two=(b"same", False), three=(b"other", True), four=(b"fourth", False))
    wanted = [{"restricted": "one", "open": "two"}]
    checked = k.docs("verify", path, "--json", data=data)
    p.equal(json.loads(checked.stdout)["twins"], wanted, "within one bundle verify names them")
    p.check("one: asks for the PIN, but “two” is the same file" in checked.stderr, "and tells", checked.stderr)
    p.equal((install(path, data, "--dry-run")["twins"], install(path, data)["twins"]), (wanted, wanted), "and so does the installation")
    p.equal(json.loads(k.docs("list", "--event", k.EVENT, "--json", data=data).stdout)["twins"], wanted, "and the list")
    build(five=(b"other", False), six=(b"fourth", True), seven=(b"new", True))
    done = k.docs("install", path, "--event", k.EVENT, data=data)
    p.check("three: asks for the PIN, but “five”" in done.stderr and "six: asks for the PIN, but “four”" in done.stderr and "one:" not in done.stderr and "seven:" not in done.stderr,
            "a paper that was there, restricted or open, and the new one that is the same file", done.stderr)


def stamped():
    """A stamp stops a paper of a bundle until the organiser decides, also with --publish; the decision holds as long as the bytes are the same."""
    folder = p.scratch("stamped")
    source, data, path = os.path.join(folder, "src"), event_folder(folder), os.path.join(folder, "a.zip")
    names = ("Phương án (MẬT).txt", "Tờ trình.txt", "Thường.txt")
    page = "Số 5-TTr/TU          TỐI MẬT\nTỜ TRÌNH\n"

    def build(*words):
        k.put(source, names[0], " ".join(("A",) + words).encode()), k.put(source, names[1], (page + " ".join(words)).encode()), k.put(source, names[2], b"C")
        k.build(source, path, data, "--allow-secret", names[0], "--allow-secret", names[1])

    stamps = lambda: dict((c, (s, let is not None)) for c, s, let in p.rows(data, "SELECT code, stamp, stamp_let_ms FROM document WHERE code IN ('phuong-an-mat', 'to-trinh', 'thuong')"))
    build()
    told = install(path, data, "--publish")
    p.equal({d["code"]: d.get("stopped") for d in told["documents"]}, {"phuong-an-mat": "MẬT", "to-trinh": "TỐI MẬT", "thuong": None}, "by name and by first page")
    p.equal([d["code"] for d in told["documents"] if d["shown"]], ["thuong"], "only the other one is seen")
    p.equal(stamps(), {"phuong-an-mat": ("MẬT", False), "to-trinh": ("TỐI MẬT", False), "thuong": (None, False)}, "it is written")
    with sqlite3.connect(os.path.join(data, "plenum.db")) as db:
        db.execute("UPDATE document SET stamp_let_ms = 5 WHERE code = 'to-trinh'")
        db.execute("UPDATE document SET stamp = NULL WHERE code = 'phuong-an-mat'") # as an older plenum-docs installed it
    again = k.docs("install", path, "--event", k.EVENT, data=data)
    p.equal(stamps()["to-trinh"], ("TỐI MẬT", True), "the same bytes: the decision stands")
    p.equal(stamps()["phuong-an-mat"], ("MẬT", False), "a stamp that nobody has seen yet stops it")
    p.check("phuong-an-mat: bears the stamp MẬT: nobody sees it" in again.stderr and "to-trinh" not in again.stderr, "which is told", again.stderr)
    build("again")
    told = install(path, data, "--publish")
    p.equal((told["counts"]["version"], stamps()["to-trinh"]), (2, ("TỐI MẬT", False)), "other bytes are decided anew")
    with sqlite3.connect(os.path.join(data, "plenum.db")) as db:
        db.execute("UPDATE document SET stamp = NULL WHERE code = 'to-trinh'")
    p.plenum("import", p.SAMPLE, data=data)
    p.equal(stamps()["to-trinh"], ("TỐI MẬT", False), "what looks through the papers here finds it in a bundle's paper too")


# --- nothing half ------------------------------------------------------------------------------------------------------------------------------

def many_papers(folder, count=12):
    source = os.path.join(folder, "many")
    for i in range(count):
        k.put(source, "%02d Phiên/%02d. Tài liệu %d.txt" % (i % 3, i, i), b"paper %d\n" % i * 2000)
    k.put(source, "report.pdf", "political-report.pdf")
    return source


def killed():
    folder = p.scratch("killed")
    data, path = event_folder(folder), os.path.join(folder, "a.zip")
    k.build(many_papers(folder), path, data)
    clean = os.path.join(folder, "clean")
    shutil.copytree(data, clean)
    begun = time.time()
    install(path, clean)
    took, n, rng = time.time() - begun, len(k.manifest(path)["documents"]), random.Random(5)
    before = p.rows(data, "SELECT COUNT(*) FROM document")[0][0]
    halves, done, ended = [], 0, 0
    for i in range(14):
        copy = os.path.join(folder, "copy%d" % i)
        shutil.copytree(data, copy)
        child = subprocess.Popen([p.program("plenum-docs"), "install", path, "--event", k.EVENT, "--data", copy], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(took * (i + 0.5) / 14 * (0.8 + 0.4 * rng.random()))
        child.kill()
        ended += child.wait() == -signal.SIGKILL
        counts = tuple(p.rows(copy, "SELECT COUNT(*) FROM " + t)[0][0] for t in ("document", "bundle_install"))
        pages = p.rows(copy, "SELECT COUNT(*) FROM paper_reading r WHERE draft = 0 AND pages <> (SELECT COUNT(*) FROM paper_page g WHERE g.sha256 = r.sha256)")[0][0]
        missing = [s for (s,) in p.rows(copy, "SELECT sha256 FROM blob") if not os.path.exists(os.path.join(copy, "blobs", s[:2], s))]
        if counts not in ((before, 0), (before + n, 1)) or pages or missing:
            halves.append((i, counts, pages, missing[:2]))
        done += counts[1]
        told = install(path, copy)
        if told["counts"]["new"] + told["counts"]["same"] != n:
            halves.append((i, told["counts"]))
        shutil.rmtree(copy)
    p.check(not halves, "kill -9 at 14 moments: all or nothing, and the next try finishes it", halves)
    p.check(ended >= 3, "some of them were really killed", (ended, done))
    p.note("killed %d of 14, %d had committed" % (ended, done))


def transactions(wal):
    """How many pages of the database each transaction in a write-ahead log has written: a frame that says how large the database is ends one."""
    with open(wal, "rb") as f:
        size, log = struct.unpack(">I", f.read(32)[8:12])[0], f.read()
    salt, frames, counts = log[8:16], 0, []
    for at in range(0, len(log) - size - 23, size + 24):
        if log[at + 8:at + 16] != salt: # of an earlier round
            break
        frames += 1
        if log[at + 4:at + 8] != b"\0\0\0\0":
            counts.append(frames)
            frames = 0
    return counts


PAGES, VISIBLE = 160, "SELECT (SELECT COUNT(*) FROM document), (SELECT COUNT(*) FROM bundle_install), (SELECT COUNT(*) FROM paper_reading WHERE draft = 0), (SELECT COUNT(*) FROM document_version)"


LONG = "SELECT COUNT(*), MAX(page), SUM(LENGTH(text) > 1000) FROM paper_page WHERE sha256 IN (SELECT sha256 FROM paper_reading WHERE pages = %d)" % PAGES


def long_pages(data):
    return p.rows(data, LONG)[0]


def long_bundle(folder, data):
    """One paper of 160 pages with a text of 2 KB each."""
    content = b"BT /F1 8 Tf " + b" ".join(b"1 0 0 1 40 %d Tm (Bao cao chinh tri %d cua Ban chap hanh tai Dai hoi lan thu %d) Tj" % (800 - n * 18, n, n) for n in range(40)) + b" ET"
    kids = b" ".join(b"%d 0 R" % (4 + i) for i in range(PAGES))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
    head = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (PAGES, kids), k.stream(b"", content)]
    k.put(os.path.join(folder, "long"), "Dài.pdf", k.make_pdf(head + [page] * PAGES))
    path = os.path.join(folder, "long.zip")
    k.build(os.path.join(folder, "long"), path, data)
    return path


def in_turns():
    """What writes beside an installation never waits for all of it: many small transactions, and nothing is seen before the last one. Killed between two of them, and
    just before the last: nothing is there, and what is left is removed."""
    folder = p.scratch("turns")
    data = event_folder(folder)
    path = long_bundle(folder, data)
    before, copy = p.rows(data, VISIBLE), os.path.join(folder, "copy")
    shutil.copytree(data, copy)
    with sqlite3.connect("file:%s?mode=ro" % os.path.join(copy, "plenum.db"), uri=True, isolation_level=None) as reader: # while it reads, the log is kept
        reader.execute("BEGIN")
        reader.execute("SELECT COUNT(*) FROM document").fetchone()
        told = install(path, copy)
        counts = transactions(os.path.join(copy, "plenum.db-wal"))
        reader.execute("COMMIT")
    p.equal((told["counts"]["new"], long_pages(copy)), (1, (PAGES, PAGES, PAGES)), "it is all there")
    p.check(len(counts) > PAGES // 16 and max(counts) * 5 < sum(counts), "no transaction is more than a small part of it", counts)
    p.check(counts[-1] < 40, "and the one that shows it is small", counts)
    shutil.rmtree(copy)
    for what, enough in (("between two turns", 32), ("before the last step", PAGES)):
        killed_at(folder, data, path, before, what, enough)


def cleared_at_start(data):
    """A server that starts removes what a killed installation left, in turns of its own."""
    server = p.Server("leftover")
    server.data = data
    server.start()
    until = time.time() + 60
    while time.time() < until and p.rows(data, "SELECT COUNT(*) FROM paper_reading WHERE draft = 1") != [(0,)]:
        time.sleep(0.05)
    p.equal(long_pages(data)[0], 0, "a server removes it when it starts")
    p.equal(server.stop(), 0, "and ends in peace")


def killed_at(folder, data, path, before, what, enough):
    """Takes the database's pen whenever it is free, and kills the installation when `enough` pages are written: it then waits for the pen."""
    for attempt in range(40):
        copy = os.path.join(folder, "killed")
        shutil.copytree(data, copy)
        child = subprocess.Popen([p.program("plenum-docs"), "install", path, "--event", k.EVENT, "--data", copy], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        database, pages, seen = sqlite3.connect(os.path.join(copy, "plenum.db"), isolation_level=None, timeout=0), 0, None
        while child.poll() is None and pages < enough:
            try:
                database.execute("BEGIN IMMEDIATE")
                pages, seen = database.execute(LONG).fetchone()[0], database.execute(VISIBLE).fetchall()
                if pages < enough:
                    database.execute("ROLLBACK")
            except sqlite3.OperationalError: # it writes
                pass
            time.sleep(0.0005)
        ended = child.poll()
        child.kill()
        child.wait()
        database.close()
        if ended is None and seen == before:  # else it was faster with its last step than this with taking the pen
            break
        shutil.rmtree(copy)
    p.check(ended is None, "killed " + what, attempt)
    p.equal((p.rows(copy, VISIBLE), long_pages(copy)[0] >= enough), (before, True), "killed %s: pages are written, and nobody sees anything" % what)
    listed = json.loads(k.docs("list", "--event", k.EVENT, "--json", data=copy).stdout)["documents"]
    p.check(listed and "dai" not in [d["code"] for d in listed], "nor does the list name it", listed)
    p.equal(p.plenum("doctor", data=copy, fine=False).returncode, 0, "the doctor finds nothing wrong")
    if enough == PAGES:
        cleared_at_start(copy)
    told = install(path, copy)
    p.equal((told["counts"]["new"], long_pages(copy), p.rows(copy, "SELECT COUNT(*) FROM paper_reading WHERE draft = 1")),
            (1, (PAGES, PAGES, PAGES), [(0,)]), "the next try is whole, and nothing is left over")
    shutil.rmtree(copy)


def full_disk():
    """No file may grow beyond a bound that is smaller and smaller: the write fails as on a full disk, at another place each time."""
    folder = p.scratch("full")
    data, path = event_folder(folder), os.path.join(folder, "a.zip")
    k.build(many_papers(folder), path, data)
    before = p.rows(data, "SELECT COUNT(*) FROM document"), p.rows(data, "SELECT COUNT(*) FROM audit")
    failed, halves = 0, []
    wal = 4 << 20
    for most in (1000, 20000, 60000, 100000, 110000, 120000, 150000, wal):
        def bound(most=most):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        copy = os.path.join(folder, "copy")
        shutil.copytree(data, copy)
        done = k.docs("install", path, "--event", k.EVENT, data=copy, fine=False, preexec=bound)
        failed += done.returncode == 1
        if done.returncode not in (0, 1) or (done.returncode == 1 and not done.stderr.startswith("plenum-docs: ")):
            halves.append((most, done.returncode, done.stderr[-200:]))
        if done.returncode == 1 and (p.rows(copy, "SELECT COUNT(*) FROM document"), p.rows(copy, "SELECT COUNT(*) FROM audit")) != before:
            halves.append((most, "something is there"))
        if install(path, copy)["counts"]["new"] + (done.returncode == 0) * 13 != 13:
            halves.append((most, "the next try"))
        shutil.rmtree(copy)
    p.check(failed >= 4 and not halves, "a full disk leaves nothing behind, and the next try installs all", (failed, halves))
    out = os.path.join(folder, "out.zip")

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200000, 200000))
    done = k.docs("build", os.path.join(folder, "many"), "-o", out, data=data, fine=False, preexec=small)
    p.check(done.returncode == 1 and not [f for f in os.listdir(folder) if f.startswith("out.zip")], "nor half a bundle", (done.stderr, os.listdir(folder)))


p.run("bundles of papers", other_programs, some_bytes, what_is_wrong, hostile, round_trip, new_versions, showing, twins, stamped, killed, in_turns, full_disk)

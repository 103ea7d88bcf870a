// Reading papers in the page at 320 px: every kind of paper, without JavaScript, in four languages and right to left, search, and without Wi-Fi.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { assertAccessible } from "./accessible.mjs";
import { assert, test, until } from "./check.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { Server } from "./server.mjs";

const EVENT = "doc";
const PHONE = { width: 320, height: 640 };

const wav = () => {
  const samples = 8000;
  const out = Buffer.alloc(44 + samples, 128);
  out.write("RIFF", 0); out.writeUInt32LE(36 + samples, 4); out.write("WAVEfmt ", 8); out.writeUInt32LE(16, 16); out.writeUInt16LE(1, 20); out.writeUInt16LE(1, 22);
  out.writeUInt32LE(8000, 24); out.writeUInt32LE(8000, 28); out.writeUInt16LE(1, 32); out.writeUInt16LE(8, 34); out.write("data", 36); out.writeUInt32LE(samples, 40);
  for (let i = 0; i < samples; i++) out[44 + i] = 128 + Math.round(60 * Math.sin(i / 6));
  return out;
};

// A second of moving picture, as Chromium itself records it.
async function webm(page) {
  const text = await page.evaluate(() => new Promise((done) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 160, height: 120 });
    const pen = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: "video/webm" });
    const parts = [];
    let left = 12;
    const draw = setInterval(() => { pen.fillStyle = `hsl(${left * 30} 80% 50%)`; pen.fillRect(0, 0, 160, 120); if (--left === 0) { clearInterval(draw); recorder.stop(); } }, 100);
    recorder.ondataavailable = (event) => parts.push(event.data);
    recorder.onstop = () => { const reader = new FileReader(); reader.onload = () => done(reader.result.split(",").pop()); reader.readAsDataURL(new Blob(parts)); };
    recorder.start();
  }));
  return Buffer.from(text, "base64");
}

const MARKDOWN = "# Hướng dẫn\n\nMột đoạn *nghiêng* và **đậm**.\n\n- một\n- hai\n\n> Trích dẫn\n\n[Trang web](https://example.org/) <script>alert(1)</script> ![ảnh](https://example.org/x.png)\n\n```\nmã nguồn rất dài rất dài rất dài rất dài rất dài rất dài rất dài\n```\n";
const ARABIC = `<html dir="rtl" lang="ar"><body style="font-family:'Noto Sans Arabic','Noto Naskh Arabic',sans-serif"><h1>التقرير السياسي</h1>${"<p>هذا تقرير اللجنة التنفيذية المقدَّم إلى المؤتمر التاسع عشر، وفيه ما أُنجز وما لم يُنجز.</p>".repeat(4)}</body></html>`;

async function make(browser, build) {
  const server = new Server(build, "reading");
  const files = path.join(server.folder, "reading");
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files, { recursive: true });
  server.data = path.join(files, "data");
  const context = await browser.newContext();
  const page = await context.newPage();
  const put = (name, data) => writeFileSync(path.join(files, name), data);
  put("report.pdf", readFileSync("papers/political-report.pdf"));
  put("draft.pdf", readFileSync("papers/draft-resolution.pdf"));
  put("guide.md", MARKDOWN);
  put("note.txt", "Dòng thứ nhất\n  dòng thụt vào\n\nHết.\n");
  put("speech.wav", wav());
  put("form.docx", "PK\u0003\u0004 not a real one, but it says that it is");
  await page.setContent(ARABIC);
  put("arabic.pdf", await page.pdf({ format: "A4" }));
  put("map.png", await page.screenshot());
  put("film.webm", await webm(page));
  await context.close();
  const paper = (code, file, more = {}) => ({ code, title: { vi: `Tài liệu ${code}` }, file, language: "vi", ...more });
  const day = new Date().toISOString().slice(0, 10);
  put("event.json", JSON.stringify({ format: "plenum-events/1", organization: { name: { vi: "Tổ chức" } }, people: [{ code: "P1", name: "Trần Thị Đọc" }], events: [{
    slug: EVENT, kind: "congress", title: { vi: "Đại hội đọc", ar: "مؤتمر القراءة" }, timezone: "Etc/UTC", starts: `${day}T00:00`, ends: `${day}T23:59`, public_url: null,
    categories: [{ code: "official", title: { vi: "Chính thức" } }], sessions: [{ code: "s", title: { vi: "Phiên khai mạc" }, starts: `${day}T08:00`, ends: `${day}T11:00` }],
    streams: [{ title: "Truyền hình", url: "https://example.org/live" }],
    documents: [paper("report", "report.pdf", { number: "12/BC-BCH" }), paper("arabic", "arabic.pdf", { language: "ar", title: { ar: "التقرير السياسي", vi: "Báo cáo tiếng Ả Rập" } }), paper("guide", "guide.md"),
      paper("note", "note.txt"), paper("map", "map.png"), paper("speech", "speech.wav"), paper("film", "film.webm"), paper("form", "form.docx"), paper("secret", "draft.pdf", { restricted: true })],
    delegates: [{ person: "P1", number: "1", category: "official", status: "summoned" }] }] }));
  const { createServer } = await import("node:net");
  server.port = await new Promise((done) => { const probe = createServer(); probe.listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => done(port)); }); });
  server.url = `http://127.0.0.1:${server.port}`;
  server.run("plenum", "import", path.join(files, "event.json"), "--data", server.data);
  server.run("plenum-badges", "--data", server.data, "--event", EVENT, "--only", "P1", "--public-url", server.url, "--layout", "a6", "-o", path.join(files, "badge.pdf"));
  execFileSync("pdftoppm", ["-r", "200", "-png", "-singlefile", path.join(files, "badge.pdf"), path.join(files, "badge")]);
  const codes = JSON.parse(server.run("plenum-scanner", "decode", path.join(files, "badge.png"))).codes[0];
  server.badge = /\/D\/([0-9A-Z]{16})$/.exec(codes)[1];
  await server.start();
  return server;
}

export default async function reading(browser, main) {
  const server = await make(browser, main.build);
  const home = `${server.url}/d/${server.badge}`;
  const at = (code, rest = "") => `${home}/r/${code}/1${rest}`;
  await until("all papers are looked into", async () => /class="sheet"/.test((await server.get(`/d/${server.badge}/r/arabic/1`)).body.toString()), 30000);

  await test("reading: a PDF as text that flows, as pictures, by pages, at 320 px and without JavaScript", async () => {
    const page = await open(browser, { ...PHONE, javaScriptEnabled: false });
    await page.goto(home);
    await page.click(".papers .read >> nth=0");
    await page.waitForURL(/\/r\/report\/1$/);
    assert.ok(await page.locator(".sheet").count() >= 5);
    assert.match(await page.textContent("#p2"), /diễn ra khi thành phố vừa đi qua năm năm nhiều biến động: hai trận lũ lớn/, "lines are joined");
    await page.click("text=Trang giấy");
    assert.ok(await page.locator(".sheet img").count() >= 5);
    const [box] = await page.locator(".sheet img").evaluateAll((all) => all.map((one) => [one.clientWidth, one.getAttribute("width"), one.getAttribute("src")]));
    assert.ok(box[0] > 250 && box[0] <= 320 && Number(box[1]) > 800, `${box}`);
    await page.goto(at("report", "/3"));
    assert.ok(await page.locator(".sheet img").count() > 0, "the choice is remembered");
    await page.click("nav.tools >> text=Chữ");
    assert.equal(await page.locator(".sheet img").count(), 0);
    assert.equal(await page.locator(".sheet").first().getAttribute("id"), "p3");
    await page.click("[rel=prev]");
    await page.waitForURL(/\/r\/report\/1\/1$/);
    await assertCalm(page);
    await page.context().close();
  });

  await test("reading: a table keeps its rows, is pulled sideways by itself and reached by the keyboard, in either direction", async () => {
    for (const language of ["vi", "ar"]) {
      const page = await open(browser, { ...PHONE, javaScriptEnabled: language === "ar" });
      await page.goto(at("report", `/6?lang=${language}&look=text&type=3`));
      const row = page.locator("#p6 .grid tr", { hasText: "Tổng số đoàn viên" });
      assert.deepEqual(await row.locator("td").allTextContents(), ["Tổng số đoàn viên", "85.000"]);
      assert.equal(await page.locator("#p6 .grid").getAttribute("tabindex"), "0");
      assert.match(await page.locator("#p6 .grid-page a").getAttribute("href"), /\/p\/report\/1\/6\.jpg$/);
      if (language === "ar") await assertFits(page);
      await picture(server, page, `reader-table-320-${language}`);
      await page.context().close();
    }
  });

  await test("reading: large letters are remembered, and the page still fits", async () => {
    const page = await open(browser, PHONE);
    await page.goto(at("report"));
    const size = () => page.locator("#p2 p").first().evaluate((p) => Number.parseFloat(getComputedStyle(p).fontSize));
    const small = await size();
    for (let i = 0; i < 3; i++) await page.click("[title='Chữ to hơn']");
    assert.ok(await size() > small * 1.7);
    assert.equal(await page.locator("[title='Chữ to hơn']").count(), 0);
    await page.goto(at("note"));
    assert.match(await page.getAttribute("body", "class"), /letters3/);
    await page.goto(at("report"));
    await assertFits(page);
    await picture(server, page, "reader-large-320", false);
    await page.context().close();
  });

  const kinds = { report: ".sheet p", arabic: "[dir=rtl] .sheet p", guide: ".prose h1", note: ".line", map: ".paper img", speech: "audio", film: "video", form: ".locked" };
  for (const language of ["vi", "ar"]) {
    await test(`reading: each kind of paper at 320 px, ${language}: fits, under axe, nothing on the console`, async () => {
      const page = await open(browser, PHONE);
      for (const [code, part] of Object.entries(kinds)) {
        await page.goto(`${at(code)}?lang=${language}`);
        assert.ok(await page.locator(part).count() > 0, `${code}: ${part}`);
        await assertFits(page);
        await assertWords(page);
        await assertAccessible(page, code);
        await picture(server, page, `reader-${code}-${language}-320`, code !== "report");
      }
      await page.goto(`${at("report")}?lang=${language}&look=pictures`);
      await assertFits(page);
      await assertAccessible(page, "pictures");
      await picture(server, page, `reader-pictures-${language}-320`, false);
      await page.goto(`${home}/search?lang=${language}&q=${encodeURIComponent("đoàn viên")}`);
      await assertFits(page);
      await assertAccessible(page, "search");
      await picture(server, page, `search-${language}-320`, false);
      await page.goto(`${home}?lang=${language}`);
      await assertFits(page);
      await assertAccessible(page, "home");
      await picture(server, page, `home-${language}-320`);
      await assertCalm(page);
      await page.context().close();
    });
  }

  await test("reading: Markdown has no script, no picture from elsewhere; links stay", async () => {
    const page = await open(browser, PHONE);
    await page.goto(at("guide"));
    assert.equal(await page.locator(".prose script, .prose img").count(), 0);
    assert.equal(await page.getAttribute(".prose a", "href"), "https://example.org/");
    assert.equal(await page.locator(".prose li").count(), 2);
    await assertCalm(page);
    await page.context().close();
  });

  await test("reading: a film plays and seeks", async () => {
    const page = await open(browser, PHONE);
    await page.goto(at("film"));
    const end = await page.evaluate(async () => {
      const film = document.querySelector("video");
      film.muted = true;
      await film.play();
      await new Promise((done) => { film.ontimeupdate = () => film.currentTime > 0.1 && done(); });
      film.pause();
      film.currentTime = 0.05;
      await new Promise((done) => { film.onseeked = done; });
      return [film.currentTime, film.videoWidth, film.error];
    });
    assert.ok(end[0] < 0.2 && end[1] === 160 && end[2] === null, `${end}`);
    await page.context().close();
  });

  await test("reading: search without JavaScript leads to the marked word on its page", async () => {
    const page = await open(browser, { ...PHONE, javaScriptEnabled: false });
    await page.goto(home);
    await page.fill("#q", "doan vien");
    await page.press("#q", "Enter");
    await page.waitForURL(/search\?q=/);
    assert.ok(await page.locator(".hits mark").count() > 2);
    await page.locator(".hits a", { hasText: "Trang 3" }).first().click();
    assert.match(page.url(), /\/r\/report\/1\/3\?q=doan%20vien#hit$/);
    assert.match((await page.textContent("#hit")).normalize("NFC"), /^(đoàn|viên)$/i);
    await page.goto(`${home}/search?q=${encodeURIComponent("التقرير")}`);
    assert.ok(await page.locator(".hits mark").count() > 0, "Arabic");
    await page.goto(`${home}/search?q=${encodeURIComponent("nghị quyết dự thảo lần")}`);
    assert.ok(!(await page.content()).includes("secret"), "what asks for the PIN is not found");
    await page.context().close();
  });

  await test("reading: inside Zalo the page says kindly that files cannot be kept there", async () => {
    const page = await open(browser, { ...PHONE, userAgent: "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 Zalo android/230801" });
    await page.goto(at("report"));
    assert.match(await page.textContent("main"), /Zalo/);
    await page.context().close();
    const other = await open(browser, PHONE);
    await other.goto(at("report"));
    assert.doesNotMatch(await other.textContent("main"), /Zalo/);
    await other.context().close();
  });

  await test("reading: over plain HTTP from another name the page says that it cannot keep itself", async () => {
    const answer = await server.get(`/d/${server.badge}`, { Host: "192.168.1.10:8080" });
    assert.match(answer.body.toString(), /trình duyệt chỉ giữ trang qua đường truyền mã hóa/);
    assert.doesNotMatch(answer.body.toString(), /keep\.js/);
  });

  await test("reading: without Wi-Fi what was opened is there, what was not says so; then the phone forgets", async () => {
    const page = await open(browser, PHONE);
    const kept = async () => page.evaluate(async () => { const out = []; for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys()) out.push(new URL(one.url).pathname); return out; });
    await page.goto(`${server.url}/D/${server.badge}`); // as the badge says it
    await page.waitForSelector("#keep:not([hidden])");
    await page.goto(at("report"));
    await page.goto(`${at("report")}?look=pictures`);
    await page.goto(home);
    await page.evaluate((url) => fetch(url).then((answer) => answer.arrayBuffer()), `${home}/f/report/1/report.pdf`);
    await until("the pages are kept", async () => { const all = await kept(); return all.some((one) => one === `/d/${server.badge}`) && all.some((one) => /\/r\/report\/1$/.test(one)) && all.some((one) => /\/f\/report/.test(one)) && all.some((one) => /plenum\.css$/.test(one)) && all.some((one) => /theme\.css$/.test(one)); });
    assert.ok((await page.evaluate(() => caches.keys())).every((name) => !name.includes(server.badge)), "names of stores hold a hash, no token");
    await server.stop();
    await page.goto(`${server.url}/D/${server.badge}`);
    assert.match(await page.textContent("h1"), /Trần Thị Đọc/);
    await page.waitForSelector("#keep-offline:not([hidden])");
    await picture(server, page, "home-offline-320", false);
    await page.goto(at("report"));
    assert.ok(await page.locator(".sheet").count() > 4);
    assert.equal(await page.evaluate((url) => fetch(url).then((answer) => answer.arrayBuffer()).then((bytes) => bytes.byteLength), `${home}/f/report/1/report.pdf`), readFileSync("papers/political-report.pdf").length);
    await page.goto(at("note"));
    assert.match(await page.textContent("body"), /chưa được mở lần nào/);
    await page.goto(home);
    await page.click("#keep-forget");
    await page.waitForSelector("#keep-forgotten:not([hidden])");
    assert.deepEqual(await page.evaluate(() => caches.keys()), []);
    await assert.rejects(page.goto(home));
    await server.start();
    await until("it opens again", () => page.goto(home).then(() => true, () => false)); // the page of the browser's own refusal may still be on its way
    await new Promise((done) => setTimeout(done, 500));
    assert.deepEqual(await page.evaluate(() => caches.keys()), [], "it was told to forget, and does not begin again");
    await page.context().close();
  });

  await test("reading: what was withdrawn or restricted leaves the phone when it is online again; the rest stays", async () => {
    const page = await open(browser, PHONE);
    const write = (sql) => execFileSync("python3", ["-c", "import sqlite3,sys; d=sqlite3.connect(sys.argv[1],timeout=20); d.executescript(sys.argv[2]); d.commit()", path.join(server.data, "plenum.db"), `${sql}; UPDATE event SET config_seq = config_seq + 1;`]);
    const kept = (code) => page.evaluate(async (part) => { let n = 0; for (const name of await caches.keys()) for (const one of await (await caches.open(name)).keys()) if (part.test(new URL(one.url).pathname)) n++; return n; }, new RegExp(`/[rfp]/${code}/`));
    const file = (name) => page.evaluate((url) => fetch(url).then((answer) => answer.arrayBuffer().then(() => answer.status)), `${home}/f/${name}`);
    await page.goto(home);
    await page.waitForSelector("#keep:not([hidden])");
    for (const code of ["report", "note", "guide"]) await page.goto(at(code));
    await page.goto(`${at("report")}?look=pictures`);
    assert.deepEqual([await file("report/1/report.pdf"), await file("note/1/note.txt"), await file("guide/1/guide.md")], [200, 200, 200]);
    await until("all three are kept", async () => await kept("report") > 2 && await kept("note") === 2 && await kept("guide") === 2);
    write("UPDATE document SET withdrawn_ms = 1 WHERE code = 'report'");
    await page.goto(home);
    await until("the withdrawn one has gone", async () => await kept("report") === 0);
    assert.equal(await file("report/1/report.pdf"), 404, "nor has the browser's own store kept it");
    write("UPDATE document SET restricted = 1 WHERE code = 'note'");
    await page.evaluate((url) => fetch(url, { cache: "no-store" }).then((answer) => answer.text()), `${home}/news`);
    await until("the restricted one has gone by the news", async () => await kept("note") === 0);
    assert.equal(await kept("guide"), 2, "what may stay stays");
    write("UPDATE document SET withdrawn_ms = NULL WHERE code = 'report'; UPDATE document SET restricted = 0 WHERE code = 'note'");
    await page.context().close();
  });

  await test("reading: a badge that was revoked takes with it what was kept", async () => {
    const page = await open(browser, PHONE);
    await page.goto(home);
    await page.waitForSelector("#keep:not([hidden])");
    await page.goto(at("report"));
    await page.goto(home);
    await until("it is kept", () => page.evaluate(async () => (await caches.keys()).length > 0));
    execFileSync("python3", ["-c", "import sqlite3,sys; d=sqlite3.connect(sys.argv[1],timeout=20); d.execute('UPDATE credential SET revoked_ms=1'); d.commit()", path.join(server.data, "plenum.db")]);
    const answer = await page.goto(home);
    assert.equal(answer.status(), 410);
    await until("nothing is kept", () => page.evaluate(async () => (await caches.keys()).length === 0 && (await navigator.serviceWorker.getRegistrations()).length === 0));
    await page.context().close();
  });

  await test("reading: its server ends in order, and no sanitizer has spoken", async () => {
    assert.deepEqual(await server.stop(), { code: 0, by: null });
    assert.ok(!/Sanitizer|runtime error/.test(server.log), server.log.slice(-4000));
  });
  rmSync(path.join(server.folder, "reading"), { recursive: true, force: true });
}

// A cut download goes on in a real Chromium: a proxy in front of the server ends the connection in the middle of a paper and of the archive; the browser asks for the
// rest by itself (Range, If-Range), or by its own button when the server was killed; the file is the same, byte for byte. And a film of some MB seeks to its middle.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import path from "node:path";
import { chromium } from "playwright-core";
import { assert, test, until } from "./check.mjs";
import { Server } from "./server.mjs";

const EVENT = "resume";
const sum = (data) => createHash("sha256").update(data).digest("hex");

// Lets everything through and remembers the requests; answers with a paper end after so many bytes, one cut each: in order ("end") or torn ("tear").
class Proxy {
  constructor(port) {
    this.asked = [];
    this.cuts = [];
    this.line = createServer((phone) => {
      const home = connect(port, "127.0.0.1");
      let sent = 0, cut = null;
      phone.on("data", (data) => {
        for (const [head] of data.toString("latin1").matchAll(/^GET (.|\r\n(?!\r\n))*/gm)) {
          this.asked.push(head);
          if (/\/f\/|papers\.zip/.test(head)) { cut = this.cuts.shift() || null; sent = 0; }
        }
        home.write(data);
      });
      home.on("data", (data) => {
        if (cut && sent + data.length >= cut.after) {
          const piece = data.subarray(0, cut.after - sent);
          home.destroy();
          phone.write(piece, () => (cut.how === "tear" ? phone.resetAndDestroy() : phone.end()));
          cut.also?.();
          return;
        }
        sent += data.length;
        if (!phone.write(data)) { home.pause(); phone.once("drain", () => home.resume()); }
      });
      for (const [one, other] of [[phone, home], [home, phone]]) { one.on("error", () => other.destroy()); one.on("close", () => other.destroy()); }
    });
  }

  async open() {
    await new Promise((done) => this.line.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${this.line.address().port}`;
    return this;
  }

  of(part) { return this.asked.filter((head) => head.startsWith(`GET ${part}`)); }
}

function make(build) {
  const server = new Server(build, "resume");
  const files = path.join(server.folder, "resume");
  rmSync(files, { recursive: true, force: true });
  mkdirSync(files, { recursive: true });
  server.files = files;
  server.data = path.join(files, "data");
  const noise = Buffer.alloc(6 << 20);
  for (let i = 0, x = 19; i < noise.length; i += 4) { x = (Math.imul(x, 1664525) + 1013904223) | 0; noise.writeInt32LE(x, i); }
  writeFileSync(path.join(files, "big.pdf"), Buffer.concat([readFileSync("papers/political-report.pdf"), noise]));
  writeFileSync(path.join(files, "small.pdf"), readFileSync("papers/programme.pdf"));
  const clip = path.join(files, "clip.webm"); // noise does not get small
  execFileSync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc=d=4:s=320x240:r=10,noise=alls=60:allf=t", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1500k", "-g", "10", clip]);
  execFileSync("ffmpeg", ["-v", "error", "-stream_loop", "14", "-i", clip, "-c", "copy", path.join(files, "film.webm")]);
  const day = new Date().toISOString().slice(0, 10);
  const paper = (code, file = `${code}.pdf`) => ({ code, title: { vi: `Tài liệu ${code}` }, file, language: "vi" });
  writeFileSync(path.join(files, "event.json"), JSON.stringify({ format: "plenum-events/1", organization: { name: { vi: "Tổ chức" } }, people: [{ code: "P1", name: "Trần Thị Đọc" }], events: [{
    slug: EVENT, kind: "congress", title: { vi: "Đại hội" }, timezone: "Etc/UTC", starts: `${day}T00:00`, ends: `${day}T23:59`, categories: [{ code: "official", title: { vi: "Chính thức" } }],
    documents: [paper("big"), paper("small"), paper("film", "film.webm")], delegates: [{ person: "P1", number: "1", category: "official", status: "summoned" }] }] }));
  return server;
}

const BY_LINK = (href) => { Object.assign(document.createElement("a"), { href, download: "" }).click(); };

// The first request asks for all; each further one for what is missing, and only of the same version.
function assertResumed(asked, count) {
  const of = (head, name) => head.match(new RegExp(`^${name}: *(.*)$`, "im"))?.[1].trim();
  assert.equal(asked.length, count, asked.join("\n\n"));
  assert.equal(of(asked[0], "Range"), undefined);
  let from = 0;
  for (const head of asked.slice(1)) {
    const next = Number(/^bytes=(\d+)-$/.exec(of(head, "Range"))?.[1]);
    assert.ok(next > from, `goes on behind byte ${from}: ${head}`);
    assert.match(of(head, "If-Range") || "", /^"[0-9a-f]{64}"$/);
    from = next;
  }
}

export default async function resume(browser, main) {
  const server = make(main.build);
  server.port = await new Promise((done) => { const probe = createServer(); probe.listen(0, "127.0.0.1", () => { const { port } = probe.address(); probe.close(() => done(port)); }); });
  server.url = `http://127.0.0.1:${server.port}`;
  server.run("plenum", "import", path.join(server.files, "event.json"), "--data", server.data);
  const badge = server.token("P1", EVENT);
  await server.start();
  const proxy = await new Proxy(server.port).open();
  const paper = `/d/${badge}/f/big/1/big.pdf`, zip = `/d/${badge}/papers.zip`;
  // A profile of its own with a window of its own: chrome://downloads does not know of the contexts of tests.
  const context = await chromium.launchPersistentContext(path.join(server.files, "profile"), { executablePath: process.env.CHROMIUM || "/usr/bin/chromium", acceptDownloads: true,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--lang=en-US"] });
  const page = await context.newPage();

  for (const [door, name] of [[paper, "a paper"], [zip, "papers.zip"]]) {
    await test(`resume: ${name}, cut twice in the middle, goes on by itself`, async () => {
      const whole = await server.get(door);
      assert.ok(whole.body.length > 6 << 20);
      await page.goto(`${proxy.url}/d/${badge}`);
      proxy.asked = [];
      proxy.cuts = [{ after: 1500000, how: "end" }, { after: 2000000, how: "end" }];
      const [download] = await Promise.all([page.waitForEvent("download"), page.evaluate(BY_LINK, door)]);
      assert.equal(sum(readFileSync(await download.path())), sum(whole.body), "the same, byte for byte");
      assertResumed(proxy.of(door), 3);
    });
  }

  await test("resume: the server is killed in the middle and starts again: the button of the browser's own list goes on", async () => {
    const whole = await server.get(paper);
    const keep = path.join(server.files, "kept");
    mkdirSync(keep);
    const cdp = await context.newCDPSession(page);
    await cdp.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: keep });
    proxy.asked = [];
    proxy.cuts = [{ after: 2500000, how: "tear", also: () => server.stop("SIGKILL") }];
    await page.evaluate(BY_LINK, paper);
    await until("the server is gone", () => server.process.signalCode === "SIGKILL");
    const list = await context.newPage();
    await list.goto("chrome://downloads");
    await list.waitForSelector("downloads-item #tag:has-text('Failed')");
    await server.start();
    assert.equal(proxy.of(paper).length, 1, "by itself it does nothing more now");
    await list.locator("#more-actions").first().click();
    await list.locator("button:has-text('Resume')").click();
    const file = path.join(keep, "big.pdf");
    await until("the file is whole", () => existsSync(file) && statSync(file).size === whole.body.length && !existsSync(`${file}.crdownload`), 20000);
    assert.equal(sum(readFileSync(file)), sum(whole.body), "the same, byte for byte");
    assertResumed(proxy.of(paper), 2);
  });
  await test("resume: a film seeks to its middle and plays on; the part is asked for, not all before it", async () => {
    const size = statSync(path.join(server.files, "film.webm")).size;
    proxy.asked = [];
    await page.goto(`${proxy.url}/d/${badge}/r/film/1`);
    await page.waitForFunction(() => document.querySelector("video").readyState >= 1);
    const [at, length] = await page.evaluate(async () => {
      const film = document.querySelector("video");
      film.muted = true;
      film.currentTime = film.duration / 2;
      await new Promise((done) => { film.onseeked = done; });
      return [film.currentTime, film.duration];
    });
    assert.ok(at > 25 && at < 35 && length > 55, `${at} of ${length} s`);
    await page.evaluate(() => document.querySelector("video").play());
    await page.waitForFunction((from) => document.querySelector("video").currentTime > from + 0.2, at);
    const from = proxy.asked.filter((head) => /\/f\/film\//.test(head)).map((head) => Number(/^range: *bytes=(\d+)-/im.exec(head)?.[1] || 0));
    // Which parts is the browser's choice (the index at the end, the middle, what its buffer lacks after it): all that matters is that it jumps.
    assert.ok(from.some((byte) => byte > size / 4), `${from} of ${size}`);
    await page.goto(`${proxy.url}/d/${badge}?lang=ar`);
    assert.equal(await page.getAttribute("html", "dir"), "rtl", "and one goes on from there to another page");
  });
  await context.close();
  proxy.line.close();
  await test("resume: its server ends in order", async () => { assert.deepEqual(await server.stop(), { code: 0, by: null }); });
  rmSync(server.files, { recursive: true, force: true });
}

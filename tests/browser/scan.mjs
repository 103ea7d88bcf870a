// A helper's phone as a scanner, over HTTPS, with Chromium's fake camera that is shown a real badge: in, without a network, loaded again without one, shut out, and back.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { chromium } from "playwright-core";
import { assert, test, until } from "./check.mjs";
import { assertCalm, assertFits, assertWords, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { EVENT, PASSWORD, USER, freePort } from "./server.mjs";

const PATIENCE = 30000;

// The badge as it is printed, as a photo; and held before a camera: there for a second, away for four.
function photograph(server, folder, person) {
  person.token = server.token(person.code);
  person.photo = path.join(folder, `${person.code}.png`);
  copyFileSync(path.join(server.folder, "badge.png"), person.photo);
}
function film(folder, photo) {
  const clip = path.join(folder, "camera.mjpeg");
  const part = (name, ...options) => execFileSync("ffmpeg", ["-y", "-loglevel", "error", ...options, "-r", "30", "-c:v", "mjpeg", "-q:v", "4", "-f", "mjpeg", path.join(folder, name)]);
  part("a.mjpeg", "-loop", "1", "-t", "1", "-i", photo, "-vf", "scale=-2:720,pad=1280:720:(ow-iw)/2:0:gray,format=yuvj420p");
  part("b.mjpeg", "-f", "lavfi", "-t", "4", "-i", "color=gray:s=1280x720:r=30", "-vf", "format=yuvj420p");
  writeFileSync(clip, Buffer.concat([readFileSync(path.join(folder, "b.mjpeg")), readFileSync(path.join(folder, "a.mjpeg"))]));
  return clip;
}

class Phone {
  constructor(base, folder) { Object.assign(this, { base, folder, complaints: [] }); }

  async start(camera, more = {}) {
    const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--ignore-certificate-errors", "--use-fake-ui-for-media-stream"];
    if (camera) args.push("--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${camera}`);
    const options = { viewport: { width: 360, height: 740 }, locale: "en-GB", timezoneId: "Asia/Ho_Chi_Minh", ignoreHTTPSErrors: true, acceptDownloads: true, ...more };
    this.context = await chromium.launchPersistentContext(path.join(this.folder, "profile"), { executablePath: process.env.CHROMIUM || "/usr/bin/chromium", headless: true, args, ...options });
    this.page = this.context.pages()[0] ?? await this.context.newPage();
    this.page.on("pageerror", (error) => this.complaints.push(String(error)));
    this.page.on("console", (message) => { if (/Content Security Policy/i.test(message.text())) this.complaints.push(message.text()); });
  }

  async signIn() {
    await this.page.goto(`${this.base}/login?next=/scan/${EVENT}`);
    await this.page.fill('input[name="name"]', this.user ?? USER);
    await this.page.fill('input[name="password"]', PASSWORD);
    await Promise.all([this.page.waitForURL(/\/scan\//), this.page.press('input[name="password"]', "Enter")]);
  }

  async begin(gate) {
    await this.page.waitForSelector("#setup:not([hidden])");
    await this.page.selectOption("#where", gate);
    await this.page.click("#start button[type=submit]");
  }

  data(name) { return this.page.evaluate((one) => document.documentElement.dataset[one], name); }
  async reads() { await until("the camera reads", async () => (await this.data("camera")) === "reads", PATIENCE); }
  text(selector) { return this.page.$eval(selector, (one) => one.textContent.trim()); }
  // A photo of that badge is taken; gives what stands on the screen.
  async photo(person) {
    const before = Number((await this.data("shown")) ?? 0);
    await this.page.setInputFiles("#photo", person.photo);
    await until(`${person.code} is told`, async () => Number((await this.data("shown")) ?? 0) > before && (await this.text("#results")).includes(person.name), PATIENCE);
    return this.page.evaluate((name) => [...document.querySelectorAll(".panel")].find((one) => one.textContent.includes(name)).className.replace(/panel|new/g, "").trim(), person.name);
  }

  async stop() { await this.context?.close(); }
}

const checkins = (server) => JSON.parse(server.run("plenum", "export", "checkins", "--event", EVENT, "--format", "json", "--data", server.data));
const devices = (server) => JSON.parse(server.run("plenum", "device", "list", "--json", "--data", server.data));
const of = (all, person) => all.filter((one) => one.person === person.code);
const allSent = (phone) => until("everything is sent", async () => (await phone.text("#queue .text")) === "All sent" && (await phone.text("#server .text")) === "Server reached", PATIENCE);

export default async function scan(browser, server, people) {
  const folder = path.join(server.folder, "scan");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const [first, second, third] = people.spare;
  const fourth = people.second;
  for (const person of [first, second, third, fourth, people.official]) photograph(server, folder, person);
  await server.stop();
  await server.start({ tls: await freePort() });
  const base = `https://127.0.0.1:${server.tls}`;
  const phone = new Phone(base, folder);
  const told = {};

  await test("scan: signed in, a gate chosen, and the camera admits who shows a badge", async () => {
    await phone.start(film(folder, first.photo));
    await phone.signIn();
    await picture(server, phone.page, "scan-setup", false);
    await phone.begin("main");
    await phone.reads();
    await until("the badge is admitted", async () => (await phone.data("state")) === "admitted", PATIENCE);
    assert.ok((await phone.text(".panel .name")).includes(first.name));
    await picture(server, phone.page, "scan-admitted", false);
    await assertWords(phone.page);
    await assertFits(phone.page);
    await until("the record has it", async () => of(checkins(server), first).some((one) => one.outcome === "admitted"), PATIENCE);
    const device = devices(server).at(-1);
    assert.equal(device.account, USER);
    assert.equal(device.gate, "main");
  });

  await test("scan: away and back before the camera, it is already in, never out", async () => {
    await until("already in", async () => (await phone.data("state")) === "already_in", PATIENCE);
    assert.equal(of(checkins(server), first).filter((one) => one.outcome === "admitted").length, 1);
  });

  await test("scan: without the server the list decides, and says so", async () => {
    await until("the page opens without a network", async () => /opens without/.test(await phone.page.$eval("#kept", (one) => one.textContent)), PATIENCE);
    await until("the list is here", async () => /old/.test(await phone.text("#list .text")), PATIENCE);
    await server.stop("SIGKILL");
    told.second = Date.now();
    assert.equal(await phone.photo(second), "admitted");
    assert.match(await phone.text(".panel.admitted .doubt"), /list/);
    await until("the server is told to be away", async () => /away/.test(await phone.text("#server .text")), PATIENCE);
    await picture(server, phone.page, "scan-offline", false);
  });

  await test("scan: loaded again without a network, it goes on", async () => {
    await phone.page.reload();
    await phone.reads();
    assert.match(await phone.text("#queue .text"), /wait/);
    told.third = Date.now();
    assert.equal(await phone.photo(third), "admitted");
    assert.equal(await phone.photo(second), "already_in");
  });

  await test("scan: back, each is recorded once, with its own time", async () => {
    await server.start();
    await allSent(phone);
    const all = checkins(server);
    assert.equal(new Set(all.map((one) => one.scan_id)).size, all.length);
    for (const [person, at] of [[second, told.second], [third, told.third]]) {
      const mine = of(all, person).filter((one) => one.outcome === "admitted");
      assert.equal(mine.length, 1, person.code);
      const away = Date.parse(mine[0].happened_at) - at;
      assert.ok(away > -2000 && away < PATIENCE, `recorded ${away} ms beside`);
    }
    assert.deepEqual(all.filter((one) => one.conflict), []);
  });

  await test("scan: taken back", async () => {
    const before = checkins(server).filter((one) => one.undone_at).length;
    await phone.page.click("#undo");
    await until("it is told", async () => /was taken back/.test(await phone.text("#note")) || new Error(`${await phone.text("#note")} ${phone.complaints}`), PATIENCE);
    assert.equal(checkins(server).filter((one) => one.undone_at).length, before + 1);
  });

  await test("scan: a full phone says that the scan is not kept, and goes on when there is room", async () => {
    const tool = await phone.context.newCDPSession(phone.page);
    await tool.send("Storage.overrideQuotaForOrigin", { origin: base, quotaSize: 1 });
    await phone.page.setInputFiles("#photo", second.photo);
    await until("it is told", async () => (await phone.data("state")) === "lost", PATIENCE);
    assert.match(await phone.text(".panel.lost .do"), /full/);
    await picture(server, phone.page, "scan-full", false);
    await tool.send("Storage.overrideQuotaForOrigin", { origin: base });
    assert.equal(await phone.photo(second), "already_in");
    await tool.detach();
  });

  await test("scan: shut out, it says so, keeps what it reads, and gives it as a file", async () => {
    server.run("plenum", "device", "revoke", devices(server).at(-1).device, "--data", server.data);
    await until("it is told", async () => (await phone.data("stop")) === "revoked", PATIENCE);
    await picture(server, phone.page, "scan-revoked", false);
    assert.equal(await phone.photo(fourth), "admitted");
    assert.match(await phone.text("#queue .text"), /wait/);
    assert.equal(of(checkins(server), fourth).length, 0);
    await phone.page.click("#more");
    const [file] = await Promise.all([phone.page.waitForEvent("download"), phone.page.click("#export")]);
    phone.file = path.join(folder, "scans.json");
    await file.saveAs(phone.file);
    assert.ok(!readFileSync(phone.file, "utf8").includes(fourth.token));
    await picture(server, phone.page, "scan-menu", false);
    const take = (...more) => server.run("plenum", "import", phone.file, "--dry-run", "--json", "--data", server.data, ...more);
    assert.throws(() => take(), /was revoked/);
    const report = JSON.parse(take("--from-revoked"));
    assert.ok(report.scans >= 1 && report.invalid === 0 && report.new >= 1, JSON.stringify(report));
    await phone.page.click("#menu form button");
  });

  await test("scan: set up again, what waited is recorded", async () => {
    await phone.page.click("#stop a");
    await phone.begin("main");
    await phone.reads();
    await allSent(phone);
    assert.equal(of(checkins(server), fourth).filter((one) => one.outcome === "admitted").length, 1);
    assert.deepEqual(phone.complaints, []);
  });

  await test("scan: narrow, across, right to left: everything fits, and axe finds nothing", async () => {
    const { page } = phone;
    for (const [language, width, height] of [["vi", 320, 568], ["ar", 320, 568], ["ar", 640, 320], ["pt", 568, 320], ["en", 1280, 800]]) {
      await page.setViewportSize({ width, height });
      await page.goto(`${base}/scan/${EVENT}?lang=${language}`);
      await phone.reads();
      await phone.photo(fourth);
      await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
      await assertFits(page);
      await assertWords(page);
      await picture(server, page, `scan-${language}-${width}x${height}`, false);
      const covered = await page.evaluate(() => [...document.querySelectorAll(".panel .text, .panel .signs")].filter((one) => {
        const panel = one.closest(".panel");
        const [inner, outer, frame] = [one.getBoundingClientRect(), panel.getBoundingClientRect(), parseFloat(getComputedStyle(panel, "::before").paddingTop)];
        return inner.bottom > outer.bottom - frame + 1 || inner.top < outer.top + frame - 1;
      }).length);
      assert.equal(covered, 0, `the frame covers text: ${language} ${width}×${height}`);
      await assertAccessible(page, `${language} ${width}×${height}`);
    }
    await page.click("#more");
    await assertAccessible(page, "the menu");
    await page.keyboard.press("Escape");
  });

  await test("scan: a second tab of the phone says that one is open", async () => {
    const tab = await phone.context.newPage();
    await tab.goto(`${base}/scan/${EVENT}`);
    await until("it is told", async () => (await tab.evaluate(() => document.documentElement.dataset.stop)) === "other_tab", PATIENCE);
    await tab.close();
  });

  await test("scan: at the end of a shift the phone forgets everything, and is none of ours any more", async () => {
    await phone.page.click("#more");
    await phone.page.click("#end");
    await Promise.all([phone.page.waitForURL(/\/desk\//), phone.page.click("#end")]);
    assert.ok(devices(server).at(-1).revoked);
    await phone.page.goto(`${base}/scan/${EVENT}?lang=en`);
    await phone.page.waitForSelector("#setup:not([hidden])");
    assert.deepEqual(phone.complaints, []);
  });
  await phone.stop();

  const blind = new Phone(base, path.join(folder, "blind"));
  await test("scan: without a camera it says why, and photos are read", async () => {
    await blind.start(null);
    await blind.signIn();
    await blind.begin("main");
    await until("it is told", async () => (await blind.data("camera")) === "none", PATIENCE);
    assert.match(await blind.text("#blind"), /NO CAMERA FOUND.*Photo/s);
    await picture(server, blind.page, "scan-no-camera", false);
    await assertAccessible(blind.page, "no camera");
    assert.equal(await blind.photo(people.official), "admitted");
    const empty = path.join(folder, "empty.png");
    execFileSync("ffmpeg", ["-y", "-loglevel", "error", "-f", "lavfi", "-i", "color=gray:s=640x480", "-frames:v", "1", empty]);
    await blind.page.setInputFiles("#photo", empty);
    await until("an empty photo is told", async () => /No badge in this photo/.test(await blind.text("#note")), PATIENCE);
  });
  await blind.stop();

  await server.stop();
  const own = Object.values(networkInterfaces()).flat().find((one) => one.family === "IPv4" && !one.internal)?.address;
  const air = new Phone(`http://${own}:${server.port}`, path.join(folder, "air"));
  await test("scan: over plain HTTP, where the desk may work so: photos by the desk's session, kept while the server is away", async () => {
    assert.ok(own, "this machine has an address that is not loopback");
    const secret = path.join(folder, "password");
    writeFileSync(secret, `${PASSWORD}\n`, { mode: 0o600 });
    server.run("plenum", "user", "add", "ban-don", "--role", "desk", "--event", EVENT, "--password-file", secret, "--data", server.data);
    execFileSync("python3", ["-c", "import sqlite3,sys; c = sqlite3.connect(sys.argv[1], timeout=20); c.execute(\"INSERT OR REPLACE INTO setting(name, value) VALUES('plain_desk', '1')\"); c.commit()", path.join(server.data, "plenum.db")]);
    await server.start({ address: "0.0.0.0" });
    air.user = "ban-don";
    await air.start(null);
    await air.signIn();
    await air.page.waitForSelector("#plain:not([hidden])");
    await air.begin("main");
    await until("it is told", async () => (await air.data("camera")) === "insecure", PATIENCE);
    await picture(server, air.page, "scan-plain", false);
    assert.equal(await air.photo(people.official), "already_in");
    const before = checkins(server).length;
    await server.stop("SIGKILL");
    const shown = Number(await air.data("shown"));
    await air.page.setInputFiles("#photo", people.spare[0].photo);
    await until("it is kept for later", async () => Number(await air.data("shown")) > shown && (await air.data("state")) === "queued", PATIENCE);
    await server.start({ address: "0.0.0.0" });
    await until("it is sent", async () => (await air.text("#queue .text")) === "All sent" && checkins(server).length === before + 1, PATIENCE);
    assert.equal(checkins(server).at(-1).account, "ban-don");
    assert.deepEqual(air.complaints, []);
  });
  await air.stop();
  await server.stop();
  await server.start({ tls: 0 });
}

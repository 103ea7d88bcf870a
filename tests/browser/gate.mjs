// The operator's screen of a scanner: five states that cannot be confused, live, after a restart too, and for nobody else.
import { execFileSync, spawn } from "node:child_process";
import http from "node:http";
import path from "node:path";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { assert, test, until } from "./check.mjs";
import { assertCalm, assertNoScroll, assertWords, open, picture } from "./browser.mjs";
import { EVENT, sample } from "./server.mjs";

const NOBODY = "ZZZZZZZZZZZZZZZZ";
const STATES = ["admitted", "already_in", "refused", "handed_out", "queued"];

class Gate {
  constructor(server, name, gate) {
    this.server = server;
    this.spool = path.join(server.folder, `spool-${name}`);
    this.program = path.join(server.bin, "plenum-scanner");
    this.port = 0;
    rmSync(this.spool, { recursive: true, force: true });
    const { code } = JSON.parse(server.run("plenum", "device", "pair", "--event", EVENT, "--gate", gate, "--json", "--data", server.data));
    server.run("plenum-scanner", "--server", server.url, "--pair", code, "--spool", this.spool);
  }

  async start(...more) {
    this.log = "";
    const source = more.includes("--camera") ? [] : ["--lines", "-"];
    this.process = spawn(this.program, ["--spool", this.spool, ...source, "--status", String(this.port), "--json", ...more], { stdio: ["pipe", "ignore", "pipe"] });
    this.process.stderr.on("data", (text) => { this.log += text; });
    this.port = Number(await until("the page's address", () => /status page: http:\/\/127\.0\.0\.1:(\d+)\//.exec(this.log)?.[1], 15000));
    this.url = `http://127.0.0.1:${this.port}/`;
  }

  show(...tokens) { this.process.stdin.write(`${tokens.join("\n")}\n`); }

  async stop(signal) {
    const ended = new Promise((done) => this.process.once("exit", done));
    if (signal) this.process.kill(signal);
    else this.process.stdin.end();
    await ended;
  }

  ask(target, headers, method = "GET") {
    return new Promise((done, fail) => {
      const request = http.request({ host: "127.0.0.1", port: this.port, path: target, method, headers, agent: false }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() }));
      });
      request.on("error", fail).end();
    });
  }
}

const state = (page) => page.evaluate(() => document.documentElement.dataset.state);
const shows = (page, wanted) => until(`the screen shows ${wanted}`, async () => (await state(page)) === wanted, 15000);

async function see(server, page, name) {
  for (const [width, height] of [[1366, 768], [800, 480], [360, 640]]) {
    await page.setViewportSize({ width, height });
    await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
    await assertNoScroll(page);
    await assertWords(page);
    const outside = await page.evaluate(() => [...document.querySelectorAll("main *, header *")].filter((e) => {
      const box = e.getBoundingClientRect();
      return box.width > 0 && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1);
    }).map((e) => `${e.tagName}.${e.className.baseVal ?? e.className}`));
    assert.deepEqual(outside, [], `outside the picture: ${name}, ${width}×${height}`);
    const covered = await page.evaluate(() => [...document.querySelectorAll(".panel .text, .panel .signs, .panel .face")].filter((e) => {
      const text = e.getBoundingClientRect();
      const panel = e.closest(".panel").getBoundingClientRect();
      const frame = parseFloat(getComputedStyle(e.closest(".panel"), "::before").paddingTop);
      return text.bottom > panel.bottom - frame + 1 || text.top < panel.top + frame - 1;
    }).length);
    assert.equal(covered, 0, `the frame covers text: ${name}, ${width}×${height}`);
    await picture(server, page, `gate-${name}-${width}x${height}`, false);
  }
}

// What the eye has besides colour: word, shape, pattern, brightness of the ground.
const marks = (page) => page.evaluate(() => {
  const panel = document.querySelector(".panel");
  const [r, g, b] = getComputedStyle(panel).backgroundColor.match(/\d+/g).map(Number);
  return { word: panel.querySelector(".word").textContent, shape: panel.querySelector("svg").innerHTML, pattern: getComputedStyle(panel, "::before").backgroundImage + getComputedStyle(panel, "::before").backgroundColor, light: .2126 * r + .7152 * g + .0722 * b };
});

function write(database, sql, ...values) {
  execFileSync("python3", ["-c", "import sqlite3,sys; c = sqlite3.connect(sys.argv[1], timeout=20); c.execute(sys.argv[2], sys.argv[3:]); c.commit()", database, sql, ...values]);
}

export default async function gate(browser, server, people) {
  const main = new Gate(server, "main", "main");
  const gifts = new Gate(server, "gifts", "gifts");
  const alone = new Gate(server, "alone", "main");
  await main.start();
  await gifts.start();
  await alone.start("--server", "http://127.0.0.1:9");
  const page = await open(browser);
  const names = new Map(sample.people.map((person) => [person.code, person.name]));
  const officials = sample.events.find((one) => one.slug === EVENT).delegates.filter((one) => one.person && one.category === "official" && one.status === "summoned");
  officials.sort((a, b) => names.get(b.person).length - names.get(a.person).length);
  const longest = server.token(officials[0].person);
  const away = server.token(officials.at(-1).person); // has withdrawn, and has a name that runs the other way
  write(path.join(server.data, "plenum.db"), "UPDATE delegate SET status = 'withdrawn' WHERE person_id = (SELECT id FROM person WHERE code = ?)", officials.at(-1).person);
  write(path.join(server.data, "plenum.db"), "UPDATE person SET name = 'عبد الرحمن بن عبد العزيز الفارسي' WHERE code = ?", officials.at(-1).person);
  const photos = path.join(server.folder, "gate-photos");
  mkdirSync(photos, { recursive: true });
  for (const code of [people.official.code, officials[0].person, officials.at(-1).person]) copyFileSync("photos/P0001.jpg", path.join(photos, `${code}.jpg`));
  server.run("plenum", "photos", "add", photos, "--event", EVENT, "--data", server.data);
  const seen = {};
  const faced = async () => {
    await page.waitForSelector(".panel.faced .face");
    assert.ok(await page.$eval(".face", (one) => one.naturalWidth > 0 && one.naturalWidth <= 320 && one.naturalHeight <= 320), "a small picture");
  };

  async function story(name, where, token, look) {
    await test(`gate: ${name} is told by word, shape and pattern`, async () => {
      await page.goto(`${where.url}?lang=en`);
      await until("the screen is ready", async () => (await state(page)) === "ready" && page.evaluate(() => document.getElementById("gate").textContent !== ""), 15000);
      where.show(token);
      await shows(page, name);
      seen[name] = await marks(page);
      if (look) await look();
      await see(server, page, name);
    });
  }
  await story("admitted", main, people.official.token, async () => {
    assert.equal((await page.textContent(".name")).normalize("NFC"), people.official.name);
    assert.deepEqual(await page.$$eval(".boxes b", (list) => list.map((one) => one.textContent)), [people.official.seat, people.official.box], "the seat and the badge box");
    assert.ok((await page.textContent(".of")).endsWith(" · Delegate"), "the category by its title");
    assert.equal(await page.textContent("#server .text"), "Server reached");
    assert.equal(await page.textContent("#gate"), "Main hall door");
    await faced();
  });
  await story("already_in", main, people.official.token, async () => {
    assert.match(await page.textContent(".why"), /Since \d\d:\d\d · main/);
    await faced();
  });
  await story("refused", main, NOBODY, async () => {
    assert.equal(await page.textContent(".why"), "This badge is not known.");
    assert.equal(await page.textContent(".do"), "Please show the way to the welcome desk.");
  });
  await story("handed_out", gifts, people.official.token, faced);
  await story("queued", alone, people.official.token, async () => {
    assert.equal(await page.$(".face"), null, "no server, no photo");
    await until("the queue is told", async () => /1 wait/.test(await page.textContent("#queue .text")));
    assert.equal(await page.textContent("#server .text"), "Server not reached yet");
    assert.equal(await page.textContent("#roster .text"), "No list yet");
  });

  await test("gate: no two states share word, shape or pattern; neighbours in colour are far apart in brightness", async () => {
    for (const mark of ["word", "shape", "pattern"]) assert.equal(new Set(STATES.map((name) => seen[name]?.[mark])).size, STATES.length, mark);
    assert.ok(Math.min(seen.already_in.light, seen.queued.light) - Math.max(seen.admitted.light, seen.refused.light, seen.handed_out.light) > 90, JSON.stringify(seen));
  });

  await test("gate: two badges at once stand side by side, each with its photo", async () => {
    await page.goto(`${main.url}?lang=vi`);
    await until("the screen listens", async () => (await state(page)) !== "silent", 15000);
    main.show(away, longest);
    await until("two panels", () => page.evaluate(() => document.querySelectorAll(".panel.refused.faced, .panel.admitted.faced").length === 2), 10000);
    await see(server, page, "two");
    await page.goto(`${main.url}?lang=vi`);
    await faced();
    await see(server, page, "long");
    await until("ready for the next", async () => (await state(page)) === "ready", 15000);
  });

  await test("gate: what is no badge is named and changes nothing", async () => {
    main.show("WIFI:S:Hall;T:WPA;P:secret;;");
    await page.waitForSelector("#foreign:not([hidden])");
    assert.match(await page.textContent("#foreign"), /mã Wi-Fi/);
    assert.ok(!(await page.content()).includes("secret"));
    await see(server, page, "ready");
  });

  await test("gate: sound by a click, and off again", async () => {
    assert.equal(await page.getAttribute("#sound", "aria-pressed"), "false");
    await page.click("#sound");
    await until("sound is on", async () => (await page.getAttribute("#sound", "aria-pressed")) === "true");
    await page.click("#sound");
    await until("sound is off", async () => (await page.getAttribute("#sound", "aria-pressed")) === "false");
  });

  await test("gate: what the server will never take is counted and listed", async () => {
    // tests/flow/telling.py has a server that says so; here the queue is made to hold one.
    write(path.join(main.spool, "queue.db"), "UPDATE scan SET state = 'set_aside', outcome = 'invalid', outcome_reason = 'scan_id_reused' WHERE seq = (SELECT min(seq) FROM scan)");
    await page.goto(`${main.url}?lang=en`);
    await page.waitForSelector("#aside:not([hidden])");
    assert.equal(await page.textContent("#aside"), "1 set aside");
    await page.click("#aside");
    await page.waitForSelector("#asides[open] li");
    assert.match(await page.textContent("#asides li"), /This scan number was used before/);
    assert.ok(!(await page.textContent("#asides")).includes(people.official.token));
    await see(server, page, "aside");
    await page.click("#asides button");
    await page.waitForSelector("#asides", { state: "hidden" });
  });

  await test("gate: a camera that is not there is told in place of being ready", async () => {
    const blind = new Gate(server, "blind", "main");
    await blind.start("--camera", "/dev/no-camera");
    for (const [language, word] of [["vi", /CHƯA CÓ CAMERA/], ["ar", /لا كاميرا/], ["en", /NO CAMERA/]]) {
      await page.goto(`${blind.url}?lang=${language}`);
      await shows(page, "blind");
      await until("its word", async () => word.test(await page.textContent(".panel.stopped .word")), 15000);
      await see(server, page, `blind-${language}`);
    }
    assert.match(await page.textContent(".do"), /Plug it in again/);
    await blind.stop("SIGTERM");
    await page.goto(`${main.url}?lang=en`);
  });

  await test("gate: right to left", async () => {
    await page.selectOption("#language", "ar");
    await until("Arabic", () => page.evaluate(() => document.documentElement.dir === "rtl"));
    main.show(away);
    await shows(page, "refused");
    await faced();
    await see(server, page, "arabic");
    await page.selectOption("#language", "en");
  });

  await test("gate: a scanner that dies is said to be silent, and its screen comes back by itself", async () => {
    await main.stop("SIGKILL");
    await shows(page, "silent");
    await page.waitForSelector(".panel.stopped");
    await see(server, page, "silent");
    await main.start();
    await until("live again", async () => (await state(page)) === "ready", 20000);
    main.show(people.guest.token);
    await until("a result", async () => ["admitted", "refused"].includes(await state(page)), 15000);
    // How a browser calls a scanner that is gone depends on the moment.
    page.complaints = page.complaints.filter((text) => !/net::ERR_/.test(text));
    await assertCalm(page);
  });

  await test("gate: only for this machine's own browser, and only its own page", async () => {
    const host = `127.0.0.1:${main.port}`;
    const status = async (target, headers, method) => (await main.ask(target, headers, method)).status;
    assert.equal(await status("/", { host }), 200);
    assert.equal(await status("/", { host: `localhost:${main.port}` }), 200);
    for (const other of ["evil.example", `evil.example:${main.port}`, "127.0.0.1", "127.0.0.1:1", `127.0.0.1.evil.example:${main.port}`]) assert.equal(await status("/events", { host: other }), 421, other);
    assert.equal(await status("/aside.json", { host, "sec-fetch-site": "cross-site" }), 403);
    assert.equal(await status("/aside.json", { host, origin: "http://evil.example" }), 403);
    assert.equal(await status("/", { host }, "POST"), 405);
    assert.equal(await status("/device.json", { host }), 404);
    assert.equal(await status("/../device.json", { host }), 404);
    const answer = await main.ask("/", { host });
    assert.match(answer.headers["content-security-policy"], /default-src 'none'/);
    assert.equal(answer.headers["access-control-allow-origin"], undefined);
  });

  await page.context().close();
  for (const one of [main, gifts, alone]) await one.stop();
}

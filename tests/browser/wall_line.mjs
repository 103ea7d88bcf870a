// The wall and its line: opened by its code, names only where they may be, killed and restarted servers, a cut network, wrong clocks, new pages.
import { assert, test, until } from "./check.mjs";
import { assertNoScroll, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { EVENT, sample } from "./server.mjs";
import { Line, Wire, everything, hang, shows, signedIn } from "./wall_kit.mjs";

const NAMED = sample.events.find((one) => one.names_on_wall).slug;
const present = async (page) => Number((await page.textContent("#present")).replace(/\D/g, "") || "NaN");
const ready = (page) => until("figures on the wall", async () => Number.isFinite(await present(page)));
const isOpen = (page) => until("the line is open", async () => (await page.getAttribute("#wall", "data-line")) === "open");
const isWaiting = (page) => until("it says that the line is down", async () => (await page.getAttribute("#wall", "data-line")) === "waiting");

let count = 0;
async function desk(browser, server) {
  const page = await open(browser);
  await signIn(page, server);
  for (const slug of [EVENT, NAMED]) await hang(page, "attendance", slug);
  const csrf = await page.locator("input[name=csrf]").first().getAttribute("value");
  const send = async (slug, data) => {
    const id = `0192f0c0-0000-7000-8000-0000000${String(++count).padStart(5, "0")}`;
    const answer = await page.request.post(`${server.url}/api/v1/checkins?event=${slug}`, {
      headers: { "X-CSRF-Token": csrf }, data: { scan_id: id, direction: "in", scanned_at: new Date().toISOString(), age_ms: 0, decision: "ask", ...data },
    });
    assert.equal((await answer.json()).results[0].outcome, "admitted");
  };
  return { page, send };
}

export default async function wallLine(browser, server, people) {
  await test("wall: opened by its code alone; that cookie reads nothing else", async () => {
    const staff = await open(browser);
    await signIn(staff, server, `/admin/${EVENT}`);
    await hang(staff, "attendance");
    const code = (await staff.locator(`.links li:has(a[href='/admin/${EVENT}/wall']) code`).last().textContent()).trim();
    await staff.context().close();
    const page = await open(browser, { width: 1920, height: 1080 });
    await page.goto(`${server.url}/display/${EVENT}`);
    await page.fill("#code", "000001" === code ? "000002" : "000001");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role=alert]");
    await page.fill("#code", code);
    await page.keyboard.press("Enter");
    await ready(page);
    for (const [target, wanted] of [[`/api/v1/events/${EVENT}/stats`, 200], [`/api/v1/events/${EVENT}/delegates?q=nguyen`, 403], [`/desk/${EVENT}/scans`, 403], ["/api/v1/events/tap-huan-2026/stats", 403]]) {
      const answer = await page.request.get(`${server.url}${target}`, { maxRedirects: 0 });
      assert.ok(wanted === 200 ? answer.status() === 200 : [401, 403].includes(answer.status()), `${target}: ${answer.status()}`);
    }
    await page.context().close();
  });

  await test("wall: switched from the organiser's phone, all walls or one; what it shows stands on the phone", async () => {
    const phone = await open(browser, { width: 320, height: 640 });
    await signIn(phone, server, `/admin/${EVENT}/wall`);
    const code = (await phone.locator(".sc-code").textContent()).trim();
    const walls = [];
    for (let i = 0; i < 2; i++) {
      const page = await open(browser, { width: 1280, height: 720 });
      await page.goto(`${server.url}/w?w=640&h=360`);
      await page.fill("#code", code);
      await page.keyboard.press("Enter");
      await page.waitForURL(/display.*w=640/);
      await isOpen(page);
      walls.push(page);
    }
    const [first, second] = walls;
    const id = await second.getAttribute("body", "data-wall");
    const press = async (button, query = "") => {
      await phone.goto(`${server.url}/admin/${EVENT}/wall${query}`);
      await phone.click(button);
    };
    await press("#b-quorum");
    for (const page of walls) await shows(page, "quorum");
    await press("#b-black", `?for=${id}`);
    await shows(second, "black");
    assert.equal(await first.getAttribute("#wall", "data-scene"), "quorum");
    await until("the phone says what hangs there", async () => { await phone.goto(`${server.url}/admin/${EVENT}/wall?for=${id}`); return /640/.test(await phone.textContent(".sc-walls")) && (await phone.textContent(".sc-walls")).includes("1280"); });
    await phone.goto(`${server.url}/admin/${EVENT}/wall`);
    await phone.fill("textarea[id^=text-vi]", "Mời đại biểu vào hội trường");
    await phone.click("#b-show");
    await shows(first, "message");
    assert.match(await first.textContent("#m-text"), /Mời đại biểu/);
    await press("#b-follow");
    await until("by the programme again", async () => (await first.getAttribute("#wall", "data-scene")) !== "message");
    for (const page of [...walls, phone]) await page.context().close();
  });

  await test("wall: last arrivals by name only where the event allows it", async () => {
    const course = sample.events.find((one) => one.names_on_wall);
    const delegate = course.delegates.find((one) => one.person && one.status === "summoned");
    const name = sample.people.find((one) => one.code === delegate.person).name.normalize("NFC");
    const { page: staff, send } = await desk(browser, server);
    const page = await open(browser, { width: 1280, height: 720, storageState: await staff.context().storageState() });
    await page.goto(`${server.url}/display/${course.slug}`);
    await ready(page);
    await isOpen(page);
    await send(course.slug, { delegate: delegate.person, gate: course.gates[0].code });
    await until("the name is welcomed", async () => (await page.textContent("#arrivals")).includes(name));
    await assertNoScroll(page);
    await picture(server, page, "wall-names-1280x720", false);
    await page.context().close();
    await staff.context().close();
  });

  await test("wall: says calmly that the line is down, comes back by itself after kill -9, and counts on", async () => {
    const { page: staff, send } = await desk(browser, server);
    const page = await open(browser, { width: 1920, height: 1080, storageState: await staff.context().storageState() });
    await page.goto(`${server.url}/display/${EVENT}`);
    await ready(page);
    await isOpen(page);
    const before = await present(page);
    await server.stop("SIGKILL");
    await isWaiting(page);
    assert.equal(await present(page), before, "the last figures stay");
    assert.match(await page.textContent("#age"), /Đang nối lại/);
    await assertNoScroll(page);
    await picture(server, page, "wall-1920-line-down", false);
    await server.start();
    await isOpen(page);
    await page.evaluate(() => { new MutationObserver(() => { window.counted = performance.timeOrigin + performance.now(); }).observe(document.getElementById("present"), { childList: true, characterData: true, subtree: true }); });
    await send(EVENT, { delegate: people.fourth.code, gate: "main" });
    const told = Date.now();
    await until("the wall counts", async () => (await present(page)) === before + 1);
    console.log(`# shown ${Math.round(await page.evaluate(() => window.counted) - told)} ms after the door had its answer`);
    await page.context().close();
    await staff.context().close();
  });

  await test("wall: a network that is cut without a word is noticed; the age is told; the programme goes on; it comes back with the figures of now", async () => {
    const wire = await new Wire(server).start();
    const state = await signedIn(browser, server);
    const page = await open(browser, { width: 1920, height: 1080, storageState: state });
    await page.clock.install();
    await page.goto(`${wire.url}/display/${EVENT}`);
    await ready(page);
    await isOpen(page);
    wire.cut();
    for (let i = 0; i < 40 && (await page.getAttribute("#wall", "data-line")) === "open"; i++) {
      await page.clock.fastForward(6000);
      await page.waitForTimeout(250); // the probe's own limit is the browser's, not the page's
    }
    await isWaiting(page);
    await page.clock.runFor(125000);
    assert.match(await page.textContent("#age"), /Đang nối lại.*phút trước/, "how old it is");
    wire.mend();
    for (let i = 0; i < 60 && (await page.getAttribute("#wall", "data-line")) !== "open"; i++) {
      await page.clock.fastForward(9000);
      await page.waitForTimeout(250);
    }
    await isOpen(page);
    await until("no age any more", async () => !/phút trước/.test(await page.textContent("#age")));
    await page.context().close();
    await wire.stop();
  });

  await test("wall: a wrong wall clock on its machine does no harm, nor one that is set while it runs; the server's, put back, rules", async () => {
    const line = await new Line(server).start();
    const page = await line.wall(browser);
    await page.addInitScript(() => {
      const real = Date.now;
      window.skew = 3 * 86400000 + 5 * 3600000;
      Date.now = () => real() + window.skew;
    });
    const clockOf = (time) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Ho_Chi_Minh" }).format(time);
    const right = async (time) => { const told = await page.textContent("#clock"); return told === clockOf(time) || told === clockOf(time + 60000); };
    line.picture = everything({ now: Date.parse("2026-12-01T02:15:20Z") });
    await page.at();
    await until("the server's time", () => right(Date.parse("2026-12-01T02:15:20Z")));
    await page.evaluate(() => { window.skew = -400 * 86400000; });
    line.send("stats", { ...everything({ now: Date.parse("2026-12-01T02:40:00Z") }), delegations: undefined });
    await until("still the server's time", () => right(Date.parse("2026-12-01T02:40:00Z")));
    assert.equal(await page.getAttribute("#wall", "data-line"), "open", "a clock that jumps cuts no line");
    line.send("snapshot", everything({ now: Date.parse("2026-12-01T01:05:00Z") }));
    await until("put back", () => right(Date.parse("2026-12-01T01:05:00Z")));
    await page.context().close();
    await line.stop();
  });

  await test("wall: when the server has other pages it takes them by itself; when it has the same it stays; a black one stays black", async () => {
    const line = await new Line(server).start();
    line.picture = everything();
    const page = await line.wall(browser);
    await page.addInitScript(() => { Math.random = () => 0; });
    await page.at();
    await shows(page, "attendance");
    await page.evaluate(() => { window.same = true; });
    const again = async (boot) => {
      line.boot = boot;
      const opened = line.opened;
      for (const stream of line.streams) stream.destroy();
      await until("the wall is there again", () => line.opened > opened);
      await isOpen(page);
    };
    const asked = page.waitForRequest((request) => request.url().includes(`/display/${EVENT}`) && request.resourceType() === "fetch");
    await again("0192f0c000007001");
    await (await asked).response();
    await page.waitForTimeout(300);
    assert.equal(await page.evaluate(() => window.same), true, "the same pages: nothing is loaded anew");
    line.build = "ffffffffffff";
    line.picture = everything({ scene: "black" });
    await again("0192f0c000007002");
    await until("the new page", async () => !(await page.evaluate(() => window.same)));
    await shows(page, "black");
    assert.match(await page.evaluate(() => document.querySelector("script[src]").src), /ffffffffffff/);
    await page.context().close();
    await line.stop();
  });

  await test("wall: no place for another stream: it has the figures all the same, says calmly that it is not live, and comes in by itself", async () => {
    for (const status of [503, 429]) {
      const line = await new Line(server).start();
      line.full = status;
      const page = await line.wall(browser);
      await ready(page);
      await isWaiting(page);
      assert.equal(await page.getAttribute("#wall", "data-scene"), "attendance");
      assert.match(await page.textContent("#age"), /Đang nối lại/);
      await assertNoScroll(page);
      if (status === 503) await picture(server, page, "wall-1920-full", false);
      line.picture = everything({ present: 4321 });
      line.full = 0;
      await until("a place", async () => (await present(page)) === 4321, 60000);
      await isOpen(page);
      await page.context().close();
      await line.stop();
    }
  });

  await test("wall: the code is no longer good: it says so, and that is all", async () => {
    const line = await new Line(server).start();
    line.picture = everything({ scene: "black" });
    const page = await line.wall(browser);
    await shows(page, "black");
    await page.context().clearCookies();
    line.refuse = true;
    for (const stream of line.streams) stream.destroy();
    await until("it is told", async () => (await page.textContent("#age")).includes("Cần mở lại"));
    assert.ok(await page.locator("#age").isVisible(), "also in the dark: else nobody knew why nothing comes");
    await page.context().close();
    await line.stop();
  });
}

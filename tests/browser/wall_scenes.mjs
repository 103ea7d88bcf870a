// What each scene of the wall shows, and what it never does: colours that nobody can read, broken pages, flashes, marks that burn in, a heap that grows.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { assert, test, until } from "./check.mjs";
import { assertCalm, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { EVENT, sample } from "./server.mjs";
import { deafWall, everything, faults, painted, shows, signedIn, tell } from "./wall_kit.mjs";

const SCENES = ["attendance", "quorum", "programme", "our_work", "welcome", "message"];
const UGLY = ["#ffff00", "#ffffff", "#000000", "#777777", "#f26b00", "#7f7f00", "#00ff88", "#ff00ff"];
const text = (page, selector) => page.textContent(selector).then((one) => one.trim());

// Every pixel of a picture of the page: red, green, blue, alpha.
async function pixels(browser, png) {
  const page = await browser.newPage();
  const found = await page.evaluate(async (data) => {
    const image = await createImageBitmap(await (await fetch(data)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const brush = canvas.getContext("2d");
    brush.drawImage(image, 0, 0);
    const all = brush.getImageData(0, 0, image.width, image.height).data;
    let most = 0, clear = 0;
    for (let i = 0; i < all.length; i += 4) { most = Math.max(most, all[i], all[i + 1], all[i + 2]); if (all[i + 3] === 0) clear++; }
    return { most, clear: clear / (all.length / 4) };
  }, `data:image/png;base64,${png.toString("base64")}`);
  await page.close();
  return found;
}

export default async function wallScenes(browser, server) {
  const state = await signedIn(browser, server);

  await test("wall scenes: switched at once, each tells its own; a wall's own scene goes before that of all", async () => {
    const page = await deafWall(browser, server, state);
    await page.evaluate(() => { document.body.dataset.wall = ""; });
    const now = Date.now();
    await tell(page, everything({ now, reached: true }));
    assert.match(await text(page, "#present"), /287/);
    assert.match(await text(page, "#quorum"), /✓ Đủ số đại biểu theo quy định lúc \d\d:\d\d/);
    assert.match(await text(page, "#rate"), /12/);
    const scene = (name, more = {}) => tell(page, { all: { name, by: "hand", since: new Date().toISOString(), text: null, session: null, ...more }, walls: {} }, "scene");
    await scene("quorum");
    assert.equal(await page.getAttribute("#wall", "data-scene"), "quorum");
    assert.match(await text(page, "#q-state"), /✓/);
    assert.equal(await page.locator("#q-history li").count(), 2, "sessions that have begun, not the one to come");
    assert.match(await text(page, "#q-fixed"), /Khai mạc\u2069? · chốt lúc \d\d:\d\d: 284 \/ 319/);
    await tell(page, everything({ now, scene: "quorum", reached: false }));
    assert.match(await text(page, "#q-state"), /○ Chưa đủ/);
    await scene("programme");
    assert.match(await text(page, "#p-now .p-title"), /Phiên toàn thể/);
    assert.match(await text(page, "#p-next .w-soon"), /còn 1 giờ 12 phút/);
    await scene("welcome");
    assert.match(await text(page, "#h-text"), /Chào mừng/);
    assert.match(await text(page, ".h-where"), /Cung Văn hóa/);
    const shot = `${server.folder}/wall-door.png`;
    await page.locator(".h-door").screenshot({ path: shot });
    assert.deepEqual(JSON.parse(server.run("plenum-scanner", "decode", shot)).codes, [`${server.url}/e/${EVENT}`], "a phone reads the way to the event's page");
    assert.equal(await text(page, ".h-door p"), new URL(server.url).host);
    await scene("message", { text: { vi: "Nghỉ <b>15</b> phút" } });
    assert.equal(await text(page, "#m-text"), "Nghỉ <b>15</b> phút", "a text is a text");
    await scene("no such scene");
    assert.equal(await page.getAttribute("#wall", "data-scene"), "attendance");
    await tell(page, { ...everything({ now, scene: "our_work" }), slides: { version: 2, list: [] } });
    assert.equal(await page.getAttribute("#wall", "data-scene"), "welcome", "a playlist without pages");
    await assertCalm(page);
    await page.context().close();
    const own = await deafWall(browser, server, state);
    await own.addInitScript(() => document.addEventListener("readystatechange", () => { if (document.body) document.body.dataset.wall = "7"; }));
    await own.at("");
    await tell(own, { ...everything(), scene: { all: { name: "quorum" }, walls: { 7: { name: "message", text: { vi: "Chỉ màn hình này" } }, 8: { name: "black" } } } });
    assert.equal(await own.getAttribute("#wall", "data-scene"), "message");
    await own.context().close();
  });

  await test("wall scenes: black is black, and nothing but urgent news ends when it ends; what is urgent covers every other scene", async () => {
    const page = await deafWall(browser, server, state, { query: "?safe=5", width: 960, height: 540 });
    await tell(page, everything({ scene: "black", urgent: true }));
    await painted(page);
    assert.equal((await pixels(browser, await page.screenshot())).most, 0, "not one pixel");
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).cursor), "none");
    for (const name of SCENES) {
      await tell(page, everything({ scene: name, urgent: true, text: { vi: "Nghỉ" } }));
      assert.ok(await page.locator("#alarm").isVisible(), name);
      assert.ok(await page.locator("#clock").isVisible(), `${name}: the clock stays`);
      assert.ok(await page.locator("#news").isHidden());
    }
    await tell(page, { ...everything({ urgent: false, news: false }), announcements: [{ text: { vi: "Sắp hết" }, urgent: true, until: new Date(Date.now() + 1500).toISOString() }] });
    assert.ok(await page.locator("#alarm").isVisible());
    await until("it ends by its hour, without a word from the server", () => page.locator("#alarm").isHidden());
    await page.context().close();
  });

  await test("wall scenes: over another picture nothing has a ground but the blocks, and nothing is there in the dark", async () => {
    const page = await deafWall(browser, server, state, { query: "?transparent=1", width: 960, height: 540 });
    for (const name of SCENES) {
      await tell(page, everything({ scene: name, news: false, text: { vi: "Nghỉ" } }));
      await painted(page);
      assert.ok((await pixels(browser, await page.screenshot({ omitBackground: true }))).clear > 0.02, name);
    }
    await tell(page, everything({ scene: "black" }));
    await painted(page);
    assert.equal((await pixels(browser, await page.screenshot({ omitBackground: true }))).clear, 1);
    await page.context().close();
  });

  await test("wall scenes: the quorum before the first session: no empty half, nothing white over a mixer's picture; and it says of whom its numbers are", async () => {
    const page = await deafWall(browser, server, state);
    const before = { ...everything({ scene: "quorum" }), quorums: [], fixed: [], programme: [], quorum_title: { vi: "Đại biểu chính thức", en: "Delegate" } };
    for (const query of ["", "?transparent=1&w=3840&h=1080", "?w=1080&h=1920"]) {
      await page.at(query);
      await tell(page, before);
      await painted(page);
      const share = await page.evaluate(() => document.querySelector(".q-main").clientWidth * document.querySelector(".q-main").clientHeight / (document.querySelector(".w-quorum-scene").clientWidth * document.querySelector(".w-quorum-scene").clientHeight));
      assert.ok(share > 0.97, `the numbers have ${share} of the scene ${query}`);
      assert.equal(await page.isVisible(".q-side"), false);
      assert.deepEqual(await faults(page), []);
      const { quorum, absent, expected } = before;
      assert.equal((await text(page, "#q-absent")).replace(/[\u2066-\u2069]/g, ""), `Đại biểu chính thức ${quorum.present} / ${quorum.eligible} · Vắng mặt ${absent.total} / ${expected} · có lý do 7`);
      const small = await page.evaluate(() => parseFloat(document.getElementById("q-present").style.fontSize));
      await tell(page, everything({ scene: "quorum" }));
      assert.ok(await page.isVisible(".q-side"), "with the first session the history is there");
      assert.ok(await page.evaluate(() => parseFloat(document.getElementById("q-present").style.fontSize)) <= small, "and the numbers make room for it");
    }
    await page.context().close();
  });

  await test("wall scenes: a message in several languages stands by turns, each as large as it fits; minutes become seconds before the beginning", async () => {
    const page = await deafWall(browser, server, state, { clock: true });
    const said = { vi: "Đại hội nghỉ giải lao 15 phút", en: "A break of 15 minutes", ar: "استراحة 15 دقيقة" };
    await tell(page, everything({ scene: "message", text: said, now: await page.evaluate(() => Date.now()) }));
    const seen = [];
    for (let i = 0; i < 4; i++) {
      seen.push(await text(page, "#m-text"));
      assert.deepEqual(await faults(page), []);
      if (i === 2) assert.equal(await page.evaluate(() => getComputedStyle(document.getElementById("m-text")).direction), "rtl");
      await page.clock.runFor(10000);
    }
    assert.deepEqual(seen, [said.vi, said.en, said.ar, said.vi]);
    await page.clock.runFor(7000);
    const next = { ar: "نستأنف", vi: "Họp tiếp", en: "We go on" };
    await tell(page, { all: { name: "message", by: "hand", since: new Date().toISOString(), text: next, session: null }, walls: {} }, "scene");
    assert.equal(await text(page, "#m-text"), next.vi, "what is pressed begins in the page's language, whosever turn it was");
    await page.clock.runFor(5000);
    assert.equal(await text(page, "#m-text"), next.vi, "and stays for half a turn at least");
    await page.clock.runFor(10000);
    assert.notEqual(await text(page, "#m-text"), next.vi);
    const now = await page.evaluate(() => Date.now());
    const begins = Math.ceil(now / 60000) * 60000 + 120000; // sessions begin on the minute, as the wall's ticks do
    await tell(page, { ...everything({ scene: "programme", now }), programme: [{ code: "x", title: { vi: "Khai mạc" }, room: null, starts: new Date(begins).toISOString(), ends: new Date(now + 3600000).toISOString() }] });
    assert.match(await text(page, "#p-next .w-soon"), /còn [23] phút/);
    await page.clock.runFor(begins - 50000 - (await page.evaluate(() => Date.now())));
    assert.match(await text(page, "#p-next .w-soon"), /còn (49|50|51) giây/);
    await page.clock.runFor(55000);
    assert.match(await text(page, "#p-now .p-title"), /Khai mạc/, "it begins by itself");
    await page.context().close();
  });

  await test("wall scenes: our work: a broken page is skipped, the next is there before its turn, what stands stays until it is; pages of text; the large picture for a large wall", async () => {
    const page = await deafWall(browser, server, state, { clock: true });
    const asked = [];
    page.on("request", (request) => { if (request.url().includes("/fake/")) asked.push(new URL(request.url()).pathname); });
    const list = [["light.png", "picture"], ["broken.png", "picture"], ["text.html", "text"], ["dark.png", "picture"]].map(([name, kind], i) => ({ id: String(i), kind, url: `/fake/${name}`, width: 1600, height: 900, large: null, caption: { vi: `Trang ${i + 1}` }, seconds: 10 }));
    const start = Math.ceil((await page.evaluate(() => Date.now())) / 40000) * 40000;
    await page.clock.runFor(start - (await page.evaluate(() => Date.now())) + 500);
    await page.evaluate(() => {
      window.blank = 0;
      new MutationObserver(() => { const [pictures, words] = [document.getElementById("k-picture"), document.getElementById("k-text")]; if (!pictures.children.length && words.hidden) window.blank++; })
        .observe(document.querySelector(".k-slide"), { childList: true, subtree: true, attributes: true });
    });
    await tell(page, { ...everything({ scene: "our_work", now: start + 500 }), slides: { version: 3, list } });
    const caption = (wanted) => until(wanted, async () => (await text(page, "#k-caption")) === wanted);
    await caption("Trang 1");
    await page.evaluate(() => { window.blank = 0; });
    await until("what comes next was tried", () => asked.includes("/fake/broken.png"));
    await page.clock.runFor(10200);
    await caption("Trang 3");
    assert.match(await text(page, "#k-text"), /1.250 mái ấm/);
    assert.deepEqual(await faults(page), []);
    await until("and the one after it", () => asked.includes("/fake/dark.png"));
    await page.clock.runFor(20000);
    await caption("Trang 4");
    await page.clock.runFor(1000);
    assert.equal(await page.locator("#k-picture img").count(), 1, "the old one is gone");
    assert.equal(await page.evaluate(() => window.blank), 0, "never nothing");
    await tell(page, { ...everything({ scene: "our_work", now: start + 33000 }), slides: { version: 4, list: [{ ...list[0], url: "/fake/emblem.png", width: 400, height: 225, large: { url: "/fake/dark.png", width: 900, height: 1200 } }] } });
    await until("the large one", () => page.evaluate(() => document.querySelector("#k-picture img.there:last-child")?.src.endsWith("dark.png")));
    await page.context().close();
  });

  await test("wall scenes: whatever colour the congress has, everything can be read", async () => {
    const event = sample.events.find((one) => one.slug === EVENT);
    const file = path.join(server.folder, "colour.json");
    const page = await deafWall(browser, server, state);
    for (const primary of UGLY) {
      writeFileSync(file, JSON.stringify({ format: sample.format, events: [{ slug: EVENT, kind: event.kind, title: event.title, timezone: event.timezone, starts: event.starts, ends: event.ends, colors: { primary } }] }));
      server.run("plenum", "import", file, "--data", server.data, "--starts-on", "today");
      await page.at("");
      assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent").trim()), primary);
      for (const name of SCENES) {
        await tell(page, everything({ scene: name, text: { vi: "Nghỉ 15 phút" } }));
        await painted(page);
        assert.deepEqual(await faults(page), [], `${primary} ${name}`);
        if (primary === UGLY[0] && (name === "welcome" || name === "attendance")) await picture(server, page, `wall-colour-${primary.slice(1)}-${name}`, false);
      }
    }
    await page.context().close();
  });

  await test("wall scenes: nothing stands still for ever: the picture moves by steps, a little in minutes, without scroll bars", async () => {
    const page = await deafWall(browser, server, state, { clock: true, reducedMotion: "reduce" });
    await tell(page, everything({ now: await page.evaluate(() => Date.now()) }));
    const places = [];
    for (let minute = 0; minute < 60; minute++) {
      await page.clock.fastForward(60000);
      const box = await page.evaluate(() => { const one = document.getElementById("title").getBoundingClientRect(); return [one.left, one.top, document.scrollingElement.scrollWidth - innerWidth, document.scrollingElement.scrollHeight - innerHeight]; });
      assert.ok(box[2] <= 0 && box[3] <= 0, "scroll bars");
      places.push(box.slice(0, 2));
    }
    const steps = places.slice(1).map((one, i) => Math.hypot(one[0] - places[i][0], one[1] - places[i][1]));
    assert.ok(Math.max(...steps) <= 3, `a step of ${Math.max(...steps)} px is seen`);
    assert.ok(new Set(places.map(String)).size > 20, "many places");
    for (const axis of [0, 1]) assert.ok(Math.max(...places.map((one) => one[axis])) - Math.min(...places.map((one) => one[axis])) >= 12, "far enough for thin lines");
    await page.context().close();
  });

  await test("wall scenes: a screen reader finds its way in each", async () => {
    const page = await deafWall(browser, server, state, { width: 1280, height: 720 });
    for (const name of SCENES) {
      await tell(page, everything({ scene: name, text: { vi: "Nghỉ" } }));
      await assertAccessible(page, `the wall's ${name}`);
    }
    await page.context().close();
  });

  await test("wall scenes: only what changed is touched; thousands of arrivals leave the heap as it was", async () => {
    const page = await deafWall(browser, server, state);
    const probe = await page.context().newCDPSession(page);
    const heap = async () => { await probe.send("HeapProfiler.collectGarbage"); await probe.send("HeapProfiler.collectGarbage"); return (await probe.send("Runtime.getHeapUsage")).usedSize; };
    const nodes = async () => (await probe.send("Performance.getMetrics")).metrics.find((one) => one.name === "Nodes").value;
    await probe.send("Performance.enable");
    const story = everything({ count: 200, present: 1000 });
    await tell(page, story);
    const play = (from, many) => page.evaluate(([one, first, count]) => {
      for (let i = 0; i < count; i++) {
        const picture = { ...one, present: 1000 + ((first + i) % 500), delegations: one.delegations.map((item, k) => (k === (first + i) % 200 ? { ...item, present: i % item.expected } : item)) };
        if (i % 4 === 0) window.lines.at(-1).say("snapshot", picture);
        else { const { delegations, ...rest } = picture; window.lines.at(-1).say("stats", rest); }
        window.lines.at(-1).say("checkin", { name: `Đại biểu ${first + i}`, outcome: "admitted" });
      }
    }, [story, from, many]);
    await tell(page, story);
    await page.waitForFunction(() => ["emblem", "h-emblem"].every((one) => !document.getElementById(one).hidden)); // pictures come when they come
    await painted(page);
    await page.evaluate(() => { window.touched = new Set(); new MutationObserver((all) => all.forEach((one) => window.touched.add(one.target.id || one.target.className))).observe(document.getElementById("wall"), { subtree: true, childList: true, characterData: true, attributes: true }); });
    await tell(page, story);
    await painted(page);
    assert.deepEqual(await page.evaluate(() => [...window.touched]), [], "the same figures again: nothing is touched");
    await play(0, 1000);
    const before = [await heap(), await nodes()];
    await play(1000, 3000);
    const after = [await heap(), await nodes()];
    console.log(`# heap ${(before[0] / 1048576).toFixed(2)} → ${(after[0] / 1048576).toFixed(2)} MB, ${before[1]} → ${after[1]} nodes after 3000 arrivals`);
    assert.ok(after[0] - before[0] < 1 << 20, `the heap grew by ${after[0] - before[0]} bytes`);
    assert.ok(after[1] - before[1] < 200, `${after[1] - before[1]} nodes more`);
    await page.context().close();
  });
}

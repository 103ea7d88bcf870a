// The wall: every size, right to left, the code, and coming back.
import { assert, test, until } from "./check.mjs";
import { assertCalm, assertNoScroll, assertFits, assertWords, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { EVENT } from "./server.mjs";

const SIZES = [[1024, 768], [1280, 720], [1920, 960], [1920, 1080], [3840, 1080], [1080, 1920]];
const present = async (page) => Number((await page.textContent("#present")).replace(/\D/g, "") || "NaN");
const ready = (page) => until("figures on the wall", async () => Number.isFinite(await present(page)));

export default async function wall(browser, server, people) {
  for (const [width, height] of SIZES) {
    for (const language of ["vi", "ar"]) {
      await test(`wall: ${width}×${height}, ${language}: everything in the picture, no scroll bars, no cursor`, async () => {
        const page = await open(browser, { width, height });
        await signIn(page, server, `/display/${EVENT}`);
        await page.goto(`${server.url}/display/${EVENT}?lang=${language}`);
        await ready(page);
        await page.waitForTimeout(900);
        await assertNoScroll(page);
        await assertWords(page);
        const outside = await page.evaluate(() => [...document.querySelectorAll("#wall *")].filter((e) => {
          const box = e.getBoundingClientRect();
          return box.width > 0 && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1);
        }).map((e) => `${e.tagName}.${e.className.baseVal ?? e.className}`));
        assert.deepEqual(outside, [], "elements outside the picture");
        const big = await page.evaluate(() => {
          const ring = document.querySelector(".w-ring").getBoundingClientRect();
          const number = document.createRange();
          number.selectNodeContents(document.getElementById("present"));
          return { ring: ring.width, number: number.getBoundingClientRect().width };
        });
        assert.ok(big.number < big.ring * 0.9, "the number stands inside its ring");
        assert.equal(await page.evaluate(() => getComputedStyle(document.body).cursor), "none");
        assert.ok(await page.locator("#delegations li").count() >= 20, "the delegations");
        await assertCalm(page);
        await picture(server, page, `wall-${width}x${height}-${language}`, false);
        await page.context().close();
      });
    }
  }

  await test("wall: on a phone it may scroll downwards, never sideways", async () => {
    const page = await open(browser, { width: 320, height: 640 });
    await signIn(page, server, `/display/${EVENT}`);
    await ready(page);
    await assertFits(page);
    await picture(server, page, "wall-320");
    await page.context().close();
  });

  await test("wall: opened by its code alone; that cookie reads nothing else", async () => {
    const staff = await open(browser);
    await signIn(staff, server, `/admin/${EVENT}`);
    const code = (await staff.locator(`.links li:has(a[href='/display/${EVENT}']) code`).textContent()).trim();
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

  await test("wall: says calmly that the line is down, comes back by itself after kill -9, and counts on", async () => {
    const page = await open(browser, { width: 1920, height: 1080 });
    await signIn(page, server, `/display/${EVENT}`);
    await ready(page);
    await until("the line is open", async () => (await page.getAttribute("#wall", "data-line")) === "open");
    const before = await present(page);
    await server.stop("SIGKILL");
    await until("it says so", async () => (await page.getAttribute("#wall", "data-line")) === "waiting");
    assert.equal(await present(page), before, "the last figures stay");
    assert.match(await page.textContent("#age"), /Đang nối lại/);
    await picture(server, page, "wall-1920-line-down", false);
    await page.waitForTimeout(1500);
    await server.start();
    await until("the line is open again", async () => (await page.getAttribute("#wall", "data-line")) === "open", 15000);
    const other = await open(browser);
    await signIn(other, server);
    const csrf = await other.locator("input[name=csrf]").first().getAttribute("value");
    const answer = await other.request.post(`${server.url}/api/v1/checkins?event=${EVENT}`, {
      headers: { "X-CSRF-Token": csrf },
      data: { scan_id: "0192f0c0-0000-7000-8000-00000000beef", delegate: people.fourth.code, gate: "main", direction: "in", scanned_at: new Date().toISOString(), age_ms: 0, decision: "ask" },
    });
    assert.equal((await answer.json()).results[0].outcome, "admitted");
    await until("the wall counts", async () => (await present(page)) === before + 1);
    await page.context().close();
    await other.context().close();
  });
}

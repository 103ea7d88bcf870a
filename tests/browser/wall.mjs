// The wall: every size, right to left, the code, and coming back.
import { assert, test, until } from "./check.mjs";
import { assertCalm, assertNoScroll, assertFits, assertWords, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { EVENT, sample } from "./server.mjs";

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

  // Other congresses than the sample: few and many delegations, large numbers, long names, everything at once.
  const session = (hours, title) => ({ title, room: "Hội trường lớn, tầng 1", starts: new Date(Date.now() + hours * 3600e3).toISOString(), ends: new Date(Date.now() + (hours + 2) * 3600e3).toISOString() });
  const figures = (count, present) => ({
    as_of: new Date().toISOString(), expected: Math.round(present * 1.1), attended: present, present, title: "Đại hội Công đoàn ngành Giao thông – Xây dựng và Dịch vụ công ích đô thị lần thứ XIX",
    quorum: { session: null, eligible: present, required: 7, present, reached: true, since: new Date().toISOString() },
    delegations: Array.from({ length: count }, (_, i) => ({ code: `U${i}`, name: i % 3 ? `Công đoàn phường ${i}` : `Công đoàn các Khu công nghiệp và Khu chế xuất Hương Tràm số ${i}`, expected: 12 + i, attended: 12, present: i % 4 ? 12 + i : i })),
    programme: [session(-1, "Phiên toàn thể: báo cáo kết quả thảo luận, tham luận về tiền lương, nhà ở và nhà trẻ cho con công nhân"), session(2, "Thảo luận và biểu quyết dự thảo Nghị quyết")],
    announcements: [{ text: "Xe đón đại biểu về khách sạn rời cổng chính lúc 17 giờ 15; đại biểu đi xe số 4 và số 5 tập trung tại sảnh tiệc Hoa Tràm.", urgent: true }],
  });
  for (const [count, number] of [[3, 42], [40, 1287], [200, 13456]]) {
    await test(`wall: ${count} delegations, ${number} present, all at once, at every size`, async () => {
      const page = await open(browser, { width: 1920, height: 1080 });
      await signIn(page, server, `/admin/${EVENT}`);
      const body = `event: snapshot\ndata: ${JSON.stringify(figures(count, number))}\n\n`;
      await page.route("**/live?for=wall", (route) => route.fulfill({ contentType: "text/event-stream", body }));
      for (const [width, height] of SIZES) {
        await page.setViewportSize({ width, height });
        await page.goto(`${server.url}/display/${EVENT}`);
        await ready(page);
        await page.waitForTimeout(150);
        await assertNoScroll(page);
        const faults = await page.evaluate(() => {
          const wrong = [];
          const area = document.querySelector(".w-delegations").getBoundingClientRect();
          const cells = [...document.querySelectorAll("#delegations li")].filter((cell) => !cell.hidden);
          if (cells.length < 3) wrong.push("hardly any delegation");
          const unit = parseFloat(getComputedStyle(document.body).fontSize) / 2;
          for (const cell of cells) {
            if (parseFloat(getComputedStyle(cell).fontSize) < unit * 1.09) wrong.push(`too small: ${cell.textContent}`);
            const box = cell.getBoundingClientRect();
            if (box.bottom > area.bottom + 2 || box.right > area.right + 2 || box.width < 20) wrong.push(`cell ${cell.textContent}`);
          }
          const boxes = [".w-head", ".w-ring", ".w-of", ".w-quorum", "#now", "#next", ".w-news", ".w-foot"].map((name) => [name, document.querySelector(name).getBoundingClientRect()]);
          for (const [a, one] of boxes) for (const [b, two] of boxes) {
            if (a < b && one.width && two.width && one.left < two.right - 2 && two.left < one.right - 2 && one.top < two.bottom - 2 && two.top < one.bottom - 2) wrong.push(`${a} lies on ${b}`);
          }
          const ring = document.querySelector(".w-ring").getBoundingClientRect();
          const range = document.createRange();
          range.selectNodeContents(document.getElementById("present"));
          if (range.getBoundingClientRect().width > ring.width * 0.9) wrong.push("the number does not fit its ring");
          return wrong;
        });
        assert.deepEqual(faults, [], `${width}×${height}`);
        await picture(server, page, `wall-${count}-${width}x${height}`, false);
      }
      await page.context().close();
    });
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

  await test("wall: last arrivals by name only where the event allows it", async () => {
    const course = sample.events.find((one) => one.names_on_wall);
    const delegate = course.delegates.find((one) => one.person && one.status === "summoned");
    const name = sample.people.find((one) => one.code === delegate.person).name.normalize("NFC");
    const page = await open(browser, { width: 1280, height: 720 });
    await signIn(page, server);
    const csrf = await page.locator("input[name=csrf]").first().getAttribute("value");
    await page.goto(`${server.url}/display/${course.slug}`);
    await ready(page);
    await until("the line is open", async () => (await page.getAttribute("#wall", "data-line")) === "open");
    const answer = await page.request.post(`${server.url}/api/v1/checkins?event=${course.slug}`, {
      headers: { "X-CSRF-Token": csrf },
      data: { scan_id: "0192f0c0-0000-7000-8000-00000000cafe", delegate: delegate.person, gate: course.gates[0].code, direction: "in", scanned_at: new Date().toISOString(), age_ms: 0, decision: "ask" },
    });
    assert.equal((await answer.json()).results[0].outcome, "admitted");
    await until("the name is welcomed", async () => (await page.textContent("#arrivals")).includes(name));
    await assertNoScroll(page);
    await picture(server, page, "wall-names-1280x720", false);
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

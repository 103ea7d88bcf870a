// Messages: what the organiser writes is on wall, desk and phone at once; a question goes round between a phone and two desks; texts for chat groups are copied.
import { assert, test, until } from "./check.mjs";
import { assertCalm, assertFits, assertNoScroll, assertWords, open, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { signIn } from "./public.mjs";
import { hang } from "./wall_kit.mjs";
import { EVENT } from "./server.mjs";

const PATIENCE = 30000;
const LONG = "Do mưa lớn, toàn bộ chương trình tham quan chiều nay được chuyển vào nhà. ".repeat(8).trim().slice(0, 600);
const page_of = (server, name, language = "vi") => `${server.url}/admin/${EVENT}/${name}${name.includes("?") ? "&" : "?"}lang=${language}`;

// By the keyboard alone: Tab until the focus is there.
async function tabTo(page, selector) {
  for (let i = 0; i < 200; i++) {
    if (await page.evaluate((one) => document.activeElement.matches(one), selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not come to ${selector}`);
}

// An open page asks for news when it is looked at again, as when somebody takes up the phone.
const looks = (phone) => phone.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));

async function write(page, server, text, { urgent = false, language = "vi" } = {}) {
  await page.goto(page_of(server, "announcements"));
  await tabTo(page, `#text-${language}`);
  await page.keyboard.insertText(text);
  if (urgent) {
    await tabTo(page, "input[name=urgent]");
    await page.keyboard.press("Space");
  }
  await tabTo(page, "#form button[type=submit]");
  await page.keyboard.press("Enter");
  await page.waitForSelector("p.news[role=status]");
}

export default async function messages(browser, server, people) {
  const organiser = await open(browser);
  await signIn(organiser, server, "/admin");

  await test("messages: written by the keyboard alone, it is on wall, desk and phone at once; urgent covers the wall and stands first on the phone; ended, it is gone", async () => {
    const [wall, desk, phone] = [await open(browser, { width: 1920, height: 1080 }), await open(browser), await open(browser, { width: 320, height: 640, reducedMotion: "reduce" })];
    await signIn(wall, server, `/display/${EVENT}`);
    await hang(wall, "attendance");
    await signIn(desk, server, `/desk/${EVENT}`);
    await phone.goto(`${server.url}/d/${people.official.token}?lang=vi`);
    const reader = await open(browser, { width: 320, height: 640, reducedMotion: "reduce" });
    await reader.goto(`${server.url}/d/${people.official.token}?lang=vi`);
    await reader.goto(await reader.locator('#papers a[href*="/r/"], .papers a[href*="/r/"]').first().evaluate((one) => one.href));
    await reader.evaluate(() => scrollTo(0, 300));
    await until("the wall is live", async () => /\d/.test(await wall.textContent("#present")), PATIENCE);
    await until("the desk knows what is announced", async () => !(await desk.locator("#announced").getAttribute("hidden")), PATIENCE);
    await write(organiser, server, "Ảnh chung chụp lúc 10 giờ ở sảnh chính");
    await until("the desk tells it", async () => (await desk.textContent("#announced ul")).includes("Ảnh chung"), PATIENCE);
    await until("the phone shows it", async () => { await looks(phone); return (await phone.textContent("#live-news")).includes("Ảnh chung"); }, PATIENCE);
    assert.match(await phone.textContent("#news-line"), /thông báo/, "one polite sentence says that it came");
    await write(organiser, server, "Xin rời hội trường theo cửa phía bắc", { urgent: true });
    await wall.waitForSelector("#alarm:not([hidden])", { timeout: PATIENCE });
    assert.match(await wall.textContent("#alarm-text"), /cửa phía bắc/);
    assert.ok(await wall.locator("#news").isHidden(), "something urgent stands alone");
    assert.ok(await wall.locator("#clock").isVisible() && await wall.locator("#age").isVisible(), "the clock and the age of what is shown stay");
    await assertNoScroll(wall);
    await picture(server, wall, "messages-wall-urgent", false);
    await until("the desk's line says that something is urgent", async () => (await desk.locator("#announced.urgent li.urgent", { hasText: "cửa phía bắc" }).count()) === 1, PATIENCE);
    assert.ok(await desk.evaluate(() => document.activeElement.id === "q" && !document.querySelector("#announced").open), "and takes nobody's place away");
    await picture(server, desk, "messages-desk");
    await until("the phone shows it", async () => { await looks(phone); return (await phone.locator("#live-urgent .alarm", { hasText: "cửa phía bắc" }).count()) === 1; }, PATIENCE);
    assert.match(await phone.textContent("#news-alarm[role=alert]"), /cửa phía bắc/, "it is said at once");
    assert.ok(await phone.evaluate(() => document.querySelector("#live-urgent").compareDocumentPosition(document.querySelector(".hello")) & Node.DOCUMENT_POSITION_FOLLOWING), "it stands first");
    await reader.waitForSelector('#live-urgent .alarm:has-text("cửa phía bắc")', { timeout: 2 * PATIENCE });
    assert.ok(await reader.evaluate(() => { const box = document.querySelector("#live-urgent").getBoundingClientRect(); return box.top >= -1 && box.top < 10; }), "who reads a paper keeps it in sight");
    await assertFits(reader);
    await picture(server, reader, "messages-reader-urgent", false);
    await assertAccessible(reader, "a paper with something urgent");
    await assertFits(phone);
    await picture(server, phone, "messages-phone-urgent");
    await assertAccessible(phone, "the phone with something urgent");
    await assertAccessible(wall, "the wall with something urgent");
    await organiser.goto(page_of(server, "announcements"));
    const one = organiser.locator(".told li", { hasText: "cửa phía bắc" });
    await one.locator("button[type=submit]").focus();
    await organiser.keyboard.press("Enter");
    await organiser.waitForSelector("p.news[role=status]");
    await wall.waitForSelector("#alarm", { state: "hidden", timeout: PATIENCE });
    await until("the phone shows it no more", async () => { await looks(phone); return (await phone.locator("#live-urgent .alarm", { hasText: "cửa phía bắc" }).count()) === 0; }, PATIENCE);
    for (const page of [wall, desk, phone, reader, organiser]) await assertCalm(page);
    for (const page of [wall, desk, phone, reader]) await page.context().close();
  });

  await test("messages: long texts fit the wall at every size, left to right and right to left", async () => {
    const wall = await open(browser);
    await signIn(wall, server, `/display/${EVENT}`);
    await hang(wall, "attendance");
    const arabic = "بسبب المطر الغزير نُقل برنامج بعد الظهر كله إلى داخل القاعة الكبرى. ".repeat(9).trim().slice(0, 600);
    for (const urgent of [true, false]) {
      const body = `event: snapshot\ndata: ${JSON.stringify({ as_of: new Date().toISOString(), expected: 300, attended: 12, present: 12, title: "Đại hội", quorum: null, programme: [],
        delegations: Array.from({ length: 24 }, (_, i) => ({ code: `U${i}`, name: `Công đoàn phường ${i}`, expected: 12, attended: 3, present: 3 })),
        announcements: [{ text: { vi: LONG, ar: arabic }, urgent }] })}\n\n`;
      await wall.unrouteAll();
      await wall.route("**/live?for=wall", (route) => route.fulfill({ contentType: "text/event-stream", body }));
      for (const [width, height] of [[1024, 768], [1920, 1080], [3840, 1080], [1080, 1920]]) {
        for (const language of ["vi", "ar"]) {
          await wall.setViewportSize({ width, height });
          await wall.goto(`${server.url}/display/${EVENT}?lang=${language}`);
          const place = urgent ? "#alarm-text" : "#news p";
          await wall.waitForSelector(place, { timeout: PATIENCE });
          await wall.waitForTimeout(150);
          const cut = await wall.evaluate((one) => { const text = document.querySelector(one); return { more: text.scrollHeight - text.clientHeight, size: parseFloat(getComputedStyle(text).fontSize) / innerHeight }; }, place);
          assert.ok(cut.more <= 1, `${width}×${height} ${language}: ${cut.more} px of the text are cut off`);
          if (urgent) assert.ok(cut.size > 0.015, `${width}×${height} ${language}: letters of ${cut.size} of the height`);
          await assertNoScroll(wall);
          if (width !== 3840) await picture(server, wall, `messages-wall-${urgent ? "alarm" : "band"}-${width}-${language}`, false);
        }
      }
    }
    await wall.context().close();
  });

  await test("messages: a question goes round between a phone and two desks", async () => {
    const phone = await open(browser, { width: 320, height: 640, locale: "en-GB", reducedMotion: "reduce" });
    const [one, two, bar] = [await open(browser), await open(browser, { width: 320, height: 640 }), await open(browser)];
    for (const desk of [one, two]) {
      await signIn(desk, server, "/admin");
      await desk.goto(`${server.url}/desk/${EVENT}/questions?lang=vi`);
    }
    await signIn(bar, server, `/desk/${EVENT}`);
    await until("the desk's bar counts", async () => /Không có câu hỏi/.test(await bar.textContent("#asks")), PATIENCE);
    await phone.goto(`${server.url}/d/${people.guest.token}?lang=en`);
    await phone.fill("#words", "Where can I charge my phone?");
    await phone.click("#ask button");
    await phone.waitForSelector(".questions li");
    await until("the desk's bar counts one", async () => /1 · từ/.test(await bar.textContent("#asks.some")), PATIENCE);
    await picture(server, bar, "messages-desk-bar");
    const asked = (desk) => desk.locator(".asked li.open", { hasText: "charge my phone" });
    for (const desk of [one, two]) await until("both desks see it", async () => (await asked(desk).count()) === 1, PATIENCE);
    assert.match(await one.textContent("#line"), /câu hỏi mới/);
    await asked(one).locator("summary").focus();
    await one.keyboard.press("Enter");
    await asked(one).locator("button[name=ready][value=come]").focus();
    await one.keyboard.press("Enter");
    assert.match(await asked(one).locator("textarea").inputValue(), /come to the registration desk/, "a ready answer, in the asker's language, waits in the box");
    await until("the other desk sees who is at it", async () => (await asked(two).locator(".taken-by").count()) === 1, PATIENCE);
    await assertFits(two);
    await picture(server, two, "messages-questions-320-taken");
    await until("one's own is marked", async () => (await asked(one).locator(".taken-you").count()) === 1, PATIENCE);
    assert.match(await asked(one).locator("textarea").inputValue(), /come to the registration desk/, "what is typed stays");
    await picture(server, one, "messages-questions-1280");
    await assertAccessible(one, "questions");
    await assertAccessible(two, "questions, taken by another");
    await asked(one).locator("textarea").focus();
    await one.keyboard.press("Tab");
    await one.keyboard.press("Enter");
    await until("the phone shows the answer", async () => { await looks(phone); return /registration desk/.test(await phone.textContent("#live-questions")); }, PATIENCE);
    await until("the desk's bar is empty again", async () => /Không có câu hỏi/.test(await bar.textContent("#asks")), PATIENCE);
    for (const page of [phone, one, two, bar]) await assertCalm(page);
    for (const page of [phone, one, two, bar]) await page.context().close();
  });

  await test("messages: a text for a chat group is copied, and what is there can be marked by hand", async () => {
    await organiser.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await organiser.goto(page_of(server, "chat"));
    const text = await organiser.inputValue("#chat-vi");
    assert.ok(text.includes(`${server.url}/e/${EVENT}`) && !/\/d\//i.test(text), text);
    await tabTo(organiser, "button.copy");
    await organiser.keyboard.press("Enter");
    await until("it is copied", async () => (await organiser.evaluate(() => navigator.clipboard.readText())) === text);
    await until("it is said", async () => /sao chép/.test(await organiser.textContent("#copied")));
    assert.equal(await organiser.locator("button.share").first().isVisible(), await organiser.evaluate(() => Boolean(navigator.share)), "sharing where the browser can");
    await assertCalm(organiser);
  });

  for (const [width, height] of [[320, 640], [1280, 800]]) {
    for (const language of ["vi", "ar"]) {
      await test(`messages: the pages at ${width} px, ${language}: they fit, and axe finds nothing`, async () => {
        await organiser.setViewportSize({ width, height });
        if (width === 320 && language === "vi") await write(organiser, server, LONG, { urgent: true });
        for (const name of ["announcements", "chat", "announcements?edit=FIRST"]) {
          const first = await organiser.evaluate(() => document.querySelector(".told li")?.id.slice(2));
          await organiser.goto(page_of(server, name.replace("FIRST", first || ""), language));
          await organiser.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
          await assertFits(organiser);
          await assertWords(organiser);
          await assertAccessible(organiser, name);
          await picture(server, organiser, `messages-${name.replace(/\?.*/, "-edit")}-${width}-${language}`);
          if (name === "chat") await organiser.goto(page_of(server, "announcements", language));
        }
        await assertCalm(organiser);
      });
    }
  }
  await organiser.context().close();
}

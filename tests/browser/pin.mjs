// The PIN on a phone, badge number and PIN, the kiosk: without JavaScript, at 320 px, in Arabic, and cleared by the browser's own clock.
import { assert, test } from "./check.mjs";
import { assertAccessible } from "./accessible.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { EVENT, sample } from "./server.mjs";

const tail = (code) => sample.people.find((person) => person.code === code).phone.replace(/\D/g, "").slice(-4);

export default async function pin(browser, server, people) {
  const me = people.second;
  const token = server.token(me.code);
  const url = `${server.url}/d/${token}`;
  const kiosk = `${server.url}/kiosk/${EVENT}`;

  for (const language of ["vi", "en", "pt", "ar"]) {
    await test(`pin: wrong, right, locked again at 320 px, ${language}, without JavaScript`, async () => {
      const page = await open(browser, { width: 320, height: 640, javaScriptEnabled: false });
      await page.goto(`${url}?lang=${language}`);
      const before = await page.locator(".papers > li").count();
      await page.fill("#pin-field", "00001");
      await page.press("#pin-field", "Enter");
      await page.waitForSelector("#pin-problem");
      assert.ok(await page.locator("#pin-problem").isVisible(), "a wrong PIN is told");
      await picture(server, page, `pin-wrong-${language}`);
      await page.fill("#pin-field", language === "ar" ? [...tail(me.code)].map((digit) => "٠١٢٣٤٥٦٧٨٩"[digit]).join("") : tail(me.code));
      await page.press("#pin-field", "Enter");
      await page.waitForSelector(".pin-lock");
      assert.ok(await page.locator(".papers > li").count() > before, "more papers are there");
      assert.equal(await page.locator("#pin-field").count(), 0);
      await picture(server, page, `pin-open-${language}`);
      await page.press(".pin-lock button", "Enter");
      await page.waitForSelector("#pin-field");
      assert.equal(await page.locator(".papers > li").count(), before, "locked again");
      await page.context().close();
    });
    await test(`pin: the pages fit and are calm, ${language}`, async () => {
      const page = await open(browser, { width: 320, height: 640 });
      await page.goto(`${url}?lang=${language}`);
      for (const at of [kiosk, `${server.url}/e/${EVENT}`, url]) {
        await page.goto(at);
        const more = page.locator("details.enter summary");
        if (await more.count()) await more.click();
        await picture(server, page, `pin-${at === url ? "phone" : at === kiosk ? "kiosk" : "event"}-${language}`);
        await assertFits(page);
        await assertWords(page);
        await assertCalm(page);
        await assertAccessible(page, at.replace(token, "…"));
      }
      await page.context().close();
    });
  }

  await test("pin: badge number and PIN, without JavaScript: no address, nothing to go back to", async () => {
    const page = await open(browser, { width: 320, height: 640, javaScriptEnabled: false });
    await page.goto(`${server.url}/e/${EVENT}`);
    await page.press("details.enter summary", "Enter");
    await page.fill("#number", me.number);
    await page.fill("#enter-pin", tail(me.code));
    await page.press("#enter-pin", "Enter");
    await page.waitForURL(`${server.url}/d/me`);
    assert.equal(new URL(page.url()).pathname, "/d/me");
    assert.match(await page.textContent("h1"), new RegExp(me.name));
    assert.ok(!(await page.content()).includes(token), "the badge's address is nowhere in the page");
    await picture(server, page, "pin-me");
    await page.press('form[action="/d/me/lock"] button', "Enter");
    await page.waitForURL(`${server.url}/e/${EVENT}`);
    await page.goBack();
    assert.ok(!(await page.content()).includes(me.name), "after leaving, back shows nobody");
    await page.context().close();
  });

  await test("kiosk: a scan opens, the clock and the button close, back shows nothing", async () => {
    const page = await open(browser, { width: 1280, height: 800 });
    await page.clock.install();
    await page.goto(kiosk);
    assert.equal(await page.evaluate(() => document.activeElement.id), "scan");
    await page.keyboard.type(`HTTP://PLENUM.EXAMPLE/D/${token}`);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${server.url}/d/me`);
    assert.match(await page.textContent("h1"), new RegExp(me.name));
    assert.ok(!(await page.content()).includes(token));
    await picture(server, page, "kiosk-open", false);
    await page.clock.runFor(50_000);
    await page.mouse.click(5, 400); // a touch: a minute more
    await page.clock.runFor(50_000);
    assert.equal(new URL(page.url()).pathname, "/d/me", "it stays while somebody touches it");
    await page.clock.runFor(11_000);
    await page.waitForURL(kiosk);
    await page.goBack();
    assert.ok(!(await page.content()).includes(me.name), "back shows nobody");
    await page.goto(kiosk);
    await page.keyboard.type(token);
    await page.keyboard.press("Enter");
    await page.waitForURL(`${server.url}/d/me`);
    await page.click(".kiosk-done");
    await page.waitForURL(kiosk);
    await page.goto(`${server.url}/d/me`);
    assert.equal(page.url(), kiosk, "the address leads to the first page");
    await page.context().close();
  });

  await test("kiosk: without JavaScript the button closes, and the page asks to be left after a minute", async () => {
    const page = await open(browser, { width: 1280, height: 800, javaScriptEnabled: false });
    await page.goto(kiosk);
    await page.fill("#scan", token);
    await page.press("#scan", "Enter");
    await page.waitForURL(`${server.url}/d/me`);
    assert.equal(new URL(page.url()).pathname, "/d/me");
    assert.equal(await page.locator('meta[http-equiv="refresh"]').getAttribute("content"), `60;url=/kiosk/${EVENT}`);
    await page.press(".kiosk-done", "Enter");
    await page.waitForURL(kiosk);
    assert.equal(page.url(), kiosk);
    await page.goBack();
    assert.ok(!(await page.content()).includes(me.name), "back shows nobody");
    await page.context().close();
  });
}

// A helper's phone: a badge that its camera opens is the desk's card, one big button, no JavaScript, no scrolling, wherever the tap came from.
import { createServer } from "node:http";
import { assert, test } from "./check.mjs";
import { assertAccessible } from "./accessible.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";

const IN = { vi: "Điểm danh vào", ar: "تسجيل الدخول" };
const lowest = (page) => page.evaluate(() => document.querySelector("button[value=in]").getBoundingClientRect().bottom);

export default async function card(browser, server, people) {
  let state = null;
  await test("card: a helper signs in once", async () => {
    const page = await open(browser);
    await signIn(page, server);
    state = await page.context().storageState();
    await page.context().close();
  });

  for (const [width, height] of [[320, 480], [1280, 640]]) {
    await test(`card: ${width} px, without JavaScript: who it is and the button on the first screen; the result; undo; the next person`, async () => {
      const person = width === 320 ? people.third : people.official;
      const page = await open(browser, { width, height, javaScriptEnabled: false, storageState: state });
      await page.goto(`${server.url}/D/${person.token}`);
      assert.match(await page.textContent("h1"), new RegExp(person.name));
      assert.ok(await lowest(page) <= height, `the button ends at ${await lowest(page)} of ${height}`);
      assert.equal(await page.evaluate(() => scrollY), 0);
      await assertFits(page);
      await assertWords(page);
      await picture(server, page, `card-${width}`, false);
      await page.selectOption("#gate", "main");
      await page.getByRole("button", { name: IN.vi }).press("Enter");
      await page.waitForSelector(".verdict");
      assert.match(await page.getAttribute(".verdict", "class"), /admitted/);
      assert.ok((await page.textContent(".next")).length > 10);
      assert.equal(await page.inputValue("#gate"), "main", "the door is remembered");
      await picture(server, page, `card-${width}-done`, false);
      await page.getByRole("button", { name: IN.vi }).click();
      await page.waitForSelector(".verdict.already_in");
      assert.match(await page.textContent(".verdict"), /\d\d:\d\d.*Cửa chính/s, "since when and where");
      await picture(server, page, `card-${width}-already`, false);
      await page.goBack();
      await page.locator("form[action$=undo] button").click();
      await page.waitForSelector(".verdict.undone");
      await picture(server, page, `card-${width}-undone`, false);
      await page.goto(`${server.url}/d/${person.token}`);
      assert.equal(await page.locator(".state.never").count(), 1);
      assert.equal(await page.locator(".verdict").count(), 0);
      await assertCalm(page);
      await page.goto(`${server.url}/d/${person.token}?view=delegate`);
      assert.equal(await page.locator("form[action*=checkin]").count(), 0);
      await page.context().close();
    });
  }

  for (const language of ["vi", "ar"]) {
    await test(`card: axe, ${language}, before and after; refused is told by shape, words and colour`, async () => {
      const page = await open(browser, { width: 320, height: 568, storageState: state });
      await page.goto(`${server.url}/D/${people.guest.token}?lang=${language}`);
      await assertAccessible(page, "the card");
      assert.ok(await lowest(page) <= 568);
      await picture(server, page, `card-320-${language}`, false);
      await page.selectOption("#gate", "gifts");
      await page.locator("button[value=in]").click();
      await page.waitForSelector(".verdict.refused, .verdict.handed_out");
      await assertAccessible(page, "the result");
      const shape = await page.evaluate(() => getComputedStyle(document.querySelector(".verdict b"), "::before").content);
      assert.match(shape, /[✕✓]/);
      await picture(server, page, `card-320-${language}-gifts`, false);
      await page.context().close();
    });
  }

  await test("card: opened by another program (another site): the card all the same; where the session is over, signing in leads back to it", async () => {
    const other = createServer((_, answer) => answer.end(`<a href="${server.url}/D/${people.guest.token}">badge</a>`));
    await new Promise((done) => other.listen(0, "127.0.0.1", done));
    const foreign = `http://localhost:${other.address().port}/`;
    const page = await open(browser, { width: 320, height: 568, storageState: state });
    await page.goto(foreign);
    await page.click("a");
    await page.waitForSelector("form[action$=checkin]");
    const cookies = await page.context().cookies();
    await page.context().clearCookies({ name: "plenum_session" });
    await page.goto(foreign);
    await page.click("a");
    await page.locator("a[href^='/login']").click();
    await page.fill("#name", "ban-to-chuc");
    await page.fill("#password", "correct horse battery staple 9");
    await page.keyboard.press("Enter");
    await page.waitForSelector("form[action$=checkin]");
    assert.ok(page.url().endsWith(people.guest.token), page.url());
    assert.ok(cookies.some((one) => one.name === "plenum_session" && one.sameSite === "Strict"), "the session itself goes to nobody else");
    await page.context().close();
    const delegate = await open(browser, { width: 320, height: 568 });
    await delegate.goto(foreign);
    await delegate.click("a");
    await delegate.waitForSelector(".hello h1");
    assert.equal(await delegate.locator("form[action$=checkin]").count(), 0, "a delegate's phone notices nothing");
    await delegate.context().close();
    await new Promise((done) => other.close(done));
  });

  await test("card: a result stands in the record, not in the address", async () => {
    const page = await open(browser, { width: 320, height: 568, storageState: state });
    for (const query of ["?done=admitted", "?scan=00000000-0000-7000-8000-000000000000"]) {
      await page.goto(`${server.url}/d/${people.third.token}${query}`);
      assert.equal(await page.locator(".verdict, .result").count(), 0, query);
    }
    await page.context().close();
  });
}

// The room of a delegation: a bus on a head's phone, without JavaScript and with it, by touch and by keyboard alone, in Arabic; what others do meanwhile; badge and PIN.
import path from "node:path";
import { assertAccessible } from "./accessible.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { assert, test, until } from "./check.mjs";
import { signIn } from "./public.mjs";
import { EVENT, PASSWORD, sample } from "./server.mjs";

const UNIT = "HT-08", OTHER = "HT-07";
const event = sample.events.find((one) => one.slug === EVENT);
const members = (unit) => event.delegates.filter((one) => one.person && one.delegation === unit && one.status === "summoned");
const head = (unit) => members(unit).find((one) => (one.roles || []).includes("head_of_delegation")).person;

async function signInHead(page, server, name) {
  await page.goto(`${server.url}/login?next=${encodeURIComponent(`/delegation/${EVENT}`)}`);
  await page.fill("#name", name);
  await page.fill("#password", PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname.startsWith("/delegation/"));
}

const here = async (page) => Number(await page.textContent("#figures .big b"));
const ticked = (page) => page.locator("#bus input[type=checkbox]:checked").count();

export default async function delegation(browser, server) {
  for (const unit of [UNIT, OTHER])
    server.run("plenum", "user", "add", `head-${unit}`, "--role", "head", "--event", EVENT, "--unit", unit, "--password-file", path.join(server.folder, "password"), "--data", server.data);

  await test("delegation: a bus at 320 px by touch, without JavaScript, and taken back", async () => {
    const page = await open(browser, { width: 320, height: 640, javaScriptEnabled: false, hasTouch: true });
    await signInHead(page, server, `head-${UNIT}`);
    const rows = await page.locator("#bus li").count(), all = await ticked(page), before = await here(page);
    assert.ok(all > 4 && rows >= all, `the missing are ticked: ${all} of ${rows}`);
    await picture(server, page, "delegation-320-vi");
    await assertFits(page);
    await assertWords(page);
    const labels = page.locator("#bus li:has(input:checked) label");
    for (const box of await labels.all()) assert.ok((await box.boundingBox()).height >= 44, "a finger finds each row");
    await labels.nth(2).tap();
    await labels.nth(1).tap();
    assert.equal(await ticked(page), all - 2);
    await page.locator(".go button").tap();
    await page.waitForSelector("#result .admitted");
    assert.match(await page.textContent("#result .admitted"), new RegExp(` ${all - 2}$`));
    assert.equal(await here(page), before + all - 2);
    const desk = await open(browser);
    await signIn(desk, server, `/desk/${EVENT}?lang=en`);
    await until("the desk's last scans say with whom they came", async () => /with the group/.test(await desk.locator("#scans li").first().textContent()));
    await picture(server, desk, "delegation-desk-scans");
    await desk.context().close();
    assert.equal(await ticked(page), 2, "the two are missing still");
    await picture(server, page, "delegation-320-vi-after");
    await assertFits(page);
    await page.locator(".undo button").tap();
    await page.waitForSelector("#result .admitted");
    assert.equal(await here(page), before, "taken back");
    await page.context().close();
  });

  await test("delegation: with JavaScript the button counts, names are found, and who comes meanwhile is shown, in Arabic at 320 px", async () => {
    const page = await open(browser, { width: 320, height: 640, hasTouch: true });
    await signInHead(page, server, `head-${UNIT}`);
    await page.goto(`${server.url}/delegation/${EVENT}?unit=${UNIT}&lang=ar`);
    const all = await ticked(page);
    const count = () => page.textContent("#count");
    assert.equal(await count(), String(all));
    await page.locator("#none").tap();
    assert.equal(await count(), "0");
    assert.ok(await page.locator(".go button").isDisabled(), "nobody is chosen: nothing to press");
    const code = members(UNIT)[3].person;
    const name = sample.people.find((one) => one.code === code).name;
    await page.fill("#filter", name.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase());
    assert.equal(await page.locator("#bus li:visible").count(), 1, "found without accents");
    await page.locator("#bus li:visible label").tap();
    assert.equal(await count(), "1");
    await page.press("#filter", "Enter");
    assert.ok(!page.url().includes("group="), "Enter in the box finds, and checks nobody in");
    await page.fill("#filter", "");
    await page.locator("#all").tap();
    assert.equal(await count(), String(all));
    await page.locator(`#bus li[data-code="${members(UNIT)[4].person}"] label`).tap();
    const bottom = await page.evaluate(() => { scrollTo(0, document.querySelector("#bus li:nth-child(3)").offsetTop); const box = document.querySelector(".go button").getBoundingClientRect(); return box.bottom <= innerHeight; });
    assert.ok(bottom, "the button is in sight while the list is gone through");
    await picture(server, page, "delegation-320-ar", false);
    const desk = await open(browser);
    await signIn(desk, server, `/delegation/${EVENT}?unit=${UNIT}`);
    await desk.click("#none");
    await desk.click(`#bus li[data-code="${code}"] label`);
    await desk.click(".go button");
    await desk.waitForSelector("#result .admitted");
    await desk.context().close();
    await until("the head sees who was checked in elsewhere", async () => page.locator(`#bus li.came[data-code="${code}"]`).count());
    assert.equal(await count(), String(all - 2), "and checks them in no second time; what was unticked stays so");
    assert.equal(await page.locator(`#here li[data-code="${code}"]`).count(), 1);
    await picture(server, page, "delegation-320-ar-live");
    await assertFits(page);
    await assertCalm(page);
    await assertAccessible(page, "a delegation, in Arabic");
    await page.context().close();
  });

  await test("delegation: a bus, an absence and the number by keyboard alone at 1280 px", async () => {
    const page = await open(browser, { width: 1280, height: 800 });
    await signInHead(page, server, `head-${OTHER}`);
    await page.goto(`${server.url}/delegation/${EVENT}?unit=${OTHER}&lang=en`);
    const all = await ticked(page), total = members(OTHER).length;
    await page.focus("#filter");
    const to = async (selector) => {
      for (let presses = 1; presses < 90; presses++) {
        await page.keyboard.press("Tab");
        if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return presses;
      }
      throw new Error(`Tab never comes to ${selector}`);
    };
    await to("#bus li input");
    await page.keyboard.press("Space");
    await until("what has the focus is not below the button", () => page.evaluate(() => { const box = document.activeElement.getBoundingClientRect(), go = document.querySelector(".go").getBoundingClientRect(); return box.bottom <= go.top || box.top >= go.bottom; })); // the page scrolls smoothly
    await to(".go button");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#result .admitted");
    assert.equal(await here(page), all - 1);
    await picture(server, page, "delegation-1280-en");
    await page.focus("#none");
    await to("summary");
    await page.keyboard.press("Enter");
    await to("#absence li input");
    await page.keyboard.press("Space");
    await to("#reason");
    await page.keyboard.type("Sick since yesterday");
    await to("#absence input[name=excused]");
    await page.keyboard.press("Space");
    await to("#absence button");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#result .admitted");
    assert.match(await page.innerText("main"), /Sick since yesterday/);
    await page.focus("#said");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#result .admitted");
    assert.match(await page.textContent(".told"), new RegExp(`Reported: ${all - 1} / ${total}`));
    await assertFits(page);
    await assertWords(page);
    await assertCalm(page);
    await assertAccessible(page, "a delegation");
    await page.context().close();
  });

  for (const [width, language] of [[320, "vi"], [1280, "ar"]])
    await test(`delegation: the list, the decisions and the desk's part, ${width} px, ${language}`, async () => {
      const page = await open(browser, { width, height: 800 });
      await signIn(page, server, `/delegation/${EVENT}`);
      for (const [target, name] of [[`/delegation/${EVENT}`, "list"], [`/delegation/${EVENT}?unit=${OTHER}`, "desk"], [`/admin/${EVENT}/heads`, "heads"]]) {
        await page.goto(`${server.url}${target}${target.includes("?") ? "&" : "?"}lang=${language}`);
        await picture(server, page, `delegation-${name}-${width}-${language}`);
        await assertFits(page);
        await assertWords(page);
        await assertCalm(page);
        await assertAccessible(page, target);
      }
      await page.check('input[name="head_pin"][value="1"]');
      await page.locator('form[action$="/heads"] button').click();
      await page.waitForSelector(".result.admitted");
      assert.ok(await page.isChecked('input[name="head_pin"][value="1"]'));
      await page.context().close();
    });

  await test("delegation: from the own badge with its PIN, at 320 px, without JavaScript", async () => {
    const page = await open(browser, { width: 320, height: 640, javaScriptEnabled: false, hasTouch: true });
    const code = head(OTHER), token = server.token(code);
    await page.goto(`${server.url}/d/${token}`);
    await page.locator('a[href$="/delegation"]').tap();
    await page.waitForSelector("#pin-field");
    await picture(server, page, "delegation-pin-320-vi");
    await page.fill("#pin-field", "0000 1");
    await page.press("#pin-field", "Enter");
    await page.waitForSelector("#pin-problem");
    await picture(server, page, "delegation-pin-wrong-320-vi");
    await page.fill("#pin-field", sample.people.find((one) => one.code === code).phone.replace(/\D/g, "").slice(-4));
    await page.press("#pin-field", "Enter");
    await page.waitForURL((url) => url.pathname.startsWith("/delegation/"));
    assert.ok(!page.url().includes(token), "the badge's address is not in the page's");
    assert.ok((await page.content()).includes(code), "their own people");
    assert.equal(await page.locator('a[href^="/desk/"]').count(), 0);
    await assertFits(page);
    await page.goto(`${server.url}/delegation/${EVENT}?unit=${UNIT}`);
    assert.equal(await page.locator("#bus").count(), 0, "nobody else's");
    await page.context().close();
  });
}

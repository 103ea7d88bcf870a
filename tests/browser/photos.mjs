// Photos in the console: many at once, doubtful ones chosen by hand, a server that fails in between, no script at all; the desk's card from a phone.
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { assert, test, until } from "./check.mjs";
import { WIDTHS, assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { EVENT, sample } from "./server.mjs";

export default async function photos(browser, server, people) {
  const folder = path.join(server.folder, "photos");
  mkdirSync(folder, { recursive: true });
  const file = (name, from = "photos/P0001.jpg") => { const to = path.join(folder, name); copyFileSync(from, to); return to; };
  const have = new Set(sample.people.filter((one) => one.photo).map((one) => one.code));
  const free = [people.second, people.third, people.fourth, people.guest].filter((one) => !have.has(one.code));
  const target = `${server.url}/admin/${EVENT}/photos`;
  const outcomes = (page) => page.locator("#results li .good, #results li .bad").count();

  for (const [width, height] of WIDTHS) {
    for (const language of ["vi", "en", "pt", "ar"]) {
      await test(`photos: ${width} px, ${language}`, async () => {
        const page = await open(browser, { width, height });
        await signIn(page, server, "/admin");
        await page.goto(`${target}?lang=${language}`);
        await assertFits(page);
        await assertWords(page);
        await assertCalm(page);
        await page.context().close();
      });
    }
  }

  await test("photos: many at once, each with its result; a doubtful one is chosen by hand", async () => {
    const page = await open(browser);
    await signIn(page, server, "/admin");
    await page.goto(`${target}?lang=vi`);
    const bad = path.join(folder, `${free[1].code}.jpg`);
    writeFileSync(bad, "no picture at all");
    const heic = path.join(folder, `${free[2].code}.heic`);
    writeFileSync(heic, Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic0000")]));
    const without = Number(await page.textContent("#without"));
    await page.setInputFiles("#photo", [file(`${free[0].code}.jpg`), file(`${people.namesake}.jpg`, "photos/P0002.jpg"), file("IMG_7777.jpg", "photos/P0003.jpg"), bad, heic]);
    await until("all are answered", async () => (await outcomes(page)) === 5);
    assert.equal(await page.locator("#results li .good").count(), 1);
    assert.equal(Number(await page.textContent("#without")), without - 1);
    await until("the picture is there", () => page.evaluate(() => [...document.querySelectorAll("#results img[src]")].every((one) => one.complete && one.naturalWidth > 0)));
    const row = page.locator("#results li", { hasText: `${people.namesake}.jpg` });
    assert.ok((await row.locator(".whom > button").count()) >= 2, "the namesakes to choose from");
    const states = await page.locator("#results li .good, #results li .bad").allTextContents();
    assert.ok(states.every((state) => state.length > 5), `each has its words: ${states}`);
    assert.ok((await page.textContent("#line")).length > 12, "and the line says what the figures are");
    await picture(server, page, "photos-1280-vi");
    await row.locator(".whom > button").first().click();
    await until("chosen and stored", async () => (await page.locator("#results li .good").count()) === 2);
    const other = page.locator("#results li", { hasText: "IMG_7777.jpg" });
    await other.locator("input[type=search]").fill(free[3].name);
    await other.locator("span.whom button").first().click();
    await until("found and stored", async () => (await page.locator("#results li .good").count()) === 3);
    assert.equal(await page.isVisible("#again"), false);
    await assertCalm(page);
    await assertFits(page);
    await picture(server, page, "photos-1280-vi-done");
    await page.context().close();
  });

  await test("photos: what fails on the way is tried again, and can be sent again", async () => {
    const page = await open(browser, { width: 320, height: 640 });
    await signIn(page, server, "/admin");
    await page.goto(`${target}?lang=ar`);
    let refusals = 0;
    await page.route("**/photos?name=*", (route) => (refusals++ < 1 ? route.fulfill({ status: 503, body: "{}" }) : route.continue()));
    await page.setInputFiles("#photo", [file(`${free[0].code}.jpg`)]);
    await until("stored after a 503", async () => (await page.locator("#results li .good").count()) === 1, 15000);
    await page.unroute("**/photos?name=*");
    await page.route("**/photos?name=*", (route) => route.fulfill({ status: 500, body: "{}" }));
    await page.setInputFiles("#photo", [file(`${free[2].code}.jpg`, "photos/P0004.jpg")]);
    await until("it is told", () => page.isVisible("#again"));
    await page.unroute("**/photos?name=*");
    await picture(server, page, "photos-320-ar-failed");
    await page.click("#again");
    await until("sent again", async () => (await page.locator("#results li .good").count()) === 2);
    await assertFits(page);
    await page.context().close();
  });

  await test("photos: without JavaScript one at a time", async () => {
    const page = await open(browser, { javaScriptEnabled: false });
    await signIn(page, server, "/admin");
    await page.goto(`${target}?lang=en`);
    const code = await page.locator("#person option").nth(1).getAttribute("value");
    await page.setInputFiles("#photo", [file("photo.jpg", "photos/P0005.jpg")]);
    await page.selectOption("#person", code);
    await page.click("#plain button");
    await page.waitForSelector(".result.admitted");
    await picture(server, page, "photos-1280-en-plain");
    assert.equal(await page.locator(`#p-${code}`).count(), 0, "not missing any more");
    await page.context().close();
  });

  await test("photos: the desk's card shows a face and takes a new one", async () => {
    const page = await open(browser, { width: 390, height: 800 });
    await signIn(page, server, "/admin");
    await page.goto(`${server.url}/d/${people.official.token}?lang=vi`);
    await page.setInputFiles("#photo", [file("image.jpg", "photos/P0006.jpg")]);
    await page.click(".photo-form button");
    await page.waitForSelector(".result.admitted");
    await until("the face", () => page.evaluate(() => document.querySelector(".face")?.naturalWidth > 0));
    await assertFits(page);
    await assertCalm(page);
    await picture(server, page, "card-390-photo");
    await page.context().close();
  });
}

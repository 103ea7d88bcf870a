// Paper lists: printed, then typed by keyboard alone; a wrong character at once; a whole list pasted; without JavaScript; narrow, wide, right to left.
import { execFileSync } from "node:child_process";
import { assert, test, until } from "./check.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { signIn } from "./public.mjs";
import { EVENT, sample } from "./server.mjs";

const symbols = "0123456789CFGHJKMNPRTVX";
const mistyped = (code) => code.slice(0, 4) + symbols[(symbols.indexOf(code[4]) + 1) % 23];
const gate = sample.events.find((one) => one.slug === EVENT).gates[0].code;

// The minute that it is now on a clock of the event: never to come, never yesterday.
function minute() {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Ho_Chi_Minh" }).format(new Date());
}

const say = (page) => page.locator("#code-say");
const said = (page, kind) => until(`it is told as ${kind}`, async () => ((await say(page).getAttribute("class")) || "").split(" ").includes(kind));
const items = (page) => page.locator("#last li").count();

// Read from the paper, as whoever types it does: the row with this number, and the code in it.
function codeOn(paper, number) {
  for (const page of paper.split("<page").slice(1)) {
    const words = [...page.matchAll(/yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]+)</g)].map(([, top, bottom, word]) => ({ at: (Number(top) + Number(bottom)) / 2, word }));
    const row = words.find((one) => one.word === number);
    const code = row && words.find((one) => Math.abs(one.at - row.at) < 3 && /^[CFGHJKMNPRTVX][0-9CFGHJKMNPRTVX]{4}$/.test(one.word));
    if (code) return code.word;
  }
  throw new Error(`no row code for ${number}`);
}

export default async function paperLists(browser, server, people) {
  const codes = {};

  await test("paper lists: the page prints a list, by keyboard", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}/paper?lang=en`);
    await page.selectOption("#list-gate", gate);
    await page.selectOption("#list-order", "number");
    const [printed] = await Promise.all([page.context().waitForEvent("page"), page.locator("#print button").press("Enter")]);
    await printed.close();
    const answer = await page.request.get(`${server.url}/api/v1/events/${EVENT}/paper-list.pdf?order=number`);
    assert.equal(answer.headers()["content-type"], "application/pdf");
    const text = execFileSync("pdftotext", ["-bbox", "-", "-"], { input: await answer.body(), encoding: "utf8" });
    for (const [name, one] of Object.entries({ ...people, spare: people.spare[0] }).filter(([, one]) => one && one.number)) {
      codes[name] = codeOn(text, one.number);
    }
    await page.context().close();
  });

  await test("paper lists: code, Enter, code, Enter; the name before Enter, a wrong character at once, the same twice, undo", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}/paper?lang=en`);
    assert.equal(await page.evaluate(() => document.activeElement.id), "code", "one types at once");
    await page.fill("#time", minute());
    await page.focus("#code");
    await page.keyboard.type(mistyped(codes.official));
    await said(page, "wrong");
    assert.equal(await page.getAttribute("#code", "aria-invalid"), "true");
    await picture(server, page, "paper-wrong");
    assert.equal(await items(page), 0);
    await page.keyboard.press("Backspace");
    await page.keyboard.type(codes.official[4].toLowerCase());
    await said(page, "known");
    await until("the name is there", async () => (await say(page).textContent()).includes(people.official.name));
    await picture(server, page, "paper-known");
    await page.keyboard.press("Enter");
    await said(page, "done");
    assert.equal(await page.inputValue("#code"), "", "the next code");
    await page.keyboard.type(`${codes.second}\n`);
    await until("the second is recorded", async () => (await items(page)) === 2);
    await page.keyboard.type(`${codes.second}\n`);
    await said(page, "again");
    assert.equal(await items(page), 2, "the same twice is once");
    await page.keyboard.type(`${codes.third} 25:10\n`);
    await said(page, "wrong");
    assert.equal(await page.inputValue("#code"), `${codes.third} 25:10`, "what is wrong stays to be put right");
    await page.fill("#code", "");
    await page.keyboard.type(`${codes.blank}\n`);
    await said(page, "conflict");
    await picture(server, page, "paper-typed");
    await page.locator("#last li").nth(0).getByRole("button").press("Enter");
    await until("it is undone", async () => (await page.locator("#last li.undone").count()) === 1);
    assert.equal(await page.evaluate(() => document.activeElement.id), "code", "and one types on");
    await page.reload();
    assert.equal(await page.inputValue("#time"), await page.evaluate(() => JSON.parse(sessionStorage.getItem(`plenum-paper-${document.body.dataset.event}`)).time), "what was said once stays");
    await until("the list is the record's", async () => (await items(page)) === 3);
    await assertCalm(page);
    await page.context().close();
  });

  await test("paper lists: no line: nothing is lost, Enter tries again", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}/paper?lang=en`);
    await page.fill("#time", minute());
    const before = await items(page);
    await page.route("**/paper-scans", (route) => route.abort());
    await page.focus("#code");
    await page.keyboard.type(`${codes.fourth}\n`);
    await said(page, "wrong");
    assert.equal(await page.inputValue("#code"), codes.fourth);
    await page.unroute("**/paper-scans");
    await page.keyboard.press("Enter");
    await said(page, "done");
    assert.equal(await items(page), before + 1);
    await page.context().close();
  });

  for (const javaScriptEnabled of [true, false])
    await test(`paper lists: a whole list is pasted${javaScriptEnabled ? "" : ", without JavaScript"}`, async () => {
      const page = await open(browser, { width: 320, height: 640, javaScriptEnabled });
      await signIn(page, server, `/desk/${EVENT}/paper?lang=en`);
      const [one, two] = javaScriptEnabled ? [codes.third, codes.spare] : [codes.official, codes.second];
      await page.locator("#many summary").press("Enter");
      await page.fill("#text", `${one} ${minute()}\n${mistyped(two)} ${minute()}\n`);
      await page.locator("button[value=record]").press("Enter");
      await page.waitForSelector("#results .typed li");
      assert.equal(await page.locator("#results .typed li").count(), 1, "only what is wrong");
      assert.ok((await page.textContent("#results")).includes("1 / 2"));
      await picture(server, page, `paper-many-wrong${javaScriptEnabled ? "" : "-plain"}`);
      await assertFits(page);
      assert.ok((await page.inputValue("#text")).startsWith(one), "the list is still there");
      await page.fill("#text", `${one} ${minute()}\n${two} ${minute()}\n`);
      await page.locator("button[value=check]").press("Enter");
      await page.waitForSelector("#results .typed li:nth-child(2)");
      await page.locator("button[value=record]").press("Enter");
      await page.waitForSelector("#results .result.admitted");
      assert.equal(await page.inputValue("#text"), "", "done, and gone");
      await picture(server, page, `paper-many${javaScriptEnabled ? "" : "-plain"}`);
      if (!javaScriptEnabled) {
        await page.fill("#time", minute());
        minute.said = await page.inputValue("#time");
        await page.fill("#code", mistyped(codes.fourth));
        await page.press("#code", "Enter");
        await page.waitForSelector("#results .typed .invalid");
        assert.equal(await page.inputValue("#code"), mistyped(codes.fourth));
        await page.fill("#code", codes.fourth);
        await page.press("#code", "Enter");
        await page.waitForSelector(`#results .typed li >> text=${people.fourth.name}`);
        await page.fill("#q", people.guest.name);
        await page.press("#q", "Enter");
        await page.waitForSelector(`#find .typed li >> text=${people.guest.name}`);
        assert.match(await page.locator("#find .typed li code").first().textContent(), /^[CFGHJKMNPRTVX][0-9CFGHJKMNPRTVX]{4}$/);
        assert.equal(await page.inputValue("#time"), minute.said, "what was said once goes along");
        await picture(server, page, "paper-find");
        await page.locator("#last form button").first().press("Enter");
        await page.waitForSelector("#last li.undone");
        await assertFits(page);
      }
      await page.context().close();
    });

  for (const language of ["vi", "en", "pt", "ar"])
    await test(`paper lists: ${language}, narrow and wide, readable for everybody`, async () => {
      const page = await open(browser, { width: 320, height: 640 });
      await signIn(page, server, `/desk/${EVENT}/paper?lang=${language}`);
      await page.fill("#time", "07:00");
      await page.fill("#code", mistyped(codes.official));
      await said(page, "wrong");
      await page.locator("#many summary").click();
      await assertFits(page);
      await assertWords(page);
      await assertAccessible(page, `paper lists at 320 px, ${language}`);
      await picture(server, page, `paper-320-${language}`);
      await page.setViewportSize({ width: 1280, height: 800 });
      await assertFits(page);
      await picture(server, page, `paper-1280-${language}`);
      await assertCalm(page);
      await page.context().close();
    });
}

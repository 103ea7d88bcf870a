// Two desks at once, a slow line and none, sound, keys, small and large screens, and the sheet for somebody whose phone does not.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { assert, test, until as wait } from "./check.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { signIn } from "./public.mjs";
import { EVENT, sample } from "./server.mjs";

const until = (what, look) => wait(what, look, 20000); // a machine with other work
const names = new Map(sample.people.map((person) => [person.code, person.name.normalize("NFC")]));
const delegates = sample.events.find((one) => one.slug === EVENT).delegates;
const summoned = delegates.filter((one) => one.person && one.category === "official" && one.status === "summoned" && one.seat && !one.absence)
  .map((one) => ({ code: one.person, number: one.number, seat: one.seat, name: names.get(one.person) }));
let next = 160;
const somebody = () => summoned[next++];

const online = (page) => until("the live line", async () => !(await page.locator("#line").getAttribute("class")).includes("lost"));
async function desk(browser, server, options = {}, language = "en") {
  const page = await open(browser, options);
  await signIn(page, server, `/desk/${EVENT}?lang=${language}`);
  await online(page);
  return page;
}
async function find(page, person) {
  await page.keyboard.press("Escape");
  await page.fill("#q", person.number);
  await until(`${person.number} is found`, async () => (await page.locator("#results li").allTextContents()).some((row) => row.includes(person.name)));
  await page.focus("#q");
}
async function openCard(page, person) {
  await find(page, person);
  await page.keyboard.press("Enter");
  await page.waitForSelector("#card [data-act=correct]");
}
const press = async (page, act) => { await page.locator(`#card [data-act=${act}]`).focus(); await page.keyboard.press("Enter"); };
const act = (page) => page.evaluate(() => document.activeElement.dataset.act || document.activeElement.id);

export default async function deskTwo(browser, server, people) {
  await test("two desks: what the other one does is seen and said before anything is pressed; a key that is on its way does nothing", async () => {
    const [one, other] = [await desk(browser, server), await desk(browser, server)];
    const person = somebody();
    await openCard(one, person);
    assert.equal(await act(one), "in", "the big button has the focus");
    await openCard(other, person);
    await other.keyboard.press("Enter");
    await other.waitForSelector("#card .verdict[data-outcome=admitted]");
    await one.waitForSelector("#card-news");
    const news = await one.textContent("#card-news");
    assert.match(news, /Just came in.*Main hall door.*\d\d:\d\d.*ban-to-chuc/, "where, when and who");
    await until("it is said aloud", async () => (await one.textContent("#say")).includes("Just came in"));
    assert.equal(await one.locator("#card button.big").count(), 0, "nothing is left to check in");
    assert.equal(await act(one), "close", "the focus stands where a key does no harm");
    await picture(server, one, "desk-two-just-came-in");
    await until("the list of results says so too", async () => (await one.locator("#results li .is.in").count()) === 1);
    await other.keyboard.press("Control+z");
    await other.waitForSelector("#card .verdict[data-outcome=undone]");
    await until("it is taken back there, and seen here", async () => (await one.textContent("#card-news")).includes("taken back") && (await one.locator("#card button.big").count()) === 1);
    assert.equal(await other.locator("#card-news").count(), 0, "one's own doing is no news");

    await find(one, person); // and when the list alone is open
    await openCard(other, person);
    await other.keyboard.press("Enter");
    await until("a row of the list changes", async () => (await one.locator("#results li .is.in").count()) === 1);
    await one.keyboard.press("Enter");
    await one.waitForSelector("#card [data-act=out]");
    assert.equal(await one.locator("#card button.big").count(), 0);
    await assertCalm(one);
    await assertCalm(other);
    await one.context().close();
    await other.context().close();
  });

  await test("two desks: both put one seat right: the second sees both values, and then it is their word", async () => {
    const [one, other] = [await desk(browser, server), await desk(browser, server)];
    const person = somebody();
    for (const page of [one, other]) {
      await openCard(page, person);
      await press(page, "correct");
      await page.waitForSelector("#list-seat");
    }
    await one.fill("#list-seat", "X1");
    await other.fill("#list-seat", "X2");
    await one.focus("#list-seat");
    await one.keyboard.press("Enter");
    await until("the first one is kept", async () => (await one.locator("#card > .badge-line.done").count()) === 1);
    await other.waitForSelector("#card-news");
    assert.equal(await other.inputValue("#list-seat"), "X2", "what is typed stays");
    await other.focus("#list-seat");
    await other.keyboard.press("Enter");
    await other.waitForSelector(".list-form .trouble:not([hidden])");
    const told = (await other.textContent(".list-form .trouble")).replace(/[\u2068\u2069]/g, "");
    assert.ok(told.includes(`${person.seat} → X1`) && told.includes("ban-to-chuc") && told.includes("Press again"), told);
    await picture(server, other, "desk-two-both-values");
    await other.focus("#list-seat");
    await other.keyboard.press("Enter");
    await until("the last word", async () => (await other.locator("#card > .badge-line.done").count()) === 1 && (await other.textContent("#card .facts")).includes("X2"));
    await until("the first desk sees it", async () => (await one.textContent("#card .facts")).includes("X2"));
    await one.context().close();
    await other.context().close();
  });

  await test("desk: three scripts are wanted before the box answers, and the rest is asked for at once: a slow phone waits for each round", async () => {
    const graph = (name, seen = new Set()) => {
      if (seen.has(name)) return seen;
      seen.add(name);
      for (const [, other] of readFileSync(`web/js/${name}.js`, "utf8").matchAll(/^(?:import|export) .*from "\.\/(\w+)\.js";$/gm)) graph(other, seen);
      return seen;
    };
    assert.deepEqual([...graph("desk")].sort(), ["common", "desk", "desk_tools"], "more than six files at once (three are styles) cost one more round");
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    const asked = await page.evaluate(() => [...document.querySelectorAll("link[rel=modulepreload], script[type=module]")].map((one) => /(\w+)\.js$/.exec(one.href || one.src)[1]));
    assert.deepEqual(asked.sort(), [...graph("desk_work")].sort());
    await page.context().close();
  });

  await test("desk: what is typed or scanned before the scripts are there is not lost", async () => {
    const page = await open(browser);
    await signIn(page, server, "/admin");
    const [person, scanned] = [somebody(), people.third];
    let hold = true;
    await page.route("**/js/desk.js", async (route) => { await until("the scripts may come", () => !hold); await route.continue(); });
    for (const [typed, enter] of [[person.name, false], [`${server.url}/D/${scanned.token}`, true]]) {
      hold = true;
      await page.goto(`${server.url}/desk/${EVENT}`, { waitUntil: "commit" });
      await page.waitForSelector("#q:focus");
      await page.keyboard.type(typed);
      if (enter) await page.keyboard.press("Enter");
      assert.equal(await page.inputValue("#q"), typed);
      hold = false;
      if (enter) await page.waitForSelector("#card .verdict[data-outcome]:not([data-outcome=''])");
      else await until("found", async () => (await page.locator("#results li").allTextContents()).some((row) => row.includes(person.name)));
      await page.unroute("**/js/desk.js");
      await page.route("**/js/desk.js", async (route) => { await until("the scripts may come", () => !hold); await route.continue(); });
    }
    assert.ok((await page.textContent("#card h2")).includes(scanned.name));
    assert.ok(!page.url().includes("?"), "no badge in an address");
    await page.context().close();
  });

  await test("desk: without a line it says so, by words and not by colour; when the line is back, so is the answer", async () => {
    const page = await desk(browser, server);
    const person = somebody();
    await page.route("**/api/v1/events/**", (route) => route.abort());
    await page.keyboard.type(person.number);
    await page.waitForSelector("#trouble:not([hidden])");
    assert.match(await page.textContent("#trouble"), /Connection lost/);
    await picture(server, page, "desk-two-no-line");
    await page.keyboard.press("Enter");
    assert.equal(await page.locator("#card .verdict").count(), 0, "nobody is checked in by guess");
    assert.equal(await page.inputValue("#q"), person.number, "what was typed stays");
    await page.unroute("**/api/v1/events/**");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card button.big");
    await page.context().close();
  });

  await test("desk: keys are listed under ?, sound is switched off and stays off, a letter still goes into the box", async () => {
    const page = await desk(browser, server);
    await page.keyboard.type("?");
    await page.waitForSelector("#help[open]");
    assert.ok((await page.locator("#keys kbd").count()) >= 8);
    await assertAccessible(page, "the list of keys");
    await picture(server, page, "desk-two-keys");
    await page.keyboard.press("Escape");
    await until("closed, and back in the box", () => page.evaluate(() => !document.getElementById("help").open && document.activeElement.id === "q"));
    await page.keyboard.type("a?");
    assert.equal(await page.inputValue("#q"), "a?", "within words it is a letter");
    await page.locator("#sound").focus();
    await page.keyboard.press("Enter");
    assert.equal(await page.getAttribute("#sound", "aria-pressed"), "false");
    await page.reload();
    await online(page);
    await until("still off", async () => (await page.getAttribute("#sound", "aria-pressed")) === "false");
    await assertCalm(page);
    await page.context().close();
  });

  for (const [width, height, scale, language] of [[640, 400, 2, "vi"], [768, 1024, 1, "ar"], [320, 640, 1, "pt"]]) {
    await test(`desk: ${width} × ${height} at ${scale * 100} %, ${language}: fits, and the answer is on the screen`, async () => {
      const page = await desk(browser, server, { width, height, deviceScaleFactor: scale }, language);
      const person = somebody();
      await openCard(page, person);
      await assertFits(page);
      await assertWords(page);
      await picture(server, page, `desk-two-${width}-${language}-card`);
      await page.locator("#card button.big").focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector("#card .verdict[data-outcome=admitted]");
      await until("the answer and the box are on the screen together", async () => {
        const [answer, box] = [await page.locator("#card .verdict").boundingBox(), await page.locator("#q").boundingBox()];
        return box && answer && box.y >= -1 && answer.y + 40 <= height;
      });
      await picture(server, page, `desk-two-${width}-${language}-answer`, false);
      await assertFits(page);
      await assertAccessible(page, "an answer");
      await page.context().close();
    });
  }

  for (const [width, language] of [[320, "vi"], [1280, "ar"]]) {
    await test(`assist: ${width} px, ${language}: by one key, in large letters, one sheet of A4, with their papers; restricted ones by the helper's word`, async () => {
      const page = await desk(browser, server, { width, height: 800 }, language);
      const delegate = delegates.find((one) => one.person && (one.needs || []).includes("large_print")) || delegates[1];
      const person = { code: delegate.person, number: delegate.number, name: names.get(delegate.person) };
      await openCard(page, person);
      await page.keyboard.press("F9");
      await page.waitForURL(/\/assist\//);
      assert.ok((await page.textContent("h1")).includes(person.name));
      await assertFits(page);
      await assertWords(page);
      await assertAccessible(page, "assist");
      await picture(server, page, `assist-${width}-${language}`);
      const pdf = path.join(server.folder, `assist-${language}.pdf`);
      await page.pdf({ path: pdf, preferCSSPageSize: true });
      assert.match(execFileSync("pdfinfo", [pdf], { encoding: "utf8" }), /^Pages: +1$/m);
      assert.match(execFileSync("pdfinfo", [pdf], { encoding: "utf8" }), /^Page size: +59\d(\.\d+)? x 84\d.*A4/m);
      const open = await page.locator(".assist-papers li").count();
      assert.equal(open, people.papers.official, "as many papers as their own phone shows");
      await page.locator("button[value=open]").focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector("button[value=lock]");
      assert.ok((await page.locator(".assist-papers li").count()) > open);
      await page.locator(".assist-papers a").first().focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector(".letters3 .paper");
      await assertFits(page);
      await page.goto(`${server.url}/desk/${EVENT}/assist/${person.code}`);
      await page.locator("button[value=lock]").focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector("button[value=open]");
      await page.keyboard.press("Escape");
      await page.waitForURL(/\/desk\/[^/]+#/);
      await until("back on their card", async () => (await page.textContent("#card")).includes(person.name));
      await assertCalm(page);
      await page.context().close();
    });
  }
}

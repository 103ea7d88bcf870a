// The console's page of badges, with and without JavaScript, and badges at the desk by keyboard: printed before, a lost one, handed over.
import { assert, test, until } from "./check.mjs";
import { WIDTHS, assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { signIn } from "./public.mjs";
import { EVENT } from "./server.mjs";

const PAGE = `/admin/${EVENT}/badges`;
const figures = async (page) => (await page.locator(".figures dd").allTextContents()).map(Number);

async function openPerson(page, name) {
  await page.fill("#q", name);
  await until(`${name} is found`, async () => (await page.locator("#results li b").first().textContent()) === name);
  await page.keyboard.press("Enter");
  let before = "";
  await until("the badge's part has come, and stays", async () => { // it is asked for beside the card
    const now = (await page.locator(".badge-part button, .badge-part a.button").count()) ? await page.textContent(".badge-part") : "";
    const same = now !== "" && now === before;
    before = now;
    return same;
  });
}

// By keyboard alone: to the button with this text, then Enter.
async function press(page, text) {
  for (let i = 0; i < 30; i++) {
    if ((await page.evaluate(() => document.activeElement.textContent.trim())) === text) { await page.keyboard.press("Enter"); return; }
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not reach "${text}"`);
}

const said = (page, part) => until(`it is said aloud: ${part}`, async () => (await page.textContent("#say")).includes(part));
const spoken = (text) => text.replace(/[\u2068\u2069]/g, "");

export default async function badges(browser, server, people) {
  const code = people.fourth.code;

  await test("badges: the console prints, tells what is printed, takes a run back; no JavaScript", async () => {
    const first = await open(browser);
    await signIn(first, server, PAGE);
    const state = await first.context().storageState();
    await first.context().close();
    const page = await open(browser, { javaScriptEnabled: false, storageState: state });
    await page.goto(`${server.url}${PAGE}`);
    const [printed, missing] = await figures(page);
    assert.ok(missing > 1, `not printed: ${missing}`);
    const asked = `/admin/${EVENT}/badges/print?layout=a4x8&unit=&not_printed=1&only=&order=delegation&separators=none`;
    const cookie = (await page.context().cookies()).map((one) => `${one.name}=${one.value}`).join("; ");
    await page.check("input[name=not_printed]");
    const [request] = await Promise.all([page.context().waitForEvent("request", (one) => one.url().includes("/badges/print?")), page.getByRole("button", { name: "Chỉ xem" }).click()]);
    assert.equal(request.url().slice(server.url.length), `${asked}&record=0`);
    const pdf = await server.get(asked, { Cookie: cookie });
    assert.equal(pdf.status, 200);
    assert.equal(pdf.body.subarray(0, 5).toString(), "%PDF-");
    await page.goto(`${server.url}${PAGE}`);
    assert.deepEqual((await figures(page)).slice(0, 2), [printed + missing, 0]);
    assert.match(await page.textContent(".list"), /a4x8/);
    await page.getByRole("button", { name: /In không ra/ }).first().click();
    await page.waitForSelector("[role=status]");
    assert.deepEqual((await figures(page)).slice(0, 2), [printed, missing]);
    await page.getByRole("button", { name: /Đã in được/ }).first().click();
    await page.waitForURL(/done=good/);
    assert.deepEqual((await figures(page)).slice(0, 2), [printed + missing, 0]);
    await page.selectOption("#layout", "voting-card");
    await page.getByRole("button", { name: "Đếm theo mẫu này" }).click();
    await page.waitForURL(/layout=voting-card/);
    assert.deepEqual((await figures(page)).slice(0, 2), [0, printed + missing]);
    await page.context().close();
  });

  await test("badges: the desk tells when it was printed and asks before it prints again", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    await openPerson(page, people.fourth.name);
    assert.equal(await page.evaluate(() => document.activeElement.className), "button big", "checking in stays the first thing");
    assert.match(await page.textContent(".badge-part"), /In lúc/);
    const sent = [];
    await page.route("**/printers", (route) => route.fulfill({ json: [{ name: "ban-1", default: true }] }));
    await page.route("**/print", async (route) => { sent.push(JSON.parse(route.request().postData())); await route.fulfill({ json: { job: { id: 7, state: "done" }, printer: "ban-1", badges: 1 } }); });
    await press(page, "In thẻ");
    await page.waitForSelector(".badge-line.question");
    assert.equal(sent.length, 0, "nothing is printed before the answer");
    await said(page, "In thêm một thẻ nữa?");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Không", "an Enter too many prints nothing");
    await picture(server, page, "desk-1280-print-again");
    await press(page, "Không");
    await press(page, "In thẻ");
    await page.waitForSelector(".badge-line.question");
    await press(page, "In thêm");
    await page.waitForSelector(".badge-line.done");
    assert.deepEqual(sent, [{ only: [code], again: true }]);
    assert.match(spoken(await page.textContent(".badge-line.done")), /ban-1/);
    await assertCalm(page);
    await page.context().close();
  });

  await test("badges: a lost badge is issued anew after a question; the new one is shown and printed, the old one is dead", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    const before = server.token(code);
    await openPerson(page, people.fourth.name);
    await press(page, "Mất thẻ");
    await page.waitForSelector(".badge-line.question");
    await press(page, "Không");
    assert.equal(server.token(code), before, "No changes nothing");
    await press(page, "Mất thẻ");
    await page.waitForSelector(".badge-line.question");
    await press(page, "Mất thật, cấp thẻ mới");
    await page.waitForSelector(".badge-line.done");
    assert.match(spoken(await page.textContent(".badge-line.done")), /bản 2/);
    const after = server.token(code);
    assert.notEqual(after, before);
    await press(page, "Hiện mã QR trên màn hình");
    await page.waitForSelector(".badge-code svg");
    await assertAccessible(page, "the desk, with a new badge's code");
    await page.locator(".badge-code svg").screenshot({ path: `${server.folder}/lost.png` });
    const read = JSON.parse(server.run("plenum-scanner", "decode", `${server.folder}/lost.png`));
    assert.ok(read.codes[0]?.endsWith(`/D/${after}`), `the code on the screen: ${JSON.stringify(read)}`);
    await page.locator(".badge-first").focus();
    await press(page, "In thẻ mới ngay");
    const link = await page.waitForSelector(".badge-part a.button");
    assert.match(await link.getAttribute("href"), new RegExp(`badges\\.pdf\\?only=${code}`));
    assert.equal((await server.get(`/d/${before}`)).status, 410, "the old badge opens nothing");
    assert.equal((await server.get(`/d/${after}`)).status, 200);
    await assertCalm(page);
    await page.context().close();
  });

  await test("badges: what a printer refuses is told, with another way", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    await page.route("**/printers", (route) => route.fulfill({ json: [{ name: "ban-1", default: true }] }));
    await page.route("**/print", (route) => route.fulfill({ status: 502, contentType: "application/problem+json", json: { code: "printer_unreachable", detail: "ban-1 does not answer", status: 502 } }));
    await openPerson(page, people.fourth.name);
    await press(page, "In thẻ");
    await page.waitForSelector(".badge-line.question"); // the token above was read from a printed badge
    await press(page, "In thêm");
    await page.waitForSelector("#card .badge-line.trouble");
    assert.match(await page.textContent("#card .badge-line.trouble"), /ban-1 does not answer/);
    assert.equal(await page.locator(".badge-part a.button").count(), 1, "the PDF is offered");
    await page.context().close();
  });

  await test("badges: a delegation's badges go to one person by keyboard, once", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    for (const outcome of ["done", "trouble"]) {
      await openPerson(page, people.second.name);
      await press(page, "Giao thẻ của đoàn");
      await page.waitForSelector("#hand-to");
      await page.keyboard.type("Trần Thị Nhận");
      await page.keyboard.press("Enter");
      await page.waitForSelector(`#card .badge-line.${outcome}`);
      assert.match(await page.textContent(`#card .badge-line.${outcome}`), /Trần Thị Nhận/);
      await page.keyboard.press("Escape");
    }
    await openPerson(page, people.second.name);
    assert.match(await page.textContent(".badge-part"), /Đã giao cho/);
    await page.goto(`${server.url}${PAGE}`);
    assert.match(await page.locator(".list").last().textContent(), /Trần Thị Nhận/);
    await page.context().close();
  });

  for (const language of ["vi", "ar"]) {
    for (const [width, height] of WIDTHS.slice(0, 2)) {
      await test(`badges: console and desk, ${width} px, ${language}`, async () => {
        const page = await open(browser, { width, height });
        await signIn(page, server, PAGE);
        await page.goto(`${server.url}${PAGE}?lang=${language}`);
        await page.locator("details summary").click();
        await assertFits(page);
        await assertWords(page);
        await assertAccessible(page, "the console's page of badges");
        await picture(server, page, `badges-${width}-${language}`);
        await page.goto(`${server.url}/desk/${EVENT}?lang=${language}`);
        await openPerson(page, people.fourth.name);
        await assertAccessible(page, "the desk's card with a badge");
        await page.locator(".badge-row button").nth(1).click();
        await page.waitForSelector(".badge-line.question");
        await assertFits(page);
        await assertWords(page);
        await assertAccessible(page, "the question before a new badge");
        await picture(server, page, `desk-badge-${width}-${language}`);
        await assertCalm(page);
        await page.context().close();
      });
    }
  }
}

// The organiser's papers and the open page of a phone: upload with progress, order by keyboard, publish, replace, withdraw, a question and its answer.
import { writeFileSync, readFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { assert, test, until } from "./check.mjs";
import { WIDTHS, assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { EVENT } from "./server.mjs";

export default async function papers(browser, server, people) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "plenum-papers-"));
  const pdf = (name, salt, size = 0) => {
    const file = path.join(folder, name);
    writeFileSync(file, Buffer.concat([readFileSync("papers/political-report.pdf"), Buffer.from(`\n%% ${salt}\n`), Buffer.alloc(size)]));
    return file;
  };
  const list = `${server.url}/admin/${EVENT}/papers`;
  const badge = `${server.url}/d/${people.official.token}`;
  const published = async (page) => (await page.locator("#live-papers .papers b").allTextContents()).map((text) => text.trim());

  // `online` makes an open page look at once.
  const looks = (phone) => phone.evaluate(() => window.dispatchEvent(new Event("online")));
  const act = async (code, word) => {
    const page = await open(browser, { javaScriptEnabled: false });
    await signIn(page, server, "/admin");
    await page.goto(`${list}/${code}`);
    await page.click(`button[value=${word}]`);
    await page.waitForSelector(".news");
    await page.context().close();
  };

  await test("papers: many files with progress; a cut one goes on", async () => {
    const page = await open(browser);
    await signIn(page, server, "/admin");
    await page.goto(`${list}?lang=vi`);
    let cuts = 0;
    await page.route("**/uploads/*?offset=*", (route) => (cuts++ % 3 === 1 ? route.abort() : route.continue()));
    await page.setInputFiles("#file", [pdf("01. Nghị quyết (bản thử).pdf", "a", 9 << 20), pdf("Hướng dẫn biểu quyết.pdf", "b"), pdf("Kế hoạch MẬT.pdf", "c")]);
    await until("all three are stored", async () => (await page.locator("#files .good").count()) === 3, 40000);
    assert.ok(cuts > 3, `${cuts} pieces, some of them cut`);
    await page.unroute("**/uploads/*?offset=*");
    await picture(server, page, "papers-1280-upload");
    await page.context().close();
  });

  await test("papers: a folder's files in the order of their numbers; an empty one is told, litter is not; the list below is fresh, a stopped one is said to be", async () => {
    const page = await open(browser);
    await signIn(page, server, "/admin");
    await page.goto(`${list}?lang=vi`);
    const file = (name, text) => { const at = path.join(folder, name); writeFileSync(at, text); return at; };
    await page.setInputFiles("#file", [pdf("10. Mười.pdf", "10"), pdf("2. Hai.pdf", "2"), file("3. Trống.txt", ""), file(".DS_Store", "x"), file("~$x.docx", "x"), pdf("1. Kế hoạch TỐI MẬT.pdf", "1")]);
    await until("three are stored", async () => (await page.locator("#files .good").count()) === 3, 40000);
    assert.deepEqual(await page.locator("#files b").allTextContents(), ["1. Kế hoạch TỐI MẬT.pdf", "2. Hai.pdf", "3. Trống.txt", "10. Mười.pdf"]);
    assert.match(await page.locator("#files li").nth(2).textContent(), /Tệp này trống/);
    await until("the list below has them", async () => (await page.locator("[id='p-10-muoi']").count()) === 1, 40000);
    const codes = await page.locator(".room > li").evaluateAll((rows) => rows.map((row) => row.id));
    assert.ok(codes.indexOf("p-2-hai") < codes.indexOf("p-10-muoi"), codes.join(" "));
    await until("the stopped one is said to be", async () => /TỐI MẬT\. Chưa ai xem được/.test(await page.locator("#files li").first().textContent()), 20000);
    await picture(server, page, "papers-1280-folder");
    await page.context().close();
  });

  await test("papers: a folder that is dropped gives its files, however deep", async () => {
    const page = await open(browser);
    await signIn(page, server, "/admin");
    await page.goto(`${list}?lang=vi`);
    const dropped = path.join(folder, "Khai mạc");
    mkdirSync(path.join(dropped, "Phụ lục"), { recursive: true });
    for (const name of ["2. Hai.txt", "Phụ lục/10. Mười.txt", "Phụ lục/.DS_Store"]) writeFileSync(path.join(dropped, name), ""); // empty ones, which are told and not sent
    const client = await page.context().newCDPSession(page);
    const box = await page.locator("#drop").boundingBox();
    const data = { items: [], files: [dropped], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) await client.send("Input.dispatchDragEvent", { type, x: box.x + 9, y: box.y + 9, data });
    await until("both are told", async () => (await page.locator("#files .bad").count()) === 2, 20000);
    assert.deepEqual(await page.locator("#files b").allTextContents(), ["2. Hai.txt", "10. Mười.txt"]);
    assert.match(await page.locator("#files").textContent(), /Tệp này trống/);
    await assertCalm(page);
    await page.context().close();
  });

  await test("papers: the list", async () => {
    const page = await open(browser);
    await signIn(page, server, "/admin");
    await page.goto(`${list}?lang=vi`);
    await page.waitForSelector("#p-01-nghi-quyet-ban-thu");
    await picture(server, page, "papers-1280-list");
    await assertFits(page);
    await assertWords(page);
    await assertCalm(page);
    await page.context().close();
  });

  await test("papers: their order by the keyboard alone", async () => {
    const page = await open(browser, { javaScriptEnabled: false });
    await signIn(page, server, "/admin");
    await page.goto(`${list}?lang=en`);
    const before = await page.locator(".room > li").evaluateAll((all) => all.map((one) => one.id));
    await page.locator("#p-01-nghi-quyet-ban-thu button.arrow-up").focus();
    for (let i = 1; i <= 2; i++) {
      await page.keyboard.press("Enter");
      await until("it has moved", async () => (await page.locator(".room > li").evaluateAll((all) => all.map((one) => one.id))).indexOf("p-01-nghi-quyet-ban-thu") === before.indexOf("p-01-nghi-quyet-ban-thu") - i);
      await until("the focus stays with it", () => page.evaluate(() => document.activeElement.matches("#p-01-nghi-quyet-ban-thu button.arrow-up")));
    }
    await page.context().close();
  });

  await test("papers: publish, replace, withdraw: the open phone page learns of each by itself (every 12 to 16 s), calmly", async () => {
    const phone = await open(browser, { width: 320, height: 640 });
    await phone.goto(`${badge}?lang=vi`);
    const before = await published(phone);
    await phone.evaluate(() => { window.stays = true; scrollTo(0, 500); });
    const started = Date.now();
    await act("01-nghi-quyet-ban-thu", "publish");
    await until("the paper is there", async () => (await published(phone)).length === before.length + 1, 45000);
    console.log(`#   ${Date.now() - started} ms from the press to the phone`);
    assert.ok(await phone.evaluate(() => window.stays), "without loading the page again");
    assert.match(await phone.textContent("#news-line"), /Nghị quyết/, "one sentence says what came");
    await picture(server, phone, "papers-320-phone");
    await assertFits(phone);
    await assertCalm(phone);
    await act("01-nghi-quyet-ban-thu", "withdraw");
    await until("it is gone", async () => { await looks(phone); return (await published(phone)).length === before.length; }, 30000);
    await phone.context().close();
  });

  await test("papers: a stamp waits for a decision", async () => {
    const page = await open(browser, { width: 390, height: 800 });
    await signIn(page, server, "/admin");
    await page.goto(`${list}/ke-hoach-mat?lang=vi`);
    assert.equal(await page.locator("button[value=publish]").count(), 0);
    await picture(server, page, "papers-390-stamp");
    await assertFits(page);
    await page.click("button[value=let]");
    await page.waitForSelector("button[value=publish]");
    await page.context().close();
  });

  for (const [width, height] of WIDTHS) {
    for (const language of ["vi", "en", "pt", "ar"]) {
      await test(`papers: ${width} px, ${language}`, async () => {
        const page = await open(browser, { width, height });
        await signIn(page, server, "/admin");
        for (const target of [list, `${list}/ke-hoach-mat`, `${server.url}/desk/${EVENT}/questions`]) {
          await page.goto(`${target}?lang=${language}`);
          await assertFits(page);
          await assertWords(page);
          await assertCalm(page);
        }
        if (language === "ar" && width === 320) { await page.goto(`${list}?lang=ar`); await picture(server, page, "papers-320-ar"); }
        await page.context().close();
      });
    }
  }

  await test("papers: news take away nothing that is typed, marked, pressed or on its way", async () => {
    const phone = await open(browser, { width: 320, height: 640, reducedMotion: "reduce" });
    await phone.goto(`${badge}?lang=vi`);
    const before = (await published(phone)).length;
    await phone.fill("#q", "nghị quy");
    await phone.fill("#pin-field", "12");
    await phone.fill("#words", "Chiều nay");
    await phone.evaluate(() => document.activeElement.blur()); // the keyboard was put away
    await phone.evaluate(() => { window.first = document.querySelector("#live-papers .papers a"); });
    const link = phone.locator("#live-papers .papers a").first();
    await link.scrollIntoViewIfNeeded();
    const box = await link.boundingBox();
    await phone.mouse.move(box.x + 5, box.y + 5);
    await phone.route("**/news", (route) => route.abort());
    await act("01-nghi-quyet-ban-thu", "give_back");
    await phone.unroute("**/news");
    await phone.mouse.down();
    const first = phone.waitForResponse((one) => /\/news$/.test(one.url()));
    await looks(phone);
    assert.equal((await first).status(), 200);
    assert.ok(await phone.evaluate(() => window.first.isConnected), "under a finger nothing moves");
    await phone.mouse.move(2, 2);
    await phone.mouse.up();
    phone.complaints.length = 0; // of the questions that were cut off
    await until("the paper is there", async () => { await looks(phone); return (await published(phone)).length === before + 1; }, 30000);
    assert.deepEqual(await phone.evaluate(() => ["q", "pin-field", "words"].map((id) => document.getElementById(id).value)), ["nghị quy", "12", "Chiều nay"]);
    await phone.focus("#q");
    await phone.evaluate(() => { window.box = document.getElementById("q"); });
    await act("01-nghi-quyet-ban-thu", "withdraw");
    const answer = phone.waitForResponse((one) => /\/news$/.test(one.url()));
    await looks(phone);
    assert.equal((await answer).status(), 200);
    await phone.keyboard.type("ết");
    assert.deepEqual(await phone.evaluate(() => [window.box.isConnected, document.activeElement === window.box, window.box.value]), [true, true, "nghị quyết"]);
    await phone.evaluate(() => document.activeElement.blur());
    await until("it is gone", async () => { await looks(phone); return (await published(phone)).length === before; }, 30000);
    assert.equal(await phone.inputValue("#q"), "nghị quyết");

    await phone.evaluate(() => { // a form whose answer is long in coming
      window.first = document.querySelector("#live-papers .papers a");
      document.getElementById("ask").addEventListener("submit", (submit) => submit.preventDefault(), { once: true });
      document.getElementById("ask").requestSubmit();
    });
    await act("01-nghi-quyet-ban-thu", "give_back");
    const late = phone.waitForResponse((one) => /\/news$/.test(one.url()));
    await looks(phone);
    assert.equal((await late).status(), 200);
    await looks(phone); // answered only after the first answer was looked at
    assert.ok(await phone.evaluate(() => window.first.isConnected), "while a form is on its way the page stays");
    await phone.locator("#ask button").click();
    await phone.waitForSelector(".questions li");
    assert.match(await phone.textContent(".questions li"), /Chiều nay/);
    assert.equal((await published(phone)).length, before + 1, "the page that comes back has everything");
    await act("01-nghi-quyet-ban-thu", "withdraw");
    await assertCalm(phone);
    await phone.context().close();
  });

  await test("papers: a desk whose session ends keeps the answer that is being typed", async () => {
    const phone = await open(browser, { reducedMotion: "reduce" });
    await phone.goto(`${server.url}/d/${people.third.token}?lang=vi`);
    await phone.fill("#words", "Có chỗ để xe không ạ?");
    await phone.click("#ask button");
    await phone.waitForSelector(".questions li");
    const desk = await open(browser);
    await signIn(desk, server, "/admin");
    await desk.goto(`${server.url}/desk/${EVENT}/questions?lang=vi`);
    const asked = desk.locator(".asked li", { hasText: "để xe" });
    await asked.locator("textarea").fill("Có, ở sân sau.");
    const cookies = await desk.context().cookies();
    await desk.context().clearCookies({ name: /session/ });
    await desk.waitForSelector("#ended:not([hidden])");
    assert.equal(await asked.locator("textarea").inputValue(), "Có, ở sân sau.");
    await picture(server, desk, "questions-1280-ended");
    await desk.context().addCookies(cookies);
    await desk.waitForSelector("#ended", { state: "hidden" });
    await asked.locator("button.button:not([name])").click();
    await until("it has answered", async () => (await asked.locator(".answer").count()) === 1, 30000);
    await phone.context().close();
    await desk.context().close();
  });

  await test("papers: a question from the phone, answered at the desk, shown by the same page", async () => {
    const phone = await open(browser, { width: 320, height: 640, reducedMotion: "reduce" });
    await phone.goto(`${badge}?lang=vi`);
    const desk = await open(browser);
    await signIn(desk, server, "/admin");
    await desk.goto(`${server.url}/desk/${EVENT}/questions?lang=vi`);
    await phone.fill("#words", "Chiều nay tổ 3 họp ở phòng nào ạ?");
    await phone.click("#ask button");
    await phone.waitForSelector(".questions li");
    await until("the desk sees it", async () => (await desk.locator(".asked li.open", { hasText: "tổ 3" }).count()) === 1, 30000);
    await picture(server, desk, "questions-1280-desk");
    const asked = desk.locator(".asked li", { hasText: "tổ 3" });
    await asked.locator("textarea").fill("Phòng B2, tầng 2. Mời đồng chí.");
    await asked.locator("button.button:not([name])").click();
    await until("the phone shows the answer", async () => { await looks(phone); return (await phone.locator("#live-questions .answer").count()) === 1; }, 30000);
    await phone.locator("#questions").scrollIntoViewIfNeeded();
    await picture(server, phone, "questions-320-phone");
    await assertFits(phone);
    await assertCalm(phone);
    await assertCalm(desk);
    await phone.context().close();
    await desk.context().close();
  });
  rmSync(folder, { recursive: true, force: true });
}

// The desk by keyboard alone, a helper's phone, and the wall that hears of it.
import { assert, test, until } from "./check.mjs";
import { WIDTHS, assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { hang } from "./wall_kit.mjs";
import { EVENT, sample } from "./server.mjs";

const present = async (page) => Number((await page.textContent("#present")).replace(/\D/g, "") || "NaN");

export default async function desk(browser, server, people) {
  for (const [width, height] of WIDTHS) {
    for (const language of ["vi", "ar"]) {
      await test(`desk: ${width} px, ${language}`, async () => {
        const page = await open(browser, { width, height });
        await signIn(page, server, `/desk/${EVENT}`);
        await page.goto(`${server.url}/desk/${EVENT}?lang=${language}`);
        await until("the live line", async () => !(await page.locator("#line").getAttribute("class")).includes("lost"));
        await page.keyboard.type("nguyen thi");
        await page.waitForSelector("#results li");
        await assertFits(page);
        await picture(server, page, `desk-${width}-${language}-found`);
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await page.waitForSelector("#card h2");
        await assertFits(page);
        await assertWords(page);
        await assertCalm(page);
        await picture(server, page, `desk-${width}-${language}-card`);
        await page.context().close();
      });
    }
  }

  await test("desk: found with and without accents, by number, seat and badge; namesakes told apart", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    for (const typed of [people.official.name, people.official.name.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase(), people.official.number, people.official.seat]) {
      await page.fill("#q", typed);
      await until(`"${typed}" is found`, async () => (await page.locator("#results li b").allTextContents()).includes(people.official.name));
    }
    await page.fill("#q", people.namesake);
    const rows = await until("both namesakes", async () => {
      const all = (await page.locator("#results li").allTextContents()).filter((row) => row.includes(people.namesake));
      return all.length >= 2 ? all : null;
    });
    assert.equal(new Set(rows).size, rows.length, "their rows differ");
    await page.fill("#q", "xyzzy qqq");
    await until("nobody is told", () => page.isVisible("#empty"));
    await page.context().close();
  });

  await test("desk: check-in by keyboard shows on the wall at once, again is calm, undo takes it back", async () => {
    const wall = await open(browser, { width: 1920, height: 1080 });
    await signIn(wall, server, `/display/${EVENT}`);
    await hang(wall, "attendance");
    await until("figures on the wall", async () => Number.isFinite(await present(wall)));
    const before = await present(wall);
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    await page.keyboard.type(people.official.name);
    await page.waitForSelector("#results li");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card button.big");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict[data-outcome=admitted]");
    const started = Date.now();
    await until("the wall counts", async () => (await present(wall)) === before + 1, 3000);
    console.log(`# desk to wall: ${Date.now() - started} ms`);
    await picture(server, page, "desk-1280-admitted");
    const said = await until("it is said aloud", () => page.textContent("#say"));
    assert.ok(said.includes(people.official.name), `said: ${said}`);
    assert.equal(await page.evaluate(() => document.activeElement.id), "q", "ready for the next one");
    await until("it stands in the last scans", async () => (await page.textContent("#scans")).includes(people.official.name));
    assert.ok(!(await wall.evaluate(() => document.body.innerText)).includes(people.official.name), "no name on the wall");

    await page.keyboard.type(`${server.url.replace("http://", "HTTP://").toUpperCase()}/D/${people.official.token}`);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict[data-outcome=already_in]");
    await picture(server, page, "desk-1280-already-in");
    assert.equal(await present(wall), before + 1);

    await page.keyboard.type(people.second.name);
    await until("the second is found", async () => (await page.locator("#results li b").allTextContents()).includes(people.second.name));
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card button.big");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict[data-outcome=admitted]");
    await until("the wall counts the second", async () => (await present(wall)) === before + 2, 3000);
    await page.getByRole("button", { name: "Hoàn tác" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict[data-outcome=undone]");
    await until("the wall takes it back", async () => (await present(wall)) === before + 1, 3000);
    await assertCalm(page);
    await assertCalm(wall);
    await page.context().close();
    await wall.context().close();
  });

  await test("desk: against the rule only with a reason; the refusal stands beside it", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    const delegate = sample.events[0].delegates.find((one) => one.category === "press" && one.person);
    const press = sample.people.find((one) => one.code === delegate.person).name.normalize("NFC");
    await page.selectOption("#gate", "gifts");
    await page.fill("#q", press);
    await until("found", async () => (await page.locator("#results li b").allTextContents()).includes(press));
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card button.big");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict[data-outcome=refused]");
    await page.getByRole("button", { name: "Vẫn cho vào…" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("#why:focus");
    await assertFits(page);
    await picture(server, page, "desk-1280-why");
    await assertCalm(page);
    await page.keyboard.type("Phóng viên được mời");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict[data-outcome=handed_out]");
    await until("both stand in the last scans", async () => {
      const rows = (await page.locator("#scans li").allTextContents()).filter((row) => row.includes(press));
      return rows.length === 2;
    });
    await page.context().close();
  });

  await test("desk: a scan while somebody else's card is open means the badge, not the card", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    await page.keyboard.type(people.fourth.name);
    await until("found", async () => (await page.locator("#results li b").allTextContents()).includes(people.fourth.name));
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card button.big");
    assert.equal(await page.evaluate(() => document.activeElement.className), "button big");
    await page.keyboard.type(`${server.url.toUpperCase().replace("HTTP", "http")}/D/${people.official.token}`);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict[data-outcome=already_in]");
    assert.match(await page.textContent("#card h2"), new RegExp(people.official.name));
    await page.fill("#q", people.fourth.name);
    await until("the other is not in", async () => (await page.locator("#results li", { hasText: people.fourth.name }).locator(".is.never").count()) === 1);
    await page.fill("#q", `Nguyễn Thị ${server.url}/D/${people.official.token}`);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict[data-outcome=already_in]");
    await page.context().close();
  });

  await test("desk: what cannot pass is told by words and shape, and an unknown badge too", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    await page.keyboard.type("0123456789ABCDEF");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict.stop svg");
    assert.ok((await page.textContent("#card .verdict")).length > 10);
    await picture(server, page, "desk-1280-unknown");
    await page.context().close();
  });

  await test("desk: a check-in that did not arrive is not called done, and is sent again with the same number", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    const sent = [];
    let fail = true;
    await page.route("**/api/v1/checkins?*", async (route) => {
      sent.push(JSON.parse(route.request().postData()).scan_id);
      if (fail) await route.abort();
      else await route.continue();
    });
    await page.keyboard.type(people.second.name);
    await until("found", async () => (await page.locator("#results li b").allTextContents()).includes(people.second.name));
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card button.big");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict.stop");
    fail = false;
    await page.keyboard.press("Enter"); // the focus stands on "try again"
    await page.waitForSelector("#card .verdict.good, #card .verdict.calm");
    assert.equal(sent.length, 2);
    assert.equal(sent[0], sent[1]);
    await page.context().close();
  });

  await test("a stranger's browser never sees the desk's card, and the desk asks to sign in", async () => {
    const page = await open(browser, { width: 320, height: 640 });
    await page.goto(`${server.url}/d/${people.third.token}`);
    assert.equal(await page.locator("form[action*=checkin]").count(), 0);
    await page.goto(`${server.url}/desk/${EVENT}`);
    assert.ok(page.url().includes("/login?next="));
    await page.context().close();
  });
}

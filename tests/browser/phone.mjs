// The delegate's page: without JavaScript, at every width, in every language.
import { assert, test } from "./check.mjs";
import { WIDTHS, assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";

const LANGUAGES = { vi: "ltr", en: "ltr", pt: "ltr", ar: "rtl" };

export default async function phone(browser, server, people) {
  const url = `${server.url}/d/${people.official.token}`;

  await test("phone: the page is under 14 KB compressed, and answers in either case without redirect", async () => {
    const answer = await server.get(`/d/${people.official.token}`, { "Accept-Encoding": "gzip" });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers["content-encoding"], "gzip");
    assert.ok(answer.body.length < 14 * 1024, `${answer.body.length} bytes`);
    console.log(`# phone page: ${answer.body.length} bytes compressed`);
    assert.equal((await server.get(`/D/${people.official.token}`)).status, 200);
    assert.equal((await server.get(`/D/${people.official.token.toLowerCase()}`)).status, 200);
    assert.equal((await server.get(`/d/${people.official.token}`, { Host: "some-old-address.test:9999" })).status, 200, "printed badges outlive addresses");
  });

  for (const [width, height] of WIDTHS) {
    for (const [language, direction] of Object.entries(LANGUAGES)) {
      await test(`phone: ${width} px, ${language}, without JavaScript`, async () => {
        const page = await open(browser, { width, height, javaScriptEnabled: false });
        await page.goto(`${url}?lang=${language}`);
        assert.equal(await page.getAttribute("html", "dir"), direction);
        assert.equal(await page.getAttribute("html", "lang"), language);
        assert.match(await page.textContent("h1"), new RegExp(people.official.name));
        assert.match(await page.textContent(".facts"), new RegExp(people.official.seat));
        assert.ok(await page.locator(".day tr").count() >= 5, "the programme is there");
        await assertCalm(page);
        await page.context().close();
        const seen = await open(browser, { width, height });
        await seen.goto(`${url}?lang=${language}`);
        await assertFits(seen);
        await assertWords(seen);
        await assertCalm(seen);
        await picture(server, seen, `phone-${width}-${language}`);
        await seen.context().close();
      });
    }
  }

  await test("phone: every paper opens, restricted ones are not named", async () => {
    const page = await open(browser, { width: 320, height: 640 });
    await page.goto(url);
    const links = await page.locator(".papers a.file").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    assert.ok(links.length >= people.papers.official, `${links.length} papers, the sample has ${people.papers.official} open ones at once`);
    for (const link of links) {
      const answer = await server.get(link);
      assert.equal(answer.status, 200, link);
      assert.equal(answer.headers["content-type"], "application/pdf");
      assert.equal(answer.body.subarray(0, 5).toString(), "%PDF-");
    }
    await page.context().close();
  });

  await test("phone: the language is remembered", async () => {
    const page = await open(browser, { width: 320, height: 640 });
    await page.goto(`${url}?lang=pt`);
    await page.goto(url);
    assert.equal(await page.getAttribute("html", "lang"), "pt");
    await page.context().close();
  });

  await test("phone: by keyboard alone", async () => {
    const page = await open(browser, { width: 320, height: 640 });
    await page.goto(url);
    const reached = new Set();
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      reached.add(await page.evaluate(() => document.activeElement?.getAttribute("href") || ""));
    }
    for (const link of await page.locator("main a").evaluateAll((all) => all.map((a) => a.getAttribute("href")))) assert.ok(reached.has(link), `${link} is not reached`);
    await page.context().close();
  });

  await test("phone: touch targets of papers are at least 44 px high", async () => {
    const page = await open(browser, { width: 320, height: 640 });
    await page.goto(url);
    for (const box of await page.locator(".papers a, .jump a").evaluateAll((all) => all.map((a) => a.getBoundingClientRect().height))) assert.ok(box >= 44, `${box} px`);
    await page.context().close();
  });

  await test("phone: an unknown, a wrong and a blank badge get kind pages without detail", async () => {
    const page = await open(browser, { width: 320, height: 640 });
    for (const token of ["0000000000000000", "not-a-token"]) {
      assert.equal((await page.goto(`${server.url}/d/${token}`)).status(), 404);
      assert.ok((await page.textContent("h1")).length > 5);
      assert.ok(!(await page.content()).includes(people.official.name));
    }
    await picture(server, page, "badge-unknown-320");
    const blank = await page.goto(`${server.url}/d/${people.blank.token}`);
    assert.equal(blank.status(), 200);
    await assertFits(page);
    await picture(server, page, "badge-blank-320");
    await page.context().close();
  });

  await test("phone: a guest sees a guest's papers and programme only", async () => {
    const page = await open(browser, { width: 320, height: 640 });
    await page.goto(`${server.url}/d/${people.guest.token}?lang=en`);
    assert.match(await page.textContent(".category"), /Guest/);
    const guest = (await page.locator(".papers a.file").evaluateAll((all) => all.map((a) => a.getAttribute("href").split("/")[4]))).sort();
    const sessions = await page.locator(".day tbody tr").count();
    await page.goto(`${url}?lang=en`);
    const official = await page.locator(".papers a.file").evaluateAll((all) => all.map((a) => a.getAttribute("href").split("/")[4]));
    for (const code of people.papers.notForGuests) assert.ok(!guest.includes(code), `${code} is not for guests`);
    assert.ok(official.length >= guest.length);
    assert.ok(sessions < await page.locator(".day tbody tr").count(), "fewer sessions");
    await page.context().close();
  });
}

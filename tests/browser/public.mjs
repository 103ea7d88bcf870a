// The pages for anyone, signing in, the console.
import { assert, test } from "./check.mjs";
import { WIDTHS, assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { EVENT, PASSWORD, USER } from "./server.mjs";

export async function signIn(page, server, next = "/admin") {
  await page.goto(`${server.url}/login?next=${encodeURIComponent(next)}`);
  await page.fill("#name", USER);
  await page.fill("#password", PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
}

export default async function pages(browser, server, people) {
  for (const [width, height] of WIDTHS) {
    await test(`public pages: ${width} px, four languages, without JavaScript`, async () => {
      for (const language of ["vi", "en", "pt", "ar"]) {
        const page = await open(browser, { width, height });
        for (const target of ["/", `/e/${EVENT}`, "/login", `/display/${EVENT}`, "/no/such/page"]) {
          page.complaints.length = 0;
          const answer = await page.goto(`${server.url}${target}?lang=${language}`);
          assert.equal(answer.status(), target.startsWith("/no") ? 404 : 200);
          assert.equal(await page.getAttribute("html", "lang"), language);
          await assertFits(page);
          await assertWords(page);
          if (!target.startsWith("/no")) await assertCalm(page);
          const name = target === "/" ? "home" : target.split("/")[1];
          if (language === "vi" || language === "ar") await picture(server, page, `${name}-${width}-${language}`);
        }
        await page.context().close();
      }
    });
  }

  await test("public pages name no delegate", async () => {
    for (const target of ["/", `/e/${EVENT}`]) {
      const text = (await server.get(target)).body.toString();
      assert.ok(!text.includes(people.namesake), "a delegate's name stands on a public page");
    }
  });

  await test("sign-in: a wrong password is told, a right one opens the console, foreign targets are refused", async () => {
    const page = await open(browser);
    await page.goto(`${server.url}/login`);
    await page.fill("#name", USER);
    await page.fill("#password", "wrong");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role=alert]");
    assert.equal(await page.inputValue("#name"), USER);
    await signIn(page, server, "//evil.test/");
    assert.equal(new URL(page.url()).host, new URL(server.url).host);
    assert.equal(new URL(page.url()).pathname, "/admin");
    await picture(server, page, "admin-1280");
    await page.context().close();
  });

  await test("sign-in: many wrong tries must wait, whatever the address", async () => {
    const page = await open(browser);
    for (let i = 0; i < 6; i++) {
      await page.goto(`${server.url}/login`);
      await page.fill("#name", "somebody-else");
      await page.fill("#password", `wrong ${i}`);
      const [answer] = await Promise.all([page.waitForResponse((r) => r.request().method() === "POST"), page.keyboard.press("Enter")]);
      await page.waitForSelector("[role=alert]");
      if (answer.status() === 429) { await page.context().close(); return; }
      assert.equal(answer.status(), 401);
    }
    assert.fail("six wrong tries and no wait");
  });

  await test("sign-in: without the form's own secret nobody gets in", async () => {
    const page = await open(browser);
    await page.goto(`${server.url}/login`);
    const answer = await page.request.post(`${server.url}/login`, { form: { name: USER, password: PASSWORD, csrf: "0".repeat(32) }, maxRedirects: 0 });
    assert.equal(answer.status(), 403);
    await page.context().close();
  });

  for (const [width, height] of WIDTHS) {
    await test(`console: ${width} px, figures, links, pairing and revoking`, async () => {
      const page = await open(browser, { width, height });
      await signIn(page, server, `/admin/${EVENT}`);
      await assertFits(page);
      await assertWords(page);
      for (const link of ["desk", "display", "e"]) assert.ok(await page.locator(`.links a[href='/${link}/${EVENT}']`).count() === 1, link);
      await page.getByRole("button", { name: "Ghép máy quét" }).click();
      await page.waitForSelector(".pairing");
      const code = (await page.textContent(".pairing .code")).trim();
      assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
      assert.ok((await page.locator(".pairing svg path").getAttribute("d")).length > 500);
      await assertFits(page);
      await picture(server, page, `console-pairing-${width}`);
      const scanner = await browser.newContext(); // a device has no cookie
      const paired = await scanner.request.post(`${server.url}/api/v1/pair`, { data: { code, name: `Máy ${width}` } });
      assert.equal(paired.status(), 201);
      await scanner.close();
      await page.goto(`${server.url}/admin/${EVENT}`);
      const row = page.locator("tr", { hasText: `Máy ${width}` });
      await row.getByRole("button").click();
      await page.waitForURL(`**/admin/${EVENT}`);
      assert.equal(await page.locator("tr", { hasText: `Máy ${width}` }).getByRole("button").count(), 0);
      await assertCalm(page);
      await picture(server, page, `console-${width}`);
      await page.context().close();
    });
  }

  await test("console: badges that point at another address are told in red, with what to do", async () => {
    const page = await open(browser);
    await signIn(page, server, `/admin/${EVENT}`);
    assert.equal(await page.locator(".warning").count(), 0, "our own address is no reason to warn");
    server.run("plenum-badges", "--data", server.data, "--event", EVENT, "--only", people.official.code, "--public-url", "http://192.0.2.77:8080", "-o", `${server.folder}/other.pdf`);
    await page.reload();
    assert.equal(await page.locator(".warning").count(), 1);
    assert.match(await page.textContent(".warning code"), /192\.0\.2\.77:8080/);
    await assertFits(page);
    await picture(server, page, "console-warning-1280");
    await page.context().close();
  });

  await test("console: a form without the session's CSRF token changes nothing", async () => {
    const page = await open(browser);
    await signIn(page, server, `/admin/${EVENT}`);
    const answer = await page.request.post(`${server.url}/admin/${EVENT}/pair`, { form: { gate: "main" }, maxRedirects: 0 });
    assert.equal(answer.status(), 403);
    await page.context().close();
  });

  await test("sign-in: a password that somebody else made is changed first; the desk role opens the desk and no console", async () => {
    const told = server.run("plenum", "user", "add", "lan", "--role", "desk", "--event", EVENT, "--data", server.data);
    const made = told.match(/[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/)[0];
    const page = await open(browser, { width: 320, height: 640 });
    const enter = async (password) => {
      await page.goto(`${server.url}/login?next=/desk/${EVENT}`);
      await page.fill("#name", "lan");
      await page.fill("#password", password);
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => !url.pathname.startsWith("/login"));
    };
    await enter(made);
    await page.waitForURL("**/password");
    await assertFits(page);
    await picture(server, page, "password-320");
    const change = async (old, fresh, again) => {
      await page.fill("#old", old);
      await page.fill("#new", fresh);
      await page.fill("#again", again);
      await page.getByRole("button", { name: "Lưu" }).click();
    };
    await change("not the old one", "mot cau dai de nho", "mot cau dai de nho");
    await page.waitForSelector("[role=alert]");
    await change(made, "mot cau dai de nho", "mot cau dai khac han");
    await page.waitForSelector("[role=alert]");
    await change(made, "mot cau dai de nho", "mot cau dai de nho");
    await page.waitForURL("**/admin");
    assert.equal(await page.locator(`a[href='/desk/${EVENT}']`).count(), 1);
    assert.equal(await page.locator(".event-line").count(), 1, "only the own event");
    assert.equal((await page.goto(`${server.url}/admin/${EVENT}`)).status(), 403);
    await page.context().clearCookies();
    await enter("mot cau dai de nho");
    assert.equal(new URL(page.url()).pathname, `/desk/${EVENT}`);
    await page.context().close();
  });

  await test("signing out ends the session", async () => {
    const page = await open(browser);
    await signIn(page, server, `/admin/${EVENT}`);
    const cookies = await page.context().cookies();
    await page.locator("form[action='/logout'] button").click();
    await page.waitForURL("**/login");
    await page.context().addCookies(cookies);
    await page.goto(`${server.url}/admin/${EVENT}`);
    assert.ok(page.url().includes("/login"), "the old cookie is worth nothing");
    await page.context().close();
  });
}

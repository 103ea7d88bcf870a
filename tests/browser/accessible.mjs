// Every page under axe-core (WCAG 2.2 A and AA, best practices), left to right and right to left.
import { readFileSync } from "node:fs";
import { assert, test, until } from "./check.mjs";
import { open } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { hang } from "./wall_kit.mjs";
import { EVENT } from "./server.mjs";

const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

export async function assertAccessible(page, where) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const told = found.violations.map((one) => `${one.id}: ${one.help} (${one.nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")})`);
  assert.deepEqual(told, [], where);
}

export default async function accessible(browser, server, people) {
  await test("accessible: the check itself finds what is wrong", async () => {
    const page = await open(browser);
    await page.setContent("<html><body><input><p style='color:#ccc'>pale</p></body></html>");
    await assert.rejects(assertAccessible(page, "a bad page"), (error) => /^label:/m.test(error.actual.join("\n"))); // the message differs by version of node
    await page.context().close();
  });

  for (const language of ["vi", "ar"]) {
    await test(`accessible: pages for anyone, ${language}`, async () => {
      const page = await open(browser, { width: 320, height: 640 });
      for (const target of [`/d/${people.official.token}`, "/", `/e/${EVENT}`, "/login", `/display/${EVENT}`, "/d/0000000000000000", "/no/such/page"]) {
        await page.goto(`${server.url}${target}?lang=${language}`);
        await assertAccessible(page, target);
      }
      await page.context().close();
    });

    await test(`accessible: staff, ${language}`, async () => {
      const page = await open(browser, { width: 1280, height: 800 });
      await signIn(page, server, "/admin");
      for (const target of ["/admin", `/admin/${EVENT}`, `/admin/${EVENT}/photos`, "/password", `/d/${people.official.token}`]) {
        await page.goto(`${server.url}${target}?lang=${language}`);
        await assertAccessible(page, target);
      }
      await hang(page, "attendance");
      await page.goto(`${server.url}/display/${EVENT}?lang=${language}`);
      await until("figures", async () => /\d/.test(await page.textContent("#present")));
      await assertAccessible(page, "the wall");
      await page.goto(`${server.url}/desk/${EVENT}?lang=${language}`);
      await assertAccessible(page, "the desk, empty");
      await page.fill("#q", "nguyen thi");
      await page.waitForSelector("#results li");
      await assertAccessible(page, "the desk, with results");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#card h2");
      await assertAccessible(page, "the desk, with a card");
      await page.context().close();
    });
  }
}

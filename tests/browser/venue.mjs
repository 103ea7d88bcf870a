// The console's page of the venue's network.
import { assert, test } from "./check.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { signIn } from "./public.mjs";
import { EVENT } from "./server.mjs";

const PAGE = `/admin/${EVENT}/venue`;

export default async function venue(browser, server) {
  await test("venue: the console's page at 320 px and 1280 px, four languages, without JavaScript", async () => {
    const first = await open(browser);
    await signIn(first, server, PAGE);
    const state = await first.context().storageState();
    await first.context().close();
    for (const [width, language] of [[320, "ar"], [320, "vi"], [1280, "en"], [1280, "pt"]]) {
      const page = await open(browser, { width, height: 800, javaScriptEnabled: false, storageState: state });
      const answer = await page.goto(`${server.url}${PAGE}?lang=${language}`);
      assert.equal(answer.status(), 200);
      await assertFits(page);
      await assertWords(page);
      assert.ok((await page.locator(".venue li").count()) >= 8, "findings stand there");
      assert.equal(await page.locator(".venue li:has-text('{')").count(), 0, "every place in a sentence is filled");
      await picture(server, page, `venue-${width}-${language}`);
      await page.context().close();
    }
  });

  await test("venue: axe finds nothing; the decision about the phones' questions is kept; the poster is a PDF", async () => {
    const page = await open(browser);
    await signIn(page, server, PAGE);
    await assertCalm(page);
    await assertAccessible(page);
    await page.getByRole("button", { name: "Trả lời" }).click();
    await page.waitForSelector("text=Hiện đang trả lời");
    await page.getByRole("button", { name: "Thôi trả lời" }).click();
    await page.waitForSelector("text=Hiện không trả lời");
    const cookie = (await page.context().cookies()).map((one) => `${one.name}=${one.value}`).join("; ");
    const pdf = await server.get(`/admin/${EVENT}/poster.pdf?page=a3&language=vi,ar`, { Cookie: cookie });
    assert.equal(pdf.status, 200);
    assert.equal(pdf.body.subarray(0, 5).toString(), "%PDF-");
    assert.equal((await server.get(PAGE)).status, 302, "a stranger is sent to sign in");
    await page.context().close();
  });
}

// The console's playlist of the wall: files given at once, what is wrong with one told in words, order by keyboard, out and back, one slide's form; small, wide, right to left.
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { assert, test, until } from "./check.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { signIn } from "./public.mjs";
import { EVENT } from "./server.mjs";

const text = "# Nhiệm kỳ 2021 – 2026\n\n- **1.250** mái ấm công đoàn\n- **70.312** đoàn viên\n\n| Năm | Mái ấm |\n|---|---:|\n| 2024 | 301 |\n| 2025 | 312 |\n";

export default async function ourWork(browser, server) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "plenum-our-work-"));
  const list = `${server.url}/admin/${EVENT}/our-work`;
  const file = (name, data) => { const at = path.join(folder, name); writeFileSync(at, data); return at; };
  const copy = (name, from) => { const at = path.join(folder, name); copyFileSync(from, at); return at; };

  await test("our work: several files at once; a wrong one is told by name and why, the others hang", async () => {
    const page = await open(browser);
    await signIn(page, server, "/admin");
    await page.goto(`${list}?lang=vi`);
    const half = readFileSync("slides/1.jpg");
    await page.setInputFiles("#file", [copy("2. Báo cáo (ảnh).pdf", "papers/political-report.pdf"), file("1. Số liệu.md", text), file("3. Hỏng.jpg", half.subarray(0, half.length / 2))]);
    await until("two hang, one does not", async () => (await page.locator("#files .good").count()) === 2 && (await page.locator("#files .bad").count()) === 1, 120000);
    assert.match(await page.locator("#files li").nth(2).textContent(), /3\. Hỏng\.jpg.*Hình bị hỏng/);
    await until("the list below is fresh", async () => (await page.locator(".hung > li").count()) === 5, 20000);
    await until("pictures are there", async () => page.locator(".hung img").evaluateAll((all) => { all.forEach((one) => { one.loading = "eager"; }); return all.every((one) => one.complete && one.naturalWidth > 0); }), 20000);
    await picture(server, page, "our-work-1280");
    await assertCalm(page);
    await assertWords(page);
    await page.context().close();
  });

  await test("our work: order, off, out and back by the keyboard, without a script", async () => {
    const page = await open(browser, { javaScriptEnabled: false });
    await signIn(page, server, "/admin");
    await page.goto(`${list}?lang=en`);
    const order = async () => { const found = []; for (const row of await page.locator(".hung > li").all()) found.push(await row.getAttribute("id")); return found; };
    const before = await order();
    await page.locator(`#${before[1]} button[value=up]`).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/moved=/);
    assert.deepEqual((await order()).slice(0, 2), [before[1], before[0]]);
    await page.locator(`#${before[0]} button[value=off]`).focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector(`#${before[0]}.off`);
    await page.locator(`#${before[0]} button[value=remove]`).focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("#removed");
    assert.equal((await order()).length, before.length - 1);
    await page.locator("button[value=give_back]").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/done=give_back/);
    assert.deepEqual((await order()).slice(0, 2), [before[1], before[0]]);
    await page.context().close();
  });

  await test("our work: one slide as it will hang, and its form", async () => {
    const page = await open(browser);
    await signIn(page, server, "/admin");
    await page.goto(`${list}?lang=vi`);
    await page.locator(".hung > li", { hasText: "Số liệu" }).locator(".acts a").click();
    await page.waitForSelector(".frame.page table");
    await picture(server, page, "our-work-1280-text");
    await page.fill("#caption_vi", "Nhiệm kỳ qua");
    await page.fill("#seconds", "20");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".news");
    assert.match(await page.locator(".hung > li", { hasText: "Nhiệm kỳ qua" }).textContent(), /20/);
    await page.locator(".hung > li", { hasText: "Báo cáo" }).locator(".acts a").click();
    await page.waitForSelector(".frames img");
    await picture(server, page, "our-work-1280-pages", false);
    await assertCalm(page);
    await page.context().close();
  });

  for (const [language, width] of [["vi", 320], ["ar", 320], ["ar", 1280], ["pt", 1280]])
    await test(`our work: ${language}, ${width} px`, async () => {
      const page = await open(browser, { width, height: 720 });
      await signIn(page, server, "/admin");
      await page.goto(`${list}?lang=${language}`);
      await assertFits(page);
      await assertWords(page);
      await assertAccessible(page, "the list");
      await picture(server, page, `our-work-${width}-${language}`);
      for (const name of ["Số liệu", "Báo cáo"]) {
        await page.goto(list);
        await page.goto(new URL(await page.locator(".hung > li", { hasText: name }).locator(".acts a").getAttribute("href"), list).href);
        await assertFits(page);
        await assertAccessible(page, name);
      }
      await picture(server, page, `our-work-${width}-${language}-slide`);
      await assertCalm(page);
      await page.context().close();
    });
  rmSync(folder, { recursive: true });
}

// The public page: news and results are written on the console, previewed, published with a picture, corrected, withdrawn; read on a small phone, from right to left, on paper.
import path from "node:path";
import { assert, test } from "./check.mjs";
import { assertAccessible } from "./accessible.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { EVENT } from "./server.mjs";

const PHOTO = path.resolve("slides/1.jpg");
const BODY = {
  vi: "Đại hội đã bầu **27 đồng chí** vào Ban Chấp hành khóa XIX.\n\n## Kết quả kiểm phiếu\n\n| Nội dung | Số phiếu | Tỷ lệ |\n|---|--:|--:|\n| Phiếu phát ra | 287 | 100 % |\n| Phiếu hợp lệ | 285 | 99,30 % |\n\n- Phiên họp thứ nhất lúc 13 giờ 30\n- Tài liệu có tại [trang đại hội](https://example.org/)\n",
  en: "The congress elected **27 members** of the 19th executive committee.\n\n## The count\n\n| What | Votes | Share |\n|---|--:|--:|\n| Given out | 287 | 100% |\n| Valid | 285 | 99.30% |\n",
};
const TITLE = { vi: "Kết quả bầu cử Ban Chấp hành khóa XIX", en: "Election of the 19th executive committee" };
const admin = (server, more = "") => `${server.url}/admin/${EVENT}/news${more}`;

async function write(page, server) {
  await page.goto(admin(server, "?new=1&lang=vi"));
  await page.selectOption("#kind", "results");
  await page.selectOption("#session", "election");
  for (const tag of ["vi", "en"]) {
    await page.fill(`#title-${tag}`, TITLE[tag]);
    await page.fill(`#body-${tag}`, BODY[tag]);
  }
  await page.click("button[value=preview]");
  await page.waitForSelector(".preview");
  return new URL(page.url()).pathname.split("/").pop();
}

export default async function news(browser, server) {
  const page = await open(browser);
  await signIn(page, server, "/admin");
  let post = null;

  await test("news: written, previewed, with a picture that needs its words, published", async () => {
    post = await write(page, server);
    await picture(server, page, "news-preview-1280");
    await assertCalm(page);
    await page.click(".preview a");
    await page.setInputFiles("#picture", PHOTO);
    await page.click("form[enctype] button");
    await page.waitForSelector(".picture img");
    await page.click(".picture button[value=approve]");
    await page.waitForSelector("[role=alert]");
    assert.match(await page.textContent("[role=alert]"), /chú thích|mô tả/, "a picture needs its words");
    for (const tag of ["vi", "en"]) {
      await page.fill(`.picture input[name=caption_${tag}]`, tag === "vi" ? "Đại biểu bỏ phiếu" : "Delegates cast their votes");
      await page.fill(`.picture input[name=alt_${tag}]`, tag === "vi" ? "Hàng người trước hòm phiếu" : "A line of people before the ballot box");
    }
    await page.click(".picture button[value=approve]");
    await page.waitForSelector(".picture .told-public");
    await assertAccessible(page, "news form");
    await assertFits(page);
    await assertWords(page);
    await picture(server, page, "news-form-1280");
    await page.click("#publish form .button");
    await page.waitForSelector("p.news[role=status]");
    await page.goto(admin(server));
    await assertAccessible(page, "news list");
    await picture(server, page, "news-list-1280");
  });

  await test("news: the page of the event and the post on phones, in four languages, without a script", async () => {
    for (const [width, height] of [[320, 640], [1280, 800]]) {
      for (const language of ["vi", "en", "pt", "ar"]) {
        const reader = await open(browser, { width, height, javaScriptEnabled: width !== 320 });
        for (const [name, target] of [["event", `/e/${EVENT}`], ["post", `/e/${EVENT}/news/${post}`]]) {
          reader.complaints.length = 0;
          assert.equal((await reader.goto(`${server.url}${target}?lang=${language}`)).status(), 200);
          await assertFits(reader);
          await assertWords(reader);
          await assertCalm(reader);
          if (width !== 320) await assertAccessible(reader, `${name} ${language}`);
          if (language === "vi" || language === "ar") await picture(server, reader, `public-${name}-${width}-${language}`);
          if (name === "post") assert.ok(await reader.locator("#ready-text").inputValue().then((text) => text.includes("287")), "the ready text is there");
          if (name === "post") assert.equal(await reader.locator("button.copy").isVisible(), width !== 320, "a button to copy only where it works");
        }
        await reader.context().close();
      }
    }
  });

  await test("news: the ready text is copied by one press; at twice the size nothing is lost; on paper only what is read", async () => {
    const reader = await open(browser, { width: 640, height: 800, permissions: ["clipboard-read", "clipboard-write"] });
    await reader.goto(`${server.url}/e/${EVENT}/news/${post}?lang=vi`);
    await reader.click("button.copy");
    await reader.waitForFunction(() => document.querySelector("button.copy").textContent.startsWith("✓"));
    assert.ok((await reader.evaluate(() => navigator.clipboard.readText())).startsWith(TITLE.vi), "on the clipboard");
    await reader.evaluate(() => { document.documentElement.style.fontSize = "212%"; });
    await assertFits(reader);
    await reader.reload();
    await reader.emulateMedia({ media: "print" });
    await picture(server, reader, "public-post-print");
    assert.ok(!(await reader.locator("#ready").isVisible()), "no box on paper");
    assert.ok(await reader.locator("article table").isVisible(), "but the results");
    await reader.goto(`${server.url}/e/${EVENT}?lang=vi`);
    assert.ok(!(await reader.locator("details.enter").isVisible()) && (await reader.locator("#programme").isVisible()), "no forms on paper");
    await picture(server, reader, "public-event-print");
    await reader.context().close();
  });

  await test("news: corrected, the page says when; withdrawn, it says so kindly", async () => {
    await page.goto(admin(server, `?edit=${post}&lang=vi`));
    await page.fill("#body-vi", `${BODY.vi}\nĐính chính: 286 phiếu hợp lệ.`);
    await page.click("button[value=save]");
    await page.waitForSelector(".warn");
    const reader = await open(browser, { width: 320, height: 640 });
    await reader.goto(`${server.url}/e/${EVENT}/news/${post}?lang=vi`);
    assert.ok(!(await reader.textContent("article")).includes("286 phiếu"), "a draft is not public");
    await page.click("#publish form .button");
    await page.waitForSelector("p.news[role=status]");
    await reader.reload();
    assert.match(await reader.textContent("article"), /Đính chính lúc[\s\S]*286 phiếu/, "corrected, and since when");
    await page.click("button[value=withdraw]");
    await page.waitForSelector("p.news[role=status]");
    assert.equal((await reader.reload()).status(), 410);
    await picture(server, reader, "public-withdrawn-320");
    await reader.context().close();
  });
  await page.context().close();
}

// The editor of badge layouts: the picture follows the text, mistakes are told with their line, nothing is lost, all of it by keyboard.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { assert, test, until } from "./check.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { signIn } from "./public.mjs";
import { EVENT } from "./server.mjs";

const turn = (page) => page.evaluate(() => Number(document.getElementById("pictures").dataset.turn || 0));
// A number made of the picture's pixels.
const shown = (page) => page.evaluate(() => {
  const image = document.getElementById("front");
  const canvas = Object.assign(document.createElement("canvas"), { width: image.naturalWidth, height: image.naturalHeight });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height).data.reduce((sum, byte) => (sum * 31 + byte) % 4294967291, 7);
});

// Does something, waits for the picture that came of it; gives the milliseconds it took.
async function redrawn(page, act) {
  const before = await turn(page);
  const begun = Date.now();
  await act();
  await until("a new picture", async () => (await turn(page)) > before);
  return Date.now() - begun;
}

const replace = (page, from, to) => page.evaluate(([one, other]) => {
  const text = document.getElementById("text");
  if (!text.value.includes(one)) throw new Error(`not in the text: ${one}`);
  text.value = text.value.replace(one, other);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}, [from, to]);

async function edit(browser, server, name, options) {
  const page = await open(browser, options);
  await signIn(page, server, `/admin/${EVENT}/layouts/${name}`);
  await page.goto(`${server.url}/admin/${EVENT}/layouts/${name}`);
  await until("the first picture", async () => (await turn(page)) > 0);
  return page;
}

export default async function layouts(browser, server, people) {
  const list = `${server.url}/admin/${EVENT}/layouts`;

  await test("layouts: the list shows every ready layout with a picture", async () => {
    const page = await open(browser);
    await signIn(page, server, `/admin/${EVENT}/layouts`);
    await page.goto(list);
    const images = page.locator(".layout-picture img");
    assert.ok((await images.count()) >= 13);
    for (let i = 0; i < await images.count(); i++) await images.nth(i).scrollIntoViewIfNeeded();
    await until("all pictures", () => images.evaluateAll((all) => all.every((one) => one.complete && one.naturalWidth > 60)), 20000);
    await assertFits(page);
    await assertWords(page);
    await assertCalm(page);
    await picture(server, page, "layouts-list");
    await page.context().close();
  });

  await test("layouts: the picture follows typing, a person, a language, the overlay", async () => {
    const page = await edit(browser, server, "a6");
    const first = await shown(page);
    const took = await redrawn(page, () => replace(page, '"size": 38', '"size": 30'));
    console.log(`# from key to picture: ${took} ms, of these 250 ms of waiting for the next key`);
    const seen = [first, await shown(page)];
    for (const act of [() => page.selectOption("#person", "~longest"), () => page.fill("#someone", people.second.name), () => page.selectOption("#language", "ar"), () => page.check("#overlay")]) {
      await redrawn(page, act);
      seen.push(await shown(page));
    }
    assert.equal(new Set(seen).size, seen.length, "each of them changes the picture");
    assert.ok(await page.isVisible("#back-figure"), "a6 has a back");
    assert.match(await page.textContent("#notes"), /pt/);
    await assertWords(page);
    await assertCalm(page);
    await picture(server, page, "layouts-editor");
    await page.context().close();
  });

  await test("layouts: a mistake is told with its place, a click goes to its line, the text stays", async () => {
    const page = await edit(browser, server, "a4x8");
    await replace(page, "[5, 16.2, 85, 17]", "[5, 14.6, 85, 30]");
    const problem = await until("the problem", () => page.textContent("#problem"));
    assert.match(problem, /front\[4\]\.box.*overlaps front\[3\]/);
    const line = Number(/\d+/.exec(await page.textContent("#problem button"))[0]);
    await page.click("#problem button");
    const at = await page.evaluate(() => {
      const text = document.getElementById("text");
      return { focus: document.activeElement === text, selected: text.value.slice(text.selectionStart, text.selectionEnd), line: text.value.slice(0, text.selectionStart).split("\n").length };
    });
    assert.ok(at.focus && at.line === line && at.selected.includes("{title}"), JSON.stringify(at));
    await picture(server, page, "layouts-mistake");
    await page.reload();
    await until("the draft is back", async () => (await page.inputValue("#text")).includes("14.6, 85, 30"));
    assert.ok((await page.textContent("#told")).length > 10, "and told");
    await page.context().close();
  });

  await test("layouts: copy, save, reload, delete, by keyboard alone", async () => {
    const page = await open(browser);
    await signIn(page, server, `/admin/${EVENT}/layouts`);
    await page.goto(`${list}/card-90x55`);
    await until("the first picture", async () => (await turn(page)) > 0);
    await page.locator("#text").focus();
    await page.keyboard.press("Control+Home");
    for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    await redrawn(page, () => page.keyboard.type(' "font": "Noto Serif",'));
    await page.keyboard.press("Tab"); // a text area is no trap
    assert.equal(await page.evaluate(() => document.activeElement.id), "as");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("the-phong");
    await page.keyboard.press("Control+s");
    await page.waitForURL(/layouts\/the-phong/);
    await until("the first picture", async () => (await turn(page)) > 0);
    assert.ok((await page.inputValue("#text")).includes('"font": "Noto Serif"'));
    const file = readFileSync(path.join(server.data, "layouts", "the-phong.json"), "utf8");
    assert.equal(file, await page.inputValue("#text"));
    await replace(page, '"size": 24', '"size": 22');
    const version = await page.inputValue("#seen");
    await page.keyboard.press("Control+s");
    await until("it is saved", () => readFileSync(path.join(server.data, "layouts", "the-phong.json"), "utf8").includes('"size": 22'));
    await until("the page knows its new version", async () => (await page.inputValue("#seen")) !== version);
    await page.locator("button[value=delete]").focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/layouts$/);
    assert.ok(!(await page.content()).includes("the-phong"));
    await assertCalm(page);
    await page.context().close();
  });

  await test("layouts: of two editors the second is told and decides; upload and download", async () => {
    const one = await edit(browser, server, "cr80");
    await one.fill("#as", "hai-nguoi");
    await one.click("button[value=save]");
    await one.waitForURL(/hai-nguoi/);
    await until("the first picture", async () => (await turn(one)) > 0);
    const two = await edit(browser, server, "hai-nguoi");
    await replace(one, '"size": 21', '"size": 20');
    await one.click("button[value=save]");
    await until("saved", async () => (await one.textContent("#told")).trim() !== "");
    await replace(two, '"size": 21', '"size": 19');
    await two.click("button[value=save]");
    await until("told", () => two.isVisible("#told button"));
    assert.ok((await two.inputValue("#text")).includes('"size": 19'), "the text stays");
    await two.click("#told button");
    await until("saved over it", () => readFileSync(path.join(server.data, "layouts", "hai-nguoi.json"), "utf8").includes('"size": 19'));
    const file = path.join(server.folder, "tep.json");
    writeFileSync(file, readFileSync("badges/layouts/blank.json"));
    await redrawn(two, () => two.setInputFiles("#upload", file));
    assert.equal(await two.inputValue("#text"), readFileSync(file, "utf8"));
    const [download] = await Promise.all([two.waitForEvent("download"), two.click("#download")]);
    assert.equal(readFileSync(await download.path(), "utf8"), readFileSync(file, "utf8"));
    assert.equal(download.suggestedFilename(), "hai-nguoi.json");
    await one.context().close();
    await two.context().close();
  });

  for (const language of ["vi", "ar"]) {
    await test(`layouts: accessible and within 320 px, ${language}`, async () => {
      const page = await open(browser, { width: 320, height: 640 });
      await signIn(page, server, `/admin/${EVENT}/layouts`);
      for (const target of [list, `${list}/a6-landscape`, `${list}/hai-nguoi`]) {
        await page.goto(`${target}?lang=${language}`);
        if (target !== list) await until("the first picture", async () => (await turn(page)) > 0);
        await assertFits(page);
        await assertWords(page);
        await assertAccessible(page, target);
      }
      await replace(page, '"size": 19', '"size": "big"');
      await until("the problem", () => page.isVisible("#problem button"));
      await assertFits(page);
      await assertAccessible(page, "a mistake");
      await picture(server, page, `layouts-320-${language}`);
      await page.context().close();
    });
  }

  await test("layouts: without JavaScript the button shows the picture", async () => {
    const page = await open(browser, { javaScriptEnabled: false });
    await signIn(page, server, `/admin/${EVENT}/layouts/a6-landscape`);
    await page.goto(`${list}/a6-landscape`);
    await page.check("#overlay");
    await page.click("#show");
    assert.match(await page.getAttribute("#front", "src"), /^data:image\/png;base64,/);
    assert.match(await page.getAttribute("#back", "src"), /^data:image\/png;base64,/);
    await assertCalm(page);
    await picture(server, page, "layouts-plain");
    await page.context().close();
  });
}

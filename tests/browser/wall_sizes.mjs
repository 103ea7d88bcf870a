// The wall's pictures at every size: each scene, 3, 40 and 200 delegations, left to right and right to left; a mixer's canvas; a phone.
import { assert, test } from "./check.mjs";
import { assertCalm, assertFits, assertWords, picture } from "./browser.mjs";
import { sample } from "./server.mjs";
import { SIZES, deafWall, everything, faults, numberShare, painted, signedIn, tell } from "./wall_kit.mjs";

const BETWEEN = [[800, 600], [1366, 768], [1080, 1080], [1600, 1200], [2560, 720], [1440, 2560], [3840, 2160], [960, 1280]];
const NUMBER = { 3: 42, 40: 1287, 200: 13456 };
const MESSAGE = { vi: "Đại hội nghỉ giải lao 15 phút", ar: "استراحة 15 دقيقة" };
const OTHERS = ["quorum", "programme", "our_work", "welcome", "message"];
const LOOKED_AT = ["1920x1080 vi", "3840x1080 vi", "1080x1920 vi", "1920x1080 ar"]; // every size is measured; a picture costs more than its measure
const OWN = sample.organization.units.map((unit) => unit.name);
const LONG = "Do mưa lớn, toàn bộ chương trình tham quan chiều nay được chuyển vào nhà. ".repeat(8).trim().slice(0, 500);

async function look(page, what, story) {
  await tell(page, story);
  await painted(page);
  assert.deepEqual(await faults(page), [], what);
}

export default async function wallSizes(browser, server) {
  const state = await signedIn(browser, server);

  for (const language of ["vi", "ar"]) {
    const page = await deafWall(browser, server, state, { query: `?lang=${language}` });
    for (const [width, height] of SIZES) {
      await test(`wall: ${width}×${height}, ${language}: 3, 40, 200 delegations and every scene: nothing cut, on each other, too small or pale`, async () => {
        await page.setViewportSize({ width, height });
        const keep = async (name) => { if (LOOKED_AT.includes(`${width}x${height} ${language}`)) await picture(server, page, `wall-${name}-${width}x${height}-${language}`, false); };
        for (const count of [3, 40, 200]) {
          await look(page, `${count} delegations`, everything({ count, present: NUMBER[count] }));
          assert.ok(await numberShare(page, "present") > 0.05, "the number is the largest thing there is");
          await keep(count);
        }
        for (const scene of OTHERS) {
          await look(page, scene, everything({ scene, present: 1287, text: MESSAGE }));
          await keep(scene);
        }
        await look(page, "urgent", everything({ urgent: true }));
        await look(page, "quiet", everything({ quiet: true, news: false, reached: false }));
        await assertWords(page);
        assert.equal(await page.evaluate(() => getComputedStyle(document.getElementById("present")).cursor), "none");
      });
    }
    await assertCalm(page);
    await page.context().close();
  }

  await test("wall: 200 delegations by turns: each is named once in a round, in order, in letters for 20 m; the congress's own names; who came beyond all who are expected", async () => {
    for (const [width, height] of [[1920, 1080], [3840, 1080], [1080, 1920]]) {
      const page = await deafWall(browser, server, state, { width, height, clock: true });
      await tell(page, everything({ count: 200, present: NUMBER[200] }));
      const turns = Number((await page.textContent("#page")).split("/")[1]);
      const named = [];
      for (let i = 0; i < turns; i++) {
        assert.deepEqual(await faults(page), [], `page ${i + 1} of ${turns}`);
        named.push(...await page.$$eval("#delegations li:not([hidden]) .n", (all) => all.map((one) => one.firstChild.textContent)));
        await page.clock.fastForward(10000);
      }
      assert.deepEqual(named, everything({ count: 200 }).delegations.map((one) => one.name.vi));
      assert.ok(turns > 1 && turns <= 30, `${turns} pages of ten seconds`);
      console.log(`# ${width}×${height}: 200 delegations in ${turns} pages`);
      const own = everything({ count: OWN.length }).delegations.map((one, i) => ({ ...one, name: { vi: OWN[i] }, expected: 14, present: [14, 15, 0, 9][i % 4] }));
      await tell(page, { ...everything(), delegations: own });
      await painted(page);
      assert.deepEqual(await faults(page), []);
      const counts = await page.$$eval("#delegations li .c", (all) => all.slice(0, 4).map((one) => one.textContent));
      assert.deepEqual(counts, ["14 / 14", "14 / 14 +1", "0 / 14", "9 / 14"]);
      await tell(page, { present: 290, by_delegation: { [own[3].code]: { expected: 14, present: 24 } } }, "stats");
      assert.equal(await page.textContent("#delegations li:nth-child(4) .c"), "14 / 14 +10");
      assert.deepEqual(await faults(page), [], "its place grew");
      await picture(server, page, `wall-own-${width}x${height}`, false);
      await page.context().close();
    }
  });

  await test("wall: any size between, and long news beside everything", async () => {
    const page = await deafWall(browser, server, state);
    for (const [width, height] of BETWEEN) {
      await page.setViewportSize({ width, height });
      await look(page, `${width}×${height}`, everything({ count: 60 }));
      for (const scene of OTHERS) await look(page, `${width}×${height} ${scene}`, everything({ scene, text: MESSAGE }));
    }
    for (const [width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      await look(page, `long news, ${width}×${height}`, { ...everything(), announcements: [{ text: { vi: LONG }, urgent: false }] });
    }
    await page.context().close();
  });

  await test("wall: in a mixer's frame of so many pixels, whatever the window is; a safe margin; a ground that lets through; nonsense is as if it were not there", async () => {
    const page = await deafWall(browser, server, state, { width: 1000, height: 700, query: "?w=1920&h=1080&safe=5" });
    await tell(page, everything());
    await painted(page);
    const frame = () => page.evaluate(() => { const box = document.getElementById("frame").getBoundingClientRect(); return [box.left, box.top, box.width, box.height].map((one) => one * devicePixelRatio); });
    assert.deepEqual(await frame(), [0, 0, 1920, 1080]);
    assert.equal(await page.evaluate(() => { scrollTo(50, 50); return scrollX + scrollY; }), 0, "nothing scrolls");
    assert.deepEqual(await faults(page, { margin: 54 }), [], "inside the margin");
    await page.at("?w=1920&h=1080&safe=40px&transparent=1");
    await tell(page, everything({ scene: "quorum" }));
    await painted(page);
    assert.deepEqual(await faults(page, { margin: 40 }), []);
    const grounds = await page.evaluate(() => ["html", "body", "#frame"].map((one) => getComputedStyle(document.querySelector(one)).backgroundColor));
    assert.deepEqual(grounds, Array(3).fill("rgba(0, 0, 0, 0)"));
    await page.screenshot({ path: `${server.folder}/wall-transparent.png`, omitBackground: true });
    await page.setViewportSize({ width: 1280, height: 720 });
    for (const odd of ["?w=-5&h=abc", "?w=1920", "?w=99999&h=1080", "?w=1e9&h=1e9", "?safe=lots&transparent=maybe", "?safe=-3", "?w=1080.5&h=720"]) {
      await page.at(odd);
      await tell(page, everything());
      await painted(page);
      assert.deepEqual(await frame(), [0, 0, 1280, 720], odd);
      assert.deepEqual(await faults(page), [], odd);
    }
    await page.at("?safe=12");
    await tell(page, everything({ quiet: true, news: false }));
    await painted(page);
    assert.deepEqual((await faults(page, { margin: 86 })).filter((one) => !/^too small/.test(one)), [], "a wide margin");
    await assertCalm(page);
    await page.context().close();
    const fine = await deafWall(browser, server, state, { width: 1000, height: 700, deviceScaleFactor: 2, query: "?w=1920&h=1080" });
    assert.deepEqual(await fine.evaluate(() => { const box = document.getElementById("frame").getBoundingClientRect(); return [box.width, box.height]; }), [960, 540], "real pixels are counted");
    await fine.context().close();
  });

  await test("wall: on a phone it may scroll downwards, never sideways", async () => {
    const page = await deafWall(browser, server, state, { width: 320, height: 640 });
    for (const scene of ["attendance", ...OTHERS]) {
      await tell(page, everything({ scene, text: MESSAGE }));
      await painted(page);
      await assertFits(page);
      await picture(server, page, `wall-320-${scene}`);
    }
    await page.context().close();
  });
}

// The organiser fixes the figure: looks at the sentence, confirms, reads it out; a late scan changes nothing of it and stands beside it. At 320 px, by the keyboard
// alone, right to left, without JavaScript.
import { assert, test } from "./check.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { signIn } from "./public.mjs";
import { EVENT } from "./server.mjs";

const FIGURES = `/admin/${EVENT}/figures`;
const numbers = async (page) => (await page.textContent(".sentence")).match(/(\d+) (?:of|trên tổng số|de) (\d+)/).slice(1).map(Number);

// What a door tells of a badge that was read so many seconds ago.
async function late(page, server, person, seconds, gate) {
  const answer = await page.request.post(`${server.url}/api/v1/checkins?event=${EVENT}`, {
    headers: { "X-CSRF-Token": await page.locator('input[name="csrf"]').first().getAttribute("value"), Origin: server.url },
    data: { scan_id: "0192f0c0-0000-7000-8000-00000000f1f1", delegate: person.code, gate, direction: "in", scanned_at: new Date(Date.now() - seconds * 1000).toISOString(), age_ms: seconds * 1000, decision: "ask" },
  });
  assert.equal(answer.status(), 200, await answer.text());
  return (await answer.json()).results?.[0];
}

async function tabTo(page, selector) {
  for (let i = 0; i < 200; i++) {
    if (await page.evaluate((one) => document.activeElement.matches(one), selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the keyboard does not come to ${selector}`);
}

async function calm(page, where) {
  await assertWords(page);
  await assertFits(page);
  await assertAccessible(page, where);
  await assertCalm(page);
}

export default async function figures(browser, server, people) {
  const organiser = await open(browser, { width: 320, height: 640, locale: "en-GB", reducedMotion: "reduce" });
  await signIn(organiser, server, `${FIGURES}?lang=en`);
  let address, was;

  await test("figures: on a phone of 320 px, by the keyboard alone, the sentence is looked at and fixed", async () => {
    await organiser.goto(`${server.url}${FIGURES}?lang=en`);
    await calm(organiser, FIGURES);
    await picture(server, organiser, "figures-320");
    await tabTo(organiser, "#label");
    await organiser.keyboard.press("ControlOrMeta+A");
    await organiser.keyboard.insertText("Phiên khai mạc");
    await tabTo(organiser, ".fix-form button");
    await Promise.all([organiser.waitForURL(/sent=1/), organiser.keyboard.press("Enter")]);
    await organiser.waitForSelector("#preview .sentence");
    await calm(organiser, "preview");
    await picture(server, organiser, "figures-preview-320");
    was = await numbers(organiser);
    assert.ok(was[1] > 100, "whom the quorum counts");
    await tabTo(organiser, "#confirm");
    await Promise.all([organiser.waitForURL(/figures\/1\b/), organiser.keyboard.press("Enter")]);
    assert.deepEqual(await numbers(organiser), was, "what was looked at is what was fixed");
    assert.match(await organiser.textContent("main"), /Phiên khai mạc/);
    address = organiser.url().replace(/\?.*/, "");
    await calm(organiser, "a fixed figure");
    await picture(server, organiser, "figure-320");
  });

  await test("figures: a late scan changes nothing of it and stands beside it, by number and by name", async () => {
    const setup = await (await organiser.request.get(`${server.url}/scan/${EVENT}/setup`)).json();
    const told = await late(organiser, server, people.second, 90, setup.gates[0].code);
    assert.equal(told.outcome, "admitted", JSON.stringify(told));
    await organiser.goto(`${address}?lang=en`);
    assert.deepEqual(await numbers(organiser), was);
    assert.match(await organiser.textContent("#later"), /\+1/);
    assert.ok((await organiser.textContent("#later .changed")).includes(people.second.name));
    await calm(organiser, "later corrections");
    await picture(server, organiser, "figure-later-320");
    await organiser.goto(`${server.url}${FIGURES}/1/print?lang=en`);
    await calm(organiser, "large type");
    await picture(server, organiser, "figure-print-320");
  });

  await test("figures: without JavaScript, 1280 px: the list is found, sorted and paged", async () => {
    const plain = await open(browser, { javaScriptEnabled: false, locale: "en-GB", reducedMotion: "reduce" });
    await signIn(plain, server, `${FIGURES}/1?lang=en`);
    await plain.goto(`${address}?lang=en`);
    await picture(server, plain, "figure-1280");
    assert.match(await plain.textContent("#people .muted[role=status]"), /^1–100 of \d+$/);
    await plain.click("#people a[rel=next]");
    assert.match(await plain.textContent("#people .muted[role=status]"), /^101–/);
    await plain.selectOption("#state", "absent");
    await plain.selectOption("#sort", "name");
    await plain.click(".seek-form button");
    assert.equal(await plain.locator(".fixed-people .is-present").count(), 0);
    await plain.fill("#q", people.second.number);
    await plain.selectOption("#state", "");
    await plain.click(".seek-form button");
    assert.equal(await plain.locator(".fixed-people > li").count(), 1);
    assert.ok((await plain.textContent(".fixed-people")).includes(people.second.name));
    await plain.goto(`${server.url}${FIGURES}?lang=en`);
    await picture(server, plain, "figures-1280");
    await plain.goto(`${server.url}${FIGURES}/1/print?lang=vi`);
    await picture(server, plain, "figure-print-1280", false);
    await plain.context().close();
  });

  for (const language of ["vi", "ar"]) {
    await test(`figures: ${language}, 320 px and 200 %`, async () => {
      const page = await open(browser, { width: 320, height: 640, reducedMotion: "reduce" });
      await signIn(page, server, FIGURES);
      for (const target of [FIGURES, `${FIGURES}?sent=1&label=A`, `${FIGURES}/1`, `${FIGURES}/1/print`]) {
        await page.goto(`${server.url}${target}${target.includes("?") ? "&" : "?"}lang=${language}`);
        await calm(page, `${target} ${language}`);
        await picture(server, page, `figures-${language}-${target.split("/").slice(4).join("-").replace(/\W/g, "") || "all"}`);
      }
      await page.context().close();
    });
  }
  await organiser.context().close();
}

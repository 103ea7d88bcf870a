// The walls in the organiser's hand: big buttons, by thumb, by keyboard and without a script; two organisers; a wall opened at the short address; the line that is lost.
import { assert, test, until } from "./check.mjs";
import { assertAccessible } from "./accessible.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { EVENT } from "./server.mjs";

const AT = `/admin/${EVENT}/wall`;
const on = (page) => page.locator(".sc-buttons .sc-on").evaluateAll((all) => all.map((one) => one.closest(".sc-button").id.slice(2)));
const shows = (page, scene) => until(`${scene} is on`, async () => (await on(page)).join() === scene);

export default async function scenes(browser, server) {
  let code = "", wall = null, id = ""; // the wall's number for programs
  const phone = await open(browser, { width: 390, height: 844, hasTouch: true, isMobile: true });

  await test("scenes: the short address asks for six digits, and makes the screen a wall; the frame stays", async () => {
    await signIn(phone, server, AT);
    code = (await phone.textContent(".sc-code")).trim();
    assert.match(code, /^\d{3} \d{3}$/);
    assert.match(await phone.textContent(".sc-short"), /\/w$/);
    wall = await open(browser, { width: 1280, height: 720 });
    await wall.goto(`${server.url}/w?w=640&h=360&safe=4&lang=vi`);
    assert.equal(await wall.evaluate(() => document.activeElement.id), "code", "one may type at once");
    await picture(server, wall, "scenes-code");
    for (const language of ["vi", "ar"]) {
      await wall.goto(`${server.url}/w?w=640&h=360&safe=4&lang=${language}`);
      await assertAccessible(wall, `the code, ${language}`);
      await assertFits(wall);
    }
    await wall.goto(`${server.url}/w?w=640&h=360&safe=4`);
    await wall.getByRole("link", { name: "English" }).click();
    await wall.fill("#code", "000");
    await wall.keyboard.press("Enter");
    assert.match(await wall.textContent("#problem"), /six digits/);
    await wall.fill("#code", code);
    await wall.keyboard.press("Enter");
    await wall.waitForURL(/\/display\//);
    assert.equal(new URL(wall.url()).search, "?w=640&h=360&safe=4", "with the technician's frame");
    id = await wall.getAttribute("body", "data-wall");
    assert.match(id, /^\d+$/);
  });

  await test("scenes: a press is on the wall's line, on the button by word and frame, and in the small picture", async () => {
    await phone.goto(`${server.url}${AT}?lang=en`);
    await assertFits(phone);
    await assertWords(phone);
    await picture(server, phone, "scenes-390-en");
    for (const scene of ["welcome", "quorum", "attendance"]) {
      await phone.locator(`#b-${scene}`).tap();
      await shows(phone, scene);
      assert.equal(await phone.getAttribute(`#b-${scene}`, "aria-pressed"), "true");
      assert.equal(await phone.getAttribute(".sc-screen", "data-scene"), scene);
      assert.equal(await phone.evaluate(() => document.activeElement.id), `b-${scene}`, "the focus stays on the button");
    }
    assert.match(await phone.textContent("#notice"), /Switched/);
    assert.ok(await phone.locator("#undo").isVisible(), "what was just pressed can be taken back");
    await phone.locator("#undo").tap();
    await shows(phone, "quorum");
    await assertCalm(phone);
  });

  await test("scenes: black by keyboard, seen by another organiser at once, who takes it back", async () => {
    const other = await open(browser, { width: 1280, height: 900 });
    await signIn(other, server, `${AT}?lang=en`);
    await other.goto(`${server.url}${AT}?lang=en`);
    await other.fill("#text-vi", "đang viết dở");
    await phone.locator("#b-black").focus();
    await phone.keyboard.press("Enter");
    await shows(other, "black");
    assert.equal(await other.inputValue("#text-vi"), "đang viết dở", "what somebody is writing stays");
    await picture(server, other, "scenes-1280-black");
    await assertAccessible(other, "black");
    await other.locator("#undo").click();
    await shows(phone, "quorum");
    await other.context().close();
  });

  await test("scenes: a message in Arabic, one wall alone, the programme again", async () => {
    await phone.locator("#text-vi").fill("Nghỉ giải lao 15 phút, mời quý vị dùng trà ở sảnh");
    await phone.locator("#b-show").tap();
    await shows(phone, "message");
    assert.match(await phone.textContent(".sc-screen"), /giải lao/);
    await phone.goto(`${server.url}${AT}?lang=en`);
    await phone.locator(`.sc-which a[href$="for=${id}"]`).click();
    await phone.waitForURL(/for=\d/);
    await phone.locator("#b-our_work").tap();
    await shows(phone, "our_work");
    await phone.goto(`${server.url}${AT}?lang=en`);
    await shows(phone, "message");
    assert.match(await phone.textContent(".sc-walls"), /Our work/);
    await until("the wall says so itself", async () => /Last heard: \d/.test(await phone.locator(`.sc-walls li:has(a[href$="for=${id}"])`).textContent()));
    assert.match(await phone.locator(`.sc-walls li:has(a[href$="for=${id}"])`).textContent(), /1280 × 720 · Drawn on 640 × 360 · margin 4 %/);
    await picture(server, phone, "scenes-390-message");
    await picture(server, wall, "scenes-wall", false);
    await phone.locator("#b-follow").tap();
    await until("the programme", async () => (await phone.getAttribute("#b-follow", "aria-pressed")) === "true");
    assert.ok(!/its own/.test(await phone.textContent(".sc-walls")), "a press for all is for all");
  });

  for (const [width, language] of [[320, "vi"], [320, "ar"], [1280, "ar"], [640, "pt"]]) {
    await test(`scenes: ${width} px, ${language}`, async () => {
      await phone.setViewportSize({ width, height: 844 });
      await phone.goto(`${server.url}${AT}?lang=${language}`);
      await phone.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
      await assertFits(phone);
      await assertWords(phone);
      await assertAccessible(phone, `${width} ${language}`);
      await picture(server, phone, `scenes-${width}-${language}`);
      const small = await phone.evaluate(() => [...document.querySelectorAll(".sc-button, .sc-which a, .sc .button")].filter((e) => e.getBoundingClientRect().height < 44).map((e) => e.textContent.trim()));
      assert.deepEqual(small, [], "large enough for a thumb");
    });
  }

  await test("scenes: without a script", async () => {
    const page = await open(browser, { width: 390, height: 844, javaScriptEnabled: false });
    await signIn(page, server, AT);
    await page.goto(`${server.url}${AT}?lang=en`);
    await page.locator("#b-welcome").click();
    await page.waitForURL(/done=switched/);
    assert.deepEqual(await on(page), ["welcome"]);
    await page.locator("#undo").click();
    await page.waitForURL(/done=undone/);
    await page.context().close();
  });

  await test("scenes: without a line the page says so, and a press says that it was none", async () => {
    await phone.setViewportSize({ width: 390, height: 844 });
    await phone.goto(`${server.url}${AT}?lang=en`);
    await phone.context().setOffline(true);
    phone.complaints.length = 0;
    await phone.locator("#b-black").click();
    await until("it failed", () => phone.locator("#failed").isVisible());
    assert.ok(!(await on(phone)).includes("black"), "nothing looks as if it had been switched");
    await picture(server, phone, "scenes-390-offline");
    await phone.context().setOffline(false);
    phone.complaints.length = 0;
    await phone.locator("#b-black").click();
    await shows(phone, "black");
    await phone.locator("#undo").click();
    await until("undone", async () => !(await on(phone)).includes("black"));
  });

  await test("scenes: a wall that is shut out is no wall any more", async () => {
    await phone.goto(`${server.url}${AT}?lang=en`);
    await phone.locator("details summary").first().click();
    await phone.locator(`form:has(#name-${id}) button[value=end]`).click();
    await phone.waitForURL(/done=ended/);
    assert.equal(await phone.locator(`#name-${id}`).count(), 0);
    await wall.goto(`${server.url}/w`);
    assert.ok(await wall.locator("#code").isVisible(), "it is asked for the code");
    await wall.context().close();
    await phone.context().close();
  });
}

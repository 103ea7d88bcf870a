// The screen that greets at a gate: every size and direction, names of every length, people who come together, a line that is lost, no JavaScript, its end.
import { randomBytes } from "node:crypto";
import { assert, test, until } from "./check.mjs";
import { assertAccessible } from "./accessible.mjs";
import { assertCalm, assertFits, assertNoScroll, assertWords, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { EVENT, sample } from "./server.mjs";

const SIZES = [[1024, 768], [1920, 1080], [3840, 2160], [1080, 1920]];
const GATE = sample.events.find((one) => one.slug === EVENT).gates.find((gate) => gate.kind === "entry").code;
const AT = `/welcome/${EVENT}/${GATE}`;
const shown = (page) => page.locator(".wc-guest").count();

function uuid7() {
  const text = Date.now().toString(16).padStart(12, "0") + randomBytes(10).toString("hex");
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-7${text.slice(13, 16)}-a${text.slice(17, 20)}-${text.slice(20, 32)}`;
}

const guest = (name, more = {}) => ({ scan_id: uuid7(), name, honorific: null, seat: null, photo: false, at: new Date().toISOString(), ...more });
const NAMES = [
  guest("Nguyễn Thị Hương", { honorific: "Bà", seat: "A12", photo: true }),
  guest("ليلى بنت يوسف بن عبد الرحمن المنصوري", { honorific: "السيدة", seat: "C2" }),
  guest("Maria Aparecida dos Santos Ferreira da Conceição e Albuquerque", { honorific: "Excelentíssima Senhora Doutora", seat: "Plateia 2, fila 14, lugar 127", photo: true }),
  guest("歐陽麗華", { seat: "12" }),
];

// Elements that stick out of the screen, or of the card that they stand in; names that are cut.
const faults = () => {
  const wrong = [];
  for (const element of document.querySelectorAll("#welcome, #welcome .wc-head p, #welcome .wc-calm *, #welcome .wc-guest, #welcome .wc-guest *, #welcome .wc-foot p")) {
    const box = element.getBoundingClientRect();
    if (box.width === 0) continue;
    if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1 || box.top < -1) wrong.push(`${element.className} leaves the screen: ${element.textContent}`);
    const card = element.closest(".wc-guest")?.getBoundingClientRect();
    if (card && (box.right > card.right + 1 || box.left < card.left - 1 || box.bottom > card.bottom + 1 || box.top < card.top - 1)) wrong.push(`${element.className} leaves its card: ${element.textContent}`);
  }
  for (const text of document.querySelectorAll(".wc-text")) if (text.scrollHeight > text.clientHeight + 2 || text.scrollWidth > text.clientWidth + 2) wrong.push(`cut: ${text.textContent}`);
  const cards = [...document.querySelectorAll(".wc-guest")].map((one) => one.getBoundingClientRect());
  cards.forEach((a, i) => cards.forEach((b, k) => {
    if (i < k && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) wrong.push("cards lie on each other");
  }));
  return wrong;
};

export default async function welcome(browser, server, people) {
  const staff = await open(browser, { width: 1280, height: 900 });
  let code = "";
  const admit = (who) => staff.request.post(`${server.url}/api/v1/checkins?event=${EVENT}`, {
    headers: { "X-CSRF-Token": staff.csrf }, data: { scan_id: uuid7(), token: who.token, gate: GATE, direction: "in", scanned_at: new Date().toISOString(), age_ms: 0, decision: "ask", roster: null } });

  await test("welcome: the organiser chooses the doors by keyboard, makes a code; off until then", async () => {
    await signIn(staff, server, `/admin/${EVENT}/welcome`);
    assert.equal(await staff.locator(".ticks input:checked").count(), 0, "nothing is chosen");
    assert.equal(await staff.locator(".screen").count(), 0);
    staff.csrf = await staff.locator("input[name=csrf]").first().getAttribute("value");
    await staff.locator(`.ticks input[value=${GATE}]`).focus();
    await staff.keyboard.press("Space");
    await staff.locator("input[name=photo]").focus();
    await staff.keyboard.press("Space");
    await staff.keyboard.press("Enter");
    await staff.waitForURL(/done=on/);
    await staff.locator(".screen button").click();
    await staff.waitForURL(/done=code/);
    code = (await staff.textContent(".screen code")).trim();
    assert.match(code, /^[0-9A-Z]{8}$/);
    await assertCalm(staff);
    for (const [width, language] of [[320, "vi"], [1280, "vi"], [1280, "ar"]]) {
      await staff.setViewportSize({ width, height: 900 });
      await staff.goto(`${server.url}/admin/${EVENT}/welcome?lang=${language}`);
      await assertFits(staff);
      await assertWords(staff);
      await assertAccessible(staff, "the console");
      await picture(server, staff, `welcome-console-${width}-${language}`);
    }
    await staff.goto(`${server.url}/admin/${EVENT}/welcome?lang=vi`);
  });

  await test("welcome: opened by its code; somebody comes in and is greeted, then it is calm again", async () => {
    const page = await open(browser, { width: 1920, height: 1080 });
    await page.goto(`${server.url}${AT}`);
    await picture(server, page, "welcome-code");
    await page.fill("#code", "00000000");
    await page.keyboard.press("Enter");
    await page.waitForSelector("[role=alert]");
    await page.fill("#code", code.toLowerCase());
    await page.keyboard.press("Enter");
    await page.waitForSelector("#welcome[data-line=open]");
    assert.equal(await shown(page), 0);
    page.complaints.length = 0; // the 403 of the wrong code
    assert.equal((await (await admit(people.official)).json()).results[0].outcome, "admitted");
    await page.waitForSelector(".wc-guest");
    assert.ok((await page.textContent(".wc-name")).includes(people.official.name));
    assert.ok((await page.textContent(".wc-seat")).includes(people.official.seat));
    await picture(server, page, "welcome-real", false);
    await until("calm again", async () => (await shown(page)) === 0, 30000);
    assert.equal(await page.isVisible(".wc-title"), true);
    await assertCalm(page);
    await page.context().close();
  });

  // The line plays what no sample has: the photo is one of the sample's.
  async function play(page, guests, { on = true } = {}) {
    const picture = { on, as_of: new Date().toISOString(), guests: guests.map((one) => ({ ...one, at: new Date().toISOString() })).reverse() };
    const body = `event: snapshot\ndata: ${JSON.stringify(picture)}\n\n`;
    await page.route("**/welcome/**/live", (route) => route.fulfill({ contentType: "text/event-stream", body }));
    await page.route("**/welcome/**/now", (route) => route.fulfill({ json: picture })); // asked for when the stream ends, as this one does
    await page.route("**/welcome/**/photo/**", (route) => route.fulfill({ path: "photos/P0001.jpg" }));
  }
  for (const language of ["vi", "ar"]) {
    await test(`welcome: one to four people, at every size, ${language}: whole, inside, nothing cut`, async () => {
      const page = await open(browser);
      await signIn(page, server, `/admin/${EVENT}`);
      for (const [count, first] of [[0, 0], [1, 0], [1, 1], [1, 2], [1, 3], [2, 0], [3, 0], [4, 0]]) {
        await page.unrouteAll({ behavior: "ignoreErrors" });
        await play(page, NAMES.slice(first, first + count));
        await page.goto(`${server.url}${AT}?lang=${language}`);
        await until(`${count} greetings`, async () => (await shown(page)) === count && (await page.getAttribute("#welcome", "data-line")) !== "connecting", 10000);
        await page.waitForFunction(() => [...document.images].every((image) => image.complete));
        for (const [width, height] of SIZES) {
          await page.setViewportSize({ width, height });
          // The fitting follows the change of size; what is wrong for good is wrong after a while too.
          await until(`${count} at ${width}×${height}: all whole`, async () => {
            assert.equal(await shown(page), count);
            const wrong = await page.evaluate(faults);
            return wrong.length === 0 || new Error(wrong.join("; "));
          }, 4000);
          await assertNoScroll(page);
          const size = count ? await page.evaluate(() => Math.min(...[...document.querySelectorAll(".wc-name")].map((name) => parseFloat(getComputedStyle(name).fontSize) / Math.min(innerWidth, innerHeight)))) : 1;
          assert.ok(size > 0.017, `${count} at ${width}×${height}: a name is ${(size * 100).toFixed(2)} % of the screen's side`);
          if (first !== 3 && height !== 768 && width < 3000) await picture(server, page, `welcome-${language}-${count}-${first}-${width}x${height}`, false);
        }
        await assertWords(page);
        await page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))); // who comes in is pale for a moment
        await assertAccessible(page, `${count} greetings`);
      }
      await page.context().close();
    });
  }

  await test("welcome: more than four wait their turn, nobody is left out; who was taken back goes at once", async () => {
    const page = await open(browser, { width: 1920, height: 1080 });
    await signIn(page, server, `/admin/${EVENT}`);
    const many = Array.from({ length: 7 }, (_, i) => guest(`Đại biểu số ${i + 1}`));
    await play(page, many);
    await page.goto(`${server.url}${AT}`);
    const seen = new Set();
    let last = "";
    await page.evaluate(() => { // each name that was ever there, also while a busy machine does not look
      window.greeted = [];
      const note = () => document.querySelectorAll(".wc-own").forEach((one) => { if (!window.greeted.includes(one.textContent)) window.greeted.push(one.textContent); });
      new MutationObserver(note).observe(document.body, { childList: true, subtree: true, characterData: true });
      note();
    });
    await until("all seven were greeted", async () => {
      for (const name of await page.evaluate(() => window.greeted)) { seen.add(name); last = name; }
      assert.ok((await shown(page)) <= 4);
      return seen.size === 7;
    }, 30000);
    await play(page, many.filter((one) => one.name !== last));
    await until("the one taken back is gone", async () => !(await page.locator(".wc-own").allTextContents()).includes(last), 8000);
    await page.context().close();
  });

  await test("welcome: a line that is lost is told, nobody stays on the screen; it comes back by itself", async () => {
    const page = await open(browser, { width: 1920, height: 1080 });
    await signIn(page, server, `/admin/${EVENT}`);
    await page.goto(`${server.url}${AT}`);
    await page.waitForSelector("#welcome[data-line=open]");
    await server.stop("SIGKILL");
    await page.waitForSelector("#welcome[data-line=waiting]", { timeout: 30000 });
    assert.match(await page.textContent("#age"), /\d\d:\d\d/, "and since when");
    await picture(server, page, "welcome-lost", false);
    await server.start();
    await page.waitForSelector("#welcome[data-line=open]", { timeout: 30000 });
    await page.context().close();
  });

  await test("welcome: without JavaScript the page comes again by itself, with who came in; still where motion is not wanted", async () => {
    const plain = await open(browser, { width: 1920, height: 1080, javaScriptEnabled: false });
    await plain.goto(`${server.url}${AT}`);
    await plain.fill("#code", code);
    await plain.keyboard.press("Enter");
    await plain.waitForSelector("#welcome");
    assert.equal((await (await admit(people.guest)).json()).results[0].outcome, "admitted");
    await plain.waitForSelector(".wc-guest", { timeout: 15000 });
    assert.ok((await plain.textContent(".wc-name")).includes(people.guest.name));
    await picture(server, plain, "welcome-plain", false);
    await plain.context().close();
    const still = await open(browser, { width: 1920, height: 1080, reducedMotion: "reduce" });
    await signIn(still, server, `/admin/${EVENT}`);
    await play(still, NAMES.slice(0, 1));
    await still.goto(`${server.url}${AT}`);
    await still.waitForSelector(".wc-guest");
    assert.equal(await still.evaluate(() => getComputedStyle(document.querySelector(".wc-guest")).animationName), "none");
    await still.context().close();
  });

  await test("welcome: whoever does not want to be greeted is unticked on the desk's card, by keyboard; the tick stays under the finger", async () => {
    const page = await open(browser);
    await signIn(page, server, `/admin/${EVENT}`);
    const stored = async () => (await (await page.request.get(`${server.url}/api/v1/events/${EVENT}/delegates/${people.second.code}`)).json()).greet;
    const tick = page.locator("#card input[data-act=greet]");
    assert.equal(await stored(), true);
    await page.goto(`${server.url}/desk/${EVENT}#${people.second.code}`);
    await page.waitForSelector("#card input[data-act=greet]:checked");
    await tick.focus();
    await page.keyboard.press("Space");
    await page.waitForSelector("#card .done");
    await until("it is kept", async () => (await stored()) === false && !(await tick.isChecked()));
    await until("the tick is in hand still", () => tick.evaluate((element) => element === document.activeElement));
    await assertAccessible(page, "the card with its tick");
    await picture(server, page, "welcome-desk-tick");
    await assertCalm(page);
    await page.context().close();
  });

  await test("welcome: a new code closes the screens that are open, which then ask for it", async () => {
    const page = await open(browser, { width: 1920, height: 1080 });
    await page.goto(`${server.url}${AT}`);
    await page.fill("#code", code);
    await page.keyboard.press("Enter");
    await page.waitForSelector("#welcome[data-line=open]");
    await staff.locator(".screen button").click();
    await staff.waitForURL(/done=code/);
    await page.waitForSelector("#code", { timeout: 60000 });
    await page.context().close();
  });
  await staff.context().close();
}

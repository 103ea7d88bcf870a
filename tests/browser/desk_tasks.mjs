// The desk's commonest tasks by keyboard alone, their keystrokes counted, and by touch. The counts stand in docs/desk.md; more keys than there fail, times are only told.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { assert, test, until as wait } from "./check.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { EVENT, sample } from "./server.mjs";

const until = (what, look) => wait(what, look, 20000); // a machine with other work
const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();
const names = new Map(sample.people.map((person) => [person.code, person.name.normalize("NFC")]));
const delegates = sample.events.find((one) => one.slug === EVENT).delegates;
const summoned = delegates.filter((one) => one.person && one.category === "official" && one.status === "summoned" && one.seat && !one.absence)
  .map((one) => ({ code: one.person, number: one.number, seat: one.seat, name: names.get(one.person) }));
const blanks = delegates.filter((one) => !one.person).map((one) => one.number);
let next = 100;
let blankNext = 5;
const somebody = () => summoned[next++];

// A pair of hands: counts what they press. `looks`: how often they read the screen before they go on.
class Hands {
  constructor(page) { this.page = page; this.letters = this.keys = this.looks = 0; this.started = Date.now(); }

  async type(text) { this.letters += text.length; await this.page.keyboard.type(text); }

  async press(...keys) { for (const key of keys) { this.keys++; await this.page.keyboard.press(key); } }

  async look(selector) { this.looks++; await this.page.waitForSelector(selector); }

  // By the keystroke-level model (Card, Moran, Newell 1980): 0.28 s a key of somebody who types a little, 1.35 s to make up one's mind at each look; beside it what the machine took.
  told() { return { letters: this.letters, keys: this.keys, looks: this.looks, hand_seconds: Math.round(((this.letters + this.keys) * 0.28 + this.looks * 1.35) * 10) / 10, machine_ms: Date.now() - this.started }; }
}

const counts = {};
const focused = (page) => page.evaluate(() => { const one = document.activeElement; return one.dataset.act || one.id || one.tagName; });
const outcome = (page) => page.getAttribute("#card .verdict", "data-outcome");

// At most so many keys beside the letters of a name, as docs/desk.md says.
async function task(name, page, most, act) {
  const hands = new Hands(page);
  await page.keyboard.press("Escape");
  hands.started = Date.now();
  await act(hands);
  counts[name] = hands.told();
  console.log(`# ${name}: ${hands.letters} letters, ${hands.keys} other keys, ${hands.looks} looks: ${counts[name].hand_seconds} s of hands, ${counts[name].machine_ms} ms of the machine`);
  assert.ok(hands.keys <= most, `${hands.keys} keys, not more than ${most}`);
  await assertCalm(page);
}

// As few letters as bring them to the top.
async function findByName(hands, page, person) {
  const typed = plain(person.name);
  await hands.type(typed);
  await until(`${person.name} is found`, async () => (await page.locator("#results li b").allTextContents()).includes(person.name));
  while (!(await page.locator("#results li[aria-selected=true]").textContent()).includes(person.number)) await hands.press("ArrowDown");
  hands.looks++;
}

async function findByNumber(hands, page, person) {
  await hands.type(person.number);
  await until(`${person.number} is found`, async () => ((await page.locator("#results li").first().textContent()) || "").includes(person.number));
  while (!(await page.locator("#results li[aria-selected=true]").textContent()).includes(person.name || person.number)) await hands.press("ArrowDown");
  hands.looks++;
}

// The form's name field, from wherever the form put the focus.
async function toName(hands, page) {
  await page.waitForSelector("#list-name");
  for (let i = 0; i < 6 && (await focused(page)) !== "list-name"; i++) await hands.press("Tab");
  assert.equal(await focused(page), "list-name");
}

const admitted = async (hands, page) => {
  await hands.press("Enter");
  await hands.look("#card .verdict[data-outcome=admitted]");
  assert.equal(await focused(page), "q", "ready for the next one");
};

export default async function deskTasks(browser, server, people) {
  await test("desk tasks: the commonest ones by keyboard alone, with a stopwatch and a count of keys", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}`);
    await until("the live line", async () => !(await page.locator("#line").getAttribute("class")).includes("lost"));

    await task("check in by scan", page, 0, async (hands) => {
      await page.keyboard.type(`${server.url.replace("http://", "HTTP://").toUpperCase()}/D/${people.official.token}`); // the scanner's keys, no hand's
      await page.keyboard.press("Enter");
      await hands.look("#card .verdict.good, #card .verdict.calm"); // another story may have let them in
    });
    await task("check in by name", page, 2, async (hands) => {
      await findByName(hands, page, somebody());
      await hands.press("Enter");
      await page.waitForSelector("#card button.big:focus");
      await admitted(hands, page);
    });
    await task("walk-in", page, 4, async (hands) => {
      await hands.type("Lý Thị Vừa Đến");
      await until("nobody is told", () => page.isVisible("#empty"));
      await hands.press("Enter");
      assert.equal(await focused(page), "walk-in", "one key leads to the button that adds");
      await hands.press("Enter");
      await hands.look(".list-form");
      await hands.press("Enter");
      await page.waitForSelector("#card button.big:focus");
      await admitted(hands, page);
    });
    await task("name on a numbered blank badge", page, 4, async (hands) => {
      await findByNumber(hands, page, { number: blanks[18] });
      await hands.press("Enter");
      assert.equal(await focused(page), "blank", "the one thing that a blank badge wants");
      await hands.press("Enter");
      await toName(hands, page);
      await hands.type("Đỗ Văn Trống");
      await hands.press("Enter");
      await page.waitForSelector("#card button.big:focus");
      await admitted(hands, page);
    });
    await task("substitute for somebody who does not come", page, 4, async (hands) => {
      const gone = somebody();
      await findByNumber(hands, page, gone);
      await hands.press("Enter");
      await page.waitForSelector("#card [data-act=substitute]");
      await hands.press("F4");
      await toName(hands, page);
      await hands.type("Vũ Đứng Thay");
      await hands.press("Enter");
      await hands.look("#card button.big:focus");
      assert.ok((await page.textContent("#card")).includes(gone.seat), "the seat goes with the mandate");
      await admitted(hands, page);
    });
    await task("lost badge, a new one", page, 4, async (hands) => {
      await findByNumber(hands, page, somebody());
      await hands.press("Enter");
      await page.waitForSelector("#card [data-act=lost]");
      await hands.press("F8");
      await hands.look("#card .badge-line.question");
      assert.ok(!/big/.test(await page.evaluate(() => document.activeElement.className)), "one Enter too many kills no badge");
      await hands.press("ArrowDown", "Enter");
      await until("the new one is told", async () => (await page.locator(".badge-part .badge-line.done").count()) === 1);
    });
    await task("undo", page, 1, async (hands) => {
      await hands.press("Control+z");
      await hands.look("#card .verdict[data-outcome=undone]");
      assert.ok((await page.textContent("#card h2")).includes("Vũ Đứng Thay"), "the last check-in, by name");
    });
    writeFileSync(path.join(server.folder, "desk-counts.json"), `${JSON.stringify(counts, null, 1)}\n`);
    await page.context().close();
  });

  await test("desk tasks: check out, absence and back, note, PIN again, history, by keyboard alone", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}?lang=en`);
    const person = somebody();
    const press = async (act) => { // along the card by arrows, as a helper without a mouse goes
      await page.waitForSelector(`#card [data-act=${act}]`);
      for (let i = 0; i < 40 && (await focused(page)) !== act; i++) await page.keyboard.press("ArrowDown");
      assert.equal(await focused(page), act, "reached by arrows");
      await page.keyboard.press("Enter");
    };
    const card = async () => {
      await page.keyboard.press("Escape");
      await page.keyboard.type(person.number);
      await until("found", async () => (await page.locator("#results li").allTextContents()).some((row) => row.includes(person.name)));
      await page.keyboard.press("Enter");
      await page.waitForSelector("#card .list-part");
    };
    await card();
    await press("absent");
    await page.waitForSelector("#list-reason:focus");
    await page.keyboard.type("Ốm");
    await page.keyboard.press("Enter");
    await until("absent", async () => (await page.locator("[data-act=present]").count()) === 1);
    await press("present");
    await until("not absent", async () => (await page.locator("[data-act=absent]").count()) === 1);
    await press("note");
    await page.waitForSelector("#list-note:focus");
    await page.keyboard.type("Gọi chủ nhà");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".heed.note");
    const top = await page.evaluate(() => [document.querySelector(".heed.note"), document.querySelector("#card button.big")].map((one) => one.getBoundingClientRect().top));
    assert.ok(top[0] < top[1], "the note stands before the button");
    assert.ok((await page.getAttribute("#card button.big", "aria-describedby")).includes("card-note"), "and is read with it");
    await page.locator("#card button.big").focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict[data-outcome=admitted]");
    await until("the note stands beside the answer too", async () => (await page.locator(".verdict ~ .heed.note").count()) === 1);
    await until("and is said", async () => (await page.textContent("#say")).includes("Gọi chủ nhà"));
    await card();
    await press("out");
    await page.waitForSelector("#card .verdict[data-outcome=left]");
    await card();
    await press("history");
    await page.waitForSelector(".history");
    const past = (await page.locator(".history li").allTextContents()).join("\n");
    assert.ok(/Admitted · Main hall door · ban-to-chuc/.test(past) && /Left/.test(past) && /Absent/.test(past), past);
    await picture(server, page, "desk-tasks-history");
    await assertCalm(page);
    await page.context().close();
  });

  for (const [width, height, language] of [[320, 640, "vi"], [1280, 800, "vi"], [320, 640, "ar"], [768, 1024, "ar"]]) {
    await test(`desk tasks: by touch, ${width} px, ${language}`, async () => {
      const page = await open(browser, { width, height, hasTouch: true });
      await signIn(page, server, `/desk/${EVENT}`);
      await page.goto(`${server.url}/desk/${EVENT}?lang=${language}`);
      await until("the live line", async () => !(await page.locator("#line").getAttribute("class")).includes("lost") && (await page.textContent("#line")) !== "");
      const name = `desk-touch-${width}-${language}`;
      const inView = async (selector, what) => {
        await until(`${what} is on the screen`, async () => {
          const box = await page.locator(selector).first().boundingBox();
          return box && box.y >= -1 && box.y + Math.min(box.height, 60) <= height + 1;
        });
      };
      const tap = async (act) => { await page.locator(`#card [data-act=${act}]`).first().tap(); };
      const openCard = async (typed, text) => {
        await page.locator("#q").tap();
        await page.fill("#q", typed);
        await until(`${typed} is found`, async () => (await page.locator("#results li").allTextContents()).some((row) => row.includes(text)));
        await page.locator("#results li", { hasText: text }).first().tap();
        await page.waitForSelector("#card .list-part");
      };
      const person = somebody();
      await openCard(person.number, person.name);
      await picture(server, page, `${name}-card`, false);
      await inView("#card h2", "the name");
      await inView("#card button.big", "the button");
      await tap("in");
      await page.waitForSelector("#card .verdict[data-outcome=admitted]");
      await inView("#card .verdict", "the answer");
      assert.equal(await focused(page), "card", "the box would bring the keyboard up, over the answer");
      await picture(server, page, `${name}-answer`, false);
      await assertFits(page);
      await assertWords(page);
      await tap("undo");
      await page.waitForSelector("#card .verdict[data-outcome=undone]");
      await tap("more");
      await page.waitForSelector("#card .list-part");
      await tap("substitute");
      await page.fill("#list-name", `Vũ Chạm ${width} ${language}`);
      await assertFits(page);
      await page.locator(".list-form button[type=submit]").tap();
      await until("they stand in", async () => (await page.textContent("#card h2")).includes("Vũ Chạm"));
      await tap("close");
      await page.locator("#walk-in").tap();
      await page.fill("#list-name", `Khách Chạm ${width} ${language}`);
      await picture(server, page, `${name}-walk-in`, false);
      await page.locator(".list-form button[type=submit]").tap();
      await until("the walk-in is on the list", async () => (await page.textContent("#card h2")).includes("Khách Chạm"));
      await tap("in");
      await page.waitForSelector("#card .verdict[data-outcome=admitted]");
      const blank = blanks[blankNext++];
      await openCard(blank, blank);
      await tap("blank");
      await page.fill("#list-name", `Trống Chạm ${width} ${language}`);
      await page.locator(".list-form button[type=submit]").tap();
      await until("the blank has its name", async () => (await page.textContent("#card h2")).includes("Trống Chạm"));
      await page.waitForSelector("#card [data-act=lost]");
      await tap("lost");
      await page.locator("#card .badge-part .badge-row button").nth(1).tap();
      await until("a new badge", async () => (await page.locator(".badge-part .badge-line.done").count()) === 1);
      await assertFits(page);
      await assertCalm(page);
      await page.context().close();
    });
  }
}

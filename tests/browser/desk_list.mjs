// What the desk changes of the list, by keyboard alone: a walk-in, a namesake, a name for a blank badge, an absence, a substitute, a note, a wrong name.
import { assert, test, until } from "./check.mjs";
import { assertFits, assertWords, open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { assertAccessible } from "./accessible.mjs";
import { EVENT } from "./server.mjs";

const plain = (name) => name.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D");

// Types into the box, waits for this person, opens the card.
async function openCard(page, typed, name) {
  await page.keyboard.press("Escape");
  await page.fill("#q", typed);
  await until(`${typed} is found`, async () => (await page.locator("#results li").allTextContents()).some((row) => row.includes(name)));
  await page.focus("#q");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#card .list-part");
}

// A button of the card by its words, pressed as a keyboard does.
async function press(page, name) {
  await page.getByRole("button", { name, exact: true }).focus();
  await page.keyboard.press("Enter");
}

// `text`: where another line of the kind may still stand there.
const told = (page, text = "") => until("what was done is told", async () => (await page.locator("#card > .badge-line.done").allTextContents()).some((line) => line.includes(text)));

export default async function deskList(browser, server, people) {
  await test("desk list: a walk-in by keyboard alone, on the list and in by the door within a few keys; the namesake is shown first", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}?lang=en`);
    await page.fill("#q", "Lý Thị Khách Mới");
    await until("nobody is told", () => page.isVisible("#empty"));
    await press(page, "Add somebody who is on no list");
    await page.waitForSelector(".list-form");
    assert.equal(await page.inputValue("#list-name"), "Lý Thị Khách Mới", "what was typed is the name");
    await page.fill("#list-title", "Khách mời");
    await picture(server, page, "desk-list-walk-in");
    await page.keyboard.press("Enter");
    await told(page);
    assert.ok((await page.textContent("#card h2")).includes("Lý Thị Khách Mới"));
    assert.ok((await until("it is said aloud", () => page.textContent("#say"))).includes("Lý Thị Khách Mới"));
    await page.locator("#card button.big").focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card .verdict[data-outcome=admitted]");
    await press(page, "Add somebody who is on no list");
    await page.fill("#list-name", "ly thi khach moi");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".list-form .trouble:not([hidden])");
    await picture(server, page, "desk-list-namesake");
    await press(page, "It is somebody else: add anyway");
    await told(page);
    await page.fill("#q", "ly thi khach moi");
    await until("both are found", async () => (await page.locator("#results li").count()) === 2);
    await page.context().close();
  });

  await test("desk list: a walk-in is chosen from the register while the name is typed, without accents, by keyboard alone; whoever is on the list is shown instead", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}?lang=en`);
    await press(page, "Add somebody who is on no list");
    await page.waitForSelector(".list-form");
    const { absent, chosen } = people.register;
    await page.keyboard.type(plain(chosen.name));
    await until("the register knows them", async () => (await page.locator("#list-name-picks li").allTextContents()).some((text) => text.includes(chosen.name) && text.includes(chosen.born.slice(0, 4))));
    assert.equal(await page.getAttribute("#list-name", "aria-expanded"), "true");
    assert.equal(await page.getAttribute("#list-name", "aria-activedescendant"), null, "nobody is chosen by itself");
    await picture(server, page, "desk-list-pick");
    await assertAccessible(page, "the register below a name");
    await page.keyboard.press("Enter"); // new, says Enter alone: but the name is in the register
    await page.waitForSelector(".list-form .trouble:not([hidden])");
    await page.keyboard.press("Escape");
    assert.ok(await page.isVisible(".list-form"), "Escape closes the list, not the form");
    await page.keyboard.press("Backspace");
    await until("asked again", async () => (await page.getAttribute("#list-name", "aria-expanded")) === "true");
    await page.keyboard.press("ArrowDown");
    assert.equal(await page.getAttribute("#list-name", "aria-activedescendant"), "list-name-picks-0");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".picked:not([hidden])");
    assert.ok((await until("it is said aloud", () => page.textContent("#say"))).includes(chosen.name));
    await picture(server, page, "desk-list-picked");
    await assertAccessible(page, "the register below a name");
    await page.keyboard.press("Enter");
    await told(page);
    assert.ok((await page.textContent("#card h2")).includes(chosen.name));
    await page.fill("#q", chosen.code);
    await until("found by the code of the register", async () => (await page.locator("#results li").allTextContents()).some((text) => text.includes(chosen.name)));
    await page.keyboard.press("Escape");
    await press(page, "Add somebody who is on no list");
    await page.fill("#list-name", plain(chosen.name));
    await until("they are on the list by now", async () => (await page.locator("#list-name-picks li").allTextContents()).some((text) => text.includes("on the list already")));
    await page.focus("#list-name");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await until("their card is shown", async () => (await page.locator("#card .list-form").count()) === 0 && ((await page.textContent("#card h2")) || "").includes(chosen.name));
    await openCard(page, people.spare[2].name, people.spare[2].name);
    await press(page, "Substitute…");
    await page.keyboard.type(plain(absent.name));
    await until("the register knows them", async () => (await page.locator("#list-name-picks li").count()) > 0);
    await page.locator("#list-name-picks li").first().click();
    await page.waitForSelector(".picked:not([hidden])");
    await press(page, "Somebody else");
    assert.ok(await page.isVisible("#list-name"), "and may be taken back");
    await page.context().close();
  });

  await test("desk list: a blank badge gets its name and lets in", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}?lang=en`);
    await openCard(page, people.blank.number, people.blank.number);
    await press(page, "Give this badge a name");
    await page.fill("#list-name", "Đỗ Văn Trống");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#card > .badge-line.done, .list-form .trouble:not([hidden])");
    if (await page.locator(".list-form .trouble:not([hidden])").count()) assert.fail(await page.textContent(".list-form .trouble"));
    assert.ok((await page.textContent("#card h2")).includes("Đỗ Văn Trống"));
    await page.context().close();
  });

  await test("desk list: absent with a reason, and not after all; a note; history", async () => {
    const page = await open(browser);
    await signIn(page, server, `/desk/${EVENT}?lang=en`);
    await openCard(page, people.spare[0].name, people.spare[0].name);
    await press(page, "Absent…");
    await page.fill("#list-reason", "Ốm");
    await page.keyboard.press("Enter");
    await told(page);
    assert.ok((await page.textContent(".list-part")).includes("Absent, excused. Ốm"));
    await press(page, "Not absent after all");
    await told(page, "Not absent after all");
    await press(page, "Note");
    await page.fill("#list-note", "Gọi chủ nhà");
    await page.keyboard.press("Enter");
    await until("the note stands on the card", async () => (await page.locator(".heed.note").count()) === 1 && (await page.textContent(".heed.note span")) === "Gọi chủ nhà");
    await picture(server, page, "desk-list-note");
    await press(page, "History");
    await page.waitForSelector(".history");
    const past = await page.locator(".history li").allTextContents();
    assert.equal(past.length, 3, past.join(" | "));
    await picture(server, page, "desk-list-history");
    await page.context().close();
  });

  await test("desk list: a substitute has the seat and the number; a wrong name is put right; two desks see each other, also while one types", async () => {
    const page = await open(browser);
    const other = await open(browser);
    await signIn(page, server, `/desk/${EVENT}?lang=en`);
    await signIn(other, server, `/desk/${EVENT}?lang=en`);
    await openCard(page, people.spare[1].name, people.spare[1].name);
    await openCard(other, people.spare[1].name, people.spare[1].name);
    await press(other, "Substitute…");
    await other.fill("#list-name", "Ai Khác");
    await press(page, "Substitute…");
    await page.fill("#list-name", "Vũ Thay Thế");
    await picture(server, page, "desk-list-substitute");
    await page.keyboard.press("Enter");
    await told(page);
    const card = await page.textContent("#card");
    assert.ok(card.includes("Vũ Thay Thế") && card.includes(people.spare[1].seat) && card.includes(people.spare[1].number), card);
    await other.waitForSelector("#card-news");
    assert.equal(await other.inputValue("#list-name"), "Ai Khác", "what is being typed stays");
    await other.keyboard.press("Enter");
    await other.waitForSelector(".list-form .trouble:not([hidden])");
    await picture(server, other, "desk-list-overtaken");
    await other.keyboard.press("Escape");
    await other.fill("#q", people.spare[1].name);
    await other.waitForSelector("#results li");
    await other.keyboard.press("Enter");
    await until("who stands for them", async () => (await other.textContent("#card")).includes("Vũ Thay Thế"));
    assert.equal(await other.locator("#card button.big").count(), 0, "nobody who was replaced is checked in by one key");
    await picture(server, other, "desk-list-replaced");
    await press(page, "Put right");
    await page.fill("#list-name", "Vũ Đúng Tên");
    await page.fill("#list-room", "512");
    await page.keyboard.press("Enter");
    await until("the name is right", async () => (await page.textContent("#card h2")).includes("Vũ Đúng Tên"));
    assert.ok((await page.textContent("#card .facts")).includes("512"));
    await page.context().close();
    await other.context().close();
  });

  for (const [width, height, language] of [[320, 640, "vi"], [320, 640, "ar"], [1280, 800, "ar"]]) {
    await test(`desk list: ${width} px, ${language}`, async () => {
      const page = await open(browser, { width, height });
      await signIn(page, server, `/desk/${EVENT}`);
      await page.goto(`${server.url}/desk/${EVENT}?lang=${language}`);
      await openCard(page, people.spare[2].name, people.spare[2].name);
      await assertFits(page);
      await assertWords(page);
      await picture(server, page, `desk-list-${width}-${language}-card`);
      const buttons = page.locator(".list-part button");
      for (const turn of [1, 3]) {
        await buttons.nth(turn).click();
        await page.waitForSelector(".list-form");
        await assertFits(page);
        await assertWords(page);
        await picture(server, page, `desk-list-${width}-${language}-form-${turn}`);
        await page.locator(".list-form button.quiet").last().click();
      }
      await page.context().close();
    });
  }
}

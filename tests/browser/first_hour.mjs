// A newcomer's first hour: an empty data folder, the first sign-in, the steps that the console shows, to the first printed badge and an open desk; with every mistake that
// newcomers make, by the keyboard, without a script, on a narrow phone, right to left.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { assert, test, until } from "./check.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { freePort, Server } from "./server.mjs";

const PASSWORD = "mật khẩu rất dài 19";

async function emptyServer(first) {
  const server = new Server(process.env.B || "build", "first_hour");
  server.folder = first.folder;
  server.data = `${first.folder}/empty`;
  rmSync(server.data, { recursive: true, force: true });
  mkdirSync(server.folder, { recursive: true });
  server.port = await freePort();
  server.url = `http://127.0.0.1:${server.port}`;
  await server.start();
  return server;
}

const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10);
const problem = (page) => page.locator("#problem").innerText();
const steps = async (page) => page.locator(".way > li").evaluateAll((all) => all.map((one) => one.className));
const press = (page, name = /Lưu|Tạo sự kiện|Thêm vào danh sách/) => Promise.all([page.waitForNavigation(), page.getByRole("button", { name }).first().click()]);
const looksRight = async (page, where) => { page.complaints = page.complaints.filter((one) => !/status of 4(00|09)/.test(one)); await assertFits(page); await assertWords(page); await assertAccessible(page, where); await assertCalm(page); };

export default async function firstHour(browser, sample) {
  const server = await emptyServer(sample);
  const page = await open(browser, { width: 320, height: 640 });
  page.setDefaultTimeout(20000);
  try {
    await test("first hour: an empty folder tells a first password once, and the first sign-in asks for one's own", async () => {
      await until("the password is told", () => /name admin\s+password \S+/.test(server.log));
      const told = server.log.match(/name admin\s+password (\S+)/)[1];
      await page.goto(`${server.url}/login?lang=vi`);
      await page.fill("#name", "admin");
      await page.fill("#password", told);
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/password/);
      await page.fill("#old", told);
      await page.fill("#new", PASSWORD);
      await page.fill("#again", PASSWORD);
      await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
      await page.goto(`${server.url}/admin`);
      assert.deepEqual(await steps(page), ["is-next", "is-later", "is-later", "is-later", "is-later"]);
      await picture(server, page, "first-hour-empty-320");
      await looksRight(page, "empty console");
    });

    await test("first hour: the organisation; without a name, then right; its step is ticked", async () => {
      await page.click(".way a[href='/admin/-/organization']");
      await press(page);
      assert.match(await problem(page), /Tên tổ chức.*Hãy điền vào đây/s);
      assert.equal(await page.evaluate(() => document.activeElement.id), "f-name_organization");
      await looksRight(page, "organisation, wrong");
      await page.fill("#f-name_organization", "Công đoàn Thử Nghiệm");
      await press(page);
      await page.goto(`${server.url}/admin`);
      assert.deepEqual((await steps(page)).slice(0, 2), ["is-done", "is-next"]);
    });

    await test("first hour: an event; empty title, end before start, a date that is none, going back, sent twice, two tabs", async () => {
      await page.click(".way a[href='/admin/-/new']");
      await looksRight(page, "new event");
      await page.fill("#f-starts_new", `${day(0)}T08:00`);
      await page.fill("#f-ends_new", `${day(1)}T17:00`);
      await press(page);
      assert.match(await problem(page), /Tên.*Hãy điền/s);
      assert.equal(await page.inputValue("#f-starts_new"), `${day(0)}T08:00`, "what was typed stays");
      await page.fill("#f-title_new", "Đại hội đầu tiên");
      await page.fill("#f-ends_new", `${day(-1)}T17:00`);
      await press(page);
      assert.match(await problem(page), /Kết thúc.*sau lúc bắt đầu/s);
      await picture(server, page, "first-hour-wrong-320");
      await looksRight(page, "new event, wrong");
      // a browser that knows no such field sends what somebody typed
      await page.evaluate(() => { const field = document.getElementById("f-starts_new"); field.type = "text"; field.value = "1/12/2026 8h"; });
      await page.fill("#f-ends_new", `${day(1)}T17:00`);
      await press(page);
      assert.match(await problem(page), /Bắt đầu.*ngày và giờ có thật/s);
      await page.fill("#f-starts_new", `${day(0)}T00:00`);
      await press(page);
      assert.match(page.url(), /\/admin\/dai-hoi-dau-tien\?done=made/);
      assert.match(await page.locator("[role=status]").first().innerText(), /Tiếp theo: danh sách/);
      await page.goto(`${server.url}/admin/-/new`);
      await page.goBack();

      await page.reload();
      // the same form in another tab, filled the same way
      const tab = await page.context().newPage();
      await tab.goto(`${server.url}/admin/-/new`);
      await tab.fill("#f-title_new", "Đại hội đầu tiên");
      await tab.fill("#f-starts_new", `${day(0)}T00:00`);
      await tab.fill("#f-ends_new", `${day(1)}T17:00`);
      await Promise.all([tab.waitForNavigation(), tab.getByRole("button", { name: "Tạo sự kiện" }).click()]);
      assert.match(tab.url(), /\/admin\/dai-hoi-dau-tien\?done=made/, "no second event");
      await tab.goto(`${server.url}/admin`);
      assert.equal(await tab.locator(".event-line").count(), 1);
      await tab.close();
    });

    await test("first hour: somebody in two tabs overwrites nothing; what was typed stays", async () => {
      const setup = `${server.url}/admin/dai-hoi-dau-tien/setup`;
      const other = await page.context().newPage();
      await page.goto(setup);
      await other.goto(setup);
      await other.fill("#f-venue_name_event", "Hội trường cũ");
      await press(other);
      await page.fill("#f-venue_name_event", "Hội trường mới");
      await press(page);
      assert.match(await problem(page), /có người khác đã sửa/);
      assert.equal(await page.inputValue("#f-venue_name_event"), "Hội trường mới");
      await looksRight(page, "setup, changed meanwhile");
      await other.close();
    });

    await test("first hour: one person, without a name, twice, a namesake; then the first badge", async () => {
      await page.goto(`${server.url}/admin`);
      await page.click(".way a[href='/admin/dai-hoi-dau-tien/delegates/new']");
      await press(page);
      assert.match(await problem(page), /tên/i);
      await page.fill("#name", "Nguyễn Thị Đầu Tiên");
      await press(page);
      await page.reload();
      await looksRight(page, "one person");
      await picture(server, page, "first-hour-person-320");
      const badge = await page.request.get(await page.locator(".news a").evaluate((link) => link.href));
      assert.equal(badge.status(), 200);
      assert.equal((await badge.body()).subarray(0, 5).toString(), "%PDF-", "the first badge is a PDF");
      await page.fill("#name", "Nguyễn Thị Đầu Tiên");
      await press(page);
      assert.match(await problem(page), /Đã có đại biểu cùng tên/);
      assert.equal(await page.locator("[name=anyway]").count(), 1, "it may be somebody else");
      await looksRight(page, "a namesake");
      await page.goto(`${server.url}/admin`);
      assert.deepEqual(await steps(page), ["is-done", "is-done", "is-done", "is-done", "is-next"]);
    });

    await test("first hour: an office's list: none chosen, a file of another kind, then the real one; columns, units, a wrong row; agreed, taken back, agreed again", async () => {
      const lists = `${server.url}/admin/dai-hoi-dau-tien/import`;
      const button = (name) => Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).first().click()]);
      const give = async (name) => { await page.goto(lists); await page.setInputFiles("#file", `tests/fixtures/lists/${name}`); await button("Xem thử tệp"); };
      const count = async (kind) => Number(await page.locator(`.counts .kind-${kind} bdi`).textContent());
      const people = () => Number(execFileSync("python3", ["-c", "import sqlite3,sys; print(sqlite3.connect(sys.argv[1], timeout=20).execute('SELECT COUNT(*) FROM delegate').fetchone()[0])", `${server.data}/plenum.db`]));
      const columns = async () => { if (!await page.locator("#columns details").evaluate((d) => d.open)) await page.locator("#columns summary").click(); };
      await page.goto(lists);
      await page.getByRole("button", { name: "Xem thử tệp" }).click();
      assert.equal(page.url(), lists, "the browser itself asks for a file");
      await give("html-renamed.xlsx");
      assert.match(await page.locator("[role=alert]").innerText(), /trang web/);
      await picture(server, page, "first-hour-list-html-320");
      await looksRight(page, "a page of the web for a list");
      await button("Bỏ tệp này");
      await give("office-congress.xlsx");
      assert.equal(await count("wrong"), 5, "nobody knows its units yet");
      await picture(server, page, "first-hour-list-320");
      await looksRight(page, "a list");
      await columns();
      await page.getByLabel("Tạo các đơn vị chưa có").check();
      await page.getByLabel("Sửa tên viết toàn chữ hoa").check();
      await page.selectOption("#category", { index: 1 });
      await button("Xem lại");
      assert.deepEqual([await count("wrong"), await count("new")], [1, 4]);
      assert.match(await page.locator("#rows .kind-wrong").innerText(), /D12.*31\/04\/1980/s, "the cell and why");
      assert.match(await page.locator("#rows .kind-new").first().innerText(), /Nguyễn Văn Lâm/, "a name put right");
      await picture(server, page, "first-hour-list-units-320");
      await button("Đồng ý và nhập");
      assert.match(await page.locator("[role=alert]").innerText(), /sai/);
      assert.equal(people(), 1, "nothing is written before");
      await page.getByLabel("Nhập các dòng khác, bỏ các dòng sai").check();
      await button("Đồng ý và nhập");
      assert.match(await page.locator("[role=status]").first().innerText(), /Đã nhập/);
      assert.equal(people(), 5);
      await looksRight(page, "lists that were taken in");
      await button("Hoàn tác 1");
      assert.equal(people(), 1, "one press takes it back");
      await give("office-congress.xlsx");
      await columns();
      await page.getByLabel("Tạo các đơn vị chưa có").check();
      await page.selectOption("#category", { index: 1 });
      await button("Xem lại");
      await picture(server, page, "first-hour-list-again-320");
      await page.getByLabel("Nhập các dòng khác, bỏ các dòng sai").check();
      await button("Đồng ý và nhập");
      assert.equal(people(), 5, "and the same list can be given again");
    });

    await test("first hour: the rooms of an event by the keyboard, without a script, narrow and right to left", async () => {
      const plain = await open(browser, { width: 320, height: 640, javaScriptEnabled: false });
      await plain.context().addCookies(await page.context().cookies());
      for (const language of ["vi", "ar"]) {
        for (const room of ["setup", "programme", "gates", "categories", "close"]) {
          await plain.goto(`${server.url}/admin/dai-hoi-dau-tien/${room}?lang=${language}`);
          await assertFits(plain);
        }
      }
      await plain.goto(`${server.url}/admin/dai-hoi-dau-tien/programme?lang=vi`);
      await plain.focus("#f-title_session");
      await plain.keyboard.type("Phiên khai mạc");
      await plain.fill("#f-starts_session", `${day(0)}T08:00`);
      await plain.fill("#f-ends_session", `${day(0)}T11:00`);
      await plain.focus("#f-room_session");
      await Promise.all([plain.waitForNavigation(), plain.keyboard.press("Enter")]);
      assert.match(await plain.locator("#session-phien-khai-mac").innerText(), /Phiên khai mạc/);
      await plain.context().close();
      for (const room of ["setup", "programme", "gates?list=gate&edit=main", "categories?list=category&remove=press", "close"]) {
        await page.goto(`${server.url}/admin/dai-hoi-dau-tien/${room}`);
        await looksRight(page, room);
      }
      await page.goto(`${server.url}/admin/dai-hoi-dau-tien/gates?lang=ar`);
      await looksRight(page, "gates, right to left");
      await page.goto(`${server.url}/admin/dai-hoi-dau-tien?lang=vi`);
      await picture(server, page, "first-hour-console-320");
      await looksRight(page, "console of an event");
      await page.goto(`${server.url}/desk/dai-hoi-dau-tien`);
      await assertFits(page);
    });
  } finally {
    await page.context().close();
    await server.stop();
  }
}

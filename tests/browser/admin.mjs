// The console's pages that belong to no event: accounts, the audit log, devices, backups, purge.
import { readFileSync } from "node:fs";
import { assert, test } from "./check.mjs";
import { assertCalm, assertFits, assertWords, open, picture } from "./browser.mjs";
import { assertAccessible } from "./accessible.mjs";
import { signIn } from "./public.mjs";
import { EVENT } from "./server.mjs";

const PAGES = [["accounts", "/admin/-/accounts"], ["account", "/account"], ["audit", "/admin/-/audit"], ["devices", "/admin/-/devices"], ["backup", "/admin/-/backup"], ["purge", `/admin/${EVENT}/purge`],
  ["register", "/admin/-/register?q=nguyen"], ["unit", "/admin/-/register/units/HT-01?missing=phone&from=1999-01-01&until=2099-01-01"], ["person", "/admin/-/register/people/P0001"],
  ["person-edit", "/admin/-/register/people/P0001/edit"], ["merge", "/admin/-/register/merge?kept=P0001&gone=P0002"]];

export default async function admin(browser, server) {
  let state;

  await test("admin: an account is made with the form, its password shown once; its page says how it signed in", async () => {
    const page = await open(browser);
    await signIn(page, server, "/admin/-/accounts");
    await page.getByLabel("Tên đăng nhập").fill("Bàn số 1");
    await page.getByLabel("Vai trò").selectOption("desk");
    await page.getByRole("button", { name: "Tạo tài khoản" }).click();
    const made = await page.locator("#made").textContent();
    assert.match(made, /^\w{4}(-\w{4}){3}$/);
    await picture(server, page, "admin-made");
    await page.getByRole("link", { name: "Bàn số 1" }).click();
    await page.getByText("Chưa có gì.").waitFor();
    await page.getByText("Giao vai trò").first().click();
    await page.getByLabel("Vai trò").selectOption("organiser");
    await page.getByLabel("Đến hết ngày").fill("2099-01-02");
    await page.getByRole("button", { name: "Giao vai trò" }).click();
    await page.getByText("Đã giao vai trò.").waitFor();
    assert.ok((await page.locator(".roles li").count()) === 2);
    await assertAccessible(page);
    await assertCalm(page);
    await picture(server, page, "admin-account");
    state = await page.context().storageState();
    await page.context().close();
  });

  await test("admin: what is sensitive of a person is shown after a press only", async () => {
    const page = await open(browser, { storageState: state });
    await page.goto(`${server.url}/admin/-/register/people/P0001`);
    const values = page.locator("#values");
    assert.match(await values.textContent(), /được giấu/);
    await page.getByRole("button", { name: "Hiện thông tin nhạy cảm" }).click();
    await page.getByText("Thông tin nhạy cảm đang hiện.").waitFor();
    assert.doesNotMatch(await values.textContent(), /được giấu/);
    await assertAccessible(page);
    await picture(server, page, "admin-person-shown");
    await page.context().close();
  });

  await test("admin: a backup is made while the page looks on, taken along, brought back in pieces, and prepared", async () => {
    const page = await open(browser, { storageState: state });
    await page.goto(`${server.url}/admin/-/backup`);
    await page.getByRole("button", { name: "Sao lưu ngay" }).click();
    await page.getByText("Đã sao lưu:").waitFor({ timeout: 60000 });
    const [coming] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Tải về" }).click()]);
    await page.locator("#file").setInputFiles({ name: "từ máy kia.tar.gz", mimeType: "application/gzip", buffer: readFileSync(await coming.path()) });
    await page.getByRole("button", { name: "Đưa lên" }).click();
    await page.getByText("Bản sao lưu đã ở đây.").waitFor();
    const one = page.locator(".entries > li").filter({ hasText: "tải lên" });
    await one.getByText("Khôi phục từ bản này…").click();
    await one.getByRole("button", { name: "Mở và kiểm tra" }).click();
    await page.getByRole("heading", { name: "Sẵn sàng khôi phục" }).waitFor({ timeout: 60000 });
    await assertAccessible(page);
    await picture(server, page, "admin-backup-prepared");
    await page.context().close();
  });

  await test("admin: every page at 320 px and 1280 px, four languages, without JavaScript; axe finds nothing", async () => {
    for (const [name, at] of PAGES) {
      for (const [width, language] of [[320, "ar"], [1280, "vi"], [320, "pt"], [1280, "en"]]) {
        const page = await open(browser, { width, height: 800, storageState: state });
        const answer = await page.goto(`${server.url}${at}${at.includes("?") ? "&" : "?"}lang=${language}`);
        assert.equal(answer.status(), 200);
        await assertFits(page);
        await assertWords(page);
        if (width === 320) await assertAccessible(page);
        await picture(server, page, `admin-${name}-${width}-${language}`);
        await page.context().close();
      }
    }
  });

  await test("admin: a restore brings whoever asked to the page to sign in, when the server is back", async () => {
    const page = await open(browser, { storageState: state });
    await page.goto(`${server.url}/admin/-/backup?lang=en`);
    await page.getByLabel("To restore, type this word").fill("restore");
    await page.getByRole("button", { name: "Restore now" }).click();
    await page.getByRole("heading", { name: "Restoring" }).waitFor();
    await page.waitForURL(/\/login\?next=/, { timeout: 60000 });
    await signIn(page, server, "/admin/-/backup");
    await page.getByRole("button", { name: "Go back to this state now" }).first().waitFor(); // a run before left one too
    await assertAccessible(page);
    await picture(server, page, "admin-backup-restored");
    await page.context().close();
  });
}

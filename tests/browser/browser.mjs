// Chromium, and what is asked of every page: nothing on the console, nothing against the policy, no sideways scrolling.
import { chromium } from "playwright-core";
import path from "node:path";
import { assert, keepContext } from "./check.mjs";

export const WIDTHS = [[320, 640], [1280, 800], [1920, 1080]];

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

export async function open(browser, { width = 1280, height = 800, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale: "vi-VN", timezoneId: "Asia/Ho_Chi_Minh", ...options });
  keepContext(context);
  const page = await context.newPage();
  page.complaints = [];
  page.on("console", (message) => { if (message.type() === "error" || /Content Security Policy/i.test(message.text())) page.complaints.push(message.text()); });
  page.on("pageerror", (error) => page.complaints.push(String(error)));
  page.on("requestfailed", (request) => { if (request.failure()?.errorText === "csp") page.complaints.push(`policy: ${request.url()}`); });
  page.on("request", (request) => { if (!/^((blob:)?http:\/\/127\.0\.0\.1|data:)/.test(request.url())) page.complaints.push(`a foreign address: ${request.url()}`); });
  return page;
}

export async function assertCalm(page) {
  assert.deepEqual(page.complaints, [], "console errors or policy violations");
}

export async function assertFits(page) {
  const size = await page.evaluate(() => ({ content: document.documentElement.scrollWidth, window: window.innerWidth }));
  assert.ok(size.content <= size.window, `the page is ${size.content} px wide in a window of ${size.window}`);
}

export async function assertNoScroll(page) {
  await assertFits(page);
  const size = await page.evaluate(() => ({ content: document.documentElement.scrollHeight, window: window.innerHeight }));
  assert.ok(size.content <= size.window, `the page is ${size.content} px high in a window of ${size.window}`);
}

// Nothing that a template or the words forgot.
export async function assertWords(page) {
  const text = await page.evaluate(() => document.body.innerText);
  assert.ok(!/\{\{|\}\}|undefined|\[object|NaN/.test(text), `odd text on the page: ${text.match(/.{0,30}(\{\{|\}\}|undefined|\[object|NaN).{0,30}/)?.[0]}`);
}

export const picture = (server, page, name, fullPage = true) => page.screenshot({ path: path.join(server.folder, `${name}.png`), fullPage });

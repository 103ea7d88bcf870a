// The wall before a scripted line: the real page, styles, scripts and headers of the real server, and in place of its stream what a test wants to be told.
import http from "node:http";
import net from "node:net";
import { deflateSync } from "node:zlib";
import { signIn } from "./public.mjs";
import { open } from "./browser.mjs";
import { EVENT } from "./server.mjs";
import { until } from "./check.mjs";

export const SIZES = [[1024, 768], [1280, 720], [1920, 960], [1920, 1080], [3840, 1080], [1080, 1920]];
const FIRST_BOOT = "0192f0c000007000";

// Grey pictures are enough; a broken one is no picture at all.
function png(width, height, grey) {
  const crcTable = Array.from({ length: 256 }, (_, n) => { let c = n; for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1; return c >>> 0; });
  const crc = (bytes) => { let c = 0xffffffff; for (const one of bytes) c = crcTable[(c ^ one) & 255] ^ (c >>> 8); return (c ^ 0xffffffff) >>> 0; };
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [size, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc(body));
    return Buffer.concat([size, body, sum]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  const rows = Buffer.alloc((width + 1) * height, grey);
  for (let y = 0; y < height; y++) rows[y * (width + 1)] = 0;
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

const FILES = {
  "/fake/light.png": ["image/png", () => png(1600, 900, 200)],
  "/fake/dark.png": ["image/png", () => png(900, 1200, 60)],
  "/fake/emblem.png": ["image/png", () => png(300, 300, 120)],
  "/fake/broken.png": ["image/png", () => Buffer.from("this is no picture")],
  "/fake/text.html": ["text/html; charset=utf-8", () => Buffer.from("<h2>Nhiệm kỳ 2021 – 2026</h2><ul><li>1.250 mái ấm công đoàn</li><li>48 lớp học ban đêm cho công nhân các khu công nghiệp</li><li>3 nhà trẻ mới</li></ul><p>Hơn bảy vạn đoàn viên, một mái nhà chung.</p>")],
};

// A wire between wall and server that a test can cut: nothing comes through any more, and nobody is told, as when a switch loses its power. Or pulled: refused at once.
export class Wire {
  constructor(server) { this.server = server; this.dead = false; this.pairs = new Set(); }

  async start() {
    this.tcp = net.createServer((near) => {
      const far = net.connect(this.server.port, "127.0.0.1");
      const pair = { near, far };
      this.pairs.add(pair);
      const gone = () => { near.destroy(); far.destroy(); this.pairs.delete(pair); };
      near.on("data", (bytes) => { if (!this.dead) far.write(bytes); });
      far.on("data", (bytes) => { if (!this.dead) near.write(bytes); });
      for (const one of [near, far]) one.on("close", () => { if (!this.dead) gone(); }).on("error", () => { if (!this.dead) gone(); });
    });
    await new Promise((done) => this.tcp.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${this.tcp.address().port}`;
    return this;
  }

  cut() { this.dead = true; }

  mend() {
    this.dead = false;
    for (const { near, far } of this.pairs) { near.destroy(); far.destroy(); }
    this.pairs.clear();
  }

  async stop() { this.mend(); await new Promise((done) => this.tcp.close(done)); }
}

export class Line {
  constructor(server) { this.server = server; this.streams = new Set(); this.seq = 0; this.picture = null; this.colour = null; this.opened = 0; this.boot = FIRST_BOOT; }

  async start() {
    this.http = http.createServer((asked, answer) => this.answer(asked, answer));
    await new Promise((done) => this.http.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${this.http.address().port}`;
    return this;
  }

  answer(asked, answer) {
    const file = FILES[asked.url.split("?")[0]];
    if (file) { answer.writeHead(200, { "Content-Type": file[0], "Cache-Control": "max-age=60" }); answer.end(file[1]()); return; }
    if (asked.url.includes("/live?for=wall")) { this.stream(answer); return; }
    if (this.colour && asked.url.includes("theme.css")) { answer.writeHead(200, { "Content-Type": "text/css" }); answer.end(this.colour); return; }
    const headers = { ...asked.headers, host: `127.0.0.1:${this.server.port}` };
    if (this.build && asked.url.startsWith("/display/")) headers["accept-encoding"] = "identity";
    const onward = http.request({ host: "127.0.0.1", port: this.server.port, path: asked.url, method: asked.method, headers }, (came) => this.pass(asked, came, answer));
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  }

  // `build`: the server has other pages since then.
  pass(asked, came, answer) {
    if (!this.build || !asked.url.startsWith("/display/")) { answer.writeHead(came.statusCode, came.headers); came.pipe(answer); return; }
    const parts = [];
    came.on("data", (part) => parts.push(part));
    came.on("end", () => {
      const page = Buffer.concat(parts).toString().replace(/\/assets\/[^/"]+\//g, `/assets/${this.build}/`);
      const { "content-length": ignored, ...headers } = came.headers;
      answer.writeHead(came.statusCode, headers);
      answer.end(page);
    });
  }

  stream(answer) {
    if (this.full) { answer.writeHead(this.full, { "Retry-After": "10" }); answer.end(); return; } // 503, 429: no place for another screen
    if (this.refuse) { answer.writeHead(401); answer.end(); return; }
    answer.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    answer.write("retry: 1000\n\n");
    this.opened++;
    this.streams.add(answer);
    answer.on("close", () => this.streams.delete(answer));
    if (this.picture) answer.write(this.frame("snapshot", this.picture));
  }

  frame(name, data) { return `id: ${this.boot}-${++this.seq}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`; }

  send(name, data) {
    if (name === "snapshot") this.picture = data;
    const frame = this.frame(name, data);
    for (const stream of this.streams) stream.write(frame);
  }

  // A wall that is signed in, before this line.
  async wall(browser, { width = 1920, height = 1080, query = "", ...options } = {}) {
    if (!this.state) {
      const page = await open(browser);
      await signIn(page, this.server, `/admin/${EVENT}`);
      this.state = await page.context().storageState();
      await page.context().close();
    }
    const page = await open(browser, { width, height, storageState: this.state, ...options });
    page.at = (more = query) => page.goto(`${this.url}/display/${EVENT}${more}`);
    await page.at();
    return page;
  }

  async stop() {
    for (const stream of this.streams) stream.destroy();
    this.http.closeAllConnections?.();
    await new Promise((done) => this.http.close(done));
  }
}

// A scene hung by hand by the organiser who is signed in on `page`: what the programme would show depends on the hour.
export const hang = (page, scene, event = EVENT) => page.evaluate(async ([slug, name]) => {
  const html = await (await fetch(`/admin/${slug}/wall`)).text();
  const form = new DOMParser().parseFromString(html, "text/html");
  const value = (field) => form.querySelector(`[name=${field}]`).value;
  const fields = new URLSearchParams({ csrf: value("csrf"), request: value("request"), wall: "0", ...(name === "message" ? { do: "message", text_vi: "Nghỉ 15 phút" } : { do: "scene", scene: name }) });
  return (await fetch(`/admin/${slug}/wall`, { method: "POST", body: fields })).status;
}, [event, scene]);

export const shows = (page, scene) => until(`the scene ${scene}`, async () => (await page.getAttribute("#wall", "data-scene")) === scene, 30000);
export const painted = (page) => page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))));

const iso = (time) => new Date(time).toISOString();
const LONG_NAME = (i) => `Công đoàn các Khu công nghiệp và Khu chế xuất Hương Tràm số ${i}`;
const ARABIC = (i) => (i % 3 ? `نقابة الحي ${i}` : `نقابة المناطق الصناعية ومناطق تجهيز الصادرات في هوونغ ترام رقم ${i}`);

// Everything that a wall may be told, at once: `count` delegations, `present` people.
export function everything({ count = 40, present = 287, now = Date.now(), reached = true, scene = "attendance", text = null, news = true, urgent = false, quiet = false } = {}) {
  const expected = Math.round(present * 1.1) + 3;
  const session = (code, hours, vi, ar) => ({ code, title: { vi, en: `Session ${code}`, ar }, room: "Hội trường lớn, tầng 1", starts: iso(now + hours * 3600e3), ends: iso(now + (hours + 2) * 3600e3 - 600e3) });
  const minutes = Array.from({ length: 110 }, (_, i) => Math.round(present / 80 * Math.exp(-((i - 60) ** 2) / 700)));
  return {
    as_of: iso(now), expected, attended: present, present, timezone: "Asia/Ho_Chi_Minh",
    title: { vi: "Đại hội Công đoàn ngành Giao thông – Xây dựng và Dịch vụ công ích đô thị lần thứ XIX, nhiệm kỳ 2026 – 2031", en: "19th Congress", ar: "المؤتمر التاسع عشر لنقابات النقل والبناء والخدمات العامة" },
    absent: { total: expected - present, excused: 7, unexcused: expected - present - 7 }, substitutes: 2, by_group: 11,
    quorum: { session: "b", eligible: expected, required: Math.ceil(expected * 2 / 3), present: reached ? present : Math.floor(expected / 2), reached, since: reached ? iso(now - 50 * 60e3) : null },
    quorums: ["a", "b", "c"].map((code, i) => ({ session: code, required: Math.ceil(expected * 2 / 3), eligible: expected, present, reached: i < 2, since: i < 2 ? iso(now - (200 - i * 150) * 60e3) : null, lost: null, periods: [] })),
    arrivals: quiet ? undefined : { per_minute: 12, first: iso(now - 110 * 60e3), last: iso(now), from: iso(now - 110 * 60e3), minutes },
    fixed: [{ id: "f", at: iso(now - 40 * 60e3), label: "Khai mạc", expected, attended: present - 3, present: present - 3 }],
    delegations: Array.from({ length: count }, (_, i) => ({ code: `U${i}`, name: { vi: i % 3 ? `Công đoàn phường ${i}` : LONG_NAME(i), ar: ARABIC(i) }, expected: 12 + i, attended: 12, present: i % 4 ? 12 + i + (i % 5 ? 0 : 2) : i })),
    programme: [session("a", -3.2, "Phiên trù bị", "الجلسة التحضيرية"), session("b", -1, "Phiên toàn thể: báo cáo kết quả thảo luận, tham luận về tiền lương, nhà ở và nhà trẻ cho con công nhân các khu công nghiệp", "جلسة عامة: تقارير المجموعات؛ الأجور والسكن ورعاية أطفال العاملات"), session("c", 1.2, "Thảo luận và biểu quyết dự thảo Nghị quyết", "مناقشة مشروع القرار والتصويت عليه"), session("d", 3.2, "Phiên bế mạc", "الجلسة الختامية")],
    announcements: [...(news ? [{ text: { vi: "Xe đón đại biểu về khách sạn rời cổng chính lúc 17 giờ 15; đại biểu đi xe số 4 và số 5 tập trung tại sảnh tiệc Hoa Tràm.", ar: "تغادر الحافلات إلى الفندق من البوابة الرئيسية في الساعة 17:15" }, urgent: false }] : []),
      ...(urgent ? [{ text: { vi: "Xin rời hội trường theo cửa phía bắc, đi chậm và giúp đỡ người bên cạnh.", ar: "يُرجى مغادرة القاعة من الباب الشمالي" }, urgent: true }] : [])],
    slides: { version: 1, list: [{ id: "1", kind: "picture", url: "/fake/light.png", width: 1600, height: 900, caption: { vi: "1.250 mái ấm công đoàn trong nhiệm kỳ", ar: "1250 بيتاً للعمال" }, seconds: 600 }] },
    welcome: { text: { vi: "Chào mừng quý đại biểu về dự Đại hội!", en: "Welcome to the Congress!", ar: "أهلاً بكم في المؤتمر!" }, picture: null, emblem: "/fake/emblem.png" },
    scene: { all: { name: scene, by: "hand", since: iso(now), text, session: null }, walls: {} },
  };
}

// A wall without a line: what it hears is said by `tell`, at once, so that a test waits for nothing.
export async function deafWall(browser, server, state, { query = "", clock = false, ...options } = {}) {
  const page = await open(browser, { width: 1920, height: 1080, storageState: state, ...options });
  if (clock) await page.clock.install();
  await page.addInitScript(() => {
    window.lines = [];
    window.EventSource = class extends EventTarget {
      constructor() { super(); window.lines.push(this); setTimeout(() => this.onopen?.(), 0); }
      close() {}
      say(name, data) { this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(data), lastEventId: "boot-1" })); }
    };
  });
  page.fakes = (route) => route.fulfill({ contentType: FILES[new URL(route.request().url()).pathname][0], body: FILES[new URL(route.request().url()).pathname][1]() });
  await page.route("**/fake/**", page.fakes);
  await page.route("**/api/v1/events/*/stats", (route) => route.fulfill({ contentType: "application/json", body: "{}" })); // the server's time is not the test's
  page.at = async (more) => { await page.goto(`${server.url}/display/${EVENT}${more}`); await page.waitForFunction(() => window.lines.length > 0); };
  await page.at(query);
  return page;
}

export const tell = (page, data, name = "snapshot") => page.evaluate(([one, two]) => { window.lines.at(-1).say(one, two); }, [name, data]);

export async function signedIn(browser, server) {
  const page = await open(browser);
  await signIn(page, server, `/admin/${EVENT}`);
  const state = await page.context().storageState();
  await page.context().close();
  return state;
}

// What is wrong with the picture as it stands: scroll bars, things outside or on each other, texts that are cut, letters too small for 20 m, contrast below 4.5.
export const faults = (page, { margin = 0 } = {}) => page.evaluate((inset) => {
  const wrong = [];
  const root = document.scrollingElement;
  const frame = document.getElementById("frame").getBoundingClientRect();
  const smaller = Math.min(frame.width, frame.height);
  const fixed = document.documentElement.classList.contains("mixer");
  if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) if (!fixed) wrong.push(`scroll bars: ${root.scrollWidth}×${root.scrollHeight}`);
  const name = (e) => `${e.tagName.toLowerCase()}${e.id ? `#${e.id}` : ""}.${String(e.className.baseVal ?? e.className).split(" ").join(".")} "${e.textContent.trim().slice(0, 30)}"`;
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: false }) && e.getBoundingClientRect().width > 0;
  const brush = document.createElement("canvas").getContext("2d");
  const capitals = new Map(); // of each face, at 200 px: asked for by hundreds of cells
  const capital = (style) => {
    const face = `${style.fontWeight} 200px ${style.fontFamily}`;
    if (!capitals.has(face)) { brush.font = face; capitals.set(face, brush.measureText("H").actualBoundingBoxAscent / 200); }
    return capitals.get(face) * parseFloat(style.fontSize);
  };
  const light = (part) => { const v = part / 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const luminance = ([r, g, b]) => 0.2126 * light(r) + 0.7152 * light(g) + 0.0722 * light(b);
  const colour = (text) => { const parts = text.match(/[\d.]+/g).map(Number); return parts.length > 3 && parts[3] === 0 ? null : parts; };
  const contrast = (a, b) => { const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x); return (high + 0.05) / (low + 0.05); };
  const ground = (e) => { for (let one = e; one; one = one.parentElement) { const found = colour(getComputedStyle(one).backgroundColor); if (found) return found; } return [255, 255, 255]; };
  const carries = (e) => e.closest(".w-number, .w-quorum, .q-state, .w-of b, .w-share, .p-title, .m-box, .h-text, .h-title, .w-clock, figcaption");
  const blocks = [];
  for (const e of document.querySelectorAll("#wall *")) {
    if (e.closest("svg") && e.tagName !== "svg") continue;
    if (!seen(e)) continue;
    const box = e.getBoundingClientRect();
    if (box.left < frame.left + inset - 1 || box.top < frame.top + inset - 1 || box.right > frame.right - inset + 1 || box.bottom > frame.bottom - inset + 1) wrong.push(`outside: ${name(e)}`);
    const style = getComputedStyle(e);
    if (style.overflowY !== "visible" && !e.matches(".w-arrivals, img, svg, .w-number") && (e.scrollHeight > e.clientHeight + 2 || e.scrollWidth > e.clientWidth + 2)) wrong.push(`cut: ${name(e)} ${e.scrollWidth}×${e.scrollHeight} in ${e.clientWidth}×${e.clientHeight}`);
    const words = [...e.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!words) continue;
    const size = capital(style) / smaller;
    if (carries(e) && size < 0.0295) wrong.push(`too small to carry: ${name(e)} ${(size * 100).toFixed(2)} %`);
    if (size < (e.closest(".w-delegations") ? 0.0195 : 0.0095)) wrong.push(`too small: ${name(e)} ${(size * 100).toFixed(2)} %`);
    const ratio = contrast(colour(style.color), ground(e));
    if (ratio < 4.5) wrong.push(`contrast ${ratio.toFixed(2)}: ${name(e)}`);
    let block = e;
    while (getComputedStyle(block).display.startsWith("inline")) block = block.parentElement;
    if (!blocks.includes(block)) blocks.push(block);
  }
  for (const e of document.querySelectorAll(".w-delegations .n")) {
    if (!seen(e)) continue;
    const [words, count] = [document.createRange(), e.querySelector(".c").getBoundingClientRect()];
    words.selectNodeContents(e.firstChild);
    for (const line of words.getClientRects()) if (Math.min(line.right, count.right) - Math.max(line.left, count.left) > 1 && Math.min(line.bottom, count.bottom) - Math.max(line.top, count.top) > line.height / 2) wrong.push(`its count lies on ${name(e)}`);
  }
  for (const text of document.querySelectorAll(".w-number > p")) {
    if (!seen(text)) continue;
    const [inside, box] = [text.getBoundingClientRect(), text.parentElement.getBoundingClientRect()];
    if (inside.width > box.width + 1 || inside.height > box.height + 1) wrong.push(`the number does not fit: ${name(text)}`);
  }
  const boxes = blocks.map((one) => one.getBoundingClientRect());
  for (let i = 0; i < blocks.length; i++) for (let k = i + 1; k < blocks.length; k++) {
    const [a, b] = [boxes[i], boxes[k]];
    if (Math.min(a.right, b.right) - Math.max(a.left, b.left) <= 2 || Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) <= 2) continue;
    if (!blocks[i].contains(blocks[k]) && !blocks[k].contains(blocks[i])) wrong.push(`${name(blocks[i])} lies on ${name(blocks[k])}`);
  }
  for (const rect of document.querySelectorAll("rect.part, .w-curve .line")) {
    if (!seen(rect)) continue;
    const back = rect.matches("rect") ? [223, 228, 234] : ground(rect);
    const ratio = contrast(colour(rect.matches("rect") ? getComputedStyle(rect).fill : getComputedStyle(rect).stroke), back);
    if (ratio < 3) wrong.push(`contrast of a shape ${ratio.toFixed(2)}: ${name(rect)}`);
  }
  return [...new Set(wrong)];
}, margin);

// How much of the picture's height the one number's figures have.
export const numberShare = (page, id) => page.evaluate((one) => {
  const style = getComputedStyle(document.getElementById(one));
  const brush = document.createElement("canvas").getContext("2d");
  brush.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return brush.measureText("0").actualBoundingBoxAscent / document.getElementById("frame").getBoundingClientRect().height;
}, id);

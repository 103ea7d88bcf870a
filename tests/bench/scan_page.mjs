// How long the scan page takes to read a sharp frame (1280 × 720, badges as printed, upright and turned), from the frame in the page to the text in the page, and the
// same frames through our own scanner and zbarimg, as programs. Nothing here fails on a time; it does on a frame that is not read.
//     B=build FRAMES=60 node tests/bench/scan_page.mjs
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { launch, open } from "../browser/browser.mjs";
import { EVENT, PASSWORD, Server, USER, sample } from "../browser/server.mjs";

const FRAMES = Number(process.env.FRAMES || 60);
const server = new Server(process.env.B || "build", "bench-scan");
const folder = path.join(server.folder, "frames");
const at = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
const line = (name, values, found) => console.log(`${name.padEnd(52)} median ${at(values, 0.5).toFixed(1).padStart(7)} ms   p95 ${at(values, 0.95).toFixed(1).padStart(7)} ms   read ${found} of ${FRAMES}`);

function makeFrames() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const codes = sample.events.find((one) => one.slug === EVENT).delegates.filter((one) => one.person).slice(0, 12).map((one) => one.person);
  server.run("plenum-badges", "--data", server.data, "--event", EVENT, "--only", codes.join(","), "--public-url", "http://192.168.1.10:8080", "--layout", "a6", "-o", path.join(folder, "badges.pdf"));
  execFileSync("pdftoppm", ["-r", "200", "-png", path.join(folder, "badges.pdf"), path.join(folder, "page")]);
  const all = readdirSync(folder).filter((one) => one.startsWith("page")).map((one) => path.join(folder, one));
  const pages = all.filter((one) => server.run("plenum-scanner", "decode", one).includes("/D/")); // fronts
  for (let i = 0; i < FRAMES; i++) { // at arm's length and nearer, upright to half a turn
    const height = [720, 640, 560, 900][i % 4];
    const turn = (Math.floor(i / 4) * 23) % 360;
    execFileSync("ffmpeg", ["-y", "-loglevel", "error", "-i", pages[i % pages.length], "-vf", `scale=-2:${height},crop=iw:min(ih\\,720):0:ih-oh,rotate=${turn}*PI/180:ow=rotw(${turn}*PI/180):oh=roth(${turn}*PI/180):c=gray,scale=w='min(iw,1280)':h='min(ih,720)':force_original_aspect_ratio=decrease,pad=1280:720:(ow-iw)/2:(oh-ih)/2:gray`, path.join(folder, `frame-${String(i).padStart(3, "0")}.png`)]);
  }
  return readdirSync(folder).filter((one) => one.startsWith("frame")).sort().map((one) => path.join(folder, one));
}

function asProgram(program, args, good) {
  const begun = performance.now();
  const out = execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return { ms: performance.now() - begun, read: good(out) };
}

await server.make();
const frames = makeFrames();
const browser = await launch();
let bad = 0;
try {
  const page = await open(browser);
  await page.goto(`${server.url}/login?next=/scan/${EVENT}`);
  await page.fill('input[name="name"]', USER);
  await page.fill('input[name="password"]', PASSWORD);
  await Promise.all([page.waitForURL(/\/scan\//), page.press('input[name="password"]', "Enter")]);
  await page.waitForSelector("#setup:not([hidden])");
  console.log(`# ${browser.version()}, ${FRAMES} frames`);
  await page.evaluate(async () => {
    const script = document.querySelector('script[type="module"]').src;
    const { Reader } = await import(new URL("reader.js", script).href);
    globalThis.reader = new Reader(`${location.pathname}/reader.js?build=${new URL(script).pathname.split("/")[2]}`);
    await globalThis.reader.ready;
  });
  const first = [];
  let found = 0;
  let turns = 0;
  for (let i = -3; i < frames.length; i++) { // three to warm up
    const picture = readFileSync(frames[Math.max(0, i)]).toString("base64");
    const seen = await page.evaluate(async (text) => {
      const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
      const frame = Object.assign(await createImageBitmap(new Blob([bytes], { type: "image/png" })), { videoWidth: 1280, videoHeight: 720 });
      globalThis.reader.turn = 0;
      const begun = performance.now();
      for (let turn = 1; turn <= 4; turn++) {
        const { codes } = await globalThis.reader.readFrame(frame);
        if (codes.some((one) => /\/D\/[0-9A-Z]{16}$/.test(one))) return { ms: performance.now() - begun, turn };
      }
      return { ms: performance.now() - begun, turn: 0 };
    }, picture);
    if (i < 0) continue;
    first.push(seen.ms);
    found += seen.turn > 0;
    turns += seen.turn > 1;
  }
  line("scan page (zxing-wasm, in its worker)", first, found);
  console.log(`${turns} of them in a second look`);
  bad = FRAMES - found;
} finally {
  await browser.close();
  await server.stop();
}
const ours = frames.map((one) => asProgram(path.join(server.bin, "plenum-scanner"), ["decode", one], (out) => /\/D\//.test(out)));
line("plenum-scanner decode (a program for each frame)", ours.map((one) => one.ms), ours.filter((one) => one.read).length);
const zbar = frames.map((one) => { try { return asProgram("zbarimg", ["-q", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable", one], (out) => /\/D\//.test(out)); } catch { return { ms: NaN, read: false }; } });
line("zbarimg (a program for each frame)", zbar.filter((one) => one.read).map((one) => one.ms), zbar.filter((one) => one.read).length);
rmSync(server.data, { recursive: true, force: true });
process.exit(bad ? 1 : 0);

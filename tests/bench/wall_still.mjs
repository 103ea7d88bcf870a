// What a wall costs the machine that shows it while nothing happens: CPU time of all of Chromium's processes, for each scene, in percent of one core, beside an empty page in the same
// browser (its peer). The line says what a real one says: a snapshot every 15 s. `--seconds 60`, `--scenes attendance,black`.
import { launch } from "../browser/browser.mjs";
import { Server } from "../browser/server.mjs";
import { Line, everything, shows } from "../browser/wall_kit.mjs";

const option = (name, other) => { const i = process.argv.indexOf(`--${name}`); return i > 0 ? process.argv[i + 1] : other; };
const SECONDS = Number(option("seconds", 60));
const SCENES = option("scenes", "attendance,quorum,programme,our_work,welcome,message,black").split(",");

const server = new Server(process.env.B || "build", "wall_still");
await server.make();
const browser = await launch();
const line = await new Line(server).start();
const probe = await browser.newBrowserCDPSession();
const spent = async () => (await probe.send("SystemInfo.getProcessInfo")).processInfo.reduce((sum, one) => sum + one.cpuTime, 0);

async function measure() {
  const before = await spent();
  const started = performance.now();
  await new Promise((done) => setTimeout(done, SECONDS * 1000));
  return ((await spent()) - before) / ((performance.now() - started) / 1000) * 100;
}

const page = await line.wall(browser);
await page.goto("about:blank");
await new Promise((done) => setTimeout(done, 3000));
const empty = await measure();
console.log(`an empty page: ${empty.toFixed(2)} % of a core (${SECONDS} s)`);
for (const scene of SCENES) {
  const picture = () => everything({ scene, count: 40, text: { vi: "Nghỉ 15 phút" } });
  line.picture = picture();
  await page.at();
  await shows(page, scene);
  await new Promise((done) => setTimeout(done, 5000));
  const beat = setInterval(() => line.send("snapshot", picture()), 15000);
  console.log(`${scene.padEnd(10)} ${(await measure()).toFixed(2)} % of a core`);
  clearInterval(beat);
}
await line.stop();
await browser.close();
await server.stop();

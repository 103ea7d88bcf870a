// Two hours of arrivals on a wall, in ten minutes: what its heap has after collection at the beginning, on the way, and at the end; nodes of the document too.
// As the hub sends it: five snapshots a second at most, and each arrival by itself, with a name. `--minutes 10`, `--people 2400`.
import { launch } from "../browser/browser.mjs";
import { Server } from "../browser/server.mjs";
import { Line, everything, shows } from "../browser/wall_kit.mjs";

const option = (name, other) => { const i = process.argv.indexOf(`--${name}`); return i > 0 ? Number(process.argv[i + 1]) : other; };
const [MINUTES, PEOPLE, HOURS] = [option("minutes", 10), option("people", 2400), 2];

const server = new Server(process.env.B || "build", "wall_heap");
await server.make();
const browser = await launch();
const line = await new Line(server).start();
const story = everything({ count: 200, present: 0 });
line.picture = story;
const page = await line.wall(browser);
await shows(page, "attendance");
const probe = await page.context().newCDPSession(page);
await probe.send("Performance.enable");

async function look(when) {
  for (let i = 0; i < 3; i++) await probe.send("HeapProfiler.collectGarbage");
  const { usedSize } = await probe.send("Runtime.getHeapUsage");
  const nodes = (await probe.send("Performance.getMetrics")).metrics.find((one) => one.name === "Nodes").value;
  console.log(`${when.padEnd(12)} ${(usedSize / 1048576).toFixed(2)} MB, ${nodes} nodes`);
  return usedSize;
}

const TICK = 200;
const ticks = Math.round(MINUTES * 60000 / TICK);
const begin = Date.now();
const counts = story.delegations.map(() => 0);
let came = 0;
let first = 0;
for (let tick = 0; tick <= ticks; tick++) {
  const target = Math.round(PEOPLE / (1 + Math.exp(-10 * (tick / ticks - 0.5))));
  for (; came < target; came++) {
    counts[(came * 7) % counts.length]++;
    line.send("checkin", { name: `Đại biểu số ${came}`, outcome: "admitted" });
  }
  const now = begin + (tick / ticks) * HOURS * 3600000;
  const minutes = Array.from({ length: Math.min(120, 1 + Math.floor((tick / ticks) * 120)) }, (_, i) => (i * 7) % 31);
  line.send("snapshot", { ...story, as_of: new Date(now).toISOString(), present: came, attended: came, expected: PEOPLE, quorum: { ...story.quorum, present: came },
    arrivals: { per_minute: came % 40, from: new Date(begin).toISOString(), first: null, last: null, minutes }, delegations: story.delegations.map((one, i) => ({ ...one, present: Math.min(one.expected, counts[i]) })) });
  if (tick === Math.round(ticks / 10)) first = await look("a tenth");
  if (tick === Math.round(ticks / 2)) await look("half");
  await new Promise((done) => setTimeout(done, Math.max(0, begin + tick * TICK * 1 - Date.now())));
}
const last = await look("the end");
console.log(`${ticks} snapshots, ${came} arrivals in ${((Date.now() - begin) / 60000).toFixed(1)} minutes: the heap has ${(last / first).toFixed(2)} of what it had after a tenth`);
await line.stop();
await browser.close();
await server.stop();

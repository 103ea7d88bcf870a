// How soon the desk is usable on a slow phone: Chromium with its processor four times slower and its own network profiles, the browser's cache empty and full. One line of JSON.
//     B=build node tests/bench/desk_open.mjs
import { rmSync } from "node:fs";
import { launch, open } from "../browser/browser.mjs";
import { EVENT, Server } from "../browser/server.mjs";
import { signIn } from "../browser/public.mjs";

const RUNS = Number(process.env.RUNS || 5);
// bytes a second and ms a request, as Chromium has them: lighthouse's mobile profile (1.6 Mbit/s, 150 ms), and the three of its network panel with what it multiplies in.
const NETWORKS = {
  "no limit": null,
  "1.6 Mbit/s, 150 ms": { latency: 150, downloadThroughput: 1.6e6 / 8, uploadThroughput: 750e3 / 8 },
  "DevTools slow 4G (once fast 3G)": { latency: 150 * 3.75, downloadThroughput: 1.6e6 / 8 * 0.9, uploadThroughput: 750e3 / 8 * 0.9 },
  "DevTools 3G (once slow 3G)": { latency: 400 * 5, downloadThroughput: 500e3 / 8 * 0.8, uploadThroughput: 500e3 / 8 * 0.8 },
};
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

// When the box takes letters: painted, there, with the focus. And when the script answers.
async function once(page, url, network, peer) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  if (network) await session.send("Network.emulateNetworkConditions", { offline: false, ...network });
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction((isPeer) => performance.getEntriesByName("first-contentful-paint").length > 0 && (isPeer ? document.querySelector("input[type=password]") : performance.getEntriesByName("desk-ready").length > 0), peer, { polling: 100 });
  await page.waitForLoadState("load");
  const seen = await page.evaluate(() => ({
    painted: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    ready: performance.getEntriesByName("desk-ready")[0]?.startTime ?? null,
    parsed: performance.getEntriesByType("navigation")[0].domInteractive,
    requests: performance.getEntriesByType("resource").filter((one) => /assets|theme/.test(one.name)).length + 1,
    bytes: performance.getEntriesByType("resource").filter((one) => /assets|theme/.test(one.name)).reduce((sum, one) => sum + one.transferSize, performance.getEntriesByType("navigation")[0].transferSize),
  }));
  await session.detach();
  return seen;
}

const server = new Server(process.env.B || "build", "bench-desk");
await server.make();
const browser = await launch();
const out = {};
try {
  const first = await open(browser, { width: 360, height: 740 });
  await signIn(first, server, `/desk/${EVENT}`);
  const storageState = await first.context().storageState();
  await first.context().close();
  for (const [name, network] of Object.entries(NETWORKS)) {
    const cold = [], warm = [], peer = [];
    for (let run = 0; run < RUNS; run++) {
      const page = await open(browser, { width: 360, height: 740, storageState });
      cold.push(await once(page, `${server.url}/desk/${EVENT}`, network, false));
      warm.push(await once(page, `${server.url}/desk/${EVENT}`, network, false));
      await page.context().close();
      const other = await open(browser, { width: 360, height: 740 });
      peer.push(await once(other, `${server.url}/login`, network, true));
      await other.context().close();
    }
    const told = (list) => Object.fromEntries(["painted", "ready", "requests", "bytes"].map((key) => [key, list[0][key] === null ? null : Math.round(median(list.map((one) => one[key])))]));
    out[name] = { cold: told(cold), warm: told(warm), peer: told(peer) };
  }
  console.log(JSON.stringify(out));
} finally {
  await browser.close();
  await server.stop();
  rmSync(server.data, { recursive: true, force: true });
}

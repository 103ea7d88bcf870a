// What stands in a wall's and a public page's document, storage, addresses and console, scene by scene, while marked people come in: nothing private. tests/flow/leaks.py asks every door.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { assert, test, until } from "./check.mjs";
import { open, picture } from "./browser.mjs";
import { signIn } from "./public.mjs";
import { hang } from "./wall_kit.mjs";
import { EVENT, sample } from "./server.mjs";

const SCENES = ["attendance", "quorum", "programme", "our_work", "welcome", "message", "black"];

// Thirty delegates of the sample get what no page may say.
function mark(server) {
  const event = sample.events.find((one) => one.slug === EVENT);
  const names = new Map(sample.people.map((one) => [one.code, one.name.normalize("NFC")]));
  const said = JSON.stringify(event.sessions).normalize("NFC"); // speakers stand in the programme
  const chosen = event.delegates.filter((one) => one.person && one.status === "summoned" && !said.includes(names.get(one.person))).slice(0, 30);
  const people = chosen.map((one, i) => ({ code: one.person, phone: `0977 65${i % 10} 8${String(10 + i)}`, email: `thukin${i}@rieng.example`, born: `19${30 + i}-04-07`, title: `Chứcvụlạ${i}`, attributes: { faith: `tinnguong${i}kin` } }));
  const delegates = chosen.map((one, i) => ({ person: one.person, decision: `QDKIN${i}`, room: `PHONGKIN${i}`, diet: `ankin${i}`, transport: `XEKIN${i}`, absence: i === 9 ? { excused: true, reason: "lydokin" } : null }));
  const file = path.join(server.folder, "marked.json");
  const organization = { attribute_types: { faith: { title: { vi: "Mụctôngiáokín" }, type: "text", sensitive: true } } };
  writeFileSync(file, JSON.stringify({ format: "plenum-events/1", organization, people, events: [{ slug: EVENT, delegates }] }));
  server.run("plenum", "import", file, "--event", EVENT, "--data", server.data);
  const never = people.flatMap((one) => [one.phone, one.phone.replace(/ /g, ""), one.email, one.born, one.title, one.attributes.faith]).concat(delegates.flatMap((one) => [one.decision, one.room, one.diet, one.transport]), ["lydokin", "Mụctôngiáokín"]);
  return { never, codes: chosen.map((one) => one.person), names: chosen.map((one) => names.get(one.person)), seats: chosen.map((one) => one.seat).filter((seat) => seat?.length > 3) };
}

// Everything that a script of the page, a curious technician or a browser's history could read.
async function everything(page) {
  const inside = await page.evaluate(async () => {
    const stored = [];
    for (const store of [localStorage, sessionStorage]) for (let i = 0; i < store.length; i++) stored.push(`${store.key(i)}=${store.getItem(store.key(i))}`);
    for (const base of await indexedDB.databases()) stored.push(base.name);
    for (const name of await caches.keys()) for (const request of await (await caches.open(name)).keys()) stored.push(request.url);
    const frames = [...document.querySelectorAll("*")].map((one) => one.shadowRoot?.innerHTML ?? "");
    return [document.documentElement.outerHTML, document.title, location.href, document.cookie, ...stored, ...frames, ...performance.getEntriesByType("resource").map((one) => one.name)].join("\n");
  });
  return [inside, ...page.heard].join("\n");
}

function watch(page) {
  page.heard = [];
  page.on("console", (message) => page.heard.push(message.text()));
  page.on("request", (request) => page.heard.push(request.url()));
  page.on("response", async (answer) => { if (/json|html|atom/.test(answer.headers()["content-type"] ?? "")) page.heard.push(await answer.text().catch(() => "")); });
  return page;
}

function found(text, words) {
  const whole = text.normalize("NFC").toLowerCase();
  return [...new Set(words.filter((word) => word && whole.includes(word.normalize("NFC").toLowerCase())))];
}

// As the organiser's own page would: with its session and token.
const checkIn = (page, code, direction = "in") => page.evaluate(async ([event, who, way]) => {
  const csrf = document.querySelector("[name=csrf]").value;
  const hex = Date.now().toString(16).padStart(12, "0");
  const scan = { scan_id: `${hex.slice(0, 8)}-${hex.slice(8)}-7${Math.random().toString(16).slice(2, 5)}-8000-${Math.random().toString(16).slice(2).padEnd(12, "0").slice(0, 12)}`, delegate: who, gate: "main", direction: way, scanned_at: new Date().toISOString(), age_ms: 0, decision: "ask", roster: null, override: "because" };
  const answer = await fetch(`/api/v1/checkins?event=${event}`, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf }, body: JSON.stringify(scan) });
  return (await answer.json()).results[0].outcome;
}, [EVENT, code, direction]);

export default async function leaks(browser, server, people) {
  const marks = mark(server);
  const tokens = ["official", "third", "guest", "blank"].map((who) => people[who].token).flatMap((token) => [token, token.toLowerCase()]);
  const organiser = await open(browser);
  await signIn(organiser, server, `/admin/${EVENT}/wall`);
  const digits = /\b(\d{3})\s(\d{3})\b/.exec(await organiser.innerText("body"));

  for (const named of [false, true]) {
    await test(`leaks: a wall in every scene, names ${named ? "allowed" : "not allowed"}: nothing private in the document, storage, addresses or console`, async () => {
      const file = path.join(server.folder, "names.json");
      writeFileSync(file, JSON.stringify({ format: "plenum-events/1", events: [{ slug: EVENT, names_on_wall: named }] }));
      server.run("plenum", "import", file, "--event", EVENT, "--data", server.data);
      const page = watch(await open(browser, { width: 1920, height: 1080 }));
      await page.goto(`${server.url}/w`);
      await page.fill("[name=code]", digits[1] + digits[2]);
      await page.keyboard.press("Enter");
      await page.waitForURL(`**/display/${EVENT}*`);
      await until("a scene on the wall", async () => !["none", undefined].includes(await page.evaluate(() => document.querySelector("[data-scene]")?.dataset.scene)));
      const never = [...marks.never, ...tokens, digits[1] + digits[2]];
      const words = named ? never : [...never, ...marks.names, ...marks.codes, ...marks.seats];
      for (const [i, scene] of SCENES.entries()) {
        assert.equal(await hang(organiser, scene), 200, `the scene ${scene} is hung`);
        await until(`the scene ${scene}`, async () => (await page.evaluate(() => document.querySelector("[data-scene]")?.dataset.scene)) === scene);
        for (const code of marks.codes.slice(i * 4, i * 4 + 4)) {
          await checkIn(organiser, code, "out");
          assert.equal(await checkIn(organiser, code), "admitted", `${code} comes in`);
        }
        await page.waitForTimeout(400); // what moves on the wall has moved
        assert.deepEqual(found(await everything(page), words), [], `in the scene ${scene}`);
        await picture(server, page, `leaks-${named ? "named" : "plain"}-${scene}`, false);
      }
      await page.context().close();
    });
  }

  await test("leaks: public pages, with names allowed on the wall: nothing of anybody", async () => {
    const page = watch(await open(browser));
    for (const target of ["/", `/e/${EVENT}`, `/e/${EVENT}?lang=en`, "/w", `/display/${EVENT}`, `/kiosk/${EVENT}`, `/e/${EVENT}/nothing`, "/login"]) {
      await page.goto(`${server.url}${target}`);
      await page.waitForLoadState("load");
      assert.deepEqual(found(await everything(page), [...marks.never, ...tokens, ...marks.names, ...marks.codes]), [], target);
    }
    await page.context().close();
  });

  await test("leaks: what is looked for is there: the desk sees it", async () => {
    const page = watch(await open(browser));
    await signIn(page, server, `/desk/${EVENT}`);
    await page.goto(`${server.url}/api/v1/events/${EVENT}/delegates?q=${marks.codes[0]}`);
    assert.ok(found(await everything(page), [...marks.never, ...marks.names]).length >= 2, "the marks are in the data");
    await page.context().close();
  });
  await organiser.context().close();
}

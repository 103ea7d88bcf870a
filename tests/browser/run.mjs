import { rmSync } from "node:fs";
import { assert, finish, test } from "./check.mjs";
import { launch } from "./browser.mjs";
import { EVENT, Server, sample } from "./server.mjs";
import accessible from "./accessible.mjs";
import phone from "./phone.mjs";
import reading from "./reading.mjs";
import pin from "./pin.mjs";
import resume from "./resume.mjs";
import pages from "./public.mjs";
import card from "./card.mjs";
import desk from "./desk.mjs";
import deskList from "./desk_list.mjs";
import deskTasks from "./desk_tasks.mjs";
import deskTwo from "./desk_two.mjs";
import delegation from "./delegation.mjs";
import badges from "./badges.mjs";
import photos from "./photos.mjs";
import papers from "./papers.mjs";
import ourWork from "./our_work.mjs";
import messages from "./messages.mjs";
import figures from "./figures.mjs";
import news from "./news.mjs";
import venue from "./venue.mjs";
import admin from "./admin.mjs";
import firstHour from "./first_hour.mjs";
import paperLists from "./paper_lists.mjs";
import wallSizes from "./wall_sizes.mjs";
import wallScenes from "./wall_scenes.mjs";
import wallLine from "./wall_line.mjs";
import scenes from "./scenes.mjs";
import leaks from "./leaks.mjs";
import welcome from "./welcome.mjs";
import layouts from "./layouts.mjs";
import gate from "./gate.mjs";
import scan from "./scan.mjs";

const stories = { phone, reading, resume, pin, public: pages, card, desk, desk_list: deskList, desk_tasks: deskTasks, desk_two: deskTwo, delegation, badges, photos, papers, our_work: ourWork, messages, figures, news, paper_lists: paperLists, venue, admin, first_hour: firstHour, wall_sizes: wallSizes, wall_scenes: wallScenes, wall_line: wallLine, scenes, leaks, welcome, layouts, gate, scan, accessible };
const wanted = process.argv.slice(2);
if (wanted[0] === "--stories") {
  console.log(Object.keys(stories).join("\n"));
  process.exit(0);
}
const unknown = wanted.filter((name) => !stories[name]);
if (unknown.length) {
  console.error(`no such story: ${unknown.join(" ")}`);
  process.exit(2);
}
const server = new Server(process.env.B || "build", wanted.join("-") || "all");

// People of the sample for the stories: officials who are summoned, a guest, a numbered blank badge, a name that two people bear, people of the register who are no delegates.
function choosePeople() {
  const event = sample.events.find((one) => one.slug === EVENT);
  const names = new Map(sample.people.map((person) => [person.code, person.name.normalize("NFC")]));
  const count = new Map();
  for (const delegate of event.delegates) if (delegate.person) count.set(names.get(delegate.person), (count.get(names.get(delegate.person)) || 0) + 1);
  const as = (delegate) => ({ code: delegate.person || delegate.number, name: names.get(delegate.person), seat: delegate.seat, box: delegate.badge_box, number: delegate.number });
  const officials = event.delegates.filter((one) => one.person && one.category === "official" && one.status === "summoned" && one.seat && !one.absence && count.get(names.get(one.person)) === 1);
  const guest = event.delegates.find((one) => one.person && one.category === "guest" && one.status === "summoned");
  const blank = event.delegates.find((one) => one.person === null);
  const namesake = [...count].find(([, times]) => times > 1)?.[0];
  const once = (person) => sample.people.filter((other) => other.name === person.name).length === 1;
  const others = sample.people.filter((person) => !event.delegates.some((one) => one.person === person.code) && once(person)).map((one) => ({ ...one, name: names.get(one.code) }));
  const register = { chosen: others[0], absent: others[1] };
  const open = (document, category) => !document.restricted && !document.publish_at && (!document.audience || document.audience.categories.includes(category));
  const papers = { official: event.documents.filter((one) => open(one, "official")).length, notForGuests: event.documents.filter((one) => !open({ ...one, publish_at: null }, "guest")).map((one) => one.code) };
  return { papers, official: as(officials[3]), second: as(officials[8]), third: as(officials[12]), fourth: as(officials[20]), spare: officials.slice(40, 43).map(as), guest: as(guest), blank: as(blank), namesake, register };
}

// Who is told to end takes the server along.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => { server.process?.kill("SIGKILL"); process.exit(1); });

let browser = null;
let code = 1;
try {
  await server.make();
  const people = choosePeople();
  for (const who of ["official", "third", "guest", "blank"]) people[who].token = server.token(people[who].code);
  browser = await launch();
  console.log(`# ${browser.version()}, ${server.url}`);
  for (const [name, story] of Object.entries(stories)) if (wanted.length === 0 || wanted.includes(name)) await story(browser, server, people);
} catch (problem) {
  await test("the scenery stands", () => { throw problem; });
} finally {
  if (browser) await browser.close();
  if (server.process) await test("the server ends in order, and no sanitizer has spoken", async () => {
    assert.deepEqual(await server.stop(), { code: 0, by: null });
    assert.ok(!/Sanitizer|runtime error/.test(server.log), server.log.slice(-4000));
  }, { always: true });
  rmSync(server.data, { recursive: true, force: true });
  code = finish();
}
process.exit(code);

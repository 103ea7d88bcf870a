// The service worker of one event's scan page (its scope is /scan/EVENT): the page and all that it is made of, kept so that it opens without a network. Served by
// /scan/{event}/worker.js, which puts PARTS before this text: another build is another script, and brings its parts whole.
const scope = new URL(self.registration.scope).pathname;
const build = PARTS[0].split("/")[2];
const all = `plenum-scan:${scope}:`;
const name = `${all}${build}`;
const PATIENCE = 4000;

// PARTS or nothing: a page that opens without a network has all that it needs.
self.addEventListener("install", (event) => event.waitUntil((async () => {
  const cache = await caches.open(name);
  await cache.addAll(PARTS.map((part) => new Request(part, { cache: "no-cache" })));
  await self.skipWaiting();
})()));

self.addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const key of await caches.keys()) {
    if (!key.startsWith(all) || key === name) continue;
    const page = await (await caches.open(key)).match(scope); // the page of the build before is as good as none: its parts go
    if (page && !(await caches.match(scope, { cacheName: name }))) await takePage(await fetch(scope).catch(() => null));
    await caches.delete(key);
  }
  await self.clients.claim();
})()));

// Only the page itself, of this very build, and never a sign-in form in its place.
async function takePage(answer) {
  if (!answer || answer.status !== 200 || answer.redirected || answer.headers.get("X-Plenum-Keep") !== "1") return false;
  const text = await answer.clone().text();
  if (!text.includes(`/assets/${build}/`)) return false;
  await (await caches.open(name)).put(scope, answer);
  return true;
}

async function page(request) {
  const kept = await caches.match(scope, { cacheName: name });
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(kept ? PATIENCE : 60000) });
    if (await takePage(answer.clone()) || !kept) return answer;
    // Signed out, or another build: who has this phone set up goes on scanning; a new build is fetched by the browser beside us.
    return answer.status === 200 && answer.headers.get("X-Plenum-Keep") === "1" ? answer : kept;
  } catch (problem) {
    if (kept) return kept;
    throw problem;
  }
}

async function fixed(request) {
  const kept = await caches.match(request.url, { cacheName: name });
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.status === 200 && /immutable/.test(answer.headers.get("Cache-Control") || "")) (await caches.open(name)).put(request.url, answer.clone()).catch(() => {});
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === scope) event.respondWith(page(request));
  else if (url.pathname.startsWith("/assets/") || url.pathname === `${scope}/reader.js`) event.respondWith(fixed(request));
});

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(fetch(scope).then(takePage).catch(() => {}));
});

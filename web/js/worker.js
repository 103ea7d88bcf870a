// The service worker of one badge (its scope is /d/TOKEN): pages from the network first, kept for when there is none; papers and pictures, whose addresses
// never change their content, from the phone first. Served by /d/{token}/worker.js, which puts WORDS before this text.
const scope = new URL(self.registration.scope).pathname;
const build = new URL(self.location.href).searchParams.get("build") || "";
const MOST = 32 * 1024 * 1024; // bytes of one paper
const PATIENCE = 8000;

let names = null;
let gone = false; // this phone is to keep nothing more
async function stores() {
  if (names) return names;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(scope.slice(3).toUpperCase())));
  const hash = [...digest].map((b) => b.toString(16).padStart(2, "0")).join("").slice(0, 24);
  names = { all: `plenum-${hash}`, pages: `plenum-${hash}-pages-${build}`, papers: `plenum-${hash}-papers-1` };
  return names;
}

// One key for a page however its address is written: the badge's code has capitals, and questions are only about how it looks.
function keyOf(url) {
  const key = new URL(url);
  if (key.pathname.slice(0, scope.length).toUpperCase() === scope.toUpperCase()) key.pathname = `/d/${scope.slice(3).toUpperCase()}${key.pathname.slice(scope.length)}`;
  for (const name of ["lang", "type", "look", "q", "view"]) key.searchParams.delete(name);
  key.hash = "";
  return key.href;
}

function within(url) {
  const path = url.pathname;
  return path.slice(0, scope.length).toUpperCase() === scope.toUpperCase() && (path.length === scope.length || path[scope.length] === "/") ? path.slice(scope.length) : null;
}

async function forgetAll() {
  gone = true;
  const { all } = await stores();
  for (const key of await caches.keys()) if (key.startsWith(all)) await caches.delete(key);
  await self.registration.unregister();
}

// A paper that was taken back goes with all that was kept of it.
async function forgetPaper(code) {
  const { pages, papers } = await stores();
  for (const name of [pages, papers]) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const rest = within(new URL(request.url));
      if (rest !== null && rest.split("/")[2] === code) await cache.delete(request);
    }
  }
}

// What the server gives out no more, or after the PIN only, leaves the phone as soon as a page or its news say so: both name the papers that may stay.
async function forgetOthers(answer) {
  const named = / data-kept="([^"]*)"/.exec(await answer.text());
  if (!named) return; // another page at this address: the desk's, or a note
  const stay = new Set(named[1].split(" "));
  const { pages, papers } = await stores();
  for (const name of [pages, papers]) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const rest = within(new URL(request.url));
      if (rest !== null && /^\/[rfp]\//.test(rest) && !stay.has(rest.split("/")[2])) await cache.delete(request);
    }
  }
}

async function put(name, url, answer) {
  if (gone) return;
  try { await (await caches.open(name)).put(keyOf(url), answer); } catch { /* the phone is full: then it is not kept */ }
}

const look = (name, url) => caches.match(keyOf(url), { cacheName: name });

function mayStay(answer, most) {
  return answer.status === 200 && /immutable/.test(answer.headers.get("Cache-Control") || "") && Number(answer.headers.get("Content-Length") || 0) <= most;
}

async function fixed(request) {
  const { pages, papers } = await stores();
  const name = new URL(request.url).pathname.startsWith("/assets/") ? pages : papers;
  const kept = await look(name, request.url);
  if (kept) return kept;
  // Of papers this store is the only one: the browser's own, which keeps them for a year, is not believed without asking.
  const answer = await (name === papers ? fetch(request, { cache: "no-cache" }) : fetch(request));
  if (name === papers && [401, 403, 404, 410].includes(answer.status)) await forgetPaper(within(new URL(request.url)).split("/")[2]);
  if (mayStay(answer, MOST)) put(name, request.url, answer.clone());
  return answer;
}

async function fresh(request, rest) {
  const { pages } = await stores();
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === 200 && (rest === "theme" || answer.headers.get("X-Plenum-Keep") === "1")) put(pages, request.url, answer.clone());
    if (rest === "" && answer.status === 200) await forgetOthers(answer.clone());
    if (rest === "" && (answer.status === 410 || answer.status === 404)) await forgetAll();
    if (/^\/r\//.test(rest) && [401, 403, 404, 410].includes(answer.status)) await forgetPaper(rest.split("/")[2]);
    return answer;
  } catch {
    const kept = await look(pages, request.url);
    return kept || sayNotHere();
  }
}

async function news(request) {
  const answer = await fetch(request);
  if (answer.status === 200) await forgetOthers(answer.clone());
  return answer;
}

function sayNotHere() {
  const safe = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  const page = `<!doctype html><html lang="${WORDS.lang}" dir="${WORDS.dir}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Plenum</title><p>${safe(WORDS.not_here)}</p><p><a href="${safe(scope)}">${safe(WORDS.back)}</a></p></html>`;
  return new Response(page, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": "default-src 'none'" } });
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  const { all, pages, papers } = await stores();
  for (const key of await caches.keys()) if (key.startsWith(all) && key !== pages && key !== papers) await caches.delete(key);
  await self.clients.claim();
})()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || request.headers.has("Range")) return;
  if (url.pathname.startsWith("/assets/")) return event.respondWith(fixed(request));
  if (/^\/e\/[^/]+\/theme\.css$/.test(url.pathname)) return event.respondWith(fresh(request, "theme"));
  const rest = within(url);
  if (rest === null) return;
  if (/^\/[fp]\//.test(rest)) event.respondWith(fixed(request));
  else if (rest === "/news") event.respondWith(news(request));
  else if (rest === "" || /^\/r\//.test(rest) || rest === "/programme.ics") event.respondWith(fresh(request, rest));
});

// A page that was loaded before there was a worker names what it is made of.
self.addEventListener("message", (event) => {
  if (event.data?.forget) return event.waitUntil(forgetAll());
  const urls = Array.isArray(event.data?.keep) ? event.data.keep.slice(0, 60) : [];
  event.waitUntil(Promise.all(urls.map(async (text) => {
    const url = new URL(text, self.location.href);
    const rest = within(url);
    const request = new Request(url.href, { headers: { Accept: "text/html,*/*" } });
    if (url.origin !== self.location.origin) return;
    if (url.pathname.startsWith("/assets/") || (rest !== null && /^\/[fp]\//.test(rest))) await fixed(request).catch(() => null);
    else if (rest === "" || (rest !== null && /^\/r\//.test(rest)) || /^\/e\/[^/]+\/theme\.css$/.test(url.pathname)) await fresh(request, rest ?? "theme");
  })));
});

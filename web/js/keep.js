// Keeps this page and the papers that were opened on this phone, where the origin allows a service worker. One worker and one store of pages for each
// badge: what belongs to one person is never shown by another's.
const box = document.getElementById("keep");
const { door, build } = box.dataset;
const hash = async (text) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))].map((b) => b.toString(16).padStart(2, "0")).join("").slice(0, 24);
const name = `plenum-${await hash(door.slice(3).toUpperCase())}`;
const refused = `${name}-no`; // this phone is to keep nothing; only a hash stays

// A badge's code says /D/…, our links say /d/…: two scopes for one store.
const own = location.pathname.slice(0, door.length);
const scopes = [...new Set([door, own.toUpperCase() === door.toUpperCase() ? own : door])];

async function forget() {
  try { localStorage.setItem(refused, "1"); } catch { /* without storage it is asked again next time */ }
  for (const one of await navigator.serviceWorker.getRegistrations()) {
    if (new URL(one.scope).pathname.toUpperCase() !== door.toUpperCase()) continue;
    one.active?.postMessage({ forget: true });
    await one.unregister();
  }
  for (const key of await caches.keys()) if (key.startsWith(name)) await caches.delete(key);
  document.getElementById("keep-kept").hidden = true;
  document.getElementById("keep-offline").hidden = true;
  document.getElementById("keep-forgotten").hidden = false;
}

async function keep() {
  for (const scope of scopes) await navigator.serviceWorker.register(`${scope}/worker.js?build=${encodeURIComponent(build)}&lang=${document.documentElement.lang}`, { scope });
  const registration = await navigator.serviceWorker.ready;
  // The first visit came from the network before there was a worker: it fetches once more what this page is made of.
  const parts = performance.getEntriesByType("resource").map((entry) => entry.name).filter((url) => url.startsWith(location.origin) && /\/(assets|e|d|D)\//.test(new URL(url).pathname));
  registration.active.postMessage({ keep: [location.href.split("#")[0], ...parts] });
  box.hidden = false;
}

async function look() {
  try { await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(5000) }); } catch { document.getElementById("keep-offline").hidden = false; }
}

if (isSecureContext && "serviceWorker" in navigator && "caches" in window) {
  let no = null;
  try { no = localStorage.getItem(refused); } catch { /* then it is kept */ }
  document.getElementById("keep-forget").addEventListener("click", () => forget());
  if (no === null) keep().then(look).catch(() => { box.hidden = true; });
}

// What desk and wall share: words, small DOM helpers, the live line.

export const words = JSON.parse(document.body.dataset.strings || "{}");
export const event = document.body.dataset.event;
export const language = document.documentElement.lang;

// Latin digits in every language: numbers on screens and badges must look alike.
const digits = new Intl.NumberFormat(language === "ar" ? "ar-u-nu-latn" : language);
export const number = (value) => (Number.isFinite(value) ? digits.format(value) : "–");

// A title as the server stores it: a text, or a map from language to text.
export function pick(title) {
  if (title === null || title === undefined) return "";
  if (typeof title === "string") return title;
  return title[language] || title.vi || title.en || Object.values(title)[0] || "";
}

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function clock(time, zone) {
  const date = time instanceof Date ? time : new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone }).format(date);
  } catch {
    return new Intl.DateTimeFormat("en-GB", options).format(date);
  }
}

// A stream of Server-Sent Events that always comes back. The browser's own retry gives up on an answer other than 200 and
// does not notice a dead Wi-Fi; so: our own growing wait with jitter, and after a silence a look at `probe`.
export function live(url, { probe, silence = 20000, on, state }) {
  let source = null;
  let wait = 500;
  const steady = () => performance.now(); // whoever sets this machine's clock does not cut the line
  let heard = steady();
  let timer = 0;

  const told = {};
  const tell = (name, extra) => {
    if (told.name === name && name !== "waiting") return;
    told.name = name;
    state(name, extra);
  };

  function close() {
    if (source) source.close();
    source = null;
  }

  function later() {
    close();
    if (told.name !== "signed-out") tell("waiting");
    clearTimeout(timer);
    timer = setTimeout(open, wait * (0.7 + Math.random() * 0.6));
    wait = Math.min(wait * 1.7, 8000);
  }

  async function refused() {
    // EventSource hides the status: ask once, so that an ended session is told as what it is, and a full hall (503) still has figures: until there is a place they are
    // asked for with their ETag, as often as the line is tried.
    try {
      const answer = await fetch(probe, { cache: "no-cache", headers: { Accept: "application/json" } });
      if (answer.status === 401 || answer.status === 403) return tell("signed-out");
      if (answer.ok && on.stats) on.stats(await answer.json());
    } catch { /* no line: told as waiting */ }
    return undefined;
  }

  function open() {
    close();
    heard = steady();
    source = new EventSource(url);
    source.onopen = () => { heard = steady(); wait = 500; tell("open"); };
    source.onerror = () => { later(); refused(); };
    source.addEventListener("again", open); // the lease is over: who still may opens anew, without a word
    for (const [name, handle] of Object.entries(on)) {
      source.addEventListener(name, (message) => {
        heard = steady();
        tell("open");
        let data = null;
        try { data = JSON.parse(message.data); } catch { return; }
        handle(data, message);
      });
    }
  }

  setInterval(async () => {
    if (!source || steady() - heard < silence) return;
    heard = steady();
    try {
      const answer = await fetch(probe, { cache: "no-store", signal: AbortSignal.timeout(6000), headers: { Accept: "application/json" } });
      if (answer.status === 401 || answer.status === 403) { tell("signed-out"); return; }
      if (!answer.ok) throw new Error(String(answer.status));
      if (on.stats) on.stats(await answer.json());
    } catch {
      later();
    }
  }, 5000);

  window.addEventListener("online", open);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (shown) => { if (shown.persisted) open(); });
  open();
}

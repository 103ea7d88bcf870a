// The operator's screen. It shows what the scanner says and nothing older: a result goes after some seconds, and a scanner that is silent is said to be silent.
"use strict";
(() => {
  const SHOW_MS = 6000; // a result; then the screen is ready for the next person
  const TOGETHER_MS = 1500; // badges that came together stand side by side, so that a green one never covers a red one
  const SILENT_MS = 4000; // the scanner speaks every second
  const PANELS = 3;
  const LANGUAGES = ["vi", "en", "pt", "ar"];
  const find = (id) => document.getElementById(id);
  const keep = { // a browser may refuse to keep anything
    get: (key) => { try { return localStorage.getItem(key); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, value); } catch { /* then it is for this time only */ } },
  };
  let words = {};
  let state = null;
  let shown = [];
  let earlier = [];
  let heard = 0;
  let silent = true;
  let foreignTimer = 0;
  let source = null;
  let boot = "";

  // --- words ---------------------------------------------------------------------------------------------------------------
  const say = (key, ...values) => values.reduce((text, value, i) => text.replaceAll(`{${i + 1}}`, value), words[key] ?? key);
  const known = (key) => Object.hasOwn(words, key);
  const title = (value) => (value === null || value === undefined ? "" : typeof value === "string" ? value : value[document.documentElement.lang] || value.vi || value.en || Object.values(value)[0] || "");
  function age(ms) {
    if (ms === null || ms === undefined) return "–";
    if (ms < 90e3) return say("gate.age.seconds", Math.floor(ms / 1000));
    if (ms < 90 * 60e3) return say("gate.age.minutes", Math.floor(ms / 60e3));
    return say("gate.age.hours", Math.floor(ms / 3600e3));
  }
  function clock(text) {
    const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    try {
      return new Intl.DateTimeFormat("en-GB", { ...options, timeZone: state?.timezone || undefined }).format(new Date(text));
    } catch {
      return "";
    }
  }
  function choose() {
    const wanted = [new URLSearchParams(location.search).get("lang"), keep.get("language"), ...navigator.languages.map((tag) => tag.slice(0, 2))];
    return wanted.find((language) => LANGUAGES.includes(language)) || "vi";
  }
  async function speak(language) {
    try {
      const answer = await fetch(`/words/${language}.json`);
      words = await answer.json();
    } catch { // the scanner is away: the words come when it does
      setTimeout(speak, 1000, language);
      return;
    }
    document.documentElement.lang = language;
    document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
    find("language").value = language;
    draw();
  }

  // --- shapes: each has an outline of its own ---------------------------------------------------------------------------------
  const SHAPES = {
    admitted: '<circle cx="50" cy="50" r="47" fill="none" stroke="currentColor" stroke-width="6"/><path d="M24 52l18 19 35-43" fill="none" stroke="currentColor" stroke-width="13" stroke-linecap="round" stroke-linejoin="round"/>',
    already_in: '<rect x="4" y="4" width="92" height="92" rx="6" fill="none" stroke="currentColor" stroke-width="7"/><path d="M24 38h52M24 62h52" stroke="currentColor" stroke-width="13"/>',
    left: '<path d="M96 50H18M46 18L12 50l34 32" fill="none" stroke="currentColor" stroke-width="13" stroke-linejoin="round"/>',
    handed_out: '<path d="M8 34h84v20H8zM15 54h70v40H15zM50 34v60" fill="none" stroke="currentColor" stroke-width="7"/><path d="M50 32C20 34 22 2 40 8c8 3 10 14 10 24 0-10 2-21 10-24 18-6 20 26-10 24z" fill="none" stroke="currentColor" stroke-width="7"/>',
    queued: '<path d="M18 5h64M18 95h64M25 8c0 26 18 30 22 42-4 12-22 16-22 42M75 8c0 26-18 30-22 42 4 12 22 16 22 42" fill="none" stroke="currentColor" stroke-width="8" stroke-linecap="round"/><path d="M32 88l18-24 18 24z" fill="currentColor"/>',
    refused: '<path d="M31 3h38l28 28v38L69 97H31L3 69V31z" fill="none" stroke="currentColor" stroke-width="6"/><path d="M29 29l42 42M71 29L29 71" stroke="currentColor" stroke-width="13" stroke-linecap="round"/>',
    lost: '<path d="M50 5L97 93H3z" fill="none" stroke="currentColor" stroke-width="7" stroke-linejoin="round"/><path d="M50 34v30M50 74v9" stroke="currentColor" stroke-width="11"/>',
  };
  SHAPES.invalid = SHAPES.refused;
  SHAPES.stopped = SHAPES.lost;
  const known_outcome = (outcome) => (Object.hasOwn(SHAPES, outcome) && outcome !== "stopped" ? outcome : "refused"); // a newer server's word is never a green light
  function shape(outcome) {
    const svg = new DOMParser().parseFromString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" class="shape" aria-hidden="true">${SHAPES[outcome]}</svg>`, "image/svg+xml");
    return document.importNode(svg.documentElement, true);
  }
  function make(tag, name, ...children) {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...children.filter((child) => child !== "" && child !== null && child !== undefined));
    return element;
  }

  const own = (text) => make("bdi", "", text); // a name may run the other way than the page's words

  // --- results ------------------------------------------------------------------------------------------------------------------
  const WAIT = ["not_yet_open", "closed", "full"];
  const OTHER_GATE = ["not_admitted_here", "wrong_direction", "unknown_gate"];
  function what_to_do(outcome, reason) {
    if (outcome === "queued" || outcome === "lost" || outcome === "already_in") return say(`gate.do.${outcome}`);
    if (outcome !== "refused" && outcome !== "invalid") return "";
    if (reason === "already_handed_out") return say("gate.do.handed_out");
    return say(WAIT.includes(reason) ? "gate.do.wait" : OTHER_GATE.includes(reason) ? "gate.do.other_gate" : "gate.do.desk");
  }
  function why(scan, outcome) {
    const list = [];
    if (scan.reason) list.push(known(`desk.reason.${scan.reason}`) ? say(`desk.reason.${scan.reason}`) : scan.reason);
    if (scan.first_at && (outcome === "already_in" || scan.reason === "already_handed_out")) list.push(say("gate.since", clock(scan.first_at), scan.first_gate || ""));
    return list.join(" ");
  }
  const category = (code) => (code && Object.hasOwn(state?.categories ?? {}, code) && title(state.categories[code])) || code; // the list has the titles, a scan only the code
  function box(label, value) {
    return value ? make("div", "", make("span", "", say(label)), make("b", "", value)) : null;
  }
  function panel(entry) {
    const scan = entry.scan;
    const outcome = known_outcome(scan.outcome);
    const boxes = [box("gate.seat", scan.seat), box("gate.box", scan.badge_box)].filter(Boolean);
    const doubt = scan.decided_by === "roster" ? say("gate.doubt", age(scan.roster_age_ms)) : scan.conflict ? say("gate.conflict") : "";
    const text = make("div", "text", make("p", "word", say(`gate.outcome.${outcome}`)));
    if (scan.name) text.append(make("p", scan.name.length > 22 ? "name long" : "name", own(scan.name)));
    const of = [scan.delegation, category(scan.category)].filter(Boolean).flatMap((part) => [" · ", own(part)]).slice(1);
    if (of.length) text.append(make("p", "of", ...of));
    const reason = why(scan, outcome);
    if (reason) text.append(make("p", "why", reason));
    const todo = what_to_do(outcome, scan.reason);
    if (todo) text.append(make("p", "do", todo));
    if (boxes.length) text.append(make("div", "boxes", ...boxes));
    if (doubt) text.append(make("p", "doubt", doubt));
    if (scan.places_left) text.append(make("p", "doubt places", say("gate.places", scan.places_left)));
    entry.element = make("section", `panel new ${outcome}`, make("div", "signs", shape(outcome)), text);
    if (entry.face) show_face(entry);
    return entry.element;
  }
  // Nothing may be cut off or lie under the frame, however long a name is.
  function fit(panel) {
    const space = panel.getBoundingClientRect();
    const frame = parseFloat(getComputedStyle(panel, "::before").paddingTop);
    for (let part = 1; part > 0.4; part -= 0.06) {
      panel.style.setProperty("--fit", part);
      const boxes = [...panel.children].map((child) => child.getBoundingClientRect());
      if (boxes.every((box) => box.top >= space.top + frame && box.bottom <= space.bottom - frame)) return;
    }
  }
  const fit_all = () => document.querySelectorAll(".panel").forEach(fit);
  function show_face(entry) { // beside the text, so that no letter moves when it comes
    entry.element.classList.add("faced");
    entry.element.querySelector(".signs").append(entry.face);
  }
  async function take_face(id) {
    const face = make("img", "face");
    face.alt = "";
    face.src = `/photo/${encodeURIComponent(id)}`;
    try { await face.decode(); } catch { return; } // no picture: nothing is said
    const entry = shown.find((one) => one.scan.scan_id === id);
    if (!entry || entry.face) return;
    entry.face = face;
    if (!entry.element?.isConnected) return;
    show_face(entry);
    fit(entry.element);
  }
  const HINDRANCES = ["gone", "busy", "denied", "silent", "fails"];
  const blind = () => HINDRANCES.find((name) => name === state?.device?.state) || (state?.device && state.device.state !== "reads" ? "fails" : ""); // what keeps the device from reading
  function draw_results() {
    const results = find("results");
    results.classList.toggle("many", shown.length > 1 && !silent);
    find("facts").hidden = silent; // what was true then is not told now
    if (silent) {
      const text = make("div", "text", make("p", "word", say("gate.stopped")), make("p", "do", say("gate.stopped.do")));
      results.replaceChildren(make("section", "panel stopped", make("div", "signs", shape("stopped")), text));
    } else if (shown.length === 0 && blind()) {
      const text = make("div", "text", make("p", "word", say(blind() === "gone" ? "gate.device.gone" : "gate.device.stopped")), make("p", "do", say(`gate.device.do.${blind()}`)));
      results.replaceChildren(make("section", "panel stopped", make("div", "signs", shape("stopped")), text));
    } else if (shown.length === 0) {
      results.replaceChildren(make("section", "panel ready", make("p", "word", say("gate.ready"))));
    } else {
      results.replaceChildren(...shown.map(panel));
    }
    fit_all();
    document.documentElement.dataset.state = silent ? "silent" : shown.length ? known_outcome(shown.at(-1).scan.outcome) : blind() ? "blind" : "ready";
  }
  function draw_earlier() {
    find("earlier").replaceChildren(...earlier.map((scan) => {
      const outcome = known_outcome(scan.outcome);
      return make("li", "", shape(outcome), ` ${clock(scan.scanned_at)} `, own(scan.name || say(`gate.outcome.${outcome}`)));
    }));
  }
  function take(scan) {
    const now = performance.now();
    shown = shown.filter((entry) => now - entry.at < TOGETHER_MS).slice(1 - PANELS);
    shown.push({ scan, at: now });
    earlier = [scan, ...earlier].slice(0, 8);
    sounds.play(known_outcome(scan.outcome));
    find("foreign").hidden = true;
    draw_results();
    draw_earlier();
  }
  function calm() {
    const now = performance.now();
    const wasSilent = silent;
    silent = now - heard > SILENT_MS;
    const kept = shown.filter((entry) => now - entry.at < SHOW_MS);
    if (silent !== wasSilent || kept.length !== shown.length) {
      shown = silent ? [] : kept;
      draw_results();
    }
    if (silent && (!source || source.readyState === EventSource.CLOSED)) listen();
  }

  // --- how things stand ---------------------------------------------------------------------------------------------------------
  function fact(id, bad, sign, text) {
    const item = find(id);
    item.classList.toggle("bad", bad);
    for (const [name, value] of [["sign", sign], ["text", text]]) {
      const part = item.querySelector(`.${name}`);
      if (part.textContent !== value) part.textContent = value;
    }
  }
  function draw_state() {
    if (!state || silent) return;
    find("gate").textContent = [title(state.gate_title) || state.gate, state.direction === "out" ? "←" : ""].filter(Boolean).join(" ");
    document.title = find("gate").textContent;
    if (state.revoked) fact("server", true, "⛔", say("gate.server.revoked"));
    else if (state.reached) fact("server", false, "●", say("gate.server.reached"));
    else fact("server", true, "○", state.contact_age_ms === null ? say("gate.server.never") : say("gate.server.away", age(state.contact_age_ms)));
    if (state.waiting === null) fact("queue", true, "?", say("gate.queue.unknown"));
    else if (state.waiting === 0) fact("queue", false, "✓", say("gate.queue.none"));
    else fact("queue", state.oldest_age_ms > 60e3, "…", say("gate.queue.some", state.waiting, age(state.oldest_age_ms)));
    fact("roster", state.roster_age_ms === null || state.roster_age_ms > 15 * 60e3, "≡", state.roster_age_ms === null ? say("gate.roster.none") : say("gate.roster.age", age(state.roster_age_ms)));
    find("aside").hidden = !state.aside;
    find("aside").textContent = say("gate.aside", state.aside ?? 0);
  }
  function draw_sound() {
    const runs = sounds.runs();
    find("sound").setAttribute("aria-pressed", String(runs));
    find("sound").textContent = `${runs ? "🔊" : "🔇"} ${say(runs ? "gate.sound.on" : "gate.sound.off")}`;
  }
  function draw() {
    draw_results();
    draw_earlier();
    draw_state();
    draw_sound();
  }
  async function show_asides() {
    const dialog = find("asides");
    let list;
    try {
      list = (await (await fetch("/aside.json")).json()).scans;
    } catch {
      return; // the scanner is away, which the screen says
    }
    dialog.querySelector("h2").textContent = say("gate.aside.title");
    dialog.querySelector("button").textContent = say("gate.close");
    dialog.querySelector("ol").replaceChildren(...list.map((scan) => {
      const reason = known(`desk.reason.${scan.reason}`) ? say(`desk.reason.${scan.reason}`) : scan.reason || "";
      return make("li", "", `${clock(scan.scanned_at)} · ${reason} · ${scan.scan_id}`);
    }));
    if (!dialog.open) dialog.showModal();
  }

  // --- the line -------------------------------------------------------------------------------------------------------------------
  function listen() {
    if (source) source.close();
    source = new EventSource("/events");
    const on = (name, act) => source.addEventListener(name, (message) => {
      heard = performance.now();
      act(JSON.parse(message.data));
      calm();
    });
    on("hello", (hello) => {
      if (boot && boot !== hello.boot) shown = []; // another run of the scanner
      boot = hello.boot;
    });
    on("state", (value) => {
      const retitled = JSON.stringify(state?.categories) !== JSON.stringify(value.categories);
      const saw = blind();
      state = value;
      if ((retitled && shown.length) || saw !== blind()) draw_results();
      silent = false;
      draw_state();
      draw_results_once();
    });
    on("scan", take);
    on("photo", (photo) => take_face(photo.scan_id));
    on("last", (last) => {
      if (earlier.some((scan) => scan.scan_id === last.scan.scan_id)) return;
      earlier = [last.scan, ...earlier].slice(0, 8);
      if (last.age_ms < SHOW_MS) shown = [{ scan: last.scan, at: performance.now() - last.age_ms }];
      draw_results();
      draw_earlier();
    });
    on("foreign", (foreign) => {
      find("foreign").textContent = say("gate.foreign", say(`gate.foreign.${foreign.kind}`));
      find("foreign").hidden = false;
      clearTimeout(foreignTimer);
      foreignTimer = setTimeout(() => { find("foreign").hidden = true; }, 4000);
    });
  }
  function draw_results_once() {
    if (document.documentElement.dataset.state === "silent") draw_results();
  }

  find("language").addEventListener("change", (change) => { keep.set("language", change.target.value); speak(change.target.value); });
  let wanted = keep.get("sound") !== "off";
  async function switch_sound() {
    wanted = !sounds.runs();
    keep.set("sound", wanted ? "on" : "off");
    if (wanted) sounds.start();
    else await sounds.stop();
    setTimeout(draw_sound, 50);
  }
  find("sound").addEventListener("click", switch_sound);
  // A browser makes no sound before somebody touched the page: the first touch anywhere is enough.
  document.addEventListener("pointerdown", (event) => {
    if (!wanted || sounds.runs() || event.target.closest("#sound")) return;
    sounds.start();
    setTimeout(draw_sound, 50);
  });
  find("aside").addEventListener("click", show_asides);
  addEventListener("offline", calm);
  addEventListener("resize", fit_all);
  setInterval(calm, 250);
  setInterval(draw_sound, 2000);
  speak(choose()).finally(listen);
})();

// A person's badge on the desk's card: when it was printed, printing it, a lost one, giving away those of a delegation.
import { clock, make, svg, words } from "./common.js";

// A name or a number brings its own direction: each is isolated from the sentence around it.
const fill = (key, values) => (words[key] || "").replace(/\{(\w+)\}/g, (_, name) => `\u2068${values[name] ?? ""}\u2069`);

function moment(time, zone) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  try {
    return `${clock(date, zone)} ${new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "numeric", timeZone: zone }).format(date)}`;
  } catch {
    return clock(date, zone);
  }
}

// `tools`: request, post, base, zone, say. Gives an element that fills and renews itself.
export function badgePart(person, tools) {
  const place = make("section", { class: "badge-part", "aria-label": words["badge.title"] });
  const door = `${tools.base}/delegates/${encodeURIComponent(person.code)}`;
  let state = null;
  let printers = null;
  let turn = 0; // of what is shown: an answer that comes after something else was shown is dropped

  const button = (label, onclick, kind = "quiet", act = null) => make("button", { class: `button ${kind}`.trim(), type: "button", onclick, "data-act": act }, label);
  const line = (text, kind = "") => make("p", { class: `badge-line ${kind}`.trim(), dir: "auto" }, text);
  const show = (...parts) => { turn++; place.replaceChildren(...parts.filter(Boolean)); };
  const row = (...buttons) => make("div", { class: "badge-row" }, ...buttons);

  // What was done is said and shown; the way back is the first button.
  function told(text, more, kind = "done") {
    const back = button(words["badge.back"], renew);
    show(line(text, kind), ...more, row(back));
    tools.say(text);
    (place.querySelector("a.button, .badge-first") || back).focus();
  }

  function ask(question, yes, act) {
    const no = button(words["badge.no"], () => { draw(); focusFirst(); });
    show(line(question, "question"), row(no, button(yes, act, "")));
    tools.say(question);
    no.focus(); // an Enter too many does no harm
  }

  function failed(problem, again) {
    show(line(problem.message, "trouble"), row(button(words.retry, again), pdfLink(), button(words["badge.back"], renew)));
    tools.say(problem.message);
    place.querySelector("button").focus();
  }

  const busy = () => show(line(words.sending));
  const focusFirst = () => { const first = place.querySelector("button"); if (first) first.focus(); };

  function pdfLink() {
    const layout = state && state.printed ? `&layout=${encodeURIComponent(state.printed.layout)}` : "";
    return make("a", { class: "button", target: "_blank", href: `${tools.base}/badges.pdf?only=${encodeURIComponent(person.code)}${layout}` }, words["badge.pdf"]);
  }

  // ---- printing
  async function print(again) {
    busy();
    try {
      if (printers === null) printers = await tools.request(`${tools.base}/printers`);
      if (printers.length === 0) { told(words["badge.no_printer"], [row(pdfLink())], ""); return; }
      const answer = await tools.post(`${tools.base}/print`, again ? { only: [person.code], again: true } : { only: [person.code] });
      told(fill("badge.sent", { printer: answer.printer }), answer.warning ? [line(answer.warning, "trouble")] : []);
    } catch (problem) {
      if (problem.code === "already_printed" && !again) ask(`${problem.message} ${words["badge.again_question"]}`, words["badge.again"], () => print(true));
      else failed(problem, () => print(again));
    }
  }

  function wantPrint() {
    if (!state.printed || !state.printed.current) { print(false); return; }
    ask(`${fill("badge.printed", { at: moment(state.printed.at, tools.zone), by: state.printed.by })} ${words["badge.again_question"]}`, words["badge.again"], () => print(true));
  }

  // ---- a lost badge
  async function reissue() {
    busy();
    try {
      const answer = await tools.post(`${door}/reissue`, { reason: "lost", issue: state.issue });
      const code = make("div", { class: "badge-code", hidden: true });
      if (answer.qr && answer.qr.path) {
        code.append(svg("svg", { class: "qr", viewBox: `0 0 ${answer.qr.size} ${answer.qr.size}`, role: "img", "aria-label": words["badge.qr"], "shape-rendering": "crispEdges" },
          svg("path", { d: answer.qr.path, fill: "#000" })));
      }
      state = { ...state, issue: answer.issue, printed: null, changes: [], handed: null };
      const printNow = button(words["badge.print_new"], () => print(false), "badge-first");
      told(fill("badge.reissued", { issue: answer.issue }), [row(printNow, button(words["badge.show_code"], () => { code.hidden = !code.hidden; })), code]);
    } catch (problem) {
      failed(problem, reissue);
    }
  }

  // ---- the badges of the delegation
  function wantHandover() {
    const to = make("input", { id: "hand-to", type: "text", maxlength: "200", autocomplete: "off", required: true, dir: "auto" });
    const form = make("form", { class: "badge-form", onsubmit: (submit) => { submit.preventDefault(); if (to.value.trim()) handOver(to.value.trim()); } },
      make("label", { for: "hand-to", dir: "auto" }, fill("badge.hand_to", { unit: state.delegation.name })), to,
      row(make("button", { class: "button", type: "submit" }, words["badge.hand_now"]), button(words["badge.no"], () => { draw(); focusFirst(); })));
    show(form);
    to.focus();
  }

  async function handOver(name) {
    const unit = state.delegation.code;
    busy();
    try {
      const answer = await tools.post(`${tools.base}/handovers`, { unit, to: name });
      const more = answer.already.length > 0 ? [line(fill("badge.handed_before", { count: answer.already.length, to: answer.already[0].to }))] : [];
      if (answer.unprinted.length > 0) more.push(line(fill("badge.handed_unprinted", { count: answer.unprinted.length })));
      told(fill("badge.handed_over", { count: answer.badges, to: answer.to }), more);
    } catch (problem) {
      failed(problem, wantHandover);
    }
  }

  // ---- where it stands
  function lines() {
    const { printed, handed, changes, issue } = state;
    const out = [];
    if (printed && printed.current) out.push(line(fill("badge.printed", { at: moment(printed.at, tools.zone), by: printed.by }) + (issue > 1 ? ` ${fill("badge.issue", { issue })}` : "")));
    else out.push(line(issue > 1 ? `${fill("badge.issue", { issue })} ${words["badge.none"]}` : words["badge.none"]));
    if (printed && printed.current && changes.length > 0) {
      const all = changes.map((one) => `${words[`badge.fact.${one.fact}`] || one.fact}${one.before || one.now ? ` ${one.before || "–"} → ${one.now || "–"}` : ""}`);
      out.push(line(`${words["badge.changed"]} ${all.join("; ")}`, "trouble"));
    }
    if (handed) out.push(line(fill("badge.handed", { to: handed.to, at: moment(handed.at, tools.zone) })));
    return out;
  }

  function draw() {
    show(...lines(), row(button(words["badge.print"], wantPrint, "quiet", "print"), button(words["badge.lost"], () => ask(words["badge.lost_question"], words["badge.lost_yes"], reissue), "quiet", "lost"),
      state.delegation ? button(words["badge.hand"], wantHandover) : null));
    if (person.name) pinPart(); // a blank badge has none
  }

  async function renew() {
    const had = place.contains(document.activeElement);
    const mine = turn;
    try {
      const answer = await tools.request(`${door}/badge`);
      if (mine !== turn) return;
      state = answer;
      draw();
      if (had) focusFirst();
    } catch { if (mine === turn) show(); /* nobody with a good badge: nothing to print or to lose */ }
  }

  // ---- the PIN: never shown but once, when it is new
  async function pinPart() {
    const left = (ms) => `${Math.floor(Math.ceil(ms / 1000) / 60)}:${String(Math.ceil(ms / 1000) % 60).padStart(2, "0")}`;
    const mine = turn;
    let pin;
    try { pin = await tools.request(`${door}/pin`); } catch { return; }
    if (mine !== turn) return;
    const from = { phone_tail: "badge.pin_phone", random: "badge.pin_slip", none: "badge.pin_nothing" }[pin.source];
    const text = [words[from], pin.wrong > 0 ? fill("badge.pin_wrong", { count: pin.wrong }) : "", pin.wait_ms > 0 ? fill("badge.pin_waits", { time: left(pin.wait_ms) }) : ""];
    place.append(line(text.filter(Boolean).join(" "), pin.wait_ms > 0 ? "trouble" : ""),
      row(button(words["badge.pin_reset"], resetPin), button(words["badge.pin_new"], () => ask(words["badge.pin_question"], words["badge.pin_yes"], newPin))));
  }

  async function resetPin() {
    busy();
    try { await tools.post(`${door}/pin`, { action: "reset" }); told(words["badge.pin_was_reset"], []); } catch (problem) { failed(problem, resetPin); }
  }

  async function newPin() {
    busy();
    try {
      const { pin } = await tools.post(`${door}/pin`, { action: "new" });
      told(words["badge.pin_shown"], [make("p", { class: "pin-shown", dir: "ltr" }, `${pin.slice(0, 3)} ${pin.slice(3)}`)]);
    } catch (problem) {
      failed(problem, newPin);
    }
  }

  place.renew = renew;
  renew();
  return place;
}

// What the desk changes of the list on the day: somebody more, a name for a blank badge, a substitute, an absence, a note, a wrong name. Forms on the card.
import { make, words } from "./common.js";
import { historyRows } from "./desk_history.js";
import { picker } from "./desk_pick.js";

const fill = (key, values) => (words[key] || "").replace(/\{(\w+)\}/g, (_, name) => `\u2068${values[name] ?? ""}\u2069`);
const say = (key) => words[`list.${key}`] || key;

// The fields of somebody new, in the order in which a desk asks them.
const PERSON = [["name", { required: true, maxlength: 200 }], ["unit", { maxlength: 64 }], ["title", { maxlength: 300 }], ["phone", { maxlength: 32, inputmode: "tel" }], ["born", { maxlength: 10, inputmode: "numeric" }]];
const FACTS = ["name", "title", "phone", "seat", "group", "badge_box", "room", "transport"];

// A form of its own in `place`. `fields`: [key, attributes, value]; `send` gets what was typed and a request that stays the same when it is sent again. `pick`: the fields are
// a person's, who may be chosen from the register instead; it says of a delegate whether they may be.
function form(place, { title, level = "h3", fields, more = [], yes, send, back, tools, pick = null }) {
  const request = tools.uuid();
  const trouble = make("p", { class: "badge-line trouble", role: "alert", hidden: true, dir: "auto" });
  const inputs = fields.map(([key, attributes = {}, value = ""]) => make("input", { id: `list-${key}`, name: key, type: "text", autocomplete: "off", dir: "auto", value, ...attributes }));
  const rows = fields.map(([key], i) => make("div", { class: "badge-form" }, make("label", { for: `list-${key}` }, say(`field.${key}`)), inputs[i]));
  const submit = make("button", { class: "button", type: "submit" }, yes);
  const extra = make("div", { class: "badge-row" });
  const element = make("form", { class: "badge-form list-form", onsubmit: async (sent) => {
    sent.preventDefault();
    submit.disabled = true;
    trouble.hidden = true;
    extra.replaceChildren();
    if (chooser) await chooser.ready();
    if (chooser && chooser.asks()) {
      tell(say("pick.same"));
      submit.disabled = false;
      return;
    }
    const typed = Object.fromEntries(inputs.map((input) => [input.name, input.value.trim()]));
    for (const field of element.querySelectorAll("input[type=checkbox], select")) typed[field.name] = field.type === "checkbox" ? field.checked : field.value;
    if (chooser && chooser.person()) {
      for (const [key] of fields) delete typed[key];
      typed.person = chooser.person().code;
    }
    await attempt(typed);
    submit.disabled = false;
  } }, make(level, { dir: "auto" }, title), ...rows, ...more, trouble, extra, make("div", { class: "badge-row" }, submit, make("button", { class: "button quiet", type: "button", onclick: back }, words.close)));

  const chooser = pick ? picker(inputs[0], { ...tools, say: (key, values) => fill(`list.pick.${key}`, values || {}), aloud: tools.say, mayTake: pick, take: (person) => {
    rows.forEach((row) => { row.hidden = person !== null; });
    inputs.forEach((input) => { input.disabled = person !== null; });
    trouble.hidden = true;
    if (person) submit.focus();
  } }) : null;
  if (chooser) rows[0].after(chooser.place);

  function tell(text) {
    trouble.textContent = text;
    trouble.hidden = false;
    tools.say(text);
  }

  async function attempt(typed) {
    try {
      await send(typed, request);
    } catch (problem) {
      tell(problem.message);
      // Namesakes are real: the other is shown first, and then it is the desk's word.
      if (problem.reason === "amend_same_name") {
        extra.replaceChildren(make("button", { class: "button quiet", type: "button", onclick: () => tools.look(problem.about) }, fill("list.see_other", { code: problem.about })),
          make("button", { class: "button quiet", type: "button", onclick: () => attempt({ ...typed, anyway: true }) }, say("anyway")));
        extra.firstChild.focus();
      } else {
        (inputs[0] && !inputs[0].disabled ? inputs[0] : submit).focus();
      }
    }
  }

  place.replaceChildren(element);
  ((chooser ? null : inputs.find((input) => !input.value)) || inputs[0] || submit).focus();
  return element;
}

const given = (typed) => Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== ""));

// Somebody who is on no list. `tools`: send, say, uuid, look, show, base, categories, zone.
export function walkIn(place, typed, tools) {
  const select = make("select", { id: "list-category", name: "category" }, ...Object.entries(tools.categories).map(([code, category]) => make("option", { value: code }, category.title)));
  const options = Object.keys(tools.categories);
  if (options.includes("guest")) select.value = "guest";
  else if (options.length > 1) select.value = options[1];
  form(place, { title: say("walk_in"), level: "h2", yes: say("add"), back: tools.back, tools, pick: () => false, fields: PERSON.map(([key, attributes]) => [key, attributes, key === "name" ? typed : ""]),
    more: [make("label", { for: "list-category" }, say("field.category")), select],
    send: async (all, request) => tools.show(await tools.send("POST", "", { ...given(all), request }), say("added")) });
}

// The part of the card below the badge. Gives an element.
export function listPart(person, tools) {
  const place = make("section", { class: "badge-part list-part", "aria-label": say("title") });
  const code = encodeURIComponent(person.code);
  const button = (label, onclick, act = null) => make("button", { class: "button quiet", type: "button", onclick, "data-act": act }, label);
  const row = (...buttons) => make("div", { class: "badge-row" }, ...buttons);
  const line = (text, kind = "") => make("p", { class: `badge-line ${kind}`.trim(), dir: "auto" }, text);
  const open = (more) => form(place, { back: () => { draw(); place.querySelector("button").focus(); }, tools, ...more });
  const done = (answer, text) => tools.show(answer, text);

  const absent = () => open({ title: fill("list.absent_of", { name: person.name || person.number }), yes: say("absent_yes"), fields: [["reason", { maxlength: 300 }, (person.absence || {}).reason || ""]],
    more: [make("label", { class: "tick" }, make("input", { type: "checkbox", name: "excused", checked: !person.absence || person.absence.excused }), " ", say("excused"))],
    send: async (typed, request) => done(await tools.send("PUT", `/${code}/absence`, { absent: true, excused: typed.excused, reason: typed.reason, request }), say("absent_done")) });
  // What needs no form.
  const change = async (send, text) => {
    try {
      const answer = await send();
      if (place.querySelector("form")) tools.say(text); // somebody types already: nothing is taken away
      else await done(answer, text);
    } catch (problem) {
      if (!place.querySelector("form")) draw();
      place.append(line(problem.message, "trouble"));
      tools.say(problem.message);
    }
  };
  const present = () => change(() => tools.send("PUT", `/${code}/absence`, { absent: false, request: tools.uuid() }), say("absent_off"));
  const substitute = () => open({ title: fill("list.substitute_of", { name: person.name }), yes: say("substitute_yes"), fields: PERSON,
    pick: (other) => other.delegate.status === "alternate", more: [line(say("substitute_hint"))],
    send: async (typed, request) => done(await tools.send("POST", `/${code}/substitute`, { ...given(typed), request }), say("substitute_done")) });
  const blank = () => open({ title: fill("list.blank_of", { number: person.number }), yes: say("blank_yes"), fields: PERSON, pick: () => false,
    send: async (typed, request) => done(await tools.send("POST", `/${code}/name`, { ...given(typed), request }), say("blank_done")) });
  const note = () => open({ title: say("note"), yes: say("keep"), fields: [["note", { maxlength: 300 }, person.note || ""]],
    send: async (typed, request) => done(await tools.send("PUT", `/${code}/note`, { note: typed.note, request }), say("kept")) });
  const correct = () => open({ title: fill("list.correct_of", { name: person.name || person.number }), yes: say("keep"),
    fields: FACTS.filter((key) => person.name || !["name", "title", "phone"].includes(key)).map((key) => [key, key === "name" ? { required: true, maxlength: 200 } : { maxlength: 200, placeholder: key === "phone" ? say("unchanged") : null }, person[key] || ""]),
    send: async (typed, request) => {
      // Only what was changed goes; the phone is not known to this page, so an empty field leaves it.
      const changed = Object.fromEntries(Object.entries(typed).filter(([key, value]) => (key === "phone" ? value !== "" : value !== (person[key] || ""))));
      done(await tools.send("PATCH", `/${code}`, { ...changed, seen_name: person.name || "", request }), say("kept"));
    } });

  // Where screens at doors greet: whether this person is.
  const greet = async (ticked) => {
    await change(() => tools.send("PATCH", `/${code}`, { greet: ticked, request: tools.uuid() }), say("kept"));
    const again = document.querySelector("#card [data-act=greet]"); // not the big button: who ticks twice checks nobody in
    if (again) again.focus();
  };
  const greeting = () => make("label", { class: "tick" }, make("input", { type: "checkbox", checked: person.greet, "data-act": "greet", onchange: (event) => greet(event.target.checked) }), " ", say("greet"));

  async function history() {
    try {
      const past = await tools.request(`${tools.base}/delegates/${code}/history`);
      const rows = historyRows(past, tools.zone);
      place.replaceChildren(make("h3", {}, say("history")), rows.length ? make("ol", { class: "history" }, ...rows) : line(words.none_yet), row(button(words["badge.back"], () => { draw(); place.querySelector("button").focus(); })));
      place.querySelector("button").focus();
    } catch (problem) { tools.say(problem.message); }
  }

  function draw() {
    const parts = [];
    if (person.absence) parts.push(line(`${person.absence.excused ? say("is_excused") : say("is_absent")} ${person.absence.reason || ""}`.trim()));
    if (person.replaces && !person.stands_for) parts.push(line(fill("list.replaces", { code: person.replaces })));
    const isBlank = !person.name;
    const summoned = person.status === "summoned" && person.state === "never" && !isBlank;
    parts.push(row(isBlank ? make("button", { class: "button", type: "button", onclick: blank, "data-act": "blank" }, say("blank")) : null, summoned && !person.absence ? button(say("absent"), absent, "absent") : null,
      person.absence ? button(say("absent_off"), present, "present") : null, summoned ? button(say("substitute"), substitute, "substitute") : null, button(say("note"), note, "note"), button(say("correct"), correct, "correct"), button(say("history"), history, "history")));
    if (typeof person.greet === "boolean") parts.push(greeting());
    place.replaceChildren(...parts);
  }

  draw();
  return place;
}

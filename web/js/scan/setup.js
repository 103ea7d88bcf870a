// Choosing a gate: who is signed in makes this browser a device of it. Needs the network once; everything after does not.
import { make, words } from "../common.js";
import { say } from "./screen.js";

const find = (id) => document.getElementById(id);

export class SetupProblem extends Error {} // its message is a word: "first_network", "sign_in"

export async function askSetup(event) {
  let answer;
  try {
    answer = await fetch(`/scan/${encodeURIComponent(event)}/setup`, { cache: "no-store", headers: { Accept: "application/json" } });
  } catch {
    throw new SetupProblem("first_network");
  }
  if ([401, 403].includes(answer.status)) throw new SetupProblem("sign_in");
  if (!answer.ok) throw new SetupProblem("first_network");
  return answer.json();
}

function guessName() {
  const agent = navigator.userAgent;
  const kind = ["iPhone", "iPad", "Android", "Windows", "Mac", "Linux"].find((one) => agent.includes(one)) ?? "";
  return [words.phone, kind].filter(Boolean).join(" ");
}

// Shows the form; gives the identity when it was sent. `only`: the gate of scans that still wait here.
export function choose(setup, { event, before, only }) {
  const gates = only ? setup.gates.filter((gate) => gate.code === only) : setup.gates;
  const select = find("where");
  select.replaceChildren(...gates.map((gate) => make("option", { value: gate.code, selected: gate.code === before?.gate }, gate.title ?? gate.code)));
  const gateOf = () => gates.find((gate) => gate.code === select.value);
  const drawWays = () => {
    const gate = gateOf();
    find("ways").hidden = !gate || gate.kind === "handout" || !(gate.in && gate.out);
    if (gate && !gate.in) find("ways").querySelector('[value="out"]').checked = true;
    else if (gate && !gate.out) find("ways").querySelector('[value="in"]').checked = true;
  };
  select.onchange = drawWays;
  drawWays();
  if (before?.direction) find("ways").querySelector(`[value="${before.direction}"]`).checked = true;
  find("name").value = before?.name ?? guessName();
  find("naming").hidden = !setup.devices;
  find("plain").hidden = setup.devices;
  find("secure").hidden = !setup.secure;
  if (setup.secure) find("secure").href = setup.secure;
  find("setup").hidden = false;
  find("start").querySelector("button").focus();
  return new Promise((done) => {
    find("start").onsubmit = async (submit) => {
      submit.preventDefault();
      const direction = find("ways").querySelector(":checked").value;
      const name = find("name").value.trim() || guessName();
      const common = { event, gate: select.value, title: gateOf().title, direction, name, seal: setup.seal, secure: setup.secure };
      const button = find("start").querySelector("button");
      button.disabled = true;
      try {
        const identity = setup.devices ? { ...common, ...await join(event, setup.csrf, { gate: common.gate, name }) } : { ...common, session: true, csrf: setup.csrf };
        find("stop").hidden = true;
        find("setup").hidden = true;
        done(identity);
      } catch (problem) {
        find("stop").textContent = say(problem instanceof SetupProblem ? `stop_${problem.message}` : "stop_first_network");
        find("stop").hidden = false;
      } finally {
        button.disabled = false;
      }
    };
  });
}

async function join(event, csrf, wanted) {
  const answer = await fetch(`/scan/${encodeURIComponent(event)}/devices`, { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": csrf }, body: JSON.stringify(wanted) });
  if ([401, 403].includes(answer.status)) throw new SetupProblem("sign_in");
  if (answer.status !== 201) throw new SetupProblem("first_network");
  const { device, key } = await answer.json();
  return { device, key };
}

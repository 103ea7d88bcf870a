// The smallest test kit: a test is a function that throws; results in TAP-like lines, the sum at the end.
import assert from "node:assert/strict";

const state = { passed: 0, failed: 0 };

// Contexts of pages that a test opened (browser.mjs): one that fails closes none of them itself, and they would go on drawing beside all the others.
const contexts = new Set();
export function keepContext(context) {
  contexts.add(context);
  context.once("close", () => contexts.delete(context));
}

// `always`: also where ONLY names others.
export async function test(name, run, { always = false } = {}) {
  if (!always && process.env.ONLY && !new RegExp(process.env.ONLY).test(name)) { console.log(`# left out: ${name}`); return; } // for the one who writes a test
  const started = Date.now();
  const before = new Set(contexts);
  try {
    await run();
    state.passed++;
    console.log(`ok   ${name} (${Date.now() - started} ms)`);
  } catch (problem) {
    state.failed++;
    console.log(`not ok ${name}`);
    console.log(String(problem.stack || problem).split("\n").slice(0, 14).map((line) => `#   ${line}`).join("\n"));
    for (const context of [...contexts].filter((one) => !before.has(one))) await context.close().catch(() => {});
  }
}

// Waits until `look` gives something true; the last value is in the message.
// A state that comes is waited for, however slow the machine is today: it costs its time only where it does not come. How fast something is, is for the benches.
const PATIENCE = 60000;

export async function until(what, look, least = 0) {
  const patience = Math.max(least, PATIENCE);
  const end = Date.now() + patience;
  let value;
  for (;;) {
    try { value = await look(); } catch (problem) { value = problem; }
    if (value && !(value instanceof Error)) return value;
    if (Date.now() > end) throw new Error(`${what} did not happen in ${patience} ms; last: ${value}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

export function finish() {
  console.log(`# browser: ${state.passed} passed, ${state.failed} failed`);
  return state.failed === 0 && state.passed > 0 ? 0 : 1;
}

export { assert };

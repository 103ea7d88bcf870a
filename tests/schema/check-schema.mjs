// Holds the JSON Schema of the event file against the sample (must pass), the good fixtures (must pass) and the broken ones: those that
// expected.tsv gives to the schema must be refused, those that it gives to the importer must pass, so that neither list lies.
import {readFileSync, readdirSync} from "node:fs";
import {dirname, join, relative} from "node:path";
import {fileURLToPath} from "node:url";
import Ajv2020 from "ajv/dist/2020.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const fixtures = join(root, "tests", "fixtures", "event-file");
const schema = JSON.parse(readFileSync(join(root, "docs", "event-file.schema.json"), "utf8"));
const validate = new Ajv2020({allErrors: false, strict: true, strictRequired: false, allowUnionTypes: true}).compile(schema);

let passed = 0;
let failed = 0;

function report(path, ok, note) {
  ok ? passed++ : failed++;
  console.log(`${ok ? "ok" : "not ok"} - ${relative(root, path)}${note ? `: ${note}` : ""}`);
}

// What is wrong with a file, or null: not UTF-8, not JSON, or not by the schema.
function complaint(path) {
  try {
    const text = new TextDecoder("utf-8", {fatal: true}).decode(readFileSync(path));
    if (validate(JSON.parse(text))) return null;
  } catch (error) {
    return error.message;
  }
  const first = validate.errors[0];
  return `${first.instancePath || "/"} ${first.message}`;
}

function mustPass(path) {
  const found = complaint(path);
  report(path, found === null, found);
}

const jsonFiles = (folder) => readdirSync(folder).filter((name) => name.endsWith(".json")).sort();

mustPass(join(root, "events.sample.json"));
for (const name of jsonFiles(join(fixtures, "good"))) mustPass(join(fixtures, "good", name));

const broken = join(fixtures, "broken");
const rows = readFileSync(join(broken, "expected.tsv"), "utf8").trimEnd().split("\n").slice(1).map((line) => line.split("\t"));
const listed = new Set(rows.map(([file]) => file));
for (const name of jsonFiles(broken)) if (!listed.has(name)) report(join(broken, name), false, "expected.tsv does not name it");
for (const [file, place, , by] of rows) {
  const path = join(broken, file);
  const found = complaint(path);
  if (by === "importer") report(path, found === null, found === null ? "passes, as expected: only the importer can tell" : `expected.tsv leaves it to the importer, but: ${found}`);
  else report(path, by === "schema" && found !== null, found ?? `the schema does not refuse it (${place})`);
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

// `npm run sizes`: compiles every example for every target and writes their sizes into examples/README.md, between its
// size comments, and what each feature of the server and the smallest one cost into docs/server.md and docs/site.md. `-- --print` prints the table of the
// examples instead.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { measureFeatures, renderFeatures, renderMinimal } from "./feature-sizes.mjs";
import { parseFlags } from "./flags.mjs";
import { root, say, setUp } from "./setup.mjs";

const values = parseFlags({ print: { type: "boolean", default: false } });

setUp();
const load = (/** @type {string} */ path) => import(pathToFileURL(join(root, "dist", path)).href);
const { compile, parseProgram } = await load("compile.js");
const { makeSources } = await load("cli/sources.js");
const { targets } = await load("target/targets.js");

const examples = join(root, "examples");
const names = readdirSync(examples, { withFileTypes: true })
  .filter(
    (entry) => entry.isDirectory() && readdirSync(join(examples, entry.name)).includes(`${entry.name}.ts`),
  )
  .map((entry) => entry.name)
  .sort();

const sources = makeSources();
const declarations = sources.readOwn("runtime/modules/target.d.ts");
const modules = new Map([["microlith:target", { declarations, values: new Map(), objects: new Map() }]]);

const rows = names.map((name) => {
  const entry = sources.readOwn(`examples/${name}/${name}.ts`);
  const program = parseProgram({ entry, resolve: sources.resolve, modules });
  const sizes = targets.map(
    (/** @type {object} */ target) => compile(program, modules, target, "tight").executable.bytes.length,
  );
  return `| [${name}](${name}/${name}.ts) | ${sizes.map((size) => size.toLocaleString("en-US")).join(" | ")} |`;
});
const table = [
  `| bytes | ${targets.map((/** @type {{ id: string }} */ { id }) => id).join(" | ")} |`,
  `|---|${targets.map(() => "--:|").join("")}`,
  ...rows,
].join("\n");

if (values.print) {
  process.stdout.write(`${table}\n`);
} else {
  writeTable(join(examples, "README.md"), table);
  say(`wrote the sizes of ${names.length} examples into examples/README.md`);
  const features = measureFeatures();
  writeTable(join(root, "docs", "server.md"), renderFeatures(features.operation));
  writeTable(join(root, "docs", "site.md"), renderFeatures(features.site));
  writeTable(join(root, "docs", "server.md"), renderMinimal(), "minimal");
  say("wrote what features cost into docs/server.md and docs/site.md");
}

/** Between the document's comments of that name. */
function writeTable(/** @type {string} */ path, /** @type {string} */ text, name = "sizes") {
  const comments = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*(<!-- /${name} -->)`);
  writeFileSync(path, readFileSync(path, "utf8").replace(comments, `$1\n${text}\n\n$2`));
}

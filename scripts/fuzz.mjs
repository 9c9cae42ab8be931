// `npm run fuzz`: no input makes the compiler crash or hang. Takes the programs of test/programs/, test/std/, test/wrong/ and
// examples/, changes each a little, and compiles what comes out for every target, for size or speed. What the compiler may say is a list of
// diagnostics or a UserError; anything else, or nothing for ten seconds, is a finding, which ends the run with status 1
// and its number. The same seed gives the same programs: `npm run fuzz -- --seed 7 --from 123 --count 1 --print`.
// `npm run fuzz -- --server --minutes 10` is about the server instead: fuzz-server.mjs.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { parseFlags } from "./flags.mjs";
import { root, setUp } from "./setup.mjs";

const patienceMs = 10_000;

function start() {
  const values = parseFlags({
    seed: { type: "string", default: "1" },
    from: { type: "string", default: "0" },
    count: { type: "string", default: "1000" },
    print: { type: "boolean", default: false },
  });
  setUp();
  const from = Number(values.from);
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { seed: Number(values.seed), from, count: Number(values.count), print: values.print },
  });
  let current = from;
  let timer = setTimeout(hang, 2 * patienceMs);
  worker.on(
    "message",
    (/** @type {{ next?: number, text?: string, finding?: string, summary?: string }} */ message) => {
      if (message.next !== undefined) {
        current = message.next;
        clearTimeout(timer);
        timer = setTimeout(hang, patienceMs);
      }
      // All that is printed is printed here, so that it comes in order.
      if (message.text !== undefined) process.stdout.write(message.text);
      if (message.finding !== undefined) stop(message.finding);
      if (message.summary !== undefined) {
        process.stdout.write(`${message.summary}\n`);
        clearTimeout(timer);
      }
    },
  );
  worker.on("error", (error) => stop(String(error.stack)));

  function hang() {
    stop(`no answer in ${patienceMs / 1000} seconds`);
  }

  function stop(/** @type {string} */ what) {
    process.stdout.write(`program ${current} of seed ${values.seed}: ${what}\n`);
    process.exit(1);
  }
}

/** @param {{ seed: number, from: number, count: number, print: boolean }} options */
async function work({ seed, from, count, print }) {
  const load = (/** @type {string} */ path) => import(pathToFileURL(join(root, "dist", path)).href);
  const { compile, parseProgram } = await load("compile.js");
  const { makeSources } = await load("cli/sources.js");
  const { targets } = await load("target/targets.js");
  const { UserError } = await load("base/errors.js");
  const right = ["test/programs", "test/std", "examples"].flatMap(programsIn);
  const wrong = programsIn("test/wrong");
  const results = { compiled: 0, refused: 0 };
  for (let number = from; number < from + count; number++) {
    parentPort?.postMessage({ next: number });
    const random = makeRandom(seed * 1_000_003 + number);
    const path = random.pick(random.below(5) === 0 ? wrong : right);
    const text = mutate(readFileSync(join(root, path), "utf8"), right, random);
    if (print) parentPort?.postMessage({ text });
    const sources = makeSources();
    const declarations = sources.readOwn("runtime/modules/target.d.ts");
    const modules = new Map([["microlith:target", { declarations, values: new Map(), objects: new Map() }]]);
    // Imports are looked for where the original is; a file that imports itself gets the original.
    const original = sources.readOwn(path);
    const entry = { path, text };
    const resolve = (/** @type {string} */ specifier, /** @type {object} */ importer) =>
      sources.resolve(specifier, importer === entry ? original : importer);
    try {
      const program = parseProgram({ entry, resolve, modules });
      for (const target of targets) {
        const optimize = random.below(4) === 0 ? "speed" : "size";
        const layout = random.below(2) === 0 ? "plain" : "tight";
        compile(program, modules, target, layout, false, undefined, optimize);
      }
      results.compiled++;
    } catch (error) {
      if (!(error instanceof UserError) && !(error instanceof Error && error.name === "DiagnosticError")) {
        const stack = error instanceof Error ? error.stack : String(error);
        parentPort?.postMessage({ finding: `from ${path}: ${stack}` });
        return;
      }
      results.refused++;
    }
  }
  const { compiled, refused } = results;
  parentPort?.postMessage({ summary: `${count} programs: ${compiled} compiled, ${refused} refused` });
}

/** @returns {string[]} */
function programsIn(/** @type {string} */ folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts"))
    .map((entry) =>
      join(entry.parentPath, entry.name).slice(root.length).replaceAll("\\", "/").replace(/^\//, ""),
    )
    .sort();
}

/** What may stand for each other: such a change gets past the parser. */
const classes = [
  "u8 i8 u16 i16 u32 i32 u64 i64 usize isize bool Ptr<u8> Fixed<u32,4>".split(" "),
  "+ - * / % & | ^ << >> >>> === !== < <= > >= && ||".split(" "),
  "= += -= *= /= %= &= |= ^= <<= >>=".split(" "),
  "0 1 2 7 8 31 32 33 63 64 127 128 255 256 32767 32768 65535 2147483647 2147483648 4294967295 4294967296".split(
    " ",
  ),
  "9007199254740993 9223372036854775807 9223372036854775808 18446744073709551615 18446744073709551616 0x0 1.5".split(
    " ",
  ),
  "const let".split(" "),
  "true false null this".split(" "),
  "break continue return".split(" "),
  "++ --".split(" "),
  "zeroed scratch table bytes byte sizeof address pointer reference load store syscall copy fill equal".split(
    " ",
  ),
];

/** What no program should have where it happens to stand. */
const junk = [
  ..."function class enum var export import from if else while do for switch case default static readonly".split(
    " ",
  ),
  ..."new typeof as async await yield in of instanceof unreachable main ( ) { } [ ] < > ; , . : ? ?. ?? ! ~ =>".split(
    " ",
  ),
  ...[
    '""',
    '"x"',
    '"\\0"',
    '"\\ud800"',
    '"./other.ts"',
    '"microlith/std"',
    "1e9",
    "0x",
    "1n",
    "/a/",
    "`a\x24{1}`",
    "\u0000",
  ],
];

const tokenPattern =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|[A-Za-z_$][\w$]*|\d[\w.]*|[<>=!&|+*/%^-]+|[\s\S]/g;

const isName = (/** @type {string} */ token) => /^[A-Za-z_$]/.test(token);
const isNumber = (/** @type {string} */ token) => /^\d/.test(token);

/**
 * One to four changes, most of which leave a program that still parses.
 * @param {string} text
 * @param {readonly string[]} others
 * @param {ReturnType<typeof makeRandom>} random
 */
function mutate(text, others, random) {
  let changed = text;
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    changed = random.below(3) === 0 ? changeLines(changed, others, random) : changeToken(changed, random);
  }
  return changed;
}

/** Whole statements: lines that end in a semicolon are left out, doubled, moved or taken from another program. */
function changeLines(
  /** @type {string} */ text,
  /** @type {readonly string[]} */ others,
  /** @type {ReturnType<typeof makeRandom>} */ random,
) {
  const lines = text.split("\n");
  const statements = (/** @type {readonly string[]} */ list) =>
    list.flatMap((line, index) => (/^\s.*;$/.test(line) ? [index] : []));
  const places = statements(lines);
  if (places.length === 0) return text;
  const at = random.pick(places);
  const to = random.pick(places);
  const other = readFileSync(join(root, random.pick(others)), "utf8").split("\n");
  switch (random.below(5)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(to, 0, ...Array.from({ length: random.below(10) === 0 ? 300 : 1 }, () => lines[at] ?? ""));
      break;
    case 2:
      lines.splice(to, 0, ...lines.splice(at, 1 + random.below(3)));
      break;
    case 3:
      lines.splice(at, 0, other[random.pick([...statements(other), 0])] ?? "");
      break;
    default:
      lines[at] = `{ for (;;) { ${lines[at]} } }`;
  }
  return lines.join("\n");
}

/** One token: replaced by one of its class mostly, else by anything. */
function changeToken(/** @type {string} */ text, /** @type {ReturnType<typeof makeRandom>} */ random) {
  const tokens = text.match(tokenPattern) ?? [];
  let at = random.below(tokens.length);
  while (at < tokens.length - 1 && /^(\s|\/[/*])/.test(tokens[at] ?? "")) at++;
  const token = tokens[at] ?? "";
  const same = classes.find((words) => words.includes(token));
  const kind = random.below(40);
  if (kind === 0) tokens.length = at;
  else if (kind === 1) tokens.splice(at, 1 + random.below(3));
  else if (kind <= 3) tokens[at] = random.pick(junk);
  else if (kind === 4) tokens.splice(at, 0, " ", random.pick(junk), " ");
  else if (kind <= 6) tokens[at] = nested(token, random);
  else if (same !== undefined) tokens[at] = random.pick(same);
  else if (isNumber(token)) tokens[at] = random.pick([...(classes[3] ?? []), ...(classes[4] ?? [])]);
  else if (isName(token)) tokens[at] = random.pick(tokens.filter(isName));
  else if (token.startsWith('"')) tokens[at] = random.pick(tokens.filter((each) => each.startsWith('"')));
  return tokens.join("");
}

/** A token inside many others. */
function nested(/** @type {string} */ token, /** @type {ReturnType<typeof makeRandom>} */ random) {
  const depth = 1 + random.below(random.below(4) === 0 ? 4000 : 20);
  const [open = "", close = ""] = random.pick([
    ["(", ")"],
    ["{", "}"],
    ["-", ""],
    ["~", ""],
    ["!", ""],
    ["Ptr<", ">"],
    ["[", "]"],
    ["f(", ")"],
    ["1 + ", ""],
    ["if (1 === 1) ", ""],
  ]);
  return open.repeat(depth) + token + close.repeat(depth);
}

/** mulberry32: the same numbers everywhere. */
function makeRandom(/** @type {number} */ seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (/** @type {number} */ limit) => Math.floor(next() * limit);
  return {
    below,
    pick: (/** @type {readonly any[]} */ list) => list[below(list.length)],
  };
}

if (isMainThread && process.argv.includes("--server")) await import("./fuzz-server.mjs");
else if (isMainThread) start();
else await work(workerData);

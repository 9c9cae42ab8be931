// `npm run fuzz`: no input makes the compiler crash or hang. Takes the programs of test/programs/, test/std/, test/wrong/ and
// examples/, changes each a little, and compiles what comes out for every target. What the compiler may say is a list of
// diagnostics or a UserError; anything else, or nothing for ten seconds, is a finding, which ends the run with status 1
// and its number. The same seed gives the same programs: `npm run fuzz -- --seed 7 --from 123 --count 1 --print`.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { root, setUp } from "./setup.mjs";

const patienceMs = 10_000;

function start() {
  const { values } = parseArgs({
    options: {
      seed: { type: "string", default: "1" },
      from: { type: "string", default: "0" },
      count: { type: "string", default: "1000" },
      print: { type: "boolean", default: false },
    },
  });
  setUp();
  const from = Number(values.from);
  const worker = new Worker(new URL(import.meta.url), {
    workerData: { seed: Number(values.seed), from, count: Number(values.count), print: values.print },
  });
  let current = from;
  let timer = setTimeout(hang, 2 * patienceMs);
  worker.on("message", (/** @type {{ next?: number, finding?: string, summary?: string }} */ message) => {
    if (message.next !== undefined) {
      current = message.next;
      clearTimeout(timer);
      timer = setTimeout(hang, patienceMs);
    }
    if (message.finding !== undefined) stop(message.finding);
    if (message.summary !== undefined) {
      process.stdout.write(`${message.summary}\n`);
      clearTimeout(timer);
    }
  });
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
  const originals = ["test/programs", "test/std", "test/wrong", "examples"].flatMap(programsIn);
  const results = { compiled: 0, refused: 0 };
  for (let number = from; number < from + count; number++) {
    parentPort?.postMessage({ next: number });
    const random = makeRandom(seed * 1_000_003 + number);
    const path = random.pick(originals);
    const text = mutate(readFileSync(join(root, path), "utf8"), originals, random);
    if (print) process.stdout.write(text);
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
      for (const target of targets)
        compile(program, modules, target, random.below(2) === 0 ? "plain" : "tight", false);
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

/** Words that mean something, numbers at the edges, and what no program should have. */
const dictionary = [
  ..."u8 i8 u16 i16 u32 i32 u64 i64 usize isize bool boolean string void never null number Ptr Fixed Inline".split(
    " ",
  ),
  ..."function class enum const let var export import from return if else while do for switch case default".split(
    " ",
  ),
  ..."break continue static readonly this new true false typeof as async await yield in of instanceof".split(
    " ",
  ),
  ..."zeroed scratch table bytes byte sizeof address pointer reference load store syscall copy fill equal".split(
    " ",
  ),
  ..."unreachable countTrailingZeros byteSwap rotateLeft main stack length add since".split(" "),
  ..."( ) { } [ ] < > ; , . : ? ?. ?? ! ~ + - * / % & | ^ << >> >>> = += -= === !== <= >= && || => ++ -- ... @ #".split(
    " ",
  ),
  ..."0 1 -1 2 7 8 31 32 33 63 64 127 128 255 256 32767 65535 2147483647 2147483648 4294967295 4294967296".split(
    " ",
  ),
  ..."9007199254740993 9223372036854775807 9223372036854775808 18446744073709551615 18446744073709551616".split(
    " ",
  ),
  ...[
    '""',
    '"x"',
    "`a\x24{1}`",
    '"\\0"',
    '"\\ud800"',
    '"./other.ts"',
    '"microlith/std"',
    "1.5",
    "1e9",
    "0x",
    "1n",
    "/a/",
    "\u0000",
  ],
];

const tokenPattern =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|[A-Za-z_$][\w$]*|\d[\w.]*|[<>=!&|+-]+|[\s\S]/g;

/**
 * One to eight changes.
 * @param {string} text
 * @param {readonly string[]} others
 * @param {ReturnType<typeof makeRandom>} random
 */
function mutate(text, others, random) {
  const tokens = text.match(tokenPattern) ?? [];
  for (let changes = 1 + random.below(8); changes > 0; changes--) {
    const at = random.below(tokens.length);
    switch (random.below(10)) {
      case 0:
        tokens.splice(at, 1 + random.below(3));
        break;
      case 1:
        tokens.splice(at, 0, " ", random.pick(dictionary), " ");
        break;
      case 2:
      case 3:
        tokens[at] = random.pick(dictionary);
        break;
      case 4:
        // Names for names are what gets past the parser.
        replaceName(tokens, at, random);
        break;
      case 5: {
        const other = random.below(tokens.length);
        [tokens[at], tokens[other]] = [tokens[other] ?? "", tokens[at] ?? ""];
        break;
      }
      case 6: {
        const length = 1 + random.below(30);
        tokens.splice(random.below(tokens.length), 0, ...tokens.slice(at, at + length));
        break;
      }
      case 7: {
        const other = readFileSync(join(root, random.pick(others)), "utf8").match(tokenPattern) ?? [];
        const from = random.below(other.length);
        tokens.splice(at, random.below(20), ...other.slice(from, from + random.below(60)));
        break;
      }
      case 8:
        if (random.below(8) === 0) tokens.length = at;
        else tokens[at] = String(random.below(2) === 0 ? random.below(0x1_0000_0000) : random.below(64));
        break;
      default: {
        const depth = 1 + random.below(random.below(10) === 0 ? 5000 : 20);
        const [open, close] = random.pick([
          ["(", ")"],
          ["{", "}"],
          ["-", ""],
          ["!", ""],
          ["Ptr<", ">"],
          ["[", "]"],
          ["if (1 === 1) ", ""],
        ]);
        tokens[at] = open.repeat(depth) + (tokens[at] ?? "") + close.repeat(depth);
      }
    }
    if (tokens.length === 0) tokens.push(" ");
  }
  return tokens.join("");
}

/**
 * @param {string[]} tokens
 * @param {number} at
 * @param {ReturnType<typeof makeRandom>} random
 */
function replaceName(tokens, at, random) {
  const isName = (/** @type {string} */ token) => /^[A-Za-z_$]/.test(token);
  const names = tokens.filter(isName);
  const index = tokens.findIndex((token, place) => place >= at && isName(token));
  if (index >= 0) tokens[index] = random.pick(names);
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

if (isMainThread) start();
else await work(workerData);

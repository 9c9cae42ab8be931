// `npm run fuzz -- --server --minutes 10`: AFL++ on the whole server. The server is compiled to C (`--emit c`) with every feature, and
// that natively together with test/fuzz/kernel.c, which says what a test case is and what counts as a finding. First the
// corpus of test/fuzz/corpus runs under the sanitizers of addresses and undefined behaviour, then AFL++ looks for more, then what it
// found new runs under the sanitizers. A finding ends with status 1 and stays in .cache/fuzz/findings.
// `--fault 1` and `--fault 2` make the kernel a wrong one, which has to end in a finding.
// `--minimise` makes the corpus anew from the old one and what was found: as few cases as reach everything.

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parseFlags } from "./flags.mjs";
import { hasCommand } from "./install.mjs";
import { root, setUp } from "./setup.mjs";

const values = parseFlags({
  server: { type: "boolean" },
  minutes: { type: "string", default: "10" },
  fault: { type: "string", default: "0" },
  minimise: { type: "boolean", default: false },
});
const folder = join(root, ".cache", `fuzz-${process.pid}`);
const findings = join(root, ".cache", "fuzz", "findings");
const corpus = join(root, "test", "fuzz", "corpus");
const site = join(folder, "site");
const fuzzed = join(folder, "fuzzed");
const watched = join(folder, "watched");
const found = join(folder, "out", "default");

/** What adds code to the server; several workers would be several processes. */
const flags = [
  "--codings=br,gzip,zstd,identity",
  "--clean-urls=redirect",
  "--listing",
  "--cors",
  "--max-connections=100",
  "--request-bytes=2048",
  "--drain-delay=1",
  "--health",
  "--metrics",
  "--env=STAGE",
  "--access-log=json",
  "--trust=0.0.0.0/0",
  "--last-modified=2026-03-05T09:08:07Z",
];

const common = ["-g", "-w", "-DSIMULATED", `-DFAULT=${values.fault}`, "-fno-pic", "-no-pie"];
const sources = [join(folder, "server.c"), join(root, "test", "fuzz", "kernel.c")];
const aflEnvironment = {
  ...process.env,
  AFL_NO_UI: "1",
  AFL_QUIET: "1",
  AFL_SKIP_CPUFREQ: "1",
  AFL_NO_AFFINITY: "1",
  AFL_FAST_CAL: "1",
  AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES: "1",
};

setUp();
for (const command of ["afl-fuzz", "afl-clang-fast", "gcc"])
  if (!hasCommand(command)) stop(2, `${command} is missing (Debian packages afl++, clang, gcc)`);
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
mkdirSync(folder, { recursive: true });
writeSite();
const c = execute(process.execPath, [
  join(root, "dist", "cli", "main.js"),
  "build",
  site,
  "--emit",
  "c",
  ...flags,
]);
writeFileSync(join(folder, "server.c"), c);
execute("gcc", [
  ...["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"],
  ...[...common, "-o", watched, ...sources],
]);
execute("afl-clang-fast", ["-O2", ...common, "-o", fuzzed, ...sources], aflEnvironment);

const known = casesIn(corpus);
if (known.length === 0) stop(1, "there is no corpus");
watch(known);
const seconds = Math.max(1, Math.round(Number(values.minutes) * 60));
await fuzz(seconds);
const crashes = [...casesIn(join(found, "crashes")), ...casesIn(join(found, "hangs"))];
if (crashes.length > 0) report(crashes[0] ?? "", "AFL++ found a crash or an endless loop");
const fresh = casesIn(join(found, "queue")).filter((path) => !path.includes(",orig:"));
watch(fresh);
if (values.minimise) minimise();
const runs = /^execs_done +: (\d+)$/m.exec(readFileSync(join(found, "fuzzer_stats"), "utf8"))?.[1] ?? "0";
process.stdout.write(
  `${known.length} cases of the corpus, ${runs} runs, ${fresh.length} new paths: no finding\n`,
);

/** Something for every part of the server. */
function writeSite() {
  const files = {
    "index.html": `<!doctype html><title>Fuzz</title>${"<p>words and more words</p>".repeat(40)}`,
    "probe.txt": "probe",
    "a b.txt": "space",
    "about.html": "about",
    "dir/index.html": "index",
    "dir/page.html": "page",
    "dir/404.html": "not in dir",
    "404.html": "not here",
    "large.txt": "0123456789abcdef".repeat(4096),
    _redirects:
      "/old/* /new/:splat 301\n/posts/:year/:slug /archive/:slug?year=:year 302\n/app/* /index.html 200\n/gone 410\n",
    _headers: "/*\n  X-Frame-Options: DENY\n",
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(site, path, ".."), { recursive: true });
    writeFileSync(join(site, path), content);
  }
}

/** Runs cases under the sanitizers. */
function watch(/** @type {readonly string[]} */ cases) {
  for (let at = 0; at < cases.length; at += 500) {
    const some = cases.slice(at, at + 500);
    const run = spawnSync(watched, some, { encoding: "utf8", maxBuffer: 1 << 26 });
    if (run.status === 0) continue;
    const last = [...some].reverse().find((path) => run.stderr.includes(`${path}\n`));
    report(
      last ?? "",
      run.stderr
        .split("\n")
        .filter((line) => !some.includes(line))
        .slice(0, 40)
        .join("\n"),
    );
  }
}

/** @returns {Promise<void>} */
function fuzz(/** @type {number} */ time) {
  const args = ["-i", corpus, "-o", join(folder, "out"), "-V", String(time), "-t", "1000"];
  const dictionary = ["-x", join(root, "test", "fuzz", "http.dict")];
  const child = spawn("afl-fuzz", [...args, ...dictionary, "--", fuzzed], {
    stdio: ["ignore", "pipe", "pipe"],
    env: aflEnvironment,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      text = (text + chunk).slice(-4000);
    });
  return new Promise((resolve) => {
    child.on("exit", (status) => (status === 0 ? resolve() : stop(1, `afl-fuzz failed\n${text}`)));
  });
}

function minimise() {
  const all = join(folder, "all");
  const fewest = join(folder, "fewest");
  mkdirSync(all);
  for (const [index, path] of [...known, ...fresh].entries()) copyFileSync(path, join(all, String(index)));
  execute("afl-cmin", ["-i", all, "-o", fewest, "-t", "1000", "--", fuzzed], aflEnvironment);
  rmSync(corpus, { recursive: true });
  mkdirSync(corpus);
  for (const path of casesIn(fewest)) {
    const bytes = readFileSync(path);
    writeFileSync(join(corpus, createHash("sha256").update(bytes).digest("hex").slice(0, 16)), bytes);
  }
}

/** @returns {readonly string[]} */
function casesIn(/** @type {string} */ place) {
  if (!existsSync(place)) return [];
  const names = readdirSync(place).filter((name) => !name.startsWith(".") && name !== "README.txt");
  return names.sort().map((name) => join(place, name));
}

function execute(
  /** @type {string} */ command,
  /** @type {readonly string[]} */ args,
  /** @type {NodeJS.ProcessEnv} */ env = process.env,
) {
  const run = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, env });
  if (run.status !== 0) stop(1, `${command} failed\n${run.stderr}`);
  return run.stdout;
}

/** @returns {never} */
function report(/** @type {string} */ path, /** @type {string} */ what) {
  mkdirSync(findings, { recursive: true });
  const bytes = readFileSync(path);
  const kept = join(findings, createHash("sha256").update(bytes).digest("hex").slice(0, 16));
  writeFileSync(kept, bytes);
  stop(1, `${what}\n${JSON.stringify(bytes.toString("latin1").slice(0, 2000))}\nkept as ${kept}`);
}

/** @returns {never} */
function stop(/** @type {number} */ status, /** @type {string} */ message) {
  process.stdout.write(`fuzz: ${message}\n`);
  process.exit(status);
}

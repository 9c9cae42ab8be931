// What a fresh clone needs before anything of it can run: the packages of package-lock.json in node_modules/
// and the compiled tool in dist/. Each step is skipped when its result is already there, and says one line
// when it is not. Plain JavaScript without dependencies, because it runs before there are any.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Installs the packages and builds dist/ where they are missing or out of date. Ends the process when that fails. */
export function setUp() {
  try {
    prepare();
  } catch (error) {
    process.stderr.write(`microlith: error: ${error.message}\n`);
    process.exit(2);
  }
}

/** The same for those who want to go on. @throws Error */
export function prepare() {
  requireNode();
  installPackages();
  buildTool();
}

/** One line of progress. */
export function say(/** @type {string} */ message) {
  process.stderr.write(`microlith: ${message}\n`);
}

function requireNode() {
  const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node.replace(/^>=/, "");
  const order = (/** @type {string} */ version) =>
    version.split(".").reduce((sum, part) => sum * 1000 + Number(part), 0);
  if (order(process.versions.node) < order(wanted)) {
    fail(
      `this is Node ${process.versions.node}, and microlith needs ${wanted} or later. Install it from https://nodejs.org`,
    );
  }
}

function installPackages() {
  if (packagesAreInstalled()) return;
  say("installing packages (npm ci)");
  const npm = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (npm.error) throw new Error(`npm could not be started: ${npm.error.message}`);
  if (npm.status !== 0) throw new Error("npm ci failed; its message is above");
}

/** npm notes in node_modules/.package-lock.json what it installed; each package of the lock file must be there. */
function packagesAreInstalled() {
  const note = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(note)) return false;
  const installed = JSON.parse(readFileSync(note, "utf8")).packages;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || installed[path]?.version === entry.version,
  );
}

/** Builds dist/ when the sources are newer. @throws Error */
export function buildTool() {
  const built = join(root, "dist", "cli", "main.js");
  const sources = ["package.json", "rolldown.config.mjs", "tsconfig.json", "tsconfig.build.json", "src"];
  if (
    existsSync(built) &&
    Math.max(...sources.map((name) => newest(join(root, name)))) <= statSync(built).mtimeMs
  )
    return;
  say("building dist/");
  rmSync(join(root, "dist"), { recursive: true, force: true });
  const steps = [
    // Its standard output is the list of what it made.
    { args: [bin("rolldown", "rolldown"), "--config"], output: /** @type {const} */ ("ignore") },
    // The types of what projects import.
    { args: [bin("typescript", "tsc"), "-p", "tsconfig.build.json"], output: 2 },
  ];
  for (const { args, output } of steps) {
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", output, 2] });
    if (status !== 0) throw new Error("the build failed; the compiler's message is above");
  }
}

/** Time of the last change of a file, or of anything in a folder (the folders too: something may have been removed). */
function newest(/** @type {string} */ path) {
  const entry = statSync(path);
  if (!entry.isDirectory()) return path.endsWith(".test.ts") ? 0 : entry.mtimeMs;
  return Math.max(entry.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** The script behind a command of an installed package. */
export function bin(/** @type {string} */ name, /** @type {string} */ command) {
  const folder = join(root, "node_modules", name);
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof manifest.bin === "string" ? manifest.bin : manifest.bin[command]);
}

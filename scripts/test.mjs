// `npm test`, the gate: sets up, installs the programs the tests run where it may, then checks format and
// types and runs every test. `npm test -- NAME` runs only the test files whose path contains NAME.
// The last line is `N passed, N failed, N skipped`; format and types count as one test each.
// With CI=true a suite left out is a failure.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installTools } from "./install.mjs";
import { packages } from "./packages.mjs";
import { bin, prepare, root, say } from "./setup.mjs";

const inCi = process.env.CI === "true";
const filters = process.argv.slice(2);

try {
  prepare();
} catch (error) {
  process.stderr.write(`microlith: error: ${error.message}\n`);
  conclude(0, 1, 0);
  process.exit();
}
const missing = installTools(packages);
for (const entry of missing) {
  say(`left out: ${entry.suites} (${entry.commands.join(", ")} missing; Debian package ${entry.name})`);
}

const checks = [
  { name: "format and lint", args: [bin("@biomejs/biome", "biome"), "check", "--error-on-warnings"] },
  { name: "types", args: [bin("typescript", "tsc"), "--noEmit"] },
  {
    name: "types of the programs in the subset",
    args: [bin("typescript", "tsc"), "--noEmit", "-p", "runtime"],
  },
];
const failedChecks = filters.length > 0 ? [] : checks.filter((check) => !passes(check));
const tests = runTests();

const checked = filters.length > 0 ? 0 : checks.length;
const passed = tests.passed + checked - failedChecks.length;
const leftOut = inCi ? missing.length + tests.skipped : 0;
const failed = tests.failed + failedChecks.length + leftOut;
conclude(passed, failed, tests.skipped);

/** The last line. */
function conclude(/** @type {number} */ passed, /** @type {number} */ failed, /** @type {number} */ skipped) {
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

/** @param {{ name: string, args: string[] }} check */
function passes(check) {
  say(check.name);
  const run = spawnSync(process.execPath, check.args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26 });
  if (run.status !== 0) process.stdout.write(`${run.stdout}${run.stderr}`);
  return run.status === 0;
}

/** A run that breaks off (no file matches, the runner crashes, an error outside any test) is one failure. */
function runTests() {
  const folder = mkdtempSync(join(tmpdir(), "microlith-test-"));
  const report = join(folder, "report.json");
  try {
    say("tests");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const run = spawnSync(process.execPath, [bin("vitest", "vitest"), "run", ...reporters, ...filters], {
      cwd: root,
      stdio: "inherit",
    });
    const result = readReport(report);
    const failed = result.failed === 0 && run.status !== 0 ? 1 : result.failed;
    return { ...result, failed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(/** @type {string} */ path) {
  try {
    const report = JSON.parse(readFileSync(path, "utf8"));
    return {
      passed: report.numPassedTests,
      // A file that could not be loaded has no tests that could fail.
      failed: report.numFailedTests + report.testResults.filter(hasNoTestsAndFailed).length,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

/** @param {{ status: string, assertionResults: unknown[] }} file */
function hasNoTestsAndFailed(file) {
  return file.status === "failed" && file.assertionResults.length === 0;
}

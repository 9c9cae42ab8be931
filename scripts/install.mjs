// Installs Debian packages whose commands are missing, where that is ours to do: on Debian and Ubuntu, as root.

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { say } from "./setup.mjs";

/** Superuser programs are not on every PATH. */
const searched = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];

export function hasCommand(/** @type {string} */ command) {
  return searched.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Installs what is missing where it may.
 * @param {readonly import("./packages.mjs").ToolPackage[]} wanted
 * @returns {readonly import("./packages.mjs").ToolPackage[]} the packages that are still missing
 */
export function installTools(wanted) {
  const missing = missingTools(wanted);
  if (missing.length === 0 || !mayInstall()) return missing;
  say(`installing ${missing.map((entry) => entry.name).join(" ")}`);
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  const update = spawnSync("apt-get", ["update", "-q"], { ...quiet, encoding: "utf8" });
  if (update.status !== 0) process.stderr.write(update.stderr);
  // A release without one of them must not lose the others; what is there already (from elsewhere, maybe) stays.
  const known = wanted
    .filter((entry) => missing.includes(entry) || entry.commands.length === 0)
    .map((entry) => entry.name)
    .filter((name) => spawnSync("apt-cache", ["show", name], { stdio: "ignore" }).status === 0);
  const install = spawnSync("apt-get", ["install", "-qq", "-y", "--no-install-recommends", ...known], {
    ...quiet,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (install.status !== 0) process.stderr.write(install.stdout + install.stderr);
  return missingTools(wanted);
}

/** @param {readonly import("./packages.mjs").ToolPackage[]} wanted */
function missingTools(wanted) {
  return wanted.filter(
    (entry) => !entry.commands.every(hasCommand) || !(entry.files ?? []).every((file) => existsSync(file)),
  );
}

function mayInstall() {
  if (process.platform !== "linux" || process.getuid?.() !== 0 || !existsSync("/etc/os-release"))
    return false;
  const release = readFileSync("/etc/os-release", "utf8");
  return /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(release) && hasCommand("apt-get");
}

// What each feature of the server costs: the bytes that its flag, or its rules, add to a site of one page on amd64. `npm run sizes` writes
// the tables into docs/server.md and docs/site.md, and test/feature-sizes.test.ts holds them to what is built.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "./setup.mjs";

/**
 * `label` is Markdown. The row is measured against `without`, or else against the page alone.
 * @typedef {import("./feature-sizes.d.mts").Variant} Variant
 * @typedef {Variant & { label: string, without?: Variant }} Feature
 */

const log = ["--access-log=combined"];
const trust = [...log, "--trust=10.0.0.0/8"];
const page = "<!doctype html><title>One page</title>\n";
// Long enough for every coding to save a packet.
const long = { "/long.html": page + "<p>One line of many that are alike.\n".repeat(200) };
const rewrite = { "/_redirects": "/app/* /index.html 200\n" };

/** @type {readonly Feature[]} */
const operation = [
  { label: "the filter (default)", without: { flags: ["--no-seccomp"] } },
  { label: "the numeric user (default)", without: { flags: ["--user=root"] } },
  { label: "`--max-connections`, more than 1,000", flags: ["--max-connections=5000"] },
  { label: "`--drain-delay`", flags: ["--drain-delay=5"] },
  { label: "`--health`", flags: ["--health"] },
  { label: "`--healthcheck`", flags: ["--healthcheck"] },
  { label: "`--metrics`", flags: ["--metrics"] },
  { label: "`--env` of two variables", flags: ["--env=API_URL,STAGE"] },
  { label: "`--access-log common`", flags: ["--access-log=common"] },
  { label: "`--access-log combined`", flags: log },
  { label: "`--access-log json`", flags: ["--access-log=json"] },
  { label: "`--trust` of a network, besides the log", flags: trust, without: { flags: log } },
  {
    label: "`--trust-header forwarded`, besides that",
    flags: [...trust, "--trust-header=forwarded"],
    without: { flags: trust },
  },
  { label: "`--workers 4`", flags: ["--workers=4"] },
  { label: "`--workers auto`", flags: ["--workers=auto"] },
  {
    label: "all of these, but for `forwarded`",
    flags: [
      ...["--max-connections=5000", "--drain-delay=5", "--health", "--healthcheck", "--metrics"],
      ...["--env=API_URL,STAGE", "--workers=auto"],
      ...trust,
    ],
    without: { flags: ["--no-seccomp", "--user=root"] },
  },
];

/** @type {readonly Feature[]} */
const site = [
  {
    label: "`--base`, `--spa`, cache rules",
    flags: ["--base=/docs", "--spa", "--cache-control=/*=no-store"],
  },
  { label: "`--cors`", flags: ["--cors"] },
  { label: "`--security-headers basic`", flags: ["--security-headers=basic"] },
  { label: "`--security-headers strict`", flags: ["--security-headers=strict"] },
  { label: "a redirect that keeps the query", files: { "/_redirects": "/old /new 301\n" } },
  { label: "a pattern that leads to a file", files: rewrite },
  { label: "a pattern that leads elsewhere", files: { "/_redirects": "/old/* /new/:splat 301\n" } },
  {
    label: "a page in two forms (br, identity)",
    files: long,
    without: { files: long, flags: ["--codings=identity"] },
  },
];

export const everything = {
  flags: [
    ...["--codings=br,gzip,zstd,identity", "--clean-urls=redirect", "--listing", "--cors"],
    ...["--security-headers=strict", "--cache-control=/feeds/*=max-age=300", "--max-connections=20000"],
    ...["--drain-delay=1", "--workers=auto", "--health", "--healthcheck", "--metrics"],
    ...["--env=API_URL,STAGE", "--access-log=combined", "--trust=10.0.0.0/8"],
    "--last-modified=2026-01-01",
  ],
  files: {
    ...long,
    "/404.html": "<!doctype html><title>Not here</title>",
    "/new/404.html": "<!doctype html><title>Not here either</title>",
    "/_redirects":
      "/old/* /new/:splat 301\n/posts/:year/:slug /archive/:slug?year=:year 302\n/app/* /index.html 200\n",
    "/_headers": "/*\n  X-Frame-Options: DENY\n",
  },
};

export function measureFeatures() {
  /** @type {Map<string, number>} */
  const known = new Map();
  const bytesOf = (/** @type {Variant} */ variant) => {
    const key = JSON.stringify([variant.flags, variant.files]);
    const bytes = known.get(key) ?? overheadOf(variant);
    known.set(key, bytes);
    return bytes;
  };
  const rows = (/** @type {readonly Feature[]} */ features) =>
    features.map(
      (feature) => /** @type {const} */ ([feature.label, bytesOf(feature) - bytesOf(feature.without ?? {})]),
    );
  return { operation: rows(operation), site: rows(site) };
}

/** Of a minimal server's flags, the columns of its table. */
const minimal = [
  ["amd64", "--platform=linux/amd64"],
  ["amd64, `--layout plain`", "--platform=linux/amd64", "--layout=plain"],
  ["386", "--platform=linux/386"],
  ["riscv64", "--platform=linux/riscv64"],
  ["arm64", "--platform=linux/arm64"],
  ["arm", "--platform=linux/arm/v6"],
];

/** What the smallest server costs on each machine, as a table. */
export function renderMinimal() {
  const bytes = minimal.map(([, ...flags]) => overheadOf({ flags: ["--minimal", ...flags] }));
  return [
    `| ${minimal.map(([label]) => label).join(" | ")} |`,
    `|${minimal.map(() => "--:|").join("")}`,
    `| ${bytes.join(" | ")} |`,
  ].join("\n");
}

export function overheadOf(/** @type {Variant} */ { flags = [], files = {} }) {
  const folder = mkdtempSync(join(tmpdir(), "microlith-sizes-"));
  try {
    for (const [path, text] of Object.entries({ "/index.html": page, ...files })) {
      const place = join(folder, "site", path);
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, text);
    }
    const args = ["build", join(folder, "site"), "-o", join(folder, "executable"), "--json", ...flags];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, "dist", "cli", "main.js"), ...args],
      { encoding: "utf8", cwd: folder },
    );
    if (status !== 0) throw new Error(`microlith ${args.join(" ")} failed: ${stderr}`);
    return JSON.parse(stdout).platforms[0].overheadBytes;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function renderFeatures(/** @type {readonly (readonly [string, number])[]} */ rows) {
  return [
    "| what | bytes |",
    "|---|--:|",
    ...rows.map(([label, bytes]) => `| ${label} | ${bytes.toLocaleString("en-US")} |`),
  ].join("\n");
}

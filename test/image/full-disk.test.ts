/**
 * A disk that is full, a real one of 64 KiB: whatever writes an image says so in one line and leaves nothing half-written behind.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { output, unavailable } from "../support/engines.ts";
import { microlith, temporaryFolder } from "../support/microlith.ts";
import { noise } from "../support/sample-image.ts";

const missing = unavailable("mount", "umount");

describe.skipIf(missing !== undefined)(`a full disk${missing === undefined ? "" : ` (${missing})`}`, () => {
  const folder = temporaryFolder();
  const disk = join(folder, "disk");
  const site = join(folder, "site");

  beforeAll(async () => {
    mkdirSync(site);
    writeFileSync(join(site, "index.html"), "<!doctype html><title>Small</title>");
    expect(microlith(["build", site, "-o", "small.tar", "--tag", "site:1"], { cwd: folder }).status).toBe(0);
    writeFileSync(join(site, "picture.bin"), noise(200_000));
    expect(microlith(["build", site, "-o", "large.tar", "--tag", "site:2"], { cwd: folder }).status).toBe(0);
    mkdirSync(disk);
    await output("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
  });
  afterAll(() => output("umount", [disk]));

  test.each([
    ["an executable", ["build", site, "-o", "disk/server"]],
    ["an archive", ["build", site, "-o", "disk/site.tar"]],
    ["Docker's form", ["build", site, "-o", "disk/site.tar", "--format", "docker"]],
    ["a layout", ["build", site, "-o", "disk/layout", "--format", "oci-layout"]],
    ["a root file system", ["build", site, "-o", "disk/root", "--format", "rootfs"]],
    ["a copy into a layout", ["copy", "large.tar", "oci:disk/a/layout:2"]],
    ["a copy into an archive", ["copy", "large.tar", "archive:disk/site.tar"]],
    ["a pull into an archive", ["pull", "large.tar", "-o", "disk/site.tar"]],
  ])("%s", (_, args) => {
    const run = microlith(args, { cwd: folder });
    expect(run).toMatchObject({ status: 2, stdout: "" });
    expect(run.stderr).toMatch(/^microlith: error: [^\n]*the disk is full[^\n]*\n$/);
    expect(readdirSync(disk)).toEqual([]);
  });

  test("a layout that was there stays as it was", () => {
    expect(microlith(["copy", "small.tar", "oci:disk/layout:1"], { cwd: folder }).status).toBe(0);
    const before = readFileSync(join(disk, "layout", "index.json"), "utf8");
    expect(microlith(["copy", "large.tar", "oci:disk/layout:2"], { cwd: folder }).status).toBe(2);
    expect(readFileSync(join(disk, "layout", "index.json"), "utf8")).toBe(before);
    expect(microlith(["validate", "oci:disk/layout:1"], { cwd: folder }).status).toBe(0);
    expect(readdirSync(join(disk, "layout", "blobs", "sha256")).filter((name) => name.length !== 64)).toEqual(
      [],
    );
  });
});

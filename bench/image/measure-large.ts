/**
 * A site of 500 MiB: memory and time of the whole command, and of making the archive alone from an executable that lies on the disk.
 */

import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Ground, toolPath } from "./tool.ts";

export interface LargeResults {
  /** Peaks of resident memory. */
  readonly buildMebibytes: number;
  readonly streamedMebibytes: number;
  readonly buildSeconds: number;
  readonly streamedSeconds: number;
  /** Of copying the result: what the disk takes. */
  readonly copySeconds: number;
}

const mebibyte = 1 << 20;
const files = 25;
const fileMebibytes = 20;

export async function measureLarge(ground: Ground): Promise<LargeResults> {
  const site = join(ground.folder, "large");
  mkdirSync(site);
  writeFileSync(join(site, "index.html"), "<!doctype html>\n<title>Large</title>\n");
  for (let at = 0; at < files; at++) {
    writeFileSync(join(site, `picture-${at}.bin`), randomBytes(fileMebibytes * mebibyte));
  }
  const executable = join(ground.folder, "large.elf");
  const archive = join(ground.folder, "large.tar");
  const elf = await peakOf([toolPath(ground), "build", site, "-o", executable]);
  const built = await peakOf([toolPath(ground), "build", site, "-o", archive]);
  rmSync(site, { recursive: true });
  const start = performance.now();
  copyFileSync(archive, `${archive}.copy`);
  const copySeconds = (performance.now() - start) / 1000;
  rmSync(`${archive}.copy`);
  const streamed = await peakOf(["--input-type=module", "-e", streamScript(ground, executable, archive)]);
  return {
    buildMebibytes: Math.max(built.mebibytes, elf.mebibytes),
    streamedMebibytes: streamed.mebibytes,
    buildSeconds: built.seconds,
    streamedSeconds: streamed.seconds,
    copySeconds,
  };
}

function streamScript(ground: Ground, executable: string, archive: string): string {
  const load = (path: string): string => JSON.stringify(pathToFileURL(join(ground.root, "dist", path)).href);
  return `
    const { fileSource, writeFileWhole } = await import(${load("base/files.js")});
    const { imageOfExecutable } = await import(${load("image/image.js")});
    const { archiveOf } = await import(${load("image/archive.js")});
    const image = await imageOfExecutable({
      platform: { os: "linux", architecture: "amd64" }, name: "server", run: {},
      executable: await fileSource(${JSON.stringify(executable)}) });
    await writeFileWhole(${JSON.stringify(archive)}, archiveOf(image, { tags: [], mtime: 0 }).read());`;
}

/** Runs Node, and reads the kernel's high-water mark while it runs. */
function peakOf(args: readonly string[]): Promise<{ readonly mebibytes: number; readonly seconds: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, [...args], { stdio: ["ignore", "ignore", "inherit"] });
  let kibibytes = 0;
  const timer = setInterval(() => {
    try {
      const [, peak] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
      kibibytes = Math.max(kibibytes, Number(peak ?? 0));
    } catch {
      // It has just ended.
    }
  }, 20);
  return new Promise((resolve, reject) => {
    child.once("close", (status) => {
      clearInterval(timer);
      const seconds = (performance.now() - start) / 1000;
      if (status === 0) resolve({ mebibytes: Math.round(kibibytes / 1024), seconds });
      else reject(new Error(`node ${args[0]} ended with ${status}`));
    });
  });
}

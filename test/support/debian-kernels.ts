/**
 * Debian's kernels, to boot in QEMU: those of the installer, which come in packages for all architectures that unpack without
 * installing. apt works on lists and a cache of its own under .cache/, so the machine's stay as they are; what it downloads
 * is signed by Debian, and is unpacked once.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TargetId } from "../../src/target/target.ts";
import { repository } from "./sources.ts";

interface Installer {
  /** The package's name. */
  readonly name: string;
  /** Where the kernel is in it. */
  readonly kernel: string;
}

/** The first release with riscv64 is 13, the last with 386 is 12. */
const installers: Readonly<Record<TargetId, Installer>> = {
  amd64: installer(12, "amd64", "linux"),
  arm64: installer(12, "arm64", "linux"),
  arm: installer(12, "armhf", "vmlinuz"),
  riscv64: installer(13, "riscv64", "linux"),
  "386": installer(12, "i386", "linux"),
};

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";
const releases: readonly string[] = ["bookworm", "trixie"];

export type DebianKernel =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "none"; readonly reason: string };

/** The kernel's file, downloaded where it is not there yet. */
export function debianKernel(target: TargetId): DebianKernel {
  const home = join(repository, ".cache", "kernels");
  const path = join(home, target);
  if (existsSync(path)) return { kind: "path", path };
  if (!existsSync(keyring)) return none(`${keyring} is missing, Debian package debian-archive-keyring`);
  const { name, kernel } = installers[target];
  const work = join(home, "work");
  const apt = (command: string, ...args: readonly string[]): string | undefined =>
    refusal(command, [...aptOptions(work), ...args], work);
  makeAptFolder(work);
  // The kernels' packages are for all architectures, so any list has them; riscv64's knows that of release 13.
  const failed =
    apt("apt-get", "update") ??
    apt("apt-get", "download", name) ??
    refusal("dpkg-deb", ["-x", packageIn(work) ?? name, "unpacked"], work);
  if (failed !== undefined) return none(failed);
  renameSync(join(work, "unpacked", kernel), path);
  rmSync(work, { recursive: true });
  return { kind: "path", path };
}

function packageIn(folder: string): string | undefined {
  return readdirSync(folder).find((name) => name.endsWith(".deb"));
}

function installer(release: number, architecture: string, file: string): Installer {
  const folder = `usr/lib/debian-installer/images/${release}/${architecture}`;
  return {
    name: `debian-installer-${release}-netboot-${architecture}`,
    kernel: `${folder}/text/debian-installer/${architecture}/${file}`,
  };
}

function makeAptFolder(work: string): void {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(join(work, "state", "lists", "partial"), { recursive: true });
  mkdirSync(join(work, "cache", "archives", "partial"), { recursive: true });
  writeFileSync(join(work, "state", "status"), "");
  const source = (release: string): string =>
    `deb [signed-by=${keyring}] http://deb.debian.org/debian ${release} main\n`;
  writeFileSync(join(work, "sources.list"), releases.map(source).join(""));
}

function aptOptions(work: string): readonly string[] {
  return [
    ["APT::Architecture", "amd64"],
    ["APT::Architectures", "amd64"],
    ["Dir::State", join(work, "state")],
    ["Dir::State::status", join(work, "state", "status")],
    ["Dir::Cache", join(work, "cache")],
    ["Dir::Etc::sourcelist", join(work, "sources.list")],
    ["Dir::Etc::sourceparts", "/dev/null"],
    // The user that apt would otherwise become may not write here.
    ["APT::Sandbox::User", "root"],
  ].flatMap(([name, value]) => ["-o", `${name}=${value}`]);
}

/** What a command says when it fails. */
function refusal(command: string, args: readonly string[], cwd: string): string | undefined {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status === 0) return undefined;
  return `${command} ${args.at(-1)}: ${(stderr ?? String(error)).trim()}`;
}

function none(reason: string): DebianKernel {
  return { kind: "none", reason };
}

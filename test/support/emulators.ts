/** What runs the executables of a target on an amd64 machine. */

import type { TargetId } from "../../src/target/target.ts";

const emulators: Readonly<Record<TargetId, readonly string[]>> = {
  amd64: [],
  arm64: ["qemu-aarch64-static"],
  arm: ["qemu-arm-static"],
  riscv64: ["qemu-riscv64-static"],
  // Its kernel runs it natively.
  "386": [],
};

/** A command to put before the executable's path; empty where none is needed. */
export function emulatorOf(target: TargetId): readonly string[] {
  return emulators[target];
}

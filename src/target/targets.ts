/** The list of targets. */

import { i386 } from "./386/386.ts";
import { amd64 } from "./amd64/amd64.ts";
import { arm } from "./arm/arm.ts";
import { arm64 } from "./arm64/arm64.ts";
import { riscv64 } from "./riscv64/riscv64.ts";
import type { Target } from "./target.ts";

export const targets: readonly Target[] = [amd64, arm64, arm, riscv64, i386];

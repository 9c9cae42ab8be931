/**
 * What must hold and what is aimed at: the ratio to gcc on each machine, and the sizes of a few whole executables.
 */

export interface Limit {
  readonly must: number;
  readonly aim?: number;
}

/** Our machine code over gcc's, by target. */
export const ratioLimits: Readonly<Record<string, Limit>> = {
  amd64: { must: 1.15, aim: 1 },
  arm64: { must: 1.15, aim: 1 },
  arm: { must: 1.25, aim: 1 },
  riscv64: { must: 1.15, aim: 1 },
  "386": { must: 1.25, aim: 1 },
};

export interface SizeLimit extends Limit {
  readonly subject: string;
  readonly target: string;
  readonly layout: "plain" | "tight";
  /** The whole file, or what is not content. */
  readonly what: "file" | "overhead";
}

const limit = (
  subject: string,
  layout: SizeLimit["layout"],
  what: SizeLimit["what"],
  limits: Readonly<Record<string, readonly [must: number, aim?: number]>>,
): readonly SizeLimit[] =>
  Object.entries(limits).map(([target, [must, aim]]) => ({
    ...{ subject, target, layout, what, must },
    ...(aim === undefined ? {} : { aim }),
  }));

/** In bytes. */
export const sizeLimits: readonly SizeLimit[] = [
  ...limit("hello", "tight", "file", { amd64: [120, 112], "386": [100, 70] }),
  ...limit("hello", "plain", "file", { arm: [140], arm64: [180], riscv64: [170] }),
  ...limit("true", "tight", "file", { amd64: [112, 80], "386": [64, 45] }),
  ...limit("server", "plain", "overhead", {
    amd64: [4608, 3072],
    arm64: [6400, 4608],
    arm: [6144, 4096],
    riscv64: [4864, 3328],
    "386": [4864, 3328],
  }),
  ...limit("server, minimal", "plain", "overhead", { arm: [1000, 600] }),
  ...limit("server, everything", "plain", "overhead", { amd64: [9216] }),
];

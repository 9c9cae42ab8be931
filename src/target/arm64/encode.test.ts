/**
 * Every operation in every form against GNU as: all registers, numbers at the edges of their fields, seeded random
 * operands.
 */

import { describe, expect, it } from "vitest";
import { assembleRows, type Gnu } from "../../../test/support/gnu-as.ts";
import { needs } from "../../../test/support/require-tool.ts";
import { instruction } from "../../machine/build.ts";
import type { MachineBlock, MachineInstruction, Modifier, Operand } from "../../machine/machine.ts";
import { Assembler } from "../assembler.ts";
import { constantSteps, encodeMask } from "./constants.ts";
import { encode, mnemonics } from "./encode.ts";
import { format } from "./format.ts";
import { immediate, memory, modified, register, symbol } from "./instructions.ts";
import {
  accesses,
  additions,
  aliases,
  bitFields,
  conditions,
  extendKinds,
  fixed,
  insertions,
  logicals,
  oneSource,
  pairs,
  selects,
  shiftKinds,
  threeSources,
  twoSources,
} from "./opcodes.ts";
import { sp, zero } from "./registers.ts";

const gnu: Gnu = { prefix: "aarch64-linux-gnu-", flags: [], directives: [] };

type Width = 32 | 64;
const widths: readonly Width[] = [32, 64];
const all: readonly number[] = [...Array.from({ length: 31 }, (_, number) => number), zero];
const some: readonly number[] = [0, 7, 15, 16, 30, zero];
const triples = all.flatMap((a) =>
  some.map((b, index) => [a, b, some[(index + a) % some.length] ?? 0] as const),
);

function row(op: string, width: 32 | 64, operands: Operand[], condition?: string): MachineInstruction {
  return instruction(op, width, operands, "", condition === undefined ? {} : { condition });
}

function registers(...numbers: readonly number[]): Operand[] {
  return numbers.map(register);
}

function byWidth(make: (width: Width) => MachineInstruction[]): MachineInstruction[] {
  return widths.flatMap(make);
}

const shifts = Object.keys(shiftKinds) as (keyof typeof shiftKinds)[];
const extensions = Object.keys(extendKinds) as (keyof typeof extendKinds)[];
const addends = [0n, 1n, 4095n, 4096n, 0x1000n * 4095n, -1n, -4095n, -4096n, -0x1000n * 4095n];
/** One mask of each size, length of run and rotation, sampled. */
const masks = byWidthMasks();

function byWidthMasks(): Readonly<Record<Width, readonly bigint[]>> {
  const found = (width: Width): bigint[] => {
    const list: bigint[] = [];
    for (let size = 2; size <= width; size *= 2) {
      for (let ones = 1; ones < size; ones += size > 16 ? 5 : 1) {
        for (let rotation = 0; rotation < size; rotation += size > 8 ? 7 : 1) {
          const run = (1n << BigInt(ones)) - 1n;
          const whole = (1n << BigInt(size)) - 1n;
          const turned = (run >> BigInt(rotation)) | ((run << BigInt(size - rotation)) & whole);
          let mask = 0n;
          for (let at = 0; at < width; at += size) mask |= turned << BigInt(at);
          list.push(mask);
        }
      }
    }
    return list;
  };
  return { 32: found(32), 64: found(64) };
}

function shiftRows(
  op: string,
  width: Width,
  before: Operand[],
  kinds: readonly Modifier["kind"][],
): MachineInstruction[] {
  return kinds.flatMap((kind) =>
    [0, 1, 13, width - 1].map((amount) => row(op, width, [...before, modified(9, kind, amount)])),
  );
}

function additionRows(op: string): MachineInstruction[] {
  const sets = op.endsWith("s");
  return byWidth((width) => [
    ...triples.map((three) => row(op, width, registers(...three))),
    ...addends.map((value) => row(op, width, [register(3), register(17), immediate(value)])),
    ...(sets ? [] : [row(op, width, [register(sp), register(sp), immediate(16)])]),
    row(op, width, [register(2), register(sp), immediate(4095)]),
    ...shiftRows(op, width, registers(1, 2), shifts.slice(0, 3)),
    ...(width === 64
      ? extensions.flatMap((kind) =>
          [0, 1, 4].map((n) => row(op, 64, [...registers(1, 2), modified(30, kind, n)])),
        )
      : []),
  ]);
}

function logicalRows(op: string): MachineInstruction[] {
  const plain = ((logicals[op] ?? 0) & 0x0020_0000) === 0;
  return byWidth((width) => [
    ...triples.map((three) => row(op, width, registers(...three))),
    ...shiftRows(op, width, registers(1, 2), shifts),
    ...(plain ? masks[width].map((mask) => row(op, width, [register(5), register(6), immediate(mask)])) : []),
  ]);
}

function aliasRows(op: string): MachineInstruction[] {
  const isAddition = op === "cmp" || op === "cmn";
  return byWidth((width) => [
    ...all.flatMap((a) => some.map((b) => row(op, width, registers(a, b)))),
    ...shiftRows(op, width, registers(12), shifts.slice(0, op === "tst" || op === "mvn" ? 4 : 3)),
    ...(isAddition ? addends.map((value) => row(op, width, [register(4), immediate(value)])) : []),
    ...(op === "tst" ? masks[width].map((mask) => row(op, width, [register(4), immediate(mask)])) : []),
    ...(isAddition && width === 64 ? [row(op, 64, [register(4), modified(5, "sxtw", 0)])] : []),
  ]);
}

function fieldRows(op: string, insertion: boolean): MachineInstruction[] {
  return byWidth((width) =>
    [0, 1, 7, width / 2, width - 1].flatMap((low) =>
      [1, 2, 8, 16, width - 1, width]
        .filter((bits) => low + bits <= width && !(insertion && low === 0 && op !== "bfi"))
        .map((bits) => row(op, width, [...registers(1, 30), immediate(low), immediate(bits)])),
    ),
  );
}

function accessRows(op: string): MachineInstruction[] {
  const { scale: log, wide } = accesses[op] ?? { scale: 0 };
  return (wide === undefined ? ([32] as const) : widths).flatMap((width) => {
    const isFull = op === "ldr" || op === "str";
    const bytes = isFull && width === 64 ? 8 : 2 ** log;
    const places = [
      ...[0, bytes, 4095 * bytes, 1, -1, 255, -256].map((displacement) => memory({ base: 20, displacement })),
      memory({ base: sp, displacement: 16 }),
      ...[1, bytes].map((scale) => memory({ base: 3, index: 30, scale: scale as 1 })),
    ];
    return [
      ...places.map((place) => row(op, width, [register(11), place])),
      ...all.map((value) => row(op, width, [register(value), memory({ base: 5 })])),
    ];
  });
}

function movingRows(op: string): MachineInstruction[] {
  const { wide } = accesses[op.replace(/-.*/, "")] ?? {};
  return (wide === undefined ? ([32] as const) : widths).flatMap((width) =>
    [1, -1, 16, 255, -256].flatMap((displacement) =>
      [0, 30, sp].map((base) => row(op, width, [register(9), memory({ base, displacement })])),
    ),
  );
}

const constants: readonly bigint[] = [
  0n,
  1n,
  0xffffn,
  0x1_0000n,
  0x1234_5678n,
  0xffff_ffffn,
  0xffff_1234n,
  0x1234_ffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  -1n,
  -2n,
  -0x8000_0000n,
  -0x1_0001n,
  0x5555_5555n,
  0x00ff_00ffn,
];
const wideConstants = [
  0x1_0000_0000n,
  0x1234_5678_9abc_def0n,
  -0x1234_5678_9abcn,
  0x7fff_ffff_ffff_ffffn,
  -0x8000_0000_0000_0000n,
  0xffff_0000_ffff_0000n,
  0x5555_5555_5555_5555n,
];

const groups: Readonly<Record<string, readonly MachineInstruction[]>> = {
  mov: [
    ...byWidth((width) => [
      ...all.flatMap((a) => some.map((b) => row("mov", width, registers(a, b)))),
      ...constants.map((value) => row("mov", width, [register(21), immediate(value)])),
    ]),
    ...wideConstants.map((value) => row("mov", 64, [register(21), immediate(value)])),
    row("mov", 64, registers(4, sp)),
    row("mov", 64, registers(sp, 4)),
    row("mov", 64, [register(7), symbol("table", 12)]),
  ],
  adr: all.map((to) => row("adr", 64, [register(to), symbol("table", to)])),
  ...Object.fromEntries(Object.keys(additions).map((op) => [op, additionRows(op)])),
  ...Object.fromEntries(Object.keys(logicals).map((op) => [op, logicalRows(op)])),
  ...Object.fromEntries(Object.keys(aliases).map((op) => [op, aliasRows(op)])),
  ...Object.fromEntries(
    [...Object.keys(twoSources), "mul"].map((op) => [
      op,
      byWidth((width) => triples.map((three) => row(op, width, registers(...three)))),
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(oneSource).map((op) => [
      op,
      byWidth((width) => all.flatMap((a) => some.map((b) => row(op, width, registers(a, b))))),
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(threeSources).map((op) => [
      op,
      byWidth((width) => triples.map((three) => row(op, width, registers(...three, (three[0] + 5) % 31)))),
    ]),
  ),
  ...Object.fromEntries(
    ["lsl", "lsr", "asr", "ror"].map((op) => [
      op,
      byWidth((width) =>
        [0, 1, 12, width - 1].map((amount) => row(op, width, [...registers(30, 8), immediate(amount)])),
      ),
    ]),
  ),
  ...Object.fromEntries(Object.keys(bitFields).map((op) => [op, fieldRows(op, false)])),
  ...Object.fromEntries(Object.keys(insertions).map((op) => [op, fieldRows(op, true)])),
  sxtw: all.map((a) => row("sxtw", 64, registers(a, 30 - (a % 31)))),
  ...Object.fromEntries(
    Object.keys(selects).map((op) => [
      op,
      byWidth((width) =>
        Object.keys(conditions).flatMap((name) =>
          triples
            .filter((_, index) => index % 29 === 0)
            .map((three) => row(op, width, registers(...three), name)),
        ),
      ),
    ]),
  ),
  ...Object.fromEntries(Object.keys(accesses).map((op) => [op, accessRows(op)])),
  ...Object.fromEntries(
    Object.keys(accesses)
      .flatMap((op) => [`${op}-post`, `${op}-pre`])
      .map((op) => [op, movingRows(op)]),
  ),
  ...Object.fromEntries(
    Object.keys(pairs).map((op) => [
      op,
      byWidth((width) =>
        [0, 1, 63, -64].flatMap((units) =>
          [3, 30, sp].map((base) =>
            row(op, width, [...registers(1, 2), memory({ base, displacement: (units * width) / 8 })]),
          ),
        ),
      ),
    ]),
  ),
  ret: [row("ret", 64, []), ...all.slice(0, 31).map((through) => row("ret", 64, registers(through)))],
  ...Object.fromEntries(Object.keys(fixed).map((op) => [op, [row(op, 64, [])]])),
};

const branches = ["b", "tail", "bl", "b.cond", "cbz", "cbnz", "tbz", "tbnz"];

needs("aarch64-linux-gnu-as")("arm64 encode beside GNU as", () => {
  for (const [op, rows] of Object.entries(groups)) it(op, () => compare(rows));

  it("has a row for every mnemonic but branches, which have a test of their own", () => {
    expect(mnemonics().filter((op) => !Object.hasOwn(groups, op))).toEqual(branches);
  });

  it("random operands", () => compare(randomRows(6000)));

  it("near branches", () => {
    const target = block(0);
    const to: Operand = { kind: "block", block: target };
    const rows = [
      row("b", 64, [to]),
      ...Object.keys(conditions).map((name) => row("b.cond", 64, [to], name)),
      ...byWidth((width) =>
        all.flatMap((a) => ["cbz", "cbnz"].map((op) => row(op, width, [register(a), to]))),
      ),
      ...[0, 31, 32, 63].flatMap((bit) =>
        ["tbz", "tbnz"].map((op) => row(op, bit < 32 ? 32 : 64, [register(bit % 31), immediate(bit), to])),
      ),
    ];
    for (const forward of [true, false]) {
      const assembler = new Assembler();
      if (!forward) assembler.label(target);
      for (const each of rows) encode(each, assembler);
      encode(row("brk", 64, []), assembler);
      if (forward) assembler.label(target);
      const ours = Buffer.from(assembler.finish().text).toString("hex");
      const lines = [...rows.map(format), "brk #0"].join("; ");
      const [theirs] = assembleRows([forward ? `${lines}; .L0:` : `.L0: ${lines}`], gnu);
      expect(ours).toBe(theirs?.bytes);
    }
  });

  it("far branches", () => {
    const target = block(0);
    const to: Operand = { kind: "block", block: target };
    const gap = 9000;
    const tests = [
      row("tbz", 32, [register(3), immediate(5), to]),
      row("tbnz", 32, [register(3), immediate(5), to]),
    ];
    for (const each of tests) {
      const assembler = new Assembler();
      encode(each, assembler);
      for (let i = 0; i < gap; i++) encode(row("brk", 64, []), assembler);
      assembler.label(target);
      const { text } = assembler.finish();
      const opposite = format({ ...each, op: each.op === "tbz" ? "tbnz" : "tbz" });
      const [theirs] = assembleRows(
        [`${opposite.replace(".L0", "1f")}; b .L0; 1: .skip ${4 * gap}; .L0:`],
        gnu,
      );
      expect(Buffer.from(text.subarray(0, 8)).toString("hex")).toBe(theirs?.bytes.slice(0, 16));
    }
  });
});

describe("arm64 encode", () => {
  it("rejects what the machine does not have", () => {
    const wrong = [
      row("frobnicate", 32, []),
      row("mov", 32, registers(64, 0)),
      row("add", 32, [...registers(0, 1), immediate(4097)]),
      row("add", 32, [...registers(0, zero), immediate(1)]),
      row("and", 32, [...registers(0, 1), immediate(0)]),
      row("and", 32, [...registers(0, 1), immediate(5)]),
      row("and", 32, [...registers(zero, 1), immediate(1)]),
      row("bic", 32, [...registers(0, 1), immediate(1)]),
      row("orr", 32, registers(0, sp, 1)),
      row("lsl", 32, [...registers(0, 1), immediate(32)]),
      row("ubfx", 32, [...registers(0, 1), immediate(30), immediate(3)]),
      row("ldr", 32, [register(0), memory({ base: 1, displacement: 257 })]),
      row("ldr", 32, [register(0), memory({ base: 1, index: 2, scale: 8 })]),
      row("ldr", 32, [register(0), memory({ index: 2 })]),
      row("ldp", 32, [...registers(0, 1), memory({ base: 2, displacement: 256 })]),
      row("csel", 32, registers(0, 1, 2), "maybe"),
      row("tbz", 32, [register(0), immediate(64), { kind: "block", block: block(0) }]),
      row("udiv", 32, registers(0, 1)),
    ];
    for (const each of wrong) expect(() => bytesOf(each), format(each)).toThrow(Error);
  });
});

describe("arm64 constants", () => {
  it("makes no mask of 0, of all ones or of what is not a rotated run", () => {
    for (const value of [0n, -1n, 5n, 0xffff_ffffn, 0x1234n]) expect(encodeMask(value, 32)).toBeUndefined();
    for (const value of [0n, -1n, 5n]) expect(encodeMask(value, 64)).toBeUndefined();
  });
  it("gives every mask an encoding of its own", () => {
    for (const width of widths) {
      const codes = new Map(masks[width].map((mask) => [mask, encodeMask(mask, width)]));
      expect([...codes.values()]).not.toContain(undefined);
      expect(new Set(codes.values()).size).toBe(codes.size);
    }
  });
  it.each([
    [0n, 32, 1],
    [-1n, 64, 1],
    [0xffff_ffffn, 64, 1],
    [0x1234_5678n, 32, 2],
    [0xffff_1234n, 32, 1],
    [0x5555_5555n, 32, 1],
    [0x1234_5678_9abc_def0n, 64, 4],
    [0x1234_0000_0000_0000n, 64, 1],
  ] as const)("%s in %s bits takes %s instructions", (value, width, count) => {
    expect(constantSteps(value, width)).toHaveLength(count);
  });
});

function block(id: number): MachineBlock {
  return { id, instructions: [], branch: undefined, next: undefined, loopDepth: 0 };
}

function bytesOf(each: MachineInstruction): { bytes: string; relocations: string[] } {
  const assembler = new Assembler();
  encode(each, assembler);
  const { text, relocations } = assembler.finish();
  return {
    bytes: Buffer.from(text).toString("hex"),
    relocations: relocations.map(
      ({ offset, kind, symbol: name, addend }) => `${offset} ${kind} ${name}+${addend}`,
    ),
  };
}

const relocationNames: Readonly<Record<string, string>> = {
  R_AARCH64_ADR_PREL_LO21: "arm64-adr",
  R_AARCH64_MOVW_UABS_G1: "arm64-abs-hi16",
  R_AARCH64_MOVW_UABS_G0_NC: "arm64-abs-lo16",
};

function compare(rows: readonly MachineInstruction[]): void {
  const theirs = assembleRows(rows.map(format), gnu);
  const wrong = rows.flatMap((each, index) => {
    const ours = bytesOf(each);
    const their = theirs[index];
    const named = their?.relocations.map((text) =>
      text.replace(/R_\w+/, (name) => relocationNames[name] ?? name),
    );
    const same = their?.bytes === ours.bytes && named?.join() === ours.relocations.join();
    return same ? [] : [`${format(each)}: ${ours.bytes} ${ours.relocations}; as: ${their?.bytes} ${named}`];
  });
  expect(wrong.slice(0, 20)).toEqual([]);
}

/** Seeded: the same rows in every run. */
function randomRows(count: number): MachineInstruction[] {
  let state = 0x2545f491;
  const next = (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  const any = (): Operand => register(pick(all));
  const makers: readonly ((width: Width) => MachineInstruction)[] = [
    (width) => row(pick([...Object.keys(twoSources), "mul"]), width, [any(), any(), any()]),
    (width) => row(pick(Object.keys(threeSources)), width, [any(), any(), any(), any()]),
    (width) => {
      const amount = next(width);
      return row(pick(Object.keys(logicals)), width, [
        any(),
        any(),
        modified(pick(all), pick(shifts), amount),
      ]);
    },
    (width) =>
      row(pick(["and", "orr", "eor", "ands"]), width, [
        register(next(31)),
        any(),
        immediate(pick(masks[width])),
      ]),
    (width) => {
      const value = next(2) === 0 ? next(4096) : next(4096) * 4096;
      const from = register(next(31));
      return row(pick(["add", "sub"]), width, [
        register(next(31)),
        from,
        immediate(next(2) === 0 ? value : -value),
      ]);
    },
    (width) => {
      const low = next(width);
      const fields = [immediate(low), immediate(1 + next(width - low))];
      return row(pick(Object.keys(bitFields)), width, [any(), any(), ...fields]);
    },
    (width) => {
      const value = (BigInt(next(2 ** 32)) << 32n) | BigInt(next(2 ** 32));
      const shifted = BigInt.asIntN(width, value >> BigInt(next(64)));
      return row("mov", width, [register(next(31)), immediate(shifted)]);
    },
    (width) => {
      const displacement = next(2) === 0 ? next(512) - 256 : (next(4096) * width) / 8;
      return row(pick(["ldr", "str"]), width, [any(), memory({ base: next(31), displacement })]);
    },
  ];
  return Array.from({ length: count }, () => pick(makers)(pick(widths)));
}

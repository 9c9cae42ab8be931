/**
 * Every operation in every form against GNU as, which takes compressed forms by itself: all registers, numbers at the
 * edges of their fields, seeded random operands.
 */

import { describe, expect, it } from "vitest";
import { assembleRows, type Gnu } from "../../../test/support/gnu-as.ts";
import { needs } from "../../../test/support/require-tool.ts";
import { relocate } from "../../elf/relocate.ts";
import type { MachineBlock, MachineInstruction, Operand } from "../../machine/machine.ts";
import { Assembler } from "../assembler.ts";
import { constantSteps } from "./constants.ts";
import { encode, mnemonics } from "./encode.ts";
import { format } from "./format.ts";
import { immediate, instruction, memory, register, symbol } from "./instructions.ts";
import {
  branches,
  fixed,
  immediates,
  loads,
  operations,
  shifts,
  short,
  shortAccesses,
  shortImmediates,
  shortOperations,
  stores,
} from "./opcodes.ts";
import { registerNames } from "./registers.ts";

const gnu: Gnu = { prefix: "riscv64-linux-gnu-", flags: ["-march=rv64gc"], directives: [".option norelax"] };

const all: readonly number[] = Array.from({ length: 32 }, (_, number) => number);
const named = all.slice(1);
const some: readonly number[] = [0, 1, 2, 5, 8, 11, 15, 16, 31];
const triples = all.flatMap((a) =>
  some.flatMap((b, index) => [
    [a, b, some[(index + a) % some.length] ?? 0] as const,
    [a, a, b] as const,
    [a, b, a] as const,
  ]),
);
const pairs = all.flatMap((a) => [...some, a].map((b) => [a, b] as const));

function row(op: string, operands: Operand[]): MachineInstruction {
  return instruction(op, 64, operands, "");
}

function registers(...numbers: readonly number[]): Operand[] {
  return numbers.map(register);
}

const amounts = [0, 1, -1, 16, 31, 32, -32, -33, 48, -48, 496, 512, -512, 2047, -2048];
const offsets = [
  0, 1, 2, 4, 8, 60, 64, 120, 124, 128, 244, 248, 252, 256, 496, 504, 508, 512, 2047, -1, -8, -2048,
];

const constants: readonly bigint[] = [
  0n,
  1n,
  -1n,
  31n,
  32n,
  -32n,
  -33n,
  2047n,
  2048n,
  -2048n,
  -2049n,
  4096n,
  0x1_f000n,
  0x2_0000n,
  0x1234_5678n,
  0x7fff_ffffn,
  0x7fff_f800n,
  -0x8000_0000n,
  -0x8000_0000n + 1n,
  0x8000_0000n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x1234_5678_9abc_def0n,
  0x7fff_ffff_ffff_ffffn,
  -0x8000_0000_0000_0000n,
];

function accessRows(op: string, values: readonly number[]): MachineInstruction[] {
  return values.flatMap((value) =>
    [2, 8, 12, 15, 20].flatMap((base) =>
      offsets
        .filter((_, index) => value % 8 === 3 || index % 5 === value % 5)
        .map((displacement) => row(op, [register(value), memory({ base, displacement })])),
    ),
  );
}

function symbolRows(op: string): MachineInstruction[] {
  return some.map((base) => row(op, [register(9), memory({ base, symbol: "table" })]));
}

const groups: Readonly<Record<string, readonly MachineInstruction[]>> = {
  mv: named.flatMap((a) => some.slice(1).map((b) => row("mv", registers(a, b)))),
  li: named.flatMap((to) =>
    constants
      // The stack pointer has no `c.lui`, and is no place for numbers.
      .filter((_, index) => to !== 2 && (to === 10 || index % 7 === to % 7))
      .map((value) => row("li", [register(to), immediate(value)])),
  ),
  lui: named.map((to) => row("lui", [register(to), symbol("table", 0)])),
  la: named.map((to) => row("la", [register(to), symbol("table", 0)])),
  ...Object.fromEntries(
    Object.keys(operations).map((op) => [op, triples.map((three) => row(op, registers(...three)))]),
  ),
  ...Object.fromEntries(
    Object.keys(immediates).map((op) => [
      op,
      [
        ...pairs
          // `addi zero` is a hint, `addi r, sp` has a compressed form for objects on the stack, of which we have none.
          .filter(([to, from]) => to !== 0 && (op !== "addi" || from !== 2 || to === 2))
          .flatMap(([to, from]) =>
            amounts
              .filter((_, index) => to === from || index % 4 === to % 4)
              .map((amount) => row(op, [...registers(to, from), immediate(amount)])),
          ),
      ],
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(shifts).map(([op, { bits }]) => [
      op,
      pairs
        .filter(([to]) => to !== 0)
        .flatMap(([to, from]) =>
          [1, 31, bits === 6 ? 32 : 2, bits === 6 ? 63 : 3].map((amount) =>
            row(op, [...registers(to, from), immediate(amount)]),
          ),
        ),
    ]),
  ),
  ...Object.fromEntries(Object.keys(loads).map((op) => [op, [...accessRows(op, named), ...symbolRows(op)]])),
  ...Object.fromEntries(Object.keys(stores).map((op) => [op, [...accessRows(op, all), ...symbolRows(op)]])),
  ret: named.map((through) => row("ret", registers(through))),
  ebreak: [row("ebreak", [])],
  ...Object.fromEntries(Object.keys(fixed).map((op) => [op, [row(op, [])]])),
};

const transfers = ["c.lui", "c.la", ...Object.keys(branches), "j", "tail", "jal"];

needs("riscv64-linux-gnu-as")("riscv64 encode beside GNU as", () => {
  for (const [op, rows] of Object.entries(groups)) it(op, () => compare(rows));

  it("has a row for every mnemonic but those that have a test of their own", () => {
    expect(mnemonics().filter((op) => !Object.hasOwn(groups, op))).toEqual(transfers);
  });

  it("random operands", () => compare(randomRows(6000)));

  it.each(["c.lui", "c.la"])("%s of a low symbol", (op) => {
    const places = named.filter((to) => to !== 2).map((to) => ({ to, address: 0x1_0000 + to * 0x7ff }));
    const theirs = assembleRows(
      places.map(({ to, address }) => {
        const [name, upper] = [registerNames[to], (address + 0x800) >> 12];
        // Never short, as the linker has yet to put the number there.
        const lower = `.option push; .option norvc; addi ${name}, ${name}, ${address - (upper << 12)}; .option pop`;
        return `c.lui ${name}, ${upper}${op === "c.la" ? `; ${lower}` : ""}`;
      }),
      gnu,
    );
    const ours = places.map(({ to, address }) => {
      const assembler = new Assembler();
      encode(row(op, [register(to), symbol("table", 0)]), assembler);
      encode(row("ecall", []), assembler);
      const { text, relocations } = assembler.finish();
      for (const { offset, kind } of relocations) {
        relocate(new DataView(text.buffer), offset, kind, address, 0);
      }
      return Buffer.from(text.subarray(0, op === "c.la" ? 6 : 2)).toString("hex");
    });
    expect(ours).toEqual(theirs.map(({ bytes }) => bytes));
  });

  const tests = Object.keys(branches).flatMap((op) =>
    pairs.filter((_, index) => index % 3 === 0).map(([a, b]) => ({ op, operands: registers(a, b) })),
  );
  const jumps = [
    { op: "j", operands: [] },
    ...named.map((link) => ({ op: "jal", operands: registers(link) })),
  ];

  // Each alone, at distances around every form's reach. (For a jump ahead by the most that `c.j` can, as takes the long one.)
  it.each([2, 200, 254, 256, 258, 2042, 2046, 2048, 4092, 4094, 4096, 4100])(
    "branches over %s bytes",
    (gap) => {
      const all = [...tests.filter((_, index) => index % 9 === gap % 9), ...jumps];
      for (const forward of [true, false]) {
        const theirs = assembleRows(
          all.map(({ op, operands }) => {
            const line = format(row(op, [...operands, { kind: "block", block: block(0) }])).replace(
              ".L0",
              "661f",
            );
            const back = line.replace("661f", "661b");
            return forward ? `${line}; .skip ${gap}; 661:` : `661: .skip ${gap}; ${back}`;
          }),
          gnu,
        );
        const wrong = all.flatMap(({ op, operands }, index) => {
          const target = block(0);
          const each = row(op, [...operands, { kind: "block", block: target }]);
          const assembler = new Assembler();
          if (!forward) assembler.label(target);
          const skip = (): void => assembler.bytes(...new Array<number>(gap).fill(0));
          if (!forward) skip();
          encode(each, assembler);
          if (forward) {
            skip();
            assembler.label(target);
          }
          const ours = Buffer.from(assembler.finish().text).toString("hex");
          const their = theirs[index]?.bytes;
          return ours === their ? [] : [`${format(each)}: ${ours.slice(-24)}; as: ${their?.slice(-24)}`];
        });
        expect(wrong.slice(0, 10)).toEqual([]);
      }
    },
  );
});

describe("riscv64 encode", () => {
  it("leaves addends to the linker", () => {
    const { relocations } = bytesOf(
      row("sw", [register(1), memory({ base: 2, symbol: "table", displacement: 8 })]),
    );
    expect(relocations).toEqual(["0 riscv64-lo12-s table+8"]);
    expect(bytesOf(row("lui", [register(1), symbol("table", 4)])).relocations).toEqual([
      "0 riscv64-hi20 table+4",
    ]);
  });

  it("rejects what the machine does not have", () => {
    const wrong = [
      row("frobnicate", []),
      row("mv", registers(64, 0)),
      row("mv", registers(0, 5)),
      row("addi", [...registers(1, 2), immediate(2048)]),
      row("andi", [...registers(1, 2), immediate(-2049)]),
      row("slliw", [...registers(1, 2), immediate(32)]),
      row("slli", [...registers(1, 2), immediate(64)]),
      row("lw", [register(1), memory({ base: 2, displacement: 2048 })]),
      row("lw", [register(1), memory({ base: 2, index: 3 })]),
      row("lw", [register(1), memory({ displacement: 4 })]),
      row("xori", [...registers(1, 2), symbol("table", 0)]),
      row("c.lui", [register(2), symbol("table", 0)]),
      row("c.la", [register(2), symbol("table", 0)]),
      row("add", registers(1, 2)),
    ];
    for (const each of wrong) expect(() => bytesOf(each), format(each)).toThrow(Error);
  });
});

describe("riscv64 constants", () => {
  it.each([
    [0n, 2],
    [-32n, 2],
    [100n, 4],
    [4096n, 2],
    [0x1_f000n, 2],
    [0x1_f001n, 4],
    [0x1234_5678n, 8],
    [0x7fff_ffffn, 6],
    [0x1_0000_0000n, 4],
  ] as const)("%s takes %s bytes", (value, bytes) => {
    expect(bytesOf(row("li", [register(10), immediate(value)])).bytes).toHaveLength(2 * bytes);
  });

  it("makes every number", () => {
    for (const value of constants) {
      let made = 0n;
      for (const { op, amount } of constantSteps(value)) {
        if (op === "lui") made = BigInt(amount) << 12n;
        else if (op === "slli") made <<= BigInt(amount);
        else made += BigInt(amount);
        made = BigInt.asIntN(op === "addiw" || op === "lui" ? 32 : 64, made);
      }
      expect(made).toBe(value);
    }
  });
});

describe("riscv64 tables", () => {
  it("names 32 different registers", () => {
    expect(new Set(registerNames).size).toBe(32);
  });
  it.each([
    ["operations", Object.values(operations)],
    ["immediates", [...Object.values(immediates), ...Object.values(shifts).map(({ word }) => word)]],
    ["accesses", [...Object.values(loads), ...Object.values(stores)]],
    ["branches", Object.values(branches)],
    [
      "compressed",
      [
        ...Object.values(shortOperations),
        ...Object.values(shortImmediates),
        ...Object.values(shortAccesses).flatMap(({ word, stackWord }) => [word, stackWord]),
        // `mv` is `jr` with a second register, `add` `ebreak` with two.
        ...new Set(Object.values(short)),
      ],
    ],
    ["mnemonics", mnemonics()],
  ] as [string, (number | string)[]][])("%s: no code twice", (_, codes) => {
    expect(new Set(codes).size).toBe(codes.length);
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
  R_RISCV_HI20: "riscv64-hi20",
  R_RISCV_RVC_LUI: "riscv64-rvc-lui",
  R_RISCV_LO12_I: "riscv64-lo12-i",
  R_RISCV_LO12_S: "riscv64-lo12-s",
};

function compare(rows: readonly MachineInstruction[]): void {
  const theirs = assembleRows(rows.map(format), gnu);
  const wrong = rows.flatMap((each, index) => {
    const ours = bytesOf(each);
    const their = theirs[index];
    const known = their?.relocations.map((text) =>
      text.replace(/R_\w+/, (name) => relocationNames[name] ?? name),
    );
    const same = their?.bytes === ours.bytes && known?.join() === ours.relocations.join();
    return same ? [] : [`${format(each)}: ${ours.bytes} ${ours.relocations}; as: ${their?.bytes} ${known}`];
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
  // Popular ones half of the time.
  const any = (): number => (next(2) === 0 ? 8 + next(8) : 1 + next(31));
  const makers: readonly (() => MachineInstruction)[] = [
    () => {
      const to = any();
      return row(pick(Object.keys(operations)), registers(to, next(2) === 0 ? to : any(), any()));
    },
    () => {
      const to = any();
      const from = next(2) === 0 ? to : 3 + next(29);
      const amount = next(2) === 0 ? next(64) - 32 : next(4096) - 2048;
      return row(pick(Object.keys(immediates)), [...registers(to, from), immediate(amount)]);
    },
    () => {
      const to = any();
      const operands = registers(to, next(2) === 0 ? to : any());
      const [op, { bits }] = pick(Object.entries(shifts));
      return row(op, [...operands, immediate(1 + next((1 << bits) - 1))]);
    },
    () => {
      const displacement = next(2) === 0 ? next(64) * 8 : next(4096) - 2048;
      const op = pick([...Object.keys(loads), ...Object.keys(stores)]);
      return row(op, [register(any()), memory({ base: next(4) === 0 ? 2 : any(), displacement })]);
    },
    () => {
      const value = (BigInt(next(2 ** 32)) << 32n) | BigInt(next(2 ** 32));
      const shifted = BigInt.asIntN(64, value) >> BigInt(next(64));
      return row("li", [register(3 + next(29)), immediate(shifted)]);
    },
  ];
  return Array.from({ length: count }, () => pick(makers)());
}

/**
 * Every operation in every form against GNU as, which is asked for its smallest encodings (`-Os`). Where ours
 * differs, it must not be longer, and equal the bytes of the text with the same effect that `shorter` gives.
 */

import { describe, expect, it } from "vitest";
import { imm, instruction, mem, reg, sym } from "../../../test/support/amd64.ts";
import { assembleRows, type Gnu, gnu386 } from "../../../test/support/gnu-as.ts";
import type { MachineInstruction, MemoryOperand, Operand } from "../../machine/machine.ts";
import { i386 } from "../386/386.ts";
import { amd64 } from "../amd64/amd64.ts";
import { Assembler } from "../assembler.ts";
import type { Target } from "../target.ts";
import { mnemonics } from "./encode.ts";
import {
  arithmetic,
  bitTests,
  conditions,
  doubleShifts,
  extensions,
  fixed,
  scans,
  shifts,
  unary,
} from "./opcodes.ts";
import { registerNames } from "./registers.ts";

type Width = 8 | 16 | 32 | 64;
const widths: readonly Width[] = [8, 16, 32, 64];
const wide: readonly Width[] = [16, 32, 64];
const all = Array.from({ length: 16 }, (_, number) => number);
const some = [0, 1, 4, 5, 7, 8, 12, 13];

const displacements = [0, 1, -1, 127, 128, -128, -129, 0x7fffffff, -0x80000000];
const addresses: readonly MemoryOperand[] = [
  ...all.flatMap((base) => displacements.map((displacement) => mem({ base, displacement }))),
  ...some
    .flatMap((base) =>
      some
        .filter((index) => index !== 4)
        .flatMap((index) => [1, 2, 4, 8].map((scale) => [base, index, scale])),
    )
    .flatMap(([base, index, scale]) =>
      [0, 8, 4096].map((displacement) => mem({ base, index, scale: scale as 1, displacement })),
    ),
  ...all
    .filter((index) => index !== 4)
    .flatMap((index) =>
      ([1, 2, 4, 8] as const).flatMap((scale) =>
        [0, 5, 1000].map((displacement) => mem({ index, scale, displacement })),
      ),
    ),
  mem({ base: 3, index: 4 }),
  mem({ displacement: 0x401000 }),
  mem({ symbol: "table" }),
  mem({ symbol: "table", displacement: 12 }),
  mem({ symbol: "table", displacement: -4 }),
  mem({ symbol: "table", base: 0 }),
  mem({ symbol: "table", base: 13, displacement: 8 }),
  mem({ symbol: "table", index: 9, scale: 4 }),
  mem({ symbol: "table", base: 12, index: 5, scale: 8, displacement: 1 }),
  mem({ base: 3, index: 9, wraps: true }),
  mem({ base: 5, index: 2, scale: 4, displacement: -8, wraps: true }),
  mem({ symbol: "table", base: 1, displacement: 8, wraps: true }),
  mem({ index: 6, scale: 8, displacement: 4096, wraps: true }),
];
const fewAddresses = addresses.filter((_, index) => index % 37 === 0).concat(addresses.slice(-13));

/** Values at the edges of the encodings that the width can hold, with its unsigned view where that differs. */
function edges(width: Width): bigint[] {
  const values = [
    0n,
    1n,
    -1n,
    3n,
    126n,
    127n,
    128n,
    129n,
    -127n,
    -128n,
    -129n,
    255n,
    256n,
    32767n,
    32768n,
    -32768n,
  ];
  const wider = [65535n, 65536n, 0x7fffffffn, -0x80000000n, -0x7fffffffn];
  if (width === 32) wider.push(0x80000000n, 0xffffffffn);
  return [...values, ...wider].filter((value) =>
    width === 64 ? true : value >= -(1n << BigInt(width - 1)) && value < 1n << BigInt(width),
  );
}

const pairs = all.flatMap((a) => [0, 3, 4, 7, 8, 13, 15, a].map((b) => [a, b] as const));
const row = instruction;

function binaryRows(op: string, symbols: boolean): MachineInstruction[] {
  return widths.flatMap((width) => [
    ...pairs.map(([a, b]) => row(op, width, [reg(a), reg(b)])),
    ...all.flatMap((a) => edges(width).map((value) => row(op, width, [reg(a), imm(value)]))),
    ...fewAddresses.flatMap((memory) => [
      row(op, width, [reg(9), memory]),
      row(op, width, [memory, reg(6)]),
      ...edges(width)
        .filter((_, i) => i % 3 === 0)
        .map((value) => row(op, width, [memory, imm(value)])),
    ]),
    ...(symbols && width >= 32
      ? [...all.map(reg), ...fewAddresses].map((to) => row(op, width, [to, sym("table", 3)]))
      : []),
  ]);
}

function places(op: string, of: readonly Width[], memories = fewAddresses): MachineInstruction[] {
  return of.flatMap((width) => [...all.map(reg), ...memories].map((place) => row(op, width, [place])));
}

const wideMoves = [
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  -(2n ** 31n) - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  0x123456789abcdefn,
];

const groups: Readonly<Record<string, readonly MachineInstruction[]>> = {
  ...Object.fromEntries(Object.keys(arithmetic).map((op) => [op, binaryRows(op, true)])),
  test: binaryRows("test", false).filter(
    ({ operands: [a, b] }) => !(a?.kind === "memory" && b?.kind === "symbol"),
  ),
  mov: [
    ...binaryRows("mov", true),
    ...addresses.flatMap((memory) => widths.map((width) => row("mov", width, [reg(10), memory]))),
    ...all.flatMap((a) => wideMoves.map((value) => row("mov", 64, [reg(a), imm(value)]))),
  ],
  lea: ([32, 64] as const).flatMap((width) => addresses.map((memory) => row("lea", width, [reg(2), memory]))),
  ...Object.fromEntries(
    Object.entries(extensions).map(([op, { from }]) => [
      op,
      wide
        .filter((width) => width > from)
        .flatMap((width) => [
          ...pairs.map(([a, b]) => row(op, width, [reg(a), reg(b)])),
          ...fewAddresses.map((memory) => row(op, width, [reg(11), memory])),
        ]),
    ]),
  ),
  ...Object.fromEntries(Object.keys(unary).map((op) => [op, places(op, widths)])),
  imul: [
    ...places("imul", widths),
    ...wide.flatMap((width) => [
      ...pairs.map(([a, b]) => row("imul", width, [reg(a), reg(b)])),
      ...fewAddresses.map((memory) => row("imul", width, [reg(14), memory])),
      ...[...pairs.map(([, b]) => reg(b)), ...fewAddresses].flatMap((place) =>
        edges(width)
          .filter((_, i) => i % 4 < 2)
          .map((value) => row("imul", width, [reg(3), place, imm(value)])),
      ),
      ...all.map((a) => row("imul", width, [reg(a), imm(100)])),
    ]),
  ],
  ...Object.fromEntries(
    Object.keys(shifts).map((op) => [
      op,
      widths.flatMap((width) =>
        [...all.map(reg), ...fewAddresses].flatMap((place) =>
          [reg(1), imm(1), imm(2), imm(31), imm(width - 1)].map((count) => row(op, width, [place, count])),
        ),
      ),
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(scans).map((op) => [
      op,
      wide.flatMap((width) => [
        ...pairs.map(([a, b]) => row(op, width, [reg(a), reg(b)])),
        ...fewAddresses.map((memory) => row(op, width, [reg(1), memory])),
      ]),
    ]),
  ),
  ...Object.fromEntries(
    Object.keys(bitTests).map((op) => [
      op,
      wide.flatMap((width) =>
        [...all.map(reg), ...fewAddresses].flatMap((place) =>
          [reg(0), reg(15), imm(0), imm(7), imm(width - 1)].map((bit) => row(op, width, [place, bit])),
        ),
      ),
    ]),
  ),
  bswap: ([32, 64] as const).flatMap((width) => all.map((a) => row("bswap", width, [reg(a)]))),
  xchg: widths.flatMap((width) => [
    ...pairs.map(([a, b]) => row("xchg", width, [reg(a), reg(b)])),
    ...fewAddresses.flatMap((memory) => [
      row("xchg", width, [reg(5), memory]),
      row("xchg", width, [memory, reg(0)]),
    ]),
  ]),
  push: [
    ...places("push", [64]),
    ...edges(64).map((value) => row("push", 64, [imm(value)])),
    row("push", 64, [sym("table", 9)]),
  ],
  pop: places("pop", [64]),
  setcc: Object.keys(conditions).flatMap((cc) =>
    [...all.map(reg), ...fewAddresses.slice(0, 5)].map((place) => row("setcc", 8, [place], cc)),
  ),
  cmovcc: Object.keys(conditions).flatMap((cc) =>
    wide.flatMap((width) => [
      ...pairs.filter((_, i) => i % 5 === 0).map(([a, b]) => row("cmovcc", width, [reg(a), reg(b)], cc)),
      ...fewAddresses.slice(0, 3).map((memory) => row("cmovcc", width, [reg(7), memory], cc)),
    ]),
  ),
  call: places("call", [64]),
  jmp: places("jmp", [64]),
  ...Object.fromEntries(["inc", "dec"].map((op) => [op, places(op, widths)])),
  ...Object.fromEntries(
    Object.keys(doubleShifts).map((op) => [
      op,
      wide.flatMap((width) =>
        [...all.map(reg), ...fewAddresses].map((place, i) =>
          row(op, width, [place, reg(i & 7), imm(i & 31)]),
        ),
      ),
    ]),
  ),
  ...Object.fromEntries(Object.keys(fixed).map((op) => [op, [row(op, 32)]])),
};

/** Whether the 32-bit mode has it. */
function fits386({ op, width, operands }: MachineInstruction): boolean {
  if (width === 64 || op === "movsxd" || op === "cqo" || op === "syscall") return false;
  return operands.every((operand, index) => {
    const isByte = width === 8 || (index === 1 && (op === "movzx8" || op === "movsx8"));
    if (operand.kind === "register") return operand.register < (isByte ? 4 : 8);
    if (operand.kind !== "memory") return true;
    return !operand.wraps && (operand.base ?? 0) < 8 && (operand.index ?? 0) < 8;
  });
}

/** Rows of a machine word, as the mode has them. */
function narrowed(each: MachineInstruction): MachineInstruction {
  return ["push", "pop", "call", "jmp"].includes(each.op) ? { ...each, width: 32 } : each;
}

describe.each([
  ["amd64", amd64, 64],
  ["386", i386, 32],
] as const)("%s encode", (_, target, word) => {
  const inMode = (rows: readonly MachineInstruction[]): readonly MachineInstruction[] =>
    word === 64 ? rows : rows.map(narrowed).filter(fits386);

  for (const [op, rows] of Object.entries(groups)) it(op, () => compare(inMode(rows), target, word));

  it("random operands", () => compare(inMode(randomRows(6000)), target, word));
});

describe("amd64 encode", () => {
  it("has a row for every mnemonic but those that have a test of their own", () => {
    expect(mnemonics().filter((op) => !Object.hasOwn(groups, op))).toEqual(["int-0x80-six", "jcc"]);
  });

  it("rejects what the machine does not have", () => {
    const wrong = [
      row("frobnicate", 32),
      row("mov", 32, [reg(64), reg(0)]),
      row("mov", 32, [reg(0), mem({ base: 70 })]),
      row("mov", 32, [reg(0), mem({ base: 0, index: 4, scale: 2 })]),
      row("mov", 32, [imm(1), reg(0)]),
      row("add", 64, [reg(0), imm(2n ** 40n)]),
      row("add", 64, [reg(0), imm(2n ** 31n)]),
      row("mov", 64, [mem({ base: 0 }), imm(2n ** 32n - 1n)]),
      row("add", 8, [reg(0), imm(256)]),
      row("push", 64, [imm(2n ** 31n)]),
      row("shl", 32, [reg(0), reg(3)]),
      row("setcc", 8, [reg(0)], "maybe"),
      row("push", 64),
    ];
    for (const each of wrong) expect(() => bytesOf(each, amd64), amd64.format(each)).toThrow(Error);
  });
});

describe("386 encode", () => {
  it("rejects what only the other mode has", () => {
    const wrong = [
      row("mov", 64, [reg(0), reg(1)]),
      row("mov", 32, [reg(8), reg(1)]),
      row("mov", 8, [mem({ base: 0 }), reg(6)]),
      row("movzx8", 32, [reg(0), reg(7)]),
      row("setcc", 8, [reg(5)], "e"),
    ];
    for (const each of wrong) expect(() => bytesOf(each, i386), i386.format(each)).toThrow(Error);
  });

  it("makes room for a sixth argument", () => {
    const six = (operand: Operand): string => bytesOf(row("int-0x80-six", 32, [operand]), i386).bytes;
    expect(six(imm(0))).toBe("5531edcd805d");
    expect(six(imm(8))).toBe("55bd08000000cd805d");
    expect(six(reg(6))).toBe("5589f5cd805d");
    expect(six(mem({ base: 4, displacement: 8 }))).toBe("558b6c240ccd805d");
    expect(six(mem({ base: 5, displacement: 8 }))).toBe("558b6d08cd805d");
  });
});

describe("x86 tables", () => {
  it("names 64 different registers", () => {
    expect(new Set(Object.values(registerNames).flat()).size).toBe(64);
  });
  it("has every condition once", () => {
    expect(Object.values(conditions)).toEqual(all);
  });
  it.each([
    ["arithmetic", Object.values(arithmetic)],
    ["shifts", Object.values(shifts)],
    ["unary", Object.values(unary).map(({ opcode, digit }) => (opcode << 3) | digit)],
    ["extensions", Object.values(extensions).map(({ opcode }) => opcode)],
    ["scans", Object.values(scans).map(({ opcode, prefix }) => (prefix << 16) | opcode)],
    ["bit tests", Object.values(bitTests).flatMap(({ opcode, digit }) => [opcode, digit])],
    ["fixed", Object.values(fixed).map(({ bytes }) => bytes.join())],
    ["mnemonics", mnemonics()],
  ] as [string, (number | string)[]][])("%s: no code twice", (_, codes) => {
    expect(new Set(codes).size).toBe(codes.length);
  });
});

function bytesOf(each: MachineInstruction, { encode }: Target): { bytes: string; relocations: string[] } {
  const assembler = new Assembler();
  encode(each, assembler);
  const { text, relocations } = assembler.finish();
  return {
    bytes: Buffer.from(text).toString("hex"),
    // GNU as counts pc32 from the field's start, and knows two absolute kinds where we have one.
    relocations: relocations.map(({ offset, kind, symbol, addend }) => {
      const gnu = kind === "pc32" ? addend - 4 : addend;
      return `${offset} ${kind} ${symbol}${gnu < 0 ? "-" : "+"}${Math.abs(gnu)}`;
    }),
  };
}

function compare(rows: readonly MachineInstruction[], target: Target, word: 32 | 64): void {
  const { format } = target;
  const gnu: Gnu | undefined = word === 32 ? gnu386 : undefined;
  const theirs = assembleRows(rows.map(format), gnu);
  const alternatives = rows.map((each) => shorter(each, target));
  const short = assembleRows(alternatives, gnu);
  const wrong: string[] = [];
  rows.forEach((each, index) => {
    const ours = bytesOf(each, target);
    const their = theirs[index];
    const alternative = short[index];
    const same = (other: typeof their): boolean =>
      other?.bytes === ours.bytes && other.relocations.map(abstract).join() === ours.relocations.join();
    const better = same(alternative) && ours.bytes.length <= (their?.bytes.length ?? 0);
    if (!better && !same(their)) {
      wrong.push(
        `${format(each)}: ${ours.bytes} ${ours.relocations}; as: ${their?.bytes} ${their?.relocations}`,
      );
    }
  });
  expect(wrong.slice(0, 20)).toEqual([]);
}

function abstract(relocation: string): string {
  return relocation.replace("R_X86_64_PC32", "pc32").replace(/R_X86_64_32S?|R_386_32/, "abs32");
}

/** The text with the same effect whose encoding we take instead, where GNU as takes a longer one. */
function shorter(each: MachineInstruction, target: Target): string {
  const { format } = target;
  const { op, width, operands } = each;
  const [to, from] = operands;
  if (op === "cmp" && to?.kind === "register" && from?.kind === "immediate" && from.value === 0n)
    return format({ ...each, op: "test", operands: [to, to] });
  if (op === "mov" && to?.kind === "register" && from?.kind === "symbol")
    return format({ ...each, width: 32 });
  if ((op === "movsx8" || op === "movsx16" || op === "movsxd") && isRax(to) && isRax(from))
    return { movsx8: "cbw", movsx16: "cwde", movsxd: "cdqe" }[op];
  if (op === "lea" && from?.kind === "memory") {
    const { base, index, scale, displacement, symbol, wraps } = from;
    if (wraps) return format({ ...each, width: 32, operands: [to ?? from, { ...from, wraps: false }] });
    const only = index === undefined ? base : base === undefined && scale === 1 ? index : undefined;
    if (only !== undefined && displacement === 0 && symbol === undefined)
      return format({ ...each, op: "mov", operands: [to ?? from, reg(only)] });
    if (base === undefined && index === undefined) {
      const address = symbol === undefined ? imm(displacement) : sym(symbol, displacement);
      return format({ ...each, op: "mov", width: 32, operands: [to ?? from, address] });
    }
  }
  const narrow = { ...each, width: narrowWidth(each) };
  return format({ ...narrow, operands: operands.map((o) => (o.kind === "memory" ? rearranged(o) : o)) });

  function narrowWidth({ operands: [, second] }: MachineInstruction): Width {
    if (width === 64 && (op === "movzx8" || op === "movzx16")) return 32;
    if (second?.kind !== "immediate" || second.value < 0n) return width;
    if (op === "bt" && width === 64 && second.value < 32n) return 32;
    const [first] = operands;
    const hasByte = target === amd64 || first?.kind !== "register" || first.register < 4;
    if (op === "test" && second.value < 128n && hasByte) return 8;
    return op === "test" && width === 64 ? 32 : width;
  }
}

function rearranged(memory: MemoryOperand): MemoryOperand {
  const { base, index, scale, displacement, symbol } = memory;
  if (base === undefined && index !== undefined && scale === 1)
    return mem({ base: index, displacement, symbol });
  if (base === undefined && index !== undefined && scale === 2)
    return mem({ base: index, index, displacement, symbol });
  const swap = base !== undefined && (base & 7) === 5 && displacement === 0 && symbol === undefined;
  return swap && index !== undefined && (index & 7) !== 5 && scale === 1
    ? mem({ base: index, index: base })
    : memory;
}

function isRax(operand: Operand | undefined): boolean {
  return operand?.kind === "register" && operand.register === 0;
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
  const register = (): number => next(16);
  const address = (): MemoryOperand => {
    const index = next(2) === 0 ? undefined : [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15][next(15)];
    const displacement = [0, 0, next(256) - 128, (next(2 ** 32) | 0) >> next(31)][next(4)] ?? 0;
    return mem({
      base: next(8) === 0 ? undefined : register(),
      index,
      scale: ([1, 2, 4, 8] as const)[next(4)] ?? 1,
      displacement,
    });
  };
  const binary = [...Object.keys(arithmetic), "mov", "test"];
  return Array.from({ length: count }, () => {
    const width = widths[next(4)] ?? 32;
    const op = binary[next(binary.length)] ?? "mov";
    const to = next(2) === 0 ? reg(register()) : address();
    const value = BigInt.asIntN(Math.min(width, 32), BigInt((next(2 ** 32) | 0) >> next(32)));
    const from =
      to.kind === "register" && next(3) === 0 ? address() : next(2) === 0 ? reg(register()) : imm(value);
    return row(op, width, [to, from]);
  });
}

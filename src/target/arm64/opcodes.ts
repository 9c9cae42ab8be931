/**
 * The opcodes of arm64 that microlith uses, grouped as the manual's "A64 instruction set encoding" (chapter C4) does.
 * Each number is the instruction word for 32-bit registers with all operand fields zero.
 */

/** Add and subtract. Bit 24 tells the immediate form from that with a shifted register, bit 21 the extended register. */
export const additions: Readonly<Record<string, number>> = {
  add: 0x0b00_0000,
  adds: 0x2b00_0000,
  sub: 0x4b00_0000,
  subs: 0x6b00_0000,
};

/** The same operation with the negated constant. */
export const negated: Readonly<Record<string, string>> = {
  add: "sub",
  adds: "subs",
  sub: "add",
  subs: "adds",
};

/** Logical operations with a shifted register; those without bit 21 have an immediate form too. */
export const logicals: Readonly<Record<string, number>> = {
  and: 0x0a00_0000,
  bic: 0x0a20_0000,
  orr: 0x2a00_0000,
  orn: 0x2a20_0000,
  eor: 0x4a00_0000,
  eon: 0x4a20_0000,
  ands: 0x6a00_0000,
  bics: 0x6a20_0000,
};

/** The same operation with the zero register in the place of one operand. */
export const aliases: Readonly<
  Record<string, { readonly op: string; readonly zero: "destination" | "first" }>
> = {
  cmp: { op: "subs", zero: "destination" },
  cmn: { op: "adds", zero: "destination" },
  tst: { op: "ands", zero: "destination" },
  neg: { op: "sub", zero: "first" },
  negs: { op: "subs", zero: "first" },
  mvn: { op: "orn", zero: "first" },
};

/** Shift field of a shifted register, bits 23..22. */
export const shiftKinds: Readonly<Record<"lsl" | "lsr" | "asr" | "ror", number>> = {
  lsl: 0b00,
  lsr: 0b01,
  asr: 0b10,
  ror: 0b11,
};

/** Option field of an extended register, bits 15..13. */
export const extendKinds: Readonly<Record<"uxtw" | "sxtw", number>> = { uxtw: 0b010, sxtw: 0b110 };

export const wideMoves = { movn: 0x1280_0000, movz: 0x5280_0000, movk: 0x7280_0000 } as const;

/** Two register operands. */
export const twoSources: Readonly<Record<string, number>> = {
  udiv: 0x1ac0_0800,
  sdiv: 0x1ac0_0c00,
  lslv: 0x1ac0_2000,
  lsrv: 0x1ac0_2400,
  asrv: 0x1ac0_2800,
  rorv: 0x1ac0_2c00,
};

/** One register operand; `rev` has its 64-bit form one code further. */
export const oneSource: Readonly<Record<string, number>> = {
  rbit: 0x5ac0_0000,
  rev: 0x5ac0_0800,
  clz: 0x5ac0_1000,
};

/** Three register operands: first * second plus or minus the third. */
export const threeSources: Readonly<Record<string, number>> = { madd: 0x1b00_0000, msub: 0x1b00_8000 };

/** Bit fields: destination, source, lowest bit, number of bits. */
export const bitFields: Readonly<Record<string, number>> = {
  sbfx: 0x1300_0000,
  bfxil: 0x3300_0000,
  ubfx: 0x5300_0000,
};

/** The same with the lowest bit that of the destination. */
export const insertions: Readonly<Record<string, number>> = {
  sbfiz: 0x1300_0000,
  bfi: 0x3300_0000,
  ubfiz: 0x5300_0000,
};

/** Destination, two sources and a condition. */
export const selects: Readonly<Record<string, number>> = {
  csel: 0x1a80_0000,
  csinc: 0x1a80_0400,
  csinv: 0x5a80_0000,
  csneg: 0x5a80_0400,
};

/** Bits 3..0 of a conditional branch; the lowest negates. */
export const conditions: Readonly<Record<string, number>> = {
  eq: 0b0000,
  ne: 0b0001,
  hs: 0b0010,
  lo: 0b0011,
  mi: 0b0100,
  pl: 0b0101,
  vs: 0b0110,
  vc: 0b0111,
  hi: 0b1000,
  ls: 0b1001,
  ge: 0b1010,
  lt: 0b1011,
  gt: 0b1100,
  le: 0b1101,
};

/** One register in memory: the word for an unscaled offset, log2 of the bytes; `wide` where width 64 has a word of its own. */
export const accesses: Readonly<
  Record<string, { readonly word: number; readonly scale: number; readonly wide?: number }>
> = {
  strb: { word: 0x3800_0000, scale: 0 },
  ldrb: { word: 0x3840_0000, scale: 0 },
  ldrsb: { word: 0x38c0_0000, scale: 0, wide: 0x3880_0000 },
  strh: { word: 0x7800_0000, scale: 1 },
  ldrh: { word: 0x7840_0000, scale: 1 },
  ldrsh: { word: 0x78c0_0000, scale: 1, wide: 0x7880_0000 },
  str: { word: 0xb800_0000, scale: 2, wide: 0xf800_0000 },
  ldr: { word: 0xb840_0000, scale: 2, wide: 0xf840_0000 },
  ldrsw: { word: 0xb880_0000, scale: 2 },
};

/** Two registers in memory, signed offset. */
export const pairs: Readonly<Record<string, number>> = { stp: 0x2900_0000, ldp: 0x2940_0000 };

/** No operands but for the register of `ret`. */
export const fixed: Readonly<Record<string, number>> = { svc: 0xd400_0001, brk: 0xd420_0000 };
export const returns = 0xd65f_0000;

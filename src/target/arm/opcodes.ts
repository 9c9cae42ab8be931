/**
 * The words of arm that microlith uses, as the manual's tables group them (Arm Architecture Reference Manual, ARMv7-A edition
 * of the ARMv6 subset, A5). Every word leaves its upper four bits to the condition; `always` fills them.
 */

/** Bits 31 to 28 of every instruction. */
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
export const always = 0b1110;

/** Bits 24 to 21: three operands, of which the last is a constant or a shifted register. With an `s` behind, bit 20. */
export const arithmetic: Readonly<Record<string, number>> = {
  and: 0b0000,
  eor: 0b0001,
  sub: 0b0010,
  rsb: 0b0011,
  add: 0b0100,
  adc: 0b0101,
  sbc: 0b0110,
  rsc: 0b0111,
  orr: 0b1100,
  bic: 0b1110,
};

/** The same without a result: bit 20 is set. */
export const compares: Readonly<Record<string, number>> = {
  tst: 0b1000,
  teq: 0b1001,
  cmp: 0b1010,
  cmn: 0b1011,
};

/** The same without a first operand. */
export const moves: Readonly<Record<string, number>> = { mov: 0b1101, mvn: 0b1111 };

/** Bits 6 and 5 of a shifted register. */
export const shiftKinds: Readonly<Record<string, number>> = { lsl: 0b00, lsr: 0b01, asr: 0b10, ror: 0b11 };

/** rd, rm. */
export const oneSource: Readonly<Record<string, number>> = {
  clz: 0x016f_0f10,
  rev: 0x06bf_0f30,
  sxtb: 0x06af_0070,
  sxth: 0x06bf_0070,
  uxtb: 0x06ef_0070,
  uxth: 0x06ff_0070,
};

/** rd (bits 19 to 16), rm, rs and, for `mla`, ra (15 to 12). */
export const multiplications: Readonly<Record<string, number>> = { mul: 0x0000_0090, mla: 0x0020_0090 };

/** Low result (15 to 12), high result (19 to 16), rm, rs. */
export const longMultiplications: Readonly<Record<string, number>> = {
  umull: 0x0080_0090,
  smull: 0x00c0_0090,
};

/** Loads and stores of words and unsigned bytes: 12 bits of displacement, or a shifted index. */
export const accesses: Readonly<Record<string, number>> = {
  str: 0x0400_0000,
  ldr: 0x0410_0000,
  strb: 0x0440_0000,
  ldrb: 0x0450_0000,
};

/** The others: 8 bits of displacement in two parts, or an index as it is. */
export const smallAccesses: Readonly<Record<string, number>> = {
  strh: 0x0000_00b0,
  ldrh: 0x0010_00b0,
  ldrsb: 0x0010_00d0,
  ldrsh: 0x0010_00f0,
};

/** A list of registers, a bit each, below the stack pointer or from there on. */
export const lists: Readonly<Record<string, number>> = { push: 0x092d_0000, pop: 0x08bd_0000 };

export const fixed: Readonly<Record<string, number>> = { svc: 0x0f00_0000 };

/**
 * The opcodes of riscv64 that microlith uses, as "RV32/64G Instruction Set Listings" of the unprivileged manual has
 * them: each number is the instruction word with all operand fields zero.
 */

/** Destination and two sources. */
export const operations: Readonly<Record<string, number>> = {
  add: 0x0000_0033,
  sub: 0x4000_0033,
  sll: 0x0000_1033,
  slt: 0x0000_2033,
  sltu: 0x0000_3033,
  xor: 0x0000_4033,
  srl: 0x0000_5033,
  sra: 0x4000_5033,
  or: 0x0000_6033,
  and: 0x0000_7033,
  mul: 0x0200_0033,
  div: 0x0200_4033,
  divu: 0x0200_5033,
  rem: 0x0200_6033,
  remu: 0x0200_7033,
  addw: 0x0000_003b,
  subw: 0x4000_003b,
  sllw: 0x0000_103b,
  srlw: 0x0000_503b,
  sraw: 0x4000_503b,
  mulw: 0x0200_003b,
  divw: 0x0200_403b,
  divuw: 0x0200_503b,
  remw: 0x0200_603b,
  remuw: 0x0200_703b,
};

/** Destination, source and a signed number of 12 bits. */
export const immediates: Readonly<Record<string, number>> = {
  addi: 0x0000_0013,
  slti: 0x0000_2013,
  sltiu: 0x0000_3013,
  xori: 0x0000_4013,
  ori: 0x0000_6013,
  andi: 0x0000_7013,
  addiw: 0x0000_001b,
};

/** Destination, source and an amount of `bits` bits. */
export const shifts: Readonly<Record<string, { readonly word: number; readonly bits: number }>> = {
  slli: { word: 0x0000_1013, bits: 6 },
  srli: { word: 0x0000_5013, bits: 6 },
  srai: { word: 0x4000_5013, bits: 6 },
  slliw: { word: 0x0000_101b, bits: 5 },
  srliw: { word: 0x0000_501b, bits: 5 },
  sraiw: { word: 0x4000_501b, bits: 5 },
};

export const loads: Readonly<Record<string, number>> = {
  lb: 0x0000_0003,
  lh: 0x0000_1003,
  lw: 0x0000_2003,
  ld: 0x0000_3003,
  lbu: 0x0000_4003,
  lhu: 0x0000_5003,
  lwu: 0x0000_6003,
};

export const stores: Readonly<Record<string, number>> = {
  sb: 0x0000_0023,
  sh: 0x0000_1023,
  sw: 0x0000_2023,
  sd: 0x0000_3023,
};

/** Two sources and a target; bit 12 negates. */
export const branches: Readonly<Record<string, number>> = {
  beq: 0x0000_0063,
  bne: 0x0000_1063,
  blt: 0x0000_4063,
  bge: 0x0000_5063,
  bltu: 0x0000_6063,
  bgeu: 0x0000_7063,
};

export const upper = 0x0000_0037;
export const jumpAndLink = 0x0000_006f;

/** No operands. */
export const fixed: Readonly<Record<string, number>> = { ecall: 0x0000_0073 };

/** Compressed: destination and source are one, both registers popular (CA format). */
export const shortOperations: Readonly<Record<string, number>> = {
  sub: 0x8c01,
  xor: 0x8c21,
  or: 0x8c41,
  and: 0x8c61,
  subw: 0x9c01,
  addw: 0x9c21,
};

/** Compressed: popular destination and source are one, a number of six bits (CB format). */
export const shortImmediates: Readonly<Record<string, number>> = { srli: 0x8001, srai: 0x8401, andi: 0x8801 };

/** Compressed loads and stores of popular registers, and those through the stack pointer. */
export const shortAccesses: Readonly<
  Record<string, { readonly word: number; readonly stackWord: number; readonly bytes: 4 | 8 }>
> = {
  lw: { word: 0x4000, stackWord: 0x4002, bytes: 4 },
  ld: { word: 0x6000, stackWord: 0x6002, bytes: 8 },
  sw: { word: 0xc000, stackWord: 0xc002, bytes: 4 },
  sd: { word: 0xe000, stackWord: 0xe002, bytes: 8 },
};

/** Other compressed instructions. */
export const short = {
  addi: 0x0001,
  addiw: 0x2001,
  li: 0x4001,
  lui: 0x6001,
  addi16sp: 0x6101,
  slli: 0x0002,
  jr: 0x8002,
  mv: 0x8002,
  add: 0x9002,
  ebreak: 0x9002,
  j: 0xa001,
  beqz: 0xc001,
  bnez: 0xe001,
} as const;

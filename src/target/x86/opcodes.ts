/**
 * The opcodes of amd64 and 386 that microlith uses, as the manual's tables group them (Intel SDM vol. 2, appendix A).
 *
 * Where an instruction exists for bytes and for wider operands, the table has the byte's opcode, whose lowest
 * bit is 0; the wider one has it set. A two-byte opcode is written with its 0x0f, so 0x0fb6 is `0F B6`.
 */

/** The row of opcode map column 0 (`digit << 3`) and the /digit of 80, 81 and 83. */
export const arithmetic: Readonly<Record<string, number>> = {
  add: 0b000,
  or: 0b001,
  adc: 0b010,
  sbb: 0b011,
  and: 0b100,
  sub: 0b101,
  xor: 0b110,
  cmp: 0b111,
};

/** The /digit of C0, D0 and D2. */
export const shifts: Readonly<Record<string, number>> = {
  rol: 0b000,
  ror: 0b001,
  rcl: 0b010,
  rcr: 0b011,
  shl: 0b100,
  shr: 0b101,
  sar: 0b111,
};

/** By a number; with 01 more, by cl. */
export const doubleShifts: Readonly<Record<string, number>> = {
  shld: 0x0fa4,
  shrd: 0x0fac,
};

/** One operand, register or memory. */
export const unary: Readonly<Record<string, { readonly opcode: number; readonly digit: number }>> = {
  not: { opcode: 0xf6, digit: 0b010 },
  neg: { opcode: 0xf6, digit: 0b011 },
  mul: { opcode: 0xf6, digit: 0b100 },
  div: { opcode: 0xf6, digit: 0b110 },
  idiv: { opcode: 0xf6, digit: 0b111 },
};

/** Register from a narrower register or memory. The width is the destination's. */
export const extensions: Readonly<
  Record<string, { readonly opcode: number; readonly from: 8 | 16 | 32; readonly signed: boolean }>
> = {
  movzx8: { opcode: 0x0fb6, from: 8, signed: false },
  movzx16: { opcode: 0x0fb7, from: 16, signed: false },
  movsx8: { opcode: 0x0fbe, from: 8, signed: true },
  movsx16: { opcode: 0x0fbf, from: 16, signed: true },
  movsxd: { opcode: 0x63, from: 32, signed: true },
};

/** Register from a register or memory of the same width, 16 bits or more. */
export const scans: Readonly<Record<string, { readonly opcode: number; readonly prefix: number }>> = {
  bsf: { opcode: 0x0fbc, prefix: 0 },
  bsr: { opcode: 0x0fbd, prefix: 0 },
  tzcnt: { opcode: 0x0fbc, prefix: 0xf3 },
  lzcnt: { opcode: 0x0fbd, prefix: 0xf3 },
  popcnt: { opcode: 0x0fb8, prefix: 0xf3 },
};

/** `opcode` with a register, 0F BA /digit with an immediate. */
export const bitTests: Readonly<Record<string, { readonly opcode: number; readonly digit: number }>> = {
  bt: { opcode: 0x0fa3, digit: 0b100 },
  bts: { opcode: 0x0fab, digit: 0b101 },
  btr: { opcode: 0x0fb3, digit: 0b110 },
  btc: { opcode: 0x0fbb, digit: 0b111 },
};

/** The low four bits of 0F 80 (`jcc`), 0F 90 (`setcc`) and 0F 40 (`cmovcc`), and of 70 (`jcc`, short). */
export const conditions: Readonly<Record<string, number>> = {
  o: 0b0000,
  no: 0b0001,
  b: 0b0010,
  ae: 0b0011,
  e: 0b0100,
  ne: 0b0101,
  be: 0b0110,
  a: 0b0111,
  s: 0b1000,
  ns: 0b1001,
  p: 0b1010,
  np: 0b1011,
  l: 0b1100,
  ge: 0b1101,
  le: 0b1110,
  g: 0b1111,
};

/** No explicit operands. `text` is what an assembler calls it. */
export const fixed: Readonly<Record<string, { readonly bytes: readonly number[]; readonly text: string }>> = {
  cdq: { bytes: [0x99], text: "cdq" },
  cqo: { bytes: [0x48, 0x99], text: "cqo" },
  ret: { bytes: [0xc3], text: "ret" },
  syscall: { bytes: [0x0f, 0x05], text: "syscall" },
  "int-0x80": { bytes: [0xcd, 0x80], text: "int 0x80" },
  ud2: { bytes: [0x0f, 0x0b], text: "ud2" },
  int3: { bytes: [0xcc], text: "int3" },
  nop: { bytes: [0x90], text: "nop" },
  movsb: { bytes: [0xa4], text: "movsb" },
  stosb: { bytes: [0xaa], text: "stosb" },
  lodsb: { bytes: [0xac], text: "lodsb" },
  "rep-movsb": { bytes: [0xf3, 0xa4], text: "rep movsb" },
  "rep-stosb": { bytes: [0xf3, 0xaa], text: "rep stosb" },
  "repe-cmpsb": { bytes: [0xf3, 0xa6], text: "repe cmpsb" },
  "repne-scasb": { bytes: [0xf2, 0xae], text: "repne scasb" },
};

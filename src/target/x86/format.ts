/**
 * amd64 and 386: one instruction as text, in Intel's syntax as GNU as reads it after `.intel_syntax noprefix`. Listings
 * show it, and the encoder's tests feed it to that assembler.
 */

import type { MachineInstruction, MemoryOperand, Operand } from "../../machine/machine.ts";
import type { Width } from "./instructions.ts";
import type { Mode } from "./mode.ts";
import { extensions, fixed } from "./opcodes.ts";
import { registerName } from "./registers.ts";

const pointers: Readonly<Record<Width, string>> = {
  8: "byte ptr",
  16: "word ptr",
  32: "dword ptr",
  64: "qword ptr",
};

/** The target's `format`: one line, without indentation. A block is called `.L` and its number. */
export function formatterFor(mode: Pick<Mode, "word">): (instruction: MachineInstruction) => string {
  return (instruction) => format(instruction, mode.word);
}

function format(instruction: MachineInstruction, word: 32 | 64): string {
  const { op, operands } = instruction;
  const known = fixed[op];
  if (known !== undefined) return known.text;
  const width = widthOf(instruction, word);
  const texts = operands.map((operand, index) => formatOperand(operand, width(index), op, word));
  return `${mnemonic(instruction)}${texts.length > 0 ? " " : ""}${texts.join(", ")}`;
}

function mnemonic({ op, condition }: MachineInstruction): string {
  if (op === "movsxd") return op;
  if (Object.hasOwn(extensions, op)) return op.replace(/\d+$/, "");
  return op.endsWith("cc") ? op.slice(0, -2) + (condition ?? "?") : op;
}

/** The width of each operand, which is not always that of the operation. */
function widthOf({ op, width, operands }: MachineInstruction, word: 32 | 64): (index: number) => Width {
  const extension = extensions[op];
  if (extension !== undefined) return (index) => (index === 0 ? width : extension.from);
  if (op === "push" || op === "pop" || op === "jmp" || op === "call") return () => word;
  if (op === "setcc") return () => 8;
  const isShift = /^(sh|sa|ro|rc)[lr]$/.test(op);
  if (isShift && operands[1]?.kind === "register") return (index) => (index === 0 ? width : 8);
  return () => width;
}

function formatOperand(operand: Operand, width: Width, op: string, word: 32 | 64): string {
  switch (operand.kind) {
    case "register":
      return registerName(operand.register, width);
    case "immediate":
      return formatImmediate(operand.value, width);
    case "symbol": {
      const name = symbolName(operand.symbol) + signed(operand.offset);
      return op === "call" || op === "jmp" || op === "jcc" ? name : `offset ${name}`;
    }
    case "memory":
      return op === "lea"
        ? formatAddress(operand, word)
        : `${pointers[width]} ${formatAddress(operand, word)}`;
    case "block":
      return `.L${operand.block.id}`;
  }
}

/** Small numbers in decimal, others in hex. */
function formatImmediate(value: bigint, width: Width): string {
  const number = BigInt.asIntN(width, value);
  if (number >= -4096n && number <= 4096n) return `${number}`;
  return number < 0n ? `-0x${(-number).toString(16)}` : `0x${number.toString(16)}`;
}

function formatAddress(
  { base, index, scale, displacement, symbol, wraps }: MemoryOperand,
  word: 32 | 64,
): string {
  const width = wraps ? 32 : word;
  const terms: string[] = [];
  if (base !== undefined) terms.push(registerName(base, width));
  if (index !== undefined)
    terms.push(registerName(index, width) + (base !== undefined && scale === 1 ? "" : `*${scale}`));
  if (symbol !== undefined)
    terms.push(...(terms.length === 0 && word === 64 ? ["rip"] : []), symbolName(symbol));
  if (terms.length === 0) return `[${displacement}]`;
  return `[${terms.join(" + ")}${signed(displacement)}]`;
}

function signed(offset: number): string {
  if (offset === 0) return "";
  return offset < 0 ? ` - ${-offset}` : ` + ${offset}`;
}

/** Names of data objects have spaces and slashes: `head /index.html`. */
function symbolName(name: string): string {
  return /^[A-Za-z_.$][\w.$]*$/.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}

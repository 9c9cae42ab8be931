/**
 * arm64: one instruction as text, as GNU as reads it. Listings show it, and the encoder's tests feed it to that
 * assembler. What is several instructions, such as a long constant, is several statements with `;` between.
 */

import type { MachineInstruction, MemoryOperand, Operand } from "../../machine/machine.ts";
import { constantSteps, constantWidth } from "./constants.ts";
import { accesses, selects } from "./opcodes.ts";
import { registerName } from "./registers.ts";

/** One line, without indentation. A block is called `.L` and its number. */
export function format(instruction: MachineInstruction): string {
  const { op, operands } = instruction;
  const [first, second] = operands;
  if (op === "mov" && first !== undefined) {
    if (second?.kind === "immediate") return formatConstant(first, second.value, instruction.width);
    if (second?.kind === "symbol") return formatFarAddress(first, second.symbol, second.offset);
  }
  if (op === "svc") return "svc #0";
  if (op === "brk") return "brk #0";
  if (op === "ret") return first === undefined ? "ret" : `ret ${formatOperand(first, 64)}`;
  const texts = operands.map((operand, index) => formatOperand(operand, widthOf(instruction, index)));
  const moving = op.endsWith("-post") ? "post" : op.endsWith("-pre") ? "pre" : undefined;
  if (moving !== undefined && second?.kind === "memory") {
    texts[1] = formatMoving(second, moving);
  }
  if (Object.hasOwn(selects, op)) texts.push(instruction.condition ?? "?");
  return `${mnemonic(instruction)}${texts.length > 0 ? " " : ""}${texts.join(", ")}`;
}

function mnemonic({ op, condition }: MachineInstruction): string {
  if (op === "tail") return "b";
  if (op === "b.cond") return `b.${condition ?? "?"}`;
  return op.replace(/-(post|pre)$/, "");
}

/** Narrow loads and `sxtw` have registers of two widths. */
function widthOf({ op, width, operands }: MachineInstruction, index: number): number {
  const access = op.replace(/-(post|pre)$/, "");
  if (access === "ldrsw") return 64;
  const row = accesses[access];
  if (row !== undefined && row.wide === undefined) return 32;
  if (op === "sxtw" && index > 0) return 32;
  const operand = operands[index];
  if (operand?.kind === "register" && operand.modifier?.kind.endsWith("xtw")) return 32;
  return op === "adr" ? 64 : width;
}

function formatOperand(operand: Operand, width: number): string {
  switch (operand.kind) {
    case "register": {
      const name = registerName(operand.register, width);
      const { modifier } = operand;
      return modifier === undefined ? name : `${name}, ${modifier.kind} #${modifier.amount}`;
    }
    case "immediate":
      return formatNumber(BigInt.asIntN(width, operand.value));
    case "symbol":
      return symbolName(operand.symbol) + signed(operand.offset);
    case "memory":
      return formatMemory(operand);
    case "block":
      return `.L${operand.block.id}`;
  }
}

/** Small numbers in decimal, others in hex. */
function formatNumber(value: bigint): string {
  if (value >= -4096n && value <= 4096n) return `#${value}`;
  return value < 0n ? `#-0x${(-value).toString(16)}` : `#0x${value.toString(16)}`;
}

function formatMemory({ base, index, scale, displacement }: MemoryOperand): string {
  const parts = base === undefined ? [] : [registerName(base, 64)];
  if (index !== undefined) parts.push(registerName(index, 64));
  if (index !== undefined && scale > 1) parts.push(`lsl #${Math.log2(scale)}`);
  if (displacement !== 0) parts.push(`#${displacement}`);
  return `[${parts.join(", ")}]`;
}

function formatMoving({ base, displacement }: MemoryOperand, when: "post" | "pre"): string {
  const name = registerName(base ?? -1, 64);
  return when === "post" ? `[${name}], #${displacement}` : `[${name}, #${displacement}]!`;
}

function formatConstant(to: Operand, value: bigint, width: number): string {
  const narrow = constantWidth(value, width);
  const name = formatOperand(to, narrow);
  return constantSteps(value, width)
    .map((step) => {
      if (step.op === "orr") return `mov ${name}, #0x${BigInt.asUintN(narrow, value).toString(16)}`;
      const shift = step.shift === 0 ? "" : `, lsl #${step.shift}`;
      return `${step.op} ${name}, #${step.bits}${shift}`;
    })
    .join("; ");
}

function formatFarAddress(to: Operand, symbol: string, offset: number): string {
  const name = formatOperand(to, 32);
  const place = symbolName(symbol) + signed(offset);
  return `movz ${name}, #:abs_g1:${place}; movk ${name}, #:abs_g0_nc:${place}`;
}

function signed(offset: number): string {
  if (offset === 0) return "";
  return offset < 0 ? ` - ${-offset}` : ` + ${offset}`;
}

/** Names of data objects have spaces and slashes: `head /index.html`. */
function symbolName(name: string): string {
  return /^[A-Za-z_.$][\w.$]*$/.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}

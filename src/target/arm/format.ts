/**
 * arm: one instruction as text, in the unified syntax as GNU as reads it. Listings show it, and the encoder's tests feed
 * it to that assembler.
 */

import type { MachineInstruction, MemoryOperand, Operand } from "../../machine/machine.ts";
import { constantSteps } from "./constants.ts";
import { registerName, registerNames } from "./registers.ts";

/** One line, without indentation; `; ` between instructions where a constant takes two. A block is called `.L` and its number. */
export function format(instruction: MachineInstruction): string {
  const { op, operands, condition = "" } = instruction;
  const [first, second] = operands;
  if (op === "ret") return `bx${condition} ${operands.slice(0, 1).map(formatOperand).join("")}`;
  if (op === "push" || op === "pop") return `${op}${condition} {${first ? formatList(first) : ""}}`;
  if (op === "svc") return `svc${condition} #0`;
  if (op === "literal") return `.word ${first ? formatOperand(first).replace("#", "") : ""}`;
  if (op === "mov" && first?.kind === "register" && second?.kind === "immediate") {
    return formatConstant(formatOperand(first), second.value, condition);
  }
  if (op === "mov" && first && second?.kind === "symbol")
    return `ldr${condition} ${formatOperand(first)}, =${formatOperand(second)}`;
  const [access, when] = op.split("-");
  if (second?.kind === "memory" && first && (when === "post" || when === "pre")) {
    return `${access}${condition} ${formatOperand(first)}, ${formatMoving(second, when)}`;
  }
  return `${mnemonic(op)}${condition} ${operands.map(formatOperand).join(", ")}`;
}

function mnemonic(op: string): string {
  if (op === "tail") return "b";
  return op === "ldr-literal" ? "ldr" : op;
}

function formatList(list: Operand): string {
  const bits = list.kind === "immediate" ? Number(list.value) : 0;
  return registerNames.filter((_, number) => ((bits >> number) & 1) !== 0).join(", ");
}

function formatOperand(operand: Operand): string {
  switch (operand.kind) {
    case "register": {
      const { modifier } = operand;
      const name = registerName(operand.register);
      return modifier === undefined ? name : `${name}, ${modifier.kind} #${modifier.amount}`;
    }
    case "immediate":
      return formatNumber(BigInt.asIntN(32, operand.value));
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
  return value >= -4096n && value <= 4096n ? `#${value}` : `#0x${BigInt.asUintN(32, value).toString(16)}`;
}

function formatMemory({ base, index, scale, displacement }: MemoryOperand): string {
  const parts = base === undefined ? [] : [registerName(base)];
  if (index !== undefined) parts.push(registerName(index));
  if (index !== undefined && scale > 1) parts.push(`lsl #${Math.log2(scale)}`);
  if (displacement !== 0) parts.push(`#${displacement}`);
  return `[${parts.join(", ")}]`;
}

function formatMoving({ base, displacement }: MemoryOperand, when: "post" | "pre"): string {
  const name = registerName(base ?? -1);
  return when === "post" ? `[${name}], #${displacement}` : `[${name}, #${displacement}]!`;
}

function formatConstant(to: string, value: bigint, condition: string): string {
  const steps = constantSteps(value);
  if (!steps) return `ldr${condition} ${to}, =${formatNumber(value).slice(1)}`;
  return steps
    .map(({ op, value: part }) => {
      const from = op === "orr" || op === "bic" ? `${to}, ` : "";
      return `${op}${condition} ${to}, ${from}${formatNumber(part)}`;
    })
    .join("; ");
}

function signed(offset: number): string {
  if (offset === 0) return "";
  return offset < 0 ? ` - ${-offset}` : ` + ${offset}`;
}

/** Names of data objects have spaces and slashes: `head /index.html`. */
function symbolName(name: string): string {
  return /^[A-Za-z_.$][\w.$]*$/.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}

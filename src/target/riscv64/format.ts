/**
 * riscv64: one instruction as text, as GNU as reads it. Listings show it, and the encoder's tests feed it to that
 * assembler. A long constant is several statements with `;` between.
 */

import type { MachineInstruction, MemoryOperand, Operand } from "../../machine/machine.ts";
import { constantSteps } from "./constants.ts";
import { registerName } from "./registers.ts";

/** One line, without indentation. A block is called `.L` and its number. */
export function format(instruction: MachineInstruction): string {
  const { op, operands } = instruction;
  const [first, second] = operands;
  if (op === "li" && first !== undefined && second?.kind === "immediate") {
    return formatConstant(formatOperand(first, op), second.value);
  }
  if ((op === "la" || op === "c.la") && first !== undefined && second !== undefined) {
    return formatAddress(formatOperand(first, op), formatOperand(second, op), op);
  }
  if (op === "ret" && first !== undefined) return `jr ${formatOperand(first, op)}`;
  const name = op === "tail" ? "j" : op;
  const texts = operands.map((operand) => formatOperand(operand, op));
  return `${name}${texts.length > 0 ? " " : ""}${texts.join(", ")}`;
}

function formatOperand(operand: Operand, op: string): string {
  switch (operand.kind) {
    case "register":
      return registerName(operand.register);
    case "immediate":
      return `${operand.value}`;
    case "symbol": {
      const place = symbolName(operand.symbol) + signed(operand.offset);
      if (op === "lui" || op === "c.lui") return `%hi(${place})`;
      return place;
    }
    case "memory":
      return formatMemory(operand);
    case "block":
      return `.L${operand.block.id}`;
  }
}

function formatMemory({ base, displacement, symbol }: MemoryOperand): string {
  const offset =
    symbol === undefined ? `${displacement}` : `%lo(${symbolName(symbol)}${signed(displacement)})`;
  return `${offset}(${registerName(base ?? -1)})`;
}

function formatConstant(to: string, value: bigint): string {
  return constantSteps(value)
    .map(({ op, amount }, index) => {
      if (op === "lui") return `lui ${to}, ${amount & 0xf_ffff}`;
      return `${op} ${to}, ${index === 0 ? "zero" : to}, ${amount}`;
    })
    .join("; ");
}

function formatAddress(to: string, place: string, op: string): string {
  return `${op === "la" ? "lui" : "c.lui"} ${to}, %hi(${place}); addi ${to}, ${to}, %lo(${place})`;
}

function signed(offset: number): string {
  if (offset === 0) return "";
  return offset < 0 ? ` - ${-offset}` : ` + ${offset}`;
}

/** Names of data objects have spaces and slashes: `head /index.html`. */
function symbolName(name: string): string {
  return /^[A-Za-z_.$][\w.$]*$/.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`;
}

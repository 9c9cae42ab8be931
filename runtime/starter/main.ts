/** A program in microlith TypeScript: `microlith run main.ts -- Ada` greets Ada. */

import { argument, print, printText } from "microlith/std";

export function main(stack: usize): void {
  const name = argument(stack, 1);
  print("Hello, ");
  if (name === 0) print("World");
  else printText(name);
  print("!\n");
}

// Arguments and environment.
//
// args: first "second one" 42
// expect: 4
// expect: first
// expect: second one
// expect: second one, 42
// expect: 0 0
// expect: yes
// expect: 0 0

import { wordBytes } from "microlith:target";
import {
  argument,
  argumentCount,
  argumentsStart,
  environment,
  environmentStart,
  print,
  printDecimal,
  printText,
} from "microlith/std";

export function main(stack: usize): void {
  printDecimal(argumentCount(stack));
  print("\n");
  printText(argument(stack, 1));
  print("\n");
  printText(argument(stack, 2));
  print("\n");
  const rest = argumentsStart(stack, 2);
  printText(load<usize>(rest));
  print(", ");
  printText(load<usize>(rest + wordBytes));
  print(load<usize>(rest + 2 * wordBytes) === 0 ? "\n" : " and more\n");
  printDecimal(argument(stack, 4) as u32);
  print(" ");
  printDecimal(argument(stack, 0xffff_ffff) as u32);
  print("\n");
  printText(environment(stack, "MICROLITH_TEST"));
  print("\n");
  printDecimal(environment(stack, "MICROLITH") as u32);
  print(" ");
  printDecimal(environment(stack, "MICROLITH_TEST=") as u32);
  print("\n");
  // The text before the first is the last argument.
  if (load<usize>(environmentStart(stack)) === 0) print("no environment\n");
}

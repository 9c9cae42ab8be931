/** The smallest program with something to say: `microlith build examples/hello/hello.ts -o hello && ./hello`. */

import { print } from "microlith/std";

export function main(): void {
  print("Hello World\n");
}

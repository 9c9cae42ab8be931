// ML1019 1:8
// ML1019 2:8
// ML1019 3:1
// ML1019 4:1
import all from "./support/module.ts";
import * as everything from "./support/module.ts";
export * from "./support/module.ts";
export default function f(): void {}
export function main(): void {}

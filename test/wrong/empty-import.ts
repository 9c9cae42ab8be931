// ML1021 1:1
import "./support/module.ts";
export function main(): void {}

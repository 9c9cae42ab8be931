// ML1020 2:13
export function main(): void {
  const m = import("./support/module.ts");
}

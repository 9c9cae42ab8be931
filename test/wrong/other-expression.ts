// ML1051 2:13
// ML1051 3:18
export function main(): void {
  const m = import.meta;
  const target = new.target;
}

// ML1009 2:3
// ML1009 3:3
export function main(): void {
  throw 1;
  try {
  } catch {}
}

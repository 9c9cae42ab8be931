// ML1006 1:15
// ML1006 3:13
const twice = (x: u32): u32 => x * 2;
export function main(): void {
  const f = function (): void {};
}

// ML1106 3:13
// ML1106 4:18
// ML1106 11:11
const x: u32 = 1;
export function main(): void {
  const y = x;
  const x: u32 = z;
  const z: u32 = 1;
  switch (y) {
    case 1:
      const w: u32 = 1;
      break;
    case 2:
      use(w);
  }
}
function use(w: u32): void {}

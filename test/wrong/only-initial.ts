// ML1601 1:16
// ML1601 2:15
// ML1601 4:13
// ML1601 5:11
// ML1601 6:13
const table1 = scratch<Fixed<u8, 4>>();
let storage = zeroed<Fixed<u8, 4>>();
export function main(): void {
  const x = zeroed<Fixed<u8, 4>>();
  let y = scratch<Fixed<u8, 4>>();
  const z = table<u8>(1)[0];
}

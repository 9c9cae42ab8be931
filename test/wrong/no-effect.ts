// ML1506 3:3
// ML1506 4:3
// ML1506 5:3
// ML1506 6:3
// ML1506 7:3
export function main(): void {
  let x: u32 = 1;
  x;
  x + 1;
  x === 1;
  x === 1 && main();
  "use strict";
}

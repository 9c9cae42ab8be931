// ML1301 2:15
// ML1301 6:14
// ML1301 7:28
// ML1301 8:15
// ML1301 11:10
let count: u32 = 0;
const twice = count * 2;
function f(): u32 {
  return 1;
}
const made = f();
const sizes = table<u8>(1, count);
const where = address(sizes);
export function main(): void {
  switch (count) {
    case f():
  }
}

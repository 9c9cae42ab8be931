// ML1507 6:10
const two = 2;
function f(n: u32): void {
  switch (n) {
    case 2:
      break;
    case two:
      break;
  }
}
export function main(): void {}

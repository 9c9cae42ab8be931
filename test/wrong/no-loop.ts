// ML1504 2:3
// ML1504 6:3
// ML1504 11:7
// ML1504 16:5
export function main(): void {
  break;
  continue;
}
function f(): void {
  continue;
}
function g(n: u32): void {
  switch (n) {
    case 1:
      continue;
  }
}
function h(): void {
  block: {
    continue block;
  }
}

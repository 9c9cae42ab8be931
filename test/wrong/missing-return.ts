// ML1501 1:10
// ML1501 4:10
// ML1501 10:10
function f(a: u32): u32 {
  if (a > 1) return 1;
}
function g(a: u32): u32 {
  switch (a) {
    case 1:
      return 1;
  }
}
function h(a: u32): u32 {
  while (true) {
    if (a > 1) break;
  }
}
export function main(): void {}

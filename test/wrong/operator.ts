// ML1033 3:7
// ML1033 4:7
// ML1033 5:3
// ML1033 6:3
// ML1033 7:7
// ML1033 8:3
// ML1033 9:3
// ML1033 10:13
// ML1033 11:7
export function main(): void {
  let x: u32 = 1;
  x = +x;
  x = x ** 2;
  x **= 2;
  x ||= 2;
  x = x ?? 2;
  delete x;
  void x;
  const t = typeof x;
  if ("a" in x) x = 2;
}

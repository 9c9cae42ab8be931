// ML1205 2:11
// ML1205 3:7
// ML1205 3:11
// ML1205 4:7
// ML1205 5:7
// ML1205 5:11
// ML1205 6:8
// ML1205 7:8
// ML1205 8:7
// ML1205 9:7
// ML1205 10:3
// ML1205 11:3
// ML1205 12:11
function f(a: bool, p: Ptr<u8>, text: string): void {
  let x = a + 1;
  x = a & true;
  x = p + 1;
  x = p - p;
  x = -a;
  x = ~p;
  x = a << 1;
  x = text + "more";
  p += 1;
  p++;
  switch (a) {
    default:
  }
}
export function main(): void {}

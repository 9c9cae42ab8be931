// ML1221 2:15
// ML1221 2:23
// ML1221 2:37
// ML1221 3:17
// ML1221 5:3
// ML1221 6:13
// ML1221 7:3
function f(): void {}
function g(x: Ptr, y: Fixed<u8>, z: u8<u8>): void {}
const storage = zeroed();
export function main(): void {
  f<u8>();
  const x = sizeof();
  unreachable<u8>();
}

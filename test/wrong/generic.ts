// ML1015 1:15
// ML1015 4:10
// ML1015 7:11
function first<T>(p: Ptr<T>): T {
  return p[0];
}
class Box<T> {
  a: u8;
}
type Bytes<T> = Ptr<u8>;
export function main(): void {}

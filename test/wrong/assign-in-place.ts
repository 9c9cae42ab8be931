// ML1216 11:3
// ML1216 12:3
// ML1216 13:3
class Inner {
  x: u32;
}
class Outer {
  inner: Inline<Inner>;
  bytes: Fixed<u8, 4>;
}
const outer = zeroed<Outer>();
const many = zeroed<Fixed<Inner, 4>>();
export function main(): void {
  outer.inner = many[0];
  outer.bytes = outer.bytes;
  many[1] = many[0];
}

// ML1011 4:23
// ML1011 7:16
// ML1011 8:27
class Base {
  a: u8;
}
class Derived extends Base {
  b: u8;
}
abstract class Half {}
class Promised implements Base {
  a: u8;
}
export function main(): void {}

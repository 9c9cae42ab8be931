// ML1007 2:3
// ML1007 3:3
// ML1007 4:3
// ML1007 7:3
export function main(): void {
  function inner(): void {}
  class Inner {}
  enum Choice {
    A,
  }
  type Alias = u8;
}

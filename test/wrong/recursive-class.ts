// ML1401 1:7
// ML1401 4:7
class Direct {
  inner: Inline<Direct>;
}
class One {
  two: Fixed<Two, 2>;
}
class Two {
  one: Inline<One>;
}
export function main(): void {}

// ML1013 2:3
class Point {
  constructor() {}
}
export function main(): void {}

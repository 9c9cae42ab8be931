// ML1014 1:1
// ML1014 3:3
@sealed
class Point {
  @hidden x: u32;
}
export function main(): void {}

// ML1053 2:7
enum Names {
  A = "a",
}
export function main(): void {}

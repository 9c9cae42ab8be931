// ML1222 2:9
// ML1222 4:15
// ML1222 7:19
class Named {
  name: string;
}
function f(): string {
  return "";
}
function g(p: Ptr<string>): void {}
export function main(): void {}

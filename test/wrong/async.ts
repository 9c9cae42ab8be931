// ML1008 1:16
// ML1008 2:11
// ML1008 3:3
async function f(): void {}
function* g(): void {
  yield 1;
}
export function main(): void {}

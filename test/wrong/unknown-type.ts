// ML1102 1:15
// ML1102 1:23
function f(x: u23, y: Pointer<u8>): void {}
export function main(): void {}

// ML1039 1:12
// ML1039 1:24
function f(x: u32 = 1, y?: u32): void {}
export function main(): void {}

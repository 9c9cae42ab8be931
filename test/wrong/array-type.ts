// ML1024 1:15
// ML1024 1:24
// ML1024 1:37
function f(x: u8[], y: [u8, u8], z: Array<u8>): void {}
export function main(): void {}

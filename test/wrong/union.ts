// ML1023 1:15
// ML1023 1:28
function f(x: u8 | u16, y: Ptr<u8> | bool | null): void {}
export function main(): void {}

// ML1025 1:22
function f(callback: (x: u32) => void): void {}
export function main(): void {}

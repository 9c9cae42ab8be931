// ML1108 1:17
export function main(count: u32): void {}

// ML1029 1:17
const pattern = /a+/;
export function main(): void {}

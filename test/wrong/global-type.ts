// ML1405 1:5
// ML1405 2:5
let text: string = "text";
let nothing = null;
export function main(): void {}

// ML1502 1:10
function f(): never {}
export function main(): void {}

// ML1107 1:10
function main(): void {}

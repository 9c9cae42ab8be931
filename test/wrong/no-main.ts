// ML1107 1:1
function other(): void {}

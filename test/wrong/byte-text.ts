// ML1602 1:16
// ML1602 2:16
// ML1602 3:16
// ML1602 5:16
const a = byte("");
const b = byte("ab");
const c = byte("é");
const text = "a";
const d = byte(text);
export function main(): void {}

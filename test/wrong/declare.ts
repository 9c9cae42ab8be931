// ML1018 1:18
// ML1018 2:1
// ML1018 3:1
// ML1018 4:1
declare function f(): void;
declare const x: u32;
declare class C {}
declare enum E {}
export function main(): void {}

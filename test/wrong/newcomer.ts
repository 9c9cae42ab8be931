// ML1105 1:10
// ML1010 4:14
// ML1301 5:22
// ML1301 6:21
// ML1205 7:16
// ML1501 11:10
// ML1107 18:10
// ML1101 19:3
// ML1201 20:7
// ML1201 21:7
// ML1211 22:11
// ML1211 23:10
// ML1202 24:20
// ML1101 26:28
// ML1101 27:10
// ML1026 30:15
// ML1023 33:15
// ML1205 37:3
// ML1203 40:22
import { hidden } from "./support/module.ts";

const storage = zeroed<Fixed<u8, 4>>();
const heap = new Uint8Array(4);
let first: Ptr<u8> = storage;
let text: Ptr<u8> = bytes("text");
const joined = "a" + "b";

function say(text: string): void {}

function choose(n: u8): u32 {
  switch (n) {
    case 0:
      return 1;
  }
}

function main(): i32 {
  console.log("hello");
  say(storage.length);
  say(storage);
  storage.forEach();
  "text".charCodeAt(0);
  let narrow: u8 = 256;
  narrow = narrow << 8;
  if ((narrow = 1)) return storag;
  return narow;
}
function flag(n: u64): u32 {
  return n as u32 & 1;
}
function mask(n: u64): u32 {
  return n as u32 | 4;
}
function grow(): void {
  let line = "a";
  line += "b";
}
function words(stack: usize): Ptr<u8> {
  return pointer<u8>(stack);
}

// Numbers written to memory: zeros, ones and small ones, which machines have short forms for, at every width and sign.
//
// expect: 0 0 0 0
// expect: 255 65535 4294967295 4294967295 4294967295
// expect: 254 65534 4294967294 4294967295 4294967294
// expect: 127 127 127 0 127
// expect: 128 128 128 0 128
// expect: 128 65408 4294967168 4294967295 4294967168
// expect: 127 65407 4294967167 4294967295 4294967167
// expect: kept 1 1

import { decimal, flush, put, text } from "./support/print.ts";

class Numbers {
  byte: u8;
  half: u16;
  word: u32;
  long: u64;
  signed: i32;
}

const one = zeroed<Numbers>();
const other = zeroed<Numbers>();

function show(numbers: Numbers): void {
  decimal(numbers.byte);
  put(32);
  decimal(numbers.half);
  put(32);
  decimal(numbers.word);
  put(32);
  decimal((numbers.long >> 32) as u32);
  put(32);
  decimal(numbers.signed as u32);
  put(10);
}

export function main(): void {
  one.byte = 1;
  one.half = 2;
  one.word = 3;
  one.byte = 0;
  one.half = 0;
  one.word = 0;
  other.word = one.word === 0 ? 1 : 2;
  decimal(one.byte);
  put(32);
  decimal(one.half);
  put(32);
  decimal(one.word);
  put(32);
  decimal(one.signed as u32);
  put(10);
  one.byte = 0xff;
  one.half = 0xffff;
  one.word = 0xffff_ffff;
  one.long = 0xffff_ffff_ffff_ffff;
  one.signed = -1;
  show(one);
  one.byte = 0xfe;
  one.half = 0xfffe;
  one.word = 0xffff_fffe;
  one.long = 0xffff_ffff_ffff_fffe;
  one.signed = -2;
  show(one);
  one.byte = 127;
  one.half = 127;
  one.word = 127;
  one.long = 127;
  one.signed = 127;
  show(one);
  one.byte = 128;
  one.half = 128;
  one.word = 128;
  one.long = 128;
  one.signed = 128;
  show(one);
  one.byte = 128;
  one.half = 0xff80;
  one.word = 0xffff_ff80;
  one.long = 0xffff_ffff_ffff_ff80;
  one.signed = -128;
  show(one);
  one.byte = 127;
  one.half = 0xff7f;
  one.word = 0xffff_ff7f;
  one.long = 0xffff_ffff_ffff_ff7f;
  one.signed = -129;
  show(one);
  text("kept ");
  decimal(other.word);
  put(32);
  decimal(other.word);
  put(10);
  flush();
}

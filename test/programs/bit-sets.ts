// Sets of bits in words: members across word boundaries, of bytes and of larger numbers, and single bits of a word.
//
// expect: vowels 16
// expect: members 1 0 1 0 1 0
// expect: large 1 0 1 0
// expect: bits 1 0 1 0 1

import { decimal, flush, put, text } from "./support/print.ts";

const vowels = table<u32>(0, 0, 0x00208222, 0x00208222);
const numbers = zeroed<Fixed<u32, 64>>();

function number(value: u32): void {
  put(32);
  decimal(value);
}

function isVowel(character: u8): u32 {
  const code: u32 = character;
  if (code > 127 || ((vowels[code >> 5] >> (code & 31)) & 1) === 0) return 0;
  return 1;
}

function has(member: u32): u32 {
  return ((numbers[member >> 5] >> (member & 31)) & 1) !== 0 ? 1 : 0;
}

function hasShort(member: u16): u32 {
  const code: u32 = member;
  if (((numbers[code >> 5] >> (code & 31)) & 1) === 0) return 0;
  return 1;
}

function bitOf(word: u32, bit: u32): u32 {
  if (((word >> (bit & 31)) & 1) === 0) return 0;
  return 1;
}

export function main(): void {
  const sentence = "The quick brown fox jumps over the lazy dog, AEIOU \u00e9";
  let count: u32 = 0;
  for (let i: u32 = 0; i < sentence.length; i++) count += isVowel(bytes(sentence)[i]);
  text("vowels");
  number(count);
  for (let i: u32 = 31; i < 2048; i += 97) numbers[i >> 5] |= 1 << (i & 31);
  text("\nmembers");
  number(hasShort(31));
  number(hasShort(32));
  number(hasShort(128));
  number(hasShort(127));
  number(hasShort(1971));
  number(hasShort(2047));
  text("\nlarge");
  number(has(225));
  number(has(226));
  number(has(1971));
  number(has(1970));
  text("\nbits");
  number(bitOf(numbers[0], 31));
  number(bitOf(numbers[0], 30));
  number(bitOf(5, count - 16));
  number(bitOf(5, count - 15));
  number(bitOf(5, count + 18));
  put(10);
  flush();
}

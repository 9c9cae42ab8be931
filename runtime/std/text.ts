/**
 * Text in memory. An address is a `usize`, because arguments and environment lie on the initial stack, which is beyond the
 * reach of a `Ptr` on machines of 64 bits; `address(p)` makes one of a pointer. Such text ends in a zero byte.
 */

/** What `parseDecimal` gives for text that is no number. */
export const invalidNumber: u32 = 0xffff_ffff;

/** Bytes before the zero. */
export function textLength(text: usize): u32 {
  let length: u32 = 0;
  while (load<u8>(text + length) !== 0) length++;
  return length;
}

/** Copies up to `capacity` bytes, without the zero. Returns their number. */
export function copyText(to: Ptr<u8>, text: usize, capacity: u32): u32 {
  let length: u32 = 0;
  for (; length < capacity; length++) {
    const value = load<u8>(text + length);
    if (value === 0) break;
    to[length] = value;
  }
  return length;
}

/** Whether the text begins with `beginning`. */
export function startsWith(text: usize, beginning: string): bool {
  const wanted = bytes(beginning);
  for (let i: u32 = 0; i < beginning.length; i++) {
    if (load<u8>(text + i) !== wanted[i]) return false;
  }
  return true;
}

/** Whether the text is `other`, which has no zero byte. */
export function equalText(text: usize, other: string): bool {
  return startsWith(text, other) && load<u8>(text + other.length) === 0;
}

/** The number that the text is, in decimal digits up to 4,294,967,294; otherwise `invalidNumber`. */
export function parseDecimal(text: usize): u32 {
  let at = text;
  let number: u32 = 0;
  do {
    const digit: u8 = load<u8>(at) - byte("0");
    if (digit > 9 || number > 429_496_729) return invalidNumber;
    if (number === 429_496_729 && digit > 4) return invalidNumber;
    number = number * 10 + digit;
    at += 1;
  } while (load<u8>(at) !== 0);
  return number;
}

/** The index of the first `value` among `length` bytes; `length` when there is none. */
export function findByte(bytes: Ptr<u8>, length: u32, value: u8): u32 {
  let at: u32 = 0;
  while (at < length && bytes[at] !== value) at++;
  return at;
}

/** The index at which `wanted` first stands among `length` bytes; `length` when it does not. */
export function find(text: Ptr<u8>, length: u32, wanted: string): u32 {
  for (let at: u32 = 0; at + wanted.length <= length; at++) {
    if (equal(text.add(at as i32), bytes(wanted), wanted.length)) return at;
  }
  return length;
}

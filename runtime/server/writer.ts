/**
 * Text on its way into memory, a character behind the other. There is one such text at a time: where it goes is kept
 * here, so that whoever writes a part of it neither takes nor returns a place.
 *
 * Nothing is checked: whoever starts a text knows how long it can get.
 */

class Writer {
  /** Where the next character goes. */
  at: Ptr<u8>;
}
const writer = zeroed<Writer>();

export function startText(at: Ptr<u8>): void {
  writer.at = at;
}

/** Where the text ends that has been written. */
export function textEnd(): Ptr<u8> {
  return writer.at;
}

export function writeByte(character: u8): void {
  writer.at[0] = character;
  writer.at = writer.at.add(1);
}

export function writeBytes(from: Ptr<u8>, length: u32): void {
  copy(writer.at, from, length);
  writer.at = writer.at.add(length as i32);
}

/** Writes the digits of `value` to the base `radix`, up to 16. */
export function writeNumber(value: u32, radix: u32): void {
  let rest = value;
  do {
    writer.at = writer.at.add(1);
    rest /= radix;
  } while (rest !== 0);
  let at = writer.at;
  rest = value;
  do {
    at = at.add(-1);
    const digit = rest % radix;
    at[0] = ((digit > 9 ? byte("a") - 10 : byte("0")) + digit) as u8;
    rest /= radix;
  } while (rest !== 0);
}

/** `\u` and `\x`, as little-endian numbers. */
export const unicodeEscape = 0x755c;
export const byteEscape = 0x785c;

/** Writes the two characters of `start` and the hexadecimal digits of `value` but the first, which keeps the zeros behind it. */
export function writeEscape(value: u32, start: u32): void {
  const at = writer.at;
  writer.at = at.add(1);
  writeNumber(value, 16);
  pointer<u16>(address(at))[0] = start as u16;
}

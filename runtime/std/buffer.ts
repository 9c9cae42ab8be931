/**
 * Text that is collected before it is written: one system call for many parts.
 *
 * ```
 * const storage = zeroed<Fixed<u8, 4096>>();
 * const page = zeroed<Buffer>();
 * …
 * page.use(storage, 4096);
 * page.text("Hello, ");
 * page.decimal(42);
 * page.writeTo(standardOutput);
 * ```
 *
 * What does not fit is left out, and `isFull` says so.
 */

import { writeAll } from "./files.ts";
import { formatDecimal, formatDecimal64, formatHex, formatHex64 } from "./format.ts";

export class Buffer {
  start: Ptr<u8>;
  length: u32;
  capacity: u32;
  /** Something did not fit. */
  isFull: bool;

  /** Storage for the text; the buffer is empty afterwards. */
  use(storage: Ptr<u8>, capacity: u32): void {
    this.start = storage;
    this.capacity = capacity;
    this.clear();
  }

  clear(): void {
    this.length = 0;
    this.isFull = false;
  }

  append(from: Ptr<u8>, length: u32): void {
    let count = length;
    const room = this.capacity - this.length;
    if (count > room) {
      count = room;
      this.isFull = true;
    }
    copy(this.start.add(this.length as i32), from, count);
    this.length += count;
  }

  text(text: string): void {
    this.append(bytes(text), text.length);
  }

  byte(value: u8): void {
    if (this.length === this.capacity) {
      this.isFull = true;
    } else {
      this.start[this.length] = value;
      this.length++;
    }
  }

  /** Text that ends in a zero byte, such as an argument. */
  textAt(text: usize): void {
    let at = text;
    for (;;) {
      const value = load<u8>(at);
      if (value === 0) return;
      this.byte(value);
      at += 1;
    }
  }

  decimal(value: u32): void {
    const digits = scratch<Fixed<u8, 10>>();
    const end = digits.add(10);
    const first = formatDecimal(value, end);
    this.append(first, end.since(first));
  }

  signed(value: i32): void {
    if (value < 0) this.byte(byte("-"));
    this.decimal((value < 0 ? -value : value) as u32);
  }

  decimal64(value: u64): void {
    const digits = scratch<Fixed<u8, 20>>();
    const end = digits.add(20);
    const first = formatDecimal64(value, end);
    this.append(first, end.since(first));
  }

  signed64(value: i64): void {
    if (value < 0) this.byte(byte("-"));
    this.decimal64((value < 0 ? -value : value) as u64);
  }

  /** `count` digits with leading zeros, at most 8; 0 stands for as many as the number has. */
  hex(value: u32, count: u32): void {
    const digits = scratch<Fixed<u8, 8>>();
    const end = digits.add(8);
    const first = formatHex(value, count, end);
    this.append(first, end.since(first));
  }

  /** As `hex`, with up to 16 digits. */
  hex64(value: u64, count: u32): void {
    const digits = scratch<Fixed<u8, 16>>();
    const end = digits.add(16);
    const first = formatHex64(value, count, end);
    this.append(first, end.since(first));
  }

  /** Writes all of it, and the buffer is empty. Returns 0 or a negative errno. */
  writeTo(descriptor: i32): i32 {
    const length = this.length;
    this.length = 0;
    return writeAll(descriptor, this.start, length);
  }
}

/**
 * The types and operations of microlith TypeScript, so that an editor and `tsc` understand its programs.
 * docs/language.md says what each means; microlith's own checker is stricter than these declarations.
 */

type u8 = number;
type i8 = number;
type u16 = number;
type i16 = number;
type u32 = number;
type i32 = number;
type u64 = number;
type i64 = number;
/** An unsigned machine word: 64 bits on amd64, arm64 and riscv64, 32 on arm and 386. */
type usize = number;
type isize = number;
type bool = boolean;

/** The address of one or more T in a row: 32 bits on every target. */
interface Ptr<T> {
  [index: number]: T;
  /** The address `count` elements further on. */
  add(count: i32): Ptr<T>;
  /** The number of elements from `start` to this. */
  since(start: Ptr<T>): u32;
}

/** N elements in a row, stored in place; converts to Ptr<T> by itself. */
interface Fixed<T, N extends number> extends Ptr<T> {
  readonly length: N;
}

/** In a class: the object itself lies in the field, not a reference to it. */
type Inline<T> = T;

/** Static storage, zero at the start. Only as the value of a module-level `const`. */
declare function zeroed<T>(): T;
/** Static storage that belongs to the function; what it holds on entry is undefined. Only as the value of a `const`. */
declare function scratch<T>(): T;
/** Read-only elements, integers or bools. Only as the value of a module-level `const`. */
declare function table<T>(...elements: (T extends boolean ? boolean : number)[]): Fixed<T, number>;
/** The bytes of a string literal or constant. */
declare function bytes(text: string): Ptr<u8>;
/** The code of a literal's single character, at most 255. */
declare function byte(character: string): u8;
/** The size of a T in bytes, a constant. */
declare function sizeof<T>(): u32;

/** The address of an object, as a number. */
declare function address(object: object | null): u32;
declare function pointer<T>(address: u32): Ptr<T>;
/** A reference to the object of class T at an address. */
declare function reference<T>(address: u32): T;
/** Memory anywhere in the address space: what the kernel put on the initial stack. */
declare function load<T extends number>(address: usize): T;
declare function store<T extends number>(address: usize, value: T): void;

/** A system call of up to six arguments; the result is negative errno on failure. */
declare function syscall(number: usize, ...args: (number | object | null)[]): isize;
declare function copy(destination: Ptr<u8>, source: Ptr<u8>, length: u32): void;
declare function fill(destination: Ptr<u8>, value: u8, length: u32): void;
declare function equal(left: Ptr<u8>, right: Ptr<u8>, length: u32): bool;
declare function unreachable(): never;
/** Of 0: 32. */
declare function countTrailingZeros(value: u32): u32;
declare function countLeadingZeros(value: u32): u32;
declare function byteSwap(value: u32): u32;
declare function rotateLeft(value: u32, amount: u32): u32;

/**
 * An ELF executable for Linux on amd64 that writes `Hello World` and ends: header, one segment, 33 bytes of code (write, exit) and the text. It is here as bytes so
 * that tests of images need neither our compiler nor another.
 */

const hex = [
  "7f454c4602010100000000000000000002003e00010000007800400000000000",
  "4000000000000000000000000000000000000000400038000100000000000000",
  "0100000005000000000000000000000000004000000000000000400000000000",
  "a300000000000000a3000000000000000010000000000000b801000000bf0100",
  "0000be97004000ba0c0000000f05b83c00000031ff0f0548656c6c6f20576f72",
  "6c640a",
];

export const helloElf: Uint8Array = Buffer.from(hex.join(""), "hex");

/** The same file with `pause` in place of the code: it runs until it is killed, as PID 1 without handlers does. */
export const pauseElf: Uint8Array = Buffer.from(helloElf).fill(
  Uint8Array.of(0xb8, 34, 0, 0, 0, 0x0f, 0x05),
  120,
  127,
);

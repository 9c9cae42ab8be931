// Numbers of every width and sign, in decimal and hexadecimal.
//
// expect: 0 7 10 4294967295
// expect: 0 -1 -2147483648 2147483647
// expect: 0 99 4294967296 18446744073709551615 10000000000000000000
// expect: -9223372036854775808 9223372036854775807 -42
// expect: 0 f deadbeef
// expect: 0 1ffffffff fedcba9876543210 10000000a
// error: a note

import {
  print,
  printDecimal,
  printDecimal64,
  printError,
  printHex,
  printHex64,
  printSigned,
  printSigned64,
} from "microlith/std";

export function main(): void {
  printDecimal(0);
  print(" ");
  printDecimal(7);
  print(" ");
  printDecimal(10);
  print(" ");
  printDecimal(4_294_967_295);
  print("\n");
  printSigned(0);
  print(" ");
  printSigned(-1);
  print(" ");
  printSigned(-2_147_483_648);
  print(" ");
  printSigned(2_147_483_647);
  print("\n");
  printDecimal64(0);
  print(" ");
  printDecimal64(99);
  print(" ");
  printDecimal64(4_294_967_296);
  print(" ");
  printDecimal64(0xffff_ffff_ffff_ffff);
  print(" ");
  printDecimal64(10_000_000_000_000_000_000);
  print("\n");
  printSigned64(-0x8000_0000_0000_0000);
  print(" ");
  printSigned64(0x7fff_ffff_ffff_ffff);
  print(" ");
  printSigned64(-42);
  print("\n");
  printHex(0);
  print(" ");
  printHex(15);
  print(" ");
  printHex(0xdead_beef);
  print("\n");
  printHex64(0);
  print(" ");
  printHex64(0x1_ffff_ffff);
  print(" ");
  printHex64(0xfedc_ba98_7654_3210);
  print(" ");
  printHex64(0x1_0000_000a);
  print("\n");
  printError("a note\n");
}

// A buffer of several parts, written at once, and one that is too small.
//
// expect: text 42 -42 12345678901234 00ff x
// expect: -9223372036854775808 9223372036854775807 -1 0 fedcba9876543210 00000000000000ff 1234567890
// expect: abcdefgh full
// expect: 192.0.2.1
// expect: :: ::1 2001:db8::1 1:0:2::3 ff:0:1:2:3:4:5:6 1:: 10.0.0.7
// expect: [2001:db8::1]:443 127.0.0.1:80 10.0.0.7:8080

import {
  type Buffer,
  formatIpv4,
  formatIpv6,
  formatSocketAddress,
  print,
  type SocketAddress,
  standardOutput,
} from "microlith/std";

const storage = zeroed<Fixed<u8, 256>>();
const line = zeroed<Buffer>();
const small = zeroed<Buffer>();
const socketAddress = zeroed<SocketAddress>();

const ipv4 = table<u8>(192, 0, 2, 1);
const loopback = table<u8>(127, 0, 0, 1);
/** As 32-bit words, because IPv6 addresses are aligned to four. */
const unspecified = table<u32>(0, 0, 0, 0);
const one = table<u32>(0, 0, 0, 0x0100_0000);
const documentation = table<u32>(0xb80d_0120, 0, 0, 0x0100_0000);
const longestRun = table<u32>(0x0000_0100, 0x0000_0200, 0, 0x0300_0000);
const singleZero = table<u32>(0x0000_ff00, 0x0200_0100, 0x0400_0300, 0x0600_0500);
const atEnd = table<u32>(0x0000_0100, 0, 0, 0);
const mapped = table<u32>(0, 0, 0xffff_0000, 0x0700_000a);

export function main(): void {
  line.use(storage, 256);
  line.text("text ");
  line.decimal(42);
  line.byte(byte(" "));
  line.signed(-42);
  line.byte(byte(" "));
  line.decimal64(12_345_678_901_234);
  line.byte(byte(" "));
  line.hex(255, 4);
  line.text(" x\n");
  line.writeTo(standardOutput);

  line.signed64(-0x8000_0000_0000_0000);
  line.byte(byte(" "));
  line.signed64(0x7fff_ffff_ffff_ffff);
  line.text(" ");
  line.signed64(-1);
  line.text(" ");
  line.signed64(0);
  line.text(" ");
  line.hex64(0xfedc_ba98_7654_3210, 0);
  line.text(" ");
  line.hex64(0xff, 16);
  line.text(" ");
  line.hex64(0x12_3456_7890, 9);
  line.byte(10);
  line.writeTo(standardOutput);

  small.use(storage, 8);
  small.text("abcdef");
  small.text("ghij");
  small.byte(byte("k"));
  small.writeTo(standardOutput);
  print(small.isFull ? " full\n" : " not full\n");

  line.clear();
  formatIpv4(line, ipv4);
  line.byte(10);
  writeIpv6(unspecified);
  writeIpv6(one);
  writeIpv6(documentation);
  writeIpv6(longestRun);
  writeIpv6(singleZero);
  writeIpv6(atEnd);
  formatIpv6(line, pointer<u8>(address(mapped)));
  line.byte(10);

  socketAddress.family = 10;
  socketAddress.setPort(443);
  copy(socketAddress.ipv6, pointer<u8>(address(documentation)), 16);
  writeSocketAddress();
  socketAddress.family = 2;
  socketAddress.setPort(80);
  copy(socketAddress.ipv4, loopback, 4);
  writeSocketAddress();
  socketAddress.family = 10;
  socketAddress.setPort(8080);
  copy(socketAddress.ipv6, pointer<u8>(address(mapped)), 16);
  formatSocketAddress(line, socketAddress);
  line.byte(10);
  line.writeTo(standardOutput);
}

function writeIpv6(words: Ptr<u32>): void {
  formatIpv6(line, pointer<u8>(address(words)));
  line.byte(byte(" "));
}

function writeSocketAddress(): void {
  formatSocketAddress(line, socketAddress);
  line.byte(byte(" "));
}

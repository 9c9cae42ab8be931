import { describe, expect, it } from "vitest";
import type { RelocationKind } from "./object.ts";
import { relocate } from "./relocate.ts";

/** Instructions before and after, as GNU as encodes them. */
describe("relocate", () => {
  it.each([
    ["abs32", 0, 0x40_1234, 0x40_0000, 0x0040_1234],
    ["abs32", 0, -8, 0x40_0000, 0xffff_fff8],
    ["pc32", 0, 0x40_1000, 0x40_0ffc, 0],
    ["pc32", 0, 0x40_0000, 0x40_0ffc, 0xffff_f000],
    // add r1, pc, #255; sub r1, pc, #255; addeq r9, pc, #0
    ["arm-adr", 0xe28f_1000, 0x1_0107, 0x1_0000, 0xe28f_10ff],
    ["arm-adr", 0xe28f_1000, 0xff09, 0x1_0000, 0xe24f_10ff],
    ["arm-adr", 0x028f_9000, 0x1_0008, 0x1_0000, 0x028f_9000],
    // adr x1, . + 0x1235; adr x1, . - 1
    ["arm64-adr", 0x1000_0001, 0x40_1235, 0x40_0000, 0x3000_91a1],
    ["arm64-adr", 0x1000_0001, 0x3f_ffff, 0x40_0000, 0x70ff_ffe1],
    // movz w2, #0x5678; movk w2, #0x1234, lsl #16
    ["arm64-abs-lo16", 0x5280_0002, 0x1234_5678, 0, 0x528a_cf02],
    ["arm64-abs-hi16", 0x72a0_0002, 0x1234_5678, 0, 0x72a2_4682],
    // lui a0, 0x12346; addi a0, a0, -0x788; sw a1, -0x788(a0)
    ["riscv64-rvc-lui", 0x0013_6501, 0x1_0878, 0, 0x0013_6545],
    ["riscv64-hi20", 0x0000_0537, 0x1234_5878, 0, 0x1234_6537],
    ["riscv64-lo12-i", 0x0005_0513, 0x1234_5878, 0, 0x8785_0513],
    ["riscv64-lo12-s", 0x00b5_2023, 0x1234_5878, 0, 0x86b5_2c23],
  ] as [RelocationKind, number, number, number, number][])("%s %#", (kind, field, value, place, expected) => {
    const view = new DataView(new ArrayBuffer(4));
    view.setUint32(0, field, true);
    relocate(view, 0, kind, value, place);
    expect(view.getUint32(0, true).toString(16)).toBe(expected.toString(16));
  });

  it.each([
    ["abs32", 2 ** 31, 0],
    ["pc32", 2 ** 31 + 100, 0],
    ["arm-adr", 264, 0],
    ["arm-adr", 0, 248],
    ["arm64-adr", 2 ** 20, 0],
  ] as [RelocationKind, number, number][])("%s out of reach", (kind, value, place) => {
    expect(() => relocate(new DataView(new ArrayBuffer(4)), 0, kind, value, place)).toThrow("out of reach");
  });
});

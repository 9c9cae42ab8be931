import { describe, expect, test } from "vitest";
import { bytesSource } from "../base/byte-source.ts";
import type { Executable } from "../elf/executable.ts";
import { type ListedInstruction, renderListing } from "./listing.ts";

const line = { path: "a.ts", line: 3, text: "  f();" };
const instructions: readonly ListedInstruction[] = [
  { from: 0, to: 2, labels: ["start"], text: "push 1", source: line },
  { from: 2, to: 3, labels: [], text: "pop rdi", source: line },
  { from: 3, to: 3, labels: [".L1"], text: "jmp .L2", source: undefined },
  { from: 3, to: 13, labels: [".L2"], text: "movabs rax, 1", source: { ...line, line: 4, text: "g();" } },
];

function executable(parts: Pick<Executable, "text" | "items">): Executable {
  const bytes = Uint8Array.from({ length: 64 }, (_, index) => index);
  return {
    ...{ file: bytesSource(bytes), bytes, bodies: [], entry: 0x1000, layout: "plain" },
    ...{ note: undefined, segments: [], storage: [], unpacked: [], addresses: new Map([["start", 0x1010]]) },
    ...parts,
  };
}

describe("a listing", () => {
  test("has address, bytes and instruction under the line of the source", () => {
    const text = [{ from: 0, to: 13, offset: 16, address: 0x1010 }];
    expect(renderListing(executable({ text, items: [] }), instructions)).toBe(
      [
        "start:",
        "; a.ts:3  f();",
        "  1010  10 11                    push 1",
        "  1012  12                       pop rdi",
        ".L1:",
        ".L2:",
        "; a.ts:4  g();",
        "  1013  13 14 15 16 17 18 19 1a  movabs rax, 1",
        "  101b  1b 1c",
        "",
      ].join("\n"),
    );
  });

  test("follows the text where it was taken apart, and shows the jumps between", () => {
    const text = [
      { from: 0, to: 3, offset: 40, address: 0x1028 },
      { from: 3, to: 13, offset: 4, address: 0x1004 },
    ];
    const items = [
      { kind: "code", name: "start", offset: 4, size: 10, address: 0x1004 },
      { kind: "code", name: "jump over a header", offset: 43, size: 2, address: 0x102b },
    ] as const;
    const listing = renderListing(executable({ text, items }), instructions);
    expect(listing).toContain("  1028  28 29                    push 1\n");
    expect(listing).toContain("  1004  04 05 06 07 08 09 0a 0b  movabs rax, 1\n");
    expect(listing).toMatch(/\n; jump over a header\n {2}102b {2}2b 2c\n$/);
  });
});

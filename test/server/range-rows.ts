/**
 * What requests with Range have to be answered with, as tables and as a model that says it for any value and any length of the
 * content. check-ranges.ts holds a server against them.
 */

import type { Files } from "../support/server.ts";

/** First and last byte. */
export type ByteRange = readonly [number, number];
/** What comes back: the whole, nothing, or these bytes. */
export type Answer = "whole" | "unsatisfiable" | readonly ByteRange[];

export interface RangeRow {
  readonly value: string;
  readonly expected: Answer;
  /** The content's length: one of `sizes`; 100 when absent. */
  readonly size?: number;
}

/** There is a file of each length. */
const sizes: readonly number[] = [0, 1, 2, 5, 100];
export const usualSize = 100;

export function pathOf(size: number): string {
  return `/${size}.bin`;
}

/** No byte is like its neighbours, so that a range that is shifted shows. */
export function contentOf(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + 13) & 0xff));
}

export const rangeFiles: Files = {
  ...Object.fromEntries(sizes.map((size) => [pathOf(size), contentOf(size)])),
  "/index.html": "home",
};
/** More are answered with the whole. */
export const mostRanges = 16;

const bytes = (value: string, expected: Answer): RangeRow => ({ value: `bytes=${value}`, expected });
const whole = (value: string): RangeRow => ({ value, expected: "whole" });
const beyond = ["2147483648", "4294967296", "4294967297", "9223372036854775808", "18446744073709551616"];
const edges = ["2147483647", "4294967295", "9223372036854775807", "18446744073709551615"];
const far = [
  ...beyond,
  ...edges,
  "18446744073709551617",
  "9".repeat(30),
  `${"0".repeat(30)}4294967396`,
  // Modulo 2^32 and 2^64 these are positions of the content.
  "4294967306",
  "18446744073709551626",
];

export const rangeRows: Readonly<Record<string, readonly RangeRow[]>> = {
  "one range": [
    bytes("0-0", [[0, 0]]),
    bytes("0-9", [[0, 9]]),
    bytes("10-19", [[10, 19]]),
    bytes("0-98", [[0, 98]]),
    bytes("0-99", [[0, 99]]),
    bytes("99-99", [[99, 99]]),
    bytes("98-99", [[98, 99]]),
    bytes("0-100", [[0, 99]]),
    bytes("99-100", [[99, 99]]),
    bytes("0000-0001", [[0, 1]]),
  ],
  "open ranges": [bytes("0-", [[0, 99]]), bytes("1-", [[1, 99]]), bytes("99-", [[99, 99]])],
  suffixes: [
    bytes("-1", [[99, 99]]),
    bytes("-99", [[1, 99]]),
    bytes("-100", [[0, 99]]),
    bytes("-101", [[0, 99]]),
    bytes("-0", "unsatisfiable"),
    bytes("-00", "unsatisfiable"),
  ],
  "beyond the end": [
    bytes("100-", "unsatisfiable"),
    bytes("100-100", "unsatisfiable"),
    bytes("101-", "unsatisfiable"),
    bytes("100-,200-300", "unsatisfiable"),
    bytes("100-,-0", "unsatisfiable"),
  ],
  "numbers of any length": far.flatMap((number) => [
    bytes(`${number}-`, "unsatisfiable"),
    bytes(`0-${number}`, [[0, 99]]),
    bytes(`99-${number}`, [[99, 99]]),
    bytes(`-${number}`, [[0, 99]]),
    bytes(`${number}-${number}`, "unsatisfiable"),
    bytes(`0-0,${number}-`, [[0, 0]]),
  ]),
  "every first and last of small content": everyRange(),
  "the unit": [
    ...["BYTES", "Bytes", "bYtEs"].map((unit): RangeRow => ({ value: `${unit}=0-1`, expected: [[0, 1]] })),
    ...[
      "items=0-1",
      "bytes",
      "bytes 0-1",
      "byte=0-1",
      "bytess=0-1",
      "=0-1",
      "0-1",
      "none",
      "seconds=1-2",
    ].map(whole),
    ...["bytes =0-1", "bytes:0-1", "bytes,0-1", '"bytes"=0-1', "bytes;a=0-1", "items=0-1, bytes=0-1"].map(
      whole,
    ),
    ...["\xe2ytes=0-1", "bytes==0-1", "close=0-1", "chunked=0-1", "keep-alive=0-1"].map(whole),
  ],
  "no ranges": [
    ...["", "-", "--1", "a-b", "0", "+1-2", "0x0-1", "1.0-2", "0-1x", "0-1 2", "0-1;", "-1-", "1--2"],
    ...[
      "5-4",
      "99-0",
      "0-1,5-4",
      "0-1,x",
      "0-1-2",
      ",",
      ", ,\t,",
      "\xb2-3",
      "0 -1",
      "0- 1",
      "1,2",
      "0-1;5-6",
    ],
    ...["200-100", "0-1,-", "0-0 1-1", "- 1", "0-+1", "-1,--1", "1e1-", "0-,0-1,a", "0-1,*", "*", "*/100"],
  ].map((value) => whole(`bytes=${value}`)),
  "several ranges": [
    bytes("0-0,99-99", [
      [0, 0],
      [99, 99],
    ]),
    bytes("0-0,-1", [
      [0, 0],
      [99, 99],
    ]),
    bytes("0-0,1-1", [
      [0, 0],
      [1, 1],
    ]),
    bytes("0-49,50-", [
      [0, 49],
      [50, 99],
    ]),
    bytes("90-,0-9", [
      [90, 99],
      [0, 9],
    ]),
    bytes("0-20,10-30", [
      [0, 20],
      [10, 30],
    ]),
    bytes("0-0,0-0,0-0", [
      [0, 0],
      [0, 0],
      [0, 0],
    ]),
    bytes("0-9,200-300", [[0, 9]]),
    bytes("200-300,5-5", [[5, 5]]),
    bytes("200-,-0,5-5,100-", [[5, 5]]),
    bytes(
      Array.from({ length: mostRanges }, (_, index) => `${index * 2}-${index * 2}`).join(),
      Array.from({ length: mostRanges }, (_, index) => [index * 2, index * 2] as const),
    ),
  ],
  "whitespace and empty members": [
    ...["0-1 ", "0-1\t", " 0-1", "0-1,", ",0-1", "0-1,,", ",,\t, 0-1 ,", "0-1 , ", "0-1 , 200-300"].map(
      (value) => bytes(value, [[0, 1]]),
    ),
    ...["0-9,,20-29", "0-9 , 20-29", "0-9\t,\t20-29", "0-9,  20-29", " ,0-9, ,\t,20-29, "].map((value) =>
      bytes(value, [
        [0, 9],
        [20, 29],
      ]),
    ),
    bytes("50-59 ,\t0-9, 20-", [
      [50, 59],
      [0, 9],
      [20, 99],
    ]),
    bytes(`${",".repeat(1000)}0-1`, [[0, 1]]),
  ],
  amplification: [
    bytes("0-,0-", "whole"),
    bytes("0-99,0-0", "whole"),
    bytes("0-49,50-99,0-0", "whole"),
    bytes("-60,-41", "whole"),
    bytes(Array.from({ length: mostRanges + 1 }, (_, index) => `${index}-${index}`).join(), "whole"),
    bytes(Array.from({ length: 1000 }, () => "0-").join(), "whole"),
    bytes(Array.from({ length: 1000 }, (_, index) => `${index % 100}-${index % 100}`).join(), "whole"),
    // What cannot be satisfied is not sent and so not counted.
    bytes(`${Array.from({ length: 1000 }, () => "100-").join()},0-1`, [[0, 1]]),
  ],
};

/** Every pair of positions up to two beyond the end, every open range and every suffix. */
function everyRange(): readonly RangeRow[] {
  return sizes
    .filter((size) => size < usualSize)
    .flatMap((size) => {
      const positions = Array.from({ length: size + 3 }, (_, index) => index);
      const pairs = positions.flatMap((first) => positions.map((last) => `${first}-${last}`));
      const values = [
        ...pairs,
        ...positions.map((first) => `${first}-`),
        ...positions.map((last) => `-${last}`),
      ];
      return values.map((value): RangeRow => {
        const [, first = "", last = ""] = /^(\d*)-(\d*)$/.exec(value) ?? [];
        const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
        const to = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
        if (first !== "" && last !== "" && Number(last) < Number(first))
          return { value: `bytes=${value}`, size, expected: "whole" };
        // Any suffix but none is satisfiable (RFC 9110, section 14.1.2), and of nothing no range can say so.
        if (first === "" && size === 0) return { value: `bytes=${value}`, size, expected: "whole" };
        return { value: `bytes=${value}`, size, expected: from <= to ? [[from, to]] : "unsatisfiable" };
      });
    });
}

/** RFC 9110, section 14.1.2, with our limits; written for this test and in another way than the server. */
export function modelAnswer(value: string, size: number = usualSize): Answer {
  const list = /^bytes=(.*)$/is.exec(value)?.[1];
  if (list === undefined) return "whole";
  const members = list.split(",").map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""));
  const wanted = members.filter((member) => member !== "");
  if (wanted.length === 0) return "whole";
  const found: ByteRange[] = [];
  for (const member of wanted) {
    const [, first = "", last = ""] = /^(\d*)-(\d*)$/.exec(member) ?? [];
    if ((first === "" && last === "") || (first === "" && size === 0)) return "whole";
    const from = first === "" ? BigInt(size) - BigInt(last) : BigInt(first);
    const to = first === "" || last === "" ? BigInt(size) - 1n : BigInt(last);
    if (first !== "" && last !== "" && to < from) return "whole";
    const start = Math.max(0, Number(from));
    if (start < size) found.push([start, Math.min(size - 1, Number(to))]);
  }
  const asked = found.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (found.length > mostRanges || asked > size) return "whole";
  return found.length === 0 ? "unsatisfiable" : found;
}

/** Lists of ranges around the ends of the content; mostly right ones. From a seed. */
export function randomRows(count: number): readonly RangeRow[] {
  let state = 20_263;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const number = (size: number): string =>
    random(5) === 0 ? "" : String(random(4) === 0 ? size - 5 + random(10) : random(size + 10));
  return Array.from({ length: count }, () => {
    const size = random(3) === 0 ? 5 : usualSize;
    const member = (): string => (random(30) === 0 ? "x" : `${number(size)}-${number(size)}`);
    const members = Array.from({ length: 1 + random(random(6) + 1) }, member);
    const value = `bytes=${members.join(random(2) === 0 ? "," : " , ")}`;
    return { value, size, expected: modelAnswer(value, size) };
  });
}

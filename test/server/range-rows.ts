/**
 * What requests with Range have to be answered with, as a table and as a model that says it for any value; and a check of a
 * server against them, which our server has to pass and a control with an off-by-one must not.
 */

import { type Address, exchange, parseResponses, type Response } from "../support/http.ts";
import type { Files } from "../support/server.ts";

/** First and last byte. */
export type ByteRange = readonly [number, number];
/** What comes back: the whole, nothing, or these bytes. */
export type Answer = "whole" | "unsatisfiable" | readonly ByteRange[];

export interface RangeRow {
  readonly value: string;
  readonly expected: Answer;
}

/** No byte is like its neighbours, so that a range that is shifted shows. */
export const content: Buffer = Buffer.from(
  Array.from({ length: 100 }, (_, index) => (index * 7 + 13) & 0xff),
);
export const rangeFiles: Files = { "/content.bin": content, "/empty.bin": "", "/index.html": "home" };
const size = content.length;
/** More are answered with the whole. */
const mostRanges = 16;

const bytes = (value: string, expected: Answer): RangeRow => ({ value: `bytes=${value}`, expected });
const beyond = ["2147483648", "4294967296", "4294967297", "9223372036854775808", "18446744073709551616"];
const far = [...beyond, "18446744073709551617", "9".repeat(30), `${"0".repeat(30)}4294967396`];

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
    { value: "BYTES=0-1", expected: [[0, 1]] },
  ],
  "open ranges": [bytes("0-", [[0, 99]]), bytes("1-", [[1, 99]]), bytes("99-", [[99, 99]])],
  suffixes: [
    bytes("-1", [[99, 99]]),
    bytes("-99", [[1, 99]]),
    bytes("-100", [[0, 99]]),
    bytes("-101", [[0, 99]]),
    bytes("-0", "unsatisfiable"),
  ],
  "beyond the end": [
    bytes("100-", "unsatisfiable"),
    bytes("100-100", "unsatisfiable"),
    bytes("100-,200-300", "unsatisfiable"),
    bytes("100-,-0", "unsatisfiable"),
  ],
  "numbers of any length": far.flatMap((number) => [
    bytes(`${number}-`, "unsatisfiable"),
    bytes(`0-${number}`, [[0, 99]]),
    bytes(`-${number}`, [[0, 99]]),
    bytes(`${number}-${number}`, "unsatisfiable"),
  ]),
  "no ranges": [
    ...["", "-", "--1", "a-b", "0", "+1-2", "0x0-1", "1.0-2", "0-1x", "0-1 2", "0-1;", "-1-", "1--2"],
    ...["5-4", "99-0", "0-1,5-4", "0-1,x", "0-1-2", ",", "\xb2-3"],
  ]
    .map((value) => bytes(value, "whole"))
    .concat(
      ["items=0-1", "bytes", "bytes 0-1", "byte=0-1", "bytess=0-1", "=0-1", "0-1"].map((value) => ({
        value,
        expected: "whole",
      })),
    ),
  "several ranges": [
    bytes("0-0,99-99", [
      [0, 0],
      [99, 99],
    ]),
    bytes("0-0,-1", [
      [0, 0],
      [99, 99],
    ]),
    bytes("50-59 ,\t0-9, 20-", [
      [50, 59],
      [0, 9],
      [20, 99],
    ]),
    bytes("0-9,,20-29", [
      [0, 9],
      [20, 29],
    ]),
    bytes("0-9,200-300", [[0, 9]]),
    bytes("200-300,5-5", [[5, 5]]),
    bytes(
      Array.from({ length: 16 }, (_, index) => `${index * 2}-${index * 2}`).join(),
      Array.from({ length: 16 }, (_, index) => [index * 2, index * 2] as const),
    ),
  ],
  amplification: [
    bytes("0-,0-", "whole"),
    bytes("0-49,50-99,0-0", "whole"),
    bytes(Array.from({ length: 17 }, (_, index) => `${index}-${index}`).join(), "whole"),
    bytes(Array.from({ length: 1000 }, () => "0-").join(), "whole"),
    bytes(Array.from({ length: 1000 }, (_, index) => `${index % 100}-${index % 100}`).join(), "whole"),
  ],
};

/** RFC 9110, section 14.1.2, with our limits; written for this test and in another way than the server. */
export function modelAnswer(value: string): Answer {
  const list = /^bytes=(.*)$/is.exec(value)?.[1];
  if (list === undefined) return "whole";
  const members = list.split(",").map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""));
  const wanted = members.filter((member) => member !== "");
  if (wanted.length === 0) return "whole";
  const found: ByteRange[] = [];
  for (const member of wanted) {
    const [, first = "", last = ""] = /^(\d*)-(\d*)$/.exec(member) ?? [];
    if (first === "" && last === "") return "whole";
    const from = first === "" ? BigInt(size) - BigInt(last) : BigInt(first);
    const to = first === "" || last === "" ? BigInt(size) - 1n : BigInt(last);
    if (first !== "" && last !== "" && to < from) return "whole";
    if (from < size && !(first === "" && BigInt(last) === 0n)) {
      found.push([Math.max(0, Number(from)), Math.min(size - 1, Number(to))]);
    }
  }
  const asked = found.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (found.length > mostRanges || asked > size) return "whole";
  return found.length === 0 ? "unsatisfiable" : found;
}

/** One line for each row that is answered in another way. */
export async function checkRanges(address: Address, rows: readonly RangeRow[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const row of rows) {
    const said = describeAnswer(await askRange(address, row.value));
    const expected = describeExpected(row.expected);
    if (said !== expected) wrong.push(`${row.value.slice(0, 60)}: ${said} instead of ${expected}`);
  }
  return wrong;
}

/** @throws Error when anything but one response comes */
export async function askRange(
  address: Address,
  value: string,
  {
    path = "/content.bin",
    method = "GET",
    fields = [],
  }: { readonly path?: string; readonly method?: string; readonly fields?: readonly string[] } = {},
): Promise<Response> {
  const lines = [`${method} ${path} HTTP/1.1`, "Host: a", `Range: ${value}`, ...fields, "", ""];
  const [response] = parseResponses(await exchange(address, [lines.join("\r\n")]), [method]);
  if (response === undefined) throw new Error(`no response for ${value}`);
  return response;
}

function describeExpected(expected: Answer): string {
  switch (expected) {
    case "whole":
      return `200 ${content.toString("hex")}`;
    case "unsatisfiable":
      return `416 bytes */${size}`;
    default:
      return `206 ${expected.map(describePart).join(" ")}`;
  }
}

function describePart([first, last]: ByteRange): string {
  return `bytes ${first}-${last}/${size}:${content.subarray(first, last + 1).toString("hex")}`;
}

/** The same of what came. Malformed multipart bodies are an error. */
function describeAnswer({ status, fields, body }: Response): string {
  const range = fields.get("content-range") ?? "";
  if (status === 200) return `200${range === "" ? " " : ` ${range}`}${body.toString("hex")}`;
  if (status === 416) return `416 ${range}`;
  if (status !== 206) return String(status);
  const [, boundary] =
    /^multipart\/byteranges;\s*boundary="?([^"]+)"?$/.exec(fields.get("content-type") ?? "") ?? [];
  if (boundary === undefined) return `206 ${range}:${body.toString("hex")}`;
  return range === "" ? `206 ${partsOf(body, boundary).join(" ")}` : "206 with two kinds of range";
}

/** RFC 2046, section 5.1.1: an empty line may come first. */
function partsOf(body: Buffer, boundary: string): readonly string[] {
  const pieces = `\r\n${body.toString("latin1").replace(/^\r\n/, "")}`.split(`\r\n--${boundary}`);
  const [preamble, ...parts] = pieces;
  if (preamble !== "" || !/^--(?:\r\n)?$/.test(parts.pop() ?? "")) return ["no multipart body"];
  return parts.map((part) => {
    const end = part.indexOf("\r\n\r\n");
    const range = /\r\nContent-Range: ([^\r]+)/i.exec(part.slice(0, end + 2))?.[1] ?? "no range";
    return `${range}:${Buffer.from(part.slice(end + 4), "latin1").toString("hex")}`;
  });
}

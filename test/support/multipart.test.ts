/** A reader that takes anything would prove nothing. */

import { expect, test } from "vitest";
import { parseByteRanges } from "./multipart.ts";

const type = "multipart/byteranges; boundary=cut";
const part = (range: string, content: string): string =>
  `--cut\r\nContent-Type: text/plain\r\nContent-Range: bytes ${range}\r\n\r\n${content}\r\n`;
const right = `\r\n${part("0-1/9", "ab")}${part("8-8/9", "i")}--cut--\r\n`;

test("parts are found", () => {
  expect(parseByteRanges(type, Buffer.from(right))).toEqual([
    { first: 0, last: 1, size: 9, mediaType: "text/plain", content: Buffer.from("ab") },
    { first: 8, last: 8, size: 9, mediaType: "text/plain", content: Buffer.from("i") },
  ]);
  expect(parseByteRanges('multipart/byteranges; boundary="cut"', Buffer.from(right))).toHaveLength(2);
});

test.each([
  ["a byte too many", right.replace("ab", "abc")],
  ["a byte too few", right.replace("ab", "a")],
  ["a range that ends a byte late", right.replace("0-1", "0-2")],
  ["a range that ends behind the content", right.replace("8-8", "8-9")],
  ["no last delimiter", right.replace("--cut--", "--cut")],
  ["something behind", `${right}x`],
  ["something before", `x${right}`],
  ["no range", right.replace("Content-Range", "X-Range")],
  ["two ranges", right.replace("Content-Type: text/plain", "Content-Range: bytes 0-0/9")],
  ["no end of the fields", right.replaceAll("\r\n\r\n", "\r\n")],
  ["a leading zero", right.replace("0-1", "00-1")],
  ["a delimiter within", `${part("0-8/9", "a\r\n--cut\r\n")}--cut--`],
  ["no parts at all", ""],
])("%s is noticed", (_, body) => {
  expect(() => parseByteRanges(type, Buffer.from(body))).toThrow();
});

test.each(["multipart/byteranges", "multipart/byteranges; boundary=", "multipart/mixed; boundary=cut"])(
  "%s has no boundary",
  (wrong) => {
    expect(() => parseByteRanges(wrong, Buffer.from(right))).toThrow();
  },
);

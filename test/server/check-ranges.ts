/**
 * Holds a server against the tables of range-rows.ts: ours has to pass, a control with an off-by-one must not.
 */

import { type Address, pipeline, type Response } from "../support/http.ts";
import { parseByteRanges, parseContentRange } from "../support/multipart.ts";
import { type Answer, type ByteRange, contentOf, pathOf, type RangeRow, usualSize } from "./range-rows.ts";

/** One line for each row that is answered in another way. All come in pipelines. */
export async function checkRanges(address: Address, rows: readonly RangeRow[]): Promise<readonly string[]> {
  const requests = rows.map(({ value, size = usualSize }) => ({
    text: `GET ${pathOf(size)} HTTP/1.1\r\nHost: a\r\nRange: ${value}\r\n\r\n`,
  }));
  const responses = await pipeline(address, requests);
  return rows.flatMap(({ value, size = usualSize, expected }, index) => {
    const response = responses[index];
    const said = response === undefined ? "nothing" : describeResponse(response);
    const right = describeAnswer(expected, contentOf(size));
    const of = size === usualSize ? "" : ` of ${size}`;
    return said === right ? [] : [`${value.slice(0, 60)}${of}: ${said} instead of ${right}`];
  });
}

function describeAnswer(answer: Answer, content: Buffer): string {
  switch (answer) {
    case "whole":
      return `200 ${content.toString("hex")}`;
    case "unsatisfiable":
      return `416 bytes */${content.length}`;
    default:
      return `206${answer.length > 1 ? " in parts" : ""} ${answer.map((range) => describeRange(range, content)).join(" ")}`;
  }
}

function describeRange([first, last]: ByteRange, content: Buffer): string {
  return `${first}-${last}/${content.length}:${content.subarray(first, last + 1).toString("hex")}`;
}

/** The same of what came. What is malformed is described by the error. */
function describeResponse({ status, fields, body }: Response): string {
  const range = fields.get("content-range");
  const type = fields.get("content-type") ?? "";
  if (status === 416) return `416 ${range}`;
  if (status !== 206) return `${status} ${range === undefined ? body.toString("hex") : `with ${range}`}`;
  try {
    if (!type.startsWith("multipart/")) {
      const { first, last, size } = parseContentRange(range ?? "");
      return `206 ${first}-${last}/${size}:${body.toString("hex")}`;
    }
    if (range !== undefined) return "206 with two kinds of range";
    const parts = parseByteRanges(type, body).map(
      ({ first, last, size, content }) => `${first}-${last}/${size}:${content.toString("hex")}`,
    );
    return `206 in parts ${parts.join(" ")}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

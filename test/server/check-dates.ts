/**
 * Asks a server, ours or another, what it takes dates for: each stands in three conditions, whose answers together say it.
 */

import { type Address, exchange, parseResponses, type Response } from "../support/http.ts";
import type { DateRow, Order } from "./date-rows.ts";

export interface Asked {
  readonly path: string;
  readonly fields: readonly string[];
  readonly method: string;
}

const mostPipelined = 200;

/** The responses to all of them, `pipelined` over each connection. */
export async function askAll(
  address: Address,
  requests: readonly Asked[],
  pipelined: number = mostPipelined,
): Promise<readonly Response[]> {
  const found: Response[] = [];
  for (let at = 0; at < requests.length; at += pipelined) {
    const part = requests.slice(at, at + pipelined);
    const text = part.map(({ path, fields, method }) =>
      [`${method} ${path} HTTP/1.1`, "Host: a", ...fields, "", ""].join("\r\n"),
    );
    const methods = part.map(({ method }) => method);
    found.push(...parseResponses(await exchange(address, [text.join("")]), methods));
  }
  return found;
}

/** If-Modified-Since, If-Unmodified-Since, and a range with If-Range. */
const statuses: Readonly<Record<Order, readonly [number, number, number]>> = {
  earlier: [200, 412, 200],
  same: [304, 200, 206],
  later: [304, 200, 200],
  "no date": [200, 200, 200],
};

/** One line for each row that is answered in another way. */
export async function checkDates(
  address: Address,
  rows: readonly DateRow[],
  pipelined?: number,
): Promise<readonly string[]> {
  const requests = rows.flatMap(({ value }) =>
    [
      [`If-Modified-Since: ${value}`],
      [`if-unmodified-since: ${value}`],
      ["Range: bytes=0-0", `If-Range: ${value}`],
    ].map((fields) => ({ path: "/data.bin", fields, method: "GET" })),
  );
  const found = await askAll(address, requests, pipelined);
  return rows.flatMap(({ value, order }, index) => {
    const said = found.slice(index * 3, index * 3 + 3).map(({ status }) => status);
    const expected = statuses[order];
    return said.join() === expected.join()
      ? []
      : [`${JSON.stringify(value)}: ${said} instead of ${expected}`];
  });
}

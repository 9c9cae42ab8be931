/**
 * Runs the rows of a table against a server and says what is wrong: for ours nothing has to be, for the controls
 * something.
 */

import { type Address, exchange, parseResponses } from "../support/http.ts";
import { files, probe, type Row } from "./rows.ts";

const connectionsAtATime = 32;

/** One line for each row that is answered in another way. */
export async function checkRows(
  address: Address,
  rows: readonly Row[],
  send: (row: Row) => readonly (string | Uint8Array)[] = ({ input }) => [input + probe],
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const waiting = [...rows];
  const worker = async (): Promise<void> => {
    for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
      const said = await answer(address, row, send(row));
      const expected = row.expected.join(" ");
      if (said !== expected) wrong.push(`${row.name}: ${said} instead of ${expected}`);
    }
  };
  await Promise.all(Array.from({ length: connectionsAtATime }, worker));
  return wrong;
}

/** The status codes that came, in one line. */
async function answer(address: Address, row: Row, parts: readonly (string | Uint8Array)[]): Promise<string> {
  const bytes = await exchange(address, parts, { pause: 1 });
  try {
    const found = parseResponses(bytes, row.methods);
    return found
      .map(({ status, body }, index) => {
        const isProbe = status === 200 && index > 0 && body.toString() === files["/probe.txt"];
        return isProbe ? "probe" : String(status);
      })
      .join(" ");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

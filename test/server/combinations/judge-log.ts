/** Whether the access log has one line for each response, with what was asked and sent. */

import type { LogFormat } from "../../../src/site/server-options.ts";

/** A response that was read. */
export interface Logged {
  readonly status: number;
  readonly bytes: number;
  /** The request line; undefined: what the log shows of a wrong request is its own affair. */
  readonly line: string | undefined;
  readonly client: string;
  /** A health check, which is not logged. */
  readonly isHidden: boolean;
}

/** What is wrong. */
export function compareLog(format: LogFormat, text: string, responses: readonly Logged[]): readonly string[] {
  const found = text
    .split("\n")
    .slice(0, -1)
    .map((line) => readLine(format, line));
  const wrong = found.filter((entry) => typeof entry === "string");
  if (wrong.length > 0) return wrong.slice(0, 3).map((line) => `no line of a log: ${line}`);
  const left = new Map<string, number>();
  const count = (key: string, by: number): void => void left.set(key, (left.get(key) ?? 0) + by);
  const named = new Set(responses.flatMap(({ line }) => (line === undefined ? [] : [line])));
  for (const { line, status, bytes, client, isHidden } of responses)
    if (!isHidden) count(keyOf({ client, status, bytes, line: line ?? "" }, line !== undefined), 1);
  for (const entry of found) {
    if (typeof entry === "string") continue;
    count(keyOf(entry, named.has(entry.line) && !isWrong(entry.status)), -1);
  }
  const differences = [...left].filter(([, number]) => number !== 0);
  return differences
    .slice(0, 6)
    .map(([key, number]) => `in the log ${-number} more than sent: ${key.slice(0, 300)}`);
}

/** Of a wrong request the log need not show more than how it was answered. */
function keyOf({ client, status, bytes, line }: Entry, isRight: boolean): string {
  return isRight ? `${client} ${status} ${bytes} ${line}` : `${status} ${bytes}`;
}

function isWrong(status: number): boolean {
  return [400, 414, 431, 505].includes(status);
}

type Entry = Omit<Logged, "line" | "isHidden"> & { readonly line: string };

/** The line itself when it is none. */
function readLine(format: LogFormat, text: string): Entry | string {
  if (format === "json") {
    try {
      const { client, request, status, bytes } = JSON.parse(text) as Record<string, unknown>;
      return { client: String(client), line: String(request), status: Number(status), bytes: Number(bytes) };
    } catch {
      return text;
    }
  }
  const quoted = '"((?:[^"\\\\]|\\\\x[0-9A-Fa-f]{2})*)"';
  const more = format === "combined" ? ` ${quoted} ${quoted}` : "";
  const pattern = `^(\\S+) - - \\[\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000\\] ${quoted} (\\d{3}) (\\d+)${more}$`;
  const [, client, request, status, bytes] = new RegExp(pattern).exec(text) ?? [];
  if (client === undefined || request === undefined) return text;
  const line = request.replace(/\\x(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { client, line, status: Number(status), bytes: Number(bytes) };
}

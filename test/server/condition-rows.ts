/**
 * Conditional requests (RFC 9110, section 13): values of each field, every combination of them, and a model that says in the order
 * of section 13.2.2 what is answered; and a check of a server against it, which our server has to pass and controls must not.
 */

import { type Address, pipeline } from "../support/http.ts";
import type { Files } from "../support/server.ts";

/** A value, made for the entity-tag of the content, and whether it names it: by a strong comparison, by a weak one. */
interface Condition {
  /** Null: the field is not there. */
  readonly value: ((tag: string) => string) | null;
  readonly strong: boolean;
  readonly weak: boolean;
}

const condition = (names: "both" | "weak" | "neither", value: (tag: string) => string): Condition => ({
  value,
  strong: names === "both",
  weak: names !== "neither",
});

/** Without a field: If-Match and If-Range hold, If-None-Match does, too. */
const absent: Condition = { value: null, strong: true, weak: false };

/** Of If-Match and If-None-Match. */
const lists: readonly Condition[] = [
  absent,
  condition("both", () => "*"),
  condition("both", (tag) => tag),
  condition("weak", (tag) => `W/${tag}`),
  condition("both", (tag) => `"x", ${tag}`),
  condition("both", (tag) => `,\t${tag} ,"x,y" , "/"`),
  condition("both", (tag) => `W/${tag}, ${tag}`),
  condition("weak", (tag) => `"",W/"x",W/${tag}`),
  condition("neither", () => '"x"'),
  condition("neither", () => ""),
  condition("neither", (tag) => tag.replaceAll('"', "")),
  condition("neither", (tag) => tag.slice(0, -1)),
  condition("neither", (tag) => `"${tag.slice(2)}`),
  condition("neither", (tag) => `"${tag.slice(1, -1)}x"`),
  condition("neither", (tag) => swapCase(tag)),
  condition("neither", () => '"*"'),
];

const fewLists: readonly Condition[] = [
  absent,
  condition("both", () => "*"),
  condition("neither", () => '"x"'),
];

const ifRanges: readonly Condition[] = [
  absent,
  condition("both", (tag) => tag),
  condition("weak", (tag) => `W/${tag}`),
  condition("neither", () => '"x"'),
  condition("neither", () => "*"),
  condition("neither", () => "Fri, 15 Jan 2027 08:00:00 GMT"),
  condition("neither", () => "nonsense"),
];

/** Of content of five bytes, and what comes back when nothing speaks against it. */
const ranges: readonly (readonly [value: string | undefined, status: 200 | 206 | 416])[] = [
  [undefined, 200],
  ["bytes=1-2", 206],
  ["bytes=0-0,2-3", 206],
  ["bytes=5-", 416],
  ["bytes=2-1", 200],
  ["items=1-2", 200],
];

export const conditionFiles: Files = {
  // Where there are small pages only, several ranges are answered with the whole.
  "/media.pdf": "%PDF",
  "/index.html": "12345",
  "/folder/index.html": "folder",
  "/404.html": "none",
  // Of which parts are asked for, too, so that the server gives several at once.
  "/data.bin": "12345",
};

/** What is asked for, and its status when there are no conditions. */
const targets: readonly (readonly [path: string, status: 200 | 301 | 404])[] = [
  ["/", 200],
  ["/folder", 301],
  ["/absent", 404],
];

export interface ConditionRow {
  readonly name: string;
  readonly method: "GET" | "HEAD";
  readonly path: string;
  readonly status: 200 | 301 | 404;
  readonly ifMatch: Condition;
  readonly ifNoneMatch: Condition;
  readonly ifRange: Condition;
  readonly range: string | undefined;
  readonly rangeStatus: 200 | 206 | 416;
}

/** Every combination for the content; where there is none, and so none of them counts, of fewer values. */
export function conditionRows(): readonly ConditionRow[] {
  const rows: ConditionRow[] = [];
  for (const [path, status] of targets)
    for (const method of ["GET", "HEAD"] as const)
      for (const [range, rangeStatus] of ranges)
        for (const ifRange of range === undefined ? [absent] : ifRanges)
          for (const ifMatch of status === 200 ? lists : fewLists)
            for (const ifNoneMatch of status === 200 ? lists : fewLists) {
              const row = { method, path, status, ifMatch, ifNoneMatch, ifRange, range, rangeStatus };
              rows.push({ ...row, name: nameOf(row) });
            }
  return rows;
}

function nameOf({ method, path, ...row }: Omit<ConditionRow, "name">): string {
  return [`${method} ${path}`, ...fieldLines(row, '"tag"')].join(" | ");
}

/** In an order that is not that of their precedence. */
function fieldLines(row: Omit<ConditionRow, "name" | "method" | "path">, tag: string): readonly string[] {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ["Range", row.range],
    ["If-Range", row.ifRange.value?.(tag)],
    ["If-None-Match", row.ifNoneMatch.value?.(tag)],
    ["If-Match", row.ifMatch.value?.(tag)],
  ];
  return fields.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
}

/** RFC 9110, section 13.2.2: what would not be 200 is answered as ever; then the conditions one behind the other. */
export function modelStatus(row: ConditionRow): number {
  if (row.status !== 200) return row.status;
  if (!row.ifMatch.strong) return 412;
  if (row.ifNoneMatch.weak) return 304;
  return row.method === "GET" && row.ifRange.strong ? row.rangeStatus : 200;
}

/** One line for each row that is answered with another status. They come in pipelines of `depth`; the files lie in `folder`. */
export async function checkConditions(
  address: Address,
  rows: readonly ConditionRow[],
  { folder = "", depth = 100 }: { readonly folder?: string; readonly depth?: number } = {},
): Promise<readonly string[]> {
  const ask = { text: `GET ${folder}/ HTTP/1.1\r\nHost: a\r\n\r\n` };
  const [content] = await pipeline(address, [ask]);
  const tag = content?.fields.get("etag") ?? '"none"';
  const requests = rows.map(({ method, path, ...row }) => ({
    method,
    text: [`${method} ${folder}${path} HTTP/1.1`, "Host: a", ...fieldLines(row, tag), "", ""].join("\r\n"),
  }));
  const responses = await pipeline(address, requests, depth);
  return rows.flatMap((row, index) => {
    const said = responses[index]?.status;
    const expected = modelStatus(row);
    return said === expected ? [] : [`${row.name}: ${said} instead of ${expected}`];
  });
}

function swapCase(text: string): string {
  return text.replace(/[A-Za-z]/g, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}

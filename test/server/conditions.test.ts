/**
 * Conditional requests (RFC 9110, section 13) against each implementation of the server; and against controls that heed the
 * conditions in another order, or compare entity-tags in another way.
 */

import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onEveryServer } from "../support/every-server.ts";
import type { Address } from "../support/http.ts";
import { ask } from "../support/site-server.ts";
import {
  type ConditionRow,
  checkConditions,
  conditionFiles,
  conditionRows,
  modelStatus,
} from "./condition-rows.ts";

const rows = conditionRows();

onEveryServer("conditions", conditionFiles, check);

function check(server: Address): void {
  it("are heeded in the order of the RFC, in every combination", async () => {
    expect(await checkConditions(server, rows)).toEqual([]);
  });

  it("of one field that stands twice the last counts", async () => {
    const tag = (await ask(server, "/")).fields.get("etag") ?? "";
    const status = async (...fields: readonly string[]): Promise<number> =>
      (await ask(server, "/", fields)).status;
    expect(await status('If-None-Match: "x"', `If-None-Match: ${tag}`)).toBe(304);
    expect(await status(`If-None-Match: ${tag}`, 'If-None-Match: "x"')).toBe(200);
    expect(await status('If-Match: "x"', `If-Match: ${tag}`)).toBe(200);
  });

  it("are not heeded by other methods", async () => {
    for (const [method, status] of [
      ["OPTIONS", 200],
      ["POST", 405],
      ["TRACE", 405],
      ["BREW", 501],
    ] as const)
      expect((await ask(server, "/", ['If-Match: "x"', "If-None-Match: *"], method)).status).toBe(status);
  });

  it("that fail have answers without content, which no cache keeps", async () => {
    const { status, fields, body } = await ask(server, "/", ['If-Match: "x"']);
    expect([status, fields.get("content-length"), body.length]).toEqual([412, "0", 0]);
    expect(fields.has("cache-control")).toBe(false);
    const head = await ask(server, "/", ['If-Match: "x"'], "HEAD");
    expect([head.status, head.fields.get("content-length")]).toEqual([412, "0"]);
  });

  it("do not follow from one request to the next", async () => {
    const list = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? rows[index * 37] : rows[0]));
    const some = list.filter((row) => row !== undefined);
    expect(await checkConditions(server, some)).toEqual([]);
  });
}

/** Mistakes that servers have made, as what they answer; and none. */
const answers: Readonly<Record<string, (row: ConditionRow) => number>> = {
  "that says what the model says": modelStatus,
  "that looks at If-None-Match first": (row) =>
    row.status === 200 && row.ifNoneMatch.weak ? 304 : modelStatus(row),
  "that looks at Range first": (row) =>
    row.status === 200 && row.method === "GET" && row.rangeStatus !== 200 && row.ifRange.strong
      ? row.rangeStatus
      : modelStatus(row),
  "that compares weakly for If-Match": (row) =>
    modelStatus({ ...row, ifMatch: { ...row.ifMatch, strong: row.ifMatch.strong || row.ifMatch.weak } }),
  "that compares strongly for If-None-Match": (row) =>
    modelStatus({
      ...row,
      ifNoneMatch: { ...row.ifNoneMatch, weak: row.ifNoneMatch.value !== null && row.ifNoneMatch.strong },
    }),
  "that does not know If-Range": (row) => modelStatus({ ...row, ifRange: { ...row.ifRange, strong: true } }),
  "that sends ranges to HEAD": (row) => modelStatus({ ...row, method: "GET" }),
  "that heeds conditions of what is not there": (row) => modelStatus({ ...row, status: 200 }),
  "that refuses everything": () => 400,
  "that likes everything": () => 200,
};

describe.each(Object.entries(answers))("a control %s", (_, answer) => {
  const some = rows.filter((__, index) => index % 5 === 0);
  const byHead = new Map(some.map((row) => [row.name, row]));
  const control = createServer((socket) => {
    socket.on("error", () => {});
    let held = "";
    socket.on("data", (data) => {
      const heads = (held + data.toString("latin1")).split("\r\n\r\n");
      held = heads.pop() ?? "";
      for (const head of heads) {
        const [line = "", , ...fields] = head.split("\r\n");
        const row = byHead.get([line.replace(" HTTP/1.1", ""), ...fields].join(" | "));
        const status = row === undefined ? 200 : answer(row);
        socket.write(`HTTP/1.1 ${status} Said\r\nETag: "tag"\r\nContent-Length: 0\r\n\r\n`);
      }
    });
  });
  beforeAll(() => new Promise<void>((done) => control.listen(0, "127.0.0.1", () => done())));
  afterAll(() => new Promise<void>((done) => control.close(() => done())));

  it(answer === modelStatus ? "passes" : "fails", async () => {
    const { port } = control.address() as AddressInfo;
    const wrong = await checkConditions({ port }, some);
    expect(wrong.length > 0).toBe(answer !== modelStatus);
  });
});

/**
 * The tables of rows.ts, against each implementation of the server; and against controls, which must fail them.
 */

import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onEveryServer } from "../support/every-server.ts";
import type { Address } from "../support/http.ts";
import { checkRows } from "./check-rows.ts";
import { files, probe, type Row, tables } from "./rows.ts";

onEveryServer("the server", files, check);

function check(server: Address): void {
  for (const [name, rows] of Object.entries(tables)) {
    it(`answers rightly: ${name}`, async () => {
      expect(await checkRows(server, rows)).toEqual([]);
    });
  }

  it("answers the same when a request arrives in two parts, cut at any byte", async () => {
    const wrong = await checkRows(server, cuts(), ({ input, cut }: Row & { cut?: number }) => {
      const whole = input + probe;
      return [whole.slice(0, cut), whole.slice(cut)];
    });
    expect(wrong).toEqual([]);
  });

  it("answers the same when every byte arrives alone", async () => {
    const rows = Object.values(tables).flatMap((table) => table.filter(({ input }) => input.length < 120));
    expect(
      await checkRows(
        server,
        rows.filter((_, index) => index % 5 === 0),
        bytewise,
      ),
    ).toEqual([]);
  });
}

const bytewise = ({ input }: Row): readonly string[] => [...(input + probe)];

/** Rows of each kind, once for each place to cut them. */
function cuts(): readonly (Row & { readonly cut: number })[] {
  const kinds = Object.values(tables).flatMap((rows) =>
    rows.filter(({ input }, index) => input.length < 200 && index % 8 === 0),
  );
  return kinds.flatMap((row) =>
    Array.from({ length: row.input.length + 2 }, (_, cut) => ({
      ...row,
      name: `${row.name}, cut at ${cut}`,
      cut,
    })),
  );
}

const head = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Useless servers, each of which a suite might take for ours. */
const controls: Readonly<Record<string, string>> = {
  "that refuses everything": head("400 Bad Request", ""),
  "that likes everything": head("200 OK", "probe"),
};

describe.each(Object.entries(controls))("a control %s", (_, reply) => {
  const control = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (data) => {
      for (const _head of data.toString("latin1").split("\r\n\r\n").slice(1)) socket.write(reply);
    });
  });
  beforeAll(() => new Promise<void>((done) => control.listen(0, "127.0.0.1", () => done())));
  afterAll(() => new Promise<void>((done) => control.close(() => done())));

  it.each(Object.keys(tables))("fails the table: %s", async (name) => {
    const { port } = control.address() as AddressInfo;
    expect(await checkRows({ port }, tables[name] ?? [])).not.toEqual([]);
  });
});

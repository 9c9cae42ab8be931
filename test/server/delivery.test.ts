/**
 * Answers of every form arrive whole and in order: however requests are cut, mixed and piled up, however slowly the peer reads; and
 * nothing is left of peers who go away while theirs is on its way.
 */

import { readdirSync, readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onEveryServer } from "../support/every-server.ts";
import { type Address, exchange, open, pipeline, sleep } from "../support/http.ts";
import { temporaryFolder } from "../support/microlith.ts";
import { needs } from "../support/require-tool.ts";
import { isEmulated, type Server, startServer } from "../support/server.ts";
import { makeSlowReader, readSlowly } from "../support/slow-reader.ts";
import { answersOf, type Form, formFiles, forms, mix, undated } from "./forms.ts";

const page: Form = { name: "a page", text: "GET / HTTP/1.1\r\nHost: a\r\n\r\n" };
const connectionsAtATime = 32;

onEveryServer("answers", formFiles, check);

function check(server: Address): void {
  it("are the same when a request arrives in two parts, cut at any byte", async () => {
    const wrong: string[] = [];
    const cuts = await Promise.all(
      forms.map(async (form) => {
        const text = form.text + page.text;
        const expected = await answersOf(server, [form, page]);
        return Array.from({ length: form.text.length + 2 }, (_, cut) => ({ form, text, expected, cut }));
      }),
    );
    const waiting = cuts.flat();
    const worker = async (): Promise<void> => {
      for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
        const parts = [each.text.slice(0, each.cut), each.text.slice(each.cut)];
        const came = undated(await exchange(server, parts, { pause: 1 }));
        if (came !== each.expected)
          wrong.push(`${each.form.name}, cut at ${each.cut}: ${came.slice(0, 300)}`);
      }
    };
    await Promise.all(Array.from({ length: connectionsAtATime }, worker));
    expect(wrong).toEqual([]);
  });

  it("come in order from a mixed pipeline of a hundred, however it is cut", async () => {
    const requests = mix(100);
    const text = requests.map((form) => form.text).join("");
    const expected = await answersOf(server, requests);
    for (const size of [1_000_000, 8191, 1000, 333, 61]) {
      const parts = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      expect(undated(await exchange(server, parts)) === expected, `in parts of ${size}`).toBe(true);
    }
  });

  needs("gcc")("and a client that takes little at a time", () => {
    const folder = temporaryFolder();
    // Much more than the kernels hold on the way, and much of everything else between.
    const large = ["bytes=1-", "bytes=0-29999,30000-", `bytes=${slices(16, 60_000)}`].map((value) => ({
      name: value,
      text: `GET /content.bin HTTP/1.1\r\nHost: a\r\nRange: ${value}\r\n\r\n`,
    }));
    const requests = mix(120, [...forms, ...forms.slice(0, 6), ...large, ...large, ...large]);

    it("are whole and in order", async () => {
      const program = makeSlowReader(folder);
      const expected = await answersOf(server, requests);
      expect(expected.length).toBeGreaterThan(1_000_000);
      const text = requests.map((form) => form.text).join("");
      const paces = [
        { bytes: 65_536, pause: 0 },
        { bytes: 3001, pause: 100 },
        { bytes: 512, pause: 0 },
      ];
      const came = await Promise.all(paces.map((pace) => readSlowly(program, server, text, pace)));
      for (const [index, bytes] of came.entries())
        expect(undated(bytes) === expected, JSON.stringify(paces[index])).toBe(true);
    });
  });
}

/** `count` ranges that together are all of it. */
function slices(count: number, size: number): string {
  const each = size / count;
  return Array.from({ length: count }, (_, index) => `${index * each}-${(index + 1) * each - 1}`).join();
}

describe("peers who go away while a range is on its way", () => {
  const size = 5_000_000;
  let server: Server;
  beforeAll(async () => {
    const files = { ...formFiles, "/large.bin": new Uint8Array(size) };
    server = await startServer(files, { options: { maxConnections: 24 } });
  });
  afterAll(() => server.stop());
  const ranges = ["1-", `0-${size / 2},${size / 2 + 1}-`, `${slices(16, size)}`, "-4000000"];
  const texts = ranges.map((value) => {
    const one = `GET /large.bin HTTP/1.1\r\nHost: a\r\nRange: bytes=${value}\r\n\r\n`;
    return one + page.text + one;
  });

  it("leave nothing behind", { timeout: 60_000 }, async () => {
    const before = openDescriptors(server);
    for (let round = 0; round < 30; round++) {
      const sockets = await Promise.all(texts.map(() => open(server.port)));
      await Promise.all(
        sockets.map(async (socket, index) => {
          socket.on("error", () => {});
          socket.write(texts[index] ?? "");
          await takeSome(socket, (round % 10) * 200_000);
          if (round % 3 === 0) socket.resetAndDestroy();
          else if (round % 3 === 1) socket.destroy();
          else socket.end(() => socket.resetAndDestroy());
        }),
      );
    }
    await sleep(300);
    expect(openDescriptors(server)).toBe(before);
    const [response] = await pipeline(server, [
      { text: "GET /large.bin HTTP/1.1\r\nHost: a\r\nRange: bytes=7-\r\n\r\n" },
    ]);
    expect([response?.status, response?.body.length]).toEqual([206, size - 7]);
    if (isEmulated) return;
    const ticks = cpuTicks(server);
    await sleep(500);
    expect(cpuTicks(server) - ticks).toBeLessThan(3);
  });
});

/** Waits until so many bytes have come, then stops reading. */
function takeSome(socket: Socket, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (socket.bytesRead < bytes) return;
      socket.pause();
      resolve();
    };
    socket.on("data", check);
    socket.on("close", () => resolve());
    check();
  });
}

function openDescriptors({ child }: Server): number {
  return readdirSync(`/proc/${child.pid}/fd`).length;
}

/** Hundredths of a second that the process has run. */
function cpuTicks({ child }: Server): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

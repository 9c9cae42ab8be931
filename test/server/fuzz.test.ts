/**
 * A hundred thousand requests from a seeded generator: rows of the tables, joined, cut, mutated and random. Whatever comes,
 * the server answers in its own form or closes, and still serves afterwards. FUZZ_SEED repeats a run; FUZZ_REQUESTS
 * makes it longer.
 */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exchange, parseResponses } from "../support/http.ts";
import { type Server, startServer } from "../support/server.ts";
import { files, probe, tables } from "./rows.ts";

const seed = Number(process.env.FUZZ_SEED ?? 20261);
const total = Number(process.env.FUZZ_REQUESTS ?? 100_000);
const requestsPerConnection = 10;
const connectionsAtATime = 24;

/** xorshift32 */
function generator(start: number): (below: number) => number {
  let state = start | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const samples: readonly string[] = Object.values(tables)
  .flat()
  .map(({ input }) => input)
  .filter((input) => input.length < 2000);
const interesting = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  "\t",
  ":",
  "%",
  "%2",
  "/",
  "..",
  ",",
  ";",
  "0",
  "-1",
  "\xff",
  "\x7f",
  '"',
  "HTTP/1.1",
  "Content-Length: 3\r\n",
  "Transfer-Encoding: chunked\r\n",
  "9".repeat(40),
  "a".repeat(9000),
];

function pick<T>(from: readonly T[], random: (below: number) => number): T {
  return from[random(from.length)] as T;
}

/** One change to a text: a byte, a piece taken out, doubled, put in, or swapped with another sample's. */
function mutate(text: string, random: (below: number) => number): string {
  const at = random(text.length + 1);
  const length = random(12);
  switch (random(6)) {
    case 0:
      return text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at + length) + text.slice(at);
    case 3:
      return text.slice(0, at) + pick(interesting, random) + text.slice(at);
    case 4:
      return text.slice(0, at) + pick(samples, random).slice(random(40));
    default:
      return Array.from({ length: random(60) }, () => String.fromCharCode(random(256))).join("");
  }
}

/** Requests for one connection: mostly right ones first, so that the parser meets the wrong ones in every state. */
function batch(random: (below: number) => number): readonly string[] {
  const requests = Array.from({ length: requestsPerConnection }, (_, index) => {
    let text = index < random(requestsPerConnection) ? probe : pick(samples, random);
    for (let count = random(4); count > 0 && random(3) > 0; count--) text = mutate(text, random);
    return text;
  });
  const text = requests.join("");
  if (random(4) > 0) return [text];
  const at = random(text.length);
  return [text.slice(0, at), text.slice(at)];
}

describe("whatever comes", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(files, { options: { requestSeconds: 2, lingerSeconds: 1 } });
  });
  afterAll(() => server.stop());

  it(`${total} requests do no harm (seed ${seed})`, { timeout: 60_000 + total }, async () => {
    const random = generator(seed);
    let left = total / requestsPerConnection;
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        const parts = batch(random);
        const bytes = await exchange(server, parts, { pause: 1 });
        const text = bytes.toString("latin1");
        if (text !== "" && !text.startsWith("HTTP/1.1 ")) expect.fail(`${JSON.stringify(parts)}: ${text}`);
      }
    };
    await Promise.all(Array.from({ length: connectionsAtATime }, worker));
    expect(server.child.exitCode).toBeNull();
    const [response] = parseResponses(await exchange(server, [probe]));
    expect(response?.body.toString()).toBe("probe");
  });
});

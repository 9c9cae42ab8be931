/** The client of a case: sends requests in different ways, and keeps count of all that was sent and answered. */

import { bytesOf, collect, open, parseResponse, type Response, sleep } from "../../support/http.ts";
import { readSlowly } from "../../support/slow-reader.ts";
import type { RunningCase } from "./build.ts";
import type { Logged } from "./judge-log.ts";
import type { Random } from "./random.ts";
import type { RandomOptions } from "./random-options.ts";
import type { Request } from "./random-requests.ts";

/** A connection. */
export interface Exchange {
  readonly text: string;
  readonly receivedBytes: number;
}

/** In one piece, in some, or with a client whose kernel takes little. */
export type Manner = "whole" | "pieces" | "slow";

export interface Session {
  readonly exchanges: readonly Exchange[];
  readonly answered: readonly Logged[];
  /**
   * Sends requests on one connection; what comes back, one for each up to one that closes it.
   * @throws Error when one is missing, malformed, or too much
   */
  send(requests: readonly Request[], manner: Manner): Promise<readonly Response[]>;
  /** The response to a request, while a part of which is there something happens. */
  sendAround(request: Request, happen: () => void): Promise<Response>;
}

/** In which a few bytes, or a signal, have arrived. */
const arrivalMs = 60;

export function openSession(
  { port }: RunningCase,
  { server }: RandomOptions,
  random: Random,
  slowReader: string | undefined,
): Session {
  const exchanges: Exchange[] = [];
  const answered: Logged[] = [];
  return {
    exchanges,
    answered,
    sendAround: async (request, happen) => {
      const socket = await open(port);
      const received = collect(socket);
      socket.write(request.text.slice(0, 10));
      await sleep(arrivalMs);
      happen();
      await sleep(arrivalMs);
      socket.end(request.text.slice(10));
      const { response } = parseResponse(await received, request.method);
      answered.push(loggedOf(request, response, server));
      return response;
    },
    send: async (requests, manner) => {
      const text = requests.map((request) => request.text).join("");
      const isSlow = manner === "slow" && slowReader !== undefined;
      const bytes = isSlow
        ? await readSlowly(slowReader, { port }, text, { bytes: random.pick([3000, 20_000]), pause: 100 })
        : await exchange(port, text, manner === "pieces" ? 1 + random.below(8) : 0, random);
      exchanges.push({ text, receivedBytes: bytes.length });
      const responses: Response[] = [];
      let at = 0;
      for (const request of requests) {
        const { response, length } = parseResponse(bytes.subarray(at), request.method);
        at += length;
        responses.push(response);
        answered.push(loggedOf(request, response, server));
        if (request.closes) break;
      }
      if (at === bytes.length) return responses;
      throw new Error(`${bytes.length - at} bytes too many behind ${responses.length} responses`);
    },
  };
}

function loggedOf(request: Request, response: Response, server: RandomOptions["server"]): Logged {
  const isWrong = request.error !== undefined;
  const hasContent = request.method !== "HEAD" && response.status !== 304;
  return {
    status: response.status,
    bytes: hasContent ? response.body.length : 0,
    line: isWrong ? undefined : request.line,
    client: server.trusted.length > 0 ? request.client : "127.0.0.1",
    isHidden: !isWrong && request.path === server.health && ["GET", "HEAD"].includes(request.method),
  };
}

/** Cut at random so many times; the end comes at once or a little later. */
async function exchange(port: number, text: string, cuts: number, random: Random): Promise<Buffer> {
  const socket = await open(port);
  const received = collect(socket);
  let rest = bytesOf(text);
  for (let left = cuts; left > 0; left--) {
    const at = random.below(rest.length + 1);
    if (at > 0) socket.write(rest.subarray(0, at));
    rest = rest.subarray(at);
    await sleep(1);
  }
  socket.write(rest);
  if (random.chance(70)) socket.end();
  else setTimeout(() => socket.end(), 30);
  return received;
}

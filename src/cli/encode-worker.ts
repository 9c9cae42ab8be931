/**
 * A thread that encodes content: it is sent contents one after the other, and sends each back in its coding.
 */

import { parentPort } from "node:worker_threads";
import { encode, type StoredCoding } from "../site/encoders.ts";

export interface Order {
  readonly coding: StoredCoding;
  readonly content: Uint8Array;
}

parentPort?.on("message", async ({ coding, content }: Order) => {
  const bytes = await encode(coding, content);
  parentPort?.postMessage(bytes);
});

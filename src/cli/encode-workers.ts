/**
 * Content encoded by as many threads as the machine has processors: brotli at its best does less than half a megabyte a second,
 * and what one file becomes depends on no other.
 */

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Encoder } from "../site/codings.ts";
import { encode, type StoredCoding } from "../site/encoders.ts";
import type { Order } from "./encode-worker.ts";

/** Below, starting threads takes longer than they save. */
const fewBytes = 256 << 10;
/** Each has a WebAssembly memory of its own, of some tens of megabytes. */
const mostThreads = 8;
/** Of dist/; the tool's sources run in one thread. */
const workerFile = new URL("./encode-worker.js", import.meta.url);

export interface EncodeWorkers {
  /** For so many bytes of content. */
  readonly open: (bytes: number) => Encoder;
  /** Ends the threads. */
  readonly close: () => Promise<void>;
}

export function makeEncodeWorkers(
  threads: number = Math.min(availableParallelism(), mostThreads),
  file: URL = workerFile,
): EncodeWorkers {
  const workers: Worker[] = [];
  const idle: Worker[] = [];
  return {
    open: (bytes) => {
      if (bytes < fewBytes || threads < 2 || !existsSync(file)) return { encode, width: 1 };
      return { width: threads, encode: encodeInThread };
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };

  async function encodeInThread(coding: StoredCoding, content: Uint8Array): Promise<Uint8Array> {
    const worker = idle.pop() ?? startWorker();
    try {
      const bytes = await orderFrom(worker, { coding, content });
      idle.push(worker);
      return bytes;
    } catch {
      // A thread that may not start, or has too little memory, is no reason to give up.
      return encode(coding, content);
    }
  }

  function startWorker(): Worker {
    const worker = new Worker(file);
    workers.push(worker);
    return worker;
  }
}

function orderFrom(worker: Worker, order: Order): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", reject);
    worker.once("message", (bytes: Uint8Array) => {
      worker.off("error", reject).off("exit", reject);
      resolve(bytes);
    });
    worker.postMessage(order);
  });
}

/**
 * What is worth trying again, and when: broken connections, 408, 429 and 5xx, after a pause that doubles, or the one that the registry asks for
 * (RFC 9110, 10.2.3 Retry-After).
 */

import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../base/errors.ts";

export interface RetryOptions {
  /** Tries in all. */
  readonly tries: number;
  /** The first pause, in milliseconds. */
  readonly pause: number;
}

export const defaultRetry: RetryOptions = { tries: 5, pause: 250 };

/** Waiting longer than this is refused rather than done silently. */
const longestPause = 60_000;

/** A try that failed and may succeed later. */
export class Retryable extends Error {
  /** Milliseconds that the registry asks to wait. */
  readonly after: number | undefined;

  constructor(message: string, after?: number) {
    super(message);
    this.name = "Retryable";
    this.after = after;
  }
}

/** Tries until it works. @throws UserError saying how often it was tried, with the last cause */
export async function withRetries<T>(
  what: string,
  options: RetryOptions,
  action: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action(attempt);
    } catch (error) {
      if (!isRetryable(error)) throw plain(what, error);
      const message = error instanceof Error ? error.message : String(error);
      const after = error instanceof Retryable ? error.after : undefined;
      if (attempt >= options.tries || (after ?? 0) > longestPause) {
        const often = attempt === 1 ? "once" : `${attempt} times`;
        throw new UserError(`cannot ${what}: ${message} (tried ${often})`, { cause: error });
      }
      await pauseAfter(error, attempt, options);
    }
  }
}

/** Waits as long as the failure asks for, or longer each time. */
export async function pauseAfter(failure: unknown, attempt: number, options: RetryOptions): Promise<void> {
  const asked = failure instanceof Retryable ? failure.after : undefined;
  const pause = options.pause * 2 ** (attempt - 1) * (0.75 + Math.random() / 2);
  await sleep(Math.min(longestPause, asked ?? pause));
}

/** A Retryable for the statuses that pass; undefined for all others. */
export function retryableStatus(status: number, retryAfter: string | undefined): Retryable | undefined {
  if (!isPassing(status)) return undefined;
  const said =
    status === 429 ? "the registry asks for fewer requests (429)" : `the registry answered ${status}`;
  return new Retryable(said, parseRetryAfter(retryAfter));
}

/** Whether the same request may be answered otherwise later. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function parseRetryAfter(field: string | undefined): number | undefined {
  if (field === undefined) return undefined;
  if (/^\d+$/.test(field)) return Number(field) * 1000;
  const date = Date.parse(field);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

const passing = new Set([
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ECONNABORTED",
  "ERR_STREAM_PREMATURE_CLOSE",
]);

function isRetryable(error: unknown): boolean {
  if (error instanceof Retryable) return true;
  if (error instanceof UserError || !(error instanceof Error)) return false;
  return "code" in error && passing.has(String(error.code));
}

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  ECONNREFUSED: ["nobody listens there", "is the registry running, and is the port right?"],
  ENOTFOUND: ["there is no such host", "check the name"],
  EHOSTUNREACH: ["the host cannot be reached", "check the network"],
  ENETUNREACH: ["the network cannot be reached", "check the network"],
  EPROTO: ["it does not speak TLS", "use --insecure for a registry without TLS"],
  ERR_SSL_WRONG_VERSION_NUMBER: ["it does not speak TLS", "use --insecure for a registry without TLS"],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ["it does not speak TLS", "use --insecure for a registry without TLS"],
  HPE_INVALID_CONSTANT: ["it does not speak HTTP", "check the port"],
  CERT_HAS_EXPIRED: ["its certificate has expired", "use --insecure to connect all the same"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["its certificate is for another name", "check the name"],
};
const unknownCertificate = [
  "its certificate is signed by nobody that is trusted here",
  "give the CA's certificate with --ca, or use --insecure",
] as const;

function plain(what: string, error: unknown): unknown {
  if (error instanceof UserError || !(error instanceof Error) || !("code" in error)) return error;
  const code = String(error.code);
  const certificate = /CERT|SIGNATURE|ISSUER/.test(code) ? unknownCertificate : undefined;
  const [reason, help] = reasons[code] ?? certificate ?? [`${error.message} (${code})`, undefined];
  return new UserError(`cannot ${what}: ${reason}`, {
    cause: error,
    ...(help === undefined ? {} : { help }),
  });
}

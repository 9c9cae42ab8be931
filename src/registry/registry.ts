/**
 * A registry: how it is reached. Its protocol and its way of asking for credentials are found out by the first request and shared by all of its
 * repositories.
 */

import { UserError } from "../base/errors.ts";
import { createAuthorizer } from "./authorization.ts";
import type { CredentialSource } from "./credentials.ts";
import { createHttpClient, type HttpClient } from "./http-client.ts";
import { isLoopback } from "./proxy.ts";
import { type Connection, createRepository, type Purpose, type Repository } from "./repository.ts";
import { defaultRetry, type RetryOptions, retryableStatus, withRetries } from "./retry.ts";

export interface RegistryOptions {
  readonly credentials?: CredentialSource;
  /** Plain HTTP, or TLS with any certificate, will do. */
  readonly insecure?: boolean;
  /** PEM of certificates to trust beside the system's. */
  readonly ca?: string;
  readonly retry?: RetryOptions;
  /** One line per request, without secrets. */
  readonly trace?: (line: string) => void;
  /** Milliseconds without a byte in either direction. */
  readonly idleTimeout?: number;
}

/** A connection to a registry; repositories of it share tokens and sockets. */
export interface Registry {
  readonly name: string;
  /** `purpose`: what its tokens are for, from the first request on; a push then needs one and not two. */
  repository(name: string, purpose?: Purpose): Repository;
  close(): void;
}

/** Docker's hub answers under another name than its own. */
function apiHost(registry: string): string {
  return registry === "docker.io" ? "registry-1.docker.io" : registry;
}

/** A registry, not yet connected to. Plain HTTP is tried after TLS for loopback addresses and with `insecure`, as Docker does. */
export function openRegistry(name: string, options: RegistryOptions = {}): Registry {
  const http = createHttpClient({
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    ...(options.insecure === true ? { anyCertificate: true } : {}),
    ...(options.trace === undefined ? {} : { trace: options.trace }),
    ...(options.idleTimeout === undefined ? {} : { idleTimeout: options.idleTimeout }),
  });
  const connection = once(() => connect(name, http, options));
  return {
    name,
    repository: (repository, purpose = "pull") =>
      createRepository(name, repository, http, connection, options.retry ?? defaultRetry, purpose),
    close: () => http.close(),
  };
}

/** Finds out the protocol and whether someone is there. */
async function connect(name: string, http: HttpClient, options: RegistryOptions): Promise<Connection> {
  const credential = await options.credentials?.(name);
  const plainAllowed = options.insecure === true || isLoopback(name);
  const schemes = plainAllowed ? ["https", "http"] : ["https"];
  const retry = options.retry ?? defaultRetry;
  const what = `reach the registry ${name}`;
  let failure: unknown;
  for (const scheme of schemes) {
    const base = new URL(`${scheme}://${apiHost(name)}/v2/`);
    const authorizer = createAuthorizer(name, http, scheme === "https", credential);
    try {
      await withRetries(
        what,
        plainAllowed && scheme === "https" ? { ...retry, tries: 1 } : retry,
        async () => {
          const response = await http.send({ method: "GET", url: base });
          response.discard();
          const again = retryableStatus(response.status, response.headers["retry-after"]);
          if (again !== undefined) throw again;
          if (response.status === 401) {
            // Basic credentials are the same for all repositories; a token is for the scope of a request.
            const field = response.headers["www-authenticate"] ?? "";
            if (/^\s*basic/i.test(field)) await authorizer.answer(field, [], undefined);
            else authorizer.learn(field);
          }
        },
      );
      return { base, authorizer };
    } catch (error) {
      // A certificate that is not trusted is no reason to go on without TLS, and a proxy that nobody may use or reach is none to go on without it.
      if (error instanceof UserError && /certificate|reach the proxy|\(407\)/.test(error.message))
        throw error;
      failure = error;
    }
  }
  throw failure;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * `--minimal`: what it cannot be combined with. The program is runtime/minimal/, its page src/site/page.ts.
 */

import { UserError } from "../base/errors.ts";
import type { ServerOptions } from "../site/server-options.ts";
import { defaultSiteOptions, type SiteOptions } from "../site/site-options.ts";

/** The flags that need the full server, by the option that each sets. What a minimal server does without anyway is not there. */
const serverFlags: Readonly<Partial<Record<keyof ServerOptions, string>>> = {
  health: "--health",
  healthcheck: "--healthcheck",
  metrics: "--metrics",
  environment: "--env",
  accessLog: "--access-log",
  trusted: "--trust",
  trustedHeader: "--trust-header",
  workers: "--workers",
  maxConnections: "--max-connections",
  bufferBytes: "--request-bytes",
  idleSeconds: "--idle-timeout",
  requestSeconds: "--request-timeout",
  stallSeconds: "--stall-timeout",
  lingerSeconds: "--linger-timeout",
  drainSeconds: "--drain-timeout",
  drainDelaySeconds: "--drain-delay",
};

/** @throws UserError that names every option which needs the full server */
export function checkMinimal(server: Partial<ServerOptions>, site: SiteOptions = defaultSiteOptions): void {
  const { codings, fallback, lastModified, listing } = site;
  const flags = [
    ...Object.entries(serverFlags).flatMap(([option, flag]) =>
      server[option as keyof ServerOptions] === undefined ? [] : [flag],
    ),
    ...(fallback === undefined ? [] : ["--spa or --fallback"]),
    ...(listing ? ["--listing"] : []),
    ...(lastModified === undefined ? [] : ["--last-modified"]),
    ...(isStoredAsIs(codings) ? [] : ["--codings"]),
  ];
  if (flags.length === 0) return;
  throw new UserError(`--minimal makes a server that has no ${flags.join(", ")}`, {
    help: "Leave one of them out: docs/server.md says what a minimal server does.",
  });
}

/** Nothing else was asked for; the default has other codings too, which are then not made. */
function isStoredAsIs(codings: SiteOptions["codings"]): boolean {
  return codings === defaultSiteOptions.codings || codings.every((coding) => coding === "identity");
}

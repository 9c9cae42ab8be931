/** Random combinations of options that are valid together, as the command line would hand them over. */

import type { Optimize } from "../../../src/base/optimize.ts";
import { parseNetwork } from "../../../src/site/network.ts";
import { defaultServerOptions, type ServerOptions } from "../../../src/site/server-options.ts";
import {
  cleanUrls,
  codings,
  type SiteOptions,
  securityHeaders,
  trailingSlashes,
} from "../../../src/site/site-options.ts";
import type { Random } from "./random.ts";

export interface RandomOptions {
  readonly site: Omit<SiteOptions, "fallback">;
  /** The index answers for what is not found. */
  readonly spa: boolean;
  readonly server: ServerOptions;
  readonly optimize: Optimize;
}

export function randomOptions(random: Random): RandomOptions {
  const some = <T>(percent: number, value: T): T | undefined => (random.chance(percent) ? value : undefined);
  const chosen = codings.filter(() => random.chance(45));
  const accessLog = some(60, {
    format: random.pick(["common", "combined", "json"] as const),
    stream: "stdout" as const,
  });
  return {
    optimize: random.chance(20) ? "speed" : "size",
    spa: random.chance(25),
    site: {
      codings: chosen.length === 0 ? ["identity"] : chosen,
      base: random.pick(["", "", "", "/base", "/b/ü x"]),
      index: random.pick(["index.html", "index.html", "about.html", "a.txt"]),
      listing: random.chance(30),
      cleanUrls: random.pick(cleanUrls),
      trailingSlash: random.pick(trailingSlashes),
      dotfiles: random.pick(["none", "well-known", "all"] as const),
      exclude: random.chance(10) ? ["*.json"] : [],
      cacheControl: random.chance(30)
        ? [
            { match: "/*.txt", value: "max-age=5" },
            { match: random.pick(["/*", "/a*"]), value: "no-store" },
          ]
        : [],
      cors: random.pick([undefined, undefined, "*", "https://app.example"]),
      securityHeaders: random.pick(securityHeaders),
      lastModified: some(40, new Date(1_700_000_000_000)),
    },
    server: {
      ...defaultServerOptions,
      maxConnections: random.pick([30, 1000, 3000]),
      bufferBytes: random.pick([1024, 2048, 8192, 65_536]),
      batchRequests: random.pick([1, 2, 31, 32, 128]),
      lingerSeconds: 1,
      drainSeconds: 2,
      workers: random.chance(20) ? 2 : 1,
      sandbox: !random.chance(15),
      health: some(40, random.pick(["/healthz", "/h/%20-~"])),
      healthcheck: random.chance(20),
      environment: random.chance(35) ? ["STAGE", "MISSING"] : [],
      metrics: some(50, random.pick(["/metrics", "/m/%"])),
      accessLog,
      trusted: accessLog !== undefined && random.chance(40) ? [parseNetwork("--trust", "127.0.0.0/8")] : [],
      trustedHeader: random.chance(40) ? "forwarded" : "x-forwarded-for",
    },
  };
}

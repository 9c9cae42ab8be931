/**
 * The configuration file, `microlith.config.ts`: the options of the command line under the same names, of which those on the
 * command line win. docs/site.md describes them; schema/microlith.config.schema.json is the same for editors.
 */

import type { LogFormat, TrustedHeader } from "./server-options.ts";
import type {
  CacheRule,
  CleanUrls,
  Coding,
  Dotfiles,
  SecurityHeaders,
  TrailingSlash,
} from "./site-options.ts";

/** Everything can be left out. */
export interface MicrolithConfig {
  /** For editors, in JSON. */
  readonly $schema?: string;
  /** The port that the server listens on when it is told no other at start; 8080. */
  readonly port?: number;
  /** The IP address that the server listens on; every address. */
  readonly host?: string;
  /** What is stored of each file, where it saves: `["br", "identity"]`. */
  readonly codings?: readonly Coding[];
  /** The path that the site lies under: `/docs`. */
  readonly base?: string;
  /** The file that answers for its folder: `index.html`. */
  readonly index?: string;
  /** Makes a page for folders that have no index. */
  readonly listing?: boolean;
  /** Whether `/about` is `about.html`: `on`. */
  readonly cleanUrls?: CleanUrls;
  /** Whether pages live with a slash at the end: `auto`. */
  readonly trailingSlash?: TrailingSlash;
  /** The index answers, with 200, for paths that name nothing. */
  readonly spa?: boolean;
  /** The same with another file, by its path in the folder. */
  readonly fallback?: string;
  /** Which names that begin with a dot are served: `well-known`. */
  readonly dotfiles?: Dotfiles;
  /** What is not served: lines as in an ignore file of git. */
  readonly exclude?: readonly string[];
  /** Cache-Control by path; the last one that matches counts. */
  readonly cacheControl?: readonly CacheRule[];
  /** Who may read from other sites: `true` for everybody, or an origin. */
  readonly cors?: boolean | string;
  /** A set of fields that restrict what pages may do: `none`. */
  readonly securityHeaders?: SecurityHeaders;
  /** When the site is from: a date, seconds since 1970, `SOURCE_DATE_EPOCH`, `git` or `none`; SOURCE_DATE_EPOCH if it is set. */
  readonly lastModified?: string;

  /** The smallest server, for a site of one page: without most of what follows. */
  readonly minimal?: boolean;
  /** Connections at a time, for each worker. */
  readonly maxConnections?: number;
  /** Of a request's head and body together, a power of two. */
  readonly requestBytes?: number;
  /** Seconds that a connection may stay without a request. */
  readonly idleTimeout?: number;
  /** Seconds for a request to arrive. */
  readonly requestTimeout?: number;
  /** Seconds that a peer may read nothing of a response. */
  readonly stallTimeout?: number;
  /** Seconds for a peer to close after an error. */
  readonly lingerTimeout?: number;
  /** Seconds for open requests to end after SIGTERM. */
  readonly drainTimeout?: number;
  /** Seconds after SIGTERM in which new connections are still taken in. */
  readonly drainDelay?: number;
  /** Processes that share the port; `auto`: one for each processor. */
  readonly workers?: number | "auto";
  /** Whom root becomes after start: `65532:65532`, or `root`. */
  readonly user?: string;
  /** The filter of system calls is installed: `true`. */
  readonly seccomp?: boolean;
  /** A path that answers 200, and 503 after SIGTERM; `true`: /healthz. */
  readonly health?: boolean | string;
  /** The executable can ask its own server: `--healthcheck`. */
  readonly healthcheck?: boolean;
  /** A path with counters for Prometheus; `true`: /metrics. */
  readonly metrics?: boolean | string;
  /** Environment variables that are served as /config.json and /config.js. */
  readonly env?: readonly string[];
  readonly accessLog?: LogFormat;
  /** Where the log goes: `stdout`. */
  readonly logTo?: "stdout" | "stderr";
  /** Networks of proxies whose word on the client's address the log believes. */
  readonly trust?: readonly string[];
  /** The header that they write: `x-forwarded-for`. */
  readonly trustHeader?: TrustedHeader;
}

/** Returns its argument: for an editor to check and complete it. */
export function defineConfig(config: MicrolithConfig): MicrolithConfig {
  return config;
}

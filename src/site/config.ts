/**
 * The configuration file, `microlith.config.ts`: the options of the command line under the same names, of which those on the
 * command line win. docs/site.md describes them; schema/microlith.config.schema.json is the same for editors.
 */

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
}

/** Returns its argument: for an editor to check and complete it. */
export function defineConfig(config: MicrolithConfig): MicrolithConfig {
  return config;
}

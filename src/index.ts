/**
 * What a project imports from "microlith": the type of its configuration file.
 */

export { defineConfig, type MicrolithConfig } from "./site/config.ts";
export type {
  CacheRule,
  CleanUrls,
  Coding,
  Dotfiles,
  SecurityHeaders,
  TrailingSlash,
} from "./site/site-options.ts";

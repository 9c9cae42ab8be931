/**
 * The JSON schema of the configuration file, published as schema/microlith.config.schema.json.
 */

import type { MicrolithConfig } from "../site/config.ts";
import { defaultServerOptions, optionLimits } from "../site/server-options.ts";
import { cleanUrls, codings, dotfiles, securityHeaders, trailingSlashes } from "../site/site-options.ts";
import { logFormats, logStreams, type NumberFlag, numberFlags, trustHeaders } from "./server-flags.ts";

interface Property {
  readonly description: string;
  readonly [keyword: string]: unknown;
}

const properties: Readonly<Record<keyof MicrolithConfig, Property>> = {
  $schema: { description: "The address of this schema, for editors.", type: "string" },
  port: {
    description: "The port that the server listens on when it is told no other at start.",
    type: "integer",
    minimum: 1,
    maximum: 65_535,
    default: 8080,
  },
  host: {
    description: "The IP address that the server listens on. Every address by default.",
    type: "string",
  },
  codings: {
    description: "What is stored of each file, where it saves.",
    type: "array",
    items: { enum: codings },
    uniqueItems: true,
    minItems: 1,
    default: ["br", "identity"],
  },
  base: { description: "The path that the site lies under: /docs.", type: "string" },
  index: { description: "The file that answers for its folder.", type: "string", default: "index.html" },
  listing: { description: "Make a page for folders that have no index.", type: "boolean", default: false },
  cleanUrls: {
    description: "Whether /about is about.html: both answer, only the file does, the file redirects.",
    enum: cleanUrls,
    default: "on",
  },
  trailingSlash: {
    description: "Where pages live: folders with a slash and pages without, all with one, all without.",
    enum: trailingSlashes,
    default: "auto",
  },
  spa: {
    description: "The index answers, with 200, for paths that name nothing.",
    type: "boolean",
    default: false,
  },
  fallback: {
    description: "The file that answers, with 200, for paths that name nothing.",
    type: "string",
  },
  dotfiles: {
    description: "Which names that begin with a dot are served.",
    enum: dotfiles,
    default: "well-known",
  },
  exclude: {
    description: "What is not served: lines as in an ignore file of git.",
    type: "array",
    items: { type: "string" },
    default: [],
  },
  cacheControl: {
    description: "Cache-Control by path; the last one that matches counts.",
    type: "array",
    items: {
      type: "object",
      properties: {
        match: { description: "A path; * stands for anything, :name for one segment.", type: "string" },
        value: { description: "The value of Cache-Control.", type: "string" },
      },
      required: ["match", "value"],
      additionalProperties: false,
    },
    default: [],
  },
  cors: {
    description: "Who may read from other sites: true for everybody, or an origin.",
    type: ["boolean", "string"],
    default: false,
  },
  securityHeaders: {
    description: "A set of fields that restrict what pages may do.",
    enum: securityHeaders,
    default: "none",
  },
  lastModified: {
    description: "When the site is from: a date, seconds since 1970, SOURCE_DATE_EPOCH, git or none.",
    type: "string",
  },
  minimal: {
    description: "The smallest server: one page, GET only, one connection at a time.",
    type: "boolean",
    default: false,
  },
  ...numbers(),
  workers: {
    description: "Processes that share the port; auto: one for each processor.",
    anyOf: [range("workers", 1), { const: "auto" }],
    default: defaultServerOptions.workers,
  },
  user: { description: "Whom root becomes after start: 65532:65532, or root.", type: "string" },
  seccomp: { description: "The filter of system calls is installed.", type: "boolean", default: true },
  health: {
    description: "A path that answers 200, and 503 after SIGTERM; true: /healthz.",
    type: ["boolean", "string"],
    default: false,
  },
  healthcheck: {
    description: "The executable can ask its own server: --healthcheck.",
    type: "boolean",
    default: false,
  },
  metrics: {
    description: "A path with counters for Prometheus; true: /metrics.",
    type: ["boolean", "string"],
    default: false,
  },
  env: {
    description: "Environment variables that are served as /config.json and /config.js.",
    type: "array",
    items: { type: "string" },
    default: [],
  },
  accessLog: { description: "The format of the access log; there is none by default.", enum: logFormats },
  logTo: { description: "Where the log goes.", enum: logStreams, default: "stdout" },
  trust: {
    description: "Networks of proxies whose word on the client's address the log believes.",
    type: "array",
    items: { type: "string" },
    default: [],
  },
  trustHeader: {
    description: "The header that they write.",
    enum: trustHeaders,
    default: "x-forwarded-for",
  },
};

function range(option: keyof typeof optionLimits, least?: number): Readonly<Record<string, unknown>> {
  const [minimum, maximum] = optionLimits[option];
  return { type: "integer", minimum: least ?? minimum, maximum };
}

/** The options that are numbers, by their flags. */
function numbers(): Readonly<Record<NumberFlag, Property>> {
  const entries = numberFlags.map(([, key, option, text]): readonly [NumberFlag, Property] => [
    key,
    { description: `${text}.`, ...range(option), default: defaultServerOptions[option] },
  ]);
  // The table has a row for each: its type is made from it.
  return Object.fromEntries(entries) as Record<NumberFlag, Property>;
}

export const configSchema: Readonly<Record<string, unknown>> = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Configuration of microlith",
  type: "object",
  properties,
  additionalProperties: false,
};

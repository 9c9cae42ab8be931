/**
 * The JSON schema of the configuration file, published as schema/microlith.config.schema.json.
 */

import type { MicrolithConfig } from "../site/config.ts";
import { cleanUrls, codings, dotfiles, securityHeaders, trailingSlashes } from "../site/site-options.ts";

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
};

export const configSchema: Readonly<Record<string, unknown>> = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Configuration of microlith",
  type: "object",
  properties,
  additionalProperties: false,
};

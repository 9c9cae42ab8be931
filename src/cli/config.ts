/**
 * Finds, loads and checks the configuration file. TypeScript is loaded by jiti, because the oldest Node that we support does not run
 * it; what the file imports from "microlith" is this tool, installed in the project or not.
 */

import { existsSync, readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ErrorObject } from "ajv";
import { UserError } from "../base/errors.ts";
import type { MicrolithConfig } from "../site/config.ts";
import { quote } from "./options.ts";

const names = ["microlith.config.ts", "microlith.config.js", "microlith.config.json"];

/** The file at `path`, or the one in the current folder; empty when there is none. @throws UserError (exit code 1 or 2) */
export async function loadConfig(path: string | undefined): Promise<MicrolithConfig> {
  const found = path ?? findConfig();
  if (found === undefined) return {};
  if (!existsSync(found)) throw new UserError(`there is no configuration file ${quote(found)}`);
  if (!statSync(found).isFile()) throw new UserError(`the configuration ${quote(found)} is no file`);
  const value = found.endsWith(".json") ? readJson(found) : await importDefault(found);
  return checkConfig(found, value);
}

/** What `choose` refuses is said of the configuration where the flag that it names was not given. */
export async function namingConfig<T>(
  flags: object,
  config: MicrolithConfig,
  choose: () => Promise<T>,
): Promise<T> {
  try {
    return await choose();
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    const [, word = ""] = /^--([a-z-]+) /.exec(cause.message) ?? [];
    const name = word.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    const given = new Map<string, unknown>(Object.entries(flags)).get(name);
    if (given !== undefined || !Object.hasOwn(config, name)) throw cause;
    const { exitCode, help } = cause;
    const message = `the configuration: ${cause.message.replace(/^--[a-z-]+/, name)}`;
    throw new UserError(message, { exitCode, cause, ...(help === undefined ? {} : { help }) });
  }
}

function findConfig(): string | undefined {
  const [first, second] = names.filter((name) => existsSync(name));
  if (first === undefined || second === undefined) return first;
  throw new UserError(`there are two configuration files, ${first} and ${second}`, {
    help: "Remove one, or name one with --config.",
  });
}

function readJson(path: string): unknown {
  try {
    // Editors on Windows begin a file with a byte order mark.
    return JSON.parse(readFileSync(path, "utf8").replace(/^\ufeff/, ""));
  } catch (cause) {
    throw failed(path, cause);
  }
}

async function importDefault(path: string): Promise<unknown> {
  const { createJiti } = await import("jiti");
  // Two folders above both src/cli and dist/cli; the file has the suffix of this one.
  const suffix = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const own = fileURLToPath(new URL(`../index.${suffix}`, import.meta.url));
  const jiti = createJiti(import.meta.url, { alias: { microlith: own }, fsCache: false, moduleCache: false });
  try {
    return await jiti.import(resolve(path), { default: true });
  } catch (cause) {
    throw failed(path, cause);
  }
}

function failed(path: string, cause: unknown): UserError {
  const [reason = ""] = (cause instanceof Error ? cause.message : String(cause)).split("\n");
  return new UserError(`${quote(path)} could not be loaded: ${reason}`, { exitCode: 1, cause });
}

async function checkConfig(path: string, value: unknown): Promise<MicrolithConfig> {
  const [{ Ajv }, { configSchema }] = await Promise.all([import("ajv"), import("./config-schema.ts")]);
  const validate = new Ajv({ allErrors: false, allowUnionTypes: true }).compile<MicrolithConfig>(
    configSchema,
  );
  if (validate(value)) return value;
  const [error] = validate.errors ?? [];
  throw new UserError(`${quote(path)}: ${error === undefined ? "it is wrong" : describe(error)}`, {
    exitCode: 1,
    help: "The options are in docs/site.md.",
  });
}

function describe({ instancePath, message = "is wrong", params, keyword }: ErrorObject): string {
  const place = instancePath === "" ? "the configuration" : instancePath.slice(1).replaceAll("/", ".");
  if (keyword === "additionalProperties")
    return `${place} has an unknown option ${quote(params.additionalProperty)}`;
  if (keyword === "enum") return `${place} must be one of ${params.allowedValues.join(", ")}`;
  if (keyword === "type") return `${place} must be ${formsOf(params.type)}`;
  if (keyword === "minItems") return `${place} must not be empty`;
  return `${place} ${message}`;
}

/** `an object`, `a boolean or a string`. */
function formsOf(types: string | readonly string[]): string {
  return [types]
    .flat()
    .map((type) => `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`)
    .join(" or ");
}

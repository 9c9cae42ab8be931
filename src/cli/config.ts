/**
 * Finds, loads and checks the configuration file. TypeScript is loaded by jiti, because the oldest Node that we support does not run
 * it; what the file imports from "microlith" is this tool, installed in the project or not.
 */

import { existsSync, readFileSync } from "node:fs";
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
  const value = found.endsWith(".json") ? readJson(found) : await importDefault(found);
  return checkConfig(found, value);
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
    return JSON.parse(readFileSync(path, "utf8"));
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
    help: "docs/site.md lists the options.",
  });
}

function describe({ instancePath, message = "is wrong", params, keyword }: ErrorObject): string {
  const place = instancePath === "" ? "the configuration" : instancePath.slice(1).replaceAll("/", ".");
  if (keyword === "additionalProperties")
    return `${place} has an unknown option ${quote(params.additionalProperty)}`;
  if (keyword === "enum") return `${place} must be one of ${params.allowedValues.join(", ")}`;
  return `${place} ${message}`;
}

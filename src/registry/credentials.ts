/**
 * Where credentials come from, first found first: what the command line gave, the environment, Docker's config.json (its helpers, then its
 * `auths`), Podman's auth.json. A helper is a program `docker-credential-NAME` that is asked on its standard input
 * (docker/docker-credential-helpers, "Development").
 */

import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../base/errors.ts";
import { dockerFolder, homeFolder } from "../base/home.ts";
import { isObject } from "../image/parse.ts";

export type Credential =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  | { readonly kind: "identity-token"; readonly token: string };

/** Undefined: go there as nobody. */
export type CredentialSource = (registry: string) => Promise<Credential | undefined>;

export interface CredentialOptions {
  /** From the command line; wins. */
  readonly given?: Credential;
  /** The only registry that the given one, or the environment's, is for: a copy speaks to two. */
  readonly givenFor?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The name under which Docker keeps the credentials of its hub. */
const dockerHubKey = "https://index.docker.io/v1/";
/** What a helper says when it has nothing. */
const nothingFound = "credentials not found";

/** Looks a registry up in the order above. @throws UserError for a file or helper that is there and does not work */
export function credentialsFrom(options: CredentialOptions): CredentialSource {
  const { env, given, givenFor } = options;
  return async (registry) => {
    if (givenFor === undefined || givenFor === registry) {
      if (given !== undefined) return given;
      const { MICROLITH_USERNAME: username, MICROLITH_PASSWORD: password } = env;
      if (username !== undefined && password !== undefined) return { kind: "password", username, password };
    }
    for (const path of configFiles(env)) {
      const found = await fromFile(path, registry, env);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function configFiles(env: CredentialOptions["env"]): readonly string[] {
  const paths = [
    join(dockerFolder(env), "config.json"),
    env.REGISTRY_AUTH_FILE,
    env.XDG_RUNTIME_DIR === undefined ? undefined : join(env.XDG_RUNTIME_DIR, "containers", "auth.json"),
    join(env.XDG_CONFIG_HOME ?? join(homeFolder(env), ".config"), "containers", "auth.json"),
  ];
  return paths.filter((path) => path !== undefined);
}

/** What people and tools have written: whatever is not of the kind it should be is not there. */
interface ConfigFile {
  readonly auths?: unknown;
  readonly credsStore?: unknown;
  readonly credHelpers?: unknown;
}

async function fromFile(
  path: string,
  registry: string,
  env: CredentialOptions["env"],
): Promise<Credential | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const config = parseConfigFile(text, path);
  const helper = keysFor(registry)
    .map((key) => textIn(config.credHelpers, key))
    .find((name) => name !== undefined);
  const program = helper ?? textIn(config, "credsStore");
  if (program !== undefined) {
    const found = await askHelper(program, registry === "docker.io" ? dockerHubKey : registry, env);
    if (found !== undefined) return found;
  }
  for (const key of keysFor(registry)) {
    const found = isObject(config.auths) ? fromEntry(config.auths[key], path, registry) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function parseConfigFile(text: string, path: string): ConfigFile {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Its content may hold secrets; the message does not quote it.
  }
  throw new UserError(`${path} is not JSON`, { help: "repair it, or log in again" });
}

/** The spellings under which tools have kept a registry's credentials. */
function keysFor(registry: string): readonly string[] {
  const hub = registry === "docker.io" ? [dockerHubKey, "index.docker.io", "registry-1.docker.io"] : [];
  return [
    registry,
    ...hub,
    `https://${registry}`,
    `https://${registry}/`,
    `http://${registry}`,
    `https://${registry}/v2/`,
  ];
}

function fromEntry(entry: unknown, path: string, registry: string): Credential | undefined {
  const token = textIn(entry, "identitytoken");
  if (token !== undefined) return { kind: "identity-token", token };
  const [username, password] = [textIn(entry, "username"), textIn(entry, "password")];
  if (username !== undefined && password !== undefined) return { kind: "password", username, password };
  const auth = textIn(entry, "auth");
  if (auth === undefined) return undefined;
  const decoded = Buffer.from(auth, "base64").toString().replace(/\0+$/, "");
  const colon = decoded.indexOf(":");
  if (colon < 1) throw new UserError(`${path}: the entry for ${registry} is not base64 of "user:password"`);
  return { kind: "password", username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** The text of a field; undefined when it is empty, or none. */
function textIn(value: unknown, key: string): string | undefined {
  const text = isObject(value) ? value[key] : undefined;
  return typeof text === "string" && text !== "" ? text : undefined;
}

async function askHelper(
  name: string,
  server: string,
  env: CredentialOptions["env"],
): Promise<Credential | undefined> {
  const program = `docker-credential-${name}`;
  if (!/^[A-Za-z0-9._-]+$/.test(name))
    throw new UserError(`"${name}" is not the name of a credential helper`);
  const { code, stdout, error } = await runHelper(program, server, env);
  if (error !== undefined)
    throw new UserError(`cannot run ${program}, which the configuration names`, { cause: error });
  if (code !== 0) {
    if (stdout.includes(nothingFound)) return undefined;
    throw new UserError(`${program} failed for ${server} (exit code ${code})`, {
      help: `try: docker login ${server}`,
    });
  }
  try {
    const { Username: username, Secret: secret } = JSON.parse(stdout) as Record<string, unknown>;
    if (typeof username === "string" && typeof secret === "string") {
      return username === "<token>"
        ? { kind: "identity-token", token: secret }
        : { kind: "password", username, password: secret };
    }
  } catch {
    // Its output may be the secret; the message does not quote it.
  }
  throw new UserError(`${program} answered something other than a user name and a secret`);
}

interface HelperResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly error?: Error;
}

function runHelper(program: string, input: string, env: CredentialOptions["env"]): Promise<HelperResult> {
  return new Promise((resolve) => {
    const child = spawn(program, ["get"], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...env },
      timeout: 30_000,
    });
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.once("error", (error) => resolve({ code: null, stdout, error }));
    child.once("close", (code) => resolve({ code, stdout }));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

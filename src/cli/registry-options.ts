/**
 * What every command that speaks to a registry takes. Secrets come from standard input, the environment or the files that `docker login` writes, never from the
 * command line, where every process of the machine can read them.
 */

import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { UserError } from "../base/errors.ts";
import type { RegistryOptions } from "../registry/registry.ts";
import { quote } from "./options.ts";
import { note } from "./terminal.ts";

/** As commander hands them over. */
export interface RegistryFlags {
  readonly username?: string;
  readonly passwordStdin?: boolean;
  readonly insecure?: boolean;
  readonly ca?: string;
  readonly trace?: boolean;
}

export function addRegistryOptions(command: Command): Command {
  return command
    .optionsGroup("Registries:")
    .option("--username <name>", "account at the registry (default: from docker login or podman login)")
    .option("--password-stdin", "read its password or token from standard input")
    .option("--insecure", "let plain HTTP, and TLS with any certificate, do")
    .option("--ca <file>", "trust the certificates in this PEM file too")
    .option("--trace", "print a line per request on standard error, without secrets")
    .optionsGroup("Options:");
}

/**
 * `registry` is the one that the account is for; a command that speaks to two sends it to no other.
 * @throws UserError
 */
export async function parseRegistryOptions(
  flags: RegistryFlags,
  registry: string | undefined,
): Promise<RegistryOptions> {
  const { username, passwordStdin, insecure, ca, trace } = flags;
  if ((username === undefined) !== (passwordStdin !== true)) {
    throw new UserError(
      username === undefined ? "--password-stdin without --username" : "--username without --password-stdin",
      { help: "Give both: echo $TOKEN | microlith push … --username NAME --password-stdin" },
    );
  }
  const password = username === undefined ? undefined : await readPassword();
  const given =
    username === undefined || password === undefined
      ? {}
      : { given: { kind: "password", username, password } as const };
  const givenFor = registry === undefined ? {} : { givenFor: registry };
  const { credentialsFrom } = await import("../registry/credentials.ts");
  return {
    credentials: credentialsFrom({ env: process.env, ...given, ...givenFor }),
    ...(insecure === true ? { insecure: true } : {}),
    ...(ca === undefined ? {} : { ca: readCertificates(ca) }),
    ...(trace === true ? { trace: note } : {}),
  };
}

async function readPassword(): Promise<string> {
  if (process.stdin.isTTY === true) {
    throw new UserError("--password-stdin, and standard input is a terminal", {
      help: "Send the password through a pipe or from a file, so that it is not shown.",
    });
  }
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  const password = text.replace(/\r?\n$/, "");
  if (password === "") throw new UserError("--password-stdin, and standard input is empty");
  return password;
}

function readCertificates(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new UserError(`--ca ${quote(path)} could not be read`, { cause });
  }
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new UserError(`--ca ${quote(path)} holds no certificate`, {
    help: "It is a file with lines such as -----BEGIN CERTIFICATE-----.",
  });
}

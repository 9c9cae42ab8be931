/**
 * What every command that compiles takes: platforms, where the server listens, how the executable is laid out.
 */

import type { Command } from "commander";
import { layouts, parseChoice, parseHost, parsePlatforms, parsePort } from "./options.ts";
import type { ProductOptions } from "./product.ts";
import { addServerFlags, parseServerFlags, type ServerFlags } from "./server-flags.ts";

/** As commander hands them over. */
export interface ProductFlags extends ServerFlags {
  readonly platform: string;
  readonly port: string;
  readonly host?: string;
  readonly layout: string;
  readonly debug?: boolean;
}

export function addProductOptions(command: Command): Command {
  command
    .option("--platform <list>", "os/architecture[/variant], comma-separated, or all", "linux/amd64")
    .option("--port <number>", "port that the server listens on, unless it is told another at start", "8080")
    .option("--host <address>", "IP address that the server listens on (default: every address)")
    .option("--layout <layout>", "plain, or tight: ELF headers overlapped as far as Linux allows", "plain")
    .option(
      "--debug",
      "add symbols and line tables for a debugger, which loads them and the program does not",
    );
  return addServerFlags(command);
}

/** `known` are the platforms that there is a target for. @throws UserError */
export function parseProductOptions(flags: ProductFlags, known: readonly string[]): ProductOptions {
  return {
    platforms: parsePlatforms(flags.platform, known),
    port: parsePort(flags.port, 1),
    host: flags.host === undefined ? undefined : parseHost(flags.host),
    layout: parseChoice("--layout", flags.layout, layouts),
    debug: flags.debug === true,
    server: parseServerFlags(flags),
  };
}

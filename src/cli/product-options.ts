/**
 * What every command that compiles takes: platforms, where the server listens, how the executable is laid out, what is
 * special about the site and its server. Flags win over the configuration file.
 */

import type { Command } from "commander";
import type { MicrolithConfig } from "../site/config.ts";
import { loadConfig, namingConfig } from "./config.ts";
import { chooseLastModified } from "./last-modified.ts";
import { goals, layouts, parseChoice, parseHost, parsePlatforms, parsePort } from "./options.ts";
import type { ProductOptions } from "./product.ts";
import { addServerFlags, parseServerFlags, type ServerFlags, withConfig } from "./server-flags.ts";
import { addSiteFlags, chooseSiteOptions, type SiteFlags } from "./site-flags.ts";

/** As commander hands them over. */
export interface ProductFlags extends SiteFlags, ServerFlags {
  readonly platform: string;
  readonly port?: string;
  readonly host?: string;
  readonly layout?: string;
  readonly optimize?: string;
  readonly debug?: boolean;
}

const defaultPort = 8080;

export function addProductOptions(command: Command): Command {
  command
    .option("--platform <list>", "os/architecture[/variant], comma-separated, or all", "linux/amd64")
    .option(
      "--port <number>",
      "port that the server listens on, unless it is told another at start (default: 8080)",
    )
    .option("--host <address>", "IP address that the server listens on (default: every address)")
    .option(
      "--layout <layout>",
      "plain, or tight: ELF headers overlapped as far as Linux allows (default: plain; with --minimal tight on amd64)",
    )
    .option("--optimize <goal>", "what code is made for: size or speed (default: size)")
    .option(
      "--debug",
      "add symbols and line tables for a debugger, which loads them and the program does not",
    );
  return addServerFlags(addSiteFlags(command));
}

/** `known` are the platforms that there is a target for. @throws UserError */
export async function parseProductOptions(
  inputPath: string,
  flags: ProductFlags,
  known: readonly string[],
): Promise<ProductOptions> {
  const config = await configFor(inputPath, flags);
  const host = flags.host ?? config.host;
  const wanted = withConfig(flags, config);
  return namingConfig(flags, config, async () => ({
    platforms: parsePlatforms(flags.platform, known),
    port: flags.port === undefined ? (config.port ?? defaultPort) : parsePort(flags.port, 1),
    host: host === undefined ? undefined : parseHost(host),
    site: chooseSiteOptions(flags, config, await timeFor(inputPath, flags, config)),
    layout: flags.layout === undefined ? undefined : parseChoice("--layout", flags.layout, layouts),
    optimize: flags.optimize === undefined ? "size" : parseChoice("--optimize", flags.optimize, goals),
    debug: flags.debug === true,
    server: parseServerFlags(wanted),
    minimal: wanted.minimal === true,
  }));
}

/** When the site is from. A program and a minimal server do not say it: the environment alone does not ask them to. */
export async function timeFor(
  inputPath: string,
  flags: Pick<ProductFlags, "lastModified" | "minimal">,
  config: MicrolithConfig,
): Promise<Date | undefined> {
  const text = flags.lastModified ?? config.lastModified;
  const isSilent = inputPath.endsWith(".ts") || (flags.minimal ?? config.minimal) === true;
  return text === undefined && isSilent ? undefined : chooseLastModified(inputPath, text);
}

/** Programs have none. What is wrong with the input is said later, after what is wrong with the command line. */
async function configFor(inputPath: string, { config }: ProductFlags): Promise<MicrolithConfig> {
  const isProgram = config === undefined && inputPath.endsWith(".ts");
  return isProgram ? {} : await loadConfig(config);
}

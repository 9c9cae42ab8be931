/**
 * What every command that makes an image takes: what runs in it, what it is called, what is in it and what is said about it.
 */

import type { Command } from "commander";
import { UserError } from "../base/errors.ts";
import { type AnnotationOption, parseAnnotation } from "../image/annotation-option.ts";
import type { Healthcheck, RunConfig } from "../image/config.ts";
import type { LayerCompression } from "../image/media-type.ts";
import { parseReference, type Reference } from "../image/reference.ts";
import { repeatable } from "./command.ts";
import {
  type Created,
  type ProjectFacts,
  parseCreated,
  parseDocument,
  parseDuration,
  parseExposed,
  parseFacts,
  parsePair,
  parseSize,
  parseStopSignal,
  parseWords,
} from "./image-values.ts";
import { parseChoice, quote } from "./options.ts";
import { isPath } from "./site-flags.ts";

/** As commander hands them over. */
export interface ImageFlags {
  readonly tag: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  /** Those with a `=`; names alone are the server's. */
  readonly env?: readonly string[];
  readonly label: readonly string[];
  readonly annotation: readonly string[];
  readonly describe?: string;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly expose: readonly string[];
  readonly stopSignal?: string;
  readonly healthcheck?: boolean;
  readonly healthInterval?: string;
  readonly healthTimeout?: string;
  readonly healthStartPeriod?: string;
  readonly healthRetries?: string;
  readonly created?: string;
  readonly base?: string;
  readonly file: readonly string[];
  readonly layerCompression?: string;
  readonly maxBytes?: string;
  readonly sbom: readonly string[];
  readonly provenance: readonly string[];
}

/** Beside `--user`, `--env` and `--healthcheck`, which the server's options have as well. */
export function addImageOptions(command: Command): Command {
  command.optionsGroup("The image:");
  repeatable(command, "--tag <name:tag>", "name of the image");
  command.option("--workdir <path>", "working directory in the container");
  repeatable(command, "--label <key=value>", "label in the image's config");
  repeatable(
    command,
    "--annotation <[scope:]key=value>",
    "annotation; the scope is manifest (default), index, manifest-descriptor or index-descriptor, with [platform] behind it if wanted",
  );
  command.option(
    "--describe <from>",
    "fill annotations and labels in from git (revision, source), package (version, licence of package.json), or auto: what there is",
  );
  repeatable(
    command,
    "--entrypoint <word>",
    "what the container runs instead of the executable; a word or a JSON list",
  );
  repeatable(command, "--cmd <word>", "arguments of the entrypoint; a word or a JSON list");
  repeatable(command, "--expose <port[/protocol]>", "a further port that the image names");
  command
    .option("--stop-signal <signal>", "signal that stops the container")
    .option("--health-interval <time>", "time between an engine's health checks, such as 30s")
    .option("--health-timeout <time>", "time after which no answer is a bad one")
    .option("--health-start-period <time>", "time in which bad answers do not count")
    .option("--health-retries <number>", "bad answers in a row that make the container unhealthy")
    .option(
      "--created <time>",
      "zero (no time at all), SOURCE_DATE_EPOCH, now, git (the commit's) or seconds since 1970 (default: SOURCE_DATE_EPOCH if it is set, or else zero)",
    );
  repeatable(
    command,
    "--file <source:destination>",
    "a further file or folder, to an absolute path in the image",
  );
  command
    .option("--layer-compression <kind>", "gzip, zstd or none (default: gzip)")
    .option(
      "--max-bytes <size>",
      "fail when what a pull transfers, or an executable, is larger; 5000, 5kB, 5KiB, …",
    );
  repeatable(
    command,
    "--sbom <kind[=path]>",
    "a bill of materials, spdx or cyclonedx: as a file at the path, or else attached to the image",
  );
  repeatable(
    command,
    "--provenance <kind[=path]>",
    "how it was made, slsa: as a file at the path, or else attached to the image",
  );
  return command;
}

/** What was asked of an image, checked. */
export interface ImageSettings {
  readonly tags: readonly Reference[];
  /** What was given; the rest follows from the product or the base. */
  readonly run: RunConfig;
  /** Timing of the executable's own check; undefined: no check. */
  readonly healthcheck: Omit<Healthcheck, "Test"> | undefined;
  readonly annotations: readonly AnnotationOption[];
  readonly describe: ProjectFacts;
  readonly created: Created;
  readonly base: string | undefined;
  readonly files: readonly { readonly source: string; readonly destination: string }[];
  readonly compression: LayerCompression;
  readonly maxBytes: number | undefined;
  readonly sboms: readonly DocumentOption<"spdx" | "cyclonedx">[];
  readonly provenances: readonly DocumentOption<"slsa">[];
}

export interface DocumentOption<Kind extends string> {
  readonly kind: Kind;
  /** A file; undefined: an artifact that refers to the image. */
  readonly path: string | undefined;
}

/** @throws UserError that names the flag and the value */
export function parseImageOptions(
  flags: ImageFlags,
  env: Readonly<Record<string, string | undefined>>,
): ImageSettings {
  const base = isPath(flags.base) ? undefined : flags.base;
  return {
    tags: flags.tag.map(parseTag),
    run: parseRun(flags),
    healthcheck: parseHealthcheck(flags),
    annotations: flags.annotation.map(parseAnnotation),
    describe: parseFacts(flags.describe),
    created: parseCreated(flags.created, env),
    base,
    files: flags.file.map(parseFile),
    compression: parseChoice("--layer-compression", flags.layerCompression ?? "gzip", [
      "gzip",
      "zstd",
      "none",
    ]),
    maxBytes: flags.maxBytes === undefined ? undefined : parseSize("--max-bytes", flags.maxBytes),
    sboms: flags.sbom.map((text) => parseDocument("--sbom", text, ["spdx", "cyclonedx"])),
    provenances: flags.provenance.map((text) => parseDocument("--provenance", text, ["slsa"])),
  };
}

/** A flag that was given and means nothing without an image; those that make files or limit sizes do. */
export function imageOnlyFlag(flags: ImageFlags): string | undefined {
  const given = [
    ...(["tag", "label", "annotation", "entrypoint", "cmd", "expose", "file"] as const).filter(
      (name) => flags[name].length > 0,
    ),
    ...(
      [
        ...(["workdir", "describe", "stopSignal", "created", "base", "layerCompression"] as const),
        ...(["healthInterval", "healthTimeout", "healthStartPeriod", "healthRetries"] as const),
      ] as const
    ).filter((name) => flags[name] !== undefined && !(name === "base" && isPath(flags.base))),
  ];
  if (imageVariables(flags).length > 0) return "env NAME=VALUE";
  return given[0]?.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function parseTag(text: string): Reference {
  const reference = parseReference(text);
  if (reference.digest === undefined) return reference;
  throw new UserError(`--tag ${quote(text)} has a digest`, {
    help: "A name that is given to an image has none.",
  });
}

function parseRun(flags: ImageFlags): RunConfig {
  const { user, workdir, stopSignal } = flags;
  const env = imageVariables(flags).map((text) => parsePair("--env", text));
  const entrypoint = flags.entrypoint.flatMap((text) => parseWords("--entrypoint", text));
  const command = flags.cmd.flatMap((text) => parseWords("--cmd", text));
  const ports = flags.expose.map(parseExposed);
  const labels = flags.label.map((text) => parsePair("--label", text));
  return {
    ...(user === undefined ? {} : { User: parseUser(user) }),
    ...(workdir === undefined ? {} : { WorkingDir: parseAbsolute("--workdir", workdir) }),
    ...(env.length === 0 ? {} : { Env: env.map(([name, value]) => `${name}=${value}`) }),
    ...(entrypoint.length === 0 ? {} : { Entrypoint: entrypoint }),
    ...(command.length === 0 ? {} : { Cmd: command }),
    ...(ports.length === 0 ? {} : { ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])) }),
    ...(labels.length === 0 ? {} : { Labels: Object.fromEntries(labels) }),
    ...(stopSignal === undefined ? {} : { StopSignal: parseStopSignal(stopSignal) }),
  };
}

/** In numbers: names would have to be looked up in an /etc/passwd, and Kubernetes' `runAsNonRoot` cannot see who they are. */
function parseUser(text: string): string {
  if (text === "root") return "0:0";
  if (/^\d{1,10}(:\d{1,10})?$/.test(text)) return text;
  throw new UserError(`--user ${quote(text)} is not a numeric user`, {
    help: "Write USER or USER:GROUP in numbers, for example 65532:65532.",
  });
}

function imageVariables({ env = [] }: ImageFlags): readonly string[] {
  return env.filter((text) => text.includes("="));
}

function parseHealthcheck(flags: ImageFlags): Omit<Healthcheck, "Test"> | undefined {
  const { healthInterval, healthTimeout, healthStartPeriod, healthRetries } = flags;
  if (flags.healthcheck !== true) {
    const timing = healthInterval ?? healthTimeout ?? healthStartPeriod ?? healthRetries;
    if (timing === undefined) return undefined;
    throw new UserError("--health-… say when a check is made, and there is none", {
      help: "Add --healthcheck.",
    });
  }
  if (healthRetries !== undefined && !/^[1-9]\d{0,4}$/.test(healthRetries)) {
    throw new UserError(`--health-retries ${quote(healthRetries)} is not a number from 1`);
  }
  return {
    ...(healthInterval === undefined ? {} : { Interval: parseDuration("--health-interval", healthInterval) }),
    ...(healthTimeout === undefined ? {} : { Timeout: parseDuration("--health-timeout", healthTimeout) }),
    ...(healthStartPeriod === undefined
      ? {}
      : { StartPeriod: parseDuration("--health-start-period", healthStartPeriod) }),
    ...(healthRetries === undefined ? {} : { Retries: Number(healthRetries) }),
  };
}

function parseFile(text: string): { readonly source: string; readonly destination: string } {
  // The last colon with a slash behind it: a drive letter may stand before it.
  const match = /^(.+):(\/[^:]*)$/.exec(text);
  const [, source = "", destination = ""] = match ?? [];
  if (match === null || destination.split("/").includes("..")) {
    throw new UserError(`--file ${quote(text)} is not SOURCE:DESTINATION`, {
      help: "The destination is an absolute path in the image, for example ca.pem:/etc/ssl/cert.pem.",
    });
  }
  return { source, destination };
}

function parseAbsolute(flag: string, text: string): string {
  if (text.startsWith("/") && !text.split("/").includes("..")) return text;
  throw new UserError(`${flag} ${quote(text)} is not an absolute path`);
}

/**
 * `microlith build INPUT -o OUT`: checks what was asked for, makes the executables, wraps and writes them, and
 * says what came out.
 */

import { createHash } from "node:crypto";
import { basename } from "node:path";
import { UserError } from "../base/errors.ts";
import type { Reference } from "../image/reference.ts";
import { findInput, type Input } from "./input.ts";
import { emitStage, madePlatforms, makeProduct } from "./make-product.ts";
import {
  chooseFormat,
  type Emit,
  emits,
  type Format,
  layouts,
  parseChoice,
  parseHost,
  parsePlatforms,
  parsePort,
  parseSourceDate,
  quote,
} from "./options.ts";
import type { Product, ProductExecutable, ProductOptions } from "./product.ts";
import { parseServerFlags, type ServerFlags } from "./server-flags.ts";
import { formatBytes, note, progress, result } from "./terminal.ts";
import { requireWritable, writeOutput } from "./write-output.ts";

/** As commander hands them over. */
export interface BuildOptions extends ServerFlags {
  readonly output?: string;
  readonly format?: string;
  readonly platform: string;
  readonly tag: readonly string[];
  readonly port: string;
  readonly host?: string;
  readonly layout: string;
  readonly emit?: string;
  readonly debug?: boolean;
  readonly json?: boolean;
}

export async function build(inputPath: string, options: BuildOptions): Promise<void> {
  const product: ProductOptions = {
    platforms: parsePlatforms(options.platform, madePlatforms),
    port: parsePort(options.port, 1),
    host: options.host === undefined ? undefined : parseHost(options.host),
    layout: parseChoice("--layout", options.layout, layouts),
    debug: options.debug === true,
    server: parseServerFlags(options),
  };
  const format = chooseFormat(options.format, options.output);
  const tags = await parseTags(options.tag);
  if (options.emit !== undefined) {
    const stage = parseChoice("--emit", options.emit, emits);
    await emit(findInput(inputPath), stage, requireOnePlatform(product, "--emit"), options.output);
    return;
  }
  const output = requireOutput(options.output);
  if (format === "elf") {
    requireOnePlatform(product, "an executable");
    if (tags.length > 0) {
      throw new UserError("--tag names an image, and an executable has no name", {
        help: "Write an image archive with --format oci, or leave --tag out.",
      });
    }
  }
  await requireWritable(output);
  const plan: Plan = { input: findInput(inputPath), output, format, tags, product };
  const summary = format === "elf" ? await buildExecutable(plan) : await buildArchive(plan);
  if (options.json === true) {
    result(JSON.stringify(summary));
  } else {
    result(output);
    for (const line of describe(summary)) note(line);
  }
}

interface Plan {
  readonly input: Input;
  readonly output: string;
  readonly format: Format;
  readonly tags: readonly Reference[];
  readonly product: ProductOptions;
}

/** What `--json` prints. Sizes in bytes. */
export interface BuildSummary {
  readonly kind: "site" | "program";
  readonly artifacts: readonly { readonly path: string; readonly format: Format; readonly bytes: number }[];
  readonly platforms: readonly PlatformSummary[];
  /** Digest of what an archive's name points to: the index, or the manifest of an only platform. */
  readonly index?: string;
}

interface PlatformSummary {
  readonly platform: string;
  /** Of the image's manifest; of the file when there is no image. */
  readonly digest: string;
  readonly executableBytes: number;
  readonly codeBytes: number;
  readonly tableBytes: number;
  readonly headerBytes: number;
  readonly contentBytes: number;
  /** Everything that is not content. */
  readonly overheadBytes: number;
  /** Sum of file sizes in the image. */
  readonly imageBytes?: number;
  /** Manifest, config and compressed layers. */
  readonly pullBytes?: number;
}

async function buildExecutable(plan: Plan): Promise<BuildSummary> {
  const product = await makeProduct(plan.input, plan.product);
  const executable = onlyExecutable(product);
  const bytes = await writeOutput(plan.output, [executable.bytes], 0o755);
  const digest = `sha256:${createHash("sha256").update(executable.bytes).digest("hex")}`;
  return {
    kind: product.kind,
    artifacts: [{ path: plan.output, format: "elf", bytes }],
    platforms: [{ platform: executable.platform, digest, ...sizesOf(executable) }],
  };
}

async function buildArchive(plan: Plan): Promise<BuildSummary> {
  const created = parseSourceDate(process.env.SOURCE_DATE_EPOCH);
  const product = await makeProduct(plan.input, plan.product);
  progress("packing the image");
  const [{ makeImage }, { archiveOf, imagesOf, rootOf }, { imageBytes, pullBytes }] = await Promise.all([
    import("./make-image.ts"),
    import("../image/archive.ts"),
    import("../image/image.ts"),
  ]);
  const image = await makeImage(product, {
    name: imageName(plan.input),
    port: plan.product.port,
    healthcheck: plan.product.server?.healthcheck === true,
    created,
  });
  const archive = archiveOf(image, { tags: plan.tags, mtime: created ?? 0 });
  const bytes = await writeOutput(plan.output, archive.read(), 0o644);
  const images = imagesOf(image);
  return {
    kind: product.kind,
    artifacts: [{ path: plan.output, format: "oci", bytes }],
    platforms: product.executables.flatMap((executable, position) => {
      const made = images[position];
      if (made === undefined) return [];
      return [
        {
          platform: executable.platform,
          digest: made.manifest.descriptor.digest,
          ...sizesOf(executable),
          imageBytes: imageBytes(made),
          pullBytes: pullBytes(made),
        },
      ];
    }),
    index: rootOf(image).digest,
  };
}

/** Not the folder's name: where a site lies must not change its image. */
function imageName(input: Input): string {
  return input.kind === "site" ? "server" : basename(input.path, ".ts");
}

function sizesOf(executable: ProductExecutable): Omit<PlatformSummary, "platform" | "digest"> {
  const executableBytes = executable.bytes.length;
  const { contentBytes } = executable.sizes;
  return { executableBytes, ...executable.sizes, overheadBytes: executableBytes - contentBytes };
}

async function emit(
  input: Input,
  stage: Emit,
  options: ProductOptions,
  output: string | undefined,
): Promise<void> {
  if (output !== undefined) await requireWritable(output);
  const text = await emitStage(input, options, stage);
  if (output === undefined) process.stdout.write(text);
  else await writeOutput(output, [Buffer.from(text)], 0o644);
}

async function parseTags(texts: readonly string[]): Promise<readonly Reference[]> {
  if (texts.length === 0) return [];
  const { parseReference } = await import("../image/reference.ts");
  return texts.map((text) => {
    const reference = parseReference(text);
    if (reference.digest === undefined) return reference;
    throw new UserError(`--tag ${quote(text)} has a digest`, {
      help: "A name that is given to an image has none.",
    });
  });
}

function requireOutput(output: string | undefined): string {
  if (output !== undefined && output !== "") return output;
  throw new UserError("there is no output", {
    help: "Say where the result goes with -o, for example -o site.tar.",
  });
}

function requireOnePlatform(options: ProductOptions, what: string): ProductOptions {
  if (options.platforms.length === 1) return options;
  throw new UserError(`${what} is for one platform, and ${options.platforms.length} were asked for`, {
    help: "Name one with --platform, or write an image archive with --format oci.",
  });
}

function onlyExecutable(product: Product): ProductExecutable {
  const [executable] = product.executables;
  if (executable === undefined) throw new UserError("no executable was made");
  return executable;
}

function describe(summary: BuildSummary): readonly string[] {
  return summary.platforms.map((made) => {
    const around = `${formatBytes(made.contentBytes)} of content and ${formatBytes(made.overheadBytes)} around it`;
    const parts = summary.kind === "site" ? ` (${around})` : "";
    const pull = made.pullBytes === undefined ? "" : `; ${formatBytes(made.pullBytes)} to pull`;
    return `${made.platform}: ${formatBytes(made.executableBytes)}${parts}${pull}`;
  });
}

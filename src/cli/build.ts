/**
 * `microlith build INPUT -o OUT`: checks what was asked for, makes the executables, wraps and writes them, and
 * says what came out.
 */

import { createHasher, hashed } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import { formatPlatform, parsePlatform } from "../image/platform.ts";
import { type ImageFlags, type ImageSettings, imageOnlyFlag, parseImageOptions } from "./image-options.ts";
import { findInput, type Input } from "./input.ts";
import type { MadeImage } from "./make-image.ts";
import { emitStage, madePlatforms, makeProduct } from "./make-product.ts";
import {
  chooseFormat,
  type Emit,
  emits,
  type Format,
  type ImageFormat,
  parseChoice,
  quote,
} from "./options.ts";
import { outputsOf, requireNotInput, requireStream, standardOutput } from "./outputs.ts";
import type { Product, ProductExecutable, ProductOptions } from "./product.ts";
import { type ProductFlags, parseProductOptions } from "./product-options.ts";
import { parseRegistryOptions, type RegistryFlags } from "./registry-options.ts";
import { formatBytes, note, progress, result } from "./terminal.ts";
import { requireWritable, writeOutput } from "./write-output.ts";

/** As commander hands them over. */
export interface BuildOptions extends ProductFlags, ImageFlags, RegistryFlags {
  readonly output?: string;
  readonly format?: string;
  readonly emit?: string;
  readonly map?: string;
  readonly json?: boolean;
}

export async function build(inputPath: string, options: BuildOptions): Promise<void> {
  const product = await parseProductOptions(inputPath, options, madePlatforms);
  const settings = parseImageOptions(options, process.env);
  const format = chooseFormat(options.format, options.output);
  if (options.emit !== undefined) {
    if (options.json === true) {
      throw new UserError("--emit prints text, and no JSON", { help: "Leave one of the two out." });
    }
    const stage = parseChoice("--emit", options.emit, emits);
    if (options.output !== undefined) requireNotInput(inputPath, [options.output]);
    await emit(findInput(inputPath), stage, requireOnePlatform(product, "--emit"), options.output);
    return;
  }
  const output = requireOutput(options.output);
  const outputs = outputsOf(output, options.map, settings, product.platforms);
  requireNotInput(inputPath, outputs);
  if (output === standardOutput) requireStream(format, options.json === true, process.stdout.isTTY === true);
  if (options.map !== undefined) {
    requireOnePlatform(product, "--map");
    await requireWritable(options.map);
  }
  const plan = {
    input: findInputWhenPlaced(inputPath),
    output,
    settings,
    product: { ...product, outputs },
  };
  const summary =
    format === "elf" ? await buildExecutable(plan, options) : await buildImage({ ...plan, format }, options);
  if (options.json === true) {
    result(JSON.stringify(summary));
  } else {
    if (output !== standardOutput) result(output);
    for (const line of describe(summary)) note(line);
  }
}

interface Plan {
  /** Looked for after the output was found writable. */
  readonly input: () => Input;
  readonly output: string;
  readonly settings: ImageSettings;
  readonly product: ProductOptions;
}

/** What `--json` prints. Sizes in bytes. */
export interface BuildSummary {
  readonly kind: "site" | "program";
  readonly artifacts: readonly {
    readonly path: string;
    readonly format: Format | "spdx" | "cyclonedx" | "slsa" | "map";
    /** Of a folder: left out. */
    readonly bytes?: number;
  }[];
  readonly platforms: readonly PlatformSummary[];
  /** Digest of what an archive's name points to: the index, or the manifest of an only platform. */
  readonly index?: string;
  /** Artifacts in the archive or layout that refer to the image. */
  readonly referrers?: readonly { readonly artifactType: string; readonly digest: string }[];
}

export interface PlatformSummary {
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
  /** Sum of file sizes in the image; of one on top of another: left out, because the base is not unpacked. */
  readonly imageBytes?: number;
  /** Manifest, config and compressed layers. */
  readonly pullBytes?: number;
}

async function buildExecutable(plan: Plan, flags: BuildOptions): Promise<BuildSummary> {
  requireOnePlatform(plan.product, "an executable");
  const flag = imageOnlyFlag(flags);
  if (flag === "tag") {
    throw new UserError("--tag names an image, and an executable has no name", {
      help: "Write an image archive with --format oci, or leave --tag out.",
    });
  }
  const [attached] = [...plan.settings.sboms, ...plan.settings.provenances];
  const name =
    flag ?? (attached === undefined ? undefined : attached.kind === "slsa" ? "provenance" : "sbom");
  if (name === "base") {
    throw new UserError(`--base ${quote(flags.base ?? "")} names an image, and an executable is none`, {
      help: "A path that the site lies under begins with a slash, as in /docs; an image needs --format oci.",
    });
  }
  if (name !== undefined) {
    throw new UserError(`--${name} is about an image, and an executable is none`, {
      help: `Write an image archive with --format oci, or leave --${name} out.`,
    });
  }
  if (plan.output !== standardOutput) await requireWritable(plan.output);
  const product = await makeProduct(plan.input(), plan.product);
  const executable = onlyExecutable(product);
  if (plan.settings.maxBytes !== undefined) {
    const { requireSize } = await import("./make-image.ts");
    requireSize(executable.file.size, plan.settings.maxBytes, "in the executable");
  }
  const hasher = createHasher();
  const bytes = await writeOutput(plan.output, hashed(executable.file.read(), hasher), 0o755);
  return {
    kind: product.kind,
    artifacts: [{ path: plan.output, format: "elf", bytes }, ...(await writeMap(product, flags.map))],
    platforms: [{ platform: executable.platform, digest: hasher.digest(), ...sizesOf(executable) }],
  };
}

async function buildImage(
  plan: Plan & { readonly format: ImageFormat },
  flags: BuildOptions,
): Promise<BuildSummary> {
  const { output, format, settings } = plan;
  if (format === "docker" || format === "rootfs") requireOnePlatform(plan.product, `--format ${format}`);
  const { requireImagePlace } = await import("./write-image.ts");
  if (output !== standardOutput) await requireImagePlace(output, format);
  for (const { path } of [...settings.sboms, ...settings.provenances]) {
    if (path !== undefined) await requireWritable(path);
  }
  const input = plan.input();
  const product = await makeProduct(input, plan.product);
  progress("packing the image");
  const { makeImage } = await import("./make-image.ts");
  const move = { env: process.env, registry: await parseRegistryOptions(flags, undefined) };
  const image = await makeImage(product, input, plan.product.port, settings, move);
  try {
    const bytes = await write(image, plan);
    const files: BuildSummary["artifacts"][number][] = [];
    for (const document of image.documents) {
      const written = await writeOutput(document.path, [document.bytes], 0o644);
      files.push({ path: document.path, format: document.format, bytes: written });
    }
    const artifact = { path: output, format, ...(bytes === undefined ? {} : { bytes }) };
    return {
      kind: product.kind,
      artifacts: [artifact, ...files, ...(await writeMap(product, flags.map))],
      platforms: await platformsOf(product, image, settings),
      index: image.root.digest,
      ...referrersOf(image),
    };
  } finally {
    await image.close();
  }
}

/** An archive is written from the values that were just made; other forms are written as any image is. */
async function write(
  image: MadeImage,
  plan: Plan & { readonly format: ImageFormat },
): Promise<number | undefined> {
  const { settings, output, format } = plan;
  const { allBlobs, archiveOf } = await import("../image/archive.ts");
  if (format === "oci") {
    const { annotations } = image.root;
    const options = { tags: settings.tags, mtime: image.created ?? 0 };
    const named = annotations === undefined ? options : { ...options, rootAnnotations: annotations };
    return writeOutput(output, archiveOf(image.made, named, image.artifacts).read(), 0o644);
  }
  const [{ sourceOfMade }, { writeImageOutput }] = await Promise.all([
    import("./make-image.ts"),
    import("./write-image.ts"),
  ]);
  const source = sourceOfMade(image, allBlobs(image.made));
  const platform = parsePlatform(plan.product.platforms[0] ?? "");
  const root = { descriptor: image.root, names: [] };
  return writeImageOutput(
    source,
    root,
    { path: output, format, tags: settings.tags, platform },
    { env: process.env },
  );
}

export async function platformsOf(
  product: Product,
  image: MadeImage,
  settings: ImageSettings,
): Promise<readonly PlatformSummary[]> {
  const { imageBytes, pullBytes } = await import("../image/image.ts");
  return product.executables.flatMap((executable, position) => {
    const made = image.images[position];
    if (made === undefined) return [];
    return [
      {
        platform: formatPlatform(made.platform),
        digest: made.manifest.descriptor.digest,
        ...sizesOf(executable),
        ...(settings.base === undefined ? { imageBytes: imageBytes(made) } : {}),
        pullBytes: pullBytes(made),
      },
    ];
  });
}

export function referrersOf(image: MadeImage): Pick<BuildSummary, "referrers"> {
  if (image.artifacts.length === 0) return {};
  return {
    referrers: image.artifacts.map(({ manifest }) => ({
      artifactType: manifest.value.artifactType ?? "",
      digest: manifest.descriptor.digest,
    })),
  };
}

function sizesOf(executable: ProductExecutable): Omit<PlatformSummary, "platform" | "digest"> {
  const executableBytes = executable.file.size;
  const { contentBytes } = executable.sizes;
  return { executableBytes, ...executable.sizes, overheadBytes: executableBytes - contentBytes };
}

async function emit(
  input: Input,
  stage: Emit,
  options: ProductOptions,
  output: string | undefined,
): Promise<void> {
  const isFile = output !== undefined && output !== standardOutput;
  if (isFile) await requireWritable(output);
  const text = await emitStage(input, options, stage);
  if (!isFile) process.stdout.write(text);
  else await writeOutput(output, [Buffer.from(text)], 0o644);
}

async function writeMap(product: Product, path: string | undefined): Promise<BuildSummary["artifacts"]> {
  if (path === undefined) return [];
  const { sizeMapOf } = await import("./inspect-elf.ts");
  const text = JSON.stringify(await sizeMapOf(onlyExecutable(product)));
  return [{ path, format: "map", bytes: await writeOutput(path, [Buffer.from(text)], 0o644) }];
}

function findInputWhenPlaced(path: string): () => Input {
  return () => findInput(path);
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

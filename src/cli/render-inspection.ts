/**
 * What `inspect` found, as text. Names and values may be a stranger's: what would move a terminal's cursor is shown as an escape.
 */

import { formatNumber } from "../base/numbers.ts";
import type { InspectedImage } from "../image/inspect.ts";
import type { ImageInspection } from "./inspect.ts";
import type { ElfInspection } from "./inspect-elf.ts";
import type { SiteInspection } from "./inspect-site.ts";
import { formatBytes } from "./terminal.ts";

/** Rows of a list; the rest is counted. `--json` has them all. */
const mostRows = 40;

export function renderImage(name: string, found: ImageInspection): string {
  const lines = [`${plain(name)}`, `  ${found.digest}`, `  ${plain(found.mediaType)}`];
  if (Object.keys(found.annotations).length > 0 && found.images.length !== 1) {
    lines.push(...pairs("annotations", found.annotations));
  }
  for (const image of found.images) lines.push("", ...renderPlatform(image));
  for (const executable of found.executables) lines.push("", ...elfLines(executable));
  if (found.artifacts.length > 0) {
    lines.push("", "refers to it, or is no image");
    for (const { artifactType, size, digest } of found.artifacts) {
      lines.push(`  ${plain(artifactType)}, ${formatBytes(size)}, ${digest}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

export function renderElf(found: ElfInspection): string {
  return `${elfLines(found).join("\n")}\n`;
}

export function renderSite(found: SiteInspection): string {
  const lines = [
    `${plain(found.path)}: ${formatNumber(found.fileCount)} files, ${formatBytes(found.contentBytes)}`,
    ...table(
      found.mediaTypes.map(({ mediaType, files, bytes }) => [bytes, `${mediaType} (${formatNumber(files)})`]),
    ),
    "",
    "files, the largest first",
    ...table([...found.files].sort((a, b) => b.bytes - a.bytes).map(({ path, bytes }) => [bytes, path])),
    ...found.notes.map((text) => `note: ${plain(text)}`),
  ];
  return `${lines.join("\n")}\n`;
}

function renderPlatform(image: InspectedImage): readonly string[] {
  const { run } = image;
  const command = [...(run.Entrypoint ?? []), ...(run.Cmd ?? [])];
  const sizes =
    `${formatBytes(image.pullBytes)} to pull (manifest ${formatNumber(image.manifestBytes)}, ` +
    `config ${formatNumber(image.configBytes)}, layers ${formatNumber(image.layerBytes)})`;
  const row = (label: string, value: string | undefined): readonly string[] =>
    value === undefined || value === "" ? [] : [`  ${label.padEnd(12)}${plain(value)}`];
  return [
    `${plain(image.platform)}  ${image.digest}`,
    ...row(
      "sizes",
      image.imageBytes === undefined ? sizes : `${sizes}; ${formatBytes(image.imageBytes)} of files`,
    ),
    ...row("created", image.created),
    ...row("runs", command.length === 0 ? undefined : command.map((word) => JSON.stringify(word)).join(" ")),
    ...row("user", run.User),
    ...row("folder", run.WorkingDir),
    ...row("ports", Object.keys(run.ExposedPorts ?? {}).join(", ")),
    ...row("stop signal", run.StopSignal),
    ...row("check", run.Healthcheck?.Test?.join(" ")),
    ...(run.Env ?? []).flatMap((value) => row("env", value)),
    ...pairs("labels", run.Labels ?? {}),
    ...pairs("annotations", image.annotations),
    ...image.layers.flatMap((layer) =>
      row("layer", `${layer.mediaType}, ${formatBytes(layer.size)}, ${layer.digest}`),
    ),
    ...(image.files.length === 0
      ? []
      : [
          "  files",
          ...table(
            image.files.map(({ path, size, kind }) => [size, kind === "file" ? path : `${path} (${kind})`]),
          ),
        ]),
  ];
}

function elfLines(found: ElfInspection): readonly string[] {
  const named =
    found.owners.length > 0
      ? found.owners.map(({ kind, name, bytes }) => [bytes, `${kind} ${name}`] as const)
      : undefined;
  const symbols = found.symbols.map(({ name, size }) => [size, name] as const);
  return [
    `${plain(found.path)}: ${found.type} for ${found.platform}, ${formatBytes(found.bytes)}, entry ${hex(found.entry)}`,
    `  ${found.digest}`,
    "  segments",
    ...found.segments.map(segmentLine),
    ...(named === undefined ? [] : ["  bytes by owner", ...table(named)]),
    ...(named === undefined && symbols.length > 0 ? ["  symbols", ...table(symbols)] : []),
    ...(named === undefined && symbols.length === 0
      ? [
          "  it has no symbols; built with --debug it has, and build --map FILE writes the owner of every byte",
        ]
      : []),
  ];
}

function segmentLine({
  kind,
  access,
  address,
  fileSize,
  memorySize,
}: ElfInspection["segments"][number]): string {
  // Linux reads the access of this one and nothing else, so ours has the first bytes of code where its numbers would be.
  if (kind === "stack") return `    ${access}  the stack`;
  const sizes = `${formatNumber(fileSize)} in the file, ${formatNumber(memorySize)} in memory`;
  return `    ${access}  ${hex(address)}  ${sizes}${kind === "load" ? "" : ` (${kind})`}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

function pairs(label: string, values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).map(([key, value], position) => {
    const head = position === 0 ? label : "";
    return `  ${head.padEnd(12)}${plain(key)}=${plain(value)}`;
  });
}

function table(rows: readonly (readonly [bytes: number, text: string])[]): readonly string[] {
  const shown = rows.slice(0, mostRows);
  const width = Math.max(0, ...shown.map(([bytes]) => formatNumber(bytes).length));
  const lines = shown.map(([bytes, text]) => `    ${formatNumber(bytes).padStart(width)}  ${plain(text)}`);
  const rest = rows.slice(mostRows);
  if (rest.length === 0) return lines;
  const bytes = rest.reduce((sum, [size]) => sum + size, 0);
  return [...lines, `    and ${formatNumber(rest.length)} more with ${formatBytes(bytes)}`];
}

/** Without control characters. */
function plain(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

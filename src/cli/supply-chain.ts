/**
 * The documents that go with an image: for each platform's image a bill of materials, every file of it and every package that went in, and for the whole its
 * provenance. Each is a file beside it, or an artifact that refers to it.
 */

import { createHash } from "node:crypto";
import { basename, isAbsolute } from "node:path";
import { splitDigest } from "../base/digest.ts";
import { rootOf } from "../image/archive.ts";
import { type Artifact, artifactOf } from "../image/artifact.ts";
import type { Image, ImageIndex } from "../image/image.ts";
import { sourceOf } from "../image/image-source.ts";
import { formatPlatform } from "../image/platform.ts";
import { provenanceOf, provenanceType } from "../image/provenance.ts";
import { rootfsEntries } from "../image/rootfs.ts";
import {
  cyclonedxOf,
  type MaterialFile,
  type MaterialPackage,
  type Materials,
  packagesOfLockfile,
  sbomTypes,
  spdxOf,
} from "../image/sbom.ts";
import type { Opened } from "../move.ts";
import { pathFor } from "./document-paths.ts";
import type { DocumentOption, ImageSettings } from "./image-options.ts";
import type { Input } from "./input.ts";
import type { Product } from "./product.ts";
import { readGit, readLockfile, readPackage } from "./project.ts";
import { progress } from "./terminal.ts";
import { readVersion } from "./version.ts";

export interface MadeDocument {
  readonly path: string;
  readonly format: "spdx" | "cyclonedx" | "slsa";
  readonly bytes: Uint8Array;
}

export interface DocumentRequest {
  readonly input: Input;
  readonly product: Product;
  readonly made: Image | ImageIndex;
  readonly images: readonly Image[];
  /** Of the executable in the image. */
  readonly name: string;
  readonly settings: ImageSettings;
  readonly created: number | undefined;
  readonly base: Opened | undefined;
}

const tool = { name: "microlith", version: readVersion() };

export async function makeDocuments(
  request: DocumentRequest,
): Promise<{ readonly artifacts: readonly Artifact[]; readonly documents: readonly MadeDocument[] }> {
  const { settings, images } = request;
  const artifacts: Artifact[] = [];
  const documents: MadeDocument[] = [];
  const { sboms, provenances } = settings;
  if (sboms.length > 0) progress("listing what is in the image");
  for (const image of sboms.length > 0 ? images : []) {
    const materials = await materialsOf(image, request);
    for (const { kind, path } of sboms) {
      const bytes = await (kind === "spdx" ? spdxOf(materials) : cyclonedxOf(materials));
      if (path === undefined) {
        const subject = image.manifest.descriptor;
        const fileName = { spdx: "sbom.spdx.json", cyclonedx: "sbom.cdx.json" }[kind];
        artifacts.push(artifactOf({ subject, artifactType: sbomTypes[kind], payload: bytes, fileName }));
      } else {
        documents.push({ path: pathFor(path, image.platform, images.length), format: kind, bytes });
      }
    }
  }
  for (const option of provenances) {
    const bytes = provenance(request);
    place(option, bytes, () =>
      artifacts.push(
        artifactOf({
          subject: rootOf(request.made),
          artifactType: provenanceType,
          payload: bytes,
          fileName: "provenance.slsa.json",
        }),
      ),
    );
  }
  return { artifacts, documents };

  function place(option: DocumentOption<"slsa">, bytes: Uint8Array, attach: () => void): void {
    if (option.path === undefined) attach();
    else documents.push({ path: option.path, format: option.kind, bytes });
  }
}

async function materialsOf(image: Image, request: DocumentRequest): Promise<Materials> {
  const { input, name, created } = request;
  const manifest = readPackage(input.path);
  const inImage = await filesOf(image);
  return {
    name: manifest?.name ?? name,
    ...(manifest?.version === undefined ? {} : { version: manifest.version }),
    ...(manifest?.license === undefined ? {} : { license: manifest.license }),
    tool,
    ...(created === undefined ? {} : { created }),
    files: [...inImage, ...(await siteFiles(request.product, name))],
    packages: [...packagesOf(input), ...basePackage(request, image)],
  };
}

async function filesOf(image: Image): Promise<readonly MaterialFile[]> {
  const files: MaterialFile[] = [];
  for await (const { path, kind, size, content } of rootfsEntries(sourceOf(image), image.manifest.value)) {
    if (kind !== "file") continue;
    const sha256 = createHash("sha256");
    const sha1 = createHash("sha1");
    for await (const chunk of content) {
      sha256.update(chunk);
      sha1.update(chunk);
    }
    files.push({ path: `/${path}`, size, sha256: sha256.digest("hex"), sha1: sha1.digest("hex") });
  }
  return files;
}

/** Files inside of the executable: `/server!/index.html`, as files in archives are written. */
async function siteFiles(product: Product, name: string): Promise<readonly MaterialFile[]> {
  const { openContent } = await import("../site/scan.ts");
  const files: MaterialFile[] = [];
  for (const file of product.files) {
    const content = openContent(file, false);
    const sha1 = createHash("sha1");
    for await (const chunk of content.read()) sha1.update(chunk);
    const sha256 = splitDigest(content.digest).hex;
    files.push({ path: `/${name}!${file.path}`, size: file.size, sha256, sha1: sha1.digest("hex") });
  }
  return files;
}

/** What a bundler may have put into the site, and the server's own code. */
function packagesOf(input: Input): readonly MaterialPackage[] {
  const lockfile = input.kind === "site" ? readLockfile(input.path) : undefined;
  const packages = lockfile === undefined ? [] : packagesOfLockfile(lockfile.bytes, lockfile.path);
  const { name, version } = tool;
  return [...packages, { name, version, license: "MIT", purl: `pkg:npm/${name}@${version}` }];
}

function basePackage({ base }: DocumentRequest, image: Image): readonly MaterialPackage[] {
  const named = baseOf(image);
  if (base === undefined || named === undefined) return [];
  const { name, digest } = named;
  const short = name.slice(name.lastIndexOf("/") + 1).replace(/:.*/, "");
  const query = new URLSearchParams({ repository_url: name.replace(/[:@][^/]*$/, "") });
  const purl = `pkg:oci/${encodeURIComponent(short)}@${encodeURIComponent(digest)}?${query}`;
  return [{ name, version: digest, purl }];
}

function baseOf(image: Image): { readonly name: string; readonly digest: string } | undefined {
  const annotations = image.manifest.value.annotations ?? {};
  const name = annotations["org.opencontainers.image.base.name"];
  const digest = annotations["org.opencontainers.image.base.digest"];
  return name === undefined || digest === undefined ? undefined : { name, digest };
}

function provenance({ input, made, images, name, settings, created, base }: DocumentRequest): Uint8Array {
  const repository = readGit(input.path);
  const bases = base === undefined ? [] : images.map(baseOf).filter((one) => one !== undefined);
  const root = rootOf(made);
  const others = images.filter((image) => image.manifest.descriptor.digest !== root.digest);
  return provenanceOf({
    subjects: [
      { name, digest: root.digest },
      ...others.map((image) => ({
        name: `${name} ${formatPlatform(image.platform)}`,
        digest: image.manifest.descriptor.digest,
      })),
    ],
    tool,
    parameters: {
      // A machine's own folders are nobody's business.
      input: isAbsolute(input.path) ? basename(input.path) : input.path,
      kind: input.kind,
      platforms: images.map((image) => formatPlatform(image.platform)),
      ...(settings.base === undefined ? {} : { base: settings.base }),
      layerCompression: settings.compression,
    },
    materials: [
      ...(repository === undefined
        ? []
        : [
            {
              uri: `git+${repository.source ?? "local"}@${repository.revision}`,
              digest: { gitCommit: repository.commit },
            },
          ]),
      ...bases.map((one) => ({
        uri: `docker://${one.name}`,
        digest: { sha256: one.digest.replace(/^sha256:/, "") },
      })),
    ],
    builder: builderOf(process.env),
    ...(created === undefined ? {} : { finished: created }),
  });
}

/** Who ran the tool: the run of a CI system where one says so. */
function builderOf(env: Readonly<Record<string, string | undefined>>): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  if (server !== undefined && repository !== undefined && run !== undefined) {
    return `${server}/${repository}/actions/runs/${run}`;
  }
  return env.CI_JOB_URL ?? env.BUILD_URL ?? "urn:microlith:builder:local";
}

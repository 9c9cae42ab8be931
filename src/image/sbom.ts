/**
 * A bill of materials: every file of an image and every package that went into it, as CycloneDX 1.6 (by CycloneDX's own library) and as SPDX 2.3.
 * Both are the same for the same input: no random serial numbers, no time unless one is given.
 *
 * CycloneDX v1.6 (ECMA-424); SPDX specification 2.3, clauses 6 to 11.
 */

import { createHash } from "node:crypto";
import { canonicalJsonBytes, type Json } from "../base/canonical-json.ts";
import { digestOf } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";
import { formatTime } from "./config.ts";
import { isLicenseExpression } from "./license.ts";
import { isObject, parseObject } from "./parse.ts";

export interface Materials {
  /** Of the image or executable. */
  readonly name: string;
  readonly version?: string;
  /** SPDX expression, or whatever else package.json says. */
  readonly license?: string;
  /** The tool that made it. */
  readonly tool: { readonly name: string; readonly version: string };
  /** Seconds since 1970. */
  readonly created?: number;
  readonly files: readonly MaterialFile[];
  readonly packages: readonly MaterialPackage[];
}

export interface MaterialFile {
  /** In the image, or of the site. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  /** In lower-case hex. */
  readonly sha256: string;
  readonly sha1: string;
}

export interface MaterialPackage {
  readonly name: string;
  readonly version: string;
  /** As the package says: an SPDX expression, or words. */
  readonly license?: string;
  /** Package URL. */
  readonly purl: string;
  /** As npm writes it: `sha512-…` in base64. */
  readonly integrity?: string;
}

/** Media types by which the documents are found as referrers. */
export const sbomTypes = {
  cyclonedx: "application/vnd.cyclonedx+json",
  spdx: "application/spdx+json",
} as const;

/** CycloneDX 1.6 JSON. */
export async function cyclonedxOf(materials: Materials): Promise<Uint8Array> {
  const { Enums, Models, Serialize, Spec, SPDX } = await import("@cyclonedx/cyclonedx-library");
  const component = (
    type: ConstructorParameters<typeof Models.Component>[0],
    name: string,
    options: ConstructorParameters<typeof Models.Component>[2],
    license?: string,
  ): InstanceType<typeof Models.Component> => {
    const made = new Models.Component(type, name, options);
    if (license === undefined) return made;
    const isExpression = isLicenseExpression(license, SPDX.isSupportedSpdxId);
    made.licenses.add(
      isExpression ? new Models.LicenseExpression(license) : new Models.NamedLicense(license),
    );
    return made;
  };
  const bom = new Models.Bom({ version: 1 });
  bom.metadata.component = component(
    Enums.ComponentType.Container,
    materials.name,
    { bomRef: "image", ...(materials.version === undefined ? {} : { version: materials.version }) },
    materials.license,
  );
  bom.metadata.tools.tools.add(new Models.Tool(materials.tool));
  if (materials.created !== undefined) bom.metadata.timestamp = new Date(materials.created * 1000);
  for (const file of materials.files) {
    const hashes = new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], file.sha256]]);
    const properties = new Models.PropertyRepository([
      new Models.Property("microlith:size", String(file.size)),
    ]);
    const made = component(Enums.ComponentType.File, file.path, {
      bomRef: `file:${file.path}`,
      hashes,
      properties,
    });
    bom.components.add(made);
    bom.metadata.component.dependencies.add(made.bomRef);
  }
  for (const item of materials.packages) {
    const sha512 = hexOfIntegrity(item.integrity);
    const hashes = new Models.HashDictionary(
      sha512 === undefined ? [] : [[Enums.HashAlgorithm["SHA-512"], sha512]],
    );
    const { version } = item;
    const made = component(
      Enums.ComponentType.Library,
      item.name,
      { bomRef: item.purl, version, hashes },
      item.license,
    );
    made.purl = item.purl as never;
    bom.components.add(made);
    bom.metadata.component.dependencies.add(made.bomRef);
  }
  const normal = new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6);
  const text = new Serialize.JsonSerializer(normal).serialize(bom, { sortLists: true });
  return Buffer.from(text);
}

/** SPDX 2.3 JSON. */
export async function spdxOf(materials: Materials): Promise<Uint8Array> {
  const { isSupportedSpdxId } = (await import("@cyclonedx/cyclonedx-library")).SPDX;
  // Clause 10: what is on no list of SPDX's is quoted once, and has a name in this document.
  const quoted: string[] = [];
  const declared = (license: string | undefined): { readonly licenseDeclared?: string } => {
    if (license === undefined) return {};
    if (isLicenseExpression(license, isSupportedSpdxId)) return { licenseDeclared: license };
    if (!quoted.includes(license)) quoted.push(license);
    return { licenseDeclared: `LicenseRef-${quoted.indexOf(license)}` };
  };
  const files = materials.files.map((file, at) => ({
    SPDXID: `SPDXRef-File-${at}`,
    fileName: `./${file.path.replace(/^\/+/, "")}`,
    checksums: [
      { algorithm: "SHA1", checksumValue: file.sha1 },
      { algorithm: "SHA256", checksumValue: file.sha256 },
    ],
    comment: `${file.size} bytes`,
  }));
  const packages = materials.packages.map((item, at) => {
    const sha512 = hexOfIntegrity(item.integrity);
    return {
      SPDXID: `SPDXRef-Package-${at}`,
      name: item.name,
      versionInfo: item.version,
      downloadLocation: "NOASSERTION",
      filesAnalyzed: false,
      ...declared(item.license),
      ...(sha512 === undefined ? {} : { checksums: [{ algorithm: "SHA512", checksumValue: sha512 }] }),
      externalRefs: [
        { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: item.purl },
      ],
    };
  });
  const root = {
    SPDXID: "SPDXRef-Image",
    name: materials.name,
    ...(materials.version === undefined ? {} : { versionInfo: materials.version }),
    ...declared(materials.license),
    downloadLocation: "NOASSERTION",
    filesAnalyzed: true,
    packageVerificationCode: { packageVerificationCodeValue: verificationCode(materials.files) },
    primaryPackagePurpose: "CONTAINER",
  };
  const relationship = (from: string, relationshipType: string, to: string): Json => ({
    spdxElementId: from,
    relationshipType,
    relatedSpdxElement: to,
  });
  const document: Json = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: materials.name,
    // Unique per content, as clause 6.5 asks, without being random.
    documentNamespace: `urn:microlith:spdx:${digestOf(canonicalJsonBytes(materials as unknown as Json)).slice("sha256:".length)}`,
    creationInfo: {
      created: formatTime(materials.created ?? 0),
      creators: [`Tool: ${materials.tool.name}-${materials.tool.version}`],
    },
    packages: [root, ...packages],
    files,
    ...(quoted.length === 0 ? {} : { hasExtractedLicensingInfos: quoted.map(extracted) }),
    relationships: [
      relationship("SPDXRef-DOCUMENT", "DESCRIBES", root.SPDXID),
      ...files.map((file) => relationship(root.SPDXID, "CONTAINS", file.SPDXID)),
      ...packages.map((item) => relationship(root.SPDXID, "GENERATED_FROM", item.SPDXID)),
    ],
  };
  return canonicalJsonBytes(document);
}

function extracted(license: string, at: number): Json {
  return { licenseId: `LicenseRef-${at}`, name: license, extractedText: license };
}

/** Clause 7.9: a digest over the digests of the files, sorted. */
function verificationCode(files: readonly MaterialFile[]): string {
  const sorted = files.map(({ sha1 }) => sha1).sort();
  return createHash("sha1").update(sorted.join("")).digest("hex");
}

/**
 * The packages that npm's lockfile (version 2 or 3) installs for production, sorted by name and version.
 * @throws UserError for a lockfile of another kind
 */
export function packagesOfLockfile(bytes: Uint8Array, what: string): readonly MaterialPackage[] {
  const { packages } = parseObject(bytes, what);
  if (!isObject(packages)) {
    throw new UserError(`${what} is not an npm lockfile of version 2 or 3`, {
      exitCode: 1,
      help: "write it anew with npm install --package-lock-only",
    });
  }
  const found = new Map<string, MaterialPackage>();
  for (const [path, entry] of Object.entries(packages)) {
    if (!isObject(entry) || entry.dev === true || entry.link === true) continue;
    const name = typeof entry.name === "string" ? entry.name : path.split("node_modules/").at(-1);
    if (!path.includes("node_modules/") || name === undefined || typeof entry.version !== "string") continue;
    const purl = `pkg:npm/${name.split("/").map(encodeURIComponent).join("/")}@${encodeURIComponent(entry.version)}`;
    found.set(purl, {
      name,
      version: entry.version,
      purl,
      ...(typeof entry.license === "string" ? { license: entry.license } : {}),
      ...(typeof entry.integrity === "string" ? { integrity: entry.integrity } : {}),
    });
  }
  return [...found.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

function hexOfIntegrity(integrity: string | undefined): string | undefined {
  const base64 = /(?:^|\s)sha512-([A-Za-z0-9+/=]+)/.exec(integrity ?? "")?.[1];
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("hex");
}

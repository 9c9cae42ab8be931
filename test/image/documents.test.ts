/**
 * What we write, judged by the schemas of those who wrote the specifications: the OCI image-spec's (Debian package
 * golang-github-opencontainers-image-spec-dev) and CycloneDX's; SPDX's by a schema after its clauses (test/support/spdx-schema.ts).
 */

import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import { Ajv } from "ajv";
import { default as Ajv04 } from "ajv-draft-04";
import { describe, expect, test } from "vitest";
import { bytesSource, collectBytes } from "../../src/base/byte-source.ts";
import { annotationsFor, parseAnnotation } from "../../src/image/annotation-option.ts";
import { artifactOf } from "../../src/image/artifact.ts";
import { imageOnBase, pickBase } from "../../src/image/base-image.ts";
import { documentOf } from "../../src/image/descriptor.ts";
import { imageOfExecutable, indexOf } from "../../src/image/image.ts";
import { blobSource, pickPlatform, sourceOf } from "../../src/image/image-source.ts";
import { inspect } from "../../src/image/inspect.ts";
import { layerOf } from "../../src/image/layer.ts";
import { parseLocation } from "../../src/image/location.ts";
import { mediaTypes } from "../../src/image/media-type.ts";
import { parsePlatform } from "../../src/image/platform.ts";
import { provenanceOf, provenanceType } from "../../src/image/provenance.ts";
import { rootfsEntries, rootfsTar } from "../../src/image/rootfs.ts";
import { cyclonedxOf, type Materials, packagesOfLockfile, spdxOf } from "../../src/image/sbom.ts";
import { type TarEntry, tarOf } from "../../src/image/tar.ts";
import { readTar } from "../../src/image/tar-read.ts";
import { validate } from "../../src/image/validate.ts";
import { sampleImage } from "../support/sample-image.ts";
import { spdxSchema } from "../support/spdx-schema.ts";

const schemas = "/usr/share/gocode/src/github.com/opencontainers/image-spec/schema";
const missing = existsSync(schemas)
  ? undefined
  : "golang-github-opencontainers-image-spec-dev is not installed";
if (missing !== undefined && process.env.CI === "true") throw new Error(missing);

describe.skipIf(missing !== undefined)(
  `the OCI schemas${missing === undefined ? "" : ` (${missing})`}`,
  () => {
    const base = "https://opencontainers.org/schema/";
    const ajv = new Ajv04.default({
      strict: false,
      formats: { "date-time": true, uri: true },
      validateFormats: false,
    });
    if (missing === undefined) {
      for (const file of readdirSync(schemas).filter((name) => name.endsWith(".json"))) {
        const schema = withoutIds(JSON.parse(readFileSync(join(schemas, file), "utf8"))) as Record<
          string,
          unknown
        >;
        ajv.addSchema({ ...schema, id: base + file });
      }
    }
    const problems = (file: string, bytes: Uint8Array): unknown => {
      const check = ajv.getSchema(base + file);
      check?.(JSON.parse(Buffer.from(bytes).toString()));
      return check === undefined ? "no schema" : (check.errors ?? []);
    };

    test("accept an image with everything in it", async () => {
      const image = await imageOfExecutable({
        platform: parsePlatform("linux/arm/v6"),
        name: "site",
        executable: bytesSource(Buffer.from("x")),
        run: {
          User: "65532:65532",
          ExposedPorts: { "8080/tcp": {} },
          Env: ["A=b"],
          Cmd: ["8080"],
          WorkingDir: "/",
          Labels: { a: "b" },
          StopSignal: "SIGTERM",
          Healthcheck: { Test: ["CMD", "/site", "--check"], Interval: 30e9 },
        },
        annotations: { "org.opencontainers.image.title": "site" },
        created: 1_700_000_000,
      });
      const index = indexOf([image], { a: "b" });
      expect(problems("config-schema.json", image.config.bytes)).toEqual([]);
      expect(problems("image-manifest-schema.json", image.manifest.bytes)).toEqual([]);
      expect(problems("image-index-schema.json", index.index.bytes)).toEqual([]);
    });

    test("find what is wrong, so that accepting says something", () => {
      expect(problems("image-manifest-schema.json", Buffer.from('{"schemaVersion":2}'))).not.toEqual([]);
    });

    test("accept an artifact", async () => {
      const image = await sampleImage();
      const artifact = artifactOf({
        subject: image.manifest.descriptor,
        artifactType: provenanceType,
        payload: Buffer.from("{}"),
        fileName: "provenance.json",
      });
      // By this oras knows what to call it.
      expect(artifact.manifest.value.layers).toMatchObject([
        { annotations: { "org.opencontainers.image.title": "provenance.json" } },
      ]);
      expect(problems("image-manifest-schema.json", artifact.manifest.bytes)).toEqual([]);
      const root = { descriptor: artifact.manifest.descriptor, names: [] };
      expect(await validate(blobSource("x", root, artifact.blobs), root.descriptor)).toEqual([]);
    });
  },
);

/** Draft 4 lets an `id` beside a `$ref` move the base of the reference; these are not meant to. */
function withoutIds(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIds);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(
    ([key, member]) => !((key === "id" || key === "$schema") && typeof member === "string"),
  );
  return Object.fromEntries(members.map(([key, member]) => [key, withoutIds(member)]));
}

const materials: Materials = {
  name: "site",
  version: "1.0.0",
  license: "MIT",
  tool: { name: "microlith", version: "0.1.0" },
  created: 1_700_000_000,
  files: [
    { path: "/index.html", size: 5, sha256: "a".repeat(64), sha1: "b".repeat(40) },
    { path: "/ä b.css", size: 0, sha256: "c".repeat(64), sha1: "d".repeat(40) },
  ],
  packages: [
    {
      name: "@a/b",
      version: "1.2.3",
      license: "Apache-2.0 OR MIT",
      purl: "pkg:npm/%40a/b@1.2.3",
      integrity: `sha512-${Buffer.alloc(64).toString("base64")}`,
    },
  ],
};

/** As npm's registry has them. */
const worded: Materials = {
  ...materials,
  license: "SEE LICENSE IN LICENSE.md",
  packages: ["UNLICENSED", "MIT", "BSD", "UNLICENSED"].map((license, at) => ({
    name: `p${at}`,
    version: "1.0.0",
    license,
    purl: `pkg:npm/p${at}@1.0.0`,
  })),
};

describe("bills of materials", () => {
  test("a licence that is no SPDX expression is quoted", async () => {
    const spdx = JSON.parse(Buffer.from(await spdxOf(worded)).toString());
    expect(spdx.packages.map((one: { licenseDeclared: string }) => one.licenseDeclared)).toEqual([
      "LicenseRef-2",
      "LicenseRef-0",
      "MIT",
      "LicenseRef-1",
      "LicenseRef-0",
    ]);
    const text = (one: { extractedText: string }): string => one.extractedText;
    expect(spdx.hasExtractedLicensingInfos.map(text)).toEqual([
      "UNLICENSED",
      "BSD",
      "SEE LICENSE IN LICENSE.md",
    ]);
    const bom = JSON.parse(Buffer.from(await cyclonedxOf(worded)).toString());
    expect(bom.metadata.component.licenses).toEqual([{ license: { name: "SEE LICENSE IN LICENSE.md" } }]);
    const named = bom.components.filter((one: { name: string }) => one.name.startsWith("p"));
    expect(named.map((one: { licenses: unknown }) => one.licenses)).toEqual([
      [{ license: { name: "UNLICENSED" } }],
      [{ expression: "MIT" }],
      [{ license: { name: "BSD" } }],
      [{ license: { name: "UNLICENSED" } }],
    ]);
  });

  test("CycloneDX accepts its own", async () => {
    const bytes = await cyclonedxOf(materials);
    expect(
      await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(Buffer.from(bytes).toString()),
    ).toBeNull();
    expect(Buffer.from(await cyclonedxOf(materials)).equals(bytes)).toBe(true);
    const bom = JSON.parse(Buffer.from(bytes).toString());
    expect(bom.metadata.timestamp).toBe("2023-11-14T22:13:20.000Z");
    expect(bom.components.map((one: { name: string }) => one.name).sort()).toEqual([
      "/index.html",
      "/ä b.css",
      "@a/b",
    ]);
  });

  const ajv = new Ajv({ allErrors: true, strict: false });
  const spdxProblems = (document: unknown): unknown => {
    ajv.validate(spdxSchema, document);
    return ajv.errors ?? [];
  };

  test.each<[string, Materials]>([
    ["everything", materials],
    ["licences in words", worded],
    ["the least", { name: "a", tool: materials.tool, files: [], packages: [] }],
  ])("SPDX: %s is as the specification says", async (_, made) => {
    expect(spdxProblems(JSON.parse(Buffer.from(await spdxOf(made)).toString()))).toEqual([]);
  });

  test("SPDX: what is wrong is found, so that accepting says something", async () => {
    const spdx = JSON.parse(Buffer.from(await spdxOf(materials)).toString());
    const [image, ...others] = spdx.packages;
    for (const wrong of [
      { ...spdx, more: 1 },
      { ...spdx, packages: [{ ...image, filesAnalyzed: false }, ...others] },
      { ...spdx, files: spdx.files.map((file: object) => ({ ...file, checksums: [] })) },
      { ...spdx, creationInfo: { ...spdx.creationInfo, created: "today" } },
    ]) {
      expect(spdxProblems(wrong)).not.toEqual([]);
    }
  });

  test("SPDX names every file and package, each once, and relates them to the image", async () => {
    const spdx = JSON.parse(Buffer.from(await spdxOf(materials)).toString());
    expect(spdx.creationInfo.created).toBe("2023-11-14T22:13:20Z");
    const ids = [...spdx.packages, ...spdx.files].map((one: { SPDXID: string }) => one.SPDXID);
    expect(new Set(ids).size).toBe(4);
    const related = spdx.relationships.map((one: { relatedSpdxElement: string }) => one.relatedSpdxElement);
    expect(related.sort()).toEqual(ids.sort());
    // Clause 7.9, by hand.
    const code = createHash("sha1")
      .update("b".repeat(40) + "d".repeat(40))
      .digest("hex");
    expect(spdx.packages[0].packageVerificationCode.packageVerificationCodeValue).toBe(code);
  });

  test("npm's lockfile gives the packages that are shipped", () => {
    const lock = {
      lockfileVersion: 3,
      packages: {
        "": { name: "me" },
        "node_modules/@a/b": { version: "1.0.0", license: "MIT" },
        "node_modules/@a/b/node_modules/c": { version: "2.0.0" },
        "node_modules/d": { version: "3.0.0", dev: true },
      },
    };
    const found = packagesOfLockfile(Buffer.from(JSON.stringify(lock)), "package-lock.json");
    expect(found.map((item) => item.purl)).toEqual(["pkg:npm/%40a/b@1.0.0", "pkg:npm/c@2.0.0"]);
    expect(() => packagesOfLockfile(Buffer.from("{}"), "x")).toThrow("not an npm lockfile of version 2 or 3");
  });

  test("the provenance names its subjects by digest", () => {
    const digest = `sha256:${"1".repeat(64)}` as const;
    const bytes = provenanceOf({
      subjects: [{ name: "site", digest }],
      tool: materials.tool,
      parameters: { platform: ["linux/amd64"] },
      materials: [{ uri: "git+https://example.org/site@abc", digest: { gitCommit: "abc" } }],
      builder: "https://example.org/ci",
    });
    expect(JSON.parse(Buffer.from(bytes).toString())).toMatchObject({
      _type: "https://in-toto.io/Statement/v1",
      subject: [{ name: "site", digest: { sha256: "1".repeat(64) } }],
      predicateType: "https://slsa.dev/provenance/v1",
    });
  });
});

describe("an image on top of another", () => {
  const file = (path: string, text: string): TarEntry => ({
    path,
    kind: "file",
    mode: 0o644,
    mtime: 0,
    content: bytesSource(Buffer.from(text)),
  });

  test("keeps the base's layers and config, and names the base", async () => {
    const base = await sampleImage();
    const layer = await layerOf([{ path: "/site", mode: 0o755, content: bytesSource(Buffer.from("x")) }], {
      compression: "gzip",
      mtime: 0,
    });
    const made = await imageOnBase({
      platform: parsePlatform("linux/amd64"),
      source: sourceOf(base),
      base: base.manifest,
      baseName: "docker.io/library/base:1",
      layers: [layer],
      run: { Entrypoint: ["/site"], Env: ["A=b"] },
      createdBy: "microlith",
    });
    expect(made.config.value.rootfs.diff_ids).toEqual([base.layers[0]?.diffId, layer.diffId]);
    expect(made.config.value.config).toEqual({ Entrypoint: ["/site"], Env: ["A=b"] });
    expect(made.manifest.value.annotations?.["org.opencontainers.image.base.name"]).toBe(
      "docker.io/library/base:1",
    );
    expect(await validate(sourceOf(made), made.manifest.descriptor)).toEqual([]);
    const names: string[] = [];
    for await (const entry of rootfsEntries(sourceOf(made), made.manifest.value)) names.push(entry.path);
    expect(names).toEqual(["hello", "site"]);
  });

  test("a base that names no platform, as crane append makes them, is for the executable's", async () => {
    const platform = parsePlatform("linux/arm/v6");
    const nowhere = await imageOfExecutable({
      platform: { os: "", architecture: "" },
      name: "below",
      executable: bytesSource(Buffer.from("below")),
      run: {},
    });
    const source = sourceOf(nowhere);
    expect((await inspect(source, nowhere.manifest.descriptor, { files: true })).images).toMatchObject([
      { platform: "no platform", files: [{ path: "/below" }] },
    ]);
    const layer = await layerOf([{ path: "/site", mode: 0o755, content: bytesSource(Buffer.from("x")) }], {
      compression: "gzip",
      mtime: 0,
    });
    const made = await imageOnBase({
      platform,
      source,
      base: await pickPlatform(source, nowhere.manifest.descriptor, platform),
      baseName: "docker.io/library/base:1",
      layers: [layer],
      run: { Entrypoint: ["/site"] },
      createdBy: "microlith",
    });
    expect([made.platform, made.config.value]).toMatchObject([platform, platform]);
    expect(await validate(sourceOf(made), made.manifest.descriptor)).toEqual([]);
    const several = indexOf([nowhere, await sampleImage("linux/arm/v6")]);
    const picked = await pickPlatform(sourceOf(several), several.index.descriptor, platform);
    expect(picked.value.layers).not.toEqual(nowhere.manifest.value.layers);
  });

  test.each([
    [["v5", "v6", "v7"], "v6", "v6"],
    [["v5", "v7"], "v5", "v6"],
    [["v7"], "v7", "v7"],
    [["v8", "v7"], "v7", "v7"],
  ])("an executable for arm/v6 on a base for %j lies on %s, and the image is for %s", async (has, on, is) => {
    const platform = parsePlatform("linux/arm/v6");
    const images = await Promise.all(has.map((variant) => sampleImage(`linux/arm/${variant}`)));
    const several = indexOf([await sampleImage("linux/amd64"), ...images]);
    const source = sourceOf(several);
    const base = await pickBase(source, several.index.descriptor, platform);
    expect(base.descriptor.platform).toEqual(parsePlatform(`linux/arm/${on}`));
    const input = { platform, source, base, baseName: "b", layers: [], run: {}, createdBy: "x" };
    expect((await imageOnBase(input)).platform).toEqual(parsePlatform(`linux/arm/${is}`));
    // Whoever pulls for v6 gets nothing newer.
    if (!has.includes("v6")) {
      await expect(pickPlatform(source, several.index.descriptor, platform)).rejects.toThrow(
        "has no image for",
      );
    }
  });

  test("what is no image is no base", async () => {
    const base = await sampleImage();
    const note = artifactOf({
      subject: base.manifest.descriptor,
      artifactType: "text/x-note",
      payload: Buffer.from("x"),
    });
    const root = { descriptor: note.manifest.descriptor, names: [] };
    await expect(
      pickPlatform(blobSource("a note", root, note.blobs), root.descriptor, parsePlatform("linux/amd64")),
    ).rejects.toMatchObject({ help: "nothing in it is an image that runs" });
  });

  test("whiteouts take away what is below, and only that", async () => {
    const tars = [
      [file("a/1", "1"), file("a/2", "2"), file("b/3", "3"), file("c", "old"), file("d/x", "x")],
      [
        file(".wh.c", ""),
        file("a/.wh.1", ""),
        file("b/.wh..wh..opq", ""),
        file("b/4", "4"),
        file("d", "now a file"),
      ],
      [file("c", "new")],
    ].map((entries) => tarOf(entries));
    const blobs = await Promise.all(
      tars.map(async (tar) => {
        const bytes = await collectBytes(tar.read(), 1 << 20, "tar");
        const descriptor = documentOf(mediaTypes.layer, {}).descriptor;
        const { digest } = (await layerOf([], { compression: "none", mtime: 0 })).descriptor;
        return {
          descriptor: { ...descriptor, digest, size: bytes.length },
          content: bytesSource(bytes),
          bytes,
        };
      }),
    );
    const layers = blobs.map(({ descriptor }, at) => ({
      ...descriptor,
      digest: `sha256:${String(at).repeat(64)}` as const,
    }));
    const config = documentOf(mediaTypes.config, {}).descriptor;
    const manifest = { schemaVersion: 2, config, layers } as const;
    const source = blobSource(
      "x",
      { descriptor: config, names: [] },
      layers.map((descriptor, at) => ({
        descriptor,
        content: blobs[at]?.content ?? bytesSource(new Uint8Array()),
      })),
    );
    const found: string[] = [];
    for await (const entry of readTar(rootfsTar(source, manifest), "rootfs")) {
      found.push(`${entry.path}=${Buffer.from(await collectBytes(entry.content, 100, "file"))}`);
    }
    expect(found).toEqual(["a/2=2", "b/4=4", "d=now a file", "c=new"]);
  });
});

test.each([
  ["k=v", ["manifest"], undefined, "k", "v"],
  ["index:k=v=w", ["index"], undefined, "k", "v=w"],
  ["manifest,index:k=", ["manifest", "index"], undefined, "k", ""],
  [
    "manifest-descriptor[linux/arm]:a.b/c=v",
    ["manifest-descriptor"],
    { os: "linux", architecture: "arm" },
    "a.b/c",
    "v",
  ],
  ["vendor:k=v", ["manifest"], undefined, "vendor:k", "v"],
])("the annotation %s", (text, scopes, platform, key, value) => {
  expect(parseAnnotation(text)).toEqual({
    scopes,
    key,
    value,
    ...(platform === undefined ? {} : { platform }),
  });
});

test("annotations go to their scope and platform", () => {
  const options = ["k=1", "index:k=2", "manifest[linux/arm64]:k=3"].map(parseAnnotation);
  expect(annotationsFor(options, "manifest", parsePlatform("linux/amd64"))).toEqual({ k: "1" });
  expect(annotationsFor(options, "manifest", parsePlatform("linux/arm64"))).toEqual({ k: "3" });
  expect(annotationsFor(options, "index")).toEqual({ k: "2" });
  expect(() => parseAnnotation("manifest[linux/arm64]:novalue")).toThrow("is not an annotation");
});

test.each([
  ["oci:folder", { kind: "layout", path: "folder" }],
  ["oci:./a.b/folder:v1", { kind: "layout", path: "./a.b/folder", name: "v1" }],
  ["archive:x.tar:localhost/site", { kind: "archive", path: "x.tar", name: "localhost/site" }],
  ["archive:/x/y.tar:v1", { kind: "archive", path: "/x/y.tar", name: "v1" }],
  ["archive:C:\\x\\y.tar:v1", { kind: "archive", path: "C:\\x\\y.tar", name: "v1" }],
  ["docker:site:v1", { kind: "engine", engine: "docker", name: "site:v1" }],
  [
    "localhost:5000/site",
    { kind: "registry", reference: { registry: "localhost:5000", repository: "site", tag: "latest" } },
  ],
])("the place %s", (text, expected) => {
  expect(parseLocation(text)).toEqual(expected);
});

test.each(["oci:", "archive:", "docker:", "docker:A B", "podman:/x"])("%j is not a place", (text) => {
  expect(() => parseLocation(text)).toThrow(/is not (?:a place|an image reference)/);
});

/**
 * How an image came to be: an in-toto statement with SLSA's provenance predicate (in-toto Attestation Framework, Statement v1; SLSA v1.0
 * Provenance). It is not signed here; cosign signs and verifies it like any other.
 */

import { canonicalJsonBytes, type Json } from "../base/canonical-json.ts";
import { type Digest, splitDigest } from "../base/digest.ts";
import { formatTime } from "./config.ts";

export interface ProvenanceInput {
  readonly subjects: readonly { readonly name: string; readonly digest: Digest }[];
  readonly tool: { readonly name: string; readonly version: string };
  /** What the user asked for: the command's options. */
  readonly parameters: Json;
  /** What went in: `git+https://…@commit`, base images, packages. */
  readonly materials: readonly {
    readonly uri: string;
    readonly digest: Readonly<Record<string, string>>;
  }[];
  /** Who ran the tool, as a URI; a CI system's, or this machine's. */
  readonly builder: string;
  /** Seconds since 1970. */
  readonly finished?: number;
}

export const provenanceType = "application/vnd.in-toto+json";
export const slsaPredicate = "https://slsa.dev/provenance/v1";

/** The statement as canonical JSON. */
export function provenanceOf(input: ProvenanceInput): Uint8Array {
  const statement: Json = {
    _type: "https://in-toto.io/Statement/v1",
    subject: input.subjects.map(({ name, digest }) => {
      const { algorithm, hex } = splitDigest(digest);
      return { name, digest: { [algorithm]: hex } };
    }),
    predicateType: slsaPredicate,
    predicate: {
      buildDefinition: {
        buildType: "urn:microlith:build:v1",
        externalParameters: input.parameters,
        resolvedDependencies: input.materials.map(({ uri, digest }) => ({ uri, digest })),
      },
      runDetails: {
        builder: { id: input.builder, version: { [input.tool.name]: input.tool.version } },
        ...(input.finished === undefined ? {} : { metadata: { finishedOn: formatTime(input.finished) } }),
      },
    },
  };
  return canonicalJsonBytes(statement);
}

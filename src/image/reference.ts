/**
 * Names of images, `[registry/]repository[:tag][@digest]`, in the grammar of the distribution specification and with Docker's
 * rules for what is left out: the first component is a registry only when it has a dot, a colon or is `localhost`; otherwise
 * the registry is `docker.io`, whose one-word repositories live under `library/`.
 */

import { type Digest, isDigest } from "../base/digest.ts";
import { UserError } from "../base/errors.ts";

export interface Reference {
  /** Host and optional port, `docker.io` when the text named none. */
  readonly registry: string;
  readonly repository: string;
  /** `latest` when the text has neither tag nor digest. */
  readonly tag?: string;
  readonly digest?: Digest;
}

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const hostPattern = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::[0-9]{1,5})?$/;

/** @throws UserError that says which part is wrong */
export function parseReference(text: string): Reference {
  const [name = "", digest, ...more] = text.split("@");
  if (more.length > 0) throw malformed(text, "it has more than one @");
  if (digest !== undefined && !isDigest(digest)) {
    throw malformed(text, "what follows @ is not sha256: and 64 hex digits");
  }
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  const named = /[.:]/.test(first) || first === "localhost" || first.startsWith("[");
  const registry = named ? first : "docker.io";
  if (!hostPattern.test(registry)) throw malformed(text, `"${registry}" is not a registry host`);

  const path = named ? name.slice(slash + 1) : name;
  const colon = path.indexOf(":");
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  if (tag !== undefined && !tagPattern.test(tag)) throw malformed(text, `"${tag}" is not a tag`);
  const written = colon < 0 ? path : path.slice(0, colon);
  const bad = written.split("/").find((part) => !component.test(part));
  if (bad !== undefined) {
    const reason = /[A-Z]/.test(bad)
      ? "repositories are lower case"
      : `"${bad}" is not a repository component`;
    throw malformed(text, reason);
  }
  if (written.length > 255) throw malformed(text, "the repository is longer than 255 characters");
  const repository = registry === "docker.io" && !written.includes("/") ? `library/${written}` : written;
  return {
    registry: registry === "index.docker.io" ? "docker.io" : registry,
    repository,
    ...(tag === undefined ? (digest === undefined ? { tag: "latest" } : {}) : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The full text, with registry and with `library/`: `docker.io/library/alpine:3.20`. */
export function formatReference(reference: Reference): string {
  const tag = reference.tag === undefined ? "" : `:${reference.tag}`;
  const digest = reference.digest === undefined ? "" : `@${reference.digest}`;
  return `${reference.registry}/${reference.repository}${tag}${digest}`;
}

/** As Docker prints it, without what it fills in: `alpine:3.20`. */
export function formatFamiliar(reference: Reference): string {
  const text = formatReference(reference);
  if (!text.startsWith("docker.io/")) return text;
  return text.replace(/^docker\.io\/(?:library\/(?=[^/]+$))?/, "");
}

function malformed(text: string, reason: string): UserError {
  return new UserError(`"${text}" is not an image reference: ${reason}`, {
    help: "write it as [registry/]repository[:tag], for example localhost:5000/site:1.0",
  });
}

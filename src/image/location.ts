/**
 * Where an image is or goes, in one vocabulary for every command: `REF` (a registry), `oci:PATH[:TAG]` (a layout), `archive:PATH[:NAME]` (a tar), `docker:NAME`,
 * `podman:NAME`, `containerd:NAME` (an engine).
 */

import { UserError } from "../base/errors.ts";
import { parseReference, type Reference } from "./reference.ts";

export type Location =
  | { readonly kind: "registry"; readonly reference: Reference }
  | { readonly kind: "layout"; readonly path: string; readonly name?: string }
  | { readonly kind: "archive"; readonly path: string; readonly name?: string }
  | { readonly kind: "engine"; readonly engine: "docker" | "podman" | "containerd"; readonly name: string };

/** @throws UserError that lists the forms */
export function parseLocation(text: string): Location {
  const colon = text.indexOf(":");
  const prefix = colon < 0 ? "" : text.slice(0, colon);
  const rest = text.slice(colon + 1);
  switch (prefix) {
    case "oci":
      return { kind: "layout", ...pathAndName(text, rest) };
    case "archive":
      return { kind: "archive", ...pathAndName(text, rest) };
    case "docker":
    case "podman":
    case "containerd":
      // `docker:24` is a tag of the image "docker"; an engine's image of that name is `docker:docker:24`.
      if (rest === "" || rest.startsWith("/")) throw malformed(text, "the name is missing");
      parseReference(rest);
      return { kind: "engine", engine: prefix, name: rest };
    default:
      return { kind: "registry", reference: parseReference(text) };
  }
}

/** `PATH:NAME`: divided behind an archive's extension, or else at a colon in the last part of the path. */
function pathAndName(text: string, rest: string): { readonly path: string; readonly name?: string } {
  if (rest === "") throw malformed(text, "the path is missing");
  const safe = windowsSafe(rest);
  const match =
    /^(.*?\.(?:tar|tar\.gz|tgz|tar\.zst|oci)):(.+)$/.exec(safe) ?? /^(.*[^/]):([^/\\]+)$/.exec(safe);
  const path = match?.[1] ?? rest;
  const name = match?.[2];
  return name === undefined ? { path: rest } : { path: rest.slice(0, path.length), name };
}

/** A drive letter's colon does not divide. */
function windowsSafe(path: string): string {
  return path.replace(/^([A-Za-z]):(?=[\\/])/, "$1_");
}

function malformed(text: string, reason: string): UserError {
  return new UserError(`"${text}" is not a place for an image: ${reason}`, {
    help: "write REGISTRY/NAME:TAG, oci:FOLDER[:TAG], archive:FILE[:NAME], docker:NAME, podman:NAME or containerd:NAME",
  });
}

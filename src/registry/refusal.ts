/**
 * What a registry says when it says no, in words for a person.
 */

import { collectBytes } from "../base/byte-source.ts";
import { UserError } from "../base/errors.ts";
import type { HttpResponse } from "./http-client.ts";

/** For a 401 to which there is no answer left. */
export function unauthorized(what: string, registry: string): UserError {
  return new UserError(`cannot ${what}: ${registry} does not let us (401)`, {
    help: `log in with "docker login ${registry}", or give --username and --password-stdin`,
  });
}

const helpByStatus: Readonly<Record<number, string>> = {
  403: "check that the account may write to this repository",
  404: "check the name of the repository and the tag",
  405: "the registry takes no images (a mirror, a cache, or closed for maintenance), or there is none at this host and port",
  413: "the registry, or a proxy in front of it, limits the size of uploads",
};

/** What the registry said, as its JSON errors have it (distribution-spec, "Error Codes"). */
export async function refusal(what: string, registry: string, response: HttpResponse): Promise<UserError> {
  let said = "";
  try {
    const bytes = await collectBytes(response.body, 1 << 16, "the answer");
    const body = JSON.parse(Buffer.from(bytes).toString()) as {
      readonly errors?: readonly Record<string, unknown>[];
    };
    const errors = (body.errors ?? []).map((error) => [error.code, error.message].filter(Boolean).join(": "));
    said = errors.length === 0 ? "" : `, ${errors.join("; ")}`;
  } catch {
    // An answer that is not the protocol's says nothing to a person.
  }
  const help = helpByStatus[response.status];
  return new UserError(
    `cannot ${what}: ${registry} refuses (${response.status}${said})`,
    help === undefined ? {} : { help },
  );
}

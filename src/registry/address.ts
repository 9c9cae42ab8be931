/**
 * Addresses that a registry gives: where to upload, where a blob lies, where a list goes on. They are relative or whole, and nothing to rely on.
 */

import { UserError } from "../base/errors.ts";

/**
 * The address, seen from where it was given.
 * @throws UserError when it is none, or leads from TLS to a place without: what is sent there, a token among it, would be there for all to read
 */
export function addressFrom(text: string, from: URL, what: string, registry: string): URL {
  const url = URL.canParse(text, from.href) ? new URL(text, from) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    const shown = JSON.stringify(text.slice(0, 100));
    throw new UserError(`cannot ${what}: ${registry} leads on to ${shown}, which is no address`);
  }
  if (from.protocol === "https:" && url.protocol !== "https:") {
    throw new UserError(`cannot ${what}: ${registry} leads on to ${url.host} without TLS`, {
      help: "a proxy in front of a registry has to tell it of TLS, by X-Forwarded-Proto",
    });
  }
  return url;
}

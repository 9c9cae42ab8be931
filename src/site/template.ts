/**
 * Templates: texts that the server writes from their end to their start (runtime/server/text.ts).
 */

import type { DataObject } from "../base/data-object.ts";

/** A zero, then the text. The server's addresses of templates are of the last character. */
export function template(name: string, text: string): DataObject {
  const bytes = Uint8Array.from(Buffer.from(`\0${text}`, "latin1"));
  return { name, kind: "table", bytes, alignment: 1, relocations: [] };
}

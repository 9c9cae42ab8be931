/**
 * Where the parts of a representation lie: its head follows the object, its content the head.
 */

import { entityTagBytes, hasRepeatedTexts, type Representation } from "microlith:site";

/** Behind the entity-tag in a head: the end of the line and the empty line. */
const headEndBytes = 4;
const tagLineBytes: u32 = 6 + entityTagBytes + headEndBytes;

export function headOf(representation: Representation): Ptr<u8> {
  return pointer<u8>(address(representation) + sizeof<Representation>());
}

export function contentOf(representation: Representation): Ptr<u8> {
  return headOf(representation).add(representation.headLength);
}

/** The entity-tag with its quotes, if there is one. */
export function tagOf(representation: Representation): Ptr<u8> {
  return contentOf(representation).add(-headEndBytes - entityTagBytes);
}

/** Of the head's end, which a 304 repeats. */
export function repeatedBytes(representation: Representation): u32 {
  return hasRepeatedTexts ? tagLineBytes : representation.repeated;
}

/**
 * Whether a site's tables are packed. An executable with packed tables unpacks them when it starts, which is code, and has them in
 * memory of its own, so that they must neither be few nor many.
 */

import { type DataObject, dataSize } from "../base/data-object.ts";

/**
 * From here on packing saves more than it costs, on every machine: the code takes 160 to 240 bytes, and half of the tables are saved,
 * the program's own among them, which are 600 bytes at least and not counted here. With less, an image would be larger to pull, because its
 * layer is compressed anyway.
 */
const leastBytes = 600;
/** Of private memory. */
const mostBytes = 8192;
/** Behind more content addresses of tables take longer instructions on some machines. */
const mostContentBytes = 512 << 10;

/** Of the site's objects. */
export function isWorthPacking(objects: Iterable<DataObject>): boolean {
  let tableBytes = 0;
  let contentBytes = 0;
  for (const object of objects) {
    const isContent = object.kind === "content" || object.body !== undefined;
    if (isContent) contentBytes += dataSize(object);
    else tableBytes += object.bytes.length;
  }
  return tableBytes >= leastBytes && tableBytes <= mostBytes && contentBytes <= mostContentBytes;
}

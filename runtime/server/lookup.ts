/**
 * From a path to what it leads to: a perfect hash, so that any number of routes costs one probe and one comparison.
 *
 * The site's builder has chosen a displacement for each group of paths, so that no two of them share a slot. A slot
 * is the upper half of hash times number of slots, which needs no division and leaves no slot empty.
 */

import {
  displacementShift,
  displacements,
  hasDisplacements,
  hashMultiplier,
  notFound,
  type Representation,
  routeCount,
  routeShift,
  routes,
} from "microlith:site";
import { path, target } from "./target.ts";

export function findRepresentation(): Representation {
  let hash = target.pathHash;
  if (hasDisplacements) hash += displacements[hash >> displacementShift];
  hash *= hashMultiplier;
  const slot = routeShift !== 0 ? hash >> routeShift : ((((hash as u64) * routeCount) >> 32) as u32);
  const route = routes[slot];
  const length = target.pathLength;
  return route.keyLength === length && equal(route.key, path, length) ? route.representation : notFound;
}

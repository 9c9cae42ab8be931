/**
 * Which block follows which: each fall into the next block saves a jump, and a block is followed by one and follows one.
 *
 * So it is a matching of blocks with successors. It starts from pairs that the caller likes and grows along augmenting paths
 * (R. Diestel, Graph Theory, section 2.1) as long as no circle of blocks would come out, since a circle has no order.
 */

import { type MachineBlock, successors } from "./machine.ts";

/** Index of the block that comes right after each block; -1: any may. Nothing comes before the first. */
export type Followers = Int32Array;

/** As many pairs as there can be, or nearly. Grows `followers`, which has no circles, and returns it. */
export function growFollowers(blocks: readonly MachineBlock[], followers: Followers): Followers {
  const places = new Map(blocks.map((block, place) => [block, place]));
  const targets = blocks.map((block) =>
    successors(block).flatMap((successor) => {
      const place = places.get(successor) as number;
      return place === 0 || successor === block ? [] : [place];
    }),
  );
  let predecessors = invert(followers);
  for (let block = 0; block < blocks.length; block++) {
    if (followers[block] !== -1 || targets[block]?.length === 0) continue;
    const before = followers.slice();
    if (!give(block, new Set())) continue;
    if (!hasCircle(followers)) continue;
    followers.set(before);
    predecessors = invert(followers);
  }
  return followers;

  /** Finds a follower for `block`, at need by giving others a new one. */
  function give(block: number, tried: Set<number>): boolean {
    for (const target of targets[block] as readonly number[]) {
      if (tried.has(target)) continue;
      tried.add(target);
      const other = predecessors[target] as number;
      if (other !== -1 && !give(other, tried)) continue;
      followers[block] = target;
      predecessors[target] = block;
      return true;
    }
    return false;
  }
}

function invert(followers: Followers): Int32Array {
  const predecessors = new Int32Array(followers.length).fill(-1);
  followers.forEach((follower, block) => {
    if (follower !== -1) predecessors[follower] = block;
  });
  return predecessors;
}

/** A block leads to itself. What is not reached from a block without predecessor lies in a circle. */
function hasCircle(followers: Followers): boolean {
  let reached = 0;
  invert(followers).forEach((predecessor, start) => {
    if (predecessor !== -1) return;
    for (let block = start; block !== -1; block = followers[block] as number) reached++;
  });
  return reached !== followers.length;
}

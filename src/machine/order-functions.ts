/**
 * The order of the program's functions. One whose last instruction is a jump to another comes right before it, so that the jump is
 * nothing; what else jumps to a function comes shortly before it, where the jump may be a near one.
 *
 * Calls do not count: they have one size.
 */

import type { MachineFunction, MachineInstruction } from "./machine.ts";

/** `functions`, allocated and laid out, in a better order; the first stays first. */
export function orderFunctions(functions: readonly MachineFunction[]): MachineFunction[] {
  const byName = new Map(functions.map((fn) => [fn.name, fn]));
  const targetOf = (last: MachineInstruction | undefined): MachineFunction | undefined => {
    const [target] = last?.operands ?? [];
    return target?.kind === "symbol" ? byName.get(target.symbol) : undefined;
  };
  const chains = chainsOf(functions, (fn) => targetOf(fn.blocks.at(-1)?.instructions.at(-1)));
  const chainOf = new Map(chains.flatMap((chain) => chain.map((fn) => [fn, chain] as const)));
  const followers = new Map<Chain, Chain[]>();
  for (const chain of chains.slice(1)) {
    const ends = chain.flatMap(({ blocks }) => blocks.map(({ instructions }) => instructions.at(-1)));
    const leader = ends
      .map((last) => chainOf.get(targetOf(last) as MachineFunction))
      .find((other) => other !== undefined && other !== chain);
    if (leader !== undefined) followers.set(leader, [...(followers.get(leader) ?? []), chain]);
  }
  const begun = new Set<Chain>();
  const order: MachineFunction[] = [];
  const place = (chain: Chain): void => {
    if (begun.has(chain)) return;
    begun.add(chain);
    if (chain === chains[0]) order.push(...chain);
    for (const follower of followers.get(chain) ?? []) place(follower);
    if (chain !== chains[0]) order.push(...chain);
  };
  const following = new Set([...followers.values()].flat());
  for (const chain of chains) if (!following.has(chain)) place(chain);
  for (const chain of chains) place(chain);
  return order;
}

/** Functions that fall into each other. */
type Chain = readonly MachineFunction[];

/** `targetOf`: where the function's last instruction jumps. */
function chainsOf(
  functions: readonly MachineFunction[],
  targetOf: (fn: MachineFunction) => MachineFunction | undefined,
): Chain[] {
  const chains = new Map(functions.map((fn) => [fn, [fn]]));
  for (const fn of functions) {
    const target = targetOf(fn);
    const chain = chains.get(fn);
    const rest = target && chains.get(target);
    // In the middle of another chain it has somebody before it already; and nothing comes before the entry.
    if (!chain || !rest || chain === rest || rest[0] !== target || target === functions[0]) continue;
    chain.push(...rest);
    for (const each of rest) chains.set(each, chain);
  }
  return [...new Set(chains.values())];
}

/**
 * "Did you mean": a known name that begins with an unknown one, or the one that is nearest to it by edit distance, when it is
 * near enough to be meant.
 */

/** A help sentence, or the empty text. */
export function suggestion(name: string, names: Iterable<string>): string {
  const known = [...names];
  const beginning = name.toLowerCase();
  for (const candidate of name.length > 3 ? known : []) {
    if (candidate.toLowerCase().startsWith(beginning)) return `did you mean \`${candidate}\`?`;
  }
  let best = "";
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    // Of a name of one or two letters, another letter makes another name.
    if (distance < bestDistance && (distance === 0 || name.length > 2)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best === "" ? "" : `did you mean \`${best}\`?`;
}

/**
 * The number of insertions, deletions, replacements and swaps of neighbours from one text to the other, nothing being
 * edited twice (optimal string alignment; Damerau, 1964).
 */
function editDistance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = at(row, j) + (from[i] === to[j] ? 0 : 1);
      const isSwap = i > 0 && j > 0 && from[i] === to[j - 1] && from[i - 1] === to[j];
      const swapped = isSwap ? at(before, j - 1) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(replaced, swapped, at(row, j + 1) + 1, at(next, j) + 1));
    }
    before = row;
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}

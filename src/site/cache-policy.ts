/**
 * How long a file may be kept without asking (RFC 9111, and `immutable` of RFC 8246).
 *
 * A file whose name changes with its content never changes under its name: a year. Everything else is asked for each time,
 * which costs a 304 without content and never shows an old page. A wrong guess in the first direction is a page that users
 * cannot get rid of, so a name has to look very much like a hash, or stand among such names: a third of the hashes of eight
 * characters have no digit, or look like words.
 */

const immutable = "max-age=31536000, immutable";
const revalidate = "no-cache";

/** Folders of frameworks whose files are never changed in place: SvelteKit's, Next's, Astro's and Nuxt's, but for Nuxt's `builds/latest.json`. */
const immutableFolders = /\/(_app\/immutable|_next\/static|_astro|_nuxt(?!\/builds\/latest\.json$))\//;

/** The value of Cache-Control for a file, when no rule says another. `hashed`: the paths of `pathsWithHash`. */
export function defaultCacheControl(path: string, hashed: ReadonlySet<string>): string {
  const isFixed = !path.endsWith(".html") && (immutableFolders.test(path) || hashed.has(path));
  return isFixed ? immutable : revalidate;
}

/** Which of a site's paths have a name with the hash of their content. */
export function pathsWithHash(paths: readonly string[]): ReadonlySet<string> {
  const folders = groupBy(paths, (path) => path.slice(0, path.lastIndexOf("/")));
  return new Set([...folders.values()].flatMap(hashedInFolder));
}

function hashedInFolder(paths: readonly string[]): readonly string[] {
  const isAmongHashes = judgeByNeighbours([...new Set(paths.flatMap(eightsOf))]);
  // What puts a hash into its files' names does so for all of a kind.
  const kinds = groupBy(paths, (path) => path.slice(path.lastIndexOf(".")));
  return [...kinds.values()].flatMap((alike) =>
    alike.every((path) => eightsOf(path).length > 0)
      ? alike.filter((path) => hasContentHash(path) || eightsOf(path).some(isAmongHashes))
      : alike.filter(hasContentHash),
  );
}

/**
 * Judges a part of eight characters by all of the same folder. Where they are hashes, 7 in 10 have a digit and are no plain word, of a
 * few at least one; and one of them looks like a hash by itself.
 */
function judgeByNeighbours(eights: readonly string[]): (eight: string) => boolean {
  const likely = eights.filter((eight) => /\d/.test(eight) && !isPlain(eight));
  if (!eights.some(isRandom) || likely.length * 3 < eights.length) return () => false;
  // In base 32 a word in capitals is as likely as any other.
  return likely.every((eight) => base32.test(eight))
    ? (eight) => base32.test(eight)
    : (eight) => !isPlain(eight);
}

const base32 = /^[A-Z2-7]{8}$/;

/** Whether a part of the name, between `.`, `-` or `_` and an ending, looks like the hash of some content by itself. */
export function hasContentHash(path: string): boolean {
  const words = nameOf(path).split(/[._-]/).slice(1, -1);
  return words.some(isHexadecimal) || eightsOf(path).some(isRandom);
}

/** Eight characters before endings; they may have `-` and `_` themselves. */
function eightsOf(path: string): readonly string[] {
  return nameOf(path).match(/(?<=[.-])[\w-]{8}(?=(\.[a-z]\w*)+$)/gi) ?? [];
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Eight or more hexadecimal digits, letters among them: a number alone may be a date. */
function isHexadecimal(word: string): boolean {
  return /^([0-9a-f]{8,}|[0-9A-F]{8,})$/.test(word) && /\d/.test(word) && /[a-f]/i.test(word);
}

/** A word, a number, or one behind the other: `of`, `30`, `H264`, `4K`. */
const plainWord = /^(?:[A-Z]*|[A-Z]?[a-z]*)\d*$|^\d+(?:[A-Z]+|[A-Z]?[a-z]+)$/;

function isPlain(word: string): boolean {
  return word.split(/[-_]/).every((part) => plainWord.test(part));
}

/**
 * Eight characters of base 32 or 64 that change their kind as often as chance does and words do not. Capitals are among them, but for
 * one in sixty; people write `win10x64` and `12-of-30`.
 */
function isRandom(word: string): boolean {
  if (!/\d/.test(word) || !/[A-Z]/.test(word)) return false;
  if (isPlain(word)) return false;
  const kinds = [...word].map((character) =>
    /\d/.test(character)
      ? "digit"
      : /[a-z]/.test(character)
        ? "lower"
        : /[A-Z]/.test(character)
          ? "upper"
          : "sign",
  );
  // A capital before a small letter begins a word.
  const changes = kinds.filter((kind, index) => {
    const before = kinds[index - 1];
    return before !== undefined && kind !== before && !(before === "upper" && kind === "lower");
  });
  return changes.length >= 3;
}

function groupBy(paths: readonly string[], keyOf: (path: string) => string): ReadonlyMap<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    const key = keyOf(path);
    const group = groups.get(key);
    if (group) group.push(path);
    else groups.set(key, [path]);
  }
  return groups;
}

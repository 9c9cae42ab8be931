/**
 * How long a file may be kept without asking (RFC 9111, and `immutable` of RFC 8246).
 *
 * A file whose name changes with its content never changes under its name: a year. Everything else is asked for each time,
 * which costs a 304 without content and never shows an old page. A wrong guess in the first direction is a page that users
 * cannot get rid of, so a name has to look very much like a hash.
 */

const immutable = "max-age=31536000, immutable";
const revalidate = "no-cache";

/** Folders of frameworks whose files are never changed in place: SvelteKit's, Next's, Astro's and Nuxt's, but for Nuxt's `builds/latest.json`. */
const immutableFolders = /\/(_app\/immutable|_next\/static|_astro|_nuxt(?!\/builds\/latest\.json$))\//;

/** The value of Cache-Control for a file, when no rule says another. */
export function defaultCacheControl(path: string): string {
  const isFixed = !path.endsWith(".html") && (immutableFolders.test(path) || hasContentHash(path));
  return isFixed ? immutable : revalidate;
}

/** Whether a part of the name, between `.`, `-` or `_` and an ending, is the hash of some content. */
export function hasContentHash(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  // Eight characters before endings, of which the hash itself looks like one; they may have `-` and `_` themselves.
  const eights = name.match(/(?<=[.-])[\w-]{8}(?=(\.[a-z]\w*)+$)/gi) ?? [];
  const words = name.split(/[._-]/).slice(1, -1);
  return words.some(isHexadecimal) || eights.some(isRandom);
}

/** Eight or more hexadecimal digits, letters among them: a number alone may be a date. */
function isHexadecimal(word: string): boolean {
  return /^([0-9a-f]{8,}|[0-9A-F]{8,})$/.test(word) && /\d/.test(word) && /[a-f]/i.test(word);
}

/** A word, a number, or one behind the other: `of`, `30`, `H264`, `4K`. */
const plainWord = /^(?:[A-Z]*|[A-Z]?[a-z]*)\d*$|^\d+(?:[A-Z]+|[A-Z]?[a-z]+)$/;

/**
 * Eight characters of base 32 or 64 that change their kind as often as chance does and words do not. Capitals are among them, but for
 * one in sixty; people write `win10x64` and `12-of-30`.
 */
function isRandom(word: string): boolean {
  if (!/\d/.test(word) || !/[A-Z]/.test(word)) return false;
  if (word.split(/[-_]/).every((part) => plainWord.test(part))) return false;
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

/**
 * Patterns of `_headers`, `_redirects` and `--cache-control`: a path in which `*` stands for anything and `:name` for one segment.
 */

/** Part of a pattern: text (decoded), a segment with a name, or the rest of the path. */
export type PatternPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "segment"; readonly name: string }
  | { readonly kind: "splat" };

/** What a pattern's parts stood for, by name; the splat's name is `splat`. */
export type Captures = ReadonlyMap<string, string>;

/** What the pattern's parts stand for in `path`; undefined when it does not match. Both are decoded. */
export function matchPath(parts: readonly PatternPart[], path: string): Captures | undefined {
  const found = new Map<string, string>();
  let at = 0;
  for (const part of parts) {
    switch (part.kind) {
      case "text":
        // `/blog/*` is meant to match `/blog` too.
        if (`${path}/` === part.text && parts[1]?.kind === "splat" && at === 0)
          return new Map([["splat", ""]]);
        if (!path.startsWith(part.text, at)) return undefined;
        at += part.text.length;
        break;
      case "segment": {
        const slash = path.indexOf("/", at);
        const end = slash < 0 ? path.length : slash;
        if (end === at) return undefined;
        found.set(part.name, path.slice(at, end));
        at = end;
        break;
      }
      case "splat":
        found.set("splat", path.slice(at));
        at = path.length;
        break;
    }
  }
  return at === path.length ? found : undefined;
}

const captureExpression = /(\*|:[A-Za-z]\w*)/;

/**
 * As a regular expression over whole paths, for patterns in which `*` may stand anywhere; it captures what they and the names
 * stand for. `decode` is for the text between.
 */
export function patternExpression(
  pattern: string,
  decode: (text: string) => string = (text) => text,
): RegExp {
  const source = pattern
    .split(captureExpression)
    .map((part) => {
      if (part === "*") return "(.*)";
      if (/^:[A-Za-z]/.test(part)) return "([^/]+)";
      return escapeExpression(decode(part));
    })
    .join("");
  return new RegExp(`^${source}$`, "su");
}

/** What `patternExpression` captures, in order: `:name` by its name, `*` as `splat`. */
export function capturedNames(pattern: string): readonly string[] {
  return pattern
    .split(captureExpression)
    .filter((_, index) => index % 2 === 1)
    .map((part) => (part === "*" ? "splat" : part.slice(1)));
}

/** Text as a part of a regular expression with the flag `u`. */
export function escapeExpression(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

/**
 * Whether what a package says of its licence is an SPDX expression (SPDX specification 2.3, Annex D) or just words: npm's
 * registry has "UNLICENSED", "SEE LICENSE IN FILE" and "BSD" beside "MIT", and bills have another place for those.
 *
 * Our own, because spdx-expression-parse takes operators in lower case, which SPDX does not, and brings a second list beside the CycloneDX library's.
 */

/** In characters; longer ones are nobody's licence, and brackets cost stack. */
const longest = 2000;

/** True for an expression over identifiers of SPDX's list, of which `isKnown` says which they are; references to licences elsewhere are none of it. */
export function isLicenseExpression(text: string, isKnown: (identifier: string) => boolean): boolean {
  if (text.length > longest) return false;
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  let at = 0;
  const isTerm = (): boolean => {
    const token = tokens[at++] ?? "";
    if (token === "(") return isExpression() && tokens[at++] === ")";
    // "+" stands for later versions too.
    if (!isKnown(token) && !(token.endsWith("+") && isKnown(token.slice(0, -1)))) return false;
    if (tokens[at] !== "WITH") return true;
    at += 1;
    return isKnown(tokens[at++] ?? "");
  };
  const isExpression = (): boolean => {
    if (!isTerm()) return false;
    while (tokens[at] === "AND" || tokens[at] === "OR") {
      at += 1;
      if (!isTerm()) return false;
    }
    return true;
  };
  return isExpression() && at === tokens.length;
}

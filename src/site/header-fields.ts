/**
 * The fields of a file's response besides its length and validators: what the options say, then what `_headers` says, which
 * wins.
 */

import { defaultCacheControl } from "./cache-policy.ts";
import { type HeaderField, type HeaderRule, matchHeaders } from "./headers.ts";
import { patternExpression } from "./path-pattern.ts";
import type { SiteOptions } from "./site-options.ts";

/**
 * Fields in the order in which they are sent, for a file of this type that answers under `paths`, its own first. `hashed`: the paths
 * whose names have the hash of their content.
 */
export function fieldsOf(
  mediaType: string,
  paths: readonly string[],
  status: 200 | 404 | 410,
  rules: readonly HeaderRule[],
  options: SiteOptions,
  hashed: ReadonlySet<string>,
): readonly HeaderField[] {
  const { fields, taken } = matchHeaders(rules, paths);
  const named = new Set(fields.map(({ name }) => name.toLowerCase()));
  const defaults: readonly HeaderField[] = [
    { name: "Content-Type", value: mediaType },
    ...securityFields(mediaType, options),
    ...(options.cors === undefined ? [] : corsFields(options.cors)),
    // An error is not kept anyway, unless it says so.
    ...(status === 200 ? [{ name: "Cache-Control", value: cacheControl(paths, options, hashed) }] : []),
  ];
  const kept = defaults.filter(
    ({ name }) => !named.has(name.toLowerCase()) && !taken.has(name.toLowerCase()),
  );
  return [...kept, ...fields];
}

/** Who may read the content may read what is said of it: readers of PDF and of maps ask for ranges only where they see that there are any. */
function corsFields(origin: string): readonly HeaderField[] {
  return [
    { name: "Access-Control-Allow-Origin", value: origin },
    { name: "Access-Control-Expose-Headers", value: "*" },
  ];
}

function cacheControl(
  paths: readonly string[],
  { cacheControl: rules }: SiteOptions,
  hashed: ReadonlySet<string>,
): string {
  const rule = rules.findLast(({ match }) => {
    const pattern = patternExpression(match);
    return paths.some((path) => pattern.test(path));
  });
  return rule?.value ?? defaultCacheControl(paths[0] ?? "", hashed);
}

/** What only documents obey is sent with them only. */
function securityFields(mediaType: string, { securityHeaders, cors }: SiteOptions): readonly HeaderField[] {
  if (securityHeaders === "none") return [];
  const isDocument = /^(text\/html|image\/svg\+xml|application\/(xhtml\+)?xml)/.test(mediaType);
  return presets[securityHeaders]
    .filter(
      ({ name, documents }) => (isDocument || !documents) && !(cors !== undefined && name === ownResources),
    )
    .map(({ name, value }) => ({ name, value }));
}

const ownResources = "Cross-Origin-Resource-Policy";

interface PresetField extends HeaderField {
  readonly documents: boolean;
}

const basic: readonly PresetField[] = [
  { name: "X-Content-Type-Options", value: "nosniff", documents: false },
  { name: "Referrer-Policy", value: "strict-origin-when-cross-origin", documents: true },
  { name: "X-Frame-Options", value: "SAMEORIGIN", documents: true },
];

const policy =
  "default-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

const presets: Readonly<Record<"basic" | "strict", readonly PresetField[]>> = {
  basic,
  strict: [
    { name: "X-Content-Type-Options", value: "nosniff", documents: false },
    { name: "Strict-Transport-Security", value: "max-age=31536000", documents: false },
    { name: ownResources, value: "same-origin", documents: false },
    { name: "Content-Security-Policy", value: policy, documents: true },
    { name: "Cross-Origin-Opener-Policy", value: "same-origin", documents: true },
    { name: "Permissions-Policy", value: "camera=(), geolocation=(), microphone=()", documents: true },
    { name: "Referrer-Policy", value: "no-referrer", documents: true },
    { name: "X-Frame-Options", value: "DENY", documents: true },
  ],
};

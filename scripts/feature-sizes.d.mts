/** A site and how it is built. */
export interface Variant {
  readonly flags?: readonly string[];
  /** Besides the page, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What is measured, and its bytes. */
export type SizeRow = readonly [label: string, bytes: number];

/** All that adds code to the server together: every flag, rules, and a page that is stored in every coding and read in parts. */
export const everything: Variant;
/** The rows of the tables. */
export function measureFeatures(): Readonly<Record<"operation" | "site", readonly SizeRow[]>>;
/** What the executable of the page has besides content, in bytes. */
export function overheadOf(variant: Variant): number;
/** The table of the smallest server. */
export function renderMinimal(): string;
export function renderFeatures(rows: readonly SizeRow[]): string;

/** The repository's folder. */
export const root: string;
export function setUp(): void;
/** @throws Error */
export function prepare(): void;
export function say(message: string): void;
/** Builds dist/ when the sources are newer. @throws Error */
export function buildTool(): void;
/** The script behind a command of an installed package. */
export function bin(name: string, command: string): string;

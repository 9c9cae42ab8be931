/** A Debian package that tests need. */
export interface ToolPackage {
  readonly name: string;
  /** The commands that are looked for; none, and no files: the package only comes along on installation. */
  readonly commands: readonly string[];
  /** Files or folders that are looked for as well, for packages without commands. */
  readonly files?: readonly string[];
  /** What is left out without it, in words. */
  readonly suites: string;
  /** The benchmark goes on without it, and says so. */
  readonly optional?: boolean;
}

export const packages: readonly ToolPackage[];
export const benchPackages: readonly ToolPackage[];

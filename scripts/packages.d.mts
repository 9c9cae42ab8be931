/** A Debian package that tests need. */
export interface ToolPackage {
  readonly name: string;
  /** The commands that are looked for; none: the package only comes along on installation. */
  readonly commands: readonly string[];
  /** What is left out without it, in words. */
  readonly suites: string;
}

export const packages: readonly ToolPackage[];
export const benchPackages: readonly ToolPackage[];

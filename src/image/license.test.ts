import { describe, expect, test } from "vitest";
import { isLicenseExpression } from "./license.ts";

const known = ["MIT", "Apache-2.0", "GPL-2.0-only", "GPL-2.0+", "LGPL-2.1", "Classpath-exception-2.0"];
const isExpression = (text: string): boolean => isLicenseExpression(text, (id) => known.includes(id));

describe("licence expressions", () => {
  test.each([
    "MIT",
    "(MIT OR Apache-2.0)",
    "MIT AND (Apache-2.0 OR GPL-2.0-only WITH Classpath-exception-2.0)",
    "GPL-2.0+",
    "LGPL-2.1+",
    "((MIT))",
  ])("%s", (text) => expect(isExpression(text)).toBe(true));

  test.each([
    "",
    "UNLICENSED",
    "SEE LICENSE IN LICENSE.md",
    "BSD",
    "mit",
    "MIT OR",
    "OR MIT",
    "MIT Apache-2.0",
    "MIT/Apache-2.0",
    "(MIT",
    "MIT)",
    "()",
    "MIT WITH",
    "MIT WITH BSD",
    "MIT or Apache-2.0",
    "LicenseRef-1",
    "+",
  ])("%j is none", (text) => expect(isExpression(text)).toBe(false));

  test("brackets without end are no expression, and no harm", () => {
    const nested = (depth: number): string => `${"(".repeat(depth)}MIT${")".repeat(depth)}`;
    expect([900, 900_000].map((depth) => isExpression(nested(depth)))).toEqual([true, false]);
  });
});

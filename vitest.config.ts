/**
 * How `vitest` runs the tests: beside their modules and under test/. Two projects: most files run two at a time;
 * those that start container engines or measure time run alone, afterwards.
 */

import type { ViteUserConfig } from "vitest/config";

const alone: string[] = [
  "test/browser.test.ts",
  "test/engine/**/*.test.ts",
  "src/engine/**/*.test.ts",
  "test/measure/**/*.test.ts",
];

const config: ViteUserConfig = {
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "tests",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: alone,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: alone,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    pool: "forks",
  },
};

export default config;

/**
 * How `vitest` runs the tests: beside their modules and under test/. Most files run two at a time; those that start container
 * engines or measure time run alone, afterwards; the server's suites run for 386, too.
 */

import type { ViteUserConfig } from "vitest/config";

const alone: string[] = [
  "test/browser.test.ts",
  "test/engine/**/*.test.ts",
  "src/engine/**/*.test.ts",
  "test/measure/**/*.test.ts",
];

/** What operators and site owners see of the server, besides the tables that every run checks on every target. */
const server: string[] = ["process", "operation", "log", "site", "many-routes", "combinations"].map(
  (name) => `test/server/${name}.test.ts`,
);

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
      // Once more on a machine of 32 bits that this kernel runs; `npm run test:server` has them on all.
      ...(process.env.MICROLITH_TARGET === undefined
        ? [
            {
              extends: true as const,
              test: {
                name: "386",
                include: server,
                env: { MICROLITH_TARGET: "386" },
                testTimeout: 60_000,
                hookTimeout: 60_000,
                maxWorkers: 2,
                sequence: { groupOrder: 0 },
              },
            },
          ]
        : []),
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

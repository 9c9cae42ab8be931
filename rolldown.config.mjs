// What dist/ is made of: the modules of src/ in chunks that are needed together, because loading a hundred and fifty files one by one
// takes a fifth of the time of a build. What is imported when it is used stays in chunks of its own.

import { defineConfig } from "rolldown";

/** The tool, the threads that it starts, and what projects import from "microlith". */
const shipped = ["cli/main", "cli/encode-worker", "index"];
/** What scripts/ and bench/ import by themselves. */
const measured = [
  ...["base/errors", "base/files", "cli/make-product", "cli/program", "cli/sources", "compile"],
  ...["image/archive", "image/image", "target/targets"],
];

export default defineConfig({
  input: Object.fromEntries([...shipped, ...measured].map((name) => [name, `src/${name}.ts`])),
  platform: "node",
  // Packages stay packages.
  external: /^[^./]/,
  output: {
    dir: "dist",
    cleanDir: true,
    entryFileNames: "[name].js",
    // Two folders below the package, as their sources are: they look for runtime/ from there.
    chunkFileNames: "cli/[name]-[hash].js",
    comments: false,
  },
});

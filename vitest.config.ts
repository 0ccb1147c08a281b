import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vitest/config";

/** A copy of a package, for an exercise or a mutant, lies in a folder of its own and is not seen again. */
const copiesAreNotKept: Plugin = {
  name: "copies-are-not-kept",
  configureVitest: ({ experimental_defineCacheKeyGenerator }) =>
    experimental_defineCacheKeyGenerator(({ id }) => (id.startsWith(tmpdir()) ? false : undefined)),
};

// Shared by every package: `vitest run` in a package finds it by the root option in its script.
export default defineConfig({
  plugins: [copiesAreNotKept],
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: join(import.meta.dirname, "scripts/lib/test-folder.ts"),
    setupFiles: join(import.meta.dirname, "scripts/lib/same-globals.ts"),
    // Only against what hangs: on a busy machine the longest tests take minutes. Where time counts, the test measures it.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A package's files share one process: each of their own would cost a fifth of all the time.
    isolate: false,
    // On a busy machine, processes that are waited for can be late. Where it counts, a second failure is a failure.
    retry: process.env["CI"] ? 1 : 0,
    // Most tests start programs. A line for each of them would hide the lines of the files.
    slowTestThreshold: 15_000,
    reporters: ["default", "json"],
    outputFile: { json: "test-results.json" },
  },
});

import { defineConfig } from "vitest/config";

// Shared by every package: `vitest run` in a package finds it by the root option in its script.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    // On a busy machine, processes that are waited for can be late. Where it counts, a second failure is a failure.
    retry: process.env["CI"] ? 1 : 0,
    // Most tests start programs. A line for each of them would hide the lines of the files.
    slowTestThreshold: 15_000,
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
  },
});

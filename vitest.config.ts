import { defineConfig } from "vitest/config";

// Shared by every package: `vitest run` in a package finds it by the root option in its script.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 30_000,
    reporters: ["default", ["json", { outputFile: "test-results.json" }]],
  },
});

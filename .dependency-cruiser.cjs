// The package graph is the map of prerequisites: see docs/s00-overview.md.
const chapters = Array.from({ length: 19 }, (_, index) => `s${String(index + 1).padStart(2, "0")}`);

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "runtime-imports-no-chapter",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^chapters/" },
    },
    {
      name: "offline-model-imports-no-runtime",
      severity: "error",
      from: { path: "^packages/offline-model/src" },
      to: { path: "^packages/runtime" },
    },
    {
      name: "chapters-use-the-test-entry-of-the-offline-model",
      severity: "error",
      from: { path: "^chapters/" },
      to: { path: "^packages/offline-model/", pathNot: "src/script\\.ts$" },
    },
    ...chapters.map((chapter, index) => ({
      name: `${chapter}-imports-only-lower-chapters`,
      severity: "error",
      from: { path: `^chapters/${chapter}-` },
      to: { path: `^chapters/(${[...chapters.slice(index + 1), "full"].join("|")})` },
    })),
    {
      name: "nothing-imports-scripts",
      severity: "error",
      from: { path: "^(packages|chapters)/" },
      to: { path: "^scripts/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^packages/playground/template" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};

// The package graph is the map of prerequisites: see docs/s00-overview.md.
const chapters = Array.from({ length: 19 }, (_, index) => `s${String(index + 1).padStart(2, "0")}`);

const SEAMS = ["loop.ts", "run.ts", "agent.ts", "extension.ts", "seams.ts", "index.ts"];

/** Each room of the runtime, and what stands above it. errors.ts is below all of them. */
const ROOMS = [
  ["terminal", "index.ts"],
  ["model", "terminal/", "processes/", "workspace/", "loop.ts", "run.ts", "index.ts"],
  ["tools", "terminal/", "model/", "loop.ts", "run.ts", "index.ts"],
  ["conversation", "terminal/", "model/", "tools/", "processes/", "workspace/", ...SEAMS],
  ["processes", "terminal/", "model/", "tools/", "conversation/", ...SEAMS],
  ["workspace", "terminal/", "model/", "tools/", "conversation/", "processes/", ...SEAMS],
];

module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    // The runtime's rooms, from the top down; each may import what stands below it.
    ...ROOMS.map(([room, ...above]) => ({
      name: `runtime-${room}-imports-downwards`,
      severity: "error",
      from: { path: `^packages/runtime/src/${room}/` },
      to: { path: above.map((place) => `^packages/runtime/src/${place}`) },
    })),
    {
      name: "runtime-imports-no-chapter",
      severity: "error",
      from: { path: "^packages/" },
      to: { path: "^chapters/" },
    },
    // What shows a session is loaded for who asks for it, and the runtime goes without (start.ts finds it by its path).
    {
      name: "runtime-imports-no-player",
      severity: "error",
      from: { path: "^packages/runtime/" },
      to: { path: "^packages/(player|inspector)/" },
    },
    {
      name: "player-has-no-framework",
      severity: "error",
      from: { path: "^packages/player/src/" },
      to: { path: ["^packages/player/component/", "node_modules/(vue|@vue)/", "^node:"] },
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
    exclude: { path: ["^packages/playground/template", "^docs/[.]vitepress/(cache|dist|[.]temp)"] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};

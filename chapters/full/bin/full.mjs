#!/usr/bin/env node
// The capstone as a program: it starts in any folder, and works there. "pnpm link --global" in chapters/full puts it on
// the path.
await import(new URL("../../../scripts/preflight.mjs", import.meta.url).href);

const { startTerminal } = await import("@course/runtime/terminal");
const chapter = await import("../src/agent.ts");
await startTerminal(chapter, new URL("../src/main.ts", import.meta.url).href, process.cwd());

#!/usr/bin/env node
// The capstone as a program: it starts in any folder, and works there. "pnpm link --global" in chapters/full puts it on
// the path. As in src/main.ts, all is required.
import { createRequire } from "node:module";

await import(new URL("../../../scripts/preflight.mjs", import.meta.url).href);
const require = createRequire(import.meta.url);
const { startTerminal } = require("@course/runtime/terminal");
const main = new URL("../src/main.ts", import.meta.url).href;
await startTerminal(require("../src/agent.ts"), main, process.cwd());

// Two hundred files are loaded before the prompt. tsx reads one that is required in half the time of one that is imported.
// So all are required from here on: a module that came in both ways would be there twice.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { startTerminal } = require("@course/runtime/terminal") as typeof import("@course/runtime/terminal");
await startTerminal(require("./agent.ts") as typeof import("./agent.ts"), import.meta.url);

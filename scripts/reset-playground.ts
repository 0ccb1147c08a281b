// npm run playground:reset: the playground as it was when new.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ensurePlayground } from "../packages/runtime/src/workspace/workspace.ts";

const root = join(import.meta.dirname, "..");
const playground = join(root, "playground");
rmSync(playground, { recursive: true, force: true });
ensurePlayground(playground, join(root, "packages/playground/template"));
console.log(`${playground} is new again.`);

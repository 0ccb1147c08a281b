// npm run playground:reset: the playground as it was when new.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ensurePlayground } from "../packages/runtime/src/workspace/workspace.ts";
import { ROOT, runScript } from "./lib/chapters.ts";
import { helpIfAsked } from "./lib/command-line.ts";

void runScript(() => {
  helpIfAsked(import.meta.filename);
  const [unexpected] = process.argv.slice(2);
  // Whoever asks what it does must not lose their work by it.
  if (unexpected !== undefined)
    throw new Error(
      `Unexpected ${unexpected}. "npm run playground:reset" alone makes the playground new; what was in it is gone then.`,
    );
  const playground = join(ROOT, "playground");
  rmSync(playground, { recursive: true, force: true });
  ensurePlayground(playground, join(ROOT, "packages/playground/template"));
  console.log(`${playground} is new again.`);
});

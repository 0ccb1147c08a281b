// Runs the tests whenever something is saved in the learner's folder.
import { watch } from "node:fs";
import type { Screen } from "../../packages/runtime/src/terminal/screen.ts";
import { dim } from "../../packages/runtime/src/terminal/text.ts";

/** Editors write a file in several steps. */
const SETTLE_MS = 200;

/** Shows, and again after each change in one of the folders. Does not resolve; Ctrl-C ends the program. */
export async function watchAndShow(
  folders: readonly string[],
  screen: Screen,
  show: () => Promise<void>,
): Promise<never> {
  await show();
  let isRunning = false;
  let isStale = false;
  let timer: NodeJS.Timeout | undefined;
  const run = async () => {
    isStale = isRunning;
    if (isRunning) return;
    isRunning = true;
    if (screen.isLive) process.stdout.write("\x1b[2J\x1b[H");
    await show();
    isRunning = false;
    if (isStale) await run();
    else screen.line(["  ", dim("Waiting for you to save. Ctrl-C leaves.")]);
  };
  for (const folder of folders)
    watch(folder, { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => void run(), SETTLE_MS);
    });
  screen.line(["  ", dim("Waiting for you to save. Ctrl-C leaves.")]);
  return new Promise<never>(() => {});
}

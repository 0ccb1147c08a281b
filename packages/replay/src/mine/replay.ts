// npm run replay FILE -- --mine: the trace once more, through what the learner wrote. It runs in a program of its own, in
// which whatever is imported of the chapter is the learner's.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { REPOSITORY } from "@course/runtime/terminal";
import { chapterOf } from "../chapter-agent.ts";
import type { MineCommand } from "../flags.ts";
import { readTrace } from "../trace/read.ts";

/** Resolves with the exit code: 1 where something is not the same. */
export async function replayMine({ file, chapter: wanted, dir }: MineCommand): Promise<number> {
  const trace = await readTrace(file);
  if (trace.isPartial)
    throw new Error("The trace begins in the middle of a conversation, so it cannot be run again.");
  const chapter = chapterOf(wanted, trace.header);
  const program = join(import.meta.dirname, "program.ts");
  const child = spawn(
    process.execPath,
    ["--import", "./scripts/preflight.mjs", program, file, chapter.id, ...(dir === undefined ? [] : [dir])],
    {
      cwd: REPOSITORY,
      stdio: "inherit",
      env: { ...process.env, COURSE_MINE_OF: chapter.name },
    },
  );
  // The terminal sends Ctrl-C to both; what to do about it is for the child to say.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => void child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

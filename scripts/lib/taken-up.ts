// <!-- killed full 1 write=25 "What did you change?" -->: a program that is killed at a write to its session's file, and
// what the next one shows that takes the session up.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ensurePlayground } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { findChapter, ROOT } from "./chapters.ts";
import { normalize } from "./transcripts.ts";

/** Throws an Error where the program was not killed. */
export async function takenUp(id: string, number: number, write: number, prompt: string): Promise<string> {
  const { folder: chapter, card } = findChapter(id);
  const entry = card.tryIt[number - 1];
  if (!entry) throw new Error(`${id} has no prompt ${number}; it has 1 to ${card.tryIt.length}`);
  const parent = temporaryFolder();
  const folder = join(parent, "playground");
  ensurePlayground(folder, join(ROOT, "packages/playground/template"));
  const program = join(chapter, "src/main.ts");
  const flags = ["--offline", "--dir", folder, ...(entry.flags ?? [])];
  const start = ["--import", "./scripts/preflight.mjs"];
  const kill = ["--import", join(chapter, "test/kill-at.mjs")];
  try {
    const killed = await run([...kill, ...start, program, ...flags, "-p", entry.prompt], parent, {
      KILL_AT: String(write),
    });
    if (killed.signal !== "SIGKILL") throw new Error(`the program ended before write ${write}`);
    const { output } = await run([...start, program, ...flags, "--continue", "-p", prompt], parent);
    const shown = normalize(output, folder).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID");
    return `$ npm run ${id} -- --continue -p "${prompt}"\n${shown}`;
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

async function run(args: readonly string[], home: string, more: Record<string, string> = {}) {
  const clean = Object.entries(process.env).filter(
    ([name]) => !/^(ANTHROPIC|MODEL_ID|INIT_CWD|npm_)/.test(name),
  );
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...Object.fromEntries(clean), HOME: home, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [, signal] = await exited;
  return { output: `${err.trimEnd()}\n${out.trimEnd()}`, signal };
}

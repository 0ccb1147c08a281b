// For tests: a chapter as a program, in a process of its own or in that of the tests, which starts none.
import { spawn } from "node:child_process";
import { EventEmitter } from "node:events";
import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type * as OfflineModel from "@course/offline-model";
import { loadFile } from "./load-later.ts";
import type { ChapterModule } from "./terminal/chapter.ts";
import { chaptersNamed } from "./terminal/flags.ts";
import type { Host } from "./terminal/host.ts";
import { chapterFile, readCard, REPOSITORY } from "./terminal/repository.ts";
import { startProgram } from "./terminal/start-program.ts";

/** A new, empty folder; gone when the tests of the package have ended (vitest.config.ts). */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(process.env["COURSE_TEST_FOLDER"] ?? tmpdir(), "course-")));
}

/** Arguments with which Node runs a file of TypeScript as the scripts of npm do, from any folder. */
export function nodeArguments(file: string, ...args: string[]): string[] {
  return ["--import", join(REPOSITORY, "scripts/preflight.mjs"), file, ...args];
}

export interface ChapterRun {
  stdout: string;
  stderr: string;
  code: number | null;
}

/** Runs a chapter's main.ts as a program, with these lines on its standard input and no credentials. */
export async function runChapter(
  testUrl: string,
  args: readonly string[],
  lines: readonly string[] = [],
): Promise<ChapterRun> {
  const main = join(dirname(fileURLToPath(testUrl)), "../src/main.ts");
  const child = spawn(process.execPath, nodeArguments(main, ...args), {
    cwd: REPOSITORY,
    env: { ...cleanEnvironment(), HOME: temporaryFolder() },
  });
  child.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { stdout, stderr, code };
}

/** What stands in the settings and the home of whoever runs the tests must not decide them. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(ANTHROPIC|MODEL_ID|NODE_V8|VITEST|INIT_CWD)/.test(name),
  );
  return Object.fromEntries(own);
}

let home: string | undefined;

/**
 * Runs a chapter as its main.ts does, but in this process. Not covered: what a process has once, such as its signals; and
 * the home folder, which is another, empty one from then on, is the same for all that run here.
 */
export async function runHere(
  testUrl: string,
  args: readonly string[],
  lines: readonly string[] = [],
): Promise<ChapterRun> {
  home ??= process.env["HOME"] = temporaryFolder();
  // Paths in flags are those that are typed in the repository's root.
  process.env["INIT_CWD"] = REPOSITORY;
  const { startOfflineModel } = await loadFile<typeof OfflineModel>(
    join(REPOSITORY, "packages/offline-model/src/index.ts"),
  );
  const load = (file: string) => loadFile<ChapterModule>(file);
  const chapter = await load(join(dirname(fileURLToPath(testUrl)), "../src/agent.ts"));
  const others = await Promise.all(chaptersNamed(args).map((name) => load(chapterFile(name))));
  const { host, ended } = newHost(args, lines.map((line) => `${line}\n`).join(""));
  const parts = {
    card: readCard(testUrl),
    chapter,
    others,
    envFile: join(home, ".env"),
    defaultFolder: temporaryFolder,
    startOfflineModel,
  };
  await startProgram(parts, host);
  return ended;
}

/** What a program has in the place of this process: these arguments, this on its standard input, and nobody's settings. */
export function newHost(args: readonly string[] = [], input = "") {
  const printed = { stdout: "", stderr: "" };
  const writer = (name: keyof typeof printed) =>
    new Writable({
      decodeStrings: false,
      write(text, _, done) {
        printed[name] += String(text);
        done();
      },
    });
  const events = new EventEmitter();
  let exit: Host["exit"] = () => {};
  const ended = new Promise<ChapterRun>((resolve) => (exit = (code) => resolve({ ...printed, code })));
  const host: Host = {
    argv: ["node", "main.ts", ...args],
    env: cleanEnvironment(),
    on: events.on.bind(events) as unknown as Host["on"],
    stdin: Readable.from(input === "" ? [] : [input]),
    stdout: writer("stdout"),
    stderr: writer("stderr"),
    exit,
  };
  return { host, printed, ended };
}

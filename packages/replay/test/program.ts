// npm run replay as a program, and traces to play: real ones, of real runs on the offline model.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { REPOSITORY } from "@course/runtime/terminal";
import { ensurePlayground } from "@course/runtime";

export const FIXTURE = join(import.meta.dirname, "fixtures/claude-code.jsonl");

/** What is set where the tests run must not decide them. */
const environment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) =>
        !/^(ANTHROPIC|MODEL_ID|NODE_V8|VITEST|INIT_CWD|DISPLAY|WAYLAND|BROWSER|EDITOR|VISUAL)/.test(name),
    ),
  );

export interface Ended {
  stdout: string;
  stderr: string;
  code: number | null;
}

export function node(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  flags: readonly string[] = [],
): Ended {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...flags, "--import", "./scripts/preflight.mjs", ...args],
    { cwd: REPOSITORY, encoding: "utf8", env: { ...environment(), ...env }, maxBuffer: 1024 ** 3 },
  );
  return { stdout, stderr, code: status };
}

export function replay(args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  return node(["packages/replay/src/main.ts", ...args], env);
}

/** As `replay`, while this process goes on: it may be the one that answers. */
export async function replayed(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(
    process.execPath,
    ["--import", "./scripts/preflight.mjs", "packages/replay/src/main.ts", ...args],
    { cwd: REPOSITORY, env: { ...environment(), ...env }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once("exit", resolve)),
  ]);
  return { stdout, stderr, code };
}

export interface Traced {
  /** The playground that it happened in, and its trace. */
  folder: string;
  file: string;
  remove(): void;
}

/** Runs a prompt in a chapter, on the offline model and a new playground. */
export function traceOf(id: string, prompt: string, flags: readonly string[] = []): Traced {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), "course-traced-")));
  const folder = join(parent, "playground");
  ensurePlayground(folder, join(REPOSITORY, "packages/playground/template"));
  const [name = ""] = readdirSync(join(REPOSITORY, "chapters")).filter((one) => one.startsWith(id));
  const main = `chapters/${name}/src/main.ts`;
  const { code, stderr } = node([main, "--offline", "--trace", "--dir", folder, ...flags, "-p", prompt]);
  const [trace] = readdirSync(join(folder, ".traces")).filter((one) => one.endsWith(".jsonl"));
  if (code !== 0 || trace === undefined) throw new Error(`${id} did not run: ${stderr}`);
  return {
    folder,
    file: join(folder, ".traces", trace),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}

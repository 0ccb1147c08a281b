// One run of the program: a folder and a model of its own, a prompt, a time limit. Whatever the program does is a
// result, and what it started is gone before the next run takes its place.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { randomUUID } from "node:crypto";
import { signalSession, spawnShell, type ShellEnd, type ShellProcess } from "@course/runtime";
import { commandLine, type Program } from "./command-line.ts";
import { Evidence, type Ending } from "./evidence.ts";
import { Model, type Script } from "./model.ts";
import { Output } from "./output.ts";
import { endMarked, MARK, survivors } from "./survivors.ts";

/** The model that programs are to ask for. */
export const MODEL_ID = "claude-sonnet-5-5";
const MOST_OUTPUT_BYTES = 32 * 1024 * 1024;
const MOST_REQUESTS = 60;
/** How long what the program started may take to follow it. */
const GRACE_MS = 1_500;
const LINGER_MS = 500;
/** After a reply has left, so that the program has read it. */
const INTERRUPT_AFTER_MS = 400;

export interface RunPlan {
  prompt: string;
  script: () => Script;
  /** What lies in the folder before, by path. */
  files?: Readonly<Record<string, string>>;
  /** Makes what else has to lie there. */
  prepare?(folder: string): void;
  contextTokens?: number;
  faults?: string;
  mostRequests?: number;
  /** At least so long, whatever the program is given. */
  seconds?: number;
}

/** Runs the program, and hands what happened to `judge` while its folder is still there. Rejects only where that does. */
export async function withRun<T>(
  program: Program,
  plan: RunPlan,
  signal: AbortSignal,
  judge: (evidence: Evidence) => T,
): Promise<T> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "grade-")));
  const folder = join(root, "work");
  try {
    mkdirSync(folder);
    for (const [path, text] of Object.entries(plan.files ?? {})) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    plan.prepare?.(folder);
    return judge(await runIn(folder, program, plan, signal));
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function runIn(
  folder: string,
  program: Program,
  plan: RunPlan,
  signal: AbortSignal,
): Promise<Evidence> {
  let shell: ShellProcess | undefined;
  let cause: Ending | undefined;
  const end = (why: Ending) => {
    cause ??= why;
    shell?.kill();
  };
  const model = await Model.start({
    script: plan.script(),
    folder,
    contextTokens: plan.contextTokens,
    faults: plan.faults,
    mostRequests: plan.mostRequests ?? MOST_REQUESTS,
    interrupt: () => void setTimeout(() => interrupt(shell), INTERRUPT_AFTER_MS).unref(),
    onTooMuch: () => end({ kind: "asked_too_much" }),
  });
  const marks = { mark: randomUUID(), folder: dirname(folder) };
  try {
    const env = environment(model.url, marks.mark);
    shell = startProgram(program, plan, { cwd: folder, signal, env });
    const output = new Output(MOST_OUTPUT_BYTES, () => end({ kind: "flooded" }));
    shell.output.on("data", (chunk: Buffer) => output.add(chunk));
    const ended = await shell.ended;
    const left = await survivors(marks, ended.ending === "exited" ? GRACE_MS : 0);
    if (ended.leftBehind && left.length === 0 && ended.ending === "exited")
      left.push("a process of its session");
    return new Evidence({ model, folder, ending: cause ?? endingOf(ended), output: output.text(), left });
  } finally {
    await endMarked(marks);
    await model.close();
  }
}

function startProgram(
  program: Program,
  plan: RunPlan,
  options: { cwd: string; signal: AbortSignal; env: Record<string, string> },
): ShellProcess {
  return spawnShell(commandLine(program, plan.prompt), {
    ...options,
    timeoutMs: Math.max(program.seconds, plan.seconds ?? 0) * 1000,
    lingerMs: LINGER_MS,
    ...(program.stdin && { input: `${plan.prompt}\n` }),
  });
}

/** As in a terminal: to the program, and to what it started in its own group. */
function interrupt(shell: ShellProcess | undefined): void {
  if (shell?.pid !== undefined) signalSession(shell.pid, "SIGINT");
}

function environment(url: string, mark: string): Record<string, string> {
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: "grade",
    MODEL_ID,
    [MARK]: mark,
    // A proxy would be asked for the loopback address, too.
    NO_PROXY: "127.0.0.1,localhost",
    no_proxy: "127.0.0.1,localhost",
  };
}

function endingOf({ ending, exitCode, signal, error }: ShellEnd): Ending {
  if (ending === "failed_to_start") return { kind: "not_started", why: error ?? "it did not start" };
  if (ending === "timed_out") return { kind: "timed_out" };
  if (signal !== null) return { kind: "died", signal };
  return { kind: "exited", code: exitCode ?? 1 };
}

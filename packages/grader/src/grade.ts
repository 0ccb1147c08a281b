// Grades a program: one run to see that it can be graded at all, then the runs of all stages, several at once.
import { setMaxListeners } from "node:events";
import { availableParallelism } from "node:os";
import { say } from "@course/offline-model/test";
import type { Case, Check, Stage, Verdict } from "./check.ts";
import type { Program } from "./command-line.ts";
import { describeEnding, type Evidence } from "./evidence.ts";
import { inOrder } from "./model.ts";
import { MODEL_ID, withRun, type RunPlan } from "./run.ts";
import { shortened } from "./shortened.ts";
import { SHAPES, Offered, type Need } from "./tools.ts";

const LAST_LINES = 3;

export interface Graded {
  name: string;
  status: "passed" | "failed" | "not offered";
  expected: string;
  /** What came instead, or what is not offered. */
  came?: string;
  /** What went wrong before that. */
  why?: string;
  /** The last lines that the program printed, where it failed. */
  printed?: readonly string[];
  /** Under docs/. */
  lesson: string;
}

export interface GradedStage {
  name: string;
  about: string;
  checks: readonly Graded[];
}

/** What the first run showed. */
export interface FirstLook {
  /** Why the program cannot be graded. */
  problem?: string;
  printed?: readonly string[];
  /** The names of the tools that were found by their shape. */
  tools: Partial<Record<Need, string>>;
  /** What is odd, and no reason to stop. */
  notes: readonly string[];
}

const HELLO: RunPlan = { prompt: "Say hello.", script: inOrder(() => say("Hello, whimbrel.")) };

/** Runs the program once, to see whether it asks the model at all, and ends. */
export function firstLook(program: Program, signal: AbortSignal): Promise<FirstLook> {
  return withRun(program, HELLO, signal, (run) => {
    const problem = problemOf(run, program);
    const { tools, model } = (run.answered[0]?.body ?? {}) as { tools?: never[]; model?: unknown };
    const offered = new Offered(tools ?? [], "");
    const names = Object.keys(SHAPES).flatMap((need) => {
      const name = offered.nameOf(need as Need);
      return name === undefined ? [] : [[need, name]];
    });
    const notes =
      model === undefined || model === MODEL_ID
        ? []
        : [
            `It asks for the model ${shortened(JSON.stringify(model))}; MODEL_ID says ${MODEL_ID}, which thinks.`,
          ];
    return {
      ...(problem !== undefined && { problem, printed: run.lastLines(2 * LAST_LINES) }),
      tools: Object.fromEntries(names) as FirstLook["tools"],
      notes,
    };
  });
}

function problemOf(run: Evidence, { seconds }: Program): string | undefined {
  const { ending, exchanges, answered, strays } = run;
  const ended = describeEnding(ending);
  if (ending.kind === "exited" && ending.code === 127 && exchanges.length === 0)
    return "The command was not found. It is run by a shell in a folder of its own: use a program on the PATH, or a path that exists where you stand.";
  if (exchanges.length === 0 && strays.length > 0)
    return `It did not ask POST /v1/messages, but ${strays.slice(0, 3).join(", ")}. It ${ended}.`;
  if (exchanges.length === 0)
    return `It made no request to ANTHROPIC_BASE_URL, and ${ended}. The prompt is its last argument, unless {prompt} or --stdin says otherwise.`;
  if (answered.length === 0) {
    const { status, message } = exchanges[0]?.error ?? { status: 0, message: "no answer" };
    return `The API refused its first request (${status}: ${message}). It ${ended}.`;
  }
  if (ending.kind === "timed_out")
    return `It asked the model, and did not end within ${seconds} s after "Say hello." A graded program takes one prompt, answers it, and ends.`;
  return ending.kind === "exited" ? undefined : `It asked the model, and ${ended}.`;
}

/** Runs the stages; tells each as soon as it and those before it are done. */
export async function grade(
  program: Program,
  stages: readonly Stage[],
  signal: AbortSignal,
  onStage: (stage: GradedStage) => void = () => {},
): Promise<GradedStage[]> {
  // Each run listens for the end of all.
  setMaxListeners(0, signal);
  const atOnce = limited(Math.max(2, availableParallelism() + 1));
  const running = stages.map(async ({ name, about, lesson, cases }) => {
    const checks = await Promise.all(cases.map((one) => gradeCase(program, one, lesson, signal, atOnce)));
    return { name, about, checks: checks.flat() };
  });
  const graded: GradedStage[] = [];
  for (const stage of running) {
    graded.push(await stage);
    onStage(await stage);
  }
  return graded;
}

async function gradeCase(
  program: Program,
  { runs, checks }: Case,
  lesson: string,
  signal: AbortSignal,
  atOnce: ReturnType<typeof limited>,
): Promise<Graded[]> {
  const judged = await Promise.all(
    runs.map((plan) =>
      atOnce(() =>
        withRun(program, plan, signal, (run) => checks.map((check) => gradeCheck(check, run, lesson))),
      ),
    ),
  );
  return checks.flatMap((_, at) => {
    const each = judged.flatMap((results) => results[at] ?? []);
    return each.find(({ status }) => status !== "passed") ?? each[0] ?? [];
  });
}

function gradeCheck(check: Check, run: Evidence, stageLesson: string): Graded {
  const { name, expected, lesson = stageLesson } = check;
  const verdict: Verdict = run.missing === undefined ? check.judge(run) : { notOffered: SHAPES[run.missing] };
  if (verdict === undefined) return { name, status: "passed", expected, lesson };
  if (typeof verdict === "object")
    return { name, status: "not offered", expected, came: verdict.notOffered, lesson };
  const why = reasonFor(verdict, run);
  return {
    name,
    status: "failed",
    expected,
    came: verdict,
    ...(why !== "" && { why }),
    printed: run.lastLines(LAST_LINES),
    lesson,
  };
}

/** What went wrong before: a refused request explains most of what follows, and the program's end the rest. */
function reasonFor(came: string, run: Evidence): string {
  const [refused] = run.refused;
  const ended = describeEnding(run.ending);
  return [
    ...(refused ? [`the API refused request ${refused.number} (${refused.status}: ${refused.message})`] : []),
    ...(run.isGood || came.includes(ended) ? [] : [`it ${ended}`]),
  ].join("; ");
}

/** Runs at most so many at once, in the order in which they are given. */
function limited(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

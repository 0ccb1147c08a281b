// Kills the first program of a scenario at one point after the other, starts the next one on the same folder, and says
// what became of it.
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { ModelServer, type MessageRequest } from "@course/offline-model/test";
import { temporaryFolder } from "@course/runtime/testing";
import type { Chapter } from "../lib/chapters.ts";
import { endMarked, survivors } from "../../packages/grader/src/survivors.ts";
import { instrumentedCopy } from "./instrument.ts";
import { live, type Run } from "./life.ts";
import type { Point } from "./points.ts";
import type { Orders } from "./program.ts";
import { scenarioOf, type Judged, type Lived, type Scenario } from "./scenario.ts";

export interface Outcome extends Judged {
  /** Counted from 1; 0 is the run that was not killed. */
  number: number;
  /** Where it died; undefined if it had ended before. */
  point: Point | undefined;
  /** Command lines of what ran on after the first program. */
  left: readonly string[];
}

export interface ChaosOptions {
  chapter: Chapter;
  /** The package whose src is put to the test: the chapter's, or the learner's. */
  source: string;
  /** At which points to kill, counted from 1; at all without it. */
  choose?: (points: readonly Point[]) => number[];
  signal: AbortSignal;
  /** Hears the outcomes in their order; the first is that of the run that was not killed. */
  onOutcome?: (outcome: Outcome, points: number) => void;
}

/** How long what a killed program started may take to follow it. */
const GRACE_MS = 3_000;

/** The outcomes in the order of the points, the run without a kill first. Rejects if that one fails by itself. */
export async function chaos(options: ChaosOptions): Promise<Outcome[]> {
  const { chapter, source, choose, onOutcome } = options;
  const scenario = await scenarioOf(chapter.id);
  const copy = join(temporaryFolder(), "package");
  try {
    instrumentedCopy(source, chapter.folder, copy);
    const whole = await attempt(scenario, options, copy, 0);
    if (options.signal.aborted) return [];
    if (!whole.run.isWhole)
      throw new Error(`Without a kill it does not come to its end: ${lastLine(whole.run.errors)}`);
    const points = whole.run.points.length;
    onOutcome?.(whole.outcome, points);
    const waiting = choose?.(whole.run.points) ?? spread(points);
    const outcomes = [whole.outcome];
    const inOrder = [...waiting];
    const tell = () => {
      for (;;) {
        const next = outcomes.find(({ number }) => number === inOrder[0]);
        if (!next) return;
        inOrder.shift();
        onOutcome?.(next, points);
      }
    };
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        if (options.signal.aborted) return;
        const { outcome } = await attempt(scenario, options, copy, next);
        if (options.signal.aborted) return;
        outcomes.push(outcome);
        tell();
      }
    };
    await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
    return outcomes.toSorted((a, b) => a.number - b.number);
  } finally {
    rmSync(join(copy, ".."), { recursive: true, force: true });
  }
}

/** 1 to `points`, or `most` of them. */
export function spread(points: number, most = points): number[] {
  const count = Math.min(points, most);
  const step = count > 1 ? (points - 1) / (count - 1) : 0;
  return Array.from({ length: count }, (_, index) => Math.round(1 + index * step));
}

async function attempt(
  scenario: Scenario,
  { chapter, signal }: ChaosOptions,
  copy: string,
  number: number,
): Promise<{ outcome: Outcome; run: Run }> {
  const root = temporaryFolder();
  const folder = join(root, "work");
  mkdirSync(folder);
  const marks = { mark: randomUUID(), folder: root };
  const begin = async (part: "first" | "next", dieAt: number) => {
    const orders = { id: chapter.id, part, folder, from: chapter.folder, copy, dieAt };
    return livedThrough(scenario, orders, marks.mark, signal);
  };
  try {
    const first = await begin("first", number);
    const left = await survivors(marks, GRACE_MS);
    const between: unknown = scenario.between?.(folder);
    const next = await begin("next", 0);
    const judged = scenario.judge(folder, first.lived, next.lived, between);
    const point = number === 0 || first.run.isWhole ? undefined : first.run.points.at(-1);
    const running = left.map((line) => `left running: ${line}`);
    const faults = [...judged.faults, ...faultsOfRuns(first.run, next.run), ...running];
    return { outcome: { ...judged, faults, number, point, left }, run: first.run };
  } finally {
    await endMarked(marks);
    rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** One program of the scenario, with a model of its own. */
async function livedThrough(
  scenario: Scenario,
  orders: Omit<Orders, "url">,
  mark: string,
  signal: AbortSignal,
): Promise<{ run: Run; lived: Lived }> {
  const requests: MessageRequest[] = [];
  const model = await ModelServer.start({
    respond(request) {
      requests.push(request);
      const parts = scenario.respond(request);
      return { parts: Array.isArray(parts) ? parts : [parts] };
    },
  });
  const run = await live({ ...orders, url: model.url }, mark, signal);
  await model.close();
  return { run, lived: { words: run.words, requests, isWhole: run.isWhole } };
}

/** Neither program may hang, and the next one has to come to its end. */
function faultsOfRuns(first: Run, next: Run): string[] {
  const late = [first, next].flatMap(({ isLate }, at) => (isLate ? [`program ${at + 1} did not end`] : []));
  const isGood = next.isWhole || next.isLate;
  return isGood ? late : [...late, `the next start failed: ${lastLine(next.errors)}`];
}

function lastLine(text: string): string {
  const lines = text
    .trim()
    .split("\n")
    .map((line) => line.trim());
  return lines.find((line) => /^\w*Error: /.test(line)) ?? lines.at(-1) ?? "";
}

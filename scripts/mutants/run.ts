// One package: its mutants, a sample of them, and what its tests say of each.
import { Random } from "../fuzz/lines.ts";
import { isAccepted, staleEntries, type Accepted, type AcceptedFiles } from "./accepted.ts";
import { Compiler } from "./compiler.ts";
import { measure, testsFor, type Measured } from "./coverage.ts";
import { apply, mutantsOf, type Mutant } from "./mutate.ts";
import type { Package } from "./packages.ts";
import type { Sandbox, TestRun } from "./sandbox.ts";

/** A mutant may take this many times what its tests take without it. */
const TIMES_SLOWER = 3;
const START_MS = 15_000;

export interface Options {
  sample?: number;
  seed: number;
  /** Only files whose path holds it. */
  file?: string;
  /** Test files that take longer are left out; the rate is then the least that it can be. */
  longestMs: number;
}

export interface Outcome {
  mutant: Mutant;
  fate: "killed" | "timed out" | "survived" | "not run" | "refused";
  /** The test that failed first, or what else ended the mutant. */
  by: string;
}

export interface PackageOutcome {
  id: string;
  seed: number;
  /** All mutants, those too that were accepted or not in the sample. */
  mutants: number;
  accepted: number;
  outcomes: Outcome[];
  stale: (Accepted & { file: string })[];
  /** Test files that took too long to be run on every mutant. */
  without: string[];
  /** Of those that the compiler lets pass. */
  rate: number;
}

export interface Chosen {
  mutants: Mutant[];
  all: number;
  accepted: number;
  stale: (Accepted & { file: string })[];
}

/** The mutants of a package that are to be run: without the accepted ones, and of the rest a sample. */
export function choose(
  { sources }: Package,
  read: (file: string) => string,
  accepted: AcceptedFiles,
  { sample, seed, file }: Omit<Options, "longestMs">,
): Chosen {
  const files = sources.filter((source) => file === undefined || source.includes(file));
  const all = files.flatMap((source) => mutantsOf(source, read(source)));
  const random = new Random(seed);
  // Before the accepted ones are taken out: accepting one must not change which others are picked.
  const placed = all
    .map((mutant) => ({ mutant, place: random.next() }))
    .toSorted((a, b) => a.place - b.place);
  const open = placed.map(({ mutant }) => mutant).filter((mutant) => !isAccepted(mutant, accepted));
  const picked = new Set(open.slice(0, sample));
  return {
    mutants: all.filter((mutant) => picked.has(mutant)),
    all: all.length,
    accepted: all.length - open.length,
    stale: staleEntries(files, all, accepted),
  };
}

/** Runs the tests of a package on each chosen mutant, in all sandboxes at once; tells of each as it is known. */
export async function mutate(
  one: Package,
  chosen: Chosen,
  sandboxes: readonly Sandbox[],
  { seed, longestMs }: Options,
  told: (outcome: Outcome) => void,
): Promise<PackageOutcome> {
  const [first] = sandboxes;
  const compiler = new Compiler(one.root);
  const measured = first ? await measure(first, one, longestMs) : [];
  const left = chosen.mutants.values();
  const outcomes: Outcome[] = [];
  await Promise.all(
    sandboxes.map(async (sandbox) => {
      for (const mutant of left) {
        const outcome: Outcome = compiler.refuses(mutant)
          ? { mutant, fate: "refused", by: "the compiler" }
          : await fateOf(mutant, one, sandbox, measured);
        outcomes.push(outcome);
        told(outcome);
      }
    }),
  );
  const survivors = outcomes.filter(({ fate }) => isSurvivor(fate)).length;
  const tried = outcomes.filter(({ fate }) => fate !== "refused").length;
  const rate = tried === 0 ? 1 : 1 - survivors / tried;
  const { all, accepted, stale } = chosen;
  const without = one.tests.filter((name) => measured.every(({ test }) => test !== name));
  return { id: one.id, seed, mutants: all, accepted, outcomes, stale, without, rate };
}

export function isSurvivor(fate: Outcome["fate"]): boolean {
  return fate === "survived" || fate === "not run";
}

async function fateOf(
  mutant: Mutant,
  { folder }: Package,
  sandbox: Sandbox,
  measured: readonly Measured[],
): Promise<Outcome> {
  const code = sandbox.read(mutant.file);
  const tests = testsFor(mutant, code, measured);
  if (tests.length === 0) return { mutant, fate: "not run", by: "" };
  const ms = tests.reduce((sum, test) => sum + test.ms, 0) * TIMES_SLOWER + START_MS;
  sandbox.write(mutant.file, apply(code, mutant));
  try {
    const testMs = Math.round(Math.max(...tests.map((test) => test.ms)) * TIMES_SLOWER + START_MS / 3);
    const names = tests.map(({ test }) => test);
    return { mutant, ...said(await sandbox.run(folder, names, { ms, testMs })) };
  } finally {
    sandbox.write(mutant.file, code);
  }
}

function said({ passed, isTimeout, failure }: TestRun): Omit<Outcome, "mutant"> {
  if (isTimeout) return { fate: "timed out", by: "the time limit" };
  return { fate: passed ? "survived" : "killed", by: failure };
}

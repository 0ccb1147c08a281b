// npm run mutants s12: changes the chapter's sources in one place at a time, in a copy, and prints each change that
// its tests do not notice. npm run mutants -- --all --sample 40 --seed 1: 40 changes of each package.
// --quick 15: without test files that take longer than 15 seconds; then the rate is the least that it can be.
// --file PART: only files whose path holds it. --list: the changes, without running them. --workers 2. --json.
// Exit code 1 if fewer than 85 % of a package's changes are noticed. Those in mutants/accepted.json
// and those that do not compile are not run.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, runScript } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";
import { readAccepted } from "./mutants/accepted.ts";
import { wordDiff, type Mutant } from "./mutants/mutate.ts";
import { findPackage, packagesOf, type Package } from "./mutants/packages.ts";
import {
  choose,
  isSurvivor,
  mutate,
  type Chosen,
  type Options,
  type Outcome,
  type PackageOutcome,
} from "./mutants/run.ts";
import { Sandbox } from "./mutants/sandbox.ts";

const THRESHOLD = 0.85;
const OPTIONS = {
  all: { type: "boolean" },
  sample: { type: "string" },
  seed: { type: "string", default: "1" },
  file: { type: "string" },
  quick: { type: "string", default: "600" },
  workers: { type: "string", default: "1" },
  list: { type: "boolean" },
  json: { type: "boolean" },
} as const;

void runScript(async () => {
  const { values, positionals } = commandLine(import.meta.filename, OPTIONS, { words: Infinity });
  const { sample, file } = values;
  const options = {
    seed: count("seed", values.seed),
    longestMs: count("quick", values.quick) * 1_000,
    ...(sample === undefined ? {} : { sample: count("sample", sample) }),
    ...(file === undefined ? {} : { file }),
  };
  const workers = Math.max(1, count("workers", values.workers));
  const chosen = chooseAll(values.all ? "all" : positionals, options);
  if (values.list) {
    for (const { choice } of chosen) for (const mutant of choice.mutants) console.log(line(mutant));
    return;
  }
  const outcomes = await runAll(chosen, options, workers, values.json ? () => {} : console.log);
  if (values.json) console.log(JSON.stringify(outcomes, null, 2));
  if (outcomes.some(({ rate }) => rate < THRESHOLD)) process.exitCode = 1;
});

interface ChosenPackage {
  one: Package;
  choice: Chosen;
}

/** Throws an Error where a package is not there, or none is named. */
function chooseAll(names: "all" | readonly string[], options: Options): ChosenPackage[] {
  const known = packagesOf();
  const packages = names === "all" ? known : names.map((name) => findPackage(name, known));
  if (packages.length === 0)
    throw new Error("Name a package, as in: npm run mutants s12, or npm run mutants -- --all --sample 40");
  const accepted = readAccepted();
  const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
  const chosen = packages.map((one) => ({ one, choice: choose(one, read, accepted, options) }));
  if (chosen.every(({ choice }) => choice.mutants.length === 0))
    throw new Error("There is nothing to change: no file has such a name, or the sample is 0.");
  return chosen;
}

async function runAll(
  chosen: readonly ChosenPackage[],
  options: Options,
  workers: number,
  print: (text: string) => void,
): Promise<PackageOutcome[]> {
  const sandboxes = openSandboxes(workers);
  const outcomes: PackageOutcome[] = [];
  try {
    for (const { one, choice } of chosen) {
      let done = 0;
      const told = (outcome: Outcome) => {
        done += 1;
        if (process.stderr.isTTY)
          process.stderr.write(`${one.id} ${done} of ${choice.mutants.length}\u001b[K\r`);
        if (isSurvivor(outcome.fate)) print(survivorLine(outcome));
      };
      const outcome = await mutate(one, choice, sandboxes, options, told);
      outcomes.push(outcome);
      print(summary(outcome));
    }
  } finally {
    for (const sandbox of sandboxes) sandbox.close();
  }
  return outcomes;
}

function openSandboxes(workers: number): Sandbox[] {
  const sandboxes: Sandbox[] = [];
  const end = (code: number) => () => {
    for (const sandbox of sandboxes) sandbox.close();
    process.exit(code);
  };
  // Before the first copy is made, which Ctrl-C must not leave behind.
  process.once("SIGINT", end(130)).once("SIGTERM", end(143));
  do sandboxes.push(new Sandbox());
  while (sandboxes.length < workers);
  return sandboxes;
}

function count(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} ${text}: expected a whole number.`);
  return Number(text);
}

function line(mutant: Mutant): string {
  return `${mutant.file}:${mutant.line}  ${mutant.mutator}  ${wordDiff(mutant)}`;
}

function survivorLine({ mutant, fate }: Outcome): string {
  return `${line(mutant)}${fate === "not run" ? "  (no test runs this)" : ""}`;
}

function summary(outcome: PackageOutcome): string {
  const { id, seed, mutants, accepted, outcomes, stale, without, rate } = outcome;
  const ended = (wanted: Outcome["fate"]) => outcomes.filter(({ fate }) => fate === wanted).length;
  const [late, refused] = [ended("timed out"), ended("refused")];
  const killed = ended("killed") + late;
  const counts = `${killed} of ${outcomes.length - refused} killed${late > 0 ? `, ${late} of them by time` : ""}`;
  const rest = `${refused} that do not compile; ${mutants} in all, ${accepted} accepted, seed ${seed}`;
  const least = without.length > 0 ? `; at least, for it was without ${without.join(", ")}` : "";
  return [
    `${id.padEnd(14)} ${(rate * 100).toFixed(1)} %  ${counts}; ${rest}${least}`,
    ...stale.map(
      (one) =>
        `stale in scripts/mutants/accepted.json, remove it or write it anew: ${one.file}  ${wordDiff(one)}`,
    ),
  ].join("\n");
}

// npm run practice:check: proves every step of every exercise; npm run practice:check s13: one chapter's.
import { availableParallelism } from "node:os";
import { chapters, findChapter, runScript } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";
import { check, statesOf } from "./practice/check.ts";
import { exerciseOf, exercises } from "./practice/exercise.ts";
import { checkTests } from "./practice/write-tests/check.ts";
import { writeTestsOf } from "./practice/write-tests/exercise.ts";

void runScript(async () => {
  const { positionals: ids } = commandLine(import.meta.filename, {}, { words: Infinity });
  const chosen = ids.length > 0 ? ids.flatMap((id) => exerciseOf(findChapter(id)) ?? []) : exercises();
  const waiting = chosen.flatMap((exercise) => statesOf(exercise).map((written) => ({ exercise, written })));
  const problems: string[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      problems.push(...(await check(next.exercise, next.written)));
  };
  await Promise.all(Array.from({ length: Math.min(4, Math.max(2, availableParallelism())) }, work));
  const tested = (ids.length > 0 ? ids.map(findChapter) : chapters).flatMap((one) => writeTestsOf(one) ?? []);
  // One after the other: a mutant may be killed by its time, which a busy machine gives to each.
  for (const one of tested) problems.push(...(await checkTests(one)));
  for (const problem of problems.sort()) console.error(problem);
  const steps = chosen.reduce((sum, exercise) => sum + exercise.steps.length, 0);
  const mutants = tested.reduce((sum, one) => sum + one.mutants.length, 0);
  if (problems.length > 0)
    throw new Error(`${problems.length} faults in ${steps} steps to practise and ${mutants} mutants.`);
  console.log(
    `${steps} steps of ${chosen.length} chapters can be practised, and tests written for ${mutants} mutants.`,
  );
});

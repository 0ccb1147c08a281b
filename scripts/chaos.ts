// npm run chaos s13: kills a program at each point where it could die with a difference, starts the next one in the
// same folder, and shows what survived, what was told twice and what was left running. s12, s13, s14, s15.
// --points 20: so many of them, spread evenly. --mine: your mechanism in the place of ours. Exit code 1 if anything
// was lost, was told twice or ran on.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { screenOn } from "../packages/runtime/src/terminal/style.ts";
import { chaos, spread } from "./chaos/chaos.ts";
import { SCENARIOS, scenarioOf } from "./chaos/scenario.ts";
import { endLine, headLines, rowLines, statusOf } from "./chaos/show.ts";
import { findChapter, runScript, type Chapter } from "./lib/chapters.ts";
import { commandLine } from "./lib/command-line.ts";
import { PRACTICE } from "./practice/exercise.ts";

const stopping = new AbortController();
process.once("SIGINT", () => {
  stopping.abort();
  process.exitCode = 130;
});

void runScript(async () => {
  const { values, positionals } = commandLine(
    import.meta.filename,
    { mine: { type: "boolean" }, points: { type: "string" } },
    { words: Infinity },
  );
  const [id, ...others] = positionals;
  if (id === undefined || others.length > 0)
    throw new Error(`Name one chapter, as in: npm run chaos s13. There are: ${SCENARIOS.join(", ")}.`);
  const scenario = await scenarioOf(id);
  const chapter = findChapter(id);
  const source = values.mine ? mineOf(chapter) : chapter.folder;
  const most = pointsIn(values.points);
  const screen = screenOn(process.stdout);
  for (const line of headLines(chapter, scenario, values.mine === true)) screen.line(line);
  screen.status("the program without a kill");
  const outcomes = await chaos({
    chapter,
    source,
    choose: ({ length }) => spread(length, most),
    signal: stopping.signal,
    onOutcome(outcome, points) {
      screen.status(undefined);
      for (const line of rowLines(outcome, scenario)) screen.line(line);
      screen.status(statusOf(outcome, points, most));
    },
  });
  screen.status(undefined);
  if (stopping.signal.aborted) return screen.line("Stopped. Nothing of it runs any more.");
  for (const line of endLine(outcomes, chapter, values.mine === true)) screen.line(line);
  if (outcomes.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
});

function pointsIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Error(`--points ${text}: expected a whole number from 1 on.`);
  return Number(text);
}

function mineOf({ id, name }: Chapter): string {
  const folder = join(PRACTICE, name);
  if (existsSync(join(folder, "src"))) return folder;
  throw new Error(`--mine: you have not begun ${id}. Begin with: npm run practice ${id}`);
}

// Steps for whoever asked: in a terminal one at a time, in a pipe all of them.
import { bold, cyan, dim, screenOn, yellow, type Screen } from "@course/runtime/terminal";
import { chapters } from "./chapters.ts";
import { stepIndex, type Step, type Steps } from "./step.ts";
import { shortStep, wholeStep } from "./text/step-lines.ts";
import { stepThrough } from "./text/stepper.ts";

/** A pipe has no width; this is what a terminal mostly has. */
const PIPE_COLUMNS = 80;

export interface Wanted {
  step: string | undefined;
  from: string | undefined;
}

/** A person sits before a terminal that can redraw. */
export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY && process.env["TERM"] !== "dumb";
}

/** Returns the exit code. Throws an Error where there is no step of the number that is wanted. */
export async function showSteps(steps: Steps, { step, from }: Wanted): Promise<number> {
  const screen = screenOn(process.stdout);
  if (step !== undefined) {
    const index = stepIndex(step, steps, "--step");
    for (const line of wholeStep(await steps.step(index), index + 1, steps.count, widthOf(screen)))
      screen.line(...line);
    return 0;
  }
  const start = from === undefined ? 0 : stepIndex(from, steps, "--from");
  if (isTerminal() && steps.count > 0)
    return stepThrough(steps, {
      input: process.stdin,
      output: process.stdout,
      hasColors: !process.env["NO_COLOR"],
      start,
    });
  showHead(steps, screen);
  for (let index = start; index < steps.count; index++) printStep(await steps.step(index), index + 1, screen);
  return 0;
}

export function printStep(step: Step, number: number, screen: Screen): void {
  for (const row of shortStep(step, number, widthOf(screen))) screen.line(...row);
}

/** For a terminal as wide as it is; in a pipe, as for a terminal. */
export function widthOf(screen: Screen): number {
  return screen.isLive ? screen.width() : PIPE_COLUMNS;
}

function showHead(
  { title, count, remarks }: Pick<Steps, "title" | "count" | "remarks">,
  screen: Screen,
): void {
  screen.line(bold(title), dim(`  ${count} step${count === 1 ? "" : "s"}`));
  for (const remark of remarks) screen.line(yellow(remark));
  screen.line("");
}

/** What was seen of which chapter, and how to read on. */
export function showChapters(counts: ReadonlyMap<string, number>, screen: Screen): void {
  const rows = chapters().flatMap(({ id, card }) => {
    const count = counts.get(id) ?? 0;
    return count === 0 ? [] : [{ id, title: card.title, count }];
  });
  if (rows.length === 0) return;
  screen.line("");
  screen.line(bold("What of it the course teaches"));
  const most = Math.max(...rows.map(({ title }) => title.length));
  for (const { id, title, count } of rows)
    screen.line(
      "  ",
      cyan(id.padEnd(5)),
      title.padEnd(most + 2),
      dim(`${count} step${count === 1 ? "" : "s"}`),
    );
  screen.line("");
  screen.line("Each is a lesson in docs/ and a program, as in: npm run ", rows.at(-1)?.id ?? "s01");
}

// All exercises, and how far the learner has come in each.
import type { Screen } from "../../packages/runtime/src/terminal/screen.ts";
import { bold, dim, green } from "../../packages/runtime/src/terminal/text.ts";
import { readProgress, standing } from "../lib/progress.ts";
import { exercises } from "./exercise.ts";
import { commandLines } from "./pages.ts";

export function overview(screen: Screen): void {
  const progress = readProgress((problem) => screen.line(problem));
  const rows = exercises().map(({ chapter, steps }) => {
    const { practised } = standing(
      progress[chapter.id],
      steps.map(({ title }) => title),
    );
    return { chapter, steps, practised };
  });
  screen.line(bold("Write the mechanisms yourself, step by step, graded by the chapters' tests."));
  for (const { chapter, steps, practised } of rows) {
    const isDone = practised === steps.length;
    const count = `${practised} of ${steps.length}`;
    screen.line(
      `  ${chapter.id}  ${chapter.card.title.padEnd(22)}`,
      isDone ? green(`${count}  done`) : dim(count),
    );
  }
  const next = rows.find(({ steps, practised }) => practised < steps.length);
  screen.line("");
  for (const line of commandLines([
    next
      ? [`npm run practice ${next.chapter.id}`, `next: ${next.chapter.card.title}`]
      : ["npm run full -- --mine", "all that you have written, in one agent"],
  ]))
    screen.line(line);
}

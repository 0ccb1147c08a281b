// Functions without their bodies: the name, the types and the comment stay, and what is left throws an error that
// names the step. As long as that error stands in a function, the learner has not written it.
import { bodyOf } from "../lib/symbols.ts";
import type { Exercise, Step } from "./exercise.ts";
import { NOT_WRITTEN } from "./not-written.ts";

type Named = Pick<Exercise, "chapter">;

/** What the left-over function says. */
export function notWritten({ chapter }: Named, step: Step, symbol: string): string {
  return `${NOT_WRITTEN} ${symbol} (${chapter.id}, step ${step.number}: ${step.title}). Next: npm run practice ${chapter.id}`;
}

/** The source of a file with the functions of these steps emptied. Throws an Error if one is not there. */
export function withStubs(source: string, file: string, exercise: Named, steps: readonly Step[]): string {
  const cuts = steps.flatMap((step) =>
    step.functions
      .filter((one) => one.file === file)
      .map(({ symbol }) => ({ ...bodyOf(source, file, symbol), text: notWritten(exercise, step, symbol) })),
  );
  return cuts
    .sort((a, b) => b.body[0] - a.body[0])
    .reduce((text, { head, body: [from, to], text: message }) => {
      const line = text.slice(text.lastIndexOf("\n", head) + 1, head);
      const indent = /^\s*/.exec(line)?.[0] ?? "";
      const stub = `{\n${indent}  throw new Error(${JSON.stringify(message)});\n${indent}}`;
      return text.slice(0, from) + stub + text.slice(to);
    }, source);
}

/** Whether a function still is as it was left, also under a step that was renamed since. Throws an Error if it is not there. */
export function isStub(source: string, file: string, symbol: string): boolean {
  const [from, to] = bodyOf(source, file, symbol).body;
  return source.slice(from, to).includes(JSON.stringify(`${NOT_WRITTEN} ${symbol} (`).slice(0, -1));
}

// "Break it": a change of a few lines that the tests must notice. The patch lies beside its chapter,
// in break/NAME.patch, with the question and the test's name above it. It is applied to a copy of the
// package that it changes (the chapter, or the runtime), which stands for the real one under the same
// package name, and the test is run there.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { findChapter, fromRoot, type Chapter } from "./chapters.ts";
import { copyPatched, readPatch, type Patch } from "./patches.ts";
import { patternOf, runTestsIn, type TestRun } from "./run-tests.ts";
import { normalize } from "./transcripts.ts";

const LONGEST_MESSAGE = 12;

interface Exercise extends Patch {
  /** What `npm test` calls the package: s12, runtime. */
  name: string;
  question: string;
  test: string;
}

/** The exercise as a page shows it. Throws an Error if the patch, the test or its message will not do. */
export function breakIt(id: string, name: string): Promise<string> {
  return new BreakIts([[id, name]]).get(id, name);
}

/** Exercises of one page, as the page shows them. Most of what a test run costs is its start: these have one together. */
export class BreakIts {
  readonly #asked: Map<string, readonly [id: string, name: string]>;
  #done: Promise<Map<string, () => string>> | undefined;

  constructor(asked: readonly (readonly [id: string, name: string])[]) {
    this.#asked = new Map(asked.map((one) => [one.join(" "), one]));
  }

  /** Runs them while the page does something else, and for as long as a core has nothing better to do. */
  start(): void {
    if (this.#asked.size > 0) this.#done ??= breakAll([...this.#asked.values()]);
    // Who asks for one hears of it.
    this.#done?.catch(() => {});
  }

  /** Asked for a second time, or for one that was not named, it is run by itself. */
  async get(id: string, name: string): Promise<string> {
    this.start();
    const key = `${id} ${name}`;
    if (!this.#asked.delete(key)) return breakIt(id, name);
    const shown = (await this.#done)?.get(key);
    if (!shown) throw new Error(`${key} was not run`);
    return shown();
  }
}

/** Each one's text, or a throw of what is wrong with it. */
async function breakAll(
  asked: readonly (readonly [id: string, name: string])[],
): Promise<Map<string, () => string>> {
  const folder = temporaryFolder();
  const shown = new Map<string, () => string>();
  const exercises: { exercise: Exercise; key: string; copy: string }[] = [];
  try {
    for (const [id, name] of asked) {
      const key = `${id} ${name}`;
      const copy = join(folder, key.replace(" ", "-"));
      try {
        const exercise = readExercise(findChapter(id), name);
        copyPatched(exercise, copy);
        exercises.push({ exercise, key, copy });
      } catch (error) {
        shown.set(key, () => {
          throw error;
        });
      }
    }
    const tests = exercises.map(({ exercise, copy }) => ({ copy, name: exercise.test }));
    const run = await runTestsIn(folder, tests);
    for (const { exercise, key, copy } of exercises)
      shown.set(key, () => render(exercise, failureIn(exercise, copy, run)));
    return shown;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readExercise(chapter: Chapter, name: string): Exercise {
  const folder = join(chapter.folder, "break");
  const file = join(folder, `${name}.patch`);
  const path = fromRoot(file);
  if (!existsSync(file)) {
    const known = existsSync(folder) ? readdirSync(folder).join(", ") : "no folder of that kind";
    throw new Error(`there is no ${path}; there is ${known}`);
  }
  const patch = readPatch(chapter, file);
  const packageName = patch.package === fromRoot(chapter.folder) ? chapter.id : basename(patch.package);
  return { ...patch, name: packageName, question: patch.field("question"), test: patch.field("test") };
}

/** What the test says of the changed copy. */
function failureIn({ path, test }: Exercise, copy: string, { results, broken, output }: TestRun): string {
  const isHere = ({ file }: { file: string }) => file.startsWith(`${copy}/`);
  const title = new RegExp(`^${patternOf(test)}$`);
  const ran = results.filter((result) => isHere(result) && title.test(result.title));
  const [unloaded] = broken.filter(isHere);
  if (unloaded) throw new Error(`${path} breaks more than a test: ${unloaded.message.split("\n", 1)[0]}`);
  if (ran.length === 0 && !output.includes("skipped"))
    throw new Error(`${path}: vitest left no report\n${output}`);
  const [only] = ran;
  if (!only || ran.length > 1)
    throw new Error(`${path}: ${ran.length} tests are named "${test}"; expected one`);
  if (only.passed) throw new Error(`${path}: the test "${test}" survives the change`);
  const message = only.failure.split(/\n {4}at /, 1)[0]?.trimEnd() ?? "";
  if (!isReadable(message))
    throw new Error(
      `${path}: the test "${test}" fails without saying what was expected: ${message.split("\n", 1)[0]}. Give its expect a message`,
    );
  return normalize(`FAIL ${only.file.slice(copy.length + 1)} > ${test}\n${message}`, copy);
}

/** An assertion, in a few lines; not a time that ran out, nor an error from somewhere inside. */
function isReadable(message: string): boolean {
  return message.startsWith("AssertionError: ") && message.split("\n").length <= LONGEST_MESSAGE;
}

function render({ name, path, question, test, changes }: Exercise, failure: string): string {
  const lines = changes.flatMap(({ oldFileName = "", hunks }) => [
    `--- ${oldFileName.slice(2)}`,
    ...hunks.flatMap((hunk) => hunk.lines),
  ]);
  return `\`\`\`diff
${lines.join("\n")}
\`\`\`

${question} Make the change by hand, or with \`git apply ${path}\` (\`git apply -R\` takes it back), and run:

\`\`\`sh
npm test ${name} -- -t "${test}"
\`\`\`

<details>
<summary>What the test says</summary>

\`\`\`text
${failure}
\`\`\`

</details>`;
}

// "Break it": a change of a few lines that the tests must notice. The patch lies beside its chapter,
// in break/NAME.patch, with the question and the test's name above it. It is applied to a copy of the
// package that it changes (the chapter, or the runtime), which stands for the real one under the same
// package name, and the test is run there.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { temporaryFolder } from "@course/runtime/testing";
import { findChapter, fromRoot, type Chapter } from "./chapters.ts";
import { copyPatched, readPatch, type Patch } from "./patches.ts";
import { runTests } from "./run-tests.ts";
import { normalize } from "./transcripts.ts";

const LONGEST_MESSAGE = 12;

interface Exercise extends Patch {
  /** What `npm test` calls the package: s12, runtime. */
  name: string;
  question: string;
  test: string;
}

/** The exercise as a page shows it. Throws an Error if the patch, the test or its message will not do. */
export async function breakIt(id: string, name: string): Promise<string> {
  const exercise = readExercise(findChapter(id), name);
  const copy = temporaryFolder();
  try {
    copyPatched(exercise, copy);
    return render(exercise, await failureIn(exercise, copy));
  } finally {
    rmSync(copy, { recursive: true, force: true });
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
async function failureIn(exercise: Exercise, copy: string): Promise<string> {
  const { path, test } = exercise;
  const { results: ran, broken, output } = await runTests(copy, [test]);
  const [unloaded] = broken;
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

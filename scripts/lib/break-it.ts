// "Break it": a change of a few lines that the tests must notice. The patch lies beside its chapter,
// in break/NAME.patch, with the question and the test's name above it. It is applied to a copy of the
// package that it changes (the chapter, or the runtime), which stands for the real one under the same
// package name, and the test is run there.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { applyPatch, parsePatch, type StructuredPatch } from "diff";
import { temporaryFolder } from "@course/runtime/testing";
import { findChapter, fromRoot, ROOT, type Chapter } from "./chapters.ts";
import { runTests } from "./run-tests.ts";
import { normalize } from "./transcripts.ts";

const LONGEST_MESSAGE = 12;

interface Exercise {
  /** The package that is changed, from the repository's root. */
  package: string;
  /** What `npm test` calls it: s12, runtime. */
  name: string;
  /** From the repository's root. */
  path: string;
  question: string;
  test: string;
  changes: StructuredPatch[];
}

/** The exercise as a page shows it. Throws an Error if the patch, the test or its message will not do. */
export async function breakIt(id: string, name: string): Promise<string> {
  const exercise = readExercise(findChapter(id), name);
  const copy = temporaryFolder();
  try {
    applyTo(exercise, copy);
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
  const source = readFileSync(file, "utf8");
  const start = source.search(/^--- /m);
  const header = source.slice(0, Math.max(0, start));
  const field = (key: string) => {
    const value = new RegExp(`^${key}: (.+(?:\\n +.+)*)`, "m").exec(header)?.[1]?.replace(/\s+/g, " ");
    if (value === undefined) throw new Error(`${path} has no line "${key}: ..." above its first "--- "`);
    return value;
  };
  const changes = parsePatch(source.slice(start));
  const own = fromRoot(chapter.folder);
  const inPackage = /^a\/(packages\/[^/]+)\//.exec(changes[0]?.oldFileName ?? "")?.[1];
  return {
    package: inPackage ?? own,
    name: inPackage === undefined ? chapter.id : basename(inPackage),
    path,
    question: field("question"),
    test: field("test"),
    changes,
  };
}

/** Copies the package to `copy` and changes it there. */
function applyTo({ package: changed, path, changes }: Exercise, copy: string): void {
  const folder = join(ROOT, changed);
  const left = ["node_modules", "test-results.json", ".turbo"].map((name) => join(folder, name));
  cpSync(folder, copy, { recursive: true, filter: (source) => !left.includes(source) });
  symlinkSync(join(folder, "node_modules"), join(copy, "node_modules"));
  const inside = `a/${changed}/`;
  for (const change of changes) {
    const name = change.oldFileName ?? "";
    if (!name.startsWith(inside)) throw new Error(`${path} changes ${name}; expected a file in ${inside}`);
    const file = join(copy, name.slice(inside.length));
    const result = existsSync(file) && applyPatch(readFileSync(file, "utf8"), change);
    if (result === false)
      throw new Error(
        `${path} does not apply to ${name.slice(2)} any more; make the change anew, and git diff`,
      );
    writeFileSync(file, result);
  }
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

// Proves the exercise: each mutant compiles, what the learner begins with passes and kills none, and the reference
// passes on the working code and kills all.
import { join } from "node:path";
import { Project, ts } from "ts-morph";
import { fromRoot, ROOT } from "../../lib/chapters.ts";
import { patched } from "../../lib/patches.ts";
import type { Mutant, WriteTests } from "./exercise.ts";
import { judgeMutants, judgeRight, type Limits } from "./judge.ts";

export async function checkTests(exercise: WriteTests, limits?: Limits): Promise<string[]> {
  const project = new Project({
    tsConfigFilePath: join(ROOT, "tsconfig.json"),
    skipAddingFilesFromTsConfig: true,
  });
  const uncompiled = exercise.mutants.flatMap((mutant) => whyNotCompiled(mutant, project));
  if (uncompiled.length > 0) return uncompiled;
  return [
    ...(await judged(exercise, "begin.ts", 0, limits)),
    ...(await judged(exercise, "reference.ts", 1, limits)),
  ];
}

/** What is wrong where this file should kill none of the mutants (0), or each (1). */
async function judged(
  exercise: WriteTests,
  name: "begin.ts" | "reference.ts",
  share: 0 | 1,
  limits?: Limits,
): Promise<string[]> {
  const file = join(exercise.source, name);
  const right = await judgeRight(exercise, file, limits);
  if (right.kind !== "green")
    return [`${fromRoot(file)} is not green on the working code: ${JSON.stringify(right)}`];
  const fates = await judgeMutants(exercise, file, limits);
  return exercise.mutants.flatMap(({ patch }, index) => {
    const kind = fates[index]?.kind ?? "survived";
    if ((kind === "killed" ? 1 : 0) === share) return [];
    return [
      `${patch.path} is ${kind === "errored" ? "met by an error, not killed," : kind} by ${fromRoot(file)}`,
    ];
  });
}

/** One line for each mistake that the compiler finds in what the mutant changes. */
function whyNotCompiled({ patch }: Mutant, project: Project): string[] {
  const sources = patched(patch).map(({ file, text }) =>
    project.createSourceFile(join(ROOT, patch.package, file), text, { overwrite: true }),
  );
  const mistakes = sources.flatMap((source) => source.getPreEmitDiagnostics());
  const lines = mistakes.map(
    ({ compilerObject: { messageText } }) =>
      `${patch.path} does not compile: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
  );
  // The next mutant is one of the file as it lies on disk.
  for (const source of sources) source.refreshFromFileSystemSync();
  return lines;
}

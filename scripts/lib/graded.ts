// What docs/grade.md quotes of the grader: what each stage checks, and what a learner reads.
import { execFile } from "node:child_process";
import { stages } from "../../packages/grader/src/index.ts";
import { ROOT } from "./chapters.ts";
import { table } from "./format.ts";

/** The checks of a stage, each with the page that teaches it. Throws an Error if there is no such stage. */
export function checksTable(name: string): string {
  const stage = stages.find((one) => one.name === name);
  if (!stage)
    throw new Error(`there is no stage "${name}"; there are ${stages.map((one) => one.name).join(", ")}`);
  const checks = stage.cases.flatMap((one) => one.checks);
  return table(
    ["Check", "What is expected", "Lesson"],
    checks.map((check) => {
      const page = check.lesson ?? stage.lesson;
      return [check.name, check.expected, `[${page.split("-", 1)[0]}](${page})`];
    }),
  );
}

/** What `npm run grade` prints for a command. Rejects where it did not get as far as a result. */
export async function graded(command: string, flags: readonly string[]): Promise<string> {
  const args = ["--import", "./scripts/preflight.mjs", "packages/grader/src/main.ts", command, ...flags];
  const { INIT_CWD: _, ...env } = process.env;
  const text = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, args, { cwd: ROOT, env }, (_error, stdout, stderr) =>
      stdout.includes(" passed") ? resolve(stdout) : reject(new Error(`${stdout}${stderr}`)),
    );
  });
  return `$ npm run grade -- "${command}" ${flags.join(" ")}\n${text.trimEnd()}`;
}

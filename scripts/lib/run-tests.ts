// Tests by name in a package's folder, with vitest's report of them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { setPriority } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ROOT } from "./chapters.ts";
import { escapeRegExp } from "./requests.ts";

export interface TestResult {
  /** The test's file, absolute. */
  file: string;
  title: string;
  passed: boolean;
  /** What the first failure says, with its stack. */
  failure: string;
  /** What the test's setup files noted. */
  meta: Readonly<Record<string, unknown>>;
}

export interface TestRun {
  /** Of the tests that ran. */
  results: TestResult[];
  /** Files that could not be loaded, and why. */
  broken: { file: string; message: string }[];
  /** What vitest printed. */
  output: string;
  /** Whether the time ran out. What ran until then is not reported. */
  isTimedOut: boolean;
}

export interface RunOptions {
  /** After so long all processes of the run are ended. */
  limitMs?: number;
  /** vitest's configuration; without one, the repository's. */
  config?: string;
  /** Further arguments for vitest. */
  args?: readonly string[];
  /** How far its processes give way to others, as for `nice`. */
  niceness?: number;
}

interface Report {
  testResults: {
    name: string;
    message: string;
    assertionResults: {
      title: string;
      status: string;
      failureMessages: string[];
      meta: Record<string, unknown>;
    }[];
  }[];
}

/** Runs the tests with these names; `%s` and the like stand for what a table of cases puts in their place. */
export function runTests(
  folder: string,
  names: readonly string[],
  options: RunOptions = {},
): Promise<TestRun> {
  return run(folder, names, filesWith(folder, names), options);
}

/** Runs a test in each of these copies of packages, which lie in one folder. */
export function runTestsIn(
  folder: string,
  tests: readonly { copy: string; name: string }[],
): Promise<TestRun> {
  const files = tests.flatMap(({ copy, name }) => {
    const found = filesWith(copy, [name]);
    return (found.length === 0 ? [""] : found).map((file) => `${join(copy, "test", file)}`);
  });
  const options = { config: join(import.meta.dirname, "copies/vitest.config.ts"), niceness: 10 };
  return run(
    folder,
    tests.map(({ name }) => name),
    files,
    options,
  );
}

async function run(
  folder: string,
  names: readonly string[],
  files: readonly string[],
  { limitMs, config = join(ROOT, "vitest.config.ts"), args = [], niceness = 0 }: RunOptions,
): Promise<TestRun> {
  const report = join(folder, "test-results.json");
  rmSync(report, { force: true });
  const pattern = `^(?:${names.map(patternOf).join("|")})$`;
  const { output, isTimedOut } = await runVitest(
    folder,
    [
      "run",
      // A gate tries a late test again; here it would only take twice as long to say the same.
      "--retry=0",
      "--config",
      config,
      // With one root for all folders, what they import of the course is compiled once.
      "--root",
      ROOT,
      "--dir",
      folder,
      `--outputFile.json=${report}`,
      "--experimental.fsModuleCache",
      `--experimental.fsModuleCachePath=${join(ROOT, "node_modules/.cache/vitest")}`,
      "-t",
      pattern,
      ...args,
      ...files,
    ],
    limitMs,
    niceness,
  );
  const { testResults } = existsSync(report)
    ? (JSON.parse(readFileSync(report, "utf8")) as Report)
    : { testResults: [] };
  return { ...resultsIn(testResults), output, isTimedOut };
}

/** A test's name as a pattern. */
export function patternOf(name: string): string {
  return name
    .split(/%[a-z]/)
    .map(escapeRegExp)
    .join(".*");
}

/** The test files that have one of the names; none, which is all for vitest, where a name stands in no file as it is. */
function filesWith(folder: string, names: readonly string[]): string[] {
  const files = readdirSync(join(folder, "test"))
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => ({ name, source: readFileSync(join(folder, "test", name), "utf8") }));
  const holding = names.map((one) => files.filter(({ source }) => source.includes(one)));
  if (holding.some((found) => found.length === 0)) return [];
  return [...new Set(holding.flat().map(({ name }) => name))];
}

function resultsIn(testResults: Report["testResults"]): Pick<TestRun, "results" | "broken"> {
  const broken = testResults.filter(
    ({ message, assertionResults }) => message && assertionResults.length === 0,
  );
  const results = testResults.flatMap((file) =>
    file.assertionResults.flatMap(({ title, status, failureMessages, meta }) => {
      if (status !== "passed" && status !== "failed") return [];
      return [
        { file: file.name, title, passed: status === "passed", failure: failureMessages[0] ?? "", meta },
      ];
    }),
  );
  return { results, broken: broken.map(({ name, message }) => ({ file: name, message })) };
}

async function runVitest(
  folder: string,
  args: readonly string[],
  limitMs: number | undefined,
  niceness: number,
): Promise<{ output: string; isTimedOut: boolean }> {
  // Under vitest itself, as in the tests of these scripts, its variables would reach the inner one.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_V8)/.test(name)),
  );
  const child = spawn(process.execPath, [join(ROOT, "node_modules/vitest/vitest.mjs"), ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    // In a group of its own all its workers can be ended, also one that is in an endless loop.
    detached: limitMs !== undefined,
  });
  // What it starts itself has the same.
  if (child.pid !== undefined && niceness > 0) setPriority(child.pid, niceness);
  let isTimedOut = false;
  const end = () => limitMs !== undefined && endGroup(child.pid);
  const timer = limitMs === undefined ? undefined : setTimeout(() => ((isTimedOut = true), end()), limitMs);
  process.once("exit", end);
  const exited = once(child, "exit");
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exited;
  clearTimeout(timer);
  process.off("exit", end);
  return { output: `${out}${err}`, isTimedOut };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

// npm test: every package's tests through turbo, which caches them. npm test s13: one chapter's.
// npm test s13 -- -t "part of a name": the tests of that name; what follows the chapter goes to vitest.
// Prints how many tests passed and failed, from the reports that vitest leaves.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { helpIfAsked } from "./lib/command-line.ts";

helpIfAsked(import.meta.filename);

const root = join(import.meta.dirname, "..");
const [prefix = "", ...forVitest] = process.argv.slice(2);
const folders = [
  ...["packages", "chapters"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  ),
  "scripts",
  "docs",
];
const tested = folders.filter((folder) => existsSync(join(root, folder, "test")));
const chosen = tested.filter((folder) => nameOf(folder).startsWith(prefix));
if (chosen.length === 0) {
  console.error(`No package starts with "${prefix}". There are: ${tested.map(nameOf).join(", ")}.`);
  process.exit(1);
}

function nameOf(folder: string): string {
  return folder.split("/").at(-1) ?? folder;
}

const reports = chosen.map((folder) => join(root, folder, "test-results.json"));
for (const report of reports) rmSync(report, { force: true });
// One package is shown as vitest shows it; for many, turbo has the cache.
const [alone, ...others] = chosen;
const status = alone !== undefined && others.length === 0 ? runVitest(alone) : runTurbo();

function runVitest(folder: string): number | null {
  const config = join(root, "vitest.config.ts");
  return runProgram("vitest", ["run", "--config", config, "--root", ".", ...forVitest], join(root, folder));
}

function runTurbo(): number | null {
  const filters = chosen.map((folder) => `--filter=./${folder}`);
  const extra = forVitest.length > 0 ? ["--only", "--", ...forVitest] : [];
  const output = ["--output-logs=new-only", "--log-prefix=none", "--log-order=grouped", "--ui=stream"];
  return runProgram(
    "turbo",
    ["run", "test", "--concurrency=3", "--continue", ...output, ...filters, ...extra],
    root,
  );
}

function runProgram(name: string, args: readonly string[], cwd: string): number | null {
  const env = {
    ...process.env,
    PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}`,
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
  };
  return spawnSync(name, args, { cwd, stdio: "inherit", env }).status;
}

interface Counts {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  testResults: readonly {
    name: string;
    status: string;
    /** Why the file as a whole failed. */
    message: string;
    assertionResults: readonly { status: string; fullName: string; failureMessages?: readonly string[] }[];
  }[];
}

interface Failure {
  fullName: string;
  failureMessages?: readonly string[];
}

/** What failed, named once more below all the output: the file, the test, the first lines of why. */
function failures(counts: Counts): string[] {
  return counts.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed: Failure[] = assertionResults.filter((result) => result.status === "failed");
    // One that cannot be loaded or prepared has no test that failed.
    if (status === "failed" && failed.length === 0)
      failed.push({ fullName: "the whole file", failureMessages: [message] });
    return failed.map((result) => {
      const why = (result.failureMessages?.[0] ?? "").split("\n").slice(0, 12).join("\n    ");
      return `failed: ${relative(root, name)}: ${result.fullName}\n    ${why}`;
    });
  });
}

const named: string[] = [];
let passed = 0;
let failed = 0;
console.log("");
for (const [index, report] of reports.entries()) {
  // A package that left no report did not get as far as its tests.
  const counts = existsSync(report)
    ? (JSON.parse(readFileSync(report, "utf8")) as Counts)
    : { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, testResults: [] };
  passed += counts.numPassedTests;
  const lines = failures(counts);
  const failedHere = Math.max(counts.numFailedTests, lines.length);
  failed += failedHere;
  const result = failedHere === 0 ? "" : `, ${failedHere} failed`;
  // A test may need what this machine does not have, such as a Redis.
  const notRun = counts.numPendingTests === 0 ? "" : `, ${counts.numPendingTests} not run`;
  const name = nameOf(chosen[index] ?? "");
  if (chosen.length > 1) {
    console.log(`  ${name.padEnd(24)} ${counts.numPassedTests} passed${result}${notRun}`);
    named.push(...lines);
  }
}
for (const line of named) console.log(line);
if (status !== 0 && failed === 0) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = status ?? 1;

// npm test: every package's tests through turbo, which caches them. npm test s13: one chapter's.
// npm test s13 -- -t "part of a name": the tests of that name; what follows the chapter goes to vitest.
// Prints how many tests passed and failed, from the reports that vitest leaves.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const [prefix = "", ...forVitest] = process.argv.slice(2);
const folders = [
  ...["packages", "chapters"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  ),
  "scripts",
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
const { status } = spawnSync(
  "turbo",
  [
    "run",
    "test",
    "--output-logs=new-only",
    "--ui=stream",
    "--concurrency=2",
    "--continue",
    ...chosen.map((folder) => `--filter=./${folder}`),
    ...(forVitest.length > 0 ? ["--only", "--", ...forVitest] : []),
  ],
  {
    cwd: root,
    stdio: "inherit",
    env: {
      ...process.env,
      PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}`,
      TURBO_TELEMETRY_DISABLED: "1",
      TURBO_NO_UPDATE_NOTIFIER: "1",
    },
  },
);

let passed = 0;
let failed = 0;
for (const report of reports) {
  const counts = existsSync(report)
    ? (JSON.parse(readFileSync(report, "utf8")) as { numPassedTests: number; numFailedTests: number })
    : undefined;
  passed += counts?.numPassedTests ?? 0;
  // A package that left no report did not get as far as its tests.
  failed += counts?.numFailedTests ?? 1;
}
if (status !== 0 && failed === 0) failed = 1;
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = status ?? 1;

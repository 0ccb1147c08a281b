import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../lib/chapters.ts";

function diff(...args: string[]) {
  const command = ["--import", "./scripts/preflight.mjs", "scripts/diff.ts", ...args];
  return spawnSync(process.execPath, command, { cwd: ROOT, encoding: "utf8" });
}

test("the diff of s12 and s13 opens with what is new, in 80 columns, without colour in a pipe", () => {
  const { stdout, status } = diff("s12", "s13");
  expect(status).toBe(0);
  const [summary = ""] = stdout.split("--- s12-task-system/src/agent.ts");
  expect(summary).toMatch(/^s12 Task System -> s13 Background Tasks\n/);
  expect(summary).toMatch(/new +src\/background-manager\.ts +\+\d+/);
  expect(summary).toMatch(/gone +src\/task-board\.ts/);
  expect(summary).toMatch(/tools +8 -> 6/);
  expect(stdout).toContain("+    extensions: [backgroundTasks(workspace, values)],");
  expect(summary.split("\n").every((line) => line.length <= 100)).toBe(true);
  expect(stdout).not.toContain("\u001b[");
});

test("the agents of neighbours differ in fewer than 20 lines", () => {
  const { stdout } = diff("s12", "s13", "--stat");
  const [, added, removed] = /changed +src\/agent\.ts +\+(\d+) +-(\d+)/.exec(stdout) ?? [];
  expect(Number(added) + Number(removed)).toBeLessThan(20);
});

test("--color colours, and an unknown chapter gets the list", () => {
  expect(diff("s01", "s02", "--color").stdout).toContain("\u001b[32m");
  const unknown = diff("s12", "s99");
  expect(unknown.status).toBe(1);
  expect(unknown.stderr).toMatch(
    /There is no chapter "s99"\. There are:\n {2}s01 {3}Agent Loop[^]*\n {2}full {2}Full\n/,
  );
  expect(diff().stderr).toMatch(/^Name a chapter/);
  expect(diff("s13", "--stat").stdout).toMatch(/^s12 Task System -> s13 Background Tasks/);
});

test("the repository's own paths are not in the output", () => {
  expect(diff("s01", "s13").stdout).not.toContain(join(ROOT, "chapters"));
});

// What an ordinary day is asked for. A line that is asked without need teaches people to turn protection off.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newPolicy, type Rules } from "./new-policy.ts";

const LINES = readFileSync(join(import.meta.dirname, "everyday-commands.txt"), "utf8")
  .trim()
  .split("\n")
  .map((line) => (line.startsWith('"') && line.includes("\\n") ? String(JSON.parse(line)) : line));
const FILES = "x y src/a.ts package.json README.md .gitignore .git/HEAD a.ts sub/z .env.example".split(" ");

/** The lines that are not simply run, each with the reason. */
async function questions(rules: Rules): Promise<string[]> {
  const { policy } = newPolicy(rules, FILES);
  const asked = [];
  for (const command of LINES) {
    const { decision, reason } = await policy.judge({ name: "bash", input: { command }, readOnly: false });
    if (decision !== "allow") asked.push(`${command.replaceAll("\n", "⏎")}  <- ${decision}: ${reason}`);
  }
  return asked;
}

test("without rules, at most 30 of the 105 everyday lines are asked", async () => {
  const asked = await questions({});
  expect(asked.length).toBeLessThanOrEqual(30);
  expect(asked).toMatchSnapshot();
});

test("with a deny rule for files, at most 35 are", async () => {
  const asked = await questions({ deny: ["Read(.env)", "Read(./secrets/**)", "Edit(*.lock)"] });
  expect(asked.length).toBeLessThanOrEqual(35);
  expect(asked).toMatchSnapshot();
});

test("what is asked without rules is refused in plan mode, and nothing else is", async () => {
  const names = (lines: string[]) => lines.map((line) => line.split("  <- ")[0]);
  expect(names(await questions({ mode: "plan" }))).toEqual(names(await questions({})));
});

test("where edits are accepted, only what writes in the workspace is asked less", async () => {
  expect((await questions({ mode: "acceptEdits" })).length).toBe((await questions({})).length);
});

import { leastCpu } from "@course/shell-safety/testing";
import { expect, test } from "vitest";
import { newPolicy } from "./new-policy.ts";

const DENIED = ["Read(.env)", "Read(./secrets/**)", "Read(**/*.pem)", "Edit(*.lock)", "Bash(rm:*)"];
const nested = (depth: number) => `${"echo $(".repeat(depth)}ls${")".repeat(depth)}`;

test.each([
  ["a path of 400 parts", `cat ${"a/".repeat(400)}`],
  ["a path of 1,000 parts", `cat ${"a/".repeat(1_000)}`],
  ["a path that goes up and down", `cat ${"a/../".repeat(190)}x`],
  ["many paths", `cat ${"a/b/c/d ".repeat(400)}`],
  ["many words", `cat ${"a ".repeat(450)}`],
  ["many options", `x ${"-abcdefghijklmnopqrstuvwxyz ".repeat(100)}`],
  [
    "many other options",
    Array.from({ length: 180 }, (_, index) => `x -${index}abcdefghijk`)
      .join(" ")
      .slice(0, 3_900),
  ],
  ["many globs", `cat ${"*/*/* ".repeat(400)}`],
  ["many commands", "cat a;".repeat(400)],
  ["18 levels", nested(18)],
  ["25 levels", nested(25)],
  ["100 levels", nested(100)],
  ["levels in quotes", `${'echo "$('.repeat(25)}ls${')"'.repeat(25)}`],
  ["many assignments", "a=".repeat(2_000)],
  ["many parentheses", "(".repeat(4_000)],
  ["a long word", "a".repeat(3_990)],
])("%s is judged in less than 100 ms, or asked", async (_name, command) => {
  const { policy } = newPolicy({ deny: DENIED, allow: ["Bash(x:*)"], mode: "acceptEdits" }, [
    "a/b/c/d",
    "x/y",
  ]);
  await policy.judge({ name: "bash", input: { command: "ls" }, readOnly: false });
  const judge = () => policy.judge({ name: "bash", input: { command }, readOnly: false });
  expect(await leastCpu(judge)).toBeLessThan(100);
  const { decision } = await judge();
  expect(["allow", "ask", "deny"]).toContain(decision);
});

test.each([
  ["a command over 4,000 characters", { command: `ls ${"a".repeat(4_000)}` }],
  ["a path over 1,000", { command: `ls ${"a".repeat(1_001)}` }],
  ["a depth over 10", { command: nested(12) }],
])("%s is asked", async (_name, input) => {
  const { policy } = newPolicy();
  expect((await policy.judge({ name: "bash", input, readOnly: false })).decision).toBe("ask");
});

// A session may work in a copy of the workspace, as a teammate in a worktree does (s18).
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newPolicy, type Rules } from "./new-policy.ts";

function inCopy(rules: Rules) {
  const { root, policy } = newPolicy(rules, ["src/a", "secrets/key"]);
  const copy = join(root, ".claude/worktrees/w");
  mkdirSync(join(copy, "secrets"), { recursive: true });
  writeFileSync(join(copy, "secrets/key"), "x");
  const judge = (name: string, input: object, from = copy) =>
    policy.judge({ name, input, readOnly: false }, from);
  return { root, copy, judge };
}

test("what is guarded in the workspace is not guarded because the copy lies in it", async () => {
  const { root, judge } = inCopy({ mode: "acceptEdits" });
  const edit = { file_path: "src/a", content: "" };
  expect((await judge("write_file", edit)).decision).toBe("allow");
  const fromOutside = { ...edit, file_path: ".claude/worktrees/w/src/a" };
  expect((await judge("write_file", fromOutside, root)).decision, "the lead's edit in a worktree").toBe(
    "ask",
  );
  expect((await judge("write_file", { ...edit, file_path: ".npmrc" })).decision).toBe("ask");
});

test("a path of the copy that leads out of it is not in the workspace", async () => {
  const { judge } = inCopy({});
  expect((await judge("bash", { command: "cat ../../../src/a" })).decision).toBe("ask");
  expect((await judge("bash", { command: "cat secrets/key" })).decision).toBe("allow");
});

test("what rules say of ./src they say of the copy's, and what is denied in the original stays denied", async () => {
  const { root, judge } = inCopy({
    allow: ["Edit(./src/**)", "Bash(cat:*)"],
    deny: ["Read(./secrets/**)"],
    ask: ["Edit(./src/b)"],
  });
  const decision = async (name: string, input: object) => (await judge(name, input)).decision;
  expect(await decision("write_file", { file_path: "src/a", content: "" })).toBe("allow");
  expect(await decision("write_file", { file_path: "src/b", content: "" })).toBe("ask");
  expect(await decision("bash", { command: "cat secrets/key" })).toBe("deny");
  expect(await decision("bash", { command: `cat ${root}/secrets/key` })).toBe("deny");
});

test("a file of the copy offers no rule: kept in the workspace's settings it would be one for the original", async () => {
  const { root, judge } = inCopy({});
  expect((await judge("write_file", { file_path: "src/a", content: "" })).rules).toEqual([]);
  expect((await judge("bash", { command: "npm test > src/a" })).rules).toEqual([]);
  expect((await judge("bash", { command: "npm test" })).rules).toEqual(["Bash(npm test)"]);
  expect((await judge("write_file", { file_path: "src/a", content: "" }, root)).rules).toEqual([
    "Edit(/src/a)",
  ]);
});

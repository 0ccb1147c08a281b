// Rules as they are written, and what is kept of them in the project's local settings.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { parseRule } from "@course/s07-permissions";
import { expect, test } from "vitest";
import { keepRules } from "../src/settings.ts";

const LOCAL = ".claude/settings.local.json";

test.each([
  ["Bash", "Bash", undefined],
  ["Bash(*)", "Bash", undefined],
  ["Bash( * )", "Bash", undefined],
  [" Bash( npm test ) ", "Bash", "npm test"],
  ["Write(src/**)", "Edit", "src/**"],
  ["MultiEdit", "Edit", undefined],
  ["Read( .env )", "Read", ".env"],
  ["mcp__x__y", "mcp__x__y", undefined],
])("the rule %j is for %s, and there for %j", (text, tool, specifier) => {
  expect(parseRule(text, "test", "/root")).toMatchObject({ text: text.trim(), tool, specifier });
});

test("a rule that is kept begins the file, or joins what it holds, once", () => {
  const root = temporaryFolder();
  const kept = (): unknown => JSON.parse(readFileSync(join(root, LOCAL), "utf8"));
  keepRules(new Workspace(root), ["Bash(ls)"]);
  expect(kept()).toEqual({ permissions: { allow: ["Bash(ls)"] } });
  mkdirSync(join(root, ".claude"), { recursive: true });
  const more = { permissions: { allow: ["Bash(ls)"], deny: ["Bash(rm:*)"] }, env: { A: "b" } };
  writeFileSync(join(root, LOCAL), `\uFEFF${JSON.stringify(more)}`);
  keepRules(new Workspace(root), ["Bash(ls)", "Bash(npm test)"]);
  expect(kept()).toEqual({
    permissions: { allow: ["Bash(ls)", "Bash(npm test)"], deny: ["Bash(rm:*)"] },
    env: { A: "b" },
  });
});

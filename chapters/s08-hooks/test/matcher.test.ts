import { expect, test } from "vitest";
import { matcherFor } from "../src/matcher.ts";

test.each([
  // [matcher, what it is for, what it is not for]
  [undefined, ["Bash", "mcp__a__b"], []],
  ["", ["Bash"], []],
  ["*", ["Bash", "Edit"], []],
  ["  ", ["Bash"], []],
  ["  *  ", ["Bash", "Edit"], []],
  ["Edit", ["Edit"], ["MultiEdit", "NotebookEdit", "edit"]],
  ["Edit|Write", ["Edit", "Write"], ["Read"]],
  ["Edit, Write", ["Edit", "Write"], ["Read"]],
  ["mcp__memory", ["mcp__memory"], ["mcp__memory__save"]],
  ["mcp__memory__.*", ["mcp__memory__save"], ["mcp__memory"]],
  ["Notebook.*", ["NotebookEdit"], ["Edit"]],
  ["^Edit$", ["Edit"], ["NotebookEdit"]],
  ["Ed.t", ["Edit", "NotebookEdit"], ["Write"]],
  ["Task", ["Agent"], ["TaskCreate"]],
  ["startup|resume", ["startup"], ["clear"]],
] as const)("the matcher %j", (matcher, meant, others) => {
  const matches = matcherFor(matcher);
  expect(meant.filter((name) => !matches(name))).toEqual([]);
  expect(others.filter((name) => matches(name))).toEqual([]);
});

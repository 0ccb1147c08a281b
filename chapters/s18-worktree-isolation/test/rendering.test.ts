// What the model and the user read of worktrees, of the last steps, and of what git says.
import type { Task } from "@course/s12-task-system";
import { expect, test } from "vitest";
import type { WorktreeEvent } from "../src/events.ts";
import { describeFailure } from "../src/git.ts";
import { drawWorktrees, renderBindings, renderList } from "../src/render-worktrees.ts";
import { parseWorktrees } from "../src/repository.ts";
import { newRun, type WorktreeRecord } from "../src/worktree-record.ts";
import type { WorktreeState } from "../src/worktree-state.ts";

function state(more: Partial<WorktreeState> = {}, record: Partial<WorktreeRecord> = {}): WorktreeState {
  const name = record.name ?? "a";
  return {
    record: { name, status: "ready", base: "abc", createdAt: "2026-01-01", runs: [], ...record },
    branch: `worktree-${name}`,
    uncommitted: 0,
    ahead: 0,
    behind: 0,
    ...more,
  };
}

const task = { id: 3, subject: "Fix\nthe login", status: "pending" } as Task;
const factsOf = (...one: Parameters<typeof state>) => renderList([state(...one)], [task]);

test("a worktree is one line: branch, commits, changes", () => {
  expect(renderList([], [])).toBe("No worktrees.");
  expect(factsOf()).toBe("a: branch worktree-a; no commits of its own; clean");
  expect(factsOf({ ahead: 1, uncommitted: 1 })).toBe(
    "a: branch worktree-a; 1 commit ahead; 1 uncommitted change, which no merge brings along",
  );
  expect(factsOf({ ahead: 2, behind: 3, uncommitted: 2 })).toBe(
    "a: branch worktree-a; 2 commits ahead, 3 behind; 2 uncommitted changes, which no merge brings along",
  );
  expect(factsOf({ behind: 1 })).toBe("a: branch worktree-a; 0 commits ahead, 1 behind; clean");
});

test("what is not as it should be stands in the line: another branch, a missing folder, a change under way", () => {
  expect(factsOf({ branch: "mine" })).toContain("branch worktree-a, but mine is checked out;");
  expect(factsOf({ branch: undefined })).toContain("branch worktree-a, but no branch is checked out;");
  expect(factsOf({ problem: "its folder is gone" })).toMatch(/; its folder is gone$/);
  expect(factsOf({}, { status: "finishing" })).toMatch(/; clean; finishing$/);
});

test("a task and what runs stand at the end; what runs no more does not", () => {
  expect(factsOf({}, { taskId: 3 })).toMatch(/; clean; task #3 Fix the login \(pending\)$/);
  expect(factsOf({}, { taskId: 4 })).toMatch(/; task #4, which is not on the board$/);
  const ended = { id: "x", pid: 999_999_999, what: "ended" };
  expect(factsOf({}, { runs: [ended, newRun("npm\n  test")] })).toMatch(/; clean; running: npm test$/);
  const command = `b${"x".repeat(59)}`;
  expect(factsOf({}, { runs: [newRun(command)] })).toMatch(/running: bx{59}$/);
  expect(factsOf({}, { runs: [newRun(`${command}y`)] })).toMatch(/running: bx{58}…$/);
});

test("the tools that show tasks name the worktree of each that has one", () => {
  expect(renderBindings([])).toBe("");
  expect(
    renderBindings([state({}, { taskId: 1 }), state(), state({}, { name: "b", taskId: 2 })]).split("\n"),
  ).toEqual(["Task #1 is worked on in worktree a.", "Task #2 is worked on in worktree b."]);
});

const event = (
  step: WorktreeEvent["step"],
  phase: WorktreeEvent["phase"],
  more: Partial<WorktreeEvent> = {},
) => ({
  at: "2026-01-01T10:11:12.000Z",
  worktree: "a",
  step,
  phase,
  pid: 1,
  ...more,
});

test("/worktrees draws a tree, each fact on a line of its own", () => {
  expect(drawWorktrees([], [], [])).toBe("No worktrees.");
  expect(drawWorktrees([state(), state({}, { name: "b", taskId: 3 })], [task], []).split("\n")).toEqual([
    ".claude/worktrees/",
    "├─ a: branch worktree-a",
    "│    no commits of its own",
    "│    clean",
    "└─ b: branch worktree-b",
    "     no commits of its own",
    "     clean",
    "     task #3 Fix the login (pending)",
  ]);
});

test("under it stand the last eight steps; that one began only where it has not ended", () => {
  const steps = (...events: WorktreeEvent[]) => drawWorktrees([], [], events).split("\n").slice(1);
  expect(
    steps(
      event("add", "begin"),
      event("add", "end"),
      event("merge", "begin"),
      event("merge", "failed", { reason: "no disk" }),
      event("task", "begin"),
      event("task", "end", { worktree: "b" }),
      event("remove", "begin"),
      event("remove", "end", { pid: 2 }),
    ),
  ).toEqual([
    "last steps (UTC)",
    "  10:11:12 ✓ add a",
    "  10:11:12 ✗ merge a: no disk",
    "  10:11:12 … task a",
    "  10:11:12 ✓ task b",
    "  10:11:12 … remove a",
    "  10:11:12 ✓ remove a",
  ]);
  const ten = Array.from({ length: 10 }, (_, index) => event("add", "end", { worktree: `w${index}` }));
  expect(steps(...ten)).toHaveLength(9);
  expect(steps(...ten).at(1)).toMatch(/w2$/);
});

test("no line is wider than 79 columns", () => {
  const rows = (length: number) =>
    drawWorktrees([state({ problem: "x".repeat(length) })], [], [])
      .split("\n")
      .at(-1);
  expect(rows(74)).toBe(`     ${"x".repeat(74)}`);
  expect(rows(75)).toBe(`     ${"x".repeat(73)}…`);
});

test("a failure is told in git's own words, after the command without its options", () => {
  expect(describeFailure(["merge", "--ff", "worktree-a"], " fatal: no \n")).toBe(
    "git merge failed: fatal: no",
  );
  expect(describeFailure(["worktree", "add", "--quiet", "-b", "x", "/path"], "")).toBe(
    "git worktree add failed: it said nothing",
  );
  for (const old of ["usage: git merge-tree <base>", "error: unknown option `path-format'"])
    expect(describeFailure(["merge-tree", "a"], `warning: x\n${old}`)).toBe(
      "git merge-tree failed: worktrees need git 2.38 or newer.",
    );
});

test("what git lists is read field by field, whatever a path or a reason holds", () => {
  const records = [
    ["worktree /re po", "HEAD abc", "branch refs/heads/main"],
    ["worktree /re po/w\nx", "HEAD def", "detached", "locked in use: bare"],
    ["worktree /bare", "bare"],
    ["worktree /l", "HEAD abc", "branch refs/heads/a/b", "locked"],
  ];
  expect(parseWorktrees(records.map((fields) => `${fields.join("\0")}\0\0`).join(""))).toEqual([
    { path: "/re po", head: "abc", branch: "main", isBare: false },
    { path: "/re po/w\nx", head: "def", isBare: false, locked: "in use: bare" },
    { path: "/bare", isBare: true },
    { path: "/l", head: "abc", branch: "a/b", isBare: false, locked: "" },
  ]);
  expect(parseWorktrees("")).toEqual([]);
});

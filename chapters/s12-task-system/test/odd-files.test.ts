import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Workspace } from "@course/runtime";
import { TaskBoard } from "@course/s12-task-system";
import { expect, onTestFinished, test } from "vitest";

async function newBoard() {
  const root = mkdtempSync(join(tmpdir(), "course-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const problems: string[] = [];
  const board = new TaskBoard(new Workspace(root), { onProblem: (problem) => problems.push(problem) });
  await board.create("first");
  const inTasks = (name: string) => join(root, ".tasks", name);
  return { board, problems, inTasks, names: () => readdirSync(join(root, ".tasks")) };
}

const NESTED = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;

/** Newer engines read and write JSON of any depth: there such a task is a task like any other. */
function canBeWritten(json: string): boolean {
  try {
    return JSON.stringify(JSON.parse(json)) === json;
  } catch {
    return false;
  }
}

const nested: [string, RegExp, (path: string, task: string) => void] = [
  "a task with a list in a list in a list",
  /call stack/,
  (path, task) => writeFileSync(path, task.replace('"id": 1', `"id": 7, "deep": ${NESTED}`)),
];

const odd: [string, RegExp, (path: string, task: string) => void][] = [
  ["a folder", /is a folder/, (path) => mkdirSync(path)],
  ["a FIFO", /is a pipe, socket or device/, (path) => void execFileSync("mkfifo", [path])],
  [
    "a file of 150 MB",
    /has 150,000,000 bytes/,
    (path) => {
      writeFileSync(path, "{");
      truncateSync(path, 150_000_000);
    },
  ],
  ...(canBeWritten(NESTED) ? [] : [nested]),
  [
    "a task without a subject",
    /is not a task \(.*subject/,
    (path) => writeFileSync(path, JSON.stringify({ id: 7, status: "pending", blockedBy: [], blocks: [] })),
  ],
  [
    "a list of 200,000 wrong edges",
    /is not a task \(.{1,300}\)/,
    (path) => writeFileSync(path, `{"blockedBy": [${'"x",'.repeat(200_000)}0]}`),
  ],
];

test.each(odd)(
  "%s in the place of a task is set aside with the reason, and the board works on",
  async (_, reason, put) => {
    const { board, problems, inTasks, names } = await newBoard();
    put(inTasks("task_7.json"), readFileSync(inTasks("task_1.json"), "utf8"));
    expect(await board.list()).toMatchObject([{ id: 1 }]);
    expect(problems).toEqual([expect.stringMatching(reason)]);
    expect(names()).toContainEqual(expect.stringMatching(/^task_7\.json\.broken-\d+$/));
    expect(await board.create("second")).toMatchObject({ id: 8 });
  },
);

test.each([
  "task_9007199254740991.json",
  "task_9007199254740990.json",
  "task_9007199254740993.json",
  `task_${"9".repeat(240)}.json`,
  "task_9007199254740991.json.broken-1",
])("with %s beside it a created task is there afterwards, and the next one is another", async (name) => {
  const { board, inTasks } = await newBoard();
  writeFileSync(inTasks(name), "{}");
  const made = [await board.create("second"), await board.create("third"), await board.create("fourth")];
  const listed = await board.list();
  expect(listed.map(({ subject }) => subject).sort()).toEqual(["first", "fourth", "second", "third"]);
  expect(new Set(made.map(({ id }) => id)).size).toBe(3);
});

test("files that are no tasks of ours stay as they are", async () => {
  const { board, problems, inTasks, names } = await newBoard();
  const mine = [
    "notes.md",
    "task_1.json.bak",
    "task_1.json.copy.json",
    "task_x.json",
    ".lockfile",
    ".task_1.json.swp",
  ];
  for (const name of mine) writeFileSync(inTasks(name), "mine");
  await board.update(1, { owner: "ada" });
  expect(names().sort()).toEqual([...mine, "task_1.json"].sort());
  expect(problems).toEqual([]);
});

test("what killed programs left half-written is swept, what a living one is writing is not", async () => {
  const { board, inTasks, names } = await newBoard();
  const left = [
    ".task_1.json.999999999.aabbccdd.tmp",
    `.task_1.json.${process.pid}.aabbccdd.tmp`,
    ".lock.999999999.aabbccdd",
    ".lock.break-0123456789abcdef",
  ];
  const living = `.task_1.json.${process.ppid}.aabbccdd.tmp`;
  for (const name of [...left, living]) writeFileSync(inTasks(name), "{");
  await board.create("second");
  expect(names().sort()).toEqual([living, "task_1.json", "task_2.json"]);
});

test("an edge that is written twice is one edge", async () => {
  const { board, inTasks } = await newBoard();
  await board.create("second", { blockedBy: [1] });
  const path = inTasks("task_2.json");
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), blockedBy: [1, 1] }));
  expect(await board.list()).toMatchObject([{ blocks: [2] }, { blockedBy: [1] }]);
});

test("a task that would be too large to be read again is not written", async () => {
  const { board, names } = await newBoard();
  await expect(board.create("second", { description: "x".repeat(1_000_000) })).rejects.toThrow("too large");
  expect(names()).toEqual(["task_1.json"]);
});

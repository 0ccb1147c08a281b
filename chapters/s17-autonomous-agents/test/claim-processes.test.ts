import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Workspace } from "@course/runtime";
import { nodeArguments, temporaryFolder } from "@course/runtime/testing";
import { TaskBoard } from "@course/s12-task-system";
import { expect, onTestFinished, test } from "vitest";

const RACES = 30;
const WORKER = join(import.meta.dirname, "claim-worker.ts");

function start(root: string, name: string, ...more: string[]): ChildProcess {
  const child = spawn(process.execPath, nodeArguments(WORKER, root, name, ...more), {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

const ended = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((resolve) => child.once("exit", () => resolve()));

interface Said {
  id: number;
  answer: string;
}

test("eight processes race for each of thirty tasks: one gets it, and the others are told who has it", async () => {
  const root = temporaryFolder();
  const board = new TaskBoard(new Workspace(root));
  for (let id = 1; id <= RACES; id++) await board.create(`t${id}`);
  const workers = Array.from({ length: 8 }, (_, index) => start(root, `w${index}`, String(RACES)));
  const lines = workers.map(() => "");
  for (const [index, worker] of workers.entries())
    worker.stdout?.on("data", (part: Buffer) => (lines[index] += part.toString()));
  const said = () =>
    lines.flatMap((text, index) =>
      text
        .split("\n")
        .filter(Boolean)
        .map((line) => ({ ...(JSON.parse(line) as Said), by: `w${index}` })),
    );
  const areDone = () => lines.every((text) => text.split("\n").length > RACES);
  const oneIsGone = () => workers.some(({ exitCode }) => exitCode !== null);
  for (let waited = 0; !areDone() && !oneIsGone() && waited < 90_000; waited += 50) await delay(50);
  expect(areDone(), "whether all eight have said what came of all tasks").toBe(true);
  for (const worker of workers) worker.stdin?.end();
  const owners = Array.from({ length: RACES }, (_, index) =>
    said().flatMap(({ id, answer, by }) => (id === index + 1 && answer === "mine" ? [by] : [])),
  );
  expect(
    Math.max(...owners.map((by) => by.length)) > 1,
    "whether two were told that the same task is theirs",
  ).toBe(false);
  expect(owners.filter((by) => by.length === 0)).toEqual([]);
  const wrong = said().filter(
    ({ id, answer }) =>
      !["mine", told(id, owners[id - 1]?.[0]), `Task ${id} is completed already.`].includes(answer),
  );
  expect(wrong).toEqual([]);
});

const told = (id: number, owner = "") => `Task ${id} is not yours: ${owner} works on it. Claim another.`;

/** Tasks that wait for up to two of those before them. */
async function fill(board: TaskBoard, count: number): Promise<void> {
  const at = new Date().toISOString();
  // Written at once: single changes would take longer than the test itself.
  await board.change((tasks) => {
    for (let id = 1; id <= count; id++) {
      const blockedBy = [...new Set([1, 2].map(() => Math.floor(Math.random() * id)))].filter(
        (other) => other > 0,
      );
      tasks.set(id, {
        id,
        subject: `t${id}`,
        description: "",
        status: "pending",
        owner: "",
        blockedBy,
        blocks: [],
        createdAt: at,
        updatedAt: at,
      });
    }
  });
}

test("eight processes empty a board of 200 tasks while they are killed at random: each task is completed once", async () => {
  const root = temporaryFolder();
  const board = new TaskBoard(new Workspace(root));
  await fill(board, 200);
  let generation = 0;
  const worker = () => start(root, `w${generation++}`);
  const workers = Array.from({ length: 8 }, worker);
  const killed = new Set<number>();
  const deadline = Date.now() + 90_000;
  const completed = async () => (await board.list()).filter(({ status }) => status === "completed").length;
  // After every ten tasks or so: at fixed times, a slow machine would do little but start them.
  for (let done = 0, next = 10; done < 200 && Date.now() < deadline; done = await completed()) {
    await delay(100);
    if (done < next) continue;
    next = done + 10;
    const place = Math.floor(Math.random() * workers.length);
    const victim = workers[place];
    if (victim?.exitCode === null && victim.pid !== undefined) {
      victim.kill("SIGKILL");
      killed.add(victim.pid);
      await ended(victim);
      workers[place] = worker();
    }
  }
  await Promise.all(workers.map(ended));
  expect((await board.list()).filter(({ status }) => status !== "completed")).toEqual([]);
  expect(killed.size).toBeGreaterThan(0);
  expect(faults(readFileSync(join(root, "log"), "utf8"), killed)).toEqual([]);
});

/** Where two held one task at a time, or a task was ended twice, or before what it waits for. */
function faults(log: string, killed: ReadonlySet<number>): string[] {
  const holders = new Map<string, number>();
  const found: string[] = [];
  for (const line of log.trim().split("\n")) {
    const [what = "", id = "", pid = ""] = line.split(" ");
    const holder = holders.get(id);
    if (what === "begin") {
      // A process that was killed holds nothing any more, even if it had ended its work and could not say so.
      if (holder !== undefined && !killed.has(holder)) found.push(`${line}, but ${holder} has it`);
      holders.set(id, Number(pid));
    } else if (holder !== Number(pid)) found.push(`${line}, but ${holder ?? "nobody"} has it`);
  }
  return found;
}

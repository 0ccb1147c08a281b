// Three background tasks: one that ends at once, one that ends a little later, and one that would run for a minute.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, say } from "@course/offline-model/test";
import { openSession } from "@course/runtime/testing";
import { createAgent } from "../../../chapters/s13-background-tasks/src/agent.ts";
import { conversation, count, newsIn } from "../asked.ts";
import type { Life, Scenario, Told } from "../scenario.ts";

const COMMANDS = ["echo one", "sleep 0.3; echo two", "sleep 60"];
const TOLD_HERE = 2;
const LONGEST_WAIT_MS = 4_000;

export const scenario: Scenario = {
  about: "starts three tasks, is told of two, and ends the third as it leaves",
  tells: true,
  respond(request) {
    const news = newsIn(request);
    if (news.includes("<background-results>")) return say("I have seen it.");
    if (news.includes("Start them.")) return COMMANDS.map((command) => call("background_run", { command }));
    return say("Well.");
  },
  first: (life) => converse(life, "Start them.", TOLD_HERE),
  next: (life) => converse(life, "What happened?", 0),
  judge(folder, first, next) {
    const { records, faults } = readRecords(join(folder, ".runtime-tasks"));
    const [before, after] = [conversation(first.requests), conversation(next.requests)];
    const started = [...before.matchAll(/Started (bg_\w+) /g)].map(([, id = ""]) => id);
    const told = [...new Set([...started, ...records.keys()])].sort().map((id): Told => {
      const record = records.get(id);
      const times = count(before, `<task id="${id}"`) + count(after, `<task id="${id}"`);
      if (!record) faults.push(`${id} was started, and has no record`);
      else if (record.status === "running" || record.status === "queued")
        faults.push(`${id} is still ${record.status}, and nobody runs it`);
      if (times > 1) faults.push(`${id} was told ${times} times`);
      if (times > 0) return { name: id, times };
      if (record?.notified !== true) faults.push(`${id} was never told`);
      const excuse = record?.status === "killed" ? "ended with the program" : "taken, not told";
      return { name: id, times, ...(record?.notified === true && { excuse }) };
    });
    return { stands: `${records.size} records`, told, faults };
  },
};

async function converse({ folder, url }: Life, prompt: string, awaited: number): Promise<void> {
  const model = { start: () => Promise.resolve(url), close: () => Promise.resolve() };
  const { session, run, close } = await openSession((workspace) => createAgent(workspace), model, folder);
  const isTold = () => count(JSON.stringify(session.messages), "</task>") >= awaited;
  await run(prompt);
  for (const until = Date.now() + LONGEST_WAIT_MS; !isTold() && Date.now() < until;) {
    await session.nextWake(AbortSignal.timeout(LONGEST_WAIT_MS));
    await run();
  }
  await close();
}

interface Saved {
  status: string;
  notified: boolean;
}

/** By id. A file that is empty is a number that was taken, of which nothing was started yet. */
function readRecords(folder: string): { records: Map<string, Saved>; faults: string[] } {
  const records = new Map<string, Saved>();
  const faults: string[] = [];
  for (const name of namesIn(folder)) {
    const [, id] = /^(bg_\w+)\.jsonl$/.exec(name) ?? [];
    if (id === undefined) continue;
    const lines = readFileSync(join(folder, name), "utf8")
      .split("\n")
      .filter((line) => line !== "");
    const states = lines.flatMap((line) => parse(line) ?? []);
    const last = states.at(-1);
    if (last) records.set(id, last);
    // A last line that is cut short leaves the state before it.
    if (states.length < lines.length - 1) faults.push(`${name} holds what is no record`);
  }
  return { records, faults };
}

function parse(line: string): Saved | undefined {
  try {
    return JSON.parse(line) as Saved;
  } catch {
    return undefined;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

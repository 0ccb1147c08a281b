// The program that --mine starts: a trace's prompts and replies through the agent of a chapter, as far as it is the
// learner's. Its arguments: the trace, the chapter, and a folder to copy, if not the playground.
import { createModelClient, runUntilIdle, Session, type StampedEvent } from "@course/runtime";
import {
  bold,
  dim,
  green,
  preview,
  red,
  runMain,
  screenOn,
  yellow,
  type Screen,
} from "@course/runtime/terminal";
import { chapterOf, openAgent } from "../chapter-agent.ts";
import { copyFolder } from "../edit/folder.ts";
import { modelOf } from "../edit/model.ts";
import { widthOf } from "../show.ts";
import { readTrace, type Trace } from "../trace/read.ts";
import type { Chapter } from "../chapters.ts";
import { exchangesOf, startRecordedModel } from "./exchanges.ts";
import { compare, type Compared } from "./runs.ts";
import type { Difference } from "./compare.ts";

const INTERRUPTED = 130;
const SHOWN_LINES = 12;
/** Characters that are shown before a difference. */
const CONTEXT = 24;
/** In these the tools themselves are what is written. */
const TEACHES_TOOLS = new Set(["s01", "s02"]);
/** A learner's loop may ask on and on. */
const TURNS_BEYOND = 20;

const [file = "", id = "", dir] = process.argv.slice(2);

void runMain(replay);

async function replay(): Promise<number> {
  const trace = await readTrace(file);
  const chapter = chapterOf(id, trace.header);
  const screen = screenOn(process.stdout);
  for (const remark of trace.remarks) screen.line(yellow(remark));
  const copy = copyFolder(dir);
  const leave = () => {
    copy.remove();
    process.exit(INTERRUPTED);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, leave);
  screen.status(`${chapter.id} with your mechanism; Ctrl-C stops`);
  try {
    const mine = await runMine(trace, chapter, copy.folder);
    screen.status(undefined);
    const folders = [trace.header?.folder ?? "", copy.folder];
    const compared = compare({
      trace: trace.events,
      mine,
      folders,
      countsOutput: TEACHES_TOOLS.has(chapter.id),
    });
    return show(compared, screen);
  } finally {
    screen.status(undefined);
    copy.remove();
  }
}

/** All that happens when the trace's prompts are asked again and its replies are given again. */
async function runMine(trace: Trace, chapter: Chapter, folder: string): Promise<StampedEvent[]> {
  const exchanges = exchangesOf(trace.events);
  const server = await startRecordedModel(exchanges, trace.header?.folder ?? "");
  const env = { ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: "replay" };
  const session = new Session(createModelClient({ env, model: modelOf(trace.events) }));
  const events: StampedEvent[] = [];
  session.on((event) => events.push(event));
  const opened = await openAgent(chapter, trace.header, folder);
  const agent = { ...opened, maxTurns: Math.min(opened.maxTurns, exchanges.length + TURNS_BEYOND) };
  try {
    for (const extension of agent.extensions) await extension.start?.(session, agent);
    for (const event of trace.events)
      if (event.type === "prompt") await runUntilIdle(agent, session, event.text);
    return events;
  } finally {
    session.close();
    await Promise.allSettled(agent.extensions.map(async (extension) => extension.stop?.()));
    await server.close();
  }
}

/** Returns the exit code. */
function show({ requests, difference }: Compared, screen: Screen): number {
  const count = `${requests} request${requests === 1 ? "" : "s"}`;
  if (!difference) {
    screen.line(green(`Nothing differs: ${count}, and what was told on the way, are as in the trace.`));
    return 0;
  }
  screen.line(bold("It first differs here. "), difference.place);
  const [trace, mine] = fromFirstDifference(difference);
  showSide("trace", trace, green, screen);
  showSide("yours", mine, red, screen);
  return 1;
}

/** Long texts that begin alike are shown from a line before the first that is not, and that from where it is not. */
function fromFirstDifference({ trace, mine }: Difference): [string, string] {
  const [traced, own] = [trace.split("\n"), mine.split("\n")];
  const first = traced.findIndex((line, index) => line !== own[index]);
  const at = first === -1 ? traced.length : first;
  const [left, right] = [traced[at] ?? "", own[at] ?? ""];
  const same = Array.from(left).findIndex((character, index) => character !== Array.from(right)[index]);
  const shared = same === -1 ? left.length : same;
  const rest = (lines: string[]) => {
    const cutLines = lines.slice(at).map((line, index) => (index === 0 ? fromPlace(line, shared) : line));
    return [...(at > 1 ? ["…"] : []), ...lines.slice(Math.max(0, at - 1), at), ...cutLines].join("\n");
  };
  return [rest(traced), rest(own)];
}

/** A long line from a few words before the place where it differs. */
function fromPlace(line: string, place: number): string {
  return place > 2 * CONTEXT
    ? `…${Array.from(line)
        .slice(place - CONTEXT)
        .join("")}`
    : line;
}

function showSide(label: string, text: string, paint: typeof green, screen: Screen): void {
  const lines = preview(text === "" ? "(nothing)" : text, SHOWN_LINES, widthOf(screen) - 11);
  for (const [row, line] of lines.entries())
    screen.line("  ", dim(`${row === 0 ? label : "     "} │ `), paint(line));
}

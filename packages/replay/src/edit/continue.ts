// npm run replay FILE -- --from 7 --edit: the result of step 7 says something else, and the agent goes on from there, in a
// copy of a folder. What was and what is now stand side by side.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelClient, StampedEvent } from "@course/runtime";
import { bold, dim, inputLine, preview, screenOn, yellow, type Screen } from "@course/runtime/terminal";
import { chapterOf, openAgent } from "../chapter-agent.ts";
import type { EditCommand } from "../flags.ts";
import { widthOf } from "../show.ts";
import { stepIndex } from "../step.ts";
import { readTrace, type Trace } from "../trace/read.ts";
import { traceSteps, type TraceSteps } from "../trace/steps.ts";
import { inEditor } from "./editor.ts";
import { findResult, type FoundResult } from "./find-result.ts";
import { changeAgain, copyFolder, type Copy } from "./folder.ts";
import { goOn, whatWas, type Future } from "./future.ts";
import { modelOf, offlineModel, realModel } from "./model.ts";
import { notRestored } from "./not-restored.ts";
import { hasThoughts, movedTo, pastWith, withoutThoughts } from "./past.ts";
import { showBoth } from "./show-both.ts";

const INTERRUPTED = 130;
const SHOWN_LINES = 6;

/** Resolves with the exit code. */
export async function continueEdited(command: EditCommand): Promise<number> {
  const trace = await readTrace(command.file);
  const steps = traceSteps(trace);
  const index = stepIndex(command.from, steps, "--from");
  if (trace.isPartial)
    throw new Error("The trace begins in the middle of a conversation, so no request can be built from it.");
  const chapter = chapterOf(command.chapter, trace.header);
  const result = findResult(trace.events, steps, index);
  const text = command.result ?? (await inEditor(result.content, process.env));
  const screen = screenOn(process.stdout);
  if (text === result.content) {
    screen.line("The result is what it was before, so there is no other future.");
    return 0;
  }
  const model = command.real
    ? await realModel(JSON.stringify(trace.events.slice(0, result.end)).length, command.yes)
    : offlineModel(modelOf(trace.events));
  const copy = copyFolder(command.dir);
  try {
    showEdit({ trace, steps, index, result, text }, screen);
    const past = pastOf(trace, pastWith(trace.events, result, text), { model, copy, screen });
    await showPlace(command, { past, chapter: chapter.id, model, copy, screen });
    const agent = await openAgent(chapter, trace.header, copy.folder);
    const future = await watched(screen, (stop) => goOn(agent, model, past, "with the edited result", stop));
    if (future === "interrupted") return INTERRUPTED;
    showBoth(whatWas(trace.events, result.end, "as it was"), future.track, screen);
    if (command.keep) keepTrace(copy, past, future, { trace, chapter: chapter.id, model, screen });
    return future.outcome.ending === "completed" ? 0 : 1;
  } finally {
    await model.close();
    if (!command.keep) copy.remove();
  }
}

interface Edit {
  trace: Trace;
  steps: TraceSteps;
  index: number;
  result: FoundResult;
  text: string;
}

function showEdit({ trace, steps, index, result, text }: Edit, screen: Screen): void {
  for (const remark of trace.remarks) screen.line(yellow(remark));
  screen.line(bold(`Step ${index + 1}: the result of ${result.name} `), inputLine(result.input ?? ""));
  const width = widthOf(screen) - 8;
  for (const [label, content] of [
    ["was", result.content],
    ["now", text],
  ] as const)
    for (const [row, line] of preview(content === "" ? "(nothing)" : content, SHOWN_LINES, width).entries())
      screen.line("  ", dim(row === 0 ? `${label} │ ` : "    │ "), line);
  const left = steps.count - index - 1;
  screen.line(
    `What came after it is cut: ${left} step${left === 1 ? "" : "s"}. The edited result is the newest thing said.`,
  );
}

interface Place {
  model: ModelClient;
  copy: Copy;
  screen: Screen;
}

/** The past in the copy's terms. Says what becomes of what was thought in it. */
function pastOf(
  trace: Trace,
  past: readonly StampedEvent[],
  { model, copy, screen }: Place,
): readonly StampedEvent[] {
  const moved = movedTo(past, trace.header?.folder ?? "", copy.folder);
  if (!hasThoughts(moved)) return moved;
  const isSameModel =
    trace.header !== undefined && trace.header.isOffline === model.isOffline && modelOf(past) === model.id;
  if (moved === past && isSameModel) {
    screen.line("What the model thought before it is kept: nothing changed before those thoughts.");
    return moved;
  }
  const why = isSameModel
    ? "the conversation names the folder, and the copy has another name"
    : "another model goes on";
  screen.line(
    `What the model thought before it is left out: ${why}, and thoughts are bound to what stands before them.`,
  );
  return withoutThoughts(moved);
}

async function showPlace(
  { dir }: EditCommand,
  { past, chapter, model, copy, screen }: Place & { past: readonly StampedEvent[]; chapter: string },
): Promise<void> {
  const where = dir === undefined ? "a new playground" : `a copy of ${dir}`;
  const made = dir === undefined ? await changeAgain(copy.folder, past, model) : { changes: 0, commands: 0 };
  const parts = [
    ...(made.changes > 0
      ? [`${made.changes} change${made.changes === 1 ? "" : "s"} of files made again`]
      : []),
    ...(made.commands > 0 ? [`${made.commands} command${made.commands === 1 ? "" : "s"} not run again`] : []),
  ];
  const again = parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  screen.line(
    `It goes on as ${chapter} on ${model.isOffline ? "the offline model" : model.endpoint}, in ${where}${again}.`,
  );
  const lost = notRestored(past, dir !== undefined);
  if (lost !== undefined) screen.line(yellow(lost));
  screen.line("");
}

/** Ctrl-C ends it. */
async function watched(
  screen: Screen,
  work: (stop: AbortSignal) => Promise<Future>,
): Promise<Future | "interrupted"> {
  const stop = new AbortController();
  const end = () => stop.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, end);
  screen.status("the other future; Ctrl-C stops");
  try {
    const future = await work(stop.signal);
    return stop.signal.aborted ? "interrupted" : future;
  } finally {
    screen.status(undefined);
    for (const signal of signals) process.off(signal, end);
  }
}

function keepTrace(
  { folder }: Copy,
  past: readonly StampedEvent[],
  { events }: Future,
  { trace, chapter, model, screen }: { trace: Trace; chapter: string; model: ModelClient; screen: Screen },
): void {
  const detail = { version: 1, chapter, flags: trace.header?.flags ?? {}, folder, offline: model.isOffline };
  const begun = { type: "extension", extension: "trace", kind: "began", detail, at: past[0]?.at ?? 0 };
  const path = join(folder, ".traces", "replay.jsonl");
  mkdirSync(join(folder, ".traces"), { recursive: true });
  writeFileSync(path, [begun, ...past, ...events].map((event) => `${JSON.stringify(event)}\n`).join(""));
  screen.line("");
  screen.line(`The copy is ${folder}. Its trace: npm run replay ${path}`);
}

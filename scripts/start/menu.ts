// The map as a menu in a terminal: a chapter, then what to do with it. What it does can be typed as well, and it says how.
import type { Readable, Writable } from "node:stream";
import { isCancel, log, outro, select } from "@clack/prompts";
import { assertNever } from "../../packages/runtime/src/index.ts";
import { ROOT } from "../lib/chapters.ts";
import { noteRun } from "../lib/progress.ts";
import { lessonOf, marksOf, nextPlace, offersPractice, places, type Place } from "./map.ts";

export interface MenuParts {
  /** Runs a program of the repository in this terminal, under a script's name. Resolves with its exit code. */
  runScript(script: string, file: string, args: readonly string[]): Promise<number>;
  /** Where progress lies, and the terminal; a test hands in its own. */
  file?: string;
  input?: Readable;
  output?: Writable;
}

type Action = "run" | "read" | "practise" | "diff" | "back";

const LEAVE = "leave";
/** The question, its keys, and what was said above it, such as a lesson's path. */
const ROWS_AROUND = 10;
/** Ctrl-C in a chapter ends the chapter. */
const INTERRUPTED = 130;

export async function menu(parts: MenuParts): Promise<void> {
  const streams = streamsOf(parts);
  let current: string | undefined;
  for (;;) {
    const all = places((problem) => log.warn(problem, streams), parts.file);
    const id = await chooseChapter(all, current, parts);
    const place = all.find(({ chapter }) => chapter.id === id);
    if (!place) return outro("Come back with: npm start", streams);
    current = place.chapter.id;
    const action = await chooseAction(place, all, parts);
    if (action !== undefined) await act(action, place, parts);
  }
}

async function chooseChapter(all: readonly Place[], current: string | undefined, parts: MenuParts) {
  let stage = "";
  const options = all.flatMap((place) => {
    const { id, card } = place.chapter;
    const isNew = card.stage !== stage;
    stage = card.stage;
    const heading = { value: `stage ${stage}`, label: `── ${stage}`, disabled: true };
    const marks = marksOf(place);
    const row = {
      value: id,
      label: `${id.padEnd(5)} ${card.title.padEnd(22)} ${marks}`.trimEnd(),
    };
    return isNew ? [heading, row] : [row];
  });
  const start = current ?? nextPlace(all)?.chapter.id;
  const chosen = await select({
    message: "Which chapter?",
    options: [...options, { value: LEAVE, label: "Leave" }],
    maxItems: rowsOf(parts) - ROWS_AROUND,
    ...(start !== undefined && { initialValue: start }),
    ...streamsOf(parts),
  });
  return isCancel(chosen) ? undefined : chosen;
}

async function chooseAction(
  place: Place,
  all: readonly Place[],
  parts: MenuParts,
): Promise<Action | undefined> {
  const { id, name, card } = place.chapter;
  const options: { value: Action; label: string; hint: string }[] = [
    { value: "run", label: "Run", hint: `npm run ${id}` },
    { value: "read", label: "Read", hint: lessonOf(name) },
  ];
  if (offersPractice(place))
    options.push({ value: "practise", label: "Practise", hint: `npm run practice ${id}` });
  if (all[0] !== place) options.push({ value: "diff", label: "Diff", hint: `npm run diff ${id}` });
  options.push({ value: "back", label: "Back", hint: "to the chapters" });
  const chosen = await select({
    message: `${id} ${card.title}: ${card.insight}`,
    options,
    ...streamsOf(parts),
  });
  return isCancel(chosen) || chosen === "back" ? undefined : chosen;
}

async function act(
  action: Exclude<Action, "back"> | "back",
  { chapter }: Place,
  parts: MenuParts,
): Promise<void> {
  const { id, name } = chapter;
  switch (action) {
    case "run": {
      const code = await parts.runScript(id, `chapters/${name}/src/main.ts`, []);
      if (code === 0 || code === INTERRUPTED) noteRun(id, parts.file);
      return;
    }
    case "read":
      return log.info(`${ROOT}/${lessonOf(name)}`, streamsOf(parts));
    case "practise":
      await parts.runScript("practice", "scripts/practice.ts", [id]);
      return;
    case "diff":
      await parts.runScript("diff", "scripts/diff.ts", [id]);
      return;
    case "back":
      return;
    default:
      return assertNever(action);
  }
}

function rowsOf({ output = process.stdout }: MenuParts): number {
  // A terminal that does not know its size says 0.
  return ("rows" in output && Number(output.rows)) || 24;
}

function streamsOf({ input, output }: MenuParts) {
  return { ...(input && { input }), ...(output && { output }) };
}

// A script cannot summarise, but it can list what was done, and copy what the summary must keep.
import type Anthropic from "@anthropic-ai/sdk";
import { exchangesOf, wordsOf } from "../words.ts";
import { withoutNotes } from "./calls.ts";
import { endedTasks, lineOf } from "./background-results.ts";

type Messages = readonly Anthropic.MessageParam[];

/** Characters; the summary has to be shorter than what it stands for. */
const MOST_KEPT = 900;
const MOST_OF_ONE = 300;
/** Words that say nothing of what is to be kept. */
const EMPTY =
  /^(?:what|that|which|the|a|an|of|in|to|and|or|is|was|were|it|its|me|my|i|you|we|printed|prints?|said|says|told|output|result|results|wrote|all|about|from|with|for|on|how|keep|did|do|have|has)$/i;

/** Calls whose results say nothing that was asked for. */
const BOOKKEEPING = /^(?:compact|todo|background_run|task_(?:create|update))$/;

/** What can be said of one thing in the conversation. */
interface Fact {
  /** What a focus may name. */
  about: string;
  line: string;
}

export function summaryOf(conversation: Messages, focus: string | undefined): string {
  const calls = exchangesOf(conversation).flatMap((exchange) => exchange.calls);
  const last = calls.slice(-3).map(({ name, input }) => `${name} ${JSON.stringify(input).slice(0, 80)}`);
  return [
    `Done: ${calls.length} tool calls. The last: ${last.join("; ") || "none"}.`,
    ...planLine(conversation),
    ...(focus === undefined ? kept(factsOf(conversation), undefined) : keepFocus(conversation, focus)),
  ].join("\n");
}

/** How far the plan was (s03), by its last call or by an earlier summary. */
function planLine(conversation: Messages): string[] {
  const plans = exchangesOf(conversation).flatMap(({ calls }) => calls.filter(({ name }) => name === "todo"));
  const items = (plans.at(-1)?.input as { items?: { status?: string }[] } | undefined)?.items;
  if (items) {
    const done = items.filter(({ status }) => status === "completed").length;
    return [`Plan: ${done} of ${items.length} done.`];
  }
  const notes = conversation.flatMap((message) => wordsOf(message).notes);
  return notes.flatMap((note) => /^Plan: \d+ of \d+ done\.$/m.exec(note)?.[0] ?? []).slice(-1);
}

/** How many steps of the plan a summary calls done; undefined if it does not say. */
export function doneInSummary(notes: readonly string[]): number | undefined {
  const found = notes.flatMap((note) => /^Plan: (\d+) of \d+ done\.$/m.exec(note)?.[1] ?? []).at(-1);
  return found === undefined ? undefined : Number(found);
}

function keepFocus(conversation: Messages, focus: string): string[] {
  const lines = kept(factsOf(conversation), focus);
  return lines.length > 0 ? lines : [`To be kept was: ${focus}. I found nothing of it in the conversation.`];
}

/** The facts that the focus names, those of which it names most first; without a focus, the newest. */
function kept(facts: readonly Fact[], focus: string | undefined): string[] {
  const words = wordsIn(focus ?? "").filter((word) => !EMPTY.test(word));
  const found = facts.map((fact, index) => {
    const about = new Set(wordsIn(fact.about));
    const said = new Set(wordsIn(fact.line));
    const named = words.reduce((sum, word) => sum + (about.has(word) ? 2 : said.has(word) ? 1 : 0), 0);
    // The user's own words are kept by whoever asks for the summary.
    const score = focus === undefined ? about.size : named;
    return { ...fact, score, index };
  });
  let room = focus === undefined ? MOST_KEPT / 3 : MOST_KEPT;
  const chosen = found
    .filter(({ score }) => score > 0)
    .sort((a, b) => (focus === undefined ? 0 : b.score - a.score) || b.index - a.index)
    .filter(({ line }) => (room -= line.length) >= 0);
  return chosen.sort((a, b) => a.index - b.index).map(({ line }) => line);
}

function wordsIn(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}_./-]*[\p{L}\p{N}_]/gu) ?? [];
}

/** What was called and came back, what ended in the background, what was said, and what an earlier summary kept. */
function factsOf(conversation: Messages): Fact[] {
  return conversation.flatMap((message, index) => {
    const { prompt, notes } = wordsOf(message);
    if (message.role === "assistant")
      return exchangesOf(conversation.slice(index, index + 2)).flatMap(({ calls, outcomes }) =>
        calls.flatMap(({ name, input }, at) => {
          const outcome = outcomes[at];
          if (!outcome || outcome.isLost || BOOKKEEPING.test(name)) return [];
          const what = inputOf(name, input);
          return [
            {
              about: what,
              line: `- \`${clipped(what, 120)}\` printed: ${clipped(withoutNotes(outcome) || "nothing", MOST_OF_ONE)}`,
            },
          ];
        }),
      );
    return [
      ...notes.flatMap(earlierFacts),
      ...notes
        .flatMap(endedTasks)
        .map((task) => ({ about: `${task.id} ${task.command}`, line: `- ended: ${lineOf(task)}` })),
      ...(prompt === "" ? [] : [{ about: "", line: `- the user said: ${clipped(prompt, MOST_OF_ONE)}` }]),
    ];
  });
}

function earlierFacts(note: string): Fact[] {
  if (!note.startsWith("<conversation-summary>")) return [];
  return [
    ...note.matchAll(
      /^- (?:`(.+?)` printed: |ended: |the user said: )[\s\S]*?(?=\n- |\n(?:Read up|To be kept|<\/)|(?![\s\S]))/gm,
    ),
  ].map(([line, about = ""]) => ({ about, line }));
}

function inputOf(name: string, input: unknown): string {
  const fields = Object.values((input ?? {}) as Record<string, unknown>).map((value) =>
    typeof value === "string" ? value : JSON.stringify(value),
  );
  return /^bash$/i.test(name) ? (fields[0] ?? "") : `${name} ${fields.join(" ")}`;
}

function clipped(text: string, most: number): string {
  const half = Math.floor(most / 2);
  return text.length <= most
    ? text
    : `${text.slice(0, half).toWellFormed()} [...] ${text.slice(-half).toWellFormed()}`;
}

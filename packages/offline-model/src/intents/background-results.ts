// Results of background tasks reach the model whenever they end, in the middle of other work or after a new prompt.
// Each is told once, and under the request that it belongs to.
import type Anthropic from "@anthropic-ai/sdk";
import { exchangesOf, textsOf, wordsOf } from "../words.ts";

type Messages = readonly Anthropic.MessageParam[];

interface Ended {
  id: string;
  status: string;
  command: string;
  /** The last line that it printed, or what its tests came to. */
  output: string;
}

/** The tasks in a <background-results> block. */
export function endedTasks(note: string): Ended[] {
  if (!note.startsWith("<background-results>")) return [];
  const results = note.matchAll(
    /<task id="([^"]+)" status="([^"]+)"[^>]*>\ncommand: ([^\n]*)\n([\s\S]*?)<\/task>/g,
  );
  return [...results].map(([, id = "", status = "", command = "", rest = ""]) => {
    const output = rest.replace(/^log: .*\n/, "").trim();
    return { id, status, command, output: tallyIn(output) ?? output.split("\n").at(-1) ?? "" };
  });
}

/** What node --test counts at its end, where its last line is how long it took. */
export function tallyIn(output: string): string | undefined {
  const counted = ["pass", "fail"].map((word) => new RegExp(`^[#ℹ] ${word} (\\d+)$`, "m").exec(output)?.[1]);
  return counted.every((count) => count !== undefined) ? `${counted[0]} pass, ${counted[1]} fail` : undefined;
}

export function lineOf({ id, status, command, output }: Ended): string {
  return `${id} ${status}: ${command}${output === "" ? "" : ` -> ${output}`}`;
}

/** One line for each, below the request that started it where that is not the last one. */
export function tellAll(tasks: readonly Ended[], conversation: Messages): string {
  const current = requestAt(conversation, conversation.length);
  const groups = new Map<string, string[]>();
  for (const task of tasks) {
    const asked = requestOf(task.id, conversation);
    const heading =
      asked === current && asked !== undefined
        ? ""
        : asked === undefined
          ? // It may belong to an earlier request, or to this one if its beginning is only in a summary now.
            "From earlier:"
          : `From your request "${shortOf(asked)}":`;
    groups.set(heading, [...(groups.get(heading) ?? []), lineOf(task)]);
  }
  // What belongs to the last request needs no heading, so it comes first.
  return [...groups]
    .sort(([a], [b]) => a.length - b.length)
    .map(([heading, lines]) => [heading, ...lines].filter(Boolean).join("\n"))
    .join("\n\n");
}

/** Adds to the closing words what has ended and was told in no answer so far. */
export function withUntold(conversation: Messages, words: string): string {
  const untold = conversation.flatMap((message, index) => {
    if (message.role !== "user") return [];
    const answers = conversation
      .slice(index + 1)
      .filter(({ role }) => role === "assistant")
      .flatMap(textsOf);
    return wordsOf(message)
      .notes.flatMap(endedTasks)
      .filter(({ id }) => ![...answers, words].some((text) => text.includes(id)));
  });
  return untold.length === 0 ? words : `${words}\n\n${tellAll(untold, conversation)}`;
}

/** The request in whose work this task was started. */
function requestOf(id: string, conversation: Messages): string | undefined {
  const index = conversation.findIndex((_, at) =>
    exchangesOf(conversation.slice(at, at + 2)).some(
      ({ calls, outcomes }) =>
        calls.some(({ name }) => name === "background_run") && outcomes.some(({ text }) => text.includes(id)),
    ),
  );
  return index === -1 ? undefined : requestAt(conversation, index);
}

/** What the user last said before this place. */
function requestAt(conversation: Messages, index: number): string | undefined {
  const asked = conversation
    .slice(0, index)
    .findLast((message) => message.role === "user" && wordsOf(message).prompt !== "");
  return asked && wordsOf(asked).prompt;
}

function shortOf(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= 60 ? line : `${line.slice(0, 57).toWellFormed()}...`;
}

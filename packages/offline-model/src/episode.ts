// What an intent is made of: a pattern, and a generator that yields tool calls, receives their outcomes and
// returns the closing words. It is replayed from its beginning at each request, so it may decide by nothing but
// what it is given here.
import type Anthropic from "@anthropic-ai/sdk";
import type { Part } from "./reply.ts";

/** What a tool call came back with. */
export interface Outcome {
  text: string;
  isError: boolean;
  /** The client has put a placeholder in its place since (s06), so what it said is not known any more. */
  isLost?: boolean;
}

/** What an episode ends with: words, or the words of one that did not do what was asked. */
export type Closing = string | { failed: string };

/** Yields one message's calls (and words); receives the outcomes of its calls; returns the closing words. */
export type Episode = Generator<Part | Part[], Closing, Outcome[]>;

/** The same, for a piece of work inside an episode. */
export type Work<T> = Generator<Part | Part[], T, Outcome[]>;

export interface Situation {
  /** The user's words, or the harness's note where no user spoke. */
  prompt: string;
  match: RegExpExecArray;
  /** What stands between backticks in the prompt. */
  commands: string[];
  /** Whether the client offers this tool. */
  has(tool: string): boolean;
  /** The notes that the harness injected since the prompt, or with it. */
  notes(): string[];
  /** The system prompt. */
  system: string;
  /** All messages of the request. */
  conversation: readonly Anthropic.MessageParam[];
  /** The work that another request would be; undefined if it is not understood. */
  as(request: string): Episode | undefined;
}

export interface Intent {
  pattern: RegExp;
  /** The tool without which it makes no sense to suggest this. */
  needs?: string;
  /** Shown to a user whose request was not understood; undefined for notes of the harness. */
  example?: string;
  episode(situation: Situation): Episode;
}

export function intent(
  pattern: RegExp,
  episode: Intent["episode"],
  example?: string,
  needs?: string,
): Intent {
  return {
    pattern,
    episode,
    ...(example !== undefined && { example }),
    ...(needs !== undefined && { needs }),
  };
}

/** The one outcome of an episode that asked for one call. */
export function only(outcomes: readonly Outcome[]): Outcome {
  return outcomes[0] ?? { text: "(no result)", isError: true };
}

/** Makes the call, and makes it again where its outcome was lost: for work that goes on from what it said. */
export function* known(part: Part | Part[]): Work<Outcome> {
  for (;;) {
    const outcome = only(yield part);
    if (!outcome.isLost) return outcome;
  }
}

/** The harness's notes at the end of a command's output, each a line in brackets. */
const FAILURE = /^\[(exit code \d+|timed out.*|ended by .*|did not start.*|interrupted.*)\]$/;

/** Why a call did not succeed; undefined if it did. A failing command is no error of the tool, so its notes count. */
export function failureOf({ text, isError }: Outcome): string | undefined {
  const lines = text.trimEnd().split("\n");
  const notes = lines.slice(lines.findLastIndex((line) => !/^\[.*\]$/.test(line)) + 1);
  const note = notes.flatMap((line) => FAILURE.exec(line)?.[1] ?? []).at(0);
  return note ?? (isError ? (lines[0] ?? "an error") : undefined);
}

export function failed(text: string): { failed: string } {
  return { failed: text };
}

export function wordsOfClosing(closing: Closing): string {
  return typeof closing === "string" ? closing : closing.failed;
}

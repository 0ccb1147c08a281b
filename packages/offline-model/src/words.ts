// Reading a conversation: what the user said, what the harness noted, what was called and what came back.
import type Anthropic from "@anthropic-ai/sdk";
import type { Outcome } from "./episode.ts";

type Message = Anthropic.MessageParam;

/** Text that the harness injected stands in a tag; what a user types does not. */
const NOTE = /^<([a-z][a-z-]*)>[\s\S]*<\/\1>\s*$/;

/** What clients put in the place of an old result: s06's words, and Claude Code's. */
const PLACEHOLDER =
  /^\[.*characters left out to save room; in full in [^\]]*\]$|^\[Old tool result content cleared\]$/s;

/** One reply that called tools, and what came back. */
export interface Exchange {
  calls: { name: string; input: unknown }[];
  outcomes: Outcome[];
  /** What the harness noted with the results. */
  notes: string[];
}

export function textsOf(message: Message | undefined): string[] {
  const content = message?.content ?? [];
  if (typeof content === "string") return [content];
  return content.flatMap((block) => (block.type === "text" ? [block.text] : []));
}

export function wordsOf(message: Message | undefined): { prompt: string; notes: string[] } {
  const texts = textsOf(message);
  return {
    // The last one: a prompt whose turn failed stands before its successor in the same message.
    prompt:
      texts
        .filter((text) => !NOTE.test(text))
        .at(-1)
        ?.trim() ?? "",
    notes: texts.filter((text) => NOTE.test(text)),
  };
}

export function hasResults({ content }: Message): boolean {
  return typeof content !== "string" && content.some((block) => block.type === "tool_result");
}

/** The exchanges in these messages, oldest first. */
export function exchangesOf(messages: readonly Message[]): Exchange[] {
  return messages.flatMap((message, index) => {
    if (message.role !== "assistant" || typeof message.content === "string") return [];
    const calls = message.content.filter((block) => block.type === "tool_use");
    const results = messages[index + 1];
    if (calls.length === 0 || results?.role !== "user") return [];
    return [
      {
        calls: calls.map(({ name, input }) => ({ name, input })),
        outcomes: calls.map(({ id }) => outcomeOf(results, id)),
        notes: wordsOf(results).notes,
      },
    ];
  });
}

function outcomeOf({ content }: Message, id: string): Outcome {
  const blocks = typeof content === "string" ? [] : content;
  const block = blocks.find((one) => one.type === "tool_result" && one.tool_use_id === id);
  if (block?.type !== "tool_result") return { text: "(no result)", isError: true };
  const text =
    typeof block.content === "string"
      ? block.content
      : (block.content ?? []).map((part) => (part.type === "text" ? part.text : "")).join("");
  return { text, isError: block.is_error ?? false, ...(PLACEHOLDER.test(text) && { isLost: true }) };
}

// How many tokens something would have, estimated at four characters a token.
import { blocksOf, type Message } from "@course/runtime";

export const CHARACTERS_PER_TOKEN = 4;
/** The API counts an image by its size in pixels, at most about this much, and not by its bytes. */
const IMAGE_TOKENS = 1_600;

export type Messages = readonly Message[];

/** What a window is full of, in tokens. */
export interface ContextParts {
  system: number;
  tools: number;
  user: number;
  replies: number;
  results: number;
}

export const PARTS = ["system", "tools", "user", "replies", "results"] as const;

export const sum = (parts: ContextParts) => PARTS.reduce((total, part) => total + parts[part], 0);

export function partsOf(messages: Messages): ContextParts {
  const parts: ContextParts = { system: 0, tools: 0, user: 0, replies: 0, results: 0 };
  for (const message of messages) {
    const { role } = message;
    for (const block of blocksOf(message)) {
      const part = role === "assistant" ? "replies" : block.type === "tool_result" ? "results" : "user";
      parts[part] += tokensIn({ role, ...block });
    }
  }
  return parts;
}

export function tokensIn(value: object): number {
  let images = 0;
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || !("type" in inner) || inner.type !== "image")
      return inner;
    images += 1;
    return "";
  });
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN) + images * IMAGE_TOKENS;
}

// How full the window is. The API counts a request when it answers it; what was added since is
// estimated, at four characters a token times what that estimate was off by at the last count.
import type Anthropic from "@anthropic-ai/sdk";
import { blocksOf, promptTokens, turnUsage, type Message, type RequestParams } from "@course/runtime";

export const CHARACTERS_PER_TOKEN = 4;

export type Messages = readonly Message[];

/** What a window is full of, in tokens. */
export interface ContextParts {
  system: number;
  tools: number;
  user: number;
  replies: number;
  results: number;
}

export class ContextWindow {
  #size: number;
  #params: RequestParams | undefined;
  /** Real tokens for each estimated one. */
  #scale = 1;
  /** What the API counted, and how many messages that were. */
  #counted: { tokens: number; messages: number } | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  /** In tokens. */
  get size(): number {
    return this.#size;
  }

  /** The API refused the last request: it had so many tokens, and this many fit. */
  learn(tokens: number, maximum: number): void {
    this.#size = Math.min(this.#size, maximum);
    this.#counted = undefined;
    this.#setScale(tokens);
  }

  /** The last request's parameters: its prefix, for a request of one's own. Undefined before the first. */
  get params(): RequestParams | undefined {
    return this.#params;
  }

  /** Notes what a request holds besides its messages, before it is counted. */
  noteRequest(params: RequestParams): void {
    this.#params = params;
  }

  /** Notes what a request was counted as. */
  count(params: RequestParams, usage: Anthropic.Usage): void {
    const tokens = promptTokens(turnUsage(usage));
    this.#params = params;
    // Some endpoints count nothing.
    this.#counted = tokens > 0 ? { tokens, messages: params.messages.length } : undefined;
    if (tokens > 0) this.#setScale(tokens);
  }

  /** Compares a count with the estimate of the last request; far off, the estimate is not what is wrong. */
  #setScale(tokens: number): void {
    const estimate = sum(this.#estimate(this.#params?.messages ?? []));
    if (estimate > 0) this.#scale = Math.min(4, Math.max(0.25, tokens / estimate));
  }

  /** Messages that were counted have changed: until the next count, all is estimated. */
  forgetCount(): void {
    this.#counted = undefined;
  }

  /** Tokens that a request with these messages would have. */
  tokens(messages: Messages): number {
    if (!this.#counted || this.#counted.messages > messages.length) return sum(this.parts(messages));
    const added = messages.slice(this.#counted.messages);
    return this.#counted.tokens + this.tokensOf(added);
  }

  /** Tokens of some messages alone, estimated. */
  tokensOf(messages: Messages): number {
    const { user, replies, results } = partsOf(messages);
    return Math.ceil((user + replies + results) * this.#scale);
  }

  /** What the window is full of. */
  parts(messages: Messages): ContextParts {
    const parts = this.#estimate(messages);
    for (const part of PARTS) parts[part] = Math.ceil(parts[part] * this.#scale);
    return parts;
  }

  #estimate(messages: Messages): ContextParts {
    const { system, tools = [] } = this.#params ?? {};
    return {
      ...partsOf(messages),
      system: system === undefined ? 0 : tokensIn({ system }),
      tools: tools.reduce((total, tool) => total + tokensIn(tool), 0),
    };
  }
}

export const PARTS = ["system", "tools", "user", "replies", "results"] as const;

const sum = (parts: ContextParts) => PARTS.reduce((total, part) => total + parts[part], 0);

function partsOf(messages: Messages): ContextParts {
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

/** The API counts an image by its size in pixels, at most about this much, and not by its bytes. */
const IMAGE_TOKENS = 1_600;

function tokensIn(value: object): number {
  let images = 0;
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || !("type" in inner) || inner.type !== "image")
      return inner;
    images += 1;
    return "";
  });
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN) + images * IMAGE_TOKENS;
}

// How full the window is: what the API counted when it answered, and an estimate of what was added since.
// In the order of the calls: `count` with each reply; `tokens` and `parts` at any time; `forgetCount` after an edit,
// because then the count is of messages that are gone. Where a request may be refused as too long (s11), `noteRequest`
// comes before it, and `learn` takes the place of `count`.
import type Anthropic from "@anthropic-ai/sdk";
import { promptTokens, turnUsage, type RequestParams } from "@course/runtime";
import { partsOf, PARTS, sum, tokensIn, type ContextParts, type Messages } from "./estimate.ts";

export class ContextWindow {
  #size: number;
  #params: RequestParams | undefined;
  /** What the API counted, and how many messages that were. */
  #counted: { tokens: number; messages: number } | undefined;
  /** Real tokens for each estimated one, as of the last count. */
  #scale = 1;

  constructor(size: number) {
    this.#size = size;
  }

  /** In tokens. */
  get size(): number {
    return this.#size;
  }

  /** Tokens that a request with these messages would have. */
  tokens(messages: Messages): number {
    const counted = this.#counted;
    if (!counted || counted.messages > messages.length) return sum(this.parts(messages));
    return counted.tokens + this.tokensOf(messages.slice(counted.messages));
  }

  /** Tokens of some messages alone, estimated. */
  tokensOf(messages: Messages): number {
    return Math.ceil(sum(partsOf(messages)) * this.#scale);
  }

  /** What the window is full of, estimated. */
  parts(messages: Messages): ContextParts {
    const parts = this.#estimate(messages);
    for (const part of PARTS) parts[part] = Math.ceil(parts[part] * this.#scale);
    return parts;
  }

  /** Notes what a request was counted as. */
  count(params: RequestParams, usage: Anthropic.Usage): void {
    this.noteRequest(params);
    const tokens = promptTokens(turnUsage(usage));
    // Some endpoints count nothing.
    this.#counted = tokens > 0 ? { tokens, messages: params.messages.length } : undefined;
    if (tokens > 0) this.#setScale(tokens);
  }

  /** Messages that were counted have changed: until the next count, all is estimated. */
  forgetCount(): void {
    this.#counted = undefined;
  }

  /** Notes what a request holds besides its messages. */
  noteRequest(params: RequestParams): void {
    this.#params = params;
  }

  /** The last request's parameters: its prefix, for a request of one's own. Undefined before the first. */
  get params(): RequestParams | undefined {
    return this.#params;
  }

  /** The API refused the last request: it had so many tokens, and this many fit. */
  learn(tokens: number, maximum: number): void {
    this.#size = Math.min(this.#size, maximum);
    this.forgetCount();
    this.#setScale(tokens);
  }

  /** Compares a count with the estimate of the last request; far off, the estimate is not what is wrong. */
  #setScale(tokens: number): void {
    const estimate = sum(this.#estimate(this.#params?.messages ?? []));
    if (estimate > 0) this.#scale = Math.min(4, Math.max(0.25, tokens / estimate));
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

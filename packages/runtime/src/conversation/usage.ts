// Token counts as the API bills them. The three kinds of input add up to the prompt's length.
import type Anthropic from "@anthropic-ai/sdk";

/**
 * The tokens of one model call, by how they are billed.
 *
 * @record In memory, gone with the program
 */
export interface TurnUsage {
  /** Input tokens that no cache held or stored. */
  input: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  /** The part of the output that was thinking, where the API says so. */
  thinking: number;
}

/** What was counted; some endpoints count nothing, or only some of it. */
export function turnUsage(usage: Partial<Anthropic.Usage> | null | undefined): TurnUsage {
  return {
    input: usage?.input_tokens ?? 0,
    cacheRead: usage?.cache_read_input_tokens ?? 0,
    cacheWrite: usage?.cache_creation_input_tokens ?? 0,
    output: usage?.output_tokens ?? 0,
    thinking: usage?.output_tokens_details?.thinking_tokens ?? 0,
  };
}

/** The length of the prompt, however it is billed. */
export function promptTokens({ input, cacheRead, cacheWrite }: TurnUsage): number {
  return input + cacheRead + cacheWrite;
}

/** How long the conversation is after a model call: all that went in, and what came out. */
export function contextTokens(usage: TurnUsage): number {
  return promptTokens(usage) + usage.output;
}

export class UsageTotals {
  readonly total: TurnUsage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, thinking: 0 };
  /** The last model call's usage; undefined before the first. */
  last: TurnUsage | undefined;
  turns = 0;

  add(turn: TurnUsage): void {
    this.last = turn;
    this.turns += 1;
    for (const kind of ["input", "cacheRead", "cacheWrite", "output", "thinking"] as const)
      this.total[kind] += turn[kind];
  }
}

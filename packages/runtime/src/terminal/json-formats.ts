// What a program that runs ours reads and writes, in the field names of Claude Code's --output-format json and
// --input-format stream-json. Not covered: its stream-json output, which is this course's own events; images in messages.
import { textOf } from "../conversation/message.ts";
import type { Session } from "../conversation/session.ts";
import { errorMessage } from "../errors.ts";
import type { RunOutcome } from "../run.ts";
import { withoutMark } from "../tools/byte-order-mark.ts";
import type { Refusal } from "./refusals.ts";

/**
 * What one prompt came to, as --output-format json prints it.
 *
 * @record On standard output
 */
export interface ResultRecord {
  type: "result";
  is_error: boolean;
  stop_reason: string;
  /** The model's last text, or why the run failed. */
  result: string;
  session_id: string;
  /** Model calls. */
  num_turns: number;
  duration_ms: number;
  /** Calls that were not run because they were not allowed. */
  permission_denials: { tool_name: string; tool_use_id: string; tool_input: unknown }[];
  usage: Record<
    "input_tokens" | "cache_creation_input_tokens" | "cache_read_input_tokens" | "output_tokens",
    number
  >;
}

export function resultOf(
  outcome: RunOutcome,
  session: Session,
  durationMs: number,
  refusals: readonly Refusal[],
): ResultRecord {
  const { total, turns } = session.usage;
  return {
    type: "result",
    is_error: outcome.ending !== "completed",
    stop_reason: outcome.stopReason,
    result: outcome.answer,
    session_id: session.id,
    num_turns: turns,
    duration_ms: Math.round(durationMs),
    permission_denials: refusals.map(({ id, name, input }) => ({
      tool_name: name,
      tool_use_id: id,
      tool_input: input,
    })),
    usage: {
      input_tokens: total.input,
      cache_creation_input_tokens: total.cacheWrite,
      cache_read_input_tokens: total.cacheRead,
      output_tokens: total.output,
    },
  };
}

/** The prompt in a line such as {"type":"user","message":{"role":"user","content":"..."}}; an Error that says what is wrong. */
export function promptOf(line: string): string | Error {
  const expected = 'expected {"type":"user","message":{"role":"user","content":"your prompt"}}';
  try {
    const { type, message } = (JSON.parse(withoutMark(line)) ?? {}) as {
      type?: unknown;
      message?: { content?: unknown };
    };
    const content = message?.content;
    const blocks = typeof content === "string" ? [{ type: "text", text: content }] : content;
    if (type !== "user" || !Array.isArray(blocks))
      return new Error(`A line of input is no message: ${expected}.`);
    const other = blocks.find((block: unknown) => !isText(block));
    if (other !== undefined) return new Error(`A message holds something else than text: ${expected}.`);
    const text = textOf(blocks as { type: "text"; text: string }[]);
    return text.trim() === "" ? new Error(`A message is empty: ${expected}.`) : text;
  } catch (error) {
    return new Error(`A line of input is no JSON (${errorMessage(error)}): ${expected}.`);
  }
}

function isText(block: unknown): boolean {
  const { type, text } = (block ?? {}) as { type?: unknown; text?: unknown };
  return type === "text" && typeof text === "string";
}

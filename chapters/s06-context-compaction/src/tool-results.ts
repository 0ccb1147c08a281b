// Tool results are most of a conversation. Two levers on them: a large one goes to a file at once, and
// old ones shrink to a line that says what they were. Not covered: results with images stay as they are.
import type Anthropic from "@anthropic-ai/sdk";
import {
  blocksOf,
  keepOutput,
  type Message,
  type ToolCall,
  type ToolResult,
  type Workspace,
} from "@course/runtime";
import { CHARACTERS_PER_TOKEN } from "./estimate.ts";

/** What bash shows of a long output, its notes included. */
const LARGEST_RESULT = 30_500;
/** What the results of one round may fill of the window. */
const ROUND_SHARE = 1 / 8;
const LONGEST_PREVIEW = 2_000;
const SHORTEST_PREVIEW = 200;
/** Shorter results are not worth a placeholder. */
const WORTH_SHRINKING = 400;

/** Sends large results to files, and those that would make one round too large. */
export class ResultLimiter {
  readonly #workspace: Workspace;
  readonly #roundCharacters: number;
  /** Characters of results so far, by the reply that asked for them. */
  readonly #used = new WeakMap<object, number>();

  constructor(workspace: Workspace, windowTokens: number) {
    this.#workspace = workspace;
    this.#roundCharacters = windowTokens * ROUND_SHARE * CHARACTERS_PER_TOKEN;
  }

  limit({ id, session }: ToolCall, result: ToolResult): ToolResult {
    const { content, fullOutput: full } = result;
    const round = session.messages.at(-1);
    if (typeof content !== "string" || !round) return result;
    const used = this.#used.get(round) ?? 0;
    const room = Math.min(LARGEST_RESULT, this.#roundCharacters - used);
    let kept = content;
    try {
      if (content.length > Math.max(room, 2 * SHORTEST_PREVIEW)) kept = this.#spill(id, content, room, full);
    } catch (error) {
      // A full disk is no reason to lose a result.
      session.notice(`A large result stays in the conversation: ${String(error)}`);
    }
    this.#used.set(round, used + kept.length);
    return { ...result, content: kept };
  }

  /** Writes the result to a file, unless it is in one, and returns its head and tail. Throws the file system's errors. */
  #spill(id: string, content: string, room: number, full: ToolResult["fullOutput"]): string {
    const file = full?.file ?? keepOutput(this.#workspace.root, "tool-results", id, content);
    const length = full?.length ?? content.length;
    const preview = Math.min(LONGEST_PREVIEW, Math.max(SHORTEST_PREVIEW, Math.floor(room / 2)));
    const [head, tail] = [Math.floor(preview * 0.75), Math.ceil(preview * 0.25)];
    const number = (value: number) => value.toLocaleString("en");
    const note = `[... ${number(length - preview)} of ${number(length)} characters left out; all are in ${file}: read_file with offset and limit, or grep ...]`;
    return `${content.slice(0, head)}\n${note}\n${content.slice(-tail)}`;
  }
}

/** A result that could shrink, and the beginning of what would replace it. */
interface Shrinkable {
  message: Message;
  block: Anthropic.ToolResultBlockParam;
  /** Names the tool, its input and how much there was; where it is kept comes behind it. */
  label: string;
  /** Characters. */
  length: number;
}

/** Results in these messages that are worth shrinking. */
export function shrinkable(messages: readonly Message[]): Shrinkable[] {
  const calls = new Map<string, Anthropic.ToolUseBlockParam>();
  return messages.flatMap((message) =>
    blocksOf(message).flatMap((block) => {
      if (block.type === "tool_use") calls.set(block.id, block);
      if (block.type !== "tool_result" || typeof block.content !== "string") return [];
      const { length } = block.content;
      if (length < WORTH_SHRINKING) return [];
      const call = calls.get(block.tool_use_id);
      const input = JSON.stringify(call?.input ?? {});
      const shown = input.length <= 200 ? input : `${input.slice(0, 200).toWellFormed()}...`;
      const label = `${call?.name} ${shown}: ${length.toLocaleString("en")} characters left out to save room; in full in `;
      return [{ message, block, label, length }];
    }),
  );
}

/** The message with placeholders in the place of these of its results, unless one would be no shorter. */
export function shrunk(message: Message, found: readonly Shrinkable[], place: string): Message {
  const own = found.filter((one) => one.message === message);
  if (own.length === 0 || message.role !== "user") return message;
  const content = blocksOf(message).map((block) => {
    const one = own.find((candidate) => candidate.block === block);
    const placeholder = one && `[${one.label}${place}]`;
    return one && placeholder && placeholder.length < one.length
      ? { ...one.block, content: placeholder }
      : block;
  });
  return { role: "user", content };
}

// The gate: what a model said enters the conversation here, in a form that every later request can carry.
// Models, proxies and cut connections say things that the API refuses to read again, and a conversation that
// holds one of them is dead. Not covered: blocks of tools that the API runs itself pass as they are.
import { randomBytes } from "node:crypto";
import type Anthropic from "@anthropic-ai/sdk";
import { isThinking } from "./message.ts";

/** A call that the conversation holds now, and that has to be answered. */
export interface AdmittedCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** Why it cannot be run: its answer is this. */
  readonly problem?: string;
}

export interface Admitted {
  content: Anthropic.ContentBlockParam[];
  calls: AdmittedCall[];
}

const ID = /^[a-zA-Z0-9_-]+$/;
const NAME = /^[a-zA-Z0-9_-]{1,128}$/;
/** Stands for a tool name that the API would not take back. */
const NO_NAME = "unnamed_tool";
/** After these the last call may be half of one, and those before it belong to a plan that was not finished. */
const CUT_OFF = new Set<string | null>(["max_tokens", "model_context_window_exceeded", "refusal"]);

/** What of a reply can be kept, and the calls in it. `isTaken` says whether the conversation has a call of this id. */
export function admit(
  reply: Pick<Anthropic.Message, "content" | "stop_reason">,
  isTaken: (id: string) => boolean,
): Admitted {
  const content: Anthropic.ContentBlockParam[] = [];
  const calls: AdmittedCall[] = [];
  let isChanged = false;
  for (const block of reply.content) {
    const kept = keep(block, CUT_OFF.has(reply.stop_reason), (id) => isTaken(id) || has(calls, id));
    // What is thought is bound to what stands before it, in the same reply too.
    if (kept.block && !(isChanged && isThinking(block))) content.push(kept.block);
    if (kept.call) calls.push(kept.call);
    isChanged ||= kept.block !== block;
  }
  // "The final block in an assistant message cannot be `thinking`": with nothing behind it, it is not kept.
  while (content.at(-1) && isThinking(content.at(-1) ?? { type: "" })) content.pop();
  return { content, calls };
}

interface Kept {
  block?: Anthropic.ContentBlockParam;
  call?: AdmittedCall;
}

function keep(block: Anthropic.ContentBlock, isCutOff: boolean, isTaken: (id: string) => boolean): Kept {
  switch (block.type) {
    case "thinking":
    case "redacted_thinking":
      return isWellFormed(block) ? { block } : {};
    case "text":
      if (block.text.trim() === "") return {};
      return { block: isWellFormed(block) ? block : { type: "text", text: block.text.toWellFormed() } };
    case "tool_use":
      return isCutOff ? {} : keepCall(block, isTaken);
    default:
      return { block };
  }
}

function keepCall(block: Anthropic.ToolUseBlock, isTaken: (id: string) => boolean): Kept {
  const id = ID.test(block.id) && !isTaken(block.id) ? block.id : `toolu_${randomBytes(12).toString("hex")}`;
  const isNamed = NAME.test(block.name);
  const name = isNamed ? block.name : NO_NAME;
  const input = isObject(block.input) ? block.input : {};
  const isFine = id === block.id && isNamed && input === block.input && isWellFormed(input);
  const kept = isFine ? block : { type: "tool_use" as const, id, name, input: wellFormed(input) };
  const problem = isNamed ? problemOf(block) : `There is no tool named ${shown(block.name)}.`;
  return {
    block: kept,
    call: { id, name, input: kept.input, ...(problem && { problem }) },
  };
}

function problemOf({ name, input }: Anthropic.ToolUseBlock): string | undefined {
  if (isObject(input)) return undefined;
  // The reader leaves input that is no JSON as the text that it was.
  return `The input of ${name} is no JSON object: ${shown(input)}. Call it again with an object of its fields.`;
}

const has = (calls: readonly AdmittedCall[], id: string) => calls.some((call) => call.id === id);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length <= 200 ? text.toWellFormed() : `${text.slice(0, 200).toWellFormed()}...`;
}

/** Half of a surrogate pair is no valid JSON for the API, in a key or a value, at any depth. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWellFormed(inner));
}

/** The same without halves of surrogate pairs. */
export function wellFormed<T>(value: T): T;
export function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]),
  );
}

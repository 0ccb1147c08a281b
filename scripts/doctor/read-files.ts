// A short conversation with one tool, as the chapters hold it: the model calls, the results go back, the model answers.
// No file is read: what the files hold is made up, so an answer that names it has read the result.
import type Anthropic from "@anthropic-ai/sdk";
import { isThinking, textOf, traitsOf, withoutThinking } from "../../packages/runtime/src/index.ts";
import type { Endpoint, Request } from "./endpoint.ts";
import { isRefusal } from "./failures.ts";

const FILES: Readonly<Record<string, string>> = { "heron.txt": "cobalt-4718", "crane.txt": "umber-2953" };
const SYSTEM =
  "Read the files that the user names with read_file: all of them in one reply, with a call for each file. " +
  "Then say what the files hold, word for word, and nothing else.";
export const READ_FILE: Anthropic.Tool = {
  name: "read_file",
  description: "Reads a text file.",
  input_schema: { type: "object", properties: { file_path: { type: "string" } }, required: ["file_path"] },
};
/** One for each file, and one for the answer. */
const MOST_CALLS = 3;

export interface Reading {
  /** Tool calls in the reply that held most. */
  calls: number;
  /** The last words. */
  said: string;
  /** Whether the words name what each file holds. */
  hasRead: boolean;
  /** Whether a reply held a thought. */
  thinks: boolean;
  /** Why the endpoint refused thoughts, in the request for them or where they went back. */
  thoughtRefusal?: unknown;
  /** What else was refused: the tools, or their results. */
  refusal?: unknown;
}

/** Rejects with errors that are no refusal. */
export async function readFiles(endpoint: Endpoint, files: readonly string[]): Promise<Reading> {
  const reading: Reading = { calls: 0, said: "", hasRead: false, thinks: false };
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: `Read ${files.join(" and ")}.` }];
  for (let turn = 0; turn < MOST_CALLS; turn++) {
    const reply = await sendAll(endpoint, messages, reading);
    if (!reply) break;
    const calls = reply.content.filter((block) => block.type === "tool_use");
    reading.calls = Math.max(reading.calls, calls.length);
    reading.said = textOf(reply.content);
    reading.thinks ||= reply.content.some(isThinking);
    if (calls.length === 0) break;
    messages.push(
      { role: "assistant", content: reply.content },
      { role: "user", content: calls.map(resultOf) },
    );
  }
  reading.hasRead = files.every((file) => reading.said.includes(FILES[file] ?? file));
  return reading;
}

/** Undefined where it is refused; what was refused stands in `reading`. Without thoughts where those were the reason. */
async function sendAll(
  endpoint: Endpoint,
  messages: Anthropic.MessageParam[],
  reading: Reading,
): Promise<Anthropic.Message | undefined> {
  const { thinking } = traitsOf(endpoint.model.id);
  const bare: Request = { max_tokens: 4_000, system: SYSTEM, tools: [READ_FILE], messages };
  const plain = { ...bare, messages: messages.map(withoutThinking) };
  const asked = { ...bare, ...(thinking && { thinking }) };
  const hasThoughts = thinking !== undefined || reading.thinks;
  if (reading.thoughtRefusal === undefined) {
    try {
      return await endpoint.send(asked);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (!hasThoughts) return refuse(reading, error);
      reading.thoughtRefusal = error;
    }
  }
  try {
    return await endpoint.send(plain);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // It was not the thoughts, then.
    delete reading.thoughtRefusal;
    return refuse(reading, error);
  }
}

function refuse(reading: Reading, error: unknown): undefined {
  reading.refusal = error;
}

function resultOf({ id, name, input }: Anthropic.ToolUseBlock): Anthropic.ToolResultBlockParam {
  const path = (input as { file_path?: unknown } | null)?.file_path;
  const file = Object.keys(FILES).find((known) => String(path).endsWith(known)) ?? "";
  const content = FILES[file] ?? `${name} ${String(path)}: there is no such file`;
  return { type: "tool_result", tool_use_id: id, content };
}

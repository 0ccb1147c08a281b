// The reply of a model that takes no time: the same call again, or a last word.
import type Anthropic from "@anthropic-ai/sdk";
import { call, say } from "@course/offline-model/test";
import { toEvents, toMessage } from "../../packages/offline-model/src/wire.ts";

const USAGE = { input_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 };

/** The events of a reply that reads this file; without one, of a reply that ends the run. */
export function instantReply(file?: string): Anthropic.RawMessageStreamEvent[] {
  const part = file === undefined ? say("done") : call("read_file", { file_path: file });
  const message = toMessage(
    { parts: [part] },
    { model: "claude-instant", max_tokens: 1, messages: [] },
    USAGE,
  );
  return [...toEvents(message)].filter((event) => event.type !== "ping");
}

// The agent loop on the SDK alone: send, run, write back, repeat.
// Not covered: more tools (s02), retries (s11), a full window (s06), malformed calls (runtime: conversation/gate.ts).
import type Anthropic from "@anthropic-ai/sdk";
import { whatCanBeSentBack } from "./sent-back.ts";

export interface LoopOptions {
  client: Anthropic;
  /** Model, system prompt, tools and output limit: what does not change from call to call. */
  request: Omit<Anthropic.MessageStreamParams, "messages">;
  /** Model calls, at most. */
  maxTurns: number;
  signal: AbortSignal;
  onCall(): void;
  onText(text: string): void;
  onThinking(text: string): void;
  onReply(reply: Anthropic.Message): void;
  /** Adds a message at the end of `messages`. */
  append(message: Anthropic.MessageParam): void;
  /** Answers one tool call. Must not throw: what went wrong is a result, too. */
  runTool(call: Anthropic.ToolUseBlock): Promise<Anthropic.ToolResultBlockParam>;
}

/** Appends to `messages` until the model asks for no tool, and returns why it stopped. */
export async function agentLoop(messages: Anthropic.MessageParam[], options: LoopOptions) {
  const { client, request, maxTurns, signal, append } = options;
  for (let turn = 0; turn < maxTurns; turn++) {
    options.onCall();
    const stream = client.messages.stream({ ...request, messages }, { signal });
    const reply = await stream.on("text", options.onText).on("thinking", options.onThinking).finalMessage();
    options.onReply(reply);
    const content = whatCanBeSentBack(reply);
    if (content.length > 0) append({ role: "assistant", content });
    const calls = content.filter((block) => block.type === "tool_use");
    if (calls.length === 0) return reply.stop_reason ?? "end_turn";
    const results: Anthropic.ToolResultBlockParam[] = [];
    for (const call of calls) results.push(await options.runTool(call));
    append({ role: "user", content: results });
  }
  return "max_turns";
}

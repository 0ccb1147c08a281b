// The agent loop on the SDK alone: send, run, write back, repeat.
// Not covered: more than one kind of tool (s02), retries (s11), a conversation that outgrows the window (s06).
import type Anthropic from "@anthropic-ai/sdk";

export interface LoopOptions {
  client: Anthropic;
  /** Model, system prompt, tools and output limit: what does not change from call to call. */
  request: Omit<Anthropic.MessageStreamParams, "messages">;
  /** Model calls, at most. */
  maxTurns: number;
  signal: AbortSignal;
  onText(text: string): void;
  onReply(reply: Anthropic.Message): void;
  /** Answers one tool call. Must not throw: what went wrong is a result, too. */
  runTool(call: Anthropic.ToolUseBlock): Promise<Anthropic.ToolResultBlockParam>;
}

/** Appends to `messages` until the model asks for no tool, and returns why it stopped. */
export async function agentLoop(messages: Anthropic.MessageParam[], options: LoopOptions) {
  const { client, request, maxTurns, signal, onText, onReply, runTool } = options;
  for (let turn = 0; turn < maxTurns; turn++) {
    const stream = client.messages.stream({ ...request, messages }, { signal }).on("text", onText);
    const reply = await stream.finalMessage();
    onReply(reply);
    const goesOn = reply.stop_reason === "tool_use";
    // The API refuses to read blank text again, and calls without results, such as the half of one that was cut off.
    const content = reply.content.filter((block) =>
      block.type === "text" ? block.text.trim() : goesOn || block.type !== "tool_use",
    );
    if (content.length > 0) messages.push({ role: "assistant", content });
    if (!goesOn) return reply.stop_reason ?? "end_turn";
    const results: Anthropic.ToolResultBlockParam[] = [];
    for (const block of content) if (block.type === "tool_use") results.push(await runTool(block));
    messages.push({ role: "user", content: results });
  }
  return "max_turns";
}

// One model call: the request is built, passes through the extensions, and streams back.
import type Anthropic from "@anthropic-ai/sdk";
import type { Agent } from "../agent.ts";
import type { ModelCall } from "../extension.ts";
import type { Session } from "../conversation/session.ts";
import { toolsOf } from "../tools/tool.ts";

const MAX_OUTPUT_TOKENS = 16_000;

/** Rejects with the SDK's errors; an interrupt rejects with its APIUserAbortError. */
export async function callModel(agent: Agent, session: Session): Promise<Anthropic.Message> {
  const params = { ...(await requestParams(agent, session)), messages: session.messages };
  const call = agent.extensions.reduceRight<ModelCall>((next, extension) => {
    const wrap = extension.wrapModelCall?.bind(extension);
    return wrap ? (request) => wrap(request, next) : next;
  }, streamReply);
  return withoutRefusedBlocks(await call({ params, session }));
}

/** A reply may hold what the API would refuse to read again: blank text, and calls that it was cut off in. */
function withoutRefusedBlocks(reply: Anthropic.Message): Anthropic.Message {
  const goesOn = reply.stop_reason === "tool_use";
  const content = reply.content.filter((block) =>
    block.type === "text" ? block.text.trim() !== "" : goesOn || block.type !== "tool_use",
  );
  return { ...reply, content };
}

/** What a request holds besides the messages: the prefix that the prompt cache keeps. */
export async function requestParams(
  agent: Agent,
  session: Session,
): Promise<Omit<Anthropic.MessageStreamParams, "messages">> {
  return {
    model: session.model.id,
    max_tokens: MAX_OUTPUT_TOKENS,
    system: await systemPrompt(agent, session),
    tools: toolsOf(agent).map((tool) => ({
      name: tool.name,
      description: tool.description,
      input_schema: tool.inputSchema(),
    })),
    // A breakpoint at the end of every request: the next one, which only appends, reads it all from the cache.
    cache_control: { type: "ephemeral" },
  };
}

/** The agent's instructions, then each extension's section. */
async function systemPrompt(agent: Agent, session: Session): Promise<string> {
  const sections = [agent.instructions];
  for (const extension of agent.extensions) {
    const section = await extension.systemPrompt?.(session);
    if (section) sections.push(section);
  }
  return sections.join("\n\n");
}

/** Sends the request as it is, past all extensions; the reply streams to the session's listeners. */
export const streamReply: ModelCall = async ({ params, session, maxRetries, timeoutMs }) => {
  session.emit({ type: "model_started" });
  const start = performance.now();
  const client = await session.model.sdk();
  session.signal.throwIfAborted();
  const stream = client.messages.stream(params, {
    signal: session.signal,
    ...(maxRetries !== undefined && { maxRetries }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  });
  stream.on("text", (text) => session.emit({ type: "text", text }));
  const reply = await stream.finalMessage();
  session.countReply(reply, performance.now() - start);
  return reply;
};

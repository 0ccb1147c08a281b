// One model call, streamed by the SDK. Not covered: what packages/runtime/src/model/ does besides, such as
// replies that fall silent, and models that think in other ways.
import type Anthropic from "@anthropic-ai/sdk";
import { toolsOf, type Agent, type Session } from "@course/runtime";

/** Rejects with the SDK's errors; an interrupt rejects with its APIUserAbortError. */
export async function callModel(agent: Agent, session: Session): Promise<Anthropic.Message> {
  const sections = [agent.instructions];
  for (const extension of agent.extensions) sections.push((await extension.systemPrompt?.(session)) ?? "");
  const start = performance.now();
  const client = await session.model.sdk();
  const request = {
    model: session.model.id,
    max_tokens: 16_000,
    system: sections.filter(Boolean).join("\n\n"),
    tools: toolsOf(agent).map(({ name, description, inputSchema }) => ({
      name,
      description,
      input_schema: inputSchema(),
    })),
    messages: [...session.messages],
    cache_control: { type: "ephemeral" } as const,
  };
  const stream = client.messages.stream(request, { signal: session.signal });
  stream.on("text", (text) => session.emit({ type: "text", text }));
  const reply = await stream.finalMessage();
  session.countReply(reply, performance.now() - start);
  return reply;
}

// One model call: the request is built, passes through the extensions, and streams back.
import type Anthropic from "@anthropic-ai/sdk";
import { toolsOf } from "../agent.ts";
import type { Prefix } from "../conversation/message.ts";
import type { Session } from "../conversation/session.ts";
import type { Agent, ModelCall, PromptSection } from "../extension.ts";
import { named, wrapped } from "../seams.ts";
import { deferredDefinitionOf, definitionOf } from "../tools/definition.ts";
import { traitsOf } from "./models.ts";
import { readReply } from "./read-reply.ts";

const SILENCE_MS = 300_000;

/** Rejects with the SDK's errors; an interrupt rejects with its APIUserAbortError. */
export async function callModel(agent: Agent, session: Session): Promise<Anthropic.Message> {
  const params = { ...(await requestParams(agent, session)), messages: session.messages };
  return wrapped(agent, "wrapModelCall", streamReply)({ params, session });
}

/** What a request holds besides the messages. The prefix, which is cached and binds thinking, is made once. */
export async function requestParams(
  agent: Agent,
  session: Session,
): Promise<Omit<Anthropic.MessageCreateParamsStreaming, "messages">> {
  const { thinking, maxOutputTokens, deferLoading } = traitsOf(session.model.id);
  const { system } = await session.prefix(() => makePrefix(agent, session));
  const deferred = deferLoading ? toolsOf(agent).filter((tool) => tool.deferred) : [];
  const tools = session.tools(deferred.map(deferredDefinitionOf));
  return {
    model: session.model.id,
    max_tokens: maxOutputTokens,
    system,
    tools,
    ...(thinking && { thinking }),
    // A breakpoint at the end of every request: the next one, which only appends, reads it all from the cache.
    cache_control: { type: "ephemeral" },
    stream: true,
  };
}

/**
 * The agent's instructions, then each extension's section; and every tool that is in the prompt from the start (for a
 * model that cannot load tools later, all): what a conversation that begins now stands behind.
 */
export async function makePrefix(agent: Agent, session: Session): Promise<Prefix> {
  let sections: readonly PromptSection[] = [{ owner: agent.name, text: agent.instructions }];
  for (const extension of agent.extensions) {
    const text = await named(extension, "systemPrompt", () => extension.systemPrompt?.(session));
    if (text) sections = [...sections, { owner: extension.name, text }];
  }
  for (const extension of agent.extensions) {
    const given = sections;
    const arranged = await named(extension, "arrangeSections", () =>
      extension.arrangeSections?.(given, session),
    );
    sections = arranged ?? given;
  }
  const { deferLoading } = traitsOf(session.model.id);
  const tools = toolsOf(agent)
    .filter((tool) => !(deferLoading && tool.deferred))
    .map(definitionOf);
  return {
    system: sections
      .map(({ text }) => text)
      .join("\n\n")
      .toWellFormed(),
    tools,
  };
}

/** Sends the request as it is, past all extensions; the reply streams to the session's listeners. */
export const streamReply: ModelCall = async ({ params, session, maxRetries, timeoutMs }) => {
  session.noteRequest(params);
  const start = performance.now();
  const client = await session.model.sdk();
  session.signal.throwIfAborted();
  // The SDK reads messages and does not write them; its type does not say so.
  const body = params as Anthropic.MessageCreateParamsStreaming;
  const stream = await client.messages.create(body, {
    signal: session.signal,
    ...(maxRetries !== undefined && { maxRetries }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
  });
  const reply = await readReply(stream, {
    onText: (text) => session.emit({ type: "text", text }),
    onThinking: (text) => session.emit({ type: "thinking", text }),
    silenceMs: timeoutMs ?? SILENCE_MS,
    hangUp: () => stream.controller.abort(),
  }).finally(() => session.signal.throwIfAborted());
  session.countReply(reply, performance.now() - start);
  return reply;
};

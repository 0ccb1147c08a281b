// A request as an event: what the trace holds already is named, not repeated.
import type Anthropic from "@anthropic-ai/sdk";
import type { Message, Prefix, RequestParams } from "./message.ts";
import type { TracedRequest } from "./events.ts";

/** What the trace of a conversation holds. */
interface KnownParts {
  messages: readonly Message[];
  knownPrefix: Prefix | undefined;
  knownTools: readonly Anthropic.Tool[] | undefined;
}

export function tracedRequest(
  params: RequestParams,
  { messages, knownPrefix, knownTools }: KnownParts,
): TracedRequest {
  const own = params.messages;
  const end = own === messages ? -1 : own.findIndex((message, index) => message !== messages[index]);
  const count = end === -1 ? own.length : end;
  return {
    ...params,
    ...(knownPrefix && params.system === knownPrefix.system && { system: { from: "prefix" } }),
    ...(knownTools && params.tools === knownTools && { tools: { from: "prefix" } }),
    messages: { from: "conversation", count, added: own.slice(count) },
  };
}

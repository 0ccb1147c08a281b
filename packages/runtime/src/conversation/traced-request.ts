// A request as an event: what the trace holds already is named, not repeated.
import type { Conversation } from "./conversation.ts";
import type { RequestParams } from "./message.ts";
import type { TracedRequest } from "./events.ts";

export function tracedRequest(params: RequestParams, conversation: Conversation): TracedRequest {
  const { messages, knownPrefix, knownTools } = conversation;
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

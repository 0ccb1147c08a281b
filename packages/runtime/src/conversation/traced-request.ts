// A request as an event: what the trace holds already is named, not repeated.
import type Anthropic from "@anthropic-ai/sdk";
import type { Message, RequestParams } from "./message.ts";
import type { TracedRequest } from "./events.ts";

export function tracedRequest(
  params: RequestParams,
  messages: readonly Message[],
  known: { system: string | undefined; tools: readonly Anthropic.Tool[] | undefined },
): TracedRequest {
  const own = params.messages;
  const end = own === messages ? -1 : own.findIndex((message, index) => message !== messages[index]);
  const count = end === -1 ? own.length : end;
  return {
    ...params,
    ...(known.system !== undefined && params.system === known.system && { system: { from: "prefix" } }),
    ...(known.tools && params.tools === known.tools && { tools: { from: "prefix" } }),
    messages: { from: "conversation", count, added: own.slice(count) },
  };
}

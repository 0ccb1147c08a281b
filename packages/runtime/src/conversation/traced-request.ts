// A request as an event: what the trace holds already is named, not repeated.
import type { Message, Prefix, RequestParams } from "./message.ts";
import type { TracedRequest } from "./events.ts";

export function tracedRequest(
  params: RequestParams,
  messages: readonly Message[],
  prefix: Prefix | undefined,
): TracedRequest {
  const own = params.messages;
  const end = own === messages ? -1 : own.findIndex((message, index) => message !== messages[index]);
  const count = end === -1 ? own.length : end;
  return {
    ...params,
    ...(prefix && params.system === prefix.system && { system: { from: "prefix" } }),
    ...(prefix && params.tools === prefix.tools && { tools: { from: "prefix" } }),
    messages: { from: "conversation", count, added: own.slice(count) },
  };
}

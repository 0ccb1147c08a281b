// The request of a moment, as it goes over the wire.
import type { Moment, SentRequest } from "./conversation.ts";

/** The body of a request that was sent: as JSON it is byte for byte what the endpoint got. */
export function bodyOf({ request, moment }: SentRequest): Record<string, unknown> {
  const { count, added } = request.messages;
  return filled(request, moment, [...moment.extent.messages.slice(0, count), ...added]);
}

/** What the next request would be, if it were sent now with the parameters of an earlier one. */
export function bodyNow({ request }: SentRequest, now: Moment): Record<string, unknown> {
  return filled(request, now, now.extent.messages);
}

function filled(
  request: SentRequest["request"],
  moment: Moment,
  messages: readonly unknown[],
): Record<string, unknown> {
  const entries = Object.entries(request).map(([name, value]) => {
    if (name === "messages") return [name, messages];
    if (!isFromPrefix(value)) return [name, value];
    return [name, name === "system" ? moment.system : [...moment.tools, ...moment.deferred]];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function isFromPrefix(value: unknown): boolean {
  return typeof value === "object" && value !== null && "from" in value && value.from === "prefix";
}

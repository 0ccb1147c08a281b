// Two runs, the trace and the learner's, event by event: what a request held, and what was told.
import type { AgentEvent, StampedEvent } from "@course/runtime";
import { at, isObject, listAt, textAt } from "../json.ts";
import { callName, firstDifference, requestDifference, type Difference } from "./compare.ts";
import { exchangesOf, type Exchange } from "./exchanges.ts";
import { steady } from "./steady.ts";

/** What a command prints may differ between any two runs; where commands are not what is taught, that is no difference. */
const COMMAND_OUTPUT = "(the output of a command)";

export interface Compared {
  /** In how many requests of the trace. */
  requests: number;
  /** Undefined where all is the same. */
  difference: Difference | undefined;
}

export interface Sides {
  trace: readonly StampedEvent[];
  mine: readonly StampedEvent[];
  folders: readonly string[];
  /** Whether bash is what the chapter teaches, so that its output counts. */
  countsOutput: boolean;
}

export function compare({ trace, mine, folders, countsOutput }: Sides): Compared {
  const bodies = (events: readonly StampedEvent[]) =>
    exchangesOf(events).map((exchange) => ({
      ...exchange,
      body: comparable(exchange.body, folders, countsOutput),
    }));
  const [traced, own] = [bodies(trace).filter(({ reply }) => reply), bodies(mine)];
  const owners = new Set(traced.map(({ owner }) => owner));
  const difference =
    [...owners].map((owner) => ofOwner(owner, traced, own)).find((one) => one !== undefined) ??
    toldDifference(told(trace, folders), told(mine, folders));
  return { requests: traced.length, difference };
}

function comparable(
  body: object,
  folders: readonly string[],
  countsOutput: boolean,
): Record<string, unknown> {
  const { messages, ...rest } = steady(body, folders) as Record<string, unknown>;
  const list = Array.isArray(messages) ? (messages as unknown[]) : [];
  if (countsOutput) return { ...rest, messages: list };
  const masked = list.map((message) => {
    const content = at(message, "content");
    if (!isObject(message) || !Array.isArray(content)) return message;
    return {
      ...message,
      content: content.map((block) =>
        isOutput(block, body) ? { ...block, content: COMMAND_OUTPUT } : block,
      ),
    };
  });
  return { ...rest, messages: masked };
}

function isOutput(block: unknown, body: object): block is Record<string, unknown> {
  return textAt(block, "type") === "tool_result" && callName(body, textAt(block, "tool_use_id")) === "bash";
}

/** The first difference between the requests of a conversation. */
function ofOwner(
  owner: string,
  trace: readonly Exchange[],
  mine: readonly Exchange[],
): Difference | undefined {
  const [traced, own] = [trace, mine].map((all) => all.filter((one) => one.owner === owner));
  const who = owner === "main" ? "" : ` of ${owner}`;
  for (const [index, { body }] of (traced ?? []).entries()) {
    const other = own?.[index];
    const place = `Request ${index + 1} of ${traced?.length ?? 0}${who}`;
    if (!other) return { place: `${place} is not sent`, trace: lastWords(body), mine: "(no request)" };
    const difference = requestDifference(body, other.body);
    if (difference) return { ...difference, place: `${place}: ${difference.place}` };
  }
  const more = own?.[traced?.length ?? 0];
  return more && { place: `A request more is sent${who}`, trace: "(no request)", mine: lastWords(more.body) };
}

function lastWords(body: object): string {
  return JSON.stringify(listAt(body, "messages").at(-1) ?? null, undefined, 2);
}

type Told = { kind: string; text: string };

/** What the user was shown, and how calls and runs ended, in their order. */
function told(events: readonly StampedEvent[], folders: readonly string[]): Told[] {
  return events.flatMap((event) => {
    const text = tellingOf(event);
    return text === undefined ? [] : [{ kind: event.type, text: String(steady(text, folders)) }];
  });
}

function tellingOf(event: AgentEvent): string | undefined {
  switch (event.type) {
    case "display":
    case "injected":
      return event.text;
    case "notice":
    case "error":
      return event.message;
    case "tool_ended":
      return `${event.name} ${event.result.refused === undefined ? (event.result.isError ? "fails" : "is done") : `is refused: ${event.result.refused}`}`;
    case "run_ended":
      return event.stopReason;
    default:
      return undefined;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  display: "what the user is shown",
  injected: "what the harness adds",
  notice: "a notice",
  error: "an error",
  tool_ended: "how a call ends",
  run_ended: "how a run ends",
};

function toldDifference(trace: readonly Told[], mine: readonly Told[]): Difference | undefined {
  const [index] = firstDifference(trace, mine) ?? [];
  if (typeof index !== "number") return undefined;
  const [traced, own] = [trace[index], mine[index]];
  const inWords = (one: Told | undefined) =>
    one ? `${KINDS[one.kind] ?? one.kind}: ${one.text}` : "(nothing more)";
  const kind = KINDS[traced?.kind ?? own?.kind ?? ""] ?? "an event";
  return { place: `All requests are the same; ${kind} is not`, trace: inWords(traced), mine: inWords(own) };
}

// A trace as steps: those of the player, so that a number means the same on every screen.
import { Player, type Frame } from "@course/player";
import { assertNever, type AgentEvent, type TurnUsage } from "@course/runtime";
import { dim, red, yellow, type Text } from "@course/runtime/terminal";
import { shown } from "../json.ts";
import type { Step, Steps } from "../step.ts";
import { blockLines, cutText, inputText, MOST_SHOWN } from "../text/block-lines.ts";
import type { Trace } from "./read.ts";

export interface TraceSteps extends Steps {
  /** The events of a step: those that it shows as one thing. */
  events(index: number): readonly AgentEvent[];
  /** How many events of the trace had happened with it. */
  end(index: number): number;
}

export function traceSteps({ path, events, remarks, header }: Trace): TraceSteps {
  const player = new Player(events);
  const { steps } = player;
  const end = (index: number) => (steps[index] ?? -1) + 1;
  const eventsOf = (index: number) => events.slice(index === 0 ? 0 : end(index - 1), end(index));
  return {
    title: header ? `${path} (${header.chapter})` : path,
    count: steps.length,
    remarks,
    events: eventsOf,
    end,
    step: (index) => Promise.resolve(stepOf(player.frame(end(index) - 1), eventsOf(index))),
  };
}

function stepOf(frame: Frame, events: readonly AgentEvent[]): Step {
  const { title } = frame.happening;
  const { event } = frame;
  const { count } = frame.main.extent;
  const state = `The conversation has ${messages(count)}; ${frame.main.calls} model call${frame.main.calls === 1 ? "" : "s"} so far.`;
  // What a reply cost stands below it.
  const isEnd = (one: AgentEvent) => innermost(one).type === "model_ended";
  const ordered = [...events.filter((one) => !isEnd(one)), ...events.filter(isEnd)];
  return { title, at: event.at, chapters: [], lines: ordered.flatMap(linesOf), state };
}

const messages = (count: number): string => `${count} message${count === 1 ? "" : "s"}`;

/** Text that is streamed in pieces is shown as one. */
function linesOf(event: AgentEvent, index: number, all: readonly AgentEvent[]): Text[] {
  const inner = innermost(event);
  const next = all[index + 1];
  if (inner.type !== "text" && inner.type !== "thinking")
    return eventLines(inner, next !== undefined && /^(prompt|injected)$/.test(innermost(next).type));
  if (next && innermost(next).type === inner.type) return [];
  const text = all.map(innermost).map((one) => (one.type === inner.type ? one.text : ""));
  return [inner.type === "thinking" ? dim(`✻ ${cutText(text.join(""))}`) : cutText(text.join(""))];
}

function innermost(event: AgentEvent): Exclude<AgentEvent, { type: "subagent" }> {
  return event.type === "subagent" ? innermost(event.event) : event;
}

/** `isFollowed`: the next event of the step says the same in other words. */
function eventLines(event: Exclude<AgentEvent, { type: "subagent" }>, isFollowed: boolean): Text[] {
  switch (event.type) {
    case "prefix":
      return [cutText(event.system), "", dim(`Tools: ${event.tools.map(({ name }) => name).join(", ")}`)];
    case "deferred_tools":
      return [dim(`Tools: ${event.tools.map(({ name }) => name).join(", ")}`)];
    case "appended":
      return isFollowed ? [] : event.blocks.flatMap(blockLines);
    case "edited":
      return event.messages.flatMap(({ role, content }) => [
        dim(`${role}:`),
        ...(typeof content === "string" ? [cutText(content)] : content.flatMap(blockLines)),
      ]);
    case "model_started":
      return requestLines(event.request);
    case "model_ended":
      return [dim(`${usageLine(event.usage, event.durationMs)}; stop reason: ${event.stopReason ?? "none"}`)];
    case "tool_started":
      return [inputText(event.input)];
    case "tool_ended":
      return [...resultLines(event.result), dim(`${(event.durationMs / 1000).toFixed(1)} s`)];
    case "tool_progress":
      return [
        `${event.done}${event.total === undefined ? "" : ` of ${event.total}`} ${event.message ?? ""}`.trim(),
      ];
    default:
      return sayingLines(event);
  }
}

type Saying = Extract<
  AgentEvent,
  {
    type:
      | "prompt"
      | "injected"
      | "display"
      | "prompt_taken_back"
      | "text"
      | "thinking"
      | "notice"
      | "error"
      | "wake"
      | "waiting"
      | "cleared"
      | "run_ended"
      | "extension";
  }
>;

function sayingLines(event: Saying): Text[] {
  switch (event.type) {
    case "prompt":
    case "injected":
    case "display":
    case "prompt_taken_back":
    case "text":
    case "thinking":
      return [cutText(event.text)];
    case "notice":
      return [yellow(cutText(event.message))];
    case "error":
      return [red(cutText(event.message))];
    case "wake":
      return [event.reason];
    case "waiting":
      return [`${event.reason}; ${(event.ms / 1000).toFixed(1)} s`];
    case "cleared":
      return [];
    case "run_ended":
      return [`Stop reason: ${event.stopReason}`, cutText(event.answer)];
    case "extension":
      return [dim(shown(event.detail, MOST_SHOWN, 2))];
    default:
      return assertNever(event);
  }
}

function requestLines({
  messages: sent,
  ...parameters
}: Extract<AgentEvent, { type: "model_started" }>["request"]): Text[] {
  const rest = Object.entries(parameters).filter(([name]) => name !== "system" && name !== "tools");
  return [
    `${messages(sent.count)} of the conversation${sent.added.length > 0 ? `, and ${sent.added.length} more` : ""}`,
    dim(rest.map(([name, value]) => `${name}: ${shown(value, 200)}`).join("\n")),
  ];
}

function resultLines({
  content,
  isError,
  refused,
  fullOutput,
}: Extract<AgentEvent, { type: "tool_ended" }>["result"]): Text[] {
  const lines =
    typeof content === "string"
      ? [isError ? red(cutText(content)) : cutText(content)]
      : content.flatMap(blockLines);
  return [
    ...lines,
    ...(refused === undefined ? [] : [yellow(`Refused: ${refused}`)]),
    ...(fullOutput ? [dim(`All of it was in ${fullOutput.file}.`)] : []),
  ];
}

function usageLine({ input, cacheRead, cacheWrite, output }: TurnUsage, durationMs: number): string {
  const number = (value: number) => value.toLocaleString("en");
  const all = number(input + cacheRead + cacheWrite);
  return `${all} tokens in (${number(cacheRead)} from cache), ${number(output)} out, ${(durationMs / 1000).toFixed(1)} s`;
}

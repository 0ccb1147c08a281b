// The result of a tool that a step shows, and the event that put it into the conversation.
import type { AgentEvent, StampedEvent } from "@course/runtime";
import type { TraceSteps } from "../trace/steps.ts";

export interface FoundResult {
  /** Of the call. */
  id: string;
  name: string;
  input: unknown;
  content: string;
  /** The events up to here hold it, and nothing that came after it. */
  end: number;
}

/** Of steps with a result, as they are named to whoever chose another. */
const NAMED = 8;

/** Throws an Error that names steps with a result where this one has none of its own. */
export function findResult(events: readonly StampedEvent[], steps: TraceSteps, index: number): FoundResult {
  const ids = idsIn(steps.events(index));
  const [id] = ids;
  if (ids.length > 1)
    throw new Error(
      `Step ${index + 1} holds ${ids.length} results. Take the step of one: ${stepsWithResult(steps)}.`,
    );
  if (id === undefined) throw new Error(`Step ${index + 1} ${whyNone(steps, index)}`);
  const place = events.findIndex((event) => event.type === "appended" && resultIds(event).includes(id));
  if (place === -1)
    throw new Error(
      `The result of step ${index + 1} never reached the model, so there is nothing to go on from.`,
    );
  const started = events.find((event) => event.type === "tool_started" && event.id === id);
  const ended = events.find((event) => event.type === "tool_ended" && event.id === id);
  return {
    id,
    name: ended?.type === "tool_ended" ? ended.name : "the call",
    input: started?.type === "tool_started" ? started.input : undefined,
    content: contentIn(events[place], id),
    end: place + 1,
  };
}

function whyNone(steps: TraceSteps, index: number): string {
  const all = stepsWithResult(steps);
  if (all === "") return "holds no result of a tool, and no other step does.";
  const isFork = steps.events(index).some(({ type }) => type === "subagent");
  const why = isFork
    ? "belongs to another conversation; what came of it in this one can be edited"
    : "holds no result of a tool";
  return `${why}. Steps that hold one: ${all}.`;
}

/** As in "5 (bash), 9 (read_file)". */
function stepsWithResult(steps: TraceSteps): string {
  const found: string[] = [];
  for (let index = 0; index < steps.count; index++) {
    const ended = steps.events(index).find((event) => event.type === "tool_ended");
    if (ended?.type === "tool_ended") found.push(`${index + 1} (${ended.name})`);
  }
  const more = found.length > NAMED ? `, and ${found.length - NAMED} more` : "";
  return `${found.slice(0, NAMED).join(", ")}${more}`;
}

function idsIn(events: readonly AgentEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.type === "tool_ended") return [event.id];
    return event.type === "appended" ? resultIds(event) : [];
  });
}

function resultIds({ blocks }: Extract<AgentEvent, { type: "appended" }>): string[] {
  return blocks.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : []));
}

/** Its text; an image in it has none. */
function contentIn(event: AgentEvent | undefined, id: string): string {
  if (event?.type !== "appended") return "";
  for (const block of event.blocks) {
    if (block.type !== "tool_result" || block.tool_use_id !== id) continue;
    if (typeof block.content === "string") return block.content;
    return (block.content ?? []).flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
  }
  return "";
}

// An event of a fork lies in the event of the conversation that it was forked from, and that may be a fork, too.
import type { AgentEvent } from "@course/runtime";

/** The key of the main conversation. */
export const MAIN = "main";

export interface Unwrapped {
  readonly event: AgentEvent;
  /** Of the conversation that it happened in: "main", "fork 2", or "fork 2.1" for a fork of the second fork. */
  readonly key: string;
  /** What that is called. */
  readonly label: string;
}

export function unwrapped(event: AgentEvent): Unwrapped {
  const path: number[] = [];
  let [inner, label] = [event, "main loop"];
  while (inner.type === "subagent") {
    path.push(inner.id);
    label = inner.label;
    inner = inner.event;
  }
  return { event: inner, key: path.length === 0 ? MAIN : `fork ${path.join(".")}`, label };
}

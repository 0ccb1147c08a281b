// Events of what runs, for tests of lanes.
import type { AgentEvent, StampedEvent } from "@course/runtime";

export const stamped = (events: readonly [at: number, event: AgentEvent][]): StampedEvent[] =>
  events.map(([at, event]) => ({ ...event, at }));
const usage = { input: 1, cacheRead: 0, cacheWrite: 0, output: 1, thinking: 0 };
export const started: AgentEvent = {
  type: "model_started",
  request: { messages: { from: "conversation", count: 0, added: [] } },
};
export const ended: AgentEvent = { type: "model_ended", stopReason: "end_turn", usage, durationMs: 1 };
export const task = (id: string, status: string, startedAt: string | null = null): AgentEvent => ({
  type: "extension",
  extension: "background-tasks",
  kind: "task",
  detail: { id, command: `do ${id}`, status, startedAt },
});
export const inFork = (id: number, label: string, event: AgentEvent): AgentEvent => ({
  type: "subagent",
  id,
  label,
  event,
});

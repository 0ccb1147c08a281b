// Which events are one step for somebody who watches: what is streamed in pieces, and what is told twice.
import type { AgentEvent } from "@course/runtime";

/** Whether an event only goes on with what the one before it began, so that one step shows both. */
export function isCompletedBy(before: AgentEvent, after: AgentEvent): boolean {
  if (before.type === "subagent")
    return after.type === "subagent" && after.id === before.id && isCompletedBy(before.event, after.event);
  switch (before.type) {
    case "text":
    case "thinking":
      return after.type === before.type;
    case "tool_progress":
      return after.type === "tool_progress" && after.id === before.id;
    case "appended":
      // Right after it was added, the conversation says whose words these are.
      return before.role === "user" && (after.type === "prompt" || after.type === "injected");
    case "model_ended":
      return after.type === "appended" && after.role === "assistant";
    default:
      return false;
  }
}

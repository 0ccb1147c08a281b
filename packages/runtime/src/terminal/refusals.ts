// The calls of a run that a permission refused. A program that starts ours has to learn of them: the model's last words
// may well say that all is done.
import type { AgentEvent } from "../conversation/events.ts";
import type { Session } from "../conversation/session.ts";
import { indented, inputLine, oneLine } from "./previews.ts";
import { cut } from "./text.ts";

export interface Refusal {
  id: string;
  name: string;
  input: unknown;
  reason: string;
}

const INPUT_COLUMNS = 100;

/** Refused calls, in a list that grows as they come; those of subagents and teammates, too. */
export function watchRefusals(session: Session): readonly Refusal[] {
  const inputs = new Map<string, unknown>();
  const refusals: Refusal[] = [];
  const look = (event: AgentEvent): void => {
    if (event.type === "subagent") return look(event.event);
    if (event.type === "tool_started") inputs.set(event.id, event.input);
    if (event.type !== "tool_ended") return;
    const { id, name, result } = event;
    if (result.refused !== undefined)
      refusals.push({ id, name, input: inputs.get(id), reason: result.refused });
    inputs.delete(id);
  };
  session.on(look);
  return refusals;
}

export function describeRefusals(refusals: readonly Refusal[]): string {
  const calls = refusals.length === 1 ? "1 call was" : `${refusals.length} calls were`;
  const rows = refusals.map(
    ({ name, input, reason }) =>
      `  ${oneLine(name)} ${cut(inputLine(input), INPUT_COLUMNS)}\n    ${indented(reason)}`,
  );
  return [`${calls} not allowed and did not run, so this exits with code 1:`, ...rows].join("\n");
}

// Taking a session up again. The prefix is sent byte for byte as it was, since the model's thoughts are bound to it; what
// is different now is told at the end. Calls that the program's end left open are answered, and none is run again.
import type { AgentEvent, Session, StampedEvent } from "@course/runtime";

/** What stood before the messages. */
export type PrefixEvent = Extract<AgentEvent, { type: "prefix" }>;
type Prefix = Pick<PrefixEvent, "system" | "tools">;

const NOT_STARTED = "The program ended before this call was run. It had no effect.";
const NOT_KNOWN =
  "The program ended while this call ran. Whether it took effect, or how far it came, is not known: look before you run it again.";

/** Takes up a conversation by its events, and answers what it left open. */
export function takeUp(session: Session, id: string, events: readonly StampedEvent[]): void {
  session.restore(id, events);
  session.addResults(session.openCalls.map((call) => answerTo(call, events)));
}

/** What is known of a call: its result, if it came to an end, or how far it was. */
function answerTo(id: string, events: readonly StampedEvent[]) {
  const answer = { type: "tool_result" as const, tool_use_id: id };
  const ended = events.findLast((event) => event.type === "tool_ended" && event.id === id);
  if (ended?.type === "tool_ended") {
    const { content, isError } = ended.result;
    return { ...answer, content, ...(isError && { is_error: true }) };
  }
  const hasStarted = events.some((event) => event.type === "tool_started" && event.id === id);
  return { ...answer, content: hasStarted ? NOT_KNOWN : NOT_STARTED, is_error: true };
}

/** Whether the last run of these events came to no end. */
export function wasCutShort(events: readonly StampedEvent[]): boolean {
  const last = events.findLast(({ type }) => type === "run_ended" || type === "appended");
  return last?.type === "appended";
}

/** The note for the model: what is different from when the conversation was held. */
export function renderTakenUp(then: Prefix | undefined, now: Prefix, isCutShort: boolean): string {
  const lines = [
    "This conversation was taken up again later. What is told from here on takes the place of what was told before; files may have changed.",
    ...(isCutShort ? ["The program ended in the middle of the last run."] : []),
    ...(then ? [...toolChanges(then, now), ...promptChanges(then, now)] : []),
  ];
  return `<taken-up>\n${lines.join("\n").replaceAll("</taken-up", "<\\/taken-up")}\n</taken-up>`;
}

function toolChanges(then: Prefix, now: Prefix): string[] {
  const [before, after] = [byName(then), byName(now)];
  const gone = [...before.keys()].filter((name) => !after.has(name));
  const added = [...after.keys()].filter((name) => !before.has(name));
  const changed = [...after].flatMap(([name, tool]) => {
    const old = before.get(name);
    return old !== undefined && old !== tool ? [`- ${tool}`] : [];
  });
  return [
    ...(gone.length > 0 ? [`Tools that are gone, and answer with an error: ${gone.join(", ")}.`] : []),
    ...(changed.length > 0 ? ["Tools that have changed, as they are now:", ...changed] : []),
    ...(added.length > 0
      ? [`Tools that are new, and can be called only after the next compaction: ${added.join(", ")}.`]
      : []),
  ];
}

function byName({ tools }: Prefix): Map<string, string> {
  return new Map(tools.map((tool) => [tool.name, JSON.stringify(tool)]));
}

function promptChanges(then: Prefix, now: Prefix): string[] {
  const [before, after] = [then.system.split("\n"), now.system.split("\n")];
  const gone = without(before, after);
  const added = without(after, before);
  return [
    ...(gone.length > 0 ? ["Lines of the system prompt that hold no more:", ...gone] : []),
    ...(added.length > 0 ? ["Lines that hold now:", ...added] : []),
  ];
}

function without(lines: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return lines
    .filter((line) => line.trim() !== "" && !known.has(line))
    .map((line) => `- ${line.replace(/^- /, "")}`);
}

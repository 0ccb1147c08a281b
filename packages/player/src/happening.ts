// What an event is, in words: for the time line, and for somebody who hears it read out.
import type { AgentEvent } from "@course/runtime";

/** Who did it. */
export type Actor = "user" | "model" | "tool" | "harness";

export interface Happening {
  readonly actor: Actor;
  readonly title: string;
  /** More of it, on one line; may be long. */
  readonly detail: string;
}

const many = (count: number, one: string) =>
  `${count.toLocaleString("en-US")} ${one}${count === 1 ? "" : "s"}`;
const oneLine = (text: string) => text.slice(0, 500).replace(/\s+/g, " ").trim();

export function happeningOf(event: AgentEvent): Happening {
  switch (event.type) {
    case "subagent": {
      const { title, ...rest } = happeningOf(event.event);
      return { ...rest, title: `${event.label}: ${title}` };
    }
    case "prompt":
      return { actor: "user", title: "A prompt", detail: oneLine(event.text) };
    case "thinking":
      return { actor: "model", title: "The model thinks", detail: oneLine(event.text) };
    case "text":
      return { actor: "model", title: "The model writes", detail: oneLine(event.text) };
    case "tool_started":
      return {
        actor: "tool",
        title: `${event.name} runs`,
        detail: oneLine(inputOf(event.input)),
      };
    case "tool_progress":
      return { actor: "tool", title: `${event.name} goes on`, detail: progressOf(event) };
    case "tool_ended":
      return toolEnded(event);
    default:
      return harnessDid(event);
  }
}

type Other = Exclude<
  AgentEvent,
  { type: "subagent" | "prompt" | "thinking" | "text" | "tool_started" | "tool_progress" | "tool_ended" }
>;

function harnessDid(event: Other): Happening {
  if (event.type === "appended") return appended(event);
  if (event.type === "extension" && (event.kind === "task" || event.kind === "mail")) return beside(event);
  const [title, detail = ""] = inWords(event);
  return { actor: "harness", title, detail: oneLine(detail) };
}

function inWords(event: Exclude<Other, { type: "appended" }>): [title: string, detail?: string] {
  switch (event.type) {
    case "prefix":
      return [`System prompt and ${many(event.tools.length, "tool")} are fixed`];
    case "deferred_tools":
      return [`${many(event.tools.length, "tool")} can be loaded later`];
    case "edited":
      return [`The conversation is edited from message ${event.from + 1} on`];
    case "model_started":
      return ["A request is sent", many(event.request.messages.count, "message")];
    case "model_ended":
      return ["The reply is complete", `${event.stopReason}, ${many(event.usage.output, "token")}`];
    case "injected":
      return ["The harness adds a text", event.text];
    case "wake":
      return ["Something wakes the session", event.reason];
    case "notice":
      return ["A notice to the user", event.message];
    case "waiting":
      return [`Waits ${(event.ms / 1000).toFixed(1)} s`, event.reason];
    case "display":
      return ["Shown to the user", event.text];
    case "error":
      return ["An error", event.message];
    case "cleared":
      return ["The conversation is forgotten"];
    case "prompt_taken_back":
      return ["The prompt is taken back", event.text];
    case "run_ended":
      return ["The run ends", event.stopReason];
    case "extension":
      if (event.extension === "trace") return ["The trace begins"];
      return [`${event.extension}: ${event.kind}`, JSON.stringify(event.detail)];
  }
}

/** What background tasks (s13) and teammates (s15) do. */
function beside({ kind, detail }: Extract<AgentEvent, { type: "extension" }>): Happening {
  const text = (name: string) => {
    const value = detail[name];
    return typeof value === "string" ? value : "?";
  };
  const [id, status, from, to] = [text("id"), text("status"), text("from"), text("to")];
  if (kind === "mail") return { actor: "harness", title: `${from} writes to ${to}`, detail: "" };
  const title = status === "running" ? `${id} runs in the background` : `${id}: ${status}`;
  return { actor: "tool", title, detail: oneLine(text("command")) };
}

function appended({ role, blocks }: Extract<AgentEvent, { type: "appended" }>): Happening {
  const count = (end: string) => blocks.filter(({ type }) => type.endsWith(end)).length;
  const [calls, results] = [count("tool_use"), count("tool_result")];
  if (role === "assistant")
    return {
      actor: "model",
      title: calls > 0 ? `The model asks for ${many(calls, "call")}` : "The model answers",
      detail: textOf(blocks),
    };
  if (results > 0) return { actor: "harness", title: `${many(results, "result")} for the model`, detail: "" };
  return { actor: "harness", title: "A text is added", detail: textOf(blocks) };
}

function textOf(blocks: Extract<AgentEvent, { type: "appended" }>["blocks"]): string {
  return oneLine(blocks.flatMap((block) => (block.type === "text" ? [block.text] : [])).join(" "));
}

function inputOf(input: unknown): string {
  if (typeof input !== "object" || input === null) return String(input);
  return Object.entries(input)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}

function toolEnded({ name, result }: Extract<AgentEvent, { type: "tool_ended" }>): Happening {
  const { content, isError, refused } = result;
  const detail =
    typeof content === "string"
      ? content
      : content.map((part) => ("text" in part ? part.text : "")).join(" ");
  const end = refused !== undefined ? "is refused" : isError ? "fails" : "is done";
  return { actor: "tool", title: `${name} ${end}`, detail: oneLine(detail) };
}

function progressOf({ done, total, message }: Extract<AgentEvent, { type: "tool_progress" }>): string {
  return `${done}${total === undefined ? "" : ` of ${total}`}${message === undefined ? "" : `: ${oneLine(message)}`}`;
}

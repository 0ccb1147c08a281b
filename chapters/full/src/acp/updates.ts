// What happens in a session, as the updates that an editor shows: words, thoughts, tool calls with their diffs, the plan.
// Not covered: what subagents do inside of their call.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { PlanEntry, SessionUpdate, ToolCallContent, ToolKind } from "@agentclientprotocol/sdk";
import { blocksOf, textOf, type AgentEvent, type Message, type ToolResult } from "@course/runtime";

const KINDS: Readonly<Record<string, ToolKind>> = {
  bash: "execute",
  background_run: "execute",
  read_file: "read",
  load_skill: "read",
  write_file: "edit",
  edit_file: "edit",
  todo: "think",
};

const words = (text: string) => ({ content: { type: "text" as const, text } });

/** Updates for an event; none for what an editor has no place for. */
export function updatesOf(event: AgentEvent, root: string): SessionUpdate[] {
  switch (event.type) {
    case "text":
      return [{ sessionUpdate: "agent_message_chunk", ...words(event.text) }];
    case "thinking":
      return [{ sessionUpdate: "agent_thought_chunk", ...words(event.text) }];
    case "notice":
      return [{ sessionUpdate: "agent_thought_chunk", ...words(`${event.message}\n`) }];
    case "tool_started":
      return [started(event, root), ...planOf(event)];
    case "tool_ended":
      return [ended(event.id, event.result)];
    default:
      return [];
  }
}

/** A conversation that was taken up, as if it happened now. */
export function replay(messages: readonly Message[], root: string): SessionUpdate[] {
  return messages.flatMap((message) =>
    blocksOf(message).flatMap((block): SessionUpdate[] => {
      if (block.type === "text" && message.role === "user")
        // What the harness injected is not the user's word: it stands in one pair of tags.
        return /^<([\w-]+)>[^]*<\/\1>$/.test(block.text)
          ? []
          : [{ sessionUpdate: "user_message_chunk", ...words(block.text) }];
      if (block.type === "text") return updatesOf({ type: "text", text: block.text }, root);
      if (block.type === "thinking") return updatesOf({ type: "thinking", text: block.thinking }, root);
      if (block.type === "tool_use") return [started({ ...block, isOver: true }, root)];
      if (block.type !== "tool_result") return [];
      return [
        ended(block.tool_use_id, { content: resultText(block.content), isError: block.is_error ?? false }),
      ];
    }),
  );
}

function resultText(content: unknown): string {
  return typeof content === "string" ? content : textOf(Array.isArray(content) ? content : []);
}

interface Call {
  id: string;
  name: string;
  input: unknown;
  /** A call of the past: the file is not as it was then. */
  isOver?: boolean;
}

function started({ id, name, input, isOver = false }: Call, root: string): SessionUpdate {
  const path = textField(input, "file_path");
  return {
    sessionUpdate: "tool_call",
    toolCallId: id,
    title: [name, textField(input, "command") ?? path].filter(Boolean).join(" "),
    kind: KINDS[name] ?? "other",
    status: "in_progress",
    rawInput: input,
    ...(path !== undefined && {
      locations: [{ path: resolve(root, path) }],
      content: diffOf(input, root, isOver),
    }),
  };
}

function ended(id: string, { content, isError = false }: ToolResult): SessionUpdate {
  const text = typeof content === "string" ? content : resultText(content);
  return {
    sessionUpdate: "tool_call_update",
    toolCallId: id,
    status: isError ? "failed" : "completed",
    rawOutput: text,
    // A diff stays: an update's content would take its place.
    ...(isError && { content: [{ type: "content", ...words(text) }] }),
  };
}

/** What a call is about to change in a file. */
function diffOf(input: unknown, root: string, isOver: boolean): ToolCallContent[] {
  const path = join(root, textField(input, "file_path") ?? "");
  const [before, after] = [textField(input, "old_string"), textField(input, "new_string")];
  if (before !== undefined && after !== undefined)
    return [{ type: "diff", path, oldText: before, newText: after }];
  const newText = textField(input, "content");
  if (newText === undefined) return [];
  return [{ type: "diff", path, oldText: isOver ? null : textOfFile(path), newText }];
}

function textOfFile(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function planOf({ name, input }: Call): SessionUpdate[] {
  const { items } = (input ?? {}) as { items?: unknown };
  if (name !== "todo" || !Array.isArray(items)) return [];
  const entries = items.flatMap((item: unknown): PlanEntry[] => {
    const [content, status] = [textField(item, "content"), textField(item, "status")];
    const known = (["pending", "in_progress", "completed"] as const).find((one) => one === status);
    return content === undefined || !known ? [] : [{ content, status: known, priority: "medium" }];
  });
  return [{ sessionUpdate: "plan", entries }];
}

function textField(value: unknown, name: string): string | undefined {
  const field =
    typeof value === "object" && value !== null
      ? Object.entries(value).find(([key]) => key === name)?.[1]
      : undefined;
  return typeof field === "string" ? field : undefined;
}

// Which chapters teach what a line of a session of Claude Code tells. The format is Claude Code's own and changes with its
// versions; these are the marks that are publicly known (November 2026). A line without one has no chapter.
import { at, isObject, listAt, textAt, type Json } from "../json.ts";
import { chapterOfCall } from "./call-marks.ts";

/** The newest calls whose results are still told apart by their call. */
const CALLS_KEPT = 100_000;

const CHAPTER_OF_SYSTEM: Readonly<Record<string, string>> = {
  compact_boundary: "s06",
  microcompact_boundary: "s06",
  api_error: "s11",
  model_fallback: "s11",
  stop_hook_summary: "s08",
  task_notification: "s13",
  scheduled_task_fire: "s14",
  memory_saved: "s09",
  permission_retry: "s07",
};

/** By how the kind of what the harness adds begins. */
const CHAPTER_OF_ATTACHMENT: readonly (readonly [pattern: RegExp, chapter: string])[] = [
  [/^hook_permission|permission|^(plan|auto)_mode|^plan_file/, "s07"],
  [/hook/, "s08"],
  [/^todo/, "s03"],
  [/^agent_listing/, "s04"],
  [/skill/, "s05"],
  [/^compact|^compaction/, "s06"],
  [/^nested_memory|^date_change|^output_style/, "s10"],
  [/memor/, "s09"],
  [/^task_status|^unified_tasks|^background/, "s13"],
  [/^task/, "s12"],
  [/^teammate|^team/, "s15"],
  [/^worktree/, "s18"],
  [/^mcp|^deferred_tools/, "s19"],
];

/** What the harness writes into a message of the user's. */
const CHAPTER_OF_WORDS: readonly (readonly [pattern: RegExp, chapter: string])[] = [
  [/<task-notification>|<bash-notification>|<background-task/, "s13"],
  [/<teammate-message\b/, "s15"],
  [
    /<user-prompt-submit-hook>|\b(Pre|Post)ToolUse:\w|\bStop hook feedback|hook (blocking error|additional context)/,
    "s08",
  ],
  [/# claudeMd\b|CLAUDE\.md \(/, "s10"],
  [/This session is being continued from a previous conversation/, "s06"],
];

const DENIED =
  /The user doesn't want to (proceed with this tool use|take this action)|Permission to use .{1,80} has been denied|haven't granted it yet|requested permissions to/;

export interface KnownCall {
  name: string;
  chapter: string;
}

/** Marks the lines of one session, in their order: a result is marked as its call is. */
export class Marker {
  readonly #calls = new Map<string, KnownCall>();

  call(id: string): KnownCall | undefined {
    return this.#calls.get(id);
  }

  /** Short names of chapters, each once. */
  marks(record: Json): string[] {
    const found = new Set<string>();
    if (record["isSidechain"] === true) found.add("s04");
    for (const chapter of this.#ownMarks(record)) found.add(chapter);
    return [...found];
  }

  #ownMarks(record: Json): string[] {
    const type = textAt(record, "type");
    switch (type) {
      case "user":
        return this.#userMarks(record);
      case "assistant":
        return this.#assistantMarks(record);
      case "system":
        return inTable(CHAPTER_OF_SYSTEM, textAt(record, "subtype"));
      case "attachment":
        return attachmentMarks(record);
      case "progress":
        return progressMarks(textAt(record, "data", "type"));
      case "permission-mode":
        return ["s07"];
      case "worktree-state":
        return ["s18"];
      case "queue-operation":
        return wordsMarks(textAt(record, "content"));
      default:
        return [];
    }
  }

  #assistantMarks(record: Json): string[] {
    const calls = listAt(record, "message", "content").filter(
      (block) => isObject(block) && block["type"] === "tool_use",
    );
    if (calls.length === 0) return record["isApiErrorMessage"] === true ? ["s11"] : ["s01"];
    return calls.map((block) => {
      const name = textAt(block, "name");
      const chapter = chapterOfCall(name, at(block, "input"));
      this.#remember(textAt(block, "id"), { name, chapter });
      return chapter;
    });
  }

  #userMarks(record: Json): string[] {
    if (record["isCompactSummary"] === true) return ["s06"];
    const content = at(record, "message", "content");
    if (typeof content === "string") return orLoop(wordsMarks(content));
    const marks = listAt(record, "message", "content").flatMap((block) => {
      if (textAt(block, "type") === "text") return wordsMarks(textAt(block, "text"));
      if (textAt(block, "type") !== "tool_result") return [];
      const isDenied = at(block, "is_error") === true && DENIED.test(wordsOf(at(block, "content")));
      const own = this.#calls.get(textAt(block, "tool_use_id"))?.chapter;
      return isDenied ? ["s07"] : own === undefined ? [] : [own];
    });
    return orLoop(marks);
  }

  #remember(id: string, call: KnownCall): void {
    this.#calls.set(id, call);
    if (this.#calls.size <= CALLS_KEPT) return;
    const oldest = this.#calls.keys().next();
    if (!oldest.done) this.#calls.delete(oldest.value);
  }
}

/** What a prompt and a reply are is taught by the loop itself. */
const orLoop = (marks: string[]): string[] => (marks.length === 0 ? ["s01"] : marks);

function wordsMarks(text: string): string[] {
  return CHAPTER_OF_WORDS.flatMap(([pattern, chapter]) => (pattern.test(text) ? [chapter] : []));
}

function attachmentMarks(record: Json): string[] {
  const kind = textAt(record, "attachment", "type");
  const found = CHAPTER_OF_ATTACHMENT.find(([pattern]) => pattern.test(kind));
  return found ? [found[1]] : wordsMarks(textAt(record, "attachment", "prompt"));
}

function progressMarks(kind: string): string[] {
  if (kind.startsWith("hook")) return ["s08"];
  if (kind.startsWith("mcp")) return ["s19"];
  if (kind.startsWith("agent")) return ["s04"];
  return kind.startsWith("bash") ? ["s01"] : [];
}

function inTable(table: Readonly<Record<string, string>>, name: string): string[] {
  const chapter = Object.hasOwn(table, name) ? table[name] : undefined;
  return chapter === undefined ? [] : [chapter];
}

/** The text of a result, which may be blocks. */
function wordsOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((block) => textAt(block, "text")).join("\n");
}

// What happened in one run: what went over the wire, what was printed, what lies in the folder, what was left running.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Exchange, Model } from "./model.ts";
import type { Need } from "./tools.ts";

/** What came where the API refused a request; the refusal itself is told as the reason. */
export const REFUSED = "a request that the API refuses";

export type Ending =
  | { kind: "exited"; code: number }
  | { kind: "died"; signal: NodeJS.Signals }
  | { kind: "timed_out" }
  | { kind: "flooded" }
  | { kind: "asked_too_much" }
  | { kind: "not_started"; why: string };

/** A tool_result as the program sent it. */
export interface Result {
  text: string;
  isError: boolean;
}

interface Block {
  type?: unknown;
  text?: unknown;
  content?: unknown;
  tool_use_id?: unknown;
  is_error?: unknown;
}

export interface WireMessage {
  role: unknown;
  blocks: readonly Block[];
}

interface Parts {
  model: Model;
  folder: string;
  ending: Ending;
  output: string;
  left: readonly string[];
}

const TOO_LONG = /^prompt is too long/;
/** What a program may say about a call that went wrong, where it does not mark it. */
const SAYS_ERROR =
  /error|fail|not found|no such|unknown|invalid|missing|required|does not|doesn't|cannot|can't|denied|refus|outside|exception|must|not allowed/i;

export class Evidence {
  readonly exchanges: readonly Exchange[];
  readonly strays: readonly string[];
  readonly notes: readonly string[];
  /** Requests after the script's end. */
  readonly after: number;
  /** A tool that the script needed, and that was not offered. */
  readonly missing: Need | undefined;
  readonly ending: Ending;
  readonly output: string;
  /** What the program had started and left running. */
  readonly left: readonly string[];
  readonly #folder: string;

  constructor({ model, folder, ending, output, left }: Parts) {
    this.exchanges = model.exchanges.toSorted((a, b) => a.at - b.at);
    this.strays = model.strays;
    this.notes = model.notes;
    this.after = model.after;
    this.missing = model.missing;
    this.ending = ending;
    this.output = output;
    this.left = left;
    this.#folder = folder;
  }

  get answered(): readonly Exchange[] {
    return this.exchanges.filter(({ reply }) => reply !== undefined);
  }

  get isGood(): boolean {
    return this.ending.kind === "exited" && this.ending.code === 0;
  }

  /** Requests that the API refused, but for those that were too long. */
  get refused(): readonly { number: number; status: number; message: string }[] {
    return this.exchanges.flatMap(({ error }, index) =>
      error && !error.isScripted && !TOO_LONG.test(error.message) ? [{ number: index + 1, ...error }] : [],
    );
  }

  /** Requests that were refused because they were too long. */
  get tooLong(): readonly Exchange[] {
    return this.exchanges.filter(({ error }) => error && TOO_LONG.test(error.message));
  }

  /** What the program answered to the model's nth call, counted from 0 over all replies. */
  result(call: number): Result | undefined {
    const id = this.answered
      .flatMap(({ reply }) => reply?.content ?? [])
      .filter(({ type }) => type === "tool_use")[call];
    return id && "id" in id ? this.#resultOf(id.id) : undefined;
  }

  /** In requests that the API took, or failed for a reason of its own: what it refuses, no model reads. */
  #resultOf(id: string): Result | undefined {
    const taken = this.exchanges.filter(
      ({ error }) => !error || error.isScripted || TOO_LONG.test(error.message),
    );
    for (const { body } of taken)
      for (const { blocks } of messagesOf(body))
        for (const block of blocks)
          if (block.type === "tool_result" && block.tool_use_id === id)
            return { text: textIn(block.content), isError: block.is_error === true };
    return undefined;
  }

  /** Whether the call was answered as one that went wrong: marked, or in words. */
  isRefusedCall(call: number): boolean {
    const result = this.result(call);
    return result !== undefined && (result.isError || SAYS_ERROR.test(result.text));
  }

  /** A file of the program's folder; undefined where there is none. */
  file(path: string): string | undefined {
    try {
      return readFileSync(join(this.#folder, path), "utf8");
    } catch {
      return undefined;
    }
  }

  /** The last lines that the program printed. */
  lastLines(count: number): string[] {
    return this.output
      .split(/\r?\n|\r/)
      .filter((line) => line.trim() !== "")
      .slice(-count);
  }
}

/** The messages of a request, whatever its body is. */
export function messagesOf(body: unknown): WireMessage[] {
  const messages = isObject(body) ? body["messages"] : undefined;
  if (!Array.isArray(messages)) return [];
  return messages.filter(isObject).map(({ role, content }) => ({
    role,
    blocks:
      typeof content === "string"
        ? [{ type: "text", text: content }]
        : Array.isArray(content)
          ? content.filter(isObject)
          : [],
  }));
}

/** All that the user's side of a request says: prompts, notes and results. */
export function saidByUser(body: unknown): string {
  return messagesOf(body)
    .filter(({ role }) => role !== "assistant")
    .flatMap(({ blocks }) =>
      blocks.map((block) => (block.type === "tool_result" ? textIn(block.content) : textIn([block]))),
    )
    .join("\n");
}

/** The text of a result's content, or of text blocks. */
export function textIn(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .flatMap((block) => (isObject(block) && typeof block["text"] === "string" ? [block["text"]] : []))
    .join("\n");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How the program ended, as one says it after "it". */
export function describeEnding(ending: Ending): string {
  switch (ending.kind) {
    case "exited":
      return `ended with exit code ${ending.code}${signalIn(ending.code)}`;
    case "died":
      return `was ended by ${ending.signal}`;
    case "timed_out":
      return "did not end in time, and was ended";
    case "flooded":
      return "printed without end, and was ended";
    case "asked_too_much":
      return "asked the model again and again, or sent too much, and was ended";
    case "not_started":
      return `did not start: ${ending.why}`;
  }
}

/** A shell says by its exit code that a signal ended what it ran. */
function signalIn(code: number): string {
  const names: Readonly<Record<number, string>> = {
    134: "SIGABRT",
    137: "SIGKILL",
    139: "SIGSEGV",
    143: "SIGTERM",
  };
  const name = names[code];
  return name === undefined ? "" : ` (${name})`;
}

// The conversation on disk: every message once, whole, before anything of it is shortened or dropped.
import { appendFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type Anthropic from "@anthropic-ai/sdk";
import type { Workspace } from "@course/runtime";

/**
 * The transcript: one message a line, in full.
 *
 * @record `.transcripts/<time>.jsonl`, durable, begun at the first compaction; large tool results are in `.task_outputs/tool-results/<id>.txt`
 */
export class Archive {
  /** Relative to the workspace. */
  readonly file: string;
  readonly #path: string;
  /** The line of each message that was written, counted from 1. */
  readonly #lines = new WeakMap<Anthropic.MessageParam, number>();
  #count = 0;

  constructor(workspace: Workspace, now = new Date()) {
    this.file = `.transcripts/${now.toISOString().replace(/[:.]/g, "-")}.jsonl`;
    this.#path = join(workspace.root, this.file);
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Appends the messages that it does not hold yet. Throws the file system's errors; then nothing is written. */
  add(messages: readonly Anthropic.MessageParam[]): void {
    const fresh = messages.filter((message) => !this.#lines.has(message));
    if (fresh.length === 0) return;
    mkdirSync(dirname(this.#path), { recursive: true });
    appendFileSync(this.#path, fresh.map((message) => `${JSON.stringify(message)}\n`).join(""));
    for (const message of fresh) this.#lines.set(message, ++this.#count);
  }

  lineOf(message: Anthropic.MessageParam): number | undefined {
    return this.#lines.get(message);
  }
}

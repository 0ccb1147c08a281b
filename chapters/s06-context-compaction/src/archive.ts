// The conversation on disk: every message once, whole, before anything of it is shortened or dropped.
import { appendFileSync, statSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { stateFolder, type Message, type Session, type Workspace } from "@course/runtime";

/** One per conversation, shared by whatever compacts it (s06, s11). */
const archives = new WeakMap<Session, Archive>();

export function archiveOf(session: Session, workspace: Workspace): Archive {
  const archive = archives.get(session) ?? new Archive(workspace);
  archives.set(session, archive);
  return archive;
}

/** The conversation ends: the next one has a transcript of its own. */
export function closeArchive(session: Session): void {
  const archive = archives.get(session);
  archives.delete(session);
  if (archive && !archive.isEmpty) archive.add(session.messages);
}

/**
 * The transcript: one message a line, in full.
 *
 * @record `.transcripts/<time>.jsonl`, durable, begun at the first compaction; large tool results are in `.task_outputs/tool-results/<id>.txt`
 */
export class Archive {
  /** Relative to the workspace. */
  readonly file: string;
  readonly #root: string;
  readonly #path: string;
  /** The line of each message that was written, counted from 1. */
  readonly #lines = new WeakMap<Message, number>();
  #count = 0;

  constructor(workspace: Workspace, now = new Date()) {
    this.file = `.transcripts/${now.toISOString().replace(/[:.]/g, "-")}.jsonl`;
    this.#root = workspace.root;
    this.#path = join(this.#root, this.file);
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Appends the messages that it does not hold yet. Throws the file system's errors; then nothing is written. */
  add(messages: readonly Message[]): void {
    const fresh = messages.filter((message) => !this.#lines.has(message));
    if (fresh.length === 0) return;
    stateFolder(this.#root, dirname(this.file));
    const size = this.#size();
    try {
      appendFileSync(this.#path, fresh.map((message) => `${JSON.stringify(message)}\n`).join(""));
    } catch (error) {
      // A full disk may have taken half of it; lines after that would not be where placeholders say.
      if (this.#size() > size) truncateSync(this.#path, size);
      throw error;
    }
    for (const message of fresh) this.#lines.set(message, ++this.#count);
  }

  #size(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** A shortened message takes the place of one that is written already, and keeps its line. */
  replace(message: Message, by: Message): void {
    const line = this.#lines.get(message);
    if (line !== undefined) this.#lines.set(by, line);
  }

  lineOf(message: Message): number | undefined {
    return this.#lines.get(message);
  }
}

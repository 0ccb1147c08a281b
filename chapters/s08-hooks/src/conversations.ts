// What hooks are told about a conversation: its id and its transcript, a file with one JSON line per message.
// A subagent has a name and a transcript of its own.
import { randomUUID } from "node:crypto";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorMessage, stateFolder, type Session, type Workspace } from "@course/runtime";

const FOLDER = ".transcripts";
/** Claude Code's name for subagents of the kind that ours are. */
const AGENT_TYPE = "general-purpose";

interface Subagent {
  agent_id: string;
  agent_type: string;
  agent_transcript_path: string;
}

/**
 * What hooks are told of each conversation, and its transcript.
 *
 * @record `.transcripts/<session id>.jsonl` and, of a subagent, `.transcripts/agent-<id>.jsonl`, durable, written while hooks run
 */
export class Conversations {
  readonly #root: string;
  readonly #subagents = new WeakMap<Session, Subagent>();
  #id = "";
  #path = "";
  #hasFailed = false;

  constructor({ root }: Workspace) {
    this.#root = root;
  }

  /** Follows the main conversation. */
  watch(session: Session): void {
    this.renew(session);
    this.#record(session, () => this.#path);
  }

  /** A new conversation begins. */
  renew(session: Session): void {
    this.#id = session.id;
    this.#path = join(this.#root, FOLDER, `${this.#id}.jsonl`);
    this.#write(session, () => {
      stateFolder(this.#root, FOLDER);
      // A resumed conversation (full) keeps its transcript.
      if (existsSync(this.#path)) return;
      writeFileSync(this.#path, "", { flag: "wx" });
      this.#copy(session, this.#path);
    });
  }

  /** The fields that every hook reads. */
  about(session: Session): object {
    const { agent_id, agent_type } = this.subagent(session) ?? {};
    return {
      session_id: this.#id,
      transcript_path: this.#path,
      cwd: this.#root,
      ...(agent_id !== undefined && { agent_id, agent_type }),
    };
  }

  /** Undefined for the main conversation. */
  subagent(session: Session): Subagent | undefined {
    return this.#subagents.get(session);
  }

  /** True the first time that a subagent's conversation is seen. */
  isNewSubagent(session: Session): boolean {
    // A fork without messages is a question that the harness asks, as for a summary (s06).
    if (session.name === undefined || this.#subagents.has(session) || session.messages.length === 0)
      return false;
    const agent_id = randomUUID().slice(0, 8);
    const path = join(this.#root, FOLDER, `agent-${agent_id}.jsonl`);
    this.#subagents.set(session, { agent_id, agent_type: AGENT_TYPE, agent_transcript_path: path });
    this.#copy(session, path);
    this.#record(session, () => path);
    return true;
  }

  #copy(session: Session, path: string): void {
    for (const { role, content } of session.messages) this.#append(session, path, role, content);
  }

  #record(session: Session, path: () => string): void {
    session.on((event) => {
      if (event.type === "appended") this.#append(session, path(), event.role, event.blocks);
    });
  }

  #append(session: Session, path: string, role: string, content: unknown): void {
    const line = {
      type: role,
      sessionId: this.#id,
      cwd: this.#root,
      timestamp: new Date().toISOString(),
      message: { role, content },
    };
    this.#write(session, () => appendFileSync(path, `${JSON.stringify(line)}\n`));
  }

  #write(session: Session, write: () => void): void {
    try {
      if (!this.#hasFailed) write();
    } catch (error) {
      this.#hasFailed = true;
      session.notice(`Hooks find no transcript: ${errorMessage(error)}`);
    }
  }
}

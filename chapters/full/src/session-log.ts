// The log of the session that runs: each event that makes the conversation is a line in the file before anything comes
// of it, so a call stands there before its tool runs. A program that is killed leaves everything that was said.
// Not covered: a power failure (nothing waits for the disk), and what was said to no end: a reply that was still
// streaming, and notes that waited for the results of open calls.
import { appendFileSync, truncateSync } from "node:fs";
import { errorMessage, type Session, type StampedEvent } from "@course/runtime";
import type { FileLock } from "@course/s12-task-system";
import { isKept, type KeptSession } from "./session-lines.ts";
import type { SessionStore } from "./session-store.ts";

export class SessionLog {
  readonly #store: SessionStore;
  readonly #session: Session;
  #path: string | undefined;
  #lock: FileLock | undefined;
  /** Events of a conversation in which nothing was said yet. It gets no file for them. */
  #early: StampedEvent[] = [];
  #hasFailed = false;

  constructor(store: SessionStore, session: Session) {
    this.#store = store;
    this.#session = session;
  }

  /** Keeps what happens from now on. */
  start(): void {
    this.#session.on((event) => {
      if (event.type === "cleared") this.close();
      else if (isKept(event)) this.#keep(event);
    });
  }

  /** Takes the file of a session that is taken up again. Throws an Error that says who has it, if another program does. */
  open(id: string): KeptSession {
    const lock = this.#store.lockOf(id);
    if (!lock.take())
      throw new Error(
        `The session ${id} is open in another program (process ${lock.owner ?? "?"}). End that one, or take up a copy with --fork-session.`,
      );
    try {
      const kept = this.#store.read(id);
      // The line that a kill tore must not become the beginning of the next one.
      truncateSync(this.#store.pathOf(id), kept.bytes);
      this.#lock = lock;
      this.#path = this.#store.pathOf(id);
      return kept;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** The conversation is over: the next one has a file of its own. */
  close(): void {
    this.#lock?.release();
    this.#lock = undefined;
    this.#path = undefined;
    this.#early = [];
    this.#hasFailed = false;
  }

  #keep(event: StampedEvent): void {
    if (this.#hasFailed) return;
    try {
      if (this.#path === undefined && event.type !== "appended") return void this.#early.push(event);
      this.#path ??= this.#create();
      const lines = [...this.#early.splice(0), event].map((one) => `${JSON.stringify(one)}\n`);
      appendFileSync(this.#path, lines.join(""));
    } catch (error) {
      // What cannot be kept must go on all the same; but a file with a gap would be no conversation.
      this.#hasFailed = true;
      this.#session.notice(`From here on this session is not kept: ${errorMessage(error)}`);
    }
  }

  #create(): string {
    const { id, model } = this.#session;
    this.#store.create({
      type: "session",
      version: 1,
      id,
      model: model.id,
      startedAt: new Date().toISOString(),
    });
    this.#lock = this.#store.lockOf(id);
    this.#lock.take();
    return this.#store.pathOf(id);
  }
}

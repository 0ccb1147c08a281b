// When room is made, and what the user is told about it. Whatever fails here, the conversation stays as it was.
import { describeModelError, type Session } from "@course/runtime";
import type { Compacted, Compactor } from "./compactor.ts";

/** Shares of the window. What one turn can add must fit between the last threshold and the end. */
export const SHRINK_AT = 0.5;
export const SUMMARIZE_AT = 0.65;
/** After a try, the window must fill by this much more before the next one. */
const RETRY_SHARE = 0.05;

export class RoomKeeper {
  readonly #compactor: Compactor;
  /** How full the window was after the last try: without this much more, another would change nothing. */
  #triedAt = 0;
  #toldOfArchive = false;
  #requested: { focus: string } | undefined;

  constructor(compactor: Compactor) {
    this.#compactor = compactor;
  }

  /** How much of the window is full, from 0 to 1; more where it overflows. */
  share(session: Session): number {
    const { window } = this.#compactor;
    return window.tokens(session.messages) / window.size;
  }

  /** Has the conversation compacted before the next model call, however much room there is. */
  request(focus: string): void {
    this.#requested = { focus };
  }

  /** Before a model call: what was requested, or else what is due. */
  async beforeModel(session: Session): Promise<void> {
    if (!this.#requested) return this.makeRoom(session);
    const { focus } = this.#requested;
    this.#requested = undefined;
    session.notice(await this.tryToCompact(session, focus, true));
  }

  /** Before a model call: does what is due, and says so. */
  async makeRoom(session: Session): Promise<void> {
    if (this.share(session) > SHRINK_AT) this.#tryToShrink(session);
    if (this.share(session) <= Math.max(SUMMARIZE_AT, this.#triedAt + RETRY_SHARE)) return;
    session.notice(await this.tryToCompact(session));
  }

  #tryToShrink(session: Session): void {
    try {
      const count = this.#compactor.shrink(session);
      if (count === 0) return;
      this.#triedAt = 0;
      const { file } = this.#compactor.archive(session);
      session.notice(`${count} old tool results were shortened; in full: ${file}`);
    } catch (error) {
      // Without the archive nothing is taken away.
      if (!this.#toldOfArchive)
        session.notice(`Old tool results stay: no transcript can be written (${String(error)}).`);
      this.#toldOfArchive = true;
    }
  }

  /** Compacts and returns what to say about it; a failure is one line, too. */
  async tryToCompact(session: Session, focus = "", force = false): Promise<string> {
    try {
      return describe(await this.#compactor.compact(session, { focus, force }));
    } catch (error) {
      if (session.signal.aborted) return "Interrupted; the conversation is as it was.";
      return `Compaction failed, and the conversation is as it was: ${describeModelError(error, session.model)}`;
    } finally {
      this.#triedAt = this.share(session);
    }
  }

  /** A user who asks again wants another try. */
  watch(session: Session): void {
    session.on((event) => {
      if (event.type === "prompt" || event.type === "cleared") this.#triedAt = 0;
    });
  }
}

function describe(compacted: Compacted | undefined): string {
  if (!compacted)
    return "There is nothing to compact: what the model has not answered yet stays whole. /clear begins anew.";
  const { messages, before, after, file } = compacted;
  const number = (value: number) => value.toLocaleString("en");
  return `Compacted ${messages} messages: about ${number(before)} tokens became ${number(after)}. In full: ${file}`;
}

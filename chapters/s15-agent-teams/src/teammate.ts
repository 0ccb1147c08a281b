// A teammate: a loop and a conversation of its own, beside the lead's. It works, goes idle, and works again when mail
// comes, until it is stopped. Not covered: its conversation is gone when the program is.
import {
  errorMessage,
  run,
  type Agent,
  type Extension,
  type RunOutcome,
  type Session,
} from "@course/runtime";
import type { MailKind } from "./mail.ts";
import type { Mailbox } from "./mailbox.ts";
import type { TeammateRecord, TeammateState } from "./roster.ts";

/** What makes a teammate's rest worth a turn of the lead's: otherwise its message was. */
const SILENT = "It has sent you nothing since it was last idle.";

export interface TeammateParts {
  record: TeammateRecord;
  agent: Agent;
  /** Those of its extensions that are nobody else's. */
  own: readonly Extension[];
  session: Session;
  mailbox: Mailbox;
  /** Its state has changed. */
  onState(state: TeammateState): void;
  /** What the lead is told of it. Never rejects. */
  report(kind: MailKind, content: string): Promise<void>;
  /** Puts work into its conversation; false if there is none (s17). */
  findWork?: ((teammate: Teammate) => Promise<boolean>) | undefined;
  /** How long it may be idle before it stops; undefined for as long as the program runs. */
  idleMs?: number | undefined;
}

export class Teammate {
  readonly record: TeammateRecord;
  readonly session: Session;
  readonly #parts: TeammateParts;
  /** Whether it has sent the lead something since it was last idle. */
  hasWritten = false;
  /** Whether it has sent somebody something in its last run: it may wait for an answer. */
  mayWait = false;
  #ended: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;
  #retiresFor: string | undefined;
  /** False after a failed run: what failed would fail again, so only mail is a reason to go on. */
  takesWork = true;

  constructor(parts: TeammateParts) {
    this.record = parts.record;
    this.session = parts.session;
    this.#parts = parts;
  }

  /** Begins its life, and returns at once. */
  start(prompt: string): void {
    this.#ended = this.#live(prompt);
  }

  /** Interrupts what it does; resolves when it has ended. `tells` says whether the lead hears of it. */
  stop(reason: string, tells: boolean): Promise<void> {
    return (this.#stopped ??= this.#stop(reason, tells));
  }

  async #stop(reason: string, tells: boolean): Promise<void> {
    this.session.close();
    await this.#ended;
    if (this.record.state === "stopped") return;
    if (tells) await this.#parts.report("stopped", reason);
    this.#become("stopped", reason);
  }

  /** Its run goes on to its end, and no other follows. */
  retire(reason: string): void {
    this.#retiresFor = reason;
    // One that rests has no run to end.
    if (this.record.state === "idle") this.session.wake("retired");
  }

  async #live(prompt: string): Promise<void> {
    const { agent, own } = this.#parts;
    if (!(await this.#prepare())) return;
    for (let first: string | undefined = prompt; ; first = undefined) {
      this.mayWait = false;
      const outcome = await run(agent, this.session, first);
      this.takesWork = outcome.ending === "completed";
      if (outcome.ending === "failed") await this.#tellFailure(outcome);
      if (this.#isOver) break;
      // Mail that came during the run's last call is read before anybody rests.
      if (!(await this.#findsWork())) await this.#rest(outcome);
      if (this.#isOver) break;
    }
    if (!this.session.isClosed) await this.#leave(this.#retiresFor ?? "");
    for (const extension of own) await Promise.resolve(extension.stop?.()).catch(() => {});
  }

  /** Starts what is its own; false if that failed, and it is stopped. */
  async #prepare(): Promise<boolean> {
    const { agent, own, report } = this.#parts;
    try {
      for (const extension of own) await extension.start?.(this.session, agent);
      return true;
    } catch (error) {
      await report("failed", `It could not begin: ${errorMessage(error)}`);
      await this.#leave("it could not begin");
      return false;
    }
  }

  /** Idle until there is something to do. */
  async #rest(outcome: RunOutcome): Promise<void> {
    const { idleMs } = this.#parts;
    // Told before it is idle: who waits until nobody works must not leave before that is written.
    if (outcome.ending === "completed" && outcome.stopReason !== "idle") await this.#tellIdle();
    this.#become("idle");
    const limit = idleMs === undefined ? undefined : AbortSignal.timeout(idleMs);
    const either = () => (limit ? AbortSignal.any([this.session.signal, limit]) : this.session.signal);
    // Looked at once more at the beginning, for what came while the notice was written, and at the end of the time.
    while (!this.#isOver && !(await this.#findsWork())) {
      if (limit?.aborted) return this.retire(`it had nothing to do for ${(idleMs ?? 0) / 1000} s`);
      await this.session.nextWake(either());
      this.session.beginRun();
    }
    if (!this.#isOver) this.#become("working");
  }

  async #findsWork(): Promise<boolean> {
    const { mailbox, findWork } = this.#parts;
    return mailbox.hasUnread || (this.takesWork && ((await findWork?.(this)) ?? false));
  }

  get #isOver(): boolean {
    return this.session.isClosed || this.#retiresFor !== undefined;
  }

  async #leave(reason: string): Promise<void> {
    this.session.close();
    await this.#parts.report("stopped", reason);
    this.#become("stopped", reason);
  }

  /** No more than that: what it found, it had to send. */
  #tellIdle(): Promise<void> {
    const silent = this.hasWritten ? "" : SILENT;
    this.hasWritten = false;
    return this.#parts.report("idle", silent);
  }

  #tellFailure({ stopReason, answer }: RunOutcome): Promise<void> {
    const limit = `It stopped at its limit of ${this.#parts.agent.maxTurns} model calls.`;
    const text = stopReason === "max_turns" ? limit : answer || `It stopped: ${stopReason}.`;
    return this.#parts.report("failed", text);
  }

  #become(state: TeammateState, reason?: string): void {
    Object.assign(this.record, { state, reason, since: new Date().toISOString() });
    this.#parts.onState(state);
  }
}

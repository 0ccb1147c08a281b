// What hooks say to the model: a note in a tag, shortened where it is long.
import { randomUUID } from "node:crypto";
import { errorMessage, keepOutput, type Session, type Workspace } from "@course/runtime";
import type { HookEvent } from "./events.ts";

const MOST_CHARACTERS = 10_000;

export class Feedback {
  readonly #root: string;
  readonly #stopped = new WeakMap<Session, string>();

  constructor({ root }: Workspace) {
    this.#root = root;
  }

  /** Why a hook ended the run that is under way in this conversation (`continue: false`). */
  stopOf(session: Session): string | undefined {
    return this.#stopped.get(session);
  }

  /** The first reason counts, until this conversation's run ends. A teammate's run (s15) goes on. */
  stop(session: Session, reason: string | undefined): void {
    if (reason === undefined || this.#stopped.has(session)) return;
    this.#stopped.set(session, reason);
    const off = session.on(({ type }) => {
      if (type !== "run_ended") return;
      off();
      this.goOn(session);
    });
  }

  /** A run begins, or has ended. */
  goOn(session: Session): void {
    this.#stopped.delete(session);
  }

  /** What the model must act on and what it should only know go into different tags. */
  tell(
    session: Session,
    event: HookEvent,
    { block, context }: { block?: string | undefined; context?: string | undefined },
  ): void {
    if (block !== undefined) session.inject(note("hook-feedback", event, this.limited(block)));
    if (context !== undefined) session.inject(note("hook-context", event, this.limited(context)));
  }

  /** The beginning of what is too long, and where all of it is. */
  limited(text: string): string {
    if (text.length <= MOST_CHARACTERS) return text;
    const beginning = text.slice(0, MOST_CHARACTERS).toWellFormed();
    const left = (text.length - MOST_CHARACTERS).toLocaleString("en");
    return `${beginning}\n[${left} more characters ${this.#keep(text)}]`;
  }

  #keep(text: string): string {
    try {
      return `are in ${keepOutput(this.#root, "hooks", randomUUID().slice(0, 8), text)}`;
    } catch (error) {
      return `were not kept: ${errorMessage(error)}`;
    }
  }
}

/** What a hook printed cannot close the tag. */
function note(tag: string, event: HookEvent, text: string): string {
  return `<${tag}>\n${event} hook: ${text.replaceAll(`</${tag}>`, "").trim()}\n</${tag}>`;
}

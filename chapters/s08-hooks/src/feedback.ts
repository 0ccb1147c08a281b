// What hooks say to the model: a note of the harness in a tag, never more of it than the conversation can bear.
import { randomUUID } from "node:crypto";
import { errorMessage, keepOutput, type Session, type Workspace } from "@course/runtime";
import type { HookEvent } from "./events.ts";

const MOST_CHARACTERS = 10_000;

export class Feedback {
  readonly #root: string;
  /** Why a hook ended the run that is under way (`continue: false`). */
  stopped: string | undefined;

  constructor({ root }: Workspace) {
    this.#root = root;
  }

  /** A reason to act on and what is only to be known go in different tags. */
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

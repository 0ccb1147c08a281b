// Stop hooks: when the model asks for nothing more, a hook may send it back to work, eight times in a row at most.
import { textOf, type Session } from "@course/runtime";
import type { Conversations } from "./conversations.ts";
import type { Feedback } from "./feedback.ts";
import type { HookRunner } from "./hook-runner.ts";

const MOST_IN_A_ROW = 8;

export class StopHooks {
  readonly #runner: HookRunner;
  readonly #feedback: Feedback;
  readonly #conversations: Conversations;
  /** How often in a row each conversation was sent back. */
  readonly #inRow = new WeakMap<Session, number>();

  constructor(runner: HookRunner, feedback: Feedback, conversations: Conversations) {
    this.#runner = runner;
    this.#feedback = feedback;
    this.#conversations = conversations;
  }

  /** The user said something: what was before does not count. */
  reset(session: Session): void {
    this.#inRow.delete(session);
  }

  /** What it injects keeps the run going. */
  async beforeStop(session: Session): Promise<void> {
    const count = this.#inRow.get(session) ?? 0;
    const event = this.#conversations.subagent(session) ? "SubagentStop" : "Stop";
    const { block, stop } = await this.#ask(event, session, count > 0);
    this.reset(session);
    if (stop !== undefined) session.notice(`A hook ended the run: ${stop}`);
    else if (block !== undefined && count === MOST_IN_A_ROW)
      session.notice(`${event} hooks blocked ${MOST_IN_A_ROW} times in a row; the run ends all the same.`);
    else if (block !== undefined) {
      this.#inRow.set(session, count + 1);
      this.#feedback.tell(session, event, { block });
    }
  }

  #ask(event: "Stop" | "SubagentStop", session: Session, isActive: boolean) {
    const subagent = this.#conversations.subagent(session);
    const last = session.messages.findLast(({ role }) => role === "assistant");
    return this.#runner.run({
      event,
      session,
      fields: {
        // So that a hook can see that it has blocked already, and let the run end.
        stop_hook_active: isActive,
        last_assistant_message: last ? textOf(last.content) : "",
        ...(subagent && { agent_transcript_path: subagent.agent_transcript_path }),
      },
    });
  }
}

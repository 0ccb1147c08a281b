// Hooks around a conversation: when it starts, gets a prompt, is compacted or cleared, and ends; when a subagent starts.
import { ToolError, type Session } from "@course/runtime";
import type { Conversations } from "./conversations.ts";
import type { Feedback } from "./feedback.ts";
import type { HookRunner } from "./hook-runner.ts";

export class SessionEvents {
  readonly #runner: HookRunner;
  readonly #feedback: Feedback;
  readonly #conversations: Conversations;
  #session: Session | undefined;
  #isCompacting = false;
  /** Hooks that still run after something that nobody awaits, such as /clear. Never rejects. */
  #settled: Promise<void> = Promise.resolve();

  constructor(runner: HookRunner, feedback: Feedback, conversations: Conversations) {
    this.#runner = runner;
    this.#feedback = feedback;
    this.#conversations = conversations;
  }

  async start(session: Session): Promise<void> {
    if (this.#runner.isEmpty) return;
    this.#session = session;
    this.#conversations.watch(session);
    session.on((event) => {
      if (event.type === "cleared") this.#cleared(session);
      if (event.type === "edited" && this.#isCompacting) this.#compacted(session);
      // A summary that failed leaves the conversation as it was.
      if (event.type === "model_started" || event.type === "prompt") this.#isCompacting = false;
    });
    await this.#begin(session, session.history.length > 0 ? "resume" : "startup");
  }

  /** Returns why the prompt is refused, if a hook refuses it. */
  async prompt(session: Session, prompt: string): Promise<string | undefined> {
    await this.#settled;
    this.#feedback.goOn(session);
    const answer = await this.#runner.run({ event: "UserPromptSubmit", session, fields: { prompt } });
    session.signal.throwIfAborted();
    const refusal = answer.stop ?? answer.block;
    if (refusal !== undefined) return `A hook refused the prompt: ${this.#feedback.limited(refusal)}`;
    this.#feedback.tell(session, "UserPromptSubmit", { context: answer.context });
    return undefined;
  }

  /** A summary is about to take the conversation's place. Rejects with a ToolError where a hook refuses it. */
  async compaction(session: Session, trigger: "manual" | "auto"): Promise<void> {
    const fields = { trigger, custom_instructions: "" };
    const answer = await this.#runner.run({ event: "PreCompact", session, fields });
    this.#feedback.stop(session, answer.stop);
    const refusal = answer.stop ?? answer.block;
    if (refusal !== undefined) throw new ToolError(`a hook refused it: ${this.#feedback.limited(refusal)}`);
    this.#isCompacting = true;
  }

  /** Before a model call: what hooks have to say must be in the conversation by then. */
  async beforeCall(session: Session): Promise<void> {
    await this.#settled;
    if (this.#runner.isEmpty || !this.#conversations.isNewSubagent(session)) return;
    const { context, stop } = await this.#runner.run({ event: "SubagentStart", session });
    this.#feedback.stop(session, stop);
    this.#feedback.tell(session, "SubagentStart", { context });
  }

  async stop(): Promise<void> {
    await this.#settled;
    if (this.#session) await this.#end(this.#session, "other");
  }

  async #begin(session: Session, source: "startup" | "resume" | "clear" | "compact"): Promise<void> {
    const fields = { source, model: session.model.id };
    const { context, stop } = await this.#runner.run({ event: "SessionStart", session, fields });
    if (stop !== undefined) session.notice(`A hook wants to stop, and nothing runs yet: ${stop}`);
    this.#feedback.tell(session, "SessionStart", { context });
  }

  async #end(session: Session, reason: "clear" | "other"): Promise<void> {
    await this.#runner.run({ event: "SessionEnd", session, fields: { reason } });
  }

  #cleared(session: Session): void {
    this.#later(async () => {
      await this.#end(session, "clear");
      this.#conversations.renew(session);
      await this.#begin(session, "clear");
    });
  }

  #compacted(session: Session): void {
    this.#isCompacting = false;
    this.#later(() => this.#begin(session, "compact"));
  }

  #later(work: () => Promise<void>): void {
    this.#settled = this.#settled.then(work).catch((error: unknown) => {
      this.#session?.notice(`Hooks of the session failed: ${String(error)}`);
    });
  }
}

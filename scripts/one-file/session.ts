// A session in a hundred lines, for one-file editions: what was said, in the order that the API wants it.
// Not covered: what packages/runtime/src/conversation/ does besides, such as edits, forks and traces.
import type Anthropic from "@anthropic-ai/sdk";
import {
  turnUsage,
  type AdmittedCall,
  type AgentEvent,
  type ModelClient,
  type StampedEvent,
} from "@course/runtime";

export interface Question {
  text: string;
  /** What an edit would change, as lines of a unified diff. */
  diff?: readonly string[];
  choices: readonly string[];
  /** The choice after which the human is asked for words of their own. */
  withText?: string;
  /** What to tell the model where nobody can answer. */
  withoutHuman: string;
}

export type Answer = { choice: string; text?: string } | { refused: string };

/** After these, the last call may be half of one. */
const CUT_OFF = new Set<string | null>(["max_tokens", "model_context_window_exceeded", "refusal"]);

/** One conversation, its listeners, its human, and the signal of an interrupt. */
export class Session {
  readonly model: ModelClient;
  readonly messages: Anthropic.MessageParam[] = [];
  human: ((question: Question) => Promise<Answer>) | undefined;
  hasNews = false;
  readonly #listeners = new Set<(event: StampedEvent) => unknown>();
  #run = new AbortController();
  #open: string[] = [];
  #isAwake = false;

  constructor(model: ModelClient) {
    this.model = model;
  }

  get signal(): AbortSignal {
    return this.#run.signal;
  }

  beginRun(): void {
    this.#isAwake = false;
    if (this.signal.aborted) this.#run = new AbortController();
  }

  interrupt(): void {
    this.#run.abort();
  }

  addPrompt(text: string): void {
    this.#addBlocks([{ type: "text", text }]);
    this.emit({ type: "prompt", text });
  }

  /** There is no way back in an edition this small. */
  takeBackPrompt(): boolean {
    return false;
  }

  /** The one way the harness speaks to the model between turns. */
  inject(text: string): void {
    this.#addBlocks([{ type: "text", text: text.toWellFormed() }]);
    this.emit({ type: "injected", text });
  }

  /** Adds what the model said, without what the API refuses to read again; returns the calls, each of which must be answered. */
  addReply({ content, stop_reason }: Pick<Anthropic.Message, "content" | "stop_reason">): AdmittedCall[] {
    const kept = content.filter((block) =>
      block.type === "text" ? block.text.trim() : block.type !== "tool_use" || !CUT_OFF.has(stop_reason),
    );
    while (kept.at(-1)?.type.endsWith("thinking")) kept.pop();
    this.hasNews = false;
    if (kept.length > 0) this.messages.push({ role: "assistant", content: kept });
    const calls = kept.filter((block) => block.type === "tool_use");
    this.#open = calls.map(({ id }) => id);
    return calls;
  }

  /** Adds the results of the open calls; one that has none among them is answered with `missing`, as an error. */
  addResults(results: readonly Anthropic.ToolResultBlockParam[], missing = "No result."): void {
    const open = this.#open.splice(0);
    const answerTo = (id: string): Anthropic.ToolResultBlockParam =>
      results.find(({ tool_use_id }) => tool_use_id === id) ?? {
        type: "tool_result",
        tool_use_id: id,
        content: missing,
        is_error: true,
      };
    if (open.length > 0) this.#addBlocks(open.map(answerTo));
  }

  /** Results come before all words of a user message, and there are never two user messages in a row. */
  #addBlocks(blocks: Anthropic.ContentBlockParam[]): void {
    this.hasNews = true;
    const last = this.messages.at(-1);
    if (last?.role !== "user" || typeof last.content === "string")
      this.messages.push({ role: "user", content: blocks });
    else if (blocks[0]?.type === "tool_result") last.content.unshift(...blocks);
    else last.content.push(...blocks);
  }

  countReply({ usage, stop_reason }: Anthropic.Message, durationMs: number): void {
    this.emit({ type: "model_ended", stopReason: stop_reason, usage: turnUsage(usage), durationMs });
  }

  /** Asks for a run while nobody is at it: a background task ended. */
  wake(reason: string): void {
    this.#isAwake = true;
    this.emit({ type: "wake", reason });
  }

  /** Resolves at the next wake, at once if there was one since the last run began, or when the signal is aborted. */
  async nextWake(signal = this.signal): Promise<void> {
    if (this.#isAwake || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const off = this.on(({ type }) => type === "wake" && (off(), resolve()));
      signal.addEventListener("abort", () => (off(), resolve()), { once: true });
    });
  }

  /** A human decision. Without a human it is refused. */
  async ask(question: Question): Promise<Answer> {
    return this.human ? this.human(question) : { refused: question.withoutHuman };
  }

  notice(message: string): void {
    this.emit({ type: "notice", message });
  }

  emit(event: AgentEvent): void {
    for (const listener of this.#listeners) listener({ ...event, at: Date.now() });
  }

  /** Returns the function that takes the listener away. */
  on(listener: (event: StampedEvent) => unknown): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

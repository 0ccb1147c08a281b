// A session: one conversation and what surrounds it. Messages are appended in place, never
// copied, so that the cost of a turn does not grow with the conversation.
import { setMaxListeners } from "node:events";
import type Anthropic from "@anthropic-ai/sdk";
import type { ModelClient } from "../model/client.ts";
import type { AgentEvent, StampedEvent } from "./events.ts";
import { turnUsage, UsageTotals } from "./usage.ts";

export interface Question {
  text: string;
  choices: readonly string[];
  /** The choice after which the human is asked for words of their own. */
  withText?: string;
  /** What to tell the model where nobody can answer; names the flag that would allow it. */
  withoutHuman: string;
}

export type Answer = { choice: string; text?: string } | { refused: string };

/** Wakes that come this close together ask for one turn. */
const WAKE_MS = 50;

/**
 * One conversation: its messages, token counts, listeners and the signal of an interrupt.
 *
 * @record In memory, gone with the program
 */
export class Session {
  readonly model: ModelClient;
  readonly messages: Anthropic.MessageParam[] = [];
  readonly usage = new UsageTotals();
  /** Tokens of its forks, counted apart. */
  readonly forkUsage = new UsageTotals();
  readonly #listeners = new Set<(event: StampedEvent) => void>();
  #run = newInterrupt();
  #prompt: Anthropic.TextBlockParam | undefined;
  #human: ((question: Question) => Promise<Answer>) | undefined;
  #wakeTimer: NodeJS.Timeout | undefined;
  readonly #wakeReasons: string[] = [];
  #awake = false;
  #closed = false;

  constructor(model: ModelClient) {
    this.model = model;
  }

  /** Aborted when the user interrupts the run that is under way. */
  get signal(): AbortSignal {
    return this.#run.signal;
  }

  /**
   * A new conversation on the same model, as a subagent holds: it is interrupted with this one, asks the
   * same human, by its name, and its tokens count in `forkUsage`. Nothing else is shared. Close it when it is done.
   */
  fork(name?: string): Session {
    const fork = new Session(this.model);
    const whose = name === undefined ? "" : `${name}: `;
    fork.setHuman((question) => this.ask({ ...question, text: whose + question.text }));
    fork.on((event) => {
      if (event.type === "model_ended") this.forkUsage.add(event.usage);
    });
    if (this.signal.aborted) fork.close();
    // A fork that was closed is let go.
    this.signal.addEventListener("abort", () => fork.close(), { once: true, signal: fork.signal });
    return fork;
  }

  /** At the start of each run: what woke us is told in it, and what was interrupted before no longer counts. */
  beginRun(): void {
    this.#awake = false;
    this.renewSignal();
  }

  /** What was interrupted before no longer counts, unless the session is closed. */
  renewSignal(): void {
    if (this.signal.aborted && !this.#closed) this.#run = newInterrupt();
  }

  interrupt(): void {
    this.#run.abort();
  }

  /** Ends the session for good: what runs is interrupted, and nothing runs or wakes any more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#wakeTimer);
    this.interrupt();
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Forgets the conversation; token counts go on. */
  clear(): void {
    // Told first, so that listeners can still keep what is there.
    this.emit({ type: "cleared" });
    this.messages.length = 0;
  }

  /** The user's words. */
  addPrompt(text: string): void {
    this.#prompt = this.#appendText(text);
    this.emit({ type: "prompt", text });
  }

  /** Removes the last prompt, if nothing was said since. What stands beside it stays. */
  takeBackPrompt(): boolean {
    const last = this.messages.at(-1);
    const prompt = this.#prompt;
    if (!prompt || !Array.isArray(last?.content)) return false;
    const at = last.content.indexOf(prompt);
    if (at === -1) return false;
    last.content.splice(at, 1);
    if (last.content.length === 0) this.messages.pop();
    this.emit({ type: "prompt_taken_back", text: prompt.text });
    return true;
  }

  /**
   * The one way the harness speaks to the model between turns: a text block at the end of the
   * trailing user message, after any tool results, or a new user message. Stands in a tag, as in
   * <reminder>...</reminder>, so that the model can tell it from the user's words.
   */
  inject(text: string): void {
    this.#appendText(text);
    this.emit({ type: "injected", text });
  }

  /** Books a reply's tokens and tells the listeners that it has arrived. */
  countReply(reply: Anthropic.Message, durationMs: number): void {
    const usage = turnUsage(reply.usage);
    this.usage.add(usage);
    this.emit({ type: "model_ended", stopReason: reply.stop_reason, usage, durationMs });
  }

  #appendText(text: string): Anthropic.TextBlockParam {
    // Half of a surrogate pair, as where output was cut, is no valid JSON for the API.
    const block: Anthropic.TextBlockParam = { type: "text", text: text.toWellFormed() };
    const last = this.messages.at(-1);
    if (last?.role !== "user") this.messages.push({ role: "user", content: [block] });
    else if (typeof last.content === "string") last.content = [{ type: "text", text: last.content }, block];
    else last.content.push(block);
    return block;
  }

  /** Asks for a turn while the terminal is idle: a background task ended, a schedule fired, mail came. */
  wake(reason: string): void {
    if (this.#closed) return;
    this.#wakeReasons.push(reason);
    if (this.#wakeTimer) return;
    this.#wakeTimer = setTimeout(() => {
      this.#wakeTimer = undefined;
      this.#awake = true;
      this.emit({ type: "wake", reason: this.#wakeReasons.splice(0).join(", ") });
    }, WAKE_MS);
  }

  /** Resolves at the next wake, at once if there was one since the last run began, or when the run is interrupted. */
  async nextWake(): Promise<void> {
    if (this.#awake || this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        off();
        this.signal.removeEventListener("abort", done);
        resolve();
      };
      const off = this.on((event) => event.type === "wake" && done());
      this.signal.addEventListener("abort", done);
    });
  }

  /** A human decision. Without a human it is refused, and the refusal says which flag would allow it. */
  async ask(question: Question): Promise<Answer> {
    return this.#human ? this.#human(question) : { refused: question.withoutHuman };
  }

  /** The terminal says how to reach its user. */
  setHuman(answer: (question: Question) => Promise<Answer>): void {
    this.#human = answer;
  }

  emit(event: AgentEvent): void {
    const stamped = { ...event, at: Date.now() };
    for (const listener of this.#listeners) listener(stamped);
  }

  /** Returns the function that takes the listener away. */
  on(listener: (event: StampedEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

function newInterrupt(): AbortController {
  const controller = new AbortController();
  // A reply may ask for many tools at once, and each of them listens.
  setMaxListeners(0, controller.signal);
  return controller;
}

/** A message's content as blocks. */
export function blocksOf({ content }: Anthropic.MessageParam): Anthropic.ContentBlockParam[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** The text of a reply's text blocks. */
export function textOf(content: Anthropic.MessageParam["content"]): string {
  if (typeof content === "string") return content;
  return content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
}

// A session: one conversation, and around it the model, token counts, listeners, the human, wakes and interrupts.
import { randomUUID } from "node:crypto";
import type Anthropic from "@anthropic-ai/sdk";
import { askedBeside, askHuman, type Human } from "./ask-human.ts";
import { Conversation } from "./conversation.ts";
import type { AgentEvent, StampedEvent } from "./events.ts";
import { ForkUsage } from "./fork-usage.ts";
import { admit, type AdmittedCall } from "./gate.ts";
import { Interrupt } from "./interrupt.ts";
import { Listeners, type Listener } from "./listeners.ts";
import type { Message, Prefix, RequestParams } from "./message.ts";
import type { ModelClient } from "./model-client.ts";
import type { Place } from "./place.ts";
import type { Answer, Question } from "./question.ts";
import { tracedRequest } from "./traced-request.ts";
import { turnUsage, UsageTotals } from "./usage.ts";
import { Wakes } from "./wakes.ts";

/**
 * One conversation, its token counts and its listeners.
 *
 * @record In memory, gone with the program
 */
export class Session {
  readonly model: ModelClient;
  /** Whose conversation this is, where it is a fork: as a subagent is called. */
  readonly name: string | undefined;
  readonly usage = new UsageTotals();
  readonly forkUsage = new ForkUsage();
  /** How long a question waits for its answer; undefined for as long as that takes. Set where nobody may be there (s14). */
  askSeconds: number | undefined;
  /** Where its calls work, if not where the program does, as a teammate's in a worktree (s18); it may move. */
  place: Place | undefined;
  /** Whoever answers questions, and can ask again; undefined where nobody is there, as with `-p`. */
  human: Human | undefined;
  readonly #conversation = new Conversation((event) => this.emit(event));
  readonly #wakes = new Wakes((event) => this.emit(event));
  readonly #listeners = new Listeners();
  readonly #interrupt = new Interrupt();
  #id = randomUUID() as string;
  #history: readonly StampedEvent[] = [];
  #prompt: Anthropic.TextBlockParam | undefined;

  constructor(model: ModelClient, name?: string) {
    this.model = model;
    this.name = name;
  }

  /** Names the conversation; `clear` begins one with another. */
  get id(): string {
    return this.#id;
  }

  /** What happened in the conversation before this program took it up, oldest first. */
  get history(): readonly StampedEvent[] {
    return this.#history;
  }

  /** Everything that was said, oldest first. It grows at its end; `edit` is the one way to change it. */
  get messages(): readonly Message[] {
    return this.#conversation.messages;
  }

  /** The conversation as it stands, as events from which it can be built again. */
  get told(): AgentEvent[] {
    return this.#conversation.told;
  }

  /** Aborted when the user interrupts the run that is under way. */
  get signal(): AbortSignal {
    return this.#interrupt.signal;
  }

  /** Whether anything was added since the model's last reply, so that a call would have something to answer. */
  get hasNews(): boolean {
    return this.#conversation.hasNews;
  }

  /** A conversation of its own on the same model, interrupted with this one, as a subagent's is (s04). Close it when it is done. */
  fork(name: string): Session {
    const fork = this.beside(name);
    fork.human = (question) => this.ask({ ...question, text: `${name}: ${question.text}` });
    if (this.signal.aborted) fork.close();
    // Closing the fork aborts its signal, which removes this listener from ours.
    this.signal.addEventListener("abort", () => fork.close(), { once: true, signal: fork.signal });
    return fork;
  }

  /**
   * A fork that goes on when this conversation's run ends or is interrupted, as a teammate's does (s15). It asks the same
   * human, its tokens count in `forkUsage`, and its events arrive here as `subagent`; no more is shared.
   */
  beside(name: string): Session {
    const beside = new Session(this.model, name);
    beside.place = this.place;
    beside.human = (question) => this.ask(askedBeside(name, question, beside.signal));
    beside.on(this.forkUsage.follow(name, (event) => this.emit(event)));
    return beside;
  }

  /** At the start of each run: what woke us is told in it, and what was interrupted before no longer counts. */
  beginRun(): void {
    this.#wakes.served();
    this.renewSignal();
  }

  /** What was interrupted before no longer counts, unless the session is closed. */
  renewSignal(): void {
    this.#interrupt.renew();
  }

  interrupt(): void {
    this.#interrupt.interrupt();
  }

  /** Ends the session for good: what runs is interrupted, and nothing runs or wakes any more. */
  close(): void {
    this.#wakes.stop();
    this.#interrupt.close();
  }

  get isClosed(): boolean {
    return this.#interrupt.isClosed;
  }

  /** Forgets the conversation; token counts go on. */
  clear(): void {
    // Told first, so that listeners can still keep what is there.
    this.emit({ type: "cleared" });
    this.#conversation.clear();
    this.#history = [];
    this.#id = randomUUID();
  }

  /** Takes up a conversation by its id and events. Answer the calls that it left open. Throws if this one has begun already. */
  restore(id: string, history: readonly StampedEvent[]): void {
    this.#conversation.restore(history);
    this.#id = id;
    this.#history = history;
  }

  /** Ids of the calls that have no result yet. */
  get openCalls(): readonly string[] {
    return this.#conversation.openCalls;
  }

  /** What stands before the messages: made by `make` once for a conversation, and kept, since it binds the thoughts in them. */
  prefix(make: () => Promise<Prefix>): Promise<Prefix> {
    return this.#conversation.prefix(make);
  }

  /** Has the prefix made anew before the next request, where the tools have changed (s16). What was thought is left out then. */
  renewPrefix(): void {
    this.#conversation.renewPrefix();
  }

  /** The tools of a request: the prefix's, then the deferred ones; what this conversation has loaded stays as it was sent. */
  tools(deferred: readonly Anthropic.Tool[]): Anthropic.Tool[] {
    return this.#conversation.tools(deferred);
  }

  addPrompt(text: string): void {
    this.#prompt = this.#conversation.addText(text, { type: "prompt", text });
  }

  /** Removes the last prompt, if nothing was said since. What stands beside it stays. */
  takeBackPrompt(): boolean {
    if (!this.#prompt || !this.#conversation.takeBack(this.#prompt)) return false;
    this.emit({ type: "prompt_taken_back", text: this.#prompt.text });
    return true;
  }

  /** The one way the harness speaks to the model between turns. A tag, as <reminder>, tells it from the user's words. */
  inject(text: string): void {
    this.#conversation.addText(text, { type: "injected", text });
  }

  /** The one way in for what a model says. Returns the calls that it asks for, each of which must be answered. */
  addReply(reply: Pick<Anthropic.Message, "content" | "stop_reason">): readonly AdmittedCall[] {
    const { content, calls } = admit(reply, (id) => this.#conversation.hasCall(id));
    this.#conversation.addReply(content);
    return calls;
  }

  /** The results of the last reply's calls. A call that has none among them is answered with `missing`, as an error. */
  addResults(results: readonly Anthropic.ToolResultBlockParam[], missing?: string): void {
    this.#conversation.addResults(results, missing);
  }

  /** Replaces the conversation, as compaction does, without the thinking that this unbinds. Returns the messages as kept. */
  edit(messages: readonly Message[], options?: { keepThinking?: boolean }): readonly Message[] {
    return this.#conversation.edit(messages, options);
  }

  /** Adds a whole message as it is, past the gate: for a loop that keeps the rules itself (s01). */
  append(message: Message): void {
    this.#conversation.append(message);
  }

  /** Tells the listeners that a request is sent. */
  noteRequest(params: RequestParams): void {
    this.emit({ type: "model_started", request: tracedRequest(params, this.#conversation) });
  }

  /** Books a reply's tokens and tells the listeners that it has arrived. */
  countReply(reply: Pick<Anthropic.Message, "usage" | "stop_reason">, durationMs: number): void {
    const usage = turnUsage(reply.usage);
    this.usage.add(usage);
    this.emit({ type: "model_ended", stopReason: reply.stop_reason, usage, durationMs });
  }

  /** Asks for a run while the terminal is idle: a background task ended, a schedule fired, mail came. */
  wake(reason: string): void {
    if (!this.isClosed) this.#wakes.wake(reason);
  }

  /** Resolves at the next wake, at once if there was one since the last run began, or when the run is interrupted. */
  nextWake(signal = this.signal): Promise<void> {
    return this.#wakes.next(signal);
  }

  /** A human decision. Without a human it is refused, and the refusal says which flag would allow it. */
  ask(question: Question): Promise<Answer> {
    return askHuman(this.human, question, this.askSeconds);
  }

  notice(message: string): void {
    this.emit({ type: "notice", message });
  }

  /** Tells all listeners. Never throws: one that fails is reported to the others. */
  emit(event: AgentEvent): void {
    this.#listeners.emit(event);
  }

  /** Returns the function that takes the listener away. */
  on(listener: Listener): () => void {
    return this.#listeners.add(listener);
  }

  /** As `on`, and first everything that happened before the conversation was taken up: for state that is made of events. */
  follow(listener: (event: StampedEvent) => void): () => void {
    for (const event of this.#history) listener(event);
    return this.on(listener);
  }
}

// The conversation, and the only code that writes it. It grows at its end and nowhere else, because the
// API binds what a model thinks to everything that stands before it
// (https://platform.claude.com/docs/en/build-with-claude/preserved-thinking). The one exception is `edit`,
// which leaves out every thinking block from the first change on. Every step is an event, so that a trace
// can rebuild each request. Not covered: whether the content is worth sending (gate.ts decides that).
import type Anthropic from "@anthropic-ai/sdk";
import { DeferredTools } from "./deferred-tools.ts";
import type { AgentEvent } from "./events.ts";
import { blocksOf, withoutThinking, type Block, type Message, type Prefix } from "./message.ts";
import { asEvents, nothingTold, tell } from "./rebuild.ts";

type Result = Anthropic.ToolResultBlockParam;

export class Conversation {
  readonly #messages: Message[] = [];
  readonly #emit: (event: AgentEvent) => void;
  /** Ids of the calls that have no result yet, in their order. */
  #open: string[] = [];
  /** What was said while calls were open: the API wants their results first. */
  #held: { block: Anthropic.TextBlockParam; event: AgentEvent }[] = [];
  readonly #callIds = new Set<string>();
  readonly #deferred = new DeferredTools();
  #tools: Anthropic.Tool[] | undefined;
  #prefix: Prefix | undefined;
  #prefixIsStale = false;
  #hasNews = false;

  constructor(emit: (event: AgentEvent) => void) {
    this.#emit = emit;
  }

  /** Frozen, message by message: what was sent once is sent again unchanged. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  /** Whether anything was added since the model's last reply. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  hasCall(id: string): boolean {
    return this.#callIds.has(id);
  }

  get knownPrefix(): Prefix | undefined {
    return this.#prefix;
  }

  /** As events of which `restore` makes the same conversation. */
  get told(): AgentEvent[] {
    return asEvents({ prefix: this.#prefix, deferred: this.#deferred.tools, messages: this.#messages });
  }

  /** The prefix, made once for a conversation; made anew after an edit of its beginning. */
  async prefix(make: () => Promise<Prefix>): Promise<Prefix> {
    const known = this.#prefix;
    if (known && !this.#prefixIsStale) return known;
    const made = await make();
    this.#prefixIsStale = false;
    if (known && sameJson(known, made)) return known;
    this.#prefix = made;
    this.#tools = undefined;
    this.#emit({ type: "prefix", ...made });
    // All that was thought so far is bound to the prefix that was.
    if (known) this.edit(this.#messages);
    return made;
  }

  /** Other tools or another system prompt are wanted: the next request begins with a prefix that is made anew. */
  renewPrefix(): void {
    this.#prefixIsStale = true;
  }

  /** The tools of a request: the prefix's, and behind them those that are deferred, of which there are these now. */
  tools(deferred: readonly Anthropic.Tool[]): Anthropic.Tool[] {
    if (this.#deferred.update(deferred)) {
      this.#tools = undefined;
      this.#emit({ type: "deferred_tools", tools: this.#deferred.tools });
    }
    const own = this.#prefix?.tools ?? [];
    this.#tools ??= this.#deferred.tools.length === 0 ? own : [...own, ...this.#deferred.tools];
    return this.#tools;
  }

  get knownTools(): readonly Anthropic.Tool[] | undefined {
    return this.#tools;
  }

  /** Adds a text of the user or of the harness at the end; while calls are open, behind their results. */
  addText(text: string, event: AgentEvent): Anthropic.TextBlockParam {
    // Half of a surrogate pair, as where output was cut, is no valid JSON for the API.
    const block = Object.freeze<Anthropic.TextBlockParam>({ type: "text", text: text.toWellFormed() });
    this.#hasNews = true;
    if (this.#open.length > 0) this.#held.push({ block, event });
    else {
      this.#append("user", [block]);
      this.#emit(event);
    }
    return block;
  }

  /** Adds a whole message as it is. */
  append(message: Message): void {
    const blocks = blocksOf(message);
    if (message.role === "assistant") this.addReply(blocks);
    else this.#addUnchecked(blocks);
  }

  /** Adds what the model said; nothing where nothing of it can be sent back. */
  addReply(content: readonly Block[]): void {
    this.#hasNews = false;
    if (content.length === 0) return;
    this.#open = callIdsOf(content);
    for (const id of this.#open) this.#callIds.add(id);
    this.#append("assistant", content);
  }

  /** Adds the results of the last reply's calls; a call that has none among them is answered with `missing`. */
  addResults(results: readonly Result[], missing = "No result."): void {
    const open = this.#open;
    if (open.length === 0) return;
    const answers = open.map(
      (id) => results.find((result) => result.tool_use_id === id) ?? failed(id, missing),
    );
    this.#open = [];
    this.#hasNews = true;
    this.#append("user", answers);
    this.#addHeld();
  }

  /** A message of the user goes in even where the API will refuse it: whoever calls this keeps the rules itself (s01). */
  #addUnchecked(blocks: readonly Block[]): void {
    const answered = blocks.flatMap((block) => (block.type === "tool_result" ? [block.tool_use_id] : []));
    this.#open = this.#open.filter((id) => !answered.includes(id));
    this.#hasNews = true;
    this.#append("user", blocks);
    if (this.#open.length === 0) this.#addHeld();
  }

  #addHeld(): void {
    for (const { block, event } of this.#held.splice(0)) {
      this.#append("user", [block]);
      this.#emit(event);
    }
  }

  /** Takes a text block back that was added last, if it still stands there. */
  takeBack(block: Anthropic.TextBlockParam): boolean {
    const last = this.#messages.at(-1);
    if (!last || last.role !== "user" || typeof last.content === "string") return false;
    const rest = last.content.filter((other) => other !== block);
    if (rest.length === last.content.length) return false;
    const before = this.#messages.slice(0, -1);
    this.edit(rest.length > 0 ? [...before, { role: "user", content: rest }] : before);
    return true;
  }

  /**
   * The one way to change what was said: `messages` take the place of the conversation's. From the first one
   * that differs, every thinking block is left out, since the API would refuse it. An edit of the first
   * message begins a new prefix. Returns the messages as they are kept, one for each that was given.
   */
  edit(messages: readonly Message[], { keepThinking = false } = {}): readonly Message[] {
    const isSame = messages === this.#messages;
    const first = isSame ? 0 : messages.findIndex((message, index) => message !== this.#messages[index]);
    const from = first === -1 ? messages.length : first;
    if (from === 0) this.#prefixIsStale = !isSame;
    const changed = messages
      .slice(from)
      .map((message) => frozen(keepThinking ? message : withoutThinking(message)));
    this.#messages.splice(from, Infinity, ...changed);
    this.#noteCalls();
    this.#emit({ type: "edited", from, messages: changed });
    return [...this.#messages];
  }

  /**
   * Takes up a conversation that was held before, from its events, oldest first: the same messages behind the same
   * prefix, so that what was thought in it is still bound to what it was. Calls may be open: they need their results.
   */
  restore(events: Iterable<AgentEvent>): void {
    if (this.#messages.length > 0)
      throw new Error("A conversation is taken up before anything is said. Call restore first, or clear.");
    const told = nothingTold();
    for (const event of events) tell(told, event);
    this.#prefix = told.prefix;
    this.#prefixIsStale = told.prefixIsStale;
    this.#deferred.restore(told.deferred);
    for (const message of told.messages) this.#messages.push(frozen(message));
    this.#noteCalls();
    const last = this.#messages.at(-1);
    this.#open = last?.role === "assistant" ? callIdsOf(blocksOf(last)) : [];
    this.#hasNews = last?.role === "user";
  }

  /** Ids of the calls that have no result yet. */
  get openCalls(): readonly string[] {
    return this.#open;
  }

  /** Forgets everything, the prefix too. */
  clear(): void {
    this.#messages.length = 0;
    this.#open = [];
    this.#held = [];
    this.#callIds.clear();
    this.#deferred.clear();
    this.#prefix = undefined;
    this.#tools = undefined;
    this.#hasNews = false;
  }

  #noteCalls(): void {
    this.#callIds.clear();
    this.#deferred.forgetLoaded();
    for (const message of this.#messages) {
      for (const id of callIdsOf(blocksOf(message))) this.#callIds.add(id);
      this.#deferred.noteLoaded(blocksOf(message));
    }
  }

  /** Never two messages of one role in a row: a second one joins the first. */
  #append(role: "user" | "assistant", blocks: readonly Block[]): void {
    const last = this.#messages.at(-1);
    const joins = last?.role === role;
    const at = this.#messages.length - (joins ? 1 : 0);
    this.#deferred.noteLoaded(blocks);
    this.#messages[at] = frozen({ role, content: joins ? [...blocksOf(last), ...blocks] : [...blocks] });
    this.#emit({ type: "appended", message: at, role, blocks });
  }
}

function failed(id: string, content: string): Result {
  return { type: "tool_result", tool_use_id: id, content, is_error: true };
}

function callIdsOf(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) => (block.type === "tool_use" ? [block.id] : []));
}

function frozen(message: Message): Message {
  for (const block of blocksOf(message)) Object.freeze(block);
  Object.freeze(message.content);
  return Object.freeze(message);
}

function sameJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

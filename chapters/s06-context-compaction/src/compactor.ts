// Makes room in a conversation. Old tool results shrink first, which costs nothing but the cache; then the
// model summarises. Either way the whole is in the archive before anything is taken away.
import {
  beforeCompaction,
  type Agent,
  describeModelError,
  isTooLong,
  streamReply,
  type Message,
  type ModelCall,
  type RequestParams,
  type Session,
  type Workspace,
} from "@course/runtime";
import { archiveOf, closeArchive, type Archive } from "./archive.ts";
import { CHARACTERS_PER_TOKEN, type ContextWindow } from "./context-window.ts";
import { Requests } from "./requests.ts";
import { cutBefore, fitting, lastCut } from "./cuts.ts";
import { askForSummary, continueFrom, renderSummary, upTo, verbatim } from "./summary.ts";
import { shrinkable, shrunk } from "./tool-results.ts";

/** Shares of the window. What one turn can add must fit between the last threshold and the end. */
export const SHRINK_AT = 0.5;
export const SUMMARIZE_AT = 0.65;
/** Shrinking breaks the prompt cache, so it has to be worth it. */
const WORTH_SHARE = 0.1;
const TAIL_SHARE = 0.2;
/** What the reply with the summary may take, thinking included. */
const REPLY_SHARE = 1 / 8;
/** Of what does not fit, at least this much is tried. */
const SMALLEST_PART = 1 / 8;
const REQUESTS_SHARE = 0.1;
/** After a try, the window must fill by this much more before the next one. */
const RETRY_SHARE = 0.05;
/** Rounds whose results stay whole, besides those that the model has not seen. */
const KEPT_ROUNDS = 2;

export interface Compacted {
  /** Messages that the summary stands for. */
  messages: number;
  /** Tokens before and after. */
  before: number;
  after: number;
  /** Where they are, relative to the workspace. */
  file: string;
}

export class Compactor {
  readonly window: ContextWindow;
  readonly #workspace: Workspace;
  readonly #requests = new Requests();
  readonly #keepThinking: boolean;
  #agent: Agent | undefined;
  /** How full the window was after the last try: without this much more, another would change nothing. */
  #triedAt = 0;
  #toldOfArchive = false;

  /** `keepThinking` leaves thinking in edited conversations, to show that the API refuses them from then on. */
  constructor(workspace: Workspace, window: ContextWindow, { keepThinking = false } = {}) {
    this.#workspace = workspace;
    this.window = window;
    this.#keepThinking = keepThinking;
  }

  /** Follows the session: what the user asks, and when a conversation begins anew. */
  watch(session: Session, agent?: Agent): void {
    this.#agent = agent;
    this.#requests.watch(session);
    session.on((event) => {
      // A user who asks again wants another try.
      if (event.type === "prompt") this.#triedAt = 0;
      if (event.type !== "cleared") return;
      this.close(session);
      this.#triedAt = 0;
      this.window.forgetCount();
    });
  }

  /** How much of the window is full, from 0 to 1; more where it overflows. */
  share(session: Session): number {
    return this.window.tokens(session.messages) / this.window.size;
  }

  /** Before a model call: does what is due, and says so. */
  async makeRoom(session: Session): Promise<void> {
    if (this.share(session) > SHRINK_AT) this.#tryToShrink(session);
    if (this.share(session) <= Math.max(SUMMARIZE_AT, this.#triedAt + RETRY_SHARE)) return;
    session.notice(await this.tryToCompact(session));
  }

  #tryToShrink(session: Session): void {
    try {
      const count = this.shrink(session);
      if (count === 0) return;
      this.#triedAt = 0;
      const { file } = archiveOf(session, this.#workspace);
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
      return describe(await this.compact(session, { focus, force }));
    } catch (error) {
      if (session.signal.aborted) return "Interrupted; the conversation is as it was.";
      return `Compaction failed, and the conversation is as it was: ${describeModelError(error, session.model)}`;
    } finally {
      this.#triedAt = this.share(session);
    }
  }

  /** Old results become placeholders, all at once, if that frees a tenth of the window. Returns how many. */
  shrink(session: Session): number {
    const { messages } = session;
    // The last message is what the model has not seen.
    const seen = messages.slice(0, Math.max(0, messages.length - 1 - 2 * KEPT_ROUNDS));
    const found = shrinkable(seen);
    const saved = found.reduce((sum, { length, label }) => sum + length - label.length, 0);
    if (saved / CHARACTERS_PER_TOKEN < this.window.size * WORTH_SHARE) return 0;
    const archive = archiveOf(session, this.#workspace);
    archive.add(messages.slice(0, -1));
    const placeOf = (message: Message) => `${archive.file}, line ${archive.lineOf(message)}`;
    this.#edit(session, archive, messages, (message) => shrunk(message, found, placeOf(message)));
    return found.length;
  }

  /** Every edit goes through the session, which leaves out the thinking that it unbinds. */
  #edit(
    session: Session,
    archive: Archive,
    messages: readonly Message[],
    change: (message: Message) => Message = (message) => message,
  ): void {
    // A copy: the session's own list changes under the edit.
    const before = [...messages];
    const kept = session.edit(before.map(change), { keepThinking: this.#keepThinking });
    before.forEach((message, index) => archive.replace(message, kept[index] ?? message));
    this.window.forgetCount();
  }

  /**
   * Puts a summary in the place of all but the last turns; with `force`, of all that the model has seen.
   * Resolves with undefined where there is nothing to summarise. Rejects, and changes nothing, if the
   * summary cannot be had.
   */
  async compact(
    session: Session,
    { focus = "", force = false, call = streamReply }: { focus?: string; force?: boolean; call?: ModelCall },
  ): Promise<Compacted | undefined> {
    const { messages } = session;
    const { params } = this.window;
    const cut = force ? lastCut(messages) : cutBefore(this.window, messages, this.window.size * TAIL_SHARE);
    if (!params || cut < 2) return undefined;
    if (this.#agent) await beforeCompaction(this.#agent, session, force ? "manual" : "auto");
    const dropped = messages.slice(0, cut);
    const archive = archiveOf(session, this.#workspace);
    // First: without a transcript nothing may be left out, and no summary need be bought.
    archive.add(dropped);
    session.notice("Compacting: the model summarises the conversation.");
    const before = this.window.tokens(messages);
    const summary = await this.#summary(session, params, cut, focus, call);
    const { current, earlier } = this.#requests;
    const room = this.window.size * REQUESTS_SHARE * CHARACTERS_PER_TOKEN;
    const requests = verbatim(earlier, room, archive.file);
    const text = renderSummary(summary, dropped.length, archive.file, requests);
    const request = current && upTo(current, 2 * room, archive.file);
    this.#edit(session, archive, continueFrom(text, request, messages.slice(cut)));
    const after = this.window.tokens(session.messages);
    return { messages: dropped.length, before, after, file: archive.file };
  }

  /** Asks for the summary; where the request is refused as too long, for one of half as much, and again. */
  async #summary(session: Session, params: RequestParams, cut: number, focus: string, call: ModelCall) {
    for (let share = 1; ; share /= 2) {
      const messages = fitting(this.window, session.messages, cut, share * (1 - REPLY_SHARE));
      const maxTokens = Math.min(params.max_tokens, Math.floor(this.window.size * REPLY_SHARE));
      try {
        return await askForSummary(session, params, messages, { focus, call, maxTokens });
      } catch (error) {
        if (share < SMALLEST_PART || session.signal.aborted || !isTooLong(error)) throw error;
      }
    }
  }

  /** Completes the transcript at the end of the session, if there is one. */
  close(session: Session): void {
    try {
      closeArchive(session);
    } catch (error) {
      session.notice(`The end of the transcript is not written: ${String(error)}`);
    }
  }
}

function describe(compacted: Compacted | undefined): string {
  if (!compacted)
    return "There is nothing to compact: what the model has not answered yet stays whole. /clear begins anew.";
  const { messages, before, after, file } = compacted;
  const number = (value: number) => value.toLocaleString("en");
  return `Compacted ${messages} messages: about ${number(before)} tokens became ${number(after)}. In full: ${file}`;
}

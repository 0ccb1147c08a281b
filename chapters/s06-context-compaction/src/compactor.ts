// The two edits that make room: old tool results become placeholders, or a summary takes the place of everything but
// the last turns. Both write the whole to the archive first. When they are made is in room-keeper.ts.
import {
  beforeCompaction,
  streamReply,
  type Agent,
  type Message,
  type ModelCall,
  type Session,
  type Workspace,
} from "@course/runtime";
import { archiveOf, closeArchive, type Archive } from "./archive.ts";
import type { ContextWindow } from "./context-window.ts";
import { continueFrom, renderSummary, upTo, verbatim } from "./continuation.ts";
import { cutBefore, lastCut } from "./cuts.ts";
import { CHARACTERS_PER_TOKEN } from "./estimate.ts";
import { Requests } from "./requests.ts";
import { summariseWhatFits } from "./summarise-what-fits.ts";
import { shrinkable, shrunk } from "./tool-results.ts";

/** Shares of the window. Shrinking breaks the prompt cache, so it has to be worth it. */
const WORTH_SHARE = 0.1;
/** The turns that stay whole after a summary. */
const TAIL_SHARE = 0.2;
/** What earlier requests may take, word for word; the one under way may take twice as much. */
const REQUESTS_SHARE = 0.1;
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

export interface CompactOptions {
  /** What the summary must keep above all. */
  focus?: string;
  /** Keep nothing but what the model has not seen. */
  force?: boolean;
  call?: ModelCall;
}

export class Compactor {
  readonly window: ContextWindow;
  readonly #workspace: Workspace;
  readonly #requests = new Requests();
  readonly #keepThinking: boolean;
  #agent: Agent | undefined;

  /** `keepThinking` leaves thinking in edited conversations, to show that the API refuses them from then on. */
  constructor(workspace: Workspace, window: ContextWindow, { keepThinking = false } = {}) {
    this.#workspace = workspace;
    this.window = window;
    this.#keepThinking = keepThinking;
  }

  /** Old results become placeholders, all at once, if that frees a tenth of the window. Returns how many. */
  shrink(session: Session): number {
    const { messages } = session;
    // The last message is what the model has not seen.
    const seen = messages.slice(0, Math.max(0, messages.length - 1 - 2 * KEPT_ROUNDS));
    const found = shrinkable(seen);
    const saved = found.reduce((sum, { length, label }) => sum + length - label.length, 0);
    if (saved / CHARACTERS_PER_TOKEN < this.window.size * WORTH_SHARE) return 0;
    const archive = this.archive(session);
    archive.add(messages.slice(0, -1));
    const placeOf = (message: Message) => `${archive.file}, line ${archive.lineOf(message)}`;
    this.#edit(session, archive, messages, (message) => shrunk(message, found, placeOf(message)));
    return found.length;
  }

  /**
   * Puts a summary in the place of all but the last turns; with `force`, of all that the model has seen.
   * Resolves with undefined where there is nothing to summarise. Rejects, and changes nothing, if the
   * summary cannot be had.
   */
  async compact(
    session: Session,
    { focus = "", force = false, call = streamReply }: CompactOptions,
  ): Promise<Compacted | undefined> {
    const { messages } = session;
    const { params, size } = this.window;
    const cut = force ? lastCut(messages) : cutBefore(this.window, messages, size * TAIL_SHARE);
    if (!params || cut < 2) return undefined;
    if (this.#agent) await beforeCompaction(this.#agent, session, force ? "manual" : "auto");
    const [dropped, tail] = [messages.slice(0, cut), messages.slice(cut)];
    const archive = this.archive(session);
    // First: without a transcript nothing may be left out, and no summary need be bought.
    archive.add(dropped);
    session.notice("Compacting: the model summarises the conversation.");
    const before = this.window.tokens(messages);
    const { file } = archive;
    const summary = await summariseWhatFits(session, this.window, { params, cut, focus, call, file });
    this.#edit(session, archive, this.#continuation(summary, dropped.length, tail, file));
    const after = this.window.tokens(session.messages);
    return { messages: dropped.length, before, after, file };
  }

  /** What the conversation continues with: the summary, the user's requests word for word, and the last turns. */
  #continuation(summary: string, count: number, tail: readonly Message[], file: string): Message[] {
    const { current, earlier } = this.#requests;
    const room = this.window.size * REQUESTS_SHARE * CHARACTERS_PER_TOKEN;
    const text = renderSummary(summary, count, file, verbatim(earlier, room, file));
    return continueFrom(text, current && upTo(current, 2 * room, file), tail);
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

  /** The transcript of this conversation. */
  archive(session: Session): Archive {
    return archiveOf(session, this.#workspace);
  }

  /** Follows the session: what the user asks, and when a conversation begins anew. */
  watch(session: Session, agent?: Agent): void {
    this.#agent = agent;
    this.#requests.watch(session);
    session.on((event) => {
      if (event.type !== "cleared") return;
      this.close(session);
      this.window.forgetCount();
    });
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

// Makes room in a conversation. Old tool results shrink first, which costs nothing but the cache; then the
// model summarises. Either way the whole is in the archive before anything is taken away.
import {
  describeModelError,
  streamReply,
  type ModelCall,
  type Session,
  type Workspace,
} from "@course/runtime";
import { archiveOf, closeArchive } from "./archive.ts";
import { CHARACTERS_PER_TOKEN, type ContextWindow } from "./context-window.ts";
import { Requests } from "./requests.ts";
import { askForSummary, continueFrom, lastCut, mayBegin, renderSummary, verbatim } from "./summary.ts";
import { shrinkable, shrinkTo } from "./tool-results.ts";

/** Shares of the window. What one turn can add must fit between the last threshold and the end. */
export const SHRINK_AT = 0.5;
export const SUMMARIZE_AT = 0.65;
/** Shrinking breaks the prompt cache, so it has to be worth it. */
const WORTH_SHARE = 0.1;
const TAIL_SHARE = 0.2;
const SUMMARY_SHARE = 1 / 16;
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
  /** How full the window was after the last try: without this much more, another would change nothing. */
  #triedAt = 0;
  #toldOfArchive = false;

  constructor(workspace: Workspace, window: ContextWindow) {
    this.#workspace = workspace;
    this.window = window;
  }

  /** Follows the session: what the user asks, and when a conversation begins anew. */
  watch(session: Session): void {
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
    notice(session, await this.tryToCompact(session));
  }

  #tryToShrink(session: Session): void {
    try {
      const count = this.shrink(session);
      if (count === 0) return;
      this.#triedAt = 0;
      const { file } = archiveOf(session, this.#workspace);
      notice(session, `${count} old tool results were shortened; in full: ${file}`);
    } catch (error) {
      // Without the archive nothing is taken away.
      if (!this.#toldOfArchive)
        notice(session, `Old tool results stay: no transcript can be written (${String(error)}).`);
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
    for (const result of found) shrinkTo(result, `${archive.file}, line ${archive.lineOf(result.message)}`);
    this.window.forgetCount();
    return found.length;
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
    const cut = force ? lastCut(messages) : this.#cut(messages);
    if (!params || cut < 2) return undefined;
    notice(session, "Compacting: the model summarises the conversation.");
    const before = this.window.tokens(messages);
    const summary = await askForSummary(session, params, this.#fitting(messages), {
      focus,
      call,
      maxTokens: Math.min(params.max_tokens, Math.floor(this.window.size * SUMMARY_SHARE)),
    });
    const dropped = messages.slice(0, cut);
    const archive = archiveOf(session, this.#workspace);
    archive.add(dropped);
    const { current, earlier } = this.#requests;
    const room = this.window.size * REQUESTS_SHARE * CHARACTERS_PER_TOKEN;
    const text = renderSummary(summary, dropped.length, archive.file, verbatim(earlier, room));
    messages.splice(0, messages.length, ...continueFrom(text, current, messages.slice(cut)));
    this.window.forgetCount();
    const after = this.window.tokens(messages);
    return { messages: dropped.length, before, after, file: archive.file };
  }

  /** Completes the transcript at the end of the session, if there is one. */
  close(session: Session): void {
    try {
      closeArchive(session);
    } catch (error) {
      notice(session, `The end of the transcript is not written: ${String(error)}`);
    }
  }

  /** As many of the last turns as fit into a fifth of the window. */
  #cut(messages: Session["messages"]): number {
    return this.#beginning(messages, lastCut(messages), this.window.size * TAIL_SHARE);
  }

  /** The messages, without the oldest where the request for a summary would not fit into the window itself. */
  #fitting(messages: Session["messages"]): Session["messages"] {
    const room = this.window.size * (1 - 2 * SUMMARY_SHARE) - this.window.tokens([]);
    if (this.window.tokensOf(messages) <= room) return messages;
    const from = this.#beginning(messages, messages.length, room);
    if (from === messages.length) return messages;
    return continueFrom("<left-out>The beginning did not fit.</left-out>", undefined, messages.slice(from));
  }

  /** The earliest place before `last` where the rest may begin and has at most so many tokens; else `last`. */
  #beginning(messages: Session["messages"], last: number, room: number): number {
    let tokens = this.window.tokensOf(messages.slice(last));
    let beginning = last;
    for (let index = last - 1; index > 0; index--) {
      tokens += this.window.tokensOf(messages.slice(index, index + 1));
      if (tokens > room) break;
      if (mayBegin(messages[index])) beginning = index;
    }
    return beginning;
  }
}

function notice(session: Session, message: string): void {
  session.emit({ type: "notice", message });
}

function describe(compacted: Compacted | undefined): string {
  if (!compacted) return "There is nothing to compact yet.";
  const { messages, before, after, file } = compacted;
  const number = (value: number) => value.toLocaleString("en");
  return `Compacted ${messages} messages: about ${number(before)} tokens became ${number(after)}. In full: ${file}`;
}

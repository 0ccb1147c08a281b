// The loop around one model call: call, classify, take from the budget, apply the remedy, call again.
import type Anthropic from "@anthropic-ai/sdk";
import type { ModelCall, ModelRequest, Session } from "@course/runtime";
import { backoff, LONGEST_WAIT_MS } from "./backoff.ts";
import { classifyError, classifyReply, type Trouble } from "./classify.ts";
import { PiecedReply } from "./continuation.ts";
import { BUDGET, type RecoveryState } from "./recovery-state.ts";

const SILENCE_MS = 60_000;

/** What recovery needs of the world; tests bring their own. */
export interface Effects {
  /** How long a server may be silent before the connection counts as lost. */
  readonly timeoutMs?: number;
  /** Waits; rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<unknown>;
  /** From 0 to 1. */
  random(): number;
}

export interface Means {
  /** Takes one attempt of a kind; undefined if none is left. */
  spend: ReturnType<RecoveryState["begin"]>;
  effects: Effects;
  /** After a prompt that was too long: frees room. False if there is none to free. Never rejects. */
  makeRoom(session: Session, error: unknown): Promise<boolean>;
}

/** How one call ended: with a reply, or with an error and the text that had arrived by then. */
interface Outcome {
  reply?: Reply;
  error?: unknown;
  content: readonly Anthropic.ContentBlock[];
}

/** What the attempts of one call share. */
interface Call extends Means {
  session: Session;
  pieces: PiecedReply;
}

type Reply = Anthropic.Message;

/** Calls until there is a whole reply. Rejects with the last error where the kind has no remedy, or no attempt left. */
export async function recover(request: ModelRequest, next: ModelCall, means: Means): Promise<Reply> {
  const timeoutMs = means.effects.timeoutMs ?? SILENCE_MS;
  // The SDK's own retries are off: they would multiply ours, out of sight.
  const pieces = new PiecedReply({ ...request, maxRetries: 0, timeoutMs });
  const call: Call = { ...means, session: request.session, pieces };
  for (;;) {
    const outcome = await attempt(pieces.request(), next);
    const { reply, error } = outcome;
    const trouble = reply ? classifyReply(reply) : classifyError(error);
    if (trouble && (await remedy(trouble, outcome, call))) continue;
    if (reply) return pieces.whole(reply);
    throw error;
  }
}

/** Does what the kind of trouble asks for. False if another attempt is not worth it. */
async function remedy(trouble: Trouble, outcome: Outcome, call: Call): Promise<boolean> {
  const { session, pieces } = call;
  const number = session.signal.aborted ? undefined : call.spend(trouble.kind);
  if (number === undefined) return false;
  trace(session, trouble, number);
  if (trouble.kind === "too_long") {
    if (!(await call.makeRoom(session, outcome.error))) return false;
    pieces.forgetPrefix();
    return true;
  }
  const { reply, content } = outcome;
  pieces.add({ content, isPause: trouble.kind === "paused", usage: reply?.usage });
  // A reply that stopped is continued at once; after a failure, as a stream that ended early, the server needs time.
  return (reply && trouble.kind !== "lost") || wait(session, trouble, number, call.effects);
}

/** Waits in sight of the user, who may end it with Ctrl-C. False where the server asks for too long a wait. */
async function wait(
  session: Session,
  { what, retryAfterMs = 0 }: Trouble,
  number: number,
  { sleep, random }: Effects,
): Promise<boolean> {
  if (retryAfterMs > LONGEST_WAIT_MS) return false;
  const ms = backoff(number, random, retryAfterMs);
  session.emit({ type: "waiting", reason: `${what}; attempt ${number} of ${BUDGET}`, ms });
  await sleep(ms, session.signal);
  return true;
}

/** One call. The text is kept as it streams, so that a failure does not take it along. */
async function attempt(request: ModelRequest, next: ModelCall): Promise<Outcome> {
  let text = "";
  const off = request.session.on((event) => {
    if (event.type === "text") text += event.text;
  });
  try {
    const reply = await next(request);
    return { reply, content: reply.content };
  } catch (error) {
    return { error, content: text.trim() === "" ? [] : [{ type: "text", text, citations: null }] };
  } finally {
    off();
  }
}

function trace(session: Session, { kind, what }: Trouble, number: number): void {
  session.emit({
    type: "extension",
    extension: "error-recovery",
    kind,
    detail: { attempt: number, budget: BUDGET },
  });
  if (kind === "cut_off" || kind === "paused")
    session.notice(`${what}; continuing where it stopped (${number} of ${BUDGET})`);
}

// The loop around one model call: call, classify, take from the budget, apply the remedy, call again.
import type Anthropic from "@anthropic-ai/sdk";
import type { ModelCall, ModelRequest, Session } from "@course/runtime";
import { classifyError, classifyReply, type Trouble } from "./classify.ts";
import { PiecedReply } from "./continuation.ts";
import { backoff, BUDGET, type RecoveryState } from "./recovery-state.ts";

/** A server that asks for more than this is not waited for. */
const LONGEST_WAIT_MS = 120_000;
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

export interface Remedies {
  /** Takes one attempt of a kind; undefined if none is left. */
  spend: ReturnType<RecoveryState["begin"]>;
  effects: Effects;
  /** After a prompt that was too long: frees room. False if there is none to free. Never rejects. */
  makeRoom(session: Session, error: unknown): Promise<boolean>;
}

/** Calls until there is a whole reply. Rejects with the last error where the kind has no remedy, or no attempt left. */
export async function recover(
  request: ModelRequest,
  next: ModelCall,
  { spend, effects, makeRoom }: Remedies,
): Promise<Anthropic.Message> {
  const { session } = request;
  const { timeoutMs = SILENCE_MS } = effects;
  const pieces = new PiecedReply({ ...request, maxRetries: 0, timeoutMs });
  for (;;) {
    const { reply, error, partial } = await attempt(pieces.request(), next);
    const trouble = reply ? classifyReply(reply) : classifyError(error);
    const number = trouble && !session.signal.aborted ? spend(trouble.kind) : undefined;
    if (trouble && number !== undefined) trace(session, trouble, number);
    const isTooLong = trouble?.kind === "too_long";
    if (!trouble || number === undefined || (isTooLong && !(await makeRoom(session, error)))) {
      if (reply) return pieces.whole(reply);
      throw error;
    }
    if (isTooLong) {
      pieces.forgetPrefix();
      continue;
    }
    if (reply) pieces.add(reply.content, { isWhole: trouble.kind === "paused", usage: reply.usage });
    else {
      pieces.add(partial, { isWhole: false });
      await wait(session, trouble, number, effects, error);
    }
  }
}

function trace(session: Session, { kind, what }: Trouble, attempt: number): void {
  session.emit({ type: "extension", extension: "error-recovery", kind, detail: { attempt, budget: BUDGET } });
  if (kind === "cut_off" || kind === "paused")
    session.notice(`${what}; going on where it stopped (${attempt} of ${BUDGET})`);
}

/** One call. Of one that fails, the text that had arrived. */
async function attempt(request: ModelRequest, next: ModelCall) {
  let text = "";
  const off = request.session.on((event) => {
    if (event.type === "text") text += event.text;
  });
  try {
    return { reply: await next(request), error: undefined, partial: [] };
  } catch (error) {
    const written: Anthropic.TextBlock = { type: "text", text, citations: null };
    return { reply: undefined, error, partial: text.trim() === "" ? [] : [written] };
  } finally {
    off();
  }
}

/** Waits in sight of the user, who may end it with Ctrl-C. Rejects with `error` where the server asks for too long. */
async function wait(
  session: Session,
  { what, retryAfterMs }: Trouble,
  number: number,
  { sleep, random }: Effects,
  error: unknown,
): Promise<void> {
  if (retryAfterMs !== undefined && retryAfterMs > LONGEST_WAIT_MS) throw error;
  const ms = backoff(number, random, retryAfterMs);
  session.emit({ type: "waiting", reason: `${what}; attempt ${number} of ${BUDGET}`, ms });
  await sleep(ms, session.signal);
}

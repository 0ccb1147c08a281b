// Error recovery as an extension: it wraps the model call, and calls again, goes on or makes room, by the kind of
// failure. The SDK's own retries are off, so that these are all there are.
// Not covered: a subagent's conversation that is too long fails; its parent is told what it has.
import { setTimeout as delay } from "node:timers/promises";
import type Anthropic from "@anthropic-ai/sdk";
import type { Extension, ModelCall, ModelRequest, Session, Workspace } from "@course/runtime";
import { Compactor, ContextWindow } from "@course/s06-context-compaction";
import { classifyError, classifyReply, type Trouble } from "./classify.ts";
import { continued, joined, usable } from "./continuation.ts";
import { backoff, BUDGET, RecoveryState } from "./recovery-state.ts";

const WINDOW_TOKENS = 200_000;
/** A server that asks for more than this is not waited for. */
const LONGEST_WAIT_MS = 120_000;

/** What recovery needs of the world; tests bring their own. */
export interface Effects {
  /** Waits; rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<unknown>;
  /** From 0 to 1. */
  random(): number;
}

const REAL: Effects = { sleep: (ms, signal) => delay(ms, undefined, { signal }), random: Math.random };

export function errorRecovery(workspace: Workspace, effects: Effects = REAL): Extension {
  const state = new RecoveryState();
  const window = new ContextWindow(WINDOW_TOKENS);
  const compactor = new Compactor(workspace, window);
  let main: Session | undefined;
  return {
    name: "error-recovery",
    commands: {
      recovery: { description: "shows what recovery did, and its budgets", run: () => state.render() },
    },
    async wrapModelCall(request, next) {
      if (request.session === main) window.noteRequest(request.params);
      const reply = await recover({ ...request, maxRetries: 0 }, next, {
        spend: state.begin(),
        effects,
        makeRoom,
      });
      if (request.session === main) window.count(request.params, reply.usage);
      if (reply.stop_reason === "refusal") return afterRefusal(reply, request.session);
      return reply;
    },
    start(session) {
      main = session;
      compactor.watch(session);
    },
    stop() {
      if (main) compactor.close(main);
    },
  };

  /** Frees room in the main conversation; false where there is nothing to free. Rejects where a summary fails. */
  async function makeRoom(session: Session): Promise<boolean> {
    if (session !== main) return false;
    const compacted = await compactor.compact(session, "", true);
    if (compacted)
      session.emit({
        type: "notice",
        message: `Compacted ${compacted.messages} messages; in full: ${compacted.file}`,
      });
    return compacted !== undefined;
  }
}

interface Recovery {
  /** Takes one attempt of a kind; undefined if none is left. */
  spend: ReturnType<RecoveryState["begin"]>;
  effects: Effects;
  makeRoom(session: Session): Promise<boolean>;
}

/** Calls until there is a whole reply. Rejects with the last error where the kind has no remedy, or no attempt left. */
async function recover(
  request: ModelRequest,
  next: ModelCall,
  recovery: Recovery,
): Promise<Anthropic.Message> {
  const { session } = request;
  const written: Anthropic.ContentBlock[] = [];
  let wasCut = false;
  for (;;) {
    const { reply, error, partial } = await attempt(continued(request, written, wasCut), next);
    const trouble = reply ? classifyReply(reply) : classifyError(error);
    const whole = () =>
      ({ ...reply, content: joined([...written, ...(reply?.content ?? [])]) }) as Anthropic.Message;
    if (!trouble && reply) return whole();
    const number = trouble && !session.signal.aborted ? recovery.spend(trouble.kind) : undefined;
    if (!trouble || number === undefined) {
      if (reply) return whole();
      throw error;
    }
    session.emit({
      type: "extension",
      extension: "error-recovery",
      kind: trouble.kind,
      detail: { attempt: number, budget: BUDGET },
    });
    const pieces = reply ? usable(reply.content, trouble.kind === "paused") : partial;
    if (trouble.kind === "too_long") {
      if (!(await recovery.makeRoom(session))) {
        if (reply) return whole();
        throw error;
      }
      continue;
    }
    written.splice(0, written.length, ...joined([...written, ...pieces]));
    wasCut ||= pieces.length > 0 || trouble.kind === "cut_off";
    if (trouble.kind === "cut_off")
      session.emit({
        type: "notice",
        message: `${trouble.what}; going on where it stopped (${number} of ${BUDGET})`,
      });
    if (!reply) await wait(session, trouble, number, recovery.effects, error);
  }
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
    const partial = text.trim() === "" ? [] : [{ type: "text", text } as Anthropic.TextBlock];
    return { reply: undefined, error, partial };
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

/**
 * A refused prompt would be refused again with every prompt after it; so it is taken back, and what was written of the
 * answer with it. Tool results and notes of the harness stay.
 */
function afterRefusal(reply: Anthropic.Message, { messages }: Session): Anthropic.Message {
  const content = messages.at(-1)?.content;
  if (Array.isArray(content)) {
    const prompt = content.findLastIndex((block) => block.type === "text" && !/^<[a-z-]+>/.test(block.text));
    if (prompt !== -1) content.splice(prompt, 1);
    if (content.length === 0) messages.pop();
  }
  return { ...reply, content: [] };
}

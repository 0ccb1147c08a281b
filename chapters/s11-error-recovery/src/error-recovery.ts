// Error recovery as an extension: it wraps the model call and, depending on the kind of failure, calls again, continues
// the reply or makes room.
// Not covered: a subagent whose conversation is too long fails, and its parent is told what it has found so far.
import { setTimeout as delay } from "node:timers/promises";
import type Anthropic from "@anthropic-ai/sdk";
import {
  describeModelError,
  ORDER,
  streamReply,
  type Extension,
  type ModelCall,
  type Session,
  type Workspace,
} from "@course/runtime";
import { Compactor, ContextWindow } from "@course/s06-context-compaction";
import { recover, type Effects } from "./recover.ts";
import { RecoveryState } from "./recovery-state.ts";

const WINDOW_TOKENS = 200_000;
const REAL: Effects = { sleep: (ms, signal) => delay(ms, undefined, { signal }), random: Math.random };

export function errorRecovery(workspace: Workspace, effects: Effects = REAL): Extension {
  const state = new RecoveryState();
  const window = new ContextWindow(WINDOW_TOKENS);
  const compactor = new Compactor(workspace, window);
  let main: Session | undefined;

  const makeRoom = async (session: Session, error: unknown): Promise<boolean> => {
    if (session !== main) return false;
    learnWindow(window, error);
    return tryToCompact(compactor, session, summaryCall(state, effects));
  };

  return {
    name: "error-recovery",
    order: ORDER.recovery,
    commands: {
      recovery: {
        description: "shows what recovery did, and the attempts of each kind",
        run: () => state.render(),
      },
    },
    async wrapModelCall(request, next) {
      const isMain = request.session === main;
      if (isMain) window.noteRequest(request.params);
      const reply = await recover(request, next, { spend: state.begin(), effects, makeRoom });
      if (isMain) window.count(request.params, reply.usage);
      return reply.stop_reason === "refusal" ? afterRefusal(reply, request.session) : reply;
    },
    start(session, agent) {
      main = session;
      compactor.watch(session, agent);
    },
    stop() {
      if (main) compactor.close(main);
    },
  };
}

/** Whether there is more room now; what is in the way is said. */
async function tryToCompact(compactor: Compactor, session: Session, call: ModelCall): Promise<boolean> {
  try {
    const compacted = await compactor.compact(session, { force: true, call });
    if (compacted) session.notice(`Compacted ${compacted.messages} messages; in full: ${compacted.file}`);
    return compacted !== undefined;
  } catch (failure) {
    if (session.signal.aborted) return false;
    session.notice(
      `The conversation is too long, and the summary failed: ${describeModelError(failure, session.model)}`,
    );
    return false;
  }
}

/** The API's refusal often says how long the prompt was, and how long it may be. */
function learnWindow(window: ContextWindow, error: unknown): void {
  const found = /(\d+) tokens > (\d+) maximum/.exec(error instanceof Error ? error.message : "");
  if (found) window.learn(Number(found[1]), Number(found[2]));
}

/** The summary is a model call, too: it fails and recovers like others, in sight of the user. */
function summaryCall(state: RecoveryState, effects: Effects): ModelCall {
  return (request) =>
    recover(request, streamReply, { spend: state.begin(), effects, makeRoom: () => Promise.resolve(false) });
}

/**
 * A refused prompt that stayed would be refused again together with the next one. So it is taken back, with what was
 * written of the answer. After tool calls it stays, because they happened.
 */
function afterRefusal(reply: Anthropic.Message, session: Session): Anthropic.Message {
  session.takeBackPrompt();
  return { ...reply, content: [] };
}

// Error recovery as an extension: it wraps the model call, and calls again, goes on or makes room, by the kind of
// failure. The SDK's own retries are off, so that these are all there are.
// Not covered: a subagent's conversation that is too long fails; its parent is told what it has.
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
    try {
      const compacted = await compactor.compact(session, {
        force: true,
        call: summaryCall(state, effects),
      });
      if (compacted) session.notice(`Compacted ${compacted.messages} messages; in full: ${compacted.file}`);
      return compacted !== undefined;
    } catch (failure) {
      if (session.signal.aborted) return false;
      session.notice(
        `There is no room, and no summary to make some: ${describeModelError(failure, session.model)}`,
      );
      return false;
    }
  };

  return {
    name: "error-recovery",
    order: ORDER.recovery,
    commands: {
      recovery: { description: "shows what recovery did, and its budgets", run: () => state.render() },
    },
    async wrapModelCall(request, next) {
      const isMain = request.session === main;
      if (isMain) window.noteRequest(request.params);
      const remedies = { spend: state.begin(), effects, makeRoom };
      const reply = await recover(request, next, remedies);
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

/** A refusal of the API often says how long the prompt was, and how long it may be. */
function learnWindow(window: ContextWindow, error: unknown): void {
  const found = /(\d+) tokens > (\d+) maximum/.exec(error instanceof Error ? error.message : "");
  if (found) window.learn(Number(found[1]), Number(found[2]));
}

/** The summary is a model call as well: it fails and recovers like others, in sight of the user. */
function summaryCall(state: RecoveryState, effects: Effects): ModelCall {
  return (request) =>
    recover(request, streamReply, { spend: state.begin(), effects, makeRoom: () => Promise.resolve(false) });
}

/**
 * A refused prompt would be refused again with every prompt after it; so it is taken back, with what was written of the
 * answer. After tool calls it stays: they happened.
 */
function afterRefusal(reply: Anthropic.Message, session: Session): Anthropic.Message {
  session.takeBackPrompt();
  return { ...reply, content: [] };
}

// A run: from a prompt (or a wake) to the model's last word. Whatever goes wrong on the way
// is an outcome with one clear line, and the conversation can go on.
import type { Agent, StopReason } from "./agent.ts";
import { describeModelError } from "./model/model-error.ts";
import { runAgentLoop } from "./loop.ts";
import { textOf, type Session } from "./conversation/session.ts";

export interface RunOutcome {
  ending: "completed" | "interrupted" | "failed";
  /** The model's last text, or where the run failed, why. */
  answer: string;
  /** The API's stop reason, or max_turns, idle, interrupted, failed. */
  stopReason: string;
}

/** Never rejects. */
export async function run(agent: Agent, session: Session, prompt?: string): Promise<RunOutcome> {
  session.beginRun();
  const outcome = await attempt(agent, session, prompt);
  session.emit({ type: "run_ended", ...outcome });
  return outcome;
}

async function attempt(agent: Agent, session: Session, prompt: string | undefined): Promise<RunOutcome> {
  try {
    if (prompt !== undefined) session.addPrompt(prompt);
    const stopReason = await (agent.loop ?? runAgentLoop)(agent, session);
    const problem = describeStop(stopReason, agent);
    if (problem) session.emit({ type: "notice", message: problem });
    if (stopReason === "max_turns" || stopReason === "refusal")
      return { ending: "failed", answer: "", stopReason };
    return { ending: "completed", answer: lastAnswer(session), stopReason };
  } catch (error) {
    if (session.signal.aborted) {
      // Without a word about it, the next call would go on with what the user stopped.
      session.inject(
        "<interrupted>The user stopped this run. Do not go on with it unless asked to.</interrupted>",
      );
      return { ending: "interrupted", answer: "", stopReason: "interrupted" };
    }
    const message = describeModelError(error, session.model);
    session.emit({ type: "error", message, stack: error instanceof Error ? error.stack : undefined });
    return { ending: "failed", answer: message, stopReason: "failed" };
  }
}

/** What the user should know where the model did not simply finish. */
function describeStop(reason: StopReason, { maxTurns }: Agent): string | undefined {
  switch (reason) {
    case "max_turns":
      return `Stopped at the limit of model calls (${maxTurns}).`;
    case "max_tokens":
    case "model_context_window_exceeded":
      return `The reply was cut off (${reason}).`;
    case "refusal":
      return "The model refused this. Say it differently, or begin anew with /clear.";
    default:
      return undefined;
  }
}

function lastAnswer(session: Session): string {
  const last = session.messages.at(-1);
  return last?.role === "assistant" ? textOf(last.content) : "";
}

/** Runs until no extension is busy: for one-shot use, where nobody waits at a prompt. */
export async function runUntilIdle(agent: Agent, session: Session, prompt: string): Promise<RunOutcome> {
  const outcome = await run(agent, session, prompt);
  return outcome.ending === "completed" ? ((await settle(agent, session)) ?? outcome) : outcome;
}

/** Runs whenever something wakes the session, until no extension is busy. Returns the last outcome, if there was one. */
export async function settle(agent: Agent, session: Session): Promise<RunOutcome | undefined> {
  let outcome: RunOutcome | undefined;
  while (agent.extensions.some((extension) => extension.isBusy?.())) {
    await session.nextWake();
    if (session.signal.aborted) return { ending: "interrupted", answer: "", stopReason: "interrupted" };
    outcome = await run(agent, session);
    if (outcome.ending !== "completed") break;
  }
  return outcome;
}

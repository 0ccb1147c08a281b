// A run: from a prompt (or a wake) to the model's last word. Whatever goes wrong on the way
// is an outcome with one clear line, and the conversation can go on.
import { textOf } from "./conversation/message.ts";
import type { Session } from "./conversation/session.ts";
import { errorStack } from "./errors.ts";
import type { Agent, StopReason } from "./extension.ts";
import { runAgentLoop } from "./loop.ts";
import { describeModelError, isTooLong } from "./model/model-error.ts";
import { beforePrompt, beforeStop, isBusy } from "./seams.ts";

export interface RunOutcome {
  ending: "completed" | "interrupted" | "failed";
  /** The model's last text, or where the run failed, why. */
  answer: string;
  /** The API's stop reason, or max_turns, idle, interrupted, refused, failed. */
  stopReason: string;
}

/** Never rejects. */
export async function run(agent: Agent, session: Session, prompt?: string): Promise<RunOutcome> {
  session.beginRun();
  const outcome = await attempt(agent, session, prompt);
  // A loop of one's own may leave calls open; the API refuses every later request then.
  session.addResults([], "The run ended before this call was answered.");
  if (outcome.stopReason !== "idle") session.emit({ type: "run_ended", ...outcome });
  return outcome;
}

async function attempt(agent: Agent, session: Session, prompt: string | undefined): Promise<RunOutcome> {
  try {
    if (prompt !== undefined) {
      const refusal = await beforePrompt(agent, session, prompt);
      if (refusal !== undefined) return refused(session, refusal);
      session.addPrompt(prompt);
    }
    const loop = agent.loop ?? runAgentLoop;
    let stopReason = await loop(agent, session);
    while (stopReason === "end_turn" && (await beforeStop(agent, session)))
      stopReason = await loop(agent, session);
    const problem = describeStop(stopReason, agent);
    if (problem) session.notice(problem);
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
    let message = describeModelError(error, session.model);
    // It would be refused again with every prompt after it.
    if (isTooLong(error) && session.takeBackPrompt())
      message += " Your prompt was taken back: put what is long into a file, and name the file.";
    session.emit({ type: "error", message, stack: errorStack(error) });
    return { ending: "failed", answer: message, stopReason: "failed" };
  }
}

function refused(session: Session, reason: string): RunOutcome {
  session.notice(reason);
  return { ending: "failed", answer: reason, stopReason: "refused" };
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

/** How often somebody who is busy without a word is looked after. */
const LOOK_MS = 1_000;

/** Runs whenever something wakes the session, until no extension is busy. Returns the last outcome, if there was one. */
export async function settle(agent: Agent, session: Session): Promise<RunOutcome | undefined> {
  let outcome: RunOutcome | undefined;
  while (isBusy(agent)) {
    // What ended before anybody listened wakes nobody, so there is a look before the first wait.
    const next = await run(agent, session);
    if (next.stopReason !== "idle") outcome = next;
    if (next.ending !== "completed" || !isBusy(agent)) break;
    await wakeOrLook(agent, session);
    if (session.signal.aborted) return { ending: "interrupted", answer: "", stopReason: "interrupted" };
  }
  return outcome;
}

/** Waits for a wake, or until nobody is busy any more. Its timer keeps the program alive meanwhile. */
async function wakeOrLook(agent: Agent, session: Session): Promise<void> {
  const waiting = new AbortController();
  const look = setInterval(() => !isBusy(agent) && waiting.abort(), LOOK_MS);
  await session.nextWake(AbortSignal.any([waiting.signal, session.signal]));
  clearInterval(look);
}

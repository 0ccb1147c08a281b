// The agent loop: ask the model, run the tools it calls, write the results back, repeat.
// It is the same for every chapter from s02 on; mechanisms plug in as extensions.
import type { Session } from "./conversation/session.ts";
import type { Agent, StopReason } from "./extension.ts";
import { callModel } from "./model/call-model.ts";
import { beforeModel } from "./seams.ts";
import { runTools } from "./tools/run-tools.ts";

/** Runs until the model asks for no tool. Rejects where a model call fails; the conversation stays valid. */
export async function runAgentLoop(agent: Agent, session: Session): Promise<StopReason> {
  for (let turn = 0; turn < agent.maxTurns; turn++) {
    await beforeModel(agent, session);
    // A wake can arrive after its result was injected already: then there is nothing to answer.
    if (!session.hasNews) return "idle";
    const reply = await callModel(agent, session);
    const calls = session.addReply(reply);
    if (calls.length === 0) return reply.stop_reason ?? "end_turn";
    session.addResults(await runTools(agent, session, calls));
  }
  return "max_turns";
}

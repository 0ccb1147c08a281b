// The agent loop: ask the model, run the tools it calls, write the results back, repeat.
// It is the same for every chapter from s02 on; mechanisms plug in as extensions.
import type { Agent, StopReason } from "./agent.ts";
import { callModel } from "./model/call-model.ts";
import type { Session } from "./conversation/session.ts";
import { runTools } from "./tools/tool.ts";

/** Runs until the model asks for no tool. Rejects where a model call fails; the conversation stays valid. */
export async function runAgentLoop(agent: Agent, session: Session): Promise<StopReason> {
  for (let turn = 0; turn < agent.maxTurns; turn++) {
    for (const extension of agent.extensions) await extension.beforeModel?.(session);
    // Woken, but what woke us was already told: there is nothing for the model to answer.
    if (session.messages.at(-1)?.role !== "user") return "idle";
    const reply = await callModel(agent, session);
    if (reply.content.length > 0) session.messages.push({ role: "assistant", content: reply.content });
    if (reply.stop_reason !== "tool_use") return reply.stop_reason ?? "end_turn";
    session.messages.push({ role: "user", content: await runTools(agent, session, reply) });
  }
  return "max_turns";
}

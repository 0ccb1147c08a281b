// What there is without a loop: the model asks for a tool, and nothing happens.
import { callModel, type AgentLoop } from "@course/runtime";

export const callOnce: AgentLoop = async (agent, session) => {
  const reply = await callModel(agent, session);
  for (const block of reply.content) {
    if (block.type !== "tool_use") continue;
    const message = `The model asks for ${block.name} ${JSON.stringify(block.input)}. Nothing runs it: there is no loop.`;
    session.notice(message);
  }
  // A conversation with an unanswered call could not go on.
  session.clear();
  return reply.stop_reason ?? "end_turn";
};

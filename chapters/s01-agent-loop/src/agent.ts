// s01: one tool, and a loop of its own instead of the runtime's.
import type Anthropic from "@anthropic-ai/sdk";
import {
  bash,
  defineAgent,
  requestParams,
  runTool,
  type AgentLoop,
  type FlagValues,
  type Workspace,
} from "@course/runtime";
import { agentLoop, callOnce } from "@course/s01-agent-loop";

export const flags = { "no-loop": { description: "Call the model once, to see what the loop is for" } };

export const createAgent = (workspace: Workspace, values: FlagValues = {}) =>
  defineAgent({
    name: "s01",
    instructions: "You are a coding agent. Use bash to inspect and change the workspace. Be brief.",
    tools: [bash(workspace)],
    loop: values["no-loop"] ? callOnce : bareLoop,
  });

/** Ties the bare loop to the terminal: where it reports, and how a call is run. */
const bareLoop: AgentLoop = async (agent, session) => {
  const request = await requestParams(agent, session);
  // Only the session writes its messages, so the loop appends through it.
  return agentLoop(session.messages as Anthropic.MessageParam[], {
    client: await session.model.sdk(),
    request,
    maxTurns: agent.maxTurns,
    signal: session.signal,
    onCall: () => session.noteRequest({ ...request, messages: session.messages }),
    onText: (text) => session.emit({ type: "text", text }),
    onThinking: (text) => session.emit({ type: "thinking", text }),
    onReply: (reply) => session.countReply(reply, 0),
    append: (message) => session.append(message),
    runTool: (call) => runTool(agent, session, call),
  });
};

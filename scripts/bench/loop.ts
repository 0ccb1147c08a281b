// What the loop costs: a turn, and a turn late in a long conversation.
import type Anthropic from "@anthropic-ai/sdk";
import { type Agent, run, Session } from "@course/runtime";
import { requestParams } from "../../packages/runtime/src/model/call-model.ts";
import { median, ratios, timed, type Figure } from "./figure.ts";
import { newAgent, startInstantModel, stubbedModel, TURNS } from "./instant.ts";

export const loop: Figure = {
  name: "loop",
  question: "a turn of one tool call, against the SDK's messages.stream and the tool",
  aim: 0.9,
  unit: "ratio",
  async measure() {
    const agent = newAgent();
    const { model, stop } = await startInstantModel();
    const client = await model.sdk();
    const ours = () => timed(() => run(agent, new Session(model), "go"));
    const bare = async () => {
      const session = new Session(model);
      const request = await requestParams(agent, session);
      return timed(() => bareLoop(client, request, agent, session));
    };
    const result = await ratios(90, ours, bare);
    stop();
    return {
      values: result.values,
      context: `${(result.subject / TURNS).toFixed(2)} ms a turn, bare ${(result.limit / TURNS).toFixed(2)} ms`,
    };
  },
};

/** The least that the same conversation takes with the SDK's helper. */
async function bareLoop(
  client: Anthropic,
  request: Omit<Anthropic.MessageStreamParams, "messages">,
  agent: Agent,
  session: Session,
): Promise<void> {
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: [{ type: "text", text: "go" }] }];
  const tool = agent.tools.find(({ name }) => name === "read_file");
  for (;;) {
    const reply = await client.messages.stream({ ...request, messages }).finalMessage();
    messages.push({ role: "assistant", content: reply.content });
    const [block] = reply.content;
    if (block?.type !== "tool_use" || !tool) return;
    const { content } = await tool.run(block.input, {
      session,
      signal: session.signal,
      toolUseId: block.id,
    });
    messages.push({ role: "user", content: [{ type: "tool_result", tool_use_id: block.id, content }] });
  }
}

export const growth: Figure = {
  name: "growth",
  question: "a turn near turn 1,000, against one near turn 10, without the SDK",
  aim: 1.1,
  unit: "ratio",
  async measure() {
    const agent = newAgent(1_000);
    const values: number[] = [];
    let early = 0;
    let late = 0;
    for (let round = -1; round < 8; round++) {
      const starts: number[] = [];
      const session = new Session(stubbedModel(() => starts.push(performance.now())));
      await run(agent, session, "go");
      const times = starts.slice(1).map((start, index) => start - (starts[index] ?? start));
      if (times.length !== 999) throw new Error(`The run ended after ${starts.length} of 1,000 calls.`);
      if (round === -1) continue;
      early = median(times.slice(5, 55));
      late = median(times.slice(-50));
      values.push(late / early);
    }
    return { values, context: `${late.toFixed(3)} ms late, ${early.toFixed(3)} ms early` };
  },
};

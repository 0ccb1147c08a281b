// What the loop costs: a turn, and a turn late in a long conversation.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type Anthropic from "@anthropic-ai/sdk";
import {
  type Agent,
  baseTools,
  createModelClient,
  defineAgent,
  run,
  Session,
  Workspace,
  type ModelClient,
} from "@course/runtime";
import { temporaryFolder } from "@course/runtime/testing";
import { requestParams } from "../../packages/runtime/src/model/call-model.ts";
import { ROOT } from "../lib/chapters.ts";
import { median, ratios, timed, type Figure } from "./figure.ts";

const TURNS = 50;

function newAgent(maxTurns: number) {
  const workspace = new Workspace(temporaryFolder());
  writeFileSync(join(workspace.root, "a.txt"), "one line\n");
  return defineAgent({ name: "bench", instructions: "Be brief.", tools: baseTools(workspace), maxTurns });
}

export const loop: Figure = {
  name: "loop",
  question: "a turn of one tool call, against the bare SDK and the tool",
  aim: 1.05,
  unit: "ratio",
  async measure() {
    const args = [
      "--import",
      "tsx",
      join(import.meta.dirname, "instant-model.ts"),
      String(TURNS),
      '{"file_path":"a.txt"}',
    ];
    const server = spawn(process.execPath, args, { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
    const [line] = (await once(server.stdout, "data")) as [Buffer];
    const agent = newAgent(TURNS + 1);
    const model = createModelClient({
      env: { ANTHROPIC_BASE_URL: line.toString().trim(), ANTHROPIC_API_KEY: "x" },
    });
    const client = await model.sdk();
    const ours = () => timed(() => run(agent, new Session(model), "go"));
    const bare = async () => {
      const session = new Session(model);
      const request = await requestParams(agent, session);
      return timed(() => bareLoop(client, request, agent, session));
    };
    const result = await ratios(90, ours, bare);
    server.stdin.end();
    return {
      values: result.values,
      context: `${(result.subject / TURNS).toFixed(2)} ms a turn, bare ${(result.limit / TURNS).toFixed(2)} ms`,
    };
  },
};

/** The least that the same conversation takes. */
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
      if (round === -1) continue;
      early = median(times.slice(5, 55));
      late = median(times.slice(-50));
      values.push(late / early);
    }
    return { values, context: `${late.toFixed(3)} ms late, ${early.toFixed(3)} ms early` };
  },
};

/** A model that always asks for the same file, with no HTTP and no serialisation. */
function stubbedModel(onCall: () => void): ModelClient {
  let count = 0;
  const stream = () => {
    onCall();
    const message = {
      content: [
        { type: "tool_use", id: `toolu_${++count}`, name: "read_file", input: { file_path: "a.txt" } },
      ],
      stop_reason: "tool_use",
      usage: { input_tokens: 1, output_tokens: 1 },
    };
    const made = { on: () => made, finalMessage: () => Promise.resolve(message) };
    return made;
  };
  const sdk = { messages: { stream } } as unknown as Anthropic;
  return {
    id: "stub",
    endpoint: "none",
    reason: "",
    isOffline: true,
    sdk: () => Promise.resolve(sdk),
    close: () => Promise.resolve(),
  };
}

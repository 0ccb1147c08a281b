// An agent on the SDK alone: one tool and one loop. Paste it where you need one.
import { exec } from "node:child_process";
import { createInterface } from "node:readline/promises";
import Anthropic from "@anthropic-ai/sdk";

const client = new Anthropic(); // reads ANTHROPIC_API_KEY and ANTHROPIC_BASE_URL
const bash: Anthropic.Tool = {
  name: "bash",
  description: "Runs a shell command in the current folder and returns its output.",
  input_schema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
};
const CUT_OFF = ["max_tokens", "model_context_window_exceeded", "refusal"];

function run(command: string): Promise<string> {
  console.log(`● bash ${command}`);
  return new Promise((resolve) => {
    exec(command, { timeout: 120_000, maxBuffer: 10_000_000 }, (error, stdout, stderr) => {
      const ending = error ? `\n[${error.killed ? "ended" : `exit code ${error.code}`}]` : "";
      resolve(`${stdout}${stderr}`.slice(0, 50_000) + ending || "(no output)");
    });
  });
}

/** Appends to `messages` until the model asks for no tool. */
async function agentLoop(messages: Anthropic.MessageParam[]): Promise<void> {
  for (let turn = 0; turn < 100; turn++) {
    const reply = await client.messages.create({
      model: process.env["MODEL_ID"] ?? "claude-sonnet-5-5",
      max_tokens: 16_000,
      system: "You are a coding agent. Use bash to inspect and change the workspace. Be brief.",
      tools: [bash],
      messages,
    });
    for (const block of reply.content) if (block.type === "text") console.log(block.text);
    // A reply that was cut off may end in half a tool call; the API refuses that, and a message without content.
    if (CUT_OFF.includes(reply.stop_reason ?? "") || reply.content.length === 0) return;
    messages.push({ role: "assistant", content: reply.content });
    const calls = reply.content.filter((block) => block.type === "tool_use");
    if (calls.length === 0) return;
    const results: Anthropic.ToolResultBlockParam[] = [];
    for (const { id, input } of calls) {
      const content = await run(String((input as { command?: unknown }).command));
      results.push({ type: "tool_result", tool_use_id: id, content });
    }
    messages.push({ role: "user", content: results });
  }
}

async function main(): Promise<void> {
  const messages: Anthropic.MessageParam[] = [];
  console.log("Type a prompt; Ctrl-D leaves.");
  for await (const line of createInterface({ input: process.stdin })) {
    messages.push({ role: "user", content: line });
    await agentLoop(messages);
  }
}

void main();

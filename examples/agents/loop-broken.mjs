// loop.mjs with one fault, which a grader finds: it looks for calls, and not at the reason why the reply ended.
// Fails at it: npm run grade -- "node examples/agents/loop-broken.mjs" --stage loop
import { spawnSync } from "node:child_process";

const { ANTHROPIC_BASE_URL = "https://api.anthropic.com", ANTHROPIC_API_KEY = "", MODEL_ID } = process.env;
const MOST_CALLS = 50;
const bash = {
  name: "bash",
  description: "Runs a shell command and returns its output.",
  input_schema: { type: "object", properties: { command: { type: "string" } }, required: ["command"] },
};

async function ask(messages) {
  const response = await fetch(`${ANTHROPIC_BASE_URL}/v1/messages`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-api-key": ANTHROPIC_API_KEY,
      "anthropic-version": "2023-06-01",
    },
    body: JSON.stringify({
      model: MODEL_ID,
      max_tokens: 8000,
      system: "You are a coding agent. Be brief.",
      tools: [bash],
      messages,
    }),
  });
  const reply = await response.json();
  if (!response.ok) throw new Error(`${response.status}: ${reply.error?.message}`);
  return reply;
}

/** One tool_result for one call, whatever goes wrong. */
function run({ id, name, input }) {
  const result = { type: "tool_result", tool_use_id: id };
  if (name !== bash.name || typeof input.command !== "string")
    return { ...result, content: "Error: call bash with a command.", is_error: true };
  const done = spawnSync(input.command, { shell: true, encoding: "utf8", timeout: 120_000 });
  const output = `${done.stdout}${done.stderr}`.slice(-20_000);
  return { ...result, content: `${output}[exit code ${done.status}]` };
}

async function main(prompt) {
  const messages = [{ role: "user", content: prompt }];
  for (let call = 0; call < MOST_CALLS; call++) {
    const { content } = await ask(messages);
    messages.push({ role: "assistant", content });
    const calls = content.filter(({ type }) => type === "tool_use");
    if (calls.length === 0)
      return console.log(content.flatMap(({ type, text }) => (type === "text" ? [text] : [])).join(""));
    messages.push({ role: "user", content: calls.map(run) });
  }
  throw new Error(`Stopped after ${MOST_CALLS} calls of the model.`);
}

await main(process.argv[2] ?? "").catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});

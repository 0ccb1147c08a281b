// An agent that passes every stage, and with --break NAME one that has a single fault. Plain JavaScript, so that a run
// costs a twentieth of a second.
import { setTimeout as delay } from "node:timers/promises";
import { breaks, prompt } from "./arguments.mjs";
import { endTasks, nextEnded, runTool, taskCount, tools } from "./tools.mjs";

const MOST_CALLS = 100;
const MOST_TRIES = 5;
const { ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY, MODEL_ID } = process.env;
const user = (content) => ({ role: "user", content });
const first = user([{ type: "text", text: prompt }]);
let messages = [first];
let printed = "";
let count = 0;

const isThought = ({ type }) => type.endsWith("thinking");

async function post() {
  count += 1;
  const response = await fetch(`${ANTHROPIC_BASE_URL}/v1/messages`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-api-key": ANTHROPIC_API_KEY,
      "anthropic-version": "2023-06-01",
    },
    body: JSON.stringify({
      model: MODEL_ID,
      max_tokens: 2000,
      system: `You are an agent.${breaks("prefix") ? ` Call ${count}.` : ""}`,
      tools,
      messages,
    }),
  });
  const body = await response.json();
  const after = breaks("no-wait") ? 0 : Number(response.headers.get("retry-after") ?? 0);
  if (!response.ok) throw Object.assign(new Error(body.error.message), { status: response.status, after });
  return body;
}

function isPassing({ status }) {
  if (status === undefined) return !breaks("drop");
  if (status === 529) return !breaks("529");
  if (status === 500) return !breaks("500");
  return status === 429 || (status === 401 && breaks("401-again"));
}

async function ask() {
  for (let tries = 1; ; tries++) {
    try {
      return await post();
    } catch (error) {
      if (/too long/.test(error.message) && makeRoom()) continue;
      if (!isPassing(error) || (tries >= MOST_TRIES && !breaks("never-gives-up"))) throw error;
      await delay(Math.max(20, error.after * 1000));
    }
  }
}

/** Leaves the prompt and the last round, without its thoughts. False if that is all there is. */
function makeRoom() {
  if (breaks("no-room")) return false;
  if (breaks("same-again") && count % 2 === 1) return true;
  if (messages.length <= 3) return breaks("endless");
  const [reply, results] = messages.slice(-2);
  const content = breaks("keeps-thoughts")
    ? reply.content
    : reply.content.filter((block) => !isThought(block));
  if (breaks("orphan")) messages = [first, results];
  else if (breaks("lost-goal")) messages = [user("Go on."), { ...reply, content }, results];
  else if (breaks("lost-result")) {
    const empty = results.content.map((block) => ({ ...block, content: "" }));
    messages = [first, { ...reply, content }, user(empty)];
  } else messages = [first, { ...reply, content }, results];
  return true;
}

/** What of a reply goes back. */
function kept({ content }, isCutOff) {
  const whole = isCutOff ? content.filter(({ type }) => type !== "tool_use") : content;
  if (breaks("some-thoughts") && messages.length > 1) return whole.filter((block) => !isThought(block));
  if (breaks("moves-thoughts"))
    return [...whole.filter(isThought), ...whole.filter((block) => !isThought(block))];
  if (breaks("drops-redacted")) return whole.filter(({ type }) => type !== "redacted_thinking");
  if (breaks("changes-thoughts"))
    return whole.map((block) => (isThought(block) ? { ...block, thinking: "changed" } : block));
  return whole;
}

const textOf = (content) => content.flatMap(({ type, text }) => (type === "text" ? [text] : [])).join("");

/** Whether the run goes on. */
async function take(reply) {
  const isCutOff = reply.stop_reason === "max_tokens" && !breaks("runs-cut-off");
  const content = kept(reply, isCutOff);
  const calls = content.filter(({ type }) => type === "tool_use");
  if (calls.length === 0) printed += textOf(content);
  const maySend = textOf(content).trim() !== "" || calls.length > 0 || breaks("sends-thought");
  if (maySend) messages.push({ role: "assistant", content });
  if (isCutOff && maySend && !breaks("cut-off")) return messages.push(user("Go on where you stopped."));
  if (breaks("only-end-turn") && calls.length === 0 && reply.stop_reason !== "end_turn")
    return messages.push(user([]));
  if (calls.length === 0) return afterLastWords();
  const results = [];
  for (const call of calls) results.push(await runTool(call));
  if (breaks("one-each")) for (const result of results) messages.push(user([result]));
  else if (breaks("text-first")) messages.push(user([{ type: "text", text: "Here:" }, ...results]));
  else messages.push(user(breaks("reversed") ? results.reverse() : results));
  return true;
}

async function afterLastWords() {
  if (breaks("asks-on") && count < 5) return messages.push(user("Anything else?"));
  if (breaks("leaves") || taskCount() === 0) return false;
  const told = await nextEnded();
  if (told === "") return false;
  return messages.push(user(breaks("tells-twice") ? `${told}\n${told}` : told));
}

process.on("SIGINT", () => {
  if (!breaks("leaves-at-sigint")) endTasks();
  process.exit(130);
});
try {
  for (let call = 0; call < MOST_CALLS || breaks("no-limit"); call++) if (!(await take(await ask()))) break;
  if (!breaks("silent")) console.log(printed);
} catch (error) {
  if (!breaks("401-silent")) console.error(`${error.status ?? ""} ${error.message}`);
  process.exitCode = 1;
} finally {
  if (!breaks("leaves")) endTasks();
  process.exit();
}

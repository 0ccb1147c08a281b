// What an endpoint may leave out: the cache, count_tokens, and tools that are loaded later.
import type Anthropic from "@anthropic-ai/sdk";
import { promptTokens, traitsOf, turnUsage } from "../../packages/runtime/src/index.ts";
import type { Check, Effect, Status } from "./check.ts";
import type { Endpoint, Request } from "./endpoint.ts";
import { isRefusal, wordsOf } from "./failures.ts";
import { READ_FILE } from "./read-files.ts";

/** About 2,300 tokens: many models cache from 1,024 on, some only from 4,096, which this does not reach. */
const LONG_TEXT = Array.from({ length: 240 }, (_, line) => `Line ${line} of a text that is sent twice.`).join(
  "\n",
);

/** The same long prompt twice, marked as the chapters mark theirs: the second should come from the cache. */
export async function checkCaching(endpoint: Endpoint): Promise<Check> {
  const request: Request = {
    max_tokens: 1_000,
    system: LONG_TEXT,
    messages: [{ role: "user", content: "Hello" }],
    cache_control: { type: "ephemeral" },
  };
  try {
    const first = turnUsage((await endpoint.send(request)).usage);
    const second = turnUsage((await endpoint.send(request)).usage);
    if (second.cacheRead > 0)
      return {
        name: "caching",
        status: "ok",
        found: `Prompts are cached: ${second.cacheRead} of ${promptTokens(second)} tokens were read from the cache`,
      };
    const isWritten = first.cacheWrite + second.cacheWrite > 0;
    return {
      name: "caching",
      status: "warning",
      found: isWritten ? "Prompts are written to a cache, but not read" : "The usage names no cached tokens",
      next: "Nothing to mend: each call may cost its whole prompt. Some models cache from 4,096 tokens on.",
    };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return {
      name: "caching",
      status: "failed",
      found: `cache_control is refused (${wordsOf(error, endpoint.secrets)})`,
      next: "Take another endpoint: the chapters mark their prompts with it.",
    };
  }
}

export async function checkCounting(endpoint: Endpoint): Promise<Check> {
  try {
    const count = await endpoint.countTokens({ messages: [{ role: "user", content: "Hello" }] });
    return { name: "count_tokens", status: "ok", found: `count_tokens counts: ${count} for a short prompt` };
  } catch (error) {
    return {
      name: "count_tokens",
      status: "warning",
      found: `There is no count_tokens (${wordsOf(error, endpoint.secrets)})`,
      next: "Nothing to mend: no chapter needs it.",
    };
  }
}

/** Long enough to show in the usage where it counts as part of the prompt. */
const LATER: Anthropic.Tool = {
  ...READ_FILE,
  name: "read_later",
  description: LONG_TEXT,
  defer_loading: true,
};
const MUCH = 1_000;

const LOADS_ALL: readonly Effect[] = [
  { chapters: ["s19", "full"], stops: false, missing: "all tools are loaded at the start" },
];
const REFUSED: readonly Effect[] = [
  { chapters: ["s19"], stops: true, missing: "tools of MCP servers are deferred, which is refused" },
  { chapters: ["full"], stops: false, missing: "no tools of MCP servers" },
];

/** A tool that stays out of the prompt, then one that a result loads. */
export async function checkDeferring(endpoint: Endpoint): Promise<Check> {
  const { id } = endpoint.model;
  const { deferLoading } = traitsOf(id);
  const check = (status: Status, found: string, effects: readonly Effect[] = []): Check => ({
    name: "defer_loading",
    status,
    found,
    ...(status !== "ok" && { next: "Nothing to mend.", effects }),
  });
  try {
    const { usage } = await endpoint.send(deferred([]));
    await endpoint.send(deferred(loaded()));
    const tokens = promptTokens(turnUsage(usage));
    if (tokens > MUCH)
      return check(
        "warning",
        "defer_loading is taken, but the tool is in the prompt all the same",
        LOADS_ALL,
      );
    const found =
      tokens === 0
        ? "defer_loading is taken; without usage nobody knows what it does"
        : "defer_loading keeps a tool out of the prompt until a result loads it";
    if (!deferLoading) return check("warning", `${found}. The chapters do not ask ${id} for it`, LOADS_ALL);
    return check(tokens === 0 ? "warning" : "ok", found);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const found = `defer_loading is refused (${wordsOf(error, endpoint.secrets)})`;
    if (!deferLoading) return check("warning", found, LOADS_ALL);
    return {
      ...check("failed", found, REFUSED),
      next: "Set MODEL_ID to another name of this model, if it has one: tools are deferred for Claude's names alone.",
    };
  }
}

function deferred(more: Anthropic.MessageParam[]): Request {
  const messages: Anthropic.MessageParam[] = [
    { role: "user", content: "Load the tool read_later." },
    ...more,
  ];
  return { max_tokens: 1_000, tools: [READ_FILE, LATER], messages };
}

/** A call whose result loads the tool. */
function loaded(): Anthropic.MessageParam[] {
  const id = "toolu_doctor_1";
  return [
    {
      role: "assistant",
      content: [{ type: "tool_use", id, name: READ_FILE.name, input: { file_path: "read_later" } }],
    },
    {
      role: "user",
      content: [
        {
          type: "tool_result",
          tool_use_id: id,
          content: [{ type: "tool_reference", tool_name: LATER.name }],
        },
      ],
    },
  ];
}

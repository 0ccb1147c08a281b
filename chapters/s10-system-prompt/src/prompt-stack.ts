// What a request begins with, as a stack: tools, system prompt, first message; each part with its owner, its tokens
// (estimated, four characters each) and whether the last call read it from the cache.
import {
  blocksOf,
  promptTokens,
  type Agent,
  type Message,
  type PromptSection,
  type UsageTotals,
} from "@course/runtime";
import type Anthropic from "@anthropic-ai/sdk";

const CHARACTERS_PER_TOKEN = 4;
/** Of the price of an input token (https://platform.claude.com/docs/en/build-with-claude/prompt-caching). */
const PRICE = { read: 0.1, write: 1.25 };

/** A part of the request, in the order in which the API caches it. */
export interface PromptPart {
  place: "tools" | "system" | "first message";
  name: string;
  owner: string;
  text: string;
}

export function partsOf(
  agent: Agent,
  tools: readonly Anthropic.ToolUnion[],
  sections: readonly PromptSection[],
  messages: readonly Message[],
): PromptPart[] {
  const [first] = messages;
  return [
    // A deferred tool is not in the prompt; the API adds it at the end once it is loaded (s19).
    ...tools.flatMap((tool): PromptPart | [] => {
      if ("defer_loading" in tool && tool.defer_loading) return [];
      const name = "name" in tool ? tool.name : "";
      return { place: "tools", name, owner: ownerOf(agent, name), text: JSON.stringify(tool) };
    }),
    ...sections.map(({ owner, text }, index): PromptPart => {
      return { place: "system", name: index === 0 ? "identity" : owner, owner, text };
    }),
    ...(first?.role === "user" ? blocksOf(first) : []).flatMap((block) => {
      if (block.type !== "text") return [];
      // What the harness injects is in a tag; the rest is the user's words.
      const tag = /^<([a-z-]+)>/.exec(block.text)?.[1];
      const part = { place: "first message" as const, text: block.text };
      return [{ ...part, name: tag ?? "your prompt", owner: tag ?? "you" }];
    }),
  ];
}

function ownerOf(agent: Agent, tool: string): string {
  const owner = agent.extensions.find(({ tools = [] }) =>
    (typeof tools === "function" ? tools() : tools).some(({ name }) => name === tool),
  );
  return owner?.name ?? agent.name;
}

export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** The stack, and below it what the cache saved. */
export function renderStack(parts: readonly PromptPart[], usage: UsageTotals, columns = 80): string {
  const width = Math.min(22, Math.max(8, Math.floor((columns - 32) / 2)));
  const cell = (text: string) => text.slice(0, width - 1).padEnd(width);
  const read = usage.last?.cacheRead ?? 0;
  let end = 0;
  const rows = parts.map(({ place, name, owner, text }, index) => {
    end += tokensOf(text);
    const label = parts[index - 1]?.place === place ? "" : place;
    const cached = usage.last ? (end <= read ? "cached" : "") : "";
    const tokens = `~${tokensOf(text).toLocaleString("en")}`;
    return `│ ${label.padEnd(14)}${cell(name)}${cell(owner)}${tokens.padStart(7)} ${cached.padEnd(7)}│`;
  });
  const line = "─".repeat(30 + 2 * width);
  const head = `│ ${"".padEnd(14)}${cell("section")}${cell("owner")}${"tokens".padStart(7)} ${"".padEnd(7)}│`;
  return [`┌${line}┐`, head, ...rows, `└${line}┘`, renderSavings(usage)].join("\n");
}

/** What was billed, counted in full-price input tokens, against what it would have been without the cache. */
function renderSavings({ total, turns }: Pick<UsageTotals, "total" | "turns">): string {
  const whole = promptTokens(total);
  if (whole === 0) return "Nothing was sent yet.";
  const billed = Math.round(total.input + total.cacheRead * PRICE.read + total.cacheWrite * PRICE.write);
  const share = Math.round((1 - billed / whole) * 100);
  const numbers = [whole, total.cacheRead, billed].map((tokens) => tokens.toLocaleString("en"));
  return `${turns} ${turns === 1 ? "call" : "calls"} sent ${numbers[0]} tokens, ${numbers[1]} of them from the cache: billed as ${numbers[2]} (${share < 0 ? `${-share}% more` : `${share}% less`}).`;
}

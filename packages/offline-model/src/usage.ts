// Token counts (estimated: four characters a token) and prompt-cache accounting by the
// API's rules (https://platform.claude.com/docs/en/build-with-claude/prompt-caching):
// a cache entry is a prefix that ends at a breakpoint, a breakpoint also hits entries up
// to 20 blocks before it, and a prefix under the minimum length is not cached.
// Not covered: one-hour entries are kept five minutes like all others.
import { createHash } from "node:crypto";
import { invalid } from "./api-error.ts";
import type { MessageRequest, Part } from "./reply.ts";

const CHARACTERS_PER_TOKEN = 4;
const MINIMUM_TOKENS = 512;
const LOOKBACK_BLOCKS = 20;
const MAXIMUM_BREAKPOINTS = 4;
const LIFETIME_MS = 5 * 60_000;

export interface InputUsage {
  input_tokens: number;
  cache_read_input_tokens: number;
  cache_creation_input_tokens: number;
}

interface PrefixBlock {
  text: string;
  tokens: number;
  breakpoint: boolean;
}

function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

export function outputTokens(parts: readonly Part[]): number {
  return Math.max(
    1,
    estimateTokens(parts.map((part) => ("text" in part ? part.text : JSON.stringify(part))).join("")),
  );
}

export function inputTokens(request: MessageRequest): number {
  return prefixBlocks(request).reduce((sum, block) => sum + block.tokens, 0);
}

/** An image counts by its size in pixels, not by its bytes: about this much. */
const IMAGE_TOKENS = 1_600;

function measured(value: object): { text: string; tokens: number } {
  const text = JSON.stringify(value);
  if (!text.includes('"type":"image"')) return { text, tokens: estimateTokens(text) };
  let images = 0;
  const rest = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== "object" || inner === null || !("type" in inner) || inner.type !== "image")
      return inner;
    images += 1;
    return "";
  });
  return { text, tokens: estimateTokens(rest) + images * IMAGE_TOKENS };
}

/** The prompt in the order in which the API caches it: tools, system, messages. */
function prefixBlocks(request: MessageRequest): PrefixBlock[] {
  const blocks: PrefixBlock[] = [];
  const add = (value: object) => {
    const { cache_control: mark, ...rest } = value as { cache_control?: unknown };
    blocks.push({ ...measured(rest), breakpoint: Boolean(mark) });
  };
  // Deferred tools stand outside of the prompt.
  for (const tool of request.tools ?? []) if (!tool.defer_loading) add(tool);
  const system =
    typeof request.system === "string" ? [{ type: "text", text: request.system }] : (request.system ?? []);
  for (const block of system) add(block);
  for (const { role, content } of request.messages) {
    if (typeof content === "string") add({ role, type: "text", text: content });
    else for (const block of content) add({ role, ...block });
  }
  const last = blocks.at(-1);
  if (request.cache_control && last) last.breakpoint = true;
  return blocks;
}

export class PromptCache {
  readonly #expiry = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** Counts a request's input and stores the prefixes that its breakpoints mark. */
  account(request: MessageRequest): InputUsage {
    const hash = createHash("sha256").update(request.model);
    let total = 0;
    const prefixes = prefixBlocks(request).map(({ text, tokens, breakpoint }) => {
      total += tokens;
      return {
        key: hash.update(`${text.length}:${text}`).copy().digest("base64"),
        tokens: total,
        breakpoint,
      };
    });
    const marked = prefixes.flatMap((prefix, index) => (prefix.breakpoint ? [index] : []));
    if (marked.length > MAXIMUM_BREAKPOINTS) {
      throw invalid(
        `A maximum of ${MAXIMUM_BREAKPOINTS} blocks with cache_control may be provided. Found ${marked.length}.`,
      );
    }
    let read = 0;
    let written = 0;
    for (const index of marked) {
      const window = prefixes.slice(Math.max(0, index - LOOKBACK_BLOCKS), index + 1);
      for (const { key, tokens } of window) {
        if ((this.#expiry.get(key) ?? 0) <= this.#now()) continue;
        this.#expiry.set(key, this.#now() + LIFETIME_MS);
        read = Math.max(read, tokens);
      }
    }
    for (const { key, tokens } of marked
      .map((index) => prefixes[index])
      .filter((prefix) => prefix !== undefined)) {
      if (tokens < MINIMUM_TOKENS) continue;
      this.#expiry.set(key, this.#now() + LIFETIME_MS);
      written = Math.max(written, tokens - read);
    }
    return {
      input_tokens: total - read - written,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: written,
    };
  }
}

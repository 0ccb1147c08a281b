// Thinking is bound to what stands before it: its signature covers system, tools, and every block so far
// (https://platform.claude.com/docs/en/build-with-claude/preserved-thinking/prefix-checks). Cache markers do not
// count, nor do deferred tools. A block of another model is passed over without a word.
// Not covered: the account that a block is bound to; redacted thinking, which this model never writes.
import { createHash, createHmac } from "node:crypto";
import type Anthropic from "@anthropic-ai/sdk";
import { invalid } from "./api-error.ts";
import { rulesOf } from "./models.ts";
import type { MessageRequest } from "./reply.ts";

/** Not a secret: it keeps signatures valid when the server is started anew. */
const KEY = "offline-model";

/** The prefix so far, as a hash that grows block by block. */
class Prefix {
  readonly #hash = createHash("sha256");

  constructor({ system, tools = [] }: MessageRequest) {
    for (const tool of tools) if (!tool.defer_loading) this.add("tool", tool);
    const blocks = typeof system === "string" ? [{ type: "text", text: system }] : (system ?? []);
    for (const block of blocks) this.add("system", block);
  }

  add(role: string, block: object): void {
    const text = JSON.stringify(block, (key, value: unknown) =>
      key === "cache_control" || key === "caller" || value === null ? undefined : ordered(value),
    );
    this.#hash.update(`${role} ${text.length} ${text}`);
  }

  get digest(): string {
    return this.#hash.copy().digest("base64url").slice(0, 22);
  }
}

/** An object means the same in whatever order its fields come: in other languages they are not kept as they came. */
function ordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Binding {
  model: string;
  prefix: string;
  text: string;
}

/** Makes the signatures of a reply to this request, block by block: `add` each block of the reply in its order. */
export function signer(request: MessageRequest) {
  const prefix = new Prefix(request);
  for (const message of request.messages)
    for (const block of blocksOf(message)) prefix.add(message.role, block);
  return {
    sign: (text: string) => encode({ model: request.model, prefix: prefix.digest, text: shortHash(text) }),
    add: (block: Anthropic.ContentBlock) => prefix.add("assistant", block),
  };
}

/** Refuses thinking whose prefix was changed, or that was changed itself. Throws ApiError. */
export function checkThinking(request: MessageRequest): void {
  const { model, thinking, messages } = request;
  if (!rulesOf(model).binds) return;
  const prefix = new Prefix(request);
  const drops = JSON.stringify(thinking ?? {}).includes('"prefix_mismatch_behavior":"drop_block"');
  for (const [index, message] of messages.entries()) {
    for (const [at, block] of blocksOf(message).entries()) {
      if (block.type === "thinking" && message.role === "assistant" && !drops)
        checkBlock(block, prefix.digest, model, `messages.${index}.content.${at}`);
      prefix.add(message.role, block);
    }
  }
}

function checkBlock(block: Anthropic.ThinkingBlockParam, prefix: string, model: string, place: string): void {
  const binding = decode(block.signature);
  if (!binding) throw invalid(`${place}: Invalid \`signature\` in \`thinking\` block`);
  if (binding.model !== model) return;
  if (binding.prefix !== prefix)
    throw invalid(
      `${place}: Invalid \`signature\` in \`thinking\` block. The block is bound to a different conversation. Remove the block, or set \`thinking.block_binding.prefix_mismatch_behavior\` to "drop_block".`,
    );
  if (binding.text !== shortHash(block.thinking))
    throw invalid(
      `${place}: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.`,
    );
}

function blocksOf({ content }: Anthropic.MessageParam): Anthropic.ContentBlockParam[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 12);
}

function encode(binding: Binding): string {
  const body = Buffer.from(JSON.stringify(binding)).toString("base64url");
  return `${body}.${createHmac("sha256", KEY).update(body).digest("base64url").slice(0, 16)}`;
}

function decode(signature: unknown): Binding | undefined {
  const [body = "", mac] = String(signature).split(".");
  if (createHmac("sha256", KEY).update(body).digest("base64url").slice(0, 16) !== mac) return undefined;
  return JSON.parse(Buffer.from(body, "base64url").toString()) as Binding;
}

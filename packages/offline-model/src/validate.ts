// Refuses what the real API refuses, with its status, error type and wording, so that a
// conversation that works here is one that works there. The rules are those of
// https://platform.claude.com/docs/en/api/messages and of
// https://platform.claude.com/docs/en/build-with-claude/tool-use; the wording was seen, not published.
// Not covered: server tools, images and documents are let through unread.
import type Anthropic from "@anthropic-ai/sdk";
import { ApiError, invalid } from "./api-error.ts";
import { checkModel, checkModelFields } from "./models.ts";
import type { MessageRequest } from "./reply.ts";
import { checkThinking } from "./thinking.ts";
import { checkReferences, checkTools } from "./validate-tools.ts";

const CALL_ID = /^[a-zA-Z0-9_-]+$/;
const CALL_NAME = /^[a-zA-Z0-9_-]{1,200}$/;
const VERSIONS = ["2026-10-21", "2023-06-01"];
/** Sampling parameters are gone from 2026-10-21 on. */
const GONE = ["temperature", "top_p", "top_k"];
const FIELDS = new Set([
  ..."model messages max_tokens system tools tool_choice stream stop_sequences metadata".split(" "),
  ..."cache_control container diagnostics inference_geo output_config service_tier speed".split(" "),
  ..."thinking user_profile_id workspace_id betas context_management mcp_servers output_format".split(" "),
  ...GONE,
]);

export function checkHeaders(headers: NodeJS.Dict<string | string[]>): string {
  const bearer = /^Bearer (\S+)$/.exec(String(headers["authorization"] ?? ""))?.[1];
  if (!bearer && !headers["x-api-key"]) throw new ApiError(401, "x-api-key header is required");
  const version = headers["anthropic-version"];
  if (typeof version !== "string") throw invalid("anthropic-version: header is required");
  if (!VERSIONS.includes(version)) throw invalid(`anthropic-version: "${version}" is not a valid version`);
  return version;
}

/** Returns the body as a request, or throws the ApiError that the real API would answer with. */
export function checkRequest(body: unknown, version: string, counting = false): MessageRequest {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw invalid("The request body is not a valid JSON object.");
  }
  for (const field of Object.keys(body)) {
    if (!FIELDS.has(field) || (GONE.includes(field) && version !== "2023-06-01")) {
      throw invalid(`${field}: Extra inputs are not permitted`);
    }
  }
  const request = body as MessageRequest;
  if (typeof request.model !== "string" || request.model === "") throw invalid("model: Field required");
  if (!Array.isArray(request.messages)) throw invalid("messages: Input should be a valid list");
  if (request.tools !== undefined && !Array.isArray(request.tools))
    throw invalid("tools: Input should be a valid list");
  if (!counting) checkMaxTokens(request.max_tokens);
  checkModel(request.model);
  checkModelFields(request);
  checkTools(request.tools ?? []);
  if (typeof request.system !== "string") checkText("system", request.system ?? []);
  checkMessages(request.messages);
  checkReferences(request);
  checkThinking(request);
  return request;
}

function checkMaxTokens(value: unknown): void {
  if (value === undefined) throw invalid("max_tokens: Field required");
  if (!Number.isInteger(value)) throw invalid("max_tokens: Input should be a valid integer");
  if (Number(value) < 1) throw invalid("max_tokens: Input should be greater than or equal to 1");
}

function checkText(where: string, blocks: readonly { type: string }[]): void {
  for (const block of blocks as readonly { type: string; text?: unknown }[]) {
    if (block.type !== "text") continue;
    if (typeof block.text !== "string") throw invalid(`${where}: text.text: Field required`);
    if (block.text === "") throw invalid(`${where}: text content blocks must be non-empty`);
    if (block.text.trim() === "")
      throw invalid(`${where}: text content blocks must contain non-whitespace text`);
  }
}

function blocksOf(message: Anthropic.MessageParam): Anthropic.ContentBlockParam[] {
  const { content } = message;
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content;
}

function checkShape(message: unknown, index: number): void {
  if (typeof message !== "object" || message === null) {
    throw invalid(`messages.${index}: Input should be a valid dictionary`);
  }
  const { role, content } = message as { role?: unknown; content?: unknown };
  if (role !== "user" && role !== "assistant" && role !== "system") {
    throw invalid(`messages.${index}.role: Input should be 'user', 'assistant' or 'system'`);
  }
  if (typeof content !== "string" && !Array.isArray(content)) {
    throw invalid(`messages.${index}.content: Input should be a valid list`);
  }
  if (content.length === 0) throw invalid(`messages.${index}: all messages must have non-empty content`);
  if (Array.isArray(content) && content.some((block) => typeof block !== "object" || block === null)) {
    throw invalid(`messages.${index}.content: Input should be a valid dictionary`);
  }
}

function checkMessages(messages: Anthropic.MessageParam[]): void {
  if (messages.length === 0) throw invalid("messages: at least one message is required");
  const seen = new Set<string>();
  messages.forEach(checkShape);
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message);
    checkText("messages", blocks);
    checkPairs(index, blocks, messages[index - 1], messages[index + 1]);
    for (const [at, block] of blocks.entries()) {
      if (block.type !== "tool_use") continue;
      checkCall(block, `messages.${index}.content.${at}.tool_use`);
      if (seen.has(block.id))
        throw invalid(`messages.${index}.content.${at}: \`tool_use\` ids must be unique`);
      seen.add(block.id);
    }
  }
  if (messages.find((message) => message.role !== "system")?.role !== "user") {
    throw invalid('messages: first message must use the "user" role');
  }
  checkLastThought(messages);
  checkSystemMessages(messages);
  if (messages.at(-1)?.role === "assistant") {
    throw invalid(
      "This model does not support assistant message prefill. The conversation must end with a user message.",
    );
  }
}

function checkCall({ id, name, input }: Anthropic.ToolUseBlockParam, place: string): void {
  if (!CALL_ID.test(String(id))) throw invalid(`${place}.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  if (!CALL_NAME.test(String(name)))
    throw invalid(`${place}.name: String should match pattern '^[a-zA-Z0-9_-]{1,200}$'`);
  if (typeof input !== "object" || input === null || Array.isArray(input))
    throw invalid(`${place}.input: Input should be a valid dictionary`);
}

function checkLastThought(messages: Anthropic.MessageParam[]): void {
  const index = messages.findLastIndex(({ role }) => role === "assistant");
  const message = messages[index];
  const last = message && blocksOf(message).at(-1);
  if (last?.type === "thinking" || last?.type === "redacted_thinking")
    throw invalid(`messages.${index}: The final block in an assistant message cannot be \`thinking\`.`);
}

/** A system message stands after a user's turn, results included, and never first. */
function checkSystemMessages(messages: Anthropic.MessageParam[]): void {
  for (const [index, { role }] of messages.entries())
    if (role === "system" && messages[index - 1]?.role !== "user")
      throw invalid(`messages.${index}: a "system" message must follow a "user" message.`);
}

function idsOf(type: "tool_use" | "tool_result", message: Anthropic.MessageParam | undefined): string[] {
  if (!message) return [];
  return blocksOf(message).flatMap((block) => {
    if (block.type === "tool_use" && type === "tool_use") return [block.id];
    if (block.type === "tool_result" && type === "tool_result") return [block.tool_use_id];
    return [];
  });
}

function checkPairs(
  index: number,
  blocks: Anthropic.ContentBlockParam[],
  previous: Anthropic.MessageParam | undefined,
  next: Anthropic.MessageParam | undefined,
): void {
  const asked = previous?.role === "assistant" ? idsOf("tool_use", previous) : [];
  const answered = new Set<string>();
  let textSeen = false;
  for (const [at, block] of blocks.entries()) {
    if (block.type !== "tool_result") {
      textSeen = true;
      continue;
    }
    if (!asked.includes(block.tool_use_id)) {
      throw invalid(
        `messages.${index}.content.${at}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${block.tool_use_id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
      );
    }
    if (answered.has(block.tool_use_id)) {
      throw invalid(
        `messages.${index}.content.${at}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${block.tool_use_id}`,
      );
    }
    if (textSeen) throw missingResults(index - 1, [block.tool_use_id]);
    answered.add(block.tool_use_id);
    if (Array.isArray(block.content)) checkText("messages", block.content);
    if (block.is_error) checkFailure(block, `messages.${index}.content.${at}.tool_result`);
  }
  const calls = idsOf("tool_use", { role: "assistant", content: blocks });
  const results = next?.role === "user" ? idsOf("tool_result", next) : [];
  const open = calls.filter((id) => !results.includes(id));
  if (open.length > 0) throw missingResults(index, open);
}

function checkFailure({ content = "" }: Anthropic.ToolResultBlockParam, place: string): void {
  if (content.length === 0) throw invalid(`${place}: content cannot be empty if \`is_error\` is true`);
  if (typeof content !== "string" && content.some(({ type }) => type !== "text"))
    throw invalid(`${place}: all content must be type "text" if \`is_error\` is true`);
}

function missingResults(index: number, ids: string[]): ApiError {
  return invalid(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
}

// What the models take, as far as they differ (November 2026):
// https://platform.claude.com/docs/en/build-with-claude/thinking and the pages on what is new in each model.
import { ApiError, invalid } from "./api-error.ts";
import type { MessageRequest } from "./reply.ts";

export const MODELS = ["claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5"] as const;

interface ModelRules {
  pattern: RegExp;
  /** The values of `thinking.type` that it takes. */
  thinking: readonly string[];
  /** Whether it thinks when nothing is said about it. */
  thinksByDefault: boolean;
  /** Whether thinking is bound to what stands before it. */
  binds: boolean;
  forcedToolChoice: boolean;
}

const ALL = ["adaptive", "enabled", "disabled"];

const RULES: readonly ModelRules[] = [
  {
    pattern: /^claude-opus-5-5/,
    thinking: ["adaptive"],
    thinksByDefault: true,
    binds: true,
    forcedToolChoice: false,
  },
  {
    pattern: /^claude-sonnet-5-5/,
    thinking: ["adaptive", "between_tools"],
    thinksByDefault: true,
    binds: true,
    forcedToolChoice: false,
  },
  {
    pattern: /^claude-haiku-5-5/,
    thinking: ALL,
    thinksByDefault: true,
    binds: true,
    forcedToolChoice: true,
  },
  {
    pattern: /^claude-(opus|sonnet)-(5|4-[678])/,
    thinking: ALL,
    thinksByDefault: false,
    binds: false,
    forcedToolChoice: true,
  },
];

/** Models before 4.6 know no adaptive thinking. */
const OLDER: ModelRules = {
  pattern: /^claude-/,
  thinking: ["enabled", "disabled"],
  thinksByDefault: false,
  binds: false,
  forcedToolChoice: true,
};

export function rulesOf(model: string): ModelRules {
  return RULES.find(({ pattern }) => pattern.test(model)) ?? OLDER;
}

export function checkModel(model: string): void {
  if (!model.startsWith("claude-")) throw new ApiError(404, `model: ${model}`);
}

/** Refuses values of `thinking` and `tool_choice` that the model does not take. */
export function checkModelFields({ model, thinking, tool_choice: choice }: MessageRequest): void {
  const rules = rulesOf(model);
  const type = thinking?.type;
  if (type !== undefined && !rules.thinking.includes(type))
    throw invalid(
      `"thinking.type.${type}" is not supported for this model. Use "thinking.type.${rules.thinking[0]}" and "output_config.effort" to control thinking behavior.`,
    );
  if (choice && (choice.type === "any" || choice.type === "tool") && !rules.forcedToolChoice)
    throw invalid(
      `tool_choice.type: "${choice.type}" is not supported for this model. Use "auto" or "none".`,
    );
}

/** Whether a request's model thinks, and whether it shows what. */
export function thinkingOf({ model, thinking }: MessageRequest): { thinks: boolean; shows: boolean } {
  const thinks = thinking ? thinking.type !== "disabled" : rulesOf(model).thinksByDefault;
  const display = thinking && "display" in thinking ? thinking.display : undefined;
  return { thinks, shows: display === "summarized" };
}

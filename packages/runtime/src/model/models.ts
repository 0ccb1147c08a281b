// What may be sent to which model. Models differ in what they refuse, and other endpoints know less still, so
// what is optional goes only to a model that stands in this table. Facts of November 2026:
// https://platform.claude.com/docs/en/build-with-claude/thinking, .../models/sonnet-5-5/whats-new-sonnet-5-5,
// .../agents-and-tools/tool-use/tool-search-tool
import type Anthropic from "@anthropic-ai/sdk";

export interface ModelTraits {
  /** What to send as `thinking`: a model that thinks by default shows none of it unless asked. */
  readonly thinking?: Anthropic.ThinkingConfigParam;
  /** Whether `tool_choice` may name a tool, or be `any`. */
  readonly forcedToolChoice: boolean;
  /** Whether tools may be deferred, and loaded by a `tool_reference`. */
  readonly deferLoading: boolean;
  /** Thinking counts towards it, so a model that thinks needs more. */
  readonly maxOutputTokens: number;
}

const THINKS: ModelTraits = {
  thinking: { type: "adaptive", display: "summarized" },
  forcedToolChoice: true,
  deferLoading: true,
  maxOutputTokens: 32_000,
};

const TRAITS: Readonly<Record<string, ModelTraits>> = {
  "claude-fable-5-1": { ...THINKS, forcedToolChoice: false },
  "claude-opus-5-5": { ...THINKS, forcedToolChoice: false },
  "claude-sonnet-5-5": { ...THINKS, forcedToolChoice: false },
  "claude-haiku-5-5": THINKS,
  "claude-opus-5": THINKS,
  "claude-sonnet-5": THINKS,
  "claude-opus-4-8": THINKS,
  "claude-opus-4-7": THINKS,
  // Before 4.7 what is thought is shown unless asked otherwise, and `display` is not known everywhere.
  "claude-opus-4-6": { ...THINKS, thinking: { type: "adaptive" } },
  "claude-sonnet-4-6": { ...THINKS, thinking: { type: "adaptive" } },
};

const UNKNOWN: ModelTraits = { forcedToolChoice: false, deferLoading: false, maxOutputTokens: 16_000 };

/** The traits of a model by its id, with or without the date at its end; of one that is not known, the least. */
export function traitsOf(id: string): ModelTraits {
  return TRAITS[id.replace(/-\d{8}$/, "")] ?? UNKNOWN;
}

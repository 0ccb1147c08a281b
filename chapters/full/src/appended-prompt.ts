// --append-system-prompt: the user's own words, behind all other sections.
import type { Extension, FlagValues } from "@course/runtime";

export function appendedPrompt(values: FlagValues): Extension {
  const text = values["append-system-prompt"];
  return { name: "append-system-prompt", systemPrompt: () => (typeof text === "string" ? text : "") };
}

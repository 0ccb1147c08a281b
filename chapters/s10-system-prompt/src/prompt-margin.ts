// The prompt line by line, with each line's owner in the margin.
import { tokensOf, type PromptPart } from "./prompt-stack.ts";

const MARGIN = 22;

export function renderMargin(parts: readonly PromptPart[]): string {
  const lines = parts.flatMap(({ place, owner, text }, index) => {
    const isNew = parts[index - 1]?.place !== place;
    const heading = isNew ? [`── ${place} ${"─".repeat(60 - place.length)}`] : [];
    return [...heading, ...withMargin(owner, `${text} [~${tokensOf(text)} tokens]`)];
  });
  return lines.join("\n");
}

function withMargin(owner: string, text: string): string[] {
  return text.split("\n").map((line) => `${owner.slice(0, MARGIN).padStart(MARGIN)} │ ${line}`);
}

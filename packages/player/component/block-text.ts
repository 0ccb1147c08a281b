// What a block says, as text for its card.
import type { Block } from "../src/index.ts";

/** What the block is called, and what it says. */
export function textOfBlock(block: Block): { name: string; text: string; mono: boolean; failed?: boolean } {
  switch (block.type) {
    case "text":
      return { name: "", text: block.text, mono: false };
    case "thinking":
      return {
        name: "thinking",
        text: block.thinking || "Not shown: the model thought, and the text was left out.",
        mono: false,
      };
    case "redacted_thinking":
      return { name: "thinking", text: "Encrypted: only the model can read it.", mono: false };
    case "tool_use":
      return { name: block.name, text: inputText(block.input), mono: true };
    case "tool_result":
      return { name: "result", text: resultText(block.content), mono: true, failed: block.is_error === true };
    default:
      return { name: block.type.replaceAll("_", " "), text: JSON.stringify(block, undefined, 2), mono: true };
  }
}

/** A line for each field; a field of several lines stands below its name. */
function inputText(input: unknown): string {
  if (typeof input !== "object" || input === null) return JSON.stringify(input) ?? "";
  return Object.entries(input)
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : (JSON.stringify(value, undefined, 2) ?? "");
      return text.includes("\n") ? `${name}:\n${text}` : `${name}: ${text}`;
    })
    .join("\n");
}

function resultText(content: Extract<Block, { type: "tool_result" }>["content"]): string {
  if (content === undefined) return "";
  if (typeof content === "string") return content;
  return content
    .map((part) => {
      if (part.type === "text") return part.text;
      if (part.type === "tool_reference") return `loads ${part.tool_name}`;
      return `[${part.type}]`;
    })
    .join("\n");
}

const SHORT = 900;
const SHORT_LINES = 12;

/** The beginning of a long text; the text itself where it is short. */
export function shortened(text: string): string {
  const lines = text.slice(0, SHORT).split("\n");
  return lines.length <= SHORT_LINES && text.length <= SHORT ? text : lines.slice(0, SHORT_LINES).join("\n");
}

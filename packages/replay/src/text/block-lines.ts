// The blocks of a message as lines for a person. A block may be of any kind: what is not known is shown as it is.
import { bold, dim, red, type Text } from "@course/runtime/terminal";
import { at, isObject, shown, textAt } from "../json.ts";

/** Of one text; more of it is in the file. */
export const MOST_SHOWN = 20_000;

export function blockLines(block: unknown): Text[] {
  switch (textAt(block, "type")) {
    case "text":
      return [cutText(textAt(block, "text"))];
    case "thinking":
      return [
        dim(`✻ ${cutText(textAt(block, "thinking")) || "(not shown: the session keeps only its signature)"}`),
      ];
    case "tool_use":
      return [bold(textAt(block, "name")), inputText(at(block, "input"))];
    case "tool_result":
      return resultLines(at(block, "content"), at(block, "is_error") === true);
    case "image":
    case "document":
      return [dim(`[${textAt(block, "type")} ${textAt(block, "source", "media_type")}]`)];
    case "tool_reference":
      return [dim(`[loads ${textAt(block, "tool_name")}]`)];
    default:
      return [dim(shown(block, MOST_SHOWN, 2))];
  }
}

function resultLines(content: unknown, isError: boolean): Text[] {
  if (typeof content === "string") return [isError ? red(cutText(content)) : cutText(content)];
  return Array.isArray(content) ? content.flatMap(blockLines) : [dim(shown(content ?? null, MOST_SHOWN))];
}

/** Each field on a line of its own, text as it is. */
export function inputText(input: unknown): string {
  if (!isObject(input)) return shown(input ?? null, MOST_SHOWN);
  return Object.entries(input)
    .map(
      ([name, value]) => `${name}: ${typeof value === "string" ? cutText(value) : shown(value, MOST_SHOWN)}`,
    )
    .join("\n");
}

export function cutText(text: string): string {
  return text.length <= MOST_SHOWN
    ? text
    : `${text.slice(0, MOST_SHOWN)}…\n(${(text.length - MOST_SHOWN).toLocaleString("en")} more characters are in the file)`;
}

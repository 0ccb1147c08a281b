// A line of a session of Claude Code as a step: who speaks, and what. What is not known is shown as it is.
import { bold, dim, red, type Text } from "@course/runtime/terminal";
import { at, listAt, shown, textAt, timeOf, type Json } from "../json.ts";
import type { Step } from "../step.ts";
import { blockLines, cutText, MOST_SHOWN } from "../text/block-lines.ts";
import type { Marker } from "./marks.ts";

/** What the harness wraps its own words in; a person may well begin with a tag of another name. */
const HARNESS_TAG =
  /^\s*<(system-reminder|task-notification|teammate-message|local-command-caveat|user-prompt-submit-hook|bash-notification|bash-input|ide_[a-z_]+)[ >]/;

interface Told {
  title: string;
  lines: Text[];
  isAside?: boolean;
}

/** `marker` must have seen the lines before. */
export function describe(record: Json, marker: Marker): Step {
  const chapters = marker.marks(record);
  const { title, lines, isAside = false } = told(record, marker);
  return {
    title: record["isSidechain"] === true ? `A subagent: ${lowered(title)}` : title,
    at: timeOf(record["timestamp"]),
    chapters,
    lines,
    ...(isAside && { isAside }),
  };
}

/** A line that holds no JSON object. */
export function describeBroken(title: string, text: string): Step {
  return { title, chapters: [], lines: text === "" ? [] : [dim(cutText(text))] };
}

function told(record: Json, marker: Marker): Told {
  const type = textAt(record, "type");
  switch (type) {
    case "user":
      return userTold(record, marker);
    case "assistant":
      return assistantTold(record);
    case "system":
      return systemTold(record);
    case "attachment":
      return attachmentTold(record);
    case "summary":
      return { title: "A title of the session", lines: [textAt(record, "summary")], isAside: true };
    default:
      return raw(
        type === "" ? "A line without a type" : `"${type}", which is not part of the conversation`,
        record,
      );
  }
}

function raw(title: string, record: Json): Told {
  return { title, lines: [dim(shown(record, MOST_SHOWN, 2))], isAside: true };
}

function userTold(record: Json, marker: Marker): Told {
  const content = at(record, "message", "content");
  if (typeof content === "string") return { title: speaker(record, content), lines: [cutText(content)] };
  if (!Array.isArray(content)) return raw("A message without content", record);
  const texts = content.flatMap((block) => (textAt(block, "type") === "text" ? [textAt(block, "text")] : []));
  const names = content.flatMap((block) =>
    textAt(block, "type") === "tool_result"
      ? [marker.call(textAt(block, "tool_use_id"))?.name ?? "a call that is not in this file"]
      : [],
  );
  const isError = content.some((block) => at(block, "is_error") === true);
  const title =
    names.length > 0
      ? `${isError ? "An error" : "The result"} of ${names.join(" and ")}`
      : speaker(record, texts.join("\n"));
  return { title, lines: content.flatMap(blockLines) };
}

/** Who speaks in a message of the user's: much of it is the harness. */
function speaker(record: Json, text: string): string {
  if (record["isCompactSummary"] === true) return "The summary with which the conversation continues";
  if (text.startsWith("[Request interrupted")) return "The user interrupts";
  if (/^\s*<command-(name|message)>/.test(text)) return "The user types a command";
  if (/^\s*<(local-command|bash)-(stdout|stderr)>/.test(text)) return "What a command of the user's printed";
  const tag = HARNESS_TAG.exec(text)?.[1];
  if (record["isMeta"] === true || tag !== undefined)
    return tag === undefined ? "The harness speaks" : `The harness speaks: <${tag}>`;
  return "The user asks";
}

function assistantTold(record: Json): Told {
  const content = listAt(record, "message", "content");
  const names = content.flatMap((block) =>
    textAt(block, "type") === "tool_use" ? [textAt(block, "name")] : [],
  );
  const kinds = new Set(content.map((block) => textAt(block, "type")));
  const text = textAt(record, "message", "content");
  const title =
    record["isApiErrorMessage"] === true
      ? "The API refuses"
      : names.length > 0
        ? `The model calls ${names.join(" and ")}`
        : kinds.size === 1 && kinds.has("thinking")
          ? "The model thinks"
          : "The model says";
  if (content.length === 0 && text === "") return raw("A reply without content", record);
  return { title, lines: text === "" ? content.flatMap(blockLines) : [cutText(text)] };
}

function systemTold(record: Json): Told {
  const subtype = textAt(record, "subtype");
  const content = textAt(record, "content");
  if (subtype === "compact_boundary") {
    const [tokens, trigger] = [
      at(record, "compactMetadata", "preTokens"),
      textAt(record, "compactMetadata", "trigger"),
    ];
    const size =
      typeof tokens === "number" ? `${tokens.toLocaleString("en")} tokens stood before it` : content;
    return {
      title: "The conversation is compacted",
      lines: [trigger === "" ? size : `${size} (${trigger})`],
    };
  }
  if (subtype === "api_error") {
    const [attempt, most, wait] = ["retryAttempt", "maxRetries", "retryInMs"].map((name) => at(record, name));
    const tries = typeof attempt === "number" ? `attempt ${attempt} of ${shown(most ?? "?", 20)}` : "";
    const ms = typeof wait === "number" ? `the next in ${(wait / 1000).toFixed(1)} s` : "";
    const error = shown(at(record, "error") ?? content, MOST_SHOWN);
    return {
      title: "The API fails; the harness waits",
      lines: [red(error), [tries, ms].filter((text) => text !== "").join(", ")],
    };
  }
  const title = subtype === "" ? "A note of the harness" : `A note of the harness: ${subtype}`;
  return content === "" ? raw(title, record) : { title, lines: [cutText(content)] };
}

function attachmentTold(record: Json): Told {
  const attachment = at(record, "attachment");
  const kind = textAt(attachment, "type");
  const title = kind === "" ? "The harness adds something" : `The harness adds: ${kind}`;
  const found = ["content", "prompt", "stdout", "stderr", "snippet"]
    .map((name) => at(attachment, name))
    .find((value) => value !== undefined && value !== "");
  const command = textAt(attachment, "command");
  const text = textsOf(found);
  return {
    title,
    lines: [
      ...(command === "" ? [] : [bold(cutText(command))]),
      text === "" ? dim(shown(attachment, MOST_SHOWN, 2)) : cutText(text),
    ],
  };
}

function textsOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join("\n");
  return textAt(value, "content");
}

const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

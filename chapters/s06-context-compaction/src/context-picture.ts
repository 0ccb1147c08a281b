// What /context draws: one bar as long as the window, and what each part of it is.
import type { Session } from "@course/runtime";
import type { ContextWindow } from "./context-window.ts";
import { PARTS } from "./estimate.ts";
import { SHRINK_AT, SUMMARIZE_AT } from "./room-keeper.ts";

const MOST_CELLS = 60;
/** What stands beside the bar. */
const MARGIN = 8;
const FILLS = { system: "█", tools: "▓", user: "▒", replies: "░", results: "▞" } as const;

export function drawContext(window: ContextWindow, { messages }: Session, columns = 80): string {
  if (!window.params) return "No model call yet, so nothing is counted.";
  const parts = window.parts(messages);
  const total = window.tokens(messages);
  const width = Math.min(MOST_CELLS, Math.max(10, columns - MARGIN));
  const cells = (tokens: number) => Math.round((tokens / window.size) * width);
  const bar = PARTS.map((part) => FILLS[part].repeat(cells(parts[part]))).join("");
  const number = (value: number) => value.toLocaleString("en");
  return [
    `  ${bar.slice(0, width).padEnd(width, "·")} ${Math.round((total / window.size) * 100)} %`,
    ...PARTS.map((part) => `  ${FILLS[part]} ${part.padEnd(10)}${number(parts[part]).padStart(9)}`),
    `  about ${number(total)} of ${number(window.size)} tokens`,
    `  results shrink at ${SHRINK_AT * 100} %, the model summarises at ${SUMMARIZE_AT * 100} %`,
  ].join("\n");
}

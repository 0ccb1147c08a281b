// What /context draws: one bar as long as the window, and what each part of it is.
import type { Session } from "@course/runtime";
import type { ContextWindow } from "./context-window.ts";
import { PARTS } from "./estimate.ts";
import { SHRINK_AT, SUMMARIZE_AT } from "./room-keeper.ts";

const CELLS = 60;
const FILLS = { system: "█", tools: "▓", user: "▒", replies: "░", results: "▞" } as const;

export function drawContext(window: ContextWindow, { messages }: Session): string {
  if (!window.params) return "No model call yet, so nothing is counted.";
  const parts = window.parts(messages);
  const total = window.tokens(messages);
  const cells = (tokens: number) => Math.round((tokens / window.size) * CELLS);
  const bar = PARTS.map((part) => FILLS[part].repeat(cells(parts[part]))).join("");
  const number = (value: number) => value.toLocaleString("en");
  return [
    `  ${bar.slice(0, CELLS).padEnd(CELLS, "·")} ${Math.round((total / window.size) * 100)} %`,
    ...PARTS.map((part) => `  ${FILLS[part]} ${part.padEnd(10)}${number(parts[part]).padStart(9)}`),
    `  about ${number(total)} of ${number(window.size)} tokens`,
    `  results shrink at ${SHRINK_AT * 100} %, the model summarises at ${SUMMARIZE_AT * 100} %`,
  ].join("\n");
}

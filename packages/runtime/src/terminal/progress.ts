// How far a call has come, as a bar.
import type { AgentEvent } from "../conversation/events.ts";
import { number, oneLine } from "./previews.ts";
import { cut } from "./text.ts";

const BAR = 20;

type Progress = Extract<AgentEvent, { type: "tool_progress" }>;

/** A bar where the whole is known, else the count alone. What a server says of itself may be any number. */
export function progressLine({ name, done, total, message = "" }: Progress, width: number): string {
  const rest = message === "" ? "" : ` ${oneLine(message)}`;
  if (total === undefined || !(total > 0)) return cut(`${oneLine(name)} ${number(done)}${rest}`, width - 4);
  const share = Math.min(1, Math.max(0, done / total)) || 0;
  const full = Math.round(share * BAR);
  const bar = "█".repeat(full) + "░".repeat(BAR - full);
  return cut(`${oneLine(name)} ${bar} ${Math.round(share * 100)}%${rest}`, width - 4);
}

// What the doctor finds: one check a line, with the next step where it is not well.
import { redactor } from "../../packages/runtime/src/terminal/secrets.ts";

export type Status = "ok" | "warning" | "failed" | "skipped";

/** What is looked at, in this order. */
export type CheckName =
  | "node"
  | "pnpm"
  | "git"
  | "bash"
  | "terminal"
  | "settings"
  | "reachable"
  | "key"
  | "model"
  | "answers"
  | "streams"
  | "usage"
  | "tools"
  | "several"
  | "thinking"
  | "caching"
  | "count_tokens"
  | "defer_loading";

export interface Check {
  name: CheckName;
  status: Status;
  /** What was looked at, and what was found, on one line. */
  found: string;
  /** What to do about it. */
  next?: string;
  /** What it means for chapters, where the table in chapters.ts cannot know it. */
  effects?: readonly Effect[];
}

/** What a check that is not well means for chapters. */
export interface Effect {
  /** By short name, as in s13; "all" for all of them. */
  chapters: readonly string[] | "all";
  /** They do not work, or they work without something. */
  stops: boolean;
  /** What is missing, in words that follow the chapters' names. */
  missing: string;
}

/** A line of an endpoint has few words, so that a shorter one than elsewhere is taken out of it. */
const SHORTEST_SECRET = 4;

/** A text of others, on one line, without what is secret. */
export function plainLine(text: string, secrets: readonly string[] = []): string {
  const line = redactor(secrets, SHORTEST_SECRET)(text).replace(/\s+/g, " ").trim();
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

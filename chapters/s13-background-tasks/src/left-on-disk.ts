// Reading what an earlier program left, and what others may have put in its place: a pipe, a file of any size, a
// last line that a crash cut short. What cannot be read counts as nothing.
import { readdirSync } from "node:fs";
import { readPlainFile } from "@course/runtime";

/** A log is capped a little below this, and a record has a few lines. */
const LARGEST_BYTES = 11_000_000;

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The end of a log, at most so many characters. */
export function logEnd(path: string, characters: number): string {
  return readIfThere(path).slice(-characters).toWellFormed();
}

/** The last line that can be read as a record; undefined if there is none, or if its end was told. */
export function lastRecord<T>(path: string, parse: (value: unknown) => T | undefined): T | undefined {
  const text = readIfThere(path);
  // Most records are history: looking at more than their last line would make the start slower with every task.
  for (let end = text.length; end > 0;) {
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const value = parseJson(text.slice(start, end));
    if (isTold(value)) return undefined;
    const record = value === undefined ? undefined : parse(value);
    if (record) return record;
    end = start - 1;
  }
  return undefined;
}

function isTold(value: unknown): boolean {
  return typeof value === "object" && value !== null && "notified" in value && value.notified === true;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function readIfThere(path: string): string {
  try {
    return readPlainFile(path, LARGEST_BYTES).toString("utf8");
  } catch {
    return "";
  }
}

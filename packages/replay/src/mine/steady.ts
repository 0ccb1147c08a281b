// What differs from run to run and means nothing: the folder, times, and what a thought is signed with.
import { isObject } from "../json.ts";

const CHANGES: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d[:-]\d\d(?:[:-]\d\d)?(?:[.-]\d+)?Z?\b/g, "<time>"],
  [/\bseconds="[\d.]+"/g, 'seconds="N"'],
  [/\b\d+(?:\.\d+)?(?= ?(?:ms|s|seconds?)\b)/g, "N"],
  [/\bduration_ms \d+(?:\.\d+)?/g, "duration_ms N"],
  [/(?<=\b(?:pid|PID|port)[ :=])\d+/g, "N"],
];

/** The same value without it. `folders` are the places in which it happened. */
export function steady(value: unknown, folders: readonly string[]): unknown {
  if (typeof value === "string") return steadyText(value, folders);
  if (Array.isArray(value)) return value.map((one) => steady(one, folders));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => name !== "signature");
  return Object.fromEntries(kept.map(([name, one]) => [name, steady(one, folders)]));
}

function steadyText(text: string, folders: readonly string[]): string {
  const known = folders.filter((folder) => folder.length > 1);
  const placed = known.reduce((all, folder) => all.replaceAll(folder, "<folder>"), text);
  return CHANGES.reduce((all, [pattern, to]) => all.replace(pattern, to), placed);
}

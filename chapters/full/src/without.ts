// --without: leaves mechanisms out, to see what each is worth.
import type { FlagValues } from "@course/runtime";

/** What is made for each name, without those in the list. Throws an Error where the list names something else. */
export function without<T>(
  list: FlagValues[string],
  parts: Readonly<Record<string, () => readonly T[]>>,
): T[] {
  const left = String(list ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  const known = Object.keys(parts);
  const unknown = left.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`--without ${unknown}: expected some of ${known.join(", ")}, as in s06,s13.`);
  return Object.entries(parts).flatMap(([name, make]) => (left.includes(name) ? [] : make()));
}

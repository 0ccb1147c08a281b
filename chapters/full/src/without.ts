// --without: leaves mechanisms out, to see what each is worth.
import type { FlagValues } from "@course/runtime";

/** What cannot be left out alone: others are built on it. */
const NEEDED_BY: Readonly<Record<string, readonly string[]>> = { s12: ["s17"], s15: ["s16", "s17"] };

/** What is made for each name, without those in the list. Throws an Error where the list names something else, or leaves half of something. */
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
  for (const name of left) {
    const needy = (NEEDED_BY[name] ?? []).filter((other) => !left.includes(other));
    if (needy.length > 0)
      throw new Error(
        `--without ${name}: ${needy.join(" and ")} would stand on nothing. Write --without ${[...left, ...needy].join(",")}`,
      );
  }
  return Object.entries(parts).flatMap(([name, make]) => (left.includes(name) ? [] : make()));
}

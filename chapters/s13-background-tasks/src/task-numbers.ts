// Numbers of background tasks, of which no two programs in one folder get the same: a number is taken by making
// its record's file, which only one of them can do.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "@course/runtime";
import { namesIn } from "./left-on-disk.ts";

/** The highest number of a record or a log in the folder; 0 if there is none. */
export function highestNumber(folder: string): number {
  // More digits are none of ours, and would be no whole number any more.
  const numbers = namesIn(folder).map((name) => Number(/^bg_(\d{1,9})\./.exec(name)?.[1] ?? 0));
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}

/** Takes the first free number from `from` on. Throws the file system's errors. */
export function claimNumber(folder: string, from: number): number {
  for (let number = from; ; number++) {
    try {
      writeFileSync(join(folder, `bg_${number}.jsonl`), "", { flag: "wx" });
      return number;
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw error;
    }
  }
}

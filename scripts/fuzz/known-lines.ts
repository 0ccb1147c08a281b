// What the fuzz starts from: the holes that were found, and what developers type on an ordinary day.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GIT_READERS, READERS } from "@course/shell-safety";
import { HOLES } from "../../chapters/s07-permissions/test/corpus.ts";
import { ROOT } from "../lib/chapters.ts";

const EVERYDAY = "chapters/s07-permissions/test/everyday-commands.txt";

export function knownLines(): string[] {
  const everyday = readFileSync(join(ROOT, EVERYDAY), "utf8").trim().split("\n").map(unquoted);
  const rows = [...Object.values(READERS), ...Object.values(GIT_READERS)].flatMap(({ asked }) => asked);
  return [...HOLES.map(({ line }) => line), ...rows, ...everyday];
}

/** Lines of several lines stand there as JSON. */
function unquoted(line: string): string {
  return line.startsWith('"') && line.includes("\\n") ? String(JSON.parse(line)) : line;
}

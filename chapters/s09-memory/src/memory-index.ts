// The index: one line per memory, which is what a new session reads. It is made from the files, so it can be deleted
// at any time. What does not fit into the budget is left out and reported.
import type { Memory } from "./memory-file.ts";

/** Claude Code loads as much of its MEMORY.md: whichever limit comes first. */
export const INDEX_LINES = 200;
export const INDEX_BYTES = 25 * 1024;

export interface MemoryIndex {
  loaded: Memory[];
  /** What is past the budget. */
  left: Memory[];
  text: string;
}

export function indexOf(memories: readonly Memory[]): MemoryIndex {
  let text = "";
  let fitting = 0;
  for (const memory of memories.slice(0, INDEX_LINES)) {
    const longer = text + lineOf(memory);
    if (Buffer.byteLength(longer) > INDEX_BYTES) break;
    text = longer;
    fitting += 1;
  }
  return { loaded: memories.slice(0, fitting), left: memories.slice(fitting), text };
}

export function lineOf({ name, slug, type, description }: Memory): string {
  return `- [${onOneLine(name)}](${slug}.md) (${type}): ${onOneLine(description)}\n`;
}

function onOneLine(text: string): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim()
    .toWellFormed();
}

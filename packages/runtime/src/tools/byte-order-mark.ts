// The byte order mark, which editors on Windows put in front of a file. A model neither sees nor writes it.
import { closeSync, openSync, readSync, statSync } from "node:fs";

const MARK = "\uFEFF";

/** The text without a mark at its beginning. */
export const withoutMark = (text: string) => (text.startsWith(MARK) ? text.slice(1) : text);

/** The content with the mark that the file begins with, if there is such a file. */
export function withMarkOf(path: string, content: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return content;
  const start = Buffer.alloc(3);
  const file = openSync(path, "r");
  try {
    readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  return start.toString("utf8") === MARK ? MARK + withoutMark(content) : content;
}

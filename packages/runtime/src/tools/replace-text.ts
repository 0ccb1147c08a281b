// Replacing text in a file as a model sees it: with "\n" between lines and no byte order mark, whatever the file has.
// What is not replaced keeps its line endings; what is new gets those of its place.
// Not covered: files with a bare "\r" between lines, where the model has to write it, too.
import { withoutMark } from "./byte-order-mark.ts";

interface Replaced {
  /** How often the old text occurs. */
  count: number;
  text: string;
}

/** Replaces every occurrence of `old`, which must not be empty. */
export function replaceText(text: string, old: string, replacement: string): Replaced {
  const body = withoutMark(text);
  const wanted = withLf(withoutMark(old));
  const pieces = wanted === "" ? [body] : withLf(body).split(wanted);
  if (pieces.length === 1) return replaceExactly(text, old, replacement);
  const replaced = joinWithEndings(pieces, breaksIn(wanted), withoutMark(replacement), endingsOf(body));
  return { count: pieces.length - 1, text: text.slice(0, text.length - body.length) + replaced };
}

function replaceExactly(text: string, old: string, replacement: string): Replaced {
  const pieces = text.split(old);
  return { count: pieces.length - 1, text: pieces.join(replacement) };
}

/** Puts the replacement between the pieces, each of which gets its own line endings back. */
function joinWithEndings(
  pieces: readonly string[],
  breaksBetween: number,
  replacement: string,
  endings: readonly string[],
): string {
  let at = 0;
  const asBefore = (piece: string) => piece.replaceAll("\n", () => endings[at++] ?? "\n");
  const parts = pieces.map((piece, index) => {
    if (index === 0) return asBefore(piece);
    // The ending in or behind what is replaced; at the end of the file the one before it.
    const ending = endings[at] ?? endings[at - 1];
    at += breaksBetween;
    const between = ending === undefined ? replacement : withLf(replacement).replaceAll("\n", ending);
    return between + asBefore(piece);
  });
  return parts.join("");
}

const withLf = (text: string) => text.replaceAll("\r\n", "\n");
const endingsOf = (text: string): readonly string[] => text.match(/\r?\n/g) ?? [];
const breaksIn = (text: string) => text.split("\n").length - 1;

// Colour and width, as the stream allows: NO_COLOR, pipes and dumb terminals get plain text.
import { stripVTControlCharacters } from "node:util";
import picocolors from "picocolors";

export interface Screen {
  write(text: string): void;
  /** Set where a person watches: spinners and redrawing are welcome. */
  readonly terminal?: NodeJS.WriteStream;
  readonly colors: ReturnType<typeof picocolors.createColors>;
  width(): number;
}

export function screenOn(stream: NodeJS.WriteStream): Screen {
  const isLive = stream.isTTY === true && process.env["TERM"] !== "dumb";
  return {
    write: (text) => void stream.write(text),
    ...(isLive && { terminal: stream }),
    colors: picocolors.createColors(isLive && !process.env["NO_COLOR"]),
    width: () => Math.max(20, stream.columns ?? 80),
  };
}

/** Breaks lines that are too long at blanks, and indents what follows as their beginning. */
export function folded(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => foldedLine(line, width))
    .join("\n");
}

function foldedLine(line: string, width: number): string[] {
  const margin = /^ */.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  let rest = line.slice(margin.length);
  const room = width - margin.length;
  while (rest.length > room) {
    const before = rest.lastIndexOf(" ", room);
    // A word that is too long stands alone.
    const at = before > 0 ? before : rest.indexOf(" ");
    if (at <= 0) break;
    lines.push(margin + rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...lines, margin + rest];
}

/** Output of a command as it may be shown: no control codes, tabs as spaces. */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll("\t", "  ")
    .replace(/\r\n?/g, "\n")
    .replace(/(?!\n)\p{Cc}/gu, "");
}

export function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}

// The rule that the reader rests on: what it has read must tile the line. Between two pieces there are only blanks
// and line ends, and only where bash, too, ends a word or a command there. The grammar skips over characters
// that mean something to bash; without this check each such place is a hole.

export type TileKind = "word" | "descriptor" | "redirect" | "operator" | "keyword" | "comment" | "document";

export interface Tile {
  start: number;
  end: number;
  kind: TileKind;
  text: string;
  /** Pieces of one simple command have the same number. */
  unit: number;
}

const OPENERS = new Set(["(", "{", "if", "then", "elif", "else", "!"]);
const CLOSERS = new Set([")", "}", "fi", "then", "elif", "else"]);
/** Operators that may touch. Others would join to a longer one, as ( ( and & > do. */
const MAY_TOUCH = /^(?:(?:;|&&|\|\|?) \(|[);&] \)|\) (?:;|&&?|\|\|?|\|&)|[;)] (?:[<>]|>>|&>))$/;

/** What is wrong with the tiles of source[start, end), in words; undefined where they tile it. */
export function findGap(
  source: string,
  start: number,
  end: number,
  tiles: readonly Tile[],
): string | undefined {
  let before: Tile | undefined;
  let gap = "";
  let at = start;
  const inOrder = tiles.toSorted((one, other) => one.start - other.start);
  for (const tile of inOrder) {
    if (tile.start < at) return "two readings of the same text";
    gap += source.slice(at, tile.start);
    at = tile.end;
    if (tile.kind !== "comment") {
      const problem = between(before, tile, gap) ?? (start > 0 ? opening(before, tile, gap) : undefined);
      if (problem !== undefined) return problem;
      before = tile;
      gap = "";
    } else if (!isComment(source, before, tile, gap)) return "a # that may be no comment";
  }
  gap += source.slice(at, end);
  // Older shells look for the end of a substitution in its comments, too.
  const hasInnerComment = start > 0 && tiles.some(({ kind }) => kind === "comment");
  return hasInnerComment ? "a comment in a substitution" : between(before, undefined, gap);
}

/** bash begins a comment at the beginning of a word only, and ends it with the line. */
function isComment(source: string, before: Tile | undefined, { start, end }: Tile, gap: string): boolean {
  const begins = before === undefined || gap !== "" || before.kind === "operator";
  return begins && !gap.endsWith("\\") && (end === source.length || source[end] === "\n") && start < end;
}

/** $(( is arithmetic, not a subshell in a substitution. */
function opening(before: Tile | undefined, tile: Tile, gap: string): string | undefined {
  return before === undefined && gap === "" && tile.text === "(" ? "a parenthesis behind $(" : undefined;
}

function between(a: Tile | undefined, b: Tile | undefined, gap: string): string | undefined {
  const blank = gap.replaceAll("\\\n", "");
  if (!/^[ \t\n]*$/.test(blank)) return `${JSON.stringify(gap.trim().slice(0, 40))} is not read`;
  // The grammar hangs a redirect on the whole list; bash takes it for a part of the last command.
  const isRedirected = a?.kind === "word" && (b?.kind === "redirect" || b?.kind === "descriptor");
  const isInCommand = a !== undefined && b !== undefined && (a.unit === b.unit || isRedirected);
  if (blank !== gap && !(isInCommand && blank !== "")) return "a line is continued where a command may begin";
  if (a === undefined || b === undefined || b.kind === "document") return undefined;
  return isInCommand ? inCommand(a, b, blank) : betweenCommands(a, b, blank);
}

function inCommand(a: Tile, b: Tile, blank: string): string | undefined {
  if (blank.includes("\n")) return "a command goes on after the end of its line";
  if (a.kind === "descriptor" || b.kind === "descriptor")
    return (a.kind === "descriptor") === (blank === "") ? undefined : "a number that may be no descriptor";
  if (blank !== "") return undefined;
  // A number, or a name in braces, in front of a redirect is a descriptor.
  if (a.kind === "word" && b.kind === "redirect" && !/^\d+$|\}$/.test(a.text)) return undefined;
  if (a.kind === "redirect" && b.kind === "word" && !/^[<>&|(]/.test(b.text)) return undefined;
  return "two words that touch";
}

function betweenCommands(a: Tile, b: Tile, blank: string): string | undefined {
  const ends = blank.includes("\n") || a.kind === "operator";
  const opens = OPENERS.has(a.text) && a.kind !== "word";
  if (b.kind === "operator" && !OPENERS.has(b.text) && !CLOSERS.has(b.text))
    return blank.includes("\n") ? "an operator at the beginning of a line" : touching(a, b, blank);
  if (b.kind === "redirect" && CLOSERS.has(a.text)) return touching(a, b, blank);
  if (b.text === ")" && b.kind === "operator") return touching(a, b, blank);
  if (!ends && !opens && !(CLOSERS.has(a.text) && CLOSERS.has(b.text)))
    return "two commands without a separator";
  return touching(a, b, blank);
}

function touching(a: Tile, b: Tile, blank: string): string | undefined {
  if (blank !== "") return undefined;
  const areOperators = a.kind !== "word" && a.kind !== "keyword" && b.kind !== "word" && b.kind !== "keyword";
  if (areOperators)
    return MAY_TOUCH.test(`${a.text} ${b.text}`) ? undefined : `${a.text}${b.text} may be one operator`;
  return a.kind === "operator" || b.kind === "operator" ? undefined : "two words that touch";
}

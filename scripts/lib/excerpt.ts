// The lines that matter of a text, by quoting where a part begins and where it ends. The rest is
// left out with a mark. A quoted text that is gone, or stands on two lines, is an error, so that an
// excerpt cannot drift away from what it shows.

export interface ExcerptOptions {
  /** What the text is, for errors: "BackgroundManager.drain in chapters/...". */
  of: string;
  /** Lines to show whatever is quoted, such as a function's head and its closing brace. */
  always?: ReadonlySet<number>;
  /** The line that stands for lines left out. */
  mark(leftOut: readonly string[]): string;
}

/** One quoted text shows its line; two show the lines from the first to the second; more come in pairs. */
export function excerpt(text: string, quotes: readonly string[], options: ExcerptOptions): string {
  if (quotes.length === 0) return text;
  const lines = text.split("\n");
  const shown = linesShown(lines, quotes, options);
  const result: string[] = [];
  let leftOut: string[] = [];
  const endGap = () => {
    if (leftOut.some((line) => line.trim() !== "")) result.push(options.mark(leftOut));
    leftOut = [];
  };
  for (const [index, line] of lines.entries()) {
    if (!shown.has(index)) {
      leftOut.push(line);
      continue;
    }
    endGap();
    result.push(line);
  }
  endGap();
  return result.join("\n");
}

/** The lines that an excerpt shows, counted from 0. */
export function linesShown(
  lines: readonly string[],
  quotes: readonly string[],
  { of, always }: Pick<ExcerptOptions, "of" | "always">,
): Set<number> {
  if (quotes.length === 0) return new Set(lines.keys());
  const shown = new Set(always);
  for (const [from, to] of pairs(quotes, of)) {
    const [first, last] = [lineOf(lines, from, of), lineOf(lines, to, of)];
    if (last < first) throw new Error(`"${to}" stands before "${from}" in ${of}; name the first line first`);
    for (let line = first; line <= last; line++) shown.add(line);
  }
  return shown;
}

function pairs(quotes: readonly string[], of: string): [string, string][] {
  const [only = ""] = quotes;
  if (quotes.length === 1) return [[only, only]];
  if (quotes.length % 2 === 1)
    throw new Error(
      `${quotes.length} texts of ${of} are quoted; quote one line, or pairs of a first and a last line`,
    );
  return quotes.flatMap((from, index) => (index % 2 === 0 ? [[from, quotes[index + 1] ?? from]] : []));
}

function lineOf(lines: readonly string[], quote: string, of: string): number {
  const found = lines.flatMap((line, index) => (line.includes(quote) ? [index] : []));
  const [first] = found;
  if (first === undefined)
    throw new Error(`"${quote}" is not in ${of} any more; quote what stands there now`);
  if (found.length > 1)
    throw new Error(`"${quote}" stands on ${found.length} lines of ${of}; quote enough of one line`);
  return first;
}

/** The mark of source code, indented as what it stands for. */
export function codeMark(leftOut: readonly string[]): string {
  const first = leftOut.find((line) => line.trim() !== "") ?? "";
  return `${/^ */.exec(first)?.[0] ?? ""}// …`;
}

/** The mark of output: it says how much is not shown. */
export function outputMark(leftOut: readonly string[]): string {
  return `[… ${leftOut.length} ${leftOut.length === 1 ? "line" : "lines"} left out]`;
}

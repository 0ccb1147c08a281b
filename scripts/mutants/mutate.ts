// A file's mutants: the same file with one change each, found in its syntax tree.
import { ts } from "ts-morph";
import { changesOf, isLeftAlone, type Change } from "./mutators.ts";

export interface Mutant extends Change {
  /** From the repository's root. */
  file: string;
  line: number;
  /** The lines that change, as one; together with `file` they are what an accepted mutant is known by. */
  before: string;
  after: string;
}

export function parse(code: string): ts.SourceFile {
  return ts.createSourceFile("file.ts", code, ts.ScriptTarget.Latest, true);
}

export function mutantsOf(file: string, code: string): Mutant[] {
  const source = parse(code);
  const found: Change[] = [];
  const visit = (node: ts.Node): void => {
    if (isLeftAlone(node, source)) return;
    found.push(...changesOf(node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.map((change) => ({
    ...change,
    file,
    line: source.getLineAndCharacterOfPosition(change.start).line + 1,
    ...linesOf(code, change),
  }));
}

export function apply(code: string, { start, end, text }: Change): string {
  return code.slice(0, start) + text + code.slice(end);
}

function linesOf(code: string, change: Change): { before: string; after: string } {
  const from = code.lastIndexOf("\n", change.start - 1) + 1;
  const to = code.indexOf("\n", change.end);
  const [head, tail] = [code.slice(from, change.start), code.slice(change.end, to === -1 ? code.length : to)];
  const oneLine = (text: string) => text.replace(/\s+/g, " ").trim();
  return {
    before: oneLine(head + code.slice(change.start, change.end) + tail),
    after: oneLine(head + change.text + tail),
  };
}

/** The change on one line, as `git diff --word-diff` shows it. */
export function wordDiff({ before, after }: Pick<Mutant, "before" | "after">): string {
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head++;
  let tail = 0;
  const rest = Math.min(before.length, after.length) - head;
  while (tail < rest && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const gone = before.slice(head, before.length - tail);
  const come = after.slice(head, after.length - tail);
  const marked = `${gone && `[-${shortened(gone)}-]`}${come && `{+${shortened(come)}+}`}`;
  return `${before.slice(0, head)}${marked}${before.slice(before.length - tail)}`;
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 50)} … ${text.slice(-20)}` : text;
}

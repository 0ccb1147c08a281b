// Reads a command line as bash would, without running it: every command in it, every file that it redirects
// to or from, and what cannot be told before it runs. The grammar says how the line is built. Each word is then read
// again by bash's own rules of quoting, and all pieces must tile the line; where the two readings differ, or
// where a kind of syntax is not listed here, the line is unclear.
// Not covered: what a program does with its arguments, and aliases, which shells without a terminal ignore.
import type { Node } from "web-tree-sitter";
import { parseBash } from "./bash-parser.ts";
import { readDocument } from "./here-documents.ts";
import { DEEPEST, excessOf, MOST_WORDS, TOO_MANY_WORDS } from "./limits.ts";
import { CONTAINERS, KEYWORDS, OPERATORS, RESERVED, SUBSTITUTIONS } from "./syntax.ts";
import { findGap, type Tile, type TileKind } from "./tiles.ts";
import { NotAWord, readWord, type Word } from "./words.ts";

export interface ShellCommand {
  /** Its name and arguments. */
  words: Word[];
  /** All it does is run the command that comes next; see wrappers.ts. */
  isWrapper?: true;
}

export interface Reading {
  commands: ShellCommand[];
  /** Files that redirects read and write. */
  reads: Word[];
  writes: Word[];
  /** What cannot be decided, in words. */
  unclear: string[];
}

/** Rejects where the grammar cannot be loaded. */
export async function readShell(text: string): Promise<Reading> {
  const reader = new ShellReader(text);
  const excess = excessOf(text);
  if (excess !== undefined) return reader.giveUp(excess);
  if (/[^\S \t\n]|\p{Control}/u.test(text.replace(/[\t\n]/g, "")))
    reader.unclear("it has control characters or unusual blanks");
  const tree = await parseBash(text);
  if (!tree) return reader.giveUp("it takes too long to parse");
  if (tree.rootNode.hasError) {
    reader.unclear("it cannot be parsed");
    reader.collect(tree.rootNode);
  } else reader.statements(tree.rootNode.children, 0, text.length, 0);
  tree.delete();
  return reader.words > MOST_WORDS
    ? { commands: [], reads: [], writes: [], unclear: [TOO_MANY_WORDS] }
    : reader.reading;
}

class ShellReader {
  readonly reading: Reading = { commands: [], reads: [], writes: [], unclear: [] };
  words = 0;
  readonly #source: string;
  readonly #seen = new Set<number>();
  #tiles: Tile[] = [];
  #units = 0;
  #depth = 0;
  #documents = 0;

  constructor(source: string) {
    this.#source = source;
  }

  unclear(reason: string): void {
    if (!this.reading.unclear.includes(reason)) this.reading.unclear.push(reason);
  }

  giveUp(reason: string): Reading {
    this.unclear(reason);
    return this.reading;
  }

  /** The statements that fill [start, end): a line, or what is in a substitution. */
  statements(nodes: readonly Node[], start: number, end: number, depth: number): void {
    if (depth > DEEPEST) return this.unclear("it is nested too deep");
    const [outerTiles, outerDepth] = [this.#tiles, this.#depth];
    [this.#tiles, this.#depth] = [[], depth];
    for (const node of nodes) this.#statement(node);
    // Syntax that is not read leaves a gap, too, but its own reason says more.
    const gap =
      this.reading.unclear.length === 0 ? findGap(this.#source, start, end, this.#tiles) : undefined;
    if (gap !== undefined) this.unclear(gap);
    [this.#tiles, this.#depth] = [outerTiles, outerDepth];
  }

  #statement(node: Node): void {
    const unit = this.#units++;
    const { type } = node;
    if (!node.isNamed) return this.#punctuation(node, unit);
    if (type === "comment") return this.#tile(node, "comment", unit);
    if (type === "command") return this.#add(this.#command(node, unit));
    if (type === "test_command" && node.firstChild?.type === "[") return this.#add(this.#test(node, unit));
    if (type === "redirected_statement") return this.#redirected(node, unit);
    if (CONTAINERS.has(type)) return node.children.forEach((child) => this.#statement(child));
    this.unclear(`it has a ${type.replaceAll("_", " ")}`);
    this.collect(node);
  }

  /** What is in syntax that is not read: a rule may deny it all the same. */
  collect(node: Node): void {
    for (const found of node.descendantsOfType("command")) if (found) this.#add(this.#command(found, -1));
    for (const found of node.descendantsOfType("file_redirect")) if (found) this.#redirect(found, -1);
  }

  #punctuation(node: Node, unit: number): void {
    // A token's text may be longer than its name: "-<<" counts as <<.
    if (OPERATORS.has(node.text)) this.#tile(node, "operator", unit);
    else if (KEYWORDS.has(node.text)) this.#tile(node, "keyword", unit);
    else this.unclear(`it has ${node.type}`);
  }

  #command(node: Node, unit: number): Word[] {
    if (this.#seen.has(node.id)) return [];
    this.#seen.add(node.id);
    const words: Word[] = [];
    for (const child of node.children) {
      if (child.type.endsWith("_redirect")) this.#redirect(child, unit, words);
      else if (child.type === "variable_assignment") {
        this.unclear(`it sets ${child.text.split("=", 1)[0]} for a command`);
        this.collect(child);
      } else words.push(this.#word(child, unit));
    }
    const [name] = words;
    if (name && name.kind !== "literal") this.unclear("the name of a command is only known when it runs");
    if (name && (RESERVED.test(name.raw) || name.raw.includes("=")))
      this.unclear(`${name.raw} may be no command`);
    return words;
  }

  #add(words: Word[]): void {
    if (words.length > 0) this.reading.commands.push({ words });
  }

  /** [ is a command like any other; the grammar's view of its arguments is not needed. */
  #test(node: Node, unit: number): Word[] {
    return [...node.text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(({ 0: raw, index }) => {
      const start = node.startIndex + index;
      this.#tiles.push({ start, end: start + raw.length, kind: "word", text: raw, unit });
      return this.#read(node, start, start + raw.length);
    });
  }

  #redirected(node: Node, unit: number): void {
    const words: Word[] = [];
    // Behind a list or a pipeline it belongs to the last command in there.
    const isSimple = node.children.every(({ type }) => type === "command" || type.endsWith("_redirect"));
    for (const child of node.children) {
      if (child.type.endsWith("_redirect")) this.#redirect(child, unit, isSimple ? words : undefined);
      else if (child.type === "command") words.push(...this.#command(child, unit));
      else this.#statement(child);
    }
    this.#add(words);
  }

  /** `words` are those of the command that it stands in; the grammar takes arguments behind a redirect for targets. */
  #redirect(node: Node, unit: number, words?: Word[]): void {
    if (this.#seen.has(node.id)) return;
    this.#seen.add(node.id);
    if (node.type === "heredoc_redirect") return this.#document(node, unit);
    let operator = "";
    let target: Word | undefined;
    for (const child of node.children) {
      if (child.type === "file_descriptor") this.#descriptor(child, unit);
      else if (!child.isNamed) {
        operator = child.text;
        this.#tile(child, "redirect", unit);
      } else if (target === undefined) target = this.#word(child, unit);
      else if (words === undefined) this.unclear("words follow a redirect");
      else words.push(this.#word(child, unit));
    }
    this.#lead(operator, target);
  }

  #lead(operator: string, target: Word | undefined): void {
    if (operator === "<<<" && target) return;
    if (/^[<>]&$/.test(operator) && target && /^\d+$/.test(target.raw)) return;
    if (!target || !/^(?:<|>|>>|>\||&>|&>>)$/.test(operator))
      this.unclear(`a redirect that is not plain: ${operator}`);
    // bash expands the word behind some of these twice, whatever its quotes.
    else if (operator.includes("&") && !/^[\w./@%+,-]+$/.test(target.raw))
      this.unclear(`what follows ${operator}`);
    if (target) (operator === "<" ? this.reading.reads : this.reading.writes).push(target);
  }

  #document(node: Node, unit: number): void {
    const found = this.#documents++ === 0 ? readDocument(this.#source, node) : undefined;
    if (typeof found !== "object") this.unclear(found ?? "more than one here-document");
    else this.#tiles.push({ ...found, kind: "document", text: "", unit });
    for (const child of node.children) {
      if (child.type === "heredoc_start") this.#tile(child, "word", unit);
      else if (child.type === "heredoc_body") this.collect(child);
      else if (child.type === "file_descriptor") this.#descriptor(child, unit);
      else if (/^<<-?$/.test(child.text)) this.#tile(child, "redirect", unit);
      else if (child.type.endsWith("_redirect")) this.#redirect(child, unit);
      else if (child.type !== "heredoc_end") this.#statement(child);
    }
  }

  /** The grammar takes -5 for one, which is an argument. */
  #descriptor(node: Node, unit: number): void {
    if (!/^\d+$/.test(node.text)) this.unclear(`${node.text} may be an argument`);
    this.#tile(node, "descriptor", unit);
  }

  #tile({ startIndex: start, endIndex: end, text }: Node, kind: TileKind, unit: number): void {
    this.#tiles.push({ start, end, kind, text, unit });
  }

  #word(node: Node, unit: number): Word {
    // The grammar may count a blank in front of a backtick as a part of it.
    const start = node.endIndex - node.text.trimStart().length;
    this.#tiles.push({ start, end: node.endIndex, kind: "word", text: node.text.trimStart(), unit });
    return this.#read(node, start, node.endIndex);
  }

  #read(node: Node, start: number, end: number): Word {
    const raw = this.#source.slice(start, end);
    if (++this.words > MOST_WORDS) return { text: raw, raw, kind: "unknown" };
    let inner: (Node | null)[] | undefined;
    try {
      return readWord(this.#source, start, end, (at) => {
        inner ??= node.descendantsOfType(SUBSTITUTIONS);
        const substitution = inner.find((found) => found && firstIndex(found) === at);
        if (substitution) this.#substitution(substitution);
        return substitution?.endIndex;
      });
    } catch (error) {
      if (!(error instanceof NotAWord)) throw error;
      this.unclear(error.message);
      this.collect(node);
      return { text: raw, raw, kind: "unknown" };
    }
  }

  #substitution(node: Node): void {
    if (this.#seen.has(node.id)) return;
    this.#seen.add(node.id);
    const [open, ...rest] = node.children;
    const close = rest.pop();
    if (!open || !close || !/^(?:\$\(|`|[<>]\()$/.test(open.text.trimStart()) || !/^[)`]$/.test(close.text))
      return this.unclear("a substitution that is not read");
    this.statements(rest, open.endIndex, close.startIndex, this.#depth + 1);
  }
}

function firstIndex({ startIndex, firstChild }: Node): number {
  return firstChild ? firstChild.endIndex - firstChild.text.trimStart().length : startIndex;
}

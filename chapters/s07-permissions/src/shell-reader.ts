// Reads a command line as bash would, without running it: every command in it, every file that it redirects
// to or from, and what cannot be told before it runs. Node kinds that are not listed here are unclear, so a
// kind that nobody thought of is asked about, not let through.
// Not covered: what a program does with its arguments, and aliases, which shells without a terminal ignore.
import type { Node } from "web-tree-sitter";
import { bashParser } from "./bash-parser.ts";

/** A word of a command, without its quotes. */
export interface Word {
  text: string;
  /** A glob may stand for several names; of an unknown word (a variable, a substitution) nothing is known. */
  kind: "literal" | "glob" | "unknown";
}

export interface ShellCommand {
  /** Its name and arguments. */
  words: Word[];
}

export interface Reading {
  commands: ShellCommand[];
  /** Files that redirects read and write. */
  reads: Word[];
  writes: Word[];
  /** What cannot be decided, in words. */
  unclear: string[];
}

export async function readShell(text: string): Promise<Reading> {
  const tree = (await bashParser()).parse(text);
  const reader = new ShellReader(text);
  if (!tree || tree.rootNode.hasError) reader.unclear("it cannot be parsed");
  // bash joins the two halves; the grammar sees two words.
  if (/[^\S \t\n]|\p{Control}/u.test(text.replace(/[\t\n]/g, "")))
    reader.unclear("it has control characters or unusual blanks");
  if (/\S\\\r?\n/.test(text)) reader.unclear("a line is continued in the middle of a word");
  if (/(^|\s)\\[ \t]/.test(text)) reader.unclear("a word begins with an escaped blank");
  if (tree) reader.visit(tree.rootNode);
  tree?.delete();
  return reader.reading;
}

/** The beginning of a substitution or an expansion, unless a backslash takes its meaning. */
const SUBSTITUTES = /(^|[^\\])(\\\\)*(`|\$[({['"])/;

/** Kinds that only hold others. */
const CONTAINERS = new Set(
  "program list pipeline subshell compound_statement negated_command redirected_statement heredoc_redirect".split(
    " ",
  ),
);
const SILENT = new Set("heredoc_start heredoc_end heredoc_content".split(" "));

class ShellReader {
  readonly reading: Reading = { commands: [], reads: [], writes: [], unclear: [] };
  readonly #source: string;
  #documents = 0;

  constructor(source: string) {
    this.#source = source;
  }

  unclear(reason: string): void {
    if (!this.reading.unclear.includes(reason)) this.reading.unclear.push(reason);
  }

  visit(node: Node): void {
    if (node.type === "comment") return this.#comment(node);
    if (SILENT.has(node.type)) return;
    if (node.type === "command") return this.#command(node);
    if (node.type === "file_redirect") return this.#redirect(node);
    if (node.type === "heredoc_redirect") this.#hereDocument(node);
    if (node.type === "heredoc_body") return this.#inner(node);
    if (node.type === "herestring_redirect")
      return node.namedChildren.forEach((child) => void this.#word(child));
    if (CONTAINERS.has(node.type)) return node.namedChildren.forEach((child) => this.visit(child));
    if (!node.isError) this.unclear(`it has a ${node.type.replaceAll("_", " ")}`);
    // A rule may deny what is in it all the same.
    for (const found of node.descendantsOfType(["command", "file_redirect"])) if (found) this.visit(found);
  }

  #command(node: Node): void {
    const words: Word[] = [];
    for (const child of node.children) {
      if (child.type === "file_redirect" || child.type === "herestring_redirect") this.visit(child);
      else if (child.type === "variable_assignment") {
        this.unclear(`it sets ${child.text.split("=", 1)[0]} for a command`);
        this.#inner(child);
      } else words.push(this.#word(child.type === "command_name" ? (child.firstChild ?? child) : child));
    }
    const [name] = words;
    if (name && name.kind !== "literal") this.unclear("the name of a command is only known when it runs");
    if (words.length > 0) this.reading.commands.push({ words });
  }

  /** bash and the grammar disagree on here-documents: where they end, and what is in them. So the text is asked. */
  #hereDocument(node: Node): void {
    const start = node.namedChildren.find((child) => child.type === "heredoc_start");
    const end = node.namedChildren.find((child) => child.type === "heredoc_end");
    const [, quote = "", word] = /^(['"]?)(\w+)\1$/.exec(start?.text ?? "") ?? [];
    if (!start || !end || word === undefined || this.#documents++ > 0)
      return this.unclear("a here-document that is not plain");
    const lines = this.#source.split("\n");
    const stripsTabs = this.#source.slice(0, start.startIndex).trimEnd().endsWith("<<-");
    const isEnd = (line: string) => (stripsTabs ? line.replace(/^\t+/, "") : line) === word;
    const last = lines.findIndex((line, row) => row > start.startPosition.row && isEnd(line));
    const follows = this.#source[start.endIndex] ?? "";
    if (last !== end.startPosition.row || !/[\s;|&)<>]/.test(follows))
      this.unclear("a here-document whose end is not certain");
    const body = lines.slice(start.startPosition.row + 1, last).join("\n");
    if (quote === "" && (SUBSTITUTES.test(body) || body.includes("\\\n")))
      this.unclear("a here-document substitutes");
  }

  /** bash begins a comment at a word's beginning only; behind an escaped blank there is none. */
  #comment({ startIndex }: Node): void {
    if (!/(^|[\n;&|()]|[^\\][ \t])$/.test(this.#source.slice(0, startIndex)))
      this.unclear("a # that may be no comment");
  }

  #redirect(node: Node): void {
    const [destination, ...more] = node.childrenForFieldName("destination").filter((child) => child !== null);
    // The grammar takes what follows for more destinations; bash takes it for arguments.
    if (more.length > 0) this.unclear("words follow a redirect");
    for (const child of more) this.#word(child);
    if (!destination) return;
    const word = this.#word(destination);
    const operator = node.children.find((child) => !child.isNamed)?.type ?? "";
    const isDescriptor = operator.endsWith("&") && /^(\d+|-)$/.test(word.text);
    if (isDescriptor) return;
    (operator === "<" ? this.reading.reads : this.reading.writes).push(word);
  }

  #word(node: Node): Word {
    const { type, text } = node;
    if (type === "word" || type === "number") {
      if (SUBSTITUTES.test(text)) this.unclear(`it has ${JSON.stringify(text)}`);
      return unescaped(text);
    }
    if (type === "raw_string") return { text: text.slice(1, -1), kind: "literal" };
    if (type === "string") return this.#string(node);
    if (type === "concatenation") return this.#joined(node);
    const known = ["command_substitution", "process_substitution", "simple_expansion", "brace_expression"];
    if (!known.includes(type)) this.unclear(`it has ${JSON.stringify(text)}`);
    this.#inner(node);
    return { text, kind: "unknown" };
  }

  #string(node: Node): Word {
    // What the grammar takes for text must hold no substitution.
    const read = node.namedChildren.filter((child) => child.type !== "string_content");
    const rest = read.reduce((text, child) => text.replace(child.text, ""), node.text.slice(1, -1));
    if (SUBSTITUTES.test(rest)) this.unclear("it has a substitution that is not read");
    const isLiteral = read.length === 0;
    if (isLiteral) return { text: node.text.slice(1, -1).replace(/\\([$`"\\])/g, "$1"), kind: "literal" };
    if (node.descendantsOfType(["expansion", "arithmetic_expansion"]).length > 0)
      this.unclear("it expands ${...} or $((...))");
    this.#inner(node);
    return { text: node.text, kind: "unknown" };
  }

  #joined(node: Node): Word {
    const words = node.children.map((child) => this.#word(child));
    const hasBraces = node.namedChildren.some((child) => child.type === "word" && child.text.includes("{"));
    const isUnknown = hasBraces || words.some(({ kind }) => kind === "unknown");
    const isGlob = words.some(({ kind }) => kind === "glob");
    return {
      text: words.map(({ text }) => text).join(""),
      kind: isUnknown ? "unknown" : isGlob ? "glob" : "literal",
    };
  }

  /** The commands of substitutions anywhere below. */
  #inner(node: Node): void {
    // "$ $(rm)" is read as a variable named "$ $", and what follows it as text.
    for (const found of node.descendantsOfType("simple_expansion"))
      if (!/^\$([A-Za-z_]\w*|[\d@*#?$!-])$/.test(found?.text ?? ""))
        this.unclear("it has a $ that is not read");
    for (const found of node.descendantsOfType(["command_substitution", "process_substitution"])) {
      if (found?.text.startsWith("`") && found.text.includes("\\"))
        this.unclear("backticks with backslashes");
      for (const child of found?.namedChildren ?? []) this.visit(child);
    }
  }
}

function unescaped(raw: string): Word {
  const isGlob = /(^|[^\\])(\\\\)*[*?[]/.test(raw);
  return { text: raw.replace(/\\([\s\S])/g, "$1"), kind: isGlob ? "glob" : "literal" };
}

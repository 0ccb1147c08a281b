// Source code by symbol: `agentLoop`, `BackgroundManager.drain`, `backgroundTasks.beforeModel`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Node, Project, type ArrowFunction, type FunctionExpression, type SourceFile } from "ts-morph";
import { ROOT } from "./chapters.ts";
import { codeMark, excerpt, linesShown } from "./excerpt.ts";

const project = new Project({ useInMemoryFileSystem: true });
const files = new Map<string, SourceFile>();

function parse(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), "utf8");
  const known = files.get(path);
  // The site's server lives on while sources change.
  if (known?.getFullText() === text) return known;
  const file = project.createSourceFile(path, text, { overwrite: true });
  files.set(path, file);
  return file;
}

/**
 * The declaration with its comment, dedented. A symbol is a path: of a class or an interface to a
 * member, of a function to what is named inside it (`backgroundTasks.beforeModel`). Quoted texts show
 * those lines alone, within the declaration's head and end, and leave out its comment.
 * Throws an Error that names the file and the symbol if it is not there, or is not one.
 */
export function sourceOf(path: string, symbol: string, quotes: readonly string[] = []): string {
  const statement = statementOf(symbolIn(parse(path), path, symbol));
  const indent = statement.getStart(true) - statement.getStartLinePos(true);
  const source = statement.getText(quotes.length === 0);
  const text = source
    .split("\n")
    .map((line, index) => (index > 0 && line.startsWith(" ".repeat(indent)) ? line.slice(indent) : line))
    .join("\n");
  const of = `${symbol} in ${path}`;
  return excerpt(text, quotes, { of, always: headAndEnd(statement, text), mark: codeMark });
}

/** The numbers of the lines, from 1, that `sourceOf` shows. Throws as it does. */
export function lineNumbersOf(path: string, symbol: string, quotes: readonly string[] = []): number[] {
  const statement = statementOf(symbolIn(parse(path), path, symbol));
  const text = statement.getText(quotes.length === 0);
  const shown = linesShown(text.split("\n"), quotes, {
    of: `${symbol} in ${path}`,
    always: headAndEnd(statement, text),
  });
  const first = statement.getStartLineNumber(quotes.length === 0);
  return [...shown].map((line) => first + line).sort((a, b) => a - b);
}

/** What is shown for a declaration: of a constant, the whole statement. */
function statementOf(node: Node): Node {
  return Node.isVariableDeclaration(node) ? (node.getVariableStatement() ?? node) : node;
}

/** The lines up to the one that opens the body, and the last. */
function headAndEnd(node: Node, text: string): Set<number> {
  const body = Node.isBodyable(node) ? node.getBody() : functionIn(node)?.getBody();
  const head = body ? body.getStartLineNumber() - node.getStartLineNumber() : 0;
  return new Set([...Array.from({ length: head + 1 }, (_, line) => line), text.split("\n").length - 1]);
}

/** The function that a constant or a property holds. */
function functionIn(node: Node): ArrowFunction | FunctionExpression | undefined {
  const [declared = node] = Node.isVariableStatement(node) ? node.getDeclarations() : [];
  const value = Node.isInitializerExpressionGetable(declared) ? declared.getInitializer() : undefined;
  return Node.isArrowFunction(value) || Node.isFunctionExpression(value) ? value : undefined;
}

export interface Body {
  /** Where the declaration begins, its comment included, where its head does, and where its body begins and ends. */
  start: number;
  head: number;
  body: [from: number, to: number];
}

/** The function that a symbol is, in a source that is not kept. Throws an Error that names both if it is none. */
export function bodyOf(source: string, path: string, symbol: string): Body {
  const file = new Project({ useInMemoryFileSystem: true }).createSourceFile("source.ts", source);
  const node = symbolIn(file, path, symbol);
  const statement = statementOf(node);
  const body = Node.isBodyable(node) ? node.getBody() : functionIn(node)?.getBody();
  if (!body) throw new Error(`${symbol} in ${path} is no function`);
  return {
    start: statement.getStart(true),
    head: statement.getStart(),
    body: [body.getStart(), body.getEnd()],
  };
}

function symbolIn(file: SourceFile, path: string, symbol: string): Node {
  const [name = "", ...inner] = symbol.split(".");
  const gone = () => new Error(`${path} has no ${symbol}`);
  let found = declarationIn(file, name);
  for (const part of inner) {
    if (!found) throw gone();
    const within = namedInside(found, part);
    if (within.length > 1)
      throw new Error(`${path} has ${within.length} of ${symbol}; name what holds the one that is meant`);
    found = within[0];
  }
  if (!found) throw gone();
  return found;
}

function declarationIn(file: SourceFile, name: string): Node | undefined {
  return (
    file.getFunction(name) ??
    file.getClass(name) ??
    file.getInterface(name) ??
    file.getTypeAlias(name) ??
    file.getVariableDeclaration(name)
  );
}

/** The declarations of that name that lie nearest to the surface of another. */
function namedInside(outer: Node, name: string): Node[] {
  for (let level = outer.forEachChildAsArray(); level.length > 0;) {
    const found = level.filter((node) => isNamed(node, name));
    if (found.length > 0) return found;
    level = level.flatMap((node) => node.forEachChildAsArray());
  }
  return [];
}

function isNamed(node: Node, name: string): boolean {
  const declares =
    Node.isMethodDeclaration(node) ||
    Node.isMethodSignature(node) ||
    Node.isPropertyDeclaration(node) ||
    Node.isPropertySignature(node) ||
    Node.isPropertyAssignment(node) ||
    Node.isGetAccessorDeclaration(node) ||
    Node.isFunctionDeclaration(node) ||
    Node.isVariableDeclaration(node);
  return declares && node.getName() === name;
}

export interface RecordRow {
  name: string;
  path: string;
  purpose: string;
  /** What stands after @record: where it lives, and whether it outlives the program. */
  place: string;
}

/** Every exported type that is marked with @record, in the order of the paths. */
export function recordsIn(paths: readonly string[]): RecordRow[] {
  return paths.flatMap((path) =>
    [...parse(path).getInterfaces(), ...parse(path).getTypeAliases(), ...parse(path).getClasses()].flatMap(
      (type) => {
        const [doc] = type.getJsDocs();
        const tag = doc?.getTags().find((candidate) => candidate.getTagName() === "record");
        if (!doc || !tag) return [];
        const place = tag.getCommentText()?.replace(/\s+/g, " ").trim() ?? "";
        return [
          {
            name: type.getName() ?? "",
            path,
            purpose: doc.getDescription().replace(/\s+/g, " ").trim(),
            place,
          },
        ];
      },
    ),
  );
}

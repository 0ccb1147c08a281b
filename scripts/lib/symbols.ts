// Source code by symbol: `agentLoop`, `BackgroundManager`, `BackgroundManager.drain`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Node, Project, type SourceFile } from "ts-morph";
import { ROOT } from "./chapters.ts";

const project = new Project({ useInMemoryFileSystem: true });
const files = new Map<string, SourceFile>();

function parse(path: string): SourceFile {
  const known = files.get(path);
  if (known) return known;
  const file = project.createSourceFile(path, readFileSync(join(ROOT, path), "utf8"));
  files.set(path, file);
  return file;
}

/** The declaration with its comment, dedented. Throws an Error that names the file and the symbol if it is not there. */
export function sourceOf(path: string, symbol: string): string {
  const [name = "", member] = symbol.split(".");
  const declaration = declarationIn(parse(path), name);
  const found = member === undefined ? declaration : memberOf(declaration, member);
  if (!found) throw new Error(`${path} has no ${symbol}`);
  const statement = Node.isVariableDeclaration(found) ? (found.getVariableStatement() ?? found) : found;
  const indent = " ".repeat(
    statement.getStartLinePos(true) === statement.getStart(true)
      ? 0
      : statement.getStart(true) - statement.getStartLinePos(true),
  );
  return statement
    .getText(true)
    .split("\n")
    .map((line, index) => (index > 0 && line.startsWith(indent) ? line.slice(indent.length) : line))
    .join("\n");
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

function memberOf(declaration: Node | undefined, name: string): Node | undefined {
  if (Node.isClassDeclaration(declaration)) {
    return declaration.getMembers().find((member) => "getName" in member && member.getName() === name);
  }
  if (Node.isInterfaceDeclaration(declaration)) {
    return declaration.getMembers().find((member) => "getName" in member && member.getName() === name);
  }
  return undefined;
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

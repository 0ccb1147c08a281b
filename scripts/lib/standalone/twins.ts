// Two top-level declarations or imports of one name cannot stand in one file: all but the first get a name of their own.
import { Node, SyntaxKind, type Identifier, type SourceFile, type Statement } from "ts-morph";
import { declarationsOf } from "./declarations.ts";
import { outsideImports } from "./imports.ts";
import type { Needed } from "./reach.ts";

/** New names by file and old name. */
export type Renames = Map<SourceFile, Map<string, string>>;

export function renamesFor({ files }: Needed): Renames {
  const renames: Renames = new Map();
  const taken = new Map<string, SourceFile>();
  const modules = new Map<string, string>();
  const rename = (name: string, file: SourceFile) =>
    renames.set(file, (renames.get(file) ?? new Map()).set(name, freeName(name, file, taken)));
  for (const file of files.keys())
    for (const { local, module } of outsideImports(file)) {
      if ((modules.get(local) ?? module) !== module) rename(local, file);
      else modules.set(local, module);
    }
  const imported = new Set(
    [...files.keys()].flatMap((file) => outsideImports(file).flatMap(({ local }) => local)),
  );
  for (const [file, statements] of files) {
    for (const name of [...statements].flatMap(namesOf)) {
      const owner = taken.get(name);
      const isTwin = (owner !== undefined && owner !== file) || imported.has(name);
      if (!isTwin) taken.set(name, file);
      else rename(name, file);
    }
  }
  return renames;
}

/** The names that a statement declares, those of `const [first, second] = ...` too. */
function namesOf(statement: Statement): string[] {
  const declarations = Node.isVariableStatement(statement) ? statement.getDeclarations() : [statement];
  return declarations.flatMap((declaration) => {
    const node = "getNameNode" in declaration ? declaration.getNameNode() : undefined;
    if (Node.isIdentifier(node)) return [node.getText()];
    const elements = Node.isVariableDeclaration(declaration)
      ? declaration.getNameNode().getDescendantsOfKind(SyntaxKind.BindingElement)
      : [];
    return elements.map((element) => element.getName());
  });
}

/** `read` of task-store.ts becomes `readOfTaskStore`. */
function freeName(name: string, file: SourceFile, taken: Map<string, SourceFile>): string {
  const origin = file
    .getBaseNameWithoutExtension()
    .replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
  const free = `${name}Of${origin}`;
  taken.set(free, file);
  return free;
}

/** What to write for an identifier that refers to a renamed declaration; undefined for any other. */
export function newText(identifier: Identifier, renames: Renames): string | undefined {
  const name = identifier.getText();
  if (![...renames.values()].some((names) => names.has(name))) return undefined;
  const file = identifier.getSourceFile();
  const files = isImported(identifier)
    ? [file]
    : declarationsOf(identifier).map((one) => one.getSourceFile());
  const renamed = files.flatMap((one) => renames.get(one)?.get(name) ?? [])[0];
  if (renamed === undefined) return undefined;
  const parent = identifier.getParent();
  const isShorthand =
    Node.isShorthandPropertyAssignment(parent) ||
    // Its name, and not the default behind it.
    (Node.isBindingElement(parent) &&
      parent.getNameNode() === identifier &&
      Node.isObjectBindingPattern(parent.getParent()) &&
      !parent.getPropertyNameNode());
  return isShorthand ? `${name}: ${renamed}` : renamed;
}

/** Whether a name is one that its file imports from a package. */
function isImported(identifier: Identifier): boolean {
  const [declaration] = identifier.getSymbol()?.getDeclarations() ?? [];
  return (
    Node.isImportSpecifier(declaration) &&
    outsideImports(identifier.getSourceFile()).some(({ local }) => local === identifier.getText())
  );
}

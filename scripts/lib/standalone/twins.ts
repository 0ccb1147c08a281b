// Two top-level declarations of one name cannot stand in one file: all but the first get a name of their own.
import { Node, type Identifier, type SourceFile, type Statement } from "ts-morph";
import { declarationsOf } from "./declarations.ts";
import { outsideImports } from "./imports.ts";
import type { Needed } from "./reach.ts";

/** New names by file and old name. */
export type Renames = Map<SourceFile, Map<string, string>>;

export function renamesFor({ files }: Needed): Renames {
  const renames: Renames = new Map();
  const taken = new Map<string, SourceFile>();
  const imported = new Set(
    [...files.keys()].flatMap((file) => outsideImports(file).flatMap(({ local }) => local)),
  );
  for (const [file, statements] of files) {
    for (const name of [...statements].flatMap(namesOf)) {
      const owner = taken.get(name);
      const isTwin = (owner !== undefined && owner !== file) || imported.has(name);
      if (!isTwin) taken.set(name, file);
      else renames.set(file, (renames.get(file) ?? new Map()).set(name, freeName(name, file, taken)));
    }
  }
  return renames;
}

function namesOf(statement: Statement): string[] {
  const declarations = Node.isVariableStatement(statement) ? statement.getDeclarations() : [statement];
  return declarations.flatMap((declaration) => {
    const node = "getNameNode" in declaration ? declaration.getNameNode() : undefined;
    return Node.isIdentifier(node) ? [node.getText()] : [];
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
  const renamed = declarationsOf(identifier).flatMap(
    (statement) => renames.get(statement.getSourceFile())?.get(name) ?? [],
  )[0];
  if (renamed === undefined) return undefined;
  return Node.isShorthandPropertyAssignment(identifier.getParent()) ? `${name}: ${renamed}` : renamed;
}

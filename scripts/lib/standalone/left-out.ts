// What a one-file edition goes without: what only the course's own terminal would use, and the files
// that are listed here, with every statement that uses them. The file's header says which they are.
import { Node, SyntaxKind, type Project, type Type } from "ts-morph";
import { fromRoot, type Chapter } from "../chapters.ts";
import { targetsOf } from "./declarations.ts";

/** Files that make a mechanism hold, or draw it, and that one can do without, by chapter; with what to say of each. */
const WITHOUT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  s13: {
    "src/lanes.ts": "the picture of /lanes",
    "src/recovery.ts": "what is done after a crash",
    "src/remote-lanes.ts": "lanes past this machine",
  },
  full: {
    "../s13-background-tasks/src/remote-lanes.ts": "lanes past this machine",
  },
};

/** Files of the runtime for which a plain one stands in, with the same exports. */
export const STAND_INS: Readonly<Record<string, string>> = {
  "packages/runtime/src/conversation/session.ts": "scripts/one-file/session.ts",
  "packages/runtime/src/model/call-model.ts": "scripts/one-file/call-model.ts",
  "packages/runtime/src/model/model-error.ts": "scripts/one-file/model-error.ts",
  "packages/runtime/src/processes/shell.ts": "scripts/one-file/shell.ts",
  "packages/runtime/src/seams.ts": "scripts/one-file/seams.ts",
  "packages/runtime/src/tools/files.ts": "scripts/one-file/files.ts",
};

/** A mechanism that does not touch the conversation does with a plain one. */
export function hasPlainCore({ id }: Chapter): boolean {
  return ["s12", "s13"].includes(id);
}

/** In words, for the header: what a chapter's one-file edition goes without. */
export function leftOutOf(chapter: Chapter): string[] {
  const core = hasPlainCore(chapter)
    ? ["what makes a conversation hold", "faults of models", "processes that leave their group", "odd files"]
    : [];
  return ["slash commands", ...core, ...Object.values(WITHOUT[chapter.id] ?? {})];
}

/** All statements and members that use one of the listed files. */
export function usersOfLeftOut(project: Project, chapters: readonly Chapter[]): Set<Node> {
  const users = new Set<Node>();
  for (const { id, folder } of chapters) {
    for (const file of Object.keys(WITHOUT[id] ?? {})) {
      const source = project.getSourceFileOrThrow(`${folder}/${file}`);
      for (const declarations of source.getExportedDeclarations().values())
        for (const declaration of declarations) leaveOutUsers(declaration, users);
    }
  }
  return users;
}

function leaveOutUsers(declaration: Node, users: Set<Node>): void {
  for (const use of usesOf(declaration)) {
    const user = userAt(use);
    if (!user)
      throw new Error(`${fromRoot(use.getSourceFile().getFilePath())} cannot do without ${use.getText()}`);
    leaveOut(user, users);
  }
}

/** Where its chapter names a declaration, besides itself, imports and exports. */
function usesOf(declaration: Node): Node[] {
  const name = declaration.getSymbol()?.getName() ?? "";
  const home = declaration.getSourceFile();
  const files = declaration
    .getProject()
    .getSourceFiles()
    .filter((file) => file.getDirectoryPath() === home.getDirectoryPath() && file.getText().includes(name));
  return files.flatMap((file) =>
    file
      .getDescendantsOfKind(SyntaxKind.Identifier)
      .filter((node) => node.getText() === name && targetsOf(node).includes(declaration))
      .filter(
        (node) =>
          !node
            .getAncestors()
            .some(
              (outer) =>
                outer === declaration || Node.isImportDeclaration(outer) || Node.isExportDeclaration(outer),
            ),
      ),
  );
}

/** Leaves out a statement or a property, what it declares, and a function of which nothing is left. */
function leaveOut(user: Node, users: Set<Node>): void {
  if (users.has(user)) return;
  users.add(user);
  if (Node.isVariableStatement(user))
    for (const declared of user.getDeclarations()) leaveOutUsers(declared, users);
  const block = user.getParent();
  const owner = block?.getParent();
  if (!Node.isBlock(block) || !block.getStatements().every((statement) => users.has(statement))) return;
  if (!Node.isMethodDeclaration(owner)) return;
  users.add(owner);
  leaveOutUsers(owner, users);
}

/** The smallest statement in a block, property of an object or variable of a file, around a node. */
function userAt(node: Node): Node | undefined {
  return node
    .getAncestors()
    .find(
      (ancestor) =>
        Node.isPropertyAssignment(ancestor) ||
        (Node.isStatement(ancestor) && Node.isBlock(ancestor.getParent())) ||
        (Node.isVariableStatement(ancestor) && Node.isSourceFile(ancestor.getParent())),
    );
}

/** Slash commands: a member of an Extension that a plain terminal has no use for. */
export function isTerminalsOwn(node: Node): boolean {
  const isMember =
    Node.isPropertyAssignment(node) ||
    Node.isShorthandPropertyAssignment(node) ||
    Node.isMethodDeclaration(node) ||
    Node.isGetAccessorDeclaration(node) ||
    Node.isPropertySignature(node) ||
    Node.isMethodSignature(node);
  if (!isMember || node.getName() !== "commands") return false;
  const owner = node.getParent();
  if (Node.isInterfaceDeclaration(owner)) return owner.getName() === "Extension";
  return Node.isObjectLiteralExpression(owner) && isExtension(owner.getContextualType());
}

/** An Extension, or what extends one, as a team's (s15). */
function isExtension(type: Type | undefined): boolean {
  if (!type) return false;
  return type.getSymbol()?.getName() === "Extension" || type.getBaseTypes().some(isExtension);
}

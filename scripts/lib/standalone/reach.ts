// Which top-level statements a program needs, and which methods of their classes, found by following
// its identifiers. What is left out is not followed.
import {
  Node,
  type ClassMemberTypes,
  type Identifier,
  type PrivateIdentifier,
  type SourceFile,
  type Statement,
} from "ts-morph";
import { declarationsOf, targetsOf } from "./declarations.ts";
import { isTerminalsOwn } from "./left-out.ts";

export interface Needed {
  files: Map<SourceFile, Set<Statement>>;
  /** Parts of needed statements that are not printed. */
  isLeftOut(node: Node): boolean;
}

/** Every top-level statement that the program needs, by file. `without` holds what is left out besides. */
export function reach(program: SourceFile, without: ReadonlySet<Node>): Needed {
  const files: Needed["files"] = new Map();
  const done = new Set<Node>();
  const queue: Node[] = program.getStatements().filter((statement) => !Node.isImportDeclaration(statement));
  const isLeftOut = (node: Node) =>
    without.has(node) || isTerminalsOwn(node) || (isMethod(node) && !done.has(node));
  for (let unit = queue.pop(); unit; unit = queue.pop()) {
    if (done.has(unit) || without.has(unit)) continue;
    done.add(unit);
    const file = unit.getSourceFile();
    if (Node.isStatement(unit)) files.set(file, (files.get(file) ?? new Set()).add(unit));
    unit.forEachDescendant((node, traversal) => {
      if (isLeftOut(node)) traversal.skip();
      else if (Node.isIdentifier(node) || Node.isPrivateIdentifier(node)) queue.push(...unitsOf(node));
    });
  }
  return { files, isLeftOut };
}

/** A method that is there only to be called by name; of a class that extends or implements something, others may call it. */
function isMethod(node: Node): node is ClassMemberTypes {
  const isCalledByName =
    Node.isMethodDeclaration(node) ||
    Node.isGetAccessorDeclaration(node) ||
    Node.isSetAccessorDeclaration(node);
  if (!isCalledByName) return false;
  const owner = node.getParent();
  return Node.isClassDeclaration(owner) && owner.getHeritageClauses().length === 0;
}

/** What an identifier needs: the top-level statements that declare it, and a method itself. */
function unitsOf(identifier: Identifier | PrivateIdentifier): Node[] {
  const methods = [...targetsOf(identifier), ...takenApart(identifier)].filter(isMethod);
  return [...methods, ...declarationsOf(identifier)];
}

/** In `const { current } = requests`, the members of `requests` that are read. */
function takenApart(identifier: Node): Node[] {
  const element = identifier.getParent();
  const pattern = element?.getParent();
  if (!Node.isBindingElement(element) || !Node.isObjectBindingPattern(pattern)) return [];
  const name = (element.getPropertyNameNode() ?? element.getNameNode()).getText();
  return pattern.getType().getProperty(name)?.getDeclarations() ?? [];
}

// What an identifier stands for, in the files of this repository.
import { Node, type Identifier, type PrivateIdentifier, type Statement } from "ts-morph";

/** The top-level statements of this repository that an identifier refers to. */
export function declarationsOf(identifier: Identifier | PrivateIdentifier): Statement[] {
  return targetsOf(identifier).flatMap((declaration) => {
    const statement = [declaration, ...declaration.getAncestors()].find((node) =>
      Node.isSourceFile(node.getParent()),
    );
    return Node.isStatement(statement) &&
      !Node.isImportDeclaration(statement) &&
      !Node.isExportDeclaration(statement)
      ? [statement]
      : [];
  });
}

/** The declarations in this repository that an identifier refers to. */
export function targetsOf(identifier: Identifier | PrivateIdentifier): Node[] {
  const parent = identifier.getParent();
  // In { name }, the identifier is the property; what it stands for is the value.
  const symbol = Node.isShorthandPropertyAssignment(parent)
    ? parent.getValueSymbol()
    : identifier.getSymbol();
  const target = symbol?.getAliasedSymbol() ?? symbol;
  return (target?.getDeclarations() ?? []).filter((declaration) => {
    const file = declaration.getSourceFile();
    return !file.isInNodeModules() && !file.isDeclarationFile();
  });
}

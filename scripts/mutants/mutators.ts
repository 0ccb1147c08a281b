// The changes that a mutant can be. Left alone: wording (messages, what is logged), types, imports, and what a
// test could not tell apart, as the indentation of JSON.
import { ts } from "ts-morph";

export interface Change {
  mutator: string;
  start: number;
  end: number;
  /** Stands in place of the text from start to end. */
  text: string;
}

type Mutator = (node: ts.Node, source: ts.SourceFile) => Change[];

/** The changes of this node alone, not of those within it. */
export function changesOf(node: ts.Node, source: ts.SourceFile): Change[] {
  return MUTATORS.flatMap((mutator) => mutator(node, source));
}

/** Whether nothing within the node is code that a mutant may change. */
export function isLeftAlone(node: ts.Node, source: ts.SourceFile): boolean {
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return true;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true;
  if (ts.isNewExpression(node)) return node.expression.getText(source).endsWith("Error");
  if (ts.isCallExpression(node)) return WORDING.test(node.expression.getText(source));
  return ts.isPropertyAssignment(node) && LABELS.test(node.name.getText(source));
}

const WORDING = /^console\.|\.describe$|^assertNever$/;
const LABELS = /^(description|summary|title|message|hint|usage|help|label)$/;

const { SyntaxKind: Kind } = ts;

const SWAPPED = new Map<ts.SyntaxKind, [mutator: string, text: string]>([
  [Kind.LessThanToken, ["border", "<="]],
  [Kind.LessThanEqualsToken, ["border", "<"]],
  [Kind.GreaterThanToken, ["border", ">="]],
  [Kind.GreaterThanEqualsToken, ["border", ">"]],
  [Kind.PlusToken, ["arithmetic", "-"]],
  [Kind.MinusToken, ["arithmetic", "+"]],
  [Kind.AsteriskToken, ["arithmetic", "/"]],
  [Kind.SlashToken, ["arithmetic", "*"]],
  [Kind.PercentToken, ["arithmetic", "*"]],
  [Kind.PlusEqualsToken, ["arithmetic", "-="]],
  [Kind.MinusEqualsToken, ["arithmetic", "+="]],
  [Kind.PlusPlusToken, ["arithmetic", "--"]],
  [Kind.MinusMinusToken, ["arithmetic", "++"]],
  [Kind.EqualsEqualsEqualsToken, ["condition", "!=="]],
  [Kind.ExclamationEqualsEqualsToken, ["condition", "==="]],
  [Kind.QuestionQuestionEqualsToken, ["side", "="]],
  [Kind.BarBarEqualsToken, ["side", "="]],
]);

const MUTATORS: Mutator[] = [conditions, operators, sides, literals, statements, awaits, methods, defaults];

function conditions(node: ts.Node, source: ts.SourceFile): Change[] {
  if (!isCondition(node)) {
    const parent = node.parent as ts.Node | undefined;
    const isNegation = ts.isPrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken;
    return isNegation && !(parent && isCondition(node))
      ? [replace("condition", node, node.operand.getText(source), source)]
      : [];
  }
  if (node.kind === Kind.TrueKeyword) return [];
  const isNegation = ts.isPrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken;
  const text = isNegation ? node.operand.getText(source) : `!(${node.getText(source)})`;
  return [replace("condition", node, text, source)];
}

function isCondition(node: ts.Node): boolean {
  const parent = node.parent as ts.Node | undefined;
  if (!parent) return false;
  if (ts.isIfStatement(parent) || ts.isWhileStatement(parent) || ts.isDoStatement(parent))
    return parent.expression === node;
  return (ts.isForStatement(parent) || ts.isConditionalExpression(parent)) && parent.condition === node;
}

function operators(node: ts.Node, source: ts.SourceFile): Change[] {
  const isUnary = ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node);
  if (isUnary) {
    const swapped = node.operator === Kind.MinusToken ? undefined : SWAPPED.get(node.operator);
    const operand = node.operand.getText(source);
    if (!swapped || node.operator === Kind.PlusToken) return [];
    const text = ts.isPrefixUnaryExpression(node) ? `${swapped[1]}${operand}` : `${operand}${swapped[1]}`;
    return [replace(swapped[0], node, text, source)];
  }
  if (!ts.isBinaryExpression(node)) return [];
  const swapped = SWAPPED.get(node.operatorToken.kind);
  const isWords = node.operatorToken.kind === Kind.PlusToken && [node.left, node.right].some(isText);
  // The negated condition is the same change.
  if (!swapped || isWords || (swapped[0] === "condition" && isCondition(node))) return [];
  return [replace(swapped[0], node.operatorToken, swapped[1], source)];
}

function sides(node: ts.Node, source: ts.SourceFile): Change[] {
  if (!ts.isBinaryExpression(node)) return [];
  const kind = node.operatorToken.kind;
  const isHalves = kind === Kind.AmpersandAmpersandToken || kind === Kind.BarBarToken;
  if (!isHalves && kind !== Kind.QuestionQuestionToken) return [];
  return [node.left, node.right].map((side) =>
    replace(isHalves ? "half" : "side", node, `(${side.getText(source)})`, source),
  );
}

function literals(node: ts.Node, source: ts.SourceFile): Change[] {
  if (node.kind === Kind.TrueKeyword || node.kind === Kind.FalseKeyword)
    return [replace("literal", node, node.kind === Kind.TrueKeyword ? "false" : "true", source)];
  if (ts.isNumericLiteral(node))
    return /^\d$/.test(node.text) && !isIndentation(node)
      ? [replace("literal", node, String(Number(node.text) + 1), source)]
      : [];
  if (ts.isTemplateExpression(node)) {
    const words = [node.head, ...node.templateSpans.map((span) => span.literal)].map(({ text }) => text);
    return words.some((text) => /\s/.test(text)) ? [] : [replace("literal", node, '""', source)];
  }
  if (!ts.isStringLiteralLike(node) || /\S\s+\S/.test(node.text) || isName(node)) return [];
  return [replace("literal", node, node.text === "" ? '"mutant"' : '""', source)];
}

/** Where a string is a property's name or one side of a comparison, which `condition` negates. */
function isName(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent))
    return (
      SWAPPED.get(parent.operatorToken.kind)?.[0] === "condition" ||
      parent.operatorToken.kind === Kind.InKeyword
    );
  return (ts.isPropertyAssignment(parent) && parent.name === node) || ts.isExternalModuleReference(parent);
}

function isIndentation(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isCallExpression(parent) && parent.expression.getText() === "JSON.stringify";
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function statements(node: ts.Node, source: ts.SourceFile): Change[] {
  const isEffect = ts.isExpressionStatement(node) && !/^super\(|^console\./.test(node.getText(source));
  const isJump = ts.isThrowStatement(node) || ts.isBreakStatement(node) || ts.isContinueStatement(node);
  const isEarly = ts.isReturnStatement(node) && !isLast(node) && !isIdle(node);
  if (!isEffect && !isJump && !isEarly) return [];
  if (isLeftAlone(unwrapped(node), source)) return [];
  const isAlone = ts.isIfStatement(node.parent) || ts.isIterationStatement(node.parent, false);
  return [replace("statement", node, isAlone ? "{}" : ";", source)];
}

function unwrapped(node: ts.Node): ts.Node {
  const inner = ts.isExpressionStatement(node) || ts.isReturnStatement(node) ? node.expression : undefined;
  return inner ?? node;
}

/** The last statement of a function. Without its return it would be another function; its value is mutated instead. */
function isLast(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isBlock(parent) && ts.isFunctionLike(parent.parent) && parent.statements.at(-1) === node;
}

/** A return of nothing at the end of a function, as in the catch that ends it: without it nothing is returned, too. */
function isIdle(node: ts.ReturnStatement): boolean {
  return [undefined, "undefined"].includes(node.expression?.getText()) && isAtEnd(node);
}

function isAtEnd(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isFunctionLike(parent)) return true;
  const isInside = ts.isIfStatement(parent) || ts.isTryStatement(parent) || ts.isCatchClause(parent);
  return (isInside || (ts.isBlock(parent) && parent.statements.at(-1) === node)) && isAtEnd(parent);
}

function awaits(node: ts.Node, source: ts.SourceFile): Change[] {
  return ts.isAwaitExpression(node) ? [replace("await", node, node.expression.getText(source), source)] : [];
}

const RENAMED = new Map([
  ["some", "every"],
  ["every", "some"],
]);
const DROPPED = new Set("filter sort toSorted reverse toReversed slice default trim".split(" "));

function methods(node: ts.Node, source: ts.SourceFile): Change[] {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { name, expression } = node.expression;
  const renamed = RENAMED.get(name.text);
  if (renamed !== undefined) return [replace("method", name, renamed, source)];
  return DROPPED.has(name.text) ? [replace("method", node, expression.getText(source), source)] : [];
}

function defaults(node: ts.Node): Change[] {
  if (!ts.isParameter(node) && !ts.isBindingElement(node)) return [];
  const { initializer } = node;
  if (!initializer) return [];
  const before = (ts.isParameter(node) ? node.type : undefined) ?? node.name;
  return [{ mutator: "default", start: before.getEnd(), end: initializer.getEnd(), text: "" }];
}

function replace(mutator: string, node: ts.Node, text: string, source: ts.SourceFile): Change {
  return { mutator, start: node.getStart(source), end: node.getEnd(), text };
}

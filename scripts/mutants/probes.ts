// Which lines a test file runs, in the programs that it starts too: every statement and every arrow function's
// expression writes its place into a file, once a process. V8's own coverage would need the source maps of two loaders,
// and is lost when a program is killed, which tests here do.
import { ts } from "ts-morph";
import { parse } from "./mutate.ts";

/** The code with probes; each writes `file:start` to `hits`. */
export function probed(file: string, code: string, hits: string): string {
  const inserts: [at: number, text: string][] = [];
  for (const { start, node } of unitsOf(code)) {
    if (ts.isExpression(node)) inserts.push([start, `(__hit(${start}), (`], [node.getEnd(), "))"]);
    else inserts.push([start, `{ __hit(${start}); `.slice(isListed(node) ? 2 : 0)]);
    if (!ts.isExpression(node) && !isListed(node)) inserts.push([node.getEnd(), " }"]);
  }
  // Later ones first, so that earlier places hold; what ends at a place comes before what begins there.
  const ordered = inserts.map((insert, order) => ({ insert, order })).toSorted(laterFirst);
  const body = ordered.reduce(
    (text, { insert: [at, part] }) => text.slice(0, at) + part + text.slice(at),
    code,
  );
  // On a line of the code: tests may count a file's lines. All inserts stand behind this place.
  const first = parse(code).statements[0]?.getStart() ?? code.length;
  return `${body.slice(0, first)}${runtimeOf(file, hits)} ${body.slice(first)}`;
}

/** Where the innermost probe around a place stands; -1 where there is none, as in what is imported. */
export function probeAround(code: string, place: number): number {
  const around = unitsOf(code).filter(({ start, node }) => start <= place && place < node.getEnd());
  return Math.max(-1, ...around.map(({ start }) => start));
}

interface Unit {
  start: number;
  node: ts.Node;
}

function unitsOf(code: string): Unit[] {
  const source = parse(code);
  const units: Unit[] = [];
  const visit = (node: ts.Node): void => {
    if (isUnit(node)) units.push({ start: node.getStart(source), node });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return units;
}

function isUnit(node: ts.Node): boolean {
  const parent = node.parent as ts.Node | undefined;
  if (!parent) return false;
  if (ts.isArrowFunction(parent) && parent.body === node) return !ts.isBlock(node);
  if (!ts.isStatement(node) || ts.isBlock(node)) return false;
  const isOnlyType =
    ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isFunctionDeclaration(node);
  const isModuleLine = ts.isImportDeclaration(node) || ts.isExportDeclaration(node);
  return !isOnlyType && !isModuleLine && !ts.isLabeledStatement(parent);
}

/** Whether the statement stands in a list, where another may stand before it. */
function isListed({ parent }: ts.Node): boolean {
  return ts.isSourceFile(parent) || ts.isBlock(parent) || ts.isCaseOrDefaultClause(parent);
}

type Ordered = { insert: [at: number, text: string]; order: number };

function laterFirst(a: Ordered, b: Ordered): number {
  const isEnd = ({ insert: [, text] }: Ordered) => /^[) ]/.test(text);
  if (a.insert[0] !== b.insert[0]) return b.insert[0] - a.insert[0];
  if (isEnd(a) !== isEnd(b)) return isEnd(a) ? 1 : -1;
  // Inserted last stands first: the outer of two that begin at one place was found first.
  return isEnd(a) ? a.order - b.order : b.order - a.order;
}

function runtimeOf(file: string, hits: string): string {
  const lines = [
    'import { appendFileSync as __append } from "node:fs";',
    "function __hit(start: number) {",
    "const seen: Set<string> = ((globalThis as { __hits?: Set<string> }).__hits ??= new Set());",
    `const place = ${JSON.stringify(file)} + ":" + start;`,
    "if (seen.has(place)) return;",
    // It fails without a file descriptor left, as in some tests, and is tried again the next time.
    `try { __append(${JSON.stringify(hits)}, place + "\\n"); seen.add(place); } catch {}`,
    "}",
  ];
  return lines.join(" ");
}

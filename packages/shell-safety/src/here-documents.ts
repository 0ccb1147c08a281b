// Here-documents: bash and the grammar disagree on where they end and on what is in them, so the lines are read
// again here, and only plain ones are clear.
import type { Node } from "web-tree-sitter";
import { SECRET_VARIABLE } from "./words.ts";

/** The beginning of a substitution or an expansion, unless a backslash takes its meaning. */
const SUBSTITUTES = /(^|[^\\])(\\\\)*(`|\$[({['"])/;

/** From the end of the line that names it to the end of its last line; or in words why it is unclear. */
export function readDocument(source: string, node: Node): { start: number; end: number } | string {
  const startNode = node.children.find(({ type }) => type === "heredoc_start");
  const endNode = node.children.find(({ type }) => type === "heredoc_end");
  const [, quote = "", marker] = /^(['"]?)(\w+)\1$/.exec(startNode?.text ?? "") ?? [];
  if (!startNode || !endNode || marker === undefined) return "a here-document that is not plain";
  const stripsTabs = node.children.some(({ type }) => type === "<<-");
  const start = source.indexOf("\n", startNode.endIndex);
  // A backslash or an open quote would carry the line on.
  const rest = source.slice(startNode.endIndex, start);
  if (start === -1 || /['"\\`#]|<</.test(rest) || startNode.startIndex !== operatorEnd(source, startNode))
    return "a here-document that is not plain";
  const lines = source.slice(start + 1).split("\n");
  const isEnd = (line: string) => (stripsTabs ? line.replace(/^\t+/, "") : line) === marker;
  const last = lines.findIndex(isEnd);
  const body = lines.slice(0, last).join("\n");
  const end = start + body.length + (last > 0 ? 1 : 0) + 1 + (lines[last]?.length ?? 0);
  if (last === -1 || endNode.endIndex !== end) return "a here-document whose end is not certain";
  if (quote === "" && (SUBSTITUTES.test(body) || SECRET_VARIABLE.test(body) || body.includes("\\\n")))
    return "a here-document substitutes";
  return { start, end };
}

/** Where the blanks behind << end. */
function operatorEnd(source: string, { startIndex }: Node): number {
  return /<<-?[ \t]*$/.test(source.slice(0, startIndex)) ? startIndex : -1;
}

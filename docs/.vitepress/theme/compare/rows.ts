// A difference as rows of a table: what was removed stands beside what came in its place.
import type { FileDiff } from "../../../../scripts/lib/file-diff.ts";

interface Side {
  /** From 1. */
  line: number;
  isChanged: boolean;
}

export type Row = { kind: "gap" } | { kind: "lines"; before?: Side | undefined; after?: Side | undefined };

export function rowsOf({ lines }: Pick<FileDiff, "lines">): Row[] {
  const rows: Row[] = [];
  let [before, after] = [0, 0];
  let removed: Side[] = [];
  let added: Side[] = [];
  const pair = () => {
    for (let index = 0; index < Math.max(removed.length, added.length); index++)
      rows.push({ kind: "lines", before: removed[index], after: added[index] });
    [removed, added] = [[], []];
  };
  for (const line of lines) {
    const [, oldStart, newStart] = /^@@ -(\d+),\d+ \+(\d+),\d+ @@/.exec(line) ?? [];
    if (oldStart !== undefined) {
      pair();
      // Only what lies between two parts is left out; the first part begins the table.
      if (rows.length > 0) rows.push({ kind: "gap" });
      [before, after] = [Number(oldStart), Number(newStart)];
    } else if (line.startsWith("-")) removed.push({ line: before++, isChanged: true });
    else if (line.startsWith("+")) added.push({ line: after++, isChanged: true });
    else if (line.startsWith(" ")) {
      pair();
      rows.push({
        kind: "lines",
        before: { line: before++, isChanged: false },
        after: { line: after++, isChanged: false },
      });
    }
  }
  pair();
  return rows;
}

/** The same rows for a narrow screen: each removed line above the lines that came in its place. */
export function stacked(rows: readonly Row[]): Row[] {
  const result: Row[] = [];
  let added: Row[] = [];
  for (const row of rows) {
    const isChange = row.kind === "lines" && (row.before?.isChanged ?? row.after?.isChanged);
    if (!isChange) {
      result.push(...added, row);
      added = [];
      continue;
    }
    if (row.before) result.push({ kind: "lines", before: row.before });
    if (row.after) added.push({ kind: "lines", after: row.after });
  }
  return [...result, ...added];
}

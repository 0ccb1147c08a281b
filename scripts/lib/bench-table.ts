// A saved run of the benchmark as a table for docs/performance.md.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatValue, type SavedRun } from "../bench/figure.ts";
import { ROOT } from "./chapters.ts";
import { table } from "./format.ts";

export function benchTable(): string {
  const saved = JSON.parse(readFileSync(join(ROOT, "docs/performance.json"), "utf8")) as SavedRun;
  const rows = saved.rows.map(({ name, question, unit, value, spread, aim, verdict, context }) => [
    `\`${name}\``,
    question,
    formatValue(value, unit),
    spread.map((edge) => formatValue(edge, unit)).join(" to "),
    formatValue(aim, unit),
    verdict,
    context,
  ]);
  const head = ["Figure", "What against what", "Value", "Middle half", "Aim", "Verdict", "Context"];
  return `Node ${saved.node.slice(1)}, ${saved.platform}, ${saved.cores} cores.\n\n${table(head, rows)}`;
}

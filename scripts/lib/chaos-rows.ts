// Rows of `npm run chaos`, for a page. Only where the chapter's program does one thing at a time is a point's number the
// same in each run.
import { spansOf } from "../../packages/runtime/src/terminal/text.ts";
import { chaos } from "../chaos/chaos.ts";
import { scenarioOf } from "../chaos/scenario.ts";
import { columnsLine, rowLines } from "../chaos/show.ts";
import { findChapter } from "./chapters.ts";

/** The rows of the points from one to another, as in 5..9. Throws an Error where one of them found a fault. */
export async function chaosRows(id: string, range: string): Promise<string> {
  const [from = 0, to = 0] = (/^(\d+)\.\.(\d+)$/.exec(range) ?? []).slice(1).map(Number);
  if (from < 1 || to < from) throw new Error(`"${range}" is no range of points; write one as in 5..9`);
  const chapter = findChapter(id);
  const scenario = await scenarioOf(id);
  const outcomes = await chaos({
    chapter,
    source: chapter.folder,
    choose: () => Array.from({ length: to - from + 1 }, (_, index) => from + index),
    signal: new AbortController().signal,
  });
  const bad = outcomes.flatMap(({ number, faults }) => faults.map((fault) => `point ${number}: ${fault}`));
  if (bad.length > 0) throw new Error(`${id} does not survive its kills: ${bad.join("; ")}`);
  const rows = outcomes.slice(1).flatMap((outcome) => rowLines(outcome, scenario));
  return [columnsLine(scenario), ...rows]
    .map((line) =>
      spansOf(line)
        .map((part) => (typeof part === "string" ? part : part.text))
        .join("")
        .trimEnd(),
    )
    .join("\n");
}

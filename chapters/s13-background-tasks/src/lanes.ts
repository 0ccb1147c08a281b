// The session so far as a picture in text: one row for the main loop, one for each background
// task, and a mark where each result was injected. Time in which nothing ran is left out.
import type { Session, StampedEvent } from "@course/runtime";
import type { RuntimeTaskRecord } from "./runtime-task.ts";

const LABEL = 23;
const CHART = 38;
/** A gap in which nothing ran shrinks to this. */
const GAP_MS = 300;
const ENDINGS: Readonly<Record<string, string>> = { completed: "✓", running: "→", queued: "→" };

interface Span {
  from: number;
  to: number;
  mark: string;
}

export class Lanes {
  readonly #main: Span[] = [];
  /** When each task's result was injected, by task id. */
  readonly #injected = new Map<string, number>();
  readonly #open = new Map<string, number>();

  watch(session: Session): void {
    session.on((event) => this.add(event));
  }

  add(event: StampedEvent): void {
    if (event.type === "model_started") this.#open.set("model", event.at);
    else if (event.type === "model_ended") this.#close("model", event.at, "▓");
    else if (event.type === "tool_started") this.#open.set(event.id, event.at);
    else if (event.type === "tool_ended") this.#close(event.id, event.at, "▒");
    else if (event.type === "run_ended") this.#open.clear();
    else if (event.type === "injected") {
      for (const [, id = ""] of event.text.matchAll(/^<task id="([^"]+)"/gm))
        this.#injected.set(id, event.at);
    }
  }

  #close(key: string, at: number, mark: string): void {
    const from = this.#open.get(key);
    this.#open.delete(key);
    if (from !== undefined) this.#main.push({ from, to: at, mark });
  }

  /** A picture 80 columns wide. `now` is in milliseconds since the epoch. */
  draw(records: readonly RuntimeTaskRecord[], now = Date.now()): string {
    const [first] = this.#main;
    if (!first) return "Nothing has run yet.";
    const tasks = records.flatMap((record) => {
      const from = record.startedAt === null ? undefined : Date.parse(record.startedAt);
      const to = record.endedAt === null ? now : Date.parse(record.endedAt);
      // What an earlier session left is told, but did not run in this one.
      const isOurs = from !== undefined && record.status !== "interrupted" && to >= first.from;
      return isOurs ? [{ record, from, to, mark: "─" }] : [];
    });
    const column = timeScale([...this.#main, ...tasks]);
    const main = Array<string>(CHART).fill("·");
    for (const { from, to, mark } of this.#main) main.fill(mark, column(from), column(to) + 1);
    const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
    const rows = tasks.map(({ record, from, to }, index) => {
      const cells = Array<string>(CHART)
        .fill(" ")
        .fill("─", column(from), column(to) + 1);
      cells[column(from)] = "├";
      cells[column(to)] = ENDINGS[record.status] ?? "✗";
      const injected = this.#injected.get(record.id);
      if (injected !== undefined)
        cells[Math.max(column(injected), Math.min(column(to) + 1, CHART - 1))] = "▲";
      const name = `${letter(index)} ${record.command}`.slice(0, LABEL - 2);
      return `${name.padEnd(LABEL)}${cells.join("")}  ${record.status} ${seconds(to - from)}`;
    });
    const legend = "▓ model call  ▒ tool call  ▲ result injected  · idle";
    return [`${"main loop".padEnd(LABEL)}${main.join("")}`, ...rows, `${"".padEnd(LABEL)}${legend}`].join(
      "\n",
    );
  }
}

function letter(index: number): string {
  return String.fromCharCode(65 + (index % 26));
}

/** Maps a time to a column, with the gaps between spans shortened. */
function timeScale(spans: readonly Span[]): (time: number) => number {
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  const start = sorted[0]?.from ?? 0;
  const cuts: Span[] = [];
  let end = start;
  for (const { from, to } of sorted) {
    if (from - end > GAP_MS) cuts.push({ from: end + GAP_MS, to: from, mark: "" });
    end = Math.max(end, to);
  }
  const place = (time: number) =>
    time -
    start -
    cuts.reduce((sum, cut) => sum + Math.min(Math.max(time - cut.from, 0), cut.to - cut.from), 0);
  const total = Math.max(1, place(end));
  return (time) => Math.min(CHART - 1, Math.max(0, Math.round((place(time) / total) * (CHART - 1))));
}

// The session so far as a picture: a lane for the main loop, one for each conversation beside it (subagents, teammates)
// and one for each background task, with a mark where each result was injected, and an arrow for each mail (s15).
import { type AgentEvent, type Session, type StampedEvent } from "@course/runtime";
import type { RuntimeTaskRecord } from "./runtime-task.ts";
import { drawTimeline, type Row, type Span } from "./timeline.ts";

const ENDINGS: Readonly<Record<string, string>> = { completed: "✓", running: "→", queued: "→" };
const LEGEND = "▓ model call  ▒ tool call  ▲ result injected  · idle";
/** Of one worker's tasks. */
const MOST_IDS = 5;
const MAIL_LEGEND = "▓ model call  ▒ tool call  ◆ ▲ ▼ mail  · idle";

/** A conversation: its calls so far, and those under way. */
class Lane {
  readonly spans: Span[] = [];
  readonly #open = new Map<string, number>();
  calls = 0;

  add(event: AgentEvent, at: number): void {
    if (event.type === "model_started") this.#open.set("model", at);
    else if (event.type === "model_ended") this.#close("model", at, "▓");
    else if (event.type === "tool_started") this.#open.set(event.id, at);
    else if (event.type === "tool_ended") this.#close(event.id, at, "▒");
    else if (event.type === "run_ended") this.#open.clear();
  }

  #close(key: string, to: number, mark: string): void {
    const from = this.#open.get(key);
    this.#open.delete(key);
    if (key === "model") this.calls += 1;
    if (from !== undefined) this.spans.push({ from, to, mark });
  }
}

export class Lanes {
  readonly #mainLabel: string;
  readonly #main = new Lane();
  readonly #beside = new Map<number, { label: string; lane: Lane }>();
  readonly #mail: { from: string; to: string; at: number }[] = [];
  /** When each task's result was injected, by task id. */
  readonly #injected = new Map<string, number>();

  constructor(mainLabel = "main loop") {
    this.#mainLabel = mainLabel;
  }

  watch(session: Session): void {
    session.on((event) => this.add(event));
  }

  add(event: StampedEvent): void {
    if (event.type === "subagent") this.#laneOf(event.id, event.label).add(event.event, event.at);
    else if (event.type === "extension" && event.kind === "mail") this.#noteMail(event);
    else if (event.type === "injected") {
      for (const [, id = ""] of event.text.matchAll(/^<task id="([^"]+)"/gm))
        this.#injected.set(id, event.at);
    } else this.#main.add(event, event.at);
  }

  #laneOf(id: number, label: string): Lane {
    const { lane } = this.#beside.get(id) ?? { lane: new Lane() };
    this.#beside.set(id, { label, lane });
    return lane;
  }

  #noteMail({ detail: { from, to }, at }: Extract<StampedEvent, { type: "extension" }>): void {
    if (typeof from === "string" && typeof to === "string") this.#mail.push({ from, to, at });
  }

  /** A picture at most so many columns wide. `now` is in milliseconds since the epoch. */
  draw(records: readonly RuntimeTaskRecord[], now = Date.now(), columns = 80): string {
    const [first] = this.#main.spans;
    if (!first) return "Nothing has run yet.";
    const beside = [...this.#beside.values()].filter(({ lane }) => lane.spans.length > 0);
    const rows: Row[] = [
      { label: this.#mainLabel, idle: "·", spans: this.#main.spans, note: "" },
      ...beside.map(({ label, lane }) => ({
        label,
        idle: "·",
        spans: lane.spans,
        note: `${lane.calls} model call${lane.calls === 1 ? "" : "s"}`,
      })),
      ...records
        .flatMap((record) => ranIn(record, first.from, now))
        .map((task, index) => taskRow(task, index, this.#injected.get(task.record.id))),
    ];
    const labels = ["lead", ...beside.map(({ label }) => label)];
    // Of two with one name the later one is meant.
    const place = (name: string) => labels.lastIndexOf(name);
    const arrows = this.#mail
      .map(({ from, to, at }) => ({ at, from: place(from), to: place(to) }))
      .filter(({ from, to }) => from >= 0 && to >= 0);
    const picture = drawTimeline(rows, arrows, arrows.length > 0 ? MAIL_LEGEND : LEGEND, columns);
    return [picture, ...ranOn(records)].join("\n");
  }
}

/** Which worker ran what, a line each, for tasks on other lanes than this machine's. */
function ranOn(records: readonly RuntimeTaskRecord[]): string[] {
  const byWorker = new Map<string, string[]>();
  for (const { worker, id } of records) {
    if (worker === undefined) continue;
    const ids = byWorker.get(worker) ?? [];
    ids.push(id);
    byWorker.set(worker, ids);
  }
  return [...byWorker].map(([worker, ids]) => {
    const shown = ids.slice(0, MOST_IDS).join(", ");
    return `${worker} ran ${shown}${ids.length > MOST_IDS ? ` and ${ids.length - MOST_IDS} more` : ""}`;
  });
}

/** When a task ran; undefined where it did not run in this session, as what an earlier one left. */
function ranIn(record: RuntimeTaskRecord, start: number, now: number) {
  const { startedAt, endedAt, status } = record;
  const from = startedAt === null ? undefined : Date.parse(startedAt);
  const to = endedAt === null ? now : Date.parse(endedAt);
  return from === undefined || status === "interrupted" || to < start ? [] : [{ record, from, to }];
}

function taskRow(
  { record, from, to }: { record: RuntimeTaskRecord; from: number; to: number },
  index: number,
  injected: number | undefined,
): Row {
  const marks = [
    { at: from, mark: "├" },
    { at: to, mark: ENDINGS[record.status] ?? "✗" },
    ...(injected === undefined ? [] : [{ at: injected, mark: "▲", after: to }]),
  ];
  return {
    label: `${String.fromCharCode(65 + (index % 26))} ${record.command}`,
    idle: " ",
    spans: [{ from, to, mark: "─" }],
    marks,
    note: `${record.status} ${((to - from) / 1000).toFixed(1)} s`,
  };
}

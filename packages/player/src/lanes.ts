// What ran when: a lane for the main loop, one for each conversation beside it (subagents, teammates), and one for each
// background task; on them, when something was injected, and who wrote to whom.
import type { AgentEvent } from "@course/runtime";
import { MAIN } from "./unwrapped.ts";

export interface Span {
  readonly kind: "model" | "tool" | "task";
  readonly label: string;
  /** Milliseconds since the epoch, and the numbers of the events; without an end it is under way. */
  readonly from: number;
  readonly fromEvent: number;
  readonly to?: number;
  readonly toEvent?: number;
  /** It ended badly. */
  readonly failed?: boolean;
}

export interface Mark {
  readonly kind: "injected" | "wake" | "mail" | "prompt";
  readonly label: string;
  readonly at: number;
  readonly event: number;
  /** Whose lane a mail goes to, by its key. */
  readonly to?: string;
}

export interface Lane {
  /** The key of a conversation, or of a task, as in "task bg_1". */
  readonly key: string;
  readonly label: string;
  readonly kind: "main" | "fork" | "task";
  readonly spans: readonly Span[];
  readonly marks: readonly Mark[];
}

interface Growing extends Lane {
  readonly spans: Span[];
  readonly marks: Mark[];
}

/** The task of an event in which an extension tells of one (s13). */
interface Task {
  id: string;
  command: string;
  status: string;
  /** Where it was queued first, its beginning is told with its end. */
  startedAt: number;
}

interface Place {
  /** The conversation's key and label. */
  readonly key: string;
  readonly label: string;
  readonly index: number;
  readonly at: number;
}

export class LaneLog {
  readonly #lanes = new Map<string, Growing>();
  /** Where the spans that are under way stand in their lanes. */
  readonly #open = new Map<string, number>();

  constructor() {
    this.#lane(MAIN, "main loop", "main");
  }

  /** The main loop first, then the others as they began; those in which nothing happened are left out. */
  get lanes(): readonly Lane[] {
    const rank = { main: 0, fork: 1, task: 2 };
    return [...this.#lanes.values()]
      .filter(({ kind, spans, marks }) => kind === "main" || spans.length + marks.length > 0)
      .toSorted((a, b) => rank[a.kind] - rank[b.kind]);
  }

  add(event: AgentEvent, { key, label, index, at }: Place): void {
    if (event.type === "extension" && event.kind === "mail") return this.#addMail(event, index, at);
    const task = event.type === "extension" && event.kind === "task" ? taskOf(event) : undefined;
    if (task) return this.#addTask(task, index, at);
    const lane = this.#lane(key, label, key === MAIN ? "main" : "fork");
    const begin = (id: string, kind: Span["kind"], text: string) =>
      this.#begin(lane, id, { kind, label: text, from: at, fromEvent: index });
    const end = (id: string, failed = false) => this.#end(lane, id, { to: at, toEvent: index, failed });
    if (event.type === "model_started") begin("model", "model", "model call");
    else if (event.type === "model_ended") end("model");
    else if (event.type === "tool_started") begin(event.id, "tool", event.name);
    else if (event.type === "tool_ended") end(event.id, event.result.isError);
    // A call that was interrupted, or failed, has no end of its own.
    else if (event.type === "run_ended" || event.type === "error") end("model", true);
    else if (event.type === "injected" || event.type === "prompt")
      lane.marks.push({ kind: event.type, label: firstLine(event.text), at, event: index });
    else if (event.type === "wake") lane.marks.push({ kind: "wake", label: event.reason, at, event: index });
  }

  #addTask({ id, command, status, startedAt }: Task, index: number, at: number): void {
    const lane = this.#lane(`task ${id}`, command, "task");
    if (status === "queued") return;
    if (lane.spans.length === 0)
      this.#begin(lane, id, { kind: "task", label: id, from: startedAt || at, fromEvent: index });
    if (status !== "running") this.#end(lane, id, { to: at, toEvent: index, failed: status !== "completed" });
  }

  #addMail({ detail }: Extract<AgentEvent, { type: "extension" }>, index: number, at: number): void {
    const [from, to] = [this.#keyOf(detail["from"]), this.#keyOf(detail["to"])];
    if (from === undefined || to === undefined) return;
    const label = `${String(detail["from"])} writes to ${String(detail["to"])}`;
    this.#lanes.get(from)?.marks.push({ kind: "mail", label, at, event: index, to });
  }

  /** Of two with one name the later one is meant. */
  #keyOf(name: unknown): string | undefined {
    if (name === "lead") return MAIN;
    return [...this.#lanes.values()].findLast(({ kind, label }) => kind === "fork" && label === name)?.key;
  }

  #lane(key: string, label: string, kind: Lane["kind"]): Growing {
    const lane = this.#lanes.get(key) ?? { key, label, kind, spans: [], marks: [] };
    this.#lanes.set(key, lane);
    return lane;
  }

  #begin(lane: Growing, id: string, span: Span): void {
    this.#open.set(`${lane.key} ${id}`, lane.spans.push(span) - 1);
  }

  #end(lane: Growing, id: string, end: Pick<Span, "to" | "toEvent" | "failed">): void {
    const place = this.#open.get(`${lane.key} ${id}`);
    const span = place === undefined ? undefined : lane.spans[place];
    this.#open.delete(`${lane.key} ${id}`);
    if (place !== undefined && span) lane.spans[place] = { ...span, ...end };
  }
}

/** The lanes as they were just after an event. */
export function lanesUpTo(lanes: readonly Lane[], event: number): Lane[] {
  return lanes.flatMap((lane) => {
    const spans = lane.spans
      .filter(({ fromEvent }) => fromEvent <= event)
      .map((span) => ((span.toEvent ?? 0) <= event ? span : underWay(span)));
    const marks = lane.marks.filter((mark) => mark.event <= event);
    return lane.kind === "main" || spans.length + marks.length > 0 ? [{ ...lane, spans, marks }] : [];
  });
}

function underWay({ kind, label, from, fromEvent }: Span): Span {
  return { kind, label, from, fromEvent };
}

function taskOf({ detail }: Extract<AgentEvent, { type: "extension" }>): Task | undefined {
  const { id, command, status, startedAt } = detail;
  if (typeof id !== "string" || typeof command !== "string" || typeof status !== "string") return undefined;
  return { id, command, status, startedAt: typeof startedAt === "string" ? Date.parse(startedAt) : 0 };
}

function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

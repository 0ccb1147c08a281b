// One conversation beside another: its lines, one for each thing that happens, and when it happened.
import { promptTokens, type AgentEvent, type StampedEvent, type TurnUsage } from "@course/runtime";
import { harmless } from "@course/runtime/terminal";

/** A tool that takes longer is worth a line when it starts, too. */
const QUICK_MS = 150;
const ANSWER_LINES = 6;

export interface TrackLine {
  /** Milliseconds since the clock was started. */
  at: number;
  text: string;
  /** Of a line that says that a call runs: the call. It is replaced if the call ends at once. */
  call?: string;
}

/** One of the two: its lines so far, and what it is waiting for. */
export class Track {
  readonly title: string;
  readonly lines: TrackLine[] = [];
  /** When it was done; undefined while it runs. */
  endedAt: number | undefined;
  readonly #startedAt: number;
  readonly #inputs = new Map<string, string>();
  readonly #usages: TurnUsage[] = [];
  #lastRunEnd: number | undefined;
  #words = "";

  /** `startedAt` is where its clock begins, in milliseconds since the epoch. */
  constructor(title: string, startedAt: number) {
    this.title = title;
    this.#startedAt = startedAt;
  }

  /** Nothing more will happen. */
  end(now = Date.now()): void {
    // The last word, and not the moment at which somebody noticed that it was the last.
    this.endedAt = (this.#lastRunEnd ?? now) - this.#startedAt;
    this.lines.push({ at: this.endedAt, text: "■ done" });
  }

  /** What it does while nothing new happens; "" once it is done. */
  get pastime(): string {
    if (this.endedAt !== undefined) return "";
    return ["┊", ...this.#inputs.values(), ...this.statuses].join(" ");
  }

  /** What its extensions say that they are doing. */
  protected get statuses(): readonly string[] {
    return [];
  }

  /** Calls, tokens and seconds since the clock was started. */
  summary(seconds: string): string {
    const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0).toLocaleString("en");
    const tokensIn = sum(this.#usages.map(promptTokens));
    const out = sum(this.#usages.map(({ output }) => output));
    return `${this.#usages.length} calls, ${tokensIn} tokens in, ${out} out, ${seconds} s`;
  }

  /** What happens, in the order in which it does. */
  take(event: StampedEvent): void {
    const inner = innermost(event);
    if (inner.type === "model_ended") this.#usages.push(inner.usage);
    if (event.type === "run_ended") this.#lastRunEnd = event.at;
    const add = (text: string, call?: string) =>
      this.lines.push({ at: event.at - this.#startedAt, text: harmless(text), ...(call && { call }) });
    switch (event.type) {
      case "text":
        this.#words += event.text;
        return;
      case "model_ended":
        for (const line of shortened(this.#words)) add(line);
        this.#words = "";
        return;
      case "tool_started":
        this.#inputs.set(event.id, `${event.name} ${inputOf(event.input)}`);
        add(`▸ ${event.name} ${inputOf(event.input)}`, event.id);
        return;
      case "tool_ended":
        this.#toolEnded(event, add);
        return;
      case "injected":
        add(`▹ the harness injects ${firstLine(event.text)}`);
        return;
      case "notice":
      case "error":
        add(event.message);
        return;
      case "waiting":
        add(`${event.reason}; trying again in ${(Math.max(100, event.ms) / 1000).toFixed(1)} s`);
        return;
      case "subagent": {
        const inner = innermost(event);
        if (inner.type === "tool_started") add(`  ${event.label}: ${inner.name} ${inputOf(inner.input)}`);
        return;
      }
      default:
        return;
    }
  }

  #toolEnded(event: Extract<AgentEvent, { type: "tool_ended" }>, add: (text: string) => void): void {
    const input = this.#inputs.get(event.id) ?? event.name;
    this.#inputs.delete(event.id);
    const mark = event.result.isError ? "✗" : "●";
    const started = this.lines.find(({ call }) => call === event.id);
    if (event.durationMs < QUICK_MS && started) {
      delete started.call;
      started.text = harmless(`${mark} ${input}`);
    } else
      add(
        `${mark} ${event.name} ${(event.durationMs / 1000).toFixed(1)} s: ${firstLine(event.result.content)}`,
      );
  }
}

function innermost(event: AgentEvent): AgentEvent {
  return event.type === "subagent" ? innermost(event.event) : event;
}

/** What a reader knows a call by: its command, its file, or else the first text of its input. */
function inputOf(input: unknown): string {
  const texts = typeof input === "object" && input !== null ? Object.values(input) : [];
  return firstLine(texts.find((value) => typeof value === "string") ?? JSON.stringify(input));
}

function firstLine(content: unknown): string {
  const text = typeof content === "string" ? content.trim() : "[more than text]";
  const [first = "", ...rest] = text.split("\n");
  const more = rest.length === 1 ? "1 more line" : `${rest.length} more lines`;
  return rest.length === 0 ? first : `${first} … ${more}`;
}

function shortened(words: string): string[] {
  const lines = words
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "");
  const left = lines.length - ANSWER_LINES;
  return left > 1 ? [...lines.slice(0, ANSWER_LINES), `… ${left} more lines`] : lines;
}

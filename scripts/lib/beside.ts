// One prompt, two chapters, one clock: what each does, a line for each thing, and when it happened.
import { promptTokens, runUntilIdle, type AgentEvent, type StampedEvent } from "@course/runtime";
import { harmless } from "../../packages/runtime/src/terminal/control-characters.ts";
import { findChapter } from "./chapters.ts";
import { setStage, type Stage } from "./runs.ts";
import { normalize } from "./transcripts.ts";

/** A tool that takes longer is worth a line when it starts, too. */
const QUICK_MS = 150;
const ANSWER_LINES = 6;

export interface Line {
  /** Milliseconds since both were asked. */
  at: number;
  text: string;
  /** Of a line that says that a call runs: the call. It is replaced if the call ends at once. */
  call?: string;
}

/** One of the two: its lines so far, and what it is waiting for. */
export class Track {
  readonly title: string;
  readonly stage: Stage;
  readonly lines: Line[] = [];
  /** When it was done; undefined while it runs. */
  endedAt: number | undefined;
  readonly #startedAt: number;
  readonly #inputs = new Map<string, string>();
  #words = "";

  constructor(id: string, stage: Stage, startedAt: number) {
    this.title = `${id} ${findChapter(id).card.title}`;
    this.stage = stage;
    this.#startedAt = startedAt;
    stage.session.on((event) => this.#take(event));
  }

  /** Asks; resolves when nothing is under way any more. */
  async run(): Promise<void> {
    const { agent, session, entry } = this.stage;
    await runUntilIdle(agent, session, entry.prompt);
    // The last word, and not the moment at which somebody noticed that it was the last.
    const ended = this.stage.events.findLast(({ type }) => type === "run_ended");
    this.endedAt = (ended?.at ?? Date.now()) - this.#startedAt;
    this.lines.push({ at: this.endedAt, text: "■ done" });
  }

  /** What it does while nothing new happens; "" once it is done. */
  get pastime(): string {
    if (this.endedAt !== undefined) return "";
    const running = [...this.#inputs.values()];
    const statuses = this.stage.agent.extensions.flatMap((extension) => extension.status?.() ?? []);
    return ["┊", ...running, ...statuses].join(" ");
  }

  /** Calls, tokens and seconds since it was asked. */
  summary(seconds: string): string {
    const calls = this.stage.events.slice(this.stage.eventsBefore).map(innermost);
    const usages = calls.flatMap((event) => (event.type === "model_ended" ? [event.usage] : []));
    const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0).toLocaleString("en");
    const [tokensIn, out] = [sum(usages.map(promptTokens)), sum(usages.map(({ output }) => output))];
    return `${usages.length} calls, ${tokensIn} tokens in, ${out} out, ${seconds} s`;
  }

  #take(event: StampedEvent): void {
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
        add(`${event.reason}; trying again in ${(event.ms / 1000).toFixed(1)} s`);
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

/** Sets up both and starts the clock. The second's card has the prompt. */
export async function setBeside(ids: readonly [string, string], prompt: string): Promise<[Track, Track]> {
  const [first, second] = await Promise.all(ids.map((id) => setStage(id, prompt, ids[1])));
  if (!first || !second) throw new Error("Two chapters are needed.");
  const now = Date.now();
  return [new Track(ids[0], first, now), new Track(ids[1], second, now)];
}

/** Both, one after the other, as text for a page: whole seconds, and the same from run to run. */
export async function besideText(before: string, after: string, prompt: string): Promise<string> {
  const tracks = await setBeside([before, after], prompt);
  try {
    await Promise.all(tracks.map((track) => track.run()));
    return tracks.map((track) => steadyText(track)).join("\n\n");
  } finally {
    await Promise.all(tracks.map(({ stage }) => stage.strike()));
  }
}

function steadyText(track: Track): string {
  const whole = (at: number) => String(Math.floor(at / 1000));
  const texts = normalize(track.lines.map(({ text }) => text).join("\n"), track.stage.folder)
    .replace(/ (\d+)\.\d s: /g, " $1 s: ")
    .split("\n");
  const lines = track.lines.map(({ at }, index) => ({ at, text: texts[index] ?? "" }));
  return asText(track, whole, lines);
}

/** A track as lines of text: the title, each line behind its time, the sums. */
export function asText(
  track: Track,
  seconds: (at: number) => string,
  lines: readonly Line[] = track.lines,
): string {
  const rows = lines.map(({ at, text }) => `${`${seconds(at)} s`.padStart(6)}  ${text}`);
  return [track.title, ...rows, `        ${track.summary(seconds(track.endedAt ?? 0))}`].join("\n");
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
  return rest.length === 0 ? first : `${first} … ${rest.length} more lines`;
}

function shortened(words: string): string[] {
  const lines = words
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "");
  const left = lines.length - ANSWER_LINES;
  return left > 1 ? [...lines.slice(0, ANSWER_LINES), `… ${left} more lines`] : lines;
}

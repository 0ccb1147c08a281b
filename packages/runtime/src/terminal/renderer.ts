// A session's events as lines for a person.
import type { AgentEvent, StampedEvent, ToolResult } from "../conversation/events.ts";
import type { Session } from "../conversation/session.ts";
import { contextTokens, promptTokens, type TurnUsage } from "../conversation/usage.ts";
import { indented, inputLine, number, oneLine, preview } from "./previews.ts";
import { progressLine } from "./progress.ts";
import type { Screen } from "./screen.ts";
import { bold, columnsOf, cut, cyan, dim, green, named, red, yellow, type Text } from "./text.ts";

const PREVIEW_LINES = 6;
const INJECTED_LINES = 24;
const THOUGHT = { mark: "✻ ", style: "dim" } as const;

type EventOf<Type extends AgentEvent["type"]> = Extract<AgentEvent, { type: Type }>;
const NOTHING = () => {};

export interface RendererOptions {
  /** Keep the model's last words for stdout: they are not shown here. */
  holdAnswer?: boolean;
  /** Show the user's prompts too, for a transcript. */
  showPrompts?: boolean;
}

export class Renderer {
  readonly #screen: Screen;
  readonly #options: RendererOptions;
  readonly #session: Session;
  readonly #running = new Map<string, string>();
  #waiting: StampedEvent[] | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether what the model thinks is shown. */
  showsThinking = true;
  #isThinking = false;
  #held = "";
  #before: TurnUsage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, thinking: 0 };
  #apart = 0;
  #turns = 0;

  /** How many columns there are for what a command draws. */
  get columns(): number {
    return this.#screen.width();
  }

  constructor(screen: Screen, session: Session, options: RendererOptions = {}) {
    this.#screen = screen;
    this.#options = options;
    session.on((event) => {
      if (this.#waiting) this.#waiting.push(event);
      else this.#show(event);
    });
    this.#session = session;
  }

  /** Holds back what happens while the user is being asked. */
  hold(): void {
    this.#status(undefined);
    this.#screen.endLine();
    this.#waiting ??= [];
  }

  /** Shows what was held back. */
  release(): void {
    const events = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const event of events) this.#show(event);
    this.#showRunning();
  }

  /** What each event shows. */
  readonly #shown: {
    readonly [Type in AgentEvent["type"]]: (event: EventOf<Type> & { at: number }) => void;
  } = {
    prompt: ({ text }) => this.#options.showPrompts && this.#line(cyan("you >"), " ", bold(text)),
    model_started: () => {
      this.#releaseHeld();
      this.#status("thinking");
    },
    text: ({ text }) => {
      if (this.#isThinking) this.#screen.endLine();
      this.#isThinking = false;
      if (this.#options.holdAnswer) this.#held += text;
      else this.#stream(text);
    },
    thinking: ({ text }) => this.#think(text),
    model_ended: ({ stopReason }) => {
      this.#isThinking = false;
      this.#status(undefined);
      this.#screen.endLine();
      this.#turns += 1;
      if (stopReason === "tool_use") this.#releaseHeld();
    },
    tool_started: (event) => this.#status(this.#noteRunning(event)),
    tool_ended: (event) => this.#toolEnded(event),
    tool_progress: (event) => this.#status(progressLine(event, this.#screen.width())),
    injected: ({ text }) => {
      this.#line("  ", dim("▸ the harness injects:"));
      for (const line of preview(text, INJECTED_LINES, this.#screen.width() - 6))
        this.#line("    ", dim(line));
    },
    notice: ({ message }) => this.#line(yellow(indented(message))),
    waiting: ({ reason, ms, at }) => {
      // "in 0.0 s" would read as if there were no wait.
      this.#line(yellow(`${oneLine(reason)}; trying again in ${(Math.max(100, ms) / 1000).toFixed(1)} s`));
      this.#countDown(at + ms);
    },
    display: ({ text }) => {
      for (const line of preview(text, INJECTED_LINES, this.#screen.width() - 4)) this.#line(`  ${line}`);
    },
    error: ({ message }) => this.#line(red(indented(message))),
    run_ended: ({ stopReason }) => this.#runEnded(stopReason),
    subagent: (event) => this.#showSubagent(event),
    prefix: NOTHING,
    deferred_tools: NOTHING,
    appended: NOTHING,
    edited: NOTHING,
    wake: NOTHING,
    cleared: NOTHING,
    prompt_taken_back: NOTHING,
    extension: NOTHING,
  };

  #show(event: StampedEvent): void {
    // The compiler cannot see that the entry of an event's type takes that event.
    const show = this.#shown[event.type] as (event: StampedEvent) => void;
    show(event);
  }

  #runEnded(stopReason: EventOf<"run_ended">["stopReason"]): void {
    this.#status(undefined);
    if (stopReason === "interrupted") this.#line(yellow("Interrupted."));
    if (stopReason === "max_turns") this.#line(yellow('Say "continue" to go on, or raise --max-turns.'));
    if (this.#turns > 0) this.#line("  ", dim(this.#usageLine(this.#session)));
    this.#turns = 0;
  }

  /** Returns the call as one line. */
  #noteRunning({ id, name, input }: EventOf<"tool_started">): string {
    const line = `${oneLine(name)} ${inputLine(input)}`;
    this.#running.set(id, line);
    return line;
  }

  #think(text: string): void {
    if (!this.showsThinking) return;
    // A thought begins with its first word, so that its mark does not stand alone.
    const begun = this.#isThinking ? text : text.trimStart();
    if (begun === "") return;
    this.#isThinking = true;
    this.#status(undefined);
    this.#screen.stream(begun, THOUGHT);
  }

  #toolEnded({ id, name, result, durationMs }: EventOf<"tool_ended">): void {
    const width = this.#screen.width();
    const shownName = cut(oneLine(name), width / 2);
    const time = durationMs < 100 ? "" : ` ${(durationMs / 1000).toFixed(1)} s`;
    const input = (this.#running.get(id) ?? "").slice(oneLine(name).length + 1);
    this.#running.delete(id);
    const mark = result.isError ? red("✗") : green("●");
    const room = width - columnsOf(shownName) - time.length - 4;
    this.#line(mark, " ", bold(shownName), input === "" ? "" : ` ${cut(input, room)}`, dim(time));
    const text =
      typeof result.content === "string" ? result.content : result.content.map(shownPart).join("\n");
    for (const line of preview(text, PREVIEW_LINES, width - 5)) this.#line("  ", dim(`│ ${line}`));
    this.#showRunning();
  }

  /** What still runs beside what has ended. */
  #showRunning(): void {
    this.#status([...this.#running.values()].at(0));
  }

  /** The calls of a subagent or teammate, one line each, behind its name; what it says reaches the model by itself. */
  #showSubagent({ id, label, event }: EventOf<"subagent">): void {
    const who = cut(oneLine(label), 24);
    const width = this.#screen.width() - columnsOf(who) - 8;
    const line = (...text: Text[]) => this.#line("    ", named(who, id), " ", ...text);
    if (event.type === "tool_started") this.#noteRunning(event);
    else if (event.type === "tool_ended") {
      const mark = event.result.isError ? red("✗") : green("●");
      line(mark, ` ${cut(this.#running.get(event.id) ?? oneLine(event.name), width)}`);
      this.#running.delete(event.id);
      this.#showRunning();
    } else if (event.type === "waiting") line(cut(oneLine(event.reason), width));
    else if (event.type === "notice" || event.type === "error") line(cut(oneLine(event.message), width));
    else if (event.type === "subagent") this.#showSubagent(event);
  }

  #usageLine({ usage: { total }, forkUsage }: Session): string {
    const apart = contextTokens(forkUsage.total) - this.#apart;
    this.#apart += apart;
    const [tokensIn, cached] = [
      promptTokens(total) - promptTokens(this.#before),
      total.cacheRead - this.#before.cacheRead,
    ];
    const out = total.output - this.#before.output;
    this.#before = { ...total };
    const calls = `${this.#turns} model call${this.#turns === 1 ? "" : "s"}`;
    const more = apart === 0 ? "" : `; ${number(apart)} in other conversations`;
    return `${calls}, ${number(tokensIn)} tokens in (${number(cached)} from cache), ${number(out)} out${more}`;
  }

  /** What was held has been shown elsewhere. */
  dropHeld(): void {
    this.#held = "";
  }

  #releaseHeld(): void {
    if (this.#held !== "") this.#line(this.#held);
    this.#held = "";
  }

  #line(...text: Text[]): void {
    this.#screen.line(...text);
  }

  #stream(text: string): void {
    this.#status(undefined);
    this.#screen.stream(text);
  }

  /** Shows the seconds that are left, until something else is under way. */
  #countDown(until: number): void {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0 || !this.#screen.isLive) return;
    this.#status(`waiting ${seconds} s; Ctrl-C stops`);
    this.#timer = setTimeout(() => this.#countDown(until), until - Date.now() - (seconds - 1) * 1000);
  }

  #status(text: string | undefined): void {
    clearTimeout(this.#timer);
    this.#screen.status(text);
  }
}

function shownPart(part: Exclude<ToolResult["content"], string>[number]): string {
  if (part.type === "tool_reference") return `[loaded ${part.tool_name}]`;
  return part.type === "text" ? part.text : `[${part.type}]`;
}

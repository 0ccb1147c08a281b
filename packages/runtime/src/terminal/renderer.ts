// A session's events as lines for a person.
import yoctoSpinner, { type Spinner } from "yocto-spinner";
import type { AgentEvent, StampedEvent, ToolResult } from "../conversation/events.ts";
import type { Session } from "../conversation/session.ts";
import { contextTokens, promptTokens, type TurnUsage } from "../conversation/usage.ts";
import { cut, folded, printable, type Screen } from "./style.ts";
import { assertNever } from "../errors.ts";

const PREVIEW_LINES = 6;
const INJECTED_LINES = 24;

export interface RendererOptions {
  /** Keep the model's last words for stdout: they are not shown here. */
  holdAnswer?: boolean;
  /** Show the user's prompts too, for a transcript. */
  showPrompts?: boolean;
}

export class Renderer {
  readonly #screen: Screen;
  readonly #options: RendererOptions;
  readonly #spinner: Spinner | undefined;
  readonly #session: Session;
  readonly #running = new Map<string, string>();
  #waiting: StampedEvent[] | undefined;
  #timer: NodeJS.Timeout | undefined;
  #atLineStart = true;
  #held = "";
  #before: TurnUsage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0, thinking: 0 };
  #apart = 0;
  #turns = 0;

  constructor(screen: Screen, session: Session, options: RendererOptions = {}) {
    this.#screen = screen;
    this.#options = options;
    this.#spinner = screen.terminal && yoctoSpinner({ stream: screen.terminal, handleSignals: false });
    session.on((event) => {
      if (this.#waiting) this.#waiting.push(event);
      else this.#show(event);
    });
    this.#session = session;
  }

  /** Holds back what happens while the user is being asked. */
  hold(): void {
    this.endLine();
    this.#waiting ??= [];
  }

  /** Shows what was held back. */
  release(): void {
    const events = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const event of events) this.#show(event);
    this.#spinOn();
  }

  /** A line of its own, whatever was streamed before. */
  line(text: string): void {
    this.endLine();
    this.#screen.write(`${text}\n`);
  }

  /** Clears the spinner and ends what was streamed: the next text starts on a line of its own. */
  endLine(): void {
    clearTimeout(this.#timer);
    this.#spinner?.stop();
    if (!this.#atLineStart) this.#screen.write("\n");
    this.#atLineStart = true;
  }

  #show(event: StampedEvent): void {
    const { bold, dim, red, yellow, cyan } = this.#screen.colors;
    switch (event.type) {
      case "prompt":
        if (this.#options.showPrompts) this.line(`${cyan("you >")} ${bold(event.text)}`);
        return;
      case "model_started":
        this.#releaseHeld();
        this.#spin("thinking");
        return;
      case "text":
        if (this.#options.holdAnswer) this.#held += event.text;
        else this.#write(event.text);
        return;
      case "thinking":
        return;
      case "model_ended":
        this.endLine();
        this.#turns += 1;
        if (event.stopReason === "tool_use") this.#releaseHeld();
        return;
      case "tool_started":
        this.#running.set(event.id, inputLine(event.input));
        this.#spin(cut(`${event.name} ${this.#running.get(event.id)}`, this.#screen.width() - 4));
        return;
      case "tool_ended":
        this.#toolEnded(event.id, event.name, event.result, event.durationMs);
        return;
      case "injected":
        this.line(dim("  ▸ the harness injects:"));
        for (const line of preview(event.text, INJECTED_LINES, this.#screen.width() - 6))
          this.line(dim(`    ${line}`));
        return;
      case "notice":
        this.line(yellow(this.#folded(event.message)));
        return;
      case "waiting":
        this.line(yellow(`${event.reason}; going on in ${(event.ms / 1000).toFixed(1)} s`));
        this.#countDown(event.at + event.ms);
        return;
      case "display":
        for (const line of preview(event.text, INJECTED_LINES, this.#screen.width() - 4))
          this.line(`  ${line}`);
        return;
      case "error":
        this.line(red(this.#folded(event.message)));
        return;
      case "run_ended":
        this.#spinner?.stop();
        if (event.stopReason === "interrupted") this.line(yellow("Interrupted."));
        if (event.stopReason === "max_turns")
          this.line(yellow('Say "continue" to go on, or raise --max-turns.'));
        if (this.#turns > 0) this.line(dim(this.#folded(this.#usageLine(this.#session))));
        this.#turns = 0;
        return;
      case "subagent":
        this.#showSubagent(event.label, event.event);
        return;
      case "prefix":
      case "appended":
      case "edited":
      case "wake":
      case "cleared":
      case "prompt_taken_back":
      case "extension":
        return;
      default:
        assertNever(event);
    }
  }

  #toolEnded(id: string, name: string, result: ToolResult, durationMs: number): void {
    const { bold, dim, red, green } = this.#screen.colors;
    const width = this.#screen.width();
    const time = durationMs < 100 ? "" : ` ${(durationMs / 1000).toFixed(1)} s`;
    const input = cut(this.#running.get(id) ?? "", width - name.length - time.length - 4);
    this.#running.delete(id);
    const mark = result.isError ? red("✗") : green("●");
    this.line(`${mark} ${bold(name)} ${input}${dim(time)}`);
    const text =
      typeof result.content === "string"
        ? result.content
        : result.content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("\n");
    for (const line of preview(text, PREVIEW_LINES, width - 5)) this.line(dim(`  │ ${line}`));
    this.#spinOn();
  }

  /** What still runs beside what has ended. */
  #spinOn(): void {
    const next = [...this.#running.values()].at(0);
    if (next !== undefined) this.#spin(cut(next, this.#screen.width() - 4));
  }

  /** A subagent's calls, one line each, behind its name; what it says is the result of its own call. */
  #showSubagent(label: string, event: AgentEvent): void {
    const { dim, red, green } = this.#screen.colors;
    const prefix = dim(`    ${cut(label, 24)} `);
    const width = this.#screen.width() - Math.min(label.length, 24) - 8;
    if (event.type === "tool_started") this.#running.set(event.id, inputLine(event.input));
    else if (event.type === "tool_ended") {
      const mark = event.result.isError ? red("✗") : green("●");
      this.line(`${prefix}${mark} ${cut(`${event.name} ${this.#running.get(event.id)}`, width)}`);
      this.#running.delete(event.id);
      this.#spinOn();
    } else if (event.type === "waiting") this.line(`${prefix}${cut(event.reason, width)}`);
    else if (event.type === "notice" || event.type === "error")
      this.line(`${prefix}${cut(event.message, width)}`);
    else if (event.type === "subagent") this.#showSubagent(event.label, event.event);
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
    const more = apart === 0 ? "" : `; ${number(apart)} tokens apart`;
    return `  ${calls}, ${number(tokensIn)} tokens in (${number(cached)} from cache), ${number(out)} out${more}`;
  }

  /** What was held has been shown elsewhere. */
  dropHeld(): void {
    this.#held = "";
  }

  #releaseHeld(): void {
    if (this.#held !== "") this.line(printable(this.#held));
    this.#held = "";
  }

  #write(text: string): void {
    if (text === "") return;
    this.#spinner?.stop();
    const shown = printable(text);
    this.#screen.write(shown);
    this.#atLineStart = shown.endsWith("\n");
  }

  /** For a person; a pipe gets lines as they are. */
  #folded(text: string): string {
    return this.#screen.terminal ? folded(text, this.#screen.width()) : text;
  }

  /** Shows the seconds that are left, until something else is shown. */
  #countDown(until: number): void {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0 || !this.#spinner) return;
    this.#spin(`waiting ${seconds} s; Ctrl-C stops`);
    this.#timer = setTimeout(() => this.#countDown(until), until - Date.now() - (seconds - 1) * 1000);
  }

  #spin(text: string): void {
    if (!this.#spinner) return;
    this.endLine();
    this.#spinner.text = printable(text).replaceAll("\n", " ");
    this.#spinner.start();
  }
}

export function number(value: number): string {
  return value.toLocaleString("en");
}

/** A tool's input on one line: the value alone where there is one, else names and values. */
function inputLine(input: unknown): string {
  if (typeof input !== "object" || input === null) return JSON.stringify(input);
  const entries = Object.entries(input);
  const [first] = entries;
  const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  if (entries.length === 1 && first) return oneLine(shown(first[1]));
  return oneLine(entries.map(([name, value]) => `${name}: ${shown(value)}`).join(", "));
}

function oneLine(text: string): string {
  return printable(text).replace(/\n+/g, " ⏎ ").trim();
}

function preview(text: string, lines: number, width: number): string[] {
  const all = printable(text).trimEnd().split("\n");
  const shown = all.slice(0, all.length <= lines + 1 ? all.length : lines).map((line) => cut(line, width));
  if (shown.length < all.length) shown.push(`… ${all.length - shown.length} more lines`);
  return shown;
}

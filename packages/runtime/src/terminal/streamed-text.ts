// Text that comes in pieces: an answer, or a thought. Rows that are full are finished; the last one goes on.
// A piece may end in the middle of an escape sequence, which is judged when its end has come.
import { harmless, unfinishedLength } from "./control-characters.ts";
import type { Style } from "./text.ts";

/** How streamed text looks; text of another look begins on a line of its own. */
export interface Look {
  /** Stands before the first row; the others are indented by its width. */
  readonly mark: string;
  readonly style?: Style;
}

const PLAIN: Look = { mark: "" };

export interface StreamOptions {
  /** Breaks a line into rows, which leave so many columns free. */
  rowsOf(line: string, margin: number): string[];
  paint(row: string, style: Style | undefined): string;
}

export class StreamedText {
  readonly #options: StreamOptions;
  #look = PLAIN;
  #margin = "";
  #row = "";
  #unfinished = "";

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** The row that goes on, if there is one. */
  get row(): string | undefined {
    return this.#row === "" ? undefined : this.#painted(this.#row);
  }

  /** Takes the next piece. Returns the rows that are finished by it. */
  add(text: string, look = PLAIN): string[] {
    const done = look === this.#look ? [] : this.end();
    if (look !== this.#look) this.#margin = look.mark;
    this.#look = look;
    const raw = this.#row + this.#unfinished + text;
    const end = raw.length - unfinishedLength(raw);
    this.#unfinished = raw.slice(end);
    const lines = harmless(raw.slice(0, end)).split("\n");
    const open = lines.pop() ?? "";
    for (const line of lines) done.push(...this.#rows(line).map((row) => this.#finish(row)));
    const rows = this.#rows(open);
    const last = rows.pop() ?? "";
    done.push(...rows.map((row) => this.#finish(row)));
    // Wrapping leaves out blanks at the end of a row, but the text may go on behind them.
    this.#row = rows.length > 0 ? last + (/ *$/.exec(open)?.[0] ?? "") : open;
    return done;
  }

  /** Ends the text. Returns the rows that were open. */
  end(): string[] {
    const rest = this.#row + harmless(this.#unfinished);
    const rows = rest === "" ? [] : this.#rows(rest).map((row) => this.#finish(row));
    this.#row = this.#unfinished = this.#margin = "";
    this.#look = PLAIN;
    return rows;
  }

  #rows(line: string): string[] {
    return this.#options.rowsOf(line, this.#margin.length);
  }

  #finish(row: string): string {
    const shown = this.#painted(row);
    this.#margin = " ".repeat(this.#margin.length);
    return shown;
  }

  #painted(row: string): string {
    return this.#options.paint((this.#margin + row).trimEnd(), this.#look.style);
  }
}

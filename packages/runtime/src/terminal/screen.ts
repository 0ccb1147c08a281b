// The screen: the one place where text is written for a person. What is finished scrolls away; below it,
// on a live terminal, stand rows that are redrawn: the line that is being streamed, what is under way,
// and the input line. All text is made harmless here; only the styles of text.ts become escape sequences.
import picocolors from "picocolors";
import { harmless } from "./control-characters.ts";
import { inputRows, windowOf } from "./input-rows.ts";
import { StreamedText, type Look } from "./streamed-text.ts";
import { columnsOf, cut, spansOf, wrapped, type Text } from "./text.ts";

const FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const FRAME_MS = 80;

export interface ScreenOptions {
  write(text: string): void;
  /** A person watches a terminal that can redraw. */
  isLive?: boolean;
  /** It has a width, at which lines are broken, though it may not be able to redraw. */
  isTerminal?: boolean;
  hasColors?: boolean;
  columns?(): number;
  rows?(): number;
}

/** What stands below the output. */
export interface Footer {
  notes: readonly Text[];
  input?: { prompt: readonly Text[]; line: string; cursor: number };
}

export class Screen {
  readonly isLive: boolean;
  /** Set by whoever reads what is typed. */
  footer: (() => Footer) | undefined;
  readonly #options: ScreenOptions;
  readonly #colors: ReturnType<typeof picocolors.createColors>;
  /** Redrawn rows that are on the terminal now, and the one in which the cursor stands. */
  #rows: readonly string[] = [];
  #cursorRow = 0;
  #isCursorHidden = false;
  readonly #stream = new StreamedText({
    rowsOf: (line, margin) => this.rowsOf(line, margin),
    paint: (row, style) => (style === undefined ? row : this.#colors[style](row)),
  });
  /** Where nothing can be redrawn: the cursor is behind a prompt. */
  #hasPrompt = false;
  #status: string | undefined;
  #frame = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.isLive = options.isLive === true;
    this.#colors = picocolors.createColors(options.hasColors === true);
  }

  width(): number {
    return Math.max(20, this.#options.columns?.() ?? 80);
  }

  /** Text on lines of its own, whatever was streamed before. */
  line(...text: Text[]): void {
    this.#draw([...this.#stream.end(), ...this.rowsOf(this.#painted(text))]);
  }

  /** Text that comes in pieces. */
  stream(text: string, look?: Look): void {
    if (text !== "") this.#draw(this.#stream.add(text, look));
  }

  /** Ends what was streamed: the next text starts on a line of its own. */
  endLine(): void {
    this.#draw(this.#stream.end());
  }

  /** Shows with a spinner what is under way; undefined for nothing. */
  status(text: string | undefined): void {
    this.#status = text && harmless(text).replaceAll("\n", " ");
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (text !== undefined && this.isLive) {
      this.#timer = setInterval(() => {
        this.#frame += 1;
        this.draw();
      }, FRAME_MS).unref();
    }
    this.draw();
  }

  /** Shows a prompt where nothing can be redrawn; elsewhere the footer does. */
  prompt(text: Text): void {
    if (this.isLive) return;
    const shown = this.#painted(text);
    this.#hasPrompt = shown !== "";
    this.#options.write(shown);
  }

  /** A key was pressed; where nothing can be redrawn, a whole line, which has ended the prompt's. */
  typed(): void {
    this.#hasPrompt = false;
    this.draw();
  }

  /** Draws the rows below the output anew. */
  draw(): void {
    this.#draw([]);
  }

  /** Empties the terminal. */
  clear(): void {
    this.#options.write("\x1b[H\x1b[2J");
    this.#rows = [];
    this.draw();
  }

  /** Takes away what is redrawn and leaves the terminal as it was; `draw` brings it back. */
  leave(): void {
    if (this.#rows.length === 0) return;
    this.#options.write(`${this.#toTop()}\x1b[J${this.#isCursorHidden ? "\x1b[?25h" : ""}`);
    this.#rows = [];
    this.#isCursorHidden = false;
  }

  /** Ends for good what is redrawn. */
  close(): void {
    this.footer = undefined;
    this.status(undefined);
    this.endLine();
  }

  /** For a person the rows of a text that fit; a pipe gets lines as they are. */
  rowsOf(text: string, margin = 0): string[] {
    const lines = text.split("\n");
    const isTerminal = this.isLive || this.#options.isTerminal === true;
    return isTerminal ? lines.flatMap((line) => wrapped(line, this.width() - margin)) : lines;
  }

  #painted(text: Text): string {
    return spansOf(text)
      .map((span) => {
        if (typeof span === "string") return harmless(span);
        const lines = harmless(span.text).split("\n");
        return lines.map((line) => (line === "" ? "" : this.#colors[span.style](line))).join("\n");
      })
      .join("");
  }

  #draw(done: readonly string[]): void {
    const finished = done.map((row) => `${row}\n`).join("");
    if (!this.isLive) {
      const begin = this.#hasPrompt && finished !== "" ? "\n" : "";
      if (begin !== "") this.#hasPrompt = false;
      return this.#options.write(begin + finished);
    }
    const { rows, cursor } = this.#footerRows();
    const top = `${this.#toTop()}${this.#rows.length > 0 ? "\x1b[J" : ""}`;
    const last = Math.max(0, rows.length - 1);
    const place = cursor ?? { row: last, column: 0 };
    const up = last > place.row ? `\x1b[${last - place.row}A` : "";
    const right = place.column > 0 ? `\x1b[${place.column}C` : "";
    const isHidden = rows.length > 0 && !cursor;
    const show = isHidden === this.#isCursorHidden ? "" : isHidden ? "\x1b[?25l" : "\x1b[?25h";
    this.#options.write(`${top}${finished}${rows.join("\n")}${up}${cursor ? `\r${right}` : ""}${show}`);
    this.#isCursorHidden = isHidden;
    this.#rows = rows;
    this.#cursorRow = place.row;
  }

  #footerRows(): { rows: string[]; cursor?: { row: number; column: number } } {
    const width = this.width();
    const { row } = this.#stream;
    const rows = row === undefined ? [] : [row];
    if (this.#status !== undefined) {
      const frame = FRAMES[this.#frame % FRAMES.length] ?? "";
      rows.push(`${this.#colors.cyan(frame)} ${cut(this.#status, width - 3)}`);
    }
    const { notes = [], input } = this.footer?.() ?? {};
    for (const note of notes) rows.push(...this.rowsOf(this.#painted(note)));
    if (!input) return { rows };
    const prompt = harmless(
      spansOf(input.prompt)
        .map((span) => (typeof span === "string" ? span : span.text))
        .join(""),
    );
    const all = inputRows(prompt, input.line, input.cursor, width);
    const shown = windowOf(all, Math.max(1, (this.#options.rows?.() ?? 24) - rows.length - 1));
    if (shown.rows[0]?.startsWith(prompt))
      shown.rows[0] = this.#painted(input.prompt) + shown.rows[0].slice(prompt.length);
    const cursor = { row: rows.length + shown.cursor.row, column: shown.cursor.column };
    return { rows: [...rows, ...shown.rows], cursor };
  }

  /** From the cursor to the first redrawn row; a terminal that became narrower has broken rows in two. */
  #toTop(): string {
    if (this.#rows.length === 0) return "";
    const columns = this.width();
    const above = this.#rows.slice(0, this.#cursorRow);
    const height = above.reduce((sum, row) => sum + Math.max(1, Math.ceil(columnsOf(row) / columns)), 0);
    return `${height > 0 ? `\x1b[${height}A` : ""}\r`;
  }
}

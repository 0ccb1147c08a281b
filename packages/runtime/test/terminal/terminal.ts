// A terminal for tests: a real pty, and a screen that knows the few sequences that ours may write.
// Any other escape sequence or control character is an error, so each test proves that none gets through.
import { spawn, type IPty } from "@lydell/node-pty";
import stringWidth from "string-width";
import { REPOSITORY } from "../../src/terminal/index.ts";

const SEQUENCE = /^\x1b\[(\??)(\d*)([A-Za-z])/; // oxlint-disable-line no-control-regex -- it reads them

/** Rows of text as a terminal shows them. */
export class TestScreen {
  readonly #columns: number;
  #rows: string[][] = [[]];
  #row = 0;
  #column = 0;
  #rest = "";
  cursorHidden = false;
  pasteMode = false;

  constructor(columns: number) {
    this.#columns = columns;
  }

  get text(): string {
    return this.#rows.map((row) => row.join("").trimEnd()).join("\n");
  }

  /** Where the next character would go. */
  get cursor(): { row: number; column: number } {
    return { row: this.#row, column: this.#column };
  }

  write(data: string): void {
    let text = this.#rest + data;
    this.#rest = "";
    while (text !== "") {
      const [sequence, mode = "", count = "", final = ""] = SEQUENCE.exec(text) ?? [];
      if (sequence !== undefined) this.#obey(mode + final, Number(count));
      else if (text.startsWith("\x1b") && text.length < 8) return void (this.#rest = text);
      const character = sequence ?? new Intl.Segmenter().segment(text).containing(0)?.segment ?? "";
      if (sequence === undefined) this.#put(character);
      text = text.slice(character.length);
    }
  }

  #obey(kind: string, count: number): void {
    if (kind === "A") this.#row = Math.max(0, this.#row - count);
    else if (kind === "C") this.#column += count;
    else if (kind === "J") {
      this.#rows.length = this.#row + 1;
      this.#rows[this.#row]?.splice(this.#column);
    } else if (/^\?[hl]$/.test(kind) && count === 25) this.cursorHidden = kind === "?l";
    else if (/^\?[hl]$/.test(kind) && count === 2004) this.pasteMode = kind === "?h";
    else throw new Error(`The screen was sent ESC [ ${kind} ${count}`);
  }

  #put(character: string): void {
    if (character === "\r" || character === "\r\n") this.#column = 0;
    if (character === "\n" || character === "\r\n") this.#row += 1;
    while (this.#rows.length <= this.#row) this.#rows.push([]);
    if (/^[\r\n]+$/.test(character)) return;
    if (/[\p{Cc}\u202A-\u202E\u2066-\u2069\u200B\u200E\u200F]/u.test(character))
      throw new Error(`The screen was sent ${JSON.stringify(character)}`);
    const width = stringWidth(character);
    if (this.#column + width > this.#columns) {
      this.#row += 1;
      this.#column = 0;
      while (this.#rows.length <= this.#row) this.#rows.push([]);
    }
    const row = this.#rows[this.#row] ?? [];
    while (row.length < this.#column) row.push(" ");
    row[this.#column] = character;
    for (let extra = 1; extra < width; extra++) row[this.#column + extra] = "";
    this.#column += width;
  }
}

export const PROGRAM = ["--import", "./scripts/preflight.mjs", "packages/runtime/test/terminal/program.ts"];
export const COMMAND = `${process.execPath} ${PROGRAM.join(" ")}`;

export interface TerminalOptions {
  /** Where the model is; the offline model without it. */
  url: string;
  columns?: number;
  /** Runs this in sh instead of the program. */
  shell?: string | undefined;
}

/** A person at a terminal. */
export class TestTerminal {
  readonly screen: TestScreen;
  readonly exit: Promise<number>;
  readonly #pty: IPty;
  #changed = () => {};
  #failure: unknown;

  constructor({ url, columns = 80, shell }: TerminalOptions) {
    this.screen = new TestScreen(columns);
    const env = { ...process.env, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "test", NO_COLOR: "1" };
    const [file, args] =
      shell === undefined ? [process.execPath, PROGRAM] : ["bash", ["--norc", "-c", shell]];
    this.#pty = spawn(file, args, {
      cols: columns,
      rows: 24,
      cwd: REPOSITORY,
      env: { ...env, TERM: "xterm", PS1: "$ " },
    });
    this.exit = new Promise((resolve) => this.#pty.onExit(({ exitCode }) => resolve(exitCode)));
    this.#pty.onData((data) => {
      try {
        this.screen.write(data);
      } catch (error) {
        this.#failure ??= error;
      }
      this.#changed();
    });
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  paste(text: string): void {
    this.type(`\x1b[200~${text.replaceAll("\n", "\r")}\x1b[201~`);
  }

  /** Resolves when the screen shows this; rejects after ten seconds with what it shows instead. */
  async shows(what: string | RegExp): Promise<void> {
    const isShown = () =>
      typeof what === "string" ? this.screen.text.includes(what) : what.test(this.screen.text);
    await this.#until(isShown, () => `The screen never shows ${String(what)}:\n${this.screen.text}`);
  }

  /** The same for what is no longer shown. */
  async loses(what: string): Promise<void> {
    await this.#until(
      () => !this.screen.text.includes(what),
      () => `The screen still shows ${what}:\n${this.screen.text}`,
    );
  }

  kill(): void {
    this.#pty.kill("SIGKILL");
  }

  async #until(isTrue: () => boolean, message: () => string): Promise<void> {
    const end = Date.now() + 10_000;
    while (!isTrue()) {
      if (this.#failure !== undefined) throw this.#failure;
      if (Date.now() > end) throw new Error(message());
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
        setTimeout(resolve, 100);
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }
}

// The line that is being typed. Node's readline edits it: keys, history, completion; the screen draws it.
// Pastes are taken out before, and put in as text: a line break in them ends no line.
import { createInterface, type Interface } from "node:readline";
import { Readable, Writable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { PasteSplitter } from "./pastes.ts";
import type { TypedLine } from "./requests.ts";

/** Stands for a line break in readline's line, which can hold none. */
const BREAK = "\uE00A";
const PASTE_MODE = { on: "\x1b[?2004h", off: "\x1b[?2004l" };

export interface LineEditorOptions {
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
  /** Keys come one by one, and the line is drawn by the screen. Else lines come whole. */
  isLive: boolean;
  complete(start: string): Promise<[string[], string]>;
  onLine(line: TypedLine): void;
  /** After each key and paste, and before a line that comes whole: the line may have changed. */
  onKey(): void;
  onClear(): void;
  onInterrupt(): void;
  onSuspend(): void;
  onClose(): void;
}

type Completed = (error: null, result: [string[], string]) => void;

export class LineEditor {
  readonly #options: LineEditorOptions;
  readonly #readline: Interface;
  readonly #keys = new Readable({ read() {} });
  /** Texts that were pasted, for when the history brings one back. */
  readonly #pastedTexts = new Set<string>();
  #pastedAt: number | undefined;
  #lastKeyAt = 0;
  #isCompleting = false;
  readonly #waiting: string[] = [];
  #keepsHistory = true;

  constructor(options: LineEditorOptions) {
    this.#options = options;
    const { input, isLive, complete, onKey } = options;
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    this.#readline = isLive
      ? createInterface({
          input: this.#keys,
          output: nowhere,
          terminal: true,
          completer: (start: string, done: Completed) => {
            this.#isCompleting = true;
            void complete(start).then((result) => {
              done(null, result);
              // Readline puts the completion in after this.
              setImmediate(() => {
                this.#isCompleting = false;
                this.#type("");
                onKey();
              });
            });
          },
        })
      : createInterface({ input, terminal: false });
    this.#listen();
    if (isLive) this.#readKeys();
  }

  get line(): string {
    return this.#readline.line.replaceAll(BREAK, "\n");
  }

  get cursor(): number {
    return this.#readline.cursor;
  }

  /** Empties the line and returns it, for `putBack`. What is typed until then is not kept in the history. */
  setAside(): TypedLine {
    const line = { text: this.line, pastedAt: this.#pastedAt };
    this.#keepsHistory = false;
    this.clear();
    return line;
  }

  putBack({ text, pastedAt }: TypedLine): void {
    this.#keepsHistory = true;
    this.clear();
    this.#insert(text);
    this.#pastedAt = pastedAt;
  }

  clear(): void {
    this.#pastedAt = undefined;
    // Where lines come whole, none is being typed here, and readline without a terminal refuses a key.
    if (!this.#options.isLive) return;
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#readline.write(null, { ctrl: true, name: "u" });
  }

  /** Resolves when no key was pressed for so many milliseconds from now on. */
  async quiet(ms: number, signal: AbortSignal): Promise<void> {
    let since = Date.now();
    while (!signal.aborted && Date.now() - since < ms) {
      // An abort ends the wait; the loop then ends by itself.
      await delay(since + ms - Date.now(), undefined, { signal }).catch(() => {});
      since = Math.max(since, this.#lastKeyAt);
    }
  }

  /** Keys one by one, and pastes with marks around them. */
  takeTerminal(): void {
    const { input, output, isLive } = this.#options;
    if (!isLive) return;
    input.setRawMode(true);
    output.write(PASTE_MODE.on);
  }

  /** Leaves the terminal as it was. */
  giveTerminal(): void {
    const { input, output, isLive } = this.#options;
    if (!isLive) return;
    output.write(PASTE_MODE.off);
    input.setRawMode(false);
  }

  #listen(): void {
    const { isLive, onKey, onLine, onInterrupt, onSuspend, onClose } = this.#options;
    this.#readline.on("line", (line) => {
      if (!isLive) onKey();
      onLine(this.#taken(line.replaceAll(BREAK, "\n")));
    });
    this.#readline.on("history", (history) => {
      if (!this.#keepsHistory) history.shift();
    });
    this.#readline.on("SIGINT", onInterrupt);
    this.#readline.on("SIGTSTP", onSuspend);
    this.#readline.on("close", onClose);
  }

  #readKeys(): void {
    const { input, onKey, onClear } = this.#options;
    const splitter = new PasteSplitter({
      onKeys: (keys) => {
        this.#lastKeyAt = Date.now();
        this.#type(keys);
      },
      onPaste: (text) => {
        this.#lastKeyAt = Date.now();
        this.#paste(text);
        onKey();
      },
    });
    input.setEncoding("utf8");
    input.on("data", (text: string) => splitter.add(text));
    for (const gone of ["end", "error"]) input.on(gone, () => this.#readline.close());
    this.#keys.on("keypress", (_text, key: { ctrl?: boolean; name?: string }) => {
      if (this.#readline.line === "") this.#pastedAt = undefined;
      if (key.ctrl && key.name === "l") onClear();
      else onKey();
    });
    this.takeTerminal();
    process.on("exit", () => this.giveTerminal());
  }

  /** One key at a time, or readline takes them for a paste; those after a Tab wait for its completion. */
  #type(keys: string): void {
    this.#waiting.push(...Array.from(keys));
    while (!this.#isCompleting && this.#waiting.length > 0) this.#keys.emit("data", this.#waiting.shift());
  }

  #taken(text: string): TypedLine {
    const pastedAt = this.#pastedAt ?? (this.#pastedTexts.has(text) ? 0 : undefined);
    if (pastedAt !== undefined) this.#pastedTexts.add(text);
    this.#pastedAt = undefined;
    return { text, pastedAt };
  }

  #paste(text: string): void {
    this.#pastedAt = Math.min(this.#pastedAt ?? Infinity, this.cursor);
    this.#insert(text);
  }

  #insert(text: string): void {
    // Readline without a terminal would take the text for one that was typed.
    if (!this.#options.isLive) return;
    this.#readline.write(text.replaceAll(BREAK, "\uFFFD").replaceAll("\n", BREAK));
  }
}

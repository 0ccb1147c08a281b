// Tells pastes from keys: a terminal in bracketed paste mode puts marks around what is pasted.
import { withoutSequences } from "./control-characters.ts";

const START = "\x1b[200~";
const END = "\x1b[201~";
/** How long the beginning of a mark waits for its end; the Escape key sends such a beginning. */
const WAIT_MS = 50;

export interface PasteReader {
  onKeys(keys: string): void;
  onPaste(text: string): void;
}

export class PasteSplitter {
  readonly #reader: PasteReader;
  #pasted: string | undefined;
  #begun = "";
  #timer: NodeJS.Timeout | undefined;

  constructor(reader: PasteReader) {
    this.#reader = reader;
  }

  /** Takes what the terminal sent, as it arrives. */
  add(input: string): void {
    clearTimeout(this.#timer);
    const text = this.#begun + input;
    this.#begun = "";
    if (this.#pasted === undefined) this.#addKeys(text);
    else this.#addPasted(this.#pasted + text);
  }

  #addKeys(text: string): void {
    const start = text.indexOf(START);
    if (start !== -1) {
      if (start > 0) this.#reader.onKeys(text.slice(0, start));
      return this.#addPasted(text.slice(start + START.length));
    }
    const length = begunLength(text);
    this.#begun = text.slice(text.length - length);
    if (text.length > length) this.#reader.onKeys(text.slice(0, text.length - length));
    if (length > 0) this.#timer = setTimeout(() => this.#giveUp(), WAIT_MS);
  }

  #giveUp(): void {
    const keys = this.#begun;
    this.#begun = "";
    this.#reader.onKeys(keys);
  }

  /** All of it that is there, with or without its end. */
  #addPasted(all: string): void {
    // The last end counts: text that holds an end of its own must not type what follows it.
    const end = all.lastIndexOf(END);
    if (end === -1) {
      this.#pasted = all;
      return;
    }
    this.#pasted = undefined;
    const rest = all.slice(end + END.length);
    this.#reader.onPaste(cleaned(all.slice(0, end)));
    if (rest !== "") this.#addKeys(rest);
  }
}

/** How much of the text's end may be the beginning of a mark. */
function begunLength(text: string): number {
  for (let length = START.length - 1; length > 0; length--)
    if (text.endsWith(START.slice(0, length))) return length;
  return 0;
}

/** Pasted text without what a terminal would obey; line breaks stay. */
function cleaned(text: string): string {
  return withoutSequences(text.replaceAll(START, "").replaceAll(END, ""))
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(/(?![\n\t])\p{Cc}/gu, "");
}

// Two tracks as two columns that grow while they run, with one clock at the left.
import type picocolors from "picocolors";
import { columnsOf, cut, wrapped } from "@course/runtime/terminal";
import type { Track } from "./track.ts";

const CLOCK = 9;
const GUTTER = " │ ";
/** What happens within this time shares a row. */
const TOGETHER_MS = 150;
/** So long without a line, and the clock shows that it goes on. */
const QUIET_MS = 1_000;

type Colors = ReturnType<typeof picocolors.createColors>;

export interface ColumnsOptions {
  width: number;
  colors: Colors;
  write(text: string): void;
}

export class Columns {
  readonly #tracks: readonly [Track, Track];
  readonly #options: ColumnsOptions;
  readonly #column: number;
  readonly #shown: [number, number] = [0, 0];
  #lastAt = 0;

  constructor(tracks: readonly [Track, Track], options: ColumnsOptions) {
    this.#tracks = tracks;
    this.#options = options;
    this.#column = Math.max(12, Math.floor((options.width - CLOCK - GUTTER.length) / 2));
  }

  /** The titles; above them the prompt, if both have one. */
  head(prompt?: string): void {
    const { bold, dim } = this.#options.colors;
    if (prompt !== undefined) this.#options.write(`${wrapped(prompt, this.#options.width).join("\n")}\n\n`);
    const [left, right] = this.#tracks;
    this.#row("", bold(left.title), bold(right.title));
    this.#options.write(`${dim("─".repeat(CLOCK + 2 * this.#column + GUTTER.length))}\n`);
  }

  /** Writes what happened up to `now`, in milliseconds of the clock; the newest lines may still change. */
  show(now: number): void {
    const until = now - TOGETHER_MS;
    for (let at = this.#nextAt(); at !== undefined && at <= until; at = this.#nextAt()) {
      const [left, right] = [this.#take(0, at + TOGETHER_MS), this.#take(1, at + TOGETHER_MS)];
      this.#block(`${(at / 1000).toFixed(1)} s`, left, right);
      this.#lastAt = at;
    }
    if (until - this.#lastAt < QUIET_MS || this.#tracks.every(({ pastime }) => pastime === "")) return;
    this.#lastAt += QUIET_MS;
    const { dim } = this.#options.colors;
    const [left, right] = this.#tracks.map(({ pastime }) => dim(cut(pastime, this.#column)));
    this.#row(`${(this.#lastAt / 1000).toFixed(1)} s`, left ?? "", right ?? "");
  }

  foot(): void {
    const { dim } = this.#options.colors;
    this.#options.write(`${dim("─".repeat(CLOCK + 2 * this.#column + GUTTER.length))}\n`);
    const sums = this.#tracks.map((track) => track.summary(((track.endedAt ?? 0) / 1000).toFixed(1)));
    this.#block("", [sums[0] ?? ""], [sums[1] ?? ""]);
  }

  /** When the next line that was not shown yet happened. */
  #nextAt(): number | undefined {
    const next = this.#tracks.flatMap(({ lines }, side) => lines[this.#shown[side === 0 ? 0 : 1]]?.at ?? []);
    return next.length === 0 ? undefined : Math.min(...next);
  }

  #take(side: 0 | 1, until: number): string[] {
    const from = this.#shown[side];
    const lines = this.#tracks[side].lines.slice(from).filter(({ at }) => at < until);
    this.#shown[side] += lines.length;
    return lines.map(({ text }) => text);
  }

  /** Lines of both sides, folded to their columns, beside each other. */
  #block(clock: string, left: readonly string[], right: readonly string[]): void {
    const fold = (lines: readonly string[]) => lines.flatMap((line) => this.#folded(line));
    const [leftRows, rightRows] = [fold(left), fold(right)];
    for (let row = 0; row < Math.max(leftRows.length, rightRows.length); row++)
      this.#row(row === 0 ? clock : "", leftRows[row] ?? "", rightRows[row] ?? "");
  }

  /** A line as rows in the colour of its mark. */
  #folded(line: string): string[] {
    const { dim, green, red, cyan, bold } = this.#options.colors;
    const paints: Readonly<Record<string, (text: string) => string>> = {
      "▸": dim,
      "▹": cyan,
      "●": green,
      "✗": red,
      "■": bold,
    };
    const paint = paints[line.charAt(0)] ?? ((text: string) => text);
    return wrapped(line, this.#column).map((row) => paint(row));
  }

  #row(clock: string, left: string, right: string): void {
    const { dim } = this.#options.colors;
    const space = " ".repeat(Math.max(0, this.#column - columnsOf(left)));
    this.#options.write(
      `${`${dim(clock.padStart(CLOCK - 2))}  ${left}${space}${dim(GUTTER)}${right}`.trimEnd()}\n`,
    );
  }
}

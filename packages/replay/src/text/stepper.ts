// Steps on a terminal, one at a time: arrow keys, space, home and end, and q to leave. A frame is one write over the last
// one, so nothing flickers; the terminal is left as it was, however this ends.
import { emitKeypressEvents, type Key } from "node:readline";
import { cut, dim, yellow } from "@course/runtime/terminal";
import type { Step, Steps } from "../step.ts";
import { colorsOf, rowsOf, type Colors } from "./paint.ts";
import { wholeStep } from "./step-lines.ts";

const OPEN = "\x1b[?1049h\x1b[?25l";
const CLOSE = "\x1b[?25h\x1b[?1049l";
const KEYS = "← → steps  ↑ ↓ scrolls  Home End  q leaves";
const SHORT_KEYS = "← → ↑ ↓ Home End q";
const INTERRUPTED = 130;
const SIGNALS = { SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 } as const;

export interface StepperOptions {
  input: NodeJS.ReadStream;
  output: NodeJS.WriteStream;
  hasColors: boolean;
  /** From 0. */
  start: number;
}

/** Resolves with the exit code when the person leaves. Rejects with what a step rejects with. */
export async function stepThrough(steps: Steps, options: StepperOptions): Promise<number> {
  const { input, output } = options;
  const stepper = new Stepper(steps, options);
  const draw = () => stepper.draw();
  emitKeypressEvents(input);
  input.setRawMode(true);
  output.write(OPEN);
  const close = () => {
    output.write(CLOSE);
    input.setRawMode(false);
  };
  const ends = Object.entries(SIGNALS).map(([name, code]) => [name, () => stepper.leave(code)] as const);
  const onKey = (_text: string | undefined, key: Key) => {
    if (key.ctrl && key.name === "z") return suspend(close, () => stepper.draw(), options);
    stepper.press(key);
  };
  for (const [name, end] of ends) process.on(name, end);
  process.on("exit", close);
  output.on("resize", draw);
  input.on("keypress", onKey).on("end", () => stepper.leave(0));
  input.resume();
  try {
    await stepper.show(options.start);
    return await stepper.left;
  } finally {
    for (const [name, end] of ends) process.off(name, end);
    process.off("exit", close);
    output.off("resize", draw);
    input.off("keypress", onKey).pause();
    close();
  }
}

/** Ctrl-Z arrives as a key: the terminal is given back, and taken again when the program goes on. */
function suspend(close: () => void, draw: () => void, { input, output }: StepperOptions): void {
  close();
  process.once("SIGCONT", () => {
    input.setRawMode(true);
    output.write(OPEN);
    draw();
  });
  process.kill(process.pid, "SIGTSTP");
}

class Stepper {
  /** Resolves with the exit code. */
  readonly left: Promise<number>;
  readonly #steps: Steps;
  readonly #output: NodeJS.WriteStream;
  readonly #colors: Colors;
  #end: { resolve(code: number): void; reject(error: unknown): void } = { resolve() {}, reject() {} };
  #index = 0;
  #top = 0;
  #step: Step | undefined;

  constructor(steps: Steps, { output, hasColors }: StepperOptions) {
    this.#steps = steps;
    this.#output = output;
    this.#colors = colorsOf(hasColors);
    this.left = new Promise((resolve, reject) => (this.#end = { resolve, reject }));
  }

  leave(code: number): void {
    this.#end.resolve(code);
  }

  /** Shows a step; of several that were asked for at once, the last. */
  async show(index: number): Promise<void> {
    const wanted = Math.max(0, Math.min(index, this.#steps.count - 1));
    this.#index = wanted;
    const step = await this.#steps.step(wanted);
    if (this.#index !== wanted) return;
    this.#step = step;
    this.#top = 0;
    this.draw();
  }

  press({ name = "", sequence = "", ctrl, shift }: Key): void {
    const page = Math.max(1, this.#room() - 2);
    const keys: Readonly<Record<string, () => void>> = {
      right: () => this.#go(this.#index + 1),
      space: () => this.#go(this.#index + 1),
      n: () => this.#go(this.#index + 1),
      left: () => this.#go(this.#index - 1),
      backspace: () => this.#go(this.#index - 1),
      p: () => this.#go(this.#index - 1),
      home: () => this.#go(0),
      end: () => this.#go(this.#steps.count - 1),
      down: () => this.#scroll(1),
      up: () => this.#scroll(-1),
      pagedown: () => this.#scroll(page),
      pageup: () => this.#scroll(-page),
      q: () => this.leave(0),
      escape: () => this.leave(0),
    };
    if (ctrl && name === "c") return this.leave(INTERRUPTED);
    if (ctrl && name === "d") return this.leave(0);
    if (name === "g") return this.#go(shift ? this.#steps.count - 1 : 0);
    if (!ctrl) keys[name === "" ? sequence : name]?.();
  }

  draw(): void {
    if (!this.#step) return;
    const width = this.#output.columns || 80;
    const rows = this.#rows(this.#step, width);
    const room = this.#room();
    this.#top = Math.max(0, Math.min(this.#top, rows.length - room));
    const shown = rows.slice(this.#top, this.#top + room);
    const below = rows.length - this.#top - shown.length;
    const keys = KEYS.length + 12 <= width ? KEYS : SHORT_KEYS;
    const more = below > 0 ? `${below} more ↓  ` : "";
    const foot = rowsOf(dim(cut(`${more}${keys}`, width - 1)), width, this.#colors);
    const blank = Array.from({ length: Math.max(0, room - shown.length) }, () => "");
    const frame = [...shown, ...blank, ...foot].map((row) => `${row}\x1b[K`).join("\r\n");
    this.#output.write(`\x1b[?2026h\x1b[H${frame}\x1b[J\x1b[?2026l`);
  }

  #rows(step: Step, width: number): string[] {
    const remarks = this.#index === 0 ? this.#steps.remarks.map((text) => [yellow(text)]) : [];
    const whole = wholeStep(step, this.#index + 1, this.#steps.count, width);
    return [...whole.slice(0, 1), ...remarks, ...whole.slice(1)].flatMap((line) =>
      rowsOf(line, width, this.#colors),
    );
  }

  #room(): number {
    return Math.max(1, (this.#output.rows || 24) - 1);
  }

  #go(index: number): void {
    void this.show(index).catch((error: unknown) => this.#end.reject(error));
  }

  #scroll(by: number): void {
    this.#top += by;
    this.draw();
  }
}

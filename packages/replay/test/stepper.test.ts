// The stepper on a terminal of the test's own: what is typed goes in, and the last frame is what a person would see.
import { PassThrough } from "node:stream";
import type { ReadStream, WriteStream } from "node:tty";
import { expect, test, vi } from "vitest";
import { columnsOf } from "@course/runtime/terminal";
import type { Steps } from "../src/step.ts";
import { stepThrough } from "../src/text/stepper.ts";

const COUNT = 4;
const steps: Steps = {
  title: "a trace",
  count: COUNT,
  remarks: ["1 line of it was not understood."],
  step: (index) =>
    Promise.resolve({
      title: `title ${index + 1}`,
      chapters: [],
      lines: Array.from({ length: 30 }, (_, line) => `step ${index + 1} line ${line + 1}`),
    }),
};

function terminal(columns: number, rows: number, start = 0, played = steps) {
  const raw: boolean[] = [];
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (on: boolean) => raw.push(on) });
  const output = Object.assign(new PassThrough(), { columns, rows });
  let written = "";
  output.on("data", (piece: Buffer) => (written += String(piece)));
  const left = stepThrough(played, {
    input: input as unknown as ReadStream,
    output: output as unknown as WriteStream,
    hasColors: false,
    start,
  });
  /** The rows of the last frame. */
  const frame = () => {
    const last = written.split("\x1b[H").at(-1) ?? "";
    // oxlint-disable-next-line no-control-regex -- A terminal's own sequences.
    return last.replace(/\x1b\[[?\d]*[a-zA-Z]/g, "").split("\r\n");
  };
  const shows = (text: string) => vi.waitFor(() => expect(frame().join("\n")).toContain(text), 10_000);
  return {
    left,
    raw,
    frame,
    shows,
    output,
    written: () => written,
    type: (keys: string) => input.write(keys),
    input,
  };
}

test("keys go to steps and scroll, and neither goes past an end", async () => {
  const { left, type, shows, frame } = terminal(80, 12);
  await shows("Step 1 of 4");
  expect(frame().join("\n")).toContain("1 line of it was not understood.");
  for (const [key, step] of [
    ["\x1b[D", 1],
    ["\x1b[C", 2],
    [" ", 3],
    ["n", 4],
    ["\x1b[C", 4],
    ["p", 3],
    ["\x1b[H", 1],
    ["\x1b[F", 4],
    ["g", 1],
    ["G", 4],
  ] as const) {
    type(key);
    await shows(`Step ${step} of 4`);
    expect(frame()).toContain(`title ${step}`);
  }
  type("\x1b[A");
  type("\x1b[B");
  await vi.waitFor(() => expect(frame()[0]).toBe("title 4"), 10_000);
  for (let page = 0; page < 9; page++) type("\x1b[6~");
  await vi.waitFor(() => expect(frame()).toContain("step 4 line 30"), 10_000);
  expect(frame().at(-1)).not.toContain("more");
  type("\x1b[C\x1b[D");
  await shows("Step 3 of 4");
  expect(frame()[0]).toBe("Step 3 of 4");
  type("q");
  expect(await left).toBe(0);
});

test.each([
  ["q", 0],
  ["\x04", 0],
  ["\x03", 130],
])("%j leaves with code %i, and the terminal is as it was", async (key, code) => {
  const { left, type, shows, raw, written } = terminal(80, 12, 2);
  await shows("Step 3 of 4");
  type(key);
  expect(await left).toBe(code);
  expect(raw).toEqual([true, false]);
  expect(written().startsWith("\x1b[?1049h")).toBe(true);
  expect(written().endsWith("\x1b[?1049l")).toBe(true);
});

test("an input that ends leaves, too", async () => {
  const { left, input, shows } = terminal(80, 12);
  await shows("Step 1 of 4");
  input.end();
  expect(await left).toBe(0);
});

test.each([
  [24, 6],
  [10, 3],
])("at %i columns and %i rows no row is wider, and no frame taller", async (columns, rows) => {
  const { left, type, shows, frame } = terminal(columns, rows);
  await shows("Step 1 of");
  expect(frame()).toHaveLength(rows);
  expect(Math.max(...frame().map(columnsOf))).toBeLessThanOrEqual(columns);
  type("q");
  await left;
});

test("a terminal that gets smaller is drawn anew", async () => {
  const { left, type, shows, frame, output } = terminal(80, 20);
  await shows("Step 1 of 4");
  Object.assign(output, { columns: 20, rows: 5 }).emit("resize");
  await vi.waitFor(() => expect(frame()).toHaveLength(5), 10_000);
  expect(Math.max(...frame().map(columnsOf))).toBeLessThanOrEqual(20);
  type("q");
  await left;
});

test("a step that cannot be read ends it with that error, and the terminal is given back", async () => {
  const step: Steps["step"] = (index) =>
    index === 0 ? steps.step(0) : Promise.reject(new Error("The file is gone."));
  const { left, type, shows, raw } = terminal(80, 12, 0, { ...steps, step });
  await shows("Step 1 of 4");
  type(" ");
  await expect(left).rejects.toThrow("The file is gone.");
  expect(raw).toEqual([true, false]);
});

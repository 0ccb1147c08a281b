// What a command gets as its standard streams, and the ends of them that we read.
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { openPipe, PIPE_FOLDER } from "./output-pipe.ts";

export interface CommandStreams {
  stdio: ["ignore" | "pipe" | number, number, number];
  output: Socket;
  errors: Socket | undefined;
  readers: readonly Socket[];
  /** Of all readers. */
  readonly bytesRead: number;
  /** Closes what the command has got: once it runs, our copies would keep the pipes open. */
  closeGiven(): void;
  /** Closes what we read. */
  destroy(): void;
}

/** Throws the system's errors, as when no file descriptor is left; nothing stays open then. */
export function openStreams(options: {
  input?: string;
  openInput?: boolean;
  separateErrors?: boolean;
}): CommandStreams {
  const given: number[] = [];
  const readers: Socket[] = [];
  const closeGiven = () => given.splice(0).forEach((descriptor) => closeSync(descriptor));
  const destroy = () => readers.forEach((reader) => reader.destroy());
  const pipe = () => {
    const { reader, writer } = openPipe();
    readers.push(reader);
    given.push(writer);
    return { reader, writer };
  };
  try {
    const output = pipe();
    const errors = options.separateErrors ? pipe() : undefined;
    const closed = options.openInput ? "pipe" : "ignore";
    const input = options.input === undefined ? closed : openInput(options.input);
    if (typeof input === "number") given.push(input);
    return {
      stdio: [input, output.writer, (errors ?? output).writer],
      output: output.reader,
      errors: errors?.reader,
      readers,
      get bytesRead() {
        return readers.reduce((sum, reader) => sum + reader.bytesRead, 0);
      },
      closeGiven,
      destroy,
    };
  } catch (error) {
    closeGiven();
    destroy();
    throw error;
  }
}

let inputs = 0;

/**
 * The text as an open file whose name is gone already. A file and no pipe: a command can also open it as /dev/stdin,
 * and one that does not read it leaves nobody waiting.
 */
function openInput(text: string): number {
  mkdirSync(PIPE_FOLDER, { recursive: true, mode: 0o700 });
  const path = join(PIPE_FOLDER, `input-${inputs++}`);
  try {
    writeFileSync(path, text, { flag: "wx", mode: 0o600 });
    return openSync(path, "r");
  } finally {
    rmSync(path, { force: true });
  }
}
